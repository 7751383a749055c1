package extract

import (
	"strings"
	"unicode/utf8"
)

// findMails finds addresses: name@host.end, and the same with words in place of the signs. Where a word stands for the sign, a word must
// stand for the dot, too, or the host must be one where people have mail, so that "meet me at home" is none.
func (x *Extractor) findMails(m *message, out []Find) []Find {
	for i := 1; i < len(m.tokens); i++ {
		host, words, ok := m.atSign(i)
		if !ok || host >= len(m.tokens) {
			continue
		}
		name := host - 1
		if words {
			name = host - 2
		}
		if name < 0 {
			continue
		}
		end, dots := m.host(host)
		if end == host+1 || m.tokens[end-1].word == nil || m.tokens[end-1].word.is&isTLD == 0 {
			continue
		}
		if words && dots == 0 && !mailHost(m.tokens[host].text) {
			continue
		}
		start := m.nameStart(name)
		value := m.joinText(start, name+1) + "@" + m.hostText(host, end)
		f := m.find(Email, value, start, end)
		if words || dots > 0 {
			f.Operators |= Words
		}
		if !taken(out, f) {
			out = append(out, f)
		}
		i = end - 1
	}
	return out
}

// atSign reports whether an @, or a word for it, parts token i from the name before it, and where the host begins.
func (m *message) atSign(i int) (host int, word, ok bool) {
	t := &m.tokens[i]
	switch {
	case t.has('@'):
		return i, false, true
	case t.word != nil && t.word.is&isAt != 0 && i+1 < len(m.tokens):
		return i + 1, true, true
	}
	return 0, false, false
}

// host follows a host's parts from i on and returns its end, exclusive, and how many dots were words.
func (m *message) host(i int) (end, words int) {
	end = i + 1
	for end < len(m.tokens) {
		t := &m.tokens[end]
		switch {
		case t.adjoins('.') || t.adjoins('-'):
			end++
		case t.word != nil && t.word.is&isDot != 0 && end+1 < len(m.tokens) && t.gap <= 1 && m.tokens[end+1].gap <= 1:
			words++
			end += 2
		default:
			return end, words
		}
	}
	return end, words
}

// nameStart goes back from the last part of a mail name to its first.
func (m *message) nameStart(i int) int {
	for i > 0 {
		t := &m.tokens[i]
		if !(t.adjoins('.') || t.adjoins('_') || t.adjoins('-') || t.adjoins('+') || len(t.signs) == 0) {
			break
		}
		i--
	}
	return i
}

// joinText writes the tokens with the signs that stand between them.
func (m *message) joinText(i, j int) string {
	var b strings.Builder
	for n := i; n < j; n++ {
		if n > i {
			for _, c := range m.tokens[n].signs {
				if c.R != ' ' {
					b.WriteRune(c.R)
				}
			}
		}
		b.WriteString(m.tokens[n].text)
	}
	return b.String()
}

func (m *message) hostText(i, j int) string {
	var b strings.Builder
	for n := i; n < j; n++ {
		t := &m.tokens[n]
		switch {
		case n == i:
		case t.adjoins('-'):
			b.WriteByte('-')
		case t.word != nil && t.word.is&isDot != 0 && !t.adjoins('.'):
			continue
		default:
			b.WriteByte('.')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// mailHost reports whether a word is the name of a service where many people have mail.
func mailHost(s string) bool {
	switch s {
	case "gmail", "googlemail", "yahoo", "hotmail", "outlook", "live", "icloud", "proton", "protonmail", "aol", "gmx", "mail", "yandex", "msn":
		return true
	}
	return false
}

// findLinks finds hosts: with a scheme or www before them, or with an ending in common use.
func (x *Extractor) findLinks(m *message, out []Find) []Find {
	for i := 0; i < len(m.tokens); i++ {
		start := i
		scheme := (m.tokens[i].text == "http" || m.tokens[i].text == "https") && i+1 < len(m.tokens) && m.tokens[i+1].has('/') && m.tokens[i+1].has(':')
		if scheme {
			start++
		}
		end, words := m.host(start)
		if end == start+1 {
			continue
		}
		last := m.tokens[end-1].word
		www := m.tokens[start].text == "www"
		if !scheme && !www && (last == nil || last.is&isTLD == 0 || utf8.RuneCountInString(m.tokens[end-2].text) < 2 || words > 0 && m.tokens[end-1].text != "com") {
			continue
		}
		if m.tokens[end-1].digits > 0 || !scheme && !www && last.is&isPlace != 0 {
			continue
		}
		f := m.find(Link, strings.TrimPrefix(m.hostText(start, end), "www."), start, end)
		if words > 0 {
			f.Operators |= Words
		}
		if !taken(out, f) {
			out = append(out, f)
		}
		i = end - 1
	}
	return out
}
