package review_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/job"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// desk is a service on a real store with one open case and a clock that tests turn.
type desk struct {
	*testing.T
	review.Service
	db   *store.DB
	now  time.Time
	id   string
	seen int
}

func setup(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, db: storetest.SQLite(t), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	d.Service = review.Service{
		Now: func() time.Time { return d.now },
		Read: func(ctx context.Context, f func(review.Tx) error) error {
			return d.db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Write: func(ctx context.Context, f func(review.Tx) error) error {
			return d.db.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
	}
	d.apply("k1")
	return d
}

// apply opens or grows the case by software.
func (d *desk) apply(key string) {
	d.Helper()
	err := d.db.Write(d.Context(), func(tx *store.Tx) error {
		ch, err := tx.Cases().Apply(d.Context(), d.now, casefile.Matter{
			Key: key, Subject: "u1", Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P1, Queue: "main", At: d.now,
			Signals: []detect.Signal{{Detector: "D1", Family: taxonomy.FamilyContact, Subject: "u1", Strength: 3, At: d.now}},
		})
		d.id = ch.Case
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
}

// act says that who has seen the case as it is now.
func (d *desk) act(who string) review.Act {
	d.Helper()
	return review.Act{Who: who, Case: d.id, Seen: d.get().Events}
}

func (d *desk) get() (c casefile.Case) {
	d.Helper()
	err := d.db.Read(d.Context(), func(tx *store.Tx) (err error) {
		c, err = tx.Cases().Get(d.Context(), d.id)
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return c
}

// claimed has who hold the claim.
func (d *desk) claimed(who string) *desk {
	d.Helper()
	if _, err := d.Claim(d.Context(), d.act(who)); err != nil {
		d.Fatal(err)
	}
	return d
}

// lines returns the audit log, oldest first.
func (d *desk) lines() (out []audit.Entry) {
	d.Helper()
	err := d.db.Read(d.Context(), func(tx *store.Tx) error {
		entries, err := tx.Audit().List(d.Context(), audit.Filter{}, 0, 0)
		for i := len(entries) - 1; i >= 0; i-- {
			out = append(out, entries[i])
		}
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return out
}

func cleared() casefile.Disposition {
	return casefile.Disposition{Finding: casefile.FindingCleared, Reason: "her uncle"}
}

func confirmed() casefile.Disposition {
	return casefile.Disposition{Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "keep this between us"}
}

func needsSecond(proposed casefile.Finding) casefile.Disposition {
	d := confirmed()
	d.Finding, d.Proposed = casefile.FindingNeedsSecond, proposed
	return d
}

func TestEveryActLeavesItsLine(t *testing.T) {
	d := setup(t)
	ctx := t.Context()
	steps := []struct {
		name string
		do   func() (casefile.Case, error)
		want casefile.Status
	}{
		{"case.viewed", func() (casefile.Case, error) { c, _, err := d.View(ctx, "ada", d.id); return c, err }, casefile.Open},
		{"case.claimed", func() (casefile.Case, error) { return d.Claim(ctx, d.act("ada")) }, casefile.Open},
		{"case.noted", func() (casefile.Case, error) { return d.Note(ctx, d.act("ada"), "a secret word") }, casefile.Open},
		{"case.released", func() (casefile.Case, error) { return d.Release(ctx, d.act("ada")) }, casefile.Open},
		{"case.claimed", func() (casefile.Case, error) { return d.Claim(ctx, d.act("ada")) }, casefile.Open},
		{"case.disposed", func() (casefile.Case, error) {
			return d.Dispose(ctx, d.act("ada"), needsSecond(casefile.FindingConfirmed))
		}, casefile.SecondPerson},
		{"case.claimed", func() (casefile.Case, error) { return d.Claim(ctx, d.act("bea")) }, casefile.SecondPerson},
		{"case.disagreed", func() (casefile.Case, error) { return d.Disagree(ctx, d.act("bea"), "not sure") }, casefile.Escalated},
		{"case.claimed", func() (casefile.Case, error) { return d.Claim(ctx, d.act("cem")) }, casefile.Escalated},
		{"case.disposed", func() (casefile.Case, error) { return d.Dispose(ctx, d.act("cem"), cleared()) }, casefile.Cleared},
		{"case.reopened", func() (casefile.Case, error) { return d.Reopen(ctx, d.act("bea"), "a new notice") }, casefile.Open},
		{"case.claimed", func() (casefile.Case, error) { return d.Claim(ctx, d.act("bea")) }, casefile.Open},
		{"case.escalated", func() (casefile.Case, error) { return d.Escalate(ctx, d.act("bea"), "leads", "needs a specialist") }, casefile.Escalated},
		{"case.claimed", func() (casefile.Case, error) { return d.Claim(ctx, d.act("ada")) }, casefile.Escalated},
		{"case.disposed", func() (casefile.Case, error) {
			return d.Dispose(ctx, d.act("ada"), needsSecond(casefile.FindingConfirmed))
		}, casefile.SecondPerson},
		{"case.claimed", func() (casefile.Case, error) { return d.Claim(ctx, d.act("bea")) }, casefile.SecondPerson},
		{"case.agreed", func() (casefile.Case, error) { return d.Agree(ctx, d.act("bea"), "") }, casefile.Confirmed},
	}
	for i, s := range steps {
		c, err := s.do()
		if err != nil {
			t.Fatalf("step %d, %s: %v", i, s.name, err)
		}
		if c.Status != s.want {
			t.Fatalf("step %d, %s: %s, want %s", i, s.name, c.Status, s.want)
		}
		lines := d.lines()
		if len(lines) != i+1 {
			t.Fatalf("step %d, %s: %d audit entries", i, s.name, len(lines))
		}
		if l := lines[i]; l.Act != s.name || l.Object != "case/"+d.id || l.Who == "" || !l.At.Equal(d.now) {
			t.Errorf("step %d: %+v", i, l)
		}
	}
	if c := d.get(); c.Queue != "leads" || c.Disposal.Who != "ada" || c.Disposal.Second != "bea" || c.Disposal.Finding != casefile.FindingConfirmed {
		t.Errorf("%+v %+v", c, c.Disposal)
	}
	for _, l := range d.lines() {
		for _, v := range l.Detail {
			if strings.Contains(v, "secret") || strings.Contains(v, "between us") {
				t.Errorf("the audit log repeats what a person wrote: %+v", l)
			}
		}
	}
}

// TestRefusals checks that a refused act changes neither the case nor the audit log.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(d *desk) error
		want error
	}{
		{"dispose without a claim", func(d *desk) error {
			_, err := d.Dispose(d.Context(), d.act("ada"), cleared())
			return err
		}, casefile.ErrNotClaimed},
		{"dispose what another holds", func(d *desk) error {
			_, err := d.claimed("bea").Dispose(d.Context(), d.act("ada"), cleared())
			return err
		}, casefile.ErrClaimed},
		{"claim what another holds", func(d *desk) error {
			_, err := d.claimed("bea").Claim(d.Context(), d.act("ada"))
			return err
		}, casefile.ErrClaimed},
		{"release what another holds", func(d *desk) error {
			_, err := d.claimed("bea").Release(d.Context(), d.act("ada"))
			return err
		}, casefile.ErrClaimed},
		{"dispose after the claim ended", func(d *desk) error {
			d.claimed("ada")
			d.now = d.now.Add(review.DefaultClaim)
			_, err := d.Dispose(d.Context(), d.act("ada"), cleared())
			return err
		}, casefile.ErrNotClaimed},
		{"dispose what has changed since", func(d *desk) error {
			a := d.claimed("ada").act("ada")
			d.apply("k2")
			_, err := d.Dispose(d.Context(), a, cleared())
			return err
		}, casefile.ErrStale},
		{"dispose without saying what was seen", func(d *desk) error {
			_, err := d.claimed("ada").Dispose(d.Context(), review.Act{Who: "ada", Case: d.id}, cleared())
			return err
		}, review.ErrSeen},
		{"dispose without a reason", func(d *desk) error {
			_, err := d.claimed("ada").Dispose(d.Context(), d.act("ada"), casefile.Disposition{Finding: casefile.FindingCleared, Reason: " "})
			return err
		}, casefile.ErrBody},
		{"confirm without a typology", func(d *desk) error {
			_, err := d.claimed("ada").Dispose(d.Context(), d.act("ada"), casefile.Disposition{Finding: casefile.FindingConfirmed, Reason: "x"})
			return err
		}, casefile.ErrBody},
		{"agree to nothing", func(d *desk) error {
			_, err := d.claimed("ada").Agree(d.Context(), d.act("ada"), "")
			return err
		}, casefile.ErrTransition},
		{"agree with oneself", func(d *desk) error {
			if _, err := d.claimed("ada").Dispose(d.Context(), d.act("ada"), needsSecond(casefile.FindingConfirmed)); err != nil {
				return err
			}
			_, err := d.claimed("ada").Agree(d.Context(), d.act("ada"), "")
			return err
		}, casefile.ErrFourEyes},
		{"a decision by software", func(d *desk) error {
			_, err := d.Claim(d.Context(), d.act(casefile.Haris))
			return err
		}, casefile.ErrPerson},
		{"a decision by an API key", func(d *desk) error {
			_, err := d.Claim(d.Context(), d.act("key:abc"))
			return err
		}, casefile.ErrPerson},
		{"reopen an open case", func(d *desk) error {
			_, err := d.Reopen(d.Context(), d.act("ada"), "x")
			return err
		}, casefile.ErrTransition},
		{"escalate without a reason", func(d *desk) error {
			_, err := d.claimed("ada").Escalate(d.Context(), d.act("ada"), "leads", "")
			return err
		}, casefile.ErrBody},
		{"note nothing", func(d *desk) error { _, err := d.Note(d.Context(), d.act("ada"), "\n"); return err }, casefile.ErrBody},
		{"view what is not there", func(d *desk) error { _, _, err := d.View(d.Context(), "ada", "none"); return err }, casefile.ErrNotFound},
		{"view as nobody", func(d *desk) error { _, _, err := d.View(d.Context(), "", d.id); return err }, audit.ErrEntry},
		{"extend without a claim", func(d *desk) error { _, err := d.Extend(d.Context(), d.act("ada")); return err }, casefile.ErrNotClaimed},
		{"extend another's claim", func(d *desk) error {
			_, err := d.claimed("bea").Extend(d.Context(), d.act("ada"))
			return err
		}, casefile.ErrClaimed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := setup(t)
			// The last act is the refused one: what was there before it is what must be there after it.
			var before casefile.Case
			var lines int
			follow := d.Write
			d.Write = func(ctx context.Context, f func(review.Tx) error) error {
				before, lines = d.get(), len(d.lines())
				return follow(ctx, f)
			}
			err := tt.do(d)
			if !errors.Is(err, tt.want) {
				t.Fatalf("error %v, want %v", err, tt.want)
			}
			if errors.Is(err, review.ErrSeen) {
				return // refused before the store was asked
			}
			if after := d.get(); after.Events != before.Events || after.Status != before.Status || len(d.lines()) != lines {
				t.Errorf("something was left: %+v", after)
			}
		})
	}
}

func TestExtend(t *testing.T) {
	d := setup(t).claimed("ada")
	ends := d.get().Claim.Ends
	d.now = d.now.Add(review.DefaultClaim / 2)
	if c, err := d.Extend(t.Context(), review.Act{Who: "ada", Case: d.id}); err != nil || !c.Claim.Ends.Equal(ends) || c.Events != 2 {
		t.Errorf("with half of it left: %+v, %v", c.Claim, err)
	}
	d.now = d.now.Add(time.Second)
	if c, err := d.Extend(t.Context(), review.Act{Who: "ada", Case: d.id}); err != nil || !c.Claim.Ends.Equal(d.now.Add(review.DefaultClaim)) {
		t.Errorf("with less left: %+v, %v", c.Claim, err)
	}
	d.now = d.now.Add(review.DefaultClaim)
	if _, err := d.Extend(t.Context(), review.Act{Who: "ada", Case: d.id}); !errors.Is(err, casefile.ErrNotClaimed) {
		t.Errorf("after it ended: %v", err)
	}
}

func TestClaimForOwnLength(t *testing.T) {
	d := setup(t)
	d.ClaimFor = 5 * time.Minute
	if c, err := d.Claim(t.Context(), d.act("ada")); err != nil || !c.Claim.Ends.Equal(d.now.Add(5*time.Minute)) {
		t.Errorf("%+v, %v", c.Claim, err)
	}
	d.now = d.now.Add(5 * time.Minute)
	if c, err := d.Claim(t.Context(), d.act("bea")); err != nil || c.Claim.Who != "bea" {
		t.Errorf("after it ended: %+v, %v", c.Claim, err)
	}
}

func TestWhatFollowsIsInTheSameTransaction(t *testing.T) {
	d := setup(t).claimed("ada")
	var told []casefile.EventKind
	fail := errors.New("no room for the job")
	d.Then = func(ctx context.Context, tx review.Tx, c casefile.Case, e casefile.Event) error {
		told = append(told, e.Kind)
		if _, _, err := tx.Jobs().Enqueue(ctx, job.New{Kind: "bank.add", Key: c.ID}); err != nil {
			return err
		}
		if e.N != c.Events || e.Case != c.ID {
			t.Errorf("event %+v of case with %d events", e, c.Events)
		}
		return fail
	}
	if _, err := d.Dispose(t.Context(), d.act("ada"), confirmed()); !errors.Is(err, fail) {
		t.Fatalf("error %v", err)
	}
	if c := d.get(); c.Status != casefile.Open || d.jobs() != 0 || len(d.lines()) != 1 {
		t.Errorf("the act stands though what follows from it does not: %s, %d jobs, %d lines", c.Status, d.jobs(), len(d.lines()))
	}
	fail = nil
	if _, err := d.Dispose(t.Context(), d.act("ada"), confirmed()); err != nil {
		t.Fatal(err)
	}
	if c := d.get(); c.Status != casefile.Confirmed || d.jobs() != 1 || len(told) != 2 {
		t.Errorf("%s, %d jobs, told %v", c.Status, d.jobs(), told)
	}
}

func (d *desk) jobs() (n int) {
	d.Helper()
	err := d.db.Read(d.Context(), func(tx *store.Tx) error {
		jobs, err := tx.Jobs().List(d.Context(), "", "", 0)
		n = len(jobs)
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return n
}

func TestViewReturnsTheHistory(t *testing.T) {
	d := setup(t).claimed("ada")
	c, history, err := d.View(t.Context(), "bea", d.id)
	if err != nil || len(history) != c.Events || c.ID != d.id {
		t.Fatalf("%d events of %d, %v", len(history), c.Events, err)
	}
	lines := d.lines()
	if l := lines[len(lines)-1]; l.Who != "bea" || l.Act != "case.viewed" {
		t.Errorf("%+v", l)
	}
}
