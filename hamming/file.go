package hamming

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unsafe"
)

// ErrCorrupt is what every error wraps that says a file is not what was written: cut, changed, of another version or kind.
var ErrCorrupt = errors.New("hamming: not a whole index file")

// The file is a header of one page, then sections that begin at multiples of a page: hashes, identifiers, which have several,
// those, and for each table its lines, wide lines and list. Numbers are little-endian. The header has for every section its
// length and CRC-32C, and ends with its own.
const (
	magic     = "HARISHX1"
	page      = 4096
	headEntry = 24 // where the sections begin in the header
)

type section struct {
	length uint64
	sum    uint32
}

// Write builds a segment of entries in a file without keeping all of its tables in memory at a time. The file appears at path as a
// whole or not at all: it is written beside it, synced, and renamed. The
// error is errors.ErrUnsupported on a machine that is not little-endian, as it is of Open and Load.
func Write(path string, hashes [][4]uint64, ids []uint64, stamp uint64) error {
	s, err := prepare(hashes, ids, stamp, parts(len(hashes)))
	if err != nil {
		return err
	}
	return write(path, s, func(i int) (table, error) { return s.tabulate(i), nil }, nil)
}

// WriteFile writes a segment to a file, as Write does.
func (s *Segment) WriteFile(path string) error {
	return write(path, s, func(i int) (table, error) { return s.tables[i], nil }, nil)
}

// write calls before, if there is one, when all is on disk but the name.
func write(path string, s *Segment, tableOf func(int) (table, error), before func(temporary string) error) (err error) {
	if !littleEndian() {
		return errors.ErrUnsupported
	}
	sweep(path)
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write index %s: %w", path, err)
		}
	}()
	w := &writer{out: bufio.NewWriterSize(f, 1<<20)}
	w.section(make([]byte, page))
	w.sections = w.sections[:0]
	w.section(raw(s.hashes))
	w.section(raw(s.ids))
	w.section(raw(s.many))
	w.section(raw(s.more))
	for i := range s.subs {
		t, err := tableOf(i)
		if err != nil {
			return err
		}
		w.section(raw(t.lines))
		w.section(raw(t.wide))
		w.section(raw(t.list))
	}
	if w.err == nil {
		w.err = w.out.Flush()
	}
	if w.err != nil {
		return w.err
	}
	if _, err := f.WriteAt(header(s, w.sections), 0); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if before != nil {
		if err := before(f.Name()); err != nil {
			return err
		}
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// abandoned is how long nothing is written to a file that is to be renamed before it is one of a process that was killed.
const abandoned = time.Hour

// sweep removes what killed processes have left beside path. It may be as large as an index.
func sweep(path string) {
	left, _ := filepath.Glob(escaped(path) + ".*.tmp")
	for _, name := range left {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(name) // the next write tries again
		}
	}
}

// escaped takes the meaning of a pattern from a path.
func escaped(path string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(path)
}

// writer writes sections and keeps the first error.
type writer struct {
	out      *bufio.Writer
	sections []section
	err      error
}

func (w *writer) section(b []byte) {
	if w.err != nil {
		return
	}
	w.sections = append(w.sections, section{uint64(len(b)), crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))})
	if _, w.err = w.out.Write(b); w.err == nil {
		_, w.err = w.out.Write(make([]byte, padding(uint64(len(b)))))
	}
}

func padding(n uint64) uint64 { return (page - n%page) % page }

func header(s *Segment, sections []section) []byte {
	b := make([]byte, page)
	copy(b, magic)
	binary.LittleEndian.PutUint64(b[8:], s.stamp)
	binary.LittleEndian.PutUint32(b[16:], uint32(len(s.subs)))
	binary.LittleEndian.PutUint32(b[20:], uint32(len(s.hashes)))
	at := headEntry
	for _, x := range sections {
		binary.LittleEndian.PutUint64(b[at:], x.length)
		binary.LittleEndian.PutUint32(b[at+8:], x.sum)
		at += 12
	}
	binary.LittleEndian.PutUint32(b[page-4:], crc32.Checksum(b[:page-4], crc32.MakeTable(crc32.Castagnoli)))
	return b
}

// Open maps a file into memory, after it has read all of it once and found it whole. Memory is taken as searches touch it and given
// back under pressure. The file must not be written to; replacing it by Write is safe. Every error about what is in the file
// wraps ErrCorrupt.
func Open(path string) (*Segment, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	defer f.Close()
	b, release, err := mapped(f)
	if err != nil {
		return nil, fmt.Errorf("open index %s: %w", path, err)
	}
	s, err := decode(b)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open index %s: %w", path, err), release())
	}
	s.close = release
	settle(b)
	return s, nil
}

// Load reads a file as Open does, but into memory of its own, with large pages where the system has them: faster to search,
// when there is room for all of it.
func Load(path string) (*Segment, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load index: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("load index %s: %w", path, err)
	}
	words := huge[[8]uint64](int((info.Size() + 63) / 64))
	b := raw(words)[:info.Size()]
	if _, err := io.ReadFull(f, b); err != nil {
		return nil, fmt.Errorf("load index %s: %w", path, err)
	}
	s, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("load index %s: %w", path, err)
	}
	return s, nil
}

// raw is the memory of a slice.
func raw[T any](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), uintptr(len(s))*unsafe.Sizeof(*new(T)))
}

func littleEndian() bool {
	one := uint16(1)
	return *(*byte)(unsafe.Pointer(&one)) == 1
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
