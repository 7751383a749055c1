package learn_test

import (
	"testing"

	"haris/internal/casefile"
	"haris/internal/event"
	"haris/internal/learn"
)

func TestFromMarks(t *testing.T) {
	say := func(from, to, text string) event.Event {
		return event.Event{Type: event.MessageSent, Data: event.Data{From: from, To: []string{to}, Text: text, Lang: "en", Conversation: "c1"}}
	}
	log := map[uint64]event.Event{
		1: say("ali", "bea", "keep this between us"), 2: say("ali", "bea", ""), 3: say("x", "y", "nobody of the case"), 4: say("bea", "ali", "see you at practice"),
		6: say("cem", "y", "of an account that was split off"),
	}
	c := casefile.Case{Subject: "ali", Subjects: []string{"ali"}, Victims: []string{"bea"}, Apart: []string{"cem"}}
	for seq := range uint64(6) {
		c.Marks = append(c.Marks, casefile.Mark{Event: seq + 1, Stages: []string{"S4"}})
	}
	c.Marks[3].Stages = []string{casefile.NoStage}
	got, passed := learn.FromMarks([]casefile.Case{c}, func(seq uint64) (event.Event, bool) { e, ok := log[seq]; return e, ok })
	if passed != 3 || len(got) != 3 {
		t.Fatalf("%d passed over, %+v", passed, got)
	}
	if got[0].Text != "keep this between us" || got[0].Stage[0] != "S4" || got[0].Author != "ali" || got[0].Conversation != "c1" || got[1].Stage[0] != learn.None || got[1].Author != "bea" {
		t.Errorf("%+v", got)
	}
}
