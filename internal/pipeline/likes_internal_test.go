package pipeline

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"haris/internal/detect/template"
	text "haris/internal/template"
)

const maxTested = 1 << 12

// TestLikesAreBounded floods the memory of texts from as many accounts as there are texts: it stays bounded, and what two accounts share stays.
func TestLikesAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("the race run has others of its kind")
	}
	l, now := newLikes("x", maxTested), int64(1_772_463_600_000)
	tokens := text.Tokens("tables for sale this week, write to this number 01001234567")
	sketch := text.SketchTokens(tokens)
	shared := l.add(&sketch, text.FormOf(tokens), now)
	shared.crowd = shared.crowd.Add(template.Use{Account: "a", At: now}).Add(template.Use{Account: "b", At: now})
	l.put(shared)
	r := rand.New(rand.NewPCG(1, 2))
	for range 10*maxTested + 100 {
		var s text.Sketch
		for i := range s.Min {
			s.Min[i] = uint8(r.UintN(256)) //nolint:gosec // a byte
		}
		f := l.add(&s, text.Form{}, now)
		f.crowd = f.crowd.Add(template.Use{Account: "flood", At: now})
		l.put(f)
	}
	if n := l.known.Len(); n > maxTested {
		t.Errorf("%d forms, at most %d", n, maxTested)
	}
	listed := 0
	for _, list := range l.bands.Each {
		listed += len(list)
	}
	if listed > bandCount*maxTested {
		t.Errorf("%d places in the lists", listed)
	}
	if l.find(&sketch) != shared {
		t.Error("what two accounts share was driven out")
	}
	l.sweep(now + 2*template.CrowdTime.Milliseconds())
	if l.known.Len() > 0 || l.find(&sketch) != nil {
		t.Errorf("%d forms after two months", l.known.Len())
	}
}

// TestLikesFindsMost: of texts of which a few words differ nearly all are found among many others.
func TestLikesFindsMost(t *testing.T) {
	l, r := newLikes("x", maxTested), rand.New(rand.NewPCG(4, 5))
	words := func(n int) []string {
		out := make([]string, n)
		for i := range out {
			b := make([]byte, 6)
			for k := range b {
				b[k] = byte('a' + r.IntN(26))
			}
			out[i] = string(b)
		}
		return out
	}
	found, wrong := 0, 0
	const texts = 400
	for range texts {
		one := words(20)
		s := text.SketchOf(strings.Join(one, " "))
		l.put(l.add(&s, text.Form{}, 0))
		one[r.IntN(20)], one[r.IntN(20)] = words(1)[0], words(1)[0]
		like := text.SketchOf(strings.Join(one, " "))
		if l.find(&like) != nil {
			found++
		}
		other := text.SketchOf(strings.Join(words(20), " "))
		if l.find(&other) != nil {
			wrong++
		}
	}
	if found < texts*9/10 || wrong > 0 {
		t.Errorf("found %d of %d, and %d that are not like", found, texts, wrong)
	}
}

func FuzzDecodeLike(f *testing.F) {
	l := newLikes("x", maxTested)
	tokens := text.Tokens("tables for sale this week, write to this number 01001234567")
	s := text.SketchTokens(tokens)
	one := l.add(&s, text.FormOf(tokens), 0)
	one.crowd = one.crowd.Add(template.Use{Account: "a", Name: 7, City: "Cairo, EG", At: 1})
	f.Add(appendLike(nil, one))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := decodeLike(b)
		if err != nil {
			return
		}
		if !bytes.Equal(appendLike(nil, got), b) {
			t.Fatalf("%x", b)
		}
	})
}
