package contact

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Together is D15: two adults, strangers to them, approach the same minors far more often than chance explains. The statistic is the
// hypergeometric tail of the minors that both approached, among all that anybody approached; it must be at most 10⁻⁵, and at least
// three must be shared. What is said is −log₁₀ of the tail times the adults with whom the account was compared, at most 2: people of
// one school, club or game meet the same children, which chance does not know of, so that it never brings anybody before a person alone.
//
// Limits: whoever came first is told only at the next approach; of each minor the newest twelve adults are known; circles beyond 64 minors are compared by estimate; it says nothing of who
// leads.
type Together struct{}

var _ detect.Detector = Together{}

const (
	togetherTail  = 1e-5
	leastShared   = 3
	togetherLimit = 2.0
	togetherWin   = 90 * 24 * time.Hour
	maxPartners   = 6
	maxPartner    = 128
)

// together is the state of one account.
type together struct {
	compared uint16 // times that it was compared
	partners []partner
	spoken   detect.Spoken
	events   detect.Ring
}

// partner is another adult with a tail below the bound.
type partner struct {
	who    string
	at     uint32
	shared uint16
}

// Info describes D15.
func (Together) Info() detect.Info {
	return detect.Info{
		Name: "D15", Version: 1, Family: taxonomy.FamilyContact, Typology: taxonomy.TypologyGrooming, Title: "The same minors",
		Facts: []detect.FactKind{detect.Shared}, MaxBytes: 2 + 1 + maxPartners*(7+maxPartner) + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold compares the account with another.
func (d Together) Fold(st detect.State, f *detect.Fact, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	c := f.Circle
	if c.Shared < leastShared || c.Mine < c.Shared || c.Theirs < c.Shared {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*together)
	if s == nil {
		s = &together{}
	}
	s.compared = more(s.compared)
	now := uint32(max(f.At/1000, 0)) //nolint:gosec // seconds until 2106
	s.partners = slices.DeleteFunc(s.partners, func(p partner) bool { return int64(now)-int64(p.at) > int64(togetherWin/time.Second) })
	all := max(c.All, c.Mine+c.Theirs-c.Shared)
	tail := stat.HypergeometricTail(all, c.Theirs, c.Mine, c.Shared)
	if tail > togetherTail {
		return s, detect.Signal{}, false
	}
	s.join(f, now)
	s.events.Add(f.Seq)
	e := stat.Strength(math.Min(1, tail*float64(s.compared)*stat.Looks(all)), togetherLimit)
	if e == 0 || !s.spoken.Say(e, f.Time(), spokenStep, togetherLimit) {
		return s, detect.Signal{}, false
	}
	sig := d.Info().New(f.Account.ID, f.Time(), togetherWin)
	sig.Strength = e
	sig.Figures = []detect.Figure{
		{Name: "sharedminors", Observed: float64(c.Shared), Expected: float64(c.Mine) * float64(c.Theirs) / float64(all), Of: float64(c.Mine)},
		{Name: "partners", Observed: float64(len(s.partners))},
	}
	for _, p := range s.partners {
		sig.Others = append(sig.Others, p.who)
	}
	sig.Events = s.events.List()
	return s, sig, true
}

func (s *together) join(f *detect.Fact, now uint32) {
	id := f.Other.ID[:min(len(f.Other.ID), maxPartner)]
	p := partner{who: string(append([]byte(nil), id...)), at: now, shared: uint16(min(f.Circle.Shared, math.MaxUint16))} //nolint:gosec // bounded
	s.partners = slices.DeleteFunc(s.partners, func(o partner) bool { return o.who == p.who })
	s.partners = append(s.partners, p)
	s.partners = s.partners[max(0, len(s.partners)-maxPartners):]
}

// Due never asks for a tick.
func (Together) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Together) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding.
func (s *together) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, s.compared)
	b = append(b, byte(len(s.partners)))
	for _, p := range s.partners {
		b = binary.LittleEndian.AppendUint32(b, p.at)
		b = binary.LittleEndian.AppendUint16(b, p.shared)
		b = append(append(b, byte(len(p.who))), p.who...)
	}
	return s.events.Append(s.spoken.Append(b))
}

// Decode is the inverse of Append.
func (Together) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &together{compared: r.U16()}
	n := int(r.U8())
	if n > maxPartners {
		return nil, detect.ErrState
	}
	for range n {
		p := partner{at: r.U32(), shared: r.U16()}
		size := int(r.U8())
		if size > maxPartner {
			return nil, detect.ErrState
		}
		p.who = string(r.Take(size))
		s.partners = append(s.partners, p)
	}
	s.spoken, s.events = r.Spoken(), r.Ring()
	return s, r.Err()
}

// Explain says how many minors two adults share.
func (Together) Explain(s *detect.Signal, lang string) detect.Explanation {
	m, _ := s.Figure("sharedminors")
	k, n, want := detect.Whole(m.Observed), detect.Whole(m.Of), detect.Short(m.Expected)
	return detect.Explanation{
		Why: fmt.Sprintf(detect.In(lang,
			"Of the %s minors that this stranger approached, %s were approached by the same other adult; expected %s by chance.",
			"من بين %s قاصرين تواصل معهم هذا الغريب، تواصل البالغ الآخر نفسه مع %s؛ والمتوقع مصادفةً %s."), n, k, want),
		Observed: fmt.Sprintf(detect.In(lang, "%s minors in common", "%s قاصرين مشتركين"), k),
		Expected: want,
		Counterfactual: fmt.Sprintf(detect.In(lang,
			"Had they fewer than %d minors in common, or did a school, a club or a game explain them, this would be ordinary.",
			"لو كان بينهما أقل من %d قاصرين مشتركين، أو لو فسّرت ذلك مدرسة أو نادٍ أو لعبة، لكان معتادًا."), leastShared),
	}
}
