package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/casefile"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Drafts checks that what people typed is kept for them alone, replaced, removed, and let go of when it is old.
func Drafts(t *testing.T, e Engine) {
	b := newBench(t, e)
	id := b.apply(start(), matter("k1", "u1", taxonomy.P2, start())).Case
	other := b.apply(start(), matter("k2", "u2", taxonomy.P2, start())).Case
	put := func(d casefile.Draft) (first bool) {
		t.Helper()
		b.write(func(tx *store.Tx) (err error) {
			first, err = tx.Drafts().Put(b.ctx, &d)
			return err
		})
		return first
	}
	of := func(person, id string) (out []casefile.Draft) {
		t.Helper()
		b.read(func(tx *store.Tx) (err error) {
			out, err = tx.Drafts().Of(b.ctx, person, id)
			return err
		})
		return out
	}
	d := casefile.Draft{
		Case: id, Person: "ada", Form: "dispose", Seen: 1, At: start(),
		Fields: map[string][]string{"reason": {"she said\n\x00 «كلام» \"x\""}, "banked": {"a", "b"}},
	}
	if !put(d) || put(d) {
		t.Error("a draft is the first of its kind once")
	}
	note := d
	note.Form, note.Fields, note.At = "note", map[string][]string{"text": {"asked"}}, start().Add(time.Minute)
	put(note)
	theirs := d
	theirs.Person = "bea"
	put(theirs)
	elsewhere := d
	elsewhere.Case = other
	put(elsewhere)
	d.Fields = map[string][]string{"reason": {"her coach"}}
	d.Seen = 2
	put(d)
	if diff := cmp.Diff([]casefile.Draft{d, note}, of("ada", id)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]casefile.Draft{theirs}, of("bea", id)); diff != "" {
		t.Error(diff)
	}
	b.write(func(tx *store.Tx) error {
		there, err := tx.Drafts().Drop(b.ctx, "ada", id, "dispose")
		again, err2 := tx.Drafts().Drop(b.ctx, "ada", id, "dispose")
		if !there || again || err2 != nil {
			t.Errorf("dropped %v, again %v, %v", there, again, err2)
		}
		return err
	})
	if diff := cmp.Diff([]casefile.Draft{note}, of("ada", id)); diff != "" {
		t.Error(diff)
	}
	b.read(func(tx *store.Tx) error {
		got, err := tx.DraftsOf(b.ctx, "ada")
		want := []casefile.Draft{{Case: id, Person: "ada", Form: "note", Seen: 1, At: note.At}, {Case: other, Person: "ada", Form: "dispose", Seen: 1, At: start()}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
	late := elsewhere
	late.At = start().Add(casefile.DraftKept + time.Second)
	put(late)
	if n := len(of("bea", id)); n != 0 {
		t.Error("a draft older than it may be is still there")
	}
	if diff := cmp.Diff([]casefile.Draft{note}, of("ada", id)); diff != "" {
		t.Error(diff)
	}
}
