package bank

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Judgement is what somebody found who looked at a media that an entry had matched.
type Judgement struct {
	Right  bool   // it is what the list says
	Why    string // in their words
	Hashes []Hash // of the media that they looked at: see Media.Copied
}

// Judge takes down whether a match with an entry was right: the hashes of a media that was matched rightly join the own bank, those of one
// that was not the bank of what was matched wrongly, which vetoes. The entry itself stays as its list has it. Saying the contrary of the
// same media later takes the first back, but not what a case or a person has added in another way. It returns whether anything changed.
// ErrReason, ErrNotFound, ErrNoEntry, ErrHash, and ErrBank without hashes and for an entry of a negative bank, which is taken out instead.
func (d *Desk) Judge(ctx context.Context, who, id string, entry uint64, j Judgement) (changed bool, err error) {
	switch j.Why = strings.TrimSpace(j.Why); {
	case j.Why == "":
		return false, ErrReason
	case len(j.Hashes) == 0:
		return false, fmt.Errorf("%w: no hash of what was looked at", ErrBank)
	}
	err = d.Write(ctx, func(tx DeskTx) error {
		e, err := judged(ctx, tx.Banks(), id, entry)
		if err != nil {
			return err
		}
		to, from, act := OwnBank(), ClearedBank(), "bank.confirmed"
		if !j.Right {
			to, from, act = from, to, "bank.denied"
		}
		added, taken, err := d.move(ctx, tx.Banks(), &to, &from, j.entries(who, &e, d))
		if changed = added+taken > 0; err != nil || !changed {
			return err
		}
		return d.note(ctx, tx, who, act, id, map[string]string{
			"entry": strconv.FormatUint(entry, 10), "to": to.ID, "entries": strconv.Itoa(added), "taken_back": strconv.Itoa(taken),
		})
	})
	return changed, err
}

// entries are what a judgement adds, under a key of the media and the entry.
func (j *Judgement) entries(who string, e *Entry, d *Desk) []Entry {
	parts := []string{e.Bank, strconv.FormatUint(e.ID, 10)}
	for _, h := range j.Hashes {
		parts = append(parts, string(h.Kind), h.Value)
	}
	p := Provenance{
		Source: Own, Origin: e.Bank, Key: "judged/" + Key(parts...), Picture: (&Result{Bank: e.Bank, Entry: e.ID, Provenance: e.Provenance}).Picture(),
		Who: who, Note: j.Why, At: d.at(),
	}
	out := make([]Entry, len(j.Hashes))
	for i, h := range j.Hashes {
		out[i] = Entry{Hash: h, Classification: e.Classification, Provenance: p}
	}
	return out
}

// judged returns an entry that can be judged.
func judged(ctx context.Context, s Store, id string, entry uint64) (e Entry, err error) {
	b, err := one(ctx, s, id)
	if err != nil {
		return e, err
	}
	list, err := s.Get(ctx, []uint64{entry})
	switch {
	case err != nil:
		return e, err
	case len(list) == 0 || list[0].Bank != id:
		return e, fmt.Errorf("%w: %d in bank %q", ErrNoEntry, entry, id)
	case b.Polarity == Negative:
		return e, fmt.Errorf("%w: an entry of a negative bank is taken out, not judged", ErrBank)
	}
	return list[0], nil
}

// move adds entries of one record to one bank, which is made when it is not there, and takes those of the record out of the other.
func (d *Desk) move(ctx context.Context, s Store, to, from *Bank, list []Entry) (added, taken int, err error) {
	if err := Ensure(ctx, s, *to); err != nil {
		return 0, 0, err
	}
	if added, _, err = s.Add(ctx, to.ID, list); err != nil {
		return 0, 0, err
	}
	taken, err = s.Remove(ctx, from.ID, Which{Key: list[0].Provenance.Key}, Removed)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return added, taken, err
}

// Ensure makes a bank that is not there.
func Ensure(ctx context.Context, s Store, b Bank) error {
	if _, err := one(ctx, s, b.ID); !errors.Is(err, ErrNotFound) {
		return err
	}
	_, err := s.Put(ctx, b)
	return err
}
