package exposure_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"haris/internal/exposure"
	"haris/internal/taxonomy"
)

// kinds are some kinds of matter.
func kinds(list ...taxonomy.Typology) []taxonomy.Typology { return list }

func TestWhatRotationsSpare(t *testing.T) {
	now, day := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), 24*time.Hour
	list := []exposure.Rotation{
		{Kinds: kinds("trafficking", "grooming"), From: now, Until: now.Add(2 * day)},
		{Kinds: kinds("grooming"), From: now, Until: now.Add(5 * day), Why: "the longer one"},
		{Kinds: kinds("sextortion"), From: now.Add(day), Until: now.Add(3 * day)},
	}
	for after, want := range map[time.Duration]string{
		-time.Second: "[]", 0: "[grooming trafficking]", day: "[grooming sextortion trafficking]", 2 * day: "[grooming sextortion]", 3 * day: "[grooming]", 5 * day: "[]",
	} {
		if got := fmt.Sprint(exposure.Spared(list, now.Add(after))); got != want {
			t.Errorf("after %s: %s, want %s", after, got, want)
		}
	}
	if r := exposure.Sparing(list, "grooming", now); r == nil || r.Why == "" {
		t.Errorf("the one that is over last counts: %+v", r)
	}
	if r := exposure.Sparing(list, "sextortion", now); r != nil {
		t.Errorf("it has not begun: %+v", r)
	}
}

// TestRotate: a lead sets one for several people at once, or for none of them; a person takes their own without saying why.
func TestRotate(t *testing.T) {
	b := setup(t, sqliteEngine())
	day := 24 * time.Hour
	r := exposure.Rotation{By: "cleo", Why: "rotation", Kinds: kinds("trafficking", "grooming", "grooming"), From: b.now.Add(2 * day), Until: b.now.Add(16 * day)}
	change := func(f func(*exposure.Rotation)) exposure.Rotation {
		x := r
		f(&x)
		return x
	}
	for name, tt := range map[string]struct {
		people []string
		r      exposure.Rotation
		want   error
	}{
		"nobody":           {nil, r, exposure.ErrInvalid},
		"somebody unnamed": {[]string{"ada", " "}, r, exposure.ErrInvalid},
		"by nobody":        {[]string{"ada"}, change(func(x *exposure.Rotation) { x.By = "" }), exposure.ErrInvalid},
		"without why":      {[]string{"ada"}, change(func(x *exposure.Rotation) { x.Why = " " }), exposure.ErrInvalid},
		"from nothing":     {[]string{"ada"}, change(func(x *exposure.Rotation) { x.Kinds = nil }), exposure.ErrKinds},
		"from no kind":     {[]string{"ada"}, change(func(x *exposure.Rotation) { x.Kinds = kinds("work") }), exposure.ErrKinds},
		"long ago":         {[]string{"ada"}, change(func(x *exposure.Rotation) { x.From = b.now.Add(-2 * day) }), exposure.ErrUntil},
		"over at once":     {[]string{"ada"}, change(func(x *exposure.Rotation) { x.Until = x.From }), exposure.ErrUntil},
		"over already":     {[]string{"ada"}, change(func(x *exposure.Rotation) { x.From, x.Until = b.now.Add(-time.Hour), b.now }), exposure.ErrUntil},
		"for ever":         {[]string{"ada"}, change(func(x *exposure.Rotation) { x.Until = b.now.Add(92 * day) }), exposure.ErrUntil},
	} {
		if err := b.Rotate(t.Context(), tt.people, tt.r); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := b.Rotations(t.Context(), ""); err != nil || len(list) > 0 || b.audited("exposure.rotation") > 0 {
		t.Fatalf("something was set: %+v, %v", list, err)
	}
	if err := b.Rotate(t.Context(), []string{"ada", "ben"}, r); err != nil {
		t.Fatal(err)
	}
	if err := b.Rotate(t.Context(), []string{"ada"}, exposure.Rotation{By: "ada", Kinds: kinds("sextortion"), From: b.now, Until: b.now.Add(day)}); err != nil {
		t.Fatal(err)
	}
	list, err := b.Rotations(t.Context(), "ada")
	if err != nil || len(list) != 2 || !list[0].Own || list[1].Own || fmt.Sprint(list[1].Kinds) != "[grooming trafficking]" || b.audited("exposure.rotation") != 3 {
		t.Errorf("%+v, %v", list, err)
	}
	// What spares from the next case is no rest from what is clear.
	if d, err := b.Today(t.Context(), "ada"); err != nil || d.Rest != nil {
		t.Errorf("%+v, %v", d.Rest, err)
	}
	if err := b.EndRotation(t.Context(), "ada", "cleo", list[0].From); !errors.Is(err, exposure.ErrNoRest) {
		t.Errorf("one's own was taken away: %v", err)
	}
	if err := errors.Join(b.EndRotation(t.Context(), "ada", "ada", list[0].From), b.EndRotation(t.Context(), "ada", "cleo", list[1].From)); err != nil || b.audited("exposure.rotation_ended") != 2 {
		t.Error(err)
	}
	b.now = b.now.Add(16 * day)
	if list, err := b.Rotations(t.Context(), ""); err != nil || len(list) > 0 {
		t.Errorf("after the end: %+v, %v", list, err)
	}
}
