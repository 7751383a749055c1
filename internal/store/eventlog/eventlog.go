// Package eventlog keeps the log of events: append-only, in compressed blocks, each event once. Beside the blocks it keeps two
// sorted indexes as immutable runs that are merged as they grow (a log-structured merge): which events were seen, and the line
// of events of each account and conversation. Runs keep random writes out of the way of ingest: an index costs a few dozen
// bytes an event however large it is. One Log appends; any number may read.
package eventlog

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/store"
)

// ErrCorrupt says that a stored block or run cannot be read.
var ErrCorrupt = errors.New("eventlog: stored data cannot be read")

// blockEvents is the number of events of one block: large enough to compress well, small enough to read one event fast.
const blockEvents = 256

// entry is one entry of a run: a hash, or a hash of 8 bytes and a sequence number.
type entry [16]byte

// Log is the log of one database.
type Log struct {
	db  *store.DB
	enc *zstd.Encoder
	dec *zstd.Decoder

	mu     sync.RWMutex
	next   uint64
	nextID int64
	runs   []run
	cache  blockCache
}

// Open reads what is needed to append and to search.
func Open(ctx context.Context, db *store.DB) (*Log, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("eventlog: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, fmt.Errorf("eventlog: %w", err)
	}
	l := &Log{db: db, enc: enc, dec: dec}
	return l, db.Read(ctx, func(tx *store.Tx) error { return l.load(ctx, tx) })
}

func (l *Log) load(ctx context.Context, tx *store.Tx) error {
	end, err := End(ctx, tx)
	if err != nil {
		return err
	}
	l.next = end + 1
	l.runs, err = loadRuns(ctx, tx)
	for _, r := range l.runs {
		l.nextID = max(l.nextID, r.id)
	}
	l.nextID++
	return err
}

// Next is the sequence number that the next event will get; numbers begin at 1 and have no gaps.
func (l *Log) Next() uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.next
}

// Identity is the idempotency key of an event.
type Identity [16]byte

// Identify returns the idempotency key of (source, id): 128 bits of SHA-256.
func Identify(source, id string) Identity {
	var b [1280 + 2]byte
	n := binary.PutUvarint(b[:], uint64(len(source)))
	h := sha256.Sum256(append(append(b[:n], source...), id...))
	return Identity(h[:16])
}

// Append stores events, which must be new and in the order of their sequence numbers from Next on. It returns what must be
// called once the transaction is durable; without that call the Log stays as it was.
func (l *Log) Append(ctx context.Context, tx *store.Tx, now int64, ids []Identity, events []event.Event) (done func(), err error) {
	l.mu.RLock()
	c := change{nextID: l.nextID, runs: append([]run(nil), l.runs...)}
	l.mu.RUnlock()
	for i := 0; i < len(events); i += blockEvents {
		if err := l.block(ctx, tx, now, events[i:min(i+blockEvents, len(events))]); err != nil {
			return nil, err
		}
	}
	seen := make([]entry, len(ids))
	for i, id := range ids {
		seen[i] = entry(id)
	}
	if err := c.add(ctx, tx, kindSeen, seen); err != nil {
		return nil, err
	}
	if err := c.add(ctx, tx, kindLine, lines(events)); err != nil {
		return nil, err
	}
	next := events[len(events)-1].Seq + 1
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.next, l.nextID, l.runs = next, c.nextID, c.runs
	}, nil
}

func (l *Log) block(ctx context.Context, tx *store.Tx, now int64, events []event.Event) error {
	var body []byte
	for i := range events {
		body = binary.AppendUvarint(body, uint64(len(events[i].Raw)))
		body = append(body, events[i].Raw...)
	}
	_, err := tx.Exec(ctx, `INSERT INTO log_block (first_seq, count, logged_at, body) VALUES ($1, $2, $3, $4)`,
		int64(events[0].Seq), len(events), now, l.enc.EncodeAll(body, nil))
	if err != nil {
		return fmt.Errorf("eventlog: write block: %w", err)
	}
	return nil
}

// lines are the entries of the line index: every event for its actor, its targets and its conversation.
func lines(events []event.Event) []entry {
	out := make([]entry, 0, 3*len(events))
	for i := range events {
		e := &events[i]
		actor := e.Actor()
		if actor != "" {
			out = append(out, lineEntry(AccountLine(actor), e.Seq))
		}
		for _, t := range e.Targets() {
			if t != actor {
				out = append(out, lineEntry(AccountLine(t), e.Seq))
			}
		}
		if e.Data.Conversation != "" {
			out = append(out, lineEntry(ConversationLine(e.Data.Conversation), e.Seq))
		}
	}
	return out
}

// Line names the line of events of one account or conversation.
type Line uint64

// AccountLine is the line of everything that an account did or that was done to it.
func AccountLine(account string) Line { return Line(detect.AccountKey(account).Short()) }

// ConversationLine is the line of a conversation.
func ConversationLine(id string) Line {
	return Line(detect.AccountKey("conversation\x00" + id).Short())
}

func lineEntry(l Line, seq uint64) entry {
	var e entry
	binary.BigEndian.PutUint64(e[:8], uint64(l))
	binary.BigEndian.PutUint64(e[8:], seq)
	return e
}
