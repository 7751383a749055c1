package early

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Conversation is one conversation of the PAN-12 corpus ("sexual predator identification", G. Inches, F. Crestani, CLEF 2012).
type Conversation struct {
	ID       string
	Messages []Message
}

// Message is one line of a conversation. At is the time of day: the corpus has no dates.
type Message struct {
	Line   int
	Author string
	At     time.Duration
	Text   string
}

// ErrFormat says that a file is not what PAN-12's are.
var ErrFormat = errors.New("early: not a PAN-12 file")

type xmlMessage struct {
	Line   string `xml:"line,attr"`
	Author string `xml:"author"`
	Time   string `xml:"time"`
	Text   string `xml:"text"`
}

// ReadPAN12 reads <conversations>, one conversation at a time, so that files of hundreds of megabytes need little memory, and calls f for
// each. What f returns ends the reading. A message without an author or with a time that is not HH:MM is an error that names the
// conversation and the line.
func ReadPAN12(r io.Reader, f func(Conversation) error) error {
	d := xml.NewDecoder(bufio.NewReader(r))
	inside := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			if !inside {
				return fmt.Errorf("%w: no element <conversations>", ErrFormat)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrFormat, err)
		}
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
			continue
		case !inside && e.Name.Local != "conversations":
			return fmt.Errorf("%w: element <%s>, want <conversations>", ErrFormat, e.Name.Local)
		case !inside:
			inside = true
			continue
		case e.Name.Local != "conversation":
			return fmt.Errorf("%w: element <%s>, want <conversation>", ErrFormat, e.Name.Local)
		}
		var raw struct {
			ID       string       `xml:"id,attr"`
			Messages []xmlMessage `xml:"message"`
		}
		if err := d.DecodeElement(&raw, &e); err != nil {
			return fmt.Errorf("%w: %w", ErrFormat, err)
		}
		c := Conversation{ID: raw.ID}
		for _, m := range raw.Messages {
			read, err := m.read()
			if err != nil {
				return fmt.Errorf("%w: conversation %q: %w", ErrFormat, raw.ID, err)
			}
			c.Messages = append(c.Messages, read)
		}
		if err := f(c); err != nil {
			return err
		}
	}
}

func (m xmlMessage) read() (out Message, err error) {
	if out.Line, err = strconv.Atoi(m.Line); err != nil {
		return out, fmt.Errorf("message %q: want a number of the line", m.Line)
	}
	if out.Author = strings.TrimSpace(m.Author); out.Author == "" {
		return out, fmt.Errorf("line %d: no author", out.Line)
	}
	at, err := time.Parse("15:04", strings.TrimSpace(m.Time))
	if err != nil {
		return out, fmt.Errorf("line %d: time %q, want such as 09:30", out.Line, m.Time)
	}
	out.At = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	out.Text = m.Text
	return out, nil
}

// ReadAuthors reads a list of authors, one a line; empty lines are left out. It is the only label of PAN-12 to learn from.
func ReadAuthors(r io.Reader) ([]string, error) {
	var out []string
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if strings.ContainsAny(line, " \t<>") {
			return nil, fmt.Errorf("%w: line %d: %q, want one author", ErrFormat, n, line)
		}
		if line != "" {
			out = append(out, line)
		}
	}
	return out, s.Err()
}

// ReadLines reads the truth of the second task: a conversation and a line, with a tab between, each written as "conversation\tline" so that
// Count can compare them.
func ReadLines(r io.Reader) ([]string, error) {
	var out []string
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		if strings.TrimSpace(s.Text()) == "" {
			continue
		}
		id, line, ok := strings.Cut(s.Text(), "\t")
		k, err := strconv.Atoi(strings.TrimSpace(line))
		if !ok || err != nil || id == "" {
			return nil, fmt.Errorf("%w: line %d: %q, want a conversation, a tab and the number of a line", ErrFormat, n, s.Text())
		}
		out = append(out, fmt.Sprintf("%s\t%d", id, k))
	}
	return out, s.Err()
}

// Eligible is the winner's choice of conversations worth looking at (E. Villatoro-Tello et al., 2012): two or more people, and six or
// more messages of each.
func (c Conversation) Eligible() bool {
	count := map[string]int{}
	for _, m := range c.Messages {
		count[m.Author]++
	}
	for _, n := range count {
		if n < 6 {
			return false
		}
	}
	return len(count) > 1
}
