package app_test

import (
	"errors"
	"testing"
	"time"

	"haris/internal/app"
	"haris/internal/job"
	"haris/internal/report"
)

// TestJobsOfAKilledProcessAreTakenUpAtOnce leases a job as a process does that is then killed, and expects the next one not to
// wait for the end of the lease.
func TestJobsOfAKilledProcessAreTakenUpAtOnce(t *testing.T) {
	c := settings(t)
	core, err := app.OpenCore(t.Context(), c, options())
	if err != nil {
		t.Fatal(err)
	}
	var id string
	err = core.Jobs(t.Context(), func(q job.Queue) error {
		var err error
		// It names no report, so that the attempt ends it.
		if id, _, err = q.Enqueue(t.Context(), job.New{Kind: report.JobStep, Key: "k", Payload: []byte(`{}`), RunAt: time.Now()}); err != nil {
			return err
		}
		leased, err := q.Lease(t.Context(), time.Now(), job.Want{Worker: "gone", Kinds: report.JobKinds(), For: time.Hour, Limit: 1})
		if err == nil && len(leased) != 1 {
			return errors.New("nothing was leased")
		}
		return err
	})
	if err := errors.Join(err, core.Close()); err != nil {
		t.Fatal(err)
	}
	a := start(t, c)
	deadline := time.Now().Add(30 * time.Second)
	for {
		var j job.Job
		err := a.Core().Jobs(t.Context(), func(q job.Queue) error {
			list, err := q.List(t.Context(), report.JobStep, "", 1)
			if err == nil {
				j = list[0]
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if j.ID == id && j.State == job.Dead {
			if j.Attempt != 2 {
				t.Errorf("attempt %d: the one of the killed process does not count", j.Attempt)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v", j)
		}
		<-time.After(20 * time.Millisecond) // there is no signal of a job's end outside of the process
	}
}
