package extern

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"haris/internal/event"
)

// The source and type of the events that say what a model of somebody else answered. Such models change and are switched off, and the log does
// not: folding it again finds what was answered then, and asks nobody.
const (
	EventSource = event.OwnSource + "external"
	EventType   = event.Type("external.answered")
)

// Told is what was answered about one message of an account, or why nothing was, as it stands in the log. The message itself is not in it.
type Told struct {
	Account   string    `json:"account"`
	Other     string    `json:"other,omitempty"` // the minor written to; empty without a message
	Of        uint64    `json:"of,omitempty"`    // place of the message in the log; 0 without one
	Text      string    `json:"text,omitempty"`  // keyed digest of the message, see Mark
	Model     string    `json:"model"`
	Policy    string    `json:"policy"`           // its digest
	Asked     time.Time `json:"asked"`            // by the clock of the machine
	Repeat    bool      `json:"repeat,omitempty"` // nobody was asked: the same text had been answered before
	Stages    Answer    `json:"stages,omitempty"`
	Unscanned string    `json:"unscanned,omitempty"` // one of Reasons: nothing of the message was answered
}

// Mark is the keyed digest of a message: it tells equal messages, and fits no other installation. It delimits the message too.
func Mark(secret []byte, text, lang string) string {
	h := hmac.New(sha256.New, secret)
	_, _ = fmt.Fprintf(h, "external\x00%d\x00%s%s", len(lang), lang, text)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// ID is the identity of the event: one answer for each message, model and policy. What has no answer may be told again on another day.
func (t *Told) ID() string {
	h := sha256.New()
	for _, s := range []string{t.Account, strconv.FormatUint(t.Of, 10), t.Model, t.Policy} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	if t.Unscanned != "" {
		_, _ = fmt.Fprintf(h, "unscanned %s", t.Asked.UTC().Format(time.DateOnly))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Event makes the event.
func (t *Told) Event(at time.Time) (event.Event, error) {
	raw, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": t.ID(), "source": EventSource, "type": EventType, "time": at.UTC().Format(time.RFC3339Nano),
		"data": map[string]any{"external": t},
	})
	if err != nil {
		return event.Event{}, fmt.Errorf("external model: %w", err)
	}
	e, problem := event.Decode(string(raw), 1, event.Limits{Bytes: len(raw), Own: true})
	if problem != nil {
		return event.Event{}, fmt.Errorf("external model: %w", problem)
	}
	return e, nil
}

// Read reads what Event made; ok is false for other events.
func Read(e *event.Event) (t Told, ok bool) {
	if e.Type != EventType || e.Source != EventSource {
		return Told{}, false
	}
	var envelope struct {
		Data struct {
			External *Told `json:"external"`
		} `json:"data"`
	}
	envelope.Data.External = &t
	if json.Unmarshal([]byte(e.Raw), &envelope) != nil || t.Account == "" {
		return Told{}, false // it was written by haris; what cannot be read says nothing
	}
	return t, true
}
