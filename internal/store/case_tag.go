package store

import (
	"context"
	"fmt"
	"slices"

	"haris/internal/casefile"
)

// tagsIn are the tags of a case, each once, in order. What could not look has not spoken.
func tagsIn(c *casefile.Case) (tags []string) {
	for i := range c.Signals {
		if s := &c.Signals[i]; s.Unscanned == "" && s.Detector != "" {
			tags = append(tags, "d/"+s.Detector)
		}
	}
	for _, l := range c.Labels {
		if l != "" {
			tags = append(tags, "l/"+l)
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// tag brings the tags of a case up to date when they or its place in lists have changed; before is nil for a new case.
func (s caseStore) tag(ctx context.Context, before, after *casefile.Case) error {
	tags := tagsIn(after)
	if before != nil {
		same := columnOf(before.Status) == columnOf(after.Status) && before.Priority == after.Priority && before.Deadline.Equal(after.Deadline)
		if same && slices.Equal(tags, tagsIn(before)) {
			return nil
		}
		if _, err := s.tx.Exec(ctx, `DELETE FROM case_tag WHERE case_id = $1`, after.ID); err != nil {
			return fmt.Errorf("store: tags of case %s: %w", after.ID, err)
		}
	}
	v, err := rowOf(after)
	if err != nil {
		return err
	}
	for _, t := range tags {
		_, err := s.tx.Exec(ctx, `INSERT INTO case_tag (tag, status, urgency, deadline, case_id) VALUES ($1, $2, $3, $4, $5)`,
			t, v.status, v.urgency, v.deadline, after.ID)
		if err != nil {
			return fmt.Errorf("store: tag %q of case %s: %w", t, after.ID, err)
		}
	}
	return nil
}

// indexedAtOnce is how many old cases one transaction of Index brings up to date.
const indexedAtOnce = 500

// Index brings the tags and the shelves of cases from before there were any up to date. It is run once when a program opens the database, and
// costs nothing when there is nothing to do.
func (db *DB) Index(ctx context.Context) error {
	for _, old := range []func(caseStore) (int, error){
		func(s caseStore) (int, error) { return s.indexOld(ctx) },
		func(s caseStore) (int, error) { return s.shelveOld(ctx) },
	} {
		for n := indexedAtOnce; n == indexedAtOnce; {
			err := db.Write(ctx, func(tx *Tx) (err error) {
				n, err = old(caseStore{tx})
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s caseStore) indexOld(ctx context.Context) (int, error) {
	rows, err := s.tx.Query(ctx, `SELECT body FROM case_file WHERE indexed = 0 ORDER BY id LIMIT $1`, indexedAtOnce)
	if err != nil {
		return 0, fmt.Errorf("store: cases without tags: %w", err)
	}
	list, err := collect(rows, scanCase)
	for i := range list {
		if err == nil {
			_, err = s.tx.Exec(ctx, `DELETE FROM case_tag WHERE case_id = $1`, list[i].ID)
		}
		if err == nil {
			err = s.tag(ctx, nil, &list[i])
		}
		if err == nil {
			_, err = s.tx.Exec(ctx, `UPDATE case_file SET indexed = 1 WHERE id = $1`, list[i].ID)
		}
	}
	return len(list), err
}

// scanCase reads a case whose body is all that is selected.
func scanCase(r scanner) (casefile.Case, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return casefile.Case{}, err
	}
	return caseOf(body)
}
