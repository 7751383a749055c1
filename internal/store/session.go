package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"haris/internal/auth"
)

// Sessions is the view of the sessions.
func (tx *Tx) Sessions() auth.Sessions { return sessions{tx} }

// Keys is the view of the API keys.
func (tx *Tx) Keys() auth.Keys { return keys{tx} }

type sessions struct{ tx *Tx }

const sessionColumns = `hash, person, stage, way, begun_at, used_at, proved_at, agent, network, form_before`

// Add implements auth.Sessions.
func (v sessions) Add(ctx context.Context, s auth.Session) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO session (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.Hash, s.Person, string(s.Stage), string(s.Way), s.Begun.UnixMilli(), s.Used.UnixMilli(), s.Proved.UnixMilli(), s.Agent, s.Network, s.FormBefore)
	if err != nil {
		return fmt.Errorf("store: add session: %w", err)
	}
	return nil
}

// Get implements auth.Sessions.
func (v sessions) Get(ctx context.Context, hash []byte) (auth.Session, error) {
	return scanSession(v.tx.QueryRow(ctx, `SELECT `+sessionColumns+` FROM session WHERE hash = $1`, hash))
}

// Of implements auth.Sessions.
func (v sessions) Of(ctx context.Context, person string) ([]auth.Session, error) {
	rows, err := v.tx.Query(ctx, `SELECT `+sessionColumns+` FROM session WHERE person = $1 ORDER BY used_at DESC, hash`, person)
	if err != nil {
		return nil, fmt.Errorf("store: list sessions: %w", err)
	}
	return collect(rows, scanSession)
}

func scanSession(r scanner) (s auth.Session, err error) {
	var begun, used, proved int64
	if err := r.Scan(&s.Hash, &s.Person, &s.Stage, &s.Way, &begun, &used, &proved, &s.Agent, &s.Network, &s.FormBefore); err != nil {
		return auth.Session{}, orNotFound(err, "read session")
	}
	s.Begun, s.Used, s.Proved = fromMilli(begun), fromMilli(used), fromMilli(proved)
	return s, nil
}

// Touch implements auth.Sessions. It never moves the time back and never revives a session that ended.
func (v sessions) Touch(ctx context.Context, hash []byte, at time.Time) error {
	if _, err := v.tx.Exec(ctx, `UPDATE session SET used_at = $2 WHERE hash = $1 AND used_at < $2`, hash, at.UnixMilli()); err != nil {
		return fmt.Errorf("store: touch session: %w", err)
	}
	return nil
}

// End implements auth.Sessions.
func (v sessions) End(ctx context.Context, hash []byte) error {
	if _, err := v.tx.Exec(ctx, `DELETE FROM session WHERE hash = $1`, hash); err != nil {
		return fmt.Errorf("store: end session: %w", err)
	}
	return nil
}

// EndAll implements auth.Sessions.
func (v sessions) EndAll(ctx context.Context, person string) (int, error) {
	n, err := v.tx.Exec(ctx, `DELETE FROM session WHERE person = $1`, person)
	if err != nil {
		return 0, fmt.Errorf("store: end sessions: %w", err)
	}
	return int(n), nil
}

// Sweep implements auth.Sessions.
func (v sessions) Sweep(ctx context.Context, begun, used time.Time) (int, error) {
	n, err := v.tx.Exec(ctx, `DELETE FROM session WHERE begun_at < $1 OR used_at < $2`, begun.UnixMilli(), used.UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("store: sweep sessions: %w", err)
	}
	return int(n), nil
}

type keys struct{ tx *Tx }

const keyColumns = `id, source, scopes, hash, created_at, created_by, used_at, revoked_at`

// Add implements auth.Keys.
func (v keys) Add(ctx context.Context, k auth.Key) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO api_key (`+keyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		k.ID, k.Source, joinWords(k.Scopes), k.Hash, k.CreatedAt.UnixMilli(), k.CreatedBy, nullMilli(k.UsedAt), nullMilli(k.RevokedAt))
	if err != nil {
		return fmt.Errorf("store: add API key: %w", err)
	}
	return nil
}

// Get implements auth.Keys.
func (v keys) Get(ctx context.Context, id string) (auth.Key, error) {
	return scanKey(v.tx.QueryRow(ctx, `SELECT `+keyColumns+` FROM api_key WHERE id = $1`, id))
}

// List implements auth.Keys.
func (v keys) List(ctx context.Context) ([]auth.Key, error) {
	rows, err := v.tx.Query(ctx, `SELECT `+keyColumns+` FROM api_key ORDER BY created_at DESC, id DESC`)
	if err != nil {
		return nil, fmt.Errorf("store: list API keys: %w", err)
	}
	return collect(rows, scanKey)
}

// Revoke implements auth.Keys.
func (v keys) Revoke(ctx context.Context, id string, at time.Time) error {
	n, err := v.tx.Exec(ctx, `UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL`, id, at.UnixMilli())
	return changed(n, err, "revoke API key")
}

// Used implements auth.Keys.
func (v keys) Used(ctx context.Context, id string, at time.Time) error {
	n, err := v.tx.Exec(ctx, `UPDATE api_key SET used_at = $2 WHERE id = $1`, id, at.UnixMilli())
	return changed(n, err, "mark API key used")
}

func scanKey(r scanner) (k auth.Key, err error) {
	var scopes string
	var created int64
	var used, revoked sql.NullInt64
	err = r.Scan(&k.ID, &k.Source, &scopes, &k.Hash, &created, &k.CreatedBy, &used, &revoked)
	if err != nil {
		return auth.Key{}, orNotFound(err, "read API key")
	}
	k.Scopes, k.CreatedAt = splitWords[auth.Scope](scopes), fromMilli(created)
	k.UsedAt, k.RevokedAt = fromNullMilli(used), fromNullMilli(revoked)
	return k, nil
}
