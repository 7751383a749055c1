package audit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func keys(t *testing.T, name string) (note.Signer, note.Verifier) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func TestCheckpoint(t *testing.T) {
	signer, verifier := keys(t, "haris.example")
	_, stranger := keys(t, "haris.example")
	m := newLog(t, 6)
	msg, err := Checkpoint(*m.head, signer)
	if err != nil {
		t.Fatal(err)
	}
	if h, err := OpenCheckpoint(msg, verifier); err != nil || h != *m.head {
		t.Errorf("%v, %v", h, err)
	}
	if _, err := OpenCheckpoint(msg, stranger); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("another key: %v", err)
	}
	if _, err := OpenCheckpoint([]byte(strings.Replace(string(msg), "\n6\n", "\n5\n", 1)), verifier); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("another size: %v", err)
	}
	for name, text := range map[string]string{
		"another origin": "other log\n6\n" + m.head.Hash.String() + "\n",
		"a line more":    origin + "\n6\n" + m.head.Hash.String() + "\nmore\n",
		"no number":      origin + "\nsix\n" + m.head.Hash.String() + "\n",
		"padded number":  origin + "\n06\n" + m.head.Hash.String() + "\n",
		"no hash":        origin + "\n6\nhash\n",
	} {
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenCheckpoint(signed, verifier); !errors.Is(err, ErrCheckpoint) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContinues(t *testing.T) {
	m := newLog(t, 13)
	reader := func(m *memory) tlog.HashReader {
		return tlog.HashReaderFunc(func(numbers []int64) ([]tlog.Hash, error) {
			out := make([]tlog.Hash, len(numbers))
			for i, n := range numbers {
				h, ok := m.hashes[n]
				if !ok {
					return nil, fmt.Errorf("no hash %d", n)
				}
				out[i] = tlog.Hash(h)
			}
			return out, nil
		})
	}
	for n := range 14 {
		seen := *newLog(t, 13).head
		if n < 13 {
			var tree Tree
			for _, r := range m.rows[:n] {
				tree, _ = tree.Append(r.Record)
			}
			h, err := tree.Head()
			if err != nil {
				t.Fatal(err)
			}
			seen = h
		}
		if err := Continues(seen, *m.head, reader(m)); err != nil {
			t.Errorf("from %d: %v", n, err)
		}
	}
	other := newLog(t, 0)
	rewrite(t, m, func(e []Entry) []Entry { return e })
	seen := *m.head
	rewrite(t, m, func(e []Entry) []Entry { e[1].Who = "bea"; return append(e, e[0]) })
	if err := Continues(seen, *m.head, reader(m)); !errors.Is(err, ErrForked) {
		t.Errorf("a rewritten log: %v", err)
	}
	if err := Continues(seen, Head{Size: 4}, reader(m)); !errors.Is(err, ErrForked) {
		t.Errorf("a shortened log: %v", err)
	}
	if err := Continues(seen, *m.head, reader(other)); err == nil || errors.Is(err, ErrForked) {
		t.Errorf("unreadable hashes: %v", err)
	}
}
