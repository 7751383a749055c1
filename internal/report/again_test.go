package report_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
	"haris/internal/report"
	"haris/internal/store"
)

// second drafts and writes another report about the same case, some days later, and returns the answer to its submission.
func (d *desk) second(change func(*report.Edit), followUp string) (report.Report, error) {
	d.Helper()
	d.now = d.now.Add(72 * time.Hour)
	r := d.draft()
	e := written(r.Draft)
	if change != nil {
		change(&e)
	}
	r = d.save(r, e)
	o := d.order(r)
	o.FollowUp = followUp
	return d.service.Submit(d.Context(), o)
}

// TestNothingIsSentTwiceByAccident submits a second report about a case whose first one stands at every place where NCMEC has it or
// may get it.
func TestNothingIsSentTwiceByAccident(t *testing.T) {
	for _, tt := range []struct {
		name   string
		bring  func(d *desk, r report.Report) // the first report to where it stands
		change func(*report.Edit)
		follow string
		may    bool
	}{
		{name: "it is on its way"},
		{name: "it was filed", bring: func(d *desk, _ report.Report) { d.work() }},
		{name: "it is held", bring: (*desk).holdIt},
		{name: "it was taken back", bring: (*desk).takeItBack, may: true},
		{name: "with the number of the earlier one", bring: func(d *desk, _ report.Report) { d.work() }, change: func(e *report.Edit) {
			e.EarlierReports = []int64{7_000_001}
		}},
		{name: "with another time", change: func(e *report.Edit) { e.IncidentAt = e.IncidentAt.Add(-time.Minute) }},
		{name: "with other words", change: func(e *report.Edit) { e.Narrative += " The child has answered since." }, may: true},
		{name: "without the file", change: func(e *report.Edit) { clear(e.Files) }, may: true},
		{name: "with a word about the file", change: func(e *report.Edit) {
			for id, f := range e.Files {
				f.Note = "Now in full."
				e.Files[id] = f
			}
		}, may: true},
		{name: "with fewer messages", change: func(e *report.Edit) { e.Messages = e.Messages[:1] }, may: true},
		{name: "as a follow-up", follow: "NCMEC asked for it once more", may: true},
		{name: "as a follow-up without words", follow: " \n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := setup(t)
			first := d.submitted()
			if tt.bring != nil {
				tt.bring(d, first)
			}
			first = d.get(first.ID)
			r, err := d.second(tt.change, tt.follow)
			if tt.may {
				if err != nil {
					t.Fatal(err)
				}
				d.checkFollowUp(r, tt.follow)
				return
			}
			var twice *report.DuplicateError
			if !errors.As(err, &twice) || twice.Earlier != first.ID || twice.Status != first.Status || twice.Number != first.Number {
				t.Fatalf("%+v, want the earlier report %s named", err, first.ID)
			}
			if !strings.Contains(err.Error(), first.ID) {
				t.Errorf("%q", err)
			}
			d.work()
			if n := len(d.finished()); n > 1 {
				t.Errorf("%d reports were finished", n)
			}
		})
	}
}

func (d *desk) checkFollowUp(r report.Report, words string) {
	d.Helper()
	if words == "" {
		return
	}
	d.write(func(tx *store.Tx) error {
		history, err := tx.Reports().History(d.Context(), r.ID)
		if last := history[len(history)-1]; last.Why != "local; follow-up: "+words {
			d.Errorf("the history says %q", last.Why)
		}
		return err
	})
}

// holdIt has the server refuse the credentials, which is a question to a person.
func (d *desk) holdIt(r report.Report) {
	d.Helper()
	d.server.Inject(cybertiptest.Fault{Endpoint: "submit", Kind: cybertiptest.FaultEmpty401})
	d.work()
	if got := d.get(r.ID); got.Status != report.Held {
		d.Fatalf("%s %q", got.Status, got.Why)
	}
}

func (d *desk) takeItBack(r report.Report) {
	d.Helper()
	if _, err := d.takeBack(r); err != nil {
		d.Fatal(err)
	}
	d.work()
	if got := d.get(r.ID); got.Status != report.Cancelled {
		d.Fatalf("%s %q", got.Status, got.Why)
	}
}

// TestAnotherEnvironmentIsNoEarlierReport files in one environment what was filed in another, which tells nothing of it.
func TestAnotherEnvironmentIsNoEarlierReport(t *testing.T) {
	d := setup(t)
	d.submitted()
	d.service.Environment = cybertip.Test
	d.now = d.now.Add(time.Hour)
	r := d.draft()
	r = d.save(r, written(r.Draft))
	o := d.order(r)
	o.Environment = cybertip.Test
	if _, err := d.service.Submit(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}
