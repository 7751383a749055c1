package contact_test

import (
	"strings"
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

func TestPersistenceContract(t *testing.T) { persistenceContract().Run(t) }

func FuzzPersistenceDecode(f *testing.F) {
	c := persistenceContract()
	for _, b := range c.Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { c.Decode(t, b) })
}

// presser is a stranger who writes to minors.
type presser struct {
	st   detect.State
	at   time.Time
	seq  int
	said []detect.Signal
}

func (s *presser) fold(k detect.FactKind, n int, region, reason string, first bool) {
	s.seq++
	f := fact(k, adult, person(n, taxonomy.Age13to15), s.at, s.seq)
	f.Other.Region, f.Reason = region, reason
	if first {
		f.Value = 1
	}
	c := platform(.2)
	c.Said[detect.CohortKey{What: detect.CountPressed}] = [2]float64{100, 1000}
	c.Said[detect.CohortKey{What: detect.CountNight}] = [2]float64{100, 1000}
	next, sig, ok := contact.Persistence{}.Fold(s.st, f, c)
	if s.st = next; ok {
		s.said = append(s.said, sig)
	}
}

// press approaches n minors and presses k of them.
func (s *presser) press(n, k int, region, reason string) {
	for i := range n {
		s.fold(detect.Approached, i, region, "", false)
		s.fold(detect.Wrote, i, region, "", false)
		if i < k {
			s.fold(detect.Wrote, i, region, reason, true)
		}
	}
}

func TestPersistence(t *testing.T) {
	tests := []struct {
		name     string
		tell     func(s *presser)
		low, top float64
	}{
		{"one in ten is pressed", func(s *presser) { s.press(20, 2, "", "") }, 0, 0},
		{"two of two", func(s *presser) { s.press(2, 2, "", "") }, 0, 0},
		{"half are pressed", func(s *presser) { s.press(14, 9, "", "") }, 1, 2},
		{"all are pressed", func(s *presser) { s.press(10, 10, "", contact.AfterRefusal) }, 2, 2},
		{"at night it weighs more", func(s *presser) { s.at = s.at.Add(9 * time.Hour); s.press(12, 7, "GB-LND", "") }, 1.2, 2},
		{"long ago", func(s *presser) { s.press(10, 5, "", ""); s.at = s.at.AddDate(0, 3, 0); s.press(3, 1, "", "") }, 0, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &presser{at: start}
			tt.tell(s)
			got := 0.0
			if n := len(s.said); n > 0 {
				got = s.said[n-1].Strength
			}
			if got < tt.low || got > tt.top {
				t.Errorf("%.2f, want %.1f to %.1f", got, tt.low, tt.top)
			}
		})
	}
	day, night := &presser{at: start}, &presser{at: start.Add(9 * time.Hour)}
	day.press(12, 7, "GB-LND", "")
	night.press(12, 7, "GB-LND", "")
	last := func(s *presser) float64 { return s.said[len(s.said)-1].Strength }
	if last(night) <= last(day) || last(night) > 1.3*(last(day)+.25) { // what is said lags by a step of .25
		t.Errorf("by day %.2f, by night %.2f", last(day), last(night))
	}
}

// A rate that climbs joins the evidence.
func TestPersistenceRamp(t *testing.T) {
	say := func(messages func(day int) int) detect.Signal {
		s := &presser{at: start}
		for d := range 20 {
			for range messages(d) {
				s.fold(detect.Wrote, 1, "", "", false)
			}
			s.at = s.at.AddDate(0, 0, 1)
		}
		s.press(12, 8, "", "")
		if len(s.said) == 0 {
			t.Fatal("silent")
		}
		return s.said[len(s.said)-1]
	}
	flat, steep := say(func(int) int { return 4 }), say(func(d int) int { return 2 + max(0, d-10)*12 })
	if f, _ := flat.Figure("ramp"); f.Observed >= f.Expected {
		t.Errorf("flat: %+v", f)
	}
	if f, _ := steep.Figure("ramp"); f.Observed < f.Expected {
		t.Errorf("steep: %+v", f)
	}
	if steep.Strength < flat.Strength {
		t.Errorf("%.2f below %.2f", steep.Strength, flat.Strength)
	}
	if why := (contact.Persistence{}).Explain(&steep, "en").Why; !strings.Contains(why, "from day to day") {
		t.Error(why)
	}
}

// What a pair tells of a stranger who writes: at which message the minor is pressed.
func TestPairsTellOfPressing(t *testing.T) {
	const none = taxonomy.RelationNone
	type word struct {
		from    string
		typ     event.Type
		minutes int
	}
	says := func(from string, minutes ...int) (out []word) {
		for _, m := range minutes {
			out = append(out, word{from, event.MessageSent, m})
		}
		return out
	}
	tests := []struct {
		name     string
		relation taxonomy.Relation
		words    []word
		at       int // the minute of the message that presses; 0 for none
		reason   string
	}{
		{"four unanswered", none, says("a", 0, 10, 20, 30, 40), 30, ""},
		{"four pieces of one", none, says("a", 10, 11, 12, 13), 0, ""},
		{"answered in between", none, append(append(says("a", 0, 10, 20), says("c", 25)...), says("a", 30, 40, 50)...), 0, ""},
		{"after a refusal", none, append(append(says("a", 0), word{"c", event.ContactDeclined, 5}), says("a", 10)...), 10, contact.AfterRefusal},
		{"after a block", none, append(append(says("a", 0), word{"c", event.AccountBlocked, 5}), says("a", 10)...), 10, contact.AfterBlock},
		{"a friend", taxonomy.RelationMutual, says("a", 0, 10, 20, 30), 0, ""},
		{"family", taxonomy.RelationFamily, says("a", 0, 10, 20, 30), 0, ""},
		{"a child", none, says("k", 0, 10, 20, 30), 0, ""},
		{"the child itself", none, append(says("a", 0), says("c", 10, 20, 30, 40)...), 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			people, p, at, reason := cast(), contact.Pair{}, 0, ""
			for _, w := range tt.words {
				to := "c"
				if w.from == "c" {
					to = tt.words[0].from
				}
				e := &event.Event{Type: w.typ, Seq: uint64(w.minutes + 1), Time: start.Add(time.Duration(w.minutes) * time.Minute)}
				e.Data.Relation, e.Data.Surface = tt.relation, taxonomy.SurfaceDM
				_, low := detect.PairKey(w.from, to)
				for _, f := range p.Fold(contact.Touch{Event: e, From: people[w.from], To: people[to], FromLow: low}, nil) {
					if f.Kind == detect.Wrote && f.Value == 1 {
						if at != 0 {
							t.Error("pressed twice")
						}
						at, reason = w.minutes, f.Reason
					}
				}
			}
			if at != tt.at || reason != tt.reason {
				t.Errorf("at %d %q, want %d %q", at, reason, tt.at, tt.reason)
			}
		})
	}
}

func BenchmarkPersistence(b *testing.B) {
	persistenceContract().Benchmark(b, func(i int) *detect.Fact {
		return fact(detect.Wrote, adult, person(i, taxonomy.Age13to15), start.Add(time.Duration(i)*time.Hour), i+1)
	})
}
