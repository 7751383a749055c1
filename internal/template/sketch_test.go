package template_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"haris/internal/template"
)

func TestSketch(t *testing.T) {
	const text = "hello I saw your drawings at the school fair and I would like to show you my own, call 0795551234"
	for _, tt := range []struct {
		name, other string
		lo, hi      float64
	}{
		{"the same", text, 1, 1},
		{"another number, case and hidden characters", "HELLO i saw your drawings at the school fair and I would like to sh\u200bow you my own, call ٠٧٩١١١٢٢٣٣", 1, 1},
		{"a name put in", strings.Replace(text, "hello", "hello Mona", 1), .7, 1},
		{"two words changed", strings.NewReplacer("drawings", "paintings", "fair", "party").Replace(text), .45, .85},
		{"another text", "the bus to the station leaves at five from the square in front of the town hall", 0, .3},
		{"nothing", "", 0, .1},
	} {
		a, b := template.SketchOf(text), template.SketchOf(tt.other)
		if got := a.Likeness(&b); got < tt.lo || got > tt.hi {
			t.Errorf("%s: %.2f, want %.2f to %.2f", tt.name, got, tt.lo, tt.hi)
		}
	}
}

// letters writes a number in letters, so that it is a word.
func letters(n int) string {
	out := []byte("x")
	for ; n > 0; n /= 26 {
		out = append(out, byte('a'+n%26))
	}
	return string(out)
}

// TestLikenessEstimates: over many pairs of texts of which the first words are the same, the error is what the doc says.
func TestLikenessEstimates(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	square := 0.0
	const pairs, n = 400, 30
	for range pairs {
		common := r.IntN(n)
		var a, b []string
		for i := range n {
			w := letters(r.IntN(1 << 40))
			a, b = append(a, w), append(b, w)
			if i >= common {
				b[i] = letters(r.IntN(1 << 40))
			}
		}
		x, y := template.SketchOf(strings.Join(a, " ")), template.SketchOf(strings.Join(b, " "))
		shared := float64(common + max(0, common-1)) // words and pairs of neighbours
		want := shared / (2*(2*n-1) - shared)
		square += (x.Likeness(&y) - want) * (x.Likeness(&y) - want)
	}
	if e := math.Sqrt(square / pairs); e > .09 {
		t.Errorf("standard error %.3f", e)
	}
}

func BenchmarkSketch(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		template.SketchOf("hello I saw your drawings at the school fair and I would like to show you my own, call 0795551234")
	}
}
