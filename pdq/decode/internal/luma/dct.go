package luma

// The inverse transform is that of Loeffler, Ligtenberg and Moschytz ("Practical fast 1-D DCT algorithms with 11 multiplications",
// ICASSP 1989) with numbers of 13 bits behind the point, as most decoders have it.
const (
	point = 13 // bits behind it
	guard = 2  // of them that the first pass leaves

	f0298 = 2446  // 0.298631336
	f0390 = 3196  // 0.390180644
	f0541 = 4433  // 0.541196100
	f0765 = 6270  // 0.765366865
	f0899 = 7373  // 0.899976223
	f1175 = 9633  // 1.175875602
	f1306 = 10703 // 1.306562965
	f1501 = 12299 // 1.501321110
	f1847 = 15137 // 1.847759065
	f1961 = 16069 // 1.961570560
	f2053 = 16819 // 2.053119869
	f2562 = 20995 // 2.562915447
	f3072 = 25172 // 3.072711026
)

// eight transforms eight numbers; what comes out is larger by √8 and by the point.
func eight(x0, x1, x2, x3, x4, x5, x6, x7 int32) (y0, y1, y2, y3, y4, y5, y6, y7 int32) {
	z := (x2 + x6) * f0541
	a, b := z+x2*f0765, z-x6*f1847
	s, d := (x0+x4)<<point, (x0-x4)<<point
	e0, e1, e2, e3 := s+a, d+b, d-b, s-a

	p, q := (x1+x7)*-f0899, (x3+x5)*-f2562
	r := (x1 + x3 + x5 + x7) * f1175
	u, v := r-(x3+x7)*f1961, r-(x1+x5)*f0390
	o0, o1, o2, o3 := x1*f1501+p+v, x3*f3072+q+u, x5*f2053+q+v, x7*f0298+p+u
	return e0 + o0, e1 + o1, e2 + o2, e3 + o3, e3 - o3, e2 - o2, e1 - o1, e0 - o0
}

// block writes 8 × 8 samples of coefficients in rows.
func block(c *[64]int32, to []uint8, stride int) {
	const r1, r2 = 1 << (point - guard - 1), 1 << (point + guard + 2)
	for x := range 8 {
		p := c[x:][:57]
		if p[8]|p[16]|p[24]|p[32]|p[40]|p[48]|p[56] == 0 {
			v := p[0] << guard
			p[0], p[8], p[16], p[24], p[32], p[40], p[48], p[56] = v, v, v, v, v, v, v, v
			continue
		}
		y0, y1, y2, y3, y4, y5, y6, y7 := eight(p[0], p[8], p[16], p[24], p[32], p[40], p[48], p[56])
		p[0], p[8], p[16], p[24] = (y0+r1)>>(point-guard), (y1+r1)>>(point-guard), (y2+r1)>>(point-guard), (y3+r1)>>(point-guard)
		p[32], p[40], p[48], p[56] = (y4+r1)>>(point-guard), (y5+r1)>>(point-guard), (y6+r1)>>(point-guard), (y7+r1)>>(point-guard)
	}
	for y := range 8 {
		p, q := c[8*y:][:8], to[y*stride:][:8]
		y0, y1, y2, y3, y4, y5, y6, y7 := eight(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7])
		q[0], q[1], q[2], q[3] = sample((y0+r2)>>(point+guard+3)), sample((y1+r2)>>(point+guard+3)), sample((y2+r2)>>(point+guard+3)), sample((y3+r2)>>(point+guard+3))
		q[4], q[5], q[6], q[7] = sample((y4+r2)>>(point+guard+3)), sample((y5+r2)>>(point+guard+3)), sample((y6+r2)>>(point+guard+3)), sample((y7+r2)>>(point+guard+3))
	}
}

// four transforms four numbers as eight does eight.
func four(x0, x1, x2, x3 int32) (y0, y1, y2, y3 int32) {
	e0, e1 := (x0+x2)<<point, (x0-x2)<<point
	o0, o1 := x1*f1306+x3*f0541, x1*f0541-x3*f1306
	return e0 + o0, e1 + o1, e1 - o1, e0 - o0
}

// halfBlock writes 4 × 4 samples: the block at half its size, by the lower half of its frequencies in each direction.
func halfBlock(c *[64]int32, to []uint8, stride int) {
	const r1, r2 = 1 << (point - guard - 1), 1 << (point + guard + 2)
	var w [16]int32
	for x := range 4 {
		y0, y1, y2, y3 := four(c[x], c[8+x], c[16+x], c[24+x])
		w[x], w[4+x], w[8+x], w[12+x] = (y0+r1)>>(point-guard), (y1+r1)>>(point-guard), (y2+r1)>>(point-guard), (y3+r1)>>(point-guard)
	}
	for y := range 4 {
		q := to[y*stride:][:4]
		y0, y1, y2, y3 := four(w[4*y], w[4*y+1], w[4*y+2], w[4*y+3])
		q[0], q[1], q[2], q[3] = sample((y0+r2)>>(point+guard+3)), sample((y1+r2)>>(point+guard+3)), sample((y2+r2)>>(point+guard+3)), sample((y3+r2)>>(point+guard+3))
	}
}

// flat writes n × n samples of a block that has only its mean.
func flat(dc int32, to []uint8, stride, n int) {
	v := sample((dc + 4) >> 3)
	for y := range n {
		for x := range to[y*stride:][:n] {
			to[y*stride+x] = v
		}
	}
}

// sample moves the middle from 0 to 128 and cuts off what is beyond 8 bits.
func sample(v int32) uint8 {
	v += 128
	if uint32(v) <= 255 {
		return uint8(v)
	}
	return uint8(^(v >> 31))
}
