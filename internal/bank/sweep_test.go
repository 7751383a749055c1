package bank_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/event"
	"haris/internal/job"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// swept is a sweeper and what it told.
type swept struct {
	*fixture
	s    *bank.Sweeper
	m    *bank.Matcher
	told map[string]bank.Observed // by the identity of the event
	fail int                      // how many times taking in fails
	now  time.Time

	found int // of a benchmark
}

func sweeper(t *testing.T) *swept {
	f := &swept{fixture: setup(t), told: map[string]bank.Observed{}, now: noon}
	f.m = f.loaded()
	f.sweeper()
	return f
}

func (f *swept) sweeper() {
	f.s = &bank.Sweeper{
		Read: func(ctx context.Context, do func(bank.Tx) error) error {
			return f.db.Read(ctx, func(tx *store.Tx) error { return do(tx) })
		},
		Write: func(ctx context.Context, do func(bank.Tx) error) error {
			return f.db.Write(ctx, func(tx *store.Tx) error { return do(tx) })
		},
		Matcher: f.m, Now: func() time.Time { return f.now }, Event: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
		Ingest: func(_ context.Context, list []event.Event) error {
			if f.fail > 0 {
				f.fail--
				return errors.New("full")
			}
			for i := range list {
				o, err := bank.Read(&list[i])
				if err != nil {
					return err
				}
				f.told[list[i].ID] = o
			}
			return nil
		},
	}
}

func (f *swept) see(account string, hashes ...bank.Hash) {
	f.Helper()
	var list []bank.Sighting
	for _, h := range hashes {
		s := bank.Sighting{Hash: h, Quality: bank.Unrated, Account: account, Media: "m-" + account, MediaKind: "image", Item: "p", Event: 7, Last: noon}
		if h.Kind == bank.PDQ {
			s.Quality = 90
		}
		list = append(list, s)
	}
	f.note(list...)
}

func (f *swept) note(list ...bank.Sighting) {
	f.Helper()
	if err := f.db.Write(f.Context(), func(tx *store.Tx) error { return tx.Seen().Note(f.Context(), list) }); err != nil {
		f.Fatal(err)
	}
}

// due queues a sweep and returns whether there was a reason to.
func (f *swept) due() bool {
	f.Helper()
	queued, err := f.s.Due(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	return queued
}

// run works off the jobs that are due and returns how the last attempt ended.
func (f *swept) run() (o job.Outcome) {
	f.Helper()
	r, err := job.NewRunner(job.Config{
		Worker: "w", Now: f.s.Now, Random: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler),
		Write: func(ctx context.Context, do func(job.Queue) error) error {
			return f.db.Write(ctx, func(tx *store.Tx) error { return do(tx.Jobs()) })
		},
		Handlers: map[string]job.Handler{bank.JobSweep: f.s.Handle}, Ended: func(_ job.Job, end job.Outcome) { o = end },
	})
	if err != nil {
		f.Fatal(err)
	}
	for {
		n, err := r.Pass(f.Context())
		if err != nil {
			f.Fatal(err)
		}
		if n == 0 {
			return o
		}
	}
}

// who lists on whom something was found, and how often each had posted it.
func (f *swept) who() map[string]int {
	out := map[string]int{}
	for _, o := range f.told {
		out[o.Account] += o.Count
	}
	return out
}

func TestSweepFindsWhatWasSeenBefore(t *testing.T) {
	f := sweeper(t)
	f.put(list("a"))
	h, other := f.pdq(), f.pdq()
	sha := bank.Hash{Kind: bank.SHA256, Value: f.bytes(32)}
	clip := f.video(f.near(h, 3), f.near(other, 3))
	f.see("ali", ofPDQ(f.near(h, 9)))
	f.see("ali", ofPDQ(f.near(f.pdq(), 9)))
	near := ofPDQ(f.near(h, 20))
	f.see("bea", near)
	f.see("bea", near)
	f.see("cem", sha)
	f.see("dan", clip)
	f.see("eva", ofPDQ(f.pdq()), f.video(f.pdq()))
	if !f.due() || f.due() {
		t.Error("a bank that is new asks for one sweep")
	}
	if o := f.run(); o.State != job.Done || len(f.told) != 0 {
		t.Fatalf("%+v, %v", o, f.who())
	}
	if f.due() {
		t.Error("nothing has changed")
	}
	f.add("a", ofPDQ(h), sha, f.video(h, other))
	if !f.due() {
		t.Fatal("new entries ask for a sweep")
	}
	if o := f.run(); o.State != job.Done {
		t.Fatalf("%+v", o)
	}
	if want := map[string]int{"ali": 1, "bea": 2, "cem": 1, "dan": 1}; !maps.Equal(f.who(), want) {
		t.Errorf("%v, want %v", f.who(), want)
	}
	for _, o := range f.told {
		if !o.Sweep || o.Of != 7 || o.Item != "p" || o.Media[0].ID != "m-"+o.Account || o.Answer != bank.Match {
			t.Errorf("%+v", o)
		}
	}
	// The next sweep is about what is new then.
	before := len(f.told)
	f.add("a", ofPDQ(f.pdq()))
	f.due()
	f.run()
	if len(f.told) != before {
		t.Errorf("told again: %v", f.who())
	}
}

// What lies near an entry that was there before, too, is told as what is new alone.
func TestSweepTellsOnlyWhatIsNew(t *testing.T) {
	f := sweeper(t)
	f.put(list("a"), list("b"))
	h := f.pdq()
	f.add("a", ofPDQ(h))
	f.see("ali", ofPDQ(h))
	f.due()
	f.run()
	f.told = map[string]bank.Observed{}
	f.add("b", ofPDQ(f.near(h, 2)))
	f.due()
	f.run()
	for _, o := range f.told {
		if len(o.Results) != 1 || o.Results[0].Bank != "b" {
			t.Errorf("%+v", o.Results)
		}
	}
	if len(f.told) != 1 {
		t.Errorf("told %d times", len(f.told))
	}
}

// What was in shadow and is in force now is compared anew; what is vetoed is told as vetoed; what is off is not compared.
func TestSweepAfterTheModeChanged(t *testing.T) {
	f := sweeper(t)
	b := list("a", func(b *bank.Bank) { b.Mode = taxonomy.ModeShadow })
	f.put(b, bank.ClearedBank(), list("off", func(b *bank.Bank) { b.Mode = taxonomy.ModeOff }))
	h, cleared, off := f.pdq(), f.pdq(), f.pdq()
	f.see("ali", ofPDQ(h))
	f.see("bea", ofPDQ(cleared))
	f.see("cem", ofPDQ(off))
	f.add("a", ofPDQ(h), ofPDQ(cleared))
	f.add(bank.ClearedID, ofPDQ(cleared))
	f.add("off", ofPDQ(off))
	f.due()
	f.run()
	f.told = map[string]bank.Observed{}
	b.Mode = taxonomy.ModeEnforce
	f.put(b)
	if !f.due() {
		t.Fatal("another mode asks for a sweep")
	}
	f.run()
	got := map[string]string{}
	for _, o := range f.told {
		got[o.Account] = fmt.Sprint(o.Answer, len(o.Counting()))
	}
	if want := map[string]string{"ali": "match1", "bea": "clean0"}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestSweepRetriesWhatCouldNotBeCompared(t *testing.T) {
	f := sweeper(t)
	f.put(list("a"))
	h := f.pdq()
	f.add("a", ofPDQ(h))
	f.due()
	f.run()
	f.note(bank.Sighting{Hash: ofPDQ(h), Quality: 90, Account: "ali", Media: "m", MediaKind: "image", Event: 1, Last: noon, Unscanned: bank.NotLoaded})
	if !f.due() {
		t.Fatal("what could not be compared asks for a sweep")
	}
	o := f.run()
	if len(f.told) != 1 || f.due() {
		t.Errorf("%+v %s: %v", o, o.Payload, f.who())
	}
}

// A sweep that fails, or is paused, or is cut off, goes on where it was, and tells nothing twice.
func TestSweepGoesOn(t *testing.T) {
	f := sweeper(t)
	f.put(list("a"))
	h := f.pdq()
	for n := range 1200 {
		f.see(fmt.Sprintf("a%04d", n), ofPDQ(h))
	}
	f.add("a", ofPDQ(h))
	pause := func(on bool) {
		if err := f.db.Write(t.Context(), func(tx *store.Tx) error { return tx.SweepMark().SetPaused(t.Context(), on) }); err != nil {
			t.Fatal(err)
		}
	}
	pause(true)
	f.due()
	if o := f.run(); o.State != job.Queued || len(f.told) != 0 {
		t.Fatalf("paused: %+v, %d told", o, len(f.told))
	}
	pause(false)
	f.now, f.fail = f.now.Add(time.Minute), 1
	if o := f.run(); o.State != job.Queued || o.Error == "" {
		t.Fatalf("failed: %+v", o)
	}
	f.now = f.now.Add(time.Hour)
	if o := f.run(); o.State != job.Done || len(f.told) != 1200 {
		t.Fatalf("%+v, %d told", o, len(f.told))
	}
}

// Whoever's case has just put a picture into the bank is not told of it again; everybody else is.
func TestSweepLeavesOutTheCaseThatAdded(t *testing.T) {
	f := sweeper(t)
	f.put(bank.OwnBank())
	h := ofPDQ(f.pdq())
	f.see("ali", h)
	f.see("bea", h)
	f.write(func(ctx context.Context, s bank.Store) error {
		_, _, err := s.Add(ctx, bank.OwnID, []bank.Entry{{Hash: h, Provenance: bank.Provenance{
			Source: bank.Own, Key: "case/1", Case: "1", About: "ali", Picture: "known before", Who: "ada", At: noon,
		}}})
		return err
	})
	f.due()
	f.run()
	if want := map[string]int{"bea": 1}; !maps.Equal(f.who(), want) {
		t.Errorf("%v, want %v", f.who(), want)
	}
	for _, o := range f.told {
		if got := o.Counting()[0]; got.Picture() != "known before" {
			t.Errorf("the picture is %q", got.Picture())
		}
	}
}

func TestWhatAnObservationRepeats(t *testing.T) {
	h := bank.Hash{Kind: bank.PDQ, Value: anyPDQ}
	sha := bank.Hash{Kind: bank.SHA256, Value: anySHA}
	long := bank.Hash{Kind: bank.NetClean, Value: strings.Repeat("a", 2000)}
	for quality, want := range map[int]int{bank.Unrated: 2, 49: 1, 50: 2} {
		m := bank.Media{Quality: quality, Hashes: []bank.Hash{h, sha, long}}
		if got := m.Copied(); len(got) != want {
			t.Errorf("quality %d: %+v", quality, got)
		}
	}
}
