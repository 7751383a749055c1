package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/store"
	"haris/internal/store/eventlog"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// bench is a pipeline on a database.
type fixture struct {
	t   *testing.T
	db  *store.DB
	log *eventlog.Log
	p   *pipeline.Pipeline
}

func setup(t *testing.T, db *store.DB, change ...func(*pipeline.Deps)) *fixture {
	t.Helper()
	log, err := eventlog.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	set := rules(t)
	d := pipeline.Deps{
		DB: db, Log: log, Rules: func() *rule.Set { return set }, KeySecret: secret, Now: time.Now, Logger: slog.New(slog.DiscardHandler), Workers: 2,
	}
	for _, f := range change {
		f(&d)
	}
	p, err := pipeline.Open(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{t, db, log, p}
}

func (f *fixture) ingest(events ...event.Event) pipeline.Answer {
	f.t.Helper()
	a, err := f.p.Ingest(f.t.Context(), pipeline.Batch{Events: events, Verdicts: true})
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f *fixture) close() {
	f.t.Helper()
	if err := f.p.Close(context.Background()); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) rows() map[string]string {
	f.t.Helper()
	var out map[string]string
	f.p.Know(func(k *pipeline.Knowledge) {
		var err error
		if out, err = k.Rows(); err != nil {
			f.t.Error(err)
		}
	})
	return out
}

func (f *fixture) cases() (list []casefile.Case) {
	f.t.Helper()
	f.read(func(ctx context.Context, tx *store.Tx) (err error) {
		list, _, err = tx.Cases().List(ctx, casefile.Filter{Limit: 500})
		return err
	})
	return list
}

func (f *fixture) read(do func(context.Context, *store.Tx) error) {
	f.t.Helper()
	if err := f.db.Read(f.t.Context(), func(tx *store.Tx) error { return do(f.t.Context(), tx) }); err != nil {
		f.t.Fatal(err)
	}
}

// report is a child's report of an adult for a reason that opens a case by itself.
func report(t testing.TB, n int) []event.Event {
	t.Helper()
	lines := []string{
		`{"specversion":"1.0","id":"a%d","source":"/s","type":"account.created","time":"2026-03-02T10:00:00Z","data":{"account":"adult%[1]d","age_band":"25+"}}`,
		`{"specversion":"1.0","id":"c%d","source":"/s","type":"account.created","time":"2026-03-02T10:00:01Z","data":{"account":"child%[1]d","age_band":"13-15"}}`,
		`{"specversion":"1.0","id":"m%d","source":"/s","type":"message.sent","time":"2026-03-02T10:01:00Z","data":{"from":"adult%[1]d","to":["child%[1]d"],"conversation":"v%[1]d","relation":"none","text":"keep this between us"}}`,
		`{"specversion":"1.0","id":"r%d","source":"/s","type":"account.reported","time":"2026-03-02T10:02:00Z","data":{"by":"child%[1]d","account":"adult%[1]d","reason":"sextortion"}}`,
	}
	var out []event.Event
	for _, l := range lines {
		e, p := event.Decode(fmt.Sprintf(l, n), 1, event.Limits{})
		if p != nil {
			t.Fatal(p)
		}
		out = append(out, e)
	}
	return out
}

func TestIngestOpensOneCaseWithItsJobsAndAuditEntries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		f := setup(t, e.New(t))
		events := report(t, 1)
		if a := f.ingest(events...); a.Duplicate != 0 || a.Cases == 0 || a.FirstSeq != 1 || len(a.Verdicts) != 4 {
			t.Fatalf("%+v", a)
		}
		if a := f.ingest(events...); a.Duplicate != 4 || a.Cases != 0 || a.Verdicts[0].Verdict != "" {
			t.Errorf("sent again: %+v", a)
		}
		list := f.cases()
		if len(list) != 1 {
			t.Fatalf("%d cases", len(list))
		}
		c := list[0]
		if c.Subject != "adult1" || c.Typology != taxonomy.TypologySextortion || len(c.Victims) != 1 || c.Victims[0] != "child1" {
			t.Errorf("%+v", c)
		}
		if !c.RaisedAt.Equal(time.Date(2026, 3, 2, 10, 2, 0, 0, time.UTC)) {
			t.Errorf("raised at %v, not at the event", c.RaisedAt)
		}
		f.read(func(ctx context.Context, tx *store.Tx) error {
			seals, err := tx.Jobs().List(ctx, evidence.JobSeal, job.Queued, 10)
			if err != nil || len(seals) != 1 {
				t.Errorf("%d seal jobs (%v)", len(seals), err)
			}
			opened, err := tx.Audit().List(ctx, audit.Filter{Act: "case.opened"}, 0, 10)
			if err != nil || len(opened) != 1 || opened[0].Object != "case/"+c.ID {
				t.Errorf("audit: %+v (%v)", opened, err)
			}
			return nil
		})
		f.close()
	})
}

func TestAnEventTwiceInOneBatchCountsOnce(t *testing.T) {
	f := setup(t, storetest.SQLite(t))
	events := report(t, 1)
	if a := f.ingest(append(events, events...)...); a.Duplicate != 4 || !a.New[3] || a.New[4] {
		t.Errorf("%+v", a)
	}
	if n := f.log.Next(); n != 5 {
		t.Errorf("the log ends at %d", n-1)
	}
	f.close()
}

func TestKnowledgeComesBackAfterACrash(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		events := world(t, 1000)[:6000]
		for i := range events {
			events[i].Seq = 0
		}
		db := e.New(t)
		f := setup(t, db)
		f.ingest(events[:2500]...)
		f.close() // a checkpoint in the middle of a step
		f = setup(t, db)
		f.ingest(events[2500:5000]...)
		// No Close: the process dies here. What was acknowledged is in the log, not in the checkpoint.
		f = setup(t, db)
		f.ingest(events[5000:]...)
		got, cases := f.rows(), len(f.cases())

		whole := setup(t, e.New(t))
		whole.ingest(events...)
		want := whole.rows()
		if n := len(whole.cases()); n != cases {
			t.Errorf("%d cases, want %d", cases, n)
		}
		// Rows lists what changed since the last checkpoint; everything has changed in the second run only.
		for key := range maps.Keys(got) {
			if got[key] != want[key] {
				t.Errorf("%q differs", key[:min(len(key), 12)])
			}
		}
		f.close()
		whole.close()
	})
}

func TestAFailedCommitTakesNothingAndIsRecoveredFrom(t *testing.T) {
	db := storetest.SQLite(t)
	f := setup(t, db)
	block(t, db, true)
	if _, err := f.p.Ingest(t.Context(), pipeline.Batch{Events: report(t, 1)}); err == nil {
		t.Fatal("a commit that cannot be written was acknowledged")
	}
	block(t, db, false)
	if a := f.ingest(report(t, 2)...); a.FirstSeq != 1 {
		t.Errorf("%+v", a)
	}
	if a := f.ingest(report(t, 1)...); a.Duplicate != 0 || a.Cases == 0 {
		t.Errorf("what was refused is new when it comes again: %+v", a)
	}
	if n := len(f.cases()); n != 2 {
		t.Errorf("%d cases", n)
	}
	f.close()
}

// block makes every write to the log fail, or lets them pass again.
func block(t *testing.T, db *store.DB, on bool) {
	t.Helper()
	query := `DROP TRIGGER no_log`
	if on {
		query = `CREATE TRIGGER no_log BEFORE INSERT ON log_block BEGIN SELECT RAISE(ABORT, 'disk full'); END`
	}
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBackPressureAndClosing(t *testing.T) {
	hold, entered := make(chan struct{}), make(chan struct{}, 1)
	f := setup(t, storetest.SQLite(t), func(d *pipeline.Deps) {
		d.Queue = 1
		d.Committed = func(pipeline.Committed) {
			entered <- struct{}{}
			<-hold
		}
	})
	errs := make(chan error, 2)
	send := func(n int) {
		_, err := f.p.Ingest(context.Background(), pipeline.Batch{Events: report(t, n)})
		errs <- err
	}
	go send(1)
	<-entered // the first batch is being committed
	go send(2)
	for waiting := 0; waiting == 0; waiting, _ = f.p.Waiting() {
	}
	if _, err := f.p.Ingest(t.Context(), pipeline.Batch{Events: report(t, 3)}); !errors.Is(err, pipeline.ErrFull) {
		t.Errorf("a full queue took a batch: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.p.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("closing must say that batches were not finished: %v", err)
	}
	close(hold)
	for range 2 {
		if err := <-errs; err != nil {
			t.Errorf("a batch that was taken must be finished: %v", err)
		}
	}
	f.close()
	if _, err := f.p.Ingest(t.Context(), pipeline.Batch{Events: report(t, 4)}); !errors.Is(err, pipeline.ErrClosed) {
		t.Errorf("%v", err)
	}
}

func TestLettersAreKeptWithTheirReason(t *testing.T) {
	f := setup(t, storetest.SQLite(t))
	_, err := f.p.Ingest(t.Context(), pipeline.Batch{Letters: []pipeline.Letter{{Source: "/s", Event: "x", Reason: "missing", Place: "/data", Body: []byte("{}")}}})
	if err != nil {
		t.Fatal(err)
	}
	f.read(func(ctx context.Context, tx *store.Tx) error {
		list, _, err := tx.Letters().List(ctx, "", 10)
		if err != nil || len(list) != 1 || list[0].Reason != "missing" || list[0].Event != "x" {
			t.Errorf("%+v (%v)", list, err)
		}
		return nil
	})
	f.close()
}
