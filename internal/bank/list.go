package bank

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Format is the form of a list in a file.
type Format string

// The formats.
const (
	CSV  Format = "csv"  // a first line with the names of columns
	JSON Format = "json" // objects, one after another or in an array; also those of Hasher-Matcher-Actioner with "signals"
	HMA  Format = "hma"  // lines of python-threatexchange and Hasher-Matcher-Actioner: a hash, or a kind and a hash
)

// Formats lists the formats.
func Formats() []Format { return []Format{CSV, JSON, HMA} }

// Line is what one line of a list says.
type Line struct {
	Kind           string `json:"kind"`
	Value          string `json:"value"`
	Classification string `json:"classification,omitempty"`
	Key            string `json:"key,omitempty"`
	Owner          string `json:"owner,omitempty"`
	Note           string `json:"note,omitempty"`
	Expires        string `json:"expires,omitempty"`
}

// KindOf reads the name of a kind, or one that others have for it, such as video_md5. ErrHash.
func KindOf(s string) (Kind, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "pdna", "photo_dna":
		return PhotoDNA, nil
	case "video_md5", "photo_md5", "hash_md5", "hash_video_md5":
		return MD5, nil
	case "video_sha1", "hash_sha1":
		return SHA1, nil
	case "video_sha256", "hash_sha256":
		return SHA256, nil
	case "hash_pdq", "imagepdq":
		return PDQ, nil
	case "video_vpdq", "vpdq_video":
		return VPDQ, nil
	case "tmk_pdqf", "hash_tmk":
		return TMK, nil
	}
	return ParseKind(s)
}

// Entry reads the line. A line without a kind is of the kind that is given, or of the one that its form tells.
func (l Line) Entry(of Kind) (e Entry, err error) {
	k := of
	if l.Kind != "" {
		if k, err = KindOf(l.Kind); err != nil {
			return e, err
		}
	}
	if k == "" {
		e.Hash, err = Guess(l.Value)
	} else {
		e.Hash, err = Parse(k, l.Value)
	}
	if err != nil {
		return e, err
	}
	e.Classification = Classification(strings.ToUpper(strings.TrimSpace(l.Classification)))
	if err := e.Classification.Check(); err != nil {
		return e, err
	}
	e.Provenance.Key, e.Provenance.Owner, e.Provenance.Note = l.Key, l.Owner, l.Note
	if l.Expires == "" {
		return e, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if e.Expires, err = time.Parse(layout, l.Expires); err == nil {
			e.Expires = e.Expires.UTC()
			return e, nil
		}
	}
	return e, fmt.Errorf("%w: expires %q: expected a date such as 2027-01-31", ErrBank, l.Expires)
}

// LineOf writes an entry as a line.
func LineOf(e *Entry) Line {
	l := Line{
		Kind: string(e.Kind), Value: e.Value, Classification: string(e.Classification), Key: e.Provenance.Key, Owner: e.Provenance.Owner,
		Note: e.Provenance.Note,
	}
	if !e.Expires.IsZero() {
		l.Expires = e.Expires.Format(time.RFC3339)
	}
	return l
}

// maxLine is the longest line: a fingerprint of a video of many hours fits.
const maxLine = 4 << 20

// ErrList is what errors wrap that say that a list cannot be read on.
var ErrList = errors.New("bank: the list cannot be read")

// ReadList reads a list and calls f for each line with its number, or of JSON the number of the object, and with what is wrong with a line
// that cannot be read, after which it goes on. An error of f ends it.
func ReadList(r io.Reader, format Format, of Kind, f func(n int, e Entry, wrong error) error) error {
	take := func(n int, l Line) error {
		e, err := l.Entry(of)
		return f(n, e, err)
	}
	switch format {
	case CSV:
		return readCSV(r, take, f)
	case JSON:
		return readJSON(r, take)
	case HMA:
		return readLines(r, take)
	}
	return fmt.Errorf("%w: format %q: expected csv, json or hma", ErrList, format)
}

// columns are the names that a column of a list may have.
func columns(l *Line) map[string]*string {
	return map[string]*string{
		"kind": &l.Kind, "type": &l.Kind, "signal_type": &l.Kind, "hash_type": &l.Kind, "algorithm": &l.Kind,
		"value": &l.Value, "hash": &l.Value, "signal": &l.Value, "hash_digest": &l.Value,
		"classification": &l.Classification, "category": &l.Classification, "key": &l.Key, "id": &l.Key, "owner": &l.Owner, "note": &l.Note, "expires": &l.Expires,
	}
}

func readCSV(r io.Reader, take func(int, Line) error, f func(int, Entry, error) error) error {
	c := csv.NewReader(r)
	c.FieldsPerRecord, c.TrimLeadingSpace, c.ReuseRecord = -1, true, true
	head, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrList, err)
	}
	var names []string
	hasValue := false
	for _, h := range head {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\uFEFF")))
		names = append(names, h)
		hasValue = hasValue || slices.Contains([]string{"value", "hash", "signal", "hash_digest"}, h)
	}
	if !hasValue {
		return fmt.Errorf("%w: the first line must name the columns, one of them value or hash; it has %s", ErrList, strings.Join(names, ", "))
	}
	for {
		row, err := c.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad):
			if err := f(bad.StartLine, Entry{}, fmt.Errorf("%w: %w", ErrHash, bad.Err)); err != nil {
				return err
			}
			continue
		case err != nil:
			return fmt.Errorf("%w: %w", ErrList, err)
		}
		var l Line
		at := columns(&l)
		for i, v := range row {
			if i < len(names) && at[names[i]] != nil {
				*at[names[i]] = strings.Clone(v)
			}
		}
		n, _ := c.FieldPos(0)
		if err := take(n, l); err != nil {
			return err
		}
	}
}

// jsonLine is an object of our own, or of Hasher-Matcher-Actioner, which has several hashes of one content.
type jsonLine struct {
	Line
	Hash    string            `json:"hash"`
	Type    string            `json:"signal_type"`
	Signals map[string]string `json:"signals"`
	ID      json.Number       `json:"id"`
}

func (j *jsonLine) lines() []Line {
	l := j.Line
	l.Kind, l.Value, l.Key = cmp.Or(l.Kind, j.Type), cmp.Or(l.Value, j.Hash), cmp.Or(l.Key, j.ID.String())
	if len(j.Signals) == 0 {
		return []Line{l}
	}
	var out []Line
	for _, k := range slices.Sorted(maps.Keys(j.Signals)) {
		l.Kind, l.Value = k, j.Signals[k]
		out = append(out, l)
	}
	return out
}

func readJSON(r io.Reader, take func(int, Line) error) error {
	b := bufio.NewReader(r)
	first, err := firstByte(b)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrList, err)
	}
	d := json.NewDecoder(b)
	if first == '[' {
		if _, err := d.Token(); err != nil {
			return fmt.Errorf("%w: %w", ErrList, err)
		}
	}
	for n := 1; ; n++ {
		if first == '[' && !d.More() {
			_, err := d.Token()
			if err != nil {
				return fmt.Errorf("%w: after object %d: %w", ErrList, n-1, err)
			}
			return nil
		}
		var j jsonLine
		err := d.Decode(&j)
		if errors.Is(err, io.EOF) && first != '[' {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: object %d: %w", ErrList, n, err)
		}
		for _, l := range j.lines() {
			if err := take(n, l); err != nil {
				return err
			}
		}
	}
}

func firstByte(b *bufio.Reader) (byte, error) {
	for {
		c, err := b.ReadByte()
		if err != nil {
			return 0, err
		}
		if !bytes.ContainsRune([]byte(" \t\r\n"), rune(c)) {
			return c, b.UnreadByte()
		}
	}
}

func readLines(r io.Reader, take func(int, Line) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), maxLine)
	n := 0
	for s.Scan() {
		n++
		text := strings.TrimSpace(s.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		l := Line{Value: text}
		if kind, value, ok := strings.Cut(text, " "); ok && !strings.HasPrefix(text, "[") {
			if _, err := KindOf(kind); err == nil {
				l.Kind, l.Value = kind, strings.TrimSpace(value)
			}
		}
		if err := take(n, l); err != nil {
			return err
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("%w: after line %d: %w", ErrList, n, err)
	}
	return nil
}

// ListWriter writes a list.
type ListWriter struct {
	format Format
	csv    *csv.Writer
	w      io.Writer
}

// NewListWriter begins a list in a format.
func NewListWriter(w io.Writer, f Format) (*ListWriter, error) {
	out := &ListWriter{format: f, w: w}
	switch f {
	case JSON, HMA:
		return out, nil
	case CSV:
		out.csv = csv.NewWriter(w)
		return out, out.csv.Write([]string{"kind", "value", "classification", "key", "owner", "note", "expires"})
	}
	return nil, fmt.Errorf("%w: format %q: expected csv, json or hma", ErrList, f)
}

// Write writes one entry.
func (w *ListWriter) Write(e *Entry) error {
	l := LineOf(e)
	switch w.format {
	case CSV:
		return w.csv.Write([]string{l.Kind, l.Value, l.Classification, l.Key, l.Owner, l.Note, l.Expires})
	case JSON:
		b, err := json.Marshal(l)
		if err != nil {
			return err
		}
		_, err = w.w.Write(append(b, '\n'))
		return err
	}
	_, err := fmt.Fprintf(w.w, "%s %s\n", l.Kind, l.Value)
	return err
}

// Close ends the list.
func (w *ListWriter) Close() error {
	if w.csv == nil {
		return nil
	}
	w.csv.Flush()
	return w.csv.Error()
}
