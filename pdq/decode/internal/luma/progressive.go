package luma

// of is the coefficients of the block at a place.
func (d *decoder) of(x, y int) *[64]int16 {
	columns := d.out.Stride / d.side()
	return (*[64]int16)(d.coefficient[64*(y*columns+x):])
}

func (d *decoder) firstMean(s *scan, b *bits, x, y int) bool {
	c := s.components[0]
	if !c.mean(b) {
		return false
	}
	d.of(x, y)[0] = int16(c.previous << s.bit)
	return true
}

func (d *decoder) refineMean(s *scan, b *bits, x, y int) bool {
	d.of(x, y)[0] |= int16(b.take(1) << s.bit)
	return true
}

// firstBand reads the upper bits of a band of coefficients.
func (d *decoder) firstBand(s *scan, b *bits, x, y int) bool {
	if s.blocks > 0 {
		s.blocks--
		return true
	}
	c, block := s.components[0], d.of(x, y)
	for k := s.from; k <= s.to; k++ {
		if b.n < enough {
			b.fill()
		}
		symbol, ok := c.ac.symbol(b)
		if !ok {
			return false
		}
		run, size := int(symbol>>4), int(symbol&15)
		if size == 0 && run < 15 {
			s.blocks = 1<<run + int(b.take(run)) - 1
			return true
		}
		if k += run; k > s.to {
			return false
		}
		if size > 0 {
			block[zigzag[k]] = int16(b.extend(size) << s.bit)
		}
	}
	return true
}

// refineBand reads one more bit of what is not zero in a band, and what becomes so by this bit (T.81, G.1.2.3).
func (d *decoder) refineBand(s *scan, b *bits, x, y int) bool {
	c, block, one, k := s.components[0], d.of(x, y), int16(1)<<s.bit, s.from
	for s.blocks == 0 && k <= s.to {
		if b.n < enough {
			b.fill()
		}
		symbol, ok := c.ac.symbol(b)
		if !ok {
			return false
		}
		run, size, fresh := int(symbol>>4), symbol&15, int16(0)
		switch {
		case size > 1:
			return false
		case size == 1:
			if fresh = -one; b.take(1) == 1 {
				fresh = one
			}
		case run < 15:
			s.blocks = 1<<run + int(b.take(run))
			continue
		}
		if k = refine(block, b, k, s.to, run, one); k > s.to {
			if fresh != 0 {
				return false
			}
			break
		}
		if fresh != 0 {
			block[zigzag[k]] = fresh
		}
		k++
	}
	if s.blocks > 0 {
		s.blocks--
		refine(block, b, k, s.to, 64, one)
	}
	return true
}

// refine reads a bit for each coefficient from k that is not zero, up to the zero after so many others, and says where that is.
func refine(block *[64]int16, b *bits, k, to, zeroes int, one int16) int {
	for ; k <= to; k++ {
		v := &block[zigzag[k]]
		switch {
		case *v == 0:
			if zeroes == 0 {
				return k
			}
			zeroes--
		case b.take(1) == 0:
		case *v > 0:
			*v += one
		default:
			*v -= one
		}
	}
	return k
}
