package store

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migration/*.sql
var migrations embed.FS

// Migrate brings the schema up to date. The files are one SQL text for both engines but for two words that SQLite wants
// otherwise, so that a table is kept in the order of its key: /*KEYED*/ behind a table becomes WITHOUT ROWID, and BIGINT
// PRIMARY KEY becomes INTEGER PRIMARY KEY; and for one that PostgreSQL wants: /*BYTES*/ behind TEXT becomes COLLATE "C", so that words are
// in the order of their bytes on every machine, as they are in SQLite. What stands between /*SQLITE and SQLITE*/, or /*POSTGRES and POSTGRES*/, is
// for that engine alone: triggers, which are not written alike.
func Migrate(ctx context.Context, db *sql.DB, engine Engine) error {
	p, err := migrator(db, engine)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}

func migrator(db *sql.DB, engine Engine) (*goose.Provider, error) {
	dialect, words := goose.DialectSQLite3, strings.NewReplacer("/*KEYED*/", "WITHOUT ROWID", "/*BYTES*/", "", "BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY", "/*SQLITE", "", "SQLITE*/", "")
	if engine == Postgres {
		dialect, words = goose.DialectPostgres, strings.NewReplacer("/*KEYED*/", "", "/*BYTES*/", `COLLATE "C"`, "/*POSTGRES", "", "POSTGRES*/", "")
	}
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		return nil, err
	}
	p, err := goose.NewProvider(dialect, db, rewriteFS{files, words}, goose.WithVerbose(false), goose.WithAllowOutofOrder(true))
	if err != nil {
		return nil, fmt.Errorf("store: read migrations: %w", err)
	}
	return p, nil
}

// rewriteFS replaces the words that differ between the engines while files are read.
type rewriteFS struct {
	fs.FS
	words *strings.Replacer
}

// Open returns the rewritten file.
func (r rewriteFS) Open(name string) (fs.File, error) {
	if name == "." {
		return r.FS.Open(name)
	}
	b, err := fs.ReadFile(r.FS, name)
	if err != nil {
		return nil, err
	}
	b = []byte(r.words.Replace(string(b)))
	return &memFile{Reader: bytes.NewReader(b), name: name, size: int64(len(b))}, nil
}

// memFile is a read file in memory.
type memFile struct {
	*bytes.Reader
	name string
	size int64
}

func (f *memFile) Stat() (fs.FileInfo, error) { return memInfo{f.name, f.size}, nil }
func (f *memFile) Close() error               { return nil }

type memInfo struct {
	name string
	size int64
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return i.size }
func (i memInfo) Mode() fs.FileMode  { return 0o444 }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) IsDir() bool        { return false }
func (i memInfo) Sys() any           { return nil }
