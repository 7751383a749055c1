package media_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/media"
	"haris/internal/taxonomy"
)

func contract() detecttest.Contract {
	return detecttest.Contract{
		Detector: media.Known{}, Account: detecttest.Adult(), Limit: 3, Number: "known", Silent: taxonomy.Age25up,
		Platform: func() *detecttest.Cohort { return detecttest.Platform(.2, .5) },
	}
}

// match is a match of the n-th picture at a time.
func match(n int, at time.Time, seq int) *detect.Fact {
	f := detecttest.Fact(detect.Matched, detecttest.Adult(), &detect.Profile{}, at, seq)
	f.Match = &detect.Match{
		Bank: "list", Name: "The list", Kind: "pdq", Distance: 4, Radius: 31, Classification: "B2", Entry: uint64(n), Origin: "file.csv", //nolint:gosec // small
		Picture: fmt.Sprint("picture", n), Media: fmt.Sprint("m", seq), Hashes: []string{"pdq:00"}, Typology: taxonomy.TypologyAbuseMaterial,
	}
	return f
}

// story folds facts with the ticks between them, and stores and reads the state after each when it is told to.
func story(t testing.TB, facts []*detect.Fact, store bool, until time.Time) (said []detect.Signal, st detect.State) {
	d, c := media.Known{}, detecttest.NewCohort()
	tick := func(now time.Time) {
		for st != nil {
			due := d.Due(st)
			if due.IsZero() || due.After(now) {
				return
			}
			next, sig, ok := d.Tick(st, detecttest.Adult(), due, c)
			if st = next; ok {
				said = append(said, sig)
			}
		}
	}
	for _, f := range facts {
		tick(f.Time())
		next, sig, ok := d.Fold(st, f, c)
		if st = next; ok {
			said = append(said, sig)
		}
		if b := st.Append(nil); store {
			if len(b) > d.Info().MaxBytes {
				t.Fatalf("%d bytes, at most %d promised", len(b), d.Info().MaxBytes)
			}
			var err error
			if st, err = d.Decode(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	tick(until)
	return said, st
}

func TestOnePictureManyTimes(t *testing.T) {
	var facts []*detect.Fact
	for n := range 777 {
		facts = append(facts, match(1, detecttest.Start.Add(time.Duration(n)*time.Second), n+1))
	}
	end := facts[776].Time()
	said, _ := story(t, facts, false, end.Add(time.Hour))
	var times []int
	for _, s := range said {
		times = append(times, s.Times)
	}
	if got := fmt.Sprint(times); got != "[1 2 5 10 20 50 100 200 500 777]" {
		t.Errorf("spoke at %s", got)
	}
	last := said[len(said)-1]
	known, _ := last.Figure("known")
	if !last.Hard || last.Typology != taxonomy.TypologyAbuseMaterial || known.Observed != 1 || len(last.Matches) != 1 || len(last.Events) != detect.MaxSignalEvents {
		t.Errorf("%+v", last)
	}
	if _, st := story(t, facts, false, end.Add(91*24*time.Hour)); st != nil {
		t.Error("the state is never forgotten")
	}
}

func TestEveryPictureIsNews(t *testing.T) {
	var facts []*detect.Fact
	for n := range 80 {
		facts = append(facts, match(n, detecttest.Start.Add(time.Duration(n)*time.Minute), n+1))
	}
	said, _ := story(t, facts, true, facts[79].Time())
	if len(said) != 80 {
		t.Errorf("spoke %d times of 80 pictures", len(said))
	}
	if last := said[79]; len(last.Matches) != 5 || last.Matches[4].Picture != "picture79" {
		t.Errorf("%+v", last.Matches)
	}
}

func TestWhatStandsIsSaidAgain(t *testing.T) {
	said, _ := story(t, []*detect.Fact{
		match(1, detecttest.Start, 1), match(1, detecttest.Start.Add(time.Hour), 2), match(1, detecttest.Start.Add(2*time.Hour), 3),
		match(1, detecttest.Start.Add(20*24*time.Hour), 4),
	}, false, detecttest.Start.Add(20*24*time.Hour))
	if n := len(said); n != 4 { // 1, 2, 3 an hour later, 4 after more than a week
		t.Errorf("spoke %d times", n)
	}
}

// A state that was stored and read goes on as if nothing had happened, whatever stands in a match.
func TestStoredStateGoesOn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var facts []*detect.Fact
		at := detecttest.Start
		for i := range rapid.IntRange(1, 30).Draw(rt, "facts") {
			at = at.Add(time.Duration(rapid.IntRange(0, 5000).Draw(rt, "minutes")) * time.Minute)
			f := match(rapid.IntRange(0, 9).Draw(rt, "picture"), at, i+1)
			f.Match.Name = rapid.StringN(0, 400, -1).Draw(rt, "name")
			f.Match.Share = rapid.Float64Range(0, 1).Draw(rt, "share")
			f.Match.Hashes = rapid.SliceOfN(rapid.StringN(0, 1500, -1), 0, 12).Draw(rt, "hashes")
			facts = append(facts, f)
		}
		end := at.Add(2 * time.Hour)
		whole, a := story(t, facts, false, end)
		cut, b := story(t, facts, true, end)
		if fmt.Sprintf("%+v", whole) != fmt.Sprintf("%+v", cut) || string(a.Append(nil)) != string(b.Append(nil)) {
			rt.Errorf("in one go:\n%+v\nstored in between:\n%+v", whole, cut)
		}
	})
}

func TestExplain(t *testing.T) {
	said, _ := story(t, []*detect.Fact{match(1, detecttest.Start, 1)}, false, detecttest.Start)
	s := said[0]
	equal, video := s, s
	equal.Matches = []detect.Match{{Name: "L", Kind: "sha256", Origin: "L"}}
	video.Matches = []detect.Match{{Name: "V", Kind: "vpdq", Share: .9}}
	for _, tt := range []struct {
		s    detect.Signal
		want []string
	}{
		{s, []string{"The list", "file.csv", "PDQ", "4", "31", "B2"}},
		{equal, []string{"“L”", "SHA256"}},
		{video, []string{"VPDQ", "90 %"}},
	} {
		for _, lang := range []string{"en", "ar"} {
			e := media.Known{}.Explain(&tt.s, lang)
			for _, w := range tt.want {
				if !strings.Contains(e.Why, strings.Trim(w, "“”")) {
					t.Errorf("%s: %q does not name %s", lang, e.Why, w)
				}
			}
			if e.Observed == "" || e.Expected == "" || e.Counterfactual == "" || strings.Contains(e.Why, "%!") {
				t.Errorf("%+v", e)
			}
		}
	}
}

func TestKnownKeepsTheContract(t *testing.T) { contract().Run(t) }

func FuzzKnownDecode(f *testing.F) {
	_, st := story(f, []*detect.Fact{match(1, detecttest.Start, 1), match(2, detecttest.Start, 2)}, false, detecttest.Start)
	f.Add(st.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) { contract().Decode(t, b) })
}
