package review_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// another opens a second case, about u2.
func (d *desk) another(typology taxonomy.Typology) (id string) {
	d.Helper()
	err := d.db.Write(d.Context(), func(tx *store.Tx) error {
		ch, err := tx.Cases().Apply(d.Context(), d.now, casefile.Matter{
			Key: "other" + string(typology), Subject: "u2", Victims: []string{"kid"}, Typology: typology, Priority: taxonomy.P2, At: d.now,
			Signals: []detect.Signal{{Detector: "D3", Family: taxonomy.FamilyFeedback, Subject: "u2", Strength: 2, At: d.now}},
		})
		id = ch.Case
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return id
}

func TestAssignOnlyToWhoDecides(t *testing.T) {
	d := setup(t)
	if _, err := d.Assign(t.Context(), d.act("lead"), "bea", ""); !errors.Is(err, review.ErrAssignee) {
		t.Errorf("without anybody to ask: %v", err)
	}
	d.Decides = func(_ context.Context, who string) (bool, error) { return who == "bea", nil }
	if _, err := d.Assign(t.Context(), d.act("lead"), "adm", ""); !errors.Is(err, review.ErrAssignee) {
		t.Errorf("to who may not: %v", err)
	}
	c, err := d.Assign(t.Context(), d.act("lead"), "bea", "her school")
	if err != nil || c.Assignee != "bea" {
		t.Fatalf("%+v, %v", c, err)
	}
	d.wrote("case.assigned", "to", "bea")
	if c, err = d.Assign(t.Context(), d.act("lead"), "", ""); err != nil || c.Assignee != "" {
		t.Errorf("given back: %+v, %v", c, err)
	}
}

// wrote fails unless the newest audit entry is the act with the detail.
func (d *desk) wrote(act, key, value string) {
	d.Helper()
	lines := d.lines()
	if last := lines[len(lines)-1]; last.Act != act || last.Detail[key] != value {
		d.Errorf("the last entry is %+v, want %s with %s=%s", last, act, key, value)
	}
}

func TestSnoozeAndWake(t *testing.T) {
	d := setup(t)
	until := d.now.Add(3 * time.Hour)
	c, err := d.Snooze(t.Context(), d.act("ada"), until, "she is online in the evening")
	if err != nil || !c.Rests(d.now) {
		t.Fatalf("%+v, %v", c, err)
	}
	d.wrote("case.snoozed", "until", until.Format(time.RFC3339))
	if c, err = d.Wake(t.Context(), d.act("bea")); err != nil || c.Rests(d.now) {
		t.Errorf("woken: %+v, %v", c, err)
	}
	if c, err = d.Park(t.Context(), d.act("ada"), until, "asked the school"); err != nil || c.Assignee != "ada" {
		t.Errorf("parked: %+v, %v", c, err)
	}
	if _, err := d.Park(t.Context(), d.act("ada"), until, " "); !errors.Is(err, casefile.ErrBody) {
		t.Errorf("for no reason: %v", err)
	}
}

func TestMergeBindsBoth(t *testing.T) {
	d := setup(t)
	from := d.another(taxonomy.TypologyGrooming)
	before := len(d.lines())
	if _, err := d.Merge(t.Context(), review.Act{Who: "ada", Case: from}, d.id, "x"); !errors.Is(err, review.ErrSeen) {
		t.Errorf("without having seen: %v", err)
	}
	c, err := d.Merge(t.Context(), review.Act{Who: "ada", Case: from, Seen: 1}, d.id, "one man, two accounts")
	if err != nil || c.ID != d.id || len(c.Subjects) != 2 || len(c.Absorbed) != 1 || c.Absorbed[0] != from {
		t.Fatalf("%+v, %v", c, err)
	}
	if n := len(d.lines()) - before; n != 2 {
		t.Errorf("%d audit entries, want one for each case", n)
	}
	gone, _, err := d.View(t.Context(), "ada", from)
	if err != nil || gone.Status != casefile.Merged || gone.Into != d.id {
		t.Errorf("%+v, %v", gone, err)
	}
	if _, err := d.Reopen(t.Context(), review.Act{Who: "ada", Case: from, Seen: gone.Events}, "two men after all"); err != nil {
		t.Errorf("taking it back: %v", err)
	}
}

// TestMergeIsWholeOrNothing merges into a case that somebody else holds: the other case must stay open.
func TestMergeIsWholeOrNothing(t *testing.T) {
	d := setup(t).claimed("bea")
	from := d.another(taxonomy.TypologyGrooming)
	if _, err := d.Merge(t.Context(), review.Act{Who: "ada", Case: from, Seen: 1}, d.id, "x"); !errors.Is(err, casefile.ErrClaimed) {
		t.Fatalf("into what another holds: %v", err)
	}
	if c, _, err := d.View(t.Context(), "ada", from); err != nil || c.Status != casefile.Open {
		t.Errorf("the other case is %s, %v", c.Status, err)
	}
	traffic := d.another(taxonomy.TypologyTrafficking)
	if _, err := d.Merge(t.Context(), review.Act{Who: "bea", Case: traffic, Seen: 1}, d.id, "x"); !errors.Is(err, casefile.ErrBody) {
		t.Errorf("grooming with trafficking: %v", err)
	}
}

func TestMuteIsAudited(t *testing.T) {
	d := setup(t)
	m, err := d.Mute(t.Context(), casefile.Mute{Subject: "u1", Detector: "D1", Owner: "lead", Reason: "a coach", Ends: d.now.Add(time.Hour)})
	if err != nil || m.ID == "" {
		t.Fatalf("%+v, %v", m, err)
	}
	d.wrote("mute.added", "detector", "D1")
	if err := d.EndMute(t.Context(), "bea", m.ID); err != nil {
		t.Fatal(err)
	}
	d.wrote("mute.ended", "", "")
	if err := d.EndMute(t.Context(), "bea", m.ID); !errors.Is(err, casefile.ErrNoMute) {
		t.Errorf("ended twice: %v", err)
	}
	if list, err := d.Mutes(t.Context(), "", 10); err != nil || len(list) != 1 || list[0].EndedBy != "bea" {
		t.Errorf("%+v, %v", list, err)
	}
}
