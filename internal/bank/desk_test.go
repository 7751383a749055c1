package bank_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/bank"
	"haris/internal/event"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// desk is a desk on the fixture's store.
func (f *fixture) desk() *bank.Desk {
	return &bank.Desk{
		Read: func(ctx context.Context, do func(bank.DeskTx) error) error {
			return f.db.Read(ctx, func(tx *store.Tx) error { return do(tx) })
		},
		Write: func(ctx context.Context, do func(bank.DeskTx) error) error {
			return f.db.Write(ctx, func(tx *store.Tx) error { return do(tx) })
		},
		Matcher: f.loaded(), Now: func() time.Time { return noon }, Patience: time.Minute,
	}
}

// acts lists what the audit log says, oldest first.
func (f *fixture) acts() (out []string) {
	f.Helper()
	err := f.db.Read(f.Context(), func(tx *store.Tx) error {
		list, err := tx.Audit().List(f.Context(), audit.Filter{}, 0, 100)
		for _, e := range list {
			out = append(out, e.Who+" "+e.Act+" "+e.Object+" "+fmt.Sprint(e.Detail))
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	slices.Reverse(out)
	return out
}

func TestDeskChangesSettings(t *testing.T) {
	f := setup(t)
	d := f.desk()
	b, err := d.Create(t.Context(), "ada", bank.New("list", "The list"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Create(t.Context(), "ada", bank.New("list", "Again")); !errors.Is(err, bank.ErrTaken) {
		t.Errorf("made twice: %v", err)
	}
	next := b
	next.Mode, next.Radius, next.Keep, next.Name, next.Source, next.Origin = taxonomy.ModeEnforce, 20, 48*time.Hour, "Another", bank.Exchange, "elsewhere"
	got, err := d.Set(t.Context(), "bea", next)
	if err != nil {
		t.Fatal(err)
	}
	if got.Mode != taxonomy.ModeEnforce || got.Radius != 20 || got.Source != bank.File || got.Origin != "" || !got.Created.Equal(b.Created) || got.Version <= b.Version {
		t.Errorf("%+v", got)
	}
	if _, err := d.Set(t.Context(), "cem", next); !errors.Is(err, bank.ErrStale) {
		t.Errorf("an old page changes it: %v", err)
	}
	if same, err := d.Set(t.Context(), "bea", got); err != nil || same.Version != got.Version {
		t.Errorf("no change: %v, version %d → %d", err, got.Version, same.Version)
	}
	bad := got
	bad.Radius = 99
	if _, err := d.Set(t.Context(), "bea", bad); !errors.Is(err, bank.ErrBank) {
		t.Errorf("radius 99: %v", err)
	}
	if _, err := d.Set(t.Context(), "bea", bank.New("none", "None")); !errors.Is(err, bank.ErrNotFound) {
		t.Errorf("a bank that is none: %v", err)
	}
	want := []string{
		"ada bank.set bank/list map[mode:shadow]", "bea bank.mode bank/list map[from:shadow to:enforce]",
		"bea bank.set bank/list map[keep_days:0 → 2 mode:shadow → enforce name:changed radius:31 → 20]",
	}
	if got := f.acts(); !slices.Equal(got, want) {
		t.Errorf("the audit log says\n%s", strings.Join(got, "\n"))
	}
	s, err := d.Bank(t.Context(), "list")
	if err != nil || s.ChangedBy != "bea" || !s.Changed.Equal(noon) {
		t.Errorf("%v %s %s", err, s.ChangedBy, s.Changed)
	}
	if _, err := d.Bank(t.Context(), "none"); !errors.Is(err, bank.ErrNotFound) {
		t.Error(err)
	}
}

func TestDeskEntries(t *testing.T) {
	f := setup(t)
	d := f.desk()
	f.put(bank.New("list", "The list"))
	one, two := bank.Hash{Kind: bank.MD5, Value: f.bytes(16)}, bank.Hash{Kind: bank.SHA1, Value: f.bytes(20)}
	add := func() (int, int) {
		t.Helper()
		added, changed, err := d.Add(t.Context(), "ada", "list", bank.Addition{Hashes: []bank.Hash{one, two}, Classification: "B1", Note: "found by hand"})
		if err != nil {
			t.Fatal(err)
		}
		return added, changed
	}
	if added, changed := add(); added != 2 || changed != 0 {
		t.Errorf("%d, %d", added, changed)
	}
	if added, changed := add(); added != 0 || changed != 0 {
		t.Errorf("again: %d, %d", added, changed)
	}
	id := f.entries()[0].ID
	if err := d.Retire(t.Context(), "bea", "list", id, "  "); !errors.Is(err, bank.ErrReason) {
		t.Errorf("without a reason: %v", err)
	}
	if err := d.Retire(t.Context(), "bea", "list", id, "it is something else"); err != nil {
		t.Fatal(err)
	}
	e := f.entries()[0]
	if e.State != bank.Removed || e.Provenance.Ended.Why != "it is something else" || e.Provenance.Ended.Who != "bea" || e.Provenance.Note != "found by hand" {
		t.Errorf("%+v", e)
	}
	s, err := d.Bank(t.Context(), "list")
	if err != nil || s.Holds() != 1 || s.Entries[bank.SHA1] != 1 {
		t.Errorf("%v %v", err, s.Entries)
	}
	if got := f.one(d.Matcher, bank.Media{Hashes: []bank.Hash{one}, Quality: bank.Unrated}); len(got.Results) != 0 {
		t.Errorf("what was taken out still matches: %+v", got)
	}
	if err := d.Restore(t.Context(), "cem", "list", id); err != nil {
		t.Fatal(err)
	}
	if err := d.Restore(t.Context(), "cem", "list", id); !errors.Is(err, bank.ErrNoEntry) {
		t.Errorf("twice: %v", err)
	}
	if got := f.one(d.Matcher, bank.Media{Hashes: []bank.Hash{one}, Quality: bank.Unrated}); len(got.Results) != 1 {
		t.Errorf("what was put back does not match: %+v", got)
	}
	for _, line := range f.acts() {
		if strings.Contains(line, "something else") || strings.Contains(line, "by hand") {
			t.Errorf("the audit log holds a person's words: %s", line)
		}
	}
}

func TestDeskExports(t *testing.T) {
	f := setup(t)
	d := f.desk()
	f.put(bank.New("list", "The list"))
	var hashes []bank.Hash
	for range 2100 {
		hashes = append(hashes, bank.Hash{Kind: bank.MD5, Value: f.bytes(16)})
	}
	f.add("list", hashes...)
	var out bytes.Buffer
	began := false
	start := func() (io.Writer, error) { began = true; return &out, nil }
	if _, err := d.Export(t.Context(), "ada", "none", "", bank.CSV, start); !errors.Is(err, bank.ErrNotFound) || began {
		t.Errorf("of a bank that is none: %v, begun %v", err, began)
	}
	if n, err := d.Export(t.Context(), "ada", "list", "", bank.CSV, start); err != nil || n != 2100 {
		t.Fatal(n, err)
	}
	if n := strings.Count(out.String(), "\n"); n != 2101 {
		t.Errorf("%d lines", n)
	}
	if n, err := d.Export(t.Context(), "ada", "list", bank.PDQ, bank.CSV, start); err != nil || n != 0 {
		t.Errorf("of a kind that it has not: %d, %v", n, err)
	}
	refused := errors.New("no room")
	if _, err := d.Export(t.Context(), "ada", "list", "", bank.CSV, func() (io.Writer, error) { return nil, refused }); !errors.Is(err, refused) {
		t.Errorf("where nothing can be written: %v", err)
	}
	if got := f.acts(); len(got) != 3 || !strings.HasPrefix(got[0], "ada bank.exported bank/list") {
		t.Errorf("%v", got)
	}
}

func TestDeskCountsDays(t *testing.T) {
	f := setup(t)
	d := f.desk()
	f.put(bank.New("list", "The list"))
	day := func(n int) time.Time { return noon.AddDate(0, 0, -n) }
	err := f.db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.BankDays().Count(t.Context(), []bank.Day{
			{Day: day(0), Bank: "list", Outcome: "match", Count: 1},
			{Day: day(6), Bank: "list", Outcome: "match", Count: 2},
			{Day: day(7), Bank: "list", Outcome: "match", Count: 4},
			{Day: day(29), Bank: "list", Outcome: "shadow", Count: 8},
			{Day: day(30), Bank: "list", Outcome: "match", Count: 16},
			{Day: day(-2), Bank: "list", Outcome: "match", Count: 32},
			{Day: day(0), Bank: "other", Outcome: "match", Count: 64},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Bank(t.Context(), "list")
	if err != nil || !maps.Equal(s.Week, map[string]int{"match": 3}) || !maps.Equal(s.Month, map[string]int{"match": 7, "shadow": 8}) {
		t.Errorf("%v week %v, month %v", err, s.Week, s.Month)
	}
}

func TestDaysOfEvents(t *testing.T) {
	o := bank.Observed{Account: "a", Decision: bank.Decision{Results: []bank.Result{
		{Bank: "list", Mode: taxonomy.ModeEnforce, Polarity: bank.Positive},
		{Bank: "quiet", Mode: taxonomy.ModeShadow, Polarity: bank.Positive},
		{Bank: "list2", Mode: taxonomy.ModeEnforce, Polarity: bank.Positive, VetoedBy: &bank.Veto{Bank: "own-cleared"}},
		{Bank: "own-cleared", Mode: taxonomy.ModeEnforce, Polarity: bank.Negative},
	}}}
	var events []event.Event
	for i := range 3 {
		e, err := o.Event(bank.Key(fmt.Sprint(i)), noon.Add(time.Duration(i)*7*time.Hour)) // 12, 19, and 2 o'clock of the next day
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	broken := events[0]
	broken.Raw = "{"
	events = append(events, broken, event.Event{Source: "/chat", Type: event.MessageSent})
	var got []string
	for _, d := range bank.DaysOf(events) {
		got = append(got, fmt.Sprint(d.Day.Format(time.DateOnly), " ", d.Bank, " ", d.Outcome, " ", d.Count))
	}
	want := []string{
		"2026-03-01 list match 2", "2026-03-01 quiet shadow 2", "2026-03-01 list2 vetoed 2", "2026-03-01 own-cleared cleared 2",
		"2026-03-02 list match 1", "2026-03-02 quiet shadow 1", "2026-03-02 list2 vetoed 1", "2026-03-02 own-cleared cleared 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

func TestReadHashes(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		kind bank.Kind
		want int
		bad  string
	}{
		"by their form":  {"\n " + strings.Repeat("a", 32) + "\r\npdq:" + strings.Repeat("0f", 32) + "\n\n", "", 2, ""},
		"of a kind":      {strings.Repeat("0f", 32), bank.PDQ, 1, ""},
		"said otherwise": {"md5:" + strings.Repeat("a", 32), bank.PDQ, 1, ""},
		"twice":          {strings.Repeat("a", 32) + "\n" + strings.Repeat("A", 32), "", 1, ""},
		"no kind":        {strings.Repeat("a", 32) + "\n" + strings.Repeat("0f", 32), "", 0, "line 2"},
		"nonsense":       {"what", bank.MD5, 0, "line 1"},
	} {
		got, err := bank.ReadHashes(tt.text, tt.kind)
		if len(got) != tt.want || (err != nil) != (tt.bad != "") || err != nil && (!errors.Is(err, bank.ErrHash) || !strings.Contains(err.Error(), tt.bad)) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
