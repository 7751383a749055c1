package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"haris/internal/casefile"
	"haris/internal/report"
)

// wordsAtOnce is how many words one statement adds.
const wordsAtOnce = 100

// Places of words in a case.
const (
	onCase   = "c"
	inEvent  = "n" // and its number
	inReport = "r" // and its id
)

// addWords adds the words of a text.
func (tx *Tx) addWords(ctx context.Context, caseID, place, text string) error {
	if text == "" {
		return nil
	}
	var forms []string
	for _, w := range casefile.Words(text) {
		forms = append(forms, w.Form)
	}
	slices.Sort(forms)
	for list := range slices.Chunk(slices.Compact(forms), wordsAtOnce) {
		q := listQuery{sql: `INSERT INTO case_word (case_id, place, word) VALUES `}
		id, at := q.arg(caseID), q.arg(place)
		for i, f := range list {
			if i > 0 {
				q.sql += `, `
			}
			q.sql += `(` + id + `, ` + at + `, ` + q.arg(f) + `)`
		}
		if _, err := tx.Exec(ctx, q.sql+` ON CONFLICT DO NOTHING`, q.args...); err != nil {
			return fmt.Errorf("store: words of case %s: %w", caseID, err)
		}
	}
	return nil
}

// setWords puts the words of a text in the place of those that stood there.
func (tx *Tx) setWords(ctx context.Context, caseID, place, text string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM case_word WHERE case_id = $1 AND place = $2`, caseID, place); err != nil {
		return fmt.Errorf("store: words of case %s: %w", caseID, err)
	}
	return tx.addWords(ctx, caseID, place, text)
}

// eventWords adds the words of what a person wrote in an event.
func (tx *Tx) eventWords(ctx context.Context, e *casefile.Event) error {
	text, err := casefile.TextOf(e)
	if err != nil {
		return err
	}
	return tx.addWords(ctx, e.Case, inEvent+strconv.Itoa(e.N), text)
}

// headWords brings the words of what stands on a case up to date; before is nil for a new one.
func (tx *Tx) headWords(ctx context.Context, before, after *casefile.Case) error {
	text := casefile.Headline(after)
	switch {
	case before == nil:
		return tx.addWords(ctx, after.ID, onCase, text)
	case casefile.Headline(before) == text:
		return nil
	}
	return tx.setWords(ctx, after.ID, onCase, text)
}

// reportWords brings the words of a report up to date.
func (tx *Tx) reportWords(ctx context.Context, r *report.Report) error {
	return tx.setWords(ctx, r.Case, inReport+r.ID, report.TextOf(r))
}

// wordedAtOnce is how many old cases one transaction of IndexWords reads in.
const wordedAtOnce = 100

// IndexWords reads in what people wrote about cases from before it could be looked for. It may run beside everything else, costs nothing when
// there is nothing to do, and goes on where it was stopped. told hears after each transaction how many cases were read in; it may be nil.
func (db *DB) IndexWords(ctx context.Context, told func(cases int)) error {
	for {
		n := 0
		err := db.Write(ctx, func(tx *Tx) (err error) {
			n, err = tx.wordOld(ctx)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
		if told != nil {
			told(n)
		}
	}
}

// wordOld reads in some old cases and returns how many.
func (tx *Tx) wordOld(ctx context.Context) (int, error) {
	rows, err := tx.Query(ctx, `SELECT body FROM case_file WHERE worded = 0 ORDER BY id LIMIT $1`, wordedAtOnce)
	if err != nil {
		return 0, fmt.Errorf("store: cases without words: %w", err)
	}
	list, err := collect(rows, func(r scanner) (casefile.Case, error) {
		var body string
		if err := r.Scan(&body); err != nil {
			return casefile.Case{}, err
		}
		return caseOf(body)
	})
	if err != nil {
		return 0, err
	}
	for i := range list {
		if err := tx.wordCase(ctx, &list[i]); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// wordCase reads in one case: what stands on it, its history and its reports.
func (tx *Tx) wordCase(ctx context.Context, c *casefile.Case) error {
	if err := tx.setWords(ctx, c.ID, onCase, casefile.Headline(c)); err != nil {
		return err
	}
	history, err := caseStore{tx}.History(ctx, c.ID)
	if err != nil {
		return err
	}
	for i := range history {
		if err := tx.eventWords(ctx, &history[i]); err != nil {
			return err
		}
	}
	for f := (report.Filter{Case: c.ID, Limit: maxReports}); ; {
		list, err := reports{tx}.List(ctx, f)
		if err != nil {
			return err
		}
		for i := range list {
			if err := tx.reportWords(ctx, &list[i]); err != nil {
				return err
			}
			f.Older = list[i].ID
		}
		if len(list) < maxReports {
			break
		}
	}
	_, err = tx.Exec(ctx, `UPDATE case_file SET worded = 1 WHERE id = $1`, c.ID)
	return err
}

// prefixEnd is above every word that begins with p.
func prefixEnd(p string) string { return p + "\U0010ffff" }
