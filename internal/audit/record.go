package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// ErrEntry says that an entry lacks who or act.
var ErrEntry = errors.New("audit: an entry needs who and act")

// maxWord bounds who, act, object and each detail, in bytes.
const maxWord = 4096

// Record returns the entry as it is stored and the text that is hashed: JSON in a fixed order of fields with sorted details,
// times in UTC with milliseconds. Control characters and what is not UTF-8 become U+FFFD, and words over 4,096 bytes are cut, so
// that no act can fail for the name of its object. ErrEntry.
func Record(e Entry) (Entry, []byte, error) {
	if strings.TrimSpace(e.Who) == "" || strings.TrimSpace(e.Act) == "" {
		return Entry{}, nil, fmt.Errorf("%w: who %q, act %q", ErrEntry, e.Who, e.Act)
	}
	e.Who, e.Act, e.Object = clean(e.Who), clean(e.Act), clean(e.Object)
	e.At = e.At.UTC().Truncate(time.Millisecond)
	if len(e.Detail) > 0 {
		detail := make(map[string]string, len(e.Detail))
		for k, v := range e.Detail {
			detail[clean(k)] = clean(v)
		}
		e.Detail = detail
	} else {
		e.Detail = nil
	}
	b, err := json.Marshal(e)
	if err != nil {
		return Entry{}, nil, fmt.Errorf("audit: encode an entry: %w", err)
	}
	return e, b, nil
}

// ParseRecord reads a stored record back; it fails when the text is not exactly what Record writes.
func ParseRecord(b []byte) (Entry, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var e Entry
	if err := d.Decode(&e); err != nil {
		return Entry{}, fmt.Errorf("audit: not a record: %w", err)
	}
	_, again, err := Record(e)
	if err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(again, b) {
		return Entry{}, errors.New("audit: not a record in canonical form")
	}
	return e, nil
}

// clean makes a word that every database can hold.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
	if len(s) <= maxWord {
		return s
	}
	return strings.ToValidUTF8(s[:maxWord], "")
}
