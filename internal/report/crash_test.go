package report_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/job"
	"haris/internal/report"
	"haris/internal/store"
)

// crashing ends the process at one write of the filer, before it is committed or after, and nothing can be written from then on.
type crashing struct {
	report.Keeper
	left  int
	after bool
	dead  bool
}

var errCrash = errors.New("the process ended")

func (c *crashing) Write(ctx context.Context, f func(report.Tx) error) error {
	c.left--
	if c.dead {
		return errCrash
	}
	if c.left != 0 {
		return c.Keeper.Write(ctx, f)
	}
	c.dead = true
	if c.after {
		return errors.Join(c.Keeper.Write(ctx, f), errCrash)
	}
	return errCrash
}

// live works off the next due job as a process does that may die of it: its job then stays leased until somebody gives it back.
func (d *desk) live(c *crashing) (ok bool) {
	d.Helper()
	var jobs []job.Job
	d.write(func(tx *store.Tx) (err error) {
		if _, err = tx.Jobs().Rescue(d.Context(), d.now); err != nil {
			return err
		}
		jobs, err = tx.Jobs().Lease(d.Context(), d.now, job.Want{Worker: "w", Kinds: report.JobKinds(), For: time.Minute, Limit: 1})
		return err
	})
	if len(jobs) == 0 {
		return false
	}
	o, err := d.filer.Handle(d.Context(), jobs[0])
	if c.dead {
		return true
	}
	if err != nil {
		d.Fatal(err)
	}
	d.write(func(tx *store.Tx) error { return tx.Jobs().End(d.Context(), d.now, jobs[0].ID, "w", o) })
	return true
}

// TestCrashAnywhere ends the process before and after any write of a filing, starts it anew from what is stored, and expects exactly
// one finished report.
func TestCrashAnywhere(t *testing.T) {
	crashes := 0
	for at := 1; at <= 8; at++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("at write %d, committed %t", at, after), func(t *testing.T) {
				d := setup(t)
				r := d.submitted()
				whole := d.keeper
				c := &crashing{Keeper: d.keeper, left: at, after: after}
				d.keeper = c
				d.restart()
				for range 60 {
					if !d.live(c) && !d.waits() && !c.dead {
						break
					}
					if c.dead {
						crashes++
						c = &crashing{Keeper: whole}
						d.keeper = c
						d.restart() // tickets and everything else in memory are gone
					}
					d.now = d.now.Add(10 * time.Minute)
				}
				if r = d.get(r.ID); r.Status != report.Filed || r.PreservedUntil.IsZero() {
					t.Fatalf("%s %q %+v", r.Status, r.Why, r.Filing)
				}
				if n := len(d.finished()); n != 1 || d.finished()[0].ID != r.Number || len(d.finished()[0].Files) != 1 {
					t.Errorf("%d finished reports on the server: %+v", n, d.server.Reports())
				}
				_, kinds := d.getCase()
				if n := len(slices.DeleteFunc(kinds, func(k casefile.EventKind) bool { return k != casefile.ReportFiled })); n != 1 {
					t.Errorf("the case says %d times that it was filed", n)
				}
			})
		}
	}
	if crashes != 12 {
		t.Errorf("the process ended at %d places, want before and after the first mark, each of 4 calls, and the preservation", crashes)
	}
}

// TestOneRunCarriesAReport counts the runs of a report whose calls all succeed, and what they write.
func TestOneRunCarriesAReport(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	count := &crashing{Keeper: d.keeper}
	d.keeper = count
	d.restart()
	if o, ok, err := d.pass(); err != nil || !ok || o.State != job.Done {
		t.Fatalf("%+v, %v", o, err)
	}
	if r = d.get(r.ID); r.Status != report.Filed || -count.left != 5 {
		t.Errorf("%s after %d writes, want the mark of the first call and one for each of 4 answers", r.Status, -count.left)
	}
	d.checkCalls(r.ID, "submit", "upload", "fileinfo", "finish")
}

// TestALongReportLetsOthersIn lets the time of a run end between any two calls: the state is stored, and nothing is marked that is
// not made.
func TestALongReportLetsOthersIn(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	slow := d.now
	d.clockOf = func() time.Time { slow = slow.Add(10 * time.Second); return slow }
	d.restart()
	for runs := 0; d.get(r.ID).Status != report.Filed; runs++ {
		o, ok, err := d.passAt(slow)
		if !ok || err != nil || runs > 10 {
			t.Fatalf("%+v, %v", o, err)
		}
		now := d.get(r.ID)
		if now.Status == report.Filed {
			if runs < 1 {
				t.Error("it was carried through in one run")
			}
			break
		}
		if o.State != job.Queued || !o.Snooze || o.Error != "" || now.Filing.InFlight != nil {
			t.Fatalf("%+v, in flight %+v", o, now.Filing.InFlight)
		}
	}
	if len(d.finished()) != 1 || len(d.server.Reports()) != 1 {
		t.Errorf("%+v", d.server.Reports())
	}
}

// TestAStopEndsBetweenCalls stops the runner while a call is out: its answer is stored, and no other call is begun.
func TestAStopEndsBetweenCalls(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	ctx, cancel := context.WithCancel(t.Context())
	d.calling = func() { cancel() }
	d.restart()
	runner, err := job.NewRunner(job.Config{
		Worker: "w", Handlers: d.filer.Handlers(), Now: d.clock, Random: func() float64 { return 0 }, Log: discard(), Grace: time.Hour,
		Write: func(ctx context.Context, f func(job.Queue) error) error {
			return d.db.Write(ctx, func(tx *store.Tx) error { return f(tx.Jobs()) })
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if r = d.get(r.ID); r.Status != report.Submitting || r.Filing.InFlight != nil || r.Filing.ReportID == 0 || len(d.server.Calls()) != 1 {
		t.Fatalf("%s after %d calls: %+v", r.Status, len(d.server.Calls()), r.Filing)
	}
	d.calling = nil
	d.work()
	if r = d.get(r.ID); r.Status != report.Filed || len(d.server.Reports()) != 1 {
		t.Errorf("%s, %+v", r.Status, d.server.Reports())
	}
}
