package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/extern"
	"haris/internal/job"
	"haris/internal/pipeline"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// stranger is a model of somebody else: it finds S4 and S5 in every text, or fails.
type stranger struct {
	asked []string
	err   error
}

func (s *stranger) Ask(_ context.Context, text, _, mark string) (extern.Answer, error) {
	if len(mark) != 32 {
		return nil, errors.New("no mark")
	}
	s.asked = append(s.asked, text)
	if s.err != nil {
		return nil, s.err
	}
	return extern.Answer{
		{Stage: "S4", Nats: 2, Quote: text[:min(len(text), 8)], Rationale: "words"}, {Stage: "S5", Nats: 2}, {Stage: "S6", Unscanned: extern.Unsure},
	}, nil
}
func (*stranger) Model() string  { return "example-1" }
func (*stranger) Policy() string { return strings.Repeat("ab", 32) }

// asking is a pipeline whose candidates are asked about.
type asking struct {
	*fixture
	model *stranger
	by    *pipeline.Asker
	now   time.Time
	told  []string
}

func newAsking(t *testing.T, events []event.Event) *asking {
	t.Helper()
	a := &asking{fixture: setup(t, storetest.SQLite(t), func(d *pipeline.Deps) { d.Asks = true }), model: &stranger{}, now: time.Now()}
	a.ingest(events...)
	a.by = &pipeline.Asker{
		DB: a.db, Log: a.log, Model: a.model, Secret: secret, Know: a.p.Know, Now: func() time.Time { return a.now }, Texts: 8, PerThousand: 1000,
		Take: func() bool { return true }, Told: func(s string) { a.told = append(a.told, s) },
		Ingest: func(ctx context.Context, list []event.Event) error {
			_, err := a.p.Ingest(ctx, pipeline.Batch{Events: list})
			return err
		},
	}
	return a
}

func (a *asking) jobs() (list []job.Job) {
	a.read(func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.Jobs().List(ctx, pipeline.JobAsk, "", 100)
		return err
	})
	return list
}

// handle works off the only job.
func (a *asking) handle(attempt int) (job.Outcome, error) {
	a.t.Helper()
	list := a.jobs()
	if len(list) != 1 {
		a.t.Fatalf("%d jobs, want 1", len(list))
	}
	list[0].Attempt = attempt
	return a.by.Handle(a.t.Context(), list[0])
}

// stands is the signal of D17 that stands about an account.
func (a *asking) stands(id string) (out detect.Signal) {
	a.p.Know(func(k *pipeline.Knowledge) {
		about, _ := k.About(id)
		for _, s := range about.Signals {
			if s.Detector == "D17" {
				out = s
			}
		}
	})
	return out
}

const partnerNumber = "+201001234567"

// watched is a log in which a partner's signal brings account a to P3, and a writes what is given to c.
func watched(texts ...string) *talk {
	l := newTalk()
	for _, s := range texts {
		l.say("a", "c", s)
	}
	return l.uses("a", partnerNumber).told("s1", partnerNumber, time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))
}

// TestACandidateIsAskedAbout: what is answered stands in the log, is folded, and is found again after a crash without asking anybody.
func TestACandidateIsAskedAbout(t *testing.T) {
	a := newAsking(t, watched("keep this between us", "add me on the other app").say("a", "b", "see you at work").say("c", "a", "ok").events)
	for range 2 {
		if o, err := a.handle(1); err != nil || o.State != job.Done {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	if want := []string{"keep this between us", "add me on the other app"}; !slices.Equal(a.model.asked, want) || !slices.Equal(a.told, []string{"answered", "answered"}) {
		t.Errorf("asked %q, want %q; %q", a.model.asked, want, a.told)
	}
	sig := a.stands("a")
	if sig.Strength < 1.2 || sig.Strength > 1.5 || len(sig.Quoted) != 2 || sig.Quoted[0].Quote != "keep thi" || sig.Quoted[0].Model != "example-1" || len(sig.Events) != 1 || sig.Events[0] != 5 {
		t.Errorf("%+v", sig)
	}
	if n := len(a.cases()); n != 0 {
		t.Errorf("%d cases: a partner and a model together opened one", n)
	}
	want := a.rows()
	again := setup(t, a.db)
	if got := again.rows(); !cmp.Equal(got, want) {
		t.Errorf("state differs after a crash: %s", cmp.Diff(got, want))
	}
	again.close()
	again = setup(t, a.db)
	again.p.Know(func(k *pipeline.Knowledge) {
		about, _ := k.About("a")
		mark := extern.Mark(secret, "keep this between us", "")
		if _, ok := k.Answer(mark, "example-1", a.model.Policy()); !ok || k.AskRoom(1000) != 2 || !slices.ContainsFunc(about.Signals, func(s detect.Signal) bool { return cmp.Equal(s, sig) }) {
			t.Errorf("after a checkpoint: answered before %v, room %d, %+v", ok, k.AskRoom(1000), about.Signals)
		}
		if _, ok := k.Answer(mark, "example-2", a.model.Policy()); ok {
			t.Error("the answer of one model is taken for another's")
		}
	})
	again.close()
}

// TestWhoIsNotAskedAbout: nobody who is not watched, no minor, nobody without the switch, no message that is not of an adult to a minor.
func TestWhoIsNotAskedAbout(t *testing.T) {
	if testing.Short() { // the race run: nothing here runs at once that other tests do not
		t.Skip("long")
	}
	later := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		log  *talk
		jobs int
	}{
		{"watched", watched("hello"), 1},
		{"watched, and more is said on that day", watched("hello").told("s2", partnerNumber, later).uses("b", partnerNumber), 2},
		{"not watched", newTalk().say("a", "c", "hello"), 0},
		{"a minor is watched", newTalk().say("c", "d", "hello").uses("c", partnerNumber).told("s1", partnerNumber, later), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAsking(t, tt.log.events)
			if list := a.jobs(); len(list) > tt.jobs || tt.jobs > 0 && len(list) == 0 {
				t.Errorf("%d jobs, want %d", len(list), tt.jobs)
			}
		})
	}
	off := setup(t, storetest.SQLite(t))
	off.ingest(watched("hello").events...)
	off.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Jobs().List(ctx, pipeline.JobAsk, "", 100)
		if len(list) > 0 {
			t.Errorf("%d jobs while nobody is asked", len(list))
		}
		return err
	})
	family := newTalk()
	family.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"message.sent","time":"%s","data":{"from":"a","to":["c"],"conversation":"ac","surface":"dm","relation":"family","text":"dinner is ready"}}`)
	family.say("a", "c", "dinner is cold").say("a", "b", "keep this between us").say("c", "a", "keep this between us").uses("a", partnerNumber).told("s1", partnerNumber, later)
	a := newAsking(t, family.events)
	if o, err := a.handle(1); err != nil || o.State != job.Done || len(a.model.asked) > 0 {
		t.Errorf("%+v, %v, asked %q", o, err, a.model.asked)
	}
	if sig := a.stands("a"); !strings.Contains(sig.Unscanned, "no text") {
		t.Errorf("%+v", sig)
	}
}

// TestWhatAnAnswerIsNot: a failure is tried again, then unscanned with its reason; it never counts as an answer.
func TestWhatAnAnswerIsNot(t *testing.T) {
	if testing.Short() { // the race run: nothing here runs at once that other tests do not
		t.Skip("long")
	}
	down := &extern.Error{Reason: extern.Unreachable, Text: "down", Retry: true}
	for _, tt := range []struct {
		name    string
		err     error
		attempt int
		age     time.Duration
		state   job.State // "" for an error
		wait    time.Duration
		told    string
	}{
		{"down", down, 1, 0, "", 0, ""},
		{"down to the end", down, 8, 0, job.Done, 0, "unreachable"},
		{"busy", &extern.Error{Reason: extern.Unreachable, Text: "busy", Retry: true, After: time.Minute}, 1, 0, job.Queued, time.Minute, ""},
		{"busy for days", &extern.Error{Reason: extern.Unreachable, Text: "busy", Retry: true, After: 99 * time.Hour}, 1, 0, job.Queued, time.Hour, ""},
		{"nonsense", &extern.Error{Reason: extern.Malformed, Text: "nonsense"}, 1, 0, job.Done, 0, "malformed"},
		{"declined", &extern.Error{Reason: extern.Declined, Text: "no"}, 1, 0, job.Done, 0, "declined"},
		{"a day late", nil, 1, 25 * time.Hour, job.Done, 0, "late"},
		{"cut off", context.Canceled, 1, 0, "", 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAsking(t, watched("keep this between us").say("b", "a", "hello").events)
			a.model.err, a.now = tt.err, a.now.Add(tt.age)
			o, err := a.handle(tt.attempt)
			if o.State != tt.state || (err == nil) != (tt.state != "") || tt.wait > 0 && !o.RunAt.Equal(a.now.Add(tt.wait)) {
				t.Errorf("%+v, %v", o, err)
			}
			if strings.Join(a.told, " ") != tt.told {
				t.Errorf("told %q, want %q", a.told, tt.told)
			}
			if sig := a.stands("a"); sig.Strength != 0 || (sig.Unscanned != "") != (tt.told != "") {
				t.Errorf("%+v", sig)
			}
			a.model.err, a.now = nil, a.now.Add(24*time.Hour-tt.age)
			if tt.told == "" || tt.age > 0 {
				return
			}
			list := a.jobs()
			list[0].CreatedAt = a.now // it has come up on another day
			if o, err := a.by.Handle(t.Context(), list[0]); err != nil || o.State != job.Done || a.stands("a").Strength == 0 || a.stands("a").Unscanned != "" {
				t.Errorf("it is not asked about again: %+v, %v, %+v", o, err, a.stands("a"))
			}
		})
	}
}

// TestHowOftenIsBounded: without room the job waits and nobody is asked; the same text is asked about once.
func TestHowOftenIsBounded(t *testing.T) {
	if testing.Short() { // the race run: nothing here runs at once that other tests do not
		t.Skip("long")
	}
	a := newAsking(t, watched("keep this between us").events)
	a.by.PerThousand = 10
	if o, err := a.handle(1); err != nil || o.State != job.Queued || !o.Snooze || len(a.model.asked) > 0 || len(a.told) > 0 {
		t.Errorf("one text of a thousand: %+v, %v, %q", o, err, a.model.asked)
	}
	a.by.PerThousand, a.by.Take = 1000, func() bool { return false }
	if o, err := a.handle(1); err != nil || o.State != job.Queued || !o.Snooze || len(a.model.asked) > 0 {
		t.Errorf("beyond the hour: %+v, %v, %q", o, err, a.model.asked)
	}
	l := watched("keep this between us", "keep this between us")
	for i := range 98 {
		l.say("b", "a", fmt.Sprint("hello ", i))
	}
	a = newAsking(t, l.events)
	a.by.PerThousand = 10
	if o, err := a.handle(1); err != nil || o.State != job.Done || len(a.model.asked) != 1 || !slices.Equal(a.told, []string{"answered", "repeated"}) {
		t.Errorf("%+v, %v, %q, %q", o, err, a.model.asked, a.told)
	}
	a.p.Know(func(k *pipeline.Knowledge) {
		if got := k.AskRoom(10); got != 0 {
			t.Errorf("room for %d after one of a hundred", got)
		}
		if got := k.AskRoom(1000); got != 99 {
			t.Errorf("room for %d of a hundred", got)
		}
	})
	l.wait(31*24*time.Hour).say("b", "a", "hello")
	a.ingest(l.events[len(l.events)-1])
	a.p.Know(func(k *pipeline.Knowledge) {
		if got := k.AskRoom(1000); got != 1 {
			t.Errorf("room for %d a month later", got)
		}
	})
}

// TestAModelAloneOpensNoCase: whatever it says, and whoever else outside says so too.
func TestAModelAloneOpensNoCase(t *testing.T) {
	l := newTalk().say("a", "c", "hello").uses("a", partnerNumber).told("s1", partnerNumber, time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))
	for i := range uint64(8) {
		l.at = l.at.Add(time.Minute)
		told := extern.Told{Account: "a", Other: "c", Of: 5 + i, Text: fmt.Sprint(i), Model: "m", Policy: "p", Asked: l.at}
		for _, s := range []string{"S2", "S3", "S4", "S5", "S6", "S8", "S9", "T3", "T4"} {
			told.Stages = append(told.Stages, extern.Finding{Stage: s, Nats: 2})
		}
		e, err := told.Event(l.at)
		if err != nil {
			t.Fatal(err)
		}
		e.Seq = uint64(len(l.events) + 1)
		l.events = append(l.events, e)
	}
	k := pipeline.NewKnowledge(1, secret)
	if out := k.Fold(l.events, nil, nil); len(out.Decisions) > 0 {
		t.Errorf("%+v", out.Decisions)
	}
	about, _ := k.About("a")
	for _, f := range about.Fusions {
		if f.Total > decide.Default().External {
			t.Errorf("%s: %.2f", f.Typology, f.Total)
		}
	}
	if len(about.Signals) != 3 { // D4 says that it could not tell
		t.Errorf("%+v", about.Signals)
	}
}
