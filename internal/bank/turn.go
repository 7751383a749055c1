package bank

import "haris/pdq"

// Turned returns a PDQ hash as it would be had the picture been turned or mirrored, in the order of the constants of package pdq, as
// nearly as the bits alone tell: the coefficients change place and sign, and the median that their sign is compared with is taken for
// zero. Where the picture itself is there, pdq.Hasher.Dihedral is exact; the two differ by a few bits.
func Turned(h pdq.Hash) (out [8]pdq.Hash) {
	for i := range 16 {
		for j := range 16 {
			bit := h.Bit(16*i + j)
			oddRow, oddColumn := i&1 == 1, j&1 == 1
			for turn, t := range [8]struct{ turned, kept bool }{
				pdq.Original:   {false, true},
				pdq.Rotate90:   {true, oddColumn},
				pdq.Rotate180:  {false, oddRow == oddColumn},
				pdq.Rotate270:  {true, oddRow},
				pdq.FlipX:      {false, oddRow},
				pdq.FlipY:      {false, oddColumn},
				pdq.FlipPlus1:  {true, true},
				pdq.FlipMinus1: {true, oddRow == oddColumn},
			} {
				k := 16*i + j
				if t.turned {
					k = 16*j + i
				}
				if bit == t.kept {
					out[turn][k/64] |= 1 << (k % 64)
				}
			}
		}
	}
	return out
}
