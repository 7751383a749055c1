package pdq

import (
	"image"
	"image/color"
)

// source gives the luma of a picture row by row.
type source struct {
	options     Options
	weight      *[3][256]float32
	w, h        int // of what is hashed
	full        int // columns of the picture
	rows        int
	shrink      bool
	min         image.Point
	img         image.Image
	palette     [256]float32
	line        []float32
	lastRow     int
	haveLastRow bool
}

// open looks at a picture, which close forgets.
func (s *source) open(img image.Image, o Options, weight *[3][256]float32) {
	b := img.Bounds()
	s.options, s.weight, s.img, s.min = o, weight, img, b.Min
	s.full, s.rows = b.Dx(), b.Dy()
	s.w, s.h, s.shrink, s.haveLastRow = s.full, s.rows, false, false
	if o.Family == NN512 && (s.w > 512 || s.h > 512) {
		s.w, s.h, s.shrink = 512, 512, true
		s.line = grown(s.line, s.full)
	}
	if p, ok := img.(*image.Paletted); ok {
		clear(s.palette[:]) // an index beyond the palette is black
		for i, c := range p.Palette[:min(256, len(p.Palette))] {
			s.palette[i] = s.color(c)
		}
	}
}

func (s *source) close() { s.img = nil }

// row writes the luma of row y of what is hashed.
func (s *source) row(y int, to []float32) {
	if !s.shrink {
		s.read(y, to)
		return
	}
	if y = y * s.rows / 512; !s.haveLastRow || y != s.lastRow {
		s.read(y, s.line)
		s.lastRow, s.haveLastRow = y, true
	}
	for x := range to {
		to[x] = s.line[x*s.full/512]
	}
}

// read writes the luma of row y of the picture. The sums are (red+green)+blue, each product rounded by itself.
func (s *source) read(y int, to []float32) {
	x0, y := s.min.X, s.min.Y+y
	r, g, b := &s.weight[0], &s.weight[1], &s.weight[2]
	switch p := s.img.(type) {
	case *image.Gray:
		grey(p.Pix[p.PixOffset(x0, y):], to)
	case *image.YCbCr:
		s.ycbcr(p, y, to)
	case *image.NYCbCrA:
		s.ycbcr(&p.YCbCr, y, to)
	case *image.NRGBA:
		pix := p.Pix[p.PixOffset(x0, y):][:4*len(to)]
		for x := range to {
			q := pix[4*x:][:4]
			to[x] = r[q[0]] + g[q[1]] + b[q[2]]
		}
	case *image.RGBA:
		pix := p.Pix[p.PixOffset(x0, y):][:4*len(to)]
		for x := range to {
			if q := pix[4*x:][:4]; q[3] == 255 {
				to[x] = r[q[0]] + g[q[1]] + b[q[2]]
			} else {
				c := straight(uint32(q[0])*0x101, uint32(q[1])*0x101, uint32(q[2])*0x101, uint32(q[3])*0x101)
				to[x] = r[c[0]] + g[c[1]] + b[c[2]]
			}
		}
	case *image.Paletted:
		pix := p.Pix[p.PixOffset(x0, y):][:len(to)]
		for x, v := range pix {
			to[x] = s.palette[v]
		}
	case *image.CMYK:
		pix := p.Pix[p.PixOffset(x0, y):][:4*len(to)]
		for x := range to {
			q := pix[4*x:][:4]
			cr, cg, cb := color.CMYKToRGB(q[0], q[1], q[2], q[3])
			to[x] = r[cr] + g[cg] + b[cb]
		}
	default:
		s.deep(y, to)
	}
}

// deep reads pictures of 16 bits, and of kinds that are not known here pixel by pixel.
func (s *source) deep(y int, to []float32) {
	x0 := s.min.X
	r, g, b := &s.weight[0], &s.weight[1], &s.weight[2]
	switch p := s.img.(type) {
	case *image.Gray16:
		pix := p.Pix[p.PixOffset(x0, y):][:2*len(to)]
		for x := range to {
			to[x] = float32(eight(uint32(pix[2*x])<<8 | uint32(pix[2*x+1])))
		}
	case *image.NRGBA64:
		pix := p.Pix[p.PixOffset(x0, y):][:8*len(to)]
		for x := range to {
			q := pix[8*x:][:8]
			to[x] = r[eight(uint32(q[0])<<8|uint32(q[1]))] + g[eight(uint32(q[2])<<8|uint32(q[3]))] + b[eight(uint32(q[4])<<8|uint32(q[5]))]
		}
	case *image.RGBA64:
		pix := p.Pix[p.PixOffset(x0, y):][:8*len(to)]
		for x := range to {
			q := pix[8*x:][:8]
			c := straight(uint32(q[0])<<8|uint32(q[1]), uint32(q[2])<<8|uint32(q[3]), uint32(q[4])<<8|uint32(q[5]), uint32(q[6])<<8|uint32(q[7]))
			to[x] = r[c[0]] + g[c[1]] + b[c[2]]
		}
	default:
		for x := range to {
			to[x] = s.color(s.img.At(x0+x, y))
		}
	}
}

// ycbcr reads a row of a picture in YCbCr, by its Y or by way of red, green and blue (JFIF: R = Y + 1.402·(Cr-128) and so on).
func (s *source) ycbcr(p *image.YCbCr, y int, to []float32) {
	luma := p.Y[p.YOffset(s.min.X, y):]
	if !s.options.ConvertChroma {
		grey(luma, to)
		return
	}
	r, g, b := &s.weight[0], &s.weight[1], &s.weight[2]
	for x := range to {
		at := p.COffset(s.min.X+x, y)
		cr, cg, cb := color.YCbCrToRGB(luma[x], p.Cb[at], p.Cr[at])
		to[x] = r[cr] + g[cg] + b[cb]
	}
}

func grey(pix []uint8, to []float32) {
	pix = pix[:len(to)]
	for x, v := range pix {
		to[x] = float32(v)
	}
}

// color is the luma of a colour as others give it, the same as that of a whole row of such: grey by itself, else by its straight,
// rounded components.
func (s *source) color(c color.Color) float32 {
	switch c := c.(type) {
	case color.Gray:
		return float32(c.Y)
	case color.Gray16:
		return float32(eight(uint32(c.Y)))
	case color.NRGBA:
		return s.weigh(c.R, c.G, c.B)
	case color.CMYK:
		return s.weigh(color.CMYKToRGB(c.C, c.M, c.Y, c.K))
	case color.NYCbCrA:
		return s.color(c.YCbCr)
	case color.YCbCr:
		if !s.options.ConvertChroma {
			return float32(c.Y)
		}
		return s.weigh(color.YCbCrToRGB(c.Y, c.Cb, c.Cr))
	}
	q := straight(c.RGBA())
	return s.weigh(q[0], q[1], q[2])
}

func (s *source) weigh(r, g, b uint8) float32 {
	return s.weight[0][r] + s.weight[1][g] + s.weight[2][b]
}

// straight takes the transparency out of components that were multiplied by it, and rounds to 8 bits. What is wholly transparent
// has lost its colour and is black.
func straight(r, g, b, a uint32) (c [3]uint8) {
	if a == 0 {
		return c
	}
	for i, v := range [3]uint32{r, g, b} {
		c[i] = eight(min(0xffff, (v*0xffff+a/2)/a))
	}
	return c
}

// eight rounds a sample of 16 bits to 8: white stays white.
func eight(v uint32) uint8 { return uint8((v*255 + 0x7fff) / 0xffff) }
