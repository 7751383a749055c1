package detecttest

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Contract is what one detector promises.
type Contract struct {
	Detector detect.Detector
	Account  *detect.Profile // whom the facts are about
	Platform func() *Cohort
	Limit    float64 // greatest strength
	Number   string  // name of the figure whose observed number every explanation holds
	Silent   taxonomy.AgeBand

	// Fill completes a fact of the stream with what the detector needs besides; nil for nothing.
	Fill func(t *rapid.T, f *detect.Fact)
	// Word names another figure than Number for signals of a typology; nil when there is none.
	Word map[taxonomy.Typology]string
	// Ageless says that others matter whatever their age: what the contract says of people of unknown age and of the band Silent is
	// then for the detector's own tests to say.
	Ageless bool
}

// Run checks the contract on streams of facts made up at random. A stream in which everybody else is of the band Silent must
// never make the detector speak.
func (c Contract) Run(t *testing.T) {
	t.Run("a state stored and read goes on as if nothing had happened", func(t *testing.T) { rapid.Check(t, c.stored) })
	t.Run("states and signals keep their bounds, and explain themselves", func(t *testing.T) { rapid.Check(t, c.bounded) })
	t.Run("a state that was cut off is not read", func(t *testing.T) { rapid.Check(t, c.cut) })
	if c.Ageless {
		return
	}
	t.Run("facts about people of unknown age change nothing", func(t *testing.T) { rapid.Check(t, c.irrelevant) })
	t.Run("silent where nobody is of the wrong age", func(t *testing.T) { rapid.Check(t, c.silent) })
}

// Stream makes up facts of the kinds that the detector folds, in an order of time that is mostly right.
func (c Contract) Stream(t *rapid.T, bands ...taxonomy.AgeBand) []*detect.Fact {
	kinds := c.Detector.Info().Facts
	at := Start
	n := rapid.IntRange(0, 80).Draw(t, "facts")
	out := make([]*detect.Fact, 0, n)
	for i := range n {
		at = at.Add(time.Duration(rapid.IntRange(-600, 6000).Draw(t, "minutes")) * time.Minute)
		who := rapid.IntRange(0, 30).Draw(t, "who")
		f := Fact(rapid.SampledFrom(kinds).Draw(t, "kind"), c.Account, Person(who, bands[who%len(bands)]), at, i+1)
		f.N = rapid.SampledFrom([]int{1, 1, 1, 2, 4}).Draw(t, "n")
		f.Reason = rapid.SampledFrom([]string{"", "spam", "grooming", "trafficking", "other"}).Draw(t, "reason")
		f.Value = rapid.Float64Range(0, 3).Draw(t, "nats")
		f.Other.Region = rapid.SampledFrom([]string{"", "EG-C", "FR-75", "US-CA"}).Draw(t, "region")
		if c.Fill != nil {
			c.Fill(t, f)
		}
		out = append(out, f)
	}
	return out
}

var allBands = []taxonomy.AgeBand{taxonomy.Age13to15, taxonomy.Age25up, taxonomy.AgeU13, taxonomy.Age18to24, taxonomy.AgeUnknown, taxonomy.Age16to17}

// said is everything that came of folding facts.
type said struct {
	State   []byte
	Signals []detect.Signal
}

// fold folds facts with the ticks that fall due between them. save stores and reads the state again before the fact of that
// number.
func (c Contract) fold(t *rapid.T, facts []*detect.Fact, save int) (out said) {
	d, platform := c.Detector, c.Platform()
	var st detect.State
	take := func(next detect.State, sig detect.Signal, ok bool) {
		st = next
		if ok {
			out.Signals = append(out.Signals, sig)
		}
	}
	for i, f := range facts {
		for st != nil {
			due := d.Due(st)
			if due.IsZero() || due.After(f.Time()) {
				break
			}
			take(d.Tick(st, c.Account, due, platform))
		}
		if i == save && st != nil {
			var err error
			if st, err = d.Decode(st.Append(nil)); err != nil {
				t.Fatal(err)
			}
		}
		take(d.Fold(st, f, platform))
		if st != nil && len(st.Append(nil)) > d.Info().MaxBytes {
			t.Fatalf("%d bytes of state, at most %d promised", len(st.Append(nil)), d.Info().MaxBytes)
		}
	}
	if st != nil {
		out.State = st.Append(nil)
	}
	return out
}

func (c Contract) stored(t *rapid.T) {
	facts := c.Stream(t, allBands...)
	whole, cut := c.fold(t, facts, -1), c.fold(t, facts, rapid.IntRange(0, 80).Draw(t, "at"))
	if !reflect.DeepEqual(whole, cut) {
		t.Errorf("in one go:\n%+v\nstored in between:\n%+v", whole, cut)
	}
}

func (c Contract) irrelevant(t *rapid.T) {
	facts := c.Stream(t, allBands...)
	var mixed []*detect.Fact
	for _, f := range facts {
		if rapid.Bool().Draw(t, "between") {
			g := *f
			g.Other = &detect.Profile{ID: "nobody-knows"}
			mixed = append(mixed, &g)
		}
		mixed = append(mixed, f)
	}
	if a, b := c.fold(t, facts, -1), c.fold(t, mixed, -1); !reflect.DeepEqual(a, b) {
		t.Errorf("without:\n%+v\nwith facts about people of unknown age:\n%+v", a, b)
	}
}

func (c Contract) bounded(t *rapid.T) {
	info := c.Detector.Info()
	for _, s := range c.fold(t, c.Stream(t, allBands...), -1).Signals {
		if s.Strength < 0 || s.Strength > c.Limit || len(s.Events) > detect.MaxSignalEvents || !s.From.Before(s.At) ||
			s.Detector != info.Name || s.Version != info.Version || s.Family != info.Family || s.Subject != c.Account.ID || s.Typology == "" {
			t.Errorf("signal %+v", s)
		}
		name := c.Number
		if other, ok := c.Word[s.Typology]; ok {
			name = other
		}
		number, ok := s.Figure(name)
		if !ok {
			t.Errorf("no figure %q in %+v", c.Number, s.Figures)
		}
		english := c.Detector.Explain(&s, "en")
		for _, lang := range []string{"en", "ar", "xx"} {
			e := c.Detector.Explain(&s, lang)
			for _, text := range []string{e.Why, e.Observed, e.Expected, e.Counterfactual} {
				if text == "" || strings.Contains(text, "%!") || strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
					t.Errorf("%s: %q", lang, text)
				}
			}
			if !strings.Contains(e.Why, detect.Whole(number.Observed)) {
				t.Errorf("%s: %q does not say how many (%v)", lang, e.Why, number.Observed)
			}
			if (e == english) != (lang != "ar") {
				t.Errorf("%s: %q", lang, e.Why)
			}
		}
	}
}

func (c Contract) silent(t *rapid.T) {
	if got := c.fold(t, c.Stream(t, c.Silent), -1).Signals; len(got) > 0 {
		t.Errorf("spoke: %+v", got)
	}
}

func (c Contract) cut(t *rapid.T) {
	b := c.fold(t, c.Stream(t, allBands...), -1).State
	if len(b) == 0 {
		return
	}
	if _, err := c.Detector.Decode(b[:rapid.IntRange(0, len(b)-1).Draw(t, "length")]); err == nil {
		t.Error("a state that was cut off was read")
	}
	if _, err := c.Detector.Decode(append(bytes.Clone(b), 0)); err == nil {
		t.Error("a state with something behind it was read")
	}
}

// Seeds returns encoded states for a fuzz target to begin with.
func (c Contract) Seeds() [][]byte {
	var out [][]byte
	for i := range 4 {
		facts := rapid.Custom(func(t *rapid.T) []*detect.Fact { return c.Stream(t, allBands...) }).Example(i)
		var st detect.State
		for _, f := range facts {
			st, _, _ = c.Detector.Fold(st, f, c.Platform())
		}
		if st != nil {
			out = append(out, st.Append(nil))
		}
	}
	return out
}

// Decode is the body of a fuzz target: whatever is read keeps its bound, comes back as it was, and can be folded into.
func (c Contract) Decode(t *testing.T, b []byte) {
	st, err := c.Detector.Decode(b)
	if err != nil {
		return
	}
	one := st.Append(nil)
	if len(one) > c.Detector.Info().MaxBytes {
		t.Fatalf("%d bytes", len(one))
	}
	again, err := c.Detector.Decode(one)
	if err != nil || !bytes.Equal(again.Append(nil), one) {
		t.Fatalf("%v\n%x\n%x", err, one, again)
	}
	for i, k := range c.Detector.Info().Facts {
		f := Fact(k, c.Account, Person(i, allBands[i%2]), Start, i+1)
		var sig detect.Signal
		var ok bool
		if st, sig, ok = c.Detector.Fold(st, f, c.Platform()); ok {
			c.Detector.Explain(&sig, "ar")
		}
	}
	if due := c.Detector.Due(st); !due.IsZero() {
		c.Detector.Tick(st, c.Account, due, c.Platform())
	}
}

// Benchmark folds facts of every kind about people of all ages, one account after another, and reports the state's size.
func (c Contract) Benchmark(b *testing.B, facts func(i int) *detect.Fact) {
	platform := c.Platform()
	var st detect.State
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%100 == 0 {
			st = nil
		}
		st, _, _ = c.Detector.Fold(st, facts(i%100), platform)
	}
	if st != nil {
		b.ReportMetric(float64(len(st.Append(nil))), "state-bytes")
	}
}
