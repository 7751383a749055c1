package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"haris/internal/auth"
)

// People is the view of the persons.
func (tx *Tx) People() auth.People { return people{tx} }

// Links is the view of the one-time sign-in links.
func (tx *Tx) Links() auth.Links { return links{tx} }

type people struct{ tx *Tx }

const personColumns = `id, login, name, roles, tongue, zone, digits, password_hash, created_at, disabled_at, confined, soft`

// Add implements auth.People.
func (v people) Add(ctx context.Context, p auth.Person) error {
	n, err := v.tx.Exec(ctx, `INSERT INTO person (`+personColumns+`, lang) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'en') ON CONFLICT (login) DO NOTHING`,
		p.ID, p.Login, p.Name, joinWords(p.Roles), p.Lang, p.Zone, string(p.Digits), p.PasswordHash, p.CreatedAt.UnixMilli(), nullMilli(p.DisabledAt), bit(p.Confined), bit(p.Soft))
	if err != nil {
		return fmt.Errorf("store: add person: %w", err)
	}
	if n == 0 {
		return auth.ErrTaken
	}
	return nil
}

// Get implements auth.People.
func (v people) Get(ctx context.Context, id string) (auth.Person, error) {
	return scanPerson(v.tx.QueryRow(ctx, `SELECT `+personColumns+` FROM person WHERE id = $1`, id))
}

// ByLogin implements auth.People.
func (v people) ByLogin(ctx context.Context, login string) (auth.Person, error) {
	return scanPerson(v.tx.QueryRow(ctx, `SELECT `+personColumns+` FROM person WHERE login = $1`, login))
}

// List implements auth.People.
func (v people) List(ctx context.Context) ([]auth.Person, error) {
	rows, err := v.tx.Query(ctx, `SELECT `+personColumns+` FROM person ORDER BY login`)
	if err != nil {
		return nil, fmt.Errorf("store: list people: %w", err)
	}
	return collect(rows, scanPerson)
}

// Update implements auth.People.
func (v people) Update(ctx context.Context, p auth.Person) error {
	other, err := v.ByLogin(ctx, p.Login)
	if err == nil && other.ID != p.ID {
		return auth.ErrTaken
	}
	if err != nil && !errors.Is(err, auth.ErrNotFound) {
		return err
	}
	n, err := v.tx.Exec(ctx, `UPDATE person SET login = $2, name = $3, roles = $4, tongue = $5, zone = $6, digits = $7, password_hash = $8, disabled_at = $9, confined = $10, soft = $11 WHERE id = $1`,
		p.ID, p.Login, p.Name, joinWords(p.Roles), p.Lang, p.Zone, string(p.Digits), p.PasswordHash, nullMilli(p.DisabledAt), bit(p.Confined), bit(p.Soft))
	return changed(n, err, "update person")
}

// scanner is one row.
type scanner interface{ Scan(dest ...any) error }

func scanPerson(r scanner) (p auth.Person, err error) {
	var roles string
	var created, confined, soft int64
	var disabled sql.NullInt64
	err = r.Scan(&p.ID, &p.Login, &p.Name, &roles, &p.Lang, &p.Zone, &p.Digits, &p.PasswordHash, &created, &disabled, &confined, &soft)
	if err != nil {
		return auth.Person{}, orNotFound(err, "read person")
	}
	p.Confined, p.Soft = confined == 1, soft == 1
	p.Roles, p.CreatedAt, p.DisabledAt = splitWords[auth.Role](roles), fromMilli(created), fromNullMilli(disabled)
	return p, nil
}

type links struct{ tx *Tx }

// Add implements auth.Links.
func (v links) Add(ctx context.Context, l auth.Link) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO sign_in_link (hash, person, ends_at) VALUES ($1, $2, $3)`, l.Hash, l.Person, l.Ends.UnixMilli())
	if err != nil {
		return fmt.Errorf("store: add link: %w", err)
	}
	return nil
}

// Get implements auth.Links.
func (v links) Get(ctx context.Context, hash []byte) (auth.Link, error) {
	l := auth.Link{Hash: hash}
	var ends int64
	err := v.tx.QueryRow(ctx, `SELECT person, ends_at FROM sign_in_link WHERE hash = $1 AND used_at IS NULL`, hash).Scan(&l.Person, &ends)
	if err != nil {
		return auth.Link{}, orNotFound(err, "read link")
	}
	l.Ends = fromMilli(ends)
	return l, nil
}

// Use implements auth.Links.
func (v links) Use(ctx context.Context, hash []byte, at time.Time) error {
	n, err := v.tx.Exec(ctx, `UPDATE sign_in_link SET used_at = $2 WHERE hash = $1 AND used_at IS NULL`, hash, at.UnixMilli())
	return changed(n, err, "use link")
}

// EndAll implements auth.Links.
func (v links) EndAll(ctx context.Context, person string, at time.Time) error {
	_, err := v.tx.Exec(ctx, `UPDATE sign_in_link SET used_at = $2 WHERE person = $1 AND used_at IS NULL`, person, at.UnixMilli())
	if err != nil {
		return fmt.Errorf("store: end links: %w", err)
	}
	return nil
}

// changed turns "no row" into auth.ErrNotFound.
func changed(n int64, err error, what string) error {
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, err)
	}
	if n == 0 {
		return auth.ErrNotFound
	}
	return nil
}

func orNotFound(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return auth.ErrNotFound
	}
	return fmt.Errorf("store: %s: %w", what, err)
}

// collect reads every row and closes them.
func collect[T any](rows *sql.Rows, scan func(scanner) (T, error)) (out []T, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func joinWords[T ~string](words []T) string {
	s := make([]string, len(words))
	for i, w := range words {
		s[i] = string(w)
	}
	return strings.Join(s, " ")
}

func splitWords[T ~string](s string) (out []T) {
	for _, w := range strings.Fields(s) {
		out = append(out, T(w))
	}
	return out
}

func fromMilli(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func nullMilli(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

func fromNullMilli(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return fromMilli(n.Int64)
}
