package eventlog

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"haris/internal/event"
	"haris/internal/store"
)

// Seen reports for each identity whether its event is in the log.
func (l *Log) Seen(ctx context.Context, tx *store.Tx, ids []Identity) ([]bool, error) {
	l.mu.RLock()
	runs := l.runs
	l.mu.RUnlock()
	out := make([]bool, len(ids))
	for i, id := range ids {
		e := entry(id)
		for _, r := range runs {
			if r.kind != kindSeen || !r.bloom.maybe(e) {
				continue
			}
			part, err := readPart(ctx, tx, r, r.partOf(e))
			if err != nil {
				return nil, err
			}
			if _, found := slices.BinarySearchFunc(part, e, func(a, b entry) int { return compare(a, b) }); found {
				out[i] = true
				break
			}
		}
	}
	return out, nil
}

func compare(a, b entry) int {
	for i := range a {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return 0
}

// End returns the last sequence number that the transaction sees; 0 when the log is empty.
func End(ctx context.Context, tx *store.Tx) (end uint64, err error) {
	err = tx.QueryRow(ctx, `SELECT COALESCE((SELECT first_seq + count - 1 FROM log_block ORDER BY first_seq DESC LIMIT 1), 0)`).Scan(&end)
	if err != nil {
		return 0, fmt.Errorf("eventlog: end of the log: %w", err)
	}
	return end, nil
}

// On returns the sequence numbers of a line below before (0 means from the end), newest first, at most limit. It reads the
// runs of the transaction, so it also serves a process that only reads.
func (l *Log) On(ctx context.Context, tx *store.Tx, line Line, before uint64, limit int) ([]uint64, error) {
	runs, err := loadLineRuns(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []uint64
	for _, r := range runs {
		part, err := readPart(ctx, tx, r, r.partOf(lineEntry(line, 0)))
		if err != nil {
			return nil, err
		}
		for _, e := range part {
			seq := binary.BigEndian.Uint64(e[8:])
			if binary.BigEndian.Uint64(e[:8]) == uint64(line) && (before == 0 || seq < before) {
				out = append(out, seq)
			}
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out[:min(len(out), limit)], nil
}

func loadLineRuns(ctx context.Context, tx *store.Tx) ([]run, error) {
	rows, err := tx.Query(ctx, `SELECT id, count, parts FROM run WHERE kind = 'line' ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("eventlog: read runs: %w", err)
	}
	var out []run
	for rows.Next() {
		r := run{kind: kindLine}
		if err := rows.Scan(&r.id, &r.count, &r.parts); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		out = append(out, r)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// Get returns events by sequence number, in the order asked for; a number that is not in the log is passed over.
func (l *Log) Get(ctx context.Context, tx *store.Tx, seqs []uint64) ([]event.Event, error) {
	out := make([]event.Event, 0, len(seqs))
	for _, seq := range seqs {
		b, err := l.blockOf(ctx, tx, seq)
		if err != nil {
			return nil, err
		}
		i := int(seq) - int(b.first)
		if i < 0 || i >= len(b.raw) {
			continue
		}
		e, err := decode(b.raw[i], seq)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func decode(raw string, seq uint64) (event.Event, error) {
	e, p := event.Decode(raw, 1, event.Limits{Bytes: len(raw), Depth: 1 << 10, Own: true})
	if p != nil {
		return e, fmt.Errorf("%w: event %d: %w", ErrCorrupt, seq, p)
	}
	e.Seq = seq
	return e, nil
}

// block is one decoded block.
type block struct {
	first uint64
	raw   []string
}

// blockOf returns the block that holds a sequence number, an empty one when there is none.
func (l *Log) blockOf(ctx context.Context, tx *store.Tx, seq uint64) (block, error) {
	if b, ok := l.cache.get(seq); ok {
		return b, nil
	}
	var first, count int64
	var body []byte
	err := tx.QueryRow(ctx, `SELECT first_seq, count, body FROM log_block WHERE first_seq <= $1 ORDER BY first_seq DESC LIMIT 1`,
		int64(seq)).Scan(&first, &count, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return block{}, nil
	}
	if err != nil {
		return block{}, fmt.Errorf("eventlog: read block: %w", err)
	}
	b, err := l.unpack(uint64(first), int(count), body)
	if err == nil {
		l.cache.put(b)
	}
	return b, err
}

func (l *Log) unpack(first uint64, count int, body []byte) (block, error) {
	plain, err := l.dec.DecodeAll(body, nil)
	if err != nil {
		return block{}, fmt.Errorf("%w: block %d: %w", ErrCorrupt, first, err)
	}
	b := block{first: first, raw: make([]string, 0, count)}
	all := string(plain)
	for pos := 0; pos < len(all); {
		n, w := binary.Uvarint(plain[pos:])
		if w <= 0 || n > uint64(len(all)-pos-w) {
			return block{}, fmt.Errorf("%w: block %d", ErrCorrupt, first)
		}
		b.raw = append(b.raw, all[pos+w:pos+w+int(n)])
		pos += w + int(n)
	}
	if len(b.raw) != count {
		return block{}, fmt.Errorf("%w: block %d holds %d events, not %d", ErrCorrupt, first, len(b.raw), count)
	}
	return b, nil
}

// From calls f with the events of each block from the one that holds seq on, in order, in batches as they are stored. Events
// below seq are left out.
func (l *Log) From(ctx context.Context, seq uint64, f func([]event.Event) error) error {
	for {
		var events []event.Event
		err := l.db.Read(ctx, func(tx *store.Tx) error {
			b, err := l.blockFrom(ctx, tx, seq)
			if err != nil {
				return err
			}
			events, err = b.events(seq)
			return err
		})
		if err != nil || len(events) == 0 {
			return err
		}
		if err := f(events); err != nil {
			return err
		}
		seq = events[len(events)-1].Seq + 1
	}
}

// blockFrom returns the first block that holds seq or later.
func (l *Log) blockFrom(ctx context.Context, tx *store.Tx, seq uint64) (block, error) {
	var first, count int64
	var body []byte
	err := tx.QueryRow(ctx, `SELECT first_seq, count, body FROM log_block WHERE first_seq + count > $1 AND first_seq > $1 - 100000
		ORDER BY first_seq LIMIT 1`, int64(seq)).Scan(&first, &count, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return block{}, nil
	}
	if err != nil {
		return block{}, fmt.Errorf("eventlog: read block: %w", err)
	}
	return l.unpack(uint64(first), int(count), body)
}

func (b block) events(from uint64) ([]event.Event, error) {
	var out []event.Event
	for i, raw := range b.raw {
		seq := b.first + uint64(i)
		if seq < from {
			continue
		}
		e, err := decode(raw, seq)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// cacheBlocks bounds the decoded blocks kept, about 6 MB.
const cacheBlocks = 64

// blockCache keeps the blocks read last; a case page reads many events of few blocks.
type blockCache struct {
	mu     sync.Mutex
	blocks map[uint64]block
	order  []uint64
}

func (c *blockCache) get(seq uint64) (block, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, first := range c.order {
		b := c.blocks[first]
		if seq >= first && seq < first+uint64(len(b.raw)) {
			return b, true
		}
	}
	return block{}, false
}

func (c *blockCache) put(b block) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.blocks == nil {
		c.blocks = make(map[uint64]block)
	}
	if _, ok := c.blocks[b.first]; ok || len(b.raw) == 0 {
		return
	}
	if len(c.order) == cacheBlocks {
		delete(c.blocks, c.order[0])
		c.order = c.order[1:]
	}
	c.blocks[b.first] = b
	c.order = append(c.order, b.first)
}
