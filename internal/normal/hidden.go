package normal

import "unicode"

const (
	zwj     = 0x200d
	tatweel = 0x0640
)

// Bidi reports whether a character is a control of the Unicode bidirectional algorithm (Annex 9): it changes the order in which others
// are shown and is not seen itself.
func Bidi(r rune) bool {
	switch {
	case r < 0x061c:
		return false
	case r == 0x061c, r == 0x200e, r == 0x200f:
		return true
	}
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

func selector(r rune) bool { return r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef }

// Hidden reports whether a character, bidirectional controls left aside, shows nothing or only stretches its neighbours: controls
// and format characters (Cc, Cf), the other default ignorables of Unicode's DerivedCoreProperties, and tatweel.
func Hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return r != '\t' && r != '\n' && r != '\r' && r != '\v' && r != '\f' && r != 0x85
	case r < 0xad:
		return false
	}
	switch r {
	case tatweel, 0x07fa, // stretches the letter before it
		0x034f,                                 // combining grapheme joiner
		0x115f, 0x1160, 0x17b4, 0x17b5, 0x3164, // fillers and inherent vowels
		0x180b, 0x180c, 0x180d, 0x180f, 0x2065, 0xffa0:
		return true
	}
	return selector(r) || r >= 0xe0000 && r <= 0xe0fff || unicode.Is(unicode.Cf, r) && !Bidi(r)
}

// unread are the scripts whose marks a reader can do without: they are the ones that people leave out, or that stand for
// nothing at all when piled up. In other scripts marks are the vowels, and words without them are other words.
var unread = []*unicode.RangeTable{unicode.Inherited, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Latin, unicode.Greek, unicode.Cyrillic}

// mark reports whether a character is a combining mark to leave out. It is asked after NFKC, so a letter with an accent of its
// own is one letter and stays.
func mark(r rune) bool {
	if r < 0x300 {
		return false
	}
	return unicode.Is(unicode.Me, r) || unicode.Is(unicode.Mn, r) && unicode.In(r, unread...)
}
