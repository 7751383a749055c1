package paper

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/go-text/typesetting/font"
)

// errFont says that a font file is not as it says.
var errFont = errors.New("the font file is damaged")

// The flags of a glyph that is made of others.
const (
	argsAreWords  = 0x0001
	haveScale     = 0x0008
	moreComponent = 0x0020
	haveXYScale   = 0x0040
	haveTwoByTwo  = 0x0080
)

// outlines reads the glyphs of a font file.
type outlines struct {
	glyf, loca []byte
	long       bool
	count      int
}

// glyph returns the bytes of one glyph.
func (o *outlines) glyph(g font.GID) ([]byte, error) {
	i := int(g)
	if i >= o.count {
		return nil, fmt.Errorf("%w: glyph %d of %d", errFont, i, o.count)
	}
	var from, to int
	switch {
	case o.long && len(o.loca) >= (i+2)*4:
		from, to = int(binary.BigEndian.Uint32(o.loca[i*4:])), int(binary.BigEndian.Uint32(o.loca[i*4+4:]))
	case !o.long && len(o.loca) >= (i+2)*2:
		from, to = 2*int(binary.BigEndian.Uint16(o.loca[i*2:])), 2*int(binary.BigEndian.Uint16(o.loca[i*2+2:]))
	default:
		return nil, fmt.Errorf("%w: loca", errFont)
	}
	if from > to || to > len(o.glyf) {
		return nil, fmt.Errorf("%w: glyph %d", errFont, i)
	}
	return o.glyf[from:to], nil
}

// parts lists the glyphs that a glyph is made of.
func parts(g []byte) (out []font.GID) {
	if len(g) < 10 || int16(binary.BigEndian.Uint16(g)) >= 0 {
		return nil
	}
	for at := 10; at+4 <= len(g); {
		flags := binary.BigEndian.Uint16(g[at:])
		out = append(out, font.GID(binary.BigEndian.Uint16(g[at+2:])))
		at += 6
		if flags&argsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&haveScale != 0:
			at += 2
		case flags&haveXYScale != 0:
			at += 4
		case flags&haveTwoByTwo != 0:
			at += 8
		}
		if flags&moreComponent == 0 {
			break
		}
	}
	return out
}

// subset makes a font file with nothing but the glyphs of the list and what they are made of. Glyphs keep their numbers.
func (t *typeface) subset(gids []font.GID) ([]byte, error) {
	head, maxp, hhea := t.table("head"), t.table("maxp"), t.table("hhea")
	if len(head) < 54 || len(maxp) < 6 || len(hhea) < 36 {
		return nil, fmt.Errorf("%w: head, maxp or hhea", errFont)
	}
	o := outlines{glyf: t.table("glyf"), loca: t.table("loca"), long: binary.BigEndian.Uint16(head[50:]) == 1, count: int(binary.BigEndian.Uint16(maxp[4:]))}
	keep := map[font.GID][]byte{}
	for todo := append([]font.GID{0}, gids...); len(todo) > 0; {
		g := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if _, ok := keep[g]; ok {
			continue
		}
		b, err := o.glyph(g)
		if err != nil {
			return nil, err
		}
		keep[g] = b
		todo = append(todo, parts(b)...)
	}
	var glyf []byte
	loca := make([]byte, 0, (o.count+1)*4)
	for i := range o.count {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, keep[font.GID(i)]...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	newHead := append([]byte(nil), head...)
	binary.BigEndian.PutUint32(newHead[8:], 0)
	binary.BigEndian.PutUint16(newHead[50:], 1)
	return fontFile([]named{
		{"cvt ", t.table("cvt ")},
		{"fpgm", t.table("fpgm")},
		{"glyf", glyf},
		{"head", newHead},
		{"hhea", hhea},
		{"hmtx", onlyMetrics(t.table("hmtx"), int(binary.BigEndian.Uint16(hhea[34:])), keep)},
		{"loca", loca},
		{"maxp", maxp},
		{"prep", t.table("prep")},
	}), nil
}

// onlyMetrics empties the metrics of glyphs that are not kept, so that the file compresses well.
func onlyMetrics(hmtx []byte, full int, keep map[font.GID][]byte) []byte {
	out := append([]byte(nil), hmtx...)
	for i := range min(full-1, len(out)/4) { // the last full one is that of all that follow
		if _, ok := keep[font.GID(i)]; !ok {
			clear(out[i*4 : i*4+4])
		}
	}
	return out
}

// named is one table of a font file.
type named struct {
	name string
	data []byte
}

// fontFile joins tables, which are in the order of their names; empty ones are left out.
func fontFile(tables []named) []byte {
	n := 0
	for _, t := range tables {
		if len(t.data) > 0 {
			n++
		}
	}
	search, log := 1, 0
	for search*2 <= n {
		search, log = search*2, log+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, search * 16, log, n*16 - search*16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + n*16
	var all []byte
	head := 0
	for _, t := range tables {
		if len(t.data) == 0 {
			continue
		}
		if t.name == "head" {
			head = at
		}
		padded := append([]byte(nil), t.data...)
		for len(padded)%4 != 0 {
			padded = append(padded, 0)
		}
		out = append(out, t.name...)
		for _, v := range []uint32{checksum(padded), uint32(at), uint32(len(t.data))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		all = append(all, padded...)
		at += len(padded)
	}
	out = append(out, all...)
	binary.BigEndian.PutUint32(out[head+8:], 0xb1b0afba-checksum(out))
	return out
}

// checksum is the sum of the words of a table.
func checksum(b []byte) (sum uint32) {
	for i := 0; i+4 <= len(b); i += 4 {
		sum += binary.BigEndian.Uint32(b[i:])
	}
	return sum
}
