package rulebook

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haris/internal/audit"
	"haris/internal/job"
)

// JobTrial is the kind of the job that folds the log with what is in force and with another text.
const JobTrial = "rules.backtest"

// TrialState is how far a back-test is.
type TrialState string

// The states. Waiting and running are open; the others are final.
const (
	TrialWaiting TrialState = "waiting"
	TrialRunning TrialState = "running"
	TrialDone    TrialState = "done"
	TrialFailed  TrialState = "failed"
)

// Trial is one back-test of a text against what was in force when somebody asked.
type Trial struct {
	ID      string
	BeforeN int64  // the version that was in force; 0 the files
	Before  string // digest of its text
	After   string // digest of the text that is tried
	By      string // who asked
	Shadow  bool   // it belongs to the shadow run of a version that By began
	AskedAt time.Time
	Since   time.Time // what was concluded earlier is not compared; zero compares all
	State   TrialState
	Done    uint64          // events folded
	All     uint64          // events in the log when it began
	Report  json.RawMessage // a backtest.Report; only when done
	Fault   string          // only when failed
	EndedAt time.Time
}

// Open reports whether it has not ended.
func (t *Trial) Open() bool { return t.State == TrialWaiting || t.State == TrialRunning }

// ErrNoTrial says that there is no such back-test.
var ErrNoTrial = errors.New("rulebook: no such back-test")

// TrialStore keeps back-tests within the caller's transaction.
type TrialStore interface {
	// Add adds one that waits, with both texts, and returns its id.
	Add(ctx context.Context, t Trial, before, after Text) (id string, err error)
	// Get returns one; ErrNoTrial.
	Get(ctx context.Context, id string) (Trial, error)
	// Newest returns the one of a text that was asked for last, of a shadow run or not; ErrNoTrial.
	Newest(ctx context.Context, after string, shadow bool) (Trial, error)
	// Put writes down how far an open one is, or how it ended; ErrNoTrial when it is not open.
	Put(ctx context.Context, t Trial) error
}

// trialOrder is the payload of the job.
type trialOrder struct {
	Trial string `json:"trial"`
}

// trialTries is how often a back-test is begun before it has failed.
const trialTries = 3

// Try asks for a back-test of a text against what is in force. One that is open for the same texts is returned as it is. ErrText, ErrFaulty,
// ErrClosed.
func (s *Service) Try(ctx context.Context, who string, after Text, since time.Time) (t Trial, err error) {
	return s.try(ctx, Trial{By: who, Since: since}, after)
}

// try asks for the back-test that t begins.
func (s *Service) try(ctx context.Context, t Trial, after Text) (_ Trial, err error) {
	after.Sort()
	if err := after.Check(); err != nil {
		return t, err
	}
	if j := Judge(after, s.Detectors); !j.OK() {
		return t, j.Err()
	}
	now, err := s.InForce(ctx)
	if err != nil {
		return t, err
	}
	_, before, err := s.Get(ctx, now.N)
	if err != nil {
		return t, err
	}
	err = s.write(ctx, func(tx Tx) error {
		last, err := tx.Trials().Newest(ctx, after.Digest(), t.Shadow)
		if err == nil && last.Open() && last.Before == before.Digest() && last.Since.Equal(t.Since) {
			t = last
			return nil
		}
		if err != nil && !errors.Is(err, ErrNoTrial) {
			return err
		}
		t.BeforeN, t.Before, t.After, t.AskedAt, t.State = now.N, before.Digest(), after.Digest(), s.Now(), TrialWaiting
		if t.ID, err = tx.Trials().Add(ctx, t, before, after); err != nil {
			return err
		}
		payload, err := json.Marshal(trialOrder{t.ID})
		if err != nil {
			return err
		}
		if _, _, err := tx.Jobs().Enqueue(ctx, job.New{Kind: JobTrial, Key: JobTrial + "/" + t.ID, Payload: payload, Max: trialTries}); err != nil {
			return err
		}
		return s.note(ctx, tx, audit.Entry{Who: t.By, Act: "rules.backtest_asked", Object: "rules/backtest/" + t.ID, Detail: t.detail()})
	})
	return t, err
}

// detail is what the audit log says of it.
func (t *Trial) detail() map[string]string {
	out := map[string]string{"before": t.Before, "after": t.After}
	if t.Shadow {
		out["shadow"] = "yes"
	}
	return out
}

// Trial returns a back-test by its id; ErrNoTrial.
func (s *Service) Trial(ctx context.Context, id string) (t Trial, err error) {
	err = s.Read(ctx, func(tx Tx) error {
		t, err = tx.Trials().Get(ctx, id)
		return err
	})
	return t, err
}

// Tried returns the back-test of a text that was asked for last; ErrNoTrial.
func (s *Service) Tried(ctx context.Context, after string) (t Trial, err error) {
	err = s.Read(ctx, func(tx Tx) error {
		t, err = tx.Trials().Newest(ctx, after, false)
		return err
	})
	return t, err
}

// Tester works back-tests off. All fields are required.
type Tester struct {
	Book *Service
	// Fold folds the log with both and returns a backtest.Report; progress is told how many events are folded.
	Fold func(ctx context.Context, before, after Judgement, since time.Time, progress func(done uint64)) (any, error)
	All  func() uint64 // events in the log
}

// progressEvery is how often the progress is written down.
const progressEvery = time.Second

// Handle is the handler of JobTrial.
func (x *Tester) Handle(ctx context.Context, j job.Job) (job.Outcome, error) {
	var o trialOrder
	if err := json.Unmarshal(j.Payload, &o); err != nil {
		return job.Outcome{State: job.Dead, Error: "the payload cannot be read"}, nil //nolint:nilerr // trying again cannot help
	}
	t, err := x.Book.Trial(ctx, o.Trial)
	if errors.Is(err, ErrNoTrial) || err == nil && !t.Open() {
		return job.Outcome{State: job.Done}, nil
	}
	if err == nil {
		err = x.run(ctx, &t)
	}
	if err == nil {
		return job.Outcome{State: job.Done}, nil
	}
	if j.Attempt >= cmp.Or(j.Max, trialTries) && ctx.Err() == nil {
		t.State, t.Fault, t.EndedAt = TrialFailed, err.Error(), x.Book.Now()
		err = errors.Join(err, x.put(ctx, &t))
	}
	return job.Outcome{}, err
}

func (x *Tester) run(ctx context.Context, t *Trial) error {
	var texts [2]Text
	err := x.Book.Read(ctx, func(tx Tx) (err error) {
		if texts[0], err = tx.Rules().Text(ctx, t.Before); err != nil {
			return err
		}
		texts[1], err = tx.Rules().Text(ctx, t.After)
		return err
	})
	if err != nil {
		return err
	}
	var sides [2]Judgement
	for i := range texts {
		if sides[i] = Judge(texts[i], x.Book.Detectors); !sides[i].OK() {
			return sides[i].Err()
		}
	}
	t.State, t.Done, t.All = TrialRunning, 0, x.All()
	if err := x.put(ctx, t); err != nil {
		return err
	}
	told := x.Book.Now()
	var fault error
	report, err := x.Fold(ctx, sides[0], sides[1], t.Since, func(done uint64) {
		if now := x.Book.Now(); now.Sub(told) >= progressEvery {
			told, t.Done = now, done
			fault = errors.Join(fault, x.put(ctx, t))
		}
	})
	if err = errors.Join(err, fault); err != nil {
		return err
	}
	if t.Report, err = json.Marshal(report); err != nil {
		return fmt.Errorf("rulebook: report of a back-test: %w", err)
	}
	t.State, t.Done, t.EndedAt = TrialDone, t.All, x.Book.Now()
	return x.put(ctx, t)
}

func (x *Tester) put(ctx context.Context, t *Trial) error {
	return x.Book.Write(ctx, func(tx Tx) error { return tx.Trials().Put(ctx, *t) })
}
