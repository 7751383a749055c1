package bank

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"haris/hamming"
	"haris/internal/taxonomy"
	"haris/vpdq"
)

// Config is what a Matcher needs. Fields without a comment are required.
type Config struct {
	// Read runs f in one read-only transaction.
	Read func(ctx context.Context, f func(Follow) error) error
	Now  func() time.Time
	Log  *slog.Logger
	// Path is a file that keeps the index of PDQ hashes over a restart; none keeps it in memory only. Only one process may have it.
	Path string
	// Workers is how many goroutines compare; 0 means 1.
	Workers int
}

// Matcher holds an index of every live entry and follows the store. Until it is loaded, and when it cannot read, its answer is
// unscanned. Safe for concurrent use.
type Matcher struct {
	c Config

	following sync.Mutex // held by whoever brings the index up to date
	mu        sync.RWMutex
	ready     bool
	seq       uint64 // what of the sequence of changes is in the index
	banks     []Bank
	near      *hamming.Index // of PDQ, by entry
	frames    *hamming.Index // of vPDQ: every frame that counts, by entry
	equal     *exact         // of the other kinds
}

// NewMatcher returns a Matcher that is not loaded yet.
func NewMatcher(c Config) *Matcher {
	c.Workers = max(c.Workers, 1)
	return &Matcher{c: c, equal: newExact(), frames: hamming.New(nil, hamming.Options{})}
}

// Poll is how often Run looks for changes.
const Poll = time.Second

// Run loads the index and follows the store until ctx ends. What cannot be read is logged and tried again.
func (m *Matcher) Run(ctx context.Context) {
	tick := time.NewTicker(Poll)
	defer tick.Stop()
	failed := false
	for {
		err := m.Follow(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			m.c.Log.Error("the index of banks could not be brought up to date; trying again", "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Close releases the file of the index.
func (m *Matcher) Close() error {
	m.following.Lock()
	defer m.following.Unlock()
	m.mu.Lock()
	near := m.near
	m.ready, m.near = false, nil
	m.mu.Unlock()
	if near == nil {
		return nil
	}
	return near.Close()
}

// Status says how far the index is.
type Status struct {
	Ready   bool   `json:"ready"`
	Version uint64 `json:"version"`
	Near    int    `json:"pdq"`
	Frames  int    `json:"frames"`
	Equal   int    `json:"exact"`
}

// Status counts what the index holds.
func (m *Matcher) Status() Status {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s := Status{Ready: m.ready, Version: m.seq, Frames: m.frames.Len(), Equal: m.equal.len()}
	if m.near != nil {
		s.Near = m.near.Len()
	}
	return s
}

// Any reports whether any bank is not off; without one there is nothing to compare with. It is true while that is not known.
func (m *Matcher) Any() bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return !m.ready || slices.ContainsFunc(m.banks, func(b Bank) bool { return b.Mode != taxonomy.ModeOff })
}

// maxCatchUp is how many changes Match takes in before it answers. More than that, an import, is left to Run: what was compared before
// it is in is found by the sweep.
const maxCatchUp = 10_000

// Match decides about each media. What was added or removed before it was called, in whatever process, counts.
func (m *Matcher) Match(ctx context.Context, list []Media) []Decision {
	out := make([]Decision, len(list))
	if err := m.catchUp(ctx); err != nil {
		m.c.Log.Error("banks could not be compared", "error", err)
		return failed(out, m.reason())
	}
	found := make([][]Hit, len(list))
	errs := make([]error, m.c.Workers)
	m.mu.RLock()
	banks, version := m.banks, m.seq
	var wg sync.WaitGroup
	for w := range min(m.c.Workers, len(list)) {
		wg.Go(func() {
			for i := w; i < len(list); i += m.c.Workers {
				hits, err := m.find(&list[i], banks)
				found[i], errs[w] = hits, errors.Join(errs[w], err)
			}
		})
	}
	wg.Wait()
	m.mu.RUnlock()
	err := errors.Join(errs...)
	if err == nil {
		err = m.complete(ctx, list, found)
	}
	if err != nil {
		m.c.Log.Error("banks could not be compared", "error", err)
		return failed(out, ReadFailed)
	}
	for i := range list {
		out[i] = Decide(list[i], banks, found[i], m.c.Now())
		out[i].Version = version
	}
	return out
}

func failed(out []Decision, r Reason) []Decision {
	for i := range out {
		out[i] = Decision{Answer: Unscanned, Reasons: []Reason{r}}
	}
	return out
}

func (m *Matcher) reason() Reason {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.ready {
		return NotLoaded
	}
	return ReadFailed
}

// errNotLoaded says that Run has not loaded the index yet.
var errNotLoaded = errors.New("bank: the index is not loaded")

// catchUp takes in what is new, unless that is much.
func (m *Matcher) catchUp(ctx context.Context) error {
	var now uint64
	err := m.c.Read(ctx, func(f Follow) (err error) {
		now, err = f.Seq(ctx)
		return err
	})
	if err != nil {
		return err
	}
	m.mu.RLock()
	ready, at := m.ready, m.seq
	m.mu.RUnlock()
	switch {
	case !ready:
		return errNotLoaded
	case now > at && now-at <= maxCatchUp:
		return m.Follow(ctx)
	}
	return nil
}

// find looks the hashes of a media up, and returns hits that have only the id of their entry.
func (m *Matcher) find(media *Media, banks []Bank) (hits []Hit, err error) {
	radius, dihedral := 0, false
	for i := range banks {
		if banks[i].Mode != taxonomy.ModeOff {
			radius, dihedral = max(radius, banks[i].Radius), dihedral || banks[i].Dihedral
		}
	}
	// An entry may be hit upright and, nearer, turned: which of the two counts is the bank's choice. So with frames and vetoes.
	type spot struct {
		id      uint64
		upright bool
		frame   int
	}
	at := map[spot]int{}
	add := func(h Hit) {
		k := spot{h.Entry.ID, h.Turn == 0, h.Frame}
		i, ok := at[k]
		switch {
		case !ok:
			at[k], h.Share = len(hits), 1
			hits = append(hits, h)
		case h.Distance < hits[i].Distance:
			hits[i].Distance, hits[i].Turn = h.Distance, h.Turn
		}
	}
	for _, h := range media.Hashes {
		switch h.Kind {
		case PDQ:
			err = errors.Join(err, m.findPDQ(h, media, radius, dihedral, add))
		case VPDQ:
			err = errors.Join(err, m.findVideo(h, radius, add))
		default:
			for _, id := range m.equal.find(h, nil) {
				add(Hit{Entry: Entry{ID: id}})
			}
		}
	}
	return hits, err
}

// anyNear reports whether a hash lies near any entry.
func (m *Matcher) anyNear(s *Stored) (bool, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.ready {
		return false, errNotLoaded
	}
	hits, err := m.find(&Media{Hashes: []Hash{s.Hash}, Quality: s.Quality}, m.banks)
	return len(hits) > 0, err
}

func (m *Matcher) findPDQ(h Hash, media *Media, radius int, dihedral bool, add func(Hit)) error {
	q, err := h.PDQ()
	if err != nil {
		return err
	}
	turned := [8][4]uint64{q}
	n := 1
	if dihedral {
		all := Turned(q)
		if media.Turned != nil {
			all = *media.Turned
		}
		for i := range all {
			turned[i] = all[i]
		}
		turned[0], n = q, len(all)
	}
	var found []hamming.Match
	for turn := range n {
		if found, err = m.near.Search(found[:0], turned[turn], radius); err != nil {
			return err
		}
		for _, f := range found {
			add(Hit{Entry: Entry{ID: f.ID}, Distance: f.Distance, Turn: turn})
		}
	}
	return nil
}

// findVideo finds the videos that have a frame near one of these, and the pictures that one of these is near.
func (m *Matcher) findVideo(h Hash, radius int, add func(Hit)) error {
	list, err := vpdq.ParseSignal(h.Value)
	if err != nil {
		return err
	}
	var found []hamming.Match
	for q, frame := range countedFrames(list) {
		if found, err = m.frames.Search(found[:0], q, radius); err != nil {
			return err
		}
		for _, f := range found {
			add(Hit{Entry: Entry{ID: f.ID}})
		}
		if found, err = m.near.Search(found[:0], q, radius); err != nil {
			return err
		}
		for _, f := range found {
			add(Hit{Entry: Entry{ID: f.ID}, Distance: f.Distance, Frame: frame})
		}
	}
	return nil
}

// countedFrames are the different hashes of the frames that have enough to see, with the place of the first that has each, from 1.
func countedFrames(list []vpdq.Feature) map[[4]uint64]int {
	out := map[[4]uint64]int{}
	for i, f := range list {
		if _, ok := out[f.Hash]; !ok && f.Quality >= vpdq.Threat().MinQuality {
			out[f.Hash] = i + 1
		}
	}
	return out
}

// complete reads the entries of all hits, and drops those that share a key but not the value.
func (m *Matcher) complete(ctx context.Context, list []Media, found [][]Hit) error {
	var ids []uint64
	for _, hits := range found {
		for i := range hits {
			ids = append(ids, hits[i].Entry.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	byID := make(map[uint64]Entry, len(ids))
	err := m.c.Read(ctx, func(f Follow) error {
		for part := range slices.Chunk(ids, 500) {
			entries, err := f.Get(ctx, part)
			if err != nil {
				return err
			}
			for _, e := range entries {
				byID[e.ID] = e
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("bank: read entries: %w", err)
	}
	for i := range list {
		kept := found[i][:0]
		for _, h := range found[i] {
			e, ok := byID[h.Entry.ID]
			h.Entry = e
			if ok && list[i].confirms(&h) {
				kept = append(kept, h)
			}
		}
		found[i] = kept
	}
	return nil
}

// confirms looks at the entry itself: equal kinds must be equal, and of videos the frames are compared.
func (m *Media) confirms(h *Hit) bool {
	switch h.Entry.Kind {
	case PDQ:
		return true
	case VPDQ:
		known, err := vpdq.ParseSignal(h.Entry.Value)
		if err != nil {
			return false
		}
		h.Share = 0
		for _, own := range m.Hashes {
			if own.Kind != VPDQ {
				continue
			}
			if list, err := vpdq.ParseSignal(own.Value); err == nil {
				o := vpdq.Threat().Compare(list, known)
				h.Share = max(h.Share, o.QueryShare(), o.TargetShare())
			}
		}
		return h.Share > 0
	}
	return slices.Contains(m.Hashes, h.Entry.Hash)
}

// Rebuild makes one index of all PDQ hashes, and writes it into the file when there is one. It happens by itself when much has changed.
func (m *Matcher) Rebuild() error {
	m.mu.RLock()
	near := m.near
	m.mu.RUnlock()
	if near == nil {
		return errNotLoaded
	}
	return near.Rebuild()
}
