package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"haris/internal/evidence"
)

// Evidence is the view of the vault's keys, manifest and custody, with the audit log they write to.
func (tx *Tx) Evidence() evidence.Tx {
	return evidence.Tx{Keys: evidenceKeys{tx}, Manifest: manifest{tx}, Chain: custody{tx}, Keeping: keeping{tx}, Audit: tx.Audit(), Book: tx.AuditBook()}
}

// EvidenceKeeper runs the vault's transactions on db.
func EvidenceKeeper(db *DB) evidence.Keeper { return evidenceKeeper{db} }

type evidenceKeeper struct{ db *DB }

func (k evidenceKeeper) Write(ctx context.Context, f func(evidence.Tx) error) error {
	return k.db.Write(ctx, func(tx *Tx) error { return f(tx.Evidence()) })
}

func (k evidenceKeeper) Read(ctx context.Context, f func(evidence.Tx) error) error {
	return k.db.Read(ctx, func(tx *Tx) error { return f(tx.Evidence()) })
}

type evidenceKeys struct{ tx *Tx }

// Key implements evidence.Keys.
func (v evidenceKeys) Key(ctx context.Context, caseID string) (evidence.Key, error) {
	k := evidence.Key{Case: caseID}
	var created int64
	var destroyed sql.NullInt64
	err := v.tx.QueryRow(ctx, `SELECT recipient, working, wrapped, escrow, created_at, destroyed_at FROM evidence_key WHERE case_id = $1`, caseID).
		Scan(&k.Recipient, &k.Working, &k.Wrapped, &k.Escrow, &created, &destroyed)
	if err != nil {
		return evidence.Key{}, noEvidence(err, "read evidence key")
	}
	k.CreatedAt, k.DestroyedAt = fromMilli(created), fromNullMilli(destroyed)
	return k, nil
}

// AddKey implements evidence.Keys.
func (v evidenceKeys) AddKey(ctx context.Context, k evidence.Key) (bool, error) {
	n, err := v.tx.Exec(ctx, `INSERT INTO evidence_key (case_id, recipient, working, wrapped, escrow, created_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (case_id) DO NOTHING`,
		k.Case, k.Recipient, k.Working, k.Wrapped, nullBytes(k.Escrow), k.CreatedAt.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("store: add evidence key: %w", err)
	}
	return n == 1, nil
}

// DestroyKey implements evidence.Keys.
func (v evidenceKeys) DestroyKey(ctx context.Context, k evidence.Key) error {
	n, err := v.tx.Exec(ctx, `UPDATE evidence_key SET wrapped = NULL, escrow = NULL, destroyed_at = $2
		WHERE case_id = $1 AND destroyed_at IS NULL`, k.Case, k.DestroyedAt.UnixMilli())
	if err != nil {
		return fmt.Errorf("store: destroy evidence key: %w", err)
	}
	if n == 1 {
		return nil
	}
	if _, err := v.Key(ctx, k.Case); err != nil {
		return err
	}
	return evidence.ErrDestroyed
}

type manifest struct{ tx *Tx }

const itemColumns = `id, case_id, kind, name, media_type, sha256, md5, size, sealed_sha, sealed_size, origin, created_at, created_by`

// AddItem implements evidence.Manifest.
func (v manifest) AddItem(ctx context.Context, i evidence.Item) error {
	origin, err := json.Marshal(i.Origin)
	if err != nil {
		return fmt.Errorf("store: add evidence: %w", err)
	}
	_, err = v.tx.Exec(ctx, `INSERT INTO evidence_item (`+itemColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		i.ID, i.Case, string(i.Kind), i.Name, i.MediaType, i.SHA256, i.MD5, i.Size, i.SealedSHA, i.SealedSize,
		string(origin), i.CreatedAt.UnixMilli(), i.CreatedBy)
	if err != nil {
		return fmt.Errorf("store: add evidence: %w", err)
	}
	return nil
}

// Item implements evidence.Manifest.
func (v manifest) Item(ctx context.Context, id string) (evidence.Item, error) {
	hides, err := v.tx.Hides(ctx, OfEvidence, id)
	if err != nil {
		return evidence.Item{}, err
	}
	if hides {
		return evidence.Item{}, evidence.ErrNotFound
	}
	return v.row(ctx, id)
}

func (v manifest) row(ctx context.Context, id string) (evidence.Item, error) {
	i, err := scanItem(v.tx.QueryRow(ctx, `SELECT `+itemColumns+` FROM evidence_item WHERE id = $1`, id))
	if err != nil {
		return evidence.Item{}, noEvidence(err, "read evidence")
	}
	return i, nil
}

// Items implements evidence.Manifest.
func (v manifest) Items(ctx context.Context, caseID string) ([]evidence.Item, error) {
	rows, err := v.tx.Query(ctx, `SELECT `+itemColumns+` FROM evidence_item WHERE case_id = $1 ORDER BY created_at, id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("store: list evidence: %w", err)
	}
	return collect(rows, scanItem)
}

// Sealed implements evidence.Manifest.
func (v manifest) Sealed(ctx context.Context, caseID string) (ok bool, err error) {
	return exists(ctx, v.tx, `SELECT 1 FROM evidence_item i JOIN evidence_key k ON k.case_id = i.case_id
		WHERE i.case_id = $1 AND k.destroyed_at IS NULL LIMIT 1`, caseID)
}

// Known implements evidence.Manifest.
func (v manifest) Known(ctx context.Context, sealedSHA string) (bool, error) {
	return exists(ctx, v.tx, `SELECT 1 FROM evidence_item WHERE sealed_sha = $1`, sealedSHA)
}

func scanItem(r scanner) (i evidence.Item, err error) {
	var origin string
	var created int64
	err = r.Scan(&i.ID, &i.Case, &i.Kind, &i.Name, &i.MediaType, &i.SHA256, &i.MD5, &i.Size, &i.SealedSHA, &i.SealedSize,
		&origin, &created, &i.CreatedBy)
	if err != nil {
		return i, err
	}
	i.CreatedAt = fromMilli(created)
	if err := json.Unmarshal([]byte(origin), &i.Origin); err != nil {
		return i, fmt.Errorf("origin of evidence %s: %w", i.ID, err)
	}
	return i, nil
}

type custody struct{ tx *Tx }

// Note implements evidence.Chain.
func (v custody) Note(ctx context.Context, c evidence.Custody) (evidence.Custody, error) {
	err := v.tx.QueryRow(ctx, `SELECT COALESCE(MAX(n), 0) + 1 FROM custody WHERE item = $1`, c.Item).Scan(&c.N)
	if err != nil {
		return c, fmt.Errorf("store: note custody: %w", err)
	}
	_, err = v.tx.Exec(ctx, `INSERT INTO custody (item, n, at, who, act, why) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.Item, c.N, c.At.UnixMilli(), c.Who, string(c.Act), c.Why)
	if err != nil {
		return c, fmt.Errorf("store: note custody: %w", err)
	}
	return c, nil
}

// Custody implements evidence.Chain.
func (v custody) Custody(ctx context.Context, item string) ([]evidence.Custody, error) {
	rows, err := v.tx.Query(ctx, `SELECT item, n, at, who, act, why FROM custody WHERE item = $1 ORDER BY n`, item)
	if err != nil {
		return nil, fmt.Errorf("store: list custody: %w", err)
	}
	return collect(rows, func(r scanner) (c evidence.Custody, err error) {
		var at int64
		err = r.Scan(&c.Item, &c.N, &at, &c.Who, &c.Act, &c.Why)
		c.At = fromMilli(at)
		return c, err
	})
}

// exists reports whether a query returns a row.
func exists(ctx context.Context, tx *Tx, query string, args ...any) (bool, error) {
	var one int
	err := tx.QueryRow(ctx, query, args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("store: %w", err)
	}
	return true, nil
}

// noEvidence turns "no row" into evidence.ErrNotFound.
func noEvidence(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return evidence.ErrNotFound
	}
	return fmt.Errorf("store: %s: %w", what, err)
}

// nullBytes stores nothing for nil.
func nullBytes(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}
