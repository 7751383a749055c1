package bank

import (
	"context"
	"fmt"
	"time"

	"haris/internal/taxonomy"
)

// Preview says what settings of a bank would make of the media that were seen, before anybody sets them.
type Preview struct {
	Of     uint64 // hashes that were seen
	Looked int    // of them were looked at, the newest first
	Now    int    // hashes that the bank matches as it is, in force and not vetoed
	Then   int    // hashes that it would match
	// Media and Accounts are what Then stands for: different media of different accounts. More says that there are more than were counted.
	Media, Accounts int
	More            bool
	// TooLarge says that the bank has too many entries to try it out beside the work; nothing was looked at.
	TooLarge bool
}

// All reports whether everything that was seen was looked at.
func (p *Preview) All() bool { return !p.TooLarge && uint64(p.Looked) >= p.Of } //nolint:gosec // counts

// Bounds of trying settings out.
const (
	patience     = 4 * time.Second
	maxTried     = 500_000 // entries
	triedPiece   = 20_000  // hashes between two looks at the clock
	triedSeen    = 2_000   // matching hashes whose media are counted
	triedPosters = 200     // accounts of each
)

// Try compares what was seen with a bank as it would be; where it comes from is looked up. It changes nothing. ErrNotFound, ErrBank.
func (d *Desk) Try(ctx context.Context, b Bank) (p Preview, err error) {
	var old Bank
	err = d.Read(ctx, func(tx DeskTx) error {
		if old, err = one(ctx, tx.Banks(), b.ID); err != nil {
			return err
		}
		b.Source, b.Origin = old.Source, old.Origin
		if err := b.Check(); err != nil {
			return err
		}
		counts, err := tx.Banks().Count(ctx)
		if err != nil {
			return err
		}
		n := 0
		for _, k := range counts[b.ID] {
			n += k
		}
		p.TooLarge = n > maxTried
		p.Of, err = tx.Seen().Last(ctx)
		return err
	})
	if err != nil || p.TooLarge {
		return p, err
	}
	t := &trial{desk: d, old: old, next: b, accounts: map[string]bool{}, media: map[[2]string]bool{}}
	return t.run(ctx, p)
}

// trial is one bank, as it is and as it would be, with an index of its own entries and of the negative banks.
type trial struct {
	desk      *Desk
	old, next Bank
	index     *Matcher
	banks     []Bank // the negative ones in force
	accounts  map[string]bool
	media     map[[2]string]bool
	counted   int
}

func (t *trial) run(ctx context.Context, p Preview) (Preview, error) {
	wide := t.next // finds what either of the two would
	wide.Mode, wide.Radius, wide.Dihedral = taxonomy.ModeShadow, max(t.old.Radius, t.next.Radius), t.old.Dihedral || t.next.Dihedral
	t.index = NewMatcher(Config{
		Now: t.desk.Now, Log: t.desk.Matcher.c.Log, Workers: t.desk.Matcher.c.Workers,
		Read: func(ctx context.Context, f func(Follow) error) error {
			return t.desk.Read(ctx, func(tx DeskTx) error { return f(&tried{Follow: tx.Banks(), bank: wide}) })
		},
	})
	if err := t.index.Follow(ctx); err != nil {
		return p, err
	}
	t.banks = t.index.banks[1:]
	limit := t.desk.Patience
	if limit == 0 {
		limit = patience
	}
	began := time.Now()
	for until := p.Of; until > 0; {
		after := until - min(until, triedPiece)
		if err := t.piece(ctx, &p, after, until); err != nil {
			return p, err
		}
		if until = after; until == 0 {
			p.Of = uint64(p.Looked) //nolint:gosec // a count; ids may have gaps
		}
		if time.Since(began) >= limit {
			break
		}
	}
	p.Media, p.Accounts = len(t.media), len(t.accounts)
	return p, t.index.Close()
}

// piece looks at the hashes of a range of ids.
func (t *trial) piece(ctx context.Context, p *Preview, after, until uint64) error {
	var list []Stored
	err := t.desk.Read(ctx, func(tx DeskTx) error {
		list = list[:0]
		return tx.Seen().Each(ctx, after, until, func(s *Stored) error {
			list = append(list, *s)
			return nil
		})
	})
	if err != nil {
		return err
	}
	media, found := make([]Media, len(list)), make([][]Hit, len(list))
	for i := range list {
		media[i] = Media{Hashes: []Hash{list[i].Hash}, Quality: list[i].Quality}
		if found[i], err = t.index.find(&media[i], t.index.banks); err != nil {
			return err
		}
	}
	if err := t.index.complete(ctx, media, found); err != nil {
		return err
	}
	for i := range list {
		if t.matches(media[i], t.old, found[i]) {
			p.Now++
		}
		if t.matches(media[i], t.next, found[i]) {
			p.Then++
			if err := t.count(ctx, p, list[i].ID); err != nil {
				return err
			}
		}
	}
	p.Looked += len(list)
	return nil
}

// matches reports whether a bank alone would make a media a match, or as a negative one veto: what is in it is what counts then.
func (t *trial) matches(m Media, b Bank, hits []Hit) bool {
	if len(hits) == 0 || b.Mode != taxonomy.ModeEnforce {
		return false
	}
	now := t.desk.Now()
	if b.Polarity == Negative {
		return len(b.counted(m, hits, now)) > 0
	}
	d := Decide(m, append([]Bank{b}, t.banks...), hits, now)
	return d.Answer == Match
}

// count notes whose media a hash belongs to.
func (t *trial) count(ctx context.Context, p *Preview, id uint64) error {
	if t.counted++; t.counted > triedSeen {
		p.More = true
		return nil
	}
	return t.desk.Read(ctx, func(tx DeskTx) error {
		who, err := tx.Seen().Of(ctx, id, "", triedPosters)
		for _, s := range who {
			t.accounts[s.Account], t.media[[2]string{s.Account, s.Media}] = true, true
		}
		p.More = p.More || len(who) == triedPosters
		return err
	})
}

// tried shows a Matcher one bank as it would be, and after it the negative banks in force, and no other.
type tried struct {
	Follow
	bank Bank
}

// Banks implements Follow.
func (f *tried) Banks(ctx context.Context) ([]Bank, error) {
	all, err := f.Follow.Banks(ctx)
	out := []Bank{f.bank}
	for i := range all {
		if b := &all[i]; b.ID != f.bank.ID && b.Polarity == Negative && b.Mode == taxonomy.ModeEnforce {
			out = append(out, *b)
		}
	}
	return out, err
}

// Since implements Follow.
func (f *tried) Since(ctx context.Context, r Range, do func(*Entry) error) error {
	banks, err := f.Banks(ctx)
	if err != nil {
		return err
	}
	for i := range banks {
		r.Bank = banks[i].ID
		if err := f.Follow.Since(ctx, r, do); err != nil {
			return fmt.Errorf("bank: try %s out: %w", f.bank.ID, err)
		}
	}
	return nil
}
