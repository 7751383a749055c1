package parcel

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"haris/internal/audit"
)

func newKey(t testing.TB) Key {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, "haris-test")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return Key{s, public}
}

var at = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// sample writes a parcel with a chain of custody and an audit excerpt.
func sample(t testing.TB, k Key, custody string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, at)
	for i, body := range []string{"keep this between us\n", "", "account,from\n"} {
		if err := w.Add(File{Path: fmt.Sprintf("data/%02d.txt", i), Kind: "messages", Source: "log 1 to 9"}, []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Add(File{Path: "media/a.png", Kind: "media", Source: "evidence/i1"}, []byte("a pattern")); err != nil {
		t.Fatal(err)
	}
	if err := w.Add(File{Path: CustodyName, Kind: "custody"}, []byte(custody)); err != nil {
		t.Fatal(err)
	}
	if err := Proofs(w, proved(t), checkpoint(t, k)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(Head{Kind: "production", ID: "p1", About: json.RawMessage(`{"number":"W-1"}`)}, k); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const goodCustody = `{"item":"i1","n":1,"at":"2026-03-01T09:00:00Z","who":"haris","act":"sealed"}
{"item":"i1","n":2,"at":"2026-03-01T09:10:00Z","who":"p-1","act":"opened"}
`

// smallLog is an audit log of three entries with its stored hashes.
func smallLog(t testing.TB) (records [][]byte, head audit.Head, hashes []tlog.Hash) {
	t.Helper()
	var tree audit.Tree
	for i := range 3 {
		_, rec, err := audit.Record(audit.Entry{Index: int64(i), At: at, Who: "p-1", Act: "legal.received", Object: "process/p1"})
		if err != nil {
			t.Fatal(err)
		}
		var stored []tlog.Hash
		tree, stored = tree.Append(rec)
		records, hashes = append(records, rec), append(hashes, stored...)
	}
	head, err := tree.Head()
	if err != nil {
		t.Fatal(err)
	}
	return records, head, hashes
}

func proved(t testing.TB) []audit.Proved {
	records, head, hashes := smallLog(t)
	p, err := tlog.ProveRecord(head.Size, 1, tlog.HashReaderFunc(func(n []int64) (out []tlog.Hash, err error) {
		for _, i := range n {
			out = append(out, hashes[i])
		}
		return out, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return []audit.Proved{{Index: 1, Record: string(records[1]), Proof: p}}
}

func checkpoint(t testing.TB, k Key) []byte {
	_, head, _ := smallLog(t)
	c, err := audit.Checkpoint(head, k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func verify(t testing.TB, b []byte, key string) Result {
	t.Helper()
	r, err := Verify(t.Context(), bytes.NewReader(b), int64(len(b)), Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRoundTrip(t *testing.T) {
	k := newKey(t)
	b := sample(t, k, goodCustody)
	for _, key := range []string{"", k.Public} {
		r := verify(t, b, key)
		if len(r.Faults) != 0 || r.Kind != "production" || r.ID != "p1" || r.Files != 8 || r.Items != 1 || r.Entries != 1 {
			t.Fatalf("a good parcel: %+v", r)
		}
		if r.Given != (key != "") || r.Key != k.Public {
			t.Errorf("key %q: %+v", key, r)
		}
	}
	if again := sample(t, k, goodCustody); !bytes.Equal(b, again) {
		t.Error("the same contents gave other bytes")
	}
}

// zipped is a parcel taken apart.
type zipped struct {
	name string
	body []byte
}

func apart(t testing.TB, b []byte) (out []zipped) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, zipped{f.Name, body})
	}
	return out
}

func together(t testing.TB, list []zipped) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, at)
	for _, f := range list {
		if err := w.last(f.name, f.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.zip.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEveryTamperingIsFound(t *testing.T) {
	k := newKey(t)
	good := sample(t, k, goodCustody)
	list := apart(t, good)
	if r := verify(t, together(t, list), k.Public); len(r.Faults) != 0 {
		t.Fatalf("taken apart and put together: %v", r.Faults)
	}
	for i, f := range list {
		t.Run("bit in "+f.name, func(t *testing.T) {
			changed := slices.Clone(list)
			body := slices.Clone(f.body)
			if len(body) == 0 {
				body = []byte{1}
			} else {
				body[len(body)/2] ^= 1
			}
			changed[i].body = body
			found(t, verify(t, together(t, changed), k.Public), "")
		})
		t.Run("without "+f.name, func(t *testing.T) {
			found(t, verify(t, together(t, slices.Delete(slices.Clone(list), i, i+1)), k.Public), f.name)
		})
	}
	other := newKey(t)
	edited := slices.Clone(list)
	for i := range edited {
		if edited[i].name == ManifestName {
			edited[i].body = bytes.Replace(edited[i].body, []byte(`"W-1"`), []byte(`"W-2"`), 1)
		}
	}
	for name, b := range map[string][]byte{
		"added":           together(t, append(slices.Clone(list), zipped{"data/more.txt", []byte("x")})),
		"twice":           together(t, append(slices.Clone(list), list[0])),
		"manifest edited": together(t, edited),
		"other key":       sample(t, other, goodCustody),
		"bytes before":    append([]byte("hidden"), good...),
		"bytes behind":    append(slices.Clone(good), "hidden"...),
		"cut short":       good[:len(good)-30],
		"no zip":          []byte("age-encryption.org/v1"),
	} {
		t.Run(name, func(t *testing.T) {
			found(t, verify(t, b, k.Public), "")
		})
	}
}

// TestEveryByte flips one bit of every byte of the file itself, the zip's own bookkeeping included.
func TestEveryByte(t *testing.T) {
	k := newKey(t)
	good := sample(t, k, goodCustody)
	for i := range good {
		b := slices.Clone(good)
		b[i] ^= 1
		r, err := Verify(t.Context(), bytes.NewReader(b), int64(len(b)), Options{Key: k.Public})
		if err == nil && len(r.Faults) == 0 {
			t.Fatalf("a bit of byte %d of %d was changed and nothing was found", i, len(good))
		}
	}
}

func found(t *testing.T, r Result, path string) {
	t.Helper()
	if len(r.Faults) == 0 {
		t.Fatal("nothing was found")
	}
	if path != "" && !slices.ContainsFunc(r.Faults, func(f Fault) bool { return f.Path == path }) {
		t.Errorf("found %v, nothing about %s", r.Faults, path)
	}
}

func TestCustodyMustBeContinuous(t *testing.T) {
	k := newKey(t)
	for name, c := range map[string][2]string{
		"gap":            {`"n":2`, `"n":3`},
		"no sealing":     {`"sealed"`, `"opened"`},
		"back in time":   {"09:10", "08:10"},
		"no such item":   {`"item":"i1"`, `"item":"i2"`},
		"not a line":     {`{"item":"i1","n":2`, `{"item":"i1","n":2}{`},
		"nobody's":       {`"who":"p-1"`, `"who":""`},
		"first is not 1": {`"n":1`, `"n":0`},
	} {
		t.Run(name, func(t *testing.T) {
			found(t, verify(t, sample(t, k, strings.ReplaceAll(goodCustody, c[0], c[1])), k.Public), CustodyName)
		})
	}
}

func TestPaths(t *testing.T) {
	for _, p := range []string{"", ".", "/a", "a/", "../a", "a/../b", "a//b", "A.txt", "a b", "a\\b", "con.", "a/./b", strings.Repeat("a", 201), ManifestName, SignatureName, GuideName} {
		if _, err := NewWriter(io.Discard, at).Create(p, "x", ""); !errors.Is(err, ErrPath) {
			t.Errorf("%q: %v, want ErrPath", p, err)
		}
	}
	w := NewWriter(io.Discard, at)
	if err := w.Add(File{Path: "a/b-1_c.txt"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Add(File{Path: "a/b-1_c.txt"}, nil); !errors.Is(err, ErrPath) {
		t.Errorf("twice: %v", err)
	}
	if _, err := w.Close(Head{Kind: "x"}, newKey(t)); err != nil {
		t.Fatal(err)
	}
	if err := w.Add(File{Path: "late"}, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// FuzzVerify says that whatever is given, nothing panics and only what was signed passes.
func FuzzVerify(f *testing.F) {
	k := newKey(f)
	good := sample(f, k, goodCustody)
	f.Add(good)
	f.Add(good[:100])
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Verify(t.Context(), bytes.NewReader(b), int64(len(b)), Options{Key: k.Public})
		if err == nil && len(r.Faults) == 0 && !bytes.Equal(b, good) {
			list := apart(t, b)
			if len(list) != len(apart(t, good)) {
				t.Fatal("something else than what was signed passed")
			}
		}
	})
}
