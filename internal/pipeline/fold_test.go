package pipeline_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/internal/demo/platform"
	"haris/internal/event"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/packs"
)

// secret keys the hashes of the tests.
var secret = []byte("a secret of thirty-two bytes or so")

// world returns a platform's events as they stand in a log.
func world(t testing.TB, accounts int) []event.Event {
	t.Helper()
	w, err := platform.Generate(platform.Config{Seed: 7, Accounts: accounts})
	if err != nil {
		t.Fatal(err)
	}
	out := make([]event.Event, len(w.Events))
	for i, raw := range w.Events {
		e, p := event.Decode(string(raw.JSON), i+1, event.Limits{Bytes: 1 << 20, Depth: 32})
		if p != nil {
			t.Fatal(p)
		}
		e.Seq = uint64(i + 1)
		out[i] = e
	}
	return out
}

func rules(t testing.TB) *rule.Set {
	t.Helper()
	set, err := rule.Load(packs.FS, rule.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// foldAll folds events with a number of workers, cut into batches by cut, and returns what followed and what is known.
func foldAll(t *testing.T, events []event.Event, workers int, cut func() int) (effects string, k *pipeline.Knowledge) {
	t.Helper()
	k = pipeline.NewKnowledge(workers, secret)
	set := rules(t)
	var all []pipeline.Decision
	for len(events) > 0 {
		n := min(cut(), len(events))
		out := k.Fold(events[:n], set, nil)
		if len(out.Verdicts) != n {
			t.Fatalf("%d verdicts for %d events", len(out.Verdicts), n)
		}
		all = append(all, out.Decisions...)
		events = events[n:]
	}
	if len(all) == 0 {
		t.Fatal("nothing was concluded: the comparison would be of nothing")
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), k
}

func TestFoldDependsNeitherOnShardsNorOnBatches(t *testing.T) {
	events := world(t, 1000)
	wantEffects, wantKnow := foldAll(t, events, 1, func() int { return len(events) })
	want, err := wantKnow.Rows()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	tests := []struct {
		name    string
		workers int
		cut     func() int
	}{
		{"two shards, one batch", 2, func() int { return len(events) }},
		{"seven shards, batches of 1000", 7, func() int { return 1000 }},
		{"one shard, one event at a time", 1, func() int { return 1 }},
		{"three shards, batches of any size", 3, func() int { return 1 + r.IntN(700) }},
		{"sixteen shards, batches of 511", 16, func() int { return 511 }},
	}
	if testing.Short() { // the race run: those with most goroutines
		tests = []struct {
			name    string
			workers int
			cut     func() int
		}{tests[1], tests[4]}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			effects, know := foldAll(t, events, tt.workers, tt.cut)
			if effects != wantEffects {
				t.Errorf("other effects:\n%s", cmp.Diff(wantEffects, effects))
			}
			got, err := know.Rows()
			if err != nil {
				t.Fatal(err)
			}
			for key, body := range want {
				if got[key] != body {
					t.Errorf("%q differs", key[:min(len(key), 12)])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d rows, want %d", len(got), len(want))
			}
		})
	}
}

func BenchmarkFold(b *testing.B) {
	events := world(b, 3000)
	set := rules(b)
	for _, workers := range []int{1, 2} {
		b.Run(map[int]string{1: "one worker", 2: "two workers"}[workers], func(b *testing.B) {
			for b.Loop() {
				k := pipeline.NewKnowledge(workers, secret)
				for at := 0; at < len(events); at += 4096 {
					k.Fold(events[at:min(at+4096, len(events))], set, nil)
				}
			}
			b.ReportMetric(float64(b.N*len(events))/b.Elapsed().Seconds(), "events/s")
		})
	}
}
