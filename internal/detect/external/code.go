package external

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Bounds of what is kept of a claim, in bytes.
const (
	maxQuote     = 160
	maxRationale = 240
	maxName      = 80
	maxDigest    = 64
	maxQuoted    = 8 + 1 + 4 + 8 + 4*1 + maxQuote + maxRationale + maxName + maxDigest
)

// cut copies at most n bytes, whole characters only.
func cut(s string, n int) string {
	if len(s) > n {
		for n > 0 && s[n]&0xc0 == 0x80 {
			n--
		}
		s = s[:n]
	}
	return strings.Clone(s)
}

// Append appends the encoding.
func (s *model) Append(b []byte) []byte {
	b = append(b, byte(len(s.minors)))
	for i := range s.minors {
		m := &s.minors[i]
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(b, m.who), m.at)
		for k := range m.sum {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.sum[k]))
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.n[k]))
		}
		b = binary.LittleEndian.AppendUint16(b, m.told)
	}
	b = append(b, byte(len(s.quotes)))
	for i := range s.quotes {
		q := &s.quotes[i]
		b = binary.LittleEndian.AppendUint64(b, q.who)
		b = append(b, byte(slices.Index(taxonomy.Stages(), q.Stage))) //nolint:gosec // one of the stages
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(q.Nats)))
		b = binary.LittleEndian.AppendUint64(b, q.Event)
		for _, w := range []string{q.Quote, q.Rationale, q.Model, q.Policy} {
			b = append(append(b, byte(len(w))), w...) //nolint:gosec // cut to less
		}
	}
	b = binary.LittleEndian.AppendUint16(b, s.asked)
	blind := byte(0)
	if s.blind {
		blind = 1
	}
	return s.spoken.Append(append(b, blind))
}

// Decode is the inverse of Append.
func (Model) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &model{}
	n := int(r.U8())
	if n > maxMinors {
		r.Fail()
		n = 0
	}
	for range n {
		s.minors = append(s.minors, readMinor(r))
	}
	if n = int(r.U8()); n > maxQuotes {
		r.Fail()
		n = 0
	}
	for range n {
		s.quotes = append(s.quotes, readQuoted(r))
	}
	s.asked = r.U16()
	blind := r.U8()
	s.blind = blind == 1
	if blind > 1 || s.asked > 0 && len(s.minors) == 0 {
		r.Fail()
	}
	s.spoken = r.Spoken()
	if err := r.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

func readMinor(r *detect.Reader) (m minor) {
	m.who, m.at = r.U64(), r.U32()
	for k := range m.sum {
		m.sum[k], m.n[k] = r.F32(), r.F32()
		if m.sum[k] < 0 || m.n[k] < 0 {
			r.Fail()
		}
	}
	m.told = r.U16()
	return m
}

func readQuoted(r *detect.Reader) (q quoted) {
	q.who = r.U64()
	stages := taxonomy.Stages()
	if i := int(r.U8()); i < len(stages) {
		q.Stage = stages[i]
	} else {
		r.Fail()
	}
	q.Nats, q.Event = float64(r.F32()), r.U64()
	for _, w := range []struct {
		to   *string
		most int
	}{{&q.Quote, maxQuote}, {&q.Rationale, maxRationale}, {&q.Model, maxName}, {&q.Policy, maxDigest}} {
		n := int(r.U8())
		if n > w.most {
			r.Fail()
		}
		*w.to = string(r.Take(n))
	}
	return q
}
