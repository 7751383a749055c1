// Package backtest says what other rules or weights would have raised: the stored log is folded from its beginning twice, side by side and in
// memory, with those in force and with the others, and what came before a person is compared. It changes nothing. It shows what would have
// been raised, not what would have been found: only findings of people say that, and they exist for what was raised at the time.
package backtest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"haris/internal/casefile"
	"haris/internal/decide"
	"haris/internal/event"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/taxonomy"
)

// Side is one of the two ways to judge.
type Side struct {
	Rules  *rule.Set
	Policy decide.Policy
}

// Plan is a back-test. Fields without a comment are required.
type Plan struct {
	Events        func(ctx context.Context, f func([]event.Event) error) error // the log from its beginning
	Before, After Side
	Models        pipeline.OpenModel // opens the models that score texts, as the log says which; nil opens none
	Secret        []byte             // keys the hashes of what accounts share
	Since         time.Time          // what was concluded earlier is not compared; zero compares everything
	// Found returns the newest finding of a person about an account and typology, empty without one; nil when nothing is known of findings.
	Found    func(ctx context.Context, subject string, t taxonomy.Typology) (casefile.Finding, error)
	Progress func(events uint64) // told after each block; may be nil
}

// Report is what a back-test found.
type Report struct {
	Events  uint64    `json:"events"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Before  Volume    `json:"before"`
	After   Volume    `json:"after"`
	Gained  []Change  `json:"gained"`  // would come before a person and did not
	Lost    []Change  `json:"lost"`    // came before a person and would not
	Raised  []Change  `json:"raised"`  // at a higher priority
	Lowered []Change  `json:"lowered"` // at a lower one
	Same    int       `json:"same"`
}

// Volume is how much would come before people.
type Volume struct {
	Matters    int            `json:"matters"` // accounts by typology that reach P2
	PerDay     float64        `json:"per_day"`
	ByPriority map[string]int `json:"by_priority"`
	ByTypology map[string]int `json:"by_typology"`
}

// Change is one account and typology that the two ways judge otherwise.
type Change struct {
	Subject  string            `json:"subject"`
	Typology taxonomy.Typology `json:"typology"`
	Before   Outcome           `json:"before"`
	After    Outcome           `json:"after"`
	Finding  casefile.Finding  `json:"finding,omitempty"` // of a person, the newest
}

// Outcome is the most that was concluded about an account and typology.
type Outcome struct {
	Priority taxonomy.Priority `json:"priority"`
	At       time.Time         `json:"at,omitzero"` // event time at which the priority was reached first
	By       string            `json:"by,omitempty"`
}

// key is what one matter is about.
type key struct {
	subject  string
	typology taxonomy.Typology
}

// fold is one side under way.
type fold struct {
	side  Side
	know  *pipeline.Knowledge
	since time.Time
	best  map[key]Outcome
}

func (f *fold) take(events []event.Event) {
	out := f.know.Fold(events, f.side.Rules, nil)
	for i := range out.Decisions {
		m := &out.Decisions[i].Matter
		k := key{m.Subject, m.Typology}
		if m.At.Before(f.since) || m.Priority <= f.best[k].Priority {
			continue
		}
		f.best[k] = Outcome{Priority: m.Priority, At: m.At, By: by(m)}
	}
}

// by names what a matter rests on.
func by(m *casefile.Matter) string {
	var names []string
	for _, s := range m.Signals {
		if s.Unscanned == "" {
			names = append(names, s.Detector)
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// Run folds the log and compares. The error is that of reading, or the context's.
func Run(ctx context.Context, p Plan) (Report, error) {
	var folds [2]*fold
	for i, side := range []Side{p.Before, p.After} {
		folds[i] = &fold{side: side, know: pipeline.NewKnowledge(1, p.Secret), since: p.Since, best: map[key]Outcome{}}
		folds[i].know.SetPolicy(side.Policy)
	}
	r := Report{Gained: []Change{}, Lost: []Change{}, Raised: []Change{}, Lowered: []Change{}}
	err := p.Events(ctx, func(events []event.Event) error {
		if r.Events == 0 {
			r.From = events[0].Time
		}
		var wait sync.WaitGroup
		for _, f := range folds {
			if err := f.know.OpenModels(events, p.Models); err != nil {
				return err
			}
			own := slices.Clone(events)
			wait.Go(func() { f.take(own) })
		}
		wait.Wait()
		r.Events += uint64(len(events))
		if p.Progress != nil {
			p.Progress(r.Events)
		}
		return ctx.Err()
	})
	if err != nil {
		return r, err
	}
	if r.To = folds[0].know.Watermark(); p.Since.After(r.From) {
		r.From = p.Since
	}
	days := max(r.To.Sub(r.From).Hours()/24, 1)
	r.Before, r.After = folds[0].volume(days), folds[1].volume(days)
	return r, r.compare(ctx, folds[0].best, folds[1].best, p.Found)
}

func (f *fold) volume(days float64) Volume {
	v := Volume{ByPriority: map[string]int{}, ByTypology: map[string]int{}}
	for k, o := range f.best {
		if o.Priority < taxonomy.P2 {
			continue
		}
		v.Matters++
		v.ByPriority[o.Priority.String()]++
		v.ByTypology[string(k.typology)]++
	}
	v.PerDay = float64(v.Matters) / days
	return v
}

// compare sorts what the two sides concluded into the lists of the report.
func (r *Report) compare(ctx context.Context, before, after map[key]Outcome, found func(context.Context, string, taxonomy.Typology) (casefile.Finding, error)) error {
	all := map[key]bool{}
	for k := range before {
		all[k] = true
	}
	for k := range after {
		all[k] = true
	}
	for k := range all {
		list := r.list(before[k].Priority, after[k].Priority)
		if list == nil {
			continue
		}
		c := Change{Subject: k.subject, Typology: k.typology, Before: before[k], After: after[k]}
		if found != nil {
			var err error
			if c.Finding, err = found(ctx, k.subject, k.typology); err != nil {
				return err
			}
		}
		*list = append(*list, c)
	}
	for _, list := range []*[]Change{&r.Gained, &r.Lost, &r.Raised, &r.Lowered} {
		slices.SortFunc(*list, func(a, b Change) int {
			return cmp.Or(-cmp.Compare(max(a.Before.Priority, a.After.Priority), max(b.Before.Priority, b.After.Priority)), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Typology, b.Typology))
		})
	}
	return nil
}

// list is where a change stands; nil when there is none. What is below P2 on both sides comes before nobody.
func (r *Report) list(before, after taxonomy.Priority) *[]Change {
	switch {
	case before < taxonomy.P2 && after < taxonomy.P2:
		return nil
	case before < taxonomy.P2:
		return &r.Gained
	case after < taxonomy.P2:
		return &r.Lost
	case after > before:
		return &r.Raised
	case after < before:
		return &r.Lowered
	}
	r.Same++
	return nil
}
