package rulebook_test

import (
	"errors"
	"testing"
	"time"

	"haris/internal/rulebook"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// TestShadow follows a proposed version on each engine: not at once, once a day, beside what a person asks for, until it is decided.
func TestShadow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		db, ctx := e.New(t), t.Context()
		s := service(db)
		now := s.Now()
		begun := now
		s.Now = func() time.Time { return now }
		v, err := s.Propose(ctx, "ada", pack(2), "gifts of one are nothing")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Leave(ctx, "bob", v.N); !errors.Is(err, rulebook.ErrNoShadow) {
			t.Errorf("ended before it began: %v", err)
		}
		if err := s.Follow(ctx, "bob", v.N); err != nil {
			t.Fatal(err)
		}
		if err := s.Follow(ctx, "ada", v.N); !errors.Is(err, rulebook.ErrFollowed) {
			t.Errorf("begun twice: %v", err)
		}
		// asked returns the newest comparison after a look.
		asked := func(after time.Duration) rulebook.Trial {
			t.Helper()
			now = begun.Add(after)
			if err := s.FollowUp(ctx); err != nil {
				t.Fatal(err)
			}
			x, trial, err := s.Shadow(ctx, &v)
			if err != nil || !x.Runs() || x.By != "bob" || !x.Since.Equal(begun) {
				t.Fatalf("after %s: %+v %v", after, x, err)
			}
			return trial
		}
		if got := asked(time.Minute); got.ID != "" {
			t.Errorf("compared before there was anything to compare: %+v", got)
		}
		first := asked(time.Hour)
		if first.ID == "" || !first.Shadow || !first.Since.Equal(begun) || first.By != "bob" || first.AskedAt != now {
			t.Fatalf("%+v", first)
		}
		own, err := s.Try(ctx, "ada", pack(2), time.Time{})
		if err != nil || own.Shadow || own.ID == first.ID {
			t.Fatalf("a person's back-test is another: %+v %v", own, err)
		}
		if got := asked(20 * time.Hour); got.ID != first.ID {
			t.Errorf("compared twice on one day")
		}
		if got, err := s.Tried(ctx, v.Digest); err != nil || got.ID != own.ID {
			t.Errorf("a shadow run hides what a person asked for: %+v %v", got, err)
		}
		first.State, first.Report, first.EndedAt = rulebook.TrialDone, []byte(`{}`), now
		if err := s.Write(ctx, func(tx rulebook.Tx) error { return tx.Trials().Put(ctx, first) }); err != nil {
			t.Fatal(err)
		}
		second := asked(26 * time.Hour)
		if second.ID == first.ID || !second.Since.Equal(begun) {
			t.Errorf("not compared on the second day: %+v", second)
		}
		if _, err := s.Publish(ctx, "cleo", v.N, 0, ""); err != nil {
			t.Fatal(err)
		}
		if err := s.FollowUp(ctx); err != nil {
			t.Fatal(err)
		}
		if x, last, err := s.Shadow(ctx, &v); err != nil || x.Runs() || x.EndedBy != "haris" || last.ID != second.ID {
			t.Errorf("a published version stays in shadow: %+v %+v %v", x, last, err)
		}
		if err := s.Follow(ctx, "bob", v.N); !errors.Is(err, rulebook.ErrDecided) {
			t.Errorf("a published version was put into shadow: %v", err)
		}
	})
}

// TestShadowsAreBounded begins as many as there may be, and lets one run out.
func TestShadowsAreBounded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		db, ctx := e.New(t), t.Context()
		s := service(db)
		now := s.Now()
		s.Now = func() time.Time { return now }
		for i := range rulebook.MaxShadows + 1 {
			v, err := s.Propose(ctx, "ada", pack(10+i), "another amount")
			if err != nil {
				t.Fatal(err)
			}
			err = s.Follow(ctx, "bob", v.N)
			if last := i == rulebook.MaxShadows; last != errors.Is(err, rulebook.ErrShadows) || !last && err != nil {
				t.Fatalf("version %d: %v", v.N, err)
			}
		}
		now = now.Add(rulebook.MaxShadow)
		if err := s.FollowUp(ctx); err != nil {
			t.Fatal(err)
		}
		err := db.Read(ctx, func(tx *store.Tx) error {
			list, err := tx.Shadows().Running(ctx)
			if len(list) != 0 {
				t.Errorf("%d run longer than they may", len(list))
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if err := s.Follow(ctx, "bob", rulebook.MaxShadows+1); err != nil {
			t.Errorf("there is room again: %v", err)
		}
	})
}
