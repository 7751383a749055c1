package stage

import (
	"encoding/binary"
	"math"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Append appends the encoding.
func (s *progression) Append(b []byte) []byte {
	b = append(b, byte(len(s.minors)))
	for i := range s.minors {
		m := &s.minors[i]
		b = binary.LittleEndian.AppendUint64(b, m.who)
		b = binary.LittleEndian.AppendUint32(b, m.at)
		b = append(b, byte(m.band))
		for k := range m.stages {
			for _, v := range m.stages[k] {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
			}
			b = binary.LittleEndian.AppendUint32(b, m.first[k])
		}
		b = append(b, m.by)
	}
	b = binary.LittleEndian.AppendUint16(b, s.unread)
	b = append(b, flag(s.scored, 1)|flag(s.blind, 2))
	b = append(appendScorer(b, s.model), byte(len(s.tongue)))
	for _, t := range s.tongue {
		b = appendWord(b, t)
	}
	return s.events.Append(s.spoken.Append(b))
}

func flag(set bool, bit byte) byte {
	if set {
		return bit
	}
	return 0
}

// Decode is the inverse of Append.
func (Progression) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &progression{}
	n := int(r.U8())
	if n > maxMinors {
		return nil, detect.ErrState
	}
	for range n {
		s.minors = append(s.minors, readMinor(r))
	}
	s.unread = r.U16()
	flags := r.U8()
	if flags > 3 {
		r.Fail()
	}
	s.scored, s.blind = flags&1 != 0, flags&2 != 0
	s.model = readScorer(r)
	for range min(int(r.U8()), maxTongues+1) {
		s.tongue = append(s.tongue, readWord(r, maxTongue))
	}
	if len(s.tongue) > maxTongues {
		r.Fail()
	}
	s.spoken, s.events = r.Spoken(), r.Ring()
	if err := r.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

func readMinor(r *detect.Reader) (m minor) {
	m.who, m.at, m.band = r.U64(), r.U32(), taxonomy.AgeBand(r.U8())
	if !m.band.Minor() {
		r.Fail()
	}
	for k := range m.stages {
		for i := range m.stages[k] {
			m.stages[k][i] = r.F32()
		}
		m.first[k] = r.U32()
	}
	if m.by = r.U8(); m.by > byAll {
		r.Fail()
	}
	return m
}
