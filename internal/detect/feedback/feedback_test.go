package feedback_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/feedback"
	"haris/internal/taxonomy"
)

const (
	child = taxonomy.Age13to15
	grown = taxonomy.Age25up
	day   = 24 * time.Hour
)

func TestMinors(t *testing.T) {
	tests := []struct {
		name   string
		tell   func(s *story)
		lo, hi float64
		hard   bool
	}{
		{"nothing but contact", func(s *story) { s.meet(0, 50, child) }, 0, 0, false},
		{"one child blocks", func(s *story) { s.meet(0, 5, child); s.block(1, child) }, 0, 0, false},
		{"one child blocks, reports and reports again", func(s *story) {
			s.meet(0, 5, child)
			s.block(1, child)
			s.report(1, child, "other", 2)
			s.report(1, child, "other", 3)
		}, 0, 0, false},
		{"three of five children block", func(s *story) {
			s.meet(0, 5, child)
			for i := range 3 {
				s.block(i, child)
			}
		}, 3, 3, false},
		{"two of five children block: (0.05/1.05)², five times", func(s *story) {
			s.meet(0, 5, child)
			s.block(1, child)
			s.block(2, child)
		}, 1.94, 1.95, false},
		{"five of five hundred children block", func(s *story) {
			s.meet(0, 500, child)
			for i := range 5 {
				s.block(i, child)
			}
		}, 0, 0, false},
		{"a nuisance to everybody", func(s *story) {
			s.meet(0, 20, child)
			s.meet(100, 20, grown)
			for i := range 6 {
				s.block(100+i, grown)
				s.block(i, child)
			}
		}, 0, 0, false},
		{"reports of spam are a nuisance, not a danger", func(s *story) {
			s.meet(0, 5, child)
			for i := range 5 {
				s.report(i, child, "spam", 0)
			}
		}, 0, 0, false},
		{"blocks by adults alone", func(s *story) {
			s.meet(0, 50, grown)
			for i := range 20 {
				s.block(i, grown)
			}
		}, 0, 0, false},
		{"a report of concern with stage evidence is a hard fact", func(s *story) {
			s.meet(0, 30, child)
			s.stage(1, child, 1.2)
			s.report(2, child, "grooming", 1)
		}, 0, 0, true},
		{"the report may come first", func(s *story) {
			s.meet(0, 30, child)
			s.report(2, child, "minor_safety", 1)
			s.stage(1, child, 1)
		}, 0, 0, true},
		{"weak stage evidence is none", func(s *story) {
			s.meet(0, 30, child)
			s.stage(1, child, .99)
			s.report(2, child, "grooming", 1)
		}, 0, 0, false},
		{"stage evidence toward an adult is none", func(s *story) {
			s.meet(0, 30, child)
			s.stage(1, grown, 3)
			s.report(2, child, "grooming", 1)
		}, 0, 0, false},
		{"an adult's report makes no hard fact", func(s *story) {
			s.meet(0, 30, child)
			s.stage(1, child, 3)
			s.report(2, grown, "grooming", 1)
		}, 0, 0, false},
		{"another reason makes no hard fact", func(s *story) {
			s.meet(0, 30, child)
			s.stage(1, child, 3)
			s.report(2, child, "harassment", 1)
		}, 0, 0, false},
		{"stage evidence of two months ago makes no hard fact", func(s *story) {
			s.stage(1, child, 3)
			s.wait(60 * day)
			s.meet(0, 30, child)
			s.report(2, child, "grooming", 1)
		}, 0, 0, false},
		{"stage evidence of two weeks ago does", func(s *story) {
			s.stage(1, child, 1)
			s.wait(14 * day)
			s.meet(0, 30, child)
			s.report(2, child, "grooming", 1)
		}, 0, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStory(t)
			tt.tell(s)
			if s.last.Strength < tt.lo || s.last.Strength > tt.hi || s.last.Hard != tt.hard {
				t.Errorf("strength %.2f hard %v, want %.1f to %.1f, %v (%+v)", s.last.Strength, s.last.Hard, tt.lo, tt.hi, tt.hard, s.last.Figures)
			}
		})
	}
}

func TestMinorsForgets(t *testing.T) {
	s := newStory(t)
	s.meet(0, 5, child)
	for i := range 3 {
		s.block(i, child)
	}
	s.wait(120 * day)
	s.meet(0, 5, child)
	s.block(4, child)
	if s.last.Strength != 0 {
		t.Errorf("three blocks of four months ago and one of today still weigh %.2f", s.last.Strength)
	}
}

func TestMinorsTypologyFollowsTheChildren(t *testing.T) {
	for reason, want := range map[string]taxonomy.Typology{
		"grooming": taxonomy.TypologyGrooming, "minor_safety": taxonomy.TypologyGrooming, "trafficking": taxonomy.TypologyTrafficking,
		"sextortion": taxonomy.TypologySextortion, "abuse_material": taxonomy.TypologyAbuseMaterial, "other": taxonomy.TypologyGrooming,
	} {
		t.Run(reason, func(t *testing.T) {
			s := newStory(t)
			s.meet(0, 4, child)
			for i := range 4 {
				s.report(i, child, reason, 1)
			}
			if s.last.Typology != want || s.last.Strength == 0 {
				t.Errorf("typology %q, strength %.2f", s.last.Typology, s.last.Strength)
			}
		})
	}
}

// A hard fact is said once, and again when it has fallen and come back.
func TestMinorsSaysAHardFactOnce(t *testing.T) {
	s := newStory(t)
	s.meet(0, 40, child)
	s.report(2, child, "grooming", 1)
	s.stage(1, child, 2)
	s.stage(1, child, 2.5)
	if s.said != 1 {
		t.Fatalf("said %d times", s.said)
	}
	if len(s.last.Events) != 2 {
		t.Errorf("the report and the message are its events, got %v", s.last.Events)
	}
	s.wait(50 * day)
	s.meet(50, 40, child)
	s.report(4, child, "grooming", 1)
	s.stage(1, child, 2)
	if s.said != 2 || !s.last.Hard {
		t.Errorf("said %d times, hard %v", s.said, s.last.Hard)
	}
}

func TestMinorsKeepsTheContract(t *testing.T) { contract().Run(t) }

// Had only as many of the children complained as the explanation says, nothing would have been said.
func TestMinorsCounterfactualIsTrue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		met := rapid.IntRange(1, 60).Draw(rt, "met")
		complaints := rapid.IntRange(1, met).Draw(rt, "complaints")
		tell := func(k int) detect.Signal {
			s := newStory(t)
			s.meet(0, met, child)
			for i := range k {
				s.wait(time.Hour)
				s.block(i, child)
			}
			return s.last
		}
		sig := tell(complaints)
		if sig.Strength == 0 {
			return
		}
		told := feedback.Minors{}.Explain(&sig, "en").Counterfactual
		few := firstNumber(t, told)
		if got := tell(few); got.Strength != 0 {
			rt.Errorf("%q, yet %d complaints weigh %.2f", told, few, got.Strength)
		}
		if got := tell(few + 1); got.Strength == 0 {
			rt.Errorf("%q, yet %d complaints weigh nothing either", told, few+1)
		}
	})
}

func firstNumber(t *testing.T, s string) int {
	for _, w := range strings.Fields(s) {
		if n, err := strconv.Atoi(w); err == nil {
			return n
		}
	}
	t.Fatalf("no number in %q", s)
	return 0
}

// Looking after every complaint makes a small p more likely than p says, at most by the factor that D3 pays: accounts whose
// own rate follows the exponential law meet children one by one.
func TestLookingOftenIsPaidFor(t *testing.T) {
	const accounts, most, paid = 20_000, 500, 5.0
	for _, rate := range []float64{.01, .03, .1} {
		r := rand.New(rand.NewPCG(7, uint64(rate*1000)))
		seen := map[float64]int{.1: 0, .01: 0, .003: 0}
		for range accounts {
			best := least(r, rate, most)
			for alpha := range seen {
				if best*paid <= alpha {
					seen[alpha]++
				}
			}
		}
		for alpha, n := range seen {
			// Three standard deviations of the count above what is promised.
			if want := alpha * accounts; float64(n) > want+3*math.Sqrt(want) {
				t.Errorf("rate %g: %d of %d accounts reached p = %g, at most %.0f promised", rate, n, accounts, alpha, want)
			}
		}
	}
}

// least is the smallest tail that an ordinary account shows at any of its complaints.
func least(r *rand.Rand, rate float64, most int) float64 {
	own := math.Min(r.ExpFloat64()*rate, .999)
	best := 1.0
	for n, k := 0, 0; ; {
		n += int(math.Log(1-r.Float64())/math.Log1p(-own)) + 1
		if n > most || n < 0 {
			return best
		}
		if k++; k >= 2 {
			mean := rate * float64(n)
			best = math.Min(best, math.Pow(mean/(1+mean), float64(k))) // the tail for shape 1, as the tests of stat show
		}
	}
}

func TestCohortCountsFewOfOneAccount(t *testing.T) {
	s := newStory(t)
	s.meet(0, 400, child)
	for i := range 100 {
		s.block(i, child)
	}
	if got := s.c.Added[detect.CohortKey{What: detect.CountFeedback}]; got != [2]uint32{2, 100} {
		t.Errorf("one account gave %v", got)
	}
}

func FuzzMinorsDecode(f *testing.F) {
	for _, b := range contract().Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { contract().Decode(t, b) })
}

func BenchmarkMinors(b *testing.B) {
	kinds := []detect.FactKind{detect.Met, detect.Met, detect.Met, detect.Blocked, detect.Met, detect.Reported, detect.Staged}
	contract().Benchmark(b, func(i int) *detect.Fact {
		f := detecttest.Fact(kinds[i%len(kinds)], detecttest.Adult(), detecttest.Person(i, taxonomy.AgeBand(1+i%5)),
			detecttest.Start.Add(time.Duration(i)*time.Hour), i+1)
		f.Reason, f.Value = "grooming", 1.5
		return f
	})
}
