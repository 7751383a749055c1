package pipeline_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/bank"
	"haris/internal/casefile"
	"haris/internal/event"
	"haris/internal/pipeline"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// Hashes of patterns that nobody has ever drawn.
var (
	knownPDQ = strings.Repeat("0f", 32)
	knownSHA = strings.Repeat("ab", 32)
	nearPDQ  = "ff" + knownPDQ[2:] // four bits away
)

// banked is a pipeline whose media are compared with one bank in force.
type banked struct {
	*fixture
	m *bank.Matcher
}

func withBank(t *testing.T, db *store.DB, change ...func(*bank.Bank)) *banked {
	t.Helper()
	m := bank.NewMatcher(bank.Config{
		Read: func(ctx context.Context, f func(bank.Follow) error) error {
			return db.Read(ctx, func(tx *store.Tx) error { return f(tx.Banks()) })
		},
		Now: time.Now, Log: slog.New(slog.DiscardHandler), Workers: 2,
	})
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	b := bank.New("list", "The list")
	b.Mode, b.Verdict, b.Classification = taxonomy.ModeEnforce, taxonomy.VerdictHold, "B2"
	for _, f := range change {
		f(&b)
	}
	f := &banked{m: m}
	f.fixture = setup(t, db, func(d *pipeline.Deps) { d.Match = m.Match })
	f.put(b, bank.PDQ, knownPDQ)
	if err := m.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

// put makes a bank with one entry.
func (f *banked) put(b bank.Bank, k bank.Kind, value string) {
	f.t.Helper()
	err := f.db.Write(f.t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Banks().Put(f.t.Context(), b); err != nil {
			return err
		}
		_, _, err := tx.Banks().Add(f.t.Context(), b.ID, []bank.Entry{{
			Hash: bank.Hash{Kind: k, Value: value}, Provenance: bank.Provenance{Source: bank.File, Origin: "file.csv", Who: "ada", At: time.Now()},
		}})
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// post is a picture that an account posts some seconds after the start.
func post(t *testing.T, n int, account, hashes string) event.Event {
	t.Helper()
	at := time.Date(2026, 3, 2, 10, 0, n, 0, time.UTC)
	e, p := event.Decode(fmt.Sprintf(`{"specversion":"1.0","id":"p%d","source":"/s","type":"post.published","time":"%s","data":{"account":%q,"post":"post%[1]d","media":[{"id":"m%[1]d","kind":"image",%[4]s}]}}`,
		n, at.Format(time.RFC3339), account, hashes), 1, event.Limits{})
	if p != nil {
		t.Fatal(p)
	}
	return e
}

func near() string { return fmt.Sprintf(`"pdq":%q,"pdq_quality":90,"sha256":%q`, nearPDQ, knownSHA) }

func TestAMatchOpensACase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		f := withBank(t, e.New(t))
		a := f.ingest(post(t, 0, "first", `"md5":"`+strings.Repeat("11", 16)+`"`), post(t, 1, "ali", near()))
		if a.FirstSeq != 1 || a.Cases != 1 || a.Verdicts[0].Verdict != "allow" || a.Verdicts[1].Verdict != "hold" || a.Verdicts[1].Reasons[0].Rule != "bank/list" {
			t.Errorf("%+v", a)
		}
		list := f.cases()
		if len(list) != 1 {
			t.Fatalf("%d cases", len(list))
		}
		c := list[0]
		if c.Subject != "ali" || c.Typology != taxonomy.TypologyAbuseMaterial || c.Priority != taxonomy.P1 || len(c.Signals) != 1 {
			t.Fatalf("%+v", c)
		}
		s := c.Signals[0]
		m := s.Matches[0]
		if !s.Hard || m.Bank != "list" || m.Kind != "pdq" || m.Distance != 4 || m.Classification != "B2" || m.Origin != "file.csv" || m.Media != "m1" || len(m.Hashes) != 2 {
			t.Errorf("%+v", s)
		}
		if len(s.Events) != 1 || s.Events[0] != 2 {
			t.Errorf("the post is the event to look at, got %v", s.Events)
		}
		f.read(func(ctx context.Context, tx *store.Tx) error {
			got, ok, err := tx.Seen().Find(ctx, bank.Hash{Kind: bank.SHA256, Value: knownSHA})
			if !ok || got.Count != 1 || got.Unscanned != "" {
				t.Errorf("remembered: %+v", got)
			}
			return err
		})
		f.close()
	})
}

// What a bank said stands in the log: when the bank is empty again, folding the log anew finds what was found then.
func TestTheLogSaysWhatWasFound(t *testing.T) {
	f := withBank(t, storetest.SQLite(t))
	for n := range 40 {
		f.ingest(post(t, n, fmt.Sprintf("a%d", n%15), near()))
	}
	want := f.rows()
	cases := f.cases()
	err := f.db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Banks().Remove(t.Context(), "list", bank.Which{Hash: bank.Hash{Kind: bank.PDQ, Value: knownPDQ}}, bank.Removed)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	again := setup(t, f.db) // nothing was checkpointed: everything is folded anew
	if diff := cmp.Diff(want, again.rows()); diff != "" {
		t.Error(diff)
	}
	if n := len(again.cases()); n != len(cases) {
		t.Errorf("%d cases, %d before", n, len(cases))
	}
	var events []event.Event
	if err := f.log.From(t.Context(), 1, func(e []event.Event) error {
		events = append(events, e...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(events) != 80 || !bank.Is(&events[1]) {
		t.Fatalf("%d events", len(events))
	}
	one, _ := foldAll(t, events, 1, func() int { return len(events) })
	many, _ := foldAll(t, events, 3, func() int { return 7 })
	if diff := cmp.Diff(one, many); diff != "" {
		t.Error(diff)
	}
	again.close()
}

func TestAPictureThatFloods(t *testing.T) {
	if testing.Short() {
		t.Skip("the race run has others of its kind")
	}
	t.Run("one account, one case with the count", func(t *testing.T) {
		f := withBank(t, storetest.SQLite(t))
		var events []event.Event
		for n := range 1000 {
			events = append(events, post(t, n, "ali", near()))
		}
		f.ingest(events...)
		later := post(t, 1000+7200, "ben", `"md5":"`+strings.Repeat("11", 16)+`"`)
		f.ingest(later)
		f.ingest(post(t, 1000+7300, "ben", `"md5":"`+strings.Repeat("11", 16)+`"`))
		list := f.cases()
		if len(list) != 1 {
			t.Fatalf("%d cases", len(list))
		}
		if s := list[0].Signals[0]; s.Times != 1000 || len(s.Matches) != 1 {
			t.Errorf("%+v", s)
		}
		if list[0].Count > 15 {
			t.Errorf("%d findings for one picture", list[0].Count)
		}
		f.close()
	})
	t.Run("very many accounts, one case about the picture", func(t *testing.T) {
		f := withBank(t, storetest.SQLite(t))
		var events []event.Event
		for n := range 300 {
			events = append(events, post(t, n, fmt.Sprintf("a%d", n%150), near()))
		}
		f.ingest(events...)
		subjects := map[string]int{}
		for _, c := range f.cases() {
			if pipeline.IsPicture(c.Subject) {
				subjects["picture"] += c.Signals[0].Times
				if len(c.Signals[0].Others) != 20 {
					t.Errorf("the accounts: %v", c.Signals[0].Others)
				}
			} else {
				subjects["account"]++
			}
		}
		if want := map[string]int{"picture": 200, "account": 10}; subjects["account"] != 10 || subjects["picture"] < 200 {
			t.Errorf("%v, want %v", subjects, want)
		}
		f.close()
	})
}

func TestWhatOpensNoCase(t *testing.T) {
	if testing.Short() {
		t.Skip("the race run has others of its kind")
	}
	for name, tt := range map[string]struct {
		change func(*bank.Bank)
		before func(f *banked)
		hashes string
		known  map[string]int
	}{
		"shadow":           {change: func(b *bank.Bank) { b.Mode = taxonomy.ModeShadow }, hashes: near(), known: map[string]int{"list shadow": 1}},
		"off":              {change: func(b *bank.Bank) { b.Mode = taxonomy.ModeOff }, hashes: near()},
		"vetoed":           {before: func(f *banked) { f.put(bank.ClearedBank(), bank.SHA256, knownSHA) }, hashes: near(), known: map[string]int{"list vetoed": 1, "own-cleared cleared": 1}},
		"little to see":    {hashes: fmt.Sprintf(`"pdq":%q,"pdq_quality":20`, nearPDQ)},
		"not a hash":       {hashes: `"pdq":"xyz"`},
		"something else":   {hashes: `"pdq":"` + strings.Repeat("3c", 32) + `","pdq_quality":90`},
		"not a known kind": {hashes: `"hashes":{"other":"x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			f := withBank(t, storetest.SQLite(t), func(b *bank.Bank) {
				if tt.change != nil {
					tt.change(b)
				}
			})
			if tt.before != nil {
				tt.before(f)
			}
			a := f.ingest(post(t, 1, "ali", tt.hashes))
			if a.Cases != 0 || a.Verdicts[0].Verdict != "allow" {
				t.Errorf("%+v", a)
			}
			f.p.Know(func(k *pipeline.Knowledge) {
				if got := k.Tally().Known; !maps.Equal(got, tt.known) {
					t.Errorf("%v, want %v", got, tt.known)
				}
			})
			f.close()
		})
	}
}

func TestWhoReportsAPictureIsNotWhoseItIs(t *testing.T) {
	f := withBank(t, storetest.SQLite(t))
	f.ingest(act(t, 1, 0, "content.reported", `{"by":"child","account":"ali","reason":"abuse_material","media":[{"id":"m","kind":"image",`+near()+`}]}`))
	for _, c := range f.cases() {
		if c.Subject != "ali" {
			t.Errorf("a case about %s", c.Subject)
		}
	}
	f.close()
}

// An index that is not loaded is no reason to call anything clean, nor to stop the events.
func TestWhatCouldNotBeComparedIsRemembered(t *testing.T) {
	db := storetest.SQLite(t)
	f := withBank(t, db)
	if err := f.m.Close(); err != nil {
		t.Fatal(err)
	}
	f.ingest(post(t, 1, "ali", near()))
	f.read(func(ctx context.Context, tx *store.Tx) error {
		total, err := tx.Seen().Totals(ctx)
		if total.Unscanned[bank.NotLoaded] != 2 || len(f.cases()) != 0 {
			t.Errorf("%+v", total)
		}
		return err
	})
	f.close()
}

func TestNobodyElseSendsWhatHarisFinds(t *testing.T) {
	o := bank.Observed{Account: "ali", Of: 1, Decision: bank.Decision{Answer: bank.Match, Results: []bank.Result{{
		Bank: "list", Mode: taxonomy.ModeEnforce, Polarity: bank.Positive, Kind: bank.PDQ,
	}}}}
	e, err := o.Event("x", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if _, p := event.Decode(e.Raw, 1, event.Limits{}); p == nil || p.Pointer != "/source" {
		t.Errorf("%v", p)
	}
	if back, err := bank.Read(&e); err != nil || back.Results[0].Bank != "list" {
		t.Errorf("%+v (%v)", back, err)
	}
	// With another source it is an event like any other, and says nothing.
	raw := strings.Replace(e.Raw, bank.EventSource, "/platform", 1)
	forged, p := event.Decode(raw, 1, event.Limits{})
	if p != nil {
		t.Fatal(p)
	}
	f := withBank(t, storetest.SQLite(t))
	if a := f.ingest(forged); a.Cases != 0 {
		t.Errorf("%+v", a)
	}
	f.close()
}

// A closed case opens again for another picture, not for the same one.
func TestTheSamePictureIsJudgedOnce(t *testing.T) {
	f := withBank(t, storetest.SQLite(t))
	f.ingest(post(t, 1, "ali", near()))
	id := f.cases()[0].ID
	now := time.Now()
	for _, step := range []struct {
		kind casefile.EventKind
		body any
	}{
		{casefile.Claimed, casefile.ClaimedBody{Ends: now.Add(time.Hour)}},
		{casefile.Disposed, casefile.DisposedBody{Disposition: casefile.Disposition{Finding: casefile.FindingCleared, Reason: "A painting."}}},
	} {
		e, err := casefile.NewEvent(id, now, "ada", step.kind, step.body)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Cases().Append(t.Context(), e)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 20 {
		f.ingest(post(t, 10+n, "ali", near()))
	}
	if n := len(f.cases()); n != 1 {
		t.Errorf("%d cases after the same picture again", n)
	}
	b := bank.New("second", "Second")
	b.Mode = taxonomy.ModeEnforce
	f.put(b, bank.MD5, strings.Repeat("22", 16))
	f.ingest(post(t, 60, "ali", `"md5":"`+strings.Repeat("22", 16)+`"`))
	if n := len(f.cases()); n != 2 {
		t.Errorf("%d cases after another picture", n)
	}
	f.close()
}

// A bank that changes between the comparison and the commit is no reason to miss anything: the sweep compares again.
func TestBanksThatChangeMeanwhile(t *testing.T) {
	db := storetest.SQLite(t)
	f := withBank(t, db)
	f.close()
	other := bank.New("other", "Other")
	changed := setup(t, db, func(d *pipeline.Deps) {
		d.Match = func(ctx context.Context, list []bank.Media) []bank.Decision {
			out := f.m.Match(ctx, list)
			f.put(other, bank.MD5, strings.Repeat("33", 16))
			return out
		}
	})
	changed.ingest(post(t, 1, "ali", `"md5":"`+strings.Repeat("33", 16)+`"`))
	changed.read(func(ctx context.Context, tx *store.Tx) error {
		waiting, err := tx.SweepMark().Waiting(ctx)
		if !waiting {
			t.Error("nothing waits for the sweep")
		}
		return err
	})
	changed.close()
}
