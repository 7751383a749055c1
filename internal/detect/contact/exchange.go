package contact

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Exchange is D7: an account with which more minors exchange phone numbers, e-mail addresses or names on other services than the number
// of minors it has to do with explains. Which way a detail went does not matter, and is shown.
//
// The statistic is that of D3: the Gamma-Poisson tail, of shape 1, of k distinct minors where λ·n are expected of n minors met, λ the
// platform's own rate; p is multiplied by five for testing at every exchange; counts decay with a half-life of 14 days. It weighs at
// most 1, because to exchange numbers is no harm in itself: with other evidence it says where a matter is about to go. It belongs to
// the family of stages, whose stage S5 it is, so that it and a model's score of that stage are not counted twice.
//
// Minors of 16 and 17 and accounts of 18 to 24 are left out: they are of one age for each other. What passes in messages without
// text, in pictures or in calls is not seen; of messages without text it says that it could not read them.
type Exchange struct{}

var _ detect.Detector = Exchange{}

const (
	exchangeHalfLife = 14 * 24 * time.Hour
	exchangeWindow   = 30 * 24 * time.Hour
	exchangeLimit    = 1.0
	exchangeLeast    = 0.5
	exchangeStep     = 0.25
	exchangeLooks    = 5.0 // as feedback's, whose simulation is of this statistic
	exchangeShape    = 1.0
	exchangePrior    = 0.05 // minors who exchange details with an adult, per minor met, before the platform's own rate is known: a guess
	exchangePriorN   = 100
	exchangeMetCap   = 100 // minors met by one account that the cohort counts
	exchangeCap      = 2   // and minors who exchanged: few, so that nobody hides behind what they do
	exchangeShown    = 3   // details that a signal shows: the newest
	exchangeWord     = 96  // bytes of each word of them
	leastUnread      = 3   // messages without text before it is said that they could not be read
)

// exchanged is the state of one account. Counts are decayed to the moment at.
type exchanged struct {
	at         int64   // Unix milliseconds
	k, n       float32 // minors with whom details were exchanged, and minors met
	given      uint16  // details that the account gave, saturating
	taken      uint16  // and that it was given
	hidden     uint16  // of both: written so that they are hard to find
	unread     uint16  // messages without text, saturating
	unreadSaid uint32  // event time in seconds when that was said last
	met, ex    uint8   // what the cohort has counted
	shown      []detect.Passed
	spoken     detect.Spoken
	events     detect.Ring
}

// Info describes D7.
func (Exchange) Info() detect.Info {
	return detect.Info{
		Name: "D7", Version: 1, Family: taxonomy.FamilyStage, Typology: taxonomy.TypologyGrooming, Title: "Contact details exchanged",
		Facts:    []detect.FactKind{detect.Met, detect.Exchanged, detect.Unread},
		MaxBytes: 8 + 2*4 + 4*2 + 4 + 2 + 1 + exchangeShown*(1+3*(1+exchangeWord)) + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold counts a minor met, an exchange, or a message that could not be read.
func (d Exchange) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	if !f.Other.Band.Minor() || f.Account.Band == taxonomy.Age18to24 && f.Other.Band == taxonomy.Age16to17 {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*exchanged)
	if s == nil {
		s = &exchanged{at: f.At}
	}
	s.decay(f.At)
	switch f.Kind {
	case detect.Met:
		s.n++
		if s.met < exchangeMetCap {
			s.met++
			c.Add(detect.CohortKey{What: detect.CountExchange}, 0, 1)
		}
		return s, detect.Signal{}, false
	case detect.Unread:
		sig, ok := d.unread(s, f)
		return s, sig, ok
	case detect.Exchanged:
		s.take(f, c)
		sig, ok := d.judge(s, f, c)
		return s, sig, ok
	}
	return s, detect.Signal{}, false
}

// decay halves the counts every half-life. An event from the past counts as if it were now.
func (s *exchanged) decay(now int64) {
	if now <= s.at {
		return
	}
	by := float32(math.Exp2(-float64(now-s.at) / float64(exchangeHalfLife.Milliseconds())))
	s.k, s.n, s.at = s.k*by, s.n*by, now
}

// take counts a minor once, however much passes between the two.
func (s *exchanged) take(f *detect.Fact, c detect.Cohort) {
	if f.N == 1 {
		s.k++
		if s.ex < exchangeCap {
			s.ex++
			c.Add(detect.CohortKey{What: detect.CountExchange}, 1, 0)
		}
	}
	s.events.Add(f.Seq)
	if f.Passed == nil {
		return
	}
	if f.Passed.Given {
		s.given = more(s.given)
	} else {
		s.taken = more(s.taken)
	}
	if f.Passed.Ways != "" {
		s.hidden = more(s.hidden)
	}
	p := *f.Passed
	for _, w := range []*string{&p.Kind, &p.Masked, &p.Ways} {
		*w = strings.Clone(strings.ToValidUTF8((*w)[:min(len(*w), exchangeWord)], ""))
	}
	s.shown = append(slices.Clone(s.shown), p)
	s.shown = s.shown[max(0, len(s.shown)-exchangeShown):]
}

// unread says, once in the time that a signal stands, that messages came without text, unless something was found in others.
func (d Exchange) unread(s *exchanged, f *detect.Fact) (detect.Signal, bool) {
	s.unread = more(s.unread)
	at := uint32(max(f.At/1000, 0)) //nolint:gosec // seconds
	again := s.unreadSaid == 0 || at > s.unreadSaid && at-s.unreadSaid >= uint32(exchangeWindow/time.Second)
	if s.unread < leastUnread || !again || s.spoken.Standing(f.Time(), exchangeWindow) > 0 {
		return detect.Signal{}, false
	}
	sig := d.signal(s, f, 0)
	sig.Unscanned = "messages between this account and minors came without text"
	sig.Events = []uint64{f.Seq}
	s.unread, s.unreadSaid = 0, at
	return sig, true
}

func (d Exchange) judge(s *exchanged, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	mean := math.Max(1, float64(s.n)) * detect.Rate(c, detect.CohortKey{What: detect.CountExchange}, exchangePrior, exchangePriorN)
	e := exchangeStrength(s.minors(), mean)
	if !s.spoken.Say(e, f.Time(), exchangeStep, exchangeLimit) {
		return detect.Signal{}, false
	}
	sig := d.signal(s, f, mean)
	sig.Strength, sig.Events, sig.Passed = e, s.events.List(), slices.Clone(s.shown)
	return sig, true
}

func (s *exchanged) minors() int { return int(math.Round(float64(s.k))) }

func (d Exchange) signal(s *exchanged, f *detect.Fact, mean float64) detect.Signal {
	sig := d.Info().New(f.Account.ID, f.Time(), exchangeWindow)
	sig.Figures = []detect.Figure{
		{Name: "exchanged", Observed: float64(s.minors()), Expected: mean, Of: math.Round(float64(s.n))},
		{Name: "given", Observed: float64(s.given), Of: float64(s.given) + float64(s.taken)},
		{Name: "hidden", Observed: float64(s.hidden), Of: float64(s.given) + float64(s.taken)},
	}
	return sig
}

// exchangeStrength is what exchanges with k minors weigh where mean are expected; 0 when it is not worth saying.
func exchangeStrength(k int, mean float64) float64 {
	e := stat.Strength(stat.GammaPoissonTail(k, exchangeShape, mean)*exchangeLooks, exchangeLimit)
	if k == 0 || e < exchangeLeast {
		return 0
	}
	return e
}

// Due never asks for a tick.
func (Exchange) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Exchange) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding.
func (s *exchanged) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(s.at)) //nolint:gosec // the bits
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s.k))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s.n))
	for _, v := range []uint16{s.given, s.taken, s.hidden, s.unread} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, s.unreadSaid)
	b = append(b, s.met, s.ex, byte(len(s.shown)))
	for i := range s.shown {
		p := &s.shown[i]
		b = append(b, byte(bit(p.Given)))
		for _, w := range []string{p.Kind, p.Masked, p.Ways} {
			b = append(append(b, byte(len(w))), w...)
		}
	}
	return s.events.Append(s.spoken.Append(b))
}

// Decode is the inverse of Append.
func (Exchange) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &exchanged{at: int64(r.U64()), k: r.F32(), n: r.F32(), given: r.U16(), taken: r.U16(), hidden: r.U16(), unread: r.U16()} //nolint:gosec // the bits
	s.unreadSaid, s.met, s.ex = r.U32(), r.U8(), r.U8()
	n := int(r.U8())
	if n > exchangeShown || s.k < 0 || s.n < 0 {
		return nil, detect.ErrState
	}
	for range n {
		p := detect.Passed{Given: r.U8() == 1}
		for _, w := range []*string{&p.Kind, &p.Masked, &p.Ways} {
			size := int(r.U8())
			if size > exchangeWord {
				return nil, detect.ErrState
			}
			*w = string(r.Take(size))
		}
		s.shown = append(s.shown, p)
	}
	s.spoken, s.events = r.Spoken(), r.Ring()
	return s, r.Err()
}
