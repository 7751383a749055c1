package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/config"
	"haris/internal/console"
	"haris/internal/event"
	"haris/internal/pipeline"
	"haris/internal/review"
	"haris/internal/store"
)

// TestFindByIDKeyAndCase: an account is found by its id and by what it uses, a case by its id; that somebody looked is in the audit log, what
// was typed is not.
func TestFindByIDKeyAndCase(t *testing.T) {
	c := config.Default()
	c.DataDir, c.Listen, c.MetricsListen = filepath.Join(t.TempDir(), "data"), "127.0.0.1:0", ""
	a, err := New(t.Context(), c, Options{Now: time.Now, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	const log = `{"specversion":"1.0","id":"1","source":"/s","type":"account.created","time":"2026-03-02T10:00:00Z","data":{"account":"adult","age_band":"25+","keys":[{"kind":"phone","value":"+201001234567"}]}}
{"specversion":"1.0","id":"2","source":"/s","type":"account.created","time":"2026-03-02T10:00:01Z","data":{"account":"child","age_band":"13-15"}}
{"specversion":"1.0","id":"3","source":"/s","type":"account.reported","time":"2026-03-02T10:02:00Z","data":{"by":"child","account":"adult","reason":"sextortion"}}`
	var batch []event.Event
	for _, line := range strings.Split(log, "\n") {
		e, problem := event.Decode(line, 1, event.Limits{Bytes: 1 << 20, Depth: 32})
		if problem != nil {
			t.Fatal(problem)
		}
		batch = append(batch, e)
	}
	if _, err := a.pipeline.Ingest(t.Context(), pipeline.Batch{Events: batch}); err != nil {
		t.Fatal(err)
	}
	f := finder{a.core, a.pipeline.Know}
	byID, err := f.Find(t.Context(), console.Look{Who: "ada", Words: "adult"})
	if err != nil || len(byID.Accounts) != 1 || byID.Accounts[0].By != "" || len(byID.Cases) != 1 {
		t.Fatalf("%+v %v", byID, err)
	}
	byPhone, err := f.Find(t.Context(), console.Look{Who: "ada", Words: "+201001234567"})
	if err != nil || len(byPhone.Accounts) != 1 || byPhone.Accounts[0].By != "phone" || len(byPhone.Cases) != 1 {
		t.Errorf("%+v %v", byPhone, err)
	}
	if byCase, err := f.Find(t.Context(), console.Look{Who: "ada", Words: byID.Cases[0].ID}); err != nil || byCase.Case != byID.Cases[0].ID {
		t.Errorf("%+v %v", byCase, err)
	}
	if none, err := f.Find(t.Context(), console.Look{Who: "ada", Words: "a secret word"}); err != nil || len(none.Accounts)+len(none.Cases) != 0 {
		t.Errorf("%+v %v", none, err)
	}
	looked(t, a.core)
	findsTexts(t, a.core, f, byID.Cases[0].ID)
}

// findsTexts: a note is found by its words, and the audit log names the case of which it was shown.
func findsTexts(t *testing.T, c *Core, f finder, id string) {
	t.Helper()
	if _, err := c.Review().Note(t.Context(), review.Act{Who: "ada", Case: id}, "asked the secretary of her school"); err != nil {
		t.Fatal(err)
	}
	got, err := f.Find(t.Context(), console.Look{Who: "ada", Words: "school secret"})
	if err != nil || len(got.Texts.List) != 1 || got.Texts.List[0].Case.ID != id || got.Texts.Unread != 0 {
		t.Fatalf("%+v %v", got, err)
	}
	err = c.DB.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Audit().List(t.Context(), audit.Filter{Act: "search.made", Object: "text"}, 0, 50)
		if len(list) != 1 || list[0].Detail["cases"] != id || strings.Contains(fmt.Sprint(list), "secret") {
			t.Errorf("the audit log says %+v", list)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func looked(t *testing.T, c *Core) {
	t.Helper()
	err := c.DB.Read(context.Background(), func(tx *store.Tx) error {
		list, err := tx.Audit().List(t.Context(), audit.Filter{Act: "search.made"}, 0, 50)
		if err != nil {
			return err
		}
		var objects []string
		for _, e := range list {
			objects = append(objects, e.Object)
			if strings.Contains(e.Object, "secret") || strings.Contains(e.Object, "+20") {
				t.Errorf("the audit log holds what was typed: %q", e.Object)
			}
		}
		if len(objects) != 4 {
			t.Errorf("audited: %v", objects)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
