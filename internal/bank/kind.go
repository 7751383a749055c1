package bank

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"haris/pdq"
	"haris/vpdq"
)

// Kind is a kind of fingerprint.
type Kind string

// The kinds. PhotoDNA, TMK and NetClean are opaque here: kept, and matched only when they are equal.
const (
	MD5      Kind = "md5"
	SHA1     Kind = "sha1"
	SHA256   Kind = "sha256"
	PDQ      Kind = "pdq"
	VPDQ     Kind = "vpdq"
	PhotoDNA Kind = "photodna"
	TMK      Kind = "tmk"
	NetClean Kind = "netclean"
)

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{MD5, SHA1, SHA256, PDQ, VPDQ, PhotoDNA, TMK, NetClean} }

// ErrHash is what every error of Parse wraps.
var ErrHash = errors.New("bank: not a hash of this kind")

// ParseKind reads the name of a kind, of either case.
func ParseKind(s string) (Kind, error) {
	k := Kind(strings.ToLower(strings.TrimSpace(s)))
	if slices.Contains(Kinds(), k) {
		return k, nil
	}
	return "", fmt.Errorf("%w: kind %q; expected one of md5, sha1, sha256, pdq, vpdq, photodna, tmk, netclean", ErrHash, s)
}

// Hash is a fingerprint of one kind in its canonical text: hexadecimal digits are lower case, PhotoDNA is base64, vPDQ is the JSON of
// python-threatexchange.
type Hash struct {
	Kind  Kind   `json:"kind"`
	Value string `json:"value"`
}

// digestSize is how many bytes of SHA-256 name a hash where its text may be long.
const digestSize = 16

// Digest names the hash: 128 bits of SHA-256 over kind and value.
func (h Hash) Digest() [digestSize]byte {
	sum := sha256.Sum256([]byte(string(h.Kind) + "\x00" + h.Value))
	return [digestSize]byte(sum[:digestSize])
}

// PDQ returns the 256 bits of a hash of kind PDQ.
func (h Hash) PDQ() (pdq.Hash, error) { return pdq.Parse(h.Value) }

// The sizes of the kinds whose size is fixed.
const (
	photoDNABytes = 144
	tmkBytes      = 263_344
)

// The bounds of texts whose size is not fixed.
const (
	maxFrames   = 20_000
	maxNetClean = 4096
	minNetClean = 8
)

// Parse reads a hash as people and lists write it; its kind is read as ParseKind does. Its errors wrap ErrHash and say what was
// expected.
func Parse(k Kind, text string) (Hash, error) {
	k, err := ParseKind(string(k))
	if err != nil {
		return Hash{}, err
	}
	text = strings.TrimSpace(text)
	var v string
	switch k {
	case MD5:
		v, err = digits(text, 32)
	case SHA1:
		v, err = digits(text, 40)
	case SHA256, PDQ:
		v, err = digits(text, 64)
	case VPDQ:
		v, err = frames(text)
	case PhotoDNA:
		v, err = photoDNA(text)
	case TMK:
		v, err = tmk(text)
	case NetClean:
		v, err = word(text)
	}
	if err != nil {
		return Hash{}, fmt.Errorf("%w: %s: %w", ErrHash, k, err)
	}
	return Hash{k, v}, nil
}

// Guess reads a hash whose kind its form tells: 32 or 40 hexadecimal digits, or "kind:value". 64 digits may be SHA-256 or PDQ and
// must say which.
func Guess(text string) (Hash, error) {
	text = strings.TrimSpace(text)
	if kind, value, ok := strings.Cut(text, ":"); ok && len(kind) <= len(PhotoDNA) {
		k, err := ParseKind(kind)
		if err != nil {
			return Hash{}, err
		}
		return Parse(k, value)
	}
	switch len(text) {
	case 32:
		return Parse(MD5, text)
	case 40:
		return Parse(SHA1, text)
	case 64:
		return Hash{}, fmt.Errorf("%w: 64 digits may be sha256 or pdq: write pdq:… or sha256:…", ErrHash)
	}
	return Hash{}, fmt.Errorf("%w: cannot tell the kind of %d characters: write kind:value", ErrHash, len(text))
}

func digits(s string, n int) (string, error) {
	if len(s) != n {
		return "", fmt.Errorf("expected %d hexadecimal digits, found %d characters", n, len(s))
	}
	s = strings.ToLower(s)
	if _, err := hex.DecodeString(s); err != nil {
		return "", fmt.Errorf("expected %d hexadecimal digits", n)
	}
	return s, nil
}

// frames takes the JSON of python-threatexchange or the lines of the command line tool.
func frames(s string) (string, error) {
	var list []vpdq.Feature
	var err error
	if strings.HasPrefix(s, "[") {
		list, err = vpdq.ParseSignal(s)
	} else {
		list, err = vpdq.Read(strings.NewReader(s))
	}
	switch {
	case err != nil:
		return "", err
	case len(list) == 0:
		return "", errors.New("no frames")
	case len(list) > maxFrames:
		return "", fmt.Errorf("%d frames, of at most %d", len(list), maxFrames)
	}
	return vpdq.Signal(list), nil
}

// photoDNA takes 144 bytes as base64, as hexadecimal digits or as numbers with commas.
func photoDNA(s string) (string, error) {
	var b []byte
	var err error
	switch {
	case strings.Contains(s, ","):
		for part := range strings.SplitSeq(s, ",") {
			n, err := strconv.ParseUint(strings.TrimSpace(part), 10, 8)
			if err != nil || len(b) > photoDNABytes {
				return "", fmt.Errorf("expected %d numbers from 0 to 255 with commas", photoDNABytes)
			}
			b = append(b, byte(n))
		}
	case len(s) == 2*photoDNABytes:
		b, err = hex.DecodeString(s)
	default:
		b, err = base64.StdEncoding.DecodeString(s)
	}
	if err != nil || len(b) != photoDNABytes {
		return "", fmt.Errorf("expected %d bytes as base64, as hexadecimal digits or as numbers with commas", photoDNABytes)
	}
	return base64.StdEncoding.EncodeToString(b), nil
}

// tmk keeps the SHA-256 of a .tmk file, which is all that an exact comparison needs of its 263,344 bytes.
func tmk(s string) (string, error) {
	if v, err := digits(s, 64); err == nil {
		return v, nil
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) != tmkBytes || !strings.HasPrefix(string(b), "TMK1FVECPDQF") {
		return "", fmt.Errorf("expected a .tmk file of %d bytes as base64, or its SHA-256 as 64 hexadecimal digits", tmkBytes)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// word takes a text of printable characters without spaces: its inside is the maker's.
func word(s string) (string, error) {
	if len(s) < minNetClean || len(s) > maxNetClean {
		return "", fmt.Errorf("expected %d to %d characters, found %d", minNetClean, maxNetClean, len(s))
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return "", errors.New("expected printable characters without spaces")
		}
	}
	return s, nil
}
