package hamming

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"unsafe"
)

// reader takes the sections of a file one after the other, and keeps the first thing that is wrong.
type reader struct {
	header   []byte
	data     []byte
	at       uint64
	sections int
	err      error
}

// decode checks a file and shows it as a segment, which is the same memory. It believes nothing: after it no search can reach
// beyond the sections, whatever was in the file.
func decode(b []byte) (*Segment, error) {
	if !littleEndian() {
		return nil, errors.ErrUnsupported
	}
	if len(b) < page || string(b[:8]) != magic {
		return nil, fmt.Errorf("%w: it does not begin with %s", ErrCorrupt, magic)
	}
	if checksum(b[:page-4]) != binary.LittleEndian.Uint32(b[page-4:]) {
		return nil, fmt.Errorf("%w: the header does not have its checksum", ErrCorrupt)
	}
	m, n := binary.LittleEndian.Uint32(b[16:]), uint64(binary.LittleEndian.Uint32(b[20:]))
	if m > maxParts || m > 0 && m < 8 || n > mostHashes {
		return nil, fmt.Errorf("%w: %d substrings of %d hashes", ErrCorrupt, m, n)
	}
	r := &reader{header: b[:page], data: b, at: page}
	s := &Segment{stamp: binary.LittleEndian.Uint64(b[8:]), subs: split(int(m)), tables: make([]table, m)}
	s.hashes = take[[4]uint64](r, n)
	s.ids = take[uint64](r, n)
	s.many = take[uint64](r, (n+63)/64)
	s.more = take[uint64](r, anyLength)
	for i, sub := range s.subs {
		t := &s.tables[i]
		t.lines = take[line](r, 1<<(sub.bits-lineBits))
		t.wide = take[uint32](r, anyLength)
		if i == 0 {
			take[uint32](r, 0)
		} else {
			t.list = take[uint32](r, n)
		}
	}
	if r.err == nil && r.at != uint64(len(b)) {
		r.err = fmt.Errorf("%w: %d bytes, of %d", ErrCorrupt, len(b), r.at)
	}
	if r.err == nil {
		r.err = s.check()
	}
	if r.err != nil {
		return nil, r.err
	}
	return s, nil
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

const anyLength = 1 << 62

// take returns the next section as n values, or as many as there are.
func take[T any](r *reader, n uint64) []T {
	if r.err != nil {
		return nil
	}
	h := r.header[headEntry+12*r.sections:]
	length, sum, size := binary.LittleEndian.Uint64(h), binary.LittleEndian.Uint32(h[8:]), uint64(unsafe.Sizeof(*new(T)))
	left := uint64(len(r.data)) - r.at
	if length > left || padding(length) > left-length {
		r.err = fmt.Errorf("%w: section %d is cut", ErrCorrupt, r.sections)
		return nil
	}
	if length%size != 0 || n != anyLength && length != n*size {
		r.err = fmt.Errorf("%w: section %d has %d bytes, of %d × %d", ErrCorrupt, r.sections, length, n, size)
		return nil
	}
	b := r.data[r.at:][:length:length]
	if checksum(b) != sum {
		r.err = fmt.Errorf("%w: section %d does not have its checksum", ErrCorrupt, r.sections)
		return nil
	}
	r.at += length + padding(length)
	r.sections++
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), length/size)
}

// check follows every place and number, and counts the entries.
func (s *Segment) check() error {
	for u := range s.hashes {
		if s.many[u/64]>>(u%64)&1 == 0 {
			s.entries++
			continue
		}
		at, all := s.ids[u], uint64(len(s.more))
		if at >= all || s.more[at] > all-at-1 || s.more[at] < 2 {
			return fmt.Errorf("%w: hash %d has identifiers beyond their end", ErrCorrupt, u)
		}
		s.entries += int(s.more[at])
	}
	for i := range s.tables {
		if err := s.tables[i].check(uint32(len(s.hashes)), i > 0); err != nil {
			return fmt.Errorf("%w: table %d: %s", ErrCorrupt, i, err.Error())
		}
	}
	return nil
}

func (t *table) check(n uint32, listed bool) error {
	if len(t.wide)%(lineBuckets+1) != 0 {
		return errors.New("wide lines are cut")
	}
	rows, at := uint32(len(t.wide)/(lineBuckets+1)), uint32(0)
	for i := range t.lines {
		l := &t.lines[i]
		if l.base >= wideBit && l.base&^wideBit >= rows {
			return fmt.Errorf("line %d is wide, but not there", i)
		}
		for b := range uint32(lineBuckets) {
			from, to := t.in(l, b)
			if from != at || to < from {
				return fmt.Errorf("bucket %d of line %d begins at %d, of %d", b, i, from, at)
			}
			at = to
		}
	}
	if at != n {
		return fmt.Errorf("%d hashes, of %d", at, n)
	}
	if listed {
		for _, u := range t.list {
			if u >= n {
				return fmt.Errorf("there is no hash %d", u)
			}
		}
	}
	return nil
}
