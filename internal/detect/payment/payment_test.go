package payment_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/payment"
	"haris/internal/taxonomy"
)

const (
	hour = time.Hour
	day  = 24 * hour
)

// platform is one on which strangers seldom pay the young, and the young seldom pass on what they get.
func platform() *detecttest.Cohort {
	c := detecttest.Platform(.2, .5)
	c.Said[detect.CohortKey{What: detect.CountOffered}] = [2]float64{20, 1000}
	c.Said[detect.CohortKey{What: detect.CountOfferedAgain}] = [2]float64{400, 1000}
	c.Said[detect.CohortKey{What: detect.CountBought}] = [2]float64{20, 1000}
	c.Said[detect.CohortKey{What: detect.CountCharged}] = [2]float64{20, 1000}
	c.Said[detect.CohortKey{What: detect.CountPassed}] = [2]float64{50, 1000}
	return c
}

func valueContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: payment.Value{}, Account: detecttest.Adult(), Limit: 3, Number: "paidyoung", Silent: taxonomy.Age25up, Platform: platform,
		Fill: func(t *rapid.T, f *detect.Fact) {
			f.Reason = rapid.SampledFrom([]string{"", "", contact.AfterMedia, contact.BothWays}).Draw(t, "media")
		},
		Word: map[taxonomy.Typology]string{taxonomy.TypologySextortion: "charged"},
	}
}

func proceedsContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: payment.Proceeds{}, Account: detecttest.Adult(), Limit: 3, Number: "passing", Silent: taxonomy.Age25up, Platform: platform,
		Fill: func(t *rapid.T, f *detect.Fact) {
			f.Value = rapid.SampledFrom([]float64{0, .3, .7, .9, 1}).Draw(t, "share")
		},
	}
}

func TestValueContract(t *testing.T)    { valueContract().Run(t) }
func TestProceedsContract(t *testing.T) { proceedsContract().Run(t) }

func FuzzValueDecode(f *testing.F) {
	c := valueContract()
	for _, b := range c.Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { c.Decode(t, b) })
}

func FuzzProceedsDecode(f *testing.F) {
	c := proceedsContract()
	for _, b := range c.Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { c.Decode(t, b) })
}

// till is what one account lives through with young ones.
type till struct {
	d    detect.Detector
	who  *detect.Profile
	st   detect.State
	at   time.Time
	seq  int
	said []detect.Signal
}

func (s *till) fold(k detect.FactKind, n int, change func(f *detect.Fact)) *till {
	s.seq++
	f := detecttest.Fact(k, s.who, detecttest.Person(n, taxonomy.Age13to15), s.at, s.seq)
	if change != nil {
		change(f)
	}
	next, sig, ok := s.d.Fold(s.st, f, platform())
	if s.st = next; ok {
		s.said = append(s.said, sig)
	}
	s.at = s.at.Add(time.Minute)
	return s
}

func (s *till) approach(n int) *till {
	for i := range n {
		s.fold(detect.Approached, i, nil)
	}
	return s
}

func (s *till) pay(n, times int, media string) *till {
	return s.fold(detect.Offered, n, func(f *detect.Fact) { f.N, f.Reason = times, media })
}

func (s *till) charge(n, times int, media string) *till {
	return s.fold(detect.Charged, n, func(f *detect.Fact) { f.N, f.Reason = times, media })
}

func (s *till) last() detect.Signal {
	if len(s.said) == 0 {
		return detect.Signal{}
	}
	return s.said[len(s.said)-1]
}

func TestValue(t *testing.T) {
	tests := []struct {
		name     string
		tell     func(s *till)
		low, top float64
		typology taxonomy.Typology
		hard     bool
		urgent   float64
	}{
		{"one payment to one of many", func(s *till) { s.approach(20).pay(1, 1, "") }, 0, 0, "", false, 0},
		{"many paid", func(s *till) {
			for i := range 6 {
				s.approach(2).pay(i, 1, "")
			}
		}, 1, 3, taxonomy.TypologyGrooming, false, 0},
		{"one paid again and again", func(s *till) {
			s.approach(5)
			for i := range 5 {
				s.pay(1, i+1, "")
			}
		}, 1, 2.5, taxonomy.TypologyGrooming, false, 0},
		{"media bought", func(s *till) { s.approach(3).pay(1, 1, contact.AfterMedia).pay(1, 2, contact.AfterMedia) }, 2, 3, taxonomy.TypologyGrooming, false, 0},
		{"media sent after being paid", func(s *till) {
			s.approach(3).pay(1, 1, "").fold(detect.Given, 1, nil).pay(1, 2, "").fold(detect.Given, 1, nil)
		}, 2, 3, taxonomy.TypologyGrooming, false, 0},
		{"paid by a young account, with no media", func(s *till) { s.approach(3).charge(1, 1, "") }, 0, 0, "", false, 0},
		{"paid within an hour of its media", func(s *till) { s.approach(3).charge(1, 1, contact.AfterMedia) }, 1, 2, taxonomy.TypologySextortion, false, 0},
		{"one of many that pay", func(s *till) {
			for i := range 40 {
				s.charge(i, 1, "")
			}
			s.charge(41, 1, contact.AfterMedia)
		}, 0, 0, "", false, 0},
		{"after media went both ways", func(s *till) { s.approach(3).charge(1, 1, contact.BothWays) }, 1, 2, taxonomy.TypologySextortion, true, 0},
		{"and paid once more", func(s *till) { s.charge(1, 1, contact.BothWays).charge(1, 2, contact.BothWays) }, 1, 2, taxonomy.TypologySextortion, true, 1},
		{"by two young accounts", func(s *till) { s.charge(1, 1, contact.BothWays).charge(2, 1, contact.BothWays) }, 2, 3, taxonomy.TypologySextortion, true, 1},
		{"by a shop that is known as one", func(s *till) {
			s.who.Role = "business"
			s.charge(1, 1, contact.BothWays).charge(1, 2, contact.BothWays)
		}, 1, 2, taxonomy.TypologySextortion, false, 0},
		{"long ago", func(s *till) {
			s.charge(1, 1, contact.BothWays)
			s.at = s.at.Add(90 * day)
			s.charge(2, 1, "")
		}, 0, 0, taxonomy.TypologySextortion, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &till{d: payment.Value{}, who: detecttest.Adult(), at: detecttest.Start}
			tt.tell(s)
			got := s.last()
			if got.Strength < tt.low || got.Strength > tt.top || got.Typology != tt.typology || got.Hard != tt.hard {
				t.Errorf("%.2f %s hard %v, want %.1f to %.1f %s %v", got.Strength, got.Typology, got.Hard, tt.low, tt.top, tt.typology, tt.hard)
			}
			if u, _ := got.Figure("urgent"); u.Observed != tt.urgent {
				t.Errorf("urgent %v", u.Observed)
			}
		})
	}
}

// A coercion that goes on is told each time.
func TestValueTellsMoreCoercion(t *testing.T) {
	s := &till{d: payment.Value{}, who: detecttest.Unknown(), at: detecttest.Start}
	s.charge(1, 1, contact.BothWays).charge(1, 2, contact.BothWays).charge(1, 3, contact.BothWays)
	if len(s.said) != 3 || s.last().Times != 3 || len(s.last().Others) != 1 {
		t.Errorf("%d signals, %+v", len(s.said), s.last())
	}
	if why := (payment.Value{}).Explain(&s.said[2], "en").Why; !strings.Contains(why, "exchanged media") {
		t.Error(why)
	}
}

func TestProceeds(t *testing.T) {
	pass := func(s *till, n int, share float64) *till {
		return s.fold(detect.PassedOn, n, func(f *detect.Fact) { f.Value, f.N = share, 2 })
	}
	tests := []struct {
		name     string
		tell     func(s *till)
		low, top float64
	}{
		{"two pass on", func(s *till) { pass(pass(s, 1, .9), 2, .9) }, 0, 0},
		{"three pass on", func(s *till) { pass(pass(pass(s, 1, .9), 2, .7), 3, 1) }, 1, 2.5},
		{"six pass on", func(s *till) {
			for i := range 6 {
				pass(s, i, 1)
			}
		}, 2.5, 3},
		{"three pass on too little", func(s *till) { pass(pass(pass(s, 1, .69), 2, .6), 3, .5) }, 0, 0},
		{"one passes on three times", func(s *till) { pass(pass(pass(s, 1, .9), 1, .7), 1, 1) }, 0, 0},
		{"a shop: three among twenty", func(s *till) {
			for i := range 20 {
				pass(s, i, float64(bit(i < 3)))
			}
		}, 0, 0},
		{"four pass on, and again on two more days", func(s *till) {
			for range 3 {
				for i := range 4 {
					pass(s, i, 1)
				}
				s.at = s.at.Add(3 * day)
			}
		}, 3, 3},
		{"four pass on twice within a day", func(s *till) {
			for i := range 8 {
				pass(s, i%4, 1)
			}
		}, 2, 2.6},
		{"over more than thirty days", func(s *till) {
			for i := range 3 {
				pass(s, i, 1)
				s.at = s.at.Add(20 * day)
			}
		}, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &till{d: payment.Proceeds{}, who: detecttest.Adult(), at: detecttest.Start}
			tt.tell(s)
			if got := s.last().Strength; got < tt.low || got > tt.top {
				t.Errorf("%.2f, want %.1f to %.1f", got, tt.low, tt.top)
			}
		})
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestPurse(t *testing.T) {
	const dollars, pounds = 1, 2
	at := detecttest.Start.UnixMilli()
	in := func(h int64, who string, amount float64, currency uint32) payment.Move {
		return payment.Move{At: at + h*hour.Milliseconds(), Who: who, Amount: amount, Currency: currency}
	}
	out := func(h int64, who string, amount float64) payment.Move {
		m := in(h, who, amount, dollars)
		m.Out = true
		return m
	}
	tests := []struct {
		name   string
		moves  []payment.Move
		share  float64
		payers int
	}{
		{"nothing received", []payment.Move{out(1, "c", 50)}, 0, 0},
		{"all passed on", []payment.Move{in(0, "a", 100, dollars), out(1, "c", 95)}, .95, 1},
		{"in parts, from two", []payment.Move{in(0, "a", 100, dollars), out(1, "c", 80), in(2, "b", 100, dollars), out(3, "c", 80)}, .8, 2},
		{"more than was received", []payment.Move{in(0, "a", 10, dollars), out(1, "c", 50)}, 1, 1},
		{"of the collector's own money", []payment.Move{in(0, "c", 100, dollars), out(1, "c", 100)}, 0, 0},
		{"in another currency", []payment.Move{in(0, "a", 100, pounds), out(1, "c", 95)}, 0, 0},
		{"to somebody else", []payment.Move{in(0, "a", 100, dollars), out(1, "d", 95), out(2, "c", 5)}, .05, 1},
		{"after three days", []payment.Move{in(0, "a", 100, dollars), out(72, "c", 95)}, 0, 0},
		{"no amount", []payment.Move{in(0, "a", math.NaN(), dollars), in(0, "a", -4, dollars), in(0, "a", math.Inf(1), dollars), out(1, "c", 5)}, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p payment.Purse
			for _, m := range tt.moves {
				p = p.Take(m)
			}
			share, payers := p.Share("c", dollars)
			if math.Abs(share-tt.share) > 1e-6 || payers != tt.payers {
				t.Errorf("%.3f from %d, want %.2f from %d", share, payers, tt.share, tt.payers)
			}
			if again, err := payment.DecodePurse(p.Append(nil)); err != nil || fmt.Sprint(again) != fmt.Sprint(p) {
				t.Errorf("%v came back as %v, %v", p, again, err)
			}
			if p.Stale(at+3*hour.Milliseconds()) || !p.Stale(at+200*hour.Milliseconds()) {
				t.Error("stale at the wrong time")
			}
		})
	}
}

// A purse stays small whatever comes, and a share is a share.
func TestPurseIsBounded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var p payment.Purse
		at := detecttest.Start
		for range rapid.IntRange(0, 80).Draw(rt, "moves") {
			at = at.Add(time.Duration(rapid.IntRange(-60, 600).Draw(rt, "minutes")) * time.Minute)
			p = p.Take(payment.Move{
				At: at.UnixMilli(), Who: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "who"), Currency: 1,
				Amount: rapid.Float64().Draw(rt, "amount"), Out: rapid.Bool().Draw(rt, "out"),
			})
			if share, payers := p.Share("c", 1); share < 0 || share > 1 || math.IsNaN(share) || payers > 2 {
				rt.Fatalf("%v from %d", share, payers)
			}
		}
		if n := len(p.Append(nil)); n > 24*17 {
			rt.Errorf("%d bytes", n)
		}
	})
}

func FuzzPurseDecode(f *testing.F) {
	f.Add(payment.Purse{}.Take(payment.Move{At: 1e12, Who: "a", Amount: 3, Out: true}).Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := payment.DecodePurse(b)
		if err != nil {
			return
		}
		if string(p.Append(nil)) != string(b) {
			t.Error("came back otherwise")
		}
		p.Take(payment.Move{At: 1e12, Who: "a", Amount: 3}).Share("a", 0)
	})
}

func BenchmarkValue(b *testing.B) {
	valueContract().Benchmark(b, func(i int) *detect.Fact {
		return detecttest.Fact(detect.Offered, detecttest.Adult(), detecttest.Person(i, taxonomy.Age13to15), detecttest.Start, i+1)
	})
}

func BenchmarkProceeds(b *testing.B) {
	proceedsContract().Benchmark(b, func(i int) *detect.Fact {
		f := detecttest.Fact(detect.PassedOn, detecttest.Adult(), detecttest.Person(i, taxonomy.Age13to15), detecttest.Start, i+1)
		f.Value = .8
		return f
	})
}
