package template_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	watch "haris/internal/detect/template"
	"haris/internal/taxonomy"
	"haris/internal/template"
)

var texts = []string{
	"hello I saw your drawings at the fair and would like to show you mine",
	"hello I saw your pictures at the fair and would like to show you mine",
	"is the bus to the station late again today or did it leave early",
	"do you know which pages we have to read for the lesson on Monday",
	"hi", "the match was great and your goal in the last minute was the best of all",
}

func contract() detecttest.Contract {
	return detecttest.Contract{
		Detector: watch.Outreach{}, Account: detecttest.Adult(), Limit: 1.2, Number: "samefirst", Silent: taxonomy.Age25up,
		Platform: func() *detecttest.Cohort { return detecttest.Platform(.2, .5) },
		Fill: func(t *rapid.T, f *detect.Fact) {
			f.Reason = rapid.SampledFrom([]string{"D1", "D6"}).Draw(t, "detector")
			f.Senders = rapid.IntRange(0, 30).Draw(t, "senders")
			if i := rapid.IntRange(-2, len(texts)-1).Draw(t, "text"); f.Kind == detect.Opened && i >= 0 {
				s := template.SketchOf(texts[i])
				f.Sketch = &s
			}
		},
	}
}

func TestOutreachKeepsTheContract(t *testing.T) { contract().Run(t) }

func FuzzOutreachDecode(f *testing.F) {
	for _, b := range contract().Seeds() {
		f.Add(b)
	}
	f.Fuzz(contract().Decode)
}

// open folds first messages to one minor after another, a step apart, and returns what was said last.
func open(step time.Duration, band taxonomy.AgeBand, list []string) (last detect.Signal, said int) {
	c, d := detecttest.Platform(.2, .5), watch.Outreach{}
	var st detect.State
	for i, text := range list {
		f := detecttest.Fact(detect.Opened, detecttest.Adult(), detecttest.Person(i, band), detecttest.Start.Add(time.Duration(i)*step), i+1)
		if text != "" {
			s := template.SketchOf(text)
			f.Sketch = &s
		}
		var sig detect.Signal
		var ok bool
		if st, sig, ok = d.Fold(st, f, c); ok {
			last, said = sig, said+1
		}
	}
	return last, said
}

func pasted(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("hello %s I saw your drawings at the fair and would like to show you mine, call 079555123%d", []string{"Mona", "Rita", "Lena", "Zoe"}[i%4], i%10))
	}
	return out
}

func TestOutreach(t *testing.T) {
	for _, tt := range []struct {
		name   string
		step   time.Duration
		band   taxonomy.AgeBand
		texts  []string
		lo, hi float64
	}{
		{"the same to eight, but for the name", time.Hour, taxonomy.Age13to15, pasted(8), 1.2, 1.2},
		{"to four", time.Hour, taxonomy.Age13to15, pasted(4), 0, 0},
		{"five of thirty", time.Hour, taxonomy.Age13to15, append(different(25), pasted(5)...), 0, 0},
		{"to adults", time.Hour, taxonomy.Age25up, pasted(8), 0, 0},
		{"one in two weeks", 14 * 24 * time.Hour, taxonomy.Age13to15, pasted(20), 0, 0},
		{"a word of greeting", time.Hour, taxonomy.Age13to15, []string{"hi", "hi", "hi", "hi", "hi", "hi", "hi", "hi"}, 0, 0},
		{"without text", time.Hour, taxonomy.Age13to15, make([]string, 30), 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if sig, _ := open(tt.step, tt.band, tt.texts); sig.Strength < tt.lo || sig.Strength > tt.hi {
				t.Errorf("strength %.2f, want %.2f to %.2f: %+v", sig.Strength, tt.lo, tt.hi, sig.Figures)
			}
		})
	}
}

// different are texts that have little in common.
func different(n int) (out []string) {
	words := strings.Fields("apple river candle window garden silver mountain pencil winter bottle kitchen thunder violin paper orange ladder")
	for i := range n {
		var s []string
		for k := range 8 {
			s = append(s, words[(i*7+k*k*3+i*k)%len(words)]+string(rune('a'+(i+k)%26)))
		}
		out = append(out, strings.Join(s, " "))
	}
	return out
}

// TestCounterfactual: with as many like messages as named, and the others unlike, it is silent.
func TestCounterfactual(t *testing.T) {
	sig, _ := open(time.Hour, taxonomy.Age13to15, pasted(8))
	e := (watch.Outreach{}).Explain(&sig, "en")
	var quiet int
	if _, err := fmt.Sscanf(e.Counterfactual, "With %d like messages", &quiet); err != nil || quiet < 1 {
		t.Fatal(e.Counterfactual)
	}
	first, _ := sig.Figure("samefirst")
	if less, said := open(time.Hour, taxonomy.Age13to15, append(different(int(first.Of)-quiet), pasted(quiet)...)); said > 0 {
		t.Errorf("%q, and it says %+v", e.Counterfactual, less)
	}
}

// TestNoTextIsUnscanned: it is said once, when another detector speaks, and never where a text was there.
func TestNoTextIsUnscanned(t *testing.T) {
	for text, want := range map[string]int{"": 1, "hi": 0} {
		c, d := detecttest.Platform(.2, .5), watch.Outreach{}
		f := detecttest.Fact(detect.Opened, detecttest.Adult(), detecttest.Child(), detecttest.Start, 1)
		if text != "" {
			s := template.SketchOf(text)
			f.Sketch = &s
		}
		st, _, _ := d.Fold(nil, f, c)
		said := 0
		for i := range 2 {
			g := detecttest.Fact(detect.Spoke, detecttest.Adult(), &detect.Profile{}, detecttest.Start, 2+i)
			g.Reason, g.Value = "D1", 2
			var sig detect.Signal
			var ok bool
			if st, sig, ok = d.Fold(st, g, c); ok {
				said++
				if sig.Unscanned == "" || sig.Strength != 0 {
					t.Errorf("%+v", sig)
				}
			}
		}
		if said != want {
			t.Errorf("%q: said %d times, want %d", text, said, want)
		}
	}
}

// crowded is a platform on which of 10,000 accounts that write first to minors the share shares its text with two or more others.
func crowded(share float64) *detecttest.Cohort {
	c := detecttest.Platform(.2, .5)
	for n := range uint16(watch.MaxPeople) {
		hits := 10_000.
		if n > 0 {
			hits *= share
		}
		c.Said[detect.CohortKey{What: detect.CountCrowd, A: 5, B: n + 1}] = [2]float64{hits, 0}
	}
	return c
}

// openOne folds one first message of which so many accounts wrote the like.
func openOne(on detect.Cohort, n int) (detect.Signal, bool) {
	f := detecttest.Fact(detect.Opened, detecttest.Adult(), detecttest.Child(), detecttest.Start, 1)
	s := template.SketchOf(texts[0])
	f.Sketch, f.Senders = &s, n
	_, sig, ok := watch.Outreach{}.Fold(nil, f, on)
	return sig, ok
}

func TestOneTextOfSeveralAccounts(t *testing.T) {
	for _, tt := range []struct {
		name    string
		on      *detecttest.Cohort
		n       int
		low, up float64
	}{
		{"four accounts, where that is rare", crowded(.002), 4, 1.2, 1.2},
		{"two", crowded(.002), 2, 0, 0},
		{"many, where clubs write so", crowded(.2), 20, 0, 0},
		{"before the platform is known", detecttest.Platform(.2, .5), 6, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sig, ok := openOne(tt.on, tt.n)
			if ok != (tt.up > 0) || sig.Strength < tt.low || sig.Strength > tt.up {
				t.Fatalf("strength %.2f: %+v", sig.Strength, sig.Figures)
			}
			if !ok {
				return
			}
			var quiet int
			e := watch.Outreach{}.Explain(&sig, "en")
			_, after, _ := strings.Cut(e.Counterfactual, "and the text from at most ")
			if _, err := fmt.Sscanf(after, "%d accounts", &quiet); err != nil || !strings.Contains(e.Why, "4 accounts that may be adults' began") {
				t.Fatal(err, e.Why, e.Counterfactual)
			}
			if less, ok := openOne(tt.on, quiet); ok {
				t.Errorf("%q, and it says %+v", e.Counterfactual, less.Figures)
			}
		})
	}
}
