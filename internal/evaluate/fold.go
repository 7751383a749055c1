package evaluate

import (
	"slices"
	"strings"
	"time"

	"haris/internal/demo/platform"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/measure"
	"haris/internal/pipeline"
	"haris/internal/state"
	"haris/internal/taxonomy"
)

// account is what came of one account.
type account struct {
	score    float64           // greatest fused sum, of any typology
	priority taxonomy.Priority // highest that it came to, by whatever
	best     []detect.Signal   // behind the highest priority, and of equal ones the greatest sum
	bestSum  float64
	bestType taxonomy.Typology
	raised   map[taxonomy.Typology]time.Time // when a case of P2 or above stood first
	strength map[string]float64              // greatest of each detector
	profile  detect.Profile
}

// outcome is what came of one stream.
type outcome struct {
	source   *Source
	events   int
	from, to time.Time
	took     time.Duration // of folding alone
	accounts map[string]*account
	tested   map[string]map[string]bool // accounts of which each detector was told anything
	raised   []measure.Raised           // the cases before people
	talk     []talk                     // of each positive matter
	weights  []state.Weight
	sizes    []Size
}

// talk is when the accounts of a matter wrote or were written to, from its start on.
type talk struct {
	watch map[string]bool
	at    []time.Time
}

// watched are the accounts by which a matter can be found: its subjects and, where an account is controlled, the account.
func watched(p *platform.Positive) []string {
	if p.Kind == "trafficking_control" {
		return slices.Concat(p.Subjects, p.Victims)
	}
	return p.Subjects
}

// folder folds one stream.
type folder struct {
	o       Options
	k       *pipeline.Knowledge
	out     *outcome
	sizes   *sizes
	talking map[string][]int    // matters that watch an account
	facts   [32]map[string]bool // accounts with a fact of a kind
}

// fold folds a stream through empty knowledge, without the named detectors.
func fold(s *Source, o Options, without ...string) (*outcome, error) {
	f := &folder{
		o: o, k: pipeline.NewKnowledge(max(o.Workers, 1), []byte("the same secret for every evaluation")), talking: map[string][]int{},
		out: &outcome{source: s, accounts: map[string]*account{}, tested: map[string]map[string]bool{}},
	}
	f.k.Without(without...)
	if o.Policy != nil {
		f.k.SetPolicy(*o.Policy)
	}
	if o.Sizes && len(without) == 0 {
		f.sizes = newSizes()
	}
	for i := range s.Truth.Positive {
		t := talk{watch: map[string]bool{}}
		for _, id := range watched(&s.Truth.Positive[i]) {
			t.watch[id] = true
			f.talking[id] = append(f.talking[id], i)
		}
		f.out.talk = append(f.out.talk, t)
	}
	if err := s.Each(f.batch); err != nil {
		return nil, err
	}
	f.finish(len(without) == 0)
	return f.out, nil
}

// batch folds some events.
func (f *folder) batch(events []event.Event) error {
	for i := range events {
		e := &events[i]
		f.out.events++
		e.Seq = uint64(f.out.events)
		f.see(e)
	}
	tr := pipeline.Trace{Brief: true}
	began := time.Now()
	effects := f.k.Fold(events, f.o.Rules, &tr)
	f.out.took += time.Since(began)
	for i := range tr.Facts {
		if kind := int(tr.Facts[i].Kind); kind < len(f.facts) {
			if f.facts[kind] == nil {
				f.facts[kind] = map[string]bool{}
			}
			f.facts[kind][tr.Facts[i].Account.ID] = true
		}
	}
	f.sizes.take(tr.Facts)
	f.heard(&tr, &effects)
	if f.o.Told != nil {
		f.o.Told(len(events))
	}
	return nil
}

// see notes whom an event names, and counts what the accounts of matters write.
func (f *folder) see(e *event.Event) {
	if f.out.from.IsZero() {
		f.out.from = e.Time
	}
	if e.Time.After(f.out.to) {
		f.out.to = e.Time
	}
	d := &e.Data
	by := d.By
	if e.Type == event.ModerationApplied { // the platform itself, no account
		by = ""
	}
	for _, id := range append([]string{d.Account, by, d.From}, d.To...) {
		if id != "" && f.out.accounts[id] == nil {
			f.out.accounts[strings.Clone(id)] = &account{}
		}
	}
	if e.Type != event.MessageSent && e.Type != event.ContactRequested {
		return
	}
	var told []int
	for _, id := range append([]string{d.From}, d.To...) {
		for _, i := range f.talking[id] {
			if !slices.Contains(told, i) && !e.Time.Before(f.out.source.Truth.Positive[i].Start) {
				told = append(told, i)
				f.out.talk[i].at = append(f.out.talk[i].at, e.Time)
			}
		}
	}
}

// of returns what is noted of an account.
func (f *folder) of(id string) *account {
	a := f.out.accounts[id]
	if a == nil {
		a = &account{}
		f.out.accounts[strings.Clone(id)] = a
	}
	return a
}

// heard takes in what was said and decided.
func (f *folder) heard(tr *pipeline.Trace, effects *pipeline.Effects) {
	for i := range tr.Signals {
		if s := &tr.Signals[i]; s.Strength > 0 || s.Hard {
			a := f.of(s.Subject)
			if a.strength == nil {
				a.strength = map[string]float64{}
			}
			a.strength[s.Detector] = max(a.strength[s.Detector], s.Strength)
		}
	}
	for i := range tr.Hits {
		if h := &tr.Hits[i]; h.Mode == taxonomy.ModeEnforce && h.Subject != "" {
			a := f.of(h.Subject)
			if a.strength == nil {
				a.strength = map[string]float64{}
			}
			a.strength[h.Rule] = max(a.strength[h.Rule], 0)
		}
	}
	for i := range tr.Fusions {
		if u := &tr.Fusions[i]; len(u.Signals) > 0 {
			a := f.of(u.Signals[0].Subject)
			a.score = max(a.score, u.Total)
			a.reach(u.Priority, u.Typology, u.Total, u.Signals)
		}
	}
	for i := range effects.Decisions {
		d := &effects.Decisions[i]
		m := &d.Matter
		a := f.of(m.Subject)
		a.score = max(a.score, d.Total)
		a.reach(m.Priority, m.Typology, d.Total, m.Signals)
		if m.Priority >= taxonomy.P2 {
			if a.raised == nil {
				a.raised = map[taxonomy.Typology]time.Time{}
			}
			if at, ok := a.raised[m.Typology]; !ok || m.At.Before(at) {
				a.raised[m.Typology] = m.At
			}
			f.out.raised = append(f.out.raised, measure.Raised{Case: m.Subject, At: m.At, Priority: int(m.Priority), Sum: d.Total})
		}
	}
}

// reach keeps the higher priority, and of equal ones the greater sum.
func (a *account) reach(p taxonomy.Priority, t taxonomy.Typology, sum float64, signals []detect.Signal) {
	if p == taxonomy.PriorityNone || a.priority > p || a.priority == p && a.bestSum >= sum && len(a.best) > 0 {
		return
	}
	a.priority, a.bestType, a.bestSum, a.best = p, t, sum, slices.Clone(signals)
}

// finish adds what is known at the end.
func (f *folder) finish(whole bool) {
	for id, a := range f.out.accounts {
		a.profile = f.k.Profile(id)
	}
	for _, d := range pipeline.Detectors() {
		all := map[string]bool{}
		for _, kind := range d.Info().Facts {
			for id := range f.facts[kind] {
				all[id] = true
			}
		}
		f.out.tested[d.Info().Name] = all
	}
	if whole {
		f.out.weights, f.out.sizes = f.k.Weigh(), f.sizes.list()
	}
}
