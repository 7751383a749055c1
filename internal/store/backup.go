package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// What callers test for.
var (
	// ErrNoBackup says that the engine is backed up with its own tools.
	ErrNoBackup = errors.New("store: PostgreSQL is backed up with its own tools")
	// ErrBackupExists says that there is something at the path already.
	ErrBackupExists = errors.New("store: the backup's file exists already")
)

// Backup writes a copy of the database as it is at one moment to a new file at path, readable by its owner alone, and returns
// when it is on disk. Readers and writers go on meanwhile; the write-ahead log grows by what they write until the copy is done.
// The copy holds no deleted rows. After an error there is no file. ErrBackupExists; ErrNoBackup on PostgreSQL, with the command
// that does it there.
func (db *DB) Backup(ctx context.Context, path string) (err error) {
	if db.engine != SQLite {
		return fmt.Errorf("%w: run pg_dump --format=custom --file=haris.dump DATABASE_URL, and copy the evidence and keys beside it", ErrNoBackup)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s", ErrBackupExists, path)
	}
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if err := db.vacuumInto(ctx, path); err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	return nil
}

// vacuumInto copies on a reader's connection, so that writers need not wait. The connection may not write to its own database;
// that ban also forbids the copy, so it is lifted for its duration, and a connection that did not get it back is closed.
func (db *DB) vacuumInto(ctx context.Context, path string) (err error) {
	c, err := db.reader.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if _, err := c.ExecContext(ctx, `PRAGMA query_only = 0`); err != nil {
		return err
	}
	defer func() {
		if _, e := c.ExecContext(context.WithoutCancel(ctx), `PRAGMA query_only = 1`); e != nil {
			err = errors.Join(err, e, discard(c))
		}
	}()
	_, err = c.ExecContext(ctx, `VACUUM INTO $1`, path)
	return err
}

// discard keeps a connection from going back to the others.
func discard(c *sql.Conn) error {
	err := c.Raw(func(any) error { return driver.ErrBadConn })
	if errors.Is(err, driver.ErrBadConn) {
		return nil
	}
	return err
}
