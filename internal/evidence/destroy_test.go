package evidence_test

import (
	"errors"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/evidence"
	"haris/internal/store"
)

func destroyed(b *bench) {
	if err := b.vault.Destroy(b.Context(), "p1", "retention ended", "c1"); !errors.Is(err, evidence.ErrNotFound) {
		b.Errorf("a case without evidence: %v", err)
	}
	i := b.seal("c1", "t.txt", "x")
	for n := range 2 {
		if err := b.vault.Destroy(b.Context(), "p1", "retention ended", "c1"); err != nil {
			b.Fatalf("time %d: %v", n+1, err)
		}
	}
	if _, err := b.open(b.vault, i.ID); !errors.Is(err, evidence.ErrDestroyed) {
		b.Errorf("open: %v", err)
	}
	if _, err := b.vault.VerifyCase(b.Context(), "p1", "check", "c1"); !errors.Is(err, evidence.ErrDestroyed) {
		b.Errorf("verify: %v", err)
	}
	if _, err := b.vault.Seal(b.Context(), request("c1", "new.txt", "y")); !errors.Is(err, evidence.ErrDestroyed) {
		b.Errorf("seal: %v", err)
	}
	if n := b.count(); n != 0 {
		b.Errorf("%d blobs are left", n)
	}
	if d := cmp.Diff([]evidence.Act{evidence.Sealed, evidence.Destroyed}, b.acts(i.ID)); d != "" {
		b.Errorf("custody: %s", d)
	}
	err := b.db.Read(b.Context(), func(tx *store.Tx) error {
		k, err := tx.Evidence().Key(b.Context(), "c1")
		if err != nil || k.Wrapped != nil || k.Escrow != nil {
			b.Errorf("the key is %+v, %v", k, err)
		}
		ok, err := tx.Evidence().Sealed(b.Context(), "c1")
		if ok {
			b.Error("the case still counts as sealed")
		}
		return err
	})
	if err != nil {
		b.Error(err)
	}
}

func (b *bench) hold(kind evidence.HoldKind, until time.Time) error {
	return b.vault.SetHold(b.Context(), evidence.HoldOrder{Who: "p9", Why: "order 12", Case: "c1", Kind: kind, Until: until})
}

func heldCase(b *bench) {
	i := b.seal("c1", "t.txt", "x")
	end := b.now.Add(time.Hour)
	if err := errors.Join(b.hold(evidence.Preservation, end), b.hold(evidence.LegalHold, time.Time{})); err != nil {
		b.Fatal(err)
	}
	destroy := func() error { return b.vault.Destroy(b.Context(), "p1", "retention ended", "c1") }
	b.now = end.Add(-time.Millisecond)
	if err := destroy(); !errors.Is(err, evidence.ErrHeld) {
		b.Errorf("under both: %v", err)
	}
	b.now = end
	if err := destroy(); !errors.Is(err, evidence.ErrHeld) || !strings.Contains(err.Error(), "order 12") {
		b.Errorf("under the legal hold: %v", err)
	}
	if got, err := b.open(b.vault, i.ID); got != "x" || err != nil {
		b.Errorf("%q, %v", got, err)
	}
	if err := b.hold(evidence.LegalHold, b.now); err != nil {
		b.Fatal(err)
	}
	if err := destroy(); err != nil {
		b.Errorf("after both: %v", err)
	}
	if err := b.hold(evidence.LegalHold, time.Time{}); !errors.Is(err, evidence.ErrDestroyed) {
		b.Errorf("a hold on what is gone: %v", err)
	}
	if n := len(b.audited("evidence.hold_set", "case/c1")); n != 3 {
		b.Errorf("%d audit entries for holds, want 3", n)
	}
}

func preservation(b *bench) {
	year := b.now.AddDate(1, 0, 0)
	for _, c := range []struct {
		until time.Time
		want  error
	}{
		{year, nil},
		{year.Add(-time.Second), evidence.ErrShorter},
		{year, nil},
		{year.AddDate(1, 0, 0), nil},
		{time.Time{}, nil},
		{year.AddDate(9, 0, 0), evidence.ErrShorter},
	} {
		if err := b.hold(evidence.Preservation, c.until); !errors.Is(err, c.want) {
			b.Errorf("until %s: %v, want %v", c.until, err, c.want)
		}
	}
	if err := b.hold("other", year); !errors.Is(err, evidence.ErrInvalid) {
		b.Errorf("an unknown kind: %v", err)
	}
}
