package hamming

import (
	"errors"
	"fmt"
	"math/bits"
	"sync"
)

// Options are how an Index keeps itself; the zero value keeps everything in memory.
type Options struct {
	// Path is the file that a rebuild writes, and from which the index is then mapped into memory. None keeps it in memory.
	Path string
	// Threshold is how many additions and removals are scanned before a rebuild begins in the background: of 0, a hundredth of
	// the entries but at least 65,536, which a search takes a tenth of a millisecond for. Below 0 only Rebuild rebuilds.
	Threshold int
	// Rebuilt is told of every rebuild that began by itself, one at a time. What was added stays searched when one fails. It must
	// not close the index, which waits for it.
	Rebuilt func(error)
}

// Index is a set of entries that changes while it is searched. All methods may be called at the same time.
type Index struct {
	options Options
	rebuild sync.Mutex // held while one goes on
	work    sync.WaitGroup

	mu      sync.RWMutex
	base    *Segment
	came    []Entry          // since base was built, also what was removed again
	at      []uint64         // when each of came was added
	live    map[Entry]uint64 // when what is there of came was added
	gone    map[Entry]uint64 // when it was last removed; newer than base
	now     uint64           // counts the changes
	stamp   uint64
	running bool
	failed  int // how many changes there were when a rebuild failed
	closed  bool
}

// ErrClosed is returned by an index that was closed.
var ErrClosed = errors.New("hamming: index is closed")

// New makes an index of what a segment holds, which the index owns from now on; nil is an empty one.
func New(base *Segment, o Options) *Index {
	if base == nil {
		base = &Segment{}
	}
	return &Index{options: o, base: base, live: map[Entry]uint64{}, gone: map[Entry]uint64{}, stamp: base.stamp}
}

// Add adds an entry, which the next search finds. It is false for what is there already, and when the index is closed.
func (x *Index) Add(e Entry) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed || x.has(e) {
		return false
	}
	x.now++
	x.came, x.at = append(x.came, e), append(x.at, x.now)
	x.live[e] = x.now
	x.maybeRebuild()
	return true
}

// Remove takes an entry out, so that no later search finds it. It is false for what is not there, and when the index is closed.
func (x *Index) Remove(e Entry) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed || !x.has(e) {
		return false
	}
	x.now++
	x.gone[e] = x.now
	delete(x.live, e)
	x.maybeRebuild()
	return true
}

// Has tells whether an entry is there.
func (x *Index) Has(e Entry) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.has(e)
}

func (x *Index) has(e Entry) bool {
	if _, ok := x.live[e]; ok {
		return true
	}
	_, removed := x.gone[e]
	return !removed && x.base.has(e)
}

// Len is the number of entries. It looks at every removal since the last rebuild.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	n := x.base.entries + len(x.live)
	for e := range x.gone {
		if x.base.has(e) {
			n--
		}
	}
	return n
}

// Pending is how many additions and removals came since the last rebuild.
func (x *Index) Pending() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.came) + len(x.gone)
}

// SetStamp says how far the caller's own record has been added; the next rebuild keeps it in the file, so that the caller knows
// from where to add again after a restart.
func (x *Index) SetStamp(v uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.stamp = v
}

// Search appends to dst every entry whose hash is within radius, inclusive, of q, in the order of distance, then of identifier. It
// fails only when the index is closed.
func (x *Index) Search(dst []Match, q [4]uint64, radius int) ([]Match, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.closed {
		return dst, ErrClosed
	}
	first := len(dst)
	dst = x.base.Search(dst, q, radius)
	if len(x.gone) > 0 {
		kept := dst[:first]
		for _, m := range dst[first:] {
			if _, removed := x.gone[m.Entry]; !removed {
				kept = append(kept, m)
			}
		}
		dst = kept
	}
	before := len(dst)
	for i := range x.came {
		h := &x.came[i].Hash
		d := bits.OnesCount64(h[0]^q[0]) + bits.OnesCount64(h[1]^q[1])
		if d > radius {
			continue
		}
		if d += bits.OnesCount64(h[2]^q[2]) + bits.OnesCount64(h[3]^q[3]); d <= radius && x.live[x.came[i]] == x.at[i] {
			dst = append(dst, Match{x.came[i], d})
		}
	}
	if len(dst) > before {
		sorted(dst[first:])
	}
	return dst, nil
}

// maybeRebuild begins a rebuild when enough has come.
func (x *Index) maybeRebuild() {
	threshold := x.options.Threshold
	if threshold == 0 {
		threshold = max(65536, x.base.entries/100)
	}
	pending := len(x.came) + len(x.gone)
	if threshold < 0 || x.running || pending < threshold || pending < 2*x.failed {
		return
	}
	x.running = true
	x.work.Go(func() {
		err := x.Rebuild()
		if x.options.Rebuilt != nil {
			x.options.Rebuilt(err)
		}
		x.mu.Lock()
		x.running, x.failed = false, 0
		if err != nil {
			x.failed = len(x.came) + len(x.gone)
		}
		x.mu.Unlock()
	})
}

// Rebuild makes one segment of everything. Searches, additions and removals go on meanwhile, and none is lost. It takes twice the
// memory of the hashes while it works.
func (x *Index) Rebuild() error {
	x.rebuild.Lock()
	defer x.rebuild.Unlock()
	hashes, ids, until, stamp, err := x.snapshot()
	if err != nil {
		return err
	}
	next, err := x.build(hashes, ids, stamp)
	if err != nil {
		return fmt.Errorf("rebuild index: %w", err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return errors.Join(ErrClosed, next.Close())
	}
	old := x.base
	x.base = next
	n := 0
	for n < len(x.at) && x.at[n] <= until {
		n++
	}
	x.came, x.at = append([]Entry(nil), x.came[n:]...), append([]uint64(nil), x.at[n:]...)
	for _, set := range []map[Entry]uint64{x.live, x.gone} {
		for e, at := range set {
			if at <= until {
				delete(set, e)
			}
		}
	}
	return old.Close() // nobody searches it, for the lock is held
}

// snapshot collects what is there now.
func (x *Index) snapshot() (hashes [][4]uint64, ids []uint64, until, stamp uint64, err error) {
	x.mu.RLock()
	base, came, at := x.base, x.came, x.at
	live, gone := make(map[Entry]uint64, len(x.live)), make(map[Entry]uint64, len(x.gone))
	for e, v := range x.live {
		live[e] = v
	}
	for e, v := range x.gone {
		gone[e] = v
	}
	until, stamp = x.now, x.stamp
	closed := x.closed
	x.mu.RUnlock()
	if closed {
		return nil, nil, 0, 0, ErrClosed
	}
	n := base.entries + len(live)
	hashes, ids = make([][4]uint64, 0, n), make([]uint64, 0, n)
	add := func(e Entry) { hashes, ids = append(hashes, e.Hash), append(ids, e.ID) }
	base.each(func(e Entry) {
		if _, removed := gone[e]; !removed {
			add(e)
		}
	})
	for i, e := range came {
		if live[e] == at[i] {
			add(e)
		}
	}
	return hashes, ids, until, stamp, nil
}

func (x *Index) build(hashes [][4]uint64, ids []uint64, stamp uint64) (*Segment, error) {
	if x.options.Path == "" {
		return Build(hashes, ids, stamp)
	}
	if err := Write(x.options.Path, hashes, ids, stamp); err != nil {
		return nil, err
	}
	return Open(x.options.Path)
}

// Close waits for a rebuild that goes on and releases the file.
func (x *Index) Close() error {
	x.mu.Lock()
	x.closed = true
	x.mu.Unlock()
	x.work.Wait()
	x.rebuild.Lock()
	defer x.rebuild.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.base.Close()
}
