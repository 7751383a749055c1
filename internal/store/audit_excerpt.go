package store

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"haris/internal/audit"
)

// AuditBook returns what excerpts of the audit log are made from.
func (tx *Tx) AuditBook() audit.Book { return auditStore{tx} }

// About implements audit.Book.
func (s auditStore) About(ctx context.Context, object string, size int64) ([]audit.Row, error) {
	return s.rows(ctx, `SELECT idx, at, who, act, object, record FROM audit_entry WHERE object = $1 AND idx < $2 ORDER BY idx`, object, size)
}

// Stored implements audit.Book.
func (s auditStore) Stored(ctx context.Context) tlog.HashReader { return s.tx.AuditHashes(ctx) }
