package stage

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Recurrence is D5: an account that goes through stages with one minor after another.
//
// k of the n minors whose messages were scored within 30 days were written to in two or more stages, each shown by a message of at
// least 2 nats. p = P(X ≥ k), X ~ BetaBinomial(n, the platform's share of such minors, ρ = 0.05), times stat.Looks for testing at
// each; strength = −log₁₀ p, from 1 to 3. It needs two such minors. ρ is an assumption: harmless people differ in how their words
// score.
//
// Limits: 40 minors are remembered, the newest. It believes the scores; those of the seed are too weak and do not count.
type Recurrence struct{}

var _ detect.Detector = Recurrence{}

const (
	maxTold     = 40
	tellingNats = 2.0
	leastTold   = 2
	leastSaid   = 1.0
	priorShare  = 0.02
	priorShareN = 200
	alike       = 0.05 // ρ
	scoredCap   = 20   // minors of one account that the platform's share counts
	repeatedCap = 2    // and of those with two stages
	maxShare    = 0.5
	minShare    = 1e-4
)

// recurrence is the state of one account.
type recurrence struct {
	minors   []told // the one written to last stands last
	scored   uint8  // minors that the platform's share has counted
	repeated uint8
	by       byte          // whose scores showed a stage
	model    detect.Scorer // the newest of them
	spoken   detect.Spoken
	events   detect.Ring
}

// told is a minor, the day of the newest scored message to it, and a bit for each stage that was shown.
type told struct {
	who    uint64
	day    uint32
	stages uint16
}

func (t told) several() bool { return bits.OnesCount16(t.stages) >= 2 }

// Info describes D5.
func (Recurrence) Info() detect.Info {
	return detect.Info{
		Name: "D5", Version: 2, Family: taxonomy.FamilyStage, Typology: taxonomy.TypologyGrooming, Title: "Stage recurrence",
		Facts: []detect.FactKind{detect.Scored}, MaxBytes: 1 + maxTold*14 + 3 + maxScorer + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold takes in one scored message.
func (d Recurrence) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	s, _ := st.(*recurrence)
	if f.Kind != detect.Scored || f.Scores == nil || f.By.Seed || !f.Other.Band.Minor() {
		if s == nil {
			return nil, detect.Signal{}, false
		}
		return s, detect.Signal{}, false
	}
	if s == nil {
		s = &recurrence{}
	}
	m := s.find(f, c)
	before := m.several()
	if best := bestOf(f.Scores); best >= 0 && f.Scores[best] >= tellingNats && m.stages&(1<<best) == 0 {
		m.stages |= 1 << best
		s.by |= bitOf(f.By)
		s.model = newest(s.model, f.By)
		s.events.Add(f.Seq)
	}
	if m.several() && !before && s.repeated < repeatedCap {
		s.repeated++
		c.Add(detect.CohortKey{What: detect.CountRecurring}, 1, 0)
	}
	sig, ok := s.judge(d.Info(), f, c)
	return s, sig, ok
}

// find forgets what is older than the window, finds or makes the place of the other account and moves it to the end.
func (s *recurrence) find(f *detect.Fact, c detect.Cohort) *told {
	today := uint32(min(max(f.Day(), 0), math.MaxUint32)) //nolint:gosec // bounded
	s.minors = slices.DeleteFunc(s.minors, func(t told) bool { return today >= t.day+30 })
	who := detect.AccountKey(f.Other.ID).Short()
	m := told{who: who}
	if i := slices.IndexFunc(s.minors, func(t told) bool { return t.who == who }); i >= 0 {
		m = s.minors[i]
		s.minors = slices.Delete(s.minors, i, i+1)
	} else if s.scored < scoredCap {
		s.scored++
		c.Add(detect.CohortKey{What: detect.CountRecurring}, 0, 1)
	}
	m.day = max(m.day, today)
	if len(s.minors) == maxTold {
		s.minors = slices.Delete(s.minors, 0, 1)
	}
	s.minors = append(s.minors, m)
	return &s.minors[len(s.minors)-1]
}

// tail is the strength of k among n; 0 when it is not worth saying.
func tail(n, k int, q float64) float64 {
	if k < leastTold {
		return 0
	}
	e := stat.Strength(stat.BetaBinomialTail(n, k, q, alike)*stat.Looks(n), limit)
	if e < leastSaid {
		return 0
	}
	return e
}

func (s *recurrence) judge(i detect.Info, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	n, k := len(s.minors), 0
	for _, m := range s.minors {
		if m.several() {
			k++
		}
	}
	q := min(maxShare, max(minShare, detect.Rate(c, detect.CohortKey{What: detect.CountRecurring}, priorShare, priorShareN)))
	e := tail(n, k, q)
	if !s.spoken.Say(e, f.Time(), step, limit) {
		return detect.Signal{}, false
	}
	sig := i.New(f.Account.ID, f.Time(), window)
	sig.Strength, sig.Events = e, s.events.List()
	sig.Scorers = scorers(s.by, s.model)
	sig.Figures = []detect.Figure{{Name: "recurring", Observed: float64(k), Expected: q * float64(n), Of: float64(n)}}
	if a, b, with := s.same(); with > 1 {
		names := taxonomy.Stages()
		sig.Figures = append(sig.Figures, detect.Figure{Name: names[a], Of: float64(with)}, detect.Figure{Name: names[b], Of: float64(with)})
		if names[a][0] == 'T' && names[b][0] == 'T' {
			sig.Typology = taxonomy.TypologyTrafficking
		}
	}
	return sig, true
}

// same is the pair of stages that most minors share, and how many do.
func (s *recurrence) same() (a, b, with int) {
	for i := range nStages {
		for j := i + 1; j < nStages; j++ {
			n := 0
			for _, m := range s.minors {
				if both := uint16(1)<<i | uint16(1)<<j; m.stages&both == both {
					n++
				}
			}
			if n > with {
				a, b, with = i, j, n
			}
		}
	}
	return a, b, with
}

// quietest is the greatest number of minors that would have said nothing.
func quietest(s *detect.Signal) float64 {
	m, _ := s.Figure("recurring")
	n := int(m.Of)
	for k := int(m.Observed); k > 0; k-- {
		if tail(n, k, m.Expected/max(m.Of, 1)) == 0 {
			return float64(k)
		}
	}
	return 0
}

// Due never asks for a tick.
func (Recurrence) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Recurrence) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding.
func (s *recurrence) Append(b []byte) []byte {
	b = append(b, byte(len(s.minors)))
	for _, m := range s.minors {
		b = binary.LittleEndian.AppendUint64(b, m.who)
		b = binary.LittleEndian.AppendUint32(b, m.day)
		b = binary.LittleEndian.AppendUint16(b, m.stages)
	}
	return s.events.Append(s.spoken.Append(appendScorer(append(b, s.scored, s.repeated, s.by), s.model)))
}

// Decode is the inverse of Append.
func (Recurrence) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &recurrence{}
	n := int(r.U8())
	if n > maxTold {
		return nil, detect.ErrState
	}
	for range n {
		m := told{r.U64(), r.U32(), r.U16()}
		if m.stages >= 1<<nStages {
			r.Fail()
		}
		s.minors = append(s.minors, m)
	}
	s.scored, s.repeated, s.by = r.U8(), r.U8(), r.U8()
	if s.by > byAll {
		r.Fail()
	}
	s.model = readScorer(r)
	s.spoken, s.events = r.Spoken(), r.Ring()
	if err := r.Err(); err != nil {
		return nil, err
	}
	return s, nil
}
