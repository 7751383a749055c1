package normal

// ordinary reports whether a character lies in one of the ranges of which it is known that everything in them is seen, is no space, mark
// or digit, and that NFKC leaves text alone that consists of them and ASCII. It spares the text of the world's great languages the search in
// Unicode's tables; a test compares the two.
func ordinary(r rune) bool {
	switch {
	case r < 0xc0:
		return false
	case r < 0x250: // Latin
		return r < 0x132 || r >= 0x134 && r < 0x13f || r >= 0x141 && r < 0x149 || r >= 0x14a && r < 0x17f || r >= 0x180 && r < 0x1c4 ||
			r >= 0x1cd && r < 0x1f1 || r >= 0x1f4
	case r >= 0x400 && r < 0x483, r >= 0x48a && r < 0x530: // Cyrillic
		return true
	case r >= 0x621 && r < 0x640, r >= 0x641 && r < 0x64b, r >= 0x671 && r < 0x675, r >= 0x679 && r < 0x6d6: // Arabic
		return true
	}
	return caseless(r)
}

// caseless reports whether a character lies in one of the ranges of ordinary characters that know no case.
func caseless(r rune) bool {
	switch {
	case r < 0x3b1:
		return false
	case r >= 0x5d0 && r < 0x5eb, r >= 0x904 && r < 0x93a: // Hebrew, Devanagari
		return true
	case r >= 0xe01 && r < 0xe31, r >= 0x3041 && r < 0x3097, r >= 0x30a1 && r < 0x30fb: // Thai, Hiragana, Katakana
		return true
	case r >= 0x3400 && r < 0x4dc0, r >= 0x4e00 && r < 0xa000, r >= 0xac00 && r < 0xd7a4: // Han, Hangul
		return true
	}
	return r >= 0x1f300 && r < 0x1f51f || r >= 0x1f600 && r < 0x1f650 // pictures
}
