// Package translate asks a translation server that the operator has chosen, over the HTTP interface of LibreTranslate (which others speak
// too): POST /translate with {q, source, target, format, api_key}, GET /languages. It is off until the operator gives an address, because
// the words of messages leave this machine with it. What comes back is a help for reading, never evidence: nothing of it is stored.
package translate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"haris/internal/exchange"
	"haris/internal/exchange/wire"
)

// The bounds of one question.
const (
	MaxTexts = 100
	MaxBytes = 50_000
	maxReply = 1 << 20
)

// Options say which server is asked.
type Options struct {
	URL     string        // where /translate and /languages stand: https, or http to this machine alone
	Key     string        // sent as api_key; empty sends none
	Timeout time.Duration // of one answer; 0 means 30 seconds
	Wait    time.Duration // before the first repetition; 0 means what wire has
}

// DefaultTimeout bounds one answer.
const DefaultTimeout = 30 * time.Second

// ErrAnswer says that an answer came that is none of the interface's.
var ErrAnswer = errors.New("translate: the server's answer cannot be used")

// Client asks one server. Safe for concurrent use.
type Client struct {
	host, key string
	wire      *wire.Client
}

// New returns a Client; the error says what cannot be used.
func New(o Options) (*Client, error) {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	w, err := wire.New(wire.Options{Base: o.URL, Timeout: o.Timeout, Bytes: maxReply, Wait: o.Wait})
	if err != nil {
		return nil, errors.New("translate: url: expected https://host/path below which /translate stands, or http to this machine alone, without name, password or query")
	}
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	return &Client{host: u.Host, key: o.Key, wire: w}, nil
}

// Host is the server as people know it.
func (c *Client) Host() string { return c.host }

// Text is one text that was translated. From is the language that the server found it to be in, "" when it does not say.
type Text struct{ Text, From string }

// question is the body of POST /translate.
type question struct {
	Q      []string `json:"q"`
	Source string   `json:"source"`
	Target string   `json:"target"`
	Format string   `json:"format"`
	Key    string   `json:"api_key,omitempty"`
}

// answer is what comes back for a list of texts.
type answer struct {
	Texts    []string `json:"translatedText"`
	Detected []struct {
		Language string `json:"language"`
	} `json:"detectedLanguage"`
}

// Translate translates texts into a language ("en", "ar"), each in its place; at most MaxTexts of MaxBytes together. A server that is busy is
// asked again a few times. ErrAnswer, *exchange.Error, or the context's.
func (c *Client) Translate(ctx context.Context, to string, texts []string) ([]Text, error) {
	size := 0
	for _, t := range texts {
		size += len(t)
	}
	if len(texts) == 0 || len(texts) > MaxTexts || size > MaxBytes {
		return nil, fmt.Errorf("translate: %d texts of %d bytes: expected 1 to %d of at most %d", len(texts), size, MaxTexts, MaxBytes)
	}
	body, err := json.Marshal(question{Q: texts, Source: "auto", Target: to, Format: "text", Key: c.key})
	if err != nil {
		return nil, err
	}
	r, err := c.wire.Do(ctx, wire.Call{
		Op: "translate", Method: http.MethodPost, Path: "/translate", Type: "application/json", Body: body, Twice: true,
		Header: http.Header{"Accept": {"application/json"}},
	})
	if err != nil {
		return nil, err
	}
	var a answer
	if err := json.Unmarshal(r.Body, &a); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrAnswer, "no JSON of the interface")
	}
	if len(a.Texts) != len(texts) || len(a.Detected) != 0 && len(a.Detected) != len(texts) {
		return nil, fmt.Errorf("%w: %d texts for %d", ErrAnswer, len(a.Texts), len(texts))
	}
	out := make([]Text, len(texts))
	for i := range out {
		out[i].Text = a.Texts[i]
		if len(a.Detected) > 0 {
			out[i].From = a.Detected[i].Language
		}
	}
	return out, nil
}

// Into reports whether the server translates into a language, from whatever it can read. ErrAnswer, *exchange.Error, or the context's.
func (c *Client) Into(ctx context.Context, lang string) (bool, error) {
	r, err := c.wire.Do(ctx, wire.Call{Op: "languages", Path: "/languages", Header: http.Header{"Accept": {"application/json"}}})
	if err != nil {
		return false, err
	}
	var list []struct {
		Code    string   `json:"code"`
		Targets []string `json:"targets"`
	}
	if err := json.Unmarshal(r.Body, &list); err != nil {
		return false, fmt.Errorf("%w: %s", ErrAnswer, "no list of languages")
	}
	for _, l := range list {
		if l.Code != lang && (slices.Contains(l.Targets, lang) || len(l.Targets) == 0) {
			return true, nil
		}
	}
	return false, nil
}

// Why says in one line, without an address or anything that was sent, why a question was not answered.
func Why(err error) string {
	var e *exchange.Error
	switch {
	case errors.As(err, &e) && e.Status != 0:
		return fmt.Sprintf("%s (HTTP %d)", e.Text, e.Status)
	case errors.As(err, &e):
		return e.Text
	case errors.Is(err, ErrAnswer):
		return "the answer is not one of the interface"
	}
	return "no answer in time"
}
