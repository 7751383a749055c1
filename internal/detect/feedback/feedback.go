// Package feedback watches what minors say of an account by blocking and reporting it (D3). It reads no text.
package feedback

import (
	"encoding/binary"
	"math"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/detect/stat"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// Minors is D3: an account that minors block and report more often than the number of minors it has to do with explains.
//
// The statistic is the Gamma-Poisson tail of k distinct minors who blocked or reported the account: the mean is λ·n for n
// minors whom the account had to do with, with λ the larger of the platform's rate and the rate at which adults block and
// report the same account, so that somebody whom everybody finds a nuisance is not singled out here. The shape is 1: accounts
// differ as widely as an exponential law for harmless reasons. The test is made again at every complaint, which makes a small
// p at most five times as likely (simulated; the test of that name repeats it), so p is multiplied by five. Counts decay
// with a half-life of 14 days. A minor's report for a reason of concern together with stage evidence of at least 1 nat toward
// a minor is a hard fact.
//
// Limits: complaints by people of unknown age say nothing; children who agree to report somebody look like children who were
// harmed.
type Minors struct{}

var _ detect.Detector = Minors{}

const (
	halfLife       = 14 * 24 * time.Hour
	window         = 30 * 24 * time.Hour
	limit          = 3.0
	least          = 1.0
	step           = 0.25
	looks          = 5.0
	priorRate      = 0.03 // minors who complain per minor met, before the platform's own rate is known
	priorRateN     = 100
	gammaShape     = 1.0
	ownRateN       = 5 // how much the platform's rate counts against the account's own rate among adults
	minorsAsked    = 2 // distinct minors, unless one reports a concern
	hardNats       = 1.0
	concernStands  = 0.25 // one report, two half-lives ago
	exposureCap    = 100  // minors met by one account that the cohort counts
	complaintCap   = 2    // and complaining minors: few, so that nobody hides behind what they do
	reasonOther    = 0
	reasonGroom    = 1
	reasonTraffic  = 2
	reasonSextort  = 3
	reasonMaterial = 4
)

// minors is the state of one account. Counts are decayed to the moment at.
type minors struct {
	at         int64   // Unix milliseconds
	km, ka     float32 // minors and adults who complained
	nm, na     float32 // minors and adults met
	concern    float32 // reports by minors for a reason of concern
	staged     uint32  // event time in seconds of the newest message to a minor with stage evidence of hardNats
	exposed    uint8   // minors met and complaining minors that the cohort has counted
	complained uint8
	reasons    [5]uint8 // how often minors gave each reason
	hardSaid   bool
	spoken     detect.Spoken
	events     detect.Ring
}

// Info describes D3.
func (Minors) Info() detect.Info {
	return detect.Info{
		Name: "D3", Version: 1, Family: taxonomy.FamilyFeedback, Typology: taxonomy.TypologyGrooming,
		Title: "What minors report", Facts: []detect.FactKind{detect.Met, detect.Blocked, detect.Reported, detect.Staged},
		MaxBytes: 8 + 6*4 + 1 + 1 + 5 + 1 + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
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
	case detect.Met:
		s.meet(minor, c)
		return s, detect.Signal{}, false
	case detect.Staged:
		if !minor {
			return s, detect.Signal{}, false
		}
		s.stage(f)
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
	for _, v := range []*float32{&s.km, &s.ka, &s.nm, &s.na, &s.concern} {
		*v *= k
	}
	s.at = now
}

// stage remembers stage evidence; its event is named once a day, so that complaints keep their place among the events.
func (s *minors) stage(f *detect.Fact) {
	at := uint32(max(f.At/1000, 0))
	if f.Value < hardNats || at <= s.staged {
		return
	}
	if at-s.staged >= 24*3600 {
		s.events.Add(f.Seq)
	}
	s.staged = at
}

func (s *minors) meet(minor bool, c detect.Cohort) {
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

// complain counts a person once, however often that person complains; a report of spam is a nuisance, not a danger, and counts
// with what adults say.
func (s *minors) complain(f *detect.Fact, minor bool, c detect.Cohort) {
	if !minor || f.Kind == detect.Reported && f.Reason == contact.Spam {
		if !minor && f.N == 1 || minor {
			s.ka++
		}
		return
	}
	s.events.Add(f.Seq)
	if f.N == 1 {
		s.km++
		if s.complained < complaintCap {
			s.complained++
			c.Add(detect.CohortKey{What: detect.CountFeedback}, 1, 0)
		}
	}
	if f.Kind == detect.Reported && event.Concern(f.Reason) {
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
	concerned := s.concern >= concernStands
	mean := s.mean(c)
	e := 0.0
	if k >= minorsAsked || concerned {
		e = strength(k, mean)
	}
	hard := concerned && s.staged > 0 && f.At/1000-int64(s.staged) <= int64(window/time.Second)
	s.hardSaid = s.hardSaid && hard
	news := s.spoken.Say(e, f.Time(), step, limit)
	if !news && (!hard || s.hardSaid) {
		return detect.Signal{}, false
	}
	s.hardSaid = hard
	sig := d.Info().New(f.Account.ID, f.Time(), window)
	sig.Strength, sig.Hard, sig.Typology = e, hard, s.typology()
	sig.Figures = []detect.Figure{
		{Name: "complaints", Observed: float64(k), Expected: mean, Of: math.Round(float64(s.nm))},
		{Name: "concern", Observed: math.Ceil(float64(s.concern)), Expected: 0},
	}
	sig.Events = s.events.List()
	return sig, true
}

// mean is the number of complaining minors to be expected.
func (s *minors) mean(c detect.Cohort) float64 {
	rate := detect.Rate(c, detect.CohortKey{What: detect.CountFeedback}, priorRate, priorRateN)
	own := (float64(s.ka) + rate*ownRateN) / (float64(s.na) + ownRateN)
	return math.Max(1, float64(s.nm)) * math.Max(rate, own)
}

// strength is what k complaining minors weigh where mean is expected; 0 when it is not worth saying.
func strength(k int, mean float64) float64 {
	e := stat.Strength(stat.GammaPoissonTail(k, gammaShape, mean)*looks, limit)
	if e < least {
		return 0
	}
	return e
}

// ordinary is the greatest number of complaining minors that would say nothing where mean is expected.
func ordinary(k int, mean float64) int {
	for k > 0 && strength(k, mean) > 0 {
		k--
	}
	return k
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
	for _, v := range []float32{s.km, s.ka, s.nm, s.na, s.concern} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	b = binary.LittleEndian.AppendUint32(b, s.staged)
	b = append(b, s.exposed, s.complained)
	b = append(b, s.reasons[:]...)
	hard := byte(0)
	if s.hardSaid {
		hard = 1
	}
	return s.events.Append(s.spoken.Append(append(b, hard)))
}

// Decode is the inverse of Append.
func (Minors) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &minors{at: int64(r.U64())}
	for _, v := range []*float32{&s.km, &s.ka, &s.nm, &s.na, &s.concern} {
		if *v = r.F32(); *v < 0 {
			r.Fail()
		}
	}
	s.staged = r.U32()
	s.exposed, s.complained = r.U8(), r.U8()
	copy(s.reasons[:], r.Take(len(s.reasons)))
	s.hardSaid = r.U8() == 1
	s.spoken, s.events = r.Spoken(), r.Ring()
	return s, r.Err()
}
