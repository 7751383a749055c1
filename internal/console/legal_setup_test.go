package console_test

import (
	"context"
	"crypto/rand"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"haris/internal/audit"
	"haris/internal/console"
	"haris/internal/disclosure"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/parcel"
	"haris/internal/process"
	"haris/internal/store"
)

// newKey is a key that signs parcels.
func (b *bundle) newKey() parcel.Key {
	b.t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, "haris-test")
	if err != nil {
		b.t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		b.t.Fatal(err)
	}
	return parcel.Key{Signer: signer, Public: public}
}

// logged is the test's timeline as legal process reads it.
type logged struct{ *outside }

var _ process.Source = logged{}

func (l logged) End(context.Context) (uint64, error) {
	end := uint64(0)
	for i := range l.events {
		end = max(end, l.events[i].Seq)
	}
	return end, l.fail
}

func (l logged) line(through uint64, want func(*event.Event) bool) (out []uint64, err error) {
	for i := range l.events {
		if e := &l.events[i]; e.Seq <= through && want(e) {
			out = append(out, e.Seq)
		}
	}
	return out, l.fail
}

func (l logged) Line(_ context.Context, account string, through uint64) ([]uint64, error) {
	return l.line(through, func(e *event.Event) bool { return e.Actor() == account || slices.Contains(e.Targets(), account) })
}

func (l logged) Conversation(_ context.Context, name string, through uint64) ([]uint64, error) {
	return l.line(through, func(e *event.Event) bool { return e.Data.Conversation == name })
}

func (l logged) Events(_ context.Context, places []uint64) (out []event.Event, err error) {
	for _, p := range places {
		for i := range l.events {
			if e := l.events[i]; e.Seq == p {
				if e.Raw == "" {
					e.Raw = `{"data":{}}`
				}
				out = append(out, e)
			}
		}
	}
	return out, l.fail
}

func (l logged) Filed(context.Context, string) ([]process.Filed, error) { return nil, l.fail }

// legal is a service for legal process on the test's database and vault.
func (b *bundle) legal() *process.Service {
	return &process.Service{Keeper: store.ProcessKeeper(b.db), Vault: b.vault, Source: logged{b.out}, Key: b.key, Provider: "Example App", Now: b.now}
}

// keeping is the test's vault as the page of keeping sees it.
type keeping struct{ b *bundle }

var _ console.Keeping = keeping{}

func (k keeping) Kept(ctx context.Context) ([]console.Kept, error) {
	list, err := k.b.vault.Kept(ctx, "")
	out := make([]console.Kept, len(list))
	for i := range list {
		out[i] = console.Kept{Kept: list[i], Stage: evidence.Policy{}.Stage(&list[i], k.b.now())}
	}
	return out, err
}

func (k keeping) Of(ctx context.Context, caseID string) (*console.CaseKept, error) {
	list, err := k.b.vault.Kept(ctx, caseID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out := &console.CaseKept{Kept: console.Kept{Kept: list[0], Stage: evidence.Policy{}.Stage(&list[0], k.b.now())}}
	if out.Filings, err = k.b.vault.Filings(ctx, caseID); err != nil || out.DestroyedAt.IsZero() {
		return out, err
	}
	d, err := k.b.vault.Destruction(ctx, caseID)
	out.Destruction = &d
	return out, err
}

// exists requires that there is such a case.
func (k keeping) exists(ctx context.Context, caseID string) error {
	return k.b.db.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Cases().Get(ctx, caseID)
		return err
	})
}

func (k keeping) Hold(ctx context.Context, o evidence.HoldOrder) error {
	if err := k.exists(ctx, o.Case); err != nil {
		return err
	}
	return k.b.vault.SetHold(ctx, o)
}

func (k keeping) Extend(ctx context.Context, o evidence.HoldOrder) error {
	if err := k.exists(ctx, o.Case); err != nil {
		return err
	}
	return k.b.vault.Extend(ctx, o)
}

// disclosures reads the store.
type disclosures struct{ b *bundle }

var _ console.Disclosures = disclosures{}

func (d disclosures) List(ctx context.Context, who string, f disclosure.Filter) (out []disclosure.Entry, err error) {
	err = d.b.db.Write(ctx, func(tx *store.Tx) error {
		if out, err = tx.Disclosures().List(ctx, f); err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{At: d.b.now(), Who: who, Act: "disclosure.listed", Object: "disclosure"})
		return err
	})
	return out, err
}

func (d disclosures) Of(ctx context.Context, f disclosure.Filter) (out []disclosure.Entry, err error) {
	err = d.b.db.Read(ctx, func(tx *store.Tx) error {
		out, err = tx.Disclosures().List(ctx, f)
		return err
	})
	return out, err
}

func (k keeping) Destroy(ctx context.Context, who, why, caseID string) (evidence.Certificate, error) {
	if err := k.b.vault.Destroy(ctx, who, why, caseID); err != nil {
		return evidence.Certificate{}, err
	}
	return k.b.vault.Certify(ctx, caseID)
}

func (k keeping) Certificate(ctx context.Context, who, caseID string) (evidence.Certificate, error) {
	return k.b.vault.Certificate(ctx, who, caseID)
}
