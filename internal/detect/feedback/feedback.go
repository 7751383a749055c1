// Package feedback watches what minors say of an account by blocking and reporting it (D3). It reads no text.
package feedback

import (
	"encoding/binary"
	"math"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Minors is D3: an account that minors block and report more often than the number of minors it approached explains.
//
// The statistic is the Gamma-Poisson tail of k blocks and reports by distinct minors: the mean is λ·n for n minors
// approached, with λ the larger of the platform's rate per approach and the rate at which adults block and report the same
// account, so that somebody whom everybody finds a nuisance is not singled out here. Counts decay with a half-life of 14 days. A
// minor's report for a reason of concern together with stage evidence of at least 1 nat toward a minor is a hard fact.
type Minors struct{}

var _ detect.Detector = Minors{}

const (
	halfLife       = 14 * 24 * time.Hour
	window         = 30 * 24 * time.Hour
	limit          = 3.0
	least          = 1.0
	step           = 0.25
	priorRate      = 0.03 // blocks and reports per minor approached, before the platform's own rate is known
	priorRateN     = 100
	gammaShape     = 1.0 // as spread as a geometric law: accounts differ much for harmless reasons
	ownRateN       = 5   // how much the platform's rate counts against the account's own rate among adults
	minorsAsked    = 2   // distinct minors, unless one reports a concern
	hardNats       = 1.0
	exposureCap    = 200 // minors approached by one account that the cohort counts
	reasonOther    = 0
	reasonGroom    = 1
	reasonTraffic  = 2
	reasonSextort  = 3
	reasonMaterial = 4
)

// minors is the state of one account. Counts are decayed to the moment at.
type minors struct {
	at       int64 // Unix milliseconds
	km, ka   float32
	nm, na   float32
	concern  float32 // reports by minors for a reason of concern
	nats     float32 // strongest stage evidence toward a minor
	exposed  uint8
	reasons  [5]uint8 // how often minors gave each reason
	spoken   float32
	hardSaid bool
	events   detect.Ring
}

// Info describes D3.
func (Minors) Info() detect.Info {
	return detect.Info{
		Name: "D3", Version: 1, Family: taxonomy.FamilyFeedback, Typology: taxonomy.TypologyGrooming,
		Title: "What minors report", Facts: []detect.FactKind{detect.Approached, detect.Blocked, detect.Reported, detect.Staged},
		MaxBytes: 8 + 6*4 + 1 + 5 + 4 + 1 + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold counts an exposure, a block, a report or stage evidence.
func (d Minors) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	minor, adult := f.Other.Band.Minor(), f.Other.Band.Adult()
	if !minor && !adult {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*minors)
	if s == nil {
		s = &minors{at: f.At}
	}
	s.decay(f.At)
	switch f.Kind {
	case detect.Approached:
		s.expose(minor, c)
		return s, detect.Signal{}, false
	case detect.Staged:
		s.nats = max(s.nats, float32(f.Value))
	default:
		s.complain(f, minor, c)
	}
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

// decay halves the counts every half-life. An event from the past counts as if it were now.
func (s *minors) decay(now int64) {
	if now <= s.at {
		return
	}
	k := float32(math.Exp2(-float64(now-s.at) / float64(halfLife.Milliseconds())))
	for _, v := range []*float32{&s.km, &s.ka, &s.nm, &s.na, &s.concern, &s.nats} {
		*v *= k
	}
	s.at = now
}

func (s *minors) expose(minor bool, c detect.Cohort) {
	if !minor {
		s.na++
		return
	}
	s.nm++
	if s.exposed < exposureCap {
		s.exposed++
		c.Add(detect.CohortKey{What: detect.CountFeedback}, 0, 1)
	}
}

func (s *minors) complain(f *detect.Fact, minor bool, c detect.Cohort) {
	if f.Kind == detect.Reported && f.Reason == "spam" {
		minor = false // a nuisance, not a danger: it counts with what adults say
	}
	if !minor {
		s.ka++
		return
	}
	s.km++
	s.events.Add(f.Seq)
	c.Add(detect.CohortKey{What: detect.CountFeedback}, 1, 0)
	if f.Kind == detect.Reported && contact.Concern(f.Reason) {
		s.concern++
		if r := &s.reasons[reasonOf(f.Reason)]; *r < math.MaxUint8 {
			*r++
		}
	}
}

func reasonOf(reason string) int {
	switch reason {
	case "grooming", "minor_safety":
		return reasonGroom
	case "trafficking":
		return reasonTraffic
	case "sextortion":
		return reasonSextort
	case "abuse_material":
		return reasonMaterial
	}
	return reasonOther
}

func (d Minors) judge(s *minors, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	k := int(math.Round(float64(s.km)))
	concerned := s.concern >= 0.5
	if k < minorsAsked && !concerned {
		return detect.Signal{}, false
	}
	rate := detect.Rate(c, detect.CohortKey{What: detect.CountFeedback}, priorRate, priorRateN)
	own := (float64(s.ka) + rate*ownRateN) / (float64(s.na) + ownRateN)
	mean := math.Max(1, float64(s.nm)) * math.Max(rate, own)
	e := stat.Strength(stat.GammaPoissonTail(k, gammaShape, mean), limit)
	hard := concerned && s.nats >= hardNats
	if e < least && !hard {
		e = 0
	}
	if !detect.Changed(e, float64(s.spoken), step, limit) && (!hard || s.hardSaid) {
		return detect.Signal{}, false
	}
	s.spoken, s.hardSaid = float32(e), hard
	sig := d.Info().New(f.Account.ID, f.Time(), window)
	sig.Strength, sig.Hard, sig.Typology = e, hard, s.typology()
	sig.Figures = []detect.Figure{
		{Name: "complaints", Observed: float64(k), Expected: mean, Of: math.Round(float64(s.nm))},
		{Name: "concern", Observed: math.Round(float64(s.concern)), Expected: 0},
	}
	sig.Events = s.events.List()
	return sig, true
}

// typology follows the reason that minors gave most often; grooming when they gave none.
func (s *minors) typology() taxonomy.Typology {
	best := reasonOther
	for r := reasonGroom; r <= reasonMaterial; r++ {
		if s.reasons[r] > s.reasons[best] || best == reasonOther && s.reasons[r] > 0 {
			best = r
		}
	}
	switch best {
	case reasonTraffic:
		return taxonomy.TypologyTrafficking
	case reasonSextort:
		return taxonomy.TypologySextortion
	case reasonMaterial:
		return taxonomy.TypologyAbuseMaterial
	}
	return taxonomy.TypologyGrooming
}

// Due never asks for a tick.
func (Minors) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Minors) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding.
func (s *minors) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(s.at))
	for _, v := range []float32{s.km, s.ka, s.nm, s.na, s.concern, s.nats, s.spoken} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	b = append(b, s.exposed)
	b = append(b, s.reasons[:]...)
	hard := byte(0)
	if s.hardSaid {
		hard = 1
	}
	return s.events.Append(append(b, hard))
}

// Decode is the inverse of Append.
func (Minors) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &minors{at: int64(r.U64())}
	for _, v := range []*float32{&s.km, &s.ka, &s.nm, &s.na, &s.concern, &s.nats, &s.spoken} {
		*v = math.Float32frombits(r.U32())
	}
	s.exposed = r.U8()
	copy(s.reasons[:], r.Take(len(s.reasons)))
	s.hardSaid = r.U8() == 1
	s.events = r.Ring()
	return s, r.Err()
}
