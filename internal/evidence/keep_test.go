package evidence_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"haris/internal/evidence"
	"haris/internal/parcel"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

func TestStages(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	past, future := now.Add(-time.Hour), now.Add(time.Hour)
	preserved := func(end time.Time) []evidence.Hold { return []evidence.Hold{{Kind: evidence.Preservation, Until: end}} }
	legal := func(end time.Time) evidence.Hold { return evidence.Hold{Kind: evidence.LegalHold, Until: end} }
	closed := evidence.Kept{Status: "cleared", Closed: true, ChangedAt: now.AddDate(0, 0, -30)}
	filed := evidence.Kept{Status: "confirmed", Closed: true, Filed: true, Holds: preserved(past)}
	with := func(k evidence.Kept, f func(*evidence.Kept)) evidence.Kept { f(&k); return k }
	ask, del := evidence.Policy{}, evidence.Policy{Delete: true, Unreported: 30 * 24 * time.Hour}
	for name, c := range map[string]struct {
		k    evidence.Kept
		p    evidence.Policy
		want evidence.Stage
	}{
		"open case":                        {evidence.Kept{Status: "open"}, del, evidence.StageOpen},
		"cleared, off":                     {closed, ask, evidence.StageIdle},
		"cleared, time over":               {closed, del, evidence.StageDue},
		"cleared, time not over":           {with(closed, func(k *evidence.Kept) { k.ChangedAt = now.AddDate(0, 0, -29) }), del, evidence.StageIdle},
		"cleared but held":                 {with(closed, func(k *evidence.Kept) { k.Holds = []evidence.Hold{legal(future)} }), del, evidence.StageHeld},
		"confirmed, a report is drafted":   {with(closed, func(k *evidence.Kept) { k.Pending = true }), del, evidence.StageOpen},
		"filed, preservation runs":         {with(filed, func(k *evidence.Kept) { k.Holds = preserved(future) }), del, evidence.StageHeld},
		"filed, preservation not yet set":  {with(filed, func(k *evidence.Kept) { k.Holds = nil }), del, evidence.StageOpen},
		"filed, ended, ask":                {filed, ask, evidence.StageWaiting},
		"filed, ended, delete":             {filed, del, evidence.StageDue},
		"filed, ended, but a legal hold":   {with(filed, func(k *evidence.Kept) { k.Holds = append(k.Holds, legal(time.Time{})) }), del, evidence.StageHeld},
		"filed, ended, open again":         {with(filed, func(k *evidence.Kept) { k.Status, k.Closed = "open", false }), del, evidence.StageOpen},
		"filed, ended, another on its way": {with(filed, func(k *evidence.Kept) { k.Pending = true }), del, evidence.StageOpen},
		"of a process":                     {evidence.Kept{}, del, evidence.StageIdle},
		"of a process whose hold ended":    {evidence.Kept{Holds: []evidence.Hold{legal(past)}}, del, evidence.StageWaiting},
		"destroyed":                        {with(filed, func(k *evidence.Kept) { k.DestroyedAt = past }), del, evidence.StageGone},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.p.Stage(&c.k, now); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestDaysLeft(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]int{-time.Hour: 0, 0: 0, time.Minute: 1, 24 * time.Hour: 1, 25 * time.Hour: 2} {
		if got := evidence.DaysLeft(now, now.Add(d)); got != want {
			t.Errorf("%s: %d, want %d", d, got, want)
		}
	}
}

func (b *bench) certified() (*evidence.Vault, parcel.Key) {
	b.Helper()
	private, public, err := note.GenerateKey(rand.Reader, "haris-test")
	if err != nil {
		b.Fatal(err)
	}
	s, err := note.NewSigner(private)
	if err != nil {
		b.Fatal(err)
	}
	k := parcel.Key{Signer: s, Public: public}
	return evidence.NewVault(evidence.Config{Blobs: b.blobs, Keeper: store.EvidenceKeeper(b.db), Working: b.key, Now: b.clock, Key: &k}), k
}

func TestCertificate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := setup(t, e)
		v, key := b.certified()
		if _, err := v.Certify(t.Context(), "c1"); !errors.Is(err, evidence.ErrNotFound) {
			t.Errorf("a case without evidence: %v", err)
		}
		b.seal("c1", "secret-name.txt", "keep this between us")
		b.seal("c1", "other.txt", "x")
		if _, err := v.Certify(t.Context(), "c1"); !errors.Is(err, evidence.ErrKept) {
			t.Errorf("while the key lives: %v", err)
		}
		if err := v.Destroy(t.Context(), "p1", "retention ended", "c1"); err != nil {
			t.Fatal(err)
		}
		c, err := v.Certify(t.Context(), "c1")
		if err != nil {
			t.Fatal(err)
		}
		again, err := v.Certify(t.Context(), "c1")
		if err != nil || !bytes.Equal(again.Body, c.Body) || again.SHA256 != c.SHA256 {
			t.Errorf("asked again: another certificate (%v)", err)
		}
		r, err := parcel.Verify(t.Context(), bytes.NewReader(c.Body), int64(len(c.Body)), parcel.Options{Key: key.Public})
		if err != nil || len(r.Faults) != 0 || r.Kind != "deletion" || r.ID != "c1" || r.Items != 2 || r.Entries < 5 {
			t.Errorf("%+v, %v", r, err)
		}
		for _, s := range []string{"between us", "secret-name", "x.example"} {
			if bytes.Contains(c.Body, []byte(s)) {
				t.Errorf("the certificate holds %q", s)
			}
		}
		for _, s := range []string{"retention ended", `"destroyed_by": "p1"`, "confirmed", "lives_on"} {
			if !bytes.Contains(c.Body, []byte(s)) {
				t.Errorf("the certificate lacks %q", s)
			}
		}
	})
}

// TestNoCertificateWhileABlobIsThere says that a certificate is not a promise.
func TestNoCertificateWhileABlobIsThere(t *testing.T) {
	b := setup(t, storetest.Engine{New: storetest.SQLite})
	v, _ := b.certified()
	b.seal("c1", "t.txt", "x")
	b.blobs.Stuck = errors.New("disk gone")
	if err := v.Destroy(t.Context(), "p1", "over", "c1"); err == nil {
		t.Fatal("a blob that cannot be deleted must be told")
	}
	if _, err := v.Certify(t.Context(), "c1"); err == nil {
		t.Fatal("certified while the blob is there")
	}
	b.blobs.Stuck = nil
	if _, err := v.Certify(t.Context(), "c1"); err != nil {
		t.Fatal(err)
	}
	if n := b.count(); n != 0 {
		t.Errorf("%d blobs are left", n)
	}
}

func TestHoldsBySource(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := setup(t, e)
		b.seal("c1", "t.txt", "x")
		set := func(source string, until time.Time) {
			o := evidence.HoldOrder{Who: "p1", Why: "order", Case: "c1", Kind: evidence.LegalHold, Source: source, Until: until}
			if err := b.vault.SetHold(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
		set("lp-1", time.Time{})
		set("lp-2", time.Time{})
		set("lp-1", b.now) // released
		destroy := func(o evidence.DestroyOrder) error {
			o.Who, o.Why, o.Case = "p1", "over", "c1"
			return b.vault.DestroyFor(t.Context(), o)
		}
		if err := destroy(evidence.DestroyOrder{Ground: evidence.Confirmed}); !errors.Is(err, evidence.ErrHeld) {
			t.Errorf("another process still holds it: %v", err)
		}
		if err := b.hold(evidence.Preservation, b.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := destroy(evidence.DestroyOrder{Ground: evidence.Requested, Process: "lp-1"}); !errors.Is(err, evidence.ErrHeld) {
			t.Errorf("a request of law enforcement against another process's hold: %v", err)
		}
		if err := destroy(evidence.DestroyOrder{Ground: evidence.Ended, Policy: evidence.Policy{Delete: true}}); !errors.Is(err, evidence.ErrHeld) {
			t.Errorf("the software against a hold: %v", err)
		}
		set("lp-2", b.now)
		if err := destroy(evidence.DestroyOrder{Ground: evidence.Confirmed}); !errors.Is(err, evidence.ErrHeld) {
			t.Errorf("a person against the preservation: %v", err)
		}
		if err := destroy(evidence.DestroyOrder{Ground: evidence.Requested}); !errors.Is(err, evidence.ErrInvalid) {
			t.Errorf("a request without a process: %v", err)
		}
		if err := destroy(evidence.DestroyOrder{Ground: evidence.Requested, Process: "lp-1"}); err != nil {
			t.Errorf("a request of law enforcement ends the preservation: %v", err)
		}
	})
}

func TestExtend(t *testing.T) {
	b := setup(t, storetest.Engine{New: storetest.SQLite})
	extend := func(d time.Duration, why string) error {
		return b.vault.Extend(t.Context(), evidence.HoldOrder{Who: "p1", Why: why, Case: "c1", Until: b.now.Add(d)})
	}
	if err := extend(time.Hour, "asked by the agency"); !errors.Is(err, evidence.ErrInvalid) {
		t.Errorf("nothing to extend: %v", err)
	}
	if err := b.hold(evidence.Preservation, b.now.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := extend(3*time.Hour, " "); !errors.Is(err, evidence.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := extend(time.Hour, "shorter"); !errors.Is(err, evidence.ErrShorter) {
		t.Errorf("shorter: %v", err)
	}
	if err := extend(3*time.Hour, "asked by the agency"); err != nil {
		t.Error(err)
	}
}

// TestNoticeOutlivesTheHold releases the hold while the order not to tell stands.
func TestNoticeOutlivesTheHold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := setup(t, e)
		set := func(until time.Time, n *evidence.Notice) error {
			return b.vault.SetHold(t.Context(), evidence.HoldOrder{Who: "p1", Why: "order", Case: "c1", Kind: evidence.LegalHold, Until: until, Notice: n})
		}
		silent := func() bool {
			_, ok, err := b.vault.Silent(t.Context(), "c1", "nobody")
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if err := set(time.Time{}, &evidence.Notice{Forbidden: true, Until: b.now.Add(-time.Hour)}); !errors.Is(err, evidence.ErrInvalid) {
			t.Errorf("an order that has ended: %v", err)
		}
		if err := set(time.Time{}, &evidence.Notice{Forbidden: true, Until: b.now.Add(time.Hour)}); err != nil || !silent() {
			t.Fatalf("set: %v", err)
		}
		if err := set(b.now, nil); err != nil || !silent() {
			t.Errorf("released: the order ended with the hold (%v)", err)
		}
		b.now = b.now.Add(time.Hour)
		if silent() {
			t.Error("the order stands after its end")
		}
	})
}

func TestRetain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		b := setup(t, e)
		v, _ := b.certified()
		b.seal("lp-1", "t.txt", "x")
		o := evidence.HoldOrder{Who: "p1", Why: "order", Case: "lp-1", Kind: evidence.LegalHold, Until: b.now.Add(time.Hour)}
		if err := v.SetHold(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		b.now = b.now.Add(2 * time.Hour)
		got, err := v.Retain(t.Context(), "haris", evidence.Policy{Delete: true})
		if err != nil || strings.Join(got.Waiting, " ") != "lp-1" || len(got.Destroyed) != 0 {
			t.Errorf("%+v, %v: what belongs to a process waits for a person", got, err)
		}
		if err := v.Destroy(t.Context(), "p1", "over", "lp-1"); err != nil {
			t.Fatal(err)
		}
		if got, err = v.Retain(t.Context(), "haris", evidence.Policy{}); err != nil || strings.Join(got.Certified, " ") != "lp-1" {
			t.Errorf("the missing certificate is made: %+v, %v", got, err)
		}
		if got, err = v.Retain(t.Context(), "haris", evidence.Policy{}); err != nil || len(got.Certified) != 0 {
			t.Errorf("and not again: %+v, %v", got, err)
		}
	})
}
