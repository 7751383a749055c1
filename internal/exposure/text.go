package exposure

import (
	"bytes"
	"unicode/utf8"

	"haris/internal/evidence"
)

// pageBytes is the longest page of a text.
const pageBytes = 16 << 10

// paginate cuts a text into pages: behind the last end of a line that fits, or else behind the last whole character. The pages
// together are the text.
func paginate(b []byte) (pages []evidence.Span) {
	for from := 0; from < len(b); {
		to := len(b)
		if to-from > pageBytes {
			to = from + pageBytes
			if at := bytes.LastIndexByte(b[from:to], '\n'); at >= 0 {
				to = from + at + 1
			} else {
				to = whole(b, from, to)
			}
		}
		pages = append(pages, evidence.Span{From: int64(from), To: int64(to)})
		from = to
	}
	return pages
}

// whole moves an end back so that it cuts no character in two; bytes that are no characters are cut anywhere.
func whole(b []byte, from, to int) int {
	for back := range utf8.UTFMax {
		if at := to - back; at > from && utf8.RuneStart(b[at]) {
			return at
		}
	}
	return to
}
