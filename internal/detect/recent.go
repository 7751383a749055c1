package detect

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrState says that stored state cannot be read: it was cut off or written by another version.
var ErrState = errors.New("detect: stored state cannot be read")

// Ring remembers the newest evidence events of a key, up to MaxSignalEvents.
type Ring struct{ seqs []uint64 }

// Add remembers a sequence number and forgets the oldest beyond the bound. A repeat of the newest changes nothing.
func (r *Ring) Add(seq uint64) {
	if n := len(r.seqs); n > 0 && r.seqs[n-1] == seq {
		return
	}
	if len(r.seqs) == MaxSignalEvents {
		copy(r.seqs, r.seqs[1:])
		r.seqs = r.seqs[:MaxSignalEvents-1]
	}
	r.seqs = append(r.seqs, seq)
}

// List returns a copy, newest last.
func (r *Ring) List() []uint64 { return append([]uint64(nil), r.seqs...) }

// Append appends the encoding: a count and the numbers.
func (r *Ring) Append(b []byte) []byte {
	b = append(b, byte(len(r.seqs)))
	for _, s := range r.seqs {
		b = binary.LittleEndian.AppendUint64(b, s)
	}
	return b
}

// Reader decodes what states append. After the first failure it returns zeros and Err says so.
type Reader struct {
	b   []byte
	bad bool
}

// NewReader reads b.
func NewReader(b []byte) *Reader { return &Reader{b: b} }

// Take returns the next n bytes, nil when there are not so many.
func (r *Reader) Take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	t := r.b[:n]
	r.b = r.b[n:]
	return t
}

// U8 reads one byte.
func (r *Reader) U8() uint8 {
	if t := r.Take(1); t != nil {
		return t[0]
	}
	return 0
}

// U16 reads two bytes.
func (r *Reader) U16() uint16 {
	if t := r.Take(2); t != nil {
		return binary.LittleEndian.Uint16(t)
	}
	return 0
}

// U32 reads four bytes.
func (r *Reader) U32() uint32 {
	if t := r.Take(4); t != nil {
		return binary.LittleEndian.Uint32(t)
	}
	return 0
}

// U64 reads eight bytes.
func (r *Reader) U64() uint64 {
	if t := r.Take(8); t != nil {
		return binary.LittleEndian.Uint64(t)
	}
	return 0
}

// F32 reads a finite number of four bytes; anything else is a failure.
func (r *Reader) F32() float32 {
	v := math.Float32frombits(r.U32())
	if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
		r.Fail()
		return 0
	}
	return v
}

// Rest takes everything that is left.
func (r *Reader) Rest() []byte { return r.Take(len(r.b)) }

// Fail says that what was read makes no sense.
func (r *Reader) Fail() { r.bad = true }

// Ring reads what Ring.Append wrote.
func (r *Reader) Ring() Ring {
	n := int(r.U8())
	if n > MaxSignalEvents {
		r.bad = true
		return Ring{}
	}
	var out Ring
	for range n {
		out.seqs = append(out.seqs, r.U64())
	}
	return out
}

// Err is ErrState when anything was missing or is left over.
func (r *Reader) Err() error {
	if r.bad || len(r.b) > 0 {
		return ErrState
	}
	return nil
}
