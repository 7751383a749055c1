package report

import (
	"context"
	"errors"
	"fmt"

	"haris/cybertip"
)

// Recorder keeps every exchange with the authority beside its report. Give it to the client: cybertip.Options.Recorder. Safe for
// concurrent use.
type Recorder struct{ keeper Keeper }

var _ cybertip.Recorder = (*Recorder)(nil)

// NewRecorder returns a recorder.
func NewRecorder(k Keeper) *Recorder { return &Recorder{k} }

// contextKey is the key of the report's id in a context.
type contextKey struct{}

// WithReport returns a context in which calls belong to the report.
func WithReport(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// tapeKey is the key of the tape in a context.
type tapeKey struct{}

// withTape returns a context like WithReport whose exchanges are put onto the tape, for who stores them together with what follows
// from them.
func withTape(ctx context.Context, id string, tape *[]Call) context.Context {
	return context.WithValue(WithReport(ctx, id), tapeKey{}, tape)
}

func reportOfContext(ctx context.Context) string {
	id, _ := ctx.Value(contextKey{}).(string)
	return id
}

// errWhose says that a call was made about no report that is known.
var errWhose = errors.New("report: an exchange that belongs to no report")

// Record stores one exchange. Questions about the service itself (status, schema) belong to no report and are not kept.
func (k *Recorder) Record(ctx context.Context, c cybertip.Call) error {
	if c.Endpoint == cybertip.EndpointStatus || c.Endpoint == cybertip.EndpointXSD {
		return nil
	}
	id := reportOfContext(ctx)
	if id == "" {
		return fmt.Errorf("%w: %s", errWhose, c.Endpoint)
	}
	row := Call{
		Report: id, Endpoint: c.Endpoint, Environment: c.Environment, Attempt: c.Attempt, RequestSHA256: c.RequestSHA256,
		RequestBytes: c.RequestBytes, Request: c.Request, RequestID: c.RequestID, HTTPStatus: c.HTTPStatus, Code: c.Code,
		Response: c.Response, Started: c.Started, Ended: c.Ended,
	}
	if c.Err != nil {
		row.Error = c.Err.Error()
	}
	if tape, ok := ctx.Value(tapeKey{}).(*[]Call); ok {
		*tape = append(*tape, row)
		return nil
	}
	return k.keeper.Write(ctx, func(tx Tx) error { return tx.AddCall(ctx, row) })
}
