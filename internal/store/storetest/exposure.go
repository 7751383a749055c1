package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/evidence"
	"haris/internal/exposure"
	"haris/internal/store"
)

// Exposure checks that the engine keeps the log of exposures as exposure.Log promises.
func Exposure(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"entries come back as they were written": exposureBack,
		"lists are oldest first and narrowed":    exposureLists,
		"the schema refuses what cannot be":      exposureChecks,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
}

// showing is a line that begins a showing.
func showing(who, item string, at time.Time) exposure.Entry {
	return exposure.Entry{
		Who: who, Case: "c1", Item: item, SHA256: strings.Repeat("a", 64), Form: exposure.Image, Size: 100, Act: exposure.Begun, How: exposure.Clear,
		Severity: "A1", At: at, Until: at,
	}
}

func (b *bench) expose(e exposure.Entry) (out exposure.Entry) {
	b.Helper()
	b.write(func(tx *store.Tx) (err error) {
		out, err = tx.Exposure().Add(b.ctx, e)
		return err
	})
	return out
}

func exposureBack(b *bench) {
	begun := b.expose(showing("ada", "i1", start()))
	if begun.ID == "" || begun.Showing != begun.ID {
		b.Fatalf("a showing is named by the entry that began it; got %q of %q", begun.Showing, begun.ID)
	}
	sent := begun
	sent.Act, sent.Span, sent.At, sent.Until = exposure.Contents, evidence.Span{From: 10, To: 100}, start().Add(time.Second), start().Add(3*time.Second)
	sent = b.expose(sent)
	b.read(func(tx *store.Tx) error {
		got, err := tx.Exposure().OfShowing(b.ctx, begun.ID)
		if d := cmp.Diff([]exposure.Entry{begun, sent}, got); d != "" {
			b.Error(d)
		}
		return err
	})
}

func exposureLists(b *bench) {
	at := func(n int) time.Time { return start().Add(time.Duration(n) * time.Minute) }
	b.expose(showing("ada", "i2", at(2)))
	b.expose(showing("ada", "i1", at(0)))
	b.expose(showing("ben", "i1", at(1)))
	other := showing("ben", "i3", at(3))
	other.SHA256 = strings.Repeat("b", 64)
	b.expose(other)
	b.expose(exposure.Entry{Who: "ada", Act: exposure.Lifted, At: at(4), Until: at(4), By: "cleo", Why: "asked for it"})
	b.read(func(tx *store.Tx) error {
		log := tx.Exposure()
		for _, c := range []struct {
			name string
			list func() ([]exposure.Entry, error)
			want string
		}{
			{"of an item", func() ([]exposure.Entry, error) { return log.OfItem(b.ctx, "i1") }, "ada i1, ben i1"},
			{"of contents", func() ([]exposure.Entry, error) { return log.OfContents(b.ctx, strings.Repeat("a", 64)) }, "ada i1, ben i1, ada i2"},
			{"of no showing", func() ([]exposure.Entry, error) { return log.OfShowing(b.ctx, "") }, ""},
			{"of a person", func() ([]exposure.Entry, error) { return log.Between(b.ctx, "ada", at(0), at(9)) }, "ada i1, ada i2, ada "},
			{"of everybody, without the end", func() ([]exposure.Entry, error) { return log.Between(b.ctx, "", at(1), at(3)) }, "ben i1, ada i2"},
		} {
			list, err := c.list()
			if err != nil {
				return err
			}
			var got []string
			for _, e := range list {
				got = append(got, e.Who+" "+e.Item)
			}
			if s := strings.Join(got, ", "); s != c.want {
				b.Errorf("%s: %q, want %q", c.name, s, c.want)
			}
		}
		return nil
	})
}

func exposureChecks(b *bench) {
	begun := b.expose(showing("ada", "i1", start()))
	of := func(change func(*exposure.Entry)) exposure.Entry {
		e := begun
		e.Act, e.Span = exposure.Contents, evidence.Span{To: 100}
		change(&e)
		return e
	}
	for name, e := range map[string]exposure.Entry{
		"a span beyond the item":      of(func(e *exposure.Entry) { e.Span.To = 101 }),
		"an empty span":               of(func(e *exposure.Entry) { e.Span = evidence.Span{From: 5, To: 5} }),
		"contents blurred":            of(func(e *exposure.Entry) { e.How = exposure.Blurred }),
		"a declaration after blur":    of(func(e *exposure.Entry) { e.Act, e.How, e.Span = exposure.Declared, exposure.Blurred, evidence.Span{} }),
		"an act that is none":         of(func(e *exposure.Entry) { e.Act, e.Span = "glanced", evidence.Span{} }),
		"an end before the beginning": of(func(e *exposure.Entry) { e.Until = e.At.Add(-time.Second) }),
		"no showing":                  of(func(e *exposure.Entry) { e.Showing = "" }),
		"a limit lifted by oneself":   {Who: "ada", Act: exposure.Lifted, At: start(), Until: start(), By: "ada", Why: "so"},
		"a limit lifted without why":  {Who: "ada", Act: exposure.Lifted, At: start(), Until: start(), By: "ben"},
	} {
		err := b.db.Write(b.ctx, func(tx *store.Tx) error {
			_, err := tx.Exposure().Add(b.ctx, e)
			return err
		})
		if err == nil || !strings.Contains(strings.ToLower(fmt.Sprint(err)), "check") {
			b.Errorf("%s: %v, want a refusal by a CHECK", name, err)
		}
	}
}
