package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/event"
	"haris/internal/fetch"
	"haris/internal/job"
	"haris/internal/media"
	"haris/internal/pipeline"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

const byURL = `"url":"https://media.example.org/1"`

// bringing is a pipeline that fetches from media.example.org.
func bringing(t *testing.T) (*banked, *[]pipeline.Committed) {
	t.Helper()
	db := storetest.SQLite(t)
	f := withBank(t, db)
	f.close()
	var told []pipeline.Committed
	f.fixture = setup(t, db, func(d *pipeline.Deps) {
		d.Match, d.Committed = f.m.Match, func(c pipeline.Committed) { told = append(told, c) }
		d.Brings = func(url string) bool { return strings.HasPrefix(url, "https://media.example.org/") }
	})
	return f, &told
}

// bringJobs lists the jobs that fetch, newest first.
func (f *banked) bringJobs() (list []job.Job) {
	f.t.Helper()
	f.read(func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.Jobs().List(ctx, pipeline.JobBring, "", 100)
		return err
	})
	return list
}

func (f *banked) bringer(file media.File, err error) *pipeline.Bringer {
	return &pipeline.Bringer{
		DB: f.db, Log: f.log, Fetch: func(context.Context, string) (media.File, error) { return file, err },
		Ingest: func(ctx context.Context, list []event.Event) error {
			_, err := f.p.Ingest(ctx, pipeline.Batch{Events: list})
			return err
		},
		Event: func() (at time.Time) {
			f.p.Know(func(k *pipeline.Knowledge) { at = k.Watermark() })
			return at
		},
	}
}

func readFile(left ...bank.Reason) media.File {
	return media.File{Kind: media.Image, Bytes: 10, Quality: 90, Left: left, Media: bank.Media{
		Quality: 90, Hashes: []bank.Hash{{Kind: bank.SHA256, Value: knownSHA}, {Kind: bank.PDQ, Value: nearPDQ}},
	}}
}

// A media that came with a URL alone is read later, and what is found is found on the event that it came with. Doing it again, as after a
// crash, changes nothing, and the log tells the same when it is folded again without a network.
func TestAMediaThatIsFetchedOpensACase(t *testing.T) {
	f, _ := bringing(t)
	f.ingest(post(t, 1, "ali", byURL))
	f.ingest(post(t, 2, "bea", `"md5":"`+strings.Repeat("22", 16)+`"`))
	if n := len(f.cases()); n != 0 {
		t.Fatalf("%d cases before anything was read", n)
	}
	list := f.bringJobs()
	if len(list) != 1 {
		t.Fatalf("%d jobs", len(list))
	}
	for range 2 {
		o, err := f.bringer(readFile(bank.Partial), nil).Handle(t.Context(), list[0])
		if err != nil || o.State != job.Done {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	check := func() {
		t.Helper()
		cases := f.cases()
		if len(cases) != 1 || cases[0].Subject != "ali" || len(cases[0].Signals) != 1 {
			t.Fatalf("%+v", cases)
		}
		if s := cases[0].Signals[0]; s.Events[0] != 1 || s.Matches[0].Bank != "list" || s.Matches[0].Media != "m1" {
			t.Errorf("%+v", s)
		}
	}
	check()
	f.read(func(ctx context.Context, tx *store.Tx) error {
		s, ok, err := tx.Seen().Find(ctx, bank.Hash{Kind: bank.PDQ, Value: nearPDQ})
		if err != nil || !ok || s.Count != 1 {
			t.Errorf("seen: %+v, %v, %v", s, ok, err)
			return err
		}
		who, err := tx.Seen().Of(ctx, s.ID, "", 10)
		if len(who) != 1 || who[0].Account != "ali" || who[0].Event != 1 || who[0].Item != "post1" {
			t.Errorf("%+v", who)
		}
		events, e := f.log.Get(ctx, tx, []uint64{3, 4})
		if len(events) != 2 || events[0].Source != bank.BroughtSource || !bank.Is(&events[1]) {
			t.Errorf("in the log: %+v", events)
		} else if o, e := bank.Read(&events[1]); e != nil || o.Answer != bank.Match || o.Reasons[0] != bank.Partial || o.Of != 1 {
			t.Errorf("%+v, %v", o, e)
		}
		return errors.Join(err, e)
	})
	f.close()
	f.fixture = setup(t, f.db) // nothing compares and nothing fetches
	check()
	f.close()
}

// What has a hash is not fetched, nor what may not be; what nothing can be compared of is counted.
func TestWhatIsNotFetched(t *testing.T) {
	f, told := bringing(t)
	f.ingest(
		post(t, 1, "ali", byURL+`,"md5":"`+strings.Repeat("22", 16)+`"`),
		post(t, 2, "ali", `"url":"https://other.example/1"`),
		post(t, 3, "ali", `"name":"x"`),
		post(t, 4, "ali", byURL),
		post(t, 4, "ali", byURL),
	)
	if list := f.bringJobs(); len(list) != 1 {
		t.Errorf("%d jobs", len(list))
	}
	if n := (*told)[0].Unhashed; n != 2 {
		t.Errorf("counted %d", n)
	}
	f.close()
}

// A file that cannot be had is never taken for clean: the job is tried again, or stays among the dead.
func TestAFetchThatFails(t *testing.T) {
	f, _ := bringing(t)
	f.ingest(post(t, 1, "ali", byURL))
	j := f.bringJobs()[0]
	for name, c := range map[string]struct {
		err  error
		dead bool
	}{
		"refused":    {fetch.ErrRefused, true},
		"not there":  {fetch.ErrStatus, true},
		"too large":  {fmt.Errorf("%w: more", fetch.ErrTooLarge), true},
		"for us":     {media.ErrTooLarge, true},
		"no network": {fetch.ErrFailed, false},
		"a disk":     {context.DeadlineExceeded, false},
	} {
		o, err := f.bringer(media.File{}, c.err).Handle(t.Context(), j)
		if c.dead != (o.State == job.Dead) || c.dead == (err != nil) || c.dead && o.Error == "" {
			t.Errorf("%s: %+v, %v", name, o, err)
		}
	}
	for _, payload := range []string{``, `{}`, `{"event":9}`, `{"event":1,"place":1}`, `{"event":1,"place":-1}`} {
		j.Payload = []byte(payload)
		if o, err := f.bringer(readFile(), nil).Handle(t.Context(), j); err == nil && o.State != job.Dead {
			t.Errorf("%s: %+v", payload, o)
		}
	}
	if n := len(f.cases()); n > 0 {
		t.Errorf("%d cases", n)
	}
	f.close()
}
