package backtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/backtest"
	"haris/internal/casefile"
	"haris/internal/decide"
	"haris/internal/demo/platform"
	"haris/internal/event"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/taxonomy"
	"haris/packs"
)

var secret = []byte("a secret of at least thirty-two bytes")

// stream is a simulated platform as a log.
func stream(t *testing.T) []event.Event {
	t.Helper()
	w, err := platform.Generate(platform.Config{Seed: 3, Accounts: 1000, Days: 18})
	if err != nil {
		t.Fatal(err)
	}
	var out []event.Event
	for i := range w.Events {
		e, problem := event.Decode(string(w.Events[i].JSON), i+1, event.Limits{})
		if problem != nil {
			t.Fatal(problem)
		}
		e.Seq = uint64(i + 1)
		out = append(out, e)
	}
	return out
}

func shipped(t *testing.T) *rule.Set {
	t.Helper()
	set, err := rule.Load(packs.FS, rule.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// in hands events on in blocks.
func in(events []event.Event) func(context.Context, func([]event.Event) error) error {
	return func(_ context.Context, f func([]event.Event) error) error {
		for at := 0; at < len(events); at += 4096 {
			if err := f(events[at:min(at+4096, len(events))]); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestRun(t *testing.T) {
	events, set := stream(t), shipped(t)
	run := func(after decide.Policy, since time.Time) backtest.Report {
		t.Helper()
		told := uint64(0)
		r, err := backtest.Run(t.Context(), backtest.Plan{
			Events: in(events), Before: backtest.Side{Rules: set, Policy: decide.Default()}, After: backtest.Side{Rules: set, Policy: after}, Secret: secret, Since: since,
			Found: func(_ context.Context, subject string, _ taxonomy.Typology) (casefile.Finding, error) {
				return casefile.FindingConfirmed, nil
			},
			Progress: func(n uint64) { told = n },
		})
		if err != nil || told != uint64(len(events)) || r.Events != told {
			t.Fatalf("%d events, told %d, %v", r.Events, told, err)
		}
		return r
	}

	same := run(decide.Default(), time.Time{})
	if same.Before.Matters == 0 || same.Same != same.Before.Matters || len(same.Gained)+len(same.Lost)+len(same.Raised)+len(same.Lowered) != 0 {
		t.Fatalf("against itself: %+v", same)
	}

	strict := decide.Default()
	strict.P2, strict.P1 = 5, 6
	s := run(strict, time.Time{})
	if len(s.Lost) == 0 || len(s.Gained)+len(s.Raised) != 0 || s.After.Matters != s.Before.Matters-len(s.Lost) {
		t.Errorf("higher thresholds: %d lost, %d gained, %d raised; %+v, %+v", len(s.Lost), len(s.Gained), len(s.Raised), s.Before, s.After)
	}
	for _, c := range s.Lost {
		if c.Before.Priority < taxonomy.P2 || c.After.Priority >= taxonomy.P2 || c.Before.By == "" || c.Finding != casefile.FindingConfirmed {
			t.Errorf("%+v", c)
		}
	}

	shadow := decide.Default()
	shadow.Detectors = map[string]decide.Setting{}
	for _, d := range pipeline.Detectors() {
		shadow.Detectors[d.Info().Name] = decide.Setting{Mode: taxonomy.ModeShadow, Weight: 1}
	}
	if dark := run(shadow, time.Time{}); len(dark.Lost) == 0 || dark.After.Matters >= dark.Before.Matters {
		t.Errorf("every detector in shadow, and %d of %d matters still come up", dark.After.Matters, dark.Before.Matters)
	} else {
		for _, c := range slices.Concat(dark.Lost, dark.Lowered, dark.Raised) {
			if strings.Contains(c.After.By, "D") {
				t.Errorf("a detector in shadow still weighs: %+v", c)
			}
		}
	}

	little, much := decide.Default(), decide.Default()
	little.Budget, much.Budget = .1, 1000
	l, m := run(little, time.Time{}), run(much, time.Time{})
	if len(l.Lost) == 0 || len(l.Gained) != 0 {
		t.Errorf("a budget of one in ten days: %d lost, %d gained of %d", len(l.Lost), len(l.Gained), l.Before.Matters)
	}
	if len(m.Gained) == 0 || len(m.Lost) != 0 {
		t.Errorf("a budget of a thousand a day: %d lost, %d gained of %d", len(m.Lost), len(m.Gained), m.Before.Matters)
	}

	events = events[:len(events)/2]
	if late := run(strict, events[len(events)-1].Time.Add(time.Hour)); late.Before.Matters+late.After.Matters+len(late.Lost) != 0 {
		t.Errorf("after the end: %+v", late)
	}
}

func TestReadingFails(t *testing.T) {
	broken := errors.New("broken")
	side := backtest.Side{Rules: shipped(t), Policy: decide.Default()}
	_, err := backtest.Run(t.Context(), backtest.Plan{Events: func(context.Context, func([]event.Event) error) error { return broken }, Before: side, After: side, Secret: secret})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}
