package identity_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/identity"
	"haris/internal/taxonomy"
)

const day = 24 * time.Hour

// platform is one on which one sign-in in fifty is on a new device, and a fifth comes from the network, place and agent "1".
func platform() *detecttest.Cohort {
	c := detecttest.Platform(.3, .4)
	c.Said[detect.CohortKey{What: detect.CountDevice}] = [2]float64{20_000, 1e6}
	for kind := range uint16(3) {
		c.Said[detect.CohortKey{What: detect.CountAccess, A: kind + 1, C: 1}] = [2]float64{200_000, 0}
		c.Said[detect.CohortKey{What: detect.CountAccess, A: kind + 1}] = [2]float64{0, 1e6}
	}
	c.Said[detect.CohortKey{What: detect.CountUnusual}] = [2]float64{2000, 1e6}
	c.Said[detect.CohortKey{What: detect.CountRecovery}] = [2]float64{10_000, 1e6}
	c.Said[detect.CohortKey{What: detect.CountCompany}] = [2]float64{50, 1000}
	c.Said[detect.CohortKey{What: detect.CountRekeyed}] = [2]float64{100, 1000}
	return c
}

func controlContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: identity.Control{}, Account: detecttest.Child(), Limit: 3, Number: "handdevice", Ageless: true, Platform: platform,
		Fill: func(t *rapid.T, f *detect.Fact) {
			f.Access = &detect.Access{
				Device: uint64(rapid.SampledFrom([]int{0, 1, 1, 1, 2, 3}).Draw(t, "device")) << 32, Network: rapid.SampledFrom([]uint32{0, 1, 1, 2}).Draw(t, "network"),
				Place: rapid.SampledFrom([]uint32{1, 1, 2}).Draw(t, "place"), Agent: rapid.SampledFrom([]uint32{1, 1, 2}).Draw(t, "agent"),
			}
			switch f.Kind {
			case detect.Linked:
				f.Reason = "device"
			case detect.Written:
				f.N = rapid.SampledFrom([]int{1, 2, 20}).Draw(t, "messages")
			case detect.Spoke:
				f.Reason = rapid.SampledFrom([]string{"D1", "D12"}).Draw(t, "detector")
			}
		},
	}
}

func TestControlContract(t *testing.T) { controlContract().Run(t) }

func FuzzControlDecode(f *testing.F) {
	c := controlContract()
	for _, b := range c.Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { c.Decode(t, b) })
}

// hand is the story of one young account.
type hand struct {
	c    *detecttest.Cohort
	st   detect.State
	at   time.Time
	seq  int
	who  *detect.Profile
	said []detect.Signal
}

func newHand() *hand {
	return &hand{c: platform(), at: detecttest.Start, who: detecttest.Child()}
}

func (h *hand) fold(k detect.FactKind, other *detect.Profile, change func(f *detect.Fact)) *hand {
	h.seq++
	f := detecttest.Fact(k, h.who, other, h.at, h.seq)
	change(f)
	next, sig, ok := identity.Control{}.Fold(h.st, f, h.c)
	if h.st = next; ok {
		h.said = append(h.said, sig)
	}
	return h
}

// access signs in: device d, network n, place p, agent a.
func (h *hand) access(d uint64, n, p, a uint32) *hand {
	return h.fold(detect.Accessed, &detect.Profile{}, func(f *detect.Fact) {
		f.Access = &detect.Access{Device: d << 32, Network: n, Place: p, Agent: a}
	})
}

// weeks are an ordinary past: once a day at home.
func (h *hand) weeks(n int) *hand {
	for range n * 7 {
		h.access(1, 1, 1, 1)
		h.at = h.at.Add(day)
	}
	return h
}

func (h *hand) linked(who string, device uint64, r taxonomy.Relation) *hand {
	return h.fold(detect.Linked, &detect.Profile{ID: who, Band: taxonomy.Age25up}, func(f *detect.Fact) {
		f.Reason, f.N, f.Relation, f.Access = "device", 2, r, &detect.Access{Device: device << 32}
	})
}

func (h *hand) talk() *hand {
	return h.fold(detect.Written, detecttest.Person(1, taxonomy.Age25up), func(f *detect.Fact) { f.N = 20 })
}

func (h *hand) inverted() *hand {
	return h.fold(detect.Spoke, &detect.Profile{}, func(f *detect.Fact) { f.Reason, f.Value = "D12", 2.5 })
}

func (h *hand) rekeyed() *hand {
	return h.fold(detect.Rekeyed, &detect.Profile{}, func(f *detect.Fact) { f.Reason = "password" })
}

func TestControl(t *testing.T) {
	const none = taxonomy.RelationNone
	tests := []struct {
		name     string
		tell     func(h *hand)
		low, top float64 // bounds of the strength; both 0 for silence
	}{
		{"nothing unusual", func(h *hand) { h.weeks(3).talk().linked("a", 1, none) }, 0, 0},
		{"a new telephone at home", func(h *hand) { h.weeks(3).access(2, 1, 1, 2).linked("a", 2, none).talk() }, 0, 0},
		{"abroad with the own telephone", func(h *hand) { h.weeks(3).access(1, 2, 2, 1).talk() }, 0, 0},
		{"another device elsewhere, and nothing else", func(h *hand) { h.weeks(3).access(2, 2, 2, 2).rekeyed() }, 0, 0},
		{"another device elsewhere, used by another account", func(h *hand) { h.weeks(3).access(2, 2, 2, 2).linked("a", 2, none) }, 1, 1.5},
		{"the other account was there before", func(h *hand) { h.weeks(3).linked("a", 2, none).access(2, 2, 2, 2) }, 1, 1.5},
		{"and a password was changed", func(h *hand) { h.weeks(3).access(2, 2, 2, 2).linked("a", 2, none).rekeyed() }, 1.5, 2.5},
		{"by the adult who talks with the child", func(h *hand) { h.weeks(3).talk().access(2, 2, 2, 2).linked("p1", 2, none).rekeyed() }, 3, 3},
		{"used by another account later", func(h *hand) {
			h.weeks(3).access(2, 2, 2, 2)
			h.at = h.at.Add(10 * day)
			h.linked("a", 2, none)
		}, 1, 1.5},
		{"used by another account too late", func(h *hand) {
			h.weeks(3).access(2, 2, 2, 2)
			h.at = h.at.Add(15 * day)
			h.linked("a", 2, none)
		}, 0, 0},
		{"another account on another device", func(h *hand) { h.weeks(3).access(2, 2, 2, 2).linked("a", 3, none) }, 0, 0},
		{"an adult deep in talk", func(h *hand) { h.weeks(3).talk().access(2, 2, 2, 2) }, 1, 1.5},
		{"strangers turn to it", func(h *hand) { h.weeks(3).access(2, 2, 2, 2).inverted() }, 1.4, 2.5},
		{"from another network in the same town", func(h *hand) { h.weeks(3).access(2, 2, 1, 2).linked("a", 2, none) }, 1, 1.5},
		{"strangers turned to it long ago", func(h *hand) {
			h.weeks(3).inverted()
			h.at = h.at.Add(15 * day)
			h.access(2, 2, 2, 2)
		}, 0, 0},
		{"all of it", func(h *hand) { h.weeks(3).talk().access(2, 2, 2, 2).rekeyed().linked("a", 2, none).inverted() }, 3, 3},
		{"in the same town, by way of recovery", func(h *hand) {
			h.weeks(3).fold(detect.Accessed, &detect.Profile{}, func(f *detect.Fact) {
				f.Access = &detect.Access{Device: 2 << 32, Network: 1, Place: 1, Agent: 1, Recovery: true}
			}).linked("a", 2, none).rekeyed()
		}, 1.5, 2.5},
		{"in the same town, signed in as ever", func(h *hand) { h.weeks(3).access(2, 1, 1, 1).linked("a", 2, none).rekeyed() }, 0, 0},
		{"the own device, after a recovery", func(h *hand) {
			h.weeks(3).talk().fold(detect.Accessed, &detect.Profile{}, func(f *detect.Fact) {
				f.Access = &detect.Access{Device: 1 << 32, Network: 1, Place: 1, Agent: 1, Recovery: true}
			}).rekeyed()
		}, 0, 0},
		{"within a family it weighs less and is not silent", func(h *hand) {
			h.weeks(3).access(2, 2, 2, 2).rekeyed().linked("a", 2, taxonomy.RelationFamily)
		}, 1, 1.5},
		{"a second device on the second day", func(h *hand) { h.access(1, 1, 1, 1).access(2, 1, 1, 2).linked("a", 2, none).talk() }, 0, 0},
		{"recovered on another device on the second day", func(h *hand) {
			h.access(1, 1, 1, 1).talk().fold(detect.Accessed, &detect.Profile{}, func(f *detect.Fact) {
				f.Access = &detect.Access{Device: 2 << 32, Network: 2, Place: 2, Agent: 1, Recovery: true}
			}).linked("p1", 2, none).rekeyed()
		}, 2.5, 3},
		{"nothing is known of the account", func(h *hand) { h.access(2, 2, 2, 2).linked("a", 2, none).talk() }, 0, 0},
		{"a grown-up's account", func(h *hand) {
			h.who = detecttest.Adult()
			h.weeks(3).access(2, 2, 2, 2).linked("a", 2, none).talk()
		}, 0, 0},
		{"nothing but the network is said", func(h *hand) { h.weeks(3).access(0, 2, 0, 0).talk() }, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHand()
			tt.tell(h)
			got := 0.0
			if n := len(h.said); n > 0 {
				got = h.said[n-1].Strength
			}
			if got < tt.low || got > tt.top {
				t.Errorf("%.2f, want %.1f to %.1f", got, tt.low, tt.top)
			}
		})
	}
}

// What a reviewer sees: before and after.
func TestControlShowsBeforeAndAfter(t *testing.T) {
	h := newHand().weeks(3).talk()
	h.fold(detect.Written, detecttest.Person(7, taxonomy.Age25up), func(f *detect.Fact) { f.N = 1 })
	h.at = h.at.Add(11 * time.Hour)
	h.access(2, 2, 2, 2).rekeyed()
	for i := range 4 {
		h.fold(detect.Written, detecttest.Person(10+i, taxonomy.Age25up), func(f *detect.Fact) { f.N = 1 })
	}
	h.at = h.at.Add(time.Hour)
	h.access(2, 2, 2, 2).linked("keeper", 2, taxonomy.RelationNone)
	sig := h.said[len(h.said)-1]
	if len(sig.Others) != 1 || sig.Others[0] != "keeper" || len(sig.Events) == 0 {
		t.Errorf("%+v", sig)
	}
	for name, want := range map[string][2]float64{
		"handdevice": {2, 2}, "handplace": {2, 2}, "handhours": {2, 2}, "handlinks": {1, 0}, "handtalk": {1, 0}, "handrekeyed": {1, 0}, "handinbound": {0, 0},
	} {
		if f, ok := sig.Figure(name); !ok || f.Observed != want[0] || f.Of != want[1] {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f, _ := sig.Figure("handcontacts"); f.Observed < 3.5 || f.Observed > 4 || f.Expected < .5 || f.Expected > 1 {
		t.Errorf("contacts: %+v", f)
	}
	why := identity.Control{}.Explain(&sig, "en").Why
	for _, part := range []string{"2 of 2 sign-ins came from that device", "2 of 2 came at hours", "Other accounts on that device: 1", "password", "4 since, 1 before"} {
		if !strings.Contains(why, part) {
			t.Errorf("%q is missing in %q", part, why)
		}
	}
}

// The habits of whoever took the account are not learned while it is in question.
func TestControlDoesNotLearnFromTheOther(t *testing.T) {
	h := newHand().weeks(3)
	for range 10 {
		h.access(2, 2, 2, 2)
		h.at = h.at.Add(day)
	}
	if h.linked("a", 2, taxonomy.RelationNone); len(h.said) == 0 {
		t.Error("after ten days the other's device was taken for the child's")
	}
}

// Facts that do not concern D10 may come anywhere between.
func TestControlIgnoresTheRest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tell := func(noise int) *hand {
			h := newHand()
			rest := func(place int) {
				if place != noise {
					return
				}
				h.fold(detect.Linked, &detect.Profile{ID: "p"}, func(f *detect.Fact) { f.Reason, f.Access = "phone", &detect.Access{Device: 2 << 32} })
				h.fold(detect.Spoke, &detect.Profile{}, func(f *detect.Fact) { f.Reason, f.Value = "D1", 3 })
				h.fold(detect.Written, detecttest.Person(2, taxonomy.Age13to15), func(f *detect.Fact) { f.N = 30 })
				h.fold(detect.Written, detecttest.Person(3, taxonomy.Age25up), func(f *detect.Fact) { f.N = 2 })
				h.seq -= 4
			}
			for i := range 14 {
				rest(i)
				h.access(1, 1, 1, 1)
				h.at = h.at.Add(day)
			}
			h.access(2, 2, 2, 2)
			rest(14)
			return h.linked("a", 2, taxonomy.RelationNone)
		}
		quiet, noisy := tell(-1), tell(rapid.IntRange(0, 14).Draw(rt, "place"))
		if string(quiet.st.Append(nil)) != string(noisy.st.Append(nil)) || len(quiet.said) != 1 || len(noisy.said) != 1 {
			rt.Error("what does not concern it changed it")
		}
	})
}

func BenchmarkControl(b *testing.B) {
	c := controlContract()
	c.Benchmark(b, func(i int) *detect.Fact {
		f := detecttest.Fact(detect.Accessed, detecttest.Child(), &detect.Profile{}, detecttest.Start.Add(time.Duration(i)*time.Hour), i+1)
		f.Access = &detect.Access{Device: 1 << 32, Network: 1, Place: 1, Agent: 1}
		return f
	})
}
