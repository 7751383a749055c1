package app

import (
	"context"
	"fmt"
	"time"

	"haris/internal/config"
	"haris/internal/console"
	"haris/internal/evidence"
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
	if err != nil {
		return fmt.Errorf("app: retention: %w", err)
	}
	return nil
}

// Destroy destroys the evidence of a case whose time is over, on the decision of a person, and returns the certificate.
func (c *Core) Destroy(ctx context.Context, who, why, caseID string) (evidence.Certificate, error) {
	if err := c.Vault.Destroy(ctx, who, why, caseID); err != nil {
		return evidence.Certificate{}, err
	}
	return c.Vault.Certify(ctx, caseID)
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
