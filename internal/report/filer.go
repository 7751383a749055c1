package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/job"
)

// FilerConfig is what a Filer works with.
type FilerConfig struct {
	Keeper Keeper
	Vault  Vault
	// Client makes the calls; it must have a Recorder of this package. Nil when no credentials are configured: reports then wait.
	Client *cybertip.Client
	Now    func() time.Time
	Random func() float64 // in [0, 1), for the jitter of the back-off; called from several goroutines
}

// Filer works off the jobs of this package. Its methods are job handlers, safe for concurrent use and to be run again after a
// crash at any point: what a lost answer means was stored before the call was made.
type Filer struct{ c FilerConfig }

// NewFiler returns a filer.
func NewFiler(c FilerConfig) *Filer { return &Filer{c} }

const (
	// maxFailures is how many calls in a row may fail before a person must look: with the back-off, more than half a day.
	maxFailures = 100
	// noClientWait is how long a report waits before it looks again whether credentials are configured.
	noClientWait = 10 * time.Minute
	// storeTime bounds the writing down of an answer after the job's own time is over.
	storeTime = 20 * time.Second
	// carryTime is how long one run goes on with the same report while others wait; a call that has begun is not counted.
	carryTime = time.Minute
	// stepAttempts is how often the job of a report may be begun without getting anywhere, as when the database is away or the
	// process is killed. It is no limit on the calls, which maxFailures bounds: a report must not be forgotten for a bad week.
	stepAttempts = 100_000
)

// noClient is the reason shown while nothing is configured.
const noClient = "no credentials configured: set the user and password that NCMEC gave for the environment"

// backoff spaces failed calls.
func backoff() cybertip.Backoff {
	return cybertip.Backoff{Base: 2 * time.Second, Max: 10 * time.Minute}
}

// Handlers returns the handler of each of JobKinds, for job.Config.
func (f *Filer) Handlers() map[string]job.Handler {
	return map[string]job.Handler{JobStep: f.Handle, JobPreserve: f.Handle}
}

// Handle is the job.Handler of every one of JobKinds. A report's job makes one call after another while they succeed and its time
// lasts, and goes on after a back-off with one that failed.
func (f *Filer) Handle(ctx context.Context, j job.Job) (job.Outcome, error) {
	var p JobPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil || p.Report == "" {
		return dead("report: the job names no report"), nil
	}
	do := f.carry
	switch j.Kind {
	case JobStep:
	case JobPreserve:
		do = f.preserve
	default:
		return dead("report: unknown kind of job " + j.Kind), nil
	}
	r, err := f.get(ctx, p.Report)
	if err == nil {
		var o job.Outcome
		if o, err = do(ctx, r); err == nil {
			return o, nil
		}
	}
	switch {
	case errors.Is(err, ErrNotFound):
		return dead(err.Error()), nil
	case j.Kind == JobStep && ctx.Err() == nil:
		// An open report has only a day, so that its job is not kept waiting for hours as others are.
		return job.Outcome{State: job.Queued, RunAt: f.at().Add(backoff().Delay(j.Attempt, f.c.Random)), Error: err.Error()}, nil
	}
	return job.Outcome{}, err
}

func dead(why string) job.Outcome { return job.Outcome{State: job.Dead, Error: why} }
func done() job.Outcome           { return job.Outcome{State: job.Done} }

// at is the present moment as precisely as it is stored.
func (f *Filer) at() time.Time { return f.c.Now().UTC().Truncate(time.Millisecond) }

func (f *Filer) get(ctx context.Context, id string) (r Report, err error) {
	err = f.c.Keeper.Read(ctx, func(tx Tx) error {
		r, err = tx.Get(ctx, id)
		return err
	})
	return r, err
}

// carry takes a report through its calls. Before each stands what is about to be sent, after it what came back; both are stored, so
// the process may end between any two lines.
func (f *Filer) carry(ctx context.Context, r Report) (job.Outcome, error) {
	if r.Status != Submitting {
		return done(), nil // a person has to look, or it is over
	}
	if f.c.Client == nil {
		return job.Outcome{State: job.Queued, RunAt: f.at().Add(noClientWait), Snooze: true, Error: noClient}, nil
	}
	if env := f.c.Client.Environment(); r.Environment != env || r.Filing.Profile != f.c.Client.Profile() {
		why := fmt.Sprintf("it was made for %s with profile %s, and configured is %s with profile %s", r.Environment, r.Filing.Profile, env, f.c.Client.Profile())
		return done(), f.append(ctx, &r, Event{Kind: GaveUp, Why: why}, "gave_up")
	}
	until := f.at().Add(carryTime)
	t := turn{filing: *r.Filing, goOn: true}
	for {
		if t.answered || t.filing.InFlight == nil {
			o, on, err := f.take(ctx, &r, t)
			if err != nil || !on {
				return o, err
			}
		}
		var err error
		if t, err = f.call(ctx, &r); err != nil {
			return job.Outcome{}, err
		}
		t.goOn = !job.Stopping(ctx) && f.at().Before(until)
	}
}

// call makes the call that is marked as in flight. It fails only when the call was not made.
func (f *Filer) call(ctx context.Context, r *Report) (turn, error) {
	var calls []Call
	filing, failed := cybertip.Run(withTape(ctx, r.ID, &calls), f.c.Client, *r.Filing, f.open)
	t := turn{filing: filing, answered: true, calls: calls}
	if failed != nil {
		t.why = failed.Error()
	}
	if failed != nil && filing.InFlight != nil {
		return t, failed // the job's time was over
	}
	return t, nil
}

// open opens a file of a report for its upload; custody says that it left the house, and with which report.
func (f *Filer) open(ctx context.Context, file cybertip.FilingFile) (io.ReadCloser, error) {
	_, body, err := f.c.Vault.Export(ctx, casefile.Haris, "uploaded with report "+reportOfContext(ctx), file.Key)
	return body, err
}
