package auth_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"haris/internal/access"
	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// reviewed is a service on a database with its own audit log, from which last sign-ins are read.
type reviewed struct {
	*auth.Service
	*testing.T
	ctx context.Context
	db  *store.DB
	now time.Time
}

func newReviewed(t *testing.T, db *store.DB) *reviewed {
	t.Helper()
	r := &reviewed{T: t, ctx: t.Context(), db: db, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	r.Service, err = auth.New(auth.Deps{DB: r.db.Auth(), Now: func() time.Time { return r.now }, Rand: rand.Reader, Seal: make([]byte, auth.SealKeyBytes), ReviewEvery: 90 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *reviewed) add(login string, roles ...auth.Role) string {
	r.Helper()
	p, err := r.CreatePerson(r.ctx, "test", auth.NewPerson{Name: login, Login: login, Roles: roles})
	r.must(err)
	return p.ID
}

func (r *reviewed) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *reviewed) refused(err, want error, what string) {
	r.Helper()
	if !errors.Is(err, want) {
		r.Errorf("%s: %v, want %v", what, err, want)
	}
}

// rule decides what stands there now.
func (r *reviewed) rule(who, id string, n int, v access.Verdict, reason string) error {
	r.Helper()
	l, err := r.AccessReview(r.ctx, id)
	r.must(err)
	now := l.Of(l.Lines[n-1].Ref)
	return r.DecideAccess(r.ctx, who, id, auth.Ruling{Line: n, Verdict: v, Reason: reason, Seen: now.Mark()})
}

func (r *reviewed) entries(act string) (list []audit.Entry) {
	r.Helper()
	r.must(r.db.Read(r.ctx, func(tx *store.Tx) (err error) {
		list, err = tx.Audit().List(r.ctx, audit.Filter{Act: act}, 0, 50)
		return err
	}))
	return list
}

// review begins one of ada and bea, who manage people, cy, who signed in, and a key; dan is shut out and another key revoked.
func (r *reviewed) review() (id, ada, bea, cy string, key auth.Key, text string) {
	r.Helper()
	ada, bea, cy = r.add("ada", auth.Admin), r.add("bea", auth.Admin), r.add("cy", auth.Lead)
	r.must(r.Disable(r.ctx, ada, r.add("dan", auth.Reviewer)))
	link, err := r.CreateLink(r.ctx, ada, cy)
	r.must(err)
	_, err = r.UseLink(r.ctx, link.Token, goodPassword, auth.Device{})
	r.must(err)
	old, _, err := r.CreateKey(r.ctx, ada, auth.NewKey{Source: "/old", Scopes: []auth.Scope{auth.EventsWrite}})
	r.must(err)
	r.must(r.RevokeKey(r.ctx, ada, old.ID))
	key, text, err = r.CreateKey(r.ctx, ada, auth.NewKey{Source: "/chat", Scopes: []auth.Scope{auth.EventsWrite}})
	r.must(err)
	x, err := r.BeginReview(r.ctx, ada, " the quarter ")
	r.must(err)
	return x.ID, ada, bea, cy, key, text
}

func TestAReviewWritesDownWhoMaySeeWhat(t *testing.T) {
	r := newReviewed(t, storetest.SQLite(t))
	id, ada, _, cy, key, _ := r.review()
	l, err := r.AccessReview(r.ctx, id)
	r.must(err)
	if len(l.Lines) != 4 || l.Disabled != 1 || l.Revoked != 1 || l.Why != "the quarter" || l.Left() != 4 || len(l.Deciders) != 2 {
		t.Fatalf("%+v", l)
	}
	for i, want := range []struct {
		ref  access.Ref
		came bool
	}{{access.Ref{Kind: access.Person, ID: ada}, false}, {l.Lines[1].Ref, false}, {access.Ref{Kind: access.Person, ID: cy}, true}, {access.Ref{Kind: access.Key, ID: key.ID}, false}} {
		if x := &l.Lines[i]; x.Ref != want.ref || x.Came() != want.came || x.N != i+1 {
			t.Errorf("line %d: %+v", i+1, x)
		}
	}
	_, err = r.BeginReview(r.ctx, ada, "again")
	r.refused(err, access.ErrRunning, "a second beside the first")
	var in *auth.InputError
	if _, err := r.BeginReview(r.ctx, ada, " "); !errors.As(err, &in) || in.Field != "why" {
		t.Errorf("without saying why: %v", err)
	}
}

func TestAReviewIsTruth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) { reviewIsTruth(t, newReviewed(t, e.New(t))) })
}

func reviewIsTruth(t *testing.T, r *reviewed) {
	t.Helper()
	id, ada, bea, cy, _, text := r.review()
	r.refused(r.rule(ada, id, 1, access.Kept, ""), access.ErrOwn, "one's own line")
	r.must(r.rule(bea, id, 1, access.Kept, ""))
	r.must(r.rule(ada, id, 2, access.Kept, "she leads the team"))

	// What somebody changed is not kept, and nothing that did not change was changed.
	r.refused(r.rule(ada, id, 3, access.Changed, "x"), access.ErrSame, "changed, when nothing has")
	r.must(r.rule(ada, id, 3, access.Kept, ""))
	r.must(r.SetRoles(r.ctx, ada, cy, []auth.Role{auth.Reviewer}))
	r.refused(r.rule(ada, id, 3, access.Kept, ""), access.ErrMoved, "kept, when it was changed")
	r.refused(r.DecideAccess(r.ctx, ada, id, auth.Ruling{Line: 3, Verdict: access.Changed, Reason: "x", Seen: "of another page"}), access.ErrStale, "what was not seen")
	r.refused(r.rule(ada, id, 3, access.Changed, ""), access.ErrReason, "changed without a reason")
	r.must(r.rule(ada, id, 3, access.Changed, "leads no more"))

	// What is taken works no more, in the same breath.
	for range 2 { // the first use is written down, the second stays in the cache
		if _, err := r.VerifyKey(r.ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	r.refused(r.rule(ada, id, 4, access.Taken, ""), access.ErrReason, "taken without a reason")
	r.must(r.rule(ada, id, 4, access.Taken, "nobody uses it"))
	if _, err := r.VerifyKey(r.ctx, text); !errors.Is(err, auth.ErrKey) {
		t.Errorf("the key that was taken works: %v", err)
	}

	// What moves after its decision is decided again before the end.
	r.must(r.SetCompartments(r.ctx, bea, cy, nil, true))
	r.refused(r.CloseReview(r.ctx, ada, id, ""), access.ErrOpen, "closing over what has moved")
	r.must(r.rule(bea, id, 3, access.Taken, "has left"))
	if list := r.entries("person.disabled"); len(list) != 2 || list[0].Object != "person/"+cy || list[0].Who != bea {
		t.Errorf("%+v", list)
	}
	r.must(r.Enable(r.ctx, ada, cy))
	r.refused(r.CloseReview(r.ctx, ada, id, ""), access.ErrOpen, "closing over who was let in again")
	r.must(r.rule(bea, id, 3, access.Taken, "really has left"))

	eve := r.add("eve", auth.Reviewer)
	r.now = r.now.Add(time.Hour)
	r.must(r.CloseReview(r.ctx, ada, id, "all seen"))
	l, err := r.AccessReview(r.ctx, id)
	r.must(err)
	if got := l.Count(); got != (access.Count{Lines: 4, Kept: 2, Taken: 2}) || len(l.Came) != 1 || l.Came[0].ID != eve || l.Note != "all seen" || len(l.Lines[2].Decisions) != 4 {
		t.Errorf("%+v", l)
	}
	r.refused(r.rule(ada, id, 3, access.Taken, "x"), access.ErrClosed, "deciding after the end")
	r.refused(r.CloseReview(r.ctx, ada, id, ""), access.ErrClosed, "closing twice")
	r.refused(r.CloseReview(r.ctx, ada, "none", ""), access.ErrNotFound, "none")
	if a, b, c := len(r.entries("access.began")), len(r.entries("access.decided")), len(r.entries("access.closed")); a != 1 || b != 7 || c != 1 {
		t.Errorf("the audit log has %d beginnings, %d decisions, %d ends", a, b, c)
	}
}

// TestNobodyLocksEverybodyOut takes the only other one who manages people while deciding, which leaves the decider.
func TestNobodyLocksEverybodyOut(t *testing.T) {
	r := newReviewed(t, storetest.SQLite(t))
	id, ada, bea, _, _, _ := r.review()
	r.must(r.rule(ada, id, 2, access.Taken, "has left"))
	// bea is shut out: her pages are gone, and if a request of hers were still on its way, nobody would be left.
	r.refused(r.rule(bea, id, 1, access.Taken, "x"), auth.ErrLastOne, "taking the last one")
	l, err := r.AccessReview(r.ctx, id)
	r.must(err)
	if !l.Alone(ada) || len(l.Lines[0].Decisions) != 0 {
		t.Errorf("alone %v, %+v", l.Alone(ada), l.Lines[0])
	}
}

func TestReviewsAreDue(t *testing.T) {
	r := newReviewed(t, storetest.SQLite(t))
	_, due, err := r.AccessReviews(r.ctx)
	r.must(err)
	if !due.At.IsZero() {
		t.Errorf("before anybody came it is due at %v", due.At)
	}
	id, ada, bea, _, _, _ := r.review()
	first := r.now
	r.now = r.now.Add(91 * 24 * time.Hour)
	list, due, err := r.AccessReviews(r.ctx)
	r.must(err)
	if !due.Overdue(r.now) || !due.At.Equal(first.Add(90*24*time.Hour)) || due.Running != id || len(list) != 1 {
		t.Errorf("%+v %+v", due, list)
	}
	for n, who := range []string{bea, ada, ada, ada} {
		r.must(r.rule(who, id, n+1, access.Kept, ""))
	}
	r.must(r.CloseReview(r.ctx, bea, id, ""))
	if _, due, err = r.AccessReviews(r.ctx); err != nil || due.Overdue(r.now) || due.Running != "" || !due.At.Equal(r.now.Add(90*24*time.Hour)) {
		t.Errorf("%+v %v", due, err)
	}
	if _, err := r.ReadReview(r.ctx, ada, "access.read", id); err != nil || len(r.entries("access.read")) != 1 {
		t.Errorf("reading is not written down: %v", err)
	}
	if list, err := r.ListReviews(r.ctx, ada); err != nil || len(list) != 1 || len(r.entries("access.listed")) != 1 {
		t.Errorf("listing is not written down: %v", err)
	}
}
