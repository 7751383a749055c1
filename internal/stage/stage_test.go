package stage_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"haris/internal/stage"
)

// plain makes up examples of two harmless things and of neither, many ways of saying each.
func plain(n int) (out []stage.Example) {
	meet := []string{"shall we meet %s", "meet me %s", "let us meet up %s", "can you meet %s"}
	keep := []string{"keep this between us %s", "do not tell %s", "this stays between us %s", "keep it to yourself %s"}
	none := []string{"the homework is due %s", "the match was great %s", "dinner is ready %s", "my bike is broken %s", "the train is late %s", "it rained %s"}
	when := []string{"today", "after school", "on Monday", "at five", "by the river", "please", "ok", "tomorrow", "this week", "now"}
	for i := range n {
		w := when[i%len(when)] + fmt.Sprint(" ", i/len(when))
		out = append(out,
			stage.Example{Text: fmt.Sprintf(meet[i%len(meet)], w), Lang: "en", Stages: []string{"S8"}},
			stage.Example{Text: fmt.Sprintf(keep[i%len(keep)], w), Lang: "en", Stages: []string{"S4"}})
		for k := range 4 {
			out = append(out, stage.Example{Text: fmt.Sprintf(none[(i+k)%len(none)], w), Lang: "en"})
		}
	}
	return out
}

func train(t testing.TB, n int, o stage.Options) *stage.Model {
	m, err := stage.Train(plain(n), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestModelTellsApart(t *testing.T) {
	m := train(t, 250, stage.Options{HeldOut: .3, Seed: 1})
	if got := m.Heads(); !slices.Equal(got, []string{"S4", "S8"}) {
		t.Fatalf("heads %v", got)
	}
	var x stage.Extractor
	for _, tt := range []struct {
		text   string
		s4, s8 bool
	}{
		{"keep this between us ok", true, false},
		{"shall we meet on friday", false, true},
		{"the homework is due today", false, false},
		{"SHALL WE M\u200bEET on friday", false, true},
	} {
		got, err := m.Score(&x, tt.text, "en-GB", nil)
		if err != nil || (got[0] > 1) != tt.s4 || (got[1] > 1) != tt.s8 {
			t.Errorf("%q: %v, %v", tt.text, got, err)
		}
		for _, v := range got {
			if v < stage.Lowest || v > stage.Highest {
				t.Errorf("%q: %v out of bounds", tt.text, got)
			}
		}
	}
	// The ratios are honest: with as many of each as ordinary life has, e^ratio averages about one among messages of no stage.
	sum, n := 0.0, 0
	for i, e := range plain(60) {
		if len(e.Stages) == 0 && i%2 == 0 {
			got, _ := m.Score(&x, e.Text+" again", "en", nil)
			sum += math.Exp(float64(got[0]))
			n++
		}
	}
	if mean := sum / float64(n); mean > 2 {
		t.Errorf("messages of no stage have an e^ratio of %g on average", mean)
	}
}

func TestLanguagesThatAreNotCalibrated(t *testing.T) {
	m := train(t, 250, stage.Options{HeldOut: .3, Seed: 1})
	var x stage.Extractor
	for _, tt := range []struct{ text, lang string }{{"لنلتق غدا", "ar"}, {"لنلتق غدا", ""}, {"treffen wir uns", "de"}, {"123", ""}} {
		if got, err := m.Score(&x, tt.text, tt.lang, nil); !errors.Is(err, stage.ErrLanguage) || len(got) > 0 {
			t.Errorf("%q in %q: %v, %v", tt.text, tt.lang, got, err)
		}
	}
	if _, err := m.Score(&x, "shall we meet", "", nil); err != nil {
		t.Errorf("without a tag the script decides: %v", err)
	}
	few := train(t, 20, stage.Options{HeldOut: .3, Seed: 1})
	if got, err := few.Score(&x, "shall we meet", "en", nil); !errors.Is(err, stage.ErrLanguage) {
		t.Errorf("few examples: %v, %v", got, err)
	}
}

func TestWhy(t *testing.T) {
	m := train(t, 250, stage.Options{Seed: 1})
	why := m.Why("shall we MEET on friday", 1, 5)
	if len(why) != 5 || why[0].Weight <= 0 || !slices.ContainsFunc(why, func(r stage.Reason) bool { return strings.Contains(r.Gram, "meet") }) {
		t.Errorf("%+v", why)
	}
	if m.Why("meet", 7, 5) != nil || m.Why("", 0, 5) != nil {
		t.Error("no such head, or no text, has reasons")
	}
}

func TestLanguage(t *testing.T) {
	for _, tt := range []struct{ tag, text, want string }{
		{"en-GB", "", "en"},
		{"AR", "", "ar"},
		{"pt_BR", "", "pt"},
		{"und", "hello", "latn"},
		{"", "مرحبا ok", "arab"},
		{"", "привет", "cyrl"},
		{"", "12 !", "zyyy"},
		{"", "ᚠᚢᚦ", "zyyy"},
		{"x", "hi", "latn"},
	} {
		if got := stage.Language(tt.tag, tt.text); got != tt.want {
			t.Errorf("%q, %q: %s, want %s", tt.tag, tt.text, got, tt.want)
		}
	}
}

func TestTrainErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		list []stage.Example
		o    stage.Options
	}{
		{"no examples", nil, stage.Options{}},
		{"no head", []stage.Example{{Text: "hello"}}, stage.Options{}},
		{"too much held out", plain(5), stage.Options{HeldOut: .6}},
		{"no number", plain(5), stage.Options{HeldOut: math.NaN()}},
		{"negative rate", plain(5), stage.Options{Rate: -1}},
	} {
		if _, err := stage.Train(tt.list, tt.o); err == nil {
			t.Errorf("%s: no error", tt.name)
		}
	}
}

func TestTrainingRepeats(t *testing.T) {
	a, b := train(t, 60, stage.Options{HeldOut: .3, Seed: 3}), train(t, 60, stage.Options{HeldOut: .3, Seed: 3})
	var x stage.Extractor
	for _, text := range []string{"shall we meet", "keep this between us", ""} {
		if p, q := a.Raw(x.Features(text), nil), b.Raw(x.Features(text), nil); !reflect.DeepEqual(p, q) {
			t.Errorf("%q: %v and %v", text, p, q)
		}
	}
}

// Features have length 1 (or there are none), no bucket twice, and do not see digits' script, case or what is hidden.
func TestFeatures(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-z]{1,9} ){0,90}`)).Draw(rt, "text")
		var x, y stage.Extractor
		list := slices.Clone(x.Features(text))
		sum, seen := 0.0, map[uint32]bool{}
		for _, f := range list {
			if seen[f.Bucket] || f.Bucket >= stage.Buckets {
				rt.Fatalf("bucket %d twice or too large", f.Bucket)
			}
			seen[f.Bucket] = true
			sum += float64(f.Value) * float64(f.Value)
		}
		if sum > 0 && math.Abs(sum-1) > 1e-3 || len(list) > 1024 {
			rt.Errorf("length² %g of %d features", sum, len(list))
		}
		y.Features("something else before")
		if again := y.Features(text); !slices.Equal(again, list) {
			rt.Error("what was looked at before matters")
		}
	})
	var x, y stage.Extractor
	if !slices.Equal(x.Features("Room 12, Kareem"), y.Features("ROOM ١۲, Ka\u200breem")) {
		t.Error("the same text in other digits and case has other features")
	}
}

func FuzzFeatures(f *testing.F) {
	for _, s := range []string{"", "shall we meet", "لنلتق", "见面", "\xff\xfe", strings.Repeat("ab ", 900)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var x stage.Extractor
		for _, v := range x.Features(text) {
			if math.IsNaN(float64(v.Value)) {
				t.Fatal("no number")
			}
		}
	})
}

func BenchmarkScore(b *testing.B) {
	m := train(b, 100, stage.Options{HeldOut: .4, Seed: 1, Least: 10})
	var x stage.Extractor
	var out []float32
	b.ReportAllocs()
	for b.Loop() {
		out, _ = m.Score(&x, "shall we meet by the river after school on Monday", "en", out)
	}
}
