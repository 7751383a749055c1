package store_test

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/store"
)

func newID(t *testing.T, g *store.IDs, at time.Time) string {
	t.Helper()
	id, err := g.New(at)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestIDsSortByTimeAndOrder(t *testing.T) {
	g := store.NewIDs(rand.Reader)
	at := time.UnixMilli(1_772_366_400_000)
	var ids []string
	for ms := range 50 {
		for range 20 {
			ids = append(ids, newID(t, g, at.Add(time.Duration(ms)*time.Millisecond)))
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Error("ids are not in the order in which they were made")
	}
	for _, id := range ids {
		if len(id) != 26 || strings.ContainsFunc(id, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefghjkmnpqrstvwxyz", r) }) {
			t.Fatalf("id %q", id)
		}
	}
}

func TestIDsAreForeseeableFromTheirSources(t *testing.T) {
	at := time.UnixMilli(0x0102_0304_0506)
	a := newID(t, store.NewIDs(bytes.NewReader(make([]byte, 10))), at)
	if want := "041061050o"; a[:9] != want[:9] {
		t.Errorf("id %q does not begin with the time, %q", a, want)
	}
	if b := newID(t, store.NewIDs(bytes.NewReader(make([]byte, 10))), at); a != b {
		t.Errorf("%q and %q from the same sources", a, b)
	}
}

func TestIDsCountUpOverACarry(t *testing.T) {
	g := store.NewIDs(bytes.NewReader(bytes.Repeat([]byte{0xff}, 10)))
	at := time.UnixMilli(1)
	first, second := newID(t, g, at), newID(t, g, at)
	if first >= second {
		t.Errorf("%q then %q", first, second)
	}
}

func TestIDsFail(t *testing.T) {
	if _, err := store.NewIDs(rand.Reader).New(time.UnixMilli(-1)); err == nil {
		t.Error("a time before 1970 was taken")
	}
	if _, err := store.NewIDs(rand.Reader).New(time.UnixMilli(1 << 48)); err == nil {
		t.Error("a time that does not fit was taken")
	}
	g := store.NewIDs(bytes.NewReader(make([]byte, 3)))
	if _, err := g.New(time.UnixMilli(1)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a random source that ends: %v", err)
	}
}

func TestIDsFromManyGoroutines(t *testing.T) {
	g := store.NewIDs(rand.Reader)
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				id, err := g.New(time.UnixMilli(5))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				if seen[id] {
					t.Errorf("%q twice", id)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func FuzzCursor(f *testing.F) {
	f.Add("MC4wLjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw")
	f.Add("")
	f.Fuzz(func(t *testing.T, cursor string) {
		again, err := store.PlaceOf(cursor)
		if err != nil {
			if !errors.Is(err, casefile.ErrCursor) {
				t.Errorf("%q: %v", cursor, err)
			}
			return
		}
		if _, err := store.PlaceOf(again); err != nil {
			t.Errorf("%q is read as %q, which is refused: %v", cursor, again, err)
		}
	})
}

// TestWriteTriesAgain checks that a transaction runs again only after a lost race, and not for ever.
func TestWriteTriesAgain(t *testing.T) {
	lost, other := errors.New("lost the race"), errors.New("no luck")
	for _, tt := range []struct {
		name string
		fail func(run int) error
		runs int
		want error
	}{
		{"a success", func(int) error { return nil }, 1, nil},
		{"another error", func(int) error { return other }, 1, other},
		{"a race lost twice", func(run int) error {
			if run <= 2 {
				return lost
			}
			return nil
		}, 3, nil},
		{"a race lost for ever", func(int) error { return lost }, 8, lost},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "x.db"))
			if err != nil {
				t.Fatal(err)
			}
			db := store.Open(store.SQLite, h, h, func(err error) bool { return errors.Is(err, lost) })
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			runs := 0
			err = db.Write(t.Context(), func(*store.Tx) error { runs++; return tt.fail(runs) })
			if runs != tt.runs || !errors.Is(err, tt.want) {
				t.Errorf("%d runs, %v", runs, err)
			}
		})
	}
}
