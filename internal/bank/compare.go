package bank

import (
	"errors"
	"fmt"

	"haris/pdq"
	"haris/vpdq"
)

// Comparison says how near two hashes of one kind are.
type Comparison struct {
	Kind  Kind `json:"kind"`
	Equal bool `json:"equal"`
	// Near is of PDQ hashes, which alone have a distance.
	Near *Nearness `json:"near,omitempty"`
	// Shares are of two videos: the part of the frames of the first that are near one of the second, and the reverse; 0 to 1.
	Shares *[2]float64 `json:"shares,omitempty"`
}

// Nearness is the distance of two PDQ hashes.
type Nearness struct {
	Distance int `json:"distance"` // bits of 256 that differ
	// Turned is the least distance when the first picture is turned or mirrored as Turn says, derived from its bits.
	Turned int `json:"turned"`
	Turn   int `json:"turn"`
}

// ErrKinds says that two hashes are not of one kind.
var ErrKinds = errors.New("bank: two hashes of different kinds cannot be compared")

// Compare compares two hashes. ErrKinds, ErrHash.
func Compare(a, b Hash) (Comparison, error) {
	c := Comparison{Kind: a.Kind, Equal: a == b}
	if a.Kind != b.Kind {
		return c, fmt.Errorf("%w: %s and %s", ErrKinds, a.Kind, b.Kind)
	}
	switch a.Kind {
	case PDQ:
		x, err := a.PDQ()
		if err != nil {
			return c, fmt.Errorf("%w: %w", ErrHash, err)
		}
		y, err := b.PDQ()
		if err != nil {
			return c, fmt.Errorf("%w: %w", ErrHash, err)
		}
		c.Near = nearness(x, y)
	case VPDQ:
		x, err := vpdq.ParseSignal(a.Value)
		if err != nil {
			return c, fmt.Errorf("%w: %w", ErrHash, err)
		}
		y, err := vpdq.ParseSignal(b.Value)
		if err != nil {
			return c, fmt.Errorf("%w: %w", ErrHash, err)
		}
		o := vpdq.Threat().Compare(x, y)
		c.Shares = &[2]float64{o.QueryShare(), o.TargetShare()}
	}
	return c, nil
}

func nearness(a, b pdq.Hash) *Nearness {
	n := Nearness{Distance: a.Distance(b)}
	n.Turned = n.Distance
	turned := Turned(a)
	for turn := 1; turn < len(turned); turn++ {
		if d := turned[turn].Distance(b); d < n.Turned {
			n.Turned, n.Turn = d, turn
		}
	}
	return &n
}
