package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haris/internal/event"
	"haris/internal/extern"
	"haris/internal/job"
	"haris/internal/store"
	"haris/internal/store/eventlog"
)

// JobAsk is the kind of the job that asks a model of somebody else about what one account wrote.
const JobAsk = "external.ask"

// AskOrder is its payload.
type AskOrder struct {
	Account string `json:"account"`
}

// The bounds in time of asking.
const (
	askAfter    = 10 * time.Minute // that a conversation may go on before it is asked about
	askWithin   = 24 * time.Hour   // after which it is said that nothing was answered
	askAgain    = 15 * time.Minute // until there may be room
	askPatience = time.Hour        // longest that an endpoint may ask to wait
	askAttempts = 8
	askLooks    = 400 // newest events of an account among which its messages are looked for
)

// ask queues a job for every candidate of the commit, once a day of event time, in the transaction that takes the events in.
func (p *Pipeline) ask(ctx context.Context, tx *store.Tx, g *group, now time.Time) error {
	if !p.d.Asks {
		return nil
	}
	done := map[string]bool{}
	for _, c := range g.effects.Candidates {
		key := effectKey(JobAsk, c.Account, c.At.UTC().Format(time.DateOnly))
		if done[key] {
			continue
		}
		done[key] = true
		body, err := json.Marshal(AskOrder{c.Account})
		if err != nil {
			return fmt.Errorf("pipeline: ask: %w", err)
		}
		if _, _, err := tx.Jobs().Enqueue(ctx, job.New{Kind: JobAsk, Key: key, Payload: body, RunAt: now.Add(askAfter), Max: askAttempts}); err != nil {
			return err
		}
	}
	return nil
}

// Asked is a model of somebody else; *extern.Client is one.
type Asked interface {
	Ask(ctx context.Context, text, lang, mark string) (extern.Answer, error)
	Model() string
	Policy() string
}

// Asker works off JobAsk jobs. Fields without a comment are required.
type Asker struct {
	DB     *store.DB
	Log    *eventlog.Log
	Model  Asked
	Secret []byte // keys the digests of texts
	// Ingest puts what was answered into the log; finding it again changes nothing.
	Ingest func(ctx context.Context, list []event.Event) error
	Know   func(func(*Knowledge))
	Now    func() time.Time
	Texts  int // newest messages of one account that are asked about
	// PerThousand is how many of a thousand texts that came in 30 days may be asked about at most.
	PerThousand int
	// Take reports whether one more may be asked about now; it counts when it may.
	Take func() bool
	// Told is told of every message what became of it: "answered", "repeated", or one of extern.Reasons. May be nil.
	Told func(outcome string)
}

// letter is one message that may be asked about.
type letter struct {
	event event.Event
	other string
}

// Handle is the job.Handler. Whatever happens, nothing is closed and nobody is reported: the outcome is an event in the log. A message without an
// answer is unscanned, and is asked about again when the account comes up on another day.
func (a *Asker) Handle(ctx context.Context, j job.Job) (job.Outcome, error) {
	var o AskOrder
	if err := json.Unmarshal(j.Payload, &o); err != nil || o.Account == "" {
		return job.Outcome{State: job.Dead, Error: "external: the job names no account"}, nil
	}
	letters, held, err := a.letters(ctx, o.Account)
	if err != nil {
		return job.Outcome{}, err
	}
	if held == 0 {
		return a.done(ctx, o.Account, extern.NoText)
	}
	for i := range letters {
		if job.Stopping(ctx) {
			return job.Outcome{State: job.Queued, RunAt: a.Now(), Snooze: true}, nil
		}
		if out, over, err := a.about(ctx, j, o.Account, &letters[i]); over || err != nil {
			return out, err
		}
	}
	return job.Outcome{State: job.Done}, nil
}

// letters reads the newest messages of an account to minors that have no answer of the model in force, oldest first, and how many were looked
// at: 0 when haris holds no text.
func (a *Asker) letters(ctx context.Context, account string) (out []letter, held int, err error) {
	var events []event.Event
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		seqs, err := a.Log.On(ctx, tx, eventlog.AccountLine(account), 0, askLooks)
		if err != nil {
			return err
		}
		events, err = a.Log.Get(ctx, tx, seqs)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("pipeline: ask: %w", err)
	}
	var all []letter
	a.Know(func(k *Knowledge) {
		for i := range events {
			if o := k.conversationWith(account, &events[i]); o != nil && len(all) < a.Texts {
				all = append(all, letter{events[i], o.ID})
			}
		}
	})
	var ids []eventlog.Identity
	for i := range all {
		t := a.told(account, &all[i])
		ids = append(ids, eventlog.Identify(extern.EventSource, t.ID()))
		t.Unscanned = extern.Malformed // or any other: what had no answer today is not asked about again today
		ids = append(ids, eventlog.Identify(extern.EventSource, t.ID()))
	}
	var seen []bool
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		seen, err = a.Log.Seen(ctx, tx, ids)
		return err
	})
	for i := len(all) - 1; i >= 0; i-- {
		if err == nil && !seen[2*i] && !seen[2*i+1] {
			out = append(out, all[i])
		}
	}
	return out, len(all), err
}

// told is the head of what is told about a message.
func (a *Asker) told(account string, l *letter) extern.Told {
	return extern.Told{
		Account: account, Other: l.other, Of: l.event.Seq, Text: textMark(a.Secret, &l.event), Model: a.Model.Model(), Policy: a.Model.Policy(), Asked: a.Now().UTC(),
	}
}

// about asks about one message and puts the answer into the log. over says that the job ends, or waits, with the outcome.
func (a *Asker) about(ctx context.Context, j job.Job, account string, l *letter) (o job.Outcome, over bool, err error) {
	t, room := a.told(account, l), 0
	a.Know(func(k *Knowledge) {
		t.Stages, t.Repeat = k.Answer(t.Text, t.Model, t.Policy)
		room = k.AskRoom(a.PerThousand)
	})
	late := a.Now().Sub(j.CreatedAt) >= askWithin
	switch {
	case t.Repeat:
		return o, false, a.put(ctx, &t)
	case late:
		o, err = a.done(ctx, account, extern.Late)
		return o, true, err
	case room == 0 || !a.Take():
		return job.Outcome{State: job.Queued, RunAt: a.Now().Add(askAgain), Snooze: true}, true, nil
	}
	answer, err := a.Model.Ask(ctx, l.event.Data.Text, l.event.Data.Lang, t.Text)
	var e *extern.Error
	switch {
	case err == nil:
		t.Stages = answer
	case !errors.As(err, &e):
		return o, true, err
	case !e.Retry:
		t.Unscanned = e.Reason
	case j.Attempt >= j.Max:
		o, err = a.done(ctx, account, extern.Unreachable)
		return o, true, err
	case e.After > 0:
		return job.Outcome{State: job.Queued, RunAt: a.Now().Add(min(e.After, askPatience)), Error: e.Error()}, true, nil
	default:
		return o, true, e
	}
	return o, false, a.put(ctx, &t)
}

// done ends a job of which nothing, or nothing more, was answered, and says why.
func (a *Asker) done(ctx context.Context, account, why string) (job.Outcome, error) {
	t := extern.Told{Account: account, Model: a.Model.Model(), Policy: a.Model.Policy(), Asked: a.Now().UTC(), Unscanned: why}
	return job.Outcome{State: job.Done}, a.put(ctx, &t)
}

// put puts what was answered into the log, at the event time that the log has come to.
func (a *Asker) put(ctx context.Context, t *extern.Told) error {
	var at time.Time
	a.Know(func(k *Knowledge) { at = k.Watermark() })
	e, err := t.Event(at)
	if err != nil {
		return err
	}
	if err := a.Ingest(ctx, []event.Event{e}); err != nil {
		return err
	}
	if a.Told != nil {
		outcome := "answered"
		if t.Repeat {
			outcome = "repeated"
		}
		if t.Unscanned != "" {
			outcome = t.Unscanned
		}
		a.Told(outcome)
	}
	return nil
}
