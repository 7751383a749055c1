// Package detect holds the nouns of the sensing side: the fact (one observation from an event, addressed to a key), the
// signal (one explained finding) and the Detector contract. The detectors themselves live in one package per family below
// it. Nothing here touches clock or disk, so a detector can be replayed, tested on a table and moved to another machine.
package detect

import (
	"time"

	"haris/internal/taxonomy"
)

// MaxSignalEvents bounds the evidence events that one signal names.
const MaxSignalEvents = 20

// Signal is one explained finding about one subject. Strength is −log₁₀ p: 3 means that an ordinary account would look like
// this once in a thousand. A signal with Unscanned set says that the detector could not answer, and why; its strength is
// 0 and means nothing.
type Signal struct {
	Detector  string            `json:"detector"` // "D1", or the rule's id for a signal that a rule raised
	Version   int               `json:"version"`
	Family    taxonomy.Family   `json:"family"`
	Typology  taxonomy.Typology `json:"typology"`
	Subject   string            `json:"subject"`          // the account it is about
	Others    []string          `json:"others,omitempty"` // the other side: children approached, adults who wrote; at most 20
	Group     bool              `json:"group,omitempty"`  // Others belong together with Subject: what is found of one is a matter of them all
	Strength  float64           `json:"strength"`
	Hard      bool              `json:"hard,omitempty"` // a fact that stands without statistics, for example a child's own report
	Unscanned string            `json:"unscanned,omitempty"`
	At        time.Time         `json:"at"`   // event time at which it was spoken
	From      time.Time         `json:"from"` // start of the window it looks at
	Figures   []Figure          `json:"figures,omitempty"`
	Says      string            `json:"says,omitempty"`    // what a rule says, filled in; a detector explains its figures instead
	Marks     string            `json:"marks,omitempty"`   // a short sequence of outcomes, oldest first: 1 welcomed, 0 not
	Times     int               `json:"times,omitempty"`   // how often what a hard fact tells of has happened; more of it is news
	Matches   []Match           `json:"matches,omitempty"` // the newest matches with known material, newest last
	Passed    []Passed          `json:"passed,omitempty"`  // the newest contact details that were exchanged, newest last
	Scorers   []Scorer          `json:"scorers,omitempty"` // who scored the messages that it rests on
	Unread    []string          `json:"unread,omitempty"`  // languages of messages that no model in force is calibrated for
	Clues     []Clue            `json:"clues,omitempty"`   // what partners say of keys that the account uses
	Quoted    []Quoted          `json:"quoted,omitempty"`  // what a model of somebody else says, with the words that it rests on
	Leaflet   *Leaflet          `json:"leaflet,omitempty"` // what a group's advertisements have in common
	Events    []uint64          `json:"events,omitempty"`  // log sequence numbers, newest last, at most MaxSignalEvents
}

// Figure is one number of the explanation. What was observed stands beside what was expected.
type Figure struct {
	Name     string  `json:"name"` // stable word, translated by pages
	Observed float64 `json:"observed"`
	Expected float64 `json:"expected"`
	Of       float64 `json:"of,omitempty"` // the whole that Observed is a part of; 0 when there is none
}

// Figure returns the named figure; ok is false when the signal has none of that name.
func (s *Signal) Figure(name string) (f Figure, ok bool) {
	for _, f := range s.Figures {
		if f.Name == name {
			return f, true
		}
	}
	return Figure{}, false
}

// Explanation is a signal in words, in one language.
type Explanation struct {
	Why            string `json:"why"`            // one sentence: what was observed against what was expected
	Observed       string `json:"observed"`       // short
	Expected       string `json:"expected"`       // short
	Counterfactual string `json:"counterfactual"` // what would have changed the outcome
}
