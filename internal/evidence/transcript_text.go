package evidence

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Text returns the transcript as people read it, UTF-8. Every line of what someone wrote stands behind a bar, so nothing that was
// written can look like a line of the transcript itself. JSON is the exact record; this is its rendering.
func (t Transcript) Text() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Transcript of conversation %s\n%d lines, times in UTC, oldest first.\n", plain(t.Conversation), len(t.Lines))
	if t.Cleaned > 0 {
		fmt.Fprintf(&b, "%d characters that XML forbids were taken out of this copy; the sealed original has them.\n", t.Cleaned)
	}
	if e := t.Earlier; e != nil {
		fmt.Fprintf(&b, "%d earlier entries of the conversation, from %s to %s, are held by the company and are not in this file.\n",
			e.Count, e.First.UTC().Format(time.RFC3339), e.Last.UTC().Format(time.RFC3339))
	}
	for _, l := range t.Lines {
		l.write(&b)
	}
	return []byte(b.String())
}

func (l Line) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n[%s] %s %s", l.Time.Format(time.RFC3339Nano), l.Type, plain(l.From))
	if len(l.To) > 0 {
		to := make([]string, len(l.To))
		for i, a := range l.To {
			to[i] = plain(a)
		}
		b.WriteString(" -> " + strings.Join(to, ", "))
	}
	if l.Group != "" {
		b.WriteString(" in group " + plain(l.Group))
	}
	fmt.Fprintf(b, " (log %d, event %s of %s", l.Seq, plain(l.EventID), plain(l.Source))
	for _, f := range [...][2]string{{"language", l.Lang}, {"reply to", l.ReplyTo}, {"new version of", l.EditOf}, {"IP", l.IP}} {
		if f[1] != "" {
			b.WriteString(", " + f[0] + " " + plain(f[1]))
		}
	}
	if l.Port != 0 {
		fmt.Fprintf(b, ", port %d", l.Port)
	}
	b.WriteString(")\n")
	if !l.UnsentAt.IsZero() {
		fmt.Fprintf(b, "  unsent by the sender at %s\n", l.UnsentAt.Format(time.RFC3339Nano))
	}
	for _, k := range slices.Sorted(maps.Keys(l.Facts)) {
		fmt.Fprintf(b, "  %s: %s\n", plainKey(k), plain(l.Facts[k]))
	}
	for _, a := range l.Attachments {
		a.write(b)
	}
	if l.Text == "" {
		return
	}
	for _, s := range splitLines(l.Text) {
		b.WriteString("  | " + s + "\n")
	}
}

func (a Attachment) write(b *strings.Builder) {
	fmt.Fprintf(b, "  attachment %s %s", plain(a.Kind), plain(a.ID))
	for _, f := range [...][2]string{
		{"name", a.Name}, {"type", a.Mime}, {"sha256", a.SHA256}, {"sha1", a.SHA1}, {"md5", a.MD5}, {"url", a.URL},
	} {
		if f[1] != "" {
			b.WriteString(", " + f[0] + " " + plain(f[1]))
		}
	}
	if a.Bytes > 0 {
		fmt.Fprintf(b, ", %d bytes", a.Bytes)
	}
	b.WriteByte('\n')
}

// plain writes a short value as it is when it cannot be mistaken for anything else, and quoted otherwise.
func plain(s string) string {
	odd := func(r rune) bool {
		return r == utf8.RuneError || r == '"' || r == ',' || !unicode.IsGraphic(r) || unicode.IsSpace(r)
	}
	if s == "" || strings.ContainsFunc(s, odd) {
		return strconv.Quote(s)
	}
	return s
}

// plainKey writes the name of a fact. Those of filters are the platform's own words and are quoted when they are odd.
func plainKey(k string) string {
	if f, ok := strings.CutPrefix(k, "filter "); ok {
		return "filter " + plain(f)
	}
	return k
}

// splitLines splits at everything that a viewer may show as the end of a line.
func splitLines(s string) []string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Split(strings.Map(func(r rune) rune {
		switch r {
		case '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
			return '\n'
		}
		return r
	}, s), "\n")
}

// ForReport returns a copy without the characters that XML 1.0 forbids, and counts them in Cleaned. It is for what leaves in a
// report; evidence is sealed as it was.
func (t Transcript) ForReport() Transcript {
	c := &cleaner{}
	out := Transcript{Conversation: c.clean(t.Conversation), Earlier: t.Earlier, Lines: make([]Line, len(t.Lines))}
	for i, l := range t.Lines {
		out.Lines[i] = c.line(l)
	}
	out.Cleaned = t.Cleaned + c.n
	return out
}

// XMLText returns s without the characters that XML 1.0 forbids, and how many there were.
func XMLText(s string) (string, int) {
	c := &cleaner{}
	return c.clean(s), c.n
}

// cleaner takes out and counts.
type cleaner struct{ n int }

func (c *cleaner) clean(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if (r == utf8.RuneError && size == 1) || !xmlChar(r) {
			c.n++
		} else {
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// xmlChar is the production Char of XML 1.0, section 2.2.
func xmlChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

func (c *cleaner) line(l Line) Line {
	l.EventID, l.Source, l.From, l.Group = c.clean(l.EventID), c.clean(l.Source), c.clean(l.From), c.clean(l.Group)
	l.Lang, l.Text, l.ReplyTo, l.IP, l.EditOf = c.clean(l.Lang), c.clean(l.Text), c.clean(l.ReplyTo), c.clean(l.IP), c.clean(l.EditOf)
	to := make([]string, len(l.To))
	for i, s := range l.To {
		to[i] = c.clean(s)
	}
	if l.To != nil {
		l.To = to
	}
	if l.Facts != nil {
		facts := make(map[string]string, len(l.Facts))
		for k, v := range l.Facts {
			facts[c.clean(k)] = c.clean(v)
		}
		l.Facts = facts
	}
	l.Attachments = slices.Clone(l.Attachments)
	for i := range l.Attachments {
		a := &l.Attachments[i]
		for _, f := range [...]*string{&a.ID, &a.Kind, &a.Name, &a.Mime, &a.SHA256, &a.SHA1, &a.MD5, &a.URL} {
			*f = c.clean(*f)
		}
	}
	return l
}
