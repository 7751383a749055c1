package pdq

// column is the box filter down the columns of a picture whose rows come one after the other. It keeps the last rows, as many as
// the window needs, in a ring, and one sum for every column.
type column struct {
	box
	cols    int
	ring    []float32
	keep    int // rows in the ring, a multiple of four
	sum     []float32
	in, out int // rows that have come and gone
}

func (c *column) reset(cols, rows int) {
	c.box, c.cols, c.in, c.out = newBox(rows), cols, 0, 0
	c.keep = (c.w+3)/4*4 + 8
	c.ring, c.sum = grown(c.ring, c.keep*cols), grown(c.sum, cols)
	clear(c.sum)
}

// slot is where row y goes, or n rows from y, a multiple of four.
func (c *column) slot(y, n int) []float32 { return c.ring[y%c.keep*c.cols:][: n*c.cols : n*c.cols] }

// next writes the next four rows, or one where four cannot be had, and says how many: none when input must come first.
func (c *column) next(to []float32) int {
	steady := c.out >= c.w-c.half+1
	if steady && c.out+4 <= c.n-c.half+1 {
		if c.out+4 > c.in-c.half+1 {
			return 0
		}
		c.four(to)
		return 4
	}
	if c.one(to[:c.cols]) {
		return 1
	}
	return 0
}

// one writes one row, if enough has come.
func (c *column) one(to []float32) bool {
	newest := c.out + c.half - 1
	if c.out == c.n || newest >= c.in && c.in < c.n {
		return false
	}
	if c.out == 0 {
		for y := range newest {
			for i, v := range c.slot(y, 1) {
				c.sum[i] += v
			}
		}
	}
	if newest < c.n {
		for i, v := range c.slot(newest, 1) {
			c.sum[i] += v
		}
	}
	if newest >= c.w {
		for i, v := range c.slot(newest-c.w, 1) {
			c.sum[i] -= v
		}
	}
	n := c.count(c.out)
	for i, v := range c.sum {
		to[i] = v / n
	}
	c.out++
	return true
}

// four writes four rows from the middle of the picture, where the window is full.
func (c *column) four(to []float32) {
	cols, y := c.cols, c.out+c.half-1
	n0, n1, n2, n3 := c.slot(y, 1)[:cols], c.slot(y+1, 1)[:cols], c.slot(y+2, 1)[:cols], c.slot(y+3, 1)[:cols]
	y -= c.w
	o0, o1, o2, o3 := c.slot(y, 1)[:cols], c.slot(y+1, 1)[:cols], c.slot(y+2, 1)[:cols], c.slot(y+3, 1)[:cols]
	t0, t1, t2, t3 := to[:cols], to[cols:][:cols], to[2*cols:][:cols], to[3*cols:][:cols]
	sum := c.sum[:cols]
	if c.div.exact {
		k := c.div.one
		for i, s := range sum {
			s = s + n0[i] - o0[i]
			t0[i] = s * k
			s = s + n1[i] - o1[i]
			t1[i] = s * k
			s = s + n2[i] - o2[i]
			t2[i] = s * k
			s = s + n3[i] - o3[i]
			t3[i] = s * k
			sum[i] = s
		}
	} else {
		k := c.div.wide
		for i, s := range sum {
			s = s + n0[i] - o0[i]
			t0[i] = float32(float64(s) * k)
			s = s + n1[i] - o1[i]
			t1[i] = float32(float64(s) * k)
			s = s + n2[i] - o2[i]
			t2[i] = float32(float64(s) * k)
			s = s + n3[i] - o3[i]
			t3[i] = float32(float64(s) * k)
			sum[i] = s
		}
	}
	c.out += 4
}
