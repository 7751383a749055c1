package storetest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"haris/internal/audit"
	"haris/internal/store"
)

// auditPaged checks that every filter finds what it should, page by page, without gap or double.
func auditPaged(b *bench) {
	const n = 24
	b.fill(n)
	second := func(i int) time.Time { return start().Add(time.Duration(i) * time.Second) }
	for _, f := range []audit.Filter{
		{},
		{Who: "bea"},
		{Act: "case.noted"},
		{Object: "case/3"},
		{Who: "ada", Act: "case.viewed", Object: "case/0"},
		{Who: "nobody"},
		{Kind: audit.Read},
		{Kind: audit.Deed},
		{Kind: "none"},
		{Kind: audit.Deed, Act: "case.viewed"},
		{Kind: audit.Read, Act: "case.viewed"},
		{Kind: audit.Deed, Who: "bea"},
		{Kind: audit.Deed, Object: "case/2"},
		{From: second(5)},
		{Until: second(9)},
		{From: second(5), Until: second(9)},
		{From: second(9), Until: second(5)},
		{From: second(5), Until: second(20), Who: "ada", Kind: audit.Deed},
		{From: second(90)},
		{Until: start()},
	} {
		b.paged(f, n)
	}
}

func (b *bench) paged(f audit.Filter, n int) {
	b.Helper()
	var want, got []int64
	for i := n - 1; i >= 0; i-- {
		if narrows(&f, entry(i)) {
			want = append(want, int64(i))
		}
	}
	b.read(func(tx *store.Tx) error {
		for before := int64(0); ; {
			page, err := tx.Audit().List(b.ctx, f, before, 5)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, e := range page {
				got = append(got, e.Index)
			}
			if before = page[len(page)-1].Index; before == 0 {
				return nil // 0 would begin anew
			}
		}
	})
	if !slices.Equal(got, want) {
		b.Errorf("%+v: %v, want %v", f, got, want)
	}
}

// narrows is the filter in other words.
func narrows(f *audit.Filter, e audit.Entry) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	kind := audit.Deed
	if strings.HasSuffix(e.Act, ".viewed") {
		kind = audit.Read
	}
	return is(f.Who, e.Who) && is(f.Act, e.Act) && is(f.Object, e.Object) && is(string(f.Kind), string(kind)) &&
		!e.At.Before(f.From) && (f.Until.IsZero() || e.At.Before(f.Until))
}

// auditClock checks lists by time when clocks have stood still, and have gone back by days.
func auditClock(b *bench) {
	hours := []int{150, 0, 30, 30, 60, 45, 61, 90, 88, 120, 5, 150}
	b.write(func(tx *store.Tx) error {
		for _, h := range hours {
			if _, err := tx.Audit().Append(b.ctx, audit.Entry{At: start().Add(time.Duration(h) * time.Hour), Who: "ada", Act: "case.viewed"}); err != nil {
				return err
			}
		}
		return nil
	})
	for from := 0; from < 160; from += 5 {
		for until := from; until < 160; until += 15 {
			var want, got []int
			for i, h := range hours {
				if from <= h && h < until {
					want = append(want, i)
				}
			}
			slices.Reverse(want)
			b.read(func(tx *store.Tx) error {
				f := audit.Filter{From: start().Add(time.Duration(from) * time.Hour), Until: start().Add(time.Duration(until) * time.Hour)}
				list, err := tx.Audit().List(b.ctx, f, 0, 0)
				for _, e := range list {
					got = append(got, int(e.Index))
				}
				return err
			})
			if !slices.Equal(got, want) {
				b.Errorf("hours %d to %d: %v, want %v", from, until, got, want)
			}
		}
	}
}

// auditWords checks the lists of who and what is in the log.
func auditWords(b *bench) {
	both := func() (who, acts []string) {
		b.read(func(tx *store.Tx) (err error) {
			who, acts, err = tx.AuditWords(b.ctx)
			return err
		})
		return who, acts
	}
	if who, acts := both(); len(who)+len(acts) != 0 {
		b.Errorf("an empty log has %v and %v", who, acts)
	}
	b.fill(24)
	who, acts := both()
	if !slices.Equal(who, []string{"ada", "bea"}) || !slices.Equal(acts, []string{"case.claimed", "case.noted", "case.viewed"}) {
		b.Errorf("%v, %v", who, acts)
	}
}

// auditExport checks that an export holds every entry before its own once, and that it says of its filter which fields narrowed and no more.
func auditExport(b *bench) {
	const n = 2400
	b.fill(n)
	export := func(f audit.Filter) (got []audit.Entry) {
		err := b.db.ExportAudit(b.ctx, audit.Entry{At: start(), Who: "cy"}, f, func(part []audit.Entry) error {
			got = append(got, part...)
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		return got
	}
	got := export(audit.Filter{Act: "case.noted", Kind: audit.Deed})
	if len(got) != n/3 || got[0].Index != n-2 || got[len(got)-1].Index != 1 {
		b.Errorf("%d entries", len(got))
	}
	if got = export(audit.Filter{}); len(got) != n+1 || got[0].Act != "audit.exported" || got[0].Who != "cy" || got[0].Detail["narrowed_by"] != "act kind" || len(got[0].Detail) != 1 {
		b.Fatalf("%d entries, the newest %+v", len(got), got[0])
	}
	for i, e := range got {
		if e.Index != int64(n-i) {
			b.Fatalf("entry %d in place %d", e.Index, n-i)
		}
	}
	stop := errors.New("stop")
	if err := b.db.ExportAudit(b.ctx, audit.Entry{At: start(), Who: "cy"}, audit.Filter{}, func([]audit.Entry) error { return stop }); !errors.Is(err, stop) {
		b.Errorf("error %v", err)
	}
	if r := b.verify(); r.Fault != nil || r.Head.Size != n+3 {
		b.Errorf("%+v", r)
	}
}

// auditBlocks checks lists by time in a log of several blocks, of which the middle one alone was written by a clock that was wrong.
func auditBlocks(b *bench) {
	const n = 9000
	at := func(i int) time.Time {
		if i >= 4096 && i < 8192 {
			return start().AddDate(-1, 0, 0).Add(time.Duration(i) * time.Second)
		}
		return start().Add(time.Duration(i) * time.Second)
	}
	b.write(func(tx *store.Tx) error {
		for i := range n {
			if _, err := tx.Audit().Append(b.ctx, audit.Entry{At: at(i), Who: "ada", Act: "case.viewed"}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, tt := range []struct {
		f           audit.Filter
		first, last int64
		count       int
	}{
		{audit.Filter{From: at(4000)}, 4000, n - 1, 96 + n - 8192},
		{audit.Filter{Until: at(4100)}, 4096, 4099, 4},
		{audit.Filter{Until: start()}, 4096, 8191, 4096},
		{audit.Filter{From: at(8191), Until: at(1)}, 0, 8191, 2},
		{audit.Filter{From: at(8999), Who: "ada"}, 8999, 8999, 1},
		{audit.Filter{From: at(8999).Add(time.Second)}, 0, 0, 0},
	} {
		var got []audit.Entry
		if err := b.db.ExportAudit(b.ctx, audit.Entry{At: start().AddDate(9, 0, 0), Who: "cy"}, tt.f, func(part []audit.Entry) error {
			for _, e := range part {
				if e.Who != "cy" {
					got = append(got, e)
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		if len(got) != tt.count || tt.count > 0 && (got[0].Index != tt.last || got[len(got)-1].Index != tt.first) {
			b.Errorf("%+v: %d entries", tt.f, len(got))
		}
	}
}
