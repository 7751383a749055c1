package bank

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"haris/hamming"
	"haris/vpdq"
)

// change is an entry that came or went, as far as the index needs it.
type change struct {
	id   uint64
	hash Hash
	live bool
}

// Follow brings the index up to the last change, and loads it when that has not been done.
func (m *Matcher) Follow(ctx context.Context) error {
	m.following.Lock()
	defer m.following.Unlock()
	if !m.Status().Ready {
		return m.load(ctx)
	}
	m.mu.RLock()
	after := m.seq
	m.mu.RUnlock()
	var until uint64
	var banks []Bank
	var list []change
	err := m.c.Read(ctx, func(f Follow) (err error) {
		if until, err = f.Seq(ctx); err != nil || until == after {
			return err
		}
		if banks, err = f.Banks(ctx); err != nil {
			return err
		}
		list = list[:0]
		return f.Since(ctx, Range{After: after, Until: until}, func(e *Entry) error {
			list = append(list, change{e.ID, e.Hash, e.State == Live})
			return nil
		})
	})
	if err != nil || until == after {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range list {
		if err := m.apply(&list[i]); err != nil {
			return err
		}
	}
	m.banks, m.seq = banks, until
	m.near.SetStamp(until)
	return nil
}

// apply brings one change into the index.
func (m *Matcher) apply(c *change) error {
	switch c.hash.Kind {
	case PDQ:
		h, err := c.hash.PDQ()
		if err != nil {
			return fmt.Errorf("bank: entry %d: %w", c.id, err)
		}
		set(m.near, hamming.Entry{Hash: h, ID: c.id}, c.live)
	case VPDQ:
		list, err := vpdq.ParseSignal(c.hash.Value)
		if err != nil {
			return fmt.Errorf("bank: entry %d: %w", c.id, err)
		}
		for h := range countedFrames(list) {
			set(m.frames, hamming.Entry{Hash: h, ID: c.id}, c.live)
		}
	default:
		if c.live {
			m.equal.add(c.hash, c.id)
		} else {
			m.equal.remove(c.hash, c.id)
		}
	}
	return nil
}

func set(x *hamming.Index, e hamming.Entry, live bool) {
	if live {
		x.Add(e)
	} else {
		x.Remove(e)
	}
}

// load reads everything. It is called with following held and until it has succeeded the answer is unscanned.
func (m *Matcher) load(ctx context.Context) error {
	began := time.Now()
	next := Matcher{c: m.c, equal: newExact(), frames: hamming.New(nil, hamming.Options{})}
	err := m.c.Read(ctx, func(f Follow) (err error) {
		next.equal, next.frames = newExact(), hamming.New(nil, hamming.Options{})
		if next.seq, err = f.Seq(ctx); err != nil {
			return err
		}
		if next.banks, err = f.Banks(ctx); err != nil {
			return err
		}
		err = f.Since(ctx, Range{Until: next.seq, Not: PDQ, Live: true}, func(e *Entry) error {
			if e.Kind == VPDQ {
				return next.apply(&change{e.ID, e.Hash, true})
			}
			next.equal.base = append(next.equal.base, pair{exactKey(e.Hash), e.ID})
			return nil
		})
		if err != nil {
			return err
		}
		next.near, err = m.loadNear(ctx, f, next.seq)
		return err
	})
	if err != nil {
		return fmt.Errorf("bank: load the index: %w", err)
	}
	next.equal.sort()
	m.mu.Lock()
	m.ready, m.seq, m.banks, m.near, m.frames, m.equal = true, next.seq, next.banks, next.near, next.frames, next.equal
	m.mu.Unlock()
	s := m.Status()
	m.c.Log.Info("index of banks loaded", "pdq", s.Near, "frames", s.Frames, "exact", s.Equal, "version", s.Version, "took", time.Since(began))
	return nil
}

// loadNear takes the file of an earlier run and what changed since, when the two together hold as many entries as the store, and else
// reads all entries.
func (m *Matcher) loadNear(ctx context.Context, f Follow, until uint64) (*hamming.Index, error) {
	if x, err := m.fromFile(ctx, f, until); err == nil && x != nil {
		return x, nil
	} else if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		m.c.Log.Warn("the file of the index cannot be used; reading all entries", "error", err)
	}
	var hashes [][4]uint64
	var ids []uint64
	err := f.Since(ctx, Range{Until: until, Only: PDQ, Live: true}, func(e *Entry) error {
		h, err := e.PDQ()
		hashes, ids = append(hashes, h), append(ids, e.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	base, err := m.build(hashes, ids, until)
	if err != nil {
		return nil, err
	}
	return m.index(base, until), nil
}

// fileFrom is the number of entries from which a file saves time.
const fileFrom = 200_000

func (m *Matcher) build(hashes [][4]uint64, ids []uint64, stamp uint64) (*hamming.Segment, error) {
	if m.c.Path == "" || len(ids) < fileFrom {
		return hamming.Build(hashes, ids, stamp)
	}
	if err := hamming.Write(m.c.Path, hashes, ids, stamp); err != nil {
		return nil, err
	}
	return hamming.Open(m.c.Path)
}

func (m *Matcher) index(base *hamming.Segment, stamp uint64) *hamming.Index {
	x := hamming.New(base, hamming.Options{Path: m.c.Path, Rebuilt: func(err error) {
		if err != nil {
			m.c.Log.Error("the index could not be rebuilt; searches go on with what there is", "error", err)
		}
	}})
	x.SetStamp(stamp)
	return x
}

// fromFile is nil without an error when there is no file.
func (m *Matcher) fromFile(ctx context.Context, f Follow, until uint64) (*hamming.Index, error) {
	if m.c.Path == "" {
		return nil, nil
	}
	base, err := hamming.Open(m.c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x := m.index(base, until)
	err = m.since(ctx, f, x, Range{After: base.Stamp(), Until: until, Only: PDQ})
	if err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

func (m *Matcher) since(ctx context.Context, f Follow, x *hamming.Index, r Range) error {
	if r.After > r.Until {
		return errors.New("it is newer than the store")
	}
	err := f.Since(ctx, r, func(e *Entry) error {
		h, err := e.PDQ()
		set(x, hamming.Entry{Hash: h, ID: e.ID}, e.State == Live)
		return err
	})
	if err != nil {
		return err
	}
	counts, err := f.Live(ctx, PDQ)
	if err != nil {
		return err
	}
	if n := x.Len(); n != counts {
		return fmt.Errorf("it holds %d entries with what came since, the store %d", n, counts)
	}
	return nil
}
