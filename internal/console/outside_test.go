package console_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"haris/internal/action"
	"haris/internal/console"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/job"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// outside is the parts of the program that stand behind the console's interfaces, in memory.
type outside struct {
	ruleFault   error
	events      []event.Event
	letters     []console.Letter
	replays     []string
	taken       bool
	dead        []job.Job
	requeued    []string
	actions     []action.Action
	reversed    []string
	checks      []console.Check
	shared      []console.Exchange
	asked       []string // of exchanges
	answerFails error
	fail        error
}

// logBuffer keeps what was logged.
type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Events implements console.Timeline.
func (o *outside) Events(_ context.Context, seqs []uint64) (out []event.Event, err error) {
	for _, e := range o.events {
		if slices.Contains(seqs, e.Seq) {
			out = append(out, e)
		}
	}
	return out, o.fail
}

// Around implements console.Timeline.
func (o *outside) Around(_ context.Context, conversation string, seq uint64, _, _ int) (out []event.Event, err error) {
	for _, e := range o.events {
		if e.Data.Conversation == conversation {
			out = append(out, e)
		}
	}
	return out, o.fail
}

// Account implements console.Accounts.
func (o *outside) Of(_ context.Context, account string, from, to time.Time) (out []event.Event, err error) {
	for _, e := range o.events {
		if !e.Time.Before(from) && !e.Time.After(to) && (e.Actor() == account || slices.Contains(e.Targets(), account)) {
			out = append(out, e)
		}
	}
	return out, o.fail
}

func (o *outside) Account(_ context.Context, id string) (console.Account, error) {
	a := console.Account{Profile: detect.Profile{ID: id}}
	switch {
	case strings.HasPrefix(id, "kid"):
		a.Profile.Band, a.Profile.BandFrom, a.Profile.Region = taxonomy.AgeU13, "declared", "EG"
	case strings.HasPrefix(id, "acc"):
		a.Profile = detect.Profile{
			ID: id, Band: taxonomy.Age25up, BandFrom: "estimated", Region: "US-TX", Role: "coach", Known: true,
			CreatedAt: time.Date(2026, 2, 11, 0, 0, 0, 0, time.UTC),
		}
		a.Keys = []console.AccountKey{{Kind: "device", Mark: "k:7f3a", Count: 2, Others: []string{"acc-9", "acc-12"}}, {Kind: "payout", Mark: "k:11c0"}}
	}
	return a, o.fail
}

// Checks implements console.Health.
func (o *outside) Checks(context.Context) []console.Check { return o.checks }

type letters struct{ *outside }

func (l letters) List(context.Context, string, int) ([]console.Letter, string, error) {
	return l.letters, "", l.fail
}

func (l letters) Replay(_ context.Context, who, id string) (bool, error) {
	for _, k := range l.letters {
		if k.ID == id {
			l.replays = append(l.replays, who+" "+id)
			return l.taken, nil
		}
	}
	return false, console.ErrNotFound
}

type jobs struct{ *outside }

func (j jobs) Dead(context.Context, int) ([]job.Job, error) { return j.dead, j.fail }

func (j jobs) Requeue(_ context.Context, who, id string) error {
	for _, k := range j.dead {
		if k.ID == id {
			j.requeued = append(j.requeued, who+" "+id)
			return nil
		}
	}
	return job.ErrNotFound
}

type actions struct {
	*outside
	db *store.DB
}

// OfCase returns what was asked for in the store, and what stands in memory.
func (a actions) OfCase(ctx context.Context, id string) (out []action.Action, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Actions().List(ctx, action.Filter{Case: id})
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, k := range a.actions {
		if k.Case == id {
			out = append(out, k)
		}
	}
	return out, a.fail
}

func (a actions) Answer(_ context.Context, who, caseID string, accounts []string, o action.Outcome) error {
	if a.answerFails != nil {
		return a.answerFails
	}
	for _, account := range accounts {
		a.outside.actions = append(a.outside.actions, action.Action{
			ID: "answer-" + account, Case: caseID, Subject: account, Kind: action.AnswerReporter, Item: string(o), Status: action.Asked, By: action.By{Person: who},
		})
	}
	return nil
}

func (a actions) Reverse(ctx context.Context, who, caseID, id, reason string) error {
	for _, k := range a.actions {
		if k.ID == id && k.Case == caseID {
			a.reversed = append(a.reversed, who+" "+id+" "+reason)
			return nil
		}
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		_, err := action.Reverse(ctx, tx.Actions(), time.Now(), who, reason, id)
		return err
	})
}
