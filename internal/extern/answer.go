package extern

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// strict decodes one JSON value into v: no field that v does not have, and nothing behind it.
func strict(b []byte, v any) error {
	if !utf8.Valid(b) {
		return errors.New("it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return shape(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind it")
	}
	return nil
}

// shape says what is wrong with JSON without repeating any of it: the names of fields come from the endpoint.
func shape(err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf("a %s stands where it must not, at byte %d", kind.Value, kind.Offset)
	case errors.As(err, &syntax):
		return fmt.Errorf("it is no JSON from byte %d on", syntax.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too soon")
	}
	return errors.New("it has a field that the protocol does not know")
}

// ReadScores reads the answer of a scorer about the stages of a policy. A stage that is not among the scores, or is null, has no answer; what
// lies beyond MaxNats is cut to it. Errors are *Error.
func ReadScores(p *Policy, b []byte) (Answer, error) {
	var reply struct {
		Version int                 `json:"version"`
		Model   string              `json:"model"`
		Scores  map[string]*float64 `json:"scores"`
	}
	if err := strict(b, &reply); err != nil {
		return nil, malformed("the answer is no object with scores: " + err.Error())
	}
	if reply.Version > 1 {
		return nil, malformed(fmt.Sprintf("the answer is of version %d, expected 1", reply.Version))
	}
	if reply.Scores == nil {
		return nil, malformed("the answer has no scores")
	}
	names := p.Names()
	for name, v := range reply.Scores {
		if !slices.Contains(names, name) {
			return nil, malformed("the answer scores a stage that was not asked about")
		}
		if v != nil && !(math.Abs(*v) <= maxScore) {
			return nil, malformed(fmt.Sprintf("a score is beyond ±%g", maxScore))
		}
	}
	out := make(Answer, len(names))
	for i, name := range names {
		out[i].Stage = name
		if v := reply.Scores[name]; v != nil {
			out[i].Nats = min(MaxNats, max(-MaxNats, *v))
		} else {
			out[i].Unscanned = Missing
		}
	}
	return out, nil
}

// completion is what a chat endpoint answers. It has many more fields, which differ from server to server and mean nothing here.
type completion struct {
	Choices []struct {
		Reason  string `json:"finish_reason"`
		Message struct {
			Content string            `json:"content"`
			Refusal string            `json:"refusal"`
			Tools   []json.RawMessage `json:"tool_calls"`
		} `json:"message"`
	} `json:"choices"`
}

// ReadChat reads the answer of a chat endpoint about a text. Errors are *Error.
func ReadChat(p *Policy, text string, b []byte) (Answer, error) {
	var c completion
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, malformed("the answer is no chat completion: " + shape(err).Error())
	}
	if len(c.Choices) != 1 {
		return nil, malformed(fmt.Sprintf("the answer has %d choices, expected 1", len(c.Choices)))
	}
	m := &c.Choices[0].Message
	switch {
	case m.Refusal != "":
		return nil, &Error{Reason: Declined, Text: "the model declined to answer"}
	case len(m.Tools) > 0:
		return nil, malformed("the model calls tools, and was given none")
	case c.Choices[0].Reason != "stop" && c.Choices[0].Reason != "":
		return nil, &Error{Reason: Declined, Text: "the model did not come to an end"}
	}
	return ReadLabels(p, text, m.Content)
}

// said is one answer of a chat model. Of quote and quote_span one is enough; the span counts characters (code points) from 0, its end is not
// included.
type said struct {
	Stage     string          `json:"stage"`
	Present   json.RawMessage `json:"present"`
	Quote     *string         `json:"quote"`
	Span      *[2]int         `json:"quote_span"`
	Rationale string          `json:"rationale"`
}

// ReadLabels reads what a chat model wrote about a text: {"answers": [{stage, present, quote or quote_span, rationale}]}, each stage once. A
// stage that is left out has no answer, and so has one that is present by a quotation which does not stand in the text. Errors are *Error.
func ReadLabels(p *Policy, text, content string) (Answer, error) {
	var reply struct {
		Answers []said `json:"answers"`
	}
	if len(content) > maxReply {
		return nil, malformed(fmt.Sprintf("the answer is longer than %d bytes", maxReply))
	}
	if err := strict([]byte(content), &reply); err != nil {
		return nil, malformed("what the model wrote is no object with answers: " + err.Error())
	}
	names := p.Names()
	out := make(Answer, len(names))
	for i, name := range names {
		out[i] = Finding{Stage: name, Unscanned: Missing}
	}
	seen := make([]bool, len(names))
	for k := range reply.Answers {
		a := &reply.Answers[k]
		i := slices.Index(names, a.Stage)
		switch {
		case i < 0:
			return nil, malformed("the model answers about a stage that was not asked about")
		case seen[i]:
			return nil, malformed("the model answers twice about " + names[i])
		}
		seen[i] = true
		f, err := a.finding(names[i], text)
		if err != nil {
			return nil, err
		}
		out[i] = f
	}
	return out, nil
}

// finding checks one answer.
func (a *said) finding(name, text string) (Finding, error) {
	f := Finding{Stage: name}
	switch string(a.Present) {
	case "0":
		f.Nats = absentNats
		return f, nil
	case `"unsure"`:
		f.Unscanned = Unsure
		return f, nil
	case "1":
	default:
		return f, malformed("present is neither 0 nor 1 nor \"unsure\" for " + name)
	}
	quote, ok := a.quoted(text)
	if !ok {
		f.Unscanned = Misquoted
		return f, nil
	}
	f.Nats, f.Quote, f.Rationale = presentNats, Plain(quote, maxQuote), Plain(a.Rationale, maxRationale)
	return f, nil
}

// quoted returns the part of the text that an answer rests on; ok is false when it names none, or one that does not stand in the text. Where both a
// quotation and a span are given, both must be true and mean the same.
func (a *said) quoted(text string) (quote string, ok bool) {
	if a.Quote != nil && *a.Quote != "" {
		if strings.TrimSpace(*a.Quote) == "" || !strings.Contains(text, *a.Quote) {
			return "", false
		}
		quote = *a.Quote
	}
	if a.Span == nil {
		return quote, quote != ""
	}
	all := []rune(text)
	from, to := a.Span[0], a.Span[1]
	if from < 0 || to <= from || to > len(all) {
		return "", false
	}
	part := string(all[from:to])
	if quote != "" && quote != part || strings.TrimSpace(part) == "" {
		return "", false
	}
	return part, true
}

// Plain cuts a text of somebody else to at most n bytes of one line, without what would change how the words around it are shown: control
// characters, marks of direction, what has no width.
func Plain(s string, n int) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d':
			continue
		}
		extra := utf8.RuneLen(r)
		if space {
			extra++
		}
		if b.Len()+extra > n {
			break
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
