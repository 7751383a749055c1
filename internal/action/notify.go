package action

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haris/internal/job"
)

// JobNotify is the kind of the job that tells people about a case through the platform's endpoint. Its payload is Notify.
const JobNotify = "notify.deliver"

// TypeNotify is the type of the message; its data is Notify.
const TypeNotify = "case.raised"

// Notify tells people that a case waits: nothing of what happened, only where to look.
type Notify struct {
	Case     string    `json:"case"`
	To       []string  `json:"to"` // the words that the rule names: a queue, a role, a channel the platform knows
	Priority string    `json:"priority"`
	Typology string    `json:"typology"`
	Queue    string    `json:"queue"`
	Rule     string    `json:"rule"`
	At       time.Time `json:"at"` // event time
	// NoNotice says that a hold forbids to tell the account; it is filled in when the message is sent.
	NoNotice bool `json:"no_notice,omitempty"`
}

// NewNotifyJob makes the job. key is derived from what caused it.
func NewNotifyJob(key string, at time.Time, n Notify) (job.New, error) {
	b, err := json.Marshal(n)
	if err != nil {
		return job.New{}, fmt.Errorf("action: notify: %w", err)
	}
	return job.New{Kind: JobNotify, Key: JobNotify + "/" + key, Payload: b, RunAt: at}, nil
}

// notify delivers one JobNotify. Without an endpoint it waits, like an action.
func (d *Deliverer) notify(ctx context.Context, j job.Job) (job.Outcome, error) {
	var n Notify
	if err := json.Unmarshal(j.Payload, &n); err != nil || n.Case == "" {
		return job.Outcome{State: job.Dead, Error: "action: the job names no case"}, nil
	}
	now := d.at()
	if d.c.Sender == nil {
		return job.Outcome{State: job.Queued, RunAt: now.Add(noEndpointWait), Snooze: true, Error: noEndpoint}, nil
	}
	err := d.c.Keeper.Read(ctx, func(tx Tx) error {
		hold, err := tx.Silence.Silent(ctx, now, n.Case, "")
		n.NoNotice = hold != ""
		return err
	})
	if err != nil {
		return job.Outcome{}, fmt.Errorf("action: notify: %w", err)
	}
	body, err := json.Marshal(struct {
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      Notify    `json:"data"`
	}{TypeNotify, j.CreatedAt.UTC(), n})
	if err != nil {
		return job.Outcome{}, fmt.Errorf("action: notify: %w", err)
	}
	_, err = d.c.Sender.send(ctx, now, message{id: "ntf_" + j.ID, body: body})
	var why *refusal
	switch {
	case err == nil:
		return done(), nil
	case ctx.Err() != nil:
		return job.Outcome{}, ctx.Err()
	case !errors.As(err, &why):
		return job.Outcome{}, err
	case why.gone || j.Attempt >= j.Max:
		return job.Outcome{State: job.Dead, Error: why.reason}, nil
	}
	return job.Outcome{State: job.Queued, RunAt: now.Add(max(job.Backoff(j.Attempt, d.c.Random), why.wait)), Error: why.reason}, nil
}
