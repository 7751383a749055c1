package contact

import (
	"encoding/binary"
	"math"
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Acceptance is D2: an adult whose approaches to minors are ignored or declined far more often than ordinary.
//
// It is Wald's sequential probability ratio test over the answers of minors: L grows by ln(θ₁/θ₀) for a welcome and by
// ln((1−θ₁)/(1−θ₀)) for a refusal or 72 hours of silence; it speaks at L ≥ ln((1−β)/α) and starts again at L ≤ ln(β/(1−α)).
// θ₀ is the platform's own share of welcomed approaches (0.47 before it is known), θ₁ = 0.15, α = 10⁻⁴, β = 0.1. It weighs
// at most 1.5, because acceptance differs between people for many harmless reasons: α holds for somebody who is accepted as
// ordinary people are on average, and many harmless people are not.
type Acceptance struct{}

var _ detect.Detector = Acceptance{}

const (
	patience        = 72 * time.Hour
	theta1          = 0.15
	lowTheta0       = 0.30 // θ₀ must stay clear of θ₁
	highTheta0      = 0.80
	alpha, beta     = 1e-4, 0.1
	acceptanceLimit = 1.5
	maxPending      = 32 // whoever approaches more at a time is judged by a sample: newcomers are not waited for until there is room
	welcomeCap      = 8  // answers of one account that the cohort counts: few, so that nobody hides behind what they do
)

// acceptance is the state of one account.
type acceptance struct {
	l       float32
	asked   uint16 // minors whose answer was counted since the test began anew
	said    uint16 // of them welcomed
	counted uint8  // answers that the cohort has
	strip   uint64 // the last answers, newest in bit 0: 1 welcomed
	fired   bool
	waiting []waiting
	spoken  detect.Spoken
	events  detect.Ring
}

type waiting struct {
	who uint64 // short key of the minor
	at  uint32 // event time of the approach, seconds
}

// Info describes D2.
func (Acceptance) Info() detect.Info {
	return detect.Info{
		Name: "D2", Version: 1, Family: taxonomy.FamilyContact, Typology: taxonomy.TypologyGrooming,
		Title: "Unwelcome approaches", Facts: []detect.FactKind{detect.Approached, detect.Welcomed, detect.Refused},
		MaxBytes: 4 + 2 + 2 + 1 + 8 + 1 + 1 + maxPending*12 + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold notes an approach to a minor, or counts its answer.
func (d Acceptance) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	if !f.Other.Band.Minor() {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*acceptance)
	if s == nil {
		s = &acceptance{}
	}
	s.giveUp(f.At/1000, f.Account, c)
	who := detect.AccountKey(f.Other.ID).Short()
	switch f.Kind {
	case detect.Approached:
		if len(s.waiting) < maxPending {
			s.waiting = append(s.waiting, waiting{who, uint32(max(f.At/1000, 0))})
			s.events.Add(f.Seq)
		}
	default:
		if s.answered(who) {
			s.take(f.Kind == detect.Welcomed, f.Account, c)
		}
	}
	sig, ok := d.speak(s, f.Account, f.Time(), c)
	return s, sig, ok
}

func (s *acceptance) answered(who uint64) bool {
	for i, w := range s.waiting {
		if w.who == who {
			s.waiting = append(s.waiting[:i], s.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// giveUp counts the approaches that waited 72 hours as refused.
func (s *acceptance) giveUp(now int64, p *detect.Profile, c detect.Cohort) {
	keep := s.waiting[:0]
	for _, w := range s.waiting {
		if now-int64(w.at) >= int64(patience/time.Second) {
			s.take(false, p, c)
			continue
		}
		keep = append(keep, w)
	}
	s.waiting = keep
}

// steps returns by how much a welcome lowers L and a refusal raises it, where the share of welcomed approaches is ordinarily
// theta0.
func steps(theta0 float64) (welcome, refusal float64) {
	theta0 = math.Max(lowTheta0, math.Min(highTheta0, theta0))
	return math.Log(theta1 / theta0), math.Log((1 - theta1) / (1 - theta0))
}

// bounds returns where the test speaks and where it begins anew.
func bounds() (up, down float64) { return math.Log((1 - beta) / alpha), math.Log(beta / (1 - alpha)) }

// mostRefusals is how many refusals can never make the test speak.
func mostRefusals(theta0 float64) float64 {
	_, refusal := steps(theta0)
	up, _ := bounds()
	return math.Ceil(up/refusal) - 1
}

// take counts one answer.
func (s *acceptance) take(welcomed bool, p *detect.Profile, c detect.Cohort) {
	welcome, refusal := steps(Welcome(c))
	s.strip <<= 1
	if welcomed {
		s.l += float32(welcome)
		s.said = more(s.said)
		s.strip |= 1
	} else {
		s.l += float32(refusal)
	}
	if s.counted < welcomeCap && p.Band.Adult() {
		s.counted++
		c.Add(detect.CohortKey{What: detect.CountWelcome}, bit(welcomed), 1)
	}
	s.asked = more(s.asked)
	switch up, down := bounds(); {
	case float64(s.l) >= up:
		s.l, s.fired = float32(up), true // no higher, so that later welcomes count
	case float64(s.l) <= down:
		s.l, s.asked, s.said, s.strip, s.fired = 0, 0, 0, 0, false // the test begins anew
	}
}

// speak says a change: the test has fired, or it has been taken back.
func (d Acceptance) speak(s *acceptance, p *detect.Profile, at time.Time, c detect.Cohort) (detect.Signal, bool) {
	strength := 0.0
	if s.fired {
		strength = acceptanceLimit
	}
	if !s.spoken.Say(strength, at, spokenStep, acceptanceLimit) {
		return detect.Signal{}, false
	}
	sig := d.Info().New(p.ID, at, historyDays*24*time.Hour)
	sig.Strength = strength
	sig.Figures = []detect.Figure{{
		Name: "welcomed", Observed: float64(s.said), Expected: Welcome(c) * float64(s.asked), Of: float64(s.asked),
	}}
	sig.Marks = s.marks()
	sig.Events = s.events.List()
	return sig, true
}

// marks writes the last answers, oldest first.
func (s *acceptance) marks() string {
	n := min(int(s.asked), 64)
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(s.strip>>(n-1-i)&1)
	}
	return string(b)
}

// Due is when the oldest approach will have waited long enough.
func (Acceptance) Due(st detect.State) time.Time {
	s, _ := st.(*acceptance)
	if s == nil || len(s.waiting) == 0 {
		return time.Time{}
	}
	oldest := s.waiting[0].at
	for _, w := range s.waiting {
		oldest = min(oldest, w.at)
	}
	return time.Unix(int64(oldest), 0).Add(patience).UTC()
}

// Tick gives up waiting.
func (d Acceptance) Tick(st detect.State, p *detect.Profile, now time.Time, c detect.Cohort) (detect.State, detect.Signal, bool) {
	s, _ := st.(*acceptance)
	if s == nil {
		return st, detect.Signal{}, false
	}
	s.giveUp(now.Unix(), p, c)
	sig, ok := d.speak(s, p, now, c)
	return s, sig, ok
}

// Append appends the encoding.
func (s *acceptance) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s.l))
	b = binary.LittleEndian.AppendUint16(b, s.asked)
	b = binary.LittleEndian.AppendUint16(b, s.said)
	b = append(b, s.counted)
	b = binary.LittleEndian.AppendUint64(b, s.strip)
	b = append(b, byte(bit(s.fired)), byte(len(s.waiting)))
	for _, w := range s.waiting {
		b = binary.LittleEndian.AppendUint64(b, w.who)
		b = binary.LittleEndian.AppendUint32(b, w.at)
	}
	return s.events.Append(s.spoken.Append(b))
}

// Decode is the inverse of Append.
func (Acceptance) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &acceptance{l: r.F32(), asked: r.U16(), said: r.U16(), counted: r.U8(), strip: r.U64(), fired: r.U8() == 1}
	n := int(r.U8())
	if n > maxPending || s.said > s.asked {
		return nil, detect.ErrState
	}
	for range n {
		s.waiting = append(s.waiting, waiting{r.U64(), r.U32()})
	}
	s.spoken, s.events = r.Spoken(), r.Ring()
	return s, r.Err()
}
