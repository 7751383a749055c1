package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"haris/internal/rulebook"
)

// Rules returns the rule book within the transaction.
func (tx *Tx) Rules() rulebook.Store { return ruleStore{tx} }

type ruleStore struct{ tx *Tx }

var _ rulebook.Store = ruleStore{}

const (
	versionColumns  = `n, state, base, digest, author, reason, proposed_at, decided_by, decision, decided_at, place`
	versionsPerList = 50
	maxVersions     = 200
)

// Text implements rulebook.Store.
func (s ruleStore) Text(ctx context.Context, digest string) (t rulebook.Text, err error) {
	var body string
	err = s.tx.QueryRow(ctx, `SELECT body FROM rule_text WHERE digest = $1`, digest).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return t, fmt.Errorf("%w: text %.12s", rulebook.ErrNotFound, digest)
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), &t)
	}
	if err != nil {
		return t, fmt.Errorf("store: read rules: %w", err)
	}
	return t, nil
}

// keep adds a text unless it is there.
func (s ruleStore) keep(ctx context.Context, t *rulebook.Text) (digest string, err error) {
	body, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("store: keep rules: %w", err)
	}
	digest = t.Digest()
	if _, err := s.tx.Exec(ctx, `INSERT INTO rule_text (digest, body) VALUES ($1, $2) ON CONFLICT DO NOTHING`, digest, string(body)); err != nil {
		return "", fmt.Errorf("store: keep rules: %w", err)
	}
	return digest, nil
}

// Draft implements rulebook.Store.
func (s ruleStore) Draft(ctx context.Context, author string) (d rulebook.Draft, err error) {
	var digest string
	var at int64
	err = s.tx.QueryRow(ctx, `SELECT author, base, digest, saved_at FROM rule_draft WHERE author = $1`, author).Scan(&d.Author, &d.Base, &digest, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return d, rulebook.ErrNoDraft
	}
	if err != nil {
		return d, fmt.Errorf("store: read a draft of rules: %w", err)
	}
	d.SavedAt = fromMilli(at)
	d.Text, err = s.Text(ctx, digest)
	return d, err
}

// SaveDraft implements rulebook.Store. The text that was there before goes, unless something else has it.
func (s ruleStore) SaveDraft(ctx context.Context, d rulebook.Draft) error {
	var old string
	if err := s.tx.QueryRow(ctx, `SELECT digest FROM rule_draft WHERE author = $1`, d.Author).Scan(&old); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("store: read a draft of rules: %w", err)
	}
	var err error
	if len(d.Text.Packs) == 0 {
		_, err = s.tx.Exec(ctx, `DELETE FROM rule_draft WHERE author = $1`, d.Author)
	} else {
		var digest string
		if digest, err = s.keep(ctx, &d.Text); err != nil {
			return err
		}
		_, err = s.tx.Exec(ctx, `INSERT INTO rule_draft (author, base, digest, saved_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (author) DO UPDATE SET base = $2, digest = $3, saved_at = $4`, d.Author, d.Base, digest, d.SavedAt.UnixMilli())
	}
	if err != nil {
		return fmt.Errorf("store: save a draft of rules: %w", err)
	}
	if _, err := s.tx.Exec(ctx, dropText, old); err != nil {
		return fmt.Errorf("store: forget a draft of rules: %w", err)
	}
	return nil
}

const dropText = `DELETE FROM rule_text WHERE digest = $1
	AND NOT EXISTS (SELECT 1 FROM rule_draft d WHERE d.digest = rule_text.digest)
	AND NOT EXISTS (SELECT 1 FROM rule_version v WHERE v.digest = rule_text.digest)
	AND NOT EXISTS (SELECT 1 FROM rule_trial t WHERE t.before_digest = rule_text.digest OR t.after_digest = rule_text.digest)`

// Add implements rulebook.Store.
func (s ruleStore) Add(ctx context.Context, v rulebook.Version, t rulebook.Text) (n int64, err error) {
	if v.Digest, err = s.keep(ctx, &t); err != nil {
		return 0, err
	}
	if err := s.tx.QueryRow(ctx, `SELECT COALESCE(MAX(n), 0) + 1 FROM rule_version`).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: number of a version: %w", err)
	}
	// A number that another transaction has just taken makes PostgreSQL run this one again.
	_, err = s.tx.Exec(ctx, `INSERT INTO rule_version (n, state, base, digest, author, reason, proposed_at, decided_by, decision)
		VALUES ($1, 'proposed', $2, $3, $4, $5, $6, '', '') ON CONFLICT (n) DO NOTHING`, n, v.Base, v.Digest, v.Author, v.Reason, v.ProposedAt.UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("store: add a version of the rules: %w", err)
	}
	return n, nil
}

// Decide implements rulebook.Store.
func (s ruleStore) Decide(ctx context.Context, v rulebook.Version) error {
	var place sql.NullInt64
	if v.State == rulebook.Published {
		if err := s.tx.QueryRow(ctx, `SELECT COALESCE(MAX(place), 0) + 1 FROM rule_version`).Scan(&place); err != nil {
			return fmt.Errorf("store: place of a version: %w", err)
		}
	}
	done, err := s.tx.Exec(ctx, `UPDATE rule_version SET state = $1, decided_by = $2, decision = $3, decided_at = $4, place = $5 WHERE n = $6 AND state = 'proposed'`,
		string(v.State), v.DecidedBy, v.Decision, v.DecidedAt.UnixMilli(), place, v.N)
	if err != nil {
		return fmt.Errorf("store: decide on version %d: %w", v.N, err)
	}
	if done != 1 {
		return rulebook.ErrDecided
	}
	return nil
}

// Get implements rulebook.Store.
func (s ruleStore) Get(ctx context.Context, n int64) (rulebook.Version, error) {
	v, err := scanVersion(s.tx.QueryRow(ctx, `SELECT `+versionColumns+` FROM rule_version WHERE n = $1`, n))
	if errors.Is(err, sql.ErrNoRows) {
		return v, fmt.Errorf("%w: %d", rulebook.ErrNotFound, n)
	}
	if err != nil {
		return v, fmt.Errorf("store: read version %d of the rules: %w", n, err)
	}
	return v, nil
}

// List implements rulebook.Store.
func (s ruleStore) List(ctx context.Context, f rulebook.Filter) ([]rulebook.Version, error) {
	limit := min(cmp.Or(max(f.Limit, 0), versionsPerList), maxVersions)
	before := cmp.Or(f.Before, int64(math.MaxInt64))
	query, args := `SELECT `+versionColumns+` FROM rule_version WHERE n < $1 ORDER BY n DESC LIMIT $2`, []any{before, limit}
	switch f.State {
	case "":
	case rulebook.Published:
		query = `SELECT ` + versionColumns + ` FROM rule_version WHERE place < $1 ORDER BY place DESC LIMIT $2`
	default:
		query = `SELECT ` + versionColumns + ` FROM rule_version WHERE n < $1 AND state = $3 ORDER BY n DESC LIMIT $2`
		args = append(args, string(f.State))
	}
	rows, err := s.tx.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: list versions of the rules: %w", err)
	}
	return collect(rows, scanVersion)
}

func scanVersion(r scanner) (v rulebook.Version, err error) {
	var at int64
	var decided, place sql.NullInt64
	err = r.Scan(&v.N, &v.State, &v.Base, &v.Digest, &v.Author, &v.Reason, &at, &v.DecidedBy, &v.Decision, &decided, &place)
	v.ProposedAt, v.DecidedAt, v.Place = fromMilli(at), fromNullMilli(decided), place.Int64
	return v, err
}
