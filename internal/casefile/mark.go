package casefile

import (
	"cmp"
	"fmt"
	"slices"

	"haris/internal/taxonomy"
)

// marked notes what a person says that a message shows, in place of what was said of it before.
func marked(c Case, e Event) (Case, error) {
	var b MarkedBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if err := b.check(); err != nil {
		return Case{}, err
	}
	i, found := slices.BinarySearchFunc(c.Marks, b.Event, func(m Mark, seq uint64) int { return cmp.Compare(m.Event, seq) })
	c.Marks = slices.Clone(c.Marks)
	m := Mark{Event: b.Event, Stages: b.Stages, Who: e.Who, At: e.At}
	switch {
	case len(b.Stages) == 0 && !found:
		return Case{}, fmt.Errorf("%w: message %d has no mark to take back", ErrBody, b.Event)
	case len(b.Stages) == 0:
		c.Marks = slices.Delete(c.Marks, i, i+1)
	case found:
		c.Marks[i] = m
	case len(c.Marks) == MaxMarks:
		return Case{}, fmt.Errorf("%w: the case has %d marks, the most that one can have", ErrBody, MaxMarks)
	default:
		c.Marks = slices.Insert(c.Marks, i, m)
	}
	return c, nil
}

func (b *MarkedBody) check() error {
	if b.Event == 0 {
		return fmt.Errorf("%w: event: expected the place of a message in the log", ErrBody)
	}
	seen := map[string]bool{}
	for _, s := range b.Stages {
		switch {
		case s != NoStage && !slices.Contains(taxonomy.Stages(), s):
			return fmt.Errorf("%w: stages: %q is none", ErrBody, s)
		case s == NoStage && len(b.Stages) > 1:
			return fmt.Errorf("%w: stages: an ordinary message shows no stage besides", ErrBody)
		case seen[s]:
			return fmt.Errorf("%w: stages: %s stands twice", ErrBody, s)
		}
		seen[s] = true
	}
	return nil
}

// MarkOf is what people said of a message; ok is false when nobody has.
func (c *Case) MarkOf(event uint64) (m Mark, ok bool) {
	for _, m := range c.Marks {
		if m.Event == event {
			return m, true
		}
	}
	return Mark{}, false
}
