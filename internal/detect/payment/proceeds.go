package payment

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

// Proceeds is D14: an account collects what young accounts receive. A young account passes on when at least 0.7 of what it received from
// others within 48 hours went to this one. With at least three of them there are two tails. The first is the beta-binomial tail of k of n
// young payers in 30 days who pass on, with the platform's own share of such payers and an intra-class correlation of 0.1, times
// stat.Looks for testing at each payment. The second is how ordinary it is that they do so again on other days: r^m for m further days
// of theirs, r the platform's share of young payers who pass on again after a day on which they did. The strength is −log₁₀ of twice the
// lesser of the first alone and of both by Fisher's method: once may be a present, again and again is a living.
//
// Limits: money that leaves the platform in between is not seen; a purse knows its newest 24 payments; a shop that children pay has
// many payers and few who pass on, and says nothing.
type Proceeds struct{}

var _ detect.Detector = Proceeds{}

const (
	passThrough   = 0.7
	leastPassing  = 3
	maxPayers     = 24 // young payers that are told apart: the newest
	passPrior     = 0.05
	passPriorN    = 50
	passRho       = 0.1
	passCap       = 4 // payers of one account that the cohort counts
	passAgain     = 0.5
	passAgainN    = 50
	passAgainCap  = 3   // days of one payer that the cohort counts
	choices       = 2.0 // of the two ways of joining the tails
	proceedsWin   = 30 * 24 * time.Hour
	proceedsLimit = 3.0
	proceedsStep  = 0.25
	proceedsLeast = 1.0
)

// proceeds is the state of one collector.
type proceeds struct {
	payers  []payer // newest last
	counted uint8   // payers that the cohort knows
	spoken  detect.Spoken
	events  detect.Ring
}

type payer struct {
	who     uint32
	at      uint32 // newest payment
	share   uint8  // greatest share, in hundredths
	sources uint8  // from how many accounts its money came then
	days    uint8  // on which it passed on
	day     uint16 // the newest of them, since 1970
	counted bool   // the cohort knows of it
}

// Info describes D14.
func (Proceeds) Info() detect.Info {
	return detect.Info{
		Name: "D14", Version: 2, Family: taxonomy.FamilyStage, Typology: taxonomy.TypologyTrafficking, Title: "Proceeds of young accounts",
		Facts: []detect.FactKind{detect.PassedOn}, MaxBytes: 1 + 13*maxPayers + 1 + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold takes in a payment by a young account.
func (d Proceeds) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	if !f.Other.Band.Minor() {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*proceeds)
	if s == nil {
		s = &proceeds{}
	}
	now := uint32(max(f.At/1000, 0)) //nolint:gosec // seconds until 2106
	s.payers = slices.DeleteFunc(s.payers, func(p payer) bool { return int64(now)-int64(p.at) > int64(proceedsWin/time.Second) })
	s.take(f, now, c)
	if f.Value >= passThrough {
		s.events.Add(f.Seq)
	}
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

func (s *proceeds) take(f *detect.Fact, now uint32, c detect.Cohort) {
	p := payer{who: short(f.Other.ID), at: now}
	i := slices.IndexFunc(s.payers, func(o payer) bool { return o.who == p.who })
	if i >= 0 {
		p = s.payers[i]
		s.payers = slices.Delete(s.payers, i, i+1)
	} else if s.counted < passCap {
		s.counted++
		p.counted = true
		c.Add(detect.CohortKey{What: detect.CountPassed}, 0, 1)
	}
	before := p.passes()
	p.at = max(p.at, now)
	if share := uint8(math.Round(100 * math.Max(0, math.Min(1, f.Value)))); share >= p.share {
		p.share, p.sources = share, uint8(max(0, min(f.N, math.MaxUint8))) //nolint:gosec // bounded
	}
	if !before && p.passes() && p.counted {
		c.Add(detect.CohortKey{What: detect.CountPassed}, 1, 0)
	}
	if f.Value >= passThrough {
		p.again(uint16(min(max(f.Day(), 1), math.MaxUint16)), c) //nolint:gosec // bounded
	}
	s.payers = append(s.payers, p)
	s.payers = s.payers[max(0, len(s.payers)-maxPayers):]
}

func (p payer) passes() bool { return p.share >= 100*passThrough }

// again counts a day on which the payer passed on, each once.
func (p *payer) again(day uint16, c detect.Cohort) {
	if day <= p.day {
		return
	}
	p.day = day
	if p.counted && p.days <= passAgainCap {
		c.Add(detect.CohortKey{What: detect.CountPassedAgain}, bit(p.days > 0), 1)
	}
	if p.days < math.MaxUint8 {
		p.days++
	}
}

// collected is what the payers come to.
type collected struct {
	n, k     int // payers, and those who pass on
	sources  int // accounts from which their money came
	further  int // days on which they passed on after their first
	q, r     float64
	strength float64
}

func (s *proceeds) collected(c detect.Cohort) (out collected) {
	for _, p := range s.payers {
		out.n++
		if p.passes() {
			out.k++
			out.sources += int(p.sources)
			out.further += max(int(p.days)-1, 0)
		}
	}
	out.q = math.Min(.9, detect.Rate(c, detect.CohortKey{What: detect.CountPassed}, passPrior, passPriorN))
	out.r = math.Min(.9, detect.Rate(c, detect.CohortKey{What: detect.CountPassedAgain}, passAgain, passAgainN))
	if out.k < leastPassing {
		return out
	}
	many := math.Min(1, stat.BetaBinomialTail(out.n, out.k, out.q, passRho)*stat.Looks(out.n))
	often := math.Pow(out.r, float64(out.further))
	out.strength = stat.Strength(math.Min(1, choices*math.Min(many, stat.Fisher(many, often))), proceedsLimit)
	if out.strength < proceedsLeast {
		out.strength = 0
	}
	return out
}

func (d Proceeds) judge(s *proceeds, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	got := s.collected(c)
	if !s.spoken.Say(got.strength, f.Time(), proceedsStep, proceedsLimit) {
		return detect.Signal{}, false
	}
	sig := d.Info().New(f.Account.ID, f.Time(), proceedsWin)
	sig.Strength = got.strength
	sig.Figures = []detect.Figure{
		{Name: "passing", Observed: float64(got.k), Expected: got.q * float64(got.n), Of: float64(got.n)},
		{Name: "sources", Observed: float64(got.sources)},
		{Name: "further", Observed: float64(got.further), Expected: float64(got.k) * got.r / (1 - got.r)},
	}
	sig.Events = s.events.List()
	return sig, true
}

// Due never asks for a tick.
func (Proceeds) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Proceeds) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding.
func (s *proceeds) Append(b []byte) []byte {
	b = append(b, byte(len(s.payers)))
	for _, p := range s.payers {
		b = binary.LittleEndian.AppendUint32(b, p.who)
		b = binary.LittleEndian.AppendUint32(b, p.at)
		b = append(b, p.share|byte(bit(p.counted)<<7), p.sources, p.days)
		b = binary.LittleEndian.AppendUint16(b, p.day)
	}
	return s.events.Append(s.spoken.Append(append(b, s.counted)))
}

// Decode is the inverse of Append.
func (Proceeds) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s, n := &proceeds{}, int(r.U8())
	if n > maxPayers {
		return nil, detect.ErrState
	}
	for range n {
		p := payer{who: r.U32(), at: r.U32(), share: r.U8(), sources: r.U8(), days: r.U8(), day: r.U16()}
		p.counted, p.share = p.share>>7 == 1, p.share&127
		if p.share > 100 {
			r.Fail()
		}
		s.payers = append(s.payers, p)
	}
	s.counted = r.U8()
	s.spoken, s.events = r.Spoken(), r.Ring()
	return s, r.Err()
}

// Explain says from how many young accounts money is passed on.
func (Proceeds) Explain(s *detect.Signal, lang string) detect.Explanation {
	p, _ := s.Figure("passing")
	from, _ := s.Figure("sources")
	again, _ := s.Figure("further")
	k, n, want := detect.Whole(p.Observed), detect.Whole(p.Of), detect.Short(p.Expected)
	return detect.Explanation{
		Why: fmt.Sprintf(detect.In(lang,
			"%s of %s young accounts that paid this one in %s days passed on to it at least 70 %% of what they had received within 48 hours; expected %s. They did so on %s further days; expected %s. Their money came from %s payers.",
			"%s من أصل %s حسابات يافعة دفعت لهذا الحساب خلال %s يومًا حوّلت إليه 70 ٪ على الأقل مما تلقته خلال 48 ساعة؛ والمتوقع %s. وتكرر ذلك في %s أيام أخرى؛ والمتوقع %s. وجاءت أموالها من %s دافعين."),
			k, n, s.Days(), want, detect.Whole(again.Observed), detect.Short(again.Expected), detect.Whole(from.Observed)),
		Observed: fmt.Sprintf(detect.In(lang, "%s of %s pass on", "%s من %s يحوّلون"), k, n),
		Expected: want,
		Counterfactual: fmt.Sprintf(detect.In(lang,
			"Had fewer than %d of them passed on what they received, or had they kept it for more than two days, this would not have been said.",
			"لو حوّل أقل من %d منها ما تلقته، أو لو احتفظت به أكثر من يومين، لما قيل هذا."), leastPassing),
	}
}
