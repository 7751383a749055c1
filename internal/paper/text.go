package paper

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/runenames"
)

// joins reports characters without a shape of their own that change the shape of their neighbours.
func joins(r rune) bool {
	return r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r)
}

// unseen reports characters that a reader could not see and that can make a text look like another one.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

// readable returns the text as it stands on the paper: characters that no font has, or that cannot be seen, by their numbers, and
// bytes that are no text by their value. Line breaks have been taken care of before.
func (w *Writer) readable(text string, bold bool) []rune {
	out := make([]rune, 0, len(text))
	var boxed []rune
	flush := func() {
		if len(boxed) > 0 {
			out = append(out, []rune(box(boxed))...)
			boxed = boxed[:0]
		}
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			flush()
			w.bytes++
			out = append(out, []rune(fmt.Sprintf("[byte %02X]", text[i]))...)
		case r == '\t':
			flush()
			out = append(out, ' ', ' ', ' ', ' ')
		case joins(r) && len(boxed) == 0 && len(out) > 0, !joins(r) && !unseen(r) && w.faceOf(r, bold) != nil:
			flush()
			out = append(out, r)
		default:
			w.numbered[r]++
			boxed = append(boxed, r)
		}
		i += n
	}
	flush()
	return out
}

// box shows characters by their numbers, and by their names where they have one.
func box(list []rune) string {
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = strings.TrimSpace(fmt.Sprintf("U+%04X %s", r, nameOf(r)))
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// nameOf is the name of a character, empty when it has none of its own.
func nameOf(r rune) string {
	if n := runenames.Name(r); !strings.HasPrefix(n, "<") {
		return n
	}
	return ""
}

// fromRight reports whether the first letter with a direction is written from right to left.
func fromRight(text []rune) bool {
	for _, r := range text {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		}
	}
	return false
}

// maxPiece bounds what is set as one paragraph; a longer line is cut at a space where there is one.
const maxPiece = 4000

// pieces cuts text into what is set as one paragraph.
func pieces(text string) (out []string) {
	text = strings.NewReplacer("\r\n", "\n", "\u2028", "\n", "\u2029", "\n", "\r", "\n").Replace(text)
	for line := range strings.SplitSeq(text, "\n") {
		for len(line) > maxPiece {
			cut := maxPiece
			if at := strings.LastIndexByte(line[:maxPiece], ' '); at > maxPiece/2 {
				cut = at + 1
			}
			for cut > maxPiece-utf8.UTFMax && !utf8.RuneStart(line[cut]) {
				cut--
			}
			out = append(out, line[:cut])
			line = line[cut:]
		}
		out = append(out, line)
	}
	return out
}

// listNumbered says at the end which characters were shown by their numbers.
func (w *Writer) listNumbered() {
	if len(w.numbered) == 0 && w.bytes == 0 {
		return
	}
	counts := maps.Clone(w.numbered) // the list itself shows none
	w.Heading(2, "Characters shown by their numbers")
	w.Paragraph("No font at hand has these characters, or they cannot be seen. They stand in the text as U+ and their number.")
	var rows []Row
	for _, r := range slices.Sorted(maps.Keys(counts)) {
		times := "once"
		if n := counts[r]; n > 1 {
			times = fmt.Sprintf("%d times", n)
		}
		rows = append(rows, Row{Name: fmt.Sprintf("U+%04X", r), Value: strings.TrimPrefix(nameOf(r)+", "+times, ", ")})
	}
	if w.bytes > 0 {
		rows = append(rows, Row{Name: "Bytes that are no text", Value: fmt.Sprint(w.bytes)})
	}
	w.Rows(0, rows)
}
