package store

import (
	"context"
	"fmt"
	"time"

	"haris/internal/auth"
)

// Identities is the view of whom identity providers mean.
func (tx *Tx) Identities() auth.Identities { return identities{tx} }

type identities struct{ tx *Tx }

// Add implements auth.Identities.
func (v identities) Add(ctx context.Context, issuer, subject, person string, at time.Time) error {
	n, err := v.tx.Exec(ctx, `INSERT INTO person_identity (issuer, subject, person, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT (issuer, subject) DO NOTHING`,
		issuer, subject, person, at.UnixMilli())
	if err != nil {
		return fmt.Errorf("store: add identity: %w", err)
	}
	if n == 0 {
		return auth.ErrTaken
	}
	return nil
}

// Person implements auth.Identities.
func (v identities) Person(ctx context.Context, issuer, subject string) (person string, err error) {
	err = v.tx.QueryRow(ctx, `SELECT person FROM person_identity WHERE issuer = $1 AND subject = $2`, issuer, subject).Scan(&person)
	if err != nil {
		return "", orNotFound(err, "read identity")
	}
	return person, nil
}
