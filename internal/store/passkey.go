package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"haris/internal/auth"
)

// Passkeys is the view of the passkeys.
func (tx *Tx) Passkeys() auth.Passkeys { return passkeys{tx} }

// Ceremonies is the view of what browsers were asked.
func (tx *Tx) Ceremonies() auth.Ceremonies { return ceremonies{tx} }

type passkeys struct{ tx *Tx }

// Add implements auth.Passkeys.
func (v passkeys) Add(ctx context.Context, k auth.Passkey) error {
	n, err := v.tx.Exec(ctx, `INSERT INTO passkey (id, person, name, body, made_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
		k.ID, k.Person, k.Name, k.Body, k.Made.UnixMilli())
	if err != nil {
		return fmt.Errorf("store: add passkey: %w", err)
	}
	if n == 0 {
		return auth.ErrTaken
	}
	return nil
}

// Of implements auth.Passkeys.
func (v passkeys) Of(ctx context.Context, person string) ([]auth.Passkey, error) {
	rows, err := v.tx.Query(ctx, `SELECT id, person, name, body, made_at, used_at FROM passkey WHERE person = $1 ORDER BY made_at, id`, person)
	if err != nil {
		return nil, fmt.Errorf("store: list passkeys: %w", err)
	}
	return collect(rows, func(r scanner) (k auth.Passkey, err error) {
		var made int64
		var used sql.NullInt64
		if err := r.Scan(&k.ID, &k.Person, &k.Name, &k.Body, &made, &used); err != nil {
			return auth.Passkey{}, fmt.Errorf("store: list passkeys: %w", err)
		}
		k.Made, k.Used = fromMilli(made), fromNullMilli(used)
		return k, nil
	})
}

// Used implements auth.Passkeys.
func (v passkeys) Used(ctx context.Context, id []byte, body string, at time.Time) error {
	n, err := v.tx.Exec(ctx, `UPDATE passkey SET body = $2, used_at = $3 WHERE id = $1`, id, body, at.UnixMilli())
	return changed(n, err, "use passkey")
}

// Remove implements auth.Passkeys.
func (v passkeys) Remove(ctx context.Context, id []byte) error {
	n, err := v.tx.Exec(ctx, `DELETE FROM passkey WHERE id = $1`, id)
	return changed(n, err, "remove passkey")
}

type ceremonies struct{ tx *Tx }

// Put implements auth.Ceremonies.
func (v ceremonies) Put(ctx context.Context, c auth.Ceremony, now time.Time) error {
	if _, err := v.tx.Exec(ctx, `DELETE FROM ceremony WHERE ends_at < $1`, now.UnixMilli()); err != nil {
		return fmt.Errorf("store: sweep ceremonies: %w", err)
	}
	_, err := v.tx.Exec(ctx, `INSERT INTO ceremony (hash, body, ends_at) VALUES ($1, $2, $3)
		ON CONFLICT (hash) DO UPDATE SET body = excluded.body, ends_at = excluded.ends_at`, c.Hash, c.Body, c.Ends.UnixMilli())
	if err != nil {
		return fmt.Errorf("store: store ceremony: %w", err)
	}
	return nil
}

// Take implements auth.Ceremonies.
func (v ceremonies) Take(ctx context.Context, hash []byte) (auth.Ceremony, error) {
	c := auth.Ceremony{Hash: hash}
	var ends int64
	err := v.tx.QueryRow(ctx, `DELETE FROM ceremony WHERE hash = $1 RETURNING body, ends_at`, hash).Scan(&c.Body, &ends)
	if err != nil {
		return auth.Ceremony{}, orNotFound(err, "take ceremony")
	}
	c.Ends = fromMilli(ends)
	return c, nil
}
