package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/bank"
	"haris/internal/taxonomy"
)

// Who is whom entries name as having been added by.
const Who = "haris"

// taker takes records of one exchange into its banks, within one transaction.
type taker struct {
	tx    Tx
	name  string
	label taxonomy.Typology
	now   time.Time
	round int64

	banks map[string]bool         // those that are there and ours
	add   map[Stance][]bank.Entry // what is to be added at the end
	count Counts
	// How many records are new, how many the pass named for the first time, and how many are not known any more.
	fresh, named, forgotten int
}

// mark names all that a record says, so that one that says the same again changes nothing.
func mark(r *Record) ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("exchange: record: %w", err)
	}
	sum := sha256.Sum256(b)
	return sum[:16], nil
}

// newest keeps the last of several records with one key.
func newest(list []Record) []Record {
	last := make(map[string]int, len(list))
	for i := range list {
		last[list[i].Key] = i
	}
	if len(last) == len(list) {
		return list
	}
	var out []Record
	for i := range list {
		if last[list[i].Key] == i {
			out = append(out, list[i])
		}
	}
	return out
}

// take takes records in.
func (t *taker) take(ctx context.Context, list []Record) error {
	list = newest(list)
	keys := make([]string, len(list))
	for i := range list {
		if k := list[i].Key; k == "" || len(k) > MaxKey || strings.ContainsRune(k, 0) || len(list[i].Handle) > MaxKey {
			return Malformed("records", fmt.Errorf("a key of %d and a handle of %d bytes, where 1 to %d are expected", len(k), len(list[i].Handle), MaxKey))
		}
		keys[i] = list[i].Key
	}
	there, err := t.tx.Exchanges().Records(ctx, t.name, keys)
	if err != nil {
		return err
	}
	known := make(map[string]*Known, len(there))
	for i := range there {
		known[there[i].Key] = &there[i]
	}
	var keep []Known
	var forget []string
	for i := range list {
		was := known[list[i].Key]
		k, err := t.one(ctx, &list[i], was)
		if err != nil {
			return err
		}
		switch {
		case k != nil:
			keep = append(keep, *k)
		case was != nil:
			forget = append(forget, was.Key)
		}
		t.tally(was, k)
	}
	t.count.Records += len(list)
	if err := t.tx.Exchanges().Keep(ctx, t.name, keep); err != nil {
		return err
	}
	if t.forgotten, err = t.tx.Exchanges().Forget(ctx, t.name, forget); err != nil {
		return err
	}
	return t.flush(ctx)
}

// tally counts what became of a record.
func (t *taker) tally(was, is *Known) {
	before, after := was != nil && was.Round == t.round, is != nil
	switch {
	case after && !before:
		t.named++
	case before && !after:
		t.named--
	}
	if was == nil && is != nil {
		t.fresh++
	}
}

// one takes one record in and returns what is to be kept of it; nil when nothing is.
func (t *taker) one(ctx context.Context, r *Record, k *Known) (*Known, error) {
	stance := r.Stance()
	if r.Gone || stance == "" || len(r.Hashes) == 0 {
		if k == nil {
			return nil, nil
		}
		return nil, t.withdraw(ctx, k.Stance, r.Key)
	}
	m, err := mark(r)
	if err != nil {
		return nil, err
	}
	now := Known{Key: r.Key, Round: t.round, Stance: stance, Mark: m, Handle: r.Handle}
	if k != nil && slices.Equal(k.Mark, m) {
		return &now, nil
	}
	if k != nil && k.Stance != stance {
		if err := t.withdraw(ctx, k.Stance, r.Key); err != nil {
			return nil, err
		}
	}
	return &now, t.change(ctx, r, stance)
}

// withdraw ends all entries of a record.
func (t *taker) withdraw(ctx context.Context, s Stance, key string) error {
	if err := t.bank(ctx, s); err != nil {
		return err
	}
	n, err := t.tx.Banks().Remove(ctx, BankID(t.name, s), bank.Which{Key: key}, bank.Withdrawn)
	t.count.Withdrawn += n
	return err
}

// change makes a record's entries what the record says now. What a person took out stays out.
func (t *taker) change(ctx context.Context, r *Record, s Stance) error {
	if err := t.bank(ctx, s); err != nil {
		return err
	}
	stand, err := t.entries(ctx, BankID(t.name, s), r.Key)
	if err != nil {
		return err
	}
	removed := map[bank.Hash]bool{}
	for i := range stand {
		e := &stand[i]
		switch {
		case e.State == bank.Removed:
			removed[e.Hash] = true
		case e.State == bank.Live && !slices.Contains(r.Hashes, e.Hash):
			n, err := t.tx.Banks().Remove(ctx, e.Bank, bank.Which{ID: e.ID}, bank.Withdrawn)
			if t.count.Withdrawn += n; err != nil {
				return err
			}
		}
	}
	for _, h := range r.Hashes {
		if removed[h] {
			t.count.Kept++
			continue
		}
		t.add[s] = append(t.add[s], bank.Entry{
			Hash: h, Classification: r.Classification, Expires: r.Expires,
			Provenance: bank.Provenance{Source: bank.Exchange, Origin: t.name, Key: r.Key, Owner: owners(r), Who: Who, Note: note(r), At: t.now},
		})
	}
	return nil
}

// entries are all entries of a record in a bank, whatever their state.
func (t *taker) entries(ctx context.Context, id, key string) (out []bank.Entry, err error) {
	const page = 1000
	f := bank.Filter{Bank: id, Key: key, Limit: page}
	for {
		list, err := t.tx.Banks().List(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
		if len(list) < page {
			return out, nil
		}
		f.After = list[len(list)-1].ID
	}
}

// maxOwners is how many members an entry names.
const maxOwners = 3

// owners names who says what the record comes to.
func owners(r *Record) string {
	var out []string
	s := r.Stance()
	for _, o := range r.Opinions {
		if o.Stance == s && o.Owner != "" && !slices.Contains(out, o.Owner) {
			out = append(out, o.Owner)
		}
	}
	if len(out) > maxOwners {
		out = append(out[:maxOwners], fmt.Sprintf("and %d more", len(out)-maxOwners))
	}
	return strings.Join(out, ", ")
}

func note(r *Record) string {
	if n := r.Disputed(); n > 0 {
		return strings.TrimSpace(fmt.Sprintf("%d of %d members say that it is not. %s", n, len(r.Opinions), r.Note))
	}
	return r.Note
}

// flush adds what was gathered.
func (t *taker) flush(ctx context.Context) error {
	for _, s := range Stances() {
		if len(t.add[s]) == 0 {
			continue
		}
		added, changed, err := t.tx.Banks().Add(ctx, BankID(t.name, s), t.add[s])
		if err != nil {
			return err
		}
		t.count.Added += added
		t.count.Changed += changed
		delete(t.add, s)
	}
	return nil
}

// bank makes sure that the bank for a stance is there, and is this exchange's.
func (t *taker) bank(ctx context.Context, s Stance) error {
	id := BankID(t.name, s)
	if t.banks[id] {
		return nil
	}
	list, err := t.tx.Banks().Banks(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(b bank.Bank) bool { return b.ID == id })
	if i >= 0 && (list[i].Source != bank.Exchange || list[i].Origin != t.name) {
		return fmt.Errorf("%w: bank %s is not of exchange %s: give the exchange another name", ErrBank, id, t.name)
	}
	if i < 0 {
		if _, err := t.tx.Banks().Put(ctx, newBank(t.name, s, t.label)); err != nil {
			return err
		}
	}
	t.banks[id] = true
	return nil
}

// newBank is a bank as an exchange makes it: in shadow, whatever its stance.
func newBank(name string, s Stance, label taxonomy.Typology) bank.Bank {
	b := bank.New(BankID(name, s), "Exchange "+name)
	b.Source, b.Origin, b.Label = bank.Exchange, name, label
	switch s {
	case Negative:
		b.Name, b.Polarity, b.Radius = b.Name+": members say that it is not", bank.Negative, bank.ClearedBank().Radius
	case Seed:
		b.Name += ": not confirmed by anybody"
	}
	return b
}
