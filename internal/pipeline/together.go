package pipeline

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"haris/internal/detect"
)

// courted is who has approached a minor: the newest adults.
type courted struct {
	last  uint32 // event time in seconds
	names []string
}

const maxCourting = 12

// together compares whoever approaches a minor with those who did before, one approach after another in the order of the log.
func (p *piece) together(facts [][]detect.Fact) {
	var list []*detect.Fact
	for _, part := range facts {
		for i := range part {
			if f := &part[i]; f.Kind == detect.Approached && f.Other.Band.Minor() {
				list = append(list, f)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *detect.Fact) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Account.ID, b.Account.ID), cmp.Compare(a.Other.ID, b.Other.ID))
	})
	for _, f := range list {
		p.compare(f)
	}
}

func (p *piece) compare(f *detect.Fact) {
	k, minor := p.k, detect.AccountKey(f.Other.ID)
	mine, _ := k.circles.Get(f.Key)
	mine = mine.Add(f.Other.ID, f.At)
	k.circles.Put(f.Key, mine)
	old, _ := k.courted.Get(minor)
	now := courted{last: max(old.last, uint32(max(f.At/1000, 0)))} //nolint:gosec // seconds until 2106
	for _, name := range old.names {
		if name == f.Account.ID {
			continue
		}
		now.names = append(now.names, name)
		theirs, _ := k.circles.Get(detect.AccountKey(name))
		c := detect.Circle{Mine: mine.Len(), Theirs: theirs.Len(), Shared: mine.Shared(theirs), All: k.courted.Len()}
		p.known = append(p.known, detect.Fact{
			Kind: detect.Shared, Key: f.Key, Seq: f.Seq, At: f.At, Account: f.Account, Other: &detect.Profile{ID: name}, Circle: c,
		})
	}
	now.names = append(now.names, strings.Clone(f.Account.ID))
	now.names = now.names[max(0, len(now.names)-maxCourting):]
	k.courted.Put(minor, now)
}

func appendCourted(b []byte, c courted) []byte {
	b = binary.LittleEndian.AppendUint32(b, c.last)
	b = append(b, byte(len(c.names)))
	for _, n := range c.names {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(n))) //nolint:gosec // an account's id
		b = append(b, n...)
	}
	return b
}

func decodeCourted(b []byte) (courted, error) {
	r := detect.NewReader(b)
	c := courted{last: r.U32()}
	n := int(r.U8())
	if n > maxCourting {
		return courted{}, detect.ErrState
	}
	for range n {
		c.names = append(c.names, string(r.Take(int(r.U16()))))
	}
	return c, r.Err()
}
