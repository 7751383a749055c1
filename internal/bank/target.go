package bank

import (
	"context"

	"haris/hamming"
	"haris/internal/taxonomy"
	"haris/vpdq"
)

// target is what a sweep looks for: an index of the entries that are new, which are few, past which all that was seen is streamed.
type target struct {
	after, until uint64
	banks        map[string]bool // whose settings changed
	whole        *Matcher        // where most entries are new, the index of them all is as good
	radius       int
	dihedral     bool
	pdq          *hamming.Segment
	frames       *hamming.Segment
	equal        map[[digestSize]byte]bool
}

// manyNew is from how many changes on no index of its own is made of them.
const manyNew = 500_000

// newTarget reads the live entries that changed in the range of the order, and those of banks whose settings did.
func newTarget(ctx context.Context, f Follow, o *SweepOrder, m *Matcher) (*target, error) {
	t := &target{after: o.After, until: o.Until, banks: map[string]bool{}, equal: map[[digestSize]byte]bool{}}
	if o.Until-o.After > manyNew {
		t.whole = m
	}
	banks, err := f.Banks(ctx)
	if err != nil {
		return nil, err
	}
	var near, frames collected
	take := func(e *Entry) error { return t.take(e, &near, &frames) }
	for i := range banks {
		b := &banks[i]
		if b.Mode == taxonomy.ModeOff {
			continue
		}
		t.radius, t.dihedral = max(t.radius, b.Radius), t.dihedral || b.Dihedral
		if changed(b, o) {
			t.banks[b.ID] = true
			if t.whole != nil {
				continue
			}
			if err := f.Since(ctx, Range{Until: o.Until, Bank: b.ID, Live: true}, take); err != nil {
				return nil, err
			}
		}
	}
	if o.Until > o.After && t.whole == nil {
		if err := f.Since(ctx, Range{After: o.After, Until: o.Until, Live: true}, take); err != nil {
			return nil, err
		}
	}
	if t.pdq, err = hamming.Build(near.hashes, near.ids, 0); err != nil {
		return nil, err
	}
	t.frames, err = hamming.Build(frames.hashes, frames.ids, 0)
	return t, err
}

type collected struct {
	hashes [][4]uint64
	ids    []uint64
}

func (c *collected) add(h [4]uint64, id uint64) {
	c.hashes, c.ids = append(c.hashes, h), append(c.ids, id)
}

func (t *target) take(e *Entry, near, frames *collected) error {
	switch e.Kind {
	case PDQ:
		h, err := e.PDQ()
		near.add(h, e.ID)
		return err
	case VPDQ:
		list, err := vpdq.ParseSignal(e.Value)
		for h := range countedFrames(list) {
			frames.add(h, e.ID)
		}
		return err
	}
	t.equal[e.Digest()] = true
	return nil
}

// looker is a target with room of its own for one goroutine.
type looker struct {
	*target
	found []hamming.Match
}

func (t *target) worker() *looker { return &looker{target: t} }

// near reports whether a hash lies near anything that changed.
func (l *looker) near(s *Stored) (bool, error) {
	if l.whole != nil {
		return l.whole.anyNear(s)
	}
	switch s.Hash.Kind {
	case PDQ:
		q, err := s.Hash.PDQ()
		if err != nil || l.pdq.Len() == 0 {
			return false, err
		}
		if l.any(l.pdq, q) || !l.dihedral {
			return len(l.found) > 0, nil
		}
		turned := Turned(q)
		for _, h := range turned[1:] {
			if l.any(l.pdq, h) {
				return true, nil
			}
		}
		return false, nil
	case VPDQ:
		list, err := vpdq.ParseSignal(s.Hash.Value)
		if err != nil || l.frames.Len()+l.pdq.Len() == 0 {
			return false, err
		}
		for h := range countedFrames(list) {
			if l.any(l.frames, h) || l.any(l.pdq, h) {
				return true, nil
			}
		}
		return false, nil
	}
	return l.equal[s.Hash.Digest()], nil
}

func (l *looker) any(in *hamming.Segment, h [4]uint64) bool {
	l.found = l.found[:0]
	if in.Len() > 0 {
		l.found = in.Search(l.found, h, l.radius)
	}
	return len(l.found) > 0
}
