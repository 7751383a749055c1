package template

import (
	"encoding/binary"
	"errors"
)

// ErrForm says that a stored form cannot be read.
var ErrForm = errors.New("template: stored form cannot be read: it was cut off or written by another version")

// MaxFormBytes bounds what Append writes.
const MaxFormBytes = 2 + maxParts*(1+4+1+maxWord+1+4*maxWays)

// Append appends the encoding, little-endian: the words of the first text, then of each part its kind and either hash and word or what
// stood there.
func (f Form) Append(b []byte) []byte {
	b = append(b, byte(f.words), byte(len(f.parts))) //nolint:gosec // at most maxParts
	for i := range f.parts {
		p := &f.parts[i]
		b = append(b, byte(p.kind))
		if p.kind == Word {
			b = binary.LittleEndian.AppendUint32(b, p.hash)
			b = append(append(b, byte(len(p.word))), p.word...) //nolint:gosec // at most maxWord
			continue
		}
		b = append(b, byte(len(p.ways))) //nolint:gosec // at most maxWays
		for _, w := range p.ways {
			b = binary.LittleEndian.AppendUint32(b, w)
		}
	}
	return b
}

// DecodeForm reads what Append wrote and returns what follows it; ErrForm when it cannot.
func DecodeForm(b []byte) (f Form, rest []byte, err error) {
	r := formReader{b: b}
	f.words = int(r.byte())
	n := int(r.byte())
	if n > maxParts || f.words > maxParts {
		return Form{}, nil, ErrForm
	}
	for range n {
		f.parts = append(f.parts, r.part())
	}
	if r.bad {
		return Form{}, nil, ErrForm
	}
	return f, r.b, nil
}

type formReader struct {
	b   []byte
	bad bool
}

func (r *formReader) take(n int) []byte {
	if r.bad || n > len(r.b) {
		r.bad = true
		return make([]byte, n)
	}
	t := r.b[:n]
	r.b = r.b[n:]
	return t
}

func (r *formReader) byte() byte { return r.take(1)[0] }

func (r *formReader) part() (p part) {
	p.kind = Kind(r.byte())
	r.bad = r.bad || p.kind >= nKinds
	if p.kind == Word {
		p.hash = binary.LittleEndian.Uint32(r.take(4))
		n := int(r.byte())
		r.bad = r.bad || n > maxWord
		p.word = string(r.take(min(n, maxWord)))
		return p
	}
	n := int(r.byte())
	r.bad = r.bad || n > maxWays
	for range min(n, maxWays) {
		p.ways = append(p.ways, binary.LittleEndian.Uint32(r.take(4)))
	}
	return p
}
