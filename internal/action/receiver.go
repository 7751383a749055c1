package action

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"haris/webhook"
)

// Received is one message as a Receiver saw it.
type Received struct {
	At     time.Time `json:"at"`
	ID     string    `json:"id,omitempty"` // webhook id, when the message is genuine
	Repeat bool      `json:"repeat"`       // genuine, and its id was acted on before: a platform does nothing now
	// Refused says why the message was not taken; Payload is then empty.
	Refused string  `json:"refused,omitempty"`
	Payload Payload `json:"payload,omitzero"`
}

// ReceiverConfig is what a Receiver works with.
type ReceiverConfig struct {
	Secrets []webhook.Secret
	Now     func() time.Time
	// Got is told of every message, one at a time; an error from it is answered with 500, so that haris sends again.
	Got func(Received) error
}

// Receiver is the platform's end of the wire, for trying out: it verifies what it gets, refuses what is stale, forged or
// replayed, answers with a signed receipt and does nothing else. Safe for concurrent use.
type Receiver struct {
	c    ReceiverConfig
	mu   sync.Mutex
	seen []sight // oldest first
}

// sight is a genuine message that was taken.
type sight struct {
	id   string
	at   time.Time // of the newest attempt
	body []byte
}

var _ http.Handler = (*Receiver)(nil)

const (
	maxMessage = 1 << 20 // bytes of a message
	maxSeen    = 4096    // messages that are remembered
)

// NewReceiver returns a receiver.
func NewReceiver(c ReceiverConfig) *Receiver { return &Receiver{c: c} }

// ServeHTTP answers 200 with {"received": id} under the platform's signature, 401 to what is not genuine, 409 to a replay, 400 to
// what cannot be read, 405 to anything but POST and 413 to what is too long.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.c.Now()
	got, code := r.take(w, q, now)
	got.At = now.UTC()
	if err := r.c.Got(got); err != nil {
		if code == http.StatusOK && !got.Repeat {
			r.seen = slices.DeleteFunc(r.seen, func(s sight) bool { return s.id == got.ID })
		}
		http.Error(w, "the message could not be kept", http.StatusInternalServerError)
		return
	}
	if code != http.StatusOK {
		http.Error(w, got.Refused, code)
		return
	}
	body := fmt.Appendf(nil, `{"received":%q}`, got.ID)
	if err := webhook.Sign(w.Header(), webhook.Message{ID: got.ID + receiptSuffix, At: now, Body: body}, r.c.Secrets...); err != nil {
		http.Error(w, "the receipt could not be signed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write(body); err != nil {
		// The sender is gone and will send again; this tells the server to drop the connection.
		panic(http.ErrAbortHandler)
	}
}

// take decides about one message and how it is answered.
func (r *Receiver) take(w http.ResponseWriter, q *http.Request, now time.Time) (Received, int) {
	if q.Method != http.MethodPost {
		return Received{Refused: "expected POST"}, http.StatusMethodNotAllowed
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, maxMessage))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return Received{Refused: fmt.Sprintf("expected at most %d bytes", maxMessage)}, http.StatusRequestEntityTooLarge
	case err != nil:
		return Received{Refused: "the message broke off"}, http.StatusBadRequest
	}
	m, err := webhook.Verify(q.Header, body, now, r.c.Secrets...)
	if err != nil {
		return Received{Refused: err.Error()}, http.StatusUnauthorized
	}
	var p Payload
	if err := json.Unmarshal(body, &p); err != nil {
		return Received{ID: m.ID, Refused: "not a payload: " + err.Error()}, http.StatusBadRequest
	}
	repeat, err := r.remember(m)
	if err != nil {
		return Received{ID: m.ID, Refused: err.Error()}, http.StatusConflict
	}
	return Received{ID: m.ID, Repeat: repeat, Payload: p}, http.StatusOK
}

// errReplay says that a message was recorded and sent again by someone else.
var errReplay = errors.New("replayed: this attempt was taken before, or its id with another body")

// remember tells a new attempt of haris, which has a newer time and so a signature of its own, from a replay.
func (r *Receiver) remember(m webhook.Message) (repeat bool, err error) {
	i := slices.IndexFunc(r.seen, func(s sight) bool { return s.id == m.ID })
	if i < 0 {
		if len(r.seen) == maxSeen {
			r.seen = slices.Delete(r.seen, 0, 1)
		}
		r.seen = append(r.seen, sight{m.ID, m.At, m.Body})
		return false, nil
	}
	s := &r.seen[i]
	if !m.At.After(s.at) || !bytes.Equal(m.Body, s.body) {
		return false, errReplay
	}
	s.at = m.At
	return true, nil
}

// Printer writes what a Receiver gets, for `haris action test-receiver`: one JSON object a line, or words.
type Printer struct {
	W    io.Writer
	JSON bool
}

// Print is made to be a ReceiverConfig's Got.
func (p Printer) Print(r Received) error {
	if p.JSON {
		return json.NewEncoder(p.W).Encode(r)
	}
	_, err := io.WriteString(p.W, r.words())
	return err
}

func (r Received) words() string {
	at := r.At.Format(time.RFC3339)
	if r.Refused != "" {
		return fmt.Sprintf("%s refused %q: %s\n", at, r.ID, r.Refused)
	}
	d := r.Payload.Data
	verb := "asked"
	if d.Reverse {
		verb = "reversed"
	}
	s := fmt.Sprintf("%s verified %s %s %s of account %q", at, r.ID, verb, word(string(d.Kind)), d.Account)
	if d.Item != "" {
		s += fmt.Sprintf(" item %q", d.Item)
	}
	s += " by " + word(d.By)
	if d.Rule != "" {
		s += fmt.Sprintf(" %q", d.Rule)
	}
	if !d.ExpiresAt.IsZero() {
		s += " until " + d.ExpiresAt.UTC().Format(time.RFC3339)
	}
	s += fmt.Sprintf(" because %q", d.Reason)
	if r.Repeat {
		s += " (sent again, acted on before)"
	}
	return s + "\n"
}

// word quotes what is not one of the fixed words, so that a message stays on its line.
func word(s string) string {
	if s == "rule" || s == "person" || slices.Contains(Kinds(), Kind(s)) {
		return s
	}
	return strconv.Quote(s)
}
