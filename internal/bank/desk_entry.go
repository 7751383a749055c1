package bank

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Entries lists entries by id.
func (d *Desk) Entries(ctx context.Context, f Filter) (out []Entry, err error) {
	err = d.Read(ctx, func(tx DeskTx) error {
		out, err = tx.Banks().List(ctx, f)
		return err
	})
	return out, err
}

// Addition is what a person adds by hand.
type Addition struct {
	Hashes         []Hash
	Classification Classification
	Case           string
	Note           string // why, in their words
}

// Add adds hashes to a bank; the two to which dispositions add are made when they are first needed. ErrNotFound, ErrHash, ErrBank.
func (d *Desk) Add(ctx context.Context, who, id string, a Addition) (added, changed int, err error) {
	list := make([]Entry, len(a.Hashes))
	for i, h := range a.Hashes {
		list[i] = Entry{Hash: h, Classification: a.Classification, Provenance: Provenance{Source: Own, Case: a.Case, Who: who, Note: a.Note, At: d.at()}}
	}
	err = d.Write(ctx, func(tx DeskTx) error {
		if id == OwnID || id == ClearedID { // these are there from the beginning, as people see it
			if err := Ensure(ctx, tx.Banks(), Begin(id)); err != nil {
				return err
			}
		}
		if added, changed, err = tx.Banks().Add(ctx, id, list); err != nil {
			return err
		}
		return d.note(ctx, tx, who, "bank.added", id, map[string]string{"entries": strconv.Itoa(added), "changed": strconv.Itoa(changed)})
	})
	return added, changed, err
}

// Import adds part of a list to a bank, which is made when it is not there. ErrBank, ErrHash.
func (d *Desk) Import(ctx context.Context, who, id, origin string, list []Entry) (added, changed int, err error) {
	err = d.Write(ctx, func(tx DeskTx) error {
		if err := Ensure(ctx, tx.Banks(), Begin(id)); err != nil {
			return err
		}
		if added, changed, err = tx.Banks().Add(ctx, id, list); err != nil {
			return err
		}
		return d.note(ctx, tx, who, "bank.imported", id, map[string]string{"origin": origin, "entries": strconv.Itoa(added), "changed": strconv.Itoa(changed)})
	})
	return added, changed, err
}

// Retire ends a live entry for a reason. What an exchange brings may come back with it; to keep something from matching for good, add it
// to the negative bank. ErrReason, ErrNoEntry.
func (d *Desk) Retire(ctx context.Context, who, id string, entry uint64, why string) error {
	if why = strings.TrimSpace(why); why == "" {
		return ErrReason
	}
	return d.Write(ctx, func(tx DeskTx) error {
		if err := tx.BankEndings().End(ctx, id, entry, Ending{Who: who, Why: why, At: d.at()}); err != nil {
			return err
		}
		return d.note(ctx, tx, who, "bank.removed", id, map[string]string{"entry": strconv.FormatUint(entry, 10), "entries": "1"})
	})
}

// Restore makes an entry live again that a person took out. ErrNoEntry.
func (d *Desk) Restore(ctx context.Context, who, id string, entry uint64) error {
	return d.Write(ctx, func(tx DeskTx) error {
		if err := tx.BankEndings().Revive(ctx, id, entry); err != nil {
			return err
		}
		return d.note(ctx, tx, who, "bank.restored", id, map[string]string{"entry": strconv.FormatUint(entry, 10)})
	})
}

// Export writes the live entries of a bank as a list, those of one kind or of all when kind is empty, and returns how many there were. Who
// took it is written down before the first byte; to is called once that is done. ErrNotFound.
func (d *Desk) Export(ctx context.Context, who, id string, kind Kind, f Format, to func() (io.Writer, error)) (n int, err error) {
	err = d.Write(ctx, func(tx DeskTx) error {
		if _, err := one(ctx, tx.Banks(), id); err != nil {
			return err
		}
		return d.note(ctx, tx, who, "bank.exported", id, nil)
	})
	if err != nil {
		return 0, err
	}
	out, err := to()
	if err != nil {
		return 0, err
	}
	w, err := NewListWriter(out, f)
	if err != nil {
		return 0, err
	}
	for q := (Filter{Bank: id, Kind: kind, State: Live, Limit: 1000}); ; {
		list, err := d.Entries(ctx, q)
		if err != nil {
			return n, err
		}
		for i := range list {
			if err := w.Write(&list[i]); err != nil {
				return n, err
			}
		}
		n += len(list)
		if len(list) < q.Limit {
			return n, w.Close()
		}
		q.After = list[len(list)-1].ID
	}
}

// Posted lists who posted a hash, by account, behind the account after; and how often it was posted by everybody. Nobody when it was never
// seen. The audit entry says that it was asked.
func (d *Desk) Posted(ctx context.Context, who string, h Hash, after string, limit int) (out []Sighting, all int, err error) {
	err = d.Write(ctx, func(tx DeskTx) error {
		s, ok, err := tx.Seen().Find(ctx, h)
		if err != nil || !ok {
			return err
		}
		all = s.Count
		if out, err = tx.Seen().Of(ctx, s.ID, after, limit); err != nil {
			return err
		}
		return d.note(ctx, tx, who, "bank.seen", "media/"+strconv.FormatUint(s.ID, 10), nil)
	})
	return out, all, err
}

// ReadHashes reads hashes that a person typed, one a line: a hash of the kind, or of the kind that its form tells when kind is empty. Its
// errors wrap ErrHash and name the line.
func ReadHashes(text string, k Kind) (out []Hash, err error) {
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		var h Hash
		if k == "" || strings.Contains(line, ":") {
			h, err = Guess(line)
		} else {
			h, err = Parse(k, line)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out, nil
}
