package evidence

import (
	"context"
	"errors"
	"fmt"
	"time"

	"haris/internal/audit"
)

// HoldOrder asks for a hold. For a legal hold an Until that is not in the future releases it.
type HoldOrder struct {
	Who, Why string
	Case     string
	Kind     HoldKind
	Source   string    // the legal process that it is for; a legal hold only
	Until    time.Time // zero: without end
	// Notice forbids to tell the account, or lifts that; nil leaves it as it is.
	Notice *Notice
}

// Notice says whether the account may be told.
type Notice struct {
	Forbidden bool
	Until     time.Time // zero: until a person lifts it
}

// SetHold sets, lengthens or (a legal hold only) shortens and releases a hold. A case can be held before anything is sealed.
// ErrInvalid, ErrShorter, ErrDestroyed.
func (v *Vault) SetHold(ctx context.Context, o HoldOrder) error {
	now := v.at()
	return v.keeper.Write(ctx, func(tx Tx) error { return SetHold(ctx, tx, now, o) })
}

// Extend makes the preservation of a case longer, with a reason. ErrInvalid when there is none, ErrShorter.
func (v *Vault) Extend(ctx context.Context, o HoldOrder) error {
	o.Kind, o.Source, o.Notice = Preservation, "", nil
	if o.Until.IsZero() {
		return invalid("until", "the new end of the preservation")
	}
	now := v.at()
	return v.keeper.Write(ctx, func(tx Tx) error {
		holds, err := tx.Holds(ctx, o.Case)
		if err != nil {
			return err
		}
		for _, h := range holds {
			if h.Kind == Preservation {
				return SetHold(ctx, tx, now, o)
			}
		}
		return invalid("case", "a case with a preservation; set a legal hold instead")
	})
}

// SetHold is Vault.SetHold within the caller's transaction.
func SetHold(ctx context.Context, tx Tx, now time.Time, o HoldOrder) error {
	switch {
	case o.Kind != Preservation && o.Kind != LegalHold:
		return invalid("hold kind", string(Preservation)+" or "+string(LegalHold))
	case o.Case == "":
		return invalid("case", "a case id")
	case o.Kind == Preservation && (o.Source != "" || o.Notice != nil):
		return invalid("hold kind", string(LegalHold)+" for a legal process or to forbid notice")
	case o.Notice != nil && !o.Notice.Forbidden && !o.Notice.Until.IsZero():
		return invalid("notice until", "an end only where notice is forbidden")
	case o.Notice != nil && !o.Notice.Until.IsZero() && !o.Notice.Until.After(now):
		return invalid("notice until", "a time in the future")
	}
	if err := named(o.Who, o.Why); err != nil {
		return err
	}
	now = now.UTC().Truncate(time.Millisecond)
	h := Hold{Case: o.Case, Kind: o.Kind, Source: o.Source, Until: o.Until, Reason: o.Why, SetBy: o.Who, SetAt: now}
	return putHold(ctx, tx, h, o.Notice)
}

func putHold(ctx context.Context, tx Tx, h Hold, n *Notice) error {
	switch k, err := tx.Key(ctx, h.Case); {
	case err == nil && k.Destroyed():
		return fmt.Errorf("%w: case %s", ErrDestroyed, h.Case)
	case err != nil && !errors.Is(err, ErrNotFound):
		return err
	}
	holds, err := tx.Holds(ctx, h.Case)
	if err != nil {
		return err
	}
	for _, old := range holds {
		if old.Kind != h.Kind || old.Source != h.Source {
			continue
		}
		if err := replaces(old, h); err != nil {
			return err
		}
		h.NoNotice, h.NoticeUntil = old.NoNotice, old.NoticeUntil
	}
	detail := map[string]string{"kind": string(h.Kind), "until": ending(h.Until), "why": h.Reason}
	if h.Source != "" {
		detail["process"] = h.Source
	}
	if n != nil {
		h.NoNotice, h.NoticeUntil = n.Forbidden, n.Until
		detail["notice"] = "allowed"
		if n.Forbidden {
			detail["notice"] = "forbidden " + ending(n.Until)
		}
	}
	if err := tx.PutHold(ctx, h); err != nil {
		return err
	}
	_, err = tx.Audit.Append(ctx, audit.Entry{At: h.SetAt, Who: h.SetBy, Act: "evidence.hold_set", Object: "case/" + h.Case, Detail: detail})
	return err
}
