package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/process"
	"haris/internal/store"
)

// Processes checks that the engine keeps legal process as process.Store promises.
func Processes(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"a process is the fold of its events":          processFold,
		"what is not allowed leaves nothing behind":    processRefused,
		"two who have seen the same cannot both act":   processStale,
		"lists are newest first, narrowed and bounded": processLists,
		"the cases of an account are found":            processCases,
		"the schema refuses what cannot be":            processChecks,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
}

// warrant is what comes in.
func warrant(number string) *process.Intake {
	return &process.Intake{
		Kind: process.Warrant, Agency: "District Police", Officer: "Det. Haddad", Number: number, Jurisdiction: "District Court", ReceivedAt: start(), DueAt: start().AddDate(0, 0, 14), Lang: "en",
		Scope: process.Scope{Accounts: []string{"u1", "u2"}, Data: []process.Data{process.Messages}, From: start(), To: start().Add(time.Hour)},
	}
}

func (b *bench) step(e process.Event) (r process.Request, err error) {
	err = b.db.Write(b.ctx, func(tx *store.Tx) error {
		r, err = tx.Processes().Append(b.ctx, e)
		return err
	})
	return r, err
}

func (b *bench) received(number string) process.Request {
	b.Helper()
	var r process.Request
	b.write(func(tx *store.Tx) error {
		id, err := tx.Processes().NewID()
		if err != nil {
			return err
		}
		r, err = tx.Processes().Append(b.ctx, process.Event{Process: id, N: 1, At: start(), Who: "lena", Kind: process.WasReceived, Body: process.Body{Intake: warrant(number)}})
		return err
	})
	return r
}

func (b *bench) process(id string) (r process.Request) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		r, err = tx.Processes().Get(b.ctx, id)
		return err
	})
	return r
}

func processFold(b *bench) {
	r := b.received("W-1")
	steps := []process.Event{
		{Who: "lena", Kind: process.WasReviewed, Body: process.Body{Words: "signed"}},
		{Who: "omar", Kind: process.WasApproved, Body: process.Body{Digest: r.Scope.Digest(), Through: 12, AuditSize: 7}},
		{Who: "lena", Kind: process.WasProduced, Body: process.Body{Package: &process.Package{
			Item: "i1", SHA256: "ab", Bytes: 9, Files: 3, At: start(), By: "lena",
			Counts: []process.Count{{Account: "u1", Data: process.Messages, Taken: 2, Outside: 1}},
		}}},
		{Who: "lena", Kind: process.WasDelivered, Body: process.Body{Words: "by courier"}},
	}
	for i, e := range steps {
		e.Process, e.At = r.ID, start().Add(time.Duration(i+1)*time.Minute)
		got, err := b.step(e)
		if err != nil {
			b.Fatalf("%s: %v", e.Kind, err)
		}
		if d := cmp.Diff(got, b.process(r.ID)); d != "" {
			b.Fatalf("%s came back changed:\n%s", e.Kind, d)
		}
	}
	b.read(func(tx *store.Tx) error {
		list, err := tx.Processes().History(b.ctx, r.ID)
		if err != nil || len(list) != 5 {
			b.Fatalf("%d events, %v", len(list), err)
		}
		var again process.Request
		for _, e := range list {
			if again, err = again.Apply(e); err != nil {
				return err
			}
		}
		if d := cmp.Diff(b.process(r.ID), again); d != "" {
			b.Errorf("the history folds to something else:\n%s", d)
		}
		none, err := tx.Processes().History(b.ctx, "lp-none")
		if len(none) != 0 {
			b.Errorf("history of no process: %v", none)
		}
		return err
	})
}

func processRefused(b *bench) {
	r := b.received("W-1")
	for want, e := range map[error]process.Event{
		process.ErrNotFound:   {Process: "lp-none", Who: "lena", Kind: process.WasReviewed, Body: process.Body{Words: "x"}},
		process.ErrTransition: {Process: r.ID, Who: "omar", Kind: process.WasApproved, Body: process.Body{Digest: r.Scope.Digest()}},
		process.ErrPerson:     {Process: r.ID, Who: "haris", Kind: process.WasReviewed, Body: process.Body{Words: "x"}},
		process.ErrInvalid:    {Process: r.ID, Who: "lena", Kind: process.WasReviewed},
	} {
		if _, err := b.step(e); !errors.Is(err, want) {
			b.Errorf("%s: %v, want %v", e.Kind, err, want)
		}
	}
	if d := cmp.Diff(r, b.process(r.ID)); d != "" {
		b.Errorf("what was refused has changed it:\n%s", d)
	}
}

func processStale(b *bench) {
	r := b.received("W-1")
	e := process.Event{Process: r.ID, N: r.Events + 1, At: start(), Who: "lena", Kind: process.WasReviewed, Body: process.Body{Words: "signed"}}
	if _, err := b.step(e); err != nil {
		b.Fatal(err)
	}
	if _, err := b.step(e); !errors.Is(err, process.ErrStale) {
		b.Errorf("a second time from what was seen before: %v", err)
	}
}

func processLists(b *bench) {
	var ids []string
	for i := range 3 {
		ids = append(ids, b.received(fmt.Sprintf("W-%d", i)).ID)
	}
	if _, err := b.step(process.Event{Process: ids[1], Who: "lena", At: start(), Kind: process.WasRefused, Body: process.Body{Words: "not signed"}}); err != nil {
		b.Fatal(err)
	}
	for name, c := range map[string]struct {
		f    process.Filter
		want []string
	}{
		"all":         {process.Filter{}, []string{ids[2], ids[1], ids[0]}},
		"by status":   {process.Filter{Statuses: []process.Status{process.Refused}}, []string{ids[1]}},
		"two of them": {process.Filter{Statuses: []process.Status{process.Refused, process.Received}, Limit: 2}, []string{ids[2], ids[1]}},
		"next page":   {process.Filter{Before: ids[1]}, []string{ids[0]}},
		"none":        {process.Filter{Statuses: []process.Status{process.Delivered}}, nil},
	} {
		var got []string
		b.read(func(tx *store.Tx) error {
			list, err := tx.Processes().List(b.ctx, c.f)
			for _, r := range list {
				got = append(got, r.ID)
			}
			return err
		})
		if d := cmp.Diff(c.want, got); d != "" {
			b.Errorf("%s:\n%s", name, d)
		}
	}
}

func processCases(b *bench) {
	first, second := b.caseOf("u1"), b.caseOf("u2")
	b.read(func(tx *store.Tx) error {
		for account, want := range map[string][]string{"u1": {first}, "u2": {second}, "u3": nil} {
			got, err := tx.Processes().CasesOf(b.ctx, account)
			if err != nil {
				return err
			}
			if d := cmp.Diff(want, got); d != "" {
				b.Errorf("%s:\n%s", account, d)
			}
		}
		return nil
	})
}

func processChecks(b *bench) {
	r := b.received("W-1")
	for name, query := range map[string]string{
		"an unknown status":           `UPDATE process SET status = 'lost' WHERE id = $1`,
		"preserved, for a warrant":    `UPDATE process SET status = 'preserved' WHERE id = $1`,
		"produced, for a destruction": `UPDATE process SET status = 'produced', kind = 'destruction' WHERE id = $1`,
		"approved by software":        `INSERT INTO process_event (process, n, at, who, kind, body) VALUES ($1, 9, 1, 'haris', 'approved', '{}')`,
		"approved by a key":           `INSERT INTO process_event (process, n, at, who, kind, body) VALUES ($1, 9, 1, 'key:1', 'approved', '{}')`,
		"an event twice":              `INSERT INTO process_event (process, n, at, who, kind, body) VALUES ($1, 1, 1, 'lena', 'reviewed', '{}')`,
		"an event of no process":      `INSERT INTO process_event (process, n, at, who, kind, body) VALUES ($1 || 'x', 1, 1, 'lena', 'reviewed', '{}')`,
	} {
		err := b.db.Write(b.ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(b.ctx, query, r.ID)
			return err
		})
		if err == nil {
			b.Errorf("%s was taken", name)
		}
	}
}
