package bank

import (
	"encoding/json"
	"fmt"
	"time"

	"haris/internal/event"
)

// Brought is what was read of a media that came with a URL and no hash, as an event of haris itself in the log: folding the log again
// needs no network. It is compared as the media of every event is.
type Brought struct {
	Account string   // whose media it is
	Item    string   // of the platform, that it was in
	Of      uint64   // place in the log of the event that it came with
	Media   Media    // as it was read, with the platform's id
	Kind    string   // as the platform calls it
	Bytes   int64    // of the file
	Left    []Reason // why something of it could not be looked at
}

// The source and type of such an event.
const (
	BroughtSource = event.OwnSource + "media"
	BroughtType   = event.Type("media.hashed")
)

// brought is its data, in the fields that events have.
type brought struct {
	Account   string         `json:"account"`
	Content   string         `json:"content,omitempty"`
	Media     []broughtMedia `json:"media"`
	Of        uint64         `json:"of"`
	Unscanned []Reason       `json:"unscanned,omitempty"`
}

type broughtMedia struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind"`
	Bytes   int64           `json:"bytes"`
	MD5     string          `json:"md5,omitempty"`
	SHA1    string          `json:"sha1,omitempty"`
	SHA256  string          `json:"sha256,omitempty"`
	PDQ     string          `json:"pdq,omitempty"`
	Quality *int            `json:"pdq_quality,omitempty"`
	Hashes  map[Kind]string `json:"hashes,omitempty"`
}

// Event makes the event, with the identity key.
func (b *Brought) Event(key string, at time.Time) (event.Event, error) {
	m := broughtMedia{ID: b.Media.ID, Kind: b.Kind, Bytes: b.Bytes}
	for _, h := range b.Media.Hashes {
		switch h.Kind {
		case MD5:
			m.MD5 = h.Value
		case SHA1:
			m.SHA1 = h.Value
		case SHA256:
			m.SHA256 = h.Value
		case PDQ:
			m.PDQ = h.Value
			if q := b.Media.Quality; q != Unrated {
				m.Quality = &q
			}
		default:
			if m.Hashes == nil {
				m.Hashes = map[Kind]string{}
			}
			m.Hashes[h.Kind] = h.Value
		}
	}
	return own(BroughtSource, BroughtType, key, at, brought{b.Account, b.Item, []broughtMedia{m}, b.Of, b.Left})
}

// own makes an event of haris itself.
func own(source string, t event.Type, key string, at time.Time, data any) (event.Event, error) {
	raw, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": key, "source": source, "type": t, "time": at.UTC().Format(time.RFC3339Nano), "data": data,
	})
	if err != nil {
		return event.Event{}, fmt.Errorf("bank: encode an event: %w", err)
	}
	e, p := event.Decode(string(raw), 1, event.Limits{Bytes: len(raw), Own: true})
	if p != nil {
		return event.Event{}, fmt.Errorf("bank: encode an event: %w", p)
	}
	return e, nil
}

// BroughtFor says for which event a media was brought, and what of it could not be looked at; ok is false for other events.
func BroughtFor(e *event.Event) (of uint64, left []Reason, ok bool) {
	if e.Source != BroughtSource || e.Type != BroughtType {
		return 0, nil, false
	}
	var envelope struct{ Data brought }
	if err := json.Unmarshal([]byte(e.Raw), &envelope); err != nil {
		return 0, nil, false // it was written by haris; what cannot be read says nothing
	}
	return envelope.Data.Of, envelope.Data.Unscanned, true
}
