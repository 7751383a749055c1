package pdq

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
)

const (
	// MatchDistance is the distance up to which two hashes are commonly taken for the same picture.
	MatchDistance = 31
	// MinQuality is the quality below which a hash is commonly thought to say too little to be matched.
	MinQuality = 50
)

// ErrSyntax is what every error of Parse wraps.
var ErrSyntax = errors.New("pdq: not a hash")

// Hash holds 256 bits. Bit k belongs to the coefficient of row k/16 and column k%16, and is bit k%64 of word k/64. The text form
// is 64 hexadecimal digits that read as one number with bit 255 first.
type Hash [4]uint64

// Bit tells bit k, 0 ≤ k < 256.
func (h Hash) Bit(k int) bool { return h[k/64]>>(k%64)&1 == 1 }

// Distance counts the bits in which two hashes differ, from 0 to 256. Hashes of unrelated pictures are about 128 apart.
func (h Hash) Distance(o Hash) int {
	return bits.OnesCount64(h[0]^o[0]) + bits.OnesCount64(h[1]^o[1]) + bits.OnesCount64(h[2]^o[2]) + bits.OnesCount64(h[3]^o[3])
}

// Parse reads the 64 digits of a hash, of either case. Its errors wrap ErrSyntax.
func Parse(s string) (Hash, error) {
	var h Hash
	err := h.UnmarshalText([]byte(s))
	return h, err
}

// String writes the 64 digits in lower case.
func (h Hash) String() string {
	text, _ := h.AppendText(nil) // never fails
	return string(text)
}

// AppendText implements encoding.TextAppender; it never fails.
func (h Hash) AppendText(to []byte) ([]byte, error) {
	var raw [32]byte
	for i := range raw {
		raw[i] = byte(h[3-i/8] >> (56 - i%8*8))
	}
	return hex.AppendEncode(to, raw[:]), nil
}

// MarshalText implements encoding.TextMarshaler, so that JSON has the hash as a string.
func (h Hash) MarshalText() ([]byte, error) { return h.AppendText(nil) }

// UnmarshalText implements encoding.TextUnmarshaler. Its errors wrap ErrSyntax, and leave the hash as it was.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 64 {
		return fmt.Errorf("%w: %d characters, of 64 hexadecimal digits", ErrSyntax, len(text))
	}
	var raw [32]byte
	if _, err := hex.Decode(raw[:], text); err != nil {
		return fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	*h = Hash{}
	for i, b := range raw {
		h[3-i/8] |= uint64(b) << (56 - i%8*8)
	}
	return nil
}
