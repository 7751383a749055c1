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

// Visits is D19: a stranger goes from one young account to the next upon which evidence of trafficking stands, as somebody does who
// answers advertisements. Evidence is what D10, D11, D12 or D13 says of the young account with a strength of at least 1, before the visit or
// within 30 days after it.
//
// The statistic is the beta-binomial tail P(X ≥ k) for k such accounts among the n young accounts that the stranger approached within
// 30 days, the newest 24, with the platform's share of approaches that go to such accounts (1 in 200 before it is known) and an
// intra-class correlation of 0.03, times stat.Looks for testing at each. Two accounts weigh at most 2, more at most 3.
//
// Limits: of the strangers who came before the evidence stood, the newest twelve of each account are credited. It inherits the errors of
// the detectors that it builds on: whoever writes to young accounts that were wrongly suspected looks like this.
type Visits struct{}

var _ detect.Detector = Visits{}

const (
	visitWin    = 30 * 24 * time.Hour
	maxVisits   = 24
	maxVisited  = 12 // accounts that are named
	leastVisits = 2
	fewVisits   = 2.0 // most that two accounts weigh
	visitLimit  = 3.0
	visitLeast  = 1.0
	markPrior   = 0.005
	markPriorN  = 500
	markRho     = 0.03
	markCap     = 2 // approaches of one account that the cohort counts
)

// visits is the state of one account.
type visits struct {
	list    []visit  // newest last
	names   []string // of those upon whom evidence stands, newest last
	counted uint8    // approaches that the cohort knows of
	hits    uint8    // of these, to accounts upon which evidence stands
	spoken  detect.Spoken
	events  detect.Ring
}

// visit is one young account that was approached.
type visit struct {
	who    uint32 // short hash
	at     uint32 // event time in seconds
	marked bool
}

// Info describes D19.
func (Visits) Info() detect.Info {
	return detect.Info{
		Name: "D19", Version: 1, Family: taxonomy.FamilyInbound, Typology: taxonomy.TypologyTrafficking, Title: "Visits to accounts under suspicion",
		Facts:    []detect.FactKind{detect.Approached, detect.Visited},
		MaxBytes: 1 + 9*maxVisits + 1 + maxVisited*(1+maxPartner) + 2 + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold takes in an approach, or that evidence stands upon an account that was approached.
func (d Visits) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	if !f.Other.Band.Minor() || !f.Account.Band.AdultOrUnknown() {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*visits)
	if s == nil {
		if f.Kind == detect.Visited {
			return nil, detect.Signal{}, false
		}
		s = &visits{}
	}
	if f.Kind == detect.Approached {
		s.come(f, c)
	} else {
		s.mark(f, c)
	}
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

func (s *visits) come(f *detect.Fact, c detect.Cohort) {
	now := seconds(f.At)
	s.list = slices.DeleteFunc(s.list, func(v visit) bool { return int64(now)-int64(v.at) > int64(visitWin/time.Second) })
	if s.find(f.Other.ID) >= 0 {
		return
	}
	s.list = append(s.list, visit{who: shortOf(f.Other.ID), at: now})
	s.list = s.list[max(0, len(s.list)-maxVisits):]
	if s.counted < markCap {
		s.counted++
		c.Add(detect.CohortKey{What: detect.CountMarked}, 0, 1)
	}
}

func (s *visits) find(id string) int {
	return slices.IndexFunc(s.list, func(v visit) bool { return v.who == shortOf(id) })
}

// mark notes that evidence stands upon an account that was approached.
func (s *visits) mark(f *detect.Fact, c detect.Cohort) {
	i := s.find(f.Other.ID)
	if i < 0 || s.list[i].marked {
		return
	}
	s.list[i].marked = true
	s.names = append(s.names, string(append([]byte(nil), f.Other.ID[:min(len(f.Other.ID), maxPartner)]...)))
	s.names = s.names[max(0, len(s.names)-maxVisited):]
	s.events.Add(f.Seq)
	if s.hits < s.counted {
		s.hits++
		c.Add(detect.CohortKey{What: detect.CountMarked}, 1, 0)
	}
}

func seconds(ms int64) uint32 { return uint32(max(ms/1000, 0)) } //nolint:gosec // until 2106

func shortOf(id string) uint32 { return uint32(detect.AccountKey(id).Short() >> 32) } //nolint:gosec // half of a hash

func (d Visits) judge(s *visits, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	n, k := len(s.list), 0
	for _, v := range s.list {
		if v.marked {
			k++
		}
	}
	q := math.Min(.9, detect.Rate(c, detect.CohortKey{What: detect.CountMarked}, markPrior, markPriorN))
	e, most := 0.0, visitLimit
	if k == leastVisits {
		most = fewVisits
	}
	if k >= leastVisits {
		e = stat.Strength(math.Min(1, stat.BetaBinomialTail(n, k, q, markRho)*stat.Looks(n)), most)
	}
	if e < visitLeast {
		e = 0
	}
	if !s.spoken.Say(e, f.Time(), spokenStep, visitLimit) {
		return detect.Signal{}, false
	}
	sig := d.Info().New(f.Account.ID, f.Time(), visitWin)
	sig.Strength = e
	sig.Figures = []detect.Figure{{Name: "visited", Observed: float64(k), Expected: q * float64(n), Of: float64(n)}}
	sig.Others, sig.Events = slices.Clone(s.names), s.events.List()
	return sig, true
}

// Due never asks for a tick.
func (Visits) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Visits) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding.
func (s *visits) Append(b []byte) []byte {
	b = append(b, byte(len(s.list)))
	for _, v := range s.list {
		b = binary.LittleEndian.AppendUint32(b, v.who)
		b = binary.LittleEndian.AppendUint32(b, v.at)
		b = append(b, byte(bit(v.marked)))
	}
	b = append(b, byte(len(s.names)))
	for _, id := range s.names {
		b = append(append(b, byte(len(id))), id...)
	}
	return s.events.Append(s.spoken.Append(append(b, s.counted, s.hits)))
}

// Decode is the inverse of Append.
func (Visits) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s, n := &visits{}, int(r.U8())
	if n > maxVisits {
		return nil, detect.ErrState
	}
	for range n {
		v := visit{who: r.U32(), at: r.U32()}
		marked := r.U8()
		if marked > 1 {
			r.Fail()
		}
		v.marked = marked == 1
		s.list = append(s.list, v)
	}
	if n = int(r.U8()); n > maxVisited {
		return nil, detect.ErrState
	}
	for range n {
		size := int(r.U8())
		if size > maxPartner {
			return nil, detect.ErrState
		}
		s.names = append(s.names, string(r.Take(size)))
	}
	s.counted, s.hits = r.U8(), r.U8()
	if s.hits > s.counted || s.counted > markCap {
		r.Fail()
	}
	s.spoken, s.events = r.Spoken(), r.Ring()
	return s, r.Err()
}

// Explain says how many of the young accounts that were approached are under suspicion.
func (Visits) Explain(s *detect.Signal, lang string) detect.Explanation {
	v, _ := s.Figure("visited")
	k, n, want := detect.Whole(v.Observed), detect.Whole(v.Of), detect.Short(v.Expected)
	return detect.Explanation{
		Why: fmt.Sprintf(detect.In(lang,
			"Upon %s of the %s young accounts that this stranger approached in %s days stands evidence of trafficking, of other kinds; expected %s.",
			"على %s من %s حسابات يافعة تواصل معها هذا الغريب خلال %s يومًا تقوم قرائن على الاتجار من أنواع أخرى؛ والمتوقع %s."), k, n, s.Days(), want),
		Observed: fmt.Sprintf(detect.In(lang, "%s of %s under suspicion", "%s من %s محل اشتباه"), k, n),
		Expected: want,
		Counterfactual: fmt.Sprintf(detect.In(lang,
			"Had it approached fewer than %d of them, or were what is said of these accounts explained, this would not have been said.",
			"لو تواصل مع أقل من %d منها، أو لو فُسِّر ما قيل عن هذه الحسابات، لما قيل هذا."), leastVisits),
	}
}
