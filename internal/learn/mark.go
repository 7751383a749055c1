package learn

import (
	"slices"

	"haris/internal/casefile"
	"haris/internal/event"
)

// FromMarks makes examples of what people said that messages show. find returns a message of the log; ok is false when there is none. What is no
// message with a text, or has nobody of the case in it, is passed over and counted.
func FromMarks(cases []casefile.Case, find func(seq uint64) (e event.Event, ok bool)) (out []Example, passed int) {
	for i := range cases {
		c := &cases[i]
		for _, m := range c.Marks {
			e, ok := find(m.Event)
			if !ok || e.Data.Text == "" || !concerns(c, &e) {
				passed++
				continue
			}
			out = append(out, Example{Text: e.Data.Text, Lang: e.Data.Lang, Stage: m.Stages, Author: e.Actor(), Conversation: e.Data.Conversation})
		}
	}
	return out, passed
}

func concerns(c *casefile.Case, e *event.Event) bool {
	for _, id := range append([]string{e.Actor()}, e.Targets()...) {
		if slices.Contains(c.Subjects, id) || slices.Contains(c.Victims, id) || slices.Contains(c.Apart, id) { // marks stay where they were made
			return true
		}
	}
	return false
}
