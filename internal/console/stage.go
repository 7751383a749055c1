package console

import (
	"slices"

	"haris/internal/casefile"
	"haris/internal/detect"
)

// Heard is a stage that the model in force finds in a message, with the words and pieces of words that speak for it most. It is made for
// the page that a reviewer looks at and is kept nowhere.
type Heard struct {
	Stage string // as taxonomy.Stages has it
	Grams []string
}

// Hear asks the model in force about one message; nothing where it finds no stage, or cannot read the language.
type Hear func(text, lang string) []Heard

// heard says of the messages that stage signals rest on what in them speaks for a stage. What the platform scored itself is its own
// knowledge.
func (c *console) heard(strands []strand) {
	if c.Hear == nil {
		return
	}
	for _, s := range strands {
		for _, p := range s.parts {
			for i := range p.events {
				e := &p.events[i]
				if e.Data.Text == "" || len(e.Data.StageScores) > 0 || !e.staged() {
					continue
				}
				e.heard = c.Hear(e.Data.Text, e.Data.Lang)
			}
		}
	}
}

// staged reports whether a stage signal rests on the event.
func (l *line) staged() bool {
	return slices.Contains(l.detectors, "D4") || slices.Contains(l.detectors, "D5")
}

// blind are the signals that say that something could not be looked at: of each detector the newest. They are no findings.
func (c *console) blind(k *casefile.Case, lang string) (out []signalView) {
	at := map[string]int{}
	for _, s := range k.Signals {
		if s.Unscanned == "" {
			continue
		}
		v := signalView{Signal: s, Explanation: c.explain(&s, lang)}
		if v.Why == "" {
			v.Explanation = detect.Explanation{Why: s.Unscanned}
		}
		if i, ok := at[s.Detector]; ok {
			if !s.At.Before(out[i].At) {
				out[i] = v
			}
			continue
		}
		at[s.Detector] = len(out)
		out = append(out, v)
	}
	return out
}
