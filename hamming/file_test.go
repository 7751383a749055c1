package hamming

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sample is entries with some hashes twice and thrice, enough for tables.
func sample(n int) (hashes [][4]uint64, ids []uint64) {
	rnd := rand.New(rand.NewPCG(8, 8))
	for i := range n {
		h := [4]uint64{rnd.Uint64(), rnd.Uint64(), rnd.Uint64(), rnd.Uint64()}
		for range 1 + i%50/48 + i%100/99 {
			hashes, ids = append(hashes, h), append(ids, uint64(len(ids)))
		}
	}
	return hashes, ids
}

func TestFileHoldsTheSegment(t *testing.T) {
	for name, n := range map[string]int{"empty": 0, "one": 1, "without tables": 1000, "with tables": smallest + 500} {
		t.Run(name, func(t *testing.T) {
			hashes, ids := sample(n)
			built, err := Build(hashes, ids, 42)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := built.WriteFile(filepath.Join(dir, "a")); err != nil {
				t.Fatal(err)
			}
			if err := Write(filepath.Join(dir, "b"), hashes, ids, 42); err != nil {
				t.Fatal(err)
			}
			a, _ := os.ReadFile(filepath.Join(dir, "a"))
			b, _ := os.ReadFile(filepath.Join(dir, "b"))
			if !bytes.Equal(a, b) {
				t.Error("Write and WriteFile differ")
			}
			for name, open := range map[string]func(string) (*Segment, error){"Open": Open, "Load": Load} {
				s, err := open(filepath.Join(dir, "a"))
				if err != nil {
					t.Fatal(name, err)
				}
				if s.Len() != len(ids) || s.Unique() != built.Unique() || s.Stamp() != 42 || s.Size() != built.Size() {
					t.Errorf("%s: %d entries, %d hashes, stamp %d, size %d", name, s.Len(), s.Unique(), s.Stamp(), s.Size())
				}
				for i := 0; i < len(hashes); i += 37 {
					q := flip(flip(hashes[i], i%256), (i+77)%256)
					if diff := cmp.Diff(built.Scan(nil, q, 31), s.Search(nil, q, 31)); diff != "" {
						t.Fatal(name, diff)
					}
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
			left, _ := filepath.Glob(filepath.Join(dir, "*.tmp"))
			if len(left) > 0 {
				t.Error("left over:", left)
			}
		})
	}
}

// written is the bytes of a file, where its pages begin that hold something, and its path.
func written(t *testing.T) (string, []byte) {
	t.Helper()
	hashes, ids := sample(smallest)
	path := filepath.Join(t.TempDir(), "index")
	if err := Write(path, hashes, ids, 1); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, b
}

func TestDamageIsFound(t *testing.T) {
	path, whole := written(t)
	refused := func(t *testing.T, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		for name, open := range map[string]func(string) (*Segment, error){"Open": Open, "Load": Load} {
			if s, err := open(path); !errors.Is(err, ErrCorrupt) || s != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for _, n := range []int{0, 1, 100, page - 1, page, page + 1, len(whole) / 2, len(whole) - page, len(whole) - 1} {
		refused(t, whole[:n])
	}
	refused(t, append(bytes.Clone(whole), 0))
	refused(t, append(bytes.Clone(whole), make([]byte, page)...))
	at := page
	for _, section := range sections(whole) {
		for _, off := range []int{0, section / 2, section - 1} {
			if section > 0 {
				b := bytes.Clone(whole)
				b[at+off] ^= 4
				refused(t, b)
			}
		}
		at += section + int(padding(uint64(section)))
	}
	for off := range headEntry {
		b := bytes.Clone(whole)
		b[off] ^= 1
		refused(t, b)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// sections is how long the sections of a file are.
func sections(b []byte) (lengths []int) {
	for i := range 4 + 3*int(b[16]) {
		lengths = append(lengths, int(b[headEntry+12*i])|int(b[headEntry+12*i+1])<<8|int(b[headEntry+12*i+2])<<16)
	}
	return lengths
}

// resum gives a file the checksums of what it holds, so that what is wrong in it must be found by looking.
func resum(b []byte) {
	if len(b) < page || int(b[16]) > maxParts {
		return
	}
	at := uint64(page)
	for i := range 4 + 3*int(b[16]) {
		h := b[headEntry+12*i:]
		n := uint64(h[0]) | uint64(h[1])<<8 | uint64(h[2])<<16 | uint64(h[3])<<24
		if at+n > uint64(len(b)) {
			break
		}
		sum := checksum(b[at:][:n])
		h[8], h[9], h[10], h[11] = byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24)
		at += n + padding(n)
	}
	sum := checksum(b[:page-4])
	copy(b[page-4:], []byte{byte(sum), byte(sum >> 8), byte(sum >> 16), byte(sum >> 24)})
}

// FuzzOpen changes a file and mends its checksums: it is refused, or can be searched for whatever and does not reach beyond itself.
func FuzzOpen(f *testing.F) {
	hashes, ids := sample(smallest)
	path := filepath.Join(f.TempDir(), "index")
	if err := Write(path, hashes[:300], ids[:300], 1); err != nil {
		f.Fatal(err)
	}
	small, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	if err := Write(path, hashes, ids, 1); err != nil {
		f.Fatal(err)
	}
	large, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(0), uint64(0), uint32(0), uint64(0), false, true)
	f.Add(uint32(20), uint64(77), uint32(page), uint64(1), true, true)
	for i, at := 0, page; i < len(sections(large)); i++ {
		f.Add(uint32(at), uint64(0x80000000), uint32(headEntry+12*i), uint64(64), true, true)
		at += sections(large)[i] + int(padding(uint64(sections(large)[i])))
	}
	f.Fuzz(func(t *testing.T, at uint32, to uint64, at2 uint32, to2 uint64, big, mend bool) {
		whole := small
		if big {
			whole = large
		}
		b := raw(make([]uint64, len(whole)/8))
		copy(b, whole)
		for i := range 8 {
			b[(int(at)+i)%len(b)] = byte(to >> (8 * i))
			b[(int(at2)+i)%len(b)] = byte(to2 >> (8 * i))
		}
		if mend {
			resum(b)
		}
		s, err := decode(b)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Error(err)
			}
			return
		}
		for i := 0; i < len(hashes); i += 500 {
			s.Search(nil, hashes[i], 48)
			s.byTables(hashes[i], 31)
			s.has(Entry{hashes[i], ids[i]})
		}
		s.each(func(Entry) {})
	})
}

// TestKilledBeforeTheName kills a process that has written a file but not yet given it its name.
func TestKilledBeforeTheName(t *testing.T) {
	hashes, ids := sample(smallest)
	if path := os.Getenv("HARIS_TEST_WRITE"); path != "" {
		s, err := Build(hashes[:100], ids[:100], 2)
		if err != nil {
			t.Fatal(err)
		}
		err = write(path, s, nil, func(string) error {
			_, _ = os.Stdout.WriteString("written\n")
			_, err := io.Copy(io.Discard, os.Stdin) // until killed
			return err
		})
		t.Fatal("went on:", err)
	}
	path := filepath.Join(t.TempDir(), "index")
	if err := Write(path, hashes, ids, 1); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestKilledBeforeTheName$")
	child.Env = append(os.Environ(), "HARIS_TEST_WRITE="+path)
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, len("written\n"))
	if _, err := io.ReadFull(out, line); err != nil || string(line) != "written\n" {
		t.Fatal(string(line), err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Stamp() != 1 || s.Len() != len(ids) {
		t.Errorf("stamp %d, %d entries", s.Stamp(), s.Len())
	}
}

func TestWriteThatFailsLeavesTheOldFile(t *testing.T) {
	path, whole := written(t)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	broken := errors.New("disk is full")
	err = write(path, s, func(i int) (table, error) { return s.tables[i], nil }, func(string) error { return broken })
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	if now, _ := os.ReadFile(path); !bytes.Equal(now, whole) {
		t.Error("the file has changed")
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Error("left over:", left)
	}
}

// TestLeftoversAreSwept: what a killed process left an hour ago goes with the next write, what is being written now stays.
func TestLeftoversAreSwept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "an [odd] *name")
	other := path + "x.1.tmp"
	for name, age := range map[string]time.Duration{path + ".1.tmp": 2 * abandoned, path + ".2.tmp": 0, other: 2 * abandoned} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, time.Now().Add(-age), time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	hashes, ids := sample(10)
	if err := Write(path, hashes, ids, 1); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{path: true, path + ".1.tmp": false, path + ".2.tmp": true, other: true} {
		if _, err := os.Stat(name); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
