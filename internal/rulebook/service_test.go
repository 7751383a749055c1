package rulebook_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/job"
	"haris/internal/rule"
	"haris/internal/rulebook"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// pack is one rule in shadow that fires on gifts above an amount.
func pack(amount int) rulebook.Text {
	return rulebook.Text{Packs: []rule.Source{{Name: "gift.yaml", Text: fmt.Sprintf("name: gift\nversion: 1\nrules:\n  - id: gift\n    title: A gift\n    mode: shadow\n    on: payment.sent\n    when: event.amount > %d\n    why: a gift\n    effects: {labels: [gift]}\n    tests:\n      - name: a large gift\n        given: {events: [{type: payment.sent, from: a, to: b, amount: 1000}]}\n        fires: true\n", amount)}}}
}

func service(db *store.DB) *rulebook.Service {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return &rulebook.Service{
		Write: func(ctx context.Context, f func(rulebook.Tx) error) error {
			return db.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Read: func(ctx context.Context, f func(rulebook.Tx) error) error {
			return db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Now: func() time.Time { return at }, Files: func() (rulebook.Text, error) { return pack(1), nil }, Detectors: []string{"D1", "D2"}, Open: true,
	}
}

// TestBook goes the way of a change on each engine: written, proposed, published by another, taken back by an older version.
func TestBook(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		db, ctx := e.New(t), t.Context()
		s := service(db)
		published := 0
		s.Published = func(context.Context) { published++ }
		if v, err := s.InForce(ctx); err != nil || v.N != 0 {
			t.Fatalf("an empty book has %+v in force (%v)", v, err)
		}
		d, saved, err := s.Draft(ctx, "ada")
		if err != nil || saved || d.Base != 0 || d.Text.Digest() != digest(pack(1)) {
			t.Fatalf("a first draft is the files: %+v %v %v", d, saved, err)
		}
		was := d.Text.Digest()
		if err := s.Save(ctx, "ada", pack(2), was); err != nil {
			t.Fatal(err)
		}
		if err := s.Save(ctx, "ada", pack(3), was); !errors.Is(err, rulebook.ErrStale) {
			t.Errorf("a text that was begun before the last one was saved: %v", err)
		}
		v, err := s.Propose(ctx, "ada", pack(2), " gifts of one are nothing ")
		if err != nil || v.N != 1 || v.Reason != "gifts of one are nothing" {
			t.Fatalf("%+v %v", v, err)
		}
		if _, saved, err := s.Draft(ctx, "ada"); err != nil || saved {
			t.Errorf("the draft outlives its proposal (%v)", err)
		}
		if now, err := s.InForce(ctx); err != nil || now.N != 0 {
			t.Errorf("what is proposed is in force: %+v (%v)", now, err)
		}
		if _, err := s.Publish(ctx, "ada", 1, 0, ""); !errors.Is(err, rulebook.ErrOwn) {
			t.Errorf("the author published: %v", err)
		}
		if _, err := s.Publish(ctx, "bob", 1, 7, ""); !errors.Is(err, rulebook.ErrStale) {
			t.Errorf("published over what was not seen: %v", err)
		}
		if _, err := s.Publish(ctx, "bob", 1, 0, "as agreed"); err != nil || published != 1 {
			t.Fatalf("%v, told %d times", err, published)
		}
		if _, err := s.Publish(ctx, "bob", 1, 1, ""); !errors.Is(err, rulebook.ErrDecided) {
			t.Errorf("published twice: %v", err)
		}
		if _, err := s.Propose(ctx, "ada", pack(2), "the same"); !errors.Is(err, rulebook.ErrSame) {
			t.Errorf("what is in force was proposed: %v", err)
		}
		_, files, err := s.Get(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		if v, err = s.Propose(ctx, "bob", files, "back"); err != nil || v.N != 2 || v.Base != 1 {
			t.Fatalf("the files could not be proposed again: %+v %v", v, err)
		}
		if _, err := s.Publish(ctx, "ada", 2, 1, ""); err != nil {
			t.Fatal(err)
		}
		if now, err := s.InForce(ctx); err != nil || now.N != 2 || now.Place != 2 || now.Digest != digest(pack(1)) {
			t.Errorf("%+v %v", now, err)
		}
		want := []string{"rules.drafted", "rules.proposed", "rules.published", "rules.proposed", "rules.published"}
		if got := acts(t, db); !slices.Equal(got, want) {
			t.Errorf("audit log: %v, want %v", got, want)
		}
	})
}

// TestBookRefuses is what the book does not take.
func TestBookRefuses(t *testing.T) {
	s, ctx := service(storetest.SQLite(t)), t.Context()
	wrong := pack(2)
	wrong.Packs[0].Text = strings.Replace(wrong.Packs[0].Text, "event.amount", "event.amuont", 1)
	if _, err := s.Propose(ctx, "ada", wrong, "x"); !errors.Is(err, rulebook.ErrFaulty) || !strings.Contains(err.Error(), "gift.yaml:8:") {
		t.Errorf("a mistake was proposed: %v", err)
	}
	heavy := pack(2)
	heavy.Weights = "budget: 0"
	if _, err := s.Propose(ctx, "ada", heavy, "x"); !errors.Is(err, rulebook.ErrFaulty) || !strings.Contains(err.Error(), "weights.yaml:1:1") {
		t.Errorf("wrong weights were proposed: %v", err)
	}
	if _, err := s.Propose(ctx, "ada", pack(2), " "); !errors.Is(err, rulebook.ErrReason) {
		t.Errorf("no reason: %v", err)
	}
	for _, name := range []string{"../gift.yaml", "gift.txt", "weights.yaml", ""} {
		text := pack(2)
		text.Packs[0].Name = name
		if err := s.Save(ctx, "ada", text, ""); !errors.Is(err, rulebook.ErrText) {
			t.Errorf("a file %q was kept: %v", name, err)
		}
	}
	if err := s.Save(ctx, "ada", wrong, ""); err != nil {
		t.Errorf("a draft may be wrong: %v", err)
	}
	if err := s.Discard(ctx, "ada"); err != nil {
		t.Error(err)
	}
	if err := s.Discard(ctx, "ada"); !errors.Is(err, rulebook.ErrNoDraft) {
		t.Errorf("thrown away twice: %v", err)
	}
	v, err := s.Propose(ctx, "ada", pack(2), "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Refuse(ctx, "ada", v.N, "no"); !errors.Is(err, rulebook.ErrOwn) {
		t.Errorf("the author refused: %v", err)
	}
	if _, err := s.Withdraw(ctx, "bob", v.N, "no"); !errors.Is(err, rulebook.ErrOther) {
		t.Errorf("somebody else withdrew: %v", err)
	}
	if _, err := s.Refuse(ctx, "bob", v.N, "too many"); err != nil {
		t.Error(err)
	}
	if _, err := s.Publish(ctx, "eve", v.N, 0, ""); !errors.Is(err, rulebook.ErrDecided) {
		t.Errorf("what was refused was published: %v", err)
	}
	if _, _, err := s.Get(ctx, 9); !errors.Is(err, rulebook.ErrNotFound) {
		t.Errorf("%v", err)
	}
	s.Open = false
	if _, err := s.Propose(ctx, "ada", pack(3), "x"); !errors.Is(err, rulebook.ErrClosed) {
		t.Errorf("rules are in files, and the book took one: %v", err)
	}
}

// TestBookOfTwoProcesses lets two processes propose and publish at once: every version has a number and a place of its own.
func TestBookOfTwoProcesses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		if e.Pair == nil {
			t.Skip("one process writes")
		}
		one, two := e.Pair(t)
		var wg sync.WaitGroup
		for i, db := range []*store.DB{one, two} {
			wg.Go(func() {
				for n := range 5 {
					if _, err := service(db).Propose(t.Context(), "ada", pack(10*(n+1)+i), "x"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for i, db := range []*store.DB{one, two} {
			wg.Go(func() {
				for n := range int64(5) {
					for {
						now, err := service(db).InForce(t.Context())
						if err != nil {
							t.Error(err)
							return
						}
						if _, err = service(db).Publish(t.Context(), "bob", 2*n+int64(i)+1, now.N, ""); err == nil {
							break
						}
						if !errors.Is(err, rulebook.ErrStale) {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		wg.Wait()
		list, err := service(one).List(t.Context(), rulebook.Filter{State: rulebook.Published})
		if err != nil || len(list) != 10 || list[0].Place != 10 || list[9].Place != 1 {
			t.Errorf("%d published (%v): %+v", len(list), err, list)
		}
	})
}

func digest(t rulebook.Text) string { return t.Digest() }

func acts(t *testing.T, db *store.DB) (out []string) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Audit().List(t.Context(), audit.Filter{}, 0, 100)
		for _, e := range slices.Backward(list) {
			out = append(out, e.Act)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestTrial asks for back-tests and works them off: one that is open is not asked for twice, the report stays with the text, a failure is told.
func TestTrial(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		db, ctx := e.New(t), t.Context()
		s := service(db)
		if _, err := s.Tried(ctx, digest(pack(2))); !errors.Is(err, rulebook.ErrNoTrial) {
			t.Errorf("%v", err)
		}
		if err := s.Save(ctx, "ada", pack(2), ""); err != nil {
			t.Fatal(err)
		}
		asked, err := s.Try(ctx, "ada", pack(2), time.Time{})
		if err != nil || asked.State != rulebook.TrialWaiting {
			t.Fatalf("%+v %v", asked, err)
		}
		if again, err := s.Try(ctx, "bob", pack(2), time.Time{}); err != nil || again.ID != asked.ID {
			t.Errorf("asked twice: %+v %v", again, err)
		}
		if err := s.Discard(ctx, "ada"); err != nil { // the text stays with the back-test
			t.Fatal(err)
		}
		clock := s.Now()
		s.Now = func() time.Time { return clock }
		fails := errors.New("the log cannot be read")
		x := &rulebook.Tester{
			Book: s, All: func() uint64 { return 10 },
			Fold: func(_ context.Context, before, after rulebook.Judgement, _ time.Time, progress func(uint64)) (any, error) {
				if before.Rules.Digest() == after.Rules.Digest() {
					t.Error("both sides are the same")
				}
				clock = clock.Add(2 * time.Second)
				progress(4)
				if got, err := s.Trial(ctx, asked.ID); err != nil || got.State != rulebook.TrialRunning || got.Done != 4 || got.All != 10 {
					t.Errorf("under way: %+v %v", got, err)
				}
				return map[string]int{"events": 10}, fails
			},
		}
		work := func(attempt int) (job.Outcome, error) {
			var list []job.Job
			err := db.Read(ctx, func(tx *store.Tx) (err error) {
				list, err = tx.Jobs().List(ctx, rulebook.JobTrial, "", 10)
				return err
			})
			if err != nil || len(list) != 1 {
				t.Fatalf("%d jobs (%v)", len(list), err)
			}
			list[0].Attempt = attempt
			return x.Handle(ctx, list[0])
		}
		if _, err := work(1); !errors.Is(err, fails) {
			t.Errorf("%v", err)
		}
		if got, _ := s.Trial(ctx, asked.ID); !got.Open() {
			t.Errorf("it gave up after one failure: %+v", got)
		}
		fails = nil
		if o, err := work(2); err != nil || o.State != job.Done {
			t.Errorf("%+v %v", o, err)
		}
		got, err := s.Tried(ctx, digest(pack(2)))
		if err != nil || got.State != rulebook.TrialDone || string(got.Report) != `{"events":10}` || got.Done != 10 || got.EndedAt.IsZero() {
			t.Errorf("%+v %v", got, err)
		}
		if asked, err = s.Try(ctx, "ada", pack(2), time.Time{}); err != nil || asked.ID == got.ID {
			t.Fatalf("a finished one is asked for again: %+v %v", asked, err)
		}
		fails = errors.New("again")
		order := job.Job{Attempt: 3, Max: 3, Payload: []byte(`{"trial":"` + asked.ID + `"}`)}
		if _, err := x.Handle(ctx, order); err == nil {
			t.Error("a failure was taken for an end")
		}
		if got, err := s.Trial(ctx, asked.ID); err != nil || got.State != rulebook.TrialFailed || got.Fault != "again" {
			t.Errorf("%+v %v", got, err)
		}
		if o, err := x.Handle(ctx, order); err != nil || o.State != job.Done {
			t.Errorf("one that has ended was worked off again: %+v %v", o, err)
		}
	})
}
