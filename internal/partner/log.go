package partner

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"haris/internal/event"
)

// The source and type of the events that say what a partner told. Partners change what they say and the log does not: folding it again finds
// what was known then.
const (
	EventSource = event.OwnSource + "partner"
	EventType   = event.Type("partner.told")
)

// Told is one thing that a partner told, as it stands in the log. Hashes are keyed anew for this installation, so that they fit nowhere else.
type Told struct {
	Provider string    `json:"provider"`
	Signal   string    `json:"signal,omitempty"` // id at the partner; empty in a withdrawal means all of the partner's
	Gone     bool      `json:"gone,omitempty"`
	Type     string    `json:"type,omitempty"`
	Date     string    `json:"date,omitempty"`
	Expires  time.Time `json:"expires,omitzero"`
	Marks    []Mark    `json:"marks,omitempty"`
}

// Mark is a key of the signal.
type Mark struct {
	Kind string `json:"kind"`
	Key  string `json:"key"` // keyed hash, 32 hexadecimal digits
}

// Batch is what follows from a file, in order.
type Batch struct {
	Provider string    `json:"provider"`
	Issued   time.Time `json:"issued"`
	Told     []Told    `json:"told"`
}

// BatchOf keys the hashes of a file anew.
func BatchOf(f *File, rekey func(kind, hash string) string) Batch {
	b := Batch{Provider: f.Provider, Issued: f.Issued}
	for _, s := range f.Signals {
		t := Told{Provider: f.Provider, Signal: s.ID, Type: s.Type, Date: s.Date, Expires: s.Expires}
		for _, k := range s.Keys {
			t.Marks = append(t.Marks, Mark{k.Kind, rekey(k.Kind, k.Hash)})
		}
		b.Told = append(b.Told, t)
	}
	for _, id := range f.Withdrawn {
		b.Told = append(b.Told, Told{Provider: f.Provider, Signal: id, Gone: true})
	}
	return b
}

// Removal takes back everything of a partner.
func Removal(provider string, at time.Time) Batch {
	return Batch{Provider: provider, Issued: at, Told: []Told{{Provider: provider, Gone: true}}}
}

// Events makes the events of a batch. Their identities follow from the file, so that taking a file in twice changes nothing.
func (b *Batch) Events(at time.Time) ([]event.Event, error) {
	out := make([]event.Event, 0, len(b.Told))
	for i := range b.Told {
		raw, err := json.Marshal(map[string]any{
			"specversion": "1.0", "id": b.Provider + "/" + strconv.FormatInt(b.Issued.UnixNano(), 10) + "/" + strconv.Itoa(i),
			"source": EventSource, "type": EventType, "time": at.UTC().Format(time.RFC3339Nano), "data": map[string]any{"partner": &b.Told[i]},
		})
		if err != nil {
			return nil, fmt.Errorf("partner: %w", err)
		}
		e, problem := event.Decode(string(raw), 1, event.Limits{Bytes: len(raw), Own: true})
		if problem != nil {
			return nil, fmt.Errorf("partner: %w", problem)
		}
		out = append(out, e)
	}
	return out, nil
}

// Read reads what Events made; ok is false for other events.
func Read(e *event.Event) (t Told, ok bool) {
	if e.Type != EventType || e.Source != EventSource {
		return Told{}, false
	}
	var envelope struct {
		Data struct {
			Partner *Told `json:"partner"`
		} `json:"data"`
	}
	envelope.Data.Partner = &t
	if json.Unmarshal([]byte(e.Raw), &envelope) != nil || t.Provider == "" {
		return Told{}, false // it was written by haris; what cannot be read says nothing
	}
	return t, true
}
