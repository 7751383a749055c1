package api

import (
	"context"
	"fmt"
	"time"

	"haris/internal/bank"
	"haris/internal/taxonomy"
)

// shelf has one list of two entries and one of an exchange. It remembers the last change.
type shelf struct {
	err    error
	none   bool // there are no banks
	did    string
	filter bank.Filter
	added  bank.Addition
	judged bank.Judgement
}

func summary(id string) bank.Summary {
	b := bank.New(id, "List "+id)
	b.Mode, b.Keep, b.Version = taxonomy.ModeEnforce, 48*time.Hour, 3
	if id == "shared" {
		b.Source, b.Origin = bank.Exchange, "programme"
	}
	return bank.Summary{Bank: b, Entries: map[bank.Kind]int{bank.PDQ: 2}, Week: map[string]int{"match": 1}, Month: map[string]int{"match": 4}, ChangedBy: private}
}

func (s *shelf) Banks(context.Context) ([]bank.Summary, error) {
	return []bank.Summary{summary("list"), summary("shared")}, s.err
}

func (s *shelf) Bank(_ context.Context, id string) (bank.Summary, error) {
	if id != "list" && id != "shared" || s.none {
		return bank.Summary{}, fmt.Errorf("%w: %q", bank.ErrNotFound, id)
	}
	return summary(id), s.err
}

func (s *shelf) Entries(_ context.Context, f bank.Filter) (out []bank.Entry, err error) {
	s.filter = f
	for _, e := range []bank.Entry{
		{ID: 5, Bank: "list", Hash: bank.Hash{Kind: bank.PDQ, Value: aPDQ}, State: bank.Live, Expires: noon(), Provenance: bank.Provenance{Source: bank.File, Who: private, Case: private, At: noon()}},
		{ID: 6, Bank: "list", Hash: bank.Hash{Kind: bank.MD5, Value: anMD5}, State: bank.Removed, Provenance: bank.Provenance{Source: bank.Own, Who: private, At: noon()}},
	} {
		if e.Bank == f.Bank && e.ID > f.After && len(out) < f.Limit {
			out = append(out, e)
		}
	}
	return out, s.err
}

func (s *shelf) Add(_ context.Context, who, id string, a bank.Addition) (added, changed int, err error) {
	if s.err != nil {
		return 0, 0, s.err
	}
	s.did, s.added = who+" added to "+id, a
	return 1, 0, nil
}

func (s *shelf) Retire(_ context.Context, who, id string, entry uint64, why string) error {
	switch {
	case s.err != nil:
		return s.err
	case entry != 5 || id != "list":
		return bank.ErrNoEntry
	}
	s.did = fmt.Sprintf("%s retired %d of %s: %s", who, entry, id, why)
	return nil
}

func (s *shelf) Judge(_ context.Context, who, id string, entry uint64, j bank.Judgement) (bool, error) {
	switch {
	case s.err != nil:
		return false, s.err
	case entry != 5:
		return false, bank.ErrNoEntry
	case id != "list":
		return false, bank.ErrNotFound
	}
	s.did, s.judged = fmt.Sprintf("%s judged %d of %s", who, entry, id), j
	return true, nil
}
