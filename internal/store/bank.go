package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"haris/internal/bank"
)

// Banks returns the banks and their entries within the transaction.
func (tx *Tx) Banks() bank.Store { return banks{tx} }

// banks keeps banks as JSON beside the columns that the schema guards, and entries as rows. What changes takes a place in the sequence
// of bank_clock, whose row one transaction holds at a time.
type banks struct{ tx *Tx }

var (
	_ bank.Store = banks{}
	_ bank.Mark  = banks{}
)

const (
	entriesOfBank    = 50
	maxEntriesOfBank = 1000
)

// Banks implements bank.Follow.
func (v banks) Banks(ctx context.Context) ([]bank.Bank, error) {
	rows, err := v.tx.Query(ctx, `SELECT body FROM bank ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("store: list banks: %w", err)
	}
	list, err := collect(rows, func(r scanner) (b bank.Bank, err error) {
		var body string
		if err := r.Scan(&body); err != nil {
			return b, err
		}
		return b, json.Unmarshal([]byte(body), &b)
	})
	if err != nil {
		return nil, fmt.Errorf("store: list banks: %w", err)
	}
	return list, nil
}

// Put implements bank.Store.
func (v banks) Put(ctx context.Context, b bank.Bank) (bank.Bank, error) {
	if err := b.Check(); err != nil {
		return b, err
	}
	seq, err := v.take(ctx, 1)
	if err != nil {
		return b, err
	}
	b.Version = seq
	if b.Created.IsZero() {
		b.Created = milli(v.tx.now())
	}
	body, err := json.Marshal(b)
	if err != nil {
		return b, fmt.Errorf("store: bank %s: %w", b.ID, err)
	}
	_, err = v.tx.Exec(ctx, `INSERT INTO bank (id, mode, polarity, source, version, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET mode = excluded.mode, polarity = excluded.polarity, source = excluded.source,
			version = excluded.version, body = excluded.body`,
		b.ID, string(b.Mode), string(b.Polarity), string(b.Source), int64(seq), string(body)) //nolint:gosec // places stay below 2^63
	if err != nil {
		return b, fmt.Errorf("store: bank %s: %w", b.ID, err)
	}
	return b, nil
}

// one returns a bank; ErrNotFound.
func (v banks) one(ctx context.Context, id string) (b bank.Bank, err error) {
	var body string
	err = v.tx.QueryRow(ctx, `SELECT body FROM bank WHERE id = $1`, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return b, fmt.Errorf("%w: %q", bank.ErrNotFound, id)
	}
	if err != nil {
		return b, fmt.Errorf("store: bank %s: %w", id, err)
	}
	return b, json.Unmarshal([]byte(body), &b)
}

// Add implements bank.Store.
func (v banks) Add(ctx context.Context, id string, list []bank.Entry) (added, changed int, err error) {
	if len(list) == 0 {
		_, err := v.one(ctx, id)
		return 0, 0, err
	}
	seq, err := v.take(ctx, len(list))
	if err != nil {
		return 0, 0, err
	}
	b, err := v.one(ctx, id)
	if err != nil {
		return 0, 0, err
	}
	insert, err := v.tx.tx.PrepareContext(ctx, insertEntry)
	if err != nil {
		return 0, 0, fmt.Errorf("store: add to bank %s: %w", id, err)
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	for i := range list {
		e := list[i]
		e.Bank, e.ID, e.Seq, e.State = id, seq+uint64(i), seq+uint64(i), bank.Live //nolint:gosec // an index
		if e.Provenance.At.IsZero() {
			e.Provenance.At = milli(v.tx.now())
		}
		if e.Expires.IsZero() && b.Keep > 0 {
			e.Expires = e.Provenance.At.Add(b.Keep)
		}
		if err := e.Check(); err != nil {
			return 0, 0, fmt.Errorf("entry %d: %w", i+1, err)
		}
		a, c, err := v.addOne(ctx, insert, &e)
		if err != nil {
			return 0, 0, fmt.Errorf("store: entry %d of bank %s: %w", i+1, id, err)
		}
		added, changed = added+a, changed+c
	}
	return added, changed, nil
}

const insertEntry = `INSERT INTO bank_entry (bank, key, digest, classification, expires_at, seq, body, id, kind, value, state)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $8, $9, 'live') ON CONFLICT (bank, key, digest) DO NOTHING`

// addOne adds an entry, makes one live again that is there, or changes a live one that says something else.
func (v banks) addOne(ctx context.Context, insert *sql.Stmt, e *bank.Entry) (added, changed int, err error) {
	body, err := json.Marshal(e.Provenance)
	if err != nil {
		return 0, 0, err
	}
	digest := e.Digest()
	args := []any{e.Bank, e.Provenance.Key, digest[:], string(e.Classification), nullMilli(e.Expires), int64(e.Seq), string(body)} //nolint:gosec // places stay below 2^63
	r, err := insert.ExecContext(ctx, append(args[:7:7], string(e.Kind), e.Value)...)
	if err != nil {
		return 0, 0, err
	}
	n, err := r.RowsAffected()
	if err != nil || n > 0 {
		return int(n), 0, err
	}
	const set = `UPDATE bank_entry SET state = 'live', classification = $4, expires_at = $5, seq = $6, body = $7 WHERE bank = $1 AND key = $2 AND digest = $3`
	n, err = v.tx.Exec(ctx, set+` AND state <> 'live'`, args...)
	if err != nil || n > 0 {
		return int(n), 0, err
	}
	n, err = v.tx.Exec(ctx, set+` AND (classification <> $4 OR expires_at IS DISTINCT FROM $5)`, args...)
	return 0, int(n), err
}

// Remove implements bank.Store.
func (v banks) Remove(ctx context.Context, id string, w bank.Which, s bank.State) (int, error) {
	if _, err := v.one(ctx, id); err != nil {
		return 0, err
	}
	where, arg := "id = $2", any(int64(w.ID)) //nolint:gosec // places stay below 2^63
	switch {
	case w.Key != "":
		where, arg = "key = $2", w.Key
	case w.Hash != bank.Hash{}:
		d := w.Hash.Digest()
		where, arg = "digest = $2", d[:]
	}
	return v.end(ctx, s, `bank = $1 AND `+where, id, arg)
}

// Expire implements bank.Store.
func (v banks) Expire(ctx context.Context, now time.Time) (int, error) {
	return v.end(ctx, bank.Expired, `expires_at <= $1`, now.UnixMilli())
}

// end makes live entries that meet a condition count no more, each with a place of its own in the sequence.
func (v banks) end(ctx context.Context, s bank.State, where string, args ...any) (int, error) {
	if s == bank.Live {
		return 0, fmt.Errorf("%w: an entry that ends is removed, withdrawn or expired", bank.ErrBank)
	}
	rows, err := v.tx.Query(ctx, `SELECT id FROM bank_entry WHERE state = 'live' AND `+where+` ORDER BY id`, args...)
	if err != nil {
		return 0, fmt.Errorf("store: end entries: %w", err)
	}
	ids, err := collect(rows, func(r scanner) (id int64, err error) { return id, r.Scan(&id) })
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	seq, err := v.take(ctx, len(ids))
	if err != nil {
		return 0, err
	}
	for i, id := range ids {
		_, err := v.tx.Exec(ctx, `UPDATE bank_entry SET state = $1, seq = $2 WHERE id = $3`, string(s), int64(seq)+int64(i), id) //nolint:gosec // places stay below 2^63
		if err != nil {
			return 0, fmt.Errorf("store: end entry %d: %w", id, err)
		}
	}
	return len(ids), nil
}

const entryColumns = `id, bank, kind, value, state, classification, expires_at, seq`

// List implements bank.Store.
func (v banks) List(ctx context.Context, f bank.Filter) ([]bank.Entry, error) {
	if f.Limit <= 0 {
		f.Limit = entriesOfBank
	}
	query, args := `SELECT `+entryColumns+`, body FROM bank_entry WHERE id > $1`, []any{int64(f.After)} //nolint:gosec // places stay below 2^63
	add := func(column string, value any) {
		args = append(args, value)
		query += fmt.Sprintf(` AND %s = $%d`, column, len(args))
	}
	if f.Bank != "" {
		add("bank", f.Bank)
	}
	if f.Kind != "" {
		add("kind", string(f.Kind))
	}
	if f.State != "" {
		add("state", string(f.State))
	}
	if f.Key != "" {
		add("key", f.Key)
	}
	if f.Hash != (bank.Hash{}) {
		d := f.Hash.Digest()
		add("digest", d[:])
	}
	args = append(args, min(f.Limit, maxEntriesOfBank))
	rows, err := v.tx.Query(ctx, query+fmt.Sprintf(` ORDER BY id LIMIT $%d`, len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("store: list entries: %w", err)
	}
	return collect(rows, scanWholeEntry)
}

// Get implements bank.Follow.
func (v banks) Get(ctx context.Context, ids []uint64) ([]bank.Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), int64(id) //nolint:gosec // places stay below 2^63
	}
	rows, err := v.tx.Query(ctx, `SELECT `+entryColumns+`, body FROM bank_entry WHERE id IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("store: read entries: %w", err)
	}
	return collect(rows, scanWholeEntry)
}

// Since implements bank.Follow.
func (v banks) Since(ctx context.Context, r bank.Range, f func(*bank.Entry) error) (err error) {
	// From the beginning the table is read from end to end; the sign keeps the engines from going by the index.
	where := `+seq > $1 AND +seq <= $2`
	if r.After > 0 {
		where = `seq > $1 AND seq <= $2`
	}
	args := []any{int64(r.After), int64(r.Until)} //nolint:gosec // places stay below 2^63
	if r.Only != "" {
		args = append(args, string(r.Only))
		where += fmt.Sprintf(` AND kind = $%d`, len(args))
	}
	if r.Not != "" {
		args = append(args, string(r.Not))
		where += fmt.Sprintf(` AND kind <> $%d`, len(args))
	}
	if r.Bank != "" {
		args = append(args, r.Bank)
		where += fmt.Sprintf(` AND bank = $%d`, len(args))
	}
	if r.Live {
		where += ` AND state = 'live'`
	}
	rows, err := v.tx.Query(ctx, `SELECT `+entryColumns+` FROM bank_entry WHERE `+where, args...)
	if err != nil {
		return fmt.Errorf("store: follow entries: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return fmt.Errorf("store: follow entries: %w", err)
		}
		if err := f(&e); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Live implements bank.Follow.
func (v banks) Live(ctx context.Context, k bank.Kind) (n int, err error) {
	if err := v.tx.QueryRow(ctx, `SELECT COUNT(*) FROM bank_entry WHERE state = 'live' AND kind = $1`, string(k)).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: count entries: %w", err)
	}
	return n, nil
}

// Count implements bank.Store.
func (v banks) Count(ctx context.Context) (map[string]map[bank.Kind]int, error) {
	rows, err := v.tx.Query(ctx, `SELECT bank, kind, COUNT(*) FROM bank_entry WHERE state = 'live' GROUP BY bank, kind`)
	if err != nil {
		return nil, fmt.Errorf("store: count entries: %w", err)
	}
	out := map[string]map[bank.Kind]int{}
	_, err = collect(rows, func(r scanner) (none struct{}, err error) {
		var id, kind string
		var n int
		if err := r.Scan(&id, &kind, &n); err != nil {
			return none, err
		}
		if out[id] == nil {
			out[id] = map[bank.Kind]int{}
		}
		out[id][bank.Kind(kind)] = n
		return none, nil
	})
	return out, err
}

func scanEntry(r scanner, more ...any) (e bank.Entry, err error) {
	var id, seq int64
	var expires sql.NullInt64
	err = r.Scan(append([]any{&id, &e.Bank, &e.Kind, &e.Value, &e.State, &e.Classification, &expires, &seq}, more...)...)
	e.ID, e.Seq, e.Expires = uint64(id), uint64(seq), fromNullMilli(expires) //nolint:gosec // above 0 by the table
	return e, err
}

func scanWholeEntry(r scanner) (bank.Entry, error) {
	var body string
	e, err := scanEntry(r, &body)
	if err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(body), &e.Provenance)
}
