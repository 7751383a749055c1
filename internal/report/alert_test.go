package report_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/report"
)

// TestPatience is the table of when somebody is told.
func TestPatience(t *testing.T) {
	whole := report.Patience{Unfinished: 6 * time.Hour, Overdue: 48 * time.Hour}
	open := func(opened, modified time.Time) *cybertip.Filing {
		return &cybertip.Filing{State: cybertip.FilingOpen, Opened: opened, Modified: modified}
	}
	for _, tt := range []struct {
		name  string
		p     report.Patience
		r     report.Report
		after time.Duration
		want  report.AlertKind
		until time.Duration // after day
	}{
		{name: "open for a while", p: whole, r: report.Report{Status: report.Submitting, Filing: open(day(), time.Time{})}, after: 18*time.Hour - 1},
		{name: "open for long", p: whole, r: report.Report{Status: report.Submitting, Filing: open(day(), time.Time{})}, after: 18 * time.Hour, want: report.Unfinished, until: 24 * time.Hour},
		{name: "held while open", p: whole, r: report.Report{Status: report.Held, Filing: open(day(), time.Time{})}, after: 20 * time.Hour, want: report.Unfinished, until: 24 * time.Hour},
		{name: "gave up while open", p: whole, r: report.Report{Status: report.Failed, Filing: open(day(), time.Time{})}, after: 30 * time.Hour, want: report.Unfinished, until: 24 * time.Hour},
		{name: "a late change lengthens it", p: whole, r: report.Report{Status: report.Submitting, Filing: open(day(), day().Add(40*time.Hour))}, after: 40 * time.Hour, want: report.Unfinished, until: 41 * time.Hour},
		{name: "not begun", p: whole, r: report.Report{Status: report.Submitting, Filing: &cybertip.Filing{State: cybertip.FilingNew}}, after: 47 * time.Hour},
		{name: "not begun for long", p: whole, r: report.Report{Status: report.Submitting, Filing: &cybertip.Filing{State: cybertip.FilingNew}}, after: 48 * time.Hour, want: report.Overdue, until: 48 * time.Hour},
		{name: "a draft", p: whole, r: report.Report{Status: report.Drafted}, after: 48*time.Hour - 1},
		{name: "an old draft", p: whole, r: report.Report{Status: report.Drafted}, after: 48 * time.Hour, want: report.Overdue, until: 48 * time.Hour},
		{name: "filed", p: whole, r: report.Report{Status: report.Filed, Filing: &cybertip.Filing{State: cybertip.FilingFinished}}, after: 900 * time.Hour},
		{name: "given up", p: whole, r: report.Report{Status: report.Cancelled, Filing: open(day(), time.Time{})}, after: 900 * time.Hour},
		{name: "no patience is set", r: report.Report{Status: report.Held, Filing: open(day(), time.Time{})}, after: 900 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.CreatedAt, tt.r.SubmittedAt = day(), day()
			if tt.r.Status == report.Drafted {
				tt.r.SubmittedAt = time.Time{}
			}
			a, ok := tt.p.Alert(&tt.r, day().Add(tt.after))
			if ok != (tt.want != "") || a.Kind != tt.want {
				t.Fatalf("%+v %t, want %q", a, ok, tt.want)
			}
			if ok && !a.Until.Equal(day().Add(tt.until)) {
				t.Errorf("until %s", a.Until)
			}
		})
	}
}

// TestAlerts finds by the store what the table says, the most urgent first, and nothing that is not due.
func TestAlerts(t *testing.T) {
	for _, patience := range []report.Patience{
		{Unfinished: 12 * time.Hour, Overdue: 24 * time.Hour}, {Unfinished: 12 * time.Hour}, {Overdue: 13 * time.Hour}, {},
	} {
		d := setup(t)
		d.service.Patience = patience
		r := d.submitted()
		d.away = true
		d.restart()
		d.pass() // it is opened, and its file cannot be read
		draft := d.draft()
		for range 30 {
			want := map[string]report.AlertKind{}
			for _, id := range []string{r.ID, draft.ID} {
				one := d.get(id)
				if a, ok := patience.Alert(&one, d.now); ok {
					want[id] = a.Kind
				}
			}
			list, err := d.service.Alerts(t.Context(), d.id)
			if err != nil {
				t.Fatal(err)
			}
			for i, a := range list {
				if want[a.Report] != a.Kind || a.Case != d.id || i > 0 && list[i-1].Kind == report.Overdue && a.Kind == report.Unfinished {
					t.Errorf("%+v", list)
				}
				delete(want, a.Report)
			}
			if len(want) > 0 {
				t.Errorf("after %s with %+v: %v is not told", d.now.Sub(day()), patience, want)
			}
			d.now = d.now.Add(time.Hour)
		}
		if other, err := d.service.Alerts(t.Context(), "another"); err != nil || len(other) > 0 {
			t.Errorf("%v %v", other, err)
		}
	}
}

// downKeeper reads nothing.
type downKeeper struct{ report.Keeper }

func (downKeeper) Read(context.Context, func(report.Tx) error) error { return errDown }

// TestAlertsThatCannotBeReadAreAnError is never taken for nothing.
func TestAlertsThatCannotBeReadAreAnError(t *testing.T) {
	d := setup(t)
	d.service.Patience.Overdue = time.Hour
	d.service.Keeper = downKeeper{}
	if list, err := d.service.Alerts(t.Context(), ""); !errors.Is(err, errDown) || list != nil {
		t.Errorf("%v %v", list, err)
	}
}
