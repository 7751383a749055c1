// Package luma decodes the luma of a JPEG file and nothing else: colours are read past and never computed, which about halves the
// time. It knows what nearly every file is, Huffman-coded, sequential or progressive, of 8 bits, grey or YCbCr, and refuses all
// else, and everything that is not quite in order, so that the caller asks a decoder that knows more.
package luma

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
)

// ErrRefused is what every error wraps.
var ErrRefused = errors.New("luma is not decoded")

// Decode decodes a whole file, at half its width and height, rounded up, if asked. The caller has looked at the size, w × h, and
// found it small enough: a sample takes one byte, and two more in a progressive file. What stands after the end is not looked at.
func Decode(data []byte, w, h int, half bool) (*image.Gray, error) {
	d := decoder{data: data, w: w, h: h, half: half}
	if err := d.run(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return d.out, nil
}

var (
	errShort  = errors.New("it ends early")
	errKind   = errors.New("it is of a rare kind")
	errBroken = errors.New("it is damaged")
)

type component struct {
	id       uint8
	h, v     int // blocks in a unit
	quant    uint8
	dc, ac   *huffman
	previous int32 // mean
}

// nothing is what is missing before the first bits have come.
const nothing = 16

type decoder struct {
	data        []byte
	at          int
	half        bool
	progressive bool
	w, h        int
	components  []component
	wide, high  int // units of all components, where they are interleaved
	quant       [4]*[64]int32
	dc, ac      [4]*huffman
	restart     int
	foreign     bool    // three components would be other colours than YCbCr
	missing     [64]int // lower bits that are still to come of each coefficient of the luma
	coefficient []int16 // of the luma of a progressive file, 64 for each block
	out         *image.Gray
	block       [64]int32
}

// Markers (T.81, table B.1).
const (
	sof0, sof1, sof2 = 0xc0, 0xc1, 0xc2
	dht, eoi, sos    = 0xc4, 0xd9, 0xda
	dqt, dri, adobe  = 0xdb, 0xdd, 0xee
	rst0, rst7       = 0xd0, 0xd7
)

func (d *decoder) run() error {
	if len(d.data) < 4 || d.data[0] != 0xff || d.data[1] != 0xd8 {
		return errKind
	}
	d.at = 2
	for {
		m, err := d.marker()
		if err != nil {
			return err
		}
		if m == eoi {
			return d.finish()
		}
		if d.at+2 > len(d.data) {
			return errShort
		}
		n := int(binary.BigEndian.Uint16(d.data[d.at:]))
		if n < 2 {
			return errBroken
		}
		if d.at+n > len(d.data) {
			return errShort
		}
		p := d.data[d.at+2 : d.at+n]
		d.at += n
		if err := d.segment(m, p); err != nil {
			return err
		}
	}
}

// marker reads the next marker, which may have several 0xff before it.
func (d *decoder) marker() (uint8, error) {
	if d.at >= len(d.data) {
		return 0, errShort
	}
	if d.data[d.at] != 0xff {
		return 0, errBroken
	}
	for d.at < len(d.data) && d.data[d.at] == 0xff {
		d.at++
	}
	if d.at >= len(d.data) {
		return 0, errShort
	}
	d.at++
	return d.data[d.at-1], nil
}

func (d *decoder) segment(m uint8, p []byte) error {
	switch {
	case m == sof0 || m == sof1 || m == sof2:
		return d.frame(p, m == sof2)
	case m == dht:
		return d.huffman(p)
	case m == dqt:
		return d.quantizer(p)
	case m == sos:
		return d.scan(p)
	case m == dri:
		if len(p) != 2 {
			return errBroken
		}
		d.restart = int(binary.BigEndian.Uint16(p))
	case m == adobe && len(p) >= 12 && string(p[:5]) == "Adobe" && p[11] != 1:
		d.foreign = true
	case m >= 0xe0 && m <= 0xef || m == 0xfe:
	default:
		return errKind
	}
	return nil
}

// frame reads the size and the components.
func (d *decoder) frame(p []byte, progressive bool) error {
	if len(p) < 6 || len(p) != 6+3*int(p[5]) {
		return errBroken
	}
	if d.components != nil || p[0] != 8 || p[5] != 1 && p[5] != 3 {
		return errKind
	}
	d.progressive = progressive
	if d.h != int(binary.BigEndian.Uint16(p[1:])) || d.w != int(binary.BigEndian.Uint16(p[3:])) || d.w == 0 || d.h == 0 {
		return errKind
	}
	for p = p[6:]; len(p) > 0; p = p[3:] {
		c := component{id: p[0], h: int(p[1] >> 4), v: int(p[1] & 15), quant: p[2]}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.quant > 3 {
			return errBroken
		}
		for _, o := range d.components {
			if o.id == c.id {
				return errBroken
			}
		}
		d.components = append(d.components, c)
	}
	if len(d.components) == 1 {
		d.components[0].h, d.components[0].v = 1, 1 // it is not interleaved with anything
	}
	y := &d.components[0]
	for _, c := range d.components {
		if c.h > y.h || c.v > y.v {
			return errKind
		}
	}
	d.foreign = d.foreign || y.id == 'R'
	d.wide, d.high = (d.w+8*y.h-1)/(8*y.h), (d.h+8*y.v-1)/(8*y.v)
	columns, rows := d.wide*y.h, d.high*y.v
	side := d.side()
	w, h := d.w, d.h
	if d.half {
		w, h = (w+1)/2, (h+1)/2
	}
	d.out = &image.Gray{Pix: make([]uint8, columns*rows*side*side), Stride: columns * side, Rect: image.Rect(0, 0, w, h)}
	if progressive {
		d.coefficient = make([]int16, 64*columns*rows)
	}
	for i := range d.missing {
		d.missing[i] = nothing
	}
	return nil
}

// side is how many samples a block is wide and high when it is written.
func (d *decoder) side() int {
	if d.half {
		return 4
	}
	return 8
}

func (d *decoder) huffman(p []byte) error {
	for len(p) > 0 {
		if len(p) < 17 {
			return errBroken
		}
		class, id, counts := p[0]>>4, p[0]&15, [16]uint8(p[1:17])
		n := 0
		for _, c := range counts {
			n += int(c)
		}
		if class > 1 || id > 3 || n > 256 || 17+n > len(p) {
			return errBroken
		}
		h := newHuffman(&counts, p[17:17+n])
		if h == nil {
			return errBroken
		}
		if p = p[17+n:]; class == 0 {
			d.dc[id] = h
		} else {
			d.ac[id] = h
		}
	}
	return nil
}

func (d *decoder) quantizer(p []byte) error {
	for len(p) > 0 {
		wide, id := int(p[0]>>4), p[0]&15
		n := 64 << wide
		if wide > 1 || id > 3 || len(p) < 1+n {
			return errBroken
		}
		q := &[64]int32{}
		for k := range q {
			if wide == 1 {
				q[zigzag[k]] = int32(binary.BigEndian.Uint16(p[1+2*k:]))
			} else {
				q[zigzag[k]] = int32(p[1+k])
			}
		}
		d.quant[id], p = q, p[1+n:]
	}
	return nil
}

// finish writes what a progressive file has brought together. All of every coefficient must have come.
func (d *decoder) finish() error {
	if d.components == nil {
		return errShort
	}
	for _, bits := range d.missing {
		if bits != 0 {
			return errShort
		}
	}
	if !d.progressive {
		return nil
	}
	q := d.quant[d.components[0].quant]
	if q == nil {
		return errBroken
	}
	columns := d.out.Stride / d.side()
	for i := 0; i < len(d.coefficient)/64; i++ {
		last := int32(0)
		for k, v := range d.coefficient[64*i:][:64] {
			d.block[k] = int32(v) * q[k]
			if k > 0 {
				last |= int32(v)
			}
		}
		d.write(i%columns, i/columns, last != 0)
	}
	return nil
}

// write writes the block at a place.
func (d *decoder) write(x, y int, varied bool) {
	side := d.side()
	to := d.out.Pix[y*side*d.out.Stride+x*side:]
	switch {
	case !varied:
		flat(d.block[0], to, d.out.Stride, side)
	case d.half:
		halfBlock(&d.block, to, d.out.Stride)
	default:
		block(&d.block, to, d.out.Stride)
	}
}
