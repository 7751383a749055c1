package report

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/job"
)

// turn is the moment between two calls of a report: what came of the last one, if there was one, and whether the next may follow.
type turn struct {
	filing   cybertip.Filing
	answered bool
	why      string // what went wrong
	calls    []Call
	goOn     bool // the next call may be made at once
}

// outcome is what follows from a turn: events to store, what they set off, and how the job goes on.
type outcome struct {
	events []Event
	act    string // name of the audit entry of the last event; empty for none
	job    job.Outcome
	on     bool // the last event marks the next call, which is to be made now
}

// errMeanwhile says that a person has done something with the report since it was read, while the call in hand is still the same.
var errMeanwhile = errors.New("report: a person came between")

// maxMeanwhile bounds how often a turn is looked at anew because a person came between.
const maxMeanwhile = 5

// take stores a turn and what follows from it in one transaction, so that no crash can come between an answer and what it means. on
// says that the next call is marked and to be made. What came back is written down even when the process is stopping.
func (f *Filer) take(ctx context.Context, r *Report, t turn) (o job.Outcome, on bool, err error) {
	keep, stop := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer stop()
	for range maxMeanwhile {
		what, err := f.follow(ctx, t)
		if err != nil {
			return o, false, err
		}
		next, err := f.store(keep, r, t, what)
		if errors.Is(err, errMeanwhile) {
			*r = next
			t.filing = meet(t, next.Filing)
			continue
		}
		if err != nil {
			return o, false, err
		}
		*r = next
		return what.job, what.on, nil
	}
	return o, false, fmt.Errorf("%w: report %s", ErrStale, r.ID)
}

// meet brings what a person has asked for meanwhile and what came of the call together. A finished report stays finished, and what a
// person must look at comes before a wish to withdraw: it may be that the report was finished.
func meet(t turn, stored *cybertip.Filing) cybertip.Filing {
	switch {
	case !t.answered:
		return *stored
	case stored.Withdraw == cybertip.WithdrawToCancel && t.filing.Receipt != nil:
		receipt := *t.filing.Receipt
		receipt.Problem = strings.TrimPrefix(receipt.Problem+"; it was to be withdrawn, and NCMEC had it already", "; ")
		t.filing.Receipt = &receipt
		return t.filing
	case stored.Withdraw != cybertip.WithdrawToCancel, t.filing.Hold != "" && t.filing.State != cybertip.FilingOpen:
		return t.filing
	}
	return cybertip.Cancel(t.filing)
}

// follow says what follows from a turn: the end, a question to a person, another call now, or one later.
func (f *Filer) follow(ctx context.Context, t turn) (o outcome, err error) {
	if t.answered {
		o.events = append(o.events, Event{Kind: Answered, Why: t.why, Filing: &t.filing})
	} else if gone := cybertip.Expire(t.filing, f.c.Now()); gone.State != t.filing.State {
		t.filing = gone
		o.events = append(o.events, Event{Kind: Answered, Why: gone.Orphans[len(gone.Orphans)-1].Reason, Filing: &t.filing})
	}
	end := func(e Event, act string, j job.Outcome) (outcome, error) {
		o.events, o.act, o.job = append(o.events, e), act, j
		return o, nil
	}
	step, failures := cybertip.Next(t.filing), t.filing.Failures
	switch {
	case step.Kind == cybertip.StepHold:
		return end(Event{Kind: WasHeld, Why: step.Reason}, "held", done())
	case step.Kind == cybertip.StepDone && t.filing.Receipt != nil:
		return end(Event{Kind: WasFiled, Filing: &t.filing}, "filed", done())
	case step.Kind == cybertip.StepDone:
		return end(Event{Kind: WasCancelled, Why: "withdrawn; nothing was filed"}, "cancelled", done())
	case failures >= maxFailures:
		why := fmt.Sprintf("%d calls in a row failed", failures)
		return end(Event{Kind: GaveUp, Why: why}, "gave_up", dead(why))
	case t.answered && failures > 0, !t.goOn:
		o.job = f.later(step, t.filing)
		return o, nil
	}
	marked, err := cybertip.Run(ctx, f.c.Client, t.filing, f.open)
	if err != nil && t.answered {
		o.job = f.later(step, t.filing) // the job's time is over: the answer is stored, and the next run goes on
		return o, nil
	}
	if err != nil {
		return o, err
	}
	o.events, o.on = append(o.events, Event{Kind: Sending, Why: stepName(marked), Filing: &marked}), true
	return o, nil
}

// stepName says which call is about to be made.
func stepName(f cybertip.Filing) string {
	if f.InFlight == nil {
		return ""
	}
	return string(f.InFlight.Step.Kind)
}

// later is the job's outcome when the next call is not made now.
func (f *Filer) later(step cybertip.Step, filing cybertip.Filing) job.Outcome {
	o := job.Outcome{State: job.Queued, RunAt: f.at(), Snooze: true}
	if n := filing.Failures; n > 0 {
		o.RunAt = o.RunAt.Add(backoff().Delay(n, f.c.Random))
		o.Error = fmt.Sprintf("%s failed %d times", step.Kind, n)
		if l := filing.LastFailure; l != nil {
			o.Error = fmt.Sprintf("%s: code %d, failure %d", l.Step.Kind, l.Code, n)
		}
	}
	return o
}

// store writes the exchanges of a turn and the events that follow. errMeanwhile comes with the report as it is now; another worker
// that came first makes it ErrStale.
func (f *Filer) store(ctx context.Context, r *Report, t turn, o outcome) (next Report, err error) {
	now := f.at()
	err = f.c.Keeper.Write(ctx, func(tx Tx) error {
		if next, err = tx.Get(ctx, r.ID); err != nil {
			return err
		}
		if next.Events != r.Events {
			if next.Status == Submitting && sameCall(next.Filing, r.Filing) {
				return errMeanwhile
			}
			return fmt.Errorf("%w: report %s", ErrStale, r.ID)
		}
		for _, c := range t.calls {
			if err := tx.AddCall(ctx, c); err != nil {
				return err
			}
		}
		for _, e := range o.events {
			e.Report, e.N, e.At, e.Who = r.ID, next.Events+1, now, casefile.Haris
			if next, err = tx.Append(ctx, e); err != nil {
				return err
			}
		}
		return f.consequences(ctx, tx, &next, o.act, now)
	})
	return next, err
}

// sameCall reports whether two states of a filing are of the same call, or both of none.
func sameCall(a, b *cybertip.Filing) bool {
	if a.InFlight == nil || b.InFlight == nil {
		return a.InFlight == b.InFlight
	}
	return a.InFlight.Ticket == b.InFlight.Ticket
}

// consequences writes what an end sets off: the audit entry, and when the report is filed the case knows, the disclosure is
// written down, and what the law asks for is queued.
func (f *Filer) consequences(ctx context.Context, tx Tx, r *Report, act string, now time.Time) error {
	if act == "" {
		return nil
	}
	var detail map[string]string
	if r.Status == Filed {
		if err := tellCase(ctx, tx, r, casefile.Haris, now, casefile.ReportFiled); err != nil {
			return err
		}
		if err := disclose(ctx, tx, r, now); err != nil {
			return err
		}
		if _, err := enqueue(ctx, tx, JobPreserve, JobPreserve+"/"+r.ID, r.ID, now); err != nil {
			return err
		}
		detail = map[string]string{"number": fmt.Sprint(r.Number), "submitted_by": r.SubmittedBy}
	}
	return note(ctx, tx, r, casefile.Haris, now, act, detail)
}

// append stores an event as the next one after r, with an audit entry, and takes r on. Another worker or person that came first
// makes it ErrStale.
func (f *Filer) append(ctx context.Context, r *Report, e Event, act string) error {
	e.Report, e.N, e.At, e.Who = r.ID, r.Events+1, f.at(), casefile.Haris
	var next Report
	err := f.c.Keeper.Write(ctx, func(tx Tx) (err error) {
		if next, err = tx.Append(ctx, e); err != nil {
			return err
		}
		return note(ctx, tx, &next, casefile.Haris, e.At, act, nil)
	})
	if err == nil {
		*r = next
	}
	return err
}
