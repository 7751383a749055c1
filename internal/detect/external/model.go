// Package external folds what models of somebody else, which the operator has chosen to ask, answered about messages (D17). It asks nobody:
// the answers stand in the log.
package external

import (
	"math"
	"slices"
	"strings"
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Model is D17: a model of somebody else finds stages of grooming or trafficking in what an account wrote to one minor.
//
// Of each minor it keeps, per stage, Σ e^x and n over the messages that were answered about, x the answer as a log-likelihood ratio in nats, which is
// at most 2 either way; both fade with a half-life of seven days. ln(Σ e^x / n) is the log-likelihood ratio of "one of the n messages shows the
// stage, each as likely" against "none does": asking about more messages finds no more by chance. Stages are joined as D4 joins them (at most 2
// nats a stage, half of the strongest taken off), those of grooming and of trafficking apart, and the greater counts; strength = nats / ln 10,
// nothing below 1.5 nats, and never above 1.5, so that it is watched and no case by itself. It is no p-value: nobody has calibrated the model.
type Model struct{}

var _ detect.Detector = Model{}

const (
	nStages   = len(detect.Scores{})
	limit     = 1.5
	cap1      = 2.0 // nats that one stage adds at most
	leastNats = 1.5
	reached   = 0.5 // nats from which a message, and all of them, show a stage
	step      = 0.2
	halfLife  = 7 * 24 * time.Hour
	window    = 30 * 24 * time.Hour
	maxMinors = 4
	maxQuotes = 8
)

// model is the state of one account.
type model struct {
	minors []minor  // the one answered about last stands last
	quotes []quoted // the newest of each stage and minor, newest last
	asked  uint16   // messages answered about
	blind  bool     // it was said that nothing could be told
	spoken detect.Spoken
}

// quoted is a claim with the minor to whom the message went.
type quoted struct {
	detect.Quoted
	who uint64
}

// minor is what is known of the messages to one minor.
type minor struct {
	who  uint64 // detect.Key.Short
	at   uint32 // event time in seconds that the sums are faded to
	sum  [nStages]float32
	n    [nStages]float32
	told uint16 // messages answered about
}

// Info describes D17.
func (Model) Info() detect.Info {
	return detect.Info{
		Name: "D17", Version: 1, Family: taxonomy.FamilyExternal, Typology: taxonomy.TypologyGrooming, Title: "Model of somebody else",
		Facts:    []detect.FactKind{detect.Answered},
		MaxBytes: 1 + maxMinors*(8+4+nStages*8+2) + 1 + maxQuotes*maxQuoted + 3 + detect.SpokenBytes,
	}
}

// Fold takes in what was answered about one message.
func (d Model) Fold(st detect.State, f *detect.Fact, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	s, _ := st.(*model)
	o := f.Opinion
	if f.Kind != detect.Answered || o == nil {
		if s == nil {
			return nil, detect.Signal{}, false
		}
		return s, detect.Signal{}, false
	}
	if s == nil {
		s = &model{}
	}
	if why, none := unanswered(o); none || !f.Other.Band.Minor() {
		sig, ok := s.blindness(d.Info(), f, why)
		return s, sig, ok
	}
	s.take(f)
	sig, ok := s.judge(d.Info(), f)
	return s, sig, ok
}

// unanswered reports whether nothing at all was answered, and why.
func unanswered(o *detect.Opinion) (why string, none bool) {
	for i := range o.Stages {
		c := &o.Stages[i]
		if c.Unscanned == "" && slices.Contains(taxonomy.Stages(), c.Stage) {
			return "", false
		}
		why = c.Unscanned
	}
	if o.Unscanned != "" {
		why = o.Unscanned
	}
	return why, true
}

// take folds the claims about one message.
func (s *model) take(f *detect.Fact) {
	m := s.minor(f)
	if now := seconds(f); now > m.at {
		keep := float32(math.Exp2(-float64(now-m.at) / halfLife.Seconds()))
		for i := range m.sum {
			m.sum[i], m.n[i] = m.sum[i]*keep, m.n[i]*keep
		}
		m.at = now
	}
	for k := range f.Opinion.Stages {
		c := &f.Opinion.Stages[k]
		i := slices.Index(taxonomy.Stages(), c.Stage)
		if i < 0 || c.Unscanned != "" || math.IsNaN(c.Nats) {
			continue
		}
		m.sum[i] += float32(math.Exp(min(cap1, max(-cap1, c.Nats))))
		m.n[i]++
		if c.Nats >= reached {
			s.quote(f, c, m.who)
		}
	}
	m.told = uint16(min(int(m.told)+1, math.MaxUint16))   //nolint:gosec // bounded
	s.asked = uint16(min(int(s.asked)+1, math.MaxUint16)) //nolint:gosec // bounded
}

// minor finds or makes the place of the other account, and moves it to the end.
func (s *model) minor(f *detect.Fact) *minor {
	m := minor{who: detect.AccountKey(f.Other.ID).Short(), at: seconds(f)}
	if i := slices.IndexFunc(s.minors, func(o minor) bool { return o.who == m.who }); i >= 0 {
		m = s.minors[i]
		s.minors = slices.Delete(s.minors, i, i+1)
	}
	s.minors = append(s.minors, m)
	s.minors = slices.Delete(s.minors, 0, max(0, len(s.minors)-maxMinors))
	return &s.minors[len(s.minors)-1]
}

func seconds(f *detect.Fact) uint32 { return uint32(min(max(f.At/1000, 0), math.MaxUint32)) } //nolint:gosec // bounded

// quote remembers a claim, the newest of its stage and minor.
func (s *model) quote(f *detect.Fact, c *detect.Claim, who uint64) {
	q := quoted{who: who, Quoted: detect.Quoted{
		Claim: detect.Claim{Stage: strings.Clone(c.Stage), Nats: float64(float32(c.Nats)), Quote: cut(c.Quote, maxQuote), Rationale: cut(c.Rationale, maxRationale)},
		Model: cut(f.Opinion.Model, maxName), Policy: cut(f.Opinion.Policy, maxDigest), Event: f.Of,
	}}
	s.quotes = slices.DeleteFunc(s.quotes, func(o quoted) bool { return o.Stage == c.Stage && o.who == who })
	s.quotes = append(s.quotes, q)
	s.quotes = slices.Delete(s.quotes, 0, max(0, len(s.quotes)-maxQuotes))
}

// nats is what one stage weighs; at least 0.
func (m *minor) nats(i int) float64 {
	if m.n[i] <= 0 || m.sum[i] <= 0 {
		return 0
	}
	return min(cap1, max(0, math.Log(float64(m.sum[i])/float64(m.n[i]))))
}

// joint joins the stages of one typology: Σ, less half of the greatest.
func (m *minor) joint(trafficking bool) float64 {
	sum, most := 0.0, 0.0
	for i, name := range taxonomy.Stages() {
		if (name[0] == 'T') == trafficking {
			v := m.nats(i)
			sum, most = sum+v, max(most, v)
		}
	}
	return sum - most/2
}

// strengthOf is nats as a strength; 0 when it is not worth saying.
func strengthOf(nats float64) float64 {
	if nats < leastNats {
		return 0
	}
	return min(limit, nats/math.Ln10)
}

// judge speaks of the minor with whom it is worst.
func (s *model) judge(i detect.Info, f *detect.Fact) (detect.Signal, bool) {
	worst, most, trafficking := &s.minors[0], -1.0, false
	for k := range s.minors {
		for _, t := range []bool{false, true} {
			if v := s.minors[k].joint(t); v > most {
				worst, most, trafficking = &s.minors[k], v, t
			}
		}
	}
	e := strengthOf(most)
	if !s.spoken.Say(e, f.Time(), step, limit) && !s.blind {
		return detect.Signal{}, false
	}
	s.blind = false // what could not be told is told now, if only that there is nothing
	sig := i.New(f.Account.ID, f.Time(), window)
	sig.Strength = e
	if trafficking {
		sig.Typology = taxonomy.TypologyTrafficking
	}
	for i := range s.quotes {
		if q := &s.quotes[i]; e > 0 && q.who == worst.who && (q.Stage[0] == 'T') == trafficking {
			sig.Quoted, sig.Events = append(sig.Quoted, q.Quoted), append(sig.Events, q.Event)
		}
	}
	slices.Sort(sig.Events)
	sig.Events = slices.Compact(sig.Events)
	sig.Figures = worst.figures(trafficking)
	return sig, true
}

// figures are how many stages were found in how many messages, and what each weighs of the most that it can.
func (m *minor) figures(trafficking bool) []detect.Figure {
	out := []detect.Figure{{Name: "claimed", Of: float64(nStages)}, {Name: "asked", Observed: float64(m.told)}}
	for i, name := range taxonomy.Stages() {
		if v := m.nats(i); v >= reached && (name[0] == 'T') == trafficking {
			out[0].Observed++
			out = append(out, detect.Figure{Name: name, Observed: v, Of: cap1})
		}
	}
	return out
}

// blindness says once that nothing could be told, unless something was: what was found is not taken back because a server is down.
func (s *model) blindness(i detect.Info, f *detect.Fact, why string) (detect.Signal, bool) {
	if s.blind || s.asked > 0 || why == "" {
		return detect.Signal{}, false
	}
	s.blind = true
	sig := i.New(f.Account.ID, f.Time(), window)
	sig.Unscanned = reason(why, "en")
	sig.Quoted = []detect.Quoted{{Claim: detect.Claim{Unscanned: cut(why, maxName)}, Model: cut(f.Opinion.Model, maxName), Policy: cut(f.Opinion.Policy, maxDigest), Event: f.Of}}
	sig.Figures = []detect.Figure{{Name: "claimed", Of: float64(nStages)}, {Name: "asked"}}
	return sig, true
}

// Due never asks for a tick.
func (Model) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Model) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}
