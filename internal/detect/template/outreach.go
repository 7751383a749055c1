// Package template watches texts that were sent many times with a few words changed. It keeps sketches of texts, never texts.
package template

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
	"haris/internal/template"
)

// Outreach is D6: an account that begins talk with one minor after another by the same text, a few words changed.
//
// The newest 60 first private messages to minors within 30 days, of six words or more, are kept as sketches (template.Sketch: MinHash
// of words and pairs of neighbours, phone numbers and the like masked). Two messages are like when the estimated Jaccard
// index is at least ½. k of n messages are like the newest, itself among them; all but the first of them repeat. p = P(X ≥ k−1),
// X ~ BetaBinomial(n−1, the platform's share of first messages that repeat, ρ = 0.1), times stat.Looks for testing at each. It
// needs five minors; strength = −log₁₀ p, from 1 to 1.2 and never more: clubs and shops write the same to everybody.
//
// The same text from several accounts counts, too: three or more that may be adults' began talk with minors by it within 30 days. p is the
// share of such accounts that come to as many (ordinary). Accounts of minors do not count, so that what children pass on is no outreach. The
// greater of the two strengths is said.
//
// Limits: whoever wrote the text first learns that others did only at its next first message.
type Outreach struct{}

var _ detect.Detector = Outreach{}

const (
	window     = 30 * 24 * time.Hour
	maxOpened  = 60
	leastWords = 6
	like       = 0.5
	leastSame  = 5
	limit      = 1.2 // who writes the same to everybody, adults too, is not told apart here: a sender of advertisements does so
	leastSaid  = 1.0
	step       = 0.25
	alike      = 0.1 // ρ
	prior      = 0.1
	priorN     = 200
	countCap   = 20 // messages of one account that the platform's share counts
	repeatCap  = 4  // and repeats
)

// outreach is the state of one account.
type outreach struct {
	opened   []opened // newest last
	unread   uint16   // first messages without text
	read     bool     // a first message had text
	blind    bool     // it was said that nothing could be told
	counted  uint8
	repeated uint8
	tallied  tallied
	spoken   detect.Spoken
	events   detect.Ring
}

// opened is one first message.
type opened struct {
	day  uint32
	text [template.SketchSize]uint8
}

// Info describes D6.
func (Outreach) Info() detect.Info {
	return detect.Info{
		Name: "D6", Version: 2, Family: taxonomy.FamilyTemplate, Typology: taxonomy.TypologyGrooming, Title: "Template outreach",
		Facts:    []detect.FactKind{detect.Opened, detect.Spoke},
		MaxBytes: 1 + maxOpened*(4+template.SketchSize) + 2 + 1 + 2 + 4 + nMeasures + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold takes in a first message, or that another detector spoke: then it is said when nothing could be told here.
func (d Outreach) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	s, _ := st.(*outreach)
	switch {
	case f.Kind == detect.Spoke && s != nil:
		sig, ok := s.blindness(d.Info(), f)
		return s, sig, ok
	case f.Kind != detect.Opened || !f.Other.Band.Minor():
		if s == nil {
			return nil, detect.Signal{}, false
		}
		return s, detect.Signal{}, false
	}
	if s == nil {
		s = &outreach{}
	}
	if f.Sketch == nil {
		s.unread = uint16(min(int(s.unread)+1, math.MaxUint16)) //nolint:gosec // bounded
		return s, detect.Signal{}, false
	}
	s.read = true
	if f.Sketch.Words < leastWords {
		return s, detect.Signal{}, false
	}
	same := s.take(f, c)
	s.tallied.count(c, uint32(min(max(f.Day(), 1), math.MaxUint32)), firstAccounts, max(1, min(f.Senders, MaxPeople))) //nolint:gosec // bounded
	sig, ok := s.judge(d.Info(), f, c, same)
	return s, sig, ok
}

// take adds the message, forgets what is old, and returns how many of those kept are like it, itself among them.
func (s *outreach) take(f *detect.Fact, c detect.Cohort) int {
	today := uint32(min(max(f.Day(), 0), math.MaxUint32)) //nolint:gosec // bounded
	s.opened = slices.DeleteFunc(s.opened, func(o opened) bool { return today >= o.day+uint32(window/(24*time.Hour)) })
	if len(s.opened) == maxOpened {
		s.opened = slices.Delete(s.opened, 0, 1)
	}
	same := 1
	for _, o := range s.opened {
		if f.Sketch.Likeness(&template.Sketch{Min: o.text}) >= like {
			same++
		}
	}
	s.opened = append(s.opened, opened{today, f.Sketch.Min})
	if same > 1 {
		s.events.Add(f.Seq)
	}
	if s.counted < countCap {
		s.counted++
		c.Add(detect.CohortKey{What: detect.CountRepeated}, 0, 1)
		if same > 1 && s.repeated < repeatCap {
			s.repeated++
			c.Add(detect.CohortKey{What: detect.CountRepeated}, 1, 0)
		}
	}
	return same
}

// tail is the strength of k like messages among n; 0 when it is not worth saying.
func tail(n, k int, q float64) float64 {
	if k < leastSame {
		return 0
	}
	e := stat.Strength(stat.BetaBinomialTail(n-1, k-1, q, alike)*stat.Looks(n), limit)
	if e < leastSaid {
		return 0
	}
	return e
}

// senders is the strength of so many accounts that wrote the same; 0 when it is not worth saying.
func senders(c detect.Cohort, n int) float64 {
	if n < leastCrowd {
		return 0
	}
	e := stat.Strength(ordinary(c, firstAccounts, n), limit)
	if e < leastSaid {
		return 0
	}
	return e
}

// judge speaks of the set that the newest message belongs to. A message unlike the others takes nothing back.
func (s *outreach) judge(i detect.Info, f *detect.Fact, c detect.Cohort, same int) (detect.Signal, bool) {
	n, many := len(s.opened), min(f.Senders, MaxPeople)
	q := min(.9, max(.001, detect.Rate(c, detect.CohortKey{What: detect.CountRepeated}, prior, priorN)))
	together := senders(c, many)
	e := max(tail(n, same, q), together)
	if same < leastSame && e == 0 || !s.spoken.Say(e, f.Time(), step, limit) {
		return detect.Signal{}, false
	}
	sig := i.New(f.Account.ID, f.Time(), window)
	sig.Strength, sig.Events = e, s.events.List()
	sig.Figures = []detect.Figure{
		{Name: "samefirst", Observed: float64(same), Expected: 1 + q*float64(n-1), Of: float64(n)},
		{Name: "words", Observed: float64(f.Sketch.Words)},
	}
	if together > 0 {
		less := many - 1
		for senders(c, less) > 0 {
			less--
		}
		sig.Figures = append(sig.Figures, detect.Figure{Name: "openers", Observed: float64(many), Expected: 1},
			detect.Figure{Name: "openershare", Observed: ordinary(c, firstAccounts, many)}, detect.Figure{Name: "openersquiet", Observed: float64(less)})
	}
	return sig, true
}

// quietest is the greatest number of like messages that would have said nothing.
func quietest(s *detect.Signal) float64 {
	m, _ := s.Figure("samefirst")
	n := int(m.Of)
	q := (m.Expected - 1) / max(m.Of-1, 1)
	for k := int(m.Observed); k > 0; k-- {
		if tail(n, k, q) == 0 {
			return float64(k)
		}
	}
	return 0
}

// blindness says once, when another detector spoke, that nothing could be told of the messages.
func (s *outreach) blindness(i detect.Info, f *detect.Fact) (detect.Signal, bool) {
	if f.Value <= 0 || f.Reason == i.Name || s.read || s.blind || s.unread == 0 {
		return detect.Signal{}, false
	}
	s.blind = true
	sig := i.New(f.Account.ID, f.Time(), window)
	sig.Unscanned = "the platform sent no text of first messages"
	sig.Figures = []detect.Figure{{Name: "samefirst"}, {Name: "untold", Observed: float64(s.unread)}}
	return sig, true
}

// Due never asks for a tick.
func (Outreach) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Outreach) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding.
func (s *outreach) Append(b []byte) []byte {
	b = append(b, byte(len(s.opened)))
	for _, o := range s.opened {
		b = binary.LittleEndian.AppendUint32(b, o.day)
		b = append(b, o.text[:]...)
	}
	b = binary.LittleEndian.AppendUint16(b, s.unread)
	b = appendTallied(append(b, flags(s.read, s.blind), s.counted, s.repeated), s.tallied)
	return s.events.Append(s.spoken.Append(b))
}

// Decode is the inverse of Append.
func (Outreach) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &outreach{}
	n := int(r.U8())
	if n > maxOpened {
		return nil, detect.ErrState
	}
	for range n {
		o := opened{day: r.U32()}
		copy(o.text[:], r.Take(len(o.text)))
		s.opened = append(s.opened, o)
	}
	s.unread = r.U16()
	bits := r.U8()
	if bits > 3 {
		r.Fail()
	}
	s.read, s.blind = bits&1 != 0, bits&2 != 0
	s.counted, s.repeated, s.tallied = r.U8(), r.U8(), readTallied(r)
	s.spoken, s.events = r.Spoken(), r.Ring()
	if err := r.Err(); err != nil {
		return nil, err
	}
	return s, nil
}
