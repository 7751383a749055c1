package normal

import (
	"unicode"
)

// Word is one word of a form: the characters From to To, exclusive.
type Word struct{ From, To int }

// Words cuts a form into words: runs of letters, marks and digits. In scripts that put no space between words, every two neighbouring
// characters are a word, overlapping, as search engines do it; a single one is a word of its own. A mark belongs to the character
// before it.
func (v View) Words() []Word {
	var out []Word
	for i := 0; i < len(v); {
		switch {
		case unspaced(v[i].R):
			j := i
			for j < len(v) && (unspaced(v[j].R) || unicode.IsMark(v[j].R)) {
				j++
			}
			out = v.pairs(out, i, j)
			i = j
		case inWord(v[i].R) || unicode.IsDigit(v[i].R):
			j := i
			for j < len(v) && (inWord(v[j].R) || unicode.IsDigit(v[j].R)) && !unspaced(v[j].R) {
				j++
			}
			out = append(out, Word{i, j})
			i = j
		default:
			i++
		}
	}
	return out
}

// pairs adds every two neighbouring characters, with their marks, of a run without spaces.
func (v View) pairs(out []Word, from, to int) []Word {
	before, start := -1, from
	for start < to {
		end := start + 1
		for end < to && unicode.IsMark(v[end].R) {
			end++
		}
		if before >= 0 {
			out = append(out, Word{before, end})
		} else if end == to {
			out = append(out, Word{start, end})
		}
		before, start = start, end
	}
	return out
}

// unspaced reports whether a character is a letter of a script that puts no space between words.
func unspaced(r rune) bool {
	switch {
	case r < 0x0e00:
		return false
	case r < 0x0f00: // Thai, Lao
		return unicode.IsLetter(r)
	case r >= 0x1000 && r < 0x10a0, r >= 0x1780 && r < 0x1800: // Myanmar, Khmer
		return unicode.IsLetter(r)
	case r >= 0x3041 && r < 0x3100: // Hiragana, Katakana
		return unicode.IsLetter(r)
	}
	return r >= 0x3400 && unicode.Is(unicode.Han, r)
}

// leastSpaced is how many single letters in a row are taken for one word that was spaced out.
const leastSpaced = 3

// Joined returns the folded text with spaced single letters and digits joined ("x y z", "x.y.z", "x-y-z"), and whether there were any.
func (t *Text) Joined() (View, bool) {
	v := t.Folded
	var out View
	done := 0
	for i := 0; i < len(v); {
		letters, end := spacedRun(v, i)
		if letters < leastSpaced {
			i++
			continue
		}
		if out == nil {
			out = make(View, 0, len(v))
		}
		out = append(out, v[done:i]...)
		for ; i < end; i++ {
			if single(v[i].R) {
				out = append(out, v[i])
			}
		}
		done = end
	}
	if out == nil {
		return v, false
	}
	return append(out, v[done:]...), true
}

// spacedRun counts the single letters from i on, each parted from the next by one separator, and says where they end. A letter with
// another on one of its sides is part of an ordinary word.
func spacedRun(v View, i int) (letters, end int) {
	if i > 0 && single(v[i-1].R) {
		return 0, i
	}
	for i < len(v) && single(v[i].R) && (i+1 == len(v) || !single(v[i+1].R)) {
		letters, end = letters+1, i+1
		if i+1 == len(v) || !separates(v[i+1].R) {
			break
		}
		i += 2
	}
	return letters, end
}

func single(r rune) bool { return inWord(r) || unicode.IsDigit(r) }

func separates(r rune) bool {
	switch r {
	case ' ', '.', '-', '_', '*', '·', '/', '|', ',', '~', '+', '•':
		return true
	}
	return false
}

// Arabizi returns a Latin word in which digits stand for Arabic letters, as in "mar7aba", with Latin letters in their place; ok is false
// for any other word. Both forms are worth comparing.
func Arabizi(word string) (latin string, ok bool) {
	letters, digits := 0, 0
	var out []byte
	for i := range len(word) {
		c := word[i]
		switch {
		case c >= 'a' && c <= 'z':
			letters++
			out = append(out, c)
		case c >= '2' && c <= '9' && c != '4':
			digits++
			out = append(out, arabizi[c-'2']...)
		default:
			return "", false
		}
	}
	if digits == 0 || letters <= digits {
		return "", false
	}
	return string(out), true
}

// arabizi is what the digits 2 to 9 stand for: hamza, ain, none, khah, tah, hah, ghain or qaf, sad.
var arabizi = [...]string{"a", "a", "", "kh", "t", "h", "gh", "s"}
