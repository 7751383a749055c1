package pdq

import (
	"image"
	"math"
)

// Family is what is done to a large picture before it is hashed. Hashes of different families of the same picture differ by up
// to about ten bits.
type Family int

const (
	// Full hashes every picture at its own resolution.
	Full Family = iota
	// NN512 first brings a picture that is wider or higher than 512 to 512 × 512 by nearest neighbour, whatever its shape.
	NN512
)

// Options are how a Hasher hashes; the zero value is what others share hashes of.
type Options struct {
	Family Family
	// ConvertChroma takes the luma of a picture in YCbCr (a JPEG) from its colours as red, green and blue, as the reference does,
	// and not from its Y, which is the same but for rounding and for colours outside of the gamut and several times as fast.
	ConvertChroma bool
}

// Result is the hash of a picture. A picture with fewer than five rows or columns has the zero hash and quality 0.
type Result struct {
	Hash    Hash
	Quality int // 0 to 100: how much there is to see; below MinQuality a hash is not worth matching
}

// The indexes of Set.Hashes: the picture, turned counter-clockwise, and mirrored.
const (
	Original   = iota
	Rotate90   // counter-clockwise
	Rotate180  //
	Rotate270  //
	FlipX      // top and bottom exchanged
	FlipY      // left and right exchanged
	FlipPlus1  // mirrored at the falling diagonal: the transpose
	FlipMinus1 // mirrored at the rising diagonal
)

// Set holds the hashes of the eight ways to turn and mirror a picture, derived from one transform. The hash of a picture that
// was really turned differs from the derived one by a few bits.
type Set struct {
	Hashes  [8]Hash
	Quality int
}

// Hasher is a workspace for hashing. It must not be used by two goroutines at a time.
type Hasher struct {
	options Options
	dct     [coefficients][side]float32
	weight  [3][256]float32 // luma of red, green and blue

	luma         []float32 // four rows
	wide         []float32 // four rows after the first two passes
	first        column    // the first pass down the columns, of all of them
	second       column    // the second, of the sampled ones
	small        [side * side]float32
	cosines      [coefficients * coefficients]float32
	turned, rank [coefficients * coefficients]float32
	sampledCols  [side]int
	line         [side]float32
	source       source
}

// New makes a workspace.
func New(o Options) *Hasher {
	h := &Hasher{options: o, dct: matrix()}
	for i, w := range [3]float32{0.299, 0.587, 0.114} {
		for v := range h.weight[i] {
			h.weight[i][v] = w * float32(v)
		}
	}
	return h
}

// matrix is the 16 × 64 corner of the transform without its constant row: S·cos(π/128·(i+1)·(2j+1)), S = √(2/64).
func matrix() (d [coefficients][side]float32) {
	scale := float64(float32(math.Sqrt(2.0 / side)))
	for i := range d {
		for j := range d[i] {
			d[i][j] = float32(scale * math.Cos(math.Pi/2/side*float64((i+1)*(2*j+1))))
		}
	}
	return d
}

// Image hashes a picture. Transparency is dropped, not blended; 16-bit samples are rounded to 8 bits; an orientation in a file's
// metadata is not applied.
func (h *Hasher) Image(img image.Image) Result {
	quality, ok := h.transform(img)
	if !ok {
		return Result{}
	}
	return Result{Hash: h.threshold(&h.cosines), Quality: quality}
}

// Dihedral hashes a picture as Image does, and the seven others that turning and mirroring make of it.
func (h *Hasher) Dihedral(img image.Image) Set {
	quality, ok := h.transform(img)
	if !ok {
		return Set{}
	}
	set := Set{Quality: quality}
	for v := range set.Hashes {
		turn(&h.turned, &h.cosines, v)
		set.Hashes[v] = h.threshold(&h.turned)
	}
	return set
}

// transform leaves the 64 × 64 samples in small and the coefficients in cosines. It is false for what is too small to hash.
func (h *Hasher) transform(img image.Image) (quality int, ok bool) {
	h.source.open(img, h.options, &h.weight)
	defer h.source.close()
	if h.source.w < 5 || h.source.h < 5 {
		return 0, false
	}
	h.reduce()
	h.cosine()
	return h.quality(), true
}
