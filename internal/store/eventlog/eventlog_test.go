package eventlog_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/internal/event"
	"haris/internal/store"
	"haris/internal/store/eventlog"
	"haris/internal/store/sqlite"
)

func open(t *testing.T) (*store.DB, *eventlog.Log) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "haris.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	l, err := eventlog.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return db, l
}

func message(t *testing.T, n int) event.Event {
	t.Helper()
	raw := fmt.Sprintf(`{"specversion":"1.0","id":"e%d","source":"/chat","type":"message.sent","time":"2026-01-02T03:04:05Z",`+
		`"data":{"from":"a%d","to":["b%d"],"conversation":"c%d","text":"see you at practice"}}`, n, n%7, n%5, n%35)
	e, p := event.Decode(raw, 1, event.Limits{})
	if p != nil {
		t.Fatal(p)
	}
	e.Seq = uint64(n)
	return e
}

// fill appends events from the log's end to n in batches of size.
func fill(t *testing.T, db *store.DB, l *eventlog.Log, n, size int) {
	t.Helper()
	for from := int(l.Next()); from <= n; from += size {
		var events []event.Event
		var ids []eventlog.Identity
		for i := from; i <= min(from+size-1, n); i++ {
			e := message(t, i)
			events, ids = append(events, e), append(ids, eventlog.Identify(e.Source, e.ID))
		}
		var done func()
		err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
			done, err = l.Append(t.Context(), tx, 1, ids, events)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		done()
	}
}

func TestSeenSurvivesMergesAndReopening(t *testing.T) {
	db, l := open(t)
	fill(t, db, l, 3000, 37) // 82 batches: runs of level 0 are merged to level 1 and on to level 2
	again, err := eventlog.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]*eventlog.Log{"same": l, "reopened": again} {
		if l.Next() != 3001 {
			t.Errorf("%s: next is %d", name, l.Next())
		}
		var ids []eventlog.Identity
		for i := 1; i <= 4000; i++ {
			ids = append(ids, eventlog.Identify("/chat", fmt.Sprintf("e%d", i)))
		}
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			seen, err := l.Seen(t.Context(), tx, ids)
			for i, s := range seen {
				if s != (i < 3000) {
					t.Errorf("%s: e%d seen: %v", name, i+1, s)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestLinesAreComplete(t *testing.T) {
	db, l := open(t)
	fill(t, db, l, 2000, 41)
	want := func(keep func(n int) bool) (out []uint64) {
		for n := 2000; n > 0; n-- {
			if keep(n) {
				out = append(out, uint64(n))
			}
		}
		return out
	}
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		for name, tt := range map[string]struct {
			line eventlog.Line
			keep func(n int) bool
		}{
			"actor":        {eventlog.AccountLine("a3"), func(n int) bool { return n%7 == 3 }},
			"target":       {eventlog.AccountLine("b3"), func(n int) bool { return n%5 == 3 }},
			"conversation": {eventlog.ConversationLine("c17"), func(n int) bool { return n%35 == 17 }},
			"nobody":       {eventlog.AccountLine("x"), func(int) bool { return false }},
		} {
			got, err := l.On(t.Context(), tx, tt.line, 0, 5000)
			if err != nil {
				return err
			}
			if d := cmp.Diff(want(tt.keep), got); d != "" && len(got)+len(want(tt.keep)) > 0 {
				t.Errorf("%s: %s", name, d)
			}
		}
		got, err := l.On(t.Context(), tx, eventlog.AccountLine("a3"), 100, 2)
		if d := cmp.Diff([]uint64{94, 87}, got); d != "" {
			t.Errorf("page: %s", d)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEventsComeBackToTheByte(t *testing.T) {
	db, l := open(t)
	fill(t, db, l, 600, 300)
	n := 0
	err := l.From(t.Context(), 250, func(events []event.Event) error {
		for _, e := range events {
			if want := uint64(250 + n); e.Seq != want || e.Raw != message(t, int(want)).Raw {
				t.Fatalf("got event %d, want %d: %s", e.Seq, want, e.Raw)
			}
			n++
		}
		return nil
	})
	if err != nil || n != 351 {
		t.Errorf("%d events from 250 on, %v", n, err)
	}
	err = db.Read(t.Context(), func(tx *store.Tx) error {
		got, err := l.Get(t.Context(), tx, []uint64{600, 1, 9999})
		if len(got) != 2 || got[0].ID != "e600" || got[1].ID != "e1" {
			t.Errorf("got %d events", len(got))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A transaction that fails leaves the log as it was, and the same events can be appended again.
func TestFailedAppendLeavesNothing(t *testing.T) {
	db, l := open(t)
	e := message(t, 1)
	id := eventlog.Identify(e.Source, e.ID)
	boom := fmt.Errorf("boom")
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := l.Append(t.Context(), tx, 1, []eventlog.Identity{id}, []event.Event{e}); err != nil {
			return err
		}
		return boom
	})
	if err == nil || l.Next() != 1 {
		t.Fatalf("%v, next %d", err, l.Next())
	}
	fill(t, db, l, 1, 1)
	if l.Next() != 2 {
		t.Errorf("next %d", l.Next())
	}
}

func TestIdentityTellsSourceFromID(t *testing.T) {
	if eventlog.Identify("ab", "c") == eventlog.Identify("a", "bc") {
		t.Error("two events share an identity")
	}
}
