package review_test

import (
	"errors"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/review"
)

func (d *desk) draft(who, form, reason string, seen int) error {
	_, err := d.KeepDraft(d.Context(), casefile.Draft{Case: d.id, Person: who, Form: form, Seen: seen, Fields: map[string][]string{"reason": {reason}}})
	return err
}

func (d *desk) typed(who string) (out []string) {
	d.Helper()
	list, err := d.Drafts(d.Context(), who, d.id)
	if err != nil {
		d.Fatal(err)
	}
	for _, f := range list {
		out = append(out, f.Form+": "+f.Fields["reason"][0])
	}
	return out
}

func (d *desk) hasTyped(when, who string, want ...string) {
	d.Helper()
	got := d.typed(who)
	if len(got) != len(want) {
		d.Fatalf("%s: %s has %q, want %q", when, who, got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			d.Errorf("%s: %s has %q, want %q", when, who, got, want)
		}
	}
}

func TestDraftLivesUntilItIsRecorded(t *testing.T) {
	d := setup(t).claimed("ada")
	seen, lines := d.get().Events, len(d.lines())
	for _, words := range []string{"her", "her coach"} {
		if err := d.draft("ada", "dispose", words, seen); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(d.lines()) - lines; n != 1 {
		t.Errorf("%d audit entries for one draft that was kept twice, want that it was begun", n)
	}
	d.wrote("draft.begun", "form", "dispose")
	d.hasTyped("kept", "ada", "dispose: her coach")
	d.hasTyped("of another", "bea")
	if err := d.draft("bea", "note", "asked the school", seen); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(2 * time.Hour) // the claim ends
	d.apply("k2")
	if _, err := d.Dispose(t.Context(), d.act("ada"), cleared()); !errors.Is(err, casefile.ErrNotClaimed) {
		t.Fatalf("without a claim: %v", err)
	}
	d.hasTyped("after the claim ended and the case grew", "ada", "dispose: her coach")
	d.claimed("ada")
	if _, err := d.Dispose(t.Context(), d.act("ada"), cleared()); err != nil {
		t.Fatal(err)
	}
	d.hasTyped("recorded", "ada")
	d.hasTyped("another's note", "bea", "note: asked the school")
	if err := d.draft("ada", "dispose", "her coach", seen); !errors.Is(err, casefile.ErrRecorded) {
		t.Errorf("a draft that comes after its decision: %v", err)
	}
	d.hasTyped("come late", "ada")
	if err := d.draft("ada", "note", "and more", seen); err != nil {
		t.Errorf("another form after the decision: %v", err)
	}
}

func TestDraftIsThrownAway(t *testing.T) {
	d := setup(t)
	if err := d.draft("ada", "note", "asked", 1); err != nil {
		t.Fatal(err)
	}
	if err := d.DropDraft(t.Context(), "bea", d.id, "note"); err != nil {
		t.Fatal(err)
	}
	d.hasTyped("another threw theirs away", "ada", "note: asked")
	if err := d.DropDraft(t.Context(), "ada", d.id, "note"); err != nil {
		t.Fatal(err)
	}
	d.wrote("draft.thrown_away", "form", "note")
	d.hasTyped("thrown away", "ada")
	if err := d.draft("ada", "note", "asked again", 1); err != nil {
		t.Fatal(err)
	}
	if err := d.draft("ada", "note", "", 1); err != nil {
		t.Fatal(err)
	}
	d.hasTyped("emptied", "ada")
	for name, want := range map[string]error{"merge": casefile.ErrDraft, "none": casefile.ErrNotFound, "unseen": review.ErrSeen} {
		id, form, seen := d.id, "note", 1
		switch name {
		case "merge":
			form = name
		case "none":
			id = name
		case "unseen":
			seen = 99
		}
		_, err := d.KeepDraft(t.Context(), casefile.Draft{Case: id, Person: "ada", Form: form, Seen: seen, Fields: map[string][]string{"reason": {"x"}}})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}
