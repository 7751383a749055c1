package report_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"haris/cybertip/cybertiptest"
	"haris/internal/job"
	"haris/internal/report"
	"haris/internal/store"
)

func (d *desk) takeBack(r report.Report) (report.Report, error) {
	return d.service.Resolve(d.Context(), report.Resolution{
		Act: report.Act{Who: "bea", Report: r.ID, Seen: r.Events}, Way: report.Cancel, Reason: "it names the wrong account",
	})
}

// TestWithdrawWhileACallIsOut takes a report back at the moment at which each of its calls reaches the server. The page that the
// person looked at is older than that, which is no reason to refuse.
func TestWithdrawWhileACallIsOut(t *testing.T) {
	for n, want := range map[int]report.Status{1: report.Cancelled, 2: report.Cancelled, 3: report.Cancelled, 4: report.Filed} {
		t.Run("call "+string(rune('0'+n)), func(t *testing.T) {
			d := setup(t)
			r := d.submitted()
			calls := 0
			d.calling = func() {
				if calls++; calls == n {
					if _, err := d.takeBack(r); err != nil {
						t.Error(err)
					}
				}
			}
			d.work()
			r = d.get(r.ID)
			if r.Status != want {
				t.Fatalf("%s %q", r.Status, r.Why)
			}
			if want == report.Filed {
				if len(d.finished()) != 1 || !strings.Contains(r.Receipt().Problem, "withdrawn") {
					t.Errorf("the receipt does not tell the person: %q", r.Receipt().Problem)
				}
				if _, err := d.takeBack(r); !errors.Is(err, report.ErrTransition) || !strings.Contains(err.Error(), "follow-up") {
					t.Errorf("a filed report was taken back: %v", err)
				}
				return
			}
			if len(d.finished()) != 0 || len(d.server.Reports()) != 1 || d.server.Reports()[0].State != cybertiptest.StateRetracted {
				t.Errorf("the server has %d reports", len(d.server.Reports()))
			}
		})
	}
}

// TestWithdrawWhileItWaits takes a report back that waits for its next attempt: it need not wait for that.
func TestWithdrawWhileItWaits(t *testing.T) {
	for name, opened := range map[string]bool{"before it was opened": false, "while it is open": true} {
		t.Run(name, func(t *testing.T) {
			d := setup(t)
			r := d.submitted()
			if opened {
				d.away = true
				d.restart()
			} else {
				d.server.Inject(cybertiptest.Fault{Endpoint: "submit", Kind: cybertiptest.FaultCode, Code: 1111, Times: -1})
			}
			for range 10 {
				if o, ok, err := d.pass(); err != nil || !ok || o.State != job.Queued {
					t.Fatalf("%+v, %v", o, err)
				}
				d.now = d.now.Add(10 * time.Minute)
			}
			if _, _, err := d.pass(); err != nil {
				t.Fatal(err)
			}
			d.server.ClearFaults()
			if _, ok, _ := d.pass(); ok {
				t.Fatal("it did not wait")
			}
			now := d.get(r.ID)
			if _, err := d.takeBack(now); err != nil {
				t.Fatal(err)
			}
			if _, err := d.takeBack(d.get(r.ID)); !errors.Is(err, report.ErrTransition) {
				t.Errorf("taken back twice: %v", err)
			}
			if _, ok, err := d.pass(); !ok || err != nil {
				t.Fatalf("nothing is due: %v", err)
			}
			if r = d.get(r.ID); r.Status != report.Cancelled || len(d.finished()) != 0 {
				t.Fatalf("%s %q", r.Status, r.Why)
			}
			for _, s := range d.server.Reports() {
				if s.State == cybertiptest.StateOpen {
					t.Errorf("report %d was left open", s.ID)
				}
			}
			d.write(func(tx *store.Tx) error {
				list, err := tx.Jobs().List(t.Context(), report.JobStep, "", 0)
				if len(list) != 1 {
					t.Errorf("%d jobs for one report", len(list))
				}
				return err
			})
		})
	}
}

// TestWithdrawAfterTheJobWasEndedByHand still takes it back.
func TestWithdrawAfterTheJobWasEndedByHand(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	d.write(func(tx *store.Tx) error {
		list, err := tx.Jobs().List(t.Context(), report.JobStep, "", 0)
		if err != nil {
			return err
		}
		return tx.Jobs().Cancel(t.Context(), d.now, list[0].ID)
	})
	if _, err := d.takeBack(r); err != nil {
		t.Fatal(err)
	}
	d.work()
	if r = d.get(r.ID); r.Status != report.Cancelled || len(d.server.Reports()) != 0 {
		t.Errorf("%s %q", r.Status, r.Why)
	}
}

// TestWithdrawAndCrash ends the process with the finish out and the wish to withdraw stored: what was finished is filed.
func TestWithdrawAndCrash(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	c := &crashing{Keeper: d.keeper, left: 5} // the answer to finish
	whole := d.keeper
	d.keeper = c
	d.restart()
	calls := 0
	d.calling = func() {
		if calls++; calls == 4 {
			if _, err := d.takeBack(r); err != nil {
				t.Error(err)
			}
		}
	}
	d.live(c)
	if !c.dead {
		t.Fatal("it lives")
	}
	d.keeper = whole
	d.restart()
	for range 5 {
		d.now = d.now.Add(10 * time.Minute)
		d.live(&crashing{})
	}
	if r = d.get(r.ID); r.Status != report.Filed || len(d.finished()) != 1 || r.Receipt().Problem == "" {
		t.Errorf("%s %q", r.Status, r.Why)
	}
}

// TestExpiry lets NCMEC's day go by at each moment of a filing. Nothing is finished twice, and where nobody can know a person is asked.
func TestExpiry(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault cybertiptest.Fault
		want  report.Status
		open  int // reports that were opened
	}{
		{"while a file cannot be read", cybertiptest.Fault{}, report.Filed, 2},
		{"while finish is refused", cybertiptest.Fault{Endpoint: "finish", Kind: cybertiptest.FaultCode, Code: 1300, Times: -1}, report.Held, 1},
		{"while finish goes unanswered", cybertiptest.Fault{Endpoint: "finish", Kind: cybertiptest.FaultDrop, Times: -1}, report.Held, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := setup(t)
			r := d.submitted()
			if d.away = tt.fault.Kind == ""; d.away {
				d.restart()
			} else {
				d.server.Inject(tt.fault)
			}
			for range 6 {
				if _, _, err := d.pass(); err != nil {
					t.Fatal(err)
				}
				d.now = d.now.Add(time.Minute)
			}
			if r = d.get(r.ID); r.Status != report.Submitting || r.Filing.ExpiresAt().IsZero() {
				t.Fatalf("%s, open until %s", r.Status, r.Filing.ExpiresAt())
			}
			d.server.ClearFaults()
			d.away = false
			d.restart()
			d.now = d.now.Add(25 * time.Hour)
			d.work()
			r = d.get(r.ID)
			if r.Status != tt.want || len(d.server.Reports()) != tt.open {
				t.Fatalf("%s %q, %d on the server", r.Status, r.Why, len(d.server.Reports()))
			}
			if tt.want == report.Held && (!strings.Contains(r.Why, "ask NCMEC") || len(d.finished()) != 0) {
				t.Errorf("held: %q", r.Why)
			}
		})
	}
}

// TestWithdrawnAndExpired cancels what NCMEC has deleted meanwhile, and opens nothing for it.
func TestWithdrawnAndExpired(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	d.away = true
	d.restart()
	if _, _, err := d.pass(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.takeBack(d.get(r.ID)); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(25 * time.Hour)
	d.work()
	if r = d.get(r.ID); r.Status != report.Cancelled || len(d.server.Reports()) != 1 || len(r.Filing.Orphans) != 1 || !r.Filing.ExpiresAt().IsZero() {
		t.Errorf("%s %q", r.Status, r.Why)
	}
}
