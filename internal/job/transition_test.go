package job

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func at(minutes int) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

func leased(attempt, limit int) Job {
	return Job{ID: "j", Kind: "k", Key: "e", State: Leased, Attempt: attempt, Max: limit, LeasedBy: "w", LeaseEnds: at(5)}
}

func TestCheckNew(t *testing.T) {
	for name, tt := range map[string]struct {
		n  New
		ok bool
	}{
		"complete":     {New{Kind: "k", Key: "e"}, true},
		"no kind":      {New{Key: "e"}, false},
		"no key":       {New{Kind: "k"}, false},
		"negative max": {New{Kind: "k", Key: "e", Max: -1}, false},
	} {
		if err := tt.n.Check(); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLease(t *testing.T) {
	j, err := Job{State: Queued, Attempt: 2, Max: 3}.Lease("w", at(5))
	if err != nil || j.State != Leased || j.Attempt != 3 || j.LeasedBy != "w" || !j.LeaseEnds.Equal(at(5)) {
		t.Errorf("%+v, %v", j, err)
	}
	for s, want := range map[State]error{Leased: ErrLeaseLost, Done: ErrEnded, Dead: ErrEnded, Cancelled: ErrEnded} {
		if _, err := (Job{State: s}).Lease("w", at(5)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", s, err, want)
		}
	}
}

func TestEnd(t *testing.T) {
	for _, tt := range []struct {
		name    string
		job     Job
		o       Outcome
		state   State
		attempt int
		runAt   time.Time
	}{
		{"done", leased(1, 3), Outcome{State: Done}, Done, 1, time.Time{}},
		{"dead at once", leased(1, 3), Outcome{State: Dead, Error: "400"}, Dead, 1, time.Time{}},
		{"failed with attempts left", leased(2, 3), Outcome{State: Queued, RunAt: at(9), Error: "timeout"}, Queued, 2, at(9)},
		{"failed for the last time", leased(3, 3), Outcome{State: Queued, RunAt: at(9), Error: "timeout"}, Dead, 3, time.Time{}},
		{"snoozed", leased(3, 3), Outcome{State: Queued, RunAt: at(9), Snooze: true}, Queued, 2, at(9)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.job.End(at(1), "w", tt.o)
			if err != nil {
				t.Fatal(err)
			}
			want := tt.job
			want.State, want.Attempt, want.LeasedBy, want.LeaseEnds, want.LastError = tt.state, tt.attempt, "", time.Time{}, tt.o.Error
			want.RunAt = tt.runAt
			if tt.state != Queued {
				want.EndedAt = at(1)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestEndRefuses(t *testing.T) {
	other := leased(1, 3)
	other.LeasedBy = "someone"
	for name, j := range map[string]Job{"another worker": other, "queued": {State: Queued}, "cancelled": {State: Cancelled, LeasedBy: "w"}} {
		if _, err := j.End(at(1), "w", Outcome{State: Done}); !errors.Is(err, ErrLeaseLost) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, o := range map[string]Outcome{"cancelled": {State: Cancelled}, "leased": {State: Leased}, "empty": {}, "no time": {State: Queued}} {
		if _, err := leased(1, 3).End(at(1), "w", o); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestEndKeepsWhatTheJobRemembers(t *testing.T) {
	j := leased(1, 3)
	j.Payload, j.LastError = []byte("old"), "earlier"
	kept, err := j.End(at(1), "w", Outcome{State: Queued, RunAt: at(2)})
	if err != nil || string(kept.Payload) != "old" || kept.LastError != "earlier" {
		t.Errorf("%+v, %v", kept, err)
	}
	changed, err := j.End(at(1), "w", Outcome{State: Queued, RunAt: at(2), Payload: []byte("new"), Error: strings.Repeat("é", maxError)})
	if err != nil || string(changed.Payload) != "new" {
		t.Errorf("%+v, %v", changed, err)
	}
	if len(changed.LastError) > maxError || !utf8.ValidString(changed.LastError) || changed.LastError == "" {
		t.Errorf("last error of %d bytes: %q", len(changed.LastError), changed.LastError)
	}
}

func TestRescue(t *testing.T) {
	if j, changed := leased(1, 3).Rescue(at(4)); changed || j.State != Leased {
		t.Error("a lease that runs was taken away")
	}
	if j, changed := leased(1, 3).Rescue(at(5)); !changed || j.State != Queued || !j.RunAt.Equal(at(5)) || j.LeasedBy != "" || j.LastError == "" {
		t.Errorf("%+v", j)
	}
	if j, changed := leased(3, 3).Rescue(at(5)); !changed || j.State != Dead || !j.EndedAt.Equal(at(5)) {
		t.Errorf("%+v", j)
	}
	if _, changed := (Job{State: Done}).Rescue(at(5)); changed {
		t.Error("a done job was rescued")
	}
}

func TestCancelAndRequeue(t *testing.T) {
	for _, s := range []State{Queued, Leased} {
		if j, err := (Job{State: s, LeasedBy: "w"}).Cancel(at(1)); err != nil || j.State != Cancelled || j.LeasedBy != "" || !j.EndedAt.Equal(at(1)) {
			t.Errorf("cancel %s: %+v, %v", s, j, err)
		}
		if _, err := (Job{State: s}).Requeue(at(1)); !errors.Is(err, ErrEnded) {
			t.Errorf("requeue %s: %v", s, err)
		}
	}
	for _, s := range []State{Done, Dead, Cancelled} {
		if _, err := (Job{State: s}).Cancel(at(1)); !errors.Is(err, ErrEnded) {
			t.Errorf("cancel %s: %v", s, err)
		}
	}
	j, err := Job{State: Dead, Attempt: 3, Max: 3, EndedAt: at(1)}.Requeue(at(2))
	if err != nil || j.State != Queued || j.Attempt != 0 || !j.EndedAt.IsZero() || !j.RunAt.Equal(at(2)) {
		t.Errorf("%+v, %v", j, err)
	}
}

// TestRules walks random histories: whatever happens, no attempt begins beyond the limit and the fields agree with the state, which
// is what the schema checks too.
func TestRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := Job{ID: "j", State: Queued, Max: rapid.IntRange(1, 4).Draw(t, "max")}
		for i := range rapid.IntRange(1, 30).Draw(t, "steps") {
			next := j
			var err error
			switch rapid.IntRange(0, 6).Draw(t, "step") {
			case 0, 1:
				next, err = j.Lease("w", at(i+1))
			case 2:
				next, err = j.End(at(i), "w", Outcome{State: Queued, RunAt: at(i), Snooze: rapid.Bool().Draw(t, "snooze")})
			case 3:
				next, err = j.End(at(i), "w", Outcome{State: Done})
			case 4:
				next, _ = j.Rescue(at(i + 1))
			case 5:
				next, err = j.Cancel(at(i))
			case 6:
				next, err = j.Requeue(at(i))
			}
			if err != nil {
				continue
			}
			j = next
			isLeased, isFinal := j.State == Leased, j.State == Done || j.State == Dead || j.State == Cancelled
			if j.Attempt < 0 || j.Attempt > j.Max || isLeased != (j.LeasedBy != "") || isLeased == j.LeaseEnds.IsZero() || isFinal == j.EndedAt.IsZero() {
				t.Fatalf("%+v", j)
			}
		}
	})
}

func TestBackoff(t *testing.T) {
	low, high := func() float64 { return 0 }, func() float64 { return 0.999999 }
	for attempt, want := range map[int]time.Duration{
		0: 5 * time.Second, 1: 5 * time.Second, 2: 10 * time.Second, 5: 80 * time.Second, 12: 10240 * time.Second, 13: 20480 * time.Second,
		14: longest, 1000: longest,
	} {
		if got := Backoff(attempt, low); got != want/2 {
			t.Errorf("attempt %d at least %s, want %s", attempt, got, want/2)
		}
		if got := Backoff(attempt, high); got <= want*9/10 || got > want {
			t.Errorf("attempt %d at most %s, want nearly %s", attempt, got, want)
		}
	}
}
