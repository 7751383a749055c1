package store

import (
	"context"

	"haris/internal/auth"
)

// Auth gives package auth its transactions.
func (db *DB) Auth() auth.DB { return authDB{db} }

type authDB struct{ db *DB }

// Write implements auth.DB.
func (a authDB) Write(ctx context.Context, f func(auth.Tx) error) error {
	return a.db.Write(ctx, func(tx *Tx) error { return f(tx) })
}

// Read implements auth.DB.
func (a authDB) Read(ctx context.Context, f func(auth.Tx) error) error {
	return a.db.Read(ctx, func(tx *Tx) error { return f(tx) })
}
