package luma

// zigzag is where in the rows of a block the coefficients stand that come one after the other (T.81, figure A.6).
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// scan is what its header says: which coefficients of which components, from which bit to which.
type scan struct {
	components  []*component
	from, to    int
	before, bit int
	blocks      int // with nothing more in the band, to come
}

// scan reads a scan and the data after it. One without the luma is passed over.
func (d *decoder) scan(p []byte) error {
	if d.components == nil || len(p) < 4 || len(p) != 4+2*int(p[0]) || p[0] > 3 {
		return errBroken
	}
	s := scan{}
	for i := range int(p[0]) {
		id, dc, ac := p[1+2*i], p[2+2*i]>>4, p[2+2*i]&15
		if dc > 3 || ac > 3 {
			return errBroken
		}
		var c *component
		for j := range d.components {
			if d.components[j].id == id {
				c = &d.components[j]
			}
		}
		if c == nil || i > 0 && c == s.components[i-1] {
			return errBroken
		}
		c.dc, c.ac, c.previous = d.dc[dc], d.ac[ac], 0
		s.components = append(s.components, c)
	}
	p = p[1+2*len(s.components):]
	s.from, s.to, s.before, s.bit = int(p[0]), int(p[1]), int(p[2]>>4), int(p[2]&15)
	if !d.progressive {
		s.from, s.to, s.before, s.bit = 0, 63, 0, 0 // are always so
	}
	if s.from > s.to || s.to > 63 || s.bit > 13 || s.before > 0 && s.before != s.bit+1 || d.progressive && (s.from == 0) != (s.to == 0) || s.from > 0 && len(s.components) > 1 {
		return errBroken
	}
	if d.foreign && len(d.components) == 3 {
		return errKind
	}
	if s.components[0] != &d.components[0] {
		return d.pass()
	}
	known := s.before
	if known == 0 {
		known = nothing
	}
	for k := s.from; k <= s.to; k++ {
		if d.missing[k] != known {
			return errBroken // the same twice, or a refinement of something else
		}
		d.missing[k] = s.bit
	}
	return d.units(&s)
}

// pass goes to the marker after the data of a scan.
func (d *decoder) pass() error {
	for ; d.at+1 < len(d.data); d.at++ {
		if d.data[d.at] != 0xff {
			continue
		}
		if m := d.data[d.at+1]; m != 0 && (m < rst0 || m > rst7) {
			return nil
		}
	}
	return errShort
}

// units reads the data of a scan, unit by unit.
func (d *decoder) units(s *scan) error {
	y := s.components[0]
	wide, high, h, v := d.wide, d.high, y.h, y.v
	if len(s.components) == 1 { // without those that only fill up a unit
		wide, high, h, v = (d.w+7)/8, (d.h+7)/8, 1, 1
	}
	decode, err := d.coder(s)
	if err != nil {
		return err
	}
	b, unit := bits{data: d.data, at: d.at}, 0
	for row := range high {
		for column := range wide {
			if d.restart > 0 && unit > 0 && unit%d.restart == 0 && !d.again(s, &b, unit/d.restart-1) {
				return errBroken
			}
			unit++
			for i := range h * v {
				if !decode(d, s, &b, column*h+i%h, row*v+i/h) {
					return errBroken
				}
			}
			for _, c := range s.components[1:] {
				for range c.h * c.v {
					if !d.past(s, c, &b) {
						return errBroken
					}
				}
			}
		}
	}
	if !b.done() {
		return errBroken // cut, or more than there should be
	}
	d.at = b.at
	return nil
}

// again reads the marker of the nth restart, after which nothing of what came before counts.
func (d *decoder) again(s *scan, b *bits, n int) bool {
	if !b.done() || b.at+1 >= len(d.data) || d.data[b.at] != 0xff || d.data[b.at+1] != rst0+uint8(n&7) {
		return false
	}
	*b = bits{data: d.data, at: b.at + 2}
	for _, c := range s.components {
		c.previous = 0
	}
	s.blocks = 0
	return true
}

// coder says how the blocks of the luma are read in a scan, when all that it needs is there.
func (d *decoder) coder(s *scan) (func(*decoder, *scan, *bits, int, int) bool, error) {
	for _, c := range s.components {
		needsDC, needsAC := s.from == 0 && s.before == 0, s.to > 0
		if needsDC && c.dc == nil || needsAC && c.ac == nil {
			return nil, errBroken
		}
	}
	switch {
	case !d.progressive && d.quant[d.components[0].quant] == nil:
		return nil, errBroken
	case !d.progressive:
		return (*decoder).sequential, nil
	case s.from == 0 && s.before == 0:
		return (*decoder).firstMean, nil
	case s.from == 0:
		return (*decoder).refineMean, nil
	case s.before == 0:
		return (*decoder).firstBand, nil
	}
	return (*decoder).refineBand, nil
}

// mean reads the mean of a block, which is told as the difference from the one before.
func (c *component) mean(b *bits) bool {
	if b.n < enough {
		b.fill()
	}
	size, ok := c.dc.symbol(b)
	if !ok || size > 11 {
		return false
	}
	c.previous += b.extend(int(size))
	return true
}

// sequential reads a whole block and writes it.
func (d *decoder) sequential(s *scan, b *bits, x, y int) bool {
	c := s.components[0]
	if !c.mean(b) {
		return false
	}
	q := d.quant[c.quant]
	d.block = [64]int32{}
	d.block[0] = c.previous * q[0]
	varied := false
	for k := 1; k < 64; k++ {
		if b.n < enough {
			b.fill()
		}
		if e := c.ac.whole[b.acc>>(64-look)]; e != 0 {
			b.skip(int(e & 255))
			if k += int(e >> 8 & 255); k > 63 {
				return false
			}
			at := zigzag[k] & 63
			d.block[at], varied = int32(e)>>16*q[at], true
			continue
		}
		symbol, ok := c.ac.symbol(b)
		run, size := int(symbol>>4), int(symbol&15)
		if size == 0 && run < 15 {
			if !ok || run > 0 {
				return false
			}
			break
		}
		if k += run; !ok || k > 63 {
			return false
		}
		at := zigzag[k] & 63
		d.block[at] = b.extend(size) * q[at]
		varied = varied || size > 0
	}
	d.write(x, y, varied)
	return true
}

// past reads past a block of another component.
func (d *decoder) past(s *scan, c *component, b *bits) bool {
	if s.before > 0 {
		b.take(1)
		return true
	}
	if !c.mean(b) {
		return false
	}
	if d.progressive {
		return true
	}
	for k := 1; k < 64; k++ {
		if b.n < enough {
			b.fill()
		}
		if e := c.ac.whole[b.acc>>(64-look)]; e != 0 {
			b.skip(int(e & 255))
			if k += int(e >> 8 & 255); k > 63 {
				return false
			}
			continue
		}
		symbol, ok := c.ac.symbol(b)
		run, size := int(symbol>>4), int(symbol&15)
		if size == 0 && run < 15 {
			return ok && run == 0
		}
		if k += run; !ok || k > 63 {
			return false
		}
		b.skip(size)
	}
	return true
}
