package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"haris/internal/exchange"
)

// Exchanges returns how far sharing programmes were taken in, within the transaction.
func (tx *Tx) Exchanges() exchange.Store { return exchanges{tx} }

type exchanges struct{ tx *Tx }

var _ exchange.Store = exchanges{}

// State implements exchange.Store.
func (v exchanges) State(ctx context.Context, name string) (exchange.State, error) {
	s := exchange.State{Name: name}
	var body string
	err := v.tx.QueryRow(ctx, `SELECT body FROM exchange WHERE name = $1`, name).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), &s)
	}
	if err != nil {
		return s, fmt.Errorf("store: exchange %s: %w", name, err)
	}
	return s, nil
}

// States implements exchange.Store.
func (v exchanges) States(ctx context.Context) ([]exchange.State, error) {
	rows, err := v.tx.Query(ctx, `SELECT body FROM exchange ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("store: list exchanges: %w", err)
	}
	return collect(rows, func(r scanner) (s exchange.State, err error) {
		var body string
		if err := r.Scan(&body); err != nil {
			return s, err
		}
		return s, json.Unmarshal([]byte(body), &s)
	})
}

// Save implements exchange.Store.
func (v exchanges) Save(ctx context.Context, s exchange.State) (exchange.State, error) {
	was := s.Version
	s.Version++
	body, err := json.Marshal(s)
	if err != nil {
		return s, fmt.Errorf("store: exchange %s: %w", s.Name, err)
	}
	query, args := `UPDATE exchange SET version = $2, body = $3 WHERE name = $1 AND version = $4`, []any{s.Name, s.Version, string(body), was}
	if was == 0 {
		query, args = `INSERT INTO exchange (name, version, body) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`, args[:3]
	}
	n, err := v.tx.Exec(ctx, query, args...)
	if err != nil {
		return s, fmt.Errorf("store: exchange %s: %w", s.Name, err)
	}
	if n == 0 {
		return s, fmt.Errorf("%w: %s", exchange.ErrConflict, s.Name)
	}
	return s, nil
}

// keysAtOnce is how many keys one query names.
const keysAtOnce = 500

// inKeys runs f for the keys part by part, with the marks and arguments of a query whose first argument is the exchange.
func inKeys(name string, keys []string, f func(marks string, args []any) error) error {
	for len(keys) > 0 {
		part := keys[:min(len(keys), keysAtOnce)]
		keys = keys[len(part):]
		marks, args := make([]string, len(part)), []any{name}
		for i, k := range part {
			marks[i] = fmt.Sprintf("$%d", i+2)
			args = append(args, k)
		}
		if err := f(strings.Join(marks, ", "), args); err != nil {
			return err
		}
	}
	return nil
}

const recordColumns = `key, round, stance, mark, handle`

func scanRecord(r scanner) (k exchange.Known, err error) {
	return k, r.Scan(&k.Key, &k.Round, &k.Stance, &k.Mark, &k.Handle)
}

// Records implements exchange.Records.
func (v exchanges) Records(ctx context.Context, name string, keys []string) (out []exchange.Known, err error) {
	err = inKeys(name, keys, func(marks string, args []any) error {
		rows, err := v.tx.Query(ctx, `SELECT `+recordColumns+` FROM exchange_record WHERE exchange = $1 AND key IN (`+marks+`)`, args...)
		if err != nil {
			return fmt.Errorf("store: records of %s: %w", name, err)
		}
		list, err := collect(rows, scanRecord)
		out = append(out, list...)
		return err
	})
	return out, err
}

// Keep implements exchange.Records.
func (v exchanges) Keep(ctx context.Context, name string, list []exchange.Known) (err error) {
	if len(list) == 0 {
		return nil
	}
	put, err := v.tx.tx.PrepareContext(ctx, `INSERT INTO exchange_record (exchange, `+recordColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (exchange, key) DO UPDATE SET round = excluded.round, stance = excluded.stance, mark = excluded.mark, handle = excluded.handle`)
	if err != nil {
		return fmt.Errorf("store: records of %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, put.Close()) }()
	for i := range list {
		k := &list[i]
		if _, err := put.ExecContext(ctx, name, k.Key, k.Round, string(k.Stance), k.Mark, k.Handle); err != nil {
			return fmt.Errorf("store: record %d of %s: %w", i+1, name, err)
		}
	}
	return nil
}

// Forget implements exchange.Records.
func (v exchanges) Forget(ctx context.Context, name string, keys []string) (gone int, err error) {
	err = inKeys(name, keys, func(marks string, args []any) error {
		n, err := v.tx.Exec(ctx, `DELETE FROM exchange_record WHERE exchange = $1 AND key IN (`+marks+`)`, args...)
		if err != nil {
			return fmt.Errorf("store: forget records of %s: %w", name, err)
		}
		gone += int(n)
		return nil
	})
	return gone, err
}

// Behind implements exchange.Records.
func (v exchanges) Behind(ctx context.Context, name string, round int64, limit int) ([]exchange.Known, error) {
	rows, err := v.tx.Query(ctx, `SELECT `+recordColumns+` FROM exchange_record WHERE exchange = $1 AND round < $2 ORDER BY key LIMIT $3`, name, round, limit)
	if err != nil {
		return nil, fmt.Errorf("store: records of %s: %w", name, err)
	}
	return collect(rows, scanRecord)
}
