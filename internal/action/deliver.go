package action

import (
	"context"
	"errors"
	"fmt"
	"time"

	"haris/internal/job"
)

// Config is what a Deliverer works with.
type Config struct {
	Keeper Keeper
	Sender *Sender // nil when no endpoint is configured: actions then wait and say so
	Now    func() time.Time
	Random func() float64 // in [0, 1), for the jitter of the back-off; called from several goroutines
}

// Deliverer works off the jobs of this package. Its methods are job handlers, safe for concurrent use and to be run again
// after a crash at any point: the platform then gets the same message under the same webhook-id once more.
type Deliverer struct{ c Config }

// NewDeliverer returns a deliverer.
func NewDeliverer(c Config) *Deliverer { return &Deliverer{c} }

// noEndpointWait is how long an action waits before it looks again whether an endpoint is configured.
const noEndpointWait = 10 * time.Minute

// noEndpoint is the reason shown while nothing is configured.
const noEndpoint = "no endpoint configured: set the URL and secret of the platform's webhook"

// Handlers returns the handler of each of JobKinds and of JobNotify, for job.Config.
func (d *Deliverer) Handlers() map[string]job.Handler {
	out := map[string]job.Handler{}
	for _, k := range JobKinds() {
		out[k] = d.Handle
	}
	out[JobNotify] = d.notify
	return out
}

// Handle is the job.Handler of every one of JobKinds.
func (d *Deliverer) Handle(ctx context.Context, j job.Job) (job.Outcome, error) {
	id, err := payload(j)
	if err != nil {
		return job.Outcome{State: job.Dead, Error: err.Error()}, nil
	}
	var o job.Outcome
	switch j.Kind {
	case JobDeliver:
		o, err = d.deliver(ctx, j, id)
	case JobExpire:
		o, err = d.expire(ctx, j, id)
	case JobReverse:
		o, err = d.takeBack(ctx, j, id, Reversing)
	default:
		return job.Outcome{State: job.Dead, Error: "action: unknown kind of job " + j.Kind}, nil
	}
	if errors.Is(err, ErrNotFound) {
		return job.Outcome{State: job.Dead, Error: err.Error()}, nil
	}
	return o, err
}

// at is the present moment as precisely as it is stored.
func (d *Deliverer) at() time.Time { return d.c.Now().UTC().Truncate(time.Millisecond) }

// done ends a job for which there is nothing left to do.
func done() job.Outcome { return job.Outcome{State: job.Done} }

// deliver asks the platform for the action.
func (d *Deliverer) deliver(ctx context.Context, j job.Job, id string) (job.Outcome, error) {
	now := d.at()
	var a Action
	var o *job.Outcome
	var hold string
	err := d.c.Keeper.Write(ctx, func(tx Tx) (err error) {
		if a, err = tx.Get(ctx, id); err != nil {
			return err
		}
		if o, a, err = d.mayDeliver(ctx, tx, a, now); err != nil || o != nil {
			return err
		}
		hold, err = tx.Silence.Silent(ctx, now, a.Case, a.Subject)
		return err
	})
	if err != nil || o != nil {
		return deref(o), err
	}
	m, err := a.ask(hold != "")
	if err != nil {
		return job.Outcome{}, err
	}
	return d.send(ctx, j, a, m)
}

// mayDeliver writes that an attempt begins, or returns the outcome of the job when none is to be made.
func (d *Deliverer) mayDeliver(ctx context.Context, tx Tx, a Action, now time.Time) (*job.Outcome, Action, error) {
	over := done()
	switch a.Status {
	case Asked, NoEndpoint, Failed, Dead:
	default:
		return &over, a, nil
	}
	switch {
	case !a.ExpiresAt.IsZero() && !a.ExpiresAt.After(now):
		// Its time has passed before it was delivered; the expiry job takes back what may have come through.
		return &over, a, nil
	case a.Kind.Tells():
		switch err := mayTell(ctx, tx, now, a); {
		case errors.Is(err, ErrNoNotice):
			a, err = silenced(ctx, tx, a, now, err.Error())
			return &over, a, err
		case err != nil:
			return nil, a, err
		}
	}
	if d.c.Sender == nil {
		o := job.Outcome{State: job.Queued, RunAt: now.Add(noEndpointWait), Snooze: true, Error: noEndpoint}
		if a.Status == NoEndpoint {
			return &o, a, nil
		}
		a, err := tx.Append(ctx, Event{Action: a.ID, At: now, Who: Software, Kind: HadNoEndpoint, Why: noEndpoint})
		return &o, a, err
	}
	a, err := tx.Append(ctx, Event{Action: a.ID, At: now, Who: Software, Kind: Sending})
	return nil, a, err
}

// silenced gives up an action that speaks to an account which, since it was asked for, may not be told.
func silenced(ctx context.Context, tx Tx, a Action, now time.Time, why string) (Action, error) {
	if a.Status == Dead {
		return a, nil
	}
	a, err := tx.Append(ctx, Event{Action: a.ID, At: now, Who: Software, Kind: GaveUp, Why: why})
	if err != nil {
		return a, err
	}
	return a, note(ctx, tx, a, now, Software, "gave_up", map[string]string{"job": JobDeliver, "why": why})
}

// expire takes the action back at its end, unless a person did.
func (d *Deliverer) expire(ctx context.Context, j job.Job, id string) (job.Outcome, error) {
	now := d.at()
	var early *job.Outcome
	err := d.c.Keeper.Write(ctx, func(tx Tx) error {
		a, err := tx.Get(ctx, id)
		if err != nil {
			return err
		}
		if a.ExpiresAt.After(now) {
			early = &job.Outcome{State: job.Queued, RunAt: a.ExpiresAt, Snooze: true}
			return nil
		}
		switch a.Status {
		case Reversing, Reversed, Expiring, Expired:
			return nil
		}
		if a, err = tx.Append(ctx, Event{Action: id, At: now, Who: Software, Kind: ExpiryReached}); err != nil {
			return err
		}
		return note(ctx, tx, a, now, Software, "expiry_reached", nil)
	})
	if err != nil || early != nil {
		return deref(early), err
	}
	return d.takeBack(ctx, j, id, Expiring)
}

// takeBack sends the reversal of an action that is in the given status; in any other one there is nothing to do.
func (d *Deliverer) takeBack(ctx context.Context, j job.Job, id string, in Status) (job.Outcome, error) {
	now := d.at()
	var a Action
	var o *job.Outcome
	var hold string
	err := d.c.Keeper.Write(ctx, func(tx Tx) (err error) {
		if a, err = tx.Get(ctx, id); err != nil {
			return err
		}
		if hold, err = tx.Silence.Silent(ctx, now, a.Case, a.Subject); err != nil {
			return err
		}
		switch over := done(); {
		case a.Status != in:
			o = &over
			return nil
		case d.c.Sender == nil:
			o = &job.Outcome{State: job.Queued, RunAt: now.Add(noEndpointWait), Snooze: true, Error: noEndpoint}
			if a.LastError == noEndpoint {
				return nil
			}
			_, err = tx.Append(ctx, Event{Action: id, At: now, Who: Software, Kind: ReversalFailed, Why: noEndpoint})
			return err
		}
		a, err = tx.Append(ctx, Event{Action: id, At: now, Who: Software, Kind: ReversalSending})
		return err
	})
	if err != nil || o != nil {
		return deref(o), err
	}
	m, err := a.reversal(hold != "")
	if err != nil {
		return job.Outcome{}, err
	}
	return d.send(ctx, j, a, m)
}

// send makes one attempt and writes down how it ended.
func (d *Deliverer) send(ctx context.Context, j job.Job, a Action, m message) (job.Outcome, error) {
	r, err := d.c.Sender.send(ctx, d.at(), m)
	now := d.at()
	if err != nil && ctx.Err() != nil {
		return job.Outcome{}, ctx.Err() // cut off by a stop, which says nothing of the endpoint
	}
	if err == nil {
		r.Action, r.At = a.ID, now
		return done(), d.c.Keeper.Write(ctx, func(tx Tx) error { return arrived(ctx, tx, j, r) })
	}
	var why *refusal
	if !errors.As(err, &why) {
		return job.Outcome{}, err
	}
	o := job.Outcome{State: job.Queued, RunAt: now.Add(max(job.Backoff(j.Attempt, d.c.Random), why.wait)), Error: why.reason}
	if why.gone || j.Attempt >= j.Max {
		o = job.Outcome{State: job.Dead, Error: why.reason}
	}
	return o, d.c.Keeper.Write(ctx, func(tx Tx) error { return failed(ctx, tx, j, a.ID, now, o) })
}

// arrived writes the receipt and what follows from it.
func arrived(ctx context.Context, tx Tx, j job.Job, r Receipt) error {
	if err := tx.AddReceipt(ctx, r); err != nil {
		return err
	}
	kinds, act := []EventKind{WasDelivered}, "delivered"
	if j.Kind != JobDeliver {
		kinds, act = []EventKind{ReversalDone}, "reversal_delivered"
	} else if r.Signed {
		kinds = append(kinds, WasAcknowledged)
	}
	var a Action
	for _, k := range kinds {
		var err error
		if a, err = tx.Append(ctx, Event{Action: r.Action, At: r.At, Who: Software, Kind: k}); err != nil {
			return err
		}
	}
	return note(ctx, tx, a, r.At, Software, act, map[string]string{"message": r.Message, "answer": fmt.Sprint(r.Code)})
}

// failed writes why an attempt failed and, when it was the last one, that the job is given up.
func failed(ctx context.Context, tx Tx, j job.Job, id string, now time.Time, o job.Outcome) error {
	k := ReversalFailed
	switch {
	case j.Kind != JobDeliver:
	case o.State == job.Dead:
		k = GaveUp
	default:
		k = AttemptFailed
	}
	a, err := tx.Append(ctx, Event{Action: id, At: now, Who: Software, Kind: k, Why: o.Error})
	if err != nil || o.State != job.Dead {
		return err
	}
	return note(ctx, tx, a, now, Software, "gave_up", map[string]string{"job": j.Kind, "why": o.Error})
}

// deref returns the outcome, or the empty one beside an error.
func deref(o *job.Outcome) job.Outcome {
	if o == nil {
		return job.Outcome{}
	}
	return *o
}
