package review

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"haris/internal/audit"
	"haris/internal/bank"
	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// BankTx is one transaction as the banks need it; *store.Tx is one.
type BankTx interface {
	Tx
	Banks() bank.Store
}

// Bank writes what follows from a closed case into the own banks, in the transaction of the act. A case that was confirmed as abuse
// material adds the hashes of its matched media, and of those that the person named; one that was cleared as wrongly matched adds them
// as negative entries, and only when the person said so; one that is opened again takes back what it added.
func Bank(ctx context.Context, tx BankTx, c casefile.Case, e casefile.Event) error {
	if e.Kind == casefile.Reopened {
		return unbank(ctx, tx, c, e)
	}
	d := c.Disposal
	if d == nil || e.Kind != casefile.Disposed && e.Kind != casefile.Agreed {
		return nil
	}
	confirmed := c.Status == casefile.Confirmed && d.Typology == taxonomy.TypologyAbuseMaterial
	switch {
	case confirmed:
		return addCase(ctx, tx, c, e, bank.OwnBank())
	case c.Status == casefile.Cleared && d.Wrong:
		return addCase(ctx, tx, c, e, bank.ClearedBank())
	}
	return nil
}

// BankRecord is the record under which a case's entries stand in the own banks.
func BankRecord(id string) string { return "case/" + id }

func addCase(ctx context.Context, tx BankTx, c casefile.Case, e casefile.Event, to bank.Bank) error {
	list, err := hashesOf(ctx, tx, &c)
	if err != nil || len(list) == 0 {
		return err
	}
	if err := bank.Ensure(ctx, tx.Banks(), to); err != nil {
		return err
	}
	for i := range list {
		p := &list[i].Provenance
		p.Source, p.Key, p.Case, p.About, p.Who, p.At = bank.Own, BankRecord(c.ID), c.ID, c.Subject, e.Who, e.At.UTC().Truncate(time.Millisecond)
	}
	added, _, err := tx.Banks().Add(ctx, to.ID, list)
	if err != nil || added == 0 {
		return err
	}
	return auditBank(ctx, tx, e, "bank.added", to.ID, added)
}

func auditBank(ctx context.Context, tx BankTx, e casefile.Event, act, id string, n int) error {
	_, err := tx.Audit().Append(ctx, audit.Entry{
		At: e.At, Who: e.Who, Act: act, Object: "bank/" + id, Detail: map[string]string{"case": e.Case, "entries": strconv.Itoa(n)},
	})
	return err
}

func unbank(ctx context.Context, tx BankTx, c casefile.Case, e casefile.Event) error {
	list, err := tx.Banks().Banks(ctx)
	if err != nil {
		return err
	}
	for _, b := range list {
		if b.ID != bank.OwnID && b.ID != bank.ClearedID {
			continue
		}
		n, err := tx.Banks().Remove(ctx, b.ID, bank.Which{Key: BankRecord(c.ID)}, bank.Removed)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := auditBank(ctx, tx, e, "bank.removed", b.ID, n); err != nil {
			return err
		}
	}
	return nil
}

// hashesOf are what a case adds to a bank.
func hashesOf(ctx context.Context, tx BankTx, c *casefile.Case) ([]bank.Entry, error) {
	history, err := tx.Cases().History(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	return Hashes(history, c.Disposal.Banked)
}

// Hashes are the entries that a case adds to a bank when it is closed: the hashes of the matched media of its history, and those that the
// person named as "kind:value". casefile.ErrBody for one that is none.
func Hashes(history []casefile.Event, named []string) (out []bank.Entry, err error) {
	matches, err := casefile.Matches(history)
	if err != nil {
		return nil, err
	}
	seen := map[bank.Hash]bool{}
	add := func(text, picture string) error {
		h, err := bank.Guess(text)
		if err != nil {
			return fmt.Errorf("%w: %w", casefile.ErrBody, err)
		}
		if !seen[h] {
			seen[h] = true
			out = append(out, bank.Entry{Hash: h, Provenance: bank.Provenance{Picture: picture}})
		}
		return nil
	}
	for i := range matches {
		for _, h := range matches[i].Hashes {
			if err := add(h, matches[i].Picture); err != nil {
				return nil, err
			}
		}
	}
	for _, h := range named {
		if err := add(strings.TrimSpace(h), ""); err != nil {
			return nil, err
		}
	}
	return out, nil
}
