package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"haris/internal/casefile"
)

// takeIn records the accounts of a case that was merged into another, so that a search by account finds both.
func (s caseStore) takeIn(ctx context.Context, c *casefile.Case, e casefile.Event) error {
	var b casefile.AbsorbedBody
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return fmt.Errorf("store: case merged into %s: %w", e.Case, err)
	}
	m := b.Matter
	m.Linked = append([]string{m.Subject}, m.Linked...)
	m.Subject = ""
	return s.addAccounts(ctx, c, &m)
}

// markApart marks the accounts that an event took apart from a case, and takes the mark off those that it brought back: a search by account
// finds the case all the same, while what is found about them later goes elsewhere.
func (s caseStore) markApart(ctx context.Context, before, after *casefile.Case) error {
	if slices.Equal(before.Apart, after.Apart) {
		return nil
	}
	mark := func(list, not []string, apart int) error {
		for _, a := range list {
			if slices.Contains(not, a) {
				continue
			}
			_, err := s.tx.Exec(ctx, `UPDATE case_subject SET apart = $1 WHERE account = $2 AND case_id = $3 AND role IN ('subject', 'linked')`, apart, a, after.ID)
			if err != nil {
				return fmt.Errorf("store: account of case %s: %w", after.ID, err)
			}
		}
		return nil
	}
	if err := mark(after.Apart, before.Apart, 1); err != nil {
		return err
	}
	return mark(before.Apart, after.Apart, 0)
}

// splitFrom begins the case of what is split from another. ErrOtherOpen when one about the same account is open.
func (s caseStore) splitFrom(ctx context.Context, e casefile.Event) (casefile.Case, error) {
	var b casefile.SplitFromBody
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return casefile.Case{}, fmt.Errorf("%w: accounts split from a case: %w", casefile.ErrBody, err)
	}
	if err := s.onlyOpen(ctx, &casefile.Case{Subject: b.Matter.Subject, Typology: b.Matter.Typology}); err != nil {
		return casefile.Case{}, err
	}
	return s.begin(ctx, e, &b.Matter)
}
