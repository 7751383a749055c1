// Package api is the rim for platforms: events in over HTTP, verdicts out, the events that could not be read, health, figures,
// and the OpenAPI document that describes all of it. It reads and checks what was sent and answers only when what was sent is
// durable; what events mean is decided behind the small interfaces of this package, which other packages implement. It shows no
// page and knows no person: a caller is an API key. internal/app mounts its handler at Patterns.
package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haris/internal/auth"
	"haris/internal/pipeline"
)

// Keys says who is asking; *auth.Service is one. Safe for concurrent use.
type Keys interface {
	// VerifyKey returns the key behind a text; auth.ErrKey when there is none. Any other error means that the answer is not known.
	VerifyKey(ctx context.Context, text string) (auth.Key, error)
}

// Ingester takes events. Safe for concurrent use.
type Ingester interface {
	// Ingest returns when everything that the batch caused is durable. pipeline.ErrFull and pipeline.ErrClosed say that nothing
	// was taken; after any other error it is not known what was taken, and sending again is harmless.
	Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error)
}

// Letter is an event that could not be read, without its content.
type Letter struct {
	ID, Source, Event string // Event is the event's own id, empty when it could not be read either
	At                time.Time
	Reason, Place     string
}

// LetterQuery asks for the letters of one source: at most Limit, newest first, from Cursor on ("" from the newest).
type LetterQuery struct {
	Source, Cursor string
	Limit          int
}

// LetterReplay asks to try one letter of a source again. Who is "key/" and the key's id, for the audit log.
type LetterReplay struct {
	Who, Source, ID string
}

// Letters keeps the events that could not be read. Safe for concurrent use.
type Letters interface {
	// List returns letters that were not replayed, and the cursor of the next page ("" at the end). ErrCursor.
	List(ctx context.Context, q LetterQuery) (letters []Letter, next string, err error)
	// Replay tries the event again and says whether it was taken this time; what is wrong stays in the list with its new
	// reason. ErrNotFound when the source has no such letter. It writes the audit entry.
	Replay(ctx context.Context, r LetterReplay) (taken bool, err error)
}

// Errors that the interfaces of this package return.
var (
	ErrNotFound = errors.New("api: not found")
	ErrCursor   = errors.New("api: not a cursor")
)

// Check is one thing that must hold before events can be taken. Detail is for engineers, in English, without content.
type Check struct {
	Name   string // a stable word: "database", "replay"
	OK     bool
	Detail string
}

// Readiness says whether events can be taken. Safe for concurrent use.
type Readiness interface {
	// Ready runs every check; one that could not run is not OK and says why.
	Ready(ctx context.Context) []Check
}

// Queue says how full the queue of batches is. Safe for concurrent use.
type Queue interface {
	// Depth returns how many batches wait and how many may.
	Depth() (waiting, room int)
}

// Limits bounds what is taken. Every field is required.
type Limits struct {
	BodyBytes       int           // of one body, after decompression
	EventBytes      int           // of one event
	Depth           int           // of nesting in one event
	Future          time.Duration // how far an event's time may lie ahead of the clock
	BatchEvents     int           // a longer body is handed on in batches of this many
	VerdictDeadline time.Duration // longest wait for a verdict
	MediaBytes      int64         // of one file
	MediaTime       time.Duration // from the header of a request with a file to its answer
}

func (l Limits) valid() bool {
	return l.BodyBytes > 0 && l.EventBytes > 0 && l.Depth > 0 && l.Future >= 0 && l.BatchEvents > 0 && l.VerdictDeadline > 0 &&
		l.MediaBytes > 0 && l.MediaTime > 0
}

// Deps is what the API is made of; every field without a comment is required.
type Deps struct {
	Keys      Keys
	Ingester  Ingester
	Letters   Letters
	Readiness Readiness
	Queue     Queue
	Desk      Desk
	Banks     Banks
	Limits    Limits
	Registry  prometheus.Registerer
	Now       func() time.Time
	Logger    *slog.Logger
	Version   string // of the program, for the OpenAPI document
	// After is time.After; nil means that. Tests pass their own.
	After func(time.Duration) <-chan time.Time
}

func (d *Deps) check() error {
	for _, need := range []struct {
		name    string
		missing bool
	}{
		{"Keys", d.Keys == nil},
		{"Ingester", d.Ingester == nil},
		{"Letters", d.Letters == nil},
		{"Readiness", d.Readiness == nil},
		{"Queue", d.Queue == nil},
		{"Desk", d.Desk == nil},
		{"Banks", d.Banks == nil},
		{"Limits", !d.Limits.valid()},
		{"Registry", d.Registry == nil},
		{"Now", d.Now == nil},
		{"Logger", d.Logger == nil},
		{"Version", d.Version == ""},
	} {
		if need.missing {
			return errors.New("api: " + need.name + " is required")
		}
	}
	return nil
}

// api is the running handler.
type api struct {
	Deps
	metrics  *metrics
	document func() (document, error) // written when it is first asked for
	workers  int
}

// New returns the handler of everything but /metrics. It fails when something required is missing, or a metric is
// registered already.
func New(d Deps) (http.Handler, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if d.After == nil {
		d.After = time.After
	}
	m, err := newMetrics(d.Registry, d.Queue)
	if err != nil {
		return nil, err
	}
	write := sync.OnceValues(func() (document, error) { return newDocument(d.Version, d.Limits) })
	a := &api{Deps: d, metrics: m, document: write, workers: runtime.GOMAXPROCS(0)}
	return a.handler(), nil
}
