package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"haris/internal/access"
	"haris/internal/store"
)

// Access is what every engine must do with reviews of who may see what.
func Access(t *testing.T, e Engine) {
	b := newBench(t, e)
	at := start()
	ada := access.Held{Roles: []string{"admin"}, Compartments: []access.Compartment{{ID: "c1", Name: "Europe"}}, Confined: true}
	key := access.Held{Scopes: []string{"events.write"}}
	r := access.Review{
		Head: access.Head{ID: "r1", BegunAt: at, BegunBy: "bea", Why: "quarter", Disabled: 2, Revoked: 1},
		Lines: []access.Line{
			{N: 1, Ref: access.Ref{Kind: access.Person, ID: "ada"}, Name: "Ada", Then: ada, Facts: access.Facts{Login: "ada", Factor: true, Passkeys: 1, Since: at, Last: at}},
			{N: 2, Ref: access.Ref{Kind: access.Key, ID: "k1"}, Name: "/chat", Then: key, Facts: access.Facts{Since: at}},
		},
	}
	b.write(func(tx *store.Tx) error { return tx.AccessReviews().Begin(b.ctx, &r) })
	same(b, r)
	b.write(func(tx *store.Tx) error {
		if err := tx.AccessReviews().Begin(b.ctx, &access.Review{Head: access.Head{ID: "r2", BegunAt: at, BegunBy: "bea", Why: "again"}}); !errors.Is(err, access.ErrRunning) {
			b.Errorf("a second review beside the first: %v", err)
		}
		if err := tx.AccessReviews().Decide(b.ctx, "r1", &access.Decision{Line: 3, Verdict: access.Kept, By: "bea", At: at}); !errors.Is(err, access.ErrNotFound) {
			b.Errorf("a line that is none: %v", err)
		}
		return nil
	})
	decide := func(d access.Decision) error {
		d.At = at
		r.Lines[d.Line-1].Decisions = append(r.Lines[d.Line-1].Decisions, d)
		return b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.AccessReviews().Decide(b.ctx, "r1", &d) })
	}
	for _, d := range []access.Decision{
		{Line: 1, Verdict: access.Taken, By: "bea", Reason: "has left", Now: access.Held{Gone: true}},
		{Line: 1, Verdict: access.Kept, By: "bea", Now: ada},
		{Line: 2, Verdict: access.Taken, By: "ada", Reason: "not used", Now: access.Held{Scopes: key.Scopes, Gone: true}},
	} {
		if err := decide(d); err != nil {
			t.Fatal(err)
		}
	}
	same(b, r)
	refused(b, "insert into access_decision (review, n, turn, verdict, by_whom, at, reason, held) values ('r1', 1, 9, 'kept', 'ada', 1, '', '{}')", "one's own line")
	refused(b, "insert into access_decision (review, n, turn, verdict, by_whom, at, reason, held) values ('r1', 1, 9, 'taken', 'bea', 1, '', '{}')", "without a reason")
	refused(b, "update access_decision set verdict = 'changed'", "another verdict")
	refused(b, "delete from access_line", "lines away")
	closeAccess(b, &r)
}

// closeAccess closes the review of Access and looks that nothing of it can be changed any more.
func closeAccess(b *bench, r *access.Review) {
	b.Helper()
	at := start()
	r.ClosedAt, r.ClosedBy, r.Note = at.Add(time.Hour), "bea", "all seen"
	r.Came = []access.Newcomer{{Ref: access.Ref{Kind: access.Person, ID: "cy"}, Name: "Cy", Since: at, Held: access.Held{Roles: []string{"reviewer"}}}}
	b.write(func(tx *store.Tx) error { return tx.AccessReviews().Close(b.ctx, r) })
	same(b, *r)
	for _, f := range []func(context.Context, *store.Tx) error{
		func(ctx context.Context, tx *store.Tx) error { return tx.AccessReviews().Close(ctx, r) },
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AccessReviews().Decide(ctx, "r1", &access.Decision{Line: 1, Verdict: access.Kept, By: "bea", At: at})
		},
	} {
		if err := b.db.Write(b.ctx, func(tx *store.Tx) error { return f(b.ctx, tx) }); !errors.Is(err, access.ErrClosed) {
			b.Errorf("after it was closed: %v", err)
		}
	}
	for _, q := range []string{
		"update access_review set note = 'other'", "update access_review set running = 1, closed_at = null, closed_by = ''", "delete from access_review",
		"insert into access_decision (review, n, turn, verdict, by_whom, at, reason, held) values ('r1', 1, 9, 'kept', 'bea', 1, '', '{}')",
		"insert into access_line (review, n, kind, ref, name, held, facts) values ('r1', 3, 'key', 'k2', '', '{}', '{}')",
	} {
		refused(b, q, "after it was closed")
	}
	b.write(func(tx *store.Tx) error {
		return tx.AccessReviews().Begin(b.ctx, &access.Review{Head: access.Head{ID: "r2", BegunAt: at.Add(2 * time.Hour), BegunBy: "bea", Why: "again"}})
	})
	b.read(func(tx *store.Tx) error {
		list, err := tx.AccessReviews().List(b.ctx)
		if want := (access.Count{Lines: 2, Kept: 1, Taken: 1}); err != nil || len(list) != 2 || list[0].ID != "r2" || list[1].Count != want || list[1].Head != r.Head {
			b.Errorf("%+v (%v)", list, err)
		}
		if _, err := tx.AccessReviews().Get(b.ctx, "none"); !errors.Is(err, access.ErrNotFound) {
			b.Errorf("none: %v", err)
		}
		return nil
	})
}

// same reads the review back.
func same(b *bench, want access.Review) {
	b.Helper()
	b.read(func(tx *store.Tx) error {
		got, err := tx.AccessReviews().Get(b.ctx, want.ID)
		if len(got.Came) == 0 {
			got.Came = nil
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			b.Errorf("%v\n got %+v\nwant %+v", err, got, want)
		}
		return nil
	})
}

// refused runs a statement that the schema itself must refuse.
func refused(b *bench, query, what string) {
	b.Helper()
	err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(b.ctx, query)
		return err
	})
	if err == nil {
		b.Errorf("%s: the schema took %q", what, query)
	}
}
