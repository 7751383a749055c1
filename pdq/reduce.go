package pdq

// window is the width of the box filter along a side of n samples.
func window(n int) int { return (n + 127) / 128 }

// reduce brings the source to 64 × 64 samples: rows are smoothed, then columns, then rows and columns again, and the samples are
// taken from what comes out. Rows flow through all of it four at a time, so that what is worked on stays in the cache. Nothing
// that is not sampled is divided or kept in the second half.
func (h *Hasher) reduce() {
	w, rows := h.source.w, h.source.h
	if w == side && rows == side {
		for y := range side {
			h.source.row(y, h.small[y*side:][:side])
		}
		return
	}
	h.luma, h.wide = grown(h.luma, 4*w), grown(h.wide, 4*w)
	for j := range h.sampledCols {
		h.sampledCols[j] = int((float64(j) + 0.5) * float64(w) / side)
	}
	across := newBox(w)
	h.first.reset(w, rows)
	h.second.reset(side, rows)
	sampled := 0
	for y := 0; y < rows; {
		n := min(4, rows-y)
		for i := range n {
			h.source.row(y+i, h.luma[i*w:][:w])
		}
		if n == 4 {
			across.rows4(h.first.slot(y, 4), h.luma, w)
		} else {
			for i := range n {
				across.row(h.first.slot(y+i, 1), h.luma[i*w:][:w])
			}
		}
		y += n
		h.first.in = y
		for n := h.first.next(h.wide); n > 0; n = h.first.next(h.wide) {
			h.again(across, n)
			sampled = h.sample(sampled)
		}
	}
	h.sample(sampled)
}

// again smooths n rows of wide along the row and hands the sampled columns to the second pass down the columns.
func (h *Hasher) again(across box, n int) {
	w := h.source.w
	if n == 4 {
		var to [4][]float32
		for i := range to {
			to[i] = h.second.slot(h.second.in+i, 1)
		}
		across.sample4(to, h.wide, w, &h.sampledCols)
	} else {
		for i := range n {
			across.sample(h.second.slot(h.second.in+i, 1), h.wide[i*w:][:w], &h.sampledCols)
		}
	}
	h.second.in += n
}

// sample takes every row that the second pass can give, and keeps those that are sampled; done is how many are.
func (h *Hasher) sample(done int) int {
	for {
		at := h.second.out
		if !h.second.one(h.line[:]) {
			return done
		}
		for ; done < side && int((float64(done)+0.5)*float64(h.source.h)/side) == at; done++ {
			copy(h.small[done*side:][:side], h.line[:])
		}
	}
}

// grown returns a slice of length n that reuses what it can.
func grown(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}
