package main

import (
	"cmp"
	"slices"
	"strings"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/taxonomy"
)

// batch is how many events are folded at a time; the outcome does not depend on it.
const batch = 4096

// reached is the highest priority that one account came to, and by what.
type reached struct {
	Account  string            `json:"account"`
	Priority taxonomy.Priority `json:"priority"`
	Typology taxonomy.Typology `json:"typology"`
	Total    float64           `json:"total"`
	By       []string          `json:"by"`
	Why      []string          `json:"why"`
}

// outcome is what came of one stream.
type outcome struct {
	Events    int                `json:"events"`
	Accounts  int                `json:"accounts"`
	Reached   map[string]reached `json:"-"`
	Spoke     map[string]int     `json:"spoke"` // accounts about which each detector or rule said something
	Strongest map[string]float64 `json:"strongest"`
	Sizes     []size             `json:"sizes,omitempty"`
}

// fold folds the events in the order in which they stand. set may be nil: then only detectors speak.
func fold(events []event.Event, set *rule.Set, measure *sizes) outcome {
	k := pipeline.NewKnowledge(1, []byte("the same secret for every evaluation"))
	detectors := map[string]detect.Detector{}
	for _, d := range pipeline.Detectors() {
		detectors[d.Info().Name] = d
	}
	out := outcome{Events: len(events), Reached: map[string]reached{}, Spoke: map[string]int{}, Strongest: map[string]float64{}}
	spoke := map[[2]string]bool{}
	for at := 0; at < len(events); at += batch {
		var tr pipeline.Trace
		effects := k.Fold(events[at:min(at+batch, len(events))], set, &tr)
		measure.take(tr.Facts)
		for _, s := range tr.Signals {
			if s.Strength > 0 || s.Hard {
				spoke[[2]string{s.Detector, s.Subject}] = true
				out.Strongest[s.Detector] = max(out.Strongest[s.Detector], s.Strength)
			}
		}
		for _, h := range tr.Hits {
			if h.Mode == taxonomy.ModeEnforce {
				spoke[[2]string{h.Rule, h.Subject}] = true
			}
		}
		for _, f := range tr.Fusions {
			if f.Priority > taxonomy.PriorityNone && len(f.Signals) > 0 {
				out.reach(reached{f.Signals[0].Subject, f.Priority, f.Typology, f.Total, nil, nil}, f.Signals, detectors)
			}
		}
		for _, d := range effects.Decisions {
			m := d.Matter
			out.reach(reached{m.Subject, m.Priority, m.Typology, 0, nil, nil}, m.Signals, detectors)
		}
	}
	for key := range spoke {
		out.Spoke[key[0]]++
	}
	out.Accounts = k.Size().Profiles
	out.Sizes = measure.list()
	return out
}

// reach keeps the higher priority, and of equal ones the greater sum.
func (o *outcome) reach(r reached, signals []detect.Signal, detectors map[string]detect.Detector) {
	old, ok := o.Reached[r.Account]
	if ok && (old.Priority > r.Priority || old.Priority == r.Priority && old.Total >= r.Total) {
		return
	}
	for i := range signals {
		s := &signals[i]
		r.By = append(r.By, s.Detector)
		why := "asked for by a rule"
		if d := detectors[s.Detector]; d != nil {
			why = d.Explain(s, "en").Why
		}
		r.Why = append(r.Why, why)
	}
	o.Reached[r.Account] = r
}

// counts is how many accounts reached each priority, the highest that each came to.
func (o *outcome) counts() map[taxonomy.Priority]int {
	out := map[taxonomy.Priority]int{}
	for _, r := range o.Reached {
		out[r.Priority]++
	}
	return out
}

// raised lists the accounts that reached at least a priority, the highest first.
func (o *outcome) raised(least taxonomy.Priority) []reached {
	var out []reached
	for _, r := range o.Reached {
		if r.Priority >= least {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b reached) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(b.Total, a.Total), strings.Compare(a.Account, b.Account))
	})
	return out
}
