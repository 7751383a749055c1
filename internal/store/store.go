// Package store holds everything that must survive: one SQL text for SQLite and PostgreSQL. It implements the small store
// interfaces that stand beside their nouns (casefile.Store, job.Queue, audit.Log, …); engines are opened by store/sqlite and
// store/postgres, and store/storetest is the one conformance suite that both must pass. It decides nothing.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"haris/internal/audit"
	"haris/internal/lead"
)

// Engine names the SQL engine behind a DB; the SQL text is the same, only errors and locking differ.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// DB is an open database: one writer at a time and many readers. Safe for concurrent use.
type DB struct {
	engine Engine
	writer *sql.DB
	reader *sql.DB
	retry  func(error) bool
	turn   chan struct{}
	ids    *IDs
	now    func() time.Time
}

// Open wraps two handles (they may be the same one) whose schema is up to date. retry reports whether a transaction that
// failed with err may simply be run again (a serialization failure); it may be nil.
func Open(engine Engine, writer, reader *sql.DB, retry func(error) bool) *DB {
	if retry == nil {
		retry = func(error) bool { return false }
	}
	return &DB{
		engine: engine, writer: writer, reader: reader, retry: retry, turn: make(chan struct{}, 1),
		ids: NewIDs(rand.Reader), now: time.Now,
	}
}

// UseSources replaces the clock and the random source that ids and times of creation are made from. It must be called before
// the database is used; without it they are the machine's.
func (db *DB) UseSources(now func() time.Time, random io.Reader) {
	db.now, db.ids = now, NewIDs(random)
}

// Engine says which engine stands behind the database.
func (db *DB) Engine() Engine { return db.engine }

// Close closes both handles.
func (db *DB) Close() error {
	if db.reader == db.writer {
		return db.writer.Close()
	}
	return errors.Join(db.reader.Close(), db.writer.Close())
}

// Tx is one transaction with a view for each noun. It must not outlive the function it was given to.
type Tx struct {
	tx     *sql.Tx
	engine Engine
	ids    *IDs
	now    func() time.Time
	tree   *audit.Tree       // the audit log as this transaction left it; nil before it has appended
	ticks  map[dayTick]int64 // what was counted, and how open cases changed: written at the end
	waits  map[lead.Waiting]int
}

// maxTries bounds how often a transaction that lost a race is run again.
const maxTries = 8

// Write runs f in a read-write transaction and commits when f returns nil. On an engine that may refuse a transaction for
// a lost race f runs again, so it must have no effects besides the transaction. Writes of one process take turns.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	select {
	case db.turn <- struct{}{}:
		defer func() { <-db.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	err := db.once(ctx, db.writer, &sql.TxOptions{}, f)
	for try := 1; err != nil && db.retry(err); try++ {
		if try == maxTries {
			return fmt.Errorf("store: gave up after %d tries: %w", maxTries, err)
		}
		err = db.once(ctx, db.writer, &sql.TxOptions{}, func(tx *Tx) error {
			if err := tx.goFirst(ctx); err != nil {
				return err
			}
			return f(tx)
		})
	}
	return err
}

// goFirst gives a transaction that lost a race the right of way: it waits for those that append to the audit log and holds
// new ones back. On PostgreSQL a lock taken before the first query does not fix yet what the transaction sees.
func (tx *Tx) goFirst(ctx context.Context) error {
	if tx.engine != Postgres {
		return nil
	}
	_, err := tx.Exec(ctx, `LOCK TABLE audit_head IN SHARE ROW EXCLUSIVE MODE`)
	return err
}

// Read runs f in a read-only transaction that sees one moment.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	return db.once(ctx, db.reader, &sql.TxOptions{ReadOnly: true}, f)
}

func (db *DB) once(ctx context.Context, h *sql.DB, o *sql.TxOptions, f func(*Tx) error) error {
	if db.engine == Postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	tx, err := h.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	own := &Tx{tx: tx, engine: db.engine, ids: db.ids, now: db.now}
	err = f(own)
	if err == nil {
		err = own.writeDays(ctx)
	}
	if err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// Exec runs one statement and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := tx.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Query runs a query that returns rows; the caller closes them.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.tx.QueryContext(ctx, query, args...)
}

// QueryRow runs a query that returns at most one row.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.tx.QueryRowContext(ctx, query, args...)
}
