package evidence

import (
	"context"
	"fmt"
	"time"

	"haris/internal/audit"
)

// Kept is what is kept for one case, with all that decides how long.
type Kept struct {
	Case string `json:"case"`
	// Status is that of the case; empty when the evidence belongs to a legal process or the case is not known.
	Status string `json:"status"`
	Closed bool   `json:"closed"`
	// ChangedAt is when the case changed last.
	ChangedAt time.Time `json:"changed_at,omitzero"`
	Filed     bool      `json:"filed"`   // a report about it was filed
	Pending   bool      `json:"pending"` // a report about it is drafted or on its way
	Items     int       `json:"items"`
	Bytes     int64     `json:"bytes"` // of the contents
	CreatedAt time.Time `json:"created_at,omitzero"`
	// DestroyedAt is zero while the key lives; Certified says that the certificate was made.
	DestroyedAt time.Time `json:"destroyed_at,omitzero"`
	Certified   bool      `json:"certified"`
	Holds       []Hold    `json:"holds"`
}

// Filing is a report about a case that was filed, as a certificate names it.
type Filing struct {
	Report      string    `json:"report"`
	Number      int64     `json:"number"`
	Environment string    `json:"environment"`
	FiledAt     time.Time `json:"filed_at"`
}

// Certificate is the signed proof of a deletion, a parcel.
type Certificate struct {
	Case   string
	At     time.Time
	SHA256 string
	Body   []byte
}

// Keeping reads over all cases what is kept of them, and keeps certificates, within the caller's transaction.
type Keeping interface {
	// Kept returns what is kept of one case, or of all that have evidence or a hold; empty when there is nothing.
	Kept(ctx context.Context, caseID string) ([]Kept, error)
	// Filings returns the filed reports about a case, oldest first.
	Filings(ctx context.Context, caseID string) ([]Filing, error)
	// Silent returns a hold that at now forbids to tell the account: one on the case, on another case of the account, or of a
	// legal process about the account. ok is false when there is none.
	Silent(ctx context.Context, now time.Time, caseID, account string) (h Hold, ok bool, err error)
	// EraseDrafts erases what the reports about a case say, every version, once they are at their end, and returns how many versions
	// there were; and what people typed about the case and never recorded. Digests, receipts and histories stay.
	EraseDrafts(ctx context.Context, caseID string) (versions int, err error)
	// AddCertificate stores a certificate unless there is one.
	AddCertificate(ctx context.Context, c Certificate) error
	// Certificate returns the certificate of a case; ErrNotFound.
	Certificate(ctx context.Context, caseID string) (Certificate, error)
}

// Policy is what the operator decided about the end of keeping.
type Policy struct {
	// Delete lets the software destroy what was reported when its last hold has ended; otherwise a person confirms each.
	Delete bool
	// Unreported is how long after its last change a closed case that was never reported is kept; 0 means until a person decides.
	Unreported time.Duration
}

// Stage is where the keeping of a case stands.
type Stage string

// The stages.
const (
	StageHeld    Stage = "held"    // a hold stands
	StageOpen    Stage = "open"    // the matter is not over: the case is open, or a report is not at its end
	StageIdle    Stage = "idle"    // nothing holds it and nothing ends it: kept until a person decides
	StageWaiting Stage = "waiting" // its last hold has ended: a person is to confirm the destruction
	StageDue     Stage = "due"     // the software destroys it
	StageGone    Stage = "gone"    // destroyed
)

// Stage says where the keeping of a case stands at now.
func (p Policy) Stage(k *Kept, now time.Time) Stage {
	if !k.DestroyedAt.IsZero() {
		return StageGone
	}
	ended, preserved := false, false
	for _, h := range k.Holds {
		if h.Active(now) {
			return StageHeld
		}
		ended, preserved = true, preserved || h.Kind == Preservation
	}
	switch {
	case k.Pending || k.Status != "" && !k.Closed || k.Filed && !preserved:
		return StageOpen // a filed report whose preservation has not begun yet is not over either
	case k.Filed && p.Delete:
		return StageDue
	case k.Filed || k.Status == "" && ended:
		return StageWaiting
	case k.Status != "" && p.Unreported > 0 && now.Sub(k.ChangedAt) >= p.Unreported:
		return StageDue
	}
	return StageIdle
}

// Ends is when the last hold that stands will end; zero when none stands, or one has no end.
func (k *Kept) Ends(now time.Time) (end time.Time) {
	for _, h := range k.Holds {
		if !h.Active(now) {
			continue
		}
		if h.Until.IsZero() {
			return time.Time{}
		}
		if h.Until.After(end) {
			end = h.Until
		}
	}
	return end
}

// DaysLeft is how many whole days are left until a moment, rounded up; never below 0.
func DaysLeft(now, end time.Time) int {
	if !end.After(now) {
		return 0
	}
	const day = 24 * time.Hour
	return int((end.Sub(now) + day - 1) / day)
}

// Kept returns what is kept of one case, or of all.
func (v *Vault) Kept(ctx context.Context, caseID string) (list []Kept, err error) {
	err = v.keeper.Read(ctx, func(tx Tx) error {
		list, err = tx.Kept(ctx, caseID)
		return err
	})
	return list, err
}

// Certificate returns the certificate of a case whose evidence was destroyed; ErrNotFound. That it was taken is written down.
func (v *Vault) Certificate(ctx context.Context, who, caseID string) (c Certificate, err error) {
	now := v.at()
	err = v.keeper.Write(ctx, func(tx Tx) error {
		if c, err = tx.Certificate(ctx, caseID); err != nil {
			return err
		}
		_, err = tx.Audit.Append(ctx, audit.Entry{At: now, Who: who, Act: "evidence.certificate_taken", Object: "case/" + caseID, Detail: map[string]string{"sha256": c.SHA256}})
		return err
	})
	return c, err
}

// Filings returns the filed reports about a case, oldest first.
func (v *Vault) Filings(ctx context.Context, caseID string) (list []Filing, err error) {
	err = v.keeper.Read(ctx, func(tx Tx) error {
		list, err = tx.Filings(ctx, caseID)
		return err
	})
	return list, err
}

// Destruction says who ended the keeping of a case, when and on what ground.
type Destruction struct {
	At       time.Time
	Who, Why string
	Ground   Ground
	Process  string // the legal process that asked for it; empty on another ground
}

// Destruction reads from the audit log how the keeping of a case ended; ErrNotFound while its key lives.
func (v *Vault) Destruction(ctx context.Context, caseID string) (d Destruction, err error) {
	err = v.keeper.Read(ctx, func(tx Tx) error {
		list, err := tx.Audit.List(ctx, audit.Filter{Act: keyDestroyed, Object: "case/" + caseID}, 0, 1)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("evidence: destruction of case %s: %w", caseID, ErrNotFound)
		}
		e := list[0]
		d = Destruction{At: e.At, Who: e.Who, Why: e.Detail["why"], Ground: Ground(e.Detail["ground"]), Process: e.Detail["process"]}
		return nil
	})
	return d, err
}

// Silent returns a hold that forbids to tell the account, if there is one.
func (v *Vault) Silent(ctx context.Context, caseID, account string) (h Hold, ok bool, err error) {
	now := v.at()
	err = v.keeper.Read(ctx, func(tx Tx) error {
		h, ok, err = tx.Silent(ctx, now, caseID, account)
		return err
	})
	return h, ok, err
}
