// Package spool sorts the events of a simulated platform that are too many for memory: an external merge sort over compressed files in a
// directory of its own, which Close removes. It knows nothing of what the events say. haris simulate calls it.
package spool

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"haris/internal/demo/platform"
)

// DefaultRun is how many bytes of events are sorted at a time: 64 MB.
const DefaultRun = 64 << 20

// window is the memory that each file needs to be read again.
const window = 256 << 10

// Spool takes events in any order and gives them back in the order of platform.Event.Compare. It is for one goroutine.
type Spool struct {
	dir   string
	run   int
	held  []platform.Event
	bytes int
	files []string
	count int
}

// New makes a directory for the files below dir (the system's directory of temporary files when empty). run is how many bytes of
// events are held in memory at a time, 0 for DefaultRun.
func New(dir string, run int) (*Spool, error) {
	if run == 0 {
		run = DefaultRun
	}
	d, err := os.MkdirTemp(dir, "haris-simulate-")
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return &Spool{dir: d, run: run}, nil
}

// Close removes what was written.
func (s *Spool) Close() error { return os.RemoveAll(s.dir) }

// Count is how many events were put.
func (s *Spool) Count() int { return s.count }

// Put takes one event; of the event only Time, ID and JSON are kept.
func (s *Spool) Put(e platform.Event) error {
	s.held = append(s.held, platform.Event{Time: e.Time, ID: e.ID, JSON: e.JSON})
	s.count++
	if s.bytes += len(e.JSON) + len(e.ID); s.bytes < s.run {
		return nil
	}
	return s.spill()
}

func (s *Spool) sort() {
	slices.SortFunc(s.held, func(a, b platform.Event) int { return a.Compare(&b) })
}

// spill sorts what is held and writes it away.
func (s *Spool) spill() (err error) {
	s.sort()
	f, err := os.CreateTemp(s.dir, "run-")
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := zstd.NewWriter(f, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window))
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	w := bufio.NewWriterSize(z, 1<<16)
	var head []byte
	for i := range s.held {
		e := &s.held[i]
		head = binary.AppendVarint(head[:0], e.Time.UnixMilli())
		head = binary.AppendUvarint(head, uint64(len(e.ID)))
		head = append(head, e.ID...)
		head = binary.AppendUvarint(head, uint64(len(e.JSON)))
		if _, err := w.Write(append(head, e.JSON...)); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
	}
	if err := errors.Join(w.Flush(), z.Close()); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.files = append(s.files, f.Name())
	clear(s.held)
	s.held, s.bytes = s.held[:0], 0
	return nil
}

// Each gives the events in order; of each only Time, ID and JSON are set, and JSON is valid only during the call. Nothing may be put
// after it. What f returns ends it.
func (s *Spool) Each(f func(platform.Event) error) (err error) {
	s.sort()
	m := merge{}
	defer func() {
		for _, r := range m {
			err = errors.Join(err, r.close())
		}
	}()
	for _, name := range s.files {
		r, err := open(name)
		if err != nil {
			return err
		}
		m = append(m, r)
	}
	m = append(m, &run{held: s.held})
	for i := 0; i < len(m); { // every run shows its first event
		ok, err := m[i].next()
		switch {
		case err != nil:
			return err
		case ok:
			i++
		default:
			err := m[i].close()
			m = slices.Delete(m, i, i+1)
			if err != nil {
				return err
			}
		}
	}
	heap.Init(&m)
	for len(m) > 0 {
		if err := f(m[0].at); err != nil {
			return err
		}
		ok, err := m[0].next()
		if err != nil {
			return err
		}
		if ok {
			heap.Fix(&m, 0)
			continue
		}
		r, _ := heap.Pop(&m).(*run)
		if err := r.close(); err != nil {
			return err
		}
	}
	return nil
}

// run is one sorted part: a file, or what is still held.
type run struct {
	held []platform.Event
	file *os.File
	z    *zstd.Decoder
	in   *bufio.Reader
	at   platform.Event
	buf  []byte
}

func open(name string) (*run, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("spool: %w", err), f.Close())
	}
	return &run{file: f, z: z, in: bufio.NewReaderSize(z, 1<<15)}, nil
}

func (r *run) close() error {
	if r.file == nil {
		return nil
	}
	r.z.Close()
	f := r.file
	r.file = nil
	return f.Close()
}

// next moves on to the next event; ok is false at the end.
func (r *run) next() (ok bool, err error) {
	if r.in == nil {
		if len(r.held) == 0 {
			return false, nil
		}
		r.at, r.held = r.held[0], r.held[1:]
		return true, nil
	}
	ms, err := binary.ReadVarint(r.in)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("spool: %w", err)
	}
	id, err := r.part()
	if err != nil {
		return false, err
	}
	r.at = platform.Event{Time: time.UnixMilli(ms).UTC(), ID: string(id)}
	r.at.JSON, err = r.part()
	return err == nil, err
}

// part reads a length and so many bytes, which are valid until the next call.
func (r *run) part() ([]byte, error) {
	n, err := binary.ReadUvarint(r.in)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	r.buf = slices.Grow(r.buf[:0], int(n))[:n]
	if _, err := io.ReadFull(r.in, r.buf); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return r.buf, nil
}

// merge is a heap of runs by their next event.
type merge []*run

func (m merge) Len() int           { return len(m) }
func (m merge) Less(i, j int) bool { return m[i].at.Compare(&m[j].at) < 0 }
func (m merge) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merge) Push(x any)        { *m = append(*m, x.(*run)) }
func (m *merge) Pop() any {
	last := len(*m) - 1
	r := (*m)[last]
	*m = (*m)[:last]
	return r
}
