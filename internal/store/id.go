package store

import (
	"encoding/base32"
	"fmt"
	"io"
	"sync"
	"time"
)

// IDs makes ids for rows: 26 characters of lower-case Crockford base32 that sort by the millisecond they were made in, and
// within one millisecond of one process by the order they were made. Safe for concurrent use.
type IDs struct {
	random io.Reader
	mu     sync.Mutex
	at     int64
	tail   [10]byte
}

// NewIDs makes ids with 80 bits from random behind the time; random is crypto/rand.Reader but in tests.
func NewIDs(random io.Reader) *IDs { return &IDs{random: random, at: -1} }

// crockford is the alphabet without i, l, o and u, in the order of its letters so that ids sort as their bytes do.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

// New returns an id for something that came to be at the given time, which must lie between 1970 and 10889. It fails only
// when the random source does.
func (g *IDs) New(at time.Time) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	ms := at.UnixMilli()
	if ms < 0 || ms >= 1<<48 {
		return "", fmt.Errorf("store: no id can be made for the time %s", at)
	}
	if ms != g.at || !g.next() {
		if _, err := io.ReadFull(g.random, g.tail[:]); err != nil {
			return "", fmt.Errorf("store: random source: %w", err)
		}
		g.tail[0] &= 0x7f // leaves room to count up within the millisecond
		g.at = ms
	}
	return idOf(ms, g.tail), nil
}

// idOf writes a millisecond and what comes behind it as an id.
func idOf(ms int64, tail [10]byte) string {
	var b [16]byte
	for i := range 6 {
		b[i] = byte(ms >> (8 * (5 - i)))
	}
	copy(b[6:], tail[:])
	return base32.NewEncoding(crockford).WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// firstID is what every id that was made before a millisecond stands before, and every other behind or at.
func firstID(ms int64) string { return idOf(max(0, ms), [10]byte{}) }

// next counts the tail up by one; it reports false when the tail is used up.
func (g *IDs) next() bool {
	for i := len(g.tail) - 1; i >= 0; i-- {
		g.tail[i]++
		if g.tail[i] != 0 {
			return true
		}
	}
	return false
}
