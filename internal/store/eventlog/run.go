package eventlog

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"haris/internal/store"
)

const (
	kindSeen = "seen"
	kindLine = "line"
	fanIn    = 8       // runs of one level that are merged into one of the next
	maxMerge = 1 << 20 // entries: larger runs are left alone, so that no merge takes long
	partSize = 192     // entries a part holds on average
	partBits = 20      // room for part numbers in a stored id
)

// run is an immutable sorted list of entries, cut into parts by the first bits of the entries. parts is a power of two.
type run struct {
	id    int64
	kind  string
	level int
	count int
	parts int
	bloom bloom // of kindSeen only
}

func (r run) partOf(e entry) int {
	return int(binary.BigEndian.Uint64(e[:8]) >> (64 - bits.Len(uint(r.parts)-1)))
}

func (r run) partID(part int) int64 { return r.id<<partBits | int64(part) }

func loadRuns(ctx context.Context, tx *store.Tx) ([]run, error) {
	rows, err := tx.Query(ctx, `SELECT id, kind, level, count, parts, bloom FROM run ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("eventlog: read runs: %w", err)
	}
	var out []run
	for rows.Next() {
		var r run
		var b []byte
		if err := rows.Scan(&r.id, &r.kind, &r.level, &r.count, &r.parts, &b); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		r.bloom = bloom(b)
		out = append(out, r)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// change is the runs as they will be when the transaction has become durable.
type change struct {
	nextID int64
	runs   []run
}

// add stores entries as a new run and merges the levels that have become full.
func (c *change) add(ctx context.Context, tx *store.Tx, kind string, entries []entry) error {
	if len(entries) == 0 {
		return nil
	}
	sortEntries(entries)
	if err := c.write(ctx, tx, kind, 0, entries); err != nil {
		return err
	}
	for level := 0; ; level++ {
		full := c.full(kind, level)
		if full == nil {
			return nil
		}
		if err := c.merge(ctx, tx, full); err != nil {
			return err
		}
	}
}

// full returns the runs of a level when they are due to be merged.
func (c *change) full(kind string, level int) []run {
	var out []run
	n := 0
	for _, r := range c.runs {
		if r.kind == kind && r.level == level {
			out = append(out, r)
			n += r.count
		}
	}
	if len(out) < fanIn || n > maxMerge {
		return nil
	}
	return out
}

func (c *change) merge(ctx context.Context, tx *store.Tx, old []run) error {
	var all []entry
	for _, r := range old {
		for p := range r.parts {
			b, err := readPart(ctx, tx, r, p)
			if err != nil {
				return err
			}
			all = append(all, b...)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM run_part WHERE id >= $1 AND id < $2`, r.partID(0), r.partID(r.parts)); err != nil {
			return fmt.Errorf("eventlog: drop merged run: %w", err)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM run WHERE id = $1`, r.id); err != nil {
			return fmt.Errorf("eventlog: drop merged run: %w", err)
		}
	}
	c.runs = slices.DeleteFunc(c.runs, func(r run) bool {
		return slices.ContainsFunc(old, func(o run) bool { return o.id == r.id })
	})
	sortEntries(all)
	return c.write(ctx, tx, old[0].kind, old[0].level+1, all)
}

func (c *change) write(ctx context.Context, tx *store.Tx, kind string, level int, entries []entry) error {
	r := run{id: c.nextID, kind: kind, level: level, count: len(entries), parts: 1}
	for r.parts*partSize < len(entries) && r.parts < 1<<partBits/2 {
		r.parts *= 2
	}
	if kind == kindSeen {
		r.bloom = newBloom(entries)
	}
	_, err := tx.Exec(ctx, `INSERT INTO run (id, kind, level, count, parts, bloom) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.id, r.kind, r.level, r.count, r.parts, notNil(r.bloom))
	if err != nil {
		return fmt.Errorf("eventlog: write run: %w", err)
	}
	if err := writeParts(ctx, tx, r, entries); err != nil {
		return err
	}
	c.nextID++
	c.runs = append(c.runs, r)
	return nil
}

func writeParts(ctx context.Context, tx *store.Tx, r run, entries []entry) error {
	body := make([]byte, 0, 2*partSize*len(entry{}))
	for i := 0; i < len(entries); {
		p := r.partOf(entries[i])
		body = body[:0]
		for ; i < len(entries) && r.partOf(entries[i]) == p; i++ {
			body = append(body, entries[i][:]...)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO run_part (id, entries) VALUES ($1, $2)`, r.partID(p), body); err != nil {
			return fmt.Errorf("eventlog: write part: %w", err)
		}
	}
	return nil
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// readPart returns the entries of a part; a part without entries is not stored.
func readPart(ctx context.Context, tx *store.Tx, r run, part int) ([]entry, error) {
	var b []byte
	err := tx.QueryRow(ctx, `SELECT entries FROM run_part WHERE id = $1`, r.partID(part)).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("eventlog: read part: %w", err)
	}
	if len(b)%len(entry{}) != 0 {
		return nil, fmt.Errorf("%w: part %d of run %d", ErrCorrupt, part, r.id)
	}
	out := make([]entry, len(b)/len(entry{}))
	for i := range out {
		copy(out[i][:], b[i*len(entry{}):])
	}
	return out, nil
}

func sortEntries(list []entry) {
	slices.SortFunc(list, func(a, b entry) int { return bytes.Compare(a[:], b[:]) })
}

// bloom is a filter of 16 bits an entry with 8 probes: about 6 in 10,000 answers are wrongly "maybe".
type bloom []byte

const (
	bloomBits   = 16
	bloomProbes = 8
)

func newBloom(entries []entry) bloom {
	b := make(bloom, max(8, len(entries)*bloomBits/8))
	for _, e := range entries {
		h, step := binary.BigEndian.Uint64(e[:8]), binary.BigEndian.Uint64(e[8:])|1
		for range bloomProbes {
			i, _ := bits.Mul64(h, uint64(len(b)*8))
			b[i/8] |= 1 << (i % 8)
			h += step
		}
	}
	return b
}

func (b bloom) maybe(e entry) bool {
	h, step := binary.BigEndian.Uint64(e[:8]), binary.BigEndian.Uint64(e[8:])|1
	for range bloomProbes {
		i, _ := bits.Mul64(h, uint64(len(b)*8))
		if b[i/8]&(1<<(i%8)) == 0 {
			return false
		}
		h += step
	}
	return true
}
