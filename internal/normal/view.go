package normal

import "unicode/utf8"

// Rune is one character of a form, and the bytes of the raw text that it came from.
type Rune struct {
	R        rune
	From, To uint32
}

// View is one form of a text.
type View []Rune

// String returns the form as text.
func (v View) String() string {
	b := make([]byte, 0, len(v)+len(v)/2)
	for _, c := range v {
		b = utf8.AppendRune(b, c.R)
	}
	return string(b)
}

// Raw returns the bounds, in bytes of the raw text, of what the characters i to j (exclusive) came from. An empty piece has empty
// bounds at the place where it stands.
func (v View) Raw(i, j int) (from, to int) {
	if i >= j {
		if i < len(v) {
			return int(v[i].From), int(v[i].From)
		}
		if len(v) > 0 {
			return int(v[len(v)-1].To), int(v[len(v)-1].To)
		}
		return 0, 0
	}
	return int(v[i].From), int(v[j-1].To)
}

// bytes returns the form as UTF-8, and for each byte the place of its character.
func (v View) bytes() (text []byte, at []int32) {
	text, at = make([]byte, 0, 2*len(v)), make([]int32, 0, 2*len(v))
	for i, c := range v {
		text = utf8.AppendRune(text, c.R)
		for len(at) < len(text) {
			at = append(at, int32(i)) //nolint:gosec // a message is shorter than 2 GiB
		}
	}
	return text, at
}
