package normal

import "unicode"

// digit returns the value of a decimal digit of any script. Unicode encodes the digits of a script in ascending order from zero on,
// without a gap (the Unicode Standard, section 4.6), so a range of the category Nd holds one or more whole tens.
func digit(r rune) (value rune, ok bool) {
	if r < 0x660 {
		return r - '0', r >= '0' && r <= '9'
	}
	if r <= 0xffff {
		list := unicode.Nd.R16
		for lo, hi := 0, len(list); lo < hi; {
			mid := (lo + hi) / 2
			switch g := &list[mid]; {
			case uint16(r) < g.Lo: //nolint:gosec // looked at above
				hi = mid
			case uint16(r) > g.Hi: //nolint:gosec // looked at above
				lo = mid + 1
			default:
				return (r - rune(g.Lo)) % 10, true
			}
		}
		return 0, false
	}
	for _, g := range unicode.Nd.R32 {
		if r >= rune(g.Lo) && r <= rune(g.Hi) { //nolint:gosec // no code point is that large
			return (r - rune(g.Lo)) % 10, true //nolint:gosec // no code point is that large
		}
	}
	return 0, false
}

// number returns the value, 0 to 20, of a number in a circle or a keycap that NFKC leaves alone. The code charts "Enclosed Alphanumerics",
// "Dingbats" and "Enclosed Alphanumeric Supplement" list them.
func number(r rune) (value rune, ok bool) {
	switch {
	case r < 0x24eb:
		return 0, false
	case r <= 0x24f4: // negative circled eleven to twenty
		return r - 0x24eb + 11, true
	case r >= 0x24f5 && r <= 0x24fe: // double circled one to ten
		return r - 0x24f5 + 1, true
	case r == 0x24ff: // negative circled zero
		return 0, true
	case r >= 0x2776 && r <= 0x2793: // dingbats: negative circled, circled sans-serif, negative circled sans-serif; one to ten each
		return (r-0x2776)%10 + 1, true
	case r == 0x1f10b, r == 0x1f10c: // dingbats: circled zero
		return 0, true
	case r == 0x1f51f: // keycap ten
		return 10, true
	}
	return 0, false
}
