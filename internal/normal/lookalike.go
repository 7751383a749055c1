package normal

import "unicode"

// Skeleton returns the folded text with every word that mixes scripts written in the Latin letters it looks like, and whether there was
// such a word. Words of one script are left alone, whatever they look like: most Cyrillic and Greek words consist of letters that
// look Latin.
func (t *Text) Skeleton() (View, bool) {
	return skeleton(t.Folded)
}

func skeleton(folded View) (View, bool) {
	var out View
	for i := 0; i < len(folded); {
		if !inWord(folded[i].R) {
			i++
			continue
		}
		j := i
		scripts := script(0)
		for j < len(folded) && inWord(folded[j].R) {
			scripts |= scriptOf(folded[j].R)
			j++
		}
		if scripts&(scripts-1) != 0 {
			if out == nil {
				out = append(make(View, 0, len(folded)), folded...)
			}
			for n := i; n < j; n++ {
				out[n].R = LooksLike(out[n].R)
			}
		}
		i = j
	}
	if out == nil {
		return folded, false
	}
	return out, true
}

func inWord(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// script is a set of scripts whose letters can be taken for one another.
type script uint8

const (
	latin script = 1 << iota
	greek
	cyrillic
	armenian
	cherokee
)

func scriptOf(r rune) script {
	switch {
	case r >= 'a' && r <= 'z', r >= 0xc0 && r < 0x250, r >= 0x1e00 && r < 0x1f00:
		return latin
	case r < 0x250:
		return 0
	case r >= 0x370 && r < 0x400, r >= 0x1f00 && r < 0x2000:
		return greek
	case r >= 0x400 && r < 0x530:
		return cyrillic
	case r >= 0x530 && r < 0x590:
		return armenian
	case r >= 0x13a0 && r < 0x1400, r >= 0xab70 && r < 0xabc0:
		return cherokee
	case unicode.Is(unicode.Latin, r):
		return latin
	}
	return 0
}

// LooksLike returns the lower-case Latin letter that a folded letter of another script, or a Latin letter of another shape, is taken
// for; any other character comes back as it is. The table was made by hand from the glyphs of the code charts: a letter stands in
// it when its small or its capital form is drawn as that Latin letter in common fonts.
func LooksLike(r rune) rune {
	if r < 0x80 {
		return r
	}
	if l, ok := lookAlikes[r]; ok {
		return l
	}
	return r
}

var lookAlikes = map[rune]rune{
	// Cyrillic
	'а': 'a', 'ӕ': 'a', 'в': 'b', 'ь': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'є': 'e', 'ә': 'e', 'ғ': 'f', 'ԍ': 'g', 'һ': 'h', 'н': 'h', 'ң': 'h',
	'і': 'i', 'ї': 'i', 'ј': 'j', 'к': 'k', 'қ': 'k', 'ӏ': 'l', 'м': 'm', 'п': 'n', 'о': 'o', 'ө': 'o', 'р': 'p', 'ԛ': 'q',
	'г': 'r', 'ѕ': 's', 'т': 't', 'ү': 'y', 'ұ': 'y', 'ѵ': 'v', 'ԝ': 'w', 'ѡ': 'w', 'ш': 'w', 'х': 'x', 'ҳ': 'x', 'у': 'y', 'ч': 'y', 'з': 'z',
	// Greek
	'α': 'a', 'β': 'b', 'δ': 'd', 'ε': 'e', 'η': 'n', 'ι': 'i', 'ϳ': 'j', 'κ': 'k', 'μ': 'm', 'ν': 'v', 'ο': 'o', 'ρ': 'p',
	'σ': 'o', 'τ': 't', 'υ': 'u', 'χ': 'x', 'γ': 'y', 'ω': 'w', 'ζ': 'z',
	// Armenian
	'ա': 'w', 'ո': 'n', 'գ': 'q', 'զ': 'q', 'հ': 'h', 'յ': 'j', 'ս': 'u', 'օ': 'o', 'ց': 'g', 'ք': 'p', 'լ': 'l',
	// Cherokee, small letters
	'ꭺ': 'a', 'ꮟ': 'b', 'ꮯ': 'c', 'ꭰ': 'd', 'ꭼ': 'e', 'ꮐ': 'g', 'ꮋ': 'h', 'ꭻ': 'j', 'ꮶ': 'k', 'ꮮ': 'l', 'ꮇ': 'm', 'ꮲ': 'p', 'ꭱ': 'r',
	'ꮪ': 's', 'ꭲ': 't', 'ꮩ': 'v', 'ꮤ': 'w', 'ꮓ': 'z',
	// Latin letters of another shape
	'ɑ': 'a', 'ɐ': 'a', 'ɓ': 'b', 'ƅ': 'b', 'đ': 'd', 'ɖ': 'd', 'ð': 'd', 'ɛ': 'e', 'ǝ': 'e', 'ə': 'e', 'ƒ': 'f', 'ɡ': 'g', 'ɢ': 'g', 'ħ': 'h', 'ʜ': 'h',
	'ɩ': 'i', 'ɪ': 'i', 'ɨ': 'i', 'ʝ': 'j', 'ƙ': 'k', 'ĸ': 'k', 'ł': 'l', 'ʟ': 'l', 'ɱ': 'm', 'ɴ': 'n', 'ŋ': 'n', 'ø': 'o', 'ɔ': 'o', 'ᴏ': 'o', 'ƿ': 'p',
	'ʀ': 'r', 'ɾ': 'r', 'ʂ': 's', 'ꜱ': 's', 'ŧ': 't', 'ᴛ': 't', 'ʋ': 'u', 'ᴜ': 'u', 'ᴠ': 'v', 'ʍ': 'w', 'ᴡ': 'w', 'ʏ': 'y', 'ƶ': 'z', 'ᴢ': 'z', 'ᴀ': 'a',
	'ʙ': 'b', 'ᴄ': 'c', 'ᴅ': 'd', 'ᴇ': 'e', 'ꜰ': 'f', 'ᴊ': 'j', 'ᴋ': 'k', 'ᴍ': 'm', 'ᴘ': 'p',
}
