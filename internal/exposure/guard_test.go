package exposure_test

import (
	"errors"
	"testing"
	"time"

	"haris/internal/exposure"
)

// TestLowest: of each the lowest counts, and 0 lowers nothing.
func TestLowest(t *testing.T) {
	l := func(items, minutes int) exposure.Limits {
		return exposure.Limits{Items: items, Time: time.Duration(minutes) * time.Minute}
	}
	for name, c := range map[string]struct {
		in   []exposure.Limits
		want exposure.Limits
	}{
		"nothing":                      {nil, l(0, 0)},
		"one":                          {[]exposure.Limits{l(5, 0)}, l(5, 0)},
		"none lowers nothing":          {[]exposure.Limits{l(5, 10), l(0, 0)}, l(5, 10)},
		"each from somewhere else":     {[]exposure.Limits{l(50, 60), l(80, 20), l(10, 0)}, l(10, 20)},
		"where nothing was configured": {[]exposure.Limits{l(0, 0), l(7, 0), l(0, 3)}, l(7, 3)},
	} {
		if got := exposure.Lowest(c.in...); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// set sets a limit of items.
func (b *bench) set(who, by string, items int) error {
	return b.SetLimit(b.Context(), exposure.Bound{Who: who, By: by, Why: "a hard week", Limits: exposure.Limits{Items: items}})
}

// tries asks for a picture clear.
func (b *bench) tries(who, item string) error {
	_, err := b.Begin(b.Context(), exposure.Order{Who: who, Item: item, How: exposure.Clear, Why: "a test looks"})
	return err
}

// TestLimitsOfPeople: the lowest counts at once, nothing goes above the configuration, nobody raises their own while they look.
func TestLimitsOfPeople(t *testing.T) {
	b := setup(t, sqliteEngine())
	b.Limits = exposure.Limits{Items: 9}
	i, second := b.add("c1", "a.png", stripes(t, 32, 32)), b.add("c1", "b.png", stripes(t, 48, 32))
	if err := b.SetLimit(t.Context(), exposure.Bound{Who: "ada", By: "cleo", Limits: exposure.Limits{Items: 1}}); !errors.Is(err, exposure.ErrInvalid) {
		t.Errorf("without why: %v", err)
	}
	b.begin("ada", i, exposure.Clear)
	for n, s := range []struct {
		who, by string
		items   int
		err     error
		counts  int // for ada, afterwards
	}{
		{"ada", "cleo", 10, exposure.ErrAbove, 9},
		{"", "cleo", 7, nil, 7},
		{"ada", "cleo", 5, nil, 5},
		{"ada", "ada", 3, nil, 3},
		{"ada", "cleo", 6, nil, 3},              // one's own is lower
		{"ada", "ada", 4, exposure.ErrRaise, 3}, // ada was shown something today
		{"ada", "ada", 0, exposure.ErrRaise, 3}, // which is more, too
		{"", "ada", 8, nil, 3},                  // as a lead: raises nothing for ada herself
		{"ben", "ada", 0, nil, 3},
		{"", "ada", 2, nil, 2},
		{"", "ada", 8, exposure.ErrRaise, 2},
		{"", "cleo", 1, nil, 1},
		{"ada", "ada", -1, exposure.ErrInvalid, 1},
	} {
		if err := b.set(s.who, s.by, s.items); !errors.Is(err, s.err) {
			t.Errorf("%d: %v, want %v", n, err, s.err)
		}
		d, err := b.Today(t.Context(), "ada")
		if err != nil || d.Limits.Items != s.counts || d.Reached != (s.counts == 1) {
			t.Errorf("%d: %d count, reached %v, %v; want %d", n, d.Limits.Items, d.Reached, err, s.counts)
		}
	}
	if err := b.tries("ada", second.ID); !errors.Is(err, exposure.ErrLimit) {
		t.Errorf("at the new limit: %v", err)
	}
	if n := b.audited("exposure.limit"); n != 8 {
		t.Errorf("%d entries for 8 changes", n)
	}
	b.now = b.now.AddDate(0, 0, 1)
	if err := b.set("ada", "ada", 0); err != nil {
		t.Errorf("on a day on which nothing was shown: %v", err)
	}
}

// TestLimitAfterLift: a limit that is set after one was lifted counts.
func TestLimitAfterLift(t *testing.T) {
	b := setup(t, sqliteEngine())
	b.Limits = exposure.Limits{Items: 1}
	i := b.add("c1", "a.png", stripes(t, 32, 32))
	b.begin("ada", i, exposure.Clear)
	if err := b.Lift(t.Context(), "ada", "cleo", "an urgent case"); err != nil {
		t.Fatal(err)
	}
	if err := b.tries("ada", i.ID); err != nil {
		t.Errorf("lifted: %v", err)
	}
	b.now = b.now.Add(time.Minute)
	if err := b.set("ada", "cleo", 1); err != nil {
		t.Fatal(err)
	}
	if err := b.tries("ada", i.ID); !errors.Is(err, exposure.ErrLimit) {
		t.Errorf("set after it: %v", err)
	}
}

// TestRest: who rests is shown nothing clear, also not what is open, until the end or until who said so takes it back.
func TestRest(t *testing.T) {
	b := setup(t, sqliteEngine())
	i := b.add("c1", "a.png", stripes(t, 32, 32))
	open := b.begin("ada", i, exposure.Clear)
	rest := func(who, by string, days int) error {
		return b.SetRest(t.Context(), exposure.Rest{Who: who, By: by, Why: "rotation", Until: b.now.AddDate(0, 0, days)})
	}
	for _, days := range []int{-1, 0, 92} {
		if err := rest("ada", "cleo", days); !errors.Is(err, exposure.ErrUntil) {
			t.Errorf("%d days: %v", days, err)
		}
	}
	if err := errors.Join(rest("ada", "cleo", 5), rest("ada", "ada", 2)); err != nil {
		t.Fatal(err)
	}
	if err := b.tries("ada", i.ID); !errors.Is(err, exposure.ErrRest) || b.audited("exposure.refused") != 1 {
		t.Errorf("clear: %v", err)
	}
	if err := b.Send(t.Context(), open, "", func(exposure.Piece) error { t.Error("it is sent"); return nil }); !errors.Is(err, exposure.ErrRest) {
		t.Errorf("what was open: %v", err)
	}
	b.begin("ada", i, exposure.Blurred)
	if err := b.tries("ben", i.ID); err != nil {
		t.Errorf("who does not rest: %v", err)
	}
	if d, err := b.Today(t.Context(), "ada"); err != nil || d.Rest == nil || !d.Rest.Until.Equal(b.now.AddDate(0, 0, 5)) {
		t.Errorf("%+v, %v", d.Rest, err)
	}
	// ada ends her own, cleo's stays; cleo cannot end what is ada's own.
	if err := b.EndRest(t.Context(), "ada", "ada"); err != nil || !errors.Is(b.tries("ada", i.ID), exposure.ErrRest) {
		t.Errorf("the lead's went with one's own: %v", err)
	}
	if err := errors.Join(rest("ada", "ada", 2), b.EndRest(t.Context(), "ada", "cleo")); err != nil {
		t.Fatal(err)
	}
	if err := b.EndRest(t.Context(), "ada", "cleo"); !errors.Is(err, exposure.ErrNoRest) || !errors.Is(b.tries("ada", i.ID), exposure.ErrRest) {
		t.Errorf("one's own rest was taken away: %v", err)
	}
	b.now = b.now.AddDate(0, 0, 2)
	if err := b.tries("ada", i.ID); err != nil {
		t.Errorf("after the end: %v", err)
	}
}
