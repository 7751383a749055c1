package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/store"
	"haris/internal/store/sqlite"
	"haris/internal/store/storetest"
)

// enter appends one audit entry and a letter that belongs to it.
func enter(ctx context.Context, db *store.DB, i int) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Audit().Append(ctx, audit.Entry{At: time.UnixMilli(int64(i)), Who: "ada", Act: "case.viewed", Object: fmt.Sprint("case/", i)})
		if err != nil {
			return err
		}
		_, err = tx.Letters().Add(ctx, store.Letter{At: time.UnixMilli(int64(i)), Body: make([]byte, 3000)})
		return err
	})
}

// checkCopy opens a copy, verifies its audit log, and returns how many entries it has. Each has its letter.
func checkCopy(t *testing.T, path string) int64 {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	var size int64
	err = db.Read(t.Context(), func(tx *store.Tx) error {
		r, err := audit.Verify(t.Context(), tx.AuditSource())
		if err != nil {
			return err
		}
		if r.Fault != nil {
			t.Errorf("the copy's audit log: %+v", *r.Fault)
		}
		size = r.Head.Size
		n, err := tx.Letters().Count(t.Context())
		if int64(n) != size {
			t.Errorf("%d letters, %d entries", n, size)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

func TestBackup(t *testing.T) {
	db := storetest.SQLite(t)
	for i := range 20 {
		if err := enter(t.Context(), db, i); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "it's a copy?.db")
	if err := db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	if n := checkCopy(t, path); n != 20 {
		t.Errorf("%d entries", n)
	}
	if err := db.Backup(t.Context(), path); !errors.Is(err, store.ErrBackupExists) {
		t.Errorf("over an existing file: %v", err)
	}
	if n := checkCopy(t, path); n != 20 {
		t.Errorf("%d entries after a refused backup", n)
	}
	if err := db.Backup(t.Context(), filepath.Join(dir, "none", "copy.db")); err == nil {
		t.Error("into a directory that is not there")
	}
	// Readers may still not write.
	for range 8 {
		err := db.Read(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec(t.Context(), `DELETE FROM dead_letter`); return err })
		if err == nil {
			t.Fatal("a reader wrote after a backup")
		}
	}
}

func TestBackupLeavesNothingBehindWhenItIsStopped(t *testing.T) {
	db := storetest.SQLite(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Backup(ctx, filepath.Join(dir, "copy.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestBackupWhileOthersWrite takes copies while entries are written; each is whole, and no entry that was acknowledged before it
// began is missing.
func TestBackupWhileOthersWrite(t *testing.T) {
	db := storetest.SQLite(t)
	ctx, cancel := context.WithCancel(t.Context())
	wrote := make(chan int64) // how many entries are durable
	failed := make(chan error, 1)
	go func() {
		defer close(wrote)
		for i := 0; ; i++ {
			if err := enter(context.WithoutCancel(ctx), db, i); err != nil {
				failed <- err
				return
			}
			select {
			case wrote <- int64(i + 1):
			case <-ctx.Done():
				return
			default:
			}
		}
	}()
	dir := t.TempDir()
	for i := range 5 {
		atLeast := <-wrote
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := db.Backup(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		if n := checkCopy(t, path); n < atLeast {
			t.Errorf("copy %d has %d entries of at least %d", i, n, atLeast)
		}
	}
	cancel()
	for range wrote {
	}
	select {
	case err := <-failed:
		t.Fatal(err)
	default:
	}
}

func TestBackupOnPostgresNamesItsTool(t *testing.T) {
	err := store.Open(store.Postgres, nil, nil, nil).Backup(t.Context(), filepath.Join(t.TempDir(), "copy"))
	if !errors.Is(err, store.ErrNoBackup) || !strings.Contains(err.Error(), "pg_dump --format=custom") {
		t.Errorf("%v", err)
	}
}
