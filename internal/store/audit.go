package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"haris/internal/audit"
)

// Audit returns the audit log within the transaction.
func (tx *Tx) Audit() audit.Log { return auditStore{tx} }

// AuditSource returns what audit.Verify reads. In one read transaction it sees one moment, so that a log which grows meanwhile
// verifies.
func (tx *Tx) AuditSource() audit.Source { return auditStore{tx} }

// auditStore keeps the log: its entries, the hashes of its tree, and the head with the right edge, from which an append is
// computed without reading anything else.
type auditStore struct{ tx *Tx }

var (
	_ audit.Log    = auditStore{}
	_ audit.Source = auditStore{}
)

// Append writes an entry at the end.
func (s auditStore) Append(ctx context.Context, e audit.Entry) (int64, error) {
	tree, err := s.tree(ctx)
	if err != nil {
		return 0, err
	}
	e.Index = tree.Size
	e, record, err := audit.Record(e)
	if err != nil {
		return 0, err
	}
	grown, hashes := tree.Append(record)
	head, err := grown.Head()
	if err != nil {
		return 0, err
	}
	// The head comes first: two transactions meet here, and PostgreSQL tells one of them to run again.
	_, err = s.tx.Exec(ctx, `INSERT INTO audit_head (id, size, hash, edge) VALUES (1, $1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET size = excluded.size, hash = excluded.hash, edge = excluded.edge`,
		head.Size, head.Hash[:], grown.EncodeEdge())
	if err != nil {
		return 0, fmt.Errorf("store: audit head: %w", err)
	}
	_, err = s.tx.Exec(ctx, `INSERT INTO audit_entry (idx, at, who, act, object, record) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Index, e.At.UnixMilli(), e.Who, e.Act, e.Object, string(record))
	if err != nil {
		return 0, fmt.Errorf("store: audit entry %d: %w", e.Index, err)
	}
	first := tlog.StoredHashIndex(0, e.Index)
	for i, h := range hashes {
		if _, err := s.tx.Exec(ctx, `INSERT INTO audit_hash (idx, hash) VALUES ($1, $2)`, first+int64(i), h[:]); err != nil {
			return 0, fmt.Errorf("store: audit hash: %w", err)
		}
	}
	s.tx.tree = &grown
	return e.Index, nil
}

// tree returns the tree to append to, read once a transaction.
func (s auditStore) tree(ctx context.Context) (audit.Tree, error) {
	if s.tx.tree != nil {
		return *s.tx.tree, nil
	}
	head, edge, err := s.Head(ctx)
	if errors.Is(err, audit.ErrNoHead) {
		return audit.Tree{}, nil
	}
	if err != nil {
		return audit.Tree{}, err
	}
	return audit.DecodeTree(head, edge)
}

// Head returns the stored head and edge; audit.ErrNoHead when nothing was ever appended.
func (s auditStore) Head(ctx context.Context) (audit.Head, []byte, error) {
	var h audit.Head
	var hash, edge []byte
	err := s.tx.QueryRow(ctx, `SELECT size, hash, edge FROM audit_head WHERE id = 1`).Scan(&h.Size, &hash, &edge)
	if errors.Is(err, sql.ErrNoRows) {
		return h, nil, audit.ErrNoHead
	}
	if err != nil {
		return h, nil, fmt.Errorf("store: audit head: %w", err)
	}
	if len(hash) != tlog.HashSize {
		return h, nil, fmt.Errorf("%w: a hash of %d bytes", audit.ErrHead, len(hash))
	}
	h.Hash = tlog.Hash(hash)
	return h, edge, nil
}

// Rows returns stored entries from an index on.
func (s auditStore) Rows(ctx context.Context, from int64, limit int) ([]audit.Row, error) {
	return s.rows(ctx, `SELECT idx, at, who, act, object, record FROM audit_entry WHERE idx >= $1 ORDER BY idx LIMIT $2`, from, limit)
}

func (s auditStore) rows(ctx context.Context, query string, args ...any) (_ []audit.Row, err error) {
	rows, err := s.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: audit entries: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var out []audit.Row
	for rows.Next() {
		var r audit.Row
		var at int64
		var record string
		if err := rows.Scan(&r.Index, &at, &r.Who, &r.Act, &r.Object, &record); err != nil {
			return nil, fmt.Errorf("store: audit entries: %w", err)
		}
		r.At, r.Record = fromMilli(at), []byte(record)
		out = append(out, r)
	}
	return out, rows.Err()
}

// Hashes returns stored hashes from a number on.
func (s auditStore) Hashes(ctx context.Context, from int64, limit int) (_ []audit.StoredHash, err error) {
	rows, err := s.tx.Query(ctx, `SELECT idx, hash FROM audit_hash WHERE idx >= $1 ORDER BY idx LIMIT $2`, from, limit)
	if err != nil {
		return nil, fmt.Errorf("store: audit hashes: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var out []audit.StoredHash
	for rows.Next() {
		var h audit.StoredHash
		if err := rows.Scan(&h.Number, &h.Hash); err != nil {
			return nil, fmt.Errorf("store: audit hashes: %w", err)
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// AuditHashes reads stored hashes of the audit log for audit.Continues.
func (tx *Tx) AuditHashes(ctx context.Context) tlog.HashReader {
	return tlog.HashReaderFunc(func(numbers []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(numbers))
		for i, n := range numbers {
			var h []byte
			if err := tx.QueryRow(ctx, `SELECT hash FROM audit_hash WHERE idx = $1`, n).Scan(&h); err != nil {
				return nil, fmt.Errorf("store: audit hash %d: %w", n, err)
			}
			if len(h) != tlog.HashSize {
				return nil, fmt.Errorf("store: audit hash %d has %d bytes", n, len(h))
			}
			out[i] = tlog.Hash(h)
		}
		return out, nil
	})
}
