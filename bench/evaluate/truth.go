package main

import (
	"slices"

	"haris/internal/demo/platform"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// score compares what was raised on a simulated platform with what was planted there.
type score struct {
	Planted map[string]*found  `json:"planted"`
	Hard    map[string]*wrong  `json:"hard"`
	Others  map[string]int     `json:"others"` // accounts that are neither planted nor a hard case, by priority
	Listed  map[string]reached `json:"listed"`
	Missed  []string           `json:"missed"` // planted matters that did not reach P2: kind, subject and what it reached
}

// found counts the planted matters of one kind, by the priority that their subject, or for control the child's account, reached.
type found struct {
	Matters int            `json:"matters"`
	Reached map[string]int `json:"reached"`
}

// wrong counts the hard cases of one kind, by the highest priority that one of their accounts reached.
type wrong struct {
	Cases   int            `json:"cases"`
	Reached map[string]int `json:"reached"`
}

// generate makes a simulated platform and its events.
func generate(seed uint64) ([]event.Event, platform.Truth, error) {
	w, err := platform.Generate(platform.Config{Seed: seed})
	if err != nil {
		return nil, platform.Truth{}, err
	}
	events := make([]event.Event, 0, len(w.Events))
	for i, raw := range w.Events {
		e, p := event.Decode(string(raw.JSON), i+1, event.Limits{})
		if p != nil {
			return nil, platform.Truth{}, p
		}
		e.Seq = uint64(i + 1)
		events = append(events, e)
	}
	return events, w.Truth, nil
}

func newScore() score {
	return score{Planted: map[string]*found{}, Hard: map[string]*wrong{}, Others: map[string]int{}, Listed: map[string]reached{}}
}

// add compares one platform. A matter counts as found when one of its subjects was raised or, for trafficking_control, the victim's
// own account.
func (s *score) add(o outcome, truth platform.Truth) {
	known := map[string]bool{}
	best := func(ids []string) taxonomy.Priority {
		p := taxonomy.PriorityNone
		for _, id := range ids {
			known[id] = true
			p = max(p, o.Reached[id].Priority)
		}
		return p
	}
	for _, m := range truth.Positive {
		f := s.Planted[m.Kind]
		if f == nil {
			f = &found{Reached: map[string]int{}}
			s.Planted[m.Kind] = f
		}
		ids := m.Subjects
		if m.Kind == "trafficking_control" {
			ids = slices.Concat(m.Subjects, m.Victims)
		}
		f.Matters++
		p := best(ids)
		f.Reached[name(p)]++
		if p < taxonomy.P2 {
			s.Missed = append(s.Missed, m.Kind+" "+m.Subjects[0]+" "+name(p))
		}
	}
	for _, b := range truth.BenignHard {
		w := s.Hard[b.Kind]
		if w == nil {
			w = &wrong{Reached: map[string]int{}}
			s.Hard[b.Kind] = w
		}
		w.Cases++
		w.Reached[name(best(b.Subjects))]++
		for _, id := range b.Subjects {
			if r := o.Reached[id]; r.Priority >= taxonomy.P2 {
				s.Listed[b.Kind+" "+id] = r
			}
		}
	}
	for id, r := range o.Reached {
		if !known[id] {
			s.Others[name(r.Priority)]++
			if r.Priority >= taxonomy.P2 {
				s.Listed["other "+id] = r
			}
		}
	}
}

// name is a priority's name, "none" for no priority.
func name(p taxonomy.Priority) string {
	if p == taxonomy.PriorityNone {
		return "none"
	}
	return p.String()
}
