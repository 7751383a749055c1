package pdq

const (
	side         = 64 // of the samples
	coefficients = 16 // of the transform that are kept in each direction
)

// quality sums the steps between neighbours, in whole hundredths of the range and each cut down, so that faint gradients count
// nothing.
func (h *Hasher) quality() int {
	sum := 0
	step := func(u, v float32) {
		d := int((u - v) * 100 / 255)
		sum += max(d, -d)
	}
	for i := range side {
		for j := range side {
			at := i*side + j
			if i+1 < side {
				step(h.small[at], h.small[at+side])
			}
			if j+1 < side {
				step(h.small[at], h.small[at+1])
			}
		}
	}
	return min(100, sum/90)
}

// cosine is the transform D·A·Dᵀ. Every sum begins at 0 and runs over k in order; the conversion of each product keeps the
// compiler from fusing it with the addition, which would round otherwise.
func (h *Hasher) cosine() {
	var half [coefficients][side]float32
	for i := range half {
		d := &h.dct[i]
		for j := 0; j < side; j += 8 {
			var s0, s1, s2, s3, s4, s5, s6, s7 float32
			for k := range side {
				a, c := h.small[k*side+j:][:8], d[k]
				s0 += float32(c * a[0])
				s1 += float32(c * a[1])
				s2 += float32(c * a[2])
				s3 += float32(c * a[3])
				s4 += float32(c * a[4])
				s5 += float32(c * a[5])
				s6 += float32(c * a[6])
				s7 += float32(c * a[7])
			}
			copy(half[i][j:], []float32{s0, s1, s2, s3, s4, s5, s6, s7})
		}
	}
	for i := range half {
		for j := 0; j < coefficients; j += 4 {
			d0, d1, d2, d3 := &h.dct[j], &h.dct[j+1], &h.dct[j+2], &h.dct[j+3]
			var s0, s1, s2, s3 float32
			for k, t := range half[i] {
				s0 += float32(t * d0[k])
				s1 += float32(t * d1[k])
				s2 += float32(t * d2[k])
				s3 += float32(t * d3[k])
			}
			copy(h.cosines[i*coefficients+j:], []float32{s0, s1, s2, s3})
		}
	}
}

// turn writes the coefficients that the picture has after one of the eight turns. "Odd" counts rows and columns from 0.
func turn(to, from *[coefficients * coefficients]float32, variant int) {
	for i := range coefficients {
		for j := range coefficients {
			v := from[i*coefficients+j]
			var transpose, negate bool
			switch variant {
			case Rotate90:
				transpose, negate = true, j%2 == 0
			case Rotate180:
				negate = (i+j)%2 == 1
			case Rotate270:
				transpose, negate = true, i%2 == 0
			case FlipX:
				negate = i%2 == 0
			case FlipY:
				negate = j%2 == 0
			case FlipPlus1:
				transpose = true
			case FlipMinus1:
				transpose, negate = true, (i+j)%2 == 1
			}
			if negate {
				v = -v
			}
			if transpose {
				to[j*coefficients+i] = v
			} else {
				to[i*coefficients+j] = v
			}
		}
	}
}

// threshold sets a bit for every coefficient above the lower median.
func (h *Hasher) threshold(b *[coefficients * coefficients]float32) (hash Hash) {
	h.rank = *b
	median := nth(h.rank[:], coefficients*coefficients/2-1)
	for k, v := range b {
		if v > median {
			hash[k/64] |= 1 << (k % 64)
		}
	}
	return hash
}

// nth returns what would stand at place k if v were sorted, and reorders v. There is no NaN in v.
func nth(v []float32, k int) float32 {
	lo, hi := 0, len(v)-1
	for lo < hi {
		pivot := v[lo+(hi-lo)/2]
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for pivot < v[j] {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return v[k]
		}
	}
	return v[k]
}
