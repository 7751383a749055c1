package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"haris/internal/rulebook"
)

// Trials returns the back-tests within the transaction.
func (tx *Tx) Trials() rulebook.TrialStore { return trialStore{ruleStore{tx}} }

type trialStore struct{ rules ruleStore }

var _ rulebook.TrialStore = trialStore{}

const trialColumns = `id, before_n, before_digest, after_digest, asked_by, asked_at, since, shadow, state, done, total, report, fault, ended_at`

// Add implements rulebook.TrialStore.
func (s trialStore) Add(ctx context.Context, t rulebook.Trial, before, after rulebook.Text) (string, error) {
	var err error
	if t.Before, err = s.rules.keep(ctx, &before); err != nil {
		return "", err
	}
	if t.After, err = s.rules.keep(ctx, &after); err != nil {
		return "", err
	}
	if t.ID, err = s.rules.tx.ids.New(t.AskedAt); err != nil {
		return "", err
	}
	_, err = s.rules.tx.Exec(ctx, `INSERT INTO rule_trial (`+trialColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, 0, '', '', NULL)`,
		t.ID, t.BeforeN, t.Before, t.After, t.By, t.AskedAt.UnixMilli(), nullMilli(t.Since), bit(t.Shadow))
	if err != nil {
		return "", fmt.Errorf("store: add a back-test: %w", err)
	}
	return t.ID, nil
}

// Get implements rulebook.TrialStore.
func (s trialStore) Get(ctx context.Context, id string) (rulebook.Trial, error) {
	return s.one(ctx, `WHERE id = $1`, id)
}

// Newest implements rulebook.TrialStore.
func (s trialStore) Newest(ctx context.Context, after string, shadow bool) (rulebook.Trial, error) {
	return s.one(ctx, `WHERE after_digest = $1 AND shadow = $2 ORDER BY id DESC LIMIT 1`, after, bit(shadow))
}

func (s trialStore) one(ctx context.Context, rest string, args ...any) (t rulebook.Trial, err error) {
	var asked, shadow int64
	var since, ended sql.NullInt64
	var report string
	err = s.rules.tx.QueryRow(ctx, `SELECT `+trialColumns+` FROM rule_trial `+rest, args...).Scan(&t.ID, &t.BeforeN, &t.Before, &t.After, &t.By, &asked, &since, &shadow,
		&t.State, &t.Done, &t.All, &report, &t.Fault, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return t, rulebook.ErrNoTrial
	}
	if err != nil {
		return t, fmt.Errorf("store: read a back-test: %w", err)
	}
	t.Shadow = shadow == 1
	t.AskedAt, t.Since, t.EndedAt = fromMilli(asked), fromNullMilli(since), fromNullMilli(ended)
	if report != "" {
		t.Report = []byte(report)
	}
	return t, nil
}

// Put implements rulebook.TrialStore.
func (s trialStore) Put(ctx context.Context, t rulebook.Trial) error {
	n, err := s.rules.tx.Exec(ctx, `UPDATE rule_trial SET state = $1, done = $2, total = $3, report = $4, fault = $5, ended_at = $6
		WHERE id = $7 AND state IN ('waiting', 'running')`, string(t.State), int64(t.Done), int64(t.All), string(t.Report), t.Fault, nullMilli(t.EndedAt), t.ID) //nolint:gosec // events are fewer than 2^63
	if err != nil {
		return fmt.Errorf("store: write down a back-test: %w", err)
	}
	if n != 1 {
		return rulebook.ErrNoTrial
	}
	return nil
}
