package action_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"haris/internal/action"
	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/evidence"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// counter is a desk at which people ask about a case that is open and sealed.
type counter struct {
	*bench
	action.Desk
	id string
}

func newCounter(t *testing.T, e storetest.Engine) *counter {
	t.Helper()
	c := &counter{bench: setup(t, e)}
	c.Desk = action.Desk{
		Endpoint: "platform.example",
		Review: &review.Service{
			Now: c.clock,
			Read: func(ctx context.Context, f func(review.Tx) error) error {
				return c.db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
			},
			Write: func(ctx context.Context, f func(review.Tx) error) error {
				return c.db.Write(ctx, func(tx *store.Tx) error { return f(tx) })
			},
		},
		Tx: func(tx review.Tx) (action.Tx, error) { return tx.(*store.Tx).Actions(), nil },
	}
	err := c.db.Write(t.Context(), func(tx *store.Tx) error {
		ch, err := tx.Cases().Apply(t.Context(), c.clock(), casefile.Matter{
			Key: "k", Subject: "u1", Linked: []string{"u2"}, Victims: []string{"v1"}, Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P1, Queue: "main", At: c.clock(),
		})
		c.id = ch.Case
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c.sealFor(c.id)
	return c
}

// act says that ada has seen the case as it is now.
func (c *counter) act() (a review.Act) {
	c.Helper()
	a = review.Act{Who: "ada", Case: c.id}
	err := c.db.Read(c.Context(), func(tx *store.Tx) error {
		k, err := tx.Cases().Get(c.Context(), c.id)
		a.Seen = k.Events
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
	return a
}

func (c *counter) list() (out []action.Action) {
	c.Helper()
	c.read(func(tx action.Tx) (err error) {
		out, err = tx.List(c.Context(), action.Filter{Case: c.id})
		return err
	})
	return out
}

func wish(kind action.Kind, account string) action.Request {
	return action.Request{Kind: kind, Subject: account, Reason: "agreed with the team"}
}

func TestAPersonAsks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		c := newCounter(t, e)
		a := c.act()
		look, err := c.Look(t.Context(), a, wish(action.LimitMessages, "u1"))
		if err != nil || look.Endpoint != "platform.example" || !look.ExpiresAt.Equal(c.clock().Add(action.FrictionFor)) || look.By.Person != "ada" {
			t.Fatalf("%+v, %v", look, err)
		}
		if len(c.list()) > 0 || c.act().Seen != a.Seen {
			t.Fatal("looking has asked")
		}
		for range 2 { // a reload
			if err := c.Ask(t.Context(), a, wish(action.LimitMessages, "u1")); err != nil {
				t.Fatal(err)
			}
		}
		list := c.list()
		if len(list) != 1 || list[0].ID != look.ID || !list[0].ExpiresAt.Equal(look.ExpiresAt) {
			t.Fatalf("what was asked is not what was shown, or was asked twice: %+v", list)
		}
		if now := c.act(); now.Seen != a.Seen+1 {
			t.Errorf("the case has %d events, had %d", now.Seen, a.Seen)
		}
		if err := c.Ask(t.Context(), a, wish(action.HideFromSuggestions, "u1")); !errors.Is(err, casefile.ErrStale) {
			t.Errorf("something else from the same state: %v", err)
		}
		bea := a
		bea.Who = "bea"
		if err := c.Ask(t.Context(), bea, wish(action.HideFromSuggestions, "u1")); !errors.Is(err, casefile.ErrStale) || len(c.list()) != 1 {
			t.Errorf("by another from that state: %v, %d actions", err, len(c.list()))
		}
		for _, object := range []string{"action/" + list[0].ID, "case/" + c.id} {
			err := c.db.Read(t.Context(), func(tx *store.Tx) error {
				got, err := tx.Audit().List(t.Context(), audit.Filter{Who: "ada", Object: object}, 0, 10)
				if len(got) != 1 {
					t.Errorf("%s: %+v", object, got)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		got := c.sent(func() {})
		if len(got) != 1 || got[0].By != "person" || got[0].Kind != action.LimitMessages || got[0].Account != "u1" || got[0].Rule != "" {
			t.Errorf("the platform got %+v", got)
		}
	})
}

func TestWhatAPersonCannotAsk(t *testing.T) {
	c := newCounter(t, storetest.Engine{New: storetest.SQLite})
	field := func(name string) func(error) bool {
		return func(err error) bool {
			var f *action.FieldError
			return errors.As(err, &f) && f.Field == name && errors.Is(err, action.ErrInvalid)
		}
	}
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	until := func(d time.Duration, r action.Request) action.Request { r.ExpiresAt = c.clock().Add(d); return r }
	for _, tt := range []struct {
		name string
		r    action.Request
		want func(error) bool
	}{
		{"a measure without the claim", wish(action.SuspendAccount, "u1"), is(casefile.ErrNotClaimed)},
		{"friction on who was approached", wish(action.LimitMessages, "v1"), is(review.ErrAccount)},
		{"a stranger", wish(action.RequestPreservation, "u9"), is(review.ErrAccount)},
		{"a post without its id", wish(action.HoldPost, "u1"), field("item")},
		{"for too long", until(action.MaxFriction+time.Minute, wish(action.LimitMessages, "u1")), field("expires at")},
		{"in the past", until(-time.Minute, wish(action.RequestPreservation, "u1")), field("expires at")},
		{"without a reason", action.Request{Kind: action.LimitMessages, Subject: "u1"}, field("reason")},
		{"a long reason", action.Request{Kind: action.LimitMessages, Subject: "u1", Reason: strings.Repeat("x", 2001)}, field("reason")},
		{"an unknown kind", wish("ban", "u1"), field("kind")},
		{"an answer to whoever warned", wish(action.AnswerReporter, "u1"), field("kind")},
	} {
		if _, err := c.Look(t.Context(), c.act(), tt.r); !tt.want(err) {
			t.Errorf("%s, before: %v", tt.name, err)
		}
		if err := c.Ask(t.Context(), c.act(), tt.r); !tt.want(err) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if n := len(c.list()); n > 0 || c.act().Seen != 1 {
		t.Errorf("%d actions stand, or the case says so", n)
	}
	if err := c.Ask(t.Context(), review.Act{Who: "ada", Case: c.id}, wish(action.LimitMessages, "u1")); !errors.Is(err, review.ErrSeen) {
		t.Errorf("without having seen it: %v", err)
	}
	c.hush(c.id, evidence.Notice{Forbidden: true})
	if _, err := c.Look(t.Context(), c.act(), wish(action.SafetyNotice, "u1")); !errors.Is(err, action.ErrNoNotice) {
		t.Errorf("a notice under a hold: %v", err)
	}
	for _, r := range []action.Request{wish(action.RequestPreservation, "v1"), wish(action.LimitMessages, "u2")} {
		if err := c.Ask(t.Context(), c.act(), r); err != nil {
			t.Errorf("%s on %s: %v", r.Kind, r.Subject, err)
		}
	}
}

func TestMeasuresNeedTheClaim(t *testing.T) {
	c := newCounter(t, storetest.Engine{New: storetest.SQLite})
	if _, err := c.Review.Claim(t.Context(), review.Act{Who: "bea", Case: c.id}); err != nil {
		t.Fatal(err)
	}
	if err := c.Ask(t.Context(), c.act(), wish(action.SuspendAccount, "u1")); !errors.Is(err, casefile.ErrClaimed) {
		t.Errorf("another holds it: %v", err)
	}
	if err := c.Ask(t.Context(), c.act(), wish(action.LimitMessages, "u1")); err != nil {
		t.Errorf("friction while another holds it: %v", err)
	}
	bea := c.act()
	bea.Who = "bea"
	if err := c.Ask(t.Context(), bea, wish(action.SuspendAccount, "u1")); err != nil {
		t.Errorf("who holds it: %v", err)
	}
	if list := c.list(); len(list) != 2 || list[0].Kind == action.SuspendAccount && !list[0].ExpiresAt.IsZero() {
		t.Errorf("%+v", list)
	}
	cleared := c.act()
	cleared.Who = "bea"
	if _, err := c.Review.Dispose(t.Context(), cleared, casefile.Disposition{Finding: casefile.FindingCleared, Reason: "brothers", Confidence: "high"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Ask(t.Context(), c.act(), wish(action.LimitMessages, "u1")); !errors.Is(err, casefile.ErrTransition) {
		t.Errorf("about a cleared case: %v", err)
	}
}
