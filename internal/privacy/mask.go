package privacy

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Mask puts marks in the place of names that belong to other people. A mark is the same for the same name in every export of an
// installation and tells nothing more. It is not safe for concurrent use.
type Mask struct {
	key     []byte
	marks   map[string]string // what stands in the place of a name; an own name stands for itself
	lengths []int             // of the names in bytes, longest first
	leave   map[string]bool   // fields that are left out
}

// NewMask makes a mask whose marks are keyed by secret. own are the names of whom the export is about: they stay. Fields named in leave
// are left out wherever they stand.
func NewMask(secret []byte, own, leave []string) *Mask {
	m := &Mask{key: secret, marks: map[string]string{}, leave: map[string]bool{}}
	for _, s := range own {
		m.set(s, s)
	}
	for _, f := range leave {
		m.leave[f] = true
	}
	return m
}

// Learn adds names of others. kind is the word before the mark: account, person. A name that is known already stays what it is.
func (m *Mask) Learn(kind string, names ...string) {
	for _, s := range names {
		if _, known := m.marks[s]; s != "" && !known {
			m.set(s, m.mark(kind, s))
		}
	}
}

func (m *Mask) set(name, mark string) {
	m.marks[name] = mark
	if i, found := slices.BinarySearchFunc(m.lengths, len(name), func(a, b int) int { return b - a }); !found {
		m.lengths = slices.Insert(m.lengths, i, len(name))
	}
}

// mark is the first 64 bits of an HMAC-SHA256 over kind and name.
func (m *Mask) mark(kind, name string) string {
	h := hmac.New(sha256.New, m.key)
	fmt.Fprintf(h, "privacy export\n%s\n%s", kind, name)
	return kind + "-" + hex.EncodeToString(h.Sum(nil)[:8])
}

// JSON writes v as one JSON text without names of others and without the fields to leave out.
func (m *Mask) JSON(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("privacy: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("privacy: %w", err)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(m.walk(tree)); err != nil {
		return nil, fmt.Errorf("privacy: %w", err)
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

func (m *Mask) walk(v any) any {
	switch v := v.(type) {
	case string:
		return m.Text(v)
	case []any:
		for i := range v {
			v[i] = m.walk(v[i])
		}
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, x := range v {
			if m.leave[name] {
				continue
			}
			if mark, known := m.marks[name]; known {
				name = mark
			}
			out[name] = m.walk(x)
		}
		return out
	}
	return v
}

// Text puts marks into a text, wherever a name of somebody else stands as a word of its own.
func (m *Mask) Text(s string) string {
	if mark, known := m.marks[s]; known {
		return mark
	}
	if _, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return s
	}
	var out strings.Builder
	from := 0
	for i := 0; i < len(s); {
		if name := m.at(s, i); name != "" {
			out.WriteString(s[from:i] + m.marks[name])
			i += len(name)
			from = i
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	if from == 0 {
		return s
	}
	return out.String() + s[from:]
}

// at returns the longest name that begins at a place of the text and is no part of a longer word.
func (m *Mask) at(s string, i int) string {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	first, _ := utf8.DecodeRuneInString(s[i:])
	if wordy(before) && wordy(first) {
		return ""
	}
	for _, n := range m.lengths {
		if i+n > len(s) {
			continue
		}
		name := s[i : i+n]
		if _, known := m.marks[name]; !known {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(name)
		after, _ := utf8.DecodeRuneInString(s[i+n:])
		if !wordy(last) || !wordy(after) {
			return name
		}
	}
	return ""
}

// gather learns the accounts that a line names in the fields that hold accounts.
func (m *Mask) gather(line any) error {
	body, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("privacy: %w", err)
	}
	var tree any
	if err := json.Unmarshal(body, &tree); err != nil {
		return fmt.Errorf("privacy: %w", err)
	}
	m.crawl(tree, false)
	return nil
}

// crawl looks through a tree; data says that it is the data of an event, in which more fields hold accounts.
func (m *Mask) crawl(v any, data bool) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			m.crawl(x, data)
		}
	case map[string]any:
		for name, x := range v {
			switch name {
			case "subject", "subjects", "linked", "apart", "victims", "others", "account", "accounts":
				m.learnAll(x)
			case "from", "to", "by":
				if data {
					m.learnAll(x)
				}
			}
			m.crawl(x, name == "data")
		}
	}
}

func (m *Mask) learnAll(v any) {
	switch v := v.(type) {
	case string:
		m.Learn("account", v)
	case []any:
		for _, x := range v {
			m.learnAll(x)
		}
	}
}

func wordy(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
