package casefile

import (
	"slices"
	"testing"
)

// Marks stand by message, the newest word counts, and what was taken back is gone. The case before is left as it was.
func TestMarks(t *testing.T) {
	c := aCase(t, Open)
	mark := func(seq uint64, stages ...string) {
		t.Helper()
		before := slices.Clone(c.Marks)
		next, err := Fold(c, event(t, &c, 1, "ada", Marked, MarkedBody{Event: seq, Stages: stages}))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(before, c.Marks, func(a, b Mark) bool { return a.Event == b.Event && slices.Equal(a.Stages, b.Stages) }) {
			t.Error("the case before was changed")
		}
		c = next
	}
	mark(9, "S4")
	mark(3, NoStage)
	mark(20, "S5", "S8")
	mark(1<<63+5, "S4") // further apart than an int reaches
	mark(1<<63 + 5)
	mark(9, "S8")
	mark(3)
	if len(c.Marks) != 2 || c.Marks[0].Event != 9 || c.Marks[1].Event != 20 {
		t.Fatalf("%+v", c.Marks)
	}
	if m, ok := c.MarkOf(9); !ok || !slices.Equal(m.Stages, []string{"S8"}) || m.Who != "ada" || !m.At.Equal(at(1)) {
		t.Errorf("%+v, %v", m, ok)
	}
	if _, ok := c.MarkOf(3); ok {
		t.Error("taken back, and still there")
	}
}
