package normal

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold makes the folded form and counts what stood more than twice in a row.
func fold(v View) (out View, repeated int) {
	out = make(View, 0, len(v))
	put := func(c Rune) {
		n := len(out)
		switch {
		case n > 0 && c.R == ' ' && out[n-1].R == ' ':
			out[n-1].To = c.To
		case n > 1 && c.R == out[n-1].R && c.R == out[n-2].R && (c.R < '0' || c.R > '9'):
			out[n-1].To = c.To
			repeated++
		default:
			out = append(out, c)
		}
	}
	for _, c := range v {
		switch {
		case c.R < 0x80:
			if c.R >= 'A' && c.R <= 'Z' {
				c.R += 'a' - 'A'
			}
			put(c)
		case c.R == 'ß' || c.R == 'ẞ':
			c.R = 's'
			put(c)
			put(c)
		case nukta(c.R):
		default:
			c.R = letter(c.R)
			put(c)
		}
	}
	return out, repeated
}

// nukta reports whether a mark is the dot below of an Indic script, which many writers leave out.
func nukta(r rune) bool {
	switch r {
	case 0x093c, 0x09bc, 0x0a3c, 0x0abc, 0x0b3c, 0x0cbc:
		return true
	}
	return false
}

// letter folds one character that is not ASCII. Going by the capital letter first makes one of final and ordinary sigma, and of dotless and
// dotted i.
func letter(r rune) rune {
	switch {
	case r >= 0x0621 && r <= 0x06d5:
		return arabic(r)
	case caseless(r):
		return r
	}
	return changed(r)
}

// changed folds case and accents the long way.
func changed(r rune) rune {
	r = unicode.ToLower(unicode.ToUpper(r))
	switch {
	case r == 'ё':
		return 'е'
	case r >= 0xc0 && r < 0x400, r >= 0x1e00 && r < 0x2000:
		return unicode.ToLower(unicode.ToUpper(bare(r)))
	}
	return r
}

// bare is the first character of the canonical decomposition: a Latin or Greek letter without its accents.
func bare(r rune) rune {
	var b [utf8.UTFMax]byte
	n := utf8.EncodeRune(b[:], r)
	if d := norm.NFD.Properties(b[:n]).Decomposition(); len(d) > 0 {
		first, _ := utf8.DecodeRune(d)
		return first
	}
	return r
}

// arabic folds letters that stand for one another in Arabic, Persian and Urdu text: where the hamza sits, how yeh, kaf and heh
// are written, teh marbuta and heh. The last makes some words of Arabic alike that are not; this form is for comparing, and what is
// shown is the raw text. Which letters: detection specification, section 2; the Persian and Urdu forms by the names of the
// code chart "Arabic".
func arabic(r rune) rune {
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ', 'ٲ', 'ٳ', 'ٵ':
		return 'ا'
	case 'ؤ', 'ٶ', 'ٷ':
		return 'و'
	case 'ئ', 'ى', 'ی', 'ې', 'ے', 'ۓ', 'ٸ', 'ۍ', 'ێ':
		return 'ي'
	case 'ة', 'ۀ', 'ہ', 'ۂ', 'ۃ', 'ھ', 'ە':
		return 'ه'
	case 'ک', 'ڪ', 'گ', 'ڬ':
		return 'ك'
	case 'ں':
		return 'ن'
	}
	return r
}

// Letter folds one character of a Surface without looking at its neighbours: the folded character, one for one. "ß" stays.
func Letter(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r < 0x80:
		return r
	}
	return letter(r)
}
