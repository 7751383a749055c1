package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Cases checks that the engine keeps cases as casefile.Store promises.
func Cases(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"a matter opens a case":                          casesOpen,
		"the same key changes nothing":                   casesSameKey,
		"a second matter grows the open case":            casesGrow,
		"accounts of one group have one case":            casesGroup,
		"what a person cleared stays cleared":            casesCleared,
		"something new opens a case that names the last": casesNews,
		"reopening beside an open case is refused":       casesReopenBesideOpen,
		"an unknown case is not found":                   casesNotFound,
		"a stale event is refused":                       casesStale,
		"a refused event leaves nothing":                 casesRefused,
		"the stored fold is the fold of the history":     casesFold,
		"a rolled-back matter leaves nothing":            casesRollback,
		"lists run by urgency and page by cursor":        casesList,
		"lists narrow by every field":                    casesNarrow,
		"counts by priority":                             casesCount,
		"an account is found in every role":              casesAccounts,
		"claims that ended do not count":                 casesClaims,
		"the schema refuses a second open case":          casesOneOpen,
		"a history takes no second event of one number":  casesAppendOnly,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
	if e.Pair != nil {
		t.Run("two processes open one case once", func(t *testing.T) { casesTwoProcesses(t, e) })
	}
}

func casesOpen(b *bench) {
	m := matter("k1", "u1", taxonomy.P1, start().Add(-time.Minute))
	ch := b.apply(start(), m)
	if !ch.Opened || !ch.Raised || ch.Skipped {
		b.Fatalf("change %+v", ch)
	}
	c := b.get(ch.Case)
	want := casefile.Case{
		ID: ch.Case, Subject: "u1", Subjects: []string{"u1"}, Victims: m.Victims, Typology: m.Typology, Priority: taxonomy.P1,
		Queue: "main", Status: casefile.Open, Signals: m.Signals, Reasons: m.Reasons, Count: 1, OpenedAt: start(), UpdatedAt: start(),
		RaisedAt: m.At, EventAt: m.At, Deadline: start().Add(4 * time.Hour), Events: 1,
	}
	if d := cmp.Diff(want, c); d != "" {
		b.Error(d)
	}
}

func casesSameKey(b *bench) {
	m := matter("k1", "u1", taxonomy.P1, start())
	first := b.apply(start(), m)
	again := b.apply(start().Add(time.Hour), m)
	if !again.Skipped || again.Opened || again.Case != first.Case {
		b.Errorf("second time: %+v", again)
	}
	if c := b.get(first.Case); c.Events != 1 || c.Count != 1 {
		b.Errorf("%d events, %d findings", c.Events, c.Count)
	}
}

func casesGrow(b *bench) {
	first := b.apply(start(), matter("k1", "u1", taxonomy.P2, start()))
	b.must(first.Case, start().Add(time.Minute), "ada", casefile.Claimed, casefile.ClaimedBody{Ends: start().Add(time.Hour)})
	m := matter("k2", "u1", taxonomy.P0, start().Add(2*time.Minute))
	m.Victims, m.Linked = []string{"child-2"}, []string{"u1-second"}
	grown := b.apply(start().Add(3*time.Minute), m)
	if grown.Case != first.Case || grown.Opened || !grown.Raised {
		b.Errorf("change %+v", grown)
	}
	c := b.get(first.Case)
	if c.Priority != taxonomy.P0 || c.Count != 2 || c.Events != 3 || c.Claim == nil {
		b.Errorf("case %+v", c)
	}
	if d := cmp.Diff([]string{"child-of-u1", "child-2"}, c.Victims); d != "" {
		b.Error(d)
	}
	if want := start().Add(18 * time.Minute); !c.Deadline.Equal(want) {
		b.Errorf("deadline %s, want %s", c.Deadline, want)
	}
}

func casesGroup(b *bench) {
	of := func(key, subject string, linked ...string) casefile.Matter {
		m := matter(key, subject, taxonomy.P2, start())
		m.Typology, m.Linked = taxonomy.TypologyTrafficking, linked
		m.Signals = []detect.Signal{{Detector: "D13", Subject: subject, Family: taxonomy.FamilyTemplate, Strength: 3, At: start()}}
		return m
	}
	first := b.apply(start(), of("k1", "u1", "u2", "u3"))
	second := b.apply(start(), of("k2", "u2", "u1")) // a member of the group
	third := b.apply(start(), of("k3", "u4", "u1"))  // whose group the case is about
	for _, ch := range []casefile.Change{second, third} {
		if ch.Case != first.Case || ch.Opened {
			b.Errorf("change %+v, want case %s to grow", ch, first.Case)
		}
	}
	c := b.get(first.Case)
	if d := cmp.Diff([]string{"u1", "u2", "u3", "u4"}, c.Subjects); d != "" || c.Subject != "u1" || len(c.Signals) != 3 {
		b.Errorf("subject %s, signals %+v %s", c.Subject, c.Signals, d)
	}
	if other := b.apply(start(), of("k4", "u9")); !other.Opened {
		b.Errorf("an account of no group: %+v", other)
	}
	grooming := of("k5", "u2", "u1")
	grooming.Typology = taxonomy.TypologyGrooming
	if other := b.apply(start(), grooming); !other.Opened {
		b.Errorf("another typology is another matter: %+v", other)
	}
	b.clear(first.Case, start().Add(time.Minute))
	if again := b.apply(start().Add(time.Hour), of("k6", "u3", "u1")); !again.Skipped || again.Case != first.Case {
		b.Errorf("what a person cleared about the group: %+v", again)
	}
}

func casesCleared(b *bench) {
	first := b.apply(start(), matter("k1", "u1", taxonomy.P2, start()))
	b.clear(first.Case, start().Add(time.Minute))
	ch := b.apply(start().Add(time.Hour), matter("k2", "u1", taxonomy.P2, start().Add(time.Hour)))
	if !ch.Skipped || ch.Case != first.Case {
		b.Errorf("change %+v", ch)
	}
	if ids, _ := b.list(casefile.Filter{Subject: "u1"}); len(ids) != 1 {
		b.Errorf("cases %v", ids)
	}
	// A replay after the person has reopened the case must not bring in what was passed over.
	b.must(first.Case, start().Add(2*time.Hour), "ada", casefile.Reopened, casefile.ReasonBody{Reason: "a new notice"})
	if ch := b.apply(start().Add(3*time.Hour), matter("k2", "u1", taxonomy.P2, start().Add(time.Hour))); !ch.Skipped {
		b.Errorf("a replay: %+v", ch)
	}
}

func casesNews(b *bench) {
	first := b.apply(start(), matter("k1", "u1", taxonomy.P2, start()))
	b.clear(first.Case, start().Add(time.Minute))
	m := matter("k2", "u1", taxonomy.P2, start().Add(time.Hour))
	m.Signals = append(m.Signals, detect.Signal{Detector: "D3", Family: taxonomy.FamilyFeedback, Strength: 1.5, At: m.At})
	second := b.apply(start().Add(time.Hour), m)
	if !second.Opened || second.Case == first.Case {
		b.Fatalf("change %+v", second)
	}
	if c := b.get(second.Case); c.Earlier != first.Case || len(c.Judged) != 1 {
		b.Errorf("earlier %q, judged %v", c.Earlier, c.Judged)
	}
}

func casesReopenBesideOpen(b *bench) {
	first := b.apply(start(), matter("k1", "u1", taxonomy.P2, start()))
	b.clear(first.Case, start())
	m := matter("k2", "u1", taxonomy.P2, start())
	m.Signals[0].Hard = true
	if !b.apply(start(), m).Opened {
		b.Fatal("a hard signal opened nothing")
	}
	e, err := casefile.NewEvent(first.Case, start(), "ada", casefile.Reopened, casefile.ReasonBody{Reason: "looked again"})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := b.try(e); !errors.Is(err, casefile.ErrOtherOpen) {
		b.Errorf("error %v", err)
	}
}

func casesNotFound(b *bench) {
	b.read(func(tx *store.Tx) error {
		if _, err := tx.Cases().Get(b.ctx, "nothing"); !errors.Is(err, casefile.ErrNotFound) {
			b.Errorf("Get: %v", err)
		}
		if _, err := tx.Cases().History(b.ctx, "nothing"); !errors.Is(err, casefile.ErrNotFound) {
			b.Errorf("History: %v", err)
		}
		return nil
	})
	if _, err := b.try(casefile.Event{Case: "nothing", Who: "ada", Kind: casefile.Noted, At: start()}); !errors.Is(err, casefile.ErrNotFound) {
		b.Errorf("Append: %v", err)
	}
}

func casesStale(b *bench) {
	ch := b.apply(start(), matter("k1", "u1", taxonomy.P2, start()))
	b.apply(start(), matter("k2", "u1", taxonomy.P2, start()))
	e, err := casefile.NewEvent(ch.Case, start(), "ada", casefile.Noted, casefile.NotedBody{Text: "seen"})
	if err != nil {
		b.Fatal(err)
	}
	e.N = 2 // has seen one event
	if _, err := b.try(e); !errors.Is(err, casefile.ErrStale) {
		b.Errorf("error %v", err)
	}
}

func casesRefused(b *bench) {
	ch := b.apply(start(), matter("k1", "u1", taxonomy.P2, start()))
	before := b.get(ch.Case)
	e, err := casefile.NewEvent(ch.Case, start(), "ada", casefile.Agreed, casefile.ReasonBody{})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := b.try(e); !errors.Is(err, casefile.ErrTransition) {
		b.Fatalf("error %v", err)
	}
	if d := cmp.Diff(before, b.get(ch.Case)); d != "" {
		b.Error(d)
	}
}

func casesFold(b *bench) {
	at := start().Add(123456789 * time.Nanosecond) // finer than what is stored
	ch := b.apply(at, matter("k1", "u1", taxonomy.P2, at))
	b.must(ch.Case, at.Add(time.Second), "ada", casefile.Noted, casefile.NotedBody{Text: "first look"})
	b.must(ch.Case, at.Add(time.Second), "ada", casefile.Claimed, casefile.ClaimedBody{Ends: at.Add(time.Hour)})
	b.must(ch.Case, at.Add(2*time.Second), "ada", casefile.Disposed, casefile.DisposedBody{Disposition: casefile.Disposition{
		Finding: casefile.FindingNeedsSecond, Proposed: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "he asks her to keep it secret",
	}})
	b.apply(at.Add(3*time.Second), matter("k2", "u1", taxonomy.P1, at))
	b.must(ch.Case, at.Add(4*time.Second), "bea", casefile.Claimed, casefile.ClaimedBody{Ends: at.Add(time.Hour)})
	b.must(ch.Case, at.Add(5*time.Second), "bea", casefile.Agreed, casefile.ReasonBody{})
	var history []casefile.Event
	b.read(func(tx *store.Tx) (err error) {
		history, err = tx.Cases().History(b.ctx, ch.Case)
		return err
	})
	folded, err := casefile.FoldAll(history)
	if err != nil {
		b.Fatal(err)
	}
	// Both went through JSON, which is how they are compared.
	if d := cmp.Diff(asJSON(b, folded), asJSON(b, b.get(ch.Case))); d != "" {
		b.Error(d)
	}
	if folded.Status != casefile.Confirmed || folded.Disposal.Second != "bea" {
		b.Errorf("status %s, disposition %+v", folded.Status, folded.Disposal)
	}
}

func asJSON(b *bench, v any) string {
	b.Helper()
	j, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		b.Fatal(err)
	}
	return string(j)
}

func casesRollback(b *bench) {
	stop := errors.New("stop")
	err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		if _, err := tx.Cases().Apply(b.ctx, start(), matter("k1", "u1", taxonomy.P2, start())); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		b.Fatal(err)
	}
	if ids, _ := b.list(casefile.Filter{}); len(ids) != 0 {
		b.Errorf("cases %v", ids)
	}
	if !b.apply(start(), matter("k1", "u1", taxonomy.P2, start())).Opened {
		b.Error("the key was kept though its transaction was not")
	}
}

func casesOneOpen(b *bench) {
	ch := b.apply(start(), matter("k1", "u1", taxonomy.P2, start()))
	err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(b.ctx, `INSERT INTO case_file (id, subject, typology, status, queue, urgency, deadline, events, opened_at,
			updated_at, body) SELECT 'other', subject, typology, status, queue, urgency, deadline, events, opened_at, updated_at, body FROM case_file WHERE id = $1`, ch.Case)
		return err
	})
	if err == nil {
		b.Error("a second open case about the same subject and typology was stored")
	}
}

func casesAppendOnly(b *bench) {
	ch := b.apply(start(), matter("k1", "u1", taxonomy.P2, start()))
	err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(b.ctx, `INSERT INTO case_event (case_id, n, at, who, kind, body) VALUES ($1, 1, 0, 'x', 'noted', '')`, ch.Case)
		return err
	})
	if err == nil {
		b.Error("a second event with the number 1 was stored")
	}
}

func casesTwoProcesses(t *testing.T, e Engine) {
	a, b := e.Pair(t)
	ctx := context.Background()
	const matters = 30
	done := make(chan error, 2)
	for p, db := range []*store.DB{a, b} {
		go func() {
			for i := range matters {
				err := db.Write(ctx, func(tx *store.Tx) error {
					_, err := tx.Cases().Apply(ctx, start(), matter(fmt.Sprintf("k%d-%d", p, i), fmt.Sprintf("u%d", i/3), taxonomy.P2, start()))
					return err
				})
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	err := a.Read(ctx, func(tx *store.Tx) error {
		cases, _, err := tx.Cases().List(ctx, casefile.Filter{Limit: 100})
		if len(cases) != matters/3 {
			t.Errorf("%d cases, want %d", len(cases), matters/3)
		}
		for _, c := range cases {
			if c.Count != 6 || c.Events != 6 {
				t.Errorf("case of %s: %d findings, %d events, want 6", c.Subject, c.Count, c.Events)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
