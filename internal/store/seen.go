package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"haris/internal/bank"
)

// Seen returns the hashes of what was seen within the transaction.
func (tx *Tx) Seen() bank.Seen { return seen{tx} }

// seen keeps each hash once, and each account that posted it once.
type seen struct{ tx *Tx }

var _ bank.Seen = seen{}

// sightingsPerList bounds the accounts of one answer.
const sightingsPerList = 1000

// The statements of Note. A hash that was compared once stays compared: the sweep looks at it from then on.
const (
	noteHash = `INSERT INTO media_hash (id, kind, digest, value, quality, unscanned, first_at, last_at, count)
		VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM media_hash), $1, $2, $3, $4, $5, $6, $6, 1)
		ON CONFLICT (digest) DO UPDATE SET last_at = CASE WHEN excluded.last_at > media_hash.last_at THEN excluded.last_at ELSE media_hash.last_at END,
			count = media_hash.count + 1, unscanned = CASE WHEN excluded.unscanned = '' THEN '' ELSE media_hash.unscanned END,
			quality = CASE WHEN excluded.quality > media_hash.quality THEN excluded.quality ELSE media_hash.quality END
		RETURNING id`
	noteAccount = `INSERT INTO media_seen (hash, account, media, media_kind, item, event, first_at, last_at, count)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1)
		ON CONFLICT (hash, account) DO UPDATE SET media = excluded.media, media_kind = excluded.media_kind, item = excluded.item,
			event = excluded.event, count = media_seen.count + 1,
			last_at = CASE WHEN excluded.last_at > media_seen.last_at THEN excluded.last_at ELSE media_seen.last_at END`
)

// Note implements bank.Seen. Every event with media comes through here, so the statements are read once a call.
func (v seen) Note(ctx context.Context, list []bank.Sighting) (err error) {
	if len(list) == 0 {
		return nil
	}
	hash, err := v.tx.tx.PrepareContext(ctx, noteHash)
	if err != nil {
		return fmt.Errorf("store: note what was seen: %w", err)
	}
	defer func() { err = errors.Join(err, hash.Close()) }()
	account, err := v.tx.tx.PrepareContext(ctx, noteAccount)
	if err != nil {
		return fmt.Errorf("store: note what was seen: %w", err)
	}
	defer func() { err = errors.Join(err, account.Close()) }()
	for i := range list {
		s := &list[i]
		digest, at := s.Hash.Digest(), s.Last.UnixMilli()
		var id int64
		if err := hash.QueryRowContext(ctx, string(s.Hash.Kind), digest[:], s.Hash.Value, s.Quality, string(s.Unscanned), at).Scan(&id); err != nil {
			return fmt.Errorf("store: note what was seen: %w", err)
		}
		_, err := account.ExecContext(ctx, id, s.Account, s.Media, s.MediaKind, s.Item, int64(s.Event), at) //nolint:gosec // places in the log stay below 2^63
		if err != nil {
			return fmt.Errorf("store: note what was seen: %w", err)
		}
	}
	return nil
}

// Last implements bank.Seen.
func (v seen) Last(ctx context.Context) (uint64, error) {
	var id int64
	if err := v.tx.QueryRow(ctx, `SELECT COALESCE(MAX(id), 0) FROM media_hash`).Scan(&id); err != nil {
		return 0, fmt.Errorf("store: what was seen: %w", err)
	}
	return uint64(id), nil //nolint:gosec // 0 or above
}

const storedColumns = `id, kind, value, quality, unscanned, first_at, last_at, count`

// Each implements bank.Seen.
func (v seen) Each(ctx context.Context, after, until uint64, f func(*bank.Stored) error) (err error) {
	rows, err := v.tx.Query(ctx, `SELECT id, kind, value, quality, unscanned FROM media_hash WHERE id > $1 AND id <= $2 ORDER BY id`,
		int64(after), int64(until)) //nolint:gosec // ids stay below 2^63
	if err != nil {
		return fmt.Errorf("store: what was seen: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s bank.Stored
		if err := rows.Scan(&s.ID, &s.Hash.Kind, &s.Hash.Value, &s.Quality, &s.Unscanned); err != nil {
			return fmt.Errorf("store: what was seen: %w", err)
		}
		if err := f(&s); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Of implements bank.Seen.
func (v seen) Of(ctx context.Context, id uint64, after string, limit int) ([]bank.Sighting, error) {
	if limit <= 0 || limit > sightingsPerList {
		limit = sightingsPerList
	}
	rows, err := v.tx.Query(ctx, `SELECT h.kind, h.value, h.quality, h.unscanned, s.account, s.media, s.media_kind, s.item, s.event, s.first_at, s.last_at, s.count
		FROM media_seen s JOIN media_hash h ON h.id = s.hash WHERE s.hash = $1 AND s.account > $2 ORDER BY s.account LIMIT $3`,
		int64(id), after, limit) //nolint:gosec // ids stay below 2^63
	if err != nil {
		return nil, fmt.Errorf("store: who posted: %w", err)
	}
	return collect(rows, scanSighting)
}

func scanSighting(r scanner) (s bank.Sighting, err error) {
	var event, first, last int64
	err = r.Scan(&s.Hash.Kind, &s.Hash.Value, &s.Quality, &s.Unscanned, &s.Account, &s.Media, &s.MediaKind, &s.Item, &event, &first, &last, &s.Count)
	s.Event, s.First, s.Last = uint64(event), fromMilli(first), fromMilli(last) //nolint:gosec // above 0 by the table
	return s, err
}

// Settle implements bank.Seen.
func (v seen) Settle(ctx context.Context, ids []uint64, unscanned bank.Reason) error {
	for _, id := range ids {
		_, err := v.tx.Exec(ctx, `UPDATE media_hash SET unscanned = $2 WHERE id = $1`, int64(id), string(unscanned)) //nolint:gosec // ids stay below 2^63
		if err != nil {
			return fmt.Errorf("store: settle what was seen: %w", err)
		}
	}
	return nil
}

// Find implements bank.Seen.
func (v seen) Find(ctx context.Context, h bank.Hash) (s bank.Stored, ok bool, err error) {
	d := h.Digest()
	var first, last int64
	err = v.tx.QueryRow(ctx, `SELECT `+storedColumns+` FROM media_hash WHERE digest = $1`, d[:]).
		Scan(&s.ID, &s.Hash.Kind, &s.Hash.Value, &s.Quality, &s.Unscanned, &first, &last, &s.Count)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("store: find what was seen: %w", err)
	}
	s.First, s.Last = fromMilli(first), fromMilli(last)
	return s, true, nil
}

// Totals implements bank.Seen.
func (v seen) Totals(ctx context.Context) (t bank.Totals, err error) {
	err = v.tx.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM media_hash), (SELECT COUNT(*) FROM media_seen)`).Scan(&t.Hashes, &t.Sightings)
	if err != nil {
		return t, fmt.Errorf("store: count what was seen: %w", err)
	}
	t.Unscanned, err = v.Unscanned(ctx)
	return t, err
}

// Unscanned implements bank.Sums.
func (v seen) Unscanned(ctx context.Context) (map[bank.Reason]int, error) {
	rows, err := v.tx.Query(ctx, `SELECT unscanned, COUNT(*) FROM media_hash WHERE unscanned <> '' GROUP BY unscanned`)
	if err != nil {
		return nil, fmt.Errorf("store: count what was seen: %w", err)
	}
	out := map[bank.Reason]int{}
	_, err = collect(rows, func(r scanner) (none struct{}, err error) {
		var reason bank.Reason
		var n int
		if err := r.Scan(&reason, &n); err != nil {
			return none, err
		}
		out[reason] = n
		return none, nil
	})
	return out, err
}

// Forget implements bank.Seen.
func (v seen) Forget(ctx context.Context, before time.Time, limit int) (f bank.Forgotten, err error) {
	drop := func(query string) (int, error) {
		n, err := v.tx.Exec(ctx, query, before.UnixMilli(), limit)
		if err != nil {
			return 0, fmt.Errorf("store: forget what was seen: %w", err)
		}
		return int(n), nil
	}
	f.Sightings, err = drop(`DELETE FROM media_seen WHERE (hash, account) IN (SELECT hash, account FROM media_seen WHERE last_at < $1 ORDER BY last_at LIMIT $2)`)
	if err != nil {
		return f, err
	}
	f.Hashes, err = drop(`DELETE FROM media_hash WHERE id IN (SELECT h.id FROM media_hash h WHERE h.last_at < $1
		AND NOT EXISTS (SELECT 1 FROM media_seen s WHERE s.hash = h.id) ORDER BY h.last_at LIMIT $2)`)
	return f, err
}
