package store

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"haris/internal/casefile"
	"haris/internal/evidence"
	"haris/internal/process"
)

// The things that belong to cases, as Hides knows them.
const (
	OfCase     = "case"
	OfReport   = "report"
	OfEvidence = "evidence"
	OfProcess  = "process"
	OfMute     = "mute"
	OfNote     = "note"
)

// hidden is the condition that hides the case in the table alias c from a scope, in parentheses; empty for a scope that sees every case. Every
// list of cases, and of what belongs to them, is narrowed by it.
func hidden(s *casefile.Scope, c string, arg func(any) string) string {
	if s.All() {
		return ""
	}
	in := func(list []string, prefix string) string {
		out := make([]string, len(list))
		for i, w := range list {
			out[i] = arg(prefix + w)
		}
		return ` IN (` + strings.Join(out, ", ") + `)`
	}
	has := func(queues, labels []string) (out []string) {
		if len(queues) > 0 {
			out = append(out, c+`.queue`+in(queues, ""))
		}
		if len(labels) > 0 {
			out = append(out, `EXISTS (SELECT 1 FROM case_tag hx WHERE hx.case_id = `+c+`.id AND hx.tag`+in(labels, "l/")+`)`)
		}
		return out
	}
	if s.Confined && len(s.Queues)+len(s.Labels) == 0 {
		return `(1 = 1)`
	}
	out := has(s.NotQueues, s.NotLabels)
	if s.Confined {
		out = append(out, `NOT (`+strings.Join(has(s.Queues, s.Labels), " OR ")+`)`)
	}
	return `(` + strings.Join(out, " OR ") + `)`
}

// seenCase is the condition that a row whose case is in the column may be seen in the context; empty when every case may.
func seenCase(ctx context.Context, column string, arg func(any) string) string {
	s := casefile.ScopeIn(ctx)
	if s.All() {
		return ""
	}
	return `NOT EXISTS (SELECT 1 FROM case_file hc WHERE hc.id = ` + column + ` AND ` + hidden(&s, "hc", arg) + `)`
}

// narrowed adds to a query with conditions that the case in the column may be seen in the context.
func narrowed(ctx context.Context, query, column string, args []any) (string, []any) {
	seen := seenCase(ctx, column, numbered(&args))
	if seen == "" {
		return query, args
	}
	before, order, ordered := strings.Cut(query, ` ORDER BY`)
	if query = before + ` AND ` + seen; ordered {
		query += ` ORDER BY` + order
	}
	return query, args
}

// numbered collects arguments and returns their places.
func numbered(args *[]any) func(any) string {
	return func(v any) string {
		*args = append(*args, v)
		return "$" + strconv.Itoa(len(*args))
	}
}

// behind are the queries of the cases behind things.
var behind = map[string]string{
	OfCase:   `SELECT 1 FROM case_file hc WHERE hc.id = $1`,
	OfReport: `SELECT 1 FROM report r JOIN case_file hc ON hc.id = r.case_id WHERE r.id = $1`,
	OfProcess: `SELECT 1 FROM process_account p JOIN case_subject s ON s.account = p.account AND s.role IN ('subject', 'linked')
		JOIN case_file hc ON hc.id = s.case_id WHERE p.process = $1`,
	OfNote: `SELECT 1 FROM coaching_note n JOIN case_file hc ON hc.id = n.case_id WHERE n.id = $1`,
	OfMute: `SELECT 1 FROM case_mute m JOIN case_subject s ON s.account = m.subject AND s.role IN ('subject', 'linked')
		JOIN case_file hc ON hc.id = s.case_id WHERE m.id = $1`,
}

// Hides reports whether the scope of the context hides a thing, because it belongs to a case that is hidden. What is not there is not hidden.
func (tx *Tx) Hides(ctx context.Context, thing, id string) (bool, error) {
	s := casefile.ScopeIn(ctx)
	if s.All() {
		return false, nil
	}
	if thing == OfEvidence {
		item, err := manifest{tx}.row(ctx, id)
		if err != nil {
			return false, ignore(err, evidence.ErrNotFound)
		}
		thing, id = OfCase, item.Case
	}
	if thing == OfCase && strings.HasPrefix(id, processPrefix) { // a process keeps its evidence as a case does
		thing = OfProcess
	}
	args := []any{id}
	query := behind[thing] + ` AND ` + hidden(&s, "hc", numbered(&args)) + ` LIMIT 1`
	found, err := exists(ctx, tx, query, args...)
	if err != nil || found || thing != OfProcess {
		return found, err
	}
	r, err := processes{tx}.row(ctx, id)
	if err != nil {
		return false, ignore(err, process.ErrNotFound)
	}
	for _, c := range r.Scope.Cases {
		if hides, err := tx.Hides(ctx, OfCase, c); err != nil || hides {
			return hides, err
		}
	}
	return false, nil
}

// ignore returns nil for one kind of error.
func ignore(err, kind error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}

// processPrefix begins the ids of processes.
const processPrefix = "lp-"

// sift fills a page of at most limit from a list that may hide some of it. read returns up to n that come after the one named; "" is the start.
func sift[T any](limit int, from string, read func(after string, n int) ([]T, error), id func(*T) string, hides func(*T) (bool, error)) (out []T, err error) {
	for {
		list, err := read(from, limit)
		if err != nil {
			return nil, err
		}
		for i := range list {
			h, err := hides(&list[i])
			if err != nil {
				return nil, err
			}
			if !h {
				out = append(out, list[i])
			}
			if len(out) == limit {
				return out, nil
			}
		}
		if len(list) < limit {
			return out, nil
		}
		from = id(&list[len(list)-1])
	}
}
