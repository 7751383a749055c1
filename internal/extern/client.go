package extern

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"haris/internal/exchange"
	"haris/internal/exchange/wire"
)

// Options say which model is asked, and how. Fields without a comment are required.
type Options struct {
	Kind    string // Scores or Chat
	URL     string // of the endpoint itself: https, or http to this machine alone
	Model   string // name and version, as it stands in evidence; a chat endpoint is asked for it
	Key     string // sent as a bearer token; empty sends none
	Policy  Policy
	Timeout time.Duration // of one answer; 0 means 30 seconds
	Wait    time.Duration // before the first repetition; 0 means what wire has
}

// DefaultTimeout bounds one answer.
const DefaultTimeout = 30 * time.Second

// Client asks one model. Safe for concurrent use.
type Client struct {
	o    Options
	wire *wire.Client
}

// New returns a Client; the error says what cannot be used, and never holds the address.
func New(o Options) (*Client, error) {
	switch {
	case o.Kind != Scores && o.Kind != Chat:
		return nil, fmt.Errorf("external model: kind %q: expected %s or %s", o.Kind, Scores, Chat)
	case o.Model == "" || len(o.Model) > MaxModel || Plain(o.Model, MaxModel) != o.Model:
		return nil, fmt.Errorf("external model: model: expected the name and version of the model, 1 to %d bytes in one line", MaxModel)
	case len(o.Policy.Stages) == 0:
		return nil, errors.New("external model: a policy without stages")
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	w := wire.Options{Base: o.URL, Timeout: o.Timeout, Bytes: maxReply, Wait: o.Wait}
	if o.Key != "" {
		w.Auth = func(h http.Header) { h.Set("Authorization", "Bearer "+o.Key) }
	}
	c, err := wire.New(w)
	if err != nil {
		return nil, errors.New("external model: url: expected https://host/path of the endpoint, or http to this machine alone, without name, password or query")
	}
	return &Client{o: o, wire: c}, nil
}

// Model is the name of the model.
func (c *Client) Model() string { return c.o.Model }

// Policy is the digest of the policy.
func (c *Client) Policy() string { return c.o.Policy.Digest }

// Ask asks about one message in its language as the platform names it, or "". mark is a word that no message can hold by design: what delimits it. The
// answer has been checked. What was not answered because the endpoint is busy or out of reach has been asked again a few times. Errors are
// *Error, or the context's.
func (c *Client) Ask(ctx context.Context, text, lang, mark string) (Answer, error) {
	if len(text) > MaxText || !utf8.ValidString(text) {
		return nil, &Error{Reason: TooLong, Text: fmt.Sprintf("the message is longer than %d bytes", MaxText)}
	}
	lang = Plain(lang, 35) // the longest tag that RFC 5646 asks to take
	var body []byte
	var err error
	if c.o.Kind == Chat {
		body, err = c.o.Policy.chatBody(c.o.Model, text, lang, mark)
	} else {
		body, err = c.o.Policy.scoreBody(c.o.Model, text, lang)
	}
	if err != nil {
		return nil, &Error{Reason: Malformed, Text: "the request could not be made"}
	}
	r, err := c.wire.Do(ctx, wire.Call{
		Op: "ask", Method: http.MethodPost, Type: "application/json", Body: body, Twice: true, Header: http.Header{"Accept": {"application/json"}},
	})
	if err != nil {
		return nil, unreached(err)
	}
	if c.o.Kind == Chat {
		return ReadChat(&c.o.Policy, text, r.Body)
	}
	return ReadScores(&c.o.Policy, r.Body)
}

// unreached turns an error of the wire into one of ours.
func unreached(err error) error {
	var e *exchange.Error
	if !errors.As(err, &e) {
		return err // the context's
	}
	out := &Error{Reason: Unreachable, Text: e.Text, Retry: true, After: e.After}
	if e.Status != 0 {
		out.Text += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Status == http.StatusOK && !e.Retry { // it came and was too long
		out.Reason, out.Retry = Malformed, false
	}
	return out
}
