package bank

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"haris/internal/audit"
)

// DeskTx is one transaction as people work with banks; *store.Tx is one.
type DeskTx interface {
	Tx
	BankDays() Days
	BankEndings() Endings
	Audit() audit.Log
}

// Desk is what people do with banks: every act goes through it, with the audit entry in the same transaction. Which role may do what is
// checked by the caller. Read, Write, Matcher and Now are required. Safe for concurrent use when Read and Write are.
type Desk struct {
	Read    func(ctx context.Context, f func(DeskTx) error) error
	Write   func(ctx context.Context, f func(DeskTx) error) error
	Matcher *Matcher
	Now     func() time.Time
	// Patience is how long trying settings out may take; 0 means 4 seconds.
	Patience time.Duration
}

// What callers test for, besides ErrNotFound, ErrNoEntry, ErrBank and ErrHash.
var (
	// ErrStale says that the bank has changed since its settings were shown.
	ErrStale = errors.New("bank: it has changed since it was read")
	// ErrTaken says that there is a bank with this id.
	ErrTaken = errors.New("bank: there is a bank with this id")
	// ErrReason says that an act needs a reason in a person's words.
	ErrReason = errors.New("bank: a reason is required")
)

// Summary is a bank with what it holds and what it found.
type Summary struct {
	Bank
	Entries map[Kind]int   // live ones
	Week    map[string]int // what came of it by Result.Outcome: on the day of the call and the 6 before it
	Month   map[string]int // and the 29 before it
	// Changed is when a person last changed it and ChangedBy who; zero when that was never written down.
	Changed   time.Time
	ChangedBy string
}

// Holds is the number of live entries of all kinds.
func (s *Summary) Holds() (n int) {
	for _, k := range s.Entries {
		n += k
	}
	return n
}

// The spans that a summary counts, in days.
const (
	weekDays  = 7
	monthDays = 30
)

// Banks lists every bank by id.
func (d *Desk) Banks(ctx context.Context) (out []Summary, err error) {
	err = d.Read(ctx, func(tx DeskTx) error {
		out = nil
		list, err := tx.Banks().Banks(ctx)
		if err != nil {
			return err
		}
		counts, err := tx.Banks().Count(ctx)
		if err != nil {
			return err
		}
		today := dayOf(d.Now())
		days, err := tx.BankDays().Since(ctx, today.AddDate(0, 0, 1-monthDays))
		if err != nil {
			return err
		}
		for _, b := range list {
			s := Summary{Bank: b, Entries: counts[b.ID], Week: map[string]int{}, Month: map[string]int{}}
			s.count(days, today)
			if s.Changed, s.ChangedBy, err = changedBy(ctx, tx.Audit(), b.ID); err != nil {
				return err
			}
			out = append(out, s)
		}
		return nil
	})
	return out, err
}

func (s *Summary) count(days []Day, today time.Time) {
	for _, k := range days {
		if k.Bank != s.ID || k.Day.After(today) {
			continue
		}
		s.Month[k.Outcome] += k.Count
		if k.Day.After(today.AddDate(0, 0, -weekDays)) {
			s.Week[k.Outcome] += k.Count
		}
	}
}

// changedBy is the newest line of the audit log that changed a bank or its entries.
func changedBy(ctx context.Context, log audit.Log, id string) (at time.Time, who string, err error) {
	list, err := log.List(ctx, audit.Filter{Object: "bank/" + id}, 0, 50)
	if err != nil {
		return at, "", err
	}
	for _, e := range list {
		if e.Act != "bank.exported" {
			return e.At, e.Who, nil
		}
	}
	return at, "", nil
}

// Bank returns one bank; ErrNotFound.
func (d *Desk) Bank(ctx context.Context, id string) (Summary, error) {
	list, err := d.Banks(ctx)
	if err != nil {
		return Summary{}, err
	}
	if i := slices.IndexFunc(list, func(s Summary) bool { return s.ID == id }); i >= 0 {
		return list[i], nil
	}
	return Summary{}, fmt.Errorf("%w: %q", ErrNotFound, id)
}

// Create makes a bank. ErrTaken, ErrBank.
func (d *Desk) Create(ctx context.Context, who string, b Bank) (out Bank, err error) {
	err = d.Write(ctx, func(tx DeskTx) error {
		if _, err := one(ctx, tx.Banks(), b.ID); !errors.Is(err, ErrNotFound) {
			return cmp.Or(err, fmt.Errorf("%w: %q", ErrTaken, b.ID))
		}
		if out, err = tx.Banks().Put(ctx, b); err != nil {
			return err
		}
		return d.note(ctx, tx, who, "bank.set", b.ID, map[string]string{"mode": string(b.Mode)})
	})
	return out, err
}

// Set changes the settings of a bank; Version is that of the settings that the person saw. Where it comes from and when it was made stay.
// ErrNotFound, ErrStale, ErrBank.
func (d *Desk) Set(ctx context.Context, who string, b Bank) (out Bank, err error) {
	err = d.Write(ctx, func(tx DeskTx) error {
		old, err := one(ctx, tx.Banks(), b.ID)
		if err != nil {
			return err
		}
		if b.Version != old.Version {
			return fmt.Errorf("%w: bank %q", ErrStale, b.ID)
		}
		b.Source, b.Origin, b.Created = old.Source, old.Origin, old.Created
		changes := Changes(&old, &b)
		if len(changes) == 0 {
			out = old
			return nil
		}
		if out, err = tx.Banks().Put(ctx, b); err != nil {
			return err
		}
		if old.Mode != b.Mode {
			if err := d.note(ctx, tx, who, "bank.mode", b.ID, map[string]string{"from": string(old.Mode), "to": string(b.Mode)}); err != nil {
				return err
			}
		}
		return d.note(ctx, tx, who, "bank.set", b.ID, changes)
	})
	return out, err
}

// Changes names the settings in which two banks differ, as "old → new". A name in a person's words is told as changed only.
func Changes(old, b *Bank) map[string]string {
	out := map[string]string{}
	say := func(name, was, is string) {
		if was != is {
			out[name] = was + " → " + is
		}
	}
	say("label", string(old.Label), string(b.Label))
	say("mode", string(old.Mode), string(b.Mode))
	say("polarity", string(old.Polarity), string(b.Polarity))
	say("radius", strconv.Itoa(old.Radius), strconv.Itoa(b.Radius))
	say("quality", strconv.Itoa(old.Quality), strconv.Itoa(b.Quality))
	say("dihedral", strconv.FormatBool(old.Dihedral), strconv.FormatBool(b.Dihedral))
	say("share", strconv.FormatFloat(old.Share, 'f', -1, 64), strconv.FormatFloat(b.Share, 'f', -1, 64))
	say("verdict", string(old.Verdict), string(b.Verdict))
	say("classification", string(old.Classification), string(b.Classification))
	say("keep_days", days(old.Keep), days(b.Keep))
	if old.Name != b.Name {
		out["name"] = "changed"
	}
	return out
}

func days(d time.Duration) string { return strconv.Itoa(int(d / (24 * time.Hour))) }

// one returns a bank; ErrNotFound.
func one(ctx context.Context, s Store, id string) (Bank, error) {
	list, err := s.Banks(ctx)
	if err != nil {
		return Bank{}, err
	}
	if i := slices.IndexFunc(list, func(b Bank) bool { return b.ID == id }); i >= 0 {
		return list[i], nil
	}
	return Bank{}, fmt.Errorf("%w: %q", ErrNotFound, id)
}

func (d *Desk) note(ctx context.Context, tx DeskTx, who, act, id string, detail map[string]string) error {
	_, err := tx.Audit().Append(ctx, audit.Entry{At: d.at(), Who: who, Act: act, Object: "bank/" + id, Detail: detail})
	if err != nil {
		return fmt.Errorf("bank: audit: %w", err)
	}
	return nil
}

// at is the present moment as precisely as it is stored.
func (d *Desk) at() time.Time { return d.Now().UTC().Truncate(time.Millisecond) }

// Compare says what the banks say of media now; nothing follows from it.
func (d *Desk) Compare(ctx context.Context, list []Media) []Decision {
	if len(list) == 0 {
		return nil
	}
	return d.Matcher.Match(ctx, list)
}
