// Package stage watches what adults write to minors by the stages that messages were scored for (S1–S9 of grooming, T1–T4 of
// trafficking), by the platform or by a model: several stages with one child (D4), and the same with several children (D5). It
// reads no text. Where nothing was scored it says so, and never that nothing was there.
package stage

import (
	"math"
	"slices"
	"time"

	"haris/internal/aggregate"
	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Progression is D4: an account that goes through several stages with one minor.
//
// For each of its newest minors it keeps, per stage, the log-likelihood ratios of "one, two, five or ten in a hundred messages are in
// this stage" against "none is" (aggregate.Stage), fading with a half-life of seven days. They are joined by the LOO-capped GLR: at
// most 2 nats a stage, half of the strongest taken off, so that one stage, however often, never weighs more than 1 nat. 0.3 nats are
// added for each pair of stages that came in the order in which case files have them. The sum is weighted by the distance of ages, and
// strength = nats / ln 10: a likelihood ratio of e^x is met by chance with a probability of at most e^−x, however often one looks
// (Ville, 1939), if the ratios are honest and the stages independent. Nothing is said below 1.5 nats. Where no stage was shown by any
// score but those of the seed, which was written and not learnt from what happened, strength is at most 1.
//
// Limits: it believes the scores. Eight minors are followed at a time.
type Progression struct{}

var _ detect.Detector = Progression{}

const (
	nStages   = len(detect.Scores{})
	maxMinors = 8
	halfLife  = 7 * 24 * time.Hour
	window    = 30 * 24 * time.Hour
	limit     = 3.0
	seedLimit = 1.0 // strength of what rests on the seed alone
	step      = 0.25
	leastNats = 1.5
	reached   = 0.5 // nats from which a stage counts as reached
	hit       = 1.0 // nats of one message that show a stage
	ordered   = 0.3 // nats for two stages in the usual order
)

// orders are the pairs of stages that case files have in this order, as places in taxonomy.Stages.
var orders = [...][2]int{{2, 4}, {3, 4}, {5, 6}, {6, 8}}

// progression is the state of one account.
type progression struct {
	minors []minor       // the one written to last stands last
	unread uint16        // minors to whom it wrote and of whose messages nothing is known
	scored bool          // a message was scored
	blind  bool          // it was said that nothing could be told
	model  detect.Scorer // the newest that showed a stage, without the seed
	tongue []string      // languages of messages that no model was calibrated for, at most maxTongues
	spoken detect.Spoken
	events detect.Ring
}

// minor is what is known of the messages to one minor.
type minor struct {
	who    uint64 // detect.Key.Short
	at     uint32 // event time in seconds that the stages are faded to
	band   taxonomy.AgeBand
	stages [nStages]aggregate.Stage
	first  [nStages]uint32 // event time in seconds of the first message that showed the stage, 0 for none
	by     byte            // whose scores showed a stage
}

// Info describes D4.
func (Progression) Info() detect.Info {
	return detect.Info{
		Name: "D4", Version: 2, Family: taxonomy.FamilyStage, Typology: taxonomy.TypologyGrooming, Title: "Stage progression",
		Facts: []detect.FactKind{detect.Scored, detect.Spoke},
		MaxBytes: 1 + maxMinors*(8+4+1+nStages*(4*aggregate.NRates+4)+1) + 2 + 1 + maxScorer + 1 +
			maxTongues*(1+maxTongue) + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold takes in a message, or that another detector spoke: then it is said when nothing could be told here.
func (d Progression) Fold(st detect.State, f *detect.Fact, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	s, _ := st.(*progression)
	switch {
	case f.Kind == detect.Spoke && s != nil:
		sig, ok := s.blindness(d.Info(), f)
		return s, sig, ok
	case f.Kind != detect.Scored || !f.Other.Band.Minor():
		if s == nil {
			return nil, detect.Signal{}, false
		}
		return s, detect.Signal{}, false
	}
	if s == nil {
		s = &progression{}
	}
	if f.Scores == nil {
		s.unread = uint16(min(int(s.unread)+1, math.MaxUint16)) //nolint:gosec // bounded
		s.notRead(f.Reason)
		return s, detect.Signal{}, false
	}
	s.scored = true
	m := s.minor(f)
	if m.take(f) {
		m.by |= bitOf(f.By)
		s.model = newest(s.model, f.By)
		s.events.Add(f.Seq)
	}
	sig, ok := s.judge(d.Info(), f)
	return s, sig, ok
}

// minor finds or makes the place of the other account, and moves it to the end.
func (s *progression) minor(f *detect.Fact) *minor {
	who := detect.AccountKey(f.Other.ID).Short()
	i := slices.IndexFunc(s.minors, func(m minor) bool { return m.who == who })
	if i < 0 {
		if len(s.minors) == maxMinors {
			s.minors = slices.Delete(s.minors, 0, 1)
		}
		s.minors = append(s.minors, minor{who: who, at: seconds(f)})
		i = len(s.minors) - 1
	}
	m := s.minors[i]
	s.minors = append(slices.Delete(s.minors, i, i+1), m)
	last := &s.minors[len(s.minors)-1]
	last.band = f.Other.Band
	return last
}

// notRead remembers a language, in the order in which they came up.
func (s *progression) notRead(tongue string) {
	if tongue = cut(tongue, maxTongue); tongue != "" && len(s.tongue) < maxTongues && !slices.Contains(s.tongue, tongue) {
		s.tongue = append(s.tongue, tongue)
	}
}

func seconds(f *detect.Fact) uint32 { return uint32(min(max(f.At/1000, 0), math.MaxUint32)) } //nolint:gosec // bounded

// take folds one message and reports whether it shows a stage. A message from the past counts as if it were now.
func (m *minor) take(f *detect.Fact) bool {
	if now := seconds(f); now > m.at {
		keep := math.Exp2(-float64(now-m.at) / halfLife.Seconds())
		for i := range m.stages {
			m.stages[i].Fade(keep)
		}
		m.at = now
	}
	best := bestOf(f.Scores)
	if best < 0 {
		return false
	}
	for i := range m.stages {
		if i == best {
			m.stages[i].Hit(float64(f.Scores[i]))
		} else {
			m.stages[i].Miss(1)
		}
	}
	if f.Scores[best] < hit {
		return false
	}
	if m.first[best] == 0 {
		m.first[best] = max(m.at, 1)
	}
	return true
}

// bestOf is the stage that scores highest, −1 when none was scored.
func bestOf(scores *detect.Scores) int {
	best := -1
	for i, v := range scores {
		if v == v && (best < 0 || v > scores[best]) {
			best = i
		}
	}
	return best
}

// gap weighs the distance of age bands: 0.3 for neighbours, 0.7 for one apart and where the account's age is unknown, else 1.
func gap(a, b taxonomy.AgeBand) float64 {
	switch d := int(a) - int(b); {
	case a == taxonomy.AgeUnknown || d == 2:
		return .7
	case d <= 1:
		return .3
	}
	return 1
}

// usual is how many pairs of reached stages came in the usual order.
func (m *minor) usual() (n int) {
	for _, o := range orders {
		a, b := o[0], o[1]
		if m.first[a] > 0 && m.first[a] < m.first[b] && m.stages[a].Nats() >= reached && m.stages[b].Nats() >= reached {
			n++
		}
	}
	return n
}

// nats is what the messages to the minor weigh for an account of the band.
func (m *minor) nats(band taxonomy.AgeBand) float64 {
	return gap(band, m.band) * (aggregate.Joint(m.stages[:]) + ordered*float64(m.usual()))
}

// strengthOf is nats as a strength; 0 when it is not worth saying. seed says that they rest on the seed alone.
func strengthOf(nats float64, seed bool) float64 {
	switch {
	case nats < leastNats:
		return 0
	case seed:
		return min(seedLimit, nats/math.Ln10)
	}
	return min(limit, nats/math.Ln10)
}

// strength is what the messages to the minor are worth for an account of the band.
func (m *minor) strength(band taxonomy.AgeBand) float64 {
	return strengthOf(m.nats(band), m.by == bySeed)
}

// judge speaks of the minor with whom it is worst.
func (s *progression) judge(i detect.Info, f *detect.Fact) (detect.Signal, bool) {
	worst, most := 0, -1.0
	for k := range s.minors {
		if v := s.minors[k].strength(f.Account.Band); v > most {
			worst, most = k, v
		}
	}
	e := max(0, most)
	if !s.spoken.Say(e, f.Time(), step, limit) {
		return detect.Signal{}, false
	}
	sig := i.New(f.Account.ID, f.Time(), window)
	sig.Strength, sig.Events = e, s.events.List()
	sig.Figures, sig.Typology = s.minors[worst].figures(f.Account.Band)
	sig.Scorers, sig.Unread = scorers(s.minors[worst].by, s.model), slices.Clone(s.tongue)
	return sig, true
}

// figures are how many stages were reached, what each weighs of the most it can, and what order and ages make of it. The typology is
// trafficking when its stages weigh more.
func (m *minor) figures(band taxonomy.AgeBand) ([]detect.Figure, taxonomy.Typology) {
	out := []detect.Figure{{Name: "stages", Of: float64(nStages)}}
	groom, traffic := 0.0, 0.0
	for i, name := range taxonomy.Stages() {
		v := min(aggregate.Cap, m.stages[i].Nats())
		if v < reached {
			continue
		}
		out[0].Observed++
		out = append(out, detect.Figure{Name: name, Observed: v, Of: aggregate.Cap})
		if name[0] == 'T' {
			traffic += v
		} else {
			groom += v
		}
	}
	out = append(out, detect.Figure{Name: "order", Observed: float64(m.usual())}, detect.Figure{Name: "ages", Observed: gap(band, m.band)})
	if traffic > groom {
		return out, taxonomy.TypologyTrafficking
	}
	return out, taxonomy.TypologyGrooming
}

// blindness says once, when another detector spoke, that nothing could be told of the messages.
func (s *progression) blindness(i detect.Info, f *detect.Fact) (detect.Signal, bool) {
	if f.Value <= 0 || f.Reason == i.Name || f.Reason == "D5" || s.scored || s.blind || s.unread == 0 {
		return detect.Signal{}, false
	}
	s.blind = true
	sig := i.New(f.Account.ID, f.Time(), window)
	sig.Unscanned = "the platform sent no stage scores, and no model read the messages"
	sig.Unread = slices.Clone(s.tongue)
	sig.Figures = []detect.Figure{{Name: "stages", Of: float64(nStages)}, {Name: "unread", Observed: float64(s.unread)}}
	return sig, true
}

// Due never asks for a tick.
func (Progression) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Progression) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}
