package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"haris/internal/event"
	"haris/internal/pipeline"
)

// problemType is the media type of RFC 9457.
const problemType = "application/problem+json"

// Problem is every answer that is not a success (RFC 9457, whose "type" is left at its default, about:blank). It never repeats
// what was sent. Code is a stable word for programs.
type Problem struct {
	Title    string   `json:"title" doc:"The status in words."`
	Status   int      `json:"status" doc:"The status of the answer."`
	Code     string   `json:"code" doc:"A stable word for what is wrong, for programs."`
	Detail   string   `json:"detail" doc:"What is wrong, for people."`
	Expected string   `json:"expected,omitempty" doc:"What was expected, or how to mend it."`
	Line     int      `json:"line,omitempty" doc:"Where in the body, from 1."`
	Allowed  []string `json:"allowed,omitempty" doc:"What may stand there." nullable:"false"`
	Limit    int64    `json:"limit,omitempty" doc:"The limit that was passed."`
	Taken    int      `json:"taken,omitempty" doc:"How many events from the beginning of the body are dealt with for good all the same. Sending them again is harmless."`

	header http.Header // what the answer's header says besides
	cause  error       // for the log; nil when the caller is at fault
}

// Error is what the log says.
func (p *Problem) Error() string {
	if p.cause != nil {
		return p.Code + ": " + p.cause.Error()
	}
	return p.Code
}

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.cause }

// write answers with the problem.
func (p *Problem) write(w http.ResponseWriter) error {
	out := *p
	out.Title = http.StatusText(p.Status)
	for name, values := range p.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	return send(w, p.Status, &out)
}

// reply answers with JSON.
func reply(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return send(w, status, v)
}

func send(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("api: write the answer: %w", err)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(b)+1))
	w.WriteHeader(status)
	if _, err = w.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}

// errGone says that the caller went away before the answer.
var errGone = errors.New("api: the caller is gone")

func badRequest(code, detail, expected string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Code: code, Detail: detail, Expected: expected}
}

func noKey(detail string) *Problem {
	return &Problem{
		Status: http.StatusUnauthorized, Code: "no_key", Detail: detail,
		Expected: `a header "Authorization: Bearer hk_…" with a key that works; keys are made in the console`,
		header:   http.Header{"Www-Authenticate": {`Bearer realm="haris"`}},
	}
}

func tooLarge(limit int) *Problem {
	return &Problem{
		Status: http.StatusRequestEntityTooLarge, Code: "body_too_large",
		Detail:   "the body is longer than " + strconv.Itoa(limit) + " bytes, counted after decompression",
		Expected: "the events in several requests", Limit: int64(limit),
	}
}

func unsupported(code, detail string, allowed []string, header http.Header) *Problem {
	return &Problem{Status: http.StatusUnsupportedMediaType, Code: code, Detail: detail, Expected: "one of those allowed", Allowed: allowed, header: header}
}

// uncut is the problem of a body whose events cannot be told apart.
func uncut(p *event.Problem) *Problem {
	out := badRequest(string(p.Reason), "the events of the body cannot be told apart from line "+strconv.Itoa(p.Line)+" on; nothing was taken", p.Want)
	out.Line = p.Line
	return out
}

// closingAfter is how long a caller should wait who met a program that is stopping, or storage that does not answer.
const closingAfter = 5 * time.Second

// refused says what became of a batch that was not taken; taken events came before it.
func refused(err error, taken int) *Problem {
	const again = "the same body again after the time in Retry-After; events that were taken are known by source and id"
	switch {
	case errors.Is(err, pipeline.ErrFull):
		return &Problem{
			Status: http.StatusTooManyRequests, Code: "queue_full", Detail: "more is coming in than can be made durable; nothing after the events taken is kept",
			Expected: again, Taken: taken, header: retryAfter(pipeline.RetryAfter),
		}
	case errors.Is(err, pipeline.ErrClosed):
		return &Problem{
			Status: http.StatusServiceUnavailable, Code: "stopping", Detail: "the program is stopping; nothing after the events taken is kept",
			Expected: again, Taken: taken, header: retryAfter(closingAfter),
		}
	}
	return unavailable(err, "the events could not be made durable; only those taken are acknowledged", taken)
}

// unavailable says that something behind the API failed.
func unavailable(err error, detail string, taken int) *Problem {
	return &Problem{
		Status: http.StatusServiceUnavailable, Code: "unavailable", Detail: detail, Expected: "the same request again after the time in Retry-After",
		Taken: taken, header: retryAfter(closingAfter), cause: err,
	}
}

func retryAfter(d time.Duration) http.Header {
	seconds := max(int64((d+time.Second-1)/time.Second), 1)
	return http.Header{"Retry-After": {strconv.FormatInt(seconds, 10)}}
}
