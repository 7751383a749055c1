package contact_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/detect/detecttest"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

func exchangeContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: contact.Exchange{}, Account: adult, Platform: func() *cohort { return platform(.2) }, Limit: 1,
		Number: "exchanged", Silent: taxonomy.Age25up,
		Fill: func(t *rapid.T, f *detect.Fact) {
			if f.Kind == detect.Exchanged && rapid.Bool().Draw(t, "said") {
				f.Passed = &detect.Passed{
					Kind: rapid.SampledFrom([]string{"phone", "email", "handle"}).Draw(t, "what"), Masked: rapid.StringOfN(rapid.RuneFrom([]rune("…•+@.0179aزñ字")), 0, 80, -1).Draw(t, "masked"),
					Given: rapid.Bool().Draw(t, "given"), Ways: rapid.SampledFrom([]string{"", "words", "words, split"}).Draw(t, "ways"),
				}
			}
		},
	}
}

func TestExchangeKeepsTheContract(t *testing.T) { exchangeContract().Run(t) }

func FuzzExchangeDecode(f *testing.F) {
	for _, b := range exchangeContract().Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { exchangeContract().Decode(t, b) })
}

func BenchmarkExchange(b *testing.B) {
	kinds := []detect.FactKind{detect.Met, detect.Exchanged, detect.Unread}
	exchangeContract().Benchmark(b, func(i int) *detect.Fact {
		f := fact(kinds[i%3], adult, person(i, taxonomy.Age13to15), start.Add(time.Duration(i)*time.Hour), i+1)
		f.Passed = &detect.Passed{Kind: "phone", Masked: "…67", Given: true}
		return f
	})
}

// passing is a story of one account: minors met, and those with whom details were exchanged.
type passing struct {
	c    *cohort
	st   detect.State
	at   time.Time
	seq  int
	last detect.Signal
	said int
}

func newPassing(rate float64) *passing {
	c := platform(.2)
	c.Said[detect.CohortKey{What: detect.CountExchange}] = [2]float64{rate * 1e6, 1e6}
	return &passing{c: c, at: start}
}

func (p *passing) fold(k detect.FactKind, who *detect.Profile, other, n int, b taxonomy.AgeBand) {
	p.seq++
	f := fact(k, who, person(other, b), p.at, p.seq)
	f.N = n
	if k == detect.Exchanged {
		f.Passed = &detect.Passed{Kind: "phone", Masked: "…67", Given: true, Ways: "words"}
	}
	var sig detect.Signal
	var ok bool
	if p.st, sig, ok = (contact.Exchange{}).Fold(p.st, f, p.c); ok {
		p.last, p.said = sig, p.said+1
	}
}

func (p *passing) meet(n int, b taxonomy.AgeBand) {
	for i := range n {
		p.fold(detect.Met, adult, i, 1, b)
	}
}

func (p *passing) pass(n int, b taxonomy.AgeBand) {
	for i := range n {
		p.fold(detect.Exchanged, adult, i, 1, b)
	}
}

func TestExchange(t *testing.T) {
	for _, tt := range []struct {
		name      string
		rate      float64
		met, pass int
		low, high float64
	}{
		{"nothing passed", .01, 10, 0, 0, 0},
		{"one of one, where that is rare", .01, 1, 1, 1, 1},
		{"one of one, where that is common", .2, 1, 1, 0, 0},
		{"one of a hundred", .05, 100, 1, 0, 0},
		{"five of a hundred, as everywhere", .05, 100, 5, 0, 0},
		{"six of eight", .05, 8, 6, 1, 1},
		{"two of three", .05, 3, 2, .5, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPassing(tt.rate)
			p.meet(tt.met, taxonomy.Age13to15)
			p.pass(tt.pass, taxonomy.Age13to15)
			if p.last.Strength < tt.low || p.last.Strength > tt.high {
				t.Errorf("strength %.2f, want %.2f to %.2f", p.last.Strength, tt.low, tt.high)
			}
		})
	}
}

func TestExchangeCountsAMinorOnce(t *testing.T) {
	p := newPassing(.05)
	p.meet(3, taxonomy.Age13to15)
	p.fold(detect.Exchanged, adult, 0, 1, taxonomy.Age13to15)
	one := p.last
	for range 5 {
		p.fold(detect.Exchanged, adult, 0, 2, taxonomy.Age13to15)
	}
	if p.last.Strength != one.Strength {
		t.Errorf("%.2f became %.2f", one.Strength, p.last.Strength)
	}
}

func TestExchangeLeavesPeersAlone(t *testing.T) {
	p := newPassing(.01)
	young := &detect.Profile{ID: "young adult", Band: taxonomy.Age18to24}
	for i := range 8 {
		p.fold(detect.Exchanged, young, i, 1, taxonomy.Age16to17)
	}
	if p.said > 0 || p.st != nil {
		t.Errorf("%+v", p.last)
	}
	p.fold(detect.Exchanged, young, 9, 1, taxonomy.Age13to15)
	if p.said == 0 {
		t.Error("silent about a child of 13 to 15")
	}
}

func TestExchangeForgets(t *testing.T) {
	p := newPassing(.05)
	p.meet(3, taxonomy.Age13to15)
	p.pass(3, taxonomy.Age13to15)
	if p.last.Strength != 1 {
		t.Fatal(p.last.Strength)
	}
	p.at = p.at.AddDate(0, 3, 0)
	p.meet(30, taxonomy.Age13to15)
	p.fold(detect.Exchanged, adult, 99, 1, taxonomy.Age13to15)
	if p.last.Strength != 0 {
		t.Errorf("%.2f after three months", p.last.Strength)
	}
}

func TestExchangeUnread(t *testing.T) {
	p := newPassing(.05)
	for range 2 {
		p.fold(detect.Unread, adult, 1, 1, taxonomy.Age13to15)
	}
	if p.said != 0 {
		t.Fatal("spoke of two messages")
	}
	for range 20 {
		p.fold(detect.Unread, adult, 1, 1, taxonomy.Age13to15)
	}
	if p.said != 1 || p.last.Unscanned == "" || p.last.Strength != 0 {
		t.Fatalf("%d times, %+v", p.said, p.last)
	}
	p.at = p.at.AddDate(0, 0, 31)
	for range 3 {
		p.fold(detect.Unread, adult, 1, 1, taxonomy.Age13to15)
	}
	if p.said != 2 {
		t.Errorf("said %d times in two months", p.said)
	}
	p.pass(3, taxonomy.Age13to15)
	strong := p.last
	if strong.Unscanned != "" || strong.Strength == 0 {
		t.Fatalf("%+v", strong)
	}
	p.at = p.at.AddDate(0, 0, 29)
	for range 20 {
		p.fold(detect.Unread, adult, 1, 1, taxonomy.Age13to15)
	}
	if p.last.Unscanned != "" {
		t.Error("what was not read took the place of what was found")
	}
}

// TestExchangeCounterfactual takes exchanges away until the number named is left, and finds silence; with one more it finds a signal.
func TestExchangeCounterfactual(t *testing.T) {
	p := newPassing(.05)
	p.meet(12, taxonomy.Age13to15)
	p.pass(9, taxonomy.Age13to15)
	text := contact.Exchange{}.Explain(&p.last, "en").Counterfactual
	for k := range 9 {
		few := newPassing(.05)
		few.meet(12, taxonomy.Age13to15)
		few.pass(k, taxonomy.Age13to15)
		more := newPassing(.05)
		more.meet(12, taxonomy.Age13to15)
		more.pass(k+1, taxonomy.Age13to15)
		if few.last.Strength == 0 && more.last.Strength > 0 {
			if !strings.Contains(text, "at most "+detect.Whole(float64(k))+" ") {
				t.Errorf("%q, but %d say nothing and one more does", text, k)
			}
			return
		}
	}
	t.Error("nothing speaks")
}

func TestExchangeExplains(t *testing.T) {
	p := newPassing(.01)
	p.meet(2, taxonomy.Age13to15)
	p.pass(2, taxonomy.Age13to15)
	for lang, want := range map[string]string{"en": "The newest is a phone number (…67) that the account gave, written so that software would not find it (words).", "ar": "(…67)"} {
		if e := (contact.Exchange{}).Explain(&p.last, lang); !strings.Contains(e.Why, want) {
			t.Errorf("%s: %q", lang, e.Why)
		}
	}
}

func TestPairExchange(t *testing.T) {
	phone := []detect.Passed{{Kind: "phone", Masked: "…67"}}
	for _, tt := range []struct {
		name, from, to string
		relation       taxonomy.Relation
		unread         bool
		want           string // account, kind and who gave
	}{
		{"an adult gives", "a", "c", taxonomy.RelationNone, false, "a gave 1"},
		{"a minor gives", "c", "a", taxonomy.RelationNone, false, "a got 1"},
		{"of unknown age", "u", "c", taxonomy.RelationNone, false, "u gave 1"},
		{"friends", "a", "c", taxonomy.RelationMutual, false, "a gave 1"},
		{"family", "a", "c", taxonomy.RelationFamily, false, ""},
		{"adults", "a", "b", taxonomy.RelationNone, false, ""},
		{"minors", "c", "k", taxonomy.RelationNone, false, ""},
		{"a minor and nobody known", "c", "u", taxonomy.RelationNone, false, "u got 1"},
		{"without text", "a", "c", taxonomy.RelationNone, true, "a unread"},
		{"without text in the family", "a", "c", taxonomy.RelationFamily, true, ""},
	} {
		for _, typ := range []event.Type{event.MessageSent, event.ContactRequested} {
			t.Run(tt.name+" "+string(typ), func(t *testing.T) {
				touch := act(typ, tt.from, tt.to, 0).as(tt.relation).touch(cast())
				if touch.Unread = tt.unread; !tt.unread {
					touch.Passed = phone
				}
				var p contact.Pair
				facts := p.Fold(touch, nil)
				if got := passed(facts); got != tt.want {
					t.Errorf("%q", got)
				}
				if again := passed(p.Fold(touch, nil)); again != strings.ReplaceAll(tt.want, "1", "2") {
					t.Errorf("again %q", again)
				}
			})
		}
	}
}

func passed(facts []detect.Fact) string {
	var out []string
	for _, f := range facts {
		switch {
		case f.Kind == detect.Unread:
			out = append(out, f.Account.ID+" unread")
		case f.Kind == detect.Exchanged && f.Passed.Given:
			out = append(out, f.Account.ID+" gave "+detect.Whole(float64(f.N)))
		case f.Kind == detect.Exchanged:
			out = append(out, f.Account.ID+" got "+detect.Whole(float64(f.N)))
		}
	}
	return strings.Join(out, ", ")
}
