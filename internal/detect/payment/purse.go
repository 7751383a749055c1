// Package payment watches money: what young accounts receive and pass on to one collector (D14), and what strangers pay them or make
// them pay, beside the media that are sent (D8). It reads no text, and of a payment nothing but who, whom, when and how much.
package payment

import (
	"encoding/binary"
	"math"
	"slices"

	"haris/internal/detect"
)

// Purse is what a young account received and paid in the last 48 hours. Amounts of different currencies are never added.
type Purse struct{ moves []move }

// move is one payment.
type move struct {
	at       uint32 // event time in seconds
	who      uint32 // short hash of the other account
	currency uint32 // hash
	amount   float32
	out      bool
}

const (
	passWindow = 48 * 3600 // seconds
	maxMoves   = 24        // the newest
)

// Move is a payment as a purse takes it.
type Move struct {
	At       int64  // Unix milliseconds
	Who      string // the other account
	Currency uint32 // hash
	Amount   float64
	Out      bool // paid by the young account; else received
}

// Take adds a payment and forgets what is older than 48 hours. What is no amount is passed over.
func (p Purse) Take(m Move) Purse {
	if !(m.Amount > 0) || m.Amount > math.MaxFloat32 {
		return p
	}
	now := uint32(max(m.At/1000, 0)) //nolint:gosec // seconds until 2106
	list := slices.DeleteFunc(slices.Clone(p.moves), func(o move) bool { return o.at+passWindow < now })
	list = append(list, move{now, short(m.Who), m.Currency, float32(m.Amount), m.Out})
	return Purse{list[max(0, len(list)-maxMoves):]}
}

// Share is the part of what was received in a currency within 48 hours, from others than the account it went to, that was paid to that
// account: 0 where nothing was received, at most 1. payers counts from how many it came.
func (p Purse) Share(to string, currency uint32) (share float64, payers int) {
	in, out, from := 0.0, 0.0, map[uint32]bool{}
	for _, m := range p.moves {
		switch {
		case m.currency != currency:
		case m.out && m.who == short(to):
			out += float64(m.amount)
		case !m.out && m.who != short(to):
			in += float64(m.amount)
			from[m.who] = true
		}
	}
	if in == 0 {
		return 0, 0
	}
	return math.Min(1, out/in), len(from)
}

// Stale reports whether nothing in the purse matters any more at an event time in milliseconds.
func (p Purse) Stale(now int64) bool {
	return !slices.ContainsFunc(p.moves, func(m move) bool { return int64(m.at)+passWindow >= now/1000 })
}

func short(id string) uint32 { return uint32(detect.AccountKey(id).Short() >> 32) } //nolint:gosec // half of a hash

// Append appends the encoding.
func (p Purse) Append(b []byte) []byte {
	for _, m := range p.moves {
		for _, v := range []uint32{m.at, m.who, m.currency, math.Float32bits(m.amount)} {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		b = append(b, byte(bit(m.out)))
	}
	return b
}

// DecodePurse is the inverse of Append.
func DecodePurse(b []byte) (Purse, error) {
	const size = 17
	if len(b)%size != 0 || len(b)/size > maxMoves {
		return Purse{}, detect.ErrState
	}
	r, p := detect.NewReader(b), Purse{}
	for range len(b) / size {
		m := move{at: r.U32(), who: r.U32(), currency: r.U32(), amount: r.F32()}
		out := r.U8()
		if out > 1 || m.amount <= 0 {
			return Purse{}, detect.ErrState
		}
		m.out = out == 1
		p.moves = append(p.moves, m)
	}
	return p, r.Err()
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
