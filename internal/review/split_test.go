package review_test

import (
	"context"
	"errors"
	"testing"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// grouped has the case be about accounts that belong together.
func (d *desk) grouped(linked ...string) *desk {
	d.Helper()
	err := d.db.Write(d.Context(), func(tx *store.Tx) error {
		_, err := tx.Cases().Apply(d.Context(), d.now, casefile.Matter{
			Key: "group", Subject: "u1", Linked: linked, Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P1, Queue: "main", At: d.now,
			Signals: []detect.Signal{{Detector: "D1", Family: taxonomy.FamilyContact, Subject: "u1", Strength: 3, At: d.now}},
		})
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return d
}

func TestSplitBindsBoth(t *testing.T) {
	d := setup(t).grouped("u2", "u3").claimed("ada")
	var followed []casefile.Event
	d.Then = func(_ context.Context, _ review.Tx, c casefile.Case, e casefile.Event) error {
		if c.ID != e.Case || c.Events != e.N {
			t.Errorf("event %d of %s follows in %s after %d", e.N, e.Case, c.ID, c.Events)
		}
		followed = append(followed, e)
		return nil
	}
	before := len(d.lines())
	if _, err := d.Split(t.Context(), review.Act{Who: "ada", Case: d.id}, []string{"u2"}, "x"); !errors.Is(err, review.ErrSeen) {
		t.Errorf("without having seen: %v", err)
	}
	c, err := d.Split(t.Context(), d.act("ada"), []string{"u2"}, "another man")
	if err != nil || c.ID == d.id || c.Subject != "u2" || c.From != d.id || c.Status != casefile.Open {
		t.Fatalf("%+v, %v", c, err)
	}
	old := d.get()
	if len(old.Subjects) != 2 || len(old.SplitInto) != 1 || old.SplitInto[0] != c.ID || old.Holder(d.now) != "ada" || !old.Deadline.Equal(c.Deadline) {
		t.Errorf("%+v", old)
	}
	lines := d.lines()[before:]
	if len(lines) != 2 || lines[0].Act != "case.split_from" || lines[0].Object != "case/"+c.ID || lines[0].Detail["from"] != d.id ||
		lines[1].Act != "case.split" || lines[1].Object != "case/"+d.id || lines[1].Detail["into"] != c.ID || lines[1].Detail["accounts"] != "1" {
		t.Errorf("%+v", lines)
	}
	if len(followed) != 2 || followed[0].Kind != casefile.SplitFrom || followed[1].Kind != casefile.SplitOff {
		t.Errorf("what must follow: %+v", followed)
	}
	d.Then = nil
	if _, err := d.Merge(t.Context(), review.Act{Who: "ada", Case: c.ID, Seen: 1}, d.id, "one man after all"); err != nil {
		t.Fatal(err)
	}
	if whole := d.get(); len(whole.Subjects) != 3 || len(whole.Apart) != 0 {
		t.Errorf("taken back: %+v", whole)
	}
}

// TestSplitIsWholeOrNothing says that no new case is left behind by a split that fails.
func TestSplitIsWholeOrNothing(t *testing.T) {
	d := setup(t).grouped("u2", "u3").claimed("bea")
	stale := d.act("bea")
	stale.Seen--
	for name, tt := range map[string]struct {
		act      review.Act
		accounts []string
		reason   string
		want     error
	}{
		"what another holds":  {d.act("ada"), []string{"u2"}, "x", casefile.ErrClaimed},
		"what has changed":    {stale, []string{"u2"}, "x", casefile.ErrStale},
		"the subject":         {d.act("bea"), []string{"u1"}, "x", casefile.ErrBody},
		"a stranger":          {d.act("bea"), []string{"u2", "u9"}, "x", casefile.ErrBody},
		"nobody":              {d.act("bea"), nil, "x", casefile.ErrBody},
		"for no reason":       {d.act("bea"), []string{"u2"}, " ", casefile.ErrBody},
		"by software":         {d.act(casefile.Haris), []string{"u2"}, "x", casefile.ErrPerson},
		"a case that is none": {review.Act{Who: "bea", Case: "none", Seen: 1}, []string{"u2"}, "x", casefile.ErrNotFound},
	} {
		before := len(d.lines())
		if _, err := d.Split(t.Context(), tt.act, tt.accounts, tt.reason); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		err := d.db.Read(t.Context(), func(tx *store.Tx) error {
			list, _, err := tx.Cases().List(t.Context(), casefile.Filter{})
			if len(list) != 1 || len(list[0].Subjects) != 3 {
				t.Errorf("%s left %d cases", name, len(list))
			}
			return err
		})
		if err != nil || len(d.lines()) != before {
			t.Errorf("%s: %d audit entries, %v", name, len(d.lines())-before, err)
		}
	}
	if c, err := d.Dispose(t.Context(), d.act("bea"), cleared()); err != nil || c.Status != casefile.Cleared {
		t.Fatal(err)
	}
	if _, err := d.Split(t.Context(), d.act("bea"), []string{"u2"}, "x"); !errors.Is(err, casefile.ErrTransition) {
		t.Errorf("a closed case: %v", err)
	}
}

// TestMergeBringsOlderMatches says that a merge brings known material that the merged case's signals no longer show.
func TestMergeBringsOlderMatches(t *testing.T) {
	d := setup(t)
	var from string
	for i, media := range []string{"m1", "m2"} {
		err := d.db.Write(t.Context(), func(tx *store.Tx) error {
			ch, err := tx.Cases().Apply(t.Context(), d.now, casefile.Matter{
				Key: media, Subject: "u2", Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P2, At: d.now,
				Signals: []detect.Signal{{Detector: "D9", Subject: "u2", Hard: true, At: d.now, Times: i, Matches: []detect.Match{{Bank: "b", Media: media}}}},
			})
			from = ch.Case
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Merge(t.Context(), review.Act{Who: "ada", Case: from, Seen: 2}, d.id, "one man"); err != nil {
		t.Fatal(err)
	}
	_, history, err := d.View(t.Context(), "ada", d.id)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := casefile.Matches(history); err != nil || len(list) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
}
