package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"haris/internal/casefile"
	"haris/internal/report"
)

// Bounds of a search.
const (
	maxBeginnings = 200  // words that begin with what was asked for, each of which is looked for
	rareEnough    = 2000 // words that stand in more texts are alike: none of them is the rare one
	maxLooked     = 8000 // texts of one word, the newest, in which the others are looked for
)

// Search returns the view that looks through texts.
func (tx *Tx) Search() casefile.Searcher { return searcher{tx} }

type searcher struct{ tx *Tx }

var _ casefile.Searcher = searcher{}

// spot is a text in which everything was found.
type spot struct{ caseID, place string }

// newer puts the newest case first.
func newer(a, b spot) int {
	return cmp.Or(cmp.Compare(b.caseID, a.caseID), cmp.Compare(b.place, a.place))
}

// Search implements casefile.Searcher.
func (s searcher) Search(ctx context.Context, q casefile.Question, reports bool, limit int) (out casefile.Hits, err error) {
	if err := s.tx.QueryRow(ctx, `SELECT count(*) FROM case_file WHERE worded = 0`).Scan(&out.Unread); err != nil {
		return out, fmt.Errorf("store: cases without words: %w", err)
	}
	if q.Empty() {
		return out, nil
	}
	words, err := s.drivers(ctx, &q, &out)
	if err != nil {
		return out, err
	}
	var spots []spot
	for _, w := range words {
		found, err := s.along(ctx, w, &q, reports, limit+1)
		if err != nil {
			return out, err
		}
		if len(found) <= limit {
			n, err := s.texts(ctx, w, maxLooked+1)
			if err != nil {
				return out, err
			}
			out.Wide = out.Wide || n > maxLooked
		}
		spots = append(spots, found...)
	}
	slices.SortFunc(spots, newer)
	spots = slices.Compact(spots)
	if out.More = len(spots) > limit; out.More {
		spots = spots[:limit]
	}
	for _, p := range spots {
		h, err := s.read(ctx, p)
		if err != nil {
			return out, err
		}
		out.List = append(out.List, h)
	}
	return out, nil
}

// drivers are the words along which the index is read: the one of the question that stands in the fewest texts, or all that begin as its last
// one does, when they are fewer or there is no other.
func (s searcher) drivers(ctx context.Context, q *casefile.Question, out *casefile.Hits) (best []string, err error) {
	least := rareEnough + 1
	for _, w := range q.Words {
		n, err := s.texts(ctx, w, least)
		if err != nil {
			return nil, err
		}
		if n < least || best == nil {
			best, least = []string{w}, n
		}
	}
	if q.Prefix == "" || best != nil && least == 0 {
		return best, nil
	}
	begun, wide, err := s.beginnings(ctx, q.Prefix)
	if err != nil || best == nil {
		out.Wide = wide
		return begun, err
	}
	sum := 0
	for _, w := range begun {
		if sum >= least {
			break
		}
		n, err := s.texts(ctx, w, least-sum)
		if err != nil {
			return nil, err
		}
		sum += n
	}
	if !wide && sum < least {
		return begun, nil
	}
	return best, nil
}

// texts counts the texts in which a word stands, up to a bound. The order keeps PostgreSQL on the index: without it, it reads the table from its
// beginning until it has met the word often enough.
func (s searcher) texts(ctx context.Context, word string, most int) (n int, err error) {
	err = s.tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 AS one FROM case_word WHERE word = $1 ORDER BY case_id LIMIT $2) n`, word, most).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("store: search: %w", err)
	}
	return n, nil
}

// beginnings lists the words that begin with a prefix, in order, and reports whether there are more than are looked at.
func (s searcher) beginnings(ctx context.Context, prefix string) (words []string, more bool, err error) {
	rows, err := s.tx.Query(ctx, `WITH RECURSIVE v (word) AS (
			SELECT min(word) FROM case_word WHERE word >= $1 AND word < $2
			UNION ALL
			SELECT (SELECT min(w.word) FROM case_word w WHERE w.word > v.word AND w.word < $2) FROM v WHERE v.word IS NOT NULL
		) SELECT word FROM v WHERE word IS NOT NULL LIMIT $3`, prefix, prefixEnd(prefix), maxBeginnings+1)
	if err != nil {
		return nil, false, fmt.Errorf("store: search: %w", err)
	}
	words, err = collect(rows, func(r scanner) (w string, err error) { return w, r.Scan(&w) })
	if len(words) > maxBeginnings {
		return words[:maxBeginnings], true, err
	}
	return words, false, err
}

// along reads the texts of one word, newest case first, and keeps those in which the rest stands as well.
func (s searcher) along(ctx context.Context, word string, asked *casefile.Question, reports bool, limit int) ([]spot, error) {
	not := inReport + "_%"
	if reports {
		not = "" // nothing is left out
	}
	q := listQuery{}
	looked := `(SELECT case_id, place FROM case_word WHERE word = ` + q.arg(word) + ` ORDER BY case_id DESC, place DESC LIMIT ` + q.arg(maxLooked) + `)`
	if scope := casefile.ScopeIn(ctx); !scope.All() { // before anything else is asked; the LIMIT keeps it there
		shelves, err := caseStore{s.tx}.seenShelves(ctx, &scope)
		if err != nil || len(shelves) == 0 {
			return nil, err
		}
		looked = `(SELECT l.case_id, l.place FROM ` + looked + ` l WHERE EXISTS (SELECT 1 FROM case_file c WHERE c.id = l.case_id AND ` + onShelves(`c.shelf`, shelves) +
			` LIMIT 1 OFFSET 0) ORDER BY l.case_id DESC, l.place DESC LIMIT ` + q.arg(maxLooked) + `)`
	}
	q.sql = `SELECT a.case_id, a.place FROM ` + looked + ` a WHERE a.place NOT LIKE ` + q.arg(not)
	// The OFFSET keeps PostgreSQL from turning the question into a join that reads all texts of both words before the first is known.
	const here = ` AND EXISTS (SELECT 1 FROM case_word b WHERE b.case_id = a.case_id AND b.place = a.place AND b.word `
	for _, w := range asked.Words {
		if w != word {
			q.sql += here + `= ` + q.arg(w) + ` LIMIT 1 OFFSET 0)`
		}
	}
	if asked.Prefix != "" && !strings.HasPrefix(word, asked.Prefix) {
		q.sql += here + `>= ` + q.arg(asked.Prefix) + ` AND b.word < ` + q.arg(prefixEnd(asked.Prefix)) + ` LIMIT 1 OFFSET 0)`
	}
	q.sql += ` ORDER BY a.case_id DESC, a.place DESC LIMIT ` + q.arg(limit)
	rows, err := s.tx.Query(ctx, q.sql, q.args...)
	if err != nil {
		return nil, fmt.Errorf("store: search: %w", err)
	}
	return collect(rows, func(r scanner) (p spot, err error) { return p, r.Scan(&p.caseID, &p.place) })
}

// read fetches the text of a spot, and who wrote it when.
func (s searcher) read(ctx context.Context, p spot) (h casefile.Hit, err error) {
	if h.Case, err = (caseStore{s.tx}).Get(ctx, p.caseID); err != nil {
		return h, err
	}
	switch {
	case p.place == onCase:
		h.Who, h.At, h.Text = casefile.Haris, h.Case.OpenedAt, casefile.Headline(&h.Case)
		return h, nil
	case strings.HasPrefix(p.place, inReport):
		return h, s.readReport(ctx, strings.TrimPrefix(p.place, inReport), &h)
	}
	if h.N, err = strconv.Atoi(strings.TrimPrefix(p.place, inEvent)); err != nil {
		return h, fmt.Errorf("store: search: place %q of case %s: %w", p.place, p.caseID, err)
	}
	e := casefile.Event{Case: p.caseID, N: h.N}
	var at int64
	var body string
	err = s.tx.QueryRow(ctx, `SELECT at, who, kind, body FROM case_event WHERE case_id = $1 AND n = $2`, p.caseID, h.N).Scan(&at, &e.Who, &e.Kind, &body)
	if err != nil {
		return h, fmt.Errorf("store: search: event %d of case %s: %w", h.N, p.caseID, err)
	}
	e.Body = []byte(body)
	h.Kind, h.Who, h.At = e.Kind, e.Who, fromMilli(at)
	h.Text, err = casefile.TextOf(&e)
	return h, err
}

// readReport fetches the text of a report, with who saved it last.
func (s searcher) readReport(ctx context.Context, id string, h *casefile.Hit) error {
	r, err := reports{s.tx}.Get(ctx, id)
	if err != nil {
		return err
	}
	h.Report, h.Who, h.At, h.Text = id, r.CreatedBy, r.CreatedAt, report.TextOf(&r)
	versions, err := reportVersions{s.tx}.List(ctx, id)
	if n := len(versions); n > 0 {
		h.Who, h.At = versions[n-1].Who, versions[n-1].At
	}
	return err
}
