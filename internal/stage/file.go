package stage

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// A file of a model is, little-endian: the 8 bytes "HARISMDL", a version (1 byte), the length of a JSON header (4), the header (card,
// heads, calibration), the bias of each head (4 bytes each, IEEE 754), the number of rows (4), for each row its bucket (4) and a
// weight for each head (4 each), buckets rising; and the SHA-256 of all that.
const (
	magic       = "HARISMDL"
	fileVersion = 2
	maxHeads    = 1024
	maxHeader   = 16 << 20
)

// ErrModel says that bytes are not a model, or not a whole one.
var ErrModel = errors.New("stage: not a model")

type header struct {
	Card   Card                     `json:"card"`
	Heads  []string                 `json:"heads"`
	Curves map[string][]curveHeader `json:"calibration"`
}

type curveHeader struct {
	A         float64 `json:"a"`
	B         float64 `json:"b"`
	Positives int     `json:"positives"`
	OK        bool    `json:"ok"`
	Knots     []knot  `json:"knots,omitempty"`
}

// Encode writes the model as a file. Rows whose weights are all 0 are left out. The same model gives the same bytes.
func (m *Model) Encode() ([]byte, error) {
	h := header{Card: m.Card, Heads: m.heads, Curves: map[string][]curveHeader{}}
	for lang, list := range m.curves {
		for _, c := range list {
			h.Curves[lang] = append(h.Curves[lang], curveHeader{c.a, c.b, c.positives, c.ok, c.knots})
		}
	}
	j, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	b := append([]byte(magic), fileVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(j))) //nolint:gosec // small
	b = appendFloats(append(b, j...), m.bias)
	at := len(b)
	b = append(b, 0, 0, 0, 0)
	n := uint32(0)
	for bucket, row := range m.rows {
		if row < 0 {
			continue
		}
		w := m.weight[int(row)*len(m.heads):][:len(m.heads)]
		if !slices.ContainsFunc(w, func(v float32) bool { return v != 0 }) {
			continue
		}
		n++
		b = appendFloats(binary.LittleEndian.AppendUint32(b, uint32(bucket)), w) //nolint:gosec // below 2¹⁸
	}
	binary.LittleEndian.PutUint32(b[at:], n)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

func appendFloats(b []byte, list []float32) []byte {
	for _, v := range list {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// Decode reads what Encode wrote. What is cut, changed or of another version is an error that wraps ErrModel.
func Decode(b []byte) (*Model, error) {
	if len(b) < len(magic)+1+4+sha256.Size || string(b[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: it does not begin as one", ErrModel)
	}
	if v := b[len(magic)]; v != fileVersion {
		return nil, fmt.Errorf("%w of a version that is known: version %d, want %d", ErrModel, v, fileVersion)
	}
	body, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, fmt.Errorf("%w: its checksum is wrong: it was cut or changed", ErrModel)
	}
	body = body[len(magic)+1:]
	n := int(binary.LittleEndian.Uint32(body))
	if body = body[4:]; n > maxHeader || n > len(body) {
		return nil, fmt.Errorf("%w: a header of %d bytes", ErrModel, n)
	}
	var h header
	if err := json.Unmarshal(body[:n], &h); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrModel, err)
	}
	if len(h.Heads) == 0 || len(h.Heads) > maxHeads {
		return nil, fmt.Errorf("%w: %d heads, want 1 to %d", ErrModel, len(h.Heads), maxHeads)
	}
	m, err := h.model(body[n:])
	if err != nil {
		return nil, err
	}
	m.digest = hex.EncodeToString(sum)
	return m, nil
}

// model reads the numbers behind the header.
func (h header) model(b []byte) (*Model, error) {
	m := &Model{Card: h.Card, heads: h.Heads, rows: make([]int32, Buckets), curves: map[string][]curve{}}
	k := len(h.Heads)
	if len(b) < 4*k+4 {
		return nil, fmt.Errorf("%w: it ends before its weights", ErrModel)
	}
	var ok bool
	if m.bias, ok = floats(nil, b[:4*k]); !ok {
		return nil, fmt.Errorf("%w: a bias that is no number", ErrModel)
	}
	n := int(binary.LittleEndian.Uint32(b[4*k:]))
	b = b[4*k+4:]
	if n > Buckets || len(b) != n*(4+4*k) {
		return nil, fmt.Errorf("%w: %d rows in %d bytes", ErrModel, n, len(b))
	}
	for i := range m.rows {
		m.rows[i] = -1
	}
	last := -1
	for row := range n {
		r := b[row*(4+4*k):][:4+4*k]
		bucket := int(binary.LittleEndian.Uint32(r))
		if bucket <= last || bucket >= Buckets {
			return nil, fmt.Errorf("%w: bucket %d after %d", ErrModel, bucket, last)
		}
		last = bucket
		m.rows[bucket] = int32(row) //nolint:gosec // at most 2¹⁸
		if m.weight, ok = floats(m.weight, r[4:]); !ok {
			return nil, fmt.Errorf("%w: a weight that is no number", ErrModel)
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(h.Curves)) {
		if len(h.Curves[lang]) != k {
			return nil, fmt.Errorf("%w: calibration of %d heads in %q, want %d", ErrModel, len(h.Curves[lang]), lang, k)
		}
		for _, c := range h.Curves[lang] {
			if !rising(c.Knots) {
				return nil, fmt.Errorf("%w: calibration in %q does not rise", ErrModel, lang)
			}
			m.curves[lang] = append(m.curves[lang], curve{c.A, c.B, c.Knots, c.Positives, c.OK})
		}
	}
	return m, nil
}

func floats(out []float32, b []byte) ([]float32, bool) {
	for ; len(b) >= 4; b = b[4:] {
		v := math.Float32frombits(binary.LittleEndian.Uint32(b))
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// Calibration says of each language bucket how many positive examples each head was calibrated with, in the order of heads; those with
// too few are negative.
func (m *Model) Calibration() map[string][]int {
	out := map[string][]int{}
	for lang, list := range m.curves {
		for _, c := range list {
			n := c.positives
			if !c.ok {
				n = -n
			}
			out[lang] = append(out[lang], n)
		}
	}
	return out
}
