package template

import (
	"encoding/binary"

	"haris/internal/detect"
)

// Append appends the encoding.
func (s *advert) Append(b []byte) []byte {
	b = appendTallied(s.crowd.Append(b), s.tallied)
	b = binary.LittleEndian.AppendUint16(b, s.unread)
	return s.events.Append(s.spoken.Append(append(b, flags(s.read, s.blind))))
}

func flags(read, blind bool) (b byte) {
	if read {
		b |= 1
	}
	if blind {
		b |= 2
	}
	return b
}

func appendTallied(b []byte, t tallied) []byte {
	b = binary.LittleEndian.AppendUint32(b, t.day)
	return append(b, t.most[:]...)
}

func readTallied(r *detect.Reader) (t tallied) {
	t.day = r.U32()
	copy(t.most[:], r.Take(len(t.most)))
	for _, n := range t.most {
		if n > MaxPeople {
			r.Fail()
		}
	}
	return t
}

// Decode is the inverse of Append.
func (Advert) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &advert{crowd: ReadCrowd(r)}
	if len(s.crowd.people)+len(s.crowd.names) > 0 {
		return nil, detect.ErrState
	}
	s.tallied, s.unread = readTallied(r), r.U16()
	bits := r.U8()
	if bits > 3 {
		r.Fail()
	}
	s.read, s.blind = bits&1 != 0, bits&2 != 0
	s.spoken, s.events = r.Spoken(), r.Ring()
	if err := r.Err(); err != nil {
		return nil, err
	}
	return s, nil
}
