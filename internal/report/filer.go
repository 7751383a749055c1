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

// Handle is the job.Handler of every one of JobKinds. A report's job makes one call and goes on at once with the next, or after a
// back-off with the same.
func (f *Filer) Handle(ctx context.Context, j job.Job) (job.Outcome, error) {
	var p JobPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil || p.Report == "" {
		return dead("report: the job names no report"), nil
	}
	do := f.step
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
	if errors.Is(err, ErrNotFound) {
		return dead(err.Error()), nil
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

// step makes one call of a report. Before it stands what is about to be sent, after it what came back; both are stored, so the
// process may end between any two lines.
func (f *Filer) step(ctx context.Context, r Report) (job.Outcome, error) {
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
	if r.Filing.InFlight == nil {
		if k := cybertip.Next(*r.Filing).Kind; k == cybertip.StepDone || k == cybertip.StepHold {
			return f.settle(ctx, &r)
		}
		marked, err := cybertip.Run(ctx, f.c.Client, *r.Filing, f.open)
		if err != nil {
			return job.Outcome{}, err
		}
		if err := f.append(ctx, &r, Event{Kind: Sending, Why: stepName(marked), Filing: &marked}, ""); err != nil {
			return job.Outcome{}, err
		}
	}
	answered, failed := cybertip.Run(WithReport(ctx, r.ID), f.c.Client, *r.Filing, f.open)
	if failed != nil && answered.InFlight != nil {
		return job.Outcome{}, failed // the call was not made: the job's time was over
	}
	// What came back is written down even when the process is stopping.
	keep, stop := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer stop()
	why := ""
	if failed != nil {
		why = failed.Error()
	}
	if err := f.append(keep, &r, Event{Kind: Answered, Why: why, Filing: &answered}, ""); err != nil {
		return job.Outcome{}, err
	}
	return f.settle(keep, &r)
}

// stepName says which call is about to be made.
func stepName(f cybertip.Filing) string {
	if f.InFlight == nil {
		return ""
	}
	return string(f.InFlight.Step.Kind)
}

// settle says what follows from the filing as it is now: the end, a question to a person, or another step.
func (f *Filer) settle(ctx context.Context, r *Report) (job.Outcome, error) {
	step := cybertip.Next(*r.Filing)
	switch {
	case step.Kind == cybertip.StepHold:
		return done(), f.append(ctx, r, Event{Kind: WasHeld, Why: step.Reason}, "held")
	case step.Kind == cybertip.StepDone && r.Filing.Receipt != nil:
		return done(), f.filed(ctx, r)
	case step.Kind == cybertip.StepDone:
		return done(), f.append(ctx, r, Event{Kind: WasCancelled, Why: "withdrawn; nothing was filed"}, "cancelled")
	case r.Filing.Failures >= maxFailures:
		why := fmt.Sprintf("%d calls in a row failed", r.Filing.Failures)
		return dead(why), f.append(ctx, r, Event{Kind: GaveUp, Why: why}, "gave_up")
	}
	o := job.Outcome{State: job.Queued, RunAt: f.at(), Snooze: true}
	if n := r.Filing.Failures; n > 0 {
		o.RunAt = o.RunAt.Add(backoff().Delay(n, f.c.Random))
		o.Error = fmt.Sprintf("%s failed %d times", step.Kind, n)
		if l := r.Filing.LastFailure; l != nil {
			o.Error = fmt.Sprintf("%s: code %d, failure %d", l.Step.Kind, l.Code, n)
		}
	}
	return o, nil
}

// filed writes the end and what follows from it: the case knows, and what the law asks for is queued.
func (f *Filer) filed(ctx context.Context, r *Report) error {
	now := f.at()
	return f.c.Keeper.Write(ctx, func(tx Tx) error {
		next, err := tx.Append(ctx, Event{Report: r.ID, N: r.Events + 1, At: now, Who: casefile.Haris, Kind: WasFiled, Filing: r.Filing})
		if err != nil {
			return err
		}
		if err := tellCase(ctx, tx, &next, casefile.Haris, now, casefile.ReportFiled); err != nil {
			return err
		}
		if err := disclose(ctx, tx, &next, now); err != nil {
			return err
		}
		if err := enqueue(ctx, tx, JobPreserve, JobPreserve+"/"+r.ID, r.ID, now); err != nil {
			return err
		}
		detail := map[string]string{"number": fmt.Sprint(next.Number), "submitted_by": next.SubmittedBy}
		return note(ctx, tx, &next, casefile.Haris, now, "filed", detail)
	})
}

// append stores an event as the next one after r and takes r on. Another worker or person that came first makes it ErrStale. act is
// the name of an audit entry, empty for none.
func (f *Filer) append(ctx context.Context, r *Report, e Event, act string) error {
	e.Report, e.N, e.At, e.Who = r.ID, r.Events+1, f.at(), casefile.Haris
	var next Report
	err := f.c.Keeper.Write(ctx, func(tx Tx) (err error) {
		if next, err = tx.Append(ctx, e); err != nil || act == "" {
			return err
		}
		return note(ctx, tx, &next, casefile.Haris, e.At, act, nil)
	})
	if err == nil {
		*r = next
	}
	return err
}

// open opens a file of a report for its upload; custody says that it left the house, and with which report.
func (f *Filer) open(ctx context.Context, file cybertip.FilingFile) (io.ReadCloser, error) {
	_, body, err := f.c.Vault.Export(ctx, casefile.Haris, "uploaded with report "+reportOfContext(ctx), file.Key)
	return body, err
}
