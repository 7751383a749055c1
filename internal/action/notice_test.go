package action_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/action"
	"haris/internal/evidence"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// hush sets or lifts the order that the account of a case must not be told.
func (b *bench) hush(caseID string, n evidence.Notice) {
	b.Helper()
	err := b.db.Write(b.Context(), func(tx *store.Tx) error {
		return evidence.SetHold(b.Context(), tx.Evidence(), b.clock(), evidence.HoldOrder{
			Who: "p-1", Why: "order 12 of the district court", Case: caseID, Kind: evidence.LegalHold, Notice: &n,
		})
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) askFor(key string, k action.Kind) (a action.Action, err error) {
	err = b.db.Write(b.Context(), func(tx *store.Tx) error {
		a, _, err = action.Ask(b.Context(), tx.Actions(), b.clock(), action.Request{
			Key: key, Case: "c1", Subject: "u1", Kind: k, By: action.By{Rule: "r1"}, Reason: "many new minors", ExpiresAt: b.clock().Add(24 * time.Hour),
		})
		return err
	})
	return a, err
}

func TestNobodyIsToldWhileAHoldForbidsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := setup(t, e)
		b.hush("c1", evidence.Notice{Forbidden: true, Until: b.clock().Add(48 * time.Hour)})
		_, err := b.askFor("k1", action.SafetyNotice)
		if !errors.Is(err, action.ErrNoNotice) || !strings.Contains(err.Error(), "c1") || strings.Contains(err.Error(), "district") {
			t.Fatalf("asked: %v; want ErrNoNotice that names the hold and not who asked for it", err)
		}
		silent := b.sent(func() {
			if _, err := b.askFor("k2", action.LimitMessages); err != nil {
				t.Fatal(err)
			}
		})
		if len(silent) != 1 || !silent[0].NoNotice {
			t.Errorf("what does not speak goes out with the flag: %+v", silent)
		}
		b.pass(48 * time.Hour)
		loud := b.sent(func() {
			if _, err := b.askFor("k3", action.SafetyNotice); err != nil {
				t.Fatal("the order has ended: ", err)
			}
		})
		if i := slices.IndexFunc(loud, func(d action.Data) bool { return d.Kind == action.SafetyNotice }); i < 0 || loud[i].NoNotice {
			t.Errorf("after the order: %+v", loud)
		}
	})
}

// TestANoticeThatWaitsIsNotDelivered sets the order after the notice was asked for.
func TestANoticeThatWaitsIsNotDelivered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := setup(t, e)
		a, err := b.askFor("k1", action.SafetyNotice)
		if err != nil {
			t.Fatal(err)
		}
		b.hush("c1", evidence.Notice{Forbidden: true})
		if got := b.sent(func() {}); len(got) != 0 {
			t.Errorf("sent %+v", got)
		}
		b.is(a.ID, action.Dead)
		b.hush("c1", evidence.Notice{})
		if _, err := b.askFor("k2", action.SafetyNotice); err != nil {
			t.Errorf("after the order was lifted: %v", err)
		}
	})
}

// sent does something, works off what follows, and returns the data of what the platform got.
func (b *bench) sent(do func()) (out []action.Data) {
	b.Helper()
	do()
	for range 8 {
		b.answers = append(b.answers, func(w http.ResponseWriter, q *http.Request) {
			var p action.Payload
			body, err := io.ReadAll(q.Body)
			if err == nil {
				err = json.Unmarshal(body, &p)
			}
			if err != nil {
				b.Error(err)
			}
			out = append(out, p.Data)
			w.WriteHeader(http.StatusOK)
		})
	}
	b.work()
	b.answers = nil
	return out
}
