package inbound_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/inbound"
	"haris/internal/taxonomy"
)

const day = 24 * time.Hour

func contract() detecttest.Contract {
	return detecttest.Contract{
		Detector: inbound.Inversion{}, Account: detecttest.Child(), Limit: 3, Number: "adults", Silent: taxonomy.Age13to15,
		Platform: func() *detecttest.Cohort { return detecttest.Platform(.3, .4) },
	}
}

// story is what befalls one young account.
type story struct {
	c  *detecttest.Cohort
	st detect.State
	at time.Time
	// since is from when on the account is known; zero for not said
	since time.Time
	seq   int
	last  detect.Signal
	said  int
}

func newStory() *story { return &story{c: detecttest.Platform(.3, .4), at: detecttest.Start} }

// write makes person n write for the times-th time.
func (s *story) write(n int, b taxonomy.AgeBand, times int) {
	s.seq++
	f := detecttest.Fact(detect.Written, detecttest.Child(), detecttest.Person(n, b), s.at, s.seq)
	f.N = times
	if !s.since.IsZero() {
		f.Since = s.since.UnixMilli()
	}
	f.Other.Region = fmt.Sprintf("EG-%d", n%4)
	next, sig, ok := inbound.Inversion{}.Fold(s.st, f, s.c)
	if s.st = next; ok {
		s.last = sig
		s.said++
	}
}

// weeks is an ordinary past: a stranger of the same age every other day.
func (s *story) weeks(n int) *story {
	for i := range n * 7 / 2 {
		s.write(1000+i, taxonomy.Age13to15, 1)
		s.at = s.at.Add(2 * day)
	}
	return s
}

// burst makes n people of the band write within a few hours; stay of them go on.
func (s *story) burst(first, n, stay int, b taxonomy.AgeBand) *story {
	for i := range n {
		s.write(first+i, b, 1)
		s.at = s.at.Add(10 * time.Minute)
	}
	for i := range stay {
		s.write(first+i, b, 4)
	}
	return s
}

func TestInversion(t *testing.T) {
	tests := []struct {
		name  string
		tell  func(s *story)
		fires bool
	}{
		{"nobody new", func(s *story) { s.weeks(4) }, false},
		{"sixteen adults within hours, who stop", func(s *story) { s.weeks(4).burst(0, 16, 0, taxonomy.Age25up) }, true},
		{"on the first day of an account", func(s *story) { s.burst(0, 16, 0, taxonomy.Age25up) }, true},
		{"five adults are too few", func(s *story) { s.weeks(4).burst(0, 5, 0, taxonomy.Age25up) }, false},
		{"sixteen of the same age", func(s *story) { s.weeks(4).burst(0, 16, 0, taxonomy.Age13to15) }, false},
		{"sixteen adults who stay to talk", func(s *story) { s.weeks(4).burst(0, 16, 8, taxonomy.Age25up) }, false},
		{"a few of them stay", func(s *story) { s.weeks(4).burst(0, 16, 5, taxonomy.Age25up) }, true},
		{"adults and children alike: a crowd, no inversion", func(s *story) {
			s.weeks(4)
			for i := range 30 {
				b := taxonomy.Age25up
				if i%5 > 1 {
					b = taxonomy.Age13to15
				}
				s.write(i, b, 1)
			}
		}, false},
		{"the same adults one a day: no burst", func(s *story) {
			s.weeks(4)
			for i := range 16 {
				s.write(i, taxonomy.Age25up, 1)
				s.at = s.at.Add(day)
			}
		}, false},
		{"later messages of the same people", func(s *story) {
			s.weeks(4)
			for i := range 20 {
				s.write(1, taxonomy.Age25up, 2+i%2)
			}
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStory()
			tt.tell(s)
			if got := s.last.Strength > 0; got != tt.fires {
				t.Errorf("strength %.2f (%+v)", s.last.Strength, s.last.Figures)
			}
		})
	}
}

func TestInversionOnASmallPlatform(t *testing.T) {
	for _, tt := range []struct {
		days  float64
		fires bool
	}{{30, false}, {120, true}} {
		t.Run(fmt.Sprintf("%v days of young accounts are known", tt.days), func(t *testing.T) {
			s := newStory()
			s.c.Said[detect.CohortKey{What: detect.CountBurst, B: 0}] = [2]float64{tt.days, tt.days}
			s.c.Said[detect.CohortKey{What: detect.CountBurst, B: 3}] = [2]float64{}
			s.c.Said[detect.CohortKey{What: detect.CountBurstTotal}] = [2]float64{tt.days, tt.days}
			s.weeks(2).burst(0, 16, 0, taxonomy.Age25up)
			if got := s.last.Strength > 0; got != tt.fires {
				t.Errorf("strength %.2f", s.last.Strength)
			}
		})
	}
}

// Strangers who come at the account's usual pace are no burst, however old they are.
func TestInversionNeedsABurst(t *testing.T) {
	s := newStory()
	s.c = detecttest.Platform(.3, .1)
	for i := range 84 {
		s.write(1000+i, taxonomy.Age13to15, 1)
		s.at = s.at.Add(day)
	}
	for i := range 14 {
		s.write(i, taxonomy.Age25up, 1)
		s.at = s.at.Add(day)
	}
	if s.said > 0 {
		t.Errorf("%+v", s.last)
	}
}

// Where the age of strangers hangs on the account, a dozen adults are no wonder.
func TestInversionWhereAccountsDiffer(t *testing.T) {
	s := newStory()
	s.c.Said[detect.CohortKey{What: detect.CountInboundBoth}] = [2]float64{(.16 + .3*.24) * 1e6, 1e6}
	s.c.Said[detect.CohortKey{What: detect.CountInboundEach}] = [2]float64{.8 * 1e6, 2e6}
	if s.weeks(4).burst(0, 12, 0, taxonomy.Age25up); s.last.Strength > 0 {
		t.Errorf("strength %.2f", s.last.Strength)
	}
}

func TestInversionStandsAndComesAgain(t *testing.T) {
	s := newStory().weeks(4).burst(0, 16, 0, taxonomy.Age25up)
	said := s.said
	t.Run("stands when the burst is over", func(t *testing.T) {
		s.at = s.at.Add(3 * day)
		s.write(500, taxonomy.Age13to15, 1)
		if s.said != said || s.last.Strength == 0 {
			t.Errorf("said %d times more, strength %.2f", s.said-said, s.last.Strength)
		}
	})
	t.Run("is said again when another burst comes", func(t *testing.T) {
		s.at = s.at.Add(40 * day)
		s.burst(100, 16, 0, taxonomy.Age25up)
		if s.said == said || s.last.Strength == 0 {
			t.Errorf("said %d times more", s.said-said)
		}
	})
	t.Run("is taken back when they stay after all", func(t *testing.T) {
		s.at = s.at.Add(day)
		for i := range 16 {
			s.write(100+i, taxonomy.Age25up, 4)
		}
		if s.last.Strength != 0 {
			t.Errorf("strength %.2f", s.last.Strength)
		}
	})
}

// A burst that was spoken of does not become what is ordinary; an ordinary day does.
func TestInversionSuspectsAreNotOrdinary(t *testing.T) {
	total := detect.CohortKey{What: detect.CountBurstTotal}
	s := newStory().weeks(4)
	before := s.c.Added[total]
	if before[1] != 2*13 { // as many with a stranger as without
		t.Errorf("fourteen ordinary days, the last not over, gave %v", before)
	}
	s.burst(0, 16, 0, taxonomy.Age25up)
	s.at = s.at.Add(2 * day)
	s.write(900, taxonomy.Age13to15, 1)
	if after := s.c.Added[total]; after[1] != before[1]+3 { // the day before the burst, and two on which nobody wrote
		t.Errorf("the day of the burst joined the cohort: %v after %v", after, before)
	}
}

// Silence is known from the beginning of the log or of the account: a crowd is sudden where nobody came before.
func TestInversionCountsSilence(t *testing.T) {
	crowd := func(known time.Duration) detect.Signal {
		s := newStory()
		s.since = s.at.Add(-known)
		for range 5 {
			s.burst(s.seq, 2, 0, taxonomy.Age25up)
			s.at = s.at.Add(day)
		}
		return s.last
	}
	young, old := crowd(0), crowd(20*day)
	b, _ := young.Figure("rare")
	if old.Strength <= young.Strength || old.Strength == 0 {
		t.Errorf("after twenty silent days %.2f, on the first days %.2f (%v)", old.Strength, young.Strength, b)
	}
}

func TestInversionSaysWhereFrom(t *testing.T) {
	s := newStory()
	s.burst(0, 2, 0, taxonomy.Age25up) // two regions, long ago
	s.at = s.at.Add(30 * day)
	s.burst(3, 16, 0, taxonomy.Age25up)
	r, _ := s.last.Figure("regions")
	today, _ := s.last.Figure("today")
	if r.Observed != 4 || today.Observed < 6 || today.Expected > .2 || s.last.Typology != taxonomy.TypologyTrafficking {
		t.Errorf("%+v", s.last)
	}
}

// Had as many adults stayed as the explanation says, or had they come one a day, nothing would stand.
func TestInversionCounterfactualIsTrue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(6, 40).Draw(rt, "adults")
		sig := newStory().weeks(4).burst(0, n, 0, taxonomy.Age25up).last
		if sig.Strength == 0 {
			return
		}
		a, _ := sig.Figure("adults")
		var stay int
		told := inbound.Inversion{}.Explain(&sig, "en").Counterfactual
		for _, w := range strings.Fields(told) {
			if _, err := fmt.Sscan(w, &stay); err == nil {
				break
			}
		}
		if got := newStory().weeks(4).burst(0, int(a.Observed), stay, taxonomy.Age25up).last; stay == 0 || got.Strength > 0 {
			rt.Errorf("%q, yet with %d staying of %v it weighs %.2f", told, stay, a.Observed, got.Strength)
		}
		slow := newStory().weeks(4)
		for i := range n {
			slow.write(i, taxonomy.Age25up, 1)
			slow.at = slow.at.Add(2 * day)
		}
		if slow.last.Strength > 0 {
			rt.Errorf("at the usual pace it weighs %.2f", slow.last.Strength)
		}
	})
}

func TestInversionKeepsTheContract(t *testing.T) { contract().Run(t) }

func TestNobodyFamousDecidesWhatIsOrdinary(t *testing.T) {
	s := newStory().burst(0, 1000, 0, taxonomy.Age25up)
	if got := s.c.Added[detect.CohortKey{What: detect.CountInbound}]; got != [2]uint32{30, 30} {
		t.Errorf("one account gave %v strangers", got)
	}
	if got := s.c.Added[detect.CohortKey{What: detect.CountInboundBoth}]; got != [2]uint32{3, 3} {
		t.Errorf("one account gave %v pairs of strangers", got)
	}
}

func FuzzInversionDecode(f *testing.F) {
	for _, b := range contract().Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { contract().Decode(t, b) })
}

func BenchmarkInversion(b *testing.B) {
	contract().Benchmark(b, func(i int) *detect.Fact {
		return detecttest.Fact(detect.Written, detecttest.Child(), detecttest.Person(i, taxonomy.AgeBand(1+i%5)),
			detecttest.Start.Add(time.Duration(i)*time.Hour), i+1)
	})
}
