// Package postgres opens a store.DB on a PostgreSQL database. Only the program's wiring and tests call it.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"haris/internal/store"
)

// conns bounds the connections that one process opens.
const conns = 16

// Open connects to url (postgres://… or keyword=value form) and brings the schema up to date.
func Open(ctx context.Context, url string) (*store.DB, error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, fmt.Errorf("postgres: open: %w", err)
	}
	db.SetMaxOpenConns(conns)
	if err := store.Migrate(ctx, db, store.Postgres); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return store.Open(store.Postgres, db, db, raced), nil
}

// raced reports whether a transaction failed only because another one was first (serialization failure, deadlock).
func raced(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}
