package luma

import "encoding/binary"

// bits reads entropy-coded data. The next bits stand at the top of acc; a stuffed zero after 0xff is dropped, and the data ends
// before a marker. Beyond the end come zeroes, which are counted, so that reading them can be told from reading data.
type bits struct {
	data []byte
	at   int
	acc  uint64
	n    int // bits in acc
	pad  int // zeroes that were put into acc, ever
}

// enough is what one code of at most 16 bits and the number after it may take.
const enough = 32

// fill brings acc to at least enough bits.
func (b *bits) fill() {
	if b.at+8 <= len(b.data) {
		// Eight bytes without 0xff go in at once. Bits beyond the last whole byte are those that follow, and are put there again.
		if v := binary.BigEndian.Uint64(b.data[b.at:]); (^v-0x0101010101010101)&v&0x8080808080808080 == 0 {
			b.acc |= v >> b.n
			whole := (64 - b.n) / 8
			b.at += whole
			b.n += 8 * whole
			return
		}
	}
	for b.n <= 56 {
		var v byte
		switch {
		case b.at+1 < len(b.data) && b.data[b.at] != 0xff:
			v = b.data[b.at]
			b.at++
		case b.at+1 < len(b.data) && b.data[b.at+1] == 0:
			v = 0xff
			b.at += 2
		default:
			b.pad += 8
		}
		b.acc |= uint64(v) << (56 - b.n)
		b.n += 8
	}
}

func (b *bits) skip(n int) {
	b.acc <<= n
	b.n -= n
}

// done tells whether all was read, but for the bits that fill the last byte, and no more than there was.
func (b *bits) done() bool { return b.n >= b.pad && b.n-b.pad < 8 }

// take reads n ≤ 16 bits as a number.
func (b *bits) take(n int) int32 {
	if b.n < n {
		b.fill()
	}
	v := int32(b.acc >> 1 >> (63 - n))
	b.skip(n)
	return v
}

// extend reads the n ≤ 15 bits of a coefficient: below half of their range they mean a negative number (T.81, F.2.2.1).
func (b *bits) extend(n int) int32 {
	v := b.take(n)
	if n > 0 && v < 1<<(n-1) {
		v += -1<<n + 1
	}
	return v
}

// Codes of at most look bits are found by one access to a table.
const look = 10

// huffman is a table of codes (T.81, annex C).
type huffman struct {
	short [1 << look]uint16 // symbol and, above it, length; 0 for longer codes
	// whole has a coefficient where its code and its bits fit: the bits of both, the run of zeroes before it at bit 8, and the
	// coefficient at bit 16. It is 0 where they do not fit, and for the symbols without a coefficient.
	whole   [1 << look]uint32
	limit   [17]int32 // the first code of each length that is none
	offset  [17]int32 // of symbols, to which a code of each length is added
	symbols [256]uint8
}

// newHuffman makes a table of the number of codes of each length and their symbols. It is nil when there are more codes than a
// length can have.
func newHuffman(counts *[16]uint8, symbols []uint8) *huffman {
	h := &huffman{}
	copy(h.symbols[:], symbols)
	code, index := int32(0), int32(0)
	for l := 1; l <= 16; l++ {
		h.offset[l] = index - code
		for range counts[l-1] {
			if code >= 1<<l {
				return nil
			}
			if l <= look {
				for i := range int32(1) << (look - l) {
					h.short[code<<(look-l)+i] = uint16(l)<<8 | uint16(h.symbols[index])
				}
			}
			code, index = code+1, index+1
		}
		h.limit[l] = code
		code <<= 1
	}
	for i, e := range h.short {
		length, run, size := int(e>>8), uint32(e>>4&15), int(e&15)
		if size == 0 || length+size > look {
			continue
		}
		b := bits{acc: uint64(i) << (64 - look) << length, n: size}
		h.whole[i] = uint32(length+size) | run<<8 | uint32(uint16(b.extend(size)))<<16
	}
	return h
}

// symbol reads a code. It is false when there is no such code. There must be enough bits.
func (h *huffman) symbol(b *bits) (uint8, bool) {
	if e := h.short[b.acc>>(64-look)]; e != 0 {
		b.skip(int(e >> 8))
		return uint8(e), true
	}
	for l := look + 1; l <= 16; l++ {
		if code := int32(b.acc >> (64 - l)); code < h.limit[l] {
			if at := h.offset[l] + code; at >= 0 && at < 256 {
				b.skip(l)
				return h.symbols[at], true
			}
			return 0, false
		}
	}
	return 0, false
}
