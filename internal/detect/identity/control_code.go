package identity

import (
	"encoding/binary"
	"math"

	"haris/internal/detect"
)

// Append appends the encoding.
func (s *control) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, s.n)
	b = binary.LittleEndian.AppendUint16(b, s.fresh)
	b = appendValues(b, s.devices)
	for _, list := range s.values {
		b = appendValues(b, list)
	}
	b = append(b, s.hours[:]...)
	b = append(b, byte(bit(s.suspect != nil)))
	if p := s.suspect; p != nil {
		for _, v := range []uint32{p.at, math.Float32bits(p.odds), p.device} {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		for _, v := range []uint16{p.signIns, p.onDevice, p.elsewhere, p.oddHours} {
			b = binary.LittleEndian.AppendUint16(b, v)
		}
		b = append(b, byte(bit(p.asked)|bit(p.linked)<<1|bit(p.changed)<<2))
	}
	b = append(b, byte(len(s.links)))
	for _, l := range s.links {
		b = binary.LittleEndian.AppendUint32(b, l.device)
		b = binary.LittleEndian.AppendUint32(b, l.at)
		b = append(b, byte(bit(l.family)), byte(len(l.who)))
		b = append(b, l.who...)
	}
	for _, v := range []uint32{s.rekeyed, s.talk, s.talker, s.inverted, s.arrivals[0], s.arrivals[1], s.arrived} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return s.events.Append(s.spoken.Append(b))
}

func appendValues(b []byte, list []value) []byte {
	b = append(b, byte(len(list)))
	for _, v := range list {
		b = binary.LittleEndian.AppendUint32(b, v.hash)
		b = binary.LittleEndian.AppendUint16(b, v.n)
	}
	return b
}

// Decode is the inverse of Append.
func (Control) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &control{n: r.U16(), fresh: r.U16(), devices: readValues(r)}
	for i := range s.values {
		s.values[i] = readValues(r)
	}
	copy(s.hours[:], r.Take(len(s.hours)))
	switch r.U8() {
	case 0:
	case 1:
		s.suspect = readSuspect(r)
	default:
		r.Fail()
	}
	n := int(r.U8())
	if n > maxLinks {
		return nil, detect.ErrState
	}
	for range n {
		l := link{device: r.U32(), at: r.U32(), family: r.U8() == 1}
		size := int(r.U8())
		if size > maxName {
			return nil, detect.ErrState
		}
		l.who = string(r.Take(size))
		s.links = append(s.links, l)
	}
	s.rekeyed, s.talk, s.talker, s.inverted, s.arrivals, s.arrived = r.U32(), r.U32(), r.U32(), r.U32(), [2]uint32{r.U32(), r.U32()}, r.U32()
	s.spoken, s.events = r.Spoken(), r.Ring()
	return s, r.Err()
}

func readValues(r *detect.Reader) (list []value) {
	n := int(r.U8())
	if n > maxValues {
		r.Fail()
		return nil
	}
	for range n {
		list = append(list, value{r.U32(), r.U16()})
	}
	return list
}

func readSuspect(r *detect.Reader) *suspect {
	p := &suspect{at: r.U32(), odds: r.F32(), device: r.U32(), signIns: r.U16(), onDevice: r.U16(), elsewhere: r.U16(), oddHours: r.U16()}
	bits := r.U8()
	p.asked, p.linked, p.changed = bits&1 != 0, bits&2 != 0, bits&4 != 0
	if bits > 7 || p.odds < 0 || p.onDevice > p.signIns || p.elsewhere > p.signIns || p.oddHours > p.signIns {
		r.Fail()
	}
	return p
}
