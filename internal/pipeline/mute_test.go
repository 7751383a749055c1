package pipeline_test

import (
	"context"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// mute mutes a detector or rule for the adult, from now on.
func (f *fixture) mute(detector string) (id string) {
	f.t.Helper()
	err := f.db.Write(f.t.Context(), func(tx *store.Tx) error {
		now := time.Now()
		m, err := tx.Mutes().Add(f.t.Context(), casefile.Mute{Subject: "adult", Detector: detector, Owner: "lead", Reason: "a coach", At: now, Ends: now.Add(time.Hour)})
		id = m.ID
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

func (f *fixture) held() (n int) {
	f.t.Helper()
	f.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Mutes().List(ctx, "", 10)
		for _, m := range list {
			n += m.Held
		}
		return err
	})
	return n
}

// TestWhatIsMutedOpensNoCase mutes a rule, and looks that the same fact raises a case again once the mute has ended, and that nothing that
// is not muted is held back.
func TestWhatIsMutedOpensNoCase(t *testing.T) {
	if testing.Short() { // the race run: nothing here runs at once that other tests do not
		t.Skip("long")
	}
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		f := setup(t, e.New(t), withRules(loadPack(t, frictionPack)))
		id := f.mute("target")
		f.ingest(people(t)...)
		if a := f.ingest(act(t, 11, 2, "account.blocked", `{"by":"child","account":"adult"}`)); a.Cases != 0 {
			t.Fatalf("a muted rule raised %+v", f.cases())
		}
		if n := f.held(); n != 1 {
			t.Errorf("%d findings counted as held back, want 1", n)
		}
		err := f.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Mutes().End(t.Context(), id, "lead", time.Now())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		f.ingest(act(t, 12, 9, "account.blocked", `{"by":"child","account":"adult"}`))
		if c := f.cases(); len(c) != 1 || c[0].Priority != taxonomy.P2 {
			t.Errorf("after it was ended: %+v", c)
		}
		f.close()
	})
}
