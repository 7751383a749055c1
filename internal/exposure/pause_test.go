package exposure_test

import (
	"errors"
	"testing"
	"time"

	"haris/internal/exposure"
)

// TestPauseOf: pieces add up until a break that is long enough, what is blurred does not count, and a break ends by itself.
func TestPauseOf(t *testing.T) {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	at := func(minute int) time.Time { return start.Add(time.Duration(minute) * time.Minute) }
	rule := exposure.Breaks{After: 20 * time.Minute, For: 10 * time.Minute}
	type look struct {
		who      string
		how      exposure.How
		from, to int // to is 0 for what is still on the screen
	}
	for name, tt := range map[string]struct {
		looks   []look
		now     int
		watched int
		near    bool
		until   int // 0 for no break
	}{
		"nothing":                        {nil, 0, 0, false, 0},
		"a short look":                   {[]look{{"ada", exposure.Clear, 0, 5}}, 6, 5, false, 0},
		"near":                           {[]look{{"ada", exposure.Clear, 0, 15}}, 16, 15, true, 0},
		"in pieces":                      {[]look{{"ada", exposure.Clear, 0, 9}, {"ada", exposure.Sound, 12, 24}}, 25, 21, true, 34},
		"a break between":                {[]look{{"ada", exposure.Clear, 0, 15}, {"ada", exposure.Clear, 25, 30}}, 31, 5, false, 0},
		"a pause that is too short":      {[]look{{"ada", exposure.Clear, 0, 15}, {"ada", exposure.Clear, 24, 30}}, 31, 21, true, 40},
		"the break is over":              {[]look{{"ada", exposure.Clear, 0, 25}}, 35, 0, false, 0},
		"the break is nearly over":       {[]look{{"ada", exposure.Clear, 0, 25}}, 34, 25, true, 35},
		"still on the screen":            {[]look{{"ada", exposure.Clear, 0, 0}}, 8, 8, false, 0},
		"blurred does not count":         {[]look{{"ada", exposure.Blurred, 0, 60}}, 61, 0, false, 0},
		"somebody else's does not count": {[]look{{"bea", exposure.Clear, 0, 60}}, 61, 0, false, 0},
	} {
		var entries []exposure.Entry
		for i, l := range tt.looks {
			id := string(rune('a' + i))
			entries = append(entries, exposure.Entry{ID: id + "1", Who: l.who, Showing: id, Item: id, Act: exposure.Begun, How: l.how, At: at(l.from), Until: at(l.from)})
			if l.to > 0 {
				entries = append(entries, exposure.Entry{ID: id + "2", Who: l.who, Showing: id, Item: id, Act: exposure.Ended, How: l.how, At: at(l.to), Until: at(l.to)})
			}
		}
		p := exposure.PauseOf("ada", entries, rule, at(tt.now))
		want := time.Time{}
		if tt.until > 0 {
			want = at(tt.until)
		}
		if p.Watched != time.Duration(tt.watched)*time.Minute || p.Near != tt.near || !p.Until.Equal(want) {
			t.Errorf("%s: %+v, want %d minutes, near %v, until %s", name, p, tt.watched, tt.near, want)
		}
		if got := exposure.PauseOf("ada", entries, exposure.Breaks{For: time.Minute}, at(tt.now)); got != (exposure.Pause{}) {
			t.Errorf("%s: a break that nobody asked for: %+v", name, got)
		}
	}
}

// TestBreak: after enough that is clear nothing clear begins until the break is over; what is blurred does, and a limit that was lifted lifts it.
func TestBreak(t *testing.T) {
	b := setup(t, sqliteEngine())
	b.Breaks = exposure.Breaks{After: 20 * time.Minute, For: 10 * time.Minute}
	i := b.add("c1", "a.png", stripes(t, 32, 32))
	l := b.begin("ada", i, exposure.Clear)
	for range 3 { // signs of life, so that the showing counts
		b.now = b.now.Add(8 * time.Minute)
		if err := b.Send(t.Context(), l, "", func(exposure.Piece) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.End(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	ended := b.now
	d, err := b.Today(t.Context(), "ada")
	if err != nil || d.Open() || !d.Pause.Until.Equal(ended.Add(10*time.Minute)) {
		t.Fatalf("%+v %v", d, err)
	}
	if err := b.tries("ada", i.ID); !errors.Is(err, exposure.ErrPause) || b.audited("exposure.refused") != 1 {
		t.Errorf("within the break: %v", err)
	}
	b.begin("ada", i, exposure.Blurred)
	b.begin("bea", i, exposure.Blurred)
	if err := b.tries("bea", i.ID); err != nil {
		t.Errorf("somebody else's break: %v", err)
	}
	if err := b.Lift(t.Context(), "ada", "cleo", "a child is in danger"); err != nil {
		t.Fatal(err)
	}
	if d, err := b.Today(t.Context(), "ada"); err != nil || !d.Open() || !d.Pause.Near {
		t.Errorf("lifted: %+v %v", d, err)
	}
	b.now = ended.Add(10 * time.Minute)
	if err := b.tries("bea", i.ID); err != nil {
		t.Errorf("after the break: %v", err)
	}
	if d, err := b.Today(t.Context(), "ada"); err != nil || d.Pause != (exposure.Pause{}) {
		t.Errorf("after the break: %+v %v", d, err)
	}
}
