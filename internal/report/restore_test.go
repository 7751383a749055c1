package report_test

import (
	"strings"
	"testing"
	"time"

	"haris/internal/report"
)

// TestRestoredReportsWait restores an installation as it was while a report was on its way. Meanwhile the report was filed: going on by
// itself would file it twice, so that it waits for a person whatever had been stored of it.
func TestRestoredReportsWait(t *testing.T) {
	for name, begun := range map[string]bool{"not begun at the backup": false, "open at NCMEC at the backup": true} {
		t.Run(name, func(t *testing.T) {
			d := setup(t)
			r := d.submitted()
			if begun {
				d.away = true
				d.restart()
				d.pass()
				d.away = false
				d.restart()
				if got := d.get(r.ID); got.Filing.ReportID == 0 {
					t.Fatalf("%+v", got.Filing)
				}
			}
			backup := d.now
			d.now = d.now.Add(time.Hour)
			out, err := report.HoldRestored(t.Context(), d.keeper, backup, d.now)
			if err != nil || out != (report.Restored{Held: 1}) {
				t.Fatalf("%+v, %v", out, err)
			}
			calls := len(d.server.Calls())
			d.work()
			if len(d.server.Calls()) != calls {
				t.Error("a call was made before a person had answered")
			}
			r = d.get(r.ID)
			if r.Status != report.Held || !strings.Contains(r.Why, "2026-03-01T12:00:00Z") {
				t.Fatalf("%s %q", r.Status, r.Why)
			}
			if acts := d.acts(); acts[len(acts)-1] != "haris report.held" {
				t.Errorf("%v", acts)
			}
			again, err := report.HoldRestored(t.Context(), d.keeper, backup, d.now)
			if err != nil || again != (report.Restored{Waiting: 1}) {
				t.Errorf("a second time: %+v, %v", again, err)
			}
			act := report.Act{Who: "ada", Report: r.ID, Seen: r.Events}
			if _, err := d.service.Resolve(t.Context(), report.Resolution{Act: act, Way: report.Release, Reason: "NCMEC says it has none"}); err != nil {
				t.Fatal(err)
			}
			d.work()
			if r = d.get(r.ID); r.Status != report.Filed || len(d.finished()) != 1 {
				t.Errorf("%s %q, %d finished", r.Status, r.Why, len(d.finished()))
			}
		})
	}
}

// TestRestoredDraftsAreCounted tells of drafts, which may have been submitted since.
func TestRestoredDraftsAreCounted(t *testing.T) {
	d := setup(t)
	d.draft()
	if out, err := report.HoldRestored(t.Context(), d.keeper, d.now, d.now); err != nil || out != (report.Restored{Drafts: 1}) {
		t.Errorf("%+v, %v", out, err)
	}
}
