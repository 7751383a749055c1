package pdq

// box is the moving average along a vector of n samples. Place o of the output is the mean of the inputs from o+half-w to
// o+half-1 that exist. One float32 sum is carried along the whole vector, a new sample is added before the oldest is taken off,
// and the rounding of both is part of the hash.
type box struct {
	n, w, half int
	div        divisor
}

func newBox(n int) box {
	w := window(n)
	return box{n: n, w: w, half: (w + 2) / 2, div: newDivisor(w)}
}

// count is how many inputs the mean at place o is of.
func (b box) count(o int) float32 { return float32(min(o+b.half, b.n) - max(0, o+b.half-b.w)) }

// divisor divides by a small whole number w. Where w is a power of two the product with 1/w is exact. Elsewhere the product with
// the float64 nearest to 1/w, rounded to float32, is the rounded quotient: a quotient of a 24-bit number by w < 2²⁰ is either
// itself a float32, or at least 2⁻²⁵/w of its size away from where rounding turns, and the product is within 2⁻⁵² of it.
type divisor struct {
	exact bool
	one   float32
	wide  float64
}

func newDivisor(w int) divisor {
	return divisor{exact: w&(w-1) == 0, one: 1 / float32(w), wide: 1 / float64(w)}
}

// row smooths one row.
func (b box) row(to, from []float32) {
	var s float32
	lead, w := b.half-1, b.w
	for _, v := range from[:lead] {
		s += v
	}
	for o := range from {
		if o+lead < b.n {
			s += from[o+lead]
		}
		if o+lead-w >= 0 {
			s -= from[o+lead-w]
		}
		to[o] = s / b.count(o)
	}
}

// rows4 smooths four rows that lie one after the other. Each sum waits for the one before it, so four at a time hide that.
func (b box) rows4(to, from []float32, cols int) {
	lead, w := b.half-1, b.w
	f0, f1, f2, f3 := from[:cols], from[cols:][:cols], from[2*cols:][:cols], from[3*cols:][:cols]
	t0, t1, t2, t3 := to[:cols], to[cols:][:cols], to[2*cols:][:cols], to[3*cols:][:cols]
	var s0, s1, s2, s3 float32
	for i := range lead {
		s0, s1, s2, s3 = s0+f0[i], s1+f1[i], s2+f2[i], s3+f3[i]
	}
	o := 0
	for ; o < w-lead; o++ {
		i, c := o+lead, b.count(o)
		s0, s1, s2, s3 = s0+f0[i], s1+f1[i], s2+f2[i], s3+f3[i]
		t0[o], t1[o], t2[o], t3[o] = s0/c, s1/c, s2/c, s3/c
	}
	m := cols - w
	u0, u1, u2, u3 := t0[o:][:m], t1[o:][:m], t2[o:][:m], t3[o:][:m]
	n0, n1, n2, n3 := f0[w:][:m], f1[w:][:m], f2[w:][:m], f3[w:][:m]
	if b.div.exact {
		k := b.div.one
		for i := range m {
			s0, s1, s2, s3 = s0+n0[i], s1+n1[i], s2+n2[i], s3+n3[i]
			s0, s1, s2, s3 = s0-f0[i], s1-f1[i], s2-f2[i], s3-f3[i]
			u0[i], u1[i], u2[i], u3[i] = s0*k, s1*k, s2*k, s3*k
		}
	} else {
		k := b.div.wide
		for i := range m {
			s0, s1, s2, s3 = s0+n0[i], s1+n1[i], s2+n2[i], s3+n3[i]
			s0, s1, s2, s3 = s0-f0[i], s1-f1[i], s2-f2[i], s3-f3[i]
			u0[i], u1[i] = float32(float64(s0)*k), float32(float64(s1)*k)
			u2[i], u3[i] = float32(float64(s2)*k), float32(float64(s3)*k)
		}
	}
	for o += m; o < cols; o++ {
		i, c := o+lead-w, b.count(o)
		s0, s1, s2, s3 = s0-f0[i], s1-f1[i], s2-f2[i], s3-f3[i]
		t0[o], t1[o], t2[o], t3[o] = s0/c, s1/c, s2/c, s3/c
	}
}

// sample smooths one row and keeps the sampled places.
func (b box) sample(to, from []float32, cols *[side]int) {
	var s float32
	lead, w, o := b.half-1, b.w, 0
	for _, v := range from[:lead] {
		s += v
	}
	for j, col := range cols {
		for ; o <= col; o++ {
			if o+lead < b.n {
				s += from[o+lead]
			}
			if o+lead-w >= 0 {
				s -= from[o+lead-w]
			}
		}
		to[j] = s / b.count(col)
	}
}

// sample4 does the same for four rows that lie one after the other.
func (b box) sample4(to [4][]float32, from []float32, cols int, sampled *[side]int) {
	lead, w, o := b.half-1, b.w, 0
	f0, f1, f2, f3 := from[:cols], from[cols:][:cols], from[2*cols:][:cols], from[3*cols:][:cols]
	t0, t1, t2, t3 := to[0][:side], to[1][:side], to[2][:side], to[3][:side]
	var s0, s1, s2, s3 float32
	for i := range lead {
		s0, s1, s2, s3 = s0+f0[i], s1+f1[i], s2+f2[i], s3+f3[i]
	}
	for j, col := range sampled {
		for ; o <= col && o < w-lead; o++ {
			i := o + lead
			s0, s1, s2, s3 = s0+f0[i], s1+f1[i], s2+f2[i], s3+f3[i]
		}
		if m := min(col+1, cols-lead) - o; m > 0 {
			i := o + lead
			n0, n1, n2, n3 := f0[i:][:m], f1[i:][:m], f2[i:][:m], f3[i:][:m]
			o0, o1, o2, o3 := f0[i-w:][:m], f1[i-w:][:m], f2[i-w:][:m], f3[i-w:][:m]
			for i := range m {
				s0, s1, s2, s3 = s0+n0[i], s1+n1[i], s2+n2[i], s3+n3[i]
				s0, s1, s2, s3 = s0-o0[i], s1-o1[i], s2-o2[i], s3-o3[i]
			}
			o += m
		}
		for ; o <= col; o++ {
			i := o + lead - w
			s0, s1, s2, s3 = s0-f0[i], s1-f1[i], s2-f2[i], s3-f3[i]
		}
		c := b.count(col)
		t0[j], t1[j], t2[j], t3[j] = s0/c, s1/c, s2/c, s3/c
	}
}
