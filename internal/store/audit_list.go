package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"haris/internal/audit"
)

// entriesPerList bounds List.
const entriesPerList = 1000

// auditBlock is how many places of the log stand together in the index by time (migration 27).
const auditBlock = 4096

// places is a stretch of the log: from is in it, until is not.
type places struct{ from, until int64 }

// List returns entries, newest first. It costs no more in a long log than in a short one, save where entries of one object are narrowed
// further, all of which are read.
func (s auditStore) List(ctx context.Context, f audit.Filter, before int64, limit int) ([]audit.Entry, error) {
	if limit <= 0 || limit > entriesPerList {
		limit = entriesPerList
	}
	at, err := s.stretch(ctx, &f)
	if err != nil {
		return nil, err
	}
	if before > 0 {
		at.until = min(at.until, before)
	}
	var acts []string
	if f.Kind != "" {
		if acts, err = s.actsOf(ctx, &f); err != nil || len(acts) == 0 {
			return nil, err
		}
	}
	query, args := auditListQuery(&f, acts, at, limit)
	rows, err := s.rows(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	entries := make([]audit.Entry, len(rows))
	for i, r := range rows {
		if entries[i], err = audit.ParseRecord(r.Record); err != nil {
			return nil, fmt.Errorf("store: audit entry %d: %w", r.Index, err)
		}
	}
	return entries, nil
}

// actsOf lists the acts of the filter's kind that the log holds.
func (s auditStore) actsOf(ctx context.Context, f *audit.Filter) ([]string, error) {
	acts := []string{f.Act}
	if f.Act == "" {
		var err error
		if acts, err = s.tx.auditWords(ctx, "act"); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(acts, func(a string) bool { return audit.KindOf(a) != f.Kind }), nil
}

// stretch finds where the entries of the filter's days are: from the first to the last block of the log that has one. Clocks may go back as they
// like; a block far from the others only makes the stretch longer.
func (s auditStore) stretch(ctx context.Context, f *audit.Filter) (at places, err error) {
	head, _, err := s.Head(ctx)
	if errors.Is(err, audit.ErrNoHead) {
		return at, nil
	}
	if at.until = head.Size; err != nil || f.From.IsZero() && f.Until.IsZero() {
		return at, err
	}
	var first, last sql.NullInt64
	err = s.tx.QueryRow(ctx, auditBlocks, (head.Size-1)/auditBlock, auditFrom(f), auditUntil(f)).Scan(&first, &last)
	if err != nil {
		return places{}, fmt.Errorf("store: the audit log by time: %w", err)
	}
	if !first.Valid {
		return places{}, nil
	}
	return places{first.Int64 * auditBlock, min(head.Size, (last.Int64+1)*auditBlock)}, nil
}

// auditBlocks finds the first and the last block, up to $1, that has an entry of $2 or later and before $3.
// "+ 0" takes the affinity of b away, without which SQLite does not walk along the index.
const auditBlocks = `WITH RECURSIVE block (b) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT b + 1 FROM block WHERE b < $1)
	SELECT min(b), max(b) FROM block
	WHERE (SELECT at FROM audit_entry WHERE idx / 4096 = b + 0 AND at >= $2 AND at < $3 ORDER BY at LIMIT 1) IS NOT NULL`

// auditFrom and auditUntil are the bounds of the filter's days in milliseconds; without one, the first or last moment that there can be.
func auditFrom(f *audit.Filter) int64 {
	if f.From.IsZero() {
		return math.MinInt64
	}
	return f.From.UnixMilli()
}

func auditUntil(f *audit.Filter) int64 {
	if f.Until.IsZero() {
		return math.MaxInt64
	}
	return f.Until.UnixMilli()
}

// conditions gathers what an entry must be, with its arguments.
type conditions struct {
	where []string
	args  []any
}

// arg keeps an argument and returns what stands for it.
func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return `$` + strconv.Itoa(len(c.args))
}

func (c *conditions) add(cond string, v any) { c.where = append(c.where, cond+` `+c.arg(v)) }

const auditColumns = `SELECT idx, at, who, act, object, record FROM audit_entry`

// auditListQuery finds the entries of a stretch. acts, when there are any, are those that may be; each is looked for by itself, so that none
// is passed over, unless all entries of one object are read anyway.
func auditListQuery(f *audit.Filter, acts []string, at places, limit int) (string, []any) {
	var c conditions
	plain := `` // after a column, keeps an engine from walking along it
	if f.Object != "" {
		c.add(`object =`, f.Object)
		plain = ` || ''`
	}
	if f.Who != "" {
		c.add(`who`+plain+` =`, f.Who)
	}
	c.add(`idx >=`, at.from)
	c.add(`idx <`, at.until)
	if !f.From.IsZero() || !f.Until.IsZero() {
		c.add(`at >=`, auditFrom(f))
		c.add(`at <`, auditUntil(f))
	}
	if f.Act != "" {
		c.add(`act`+plain+` =`, f.Act)
	}
	if f.Act != "" || len(acts) == 0 {
		return auditColumns + ` WHERE ` + strings.Join(c.where, ` AND `) + ` ORDER BY idx DESC LIMIT ` + c.arg(limit), c.args
	}
	if f.Object != "" {
		var marks []string
		for _, a := range acts {
			marks = append(marks, c.arg(a))
		}
		c.where = append(c.where, `act || '' IN (`+strings.Join(marks, `, `)+`)`)
		return auditColumns + ` WHERE ` + strings.Join(c.where, ` AND `) + ` ORDER BY idx DESC LIMIT ` + c.arg(limit), c.args
	}
	most, rest := c.arg(limit), strings.Join(c.where, ` AND `)
	var each []string
	for i, a := range acts {
		each = append(each, `SELECT idx FROM (SELECT idx FROM audit_entry WHERE act = `+c.arg(a)+` AND `+rest+` ORDER BY idx DESC LIMIT `+most+`) AS a`+strconv.Itoa(i))
	}
	return `SELECT e.idx, e.at, e.who, e.act, e.object, e.record FROM (SELECT idx FROM (` + strings.Join(each, ` UNION ALL `) + `) AS every
		ORDER BY idx DESC LIMIT ` + most + `) AS found CROSS JOIN audit_entry e WHERE e.idx = found.idx ORDER BY e.idx DESC`, c.args
}

// ExportAudit writes e, as audit.exported with by which fields the filter narrows, and gives all entries of the filter that come before it to
// take, newest first and in parts, of which the first may be empty. Each part is read by itself, so that a long log holds up nobody.
func (db *DB) ExportAudit(ctx context.Context, e audit.Entry, f audit.Filter, take func([]audit.Entry) error) error {
	e.Act, e.Object = "audit.exported", "audit"
	if by := f.Shape(); by != "" {
		e.Detail = map[string]string{"narrowed_by": by}
	}
	var before int64
	err := db.Write(ctx, func(tx *Tx) (err error) {
		before, err = tx.Audit().Append(ctx, e)
		return err
	})
	for first := true; err == nil && (first || before > 0); first = false {
		var list []audit.Entry
		if before > 0 {
			err = db.Read(ctx, func(tx *Tx) (err error) {
				list, err = tx.Audit().List(ctx, f, before, entriesPerList)
				return err
			})
		}
		if before = 0; len(list) == entriesPerList {
			before = list[len(list)-1].Index
		}
		if err == nil {
			err = take(list)
		}
	}
	return err
}

// AuditWords lists who is in the log, and the acts in it, each sorted. It steps from one to the next and does not read what lies between.
func (tx *Tx) AuditWords(ctx context.Context) (who, acts []string, err error) {
	if who, err = tx.auditWords(ctx, "who"); err != nil {
		return nil, nil, err
	}
	acts, err = tx.auditWords(ctx, "act")
	return who, acts, err
}

func (tx *Tx) auditWords(ctx context.Context, column string) (out []string, err error) {
	rows, err := tx.Query(ctx, `WITH RECURSIVE word (w) AS (
			SELECT min(`+column+`) FROM audit_entry
			UNION ALL SELECT (SELECT min(`+column+`) FROM audit_entry WHERE `+column+` > word.w) FROM word WHERE word.w IS NOT NULL
		) SELECT w FROM word WHERE w IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("store: words of the audit log: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var w string
		if err := rows.Scan(&w); err != nil {
			return nil, fmt.Errorf("store: words of the audit log: %w", err)
		}
		out = append(out, w)
	}
	slices.Sort(out)
	return out, rows.Err()
}
