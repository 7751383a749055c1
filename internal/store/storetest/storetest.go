// Package storetest is the one conformance suite of the store: what every engine must do, run on SQLite in a temporary file and
// on PostgreSQL when HARIS_TEST_POSTGRES names one. Only tests import it. A package that keeps its own noun in the store calls
// Each with its own checks.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haris/internal/store"
	"haris/internal/store/postgres"
	"haris/internal/store/sqlite"
)

// Env names the environment variable with the URL of a PostgreSQL database on which tests may make schemas of their own.
// scripts/with-postgres sets it.
const Env = "HARIS_TEST_POSTGRES"

// Engine makes databases of one engine.
type Engine struct {
	Name string
	// New opens an empty database that is closed and removed at the end of the test.
	New func(t testing.TB) *store.DB
	// Pair opens one empty database twice, as two processes would. It is nil for an engine that only one process writes to.
	Pair func(t testing.TB) (a, b *store.DB)
}

// Each runs f as a sub-test for every engine. Without PostgreSQL its sub-test is skipped with the reason; where CI=true it
// fails, because there it must be.
func Each(t *testing.T, f func(t *testing.T, e Engine)) {
	t.Run("sqlite", func(t *testing.T) { f(t, Engine{Name: "sqlite", New: SQLite}) })
	t.Run("postgres", func(t *testing.T) {
		needPostgres(t)
		f(t, Engine{Name: "postgres", New: Postgres, Pair: postgresPair})
	})
}

// SQLite opens an empty database in the test's temporary directory.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	db, err := sqlite.Open(context.Background(), sqlite.Options{Path: filepath.Join(t.TempDir(), "haris.db")})
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, db)
	return db
}

// Postgres opens an empty schema of its own.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return openPostgres(t, Schema(t))
}

func postgresPair(t testing.TB) (a, b *store.DB) {
	t.Helper()
	u := Schema(t)
	return openPostgres(t, u), openPostgres(t, u)
}

func openPostgres(t testing.TB, u string) *store.DB {
	t.Helper()
	db, err := postgres.Open(context.Background(), u)
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, db)
	return db
}

func closeAtEnd(t testing.TB, db *store.DB) {
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
}

// needPostgres skips or fails a test when there is no PostgreSQL.
func needPostgres(t testing.TB) {
	t.Helper()
	if os.Getenv(Env) != "" {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not set, and CI must test on PostgreSQL: run the tests through scripts/with-postgres", Env)
	}
	t.Skipf("%s is not set: run the tests through scripts/with-postgres to test on PostgreSQL too", Env)
}

// Schema makes an empty schema and returns the URL of a connection that lives in it. Without PostgreSQL the test is skipped.
func Schema(t testing.TB) string {
	t.Helper()
	needPostgres(t)
	ctx := context.Background()
	admin, err := sql.Open("pgx", os.Getenv(Env))
	if err != nil {
		t.Fatal(err)
	}
	id, err := store.NewIDs(rand.Reader).New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + id
	if _, err := admin.ExecContext(ctx, "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(ctx, "DROP SCHEMA "+name+" CASCADE"); err != nil {
			t.Errorf("drop the schema: %v", err)
		}
		if err := admin.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return withSchema(t, os.Getenv(Env), name)
}

// withSchema adds the schema to a URL or a keyword=value text.
func withSchema(t testing.TB, conn, name string) string {
	t.Helper()
	if !strings.Contains(conn, "://") {
		return fmt.Sprintf("%s search_path=%s", conn, name)
	}
	u, err := url.Parse(conn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}
