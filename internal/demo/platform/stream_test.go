package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// What happens is the same without words, and nothing of them is left.
func TestWordless(t *testing.T) {
	cfg := Config{Seed: 3, Accounts: MinAccounts, Days: MinDays}
	spoken, err := Generate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Wordless = true
	silent, err := Generate(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if len(spoken.Events) != len(silent.Events) {
		t.Fatalf("%d events with words, %d without", len(spoken.Events), len(silent.Events))
	}
	for i, e := range silent.Events {
		if e.ID != spoken.Events[i].ID || !e.Time.Equal(spoken.Events[i].Time) || e.Type != spoken.Events[i].Type {
			t.Fatalf("event %d is %s, with words %s", i, e.JSON, spoken.Events[i].JSON)
		}
		var line struct{ Data map[string]any }
		if err := json.Unmarshal(e.JSON, &line); err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"text", "bio", "note"} {
			if line.Data[field] != nil {
				t.Fatalf("%s has a %s", e.JSON, field)
			}
		}
	}
}

// Rates give as many scenes of each kind as they say, at least one, and none at 0.
func TestRates(t *testing.T) {
	for name, tt := range map[string]struct {
		rates          Rates
		matters, hards int
	}{
		"few":        {Rates{Matters: 0.1, Hard: 0.1}, 1, 1},
		"more":       {Rates{Matters: 2.5, Hard: 5}, 1, 2},
		"no matters": {Rates{Hard: 1}, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			truth, err := Stream(Config{Seed: 11, Accounts: 4000, Days: MinDays, Rates: &tt.rates}, func(Event) error { return nil }, nil)
			if err != nil {
				t.Fatal(err)
			}
			kinds, hard := map[string]int{}, map[string]int{}
			for _, p := range truth.Positive {
				kinds[p.Kind]++
			}
			for _, b := range truth.BenignHard {
				hard[b.Kind]++
			}
			if kinds["sextortion"] != tt.matters || kinds["grooming"] != 2*tt.matters {
				t.Errorf("%v, want %d of each", kinds, tt.matters)
			}
			for kind, n := range hard {
				if n != tt.hards {
					t.Errorf("%d of %s, want %d", n, kind, tt.hards)
				}
			}
			if len(hard) < 15 {
				t.Errorf("hard kinds are %v", hard)
			}
		})
	}
}

func TestStreamEndsWithWhatPutReturns(t *testing.T) {
	boom := errors.New("boom")
	n := 0
	_, err := Stream(Config{Accounts: MinAccounts, Days: MinDays}, func(Event) error {
		n++
		return boom
	}, nil)
	if !errors.Is(err, boom) || n != 1 {
		t.Errorf("%v after %d events", err, n)
	}
	if _, err := Generate(Config{Accounts: MaxHeld + 1}); !errors.Is(err, ErrConfig) {
		t.Errorf("a world too large for memory gives %v", err)
	}
}

func TestReadTruth(t *testing.T) {
	w, err := Generate(Config{Seed: 2, Accounts: MinAccounts, Days: MinDays})
	if err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	if err := w.Truth.Write(&written); err != nil {
		t.Fatal(err)
	}
	got, err := ReadTruth(&written)
	if err != nil || len(got.Positive) != len(w.Truth.Positive) || len(got.BenignHard) != len(w.Truth.BenignHard) {
		t.Errorf("read %+v, %v", got, err)
	}
	for name, tt := range map[string]struct{ in, want string }{
		"no JSON":     {`x`, "expected {"},
		"another":     {`{"events":[]}`, "neither"},
		"no kind":     {`{"positive":[{"subjects":["a"],"start":"2026-01-01T00:00:00Z"}]}`, "/positive/0 has no kind"},
		"no subjects": {`{"positive":[{"kind":"grooming","start":"2026-01-01T00:00:00Z"}]}`, "has no subjects"},
		"no start":    {`{"positive":[{"kind":"grooming","subjects":["a"]}]}`, "has no start"},
		"hard":        {`{"benign_hard":[{"kind":"teacher","subjects":[]}]}`, "/benign_hard/0"},
		"more fields": {`{"positive":[],"seed":4}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadTruth(strings.NewReader(tt.in))
			if tt.want == "" && err != nil || tt.want != "" && (!errors.Is(err, ErrTruth) || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}
