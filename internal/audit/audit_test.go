package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// memory is a log in memory, with the freedom to tamper with every part of it.
type memory struct {
	rows   []Row
	hashes map[int64][]byte
	tree   Tree
	head   *Head
	edge   []byte
	fail   error
}

func (m *memory) add(t *testing.T, e Entry) {
	t.Helper()
	e.Index = m.tree.Size
	e, record, err := Record(e)
	if err != nil {
		t.Fatal(err)
	}
	grown, hashes := m.tree.Append(record)
	for i, h := range hashes {
		m.hashes[tlog.StoredHashIndex(0, m.tree.Size)+int64(i)] = h[:]
	}
	m.tree = grown
	head, err := grown.Head()
	if err != nil {
		t.Fatal(err)
	}
	m.head, m.edge = &head, grown.EncodeEdge()
	m.rows = append(m.rows, Row{e.Index, e.At, e.Who, e.Act, e.Object, record})
}

func (m *memory) Head(context.Context) (Head, []byte, error) {
	if m.head == nil {
		return Head{}, nil, ErrNoHead
	}
	return *m.head, m.edge, m.fail
}

func (m *memory) Rows(_ context.Context, from int64, limit int) (out []Row, err error) {
	for _, r := range m.rows {
		if r.Index >= from && len(out) < limit {
			out = append(out, r)
		}
	}
	return out, nil
}

func (m *memory) Hashes(_ context.Context, from int64, limit int) (out []StoredHash, err error) {
	for _, n := range slices.Sorted(maps.Keys(m.hashes)) {
		if n >= from && len(out) < limit {
			out = append(out, StoredHash{n, m.hashes[n]})
		}
	}
	return out, nil
}

func newLog(t *testing.T, n int) *memory {
	t.Helper()
	m := &memory{hashes: map[int64][]byte{}}
	for i := range n {
		m.add(t, Entry{
			At: time.Date(2026, 3, 1, 0, 0, i, 0, time.UTC), Who: "ada", Act: "case.viewed", Object: fmt.Sprintf("case/%d", i),
			Detail: map[string]string{"why": "queue", "a": "b"},
		})
	}
	return m
}

func TestTreeAgreesWithTlog(t *testing.T) {
	stored := []tlog.Hash{}
	reader := tlog.HashReaderFunc(func(numbers []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(numbers))
		for i, n := range numbers {
			out[i] = stored[n]
		}
		return out, nil
	})
	var tree Tree
	for n := range int64(200) {
		head, err := tree.Head()
		if err != nil {
			t.Fatal(err)
		}
		want, err := tlog.TreeHash(n, reader)
		if err != nil {
			t.Fatal(err)
		}
		if head.Size != n || head.Hash != want {
			t.Fatalf("head of %d entries: %v, want %v", n, head, want)
		}
		again, err := DecodeTree(head, tree.EncodeEdge())
		if err != nil || !slices.Equal(again.Edge, tree.Edge) {
			t.Fatalf("tree of %d entries read back: %v", n, err)
		}
		record := fmt.Appendf(nil, "record %d", n)
		wanted, err := tlog.StoredHashes(n, record, reader)
		if err != nil {
			t.Fatal(err)
		}
		grown, hashes := tree.Append(record)
		if !slices.Equal(hashes, wanted) {
			t.Fatalf("hashes of entry %d differ", n)
		}
		stored, tree = append(stored, hashes...), grown
	}
}

func TestDecodeTreeRefusesDamage(t *testing.T) {
	m := newLog(t, 5)
	for name, damage := range map[string]func(h Head, edge []byte) (Head, []byte){
		"short edge":    func(h Head, e []byte) (Head, []byte) { return h, e[1:] },
		"other hash":    func(h Head, e []byte) (Head, []byte) { h.Hash[0] ^= 1; return h, e },
		"other edge":    func(h Head, e []byte) (Head, []byte) { e[40] ^= 1; return h, e },
		"other size":    func(h Head, e []byte) (Head, []byte) { h.Size = 6; h.Hash[3] ^= 1; return h, e },
		"negative size": func(h Head, e []byte) (Head, []byte) { h.Size = -5; return h, e },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := DecodeTree(damage(*m.head, slices.Clone(m.edge))); !errors.Is(err, ErrHead) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestVerifyFindsNothingInAnIntactLog(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 7, 8, 100, page, page + 1, 2*page + 3} {
		m := newLog(t, n)
		r, err := Verify(t.Context(), m)
		if err != nil || r.Fault != nil || r.Head.Size != int64(n) {
			t.Errorf("%d entries: %+v, %v", n, r, err)
		}
	}
}

func TestVerifyAcceptsAGrownLog(t *testing.T) {
	m := newLog(t, 5)
	seen := *m.head
	m.add(t, Entry{Who: "ada", Act: "case.viewed"})
	if r, err := Verify(t.Context(), m, Head{}, seen, *m.head); err != nil || r.Fault != nil {
		t.Errorf("%+v, %v", r.Fault, err)
	}
}

// rewrite makes a log anew from entries, as somebody would who holds the database.
func rewrite(t *testing.T, m *memory, change func([]Entry) []Entry) {
	t.Helper()
	var entries []Entry
	for _, r := range m.rows {
		e, err := ParseRecord(r.Record)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	*m = memory{hashes: map[int64][]byte{}}
	for _, e := range change(entries) {
		m.add(t, e)
	}
}

// forge replaces a record and its columns, and leaves every hash as it is.
func forge(t *testing.T, m *memory, i int, change func(*Entry)) {
	t.Helper()
	e, err := ParseRecord(m.rows[i].Record)
	if err != nil {
		t.Fatal(err)
	}
	change(&e)
	e, record, err := Record(e)
	if err != nil {
		t.Fatal(err)
	}
	m.rows[i] = Row{m.rows[i].Index, e.At, e.Who, e.Act, e.Object, record}
}

func TestVerifyFindsTampering(t *testing.T) {
	const n = 10
	for _, tt := range []struct {
		name   string
		tamper func(t *testing.T, m *memory)
		kind   FaultKind
		from   int64
		to     int64
	}{
		{"a changed word", func(t *testing.T, m *memory) { forge(t, m, 4, func(e *Entry) { e.Who = "bea" }) }, EntryChanged, 4, 4},
		{"a changed detail", func(t *testing.T, m *memory) { forge(t, m, 9, func(e *Entry) { e.Detail["why"] = "x" }) }, EntryChanged, 9, 9},
		{"a changed column", func(_ *testing.T, m *memory) { m.rows[3].Object = "case/none" }, EntryChanged, 3, 3},
		{"a changed time column", func(_ *testing.T, m *memory) { m.rows[3].At = m.rows[3].At.Add(time.Millisecond) }, EntryChanged, 3, 3},
		{"a record in other words", func(_ *testing.T, m *memory) { m.rows[2].Record = append(m.rows[2].Record, ' ') }, EntryChanged, 2, 2},
		{"a changed entry with its hash", func(t *testing.T, m *memory) {
			forge(t, m, 4, func(e *Entry) { e.Who = "bea" })
			h := tlog.RecordHash(m.rows[4].Record)
			m.hashes[tlog.StoredHashIndex(0, 4)] = h[:]
		}, EntryChanged, 4, 5},
		{"a removed entry", func(_ *testing.T, m *memory) { m.rows = slices.Delete(m.rows, 4, 5) }, EntryRemoved, 4, 4},
		{"several removed entries", func(_ *testing.T, m *memory) { m.rows = slices.Delete(m.rows, 4, 7) }, EntryRemoved, 4, 6},
		{"a removed first entry", func(_ *testing.T, m *memory) { m.rows = m.rows[1:] }, EntryRemoved, 0, 0},
		{"a removed entry, the others moved up", func(_ *testing.T, m *memory) {
			m.rows = slices.Delete(m.rows, 4, 5)
			for i := 4; i < len(m.rows); i++ {
				m.rows[i].Index--
			}
		}, EntryMoved, 4, 4},
		{"a removed tail", func(_ *testing.T, m *memory) { m.rows = m.rows[:8] }, EntryRemoved, 8, 9},
		{"everything removed but the head", func(_ *testing.T, m *memory) { m.rows, m.hashes = nil, map[int64][]byte{} }, EntryRemoved, 0, 9},
		{"two swapped entries", func(_ *testing.T, m *memory) {
			m.rows[3], m.rows[6] = m.rows[6], m.rows[3]
			m.rows[3].Index, m.rows[6].Index = 3, 6
		}, EntryMoved, 3, 3},
		{"two swapped entries, renumbered in their records", func(t *testing.T, m *memory) {
			m.rows[3], m.rows[6] = m.rows[6], m.rows[3]
			m.rows[3].Index, m.rows[6].Index = 3, 6
			forge(t, m, 3, func(e *Entry) { e.Index = 3 })
			forge(t, m, 6, func(e *Entry) { e.Index = 6 })
		}, EntryChanged, 3, 3},
		{"an inserted entry", func(t *testing.T, m *memory) {
			m.rows = slices.Insert(m.rows, 4, m.rows[4])
			for i := 5; i < len(m.rows); i++ {
				m.rows[i].Index++
			}
			forge(t, m, 4, func(e *Entry) { e.Who = "bea" })
		}, EntryAdded, 4, 4},
		{"an entry behind the end", func(t *testing.T, m *memory) {
			m.rows = append(m.rows, Row{Index: n})
			forgeNew(t, m, n)
		}, EntryAdded, n, n},
		{"a changed hash of an entry", func(_ *testing.T, m *memory) { flip(m, tlog.StoredHashIndex(0, 6)) }, HashChanged, 6, 6},
		{"a changed hash of a node", func(_ *testing.T, m *memory) { flip(m, tlog.StoredHashIndex(2, 1)) }, HashChanged, 4, 7},
		{"a missing hash", func(_ *testing.T, m *memory) { delete(m.hashes, tlog.StoredHashIndex(1, 1)) }, HashChanged, 2, 3},
		{"a hash behind the end", func(_ *testing.T, m *memory) { m.hashes[500] = make([]byte, 32) }, HashChanged, n, n},
		{"a shortened log with a shortened head", func(_ *testing.T, m *memory) {
			m.rows = m.rows[:8]
			m.tree = Tree{}
			for _, r := range m.rows {
				m.tree, _ = m.tree.Append(r.Record)
			}
			h, _ := m.tree.Head()
			m.head, m.edge = &h, m.tree.EncodeEdge()
		}, HashChanged, 8, 8},
		{"a changed head", func(_ *testing.T, m *memory) { m.head.Hash[0] ^= 1 }, HeadChanged, 0, n},
		{"a changed edge", func(_ *testing.T, m *memory) { m.edge[0] ^= 1 }, HeadChanged, 0, n},
		{"a removed head", func(_ *testing.T, m *memory) { m.head = nil }, HeadChanged, 0, n - 1},
		{"an unreadable head", func(_ *testing.T, m *memory) { m.fail = ErrHead }, HeadChanged, 0, n},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newLog(t, n)
			tt.tamper(t, m)
			r, err := Verify(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			if r.Fault == nil {
				t.Fatal("not found")
			}
			if r.Fault.Kind != tt.kind || r.Fault.From != tt.from || r.Fault.To != tt.to {
				t.Errorf("%+v, want %s from %d to %d", *r.Fault, tt.kind, tt.from, tt.to)
			}
			if !strings.HasSuffix(r.Fault.Words, ".") {
				t.Errorf("words %q", r.Fault.Words)
			}
		})
	}
}

func flip(m *memory, number int64) {
	h := slices.Clone(m.hashes[number])
	h[5] ^= 1
	m.hashes[number] = h
}

func forgeNew(t *testing.T, m *memory, i int) {
	t.Helper()
	e, record, err := Record(Entry{Index: int64(i), Who: "bea", Act: "case.cleared"})
	if err != nil {
		t.Fatal(err)
	}
	m.rows[i] = Row{int64(i), e.At, e.Who, e.Act, e.Object, record}
}

func TestVerifyWithCheckpoints(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func([]Entry) []Entry
		kind   FaultKind
	}{
		{"everything rewritten with one word changed", func(e []Entry) []Entry { e[2].Who = "bea"; return e }, CheckpointLost},
		{"everything rewritten without the tail", func(e []Entry) []Entry { return e[:4] }, EntryRemoved},
		{"everything removed", func([]Entry) []Entry { return nil }, EntryRemoved},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newLog(t, 9)
			seen := *m.head
			rewrite(t, m, tt.change)
			r, err := Verify(t.Context(), m)
			if err != nil || r.Fault != nil {
				t.Fatalf("the log is not consistent by itself: %+v %v", r.Fault, err)
			}
			if r, err = Verify(t.Context(), m, seen); err != nil {
				t.Fatal(err)
			}
			if r.Fault == nil || r.Fault.Kind != tt.kind {
				t.Errorf("%+v, want %s", r.Fault, tt.kind)
			}
		})
	}
}

func TestVerifyFailsWhenItCannotRead(t *testing.T) {
	m := newLog(t, 3)
	m.fail = errors.New("disk")
	if _, err := Verify(t.Context(), m); !errors.Is(err, m.fail) {
		t.Errorf("error %v", err)
	}
}

func TestRecord(t *testing.T) {
	e := Entry{
		Index: 7, At: time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("x", 3600)), Who: "ada", Act: "case.viewed",
		Object: "case/\x00\xff\n", Detail: map[string]string{"z": "1", "a": "<2>"},
	}
	stored, b, err := Record(e)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"index":7,"at":"2026-03-01T11:00:00.123Z","who":"ada","act":"case.viewed","object":"case/���",` +
		`"detail":{"a":"\u003c2\u003e","z":"1"}}`
	if string(b) != want {
		t.Errorf("record %s\nwant   %s", b, want)
	}
	back, err := ParseRecord(b)
	if err != nil || back.Object != stored.Object || !back.At.Equal(stored.At) {
		t.Errorf("%+v, %v", back, err)
	}
	if e.Detail["a"] != "<2>" || e.Object != "case/\x00\xff\n" {
		t.Error("the caller's entry was changed")
	}
	long, _, err := Record(Entry{Who: "ada", Act: "x", Object: strings.Repeat("é", maxWord)})
	if err != nil || len(long.Object) != maxWord {
		t.Errorf("%d bytes, %v", len(long.Object), err)
	}
	for _, bad := range []Entry{{Act: "x"}, {Who: "ada"}, {Who: " ", Act: "x"}} {
		if _, _, err := Record(bad); !errors.Is(err, ErrEntry) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	_, b, err := Record(Entry{Who: "ada", Act: "case.viewed", Object: "case/1", Detail: map[string]string{"k": "v"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"index":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseRecord(b)
		if err != nil {
			return
		}
		if _, again, err := Record(e); err != nil || string(again) != string(b) {
			t.Errorf("accepted %q, which is written %q (%v)", b, again, err)
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	skey, vkey, err := note.GenerateKey(rand.Reader, "fuzz")
	if err != nil {
		f.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		f.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("haris audit log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	f.Fuzz(func(t *testing.T, text string) {
		msg, err := note.Sign(&note.Note{Text: text}, s)
		if err != nil {
			return
		}
		h, err := OpenCheckpoint(msg, v)
		if err == nil && h.Size < 0 {
			t.Errorf("size %d out of %q", h.Size, text)
		}
	})
}
