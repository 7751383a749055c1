package cybertip

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// CleanText makes text safe for XML 1.0, which cannot carry every character: a forbidden control character becomes its visible symbol
// (U+0000 becomes U+2400 ␀), anything else forbidden becomes U+FFFD. It returns how many characters were replaced, so that a caller can
// say so beside the text. [Encode] applies it to every value.
func CleanText(s string) (clean string, replaced int) {
	if legalText(s) {
		return s, 0
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			r = utf8.RuneError
			replaced++
		case r < 0x20 && !legalRune(r):
			r += 0x2400
			replaced++
		case !legalRune(r):
			r = utf8.RuneError
			replaced++
		}
		b.WriteRune(r)
		i += n
	}
	return b.String(), replaced
}

// legalRune reports whether XML 1.0 allows the character.
func legalRune(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || (r >= 0x20 && r <= 0xD7FF) || (r >= 0xE000 && r <= 0xFFFD) || (r >= 0x10000 && r <= 0x10FFFF)
}

func legalText(s string) bool { return illegalAt(s) < 0 }

// illegalAt returns the offset of the first byte that is not part of a legal character, or -1.
func illegalAt(s string) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if (r == utf8.RuneError && n == 1) || !legalRune(r) {
			return i
		}
		i += n
	}
	return -1
}

// escape writes legal text so that a reader gets it back unchanged, line ends included.
func escape(b *bytes.Buffer, s string, inAttr bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '&':
			b.WriteString("&amp;")
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '\r':
			b.WriteString("&#13;")
		case inAttr && c == '"':
			b.WriteString("&quot;")
		case inAttr && c == '\n':
			b.WriteString("&#10;")
		case inAttr && c == '\t':
			b.WriteString("&#9;")
		default:
			b.WriteByte(c)
		}
	}
}

// unescape resolves references and normalises line ends, and in attributes white space. The offset is -1, or where a reference is wrong.
func unescape(s string, inAttr bool) (string, int) {
	special := "&\r"
	if inAttr {
		special = "&\r\n\t"
	}
	i := strings.IndexAny(s, special)
	if i < 0 {
		return s, -1
	}
	b := make([]byte, 0, len(s))
	b = append(b, s[:i]...)
	for i < len(s) {
		switch c := s[i]; {
		case c == '&':
			r, n := reference(s[i:])
			if n == 0 {
				return "", i
			}
			b = utf8.AppendRune(b, r)
			i += n
			continue
		case c == '\r' && i+1 < len(s) && s[i+1] == '\n':
			// The line feed that follows stands for both.
		case c == '\r' && !inAttr:
			b = append(b, '\n')
		case inAttr && isSpace(c):
			b = append(b, ' ')
		default:
			b = append(b, c)
		}
		i++
	}
	return string(b), -1
}

// reference reads one entity or character reference; n is 0 when it is not one that we know.
func reference(s string) (r rune, n int) {
	end := strings.IndexByte(s[:min(len(s), 12)], ';')
	if end < 2 {
		return 0, 0
	}
	switch name := s[1:end]; name {
	case "amp":
		return '&', end + 1
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	default:
		if name[0] != '#' {
			return 0, 0
		}
		digits, numBase := name[1:], 10
		if strings.HasPrefix(digits, "x") {
			digits, numBase = digits[1:], 16
		}
		v, err := strconv.ParseUint(digits, numBase, 32)
		if err != nil || !legalRune(rune(v)) {
			return 0, 0
		}
		return rune(v), end + 1
	}
}

func normalNewlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func allSpace(s string) bool {
	for i := range len(s) {
		if !isSpace(s[i]) {
			return false
		}
	}
	return true
}

// collapse is the white space handling of every base but string.
func collapse(s string) string {
	if s == "" || (!isSpace(s[0]) && !strings.ContainsAny(s, " \t\n\r")) {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }), " ")
}

// cutName splits an XML name from what follows it.
func cutName(s string) (name, rest string, ok bool) {
	i := 0
	for i < len(s) && isNameByte(s[i], i == 0) {
		i++
	}
	return s[:i], s[i:], i > 0
}

func isNameByte(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == ':', c >= utf8.RuneSelf:
		return true
	default:
		return !first && (c == '-' || c == '.' || (c >= '0' && c <= '9'))
	}
}

// decodeCharset returns the document as UTF-8 without a byte order mark. What the XML declaration says counts, not any HTTP header.
func decodeCharset(data []byte) (string, *syntaxError) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return utf16String(data[2:], binary.BigEndian)
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return utf16String(data[2:], binary.LittleEndian)
	}
	src := string(data)
	switch name := declaredEncoding(src); strings.ToLower(name) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
	case "iso-8859-1", "latin1", "iso8859-1":
		var b strings.Builder
		for _, c := range data {
			b.WriteRune(rune(c))
		}
		src = b.String()
	default:
		return "", &syntaxError{rule: RuleEncoding, msg: "the encoding " + strconv.Quote(name) + " is not supported; write UTF-8"}
	}
	if at := illegalAt(src); at >= 0 {
		return "", &syntaxError{rule: RuleMalformed, off: at, msg: "a byte here is not a character that XML 1.0 allows"}
	}
	return src, nil
}

func utf16String(data []byte, order binary.ByteOrder) (string, *syntaxError) {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	src := string(utf16.Decode(units))
	if at := illegalAt(src); at >= 0 || len(data)%2 != 0 {
		return "", &syntaxError{rule: RuleMalformed, msg: "the UTF-16 document contains a character that XML 1.0 does not allow"}
	}
	return src, nil
}

// declaredEncoding returns the encoding the XML declaration names, or "".
func declaredEncoding(src string) string {
	if !isDeclaration(src) {
		return ""
	}
	end := strings.Index(src, "?>")
	if end < 0 {
		return ""
	}
	_, after, ok := strings.Cut(src[:end], "encoding")
	if !ok {
		return ""
	}
	after = strings.TrimLeft(after, " \t\r\n=")
	if after == "" {
		return ""
	}
	value, _, _ := strings.Cut(after[1:], after[:1])
	return value
}
