package evidence

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"haris/internal/audit"
)

// Ground says why evidence is destroyed.
type Ground string

// The grounds.
const (
	Confirmed Ground = "confirmed"       // a person decided that it is kept no longer
	Ended     Ground = "ended"           // its time was over, and the operator lets the software destroy it then
	Requested Ground = "law_enforcement" // 18 U.S.C. 2258B(c): law enforcement asked for it
)

// keyDestroyed is the act in the audit log.
const keyDestroyed = "evidence.key_destroyed"

// DestroyOrder asks to destroy the evidence of a case.
type DestroyOrder struct {
	Who, Why string
	Case     string
	Ground   Ground
	Process  string // for Requested: the legal process, whose own hold does not count
	Policy   Policy // for Ended
}

// Destroy ends the retention of a case: its key is erased, so that no copy of the contents can be read again, custody is noted
// for every item, what its reports say is erased, and the blobs are deleted. The manifest stays as proof of what there was. Doing it again only deletes what
// blobs are left. ErrHeld while a hold stands, ErrNotDue while the matter is not over, ErrNotFound when nothing was ever sealed
// for the case.
//
// What is erased here lives on in backups of the database until they expire, and in freed pages of its files until the engine
// writes over them; both can be read only by someone who also has the working key.
func (v *Vault) Destroy(ctx context.Context, who, why, caseID string) error {
	return v.DestroyFor(ctx, DestroyOrder{Who: who, Why: why, Case: caseID, Ground: Confirmed})
}

// DestroyFor is Destroy with its ground. On request of law enforcement the statutory preservation does not stand in the way, while
// every other legal hold does. The software may only do what its policy says is due.
func (v *Vault) DestroyFor(ctx context.Context, o DestroyOrder) error {
	if err := named(o.Who, o.Why); err != nil {
		return err
	}
	switch {
	case !slices.Contains([]Ground{Confirmed, Ended, Requested}, o.Ground):
		return invalid("ground", fmt.Sprintf("%s, %s or %s", Confirmed, Ended, Requested))
	case (o.Ground == Requested) != (o.Process != ""):
		return invalid("process", "the legal process of a request by law enforcement, and only then")
	}
	var items []Item
	now := v.at()
	err := v.keeper.Write(ctx, func(tx Tx) (err error) {
		items, err = destroy(ctx, tx, Custody{At: now, Who: o.Who, Act: Destroyed, Why: o.Why}, o)
		return err
	})
	if err != nil {
		return err
	}
	return v.deleteBlobs(ctx, items)
}

func (v *Vault) deleteBlobs(ctx context.Context, items []Item) error {
	var failed []error
	for _, i := range items {
		if err := v.blobs.Delete(ctx, i.SealedSHA); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func destroy(ctx context.Context, tx Tx, c Custody, o DestroyOrder) ([]Item, error) {
	k, err := tx.Key(ctx, o.Case)
	if err != nil {
		return nil, err
	}
	items, err := tx.Items(ctx, o.Case)
	if err != nil || k.Destroyed() {
		return items, err
	}
	if err := mayDestroy(ctx, tx, c, o); err != nil {
		return nil, err
	}
	k.DestroyedAt = c.At
	if err := tx.DestroyKey(ctx, k); err != nil {
		return nil, err
	}
	for _, i := range items {
		c.Item = i.ID
		if err := record(ctx, tx, c, i); err != nil {
			return nil, err
		}
	}
	drafts, err := tx.EraseDrafts(ctx, o.Case)
	if err != nil {
		return nil, err
	}
	detail := map[string]string{"why": c.Why, "ground": string(o.Ground), "drafts": strconv.Itoa(drafts)}
	if o.Process != "" {
		detail["process"] = o.Process
	}
	_, err = tx.Audit.Append(ctx, audit.Entry{At: c.At, Who: c.Who, Act: keyDestroyed, Object: "case/" + o.Case, Detail: detail})
	return items, err
}

// mayDestroy looks at the holds and at the matter within the transaction that destroys.
func mayDestroy(ctx context.Context, tx Tx, c Custody, o DestroyOrder) error {
	list, err := tx.Kept(ctx, o.Case)
	if err != nil {
		return err
	}
	if len(list) != 1 {
		return fmt.Errorf("evidence: what is kept of case %s: %w", o.Case, ErrNotFound)
	}
	k := list[0]
	against := k.Holds
	if o.Ground == Requested {
		against = slices.DeleteFunc(slices.Clone(against), func(h Hold) bool { return h.Kind == Preservation || h.Source == o.Process })
	}
	if err := held(against, c.At); err != nil {
		return err
	}
	switch stage := o.Policy.Stage(&k, c.At); {
	case k.Pending:
		return fmt.Errorf("%w: a report about case %s is drafted or on its way; it is filed or discarded first", ErrNotDue, o.Case)
	case o.Ground == Ended && stage != StageDue:
		return fmt.Errorf("%w: case %s is %s", ErrNotDue, o.Case, stage)
	case o.Ground == Confirmed && stage == StageOpen:
		return fmt.Errorf("%w: the matter of case %s is not over", ErrNotDue, o.Case)
	}
	return nil
}

// Retained is what one round of retention did and found.
type Retained struct {
	Destroyed []string // cases whose evidence the software destroyed
	Certified []string // cases whose certificate was made
	Waiting   []string // cases that wait for a person
}

// Retain does what the policy says is due, and makes the certificates that are missing. It may be run again at any time; a case
// that fails does not stop the others.
func (v *Vault) Retain(ctx context.Context, who string, p Policy) (out Retained, err error) {
	list, err := v.Kept(ctx, "")
	if err != nil {
		return out, err
	}
	now := v.at()
	for i := range list {
		k := &list[i]
		var failed error
		switch stage := p.Stage(k, now); {
		case stage == StageWaiting:
			out.Waiting = append(out.Waiting, k.Case)
		case stage == StageDue:
			o := DestroyOrder{Who: who, Why: "the time that the operator set is over", Case: k.Case, Ground: Ended, Policy: p}
			if failed = v.DestroyFor(ctx, o); failed == nil {
				out.Destroyed = append(out.Destroyed, k.Case)
				failed = v.certify(ctx, k.Case, &out)
			}
		case stage == StageGone && !k.Certified:
			failed = v.certify(ctx, k.Case, &out)
		}
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("case %s: %w", k.Case, failed))
		}
	}
	return out, err
}

func (v *Vault) certify(ctx context.Context, caseID string, out *Retained) error {
	if v.key == nil {
		return nil
	}
	_, err := v.Certify(ctx, caseID)
	if err == nil {
		out.Certified = append(out.Certified, caseID)
	}
	return err
}
