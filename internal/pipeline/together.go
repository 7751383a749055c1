package pipeline

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"haris/internal/detect"
	"haris/internal/rule"
	"haris/internal/taxonomy"
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
	if a, _ := k.accounts.Get(minor); trafficked(a.visible()) {
		p.known = append(p.known, visited(f.Account, f.Other, f.Seq, f.At))
	}
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

// leastEvidence is the strength from which what a detector says of a young account marks whoever comes to it.
const leastEvidence = 1.0

// trafficked reports whether evidence of trafficking stands upon a young account, by detectors.
func trafficked(signals []rule.Standing, _ []string) bool {
	return slices.ContainsFunc(signals, func(s rule.Standing) bool { return marks(s.Detector, s.Typology, s.Strength) })
}

// marks reports whether what one detector says marks those who come. What rules say does not: it is nobody's statistic.
func marks(detector string, t taxonomy.Typology, strength float64) bool {
	return t == taxonomy.TypologyTrafficking && strength >= leastEvidence && slices.Contains([]string{"D10", "D11", "D12", "D13"}, detector)
}

// visited says that a stranger came to an account upon which evidence stands.
func visited(who, other *detect.Profile, seq uint64, at int64) detect.Fact {
	return detect.Fact{Kind: detect.Visited, Key: detect.AccountKey(who.ID), Seq: seq, At: at, Account: who, Other: other}
}

// came lists those who came to a young account before the evidence stood.
func (k *Knowledge) came(s *said) (out []detect.Fact) {
	other := k.directory.Find(s.Account)
	if !other.Band.Minor() || !marks(s.Detector, s.Typology, s.Strength) {
		return nil
	}
	c, _ := k.courted.Get(detect.AccountKey(s.Account))
	for _, name := range c.names {
		out = append(out, visited(k.directory.Find(name), other, s.Seq, s.At))
	}
	return out
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
