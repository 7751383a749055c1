package contact_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/taxonomy"
)

// story folds approaches into D1 and returns the last signal spoken and how often something was said.
type story struct {
	t    testing.TB
	c    *cohort
	st   detect.State
	last detect.Signal
	said int
	seq  int
}

func (s *story) fold(k detect.FactKind, other *detect.Profile, at time.Time) {
	s.seq++
	next, sig, ok := contact.Selectivity{}.Fold(s.st, fact(k, adult, other, at, s.seq), s.c)
	if s.st = next; ok {
		s.last = sig
		s.said++
	}
}

// The number of reachable minors is that of each approach, not of the last one: at night hardly a child is about.
func TestSelectivityAddsUpWhatWasReachable(t *testing.T) {
	c := platform(.5)
	c.Said[detect.CohortKey{What: detect.CountReach, A: uint16(taxonomy.SurfaceDM), B: 3}] = [2]float64{.02 * 1e6, 1e6}
	s := &story{t: t, c: c}
	for i := range 7 {
		s.fold(detect.Approached, person(i, taxonomy.Age13to15), start.Add(time.Duration(i)*time.Minute))
	}
	s.fold(detect.Approached, person(9, taxonomy.Age25up), time.Date(2026, 3, 3, 3, 0, 0, 0, time.UTC))
	if s.last.Strength != 0 {
		t.Errorf("seven children by day and an adult at night weigh %.2f: %+v", s.last.Strength, s.last.Figures)
	}
}

// Being welcomed in another month does not soften what is unwelcome now.
func TestSelectivityWelcomesOfTheWindow(t *testing.T) {
	s := &story{t: t, c: platform(.25)}
	for i := range 40 {
		child := person(i, taxonomy.Age13to15)
		s.fold(detect.Approached, child, start.Add(time.Duration(i)*time.Hour))
		s.fold(detect.Welcomed, child, start.Add(time.Duration(i)*time.Hour))
	}
	if s.last.Strength != 1.75 {
		t.Fatalf("welcomed by all weighs %.2f", s.last.Strength)
	}
	later := start.AddDate(0, 2, 0)
	for i := range 20 {
		child := person(100+i, taxonomy.Age13to15)
		s.fold(detect.Approached, child, later.Add(time.Duration(i)*time.Hour))
		s.fold(detect.Refused, child, later.Add(time.Duration(i)*time.Hour))
	}
	w, _ := s.last.Figure("welcomed")
	if s.last.Strength != 3 || w.Observed != 0 {
		t.Errorf("refused by all two months later weighs %.2f (%+v)", s.last.Strength, w)
	}
}

func TestSelectivityTakesBackAndRepeats(t *testing.T) {
	s := &story{t: t, c: platform(.25)}
	for i := range 12 {
		s.fold(detect.Approached, person(i, taxonomy.Age13to15), start.Add(time.Duration(i)*time.Hour))
	}
	if s.last.Strength != 3 {
		t.Fatalf("strength %.2f", s.last.Strength)
	}
	t.Run("what goes on is said again after a week, once", func(t *testing.T) {
		said := s.said
		s.fold(detect.Approached, person(20, taxonomy.Age13to15), start.AddDate(0, 0, 6))
		s.fold(detect.Approached, person(21, taxonomy.Age13to15), start.AddDate(0, 0, 8))
		s.fold(detect.Approached, person(22, taxonomy.Age13to15), start.AddDate(0, 0, 8))
		if s.said != said+1 || s.last.Strength != 3 {
			t.Errorf("said %d times more, strength %.2f", s.said-said, s.last.Strength)
		}
	})
	t.Run("what has left the window is taken back", func(t *testing.T) {
		s.fold(detect.Approached, person(30, taxonomy.Age25up), start.AddDate(0, 2, 0))
		if s.last.Strength != 0 || s.last.Subject != adult.ID {
			t.Errorf("%+v", s.last)
		}
	})
	t.Run("an event from before the window changes nothing", func(t *testing.T) {
		before := string(s.st.Append(nil))
		s.fold(detect.Approached, person(31, taxonomy.Age13to15), start)
		if string(s.st.Append(nil)) != before {
			t.Error("the state changed")
		}
	})
}

// With as many minors as are said to be ordinary nothing is said, wherever they stand among the contacts.
func TestSelectivityCounterfactualIsTrue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(10, 40).Draw(rt, "contacts")
		q := rapid.Float64Range(.05, .5).Draw(rt, "reach")
		_, sig := approaches(adult, platform(q), n, time.Hour, always, never)
		if sig.Strength == 0 {
			return
		}
		m, _ := sig.Figure("minors")
		told := contact.Selectivity{}.Explain(&sig, "en").Counterfactual
		if !strings.Contains(told, detect.Short(m.Expected)) || !strings.Contains(told, detect.Whole(m.Of)) {
			rt.Errorf("%q holds neither %v nor %v", told, m.Expected, m.Of)
		}
		order := rapid.Permutation(indexes(int(m.Of))).Draw(rt, "order")
		few := int(math.Round(m.Expected))
		if _, sig := approaches(adult, platform(q), int(m.Of), time.Hour, func(i int) bool { return order[i] < few }, never); sig.Strength > 0 && few > 3 {
			if at, _ := sig.Figure("minors"); at.Of == m.Of { // an early streak is another matter
				rt.Errorf("%d of %v minors still weigh %.2f", few, m.Of, sig.Strength)
			}
		}
	})
}

// Where adults approach children half as often as the children who are about let expect, the same contacts are more of a wonder.
func TestSelectivityFollowsTheLeaning(t *testing.T) {
	weigh := func(leaning float64) detect.Signal {
		c := platform(.4)
		c.Said[detect.CohortKey{What: detect.CountLeaning}] = [2]float64{leaning * 1e9, 1e9}
		_, sig := approaches(adult, c, 14, time.Hour, func(i int) bool { return i%7 != 3 }, never)
		return sig
	}
	half, whole := weigh(.5), weigh(1)
	if half.Strength <= whole.Strength {
		t.Errorf("half the leaning weighs %.2f, the whole %.2f", half.Strength, whole.Strength)
	}
	if m, _ := half.Figure("minors"); m.Expected < .19*m.Of || m.Expected > .21*m.Of {
		t.Errorf("expected %.2f of %v", m.Expected, m.Of)
	}
	for said, want := range map[float64]float64{.01: .2, 1.3: 1.3, 9: 2} {
		c := platform(.4)
		c.Said[detect.CohortKey{What: detect.CountLeaning}] = [2]float64{said * 1e9, 1e9}
		if got := contact.Leaning(c); math.Abs(got-want) > .01 {
			t.Errorf("a leaning of %g is taken for %.2f, want %g", said, got, want)
		}
	}
	if got := contact.Leaning(platform(.4)); got != 1 {
		t.Errorf("before anything is known the leaning is %.2f", got)
	}
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// answers folds a string of answers into D2, 1 for a welcome, one an hour.
func answers(c *cohort, list string) (last detect.Signal, said int) {
	var st detect.State
	for i, a := range list {
		at := start.Add(time.Duration(i) * time.Hour)
		child := person(i, taxonomy.Age13to15)
		k := detect.Refused
		if a == '1' {
			k = detect.Welcomed
		}
		st, _, _ = contact.Acceptance{}.Fold(st, fact(detect.Approached, adult, child, at, i+1), c)
		next, sig, ok := contact.Acceptance{}.Fold(st, fact(k, adult, child, at, i+1), c)
		if st = next; ok {
			last = sig
			said++
		}
	}
	return last, said
}

// With the number of answers that the explanation names, no order of answers makes the test speak.
func TestAcceptanceCounterfactualIsTrue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := rapid.StringOfN(rapid.SampledFrom([]rune("00000001")), 20, 60, -1).Draw(rt, "answers")
		sig, said := answers(platform(.3), list)
		if said == 0 || sig.Strength == 0 {
			return
		}
		w, _ := sig.Figure("welcomed")
		told := contact.Acceptance{}.Explain(&sig, "en").Counterfactual
		enough := int(w.Of) - 19
		if !strings.Contains(told, detect.Whole(float64(enough))) {
			rt.Fatalf("%q does not name %d", told, enough)
		}
		other := []rune(strings.Repeat("1", enough) + strings.Repeat("0", int(w.Of)-enough))
		mixed := rapid.Permutation(other).Draw(rt, "order")
		if sig, said := answers(platform(.3), string(mixed)); said > 0 {
			rt.Errorf("%s still spoke: %+v", string(mixed), sig)
		}
	})
}

func TestAcceptanceCountsSinceTheTestBegan(t *testing.T) {
	sig, _ := answers(platform(.3), strings.Repeat("1", 30)+strings.Repeat("0", 25))
	w, _ := sig.Figure("welcomed")
	if w.Of > 25 || w.Observed > 1 || sig.Strength != 1.5 || len(sig.Marks) != int(w.Of) {
		t.Errorf("thirty welcomes of long ago are still told: %+v %q", w, sig.Marks)
	}
}

// Whoever approaches more children at a time than can be remembered is judged by those that are.
func TestAcceptanceOfACrowd(t *testing.T) {
	d, c := contact.Acceptance{}, platform(.3)
	var st detect.State
	for i := range 300 {
		st, _, _ = d.Fold(st, fact(detect.Approached, adult, person(i, taxonomy.Age13to15), start.Add(time.Duration(i)*time.Minute), i+1), c)
	}
	if _, sig, ok := d.Tick(st, adult, start.Add(100*time.Hour), c); !ok || sig.Strength != 1.5 {
		t.Errorf("three hundred unanswered approaches in a morning say %+v", sig)
	}
}

// What the cohort counts is bounded for each account, so that nobody decides alone what is ordinary.
func TestCohortSharesAreBounded(t *testing.T) {
	c := platform(.3)
	answers(c, strings.Repeat("0", 200))
	if got := c.Added[detect.CohortKey{What: detect.CountWelcome}]; got != [2]uint32{0, 8} {
		t.Errorf("one account gave %v answers", got)
	}
	c = platform(.3)
	approaches(adult, c, 200, time.Minute, always, never)
	if got := c.Added[detect.CohortKey{What: detect.CountBoth}]; got != [2]uint32{5, 5} {
		t.Errorf("one account gave %v pairs of approaches", got)
	}
	c = platform(.3)
	approaches(unknown, c, 200, time.Minute, always, never)
	if len(c.Added) > 0 {
		t.Errorf("an account of unknown age decided what is ordinary: %v", c.Added)
	}
}
