package detect_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/taxonomy"
)

func TestPairKey(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := rapid.String().Draw(rt, "a"), rapid.String().Draw(rt, "b")
		k, low := detect.PairKey(a, b)
		l, turned := detect.PairKey(b, a)
		if k != l {
			rt.Error("a pair has two keys")
		}
		if a != b && low == turned {
			rt.Errorf("both or neither of %q and %q are low", a, b)
		}
		if k == detect.AccountKey(a) {
			rt.Error("a pair has the key of an account")
		}
	})
	ab, _ := detect.PairKey("a", "b")
	ac, _ := detect.PairKey("a", "c")
	if ab == ac || ab.Short() == ac.Short() {
		t.Error("two pairs have one key")
	}
}

func TestSpoken(t *testing.T) {
	const step, limit = .25, 3.0
	at := func(days int) time.Time { return detecttest.Start.AddDate(0, 0, days) }
	tests := []struct {
		name  string
		after []float64 // said on the first day
		now   float64
		day   int
		want  bool
	}{
		{"nothing was said and there is nothing", nil, 0, 0, false},
		{"the first word", nil, 1, 0, true},
		{"less than a step", []float64{1}, 1.2, 0, false},
		{"a step up", []float64{1}, 1.25, 0, true},
		{"a step down", []float64{1.5}, 1.2, 0, true},
		{"taken back", []float64{1}, 0, 0, true},
		{"the limit is always said", []float64{2.9}, 3, 0, true},
		{"the limit is said once", []float64{3}, 3, 1, false},
		{"what stands is said again after a week", []float64{3}, 3, 7, true},
		{"what has gone is not", []float64{3, 0}, 0, 30, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s detect.Spoken
			for _, e := range tt.after {
				s.Say(e, at(0), step, limit)
			}
			if got := s.Say(tt.now, at(tt.day), step, limit); got != tt.want {
				t.Errorf("said %v", got)
			}
			b := s.Append(nil)
			r := detect.NewReader(b)
			if again := r.Spoken(); again != s || r.Err() != nil || len(b) != detect.SpokenBytes {
				t.Errorf("%+v came back as %+v, %v", s, again, r.Err())
			}
		})
	}
	var s detect.Spoken
	s.Say(2, at(0), step, limit)
	if s.Standing(at(6), 7*24*time.Hour) != 2 || s.Standing(at(8), 7*24*time.Hour) != 0 {
		t.Error("what was said stands for as long as is asked")
	}
}

func TestReaderRefuses(t *testing.T) {
	nan := []byte{0, 0, 0xc0, 0x7f}
	tests := map[string]func(r *detect.Reader){
		"a number that is none":   func(r *detect.Reader) { r.F32() },
		"more than there is":      func(r *detect.Reader) { r.U64() },
		"a negative length":       func(r *detect.Reader) { r.Take(-1) },
		"what the caller refuses": func(r *detect.Reader) { r.U32(); r.Fail() },
	}
	for name, read := range tests {
		t.Run(name, func(t *testing.T) {
			r := detect.NewReader(nan)
			if read(r); r.Err() == nil {
				t.Error("was read")
			}
			if r.U8() != 0 || r.U32() != 0 || r.F32() != 0 {
				t.Error("after a failure only zeros are read")
			}
		})
	}
	r := detect.NewReader(nan)
	if r.U16(); r.Err() == nil {
		t.Error("what was left over was passed over")
	}
	r = detect.NewReader([]byte{detect.MaxSignalEvents + 1})
	if r.Ring(); r.Err() == nil {
		t.Error("a ring beyond its bound was read")
	}
	r = detect.NewReader([]byte{0, 0, 0x80, 0xbf, 0, 0, 0, 0}) // −1
	if r.Spoken(); r.Err() == nil {
		t.Error("a negative strength was read")
	}
}

func TestRing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var ring detect.Ring
		var all []uint64
		for range rapid.IntRange(0, 60).Draw(rt, "events") {
			seq := rapid.Uint64Range(1, 30).Draw(rt, "seq")
			ring.Add(seq)
			if len(all) == 0 || all[len(all)-1] != seq {
				all = append(all, seq)
			}
		}
		want := all[max(0, len(all)-detect.MaxSignalEvents):]
		if diff := cmp.Diff(append([]uint64(nil), want...), ring.List()); diff != "" {
			rt.Error(diff)
		}
		r := detect.NewReader(ring.Append(nil))
		if got := r.Ring(); r.Err() != nil || !cmp.Equal(got.List(), ring.List()) {
			rt.Errorf("%v came back as %v", ring.List(), got.List())
		}
	})
}

func TestReach(t *testing.T) {
	dm := uint16(taxonomy.SurfaceDM)
	region := func(c *detecttest.Cohort, hits, total float64) {
		add := detecttest.NewCohort()
		detect.AddReach(add, &detect.Profile{Band: taxonomy.Age13to15, Region: "EG-C"}, taxonomy.SurfaceDM, 15)
		for k := range add.Added {
			if k.C != 0 {
				c.Said[k] = [2]float64{hits, total}
			}
		}
	}
	tests := []struct {
		name string
		said func(c *detecttest.Cohort)
		want float64
	}{
		{"before anything was counted", func(*detecttest.Cohort) {}, .4},
		{"the surface", func(c *detecttest.Cohort) {
			c.Said[detect.CohortKey{What: detect.CountReach, A: dm, B: 24}] = [2]float64{2e5, 1e6}
		}, .2},
		{"the hour says more than the surface", func(c *detecttest.Cohort) {
			c.Said[detect.CohortKey{What: detect.CountReach, A: dm, B: 24}] = [2]float64{2e5, 1e6}
			c.Said[detect.CohortKey{What: detect.CountReach, A: dm, B: 15}] = [2]float64{5e5, 1e6}
		}, .5},
		{"a thin region leans on the hour", func(c *detecttest.Cohort) {
			c.Said[detect.CohortKey{What: detect.CountReach, A: dm, B: 24}] = [2]float64{2e5, 1e6}
			region(c, 200, 200)
		}, .6},
		{"never below the floor", func(c *detecttest.Cohort) {
			c.Said[detect.CohortKey{What: detect.CountReach, A: dm, B: 24}] = [2]float64{0, 1e9}
		}, .02},
		{"never above the cap", func(c *detecttest.Cohort) {
			c.Said[detect.CohortKey{What: detect.CountReach, A: dm, B: 24}] = [2]float64{1e9, 1e9}
		}, .9},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := detecttest.NewCohort()
			tt.said(c)
			if got := detect.Reach(c, taxonomy.SurfaceDM, 15, "EG-C"); math.Abs(got-tt.want) > .01 {
				t.Errorf("%.3f, want %.2f", got, tt.want)
			}
		})
	}
	c := detecttest.NewCohort()
	detect.AddReach(c, &detect.Profile{ID: "unknown"}, taxonomy.SurfaceDM, 3)
	if len(c.Added) != 0 {
		t.Error("somebody of unknown age was counted")
	}
	detect.AddReach(c, &detect.Profile{Band: taxonomy.Age25up}, taxonomy.SurfaceDM, 3)
	for k, v := range c.Added {
		if v != [2]uint32{0, 1} {
			t.Errorf("an adult was counted as %v in %+v", v, k)
		}
	}
}

func TestCorrelation(t *testing.T) {
	both, each := detect.CohortKey{What: detect.CountBoth}, detect.CohortKey{What: detect.CountEach}
	r := detect.Correlation{Both: both, Each: each, Prior: .03, Weight: 200, Low: .005, High: .35}
	tests := []struct {
		name         string
		p, rho, n    float64
		want, within float64
	}{
		{"nothing counted", 0, 0, 0, .03, 0},
		{"independent", .3, 0, 1e6, .005, .0002},
		{"correlated", .3, .2, 1e6, .2, .001},
		{"beyond the bound", .3, .8, 1e6, .35, 0},
		{"few pairs lean on the prior", .3, .43, 200, .23, .001},
		{"everybody alike says nothing", 1, 0, 1e6, .03, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := detecttest.NewCohort()
			c.Said[both] = [2]float64{(tt.p*tt.p + tt.rho*tt.p*(1-tt.p)) * tt.n, tt.n}
			c.Said[each] = [2]float64{2 * tt.p * tt.n, 2 * tt.n}
			if got := r.Of(c); math.Abs(got-tt.want) > tt.within {
				t.Errorf("%.4f, want %.3f", got, tt.want)
			}
		})
	}
}

func TestNumbersInWords(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{detect.Whole(2.5), "3"},
		{detect.Short(2.02), "2"},
		{detect.Short(2.25), "2.2"},
		{detect.Short(.3), "0.3"},
		{detect.Percent(.25), "25 %"},
		{detect.Percent(.004), "0.4 %"},
		{detect.Percent(0), "0 %"},
		{detect.In("ar", "en", "ar"), "ar"},
		{detect.In("fr", "en", "ar"), "en"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
	s := detect.Info{Name: "D0"}.New("a", detecttest.Start, 30*24*time.Hour)
	if s.Days() != "30" || strings.Contains(s.Detector, " ") {
		t.Errorf("%s days", s.Days())
	}
}

func TestWorked(t *testing.T) {
	for role, want := range map[string]bool{"": false, "teacher": true, "coach": true, "artist": false} {
		if got := (&detect.Profile{Role: role}).Worked(); got != want {
			t.Errorf("%q: %v", role, got)
		}
	}
}
