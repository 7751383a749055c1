package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"haris/internal/bank"
	"haris/internal/config"
	"haris/internal/console"
	"haris/internal/evidence"
	"haris/internal/store"
)

// retainEvery is after how many sweeps retention is looked at: once a day, and at every start.
const retainEvery = 24

// Policy is what the operator decided about the end of keeping.
func (c *Core) Policy() evidence.Policy {
	return evidence.Policy{Delete: c.Config.Retention.Evidence == config.Delete, Unreported: c.Config.Retention.Unreported}
}

// retain destroys what the policy says is due, and certifies it. A case that fails is tried again the next time.
func (c *Core) retain(ctx context.Context) error {
	done, err := c.Vault.Retain(ctx, evidence.Software, c.Policy())
	if n := len(done.Destroyed) + len(done.Certified) + len(done.Waiting); n > 0 {
		c.Options.Logger.Info("retention", "destroyed", len(done.Destroyed), "certified", len(done.Certified), "waiting_for_a_person", len(done.Waiting))
	}
	return errors.Join(wrap(err), wrap(c.forget(ctx)))
}

// forget deletes the hashes of what was last seen longer ago than the policy says.
func (c *Core) forget(ctx context.Context) error {
	keep := c.Config.Retention.Seen
	if keep == 0 {
		return nil
	}
	f, err := c.BankDesk().Forget(ctx, evidence.Software, c.Options.Now().Add(-keep))
	if f != (bank.Forgotten{}) {
		c.Options.Logger.Info("what was seen long ago is forgotten", "sightings", f.Sightings, "hashes", f.Hashes)
	}
	return err
}

func wrap(err error) error {
	if err != nil {
		err = fmt.Errorf("app: retention: %w", err)
	}
	return err
}

// Destroy destroys the evidence of a case whose time is over, on the decision of a person, and returns the certificate.
func (c *Core) Destroy(ctx context.Context, who, why, caseID string) (evidence.Certificate, error) {
	if err := c.Vault.Destroy(ctx, who, why, caseID); err != nil {
		return evidence.Certificate{}, err
	}
	return c.Vault.Certify(ctx, caseID)
}

// keeping shows for the pages what is kept, and ends it.
type keeping struct{ *Core }

var _ console.Keeping = keeping{}

// Kept implements console.Keeping.
func (k keeping) Kept(ctx context.Context) ([]console.Kept, error) {
	list, err := k.Vault.Kept(ctx, "")
	if err != nil {
		return nil, err
	}
	now, policy := k.Options.Now(), k.Policy()
	out := make([]console.Kept, len(list))
	for i := range list {
		out[i] = console.Kept{Kept: list[i], Stage: policy.Stage(&list[i], now)}
	}
	return out, nil
}

// Of implements console.Keeping.
func (k keeping) Of(ctx context.Context, caseID string) (*console.CaseKept, error) {
	list, err := k.Vault.Kept(ctx, caseID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out := &console.CaseKept{Kept: console.Kept{Kept: list[0], Stage: k.Policy().Stage(&list[0], k.Options.Now())}}
	if out.Filings, err = k.Vault.Filings(ctx, caseID); err != nil || out.DestroyedAt.IsZero() {
		return out, err
	}
	d, err := k.Vault.Destruction(ctx, caseID)
	if err != nil {
		return nil, err
	}
	out.Destruction = &d
	return out, nil
}

// exists requires that there is such a case: what is not there is not held by mistake.
func (k keeping) exists(ctx context.Context, caseID string) error {
	return k.DB.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Cases().Get(ctx, caseID)
		return err
	})
}

// Hold implements console.Keeping.
func (k keeping) Hold(ctx context.Context, o evidence.HoldOrder) error {
	if err := k.exists(ctx, o.Case); err != nil {
		return err
	}
	return k.Vault.SetHold(ctx, o)
}

// Extend implements console.Keeping.
func (k keeping) Extend(ctx context.Context, o evidence.HoldOrder) error {
	if err := k.exists(ctx, o.Case); err != nil {
		return err
	}
	return k.Vault.Extend(ctx, o)
}

// Certificate implements console.Keeping.
func (k keeping) Certificate(ctx context.Context, who, caseID string) (evidence.Certificate, error) {
	return k.Vault.Certificate(ctx, who, caseID)
}

// Ending is how long before its end a hold is told of.
const Ending = 30 * 24 * time.Hour

// holdsEnding counts the cases whose last hold ends soon: whoever needs it longer must say so now.
func (d Doctor) holdsEnding(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	list, err := d.Core.Vault.Kept(ctx, "")
	now := d.Core.Options.Now()
	for i := range list {
		if end := list[i].Ends(now); !end.IsZero() && end.Sub(now) <= Ending {
			k.Count++
		}
	}
	warnAbove(k, 0)
	return err
}

// toDestroy counts the cases whose evidence waits for a person to confirm its destruction, or is destroyed and lacks its certificate.
func (d Doctor) toDestroy(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	list, err := d.Core.Vault.Kept(ctx, "")
	now, policy := d.Core.Options.Now(), d.Core.Policy()
	for i := range list {
		switch policy.Stage(&list[i], now) {
		case evidence.StageWaiting:
			k.Count++
		case evidence.StageGone:
			if !list[i].Certified {
				k.Count++
			}
		}
	}
	warnAbove(k, 0)
	return err
}
