package auth

import (
	"sync"
	"time"
)

// cachedKey is what was known of a key at a moment; found false is known absence.
type cachedKey struct {
	key   Key
	found bool
	at    time.Time
}

// keyCache keeps looked-up keys for KeyFresh. It is emptied when it is full, so that made-up ids cannot make it grow.
type keyCache struct {
	mu    sync.RWMutex
	by    map[string]cachedKey
	drops uint64
}

func newKeyCache() *keyCache { return &keyCache{by: map[string]cachedKey{}} }

func (c *keyCache) get(id string, now time.Time) (cachedKey, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	k, ok := c.by[id]
	return k, ok && now.Sub(k.at) < KeyFresh
}

// turn is taken before a look at the store; put refuses what was read before a drop, so a revoked key cannot come back.
func (c *keyCache) turn() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.drops
}

func (c *keyCache) put(id string, k cachedKey, turn uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if turn != c.drops {
		return
	}
	if len(c.by) >= maxCached {
		clear(c.by)
	}
	c.by[id] = k
}

func (c *keyCache) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops++
	delete(c.by, id)
}
