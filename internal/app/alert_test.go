package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/app"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/report"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// TestDoctorTellsOfUnfinishedReports looks at a report that is open at NCMEC while its day goes by, and with a database that is away.
func TestDoctorTellsOfUnfinishedReports(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := options()
	o.Now = func() time.Time { return now }
	core, err := app.OpenCore(t.Context(), settings(t), o)
	if err != nil {
		t.Fatal(err)
	}
	open := true
	t.Cleanup(func() {
		if open {
			if err := core.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	begun(t, core, now)
	look := func(ctx context.Context) console.Check {
		for _, k := range (app.Doctor{Core: core}).Checks(ctx) {
			if k.Name == "reports_unfinished" {
				return k
			}
		}
		t.Fatal("it is not looked at")
		return console.Check{}
	}
	for _, tt := range []struct {
		after  time.Duration
		state  console.State
		count  int64
		detail string
	}{
		{11 * time.Hour, console.Well, 0, ""},
		{12 * time.Hour, console.Warned, 1, "is deleted by NCMEC at 2026-03-02T12:00:00Z"},
		{23 * time.Hour, console.Unwell, 1, "is deleted by NCMEC at"},
		{25 * time.Hour, console.Unwell, 1, "was not finished before 2026-03-02T12:00:00Z"},
	} {
		now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(tt.after)
		if k := look(t.Context()); k.State != tt.state || k.Count != tt.count || !strings.Contains(k.Detail.String(), tt.detail) {
			t.Errorf("after %s: %+v", tt.after, k)
		}
	}
	open = false
	if err := core.Close(); err != nil {
		t.Fatal(err)
	}
	if k := look(t.Context()); k.State != console.Unknown {
		t.Errorf("a read that failed: %+v", k)
	}
}

// begun stores a report that was submitted and opened at NCMEC.
func begun(t *testing.T, core *app.Core, at time.Time) {
	t.Helper()
	err := core.DB.Write(t.Context(), func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(t.Context(), at, casefile.Matter{
			Key: "k", Subject: "adult", Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P1, Queue: "main", At: at,
		})
		if err != nil {
			return err
		}
		r, err := tx.Reports().Add(t.Context(), report.Report{Case: c.Case, Subject: "adult", Environment: cybertip.Local, CreatedAt: at, CreatedBy: "ada"},
			report.Event{N: 1, At: at, Who: "ada", Kind: report.WasDrafted, Draft: &report.Draft{}})
		if err != nil {
			return err
		}
		_, err = tx.Reports().Append(t.Context(), report.Event{Report: r.ID, At: at, Who: "ada", Kind: report.WasSubmitted, Filing: &cybertip.Filing{
			Environment: cybertip.Local, Report: []byte("<report/>"), State: cybertip.FilingOpen, ReportID: 7, Opened: at,
		}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
