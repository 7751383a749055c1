package platform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestSameSeedSameBytes(t *testing.T) {
	render := func() []byte {
		w, err := Generate(Config{Seed: 5, Accounts: MinAccounts, Days: MinDays})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := w.WriteNDJSON(&out); err != nil {
			t.Fatal(err)
		}
		truth, err := json.Marshal(w.Truth)
		if err != nil {
			t.Fatal(err)
		}
		return append(out.Bytes(), truth...)
	}
	if !bytes.Equal(render(), render()) {
		t.Error("two worlds of one configuration differ")
	}
}

func TestOtherSeedOtherWorld(t *testing.T) {
	world := func(seed uint64) *World {
		w, err := Generate(Config{Seed: seed, Accounts: MinAccounts, Days: MinDays})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	a, b := world(1), world(2)
	if len(a.Events) == len(b.Events) {
		t.Errorf("both worlds have %d events", len(a.Events))
	}
	ids := map[string]bool{}
	for _, x := range a.Accounts {
		ids[x.ID] = true
	}
	for _, x := range b.Accounts {
		if ids[x.ID] {
			t.Errorf("account %s is in both worlds", x.ID)
		}
	}
	for i := range a.Truth.Positive {
		if p, q := a.Truth.Positive[i], b.Truth.Positive[i]; p.Start.Equal(q.Start) {
			t.Errorf("%s starts at %s in both worlds", p.Kind, p.Start)
		}
	}
}

func TestEverySeedFindsItsCast(t *testing.T) {
	for seed := range uint64(12) {
		if _, err := Generate(Config{Seed: seed, Accounts: MinAccounts, Days: MinDays}); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

func TestConfig(t *testing.T) {
	tests := map[string]struct {
		cfg  Config
		want string // part of the error; empty for none
	}{
		"too few accounts":  {Config{Accounts: MinAccounts - 1}, "accounts is 999, expected 1000 to 1000000"},
		"negative accounts": {Config{Accounts: -1}, "accounts is -1"},
		"too many accounts": {Config{Accounts: MaxAccounts + 1}, "accounts is 1000001"},
		"too few days":      {Config{Days: MinDays - 1}, "days is 17, expected 18 to 120"},
		"too many days":     {Config{Days: MaxDays + 1}, "days is 121"},
		"ancient start":     {Config{Start: time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)}, "start is in the year 1969"},
		"start too late":    {Config{Start: time.Date(9001, 1, 1, 0, 0, 0, 0, time.UTC)}, "start is in the year 9001"},
		"a rate too high":   {Config{Rates: &Rates{Hard: 11}}, "the rate of hard is 11, expected 0 to 10"},
		"no rate":           {Config{Rates: &Rates{Matters: math.NaN()}}, "the rate of matters is NaN"},
		"bounds":            {Config{Accounts: MinAccounts, Days: MinDays}, ""},
		"defaults":          {Config{}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := tt.cfg.complete()
			if tt.want == "" {
				if err != nil {
					t.Errorf("complete = %v, want no error", err)
				}
				return
			}
			if _, generated := Generate(tt.cfg); !errors.Is(generated, ErrConfig) || !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Generate = %v, want ErrConfig with %q", generated, tt.want)
			}
		})
	}
	full, err := Config{}.complete()
	if err != nil || full.Accounts != DefaultAccounts || full.Days != DefaultDays || full.Start.Weekday() != time.Monday {
		t.Errorf("defaults are %+v, %v", full, err)
	}
}

func TestSortedAndUnique(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		cfg, err := b.cfg.complete()
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for i, e := range b.Events {
			if ids[e.ID] {
				t.Fatalf("id %s is there twice", e.ID)
			}
			ids[e.ID] = true
			if e.Time.Before(cfg.Start) || !e.Time.Before(cfg.Start.AddDate(0, 0, cfg.Days)) {
				t.Fatalf("%s happens at %s, outside the world", e.ID, e.Time)
			}
			if i > 0 && (e.Time.Before(b.Events[i-1].Time) || e.Time.Equal(b.Events[i-1].Time) && e.ID < b.Events[i-1].ID) {
				t.Fatalf("event %d is out of order", i)
			}
		}
		if !slices.IsSortedFunc(b.Accounts, func(a, b Account) int { return strings.Compare(a.ID, b.ID) }) {
			t.Error("accounts are not sorted")
		}
	})
}

func TestAmount(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		cfg, err := b.cfg.complete()
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Accounts) != cfg.Accounts {
			t.Errorf("%d accounts, want %d", len(b.Accounts), cfg.Accounts)
		}
		if n := len(b.Events); b.cfg == (Config{Seed: 1}) && (n < 60_000 || n > 120_000) {
			t.Errorf("the default world has %d events, want 60,000 to 120,000", n)
		}
	})
}

// failingWriter takes n bytes and then fails.
type failingWriter struct{ n int }

var errFull = errors.New("full")

func (f *failingWriter) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteNDJSON(t *testing.T) {
	w := &World{Events: []Event{{JSON: []byte(`{"a":1}`)}, {JSON: []byte(`{"b":2}`)}}}
	var out bytes.Buffer
	if err := w.WriteNDJSON(&out); err != nil || out.String() != "{\"a\":1}\n{\"b\":2}\n" {
		t.Errorf("wrote %q, %v", out.String(), err)
	}
	if err := w.WriteNDJSON(&failingWriter{n: 3}); !errors.Is(err, errFull) {
		t.Errorf("a failing writer gives %v, want errFull", err)
	}
	big := &World{Events: []Event{{JSON: bytes.Repeat([]byte("x"), 1<<17)}, {JSON: []byte("y")}}}
	if err := big.WriteNDJSON(&failingWriter{n: 3}); !errors.Is(err, errFull) || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a failing writer gives %v, want errFull at line 1", err)
	}
}

func TestTruthJSON(t *testing.T) {
	truth := Truth{
		Positive:   []Positive{{Kind: "grooming", Subjects: []string{"a"}, Victims: []string{"b"}, Start: time.Date(2026, 3, 2, 1, 2, 3, 0, time.UTC)}},
		BenignHard: []Benign{{Kind: "teacher", Subjects: []string{"c"}}},
	}
	got, err := json.Marshal(truth)
	want := `{"positive":[{"kind":"grooming","subjects":["a"],"victims":["b"],"start":"2026-03-02T01:02:03Z"}],"benign_hard":[{"kind":"teacher","subjects":["c"]}]}`
	if err != nil || string(got) != want {
		t.Errorf("truth is %s, %v; want %s", got, err, want)
	}
}

func TestFailures(t *testing.T) {
	put := 0
	fresh := func() (*maker, *random) {
		cfg, err := Config{Seed: 1, Accounts: MinAccounts}.complete()
		if err != nil {
			t.Fatal(err)
		}
		put = 0
		m := newMaker(cfg, func(Event) error { put++; return nil })
		m.populate()
		return m, newRandom(1, "test")
	}
	t.Run("cast", func(t *testing.T) {
		m, r := fresh()
		got := m.need(r, "nobody", 2, func(*person) bool { return false })
		if m.err == nil || !strings.Contains(m.err.Error(), "cast nobody: 0 accounts fit, expected 2") || len(got) != 2 {
			t.Errorf("need gives %d accounts and %v", len(got), m.err)
		}
	})
	t.Run("recruiter", func(t *testing.T) {
		m, r := fresh()
		for _, p := range m.people {
			p.cast = p.AgeBand == band16
		}
		m.recruiter(r)
		if m.err == nil || !strings.Contains(m.err.Error(), "cast recruiter: 0 accounts") {
			t.Errorf("a recruiter without children gives %v", m.err)
		}
	})
	t.Run("encode", func(t *testing.T) {
		m, _ := fresh()
		m.emit(m.open, fromChat, "x", make(chan int))
		if put != 0 || m.err == nil || !strings.Contains(m.err.Error(), "encode x") {
			t.Errorf("an unencodable event gives %d events and %v", put, m.err)
		}
	})
	t.Run("the first failure stays", func(t *testing.T) {
		m, _ := fresh()
		m.fail("one")
		m.fail("two")
		if got := fmt.Sprint(m.err); got != "platform: one" {
			t.Errorf("err = %s, want the first", got)
		}
	})
}

// Every language has every kind of sentence, in its own script, without repeats and without links but the spammer's.
func TestSentences(t *testing.T) {
	script := map[string]*unicode.RangeTable{"en": unicode.Latin, "fr": unicode.Latin, "es": unicode.Latin, "ar": unicode.Arabic}
	words := allPhrases()
	if len(words) != len(script) {
		t.Fatalf("%d languages, want %d", len(words), len(script))
	}
	for lang, table := range script {
		t.Run(lang, func(t *testing.T) {
			v := reflect.ValueOf(words[lang])
			for i := range v.NumField() {
				name, lines := v.Type().Field(i).Name, []string{v.Field(i).String()}
				if list := v.Field(i); list.Kind() == reflect.Slice {
					lines = nil
					for j := range list.Len() {
						lines = append(lines, list.Index(j).String())
					}
				}
				if len(lines) == 0 || lines[0] == "" {
					t.Errorf("%s is empty", name)
				}
				known := map[string]bool{}
				for j, line := range lines {
					inScript := strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(table, r) })
					if known[line] || !utf8.ValidString(line) || !inScript || strings.TrimSpace(line) != line {
						t.Errorf("%s %d is repeated, malformed or in another script: %q", name, j, line)
					}
					if strings.Contains(line, "://") && name != "spam" {
						t.Errorf("%s %d has a link: %q", name, j, line)
					}
					if filled := slices.Contains([]string{"handle", "furniture", "flat", "honestWork", "homeMade"}, name); filled != strings.Contains(line, "%") {
						t.Errorf("%s %d: whether there is a place to fill in: %q", name, j, line)
					}
					known[line] = true
				}
			}
		})
	}
}

func TestRegionWeights(t *testing.T) {
	sum := 0
	for _, g := range regions() {
		sum += g.weight
	}
	if sum != 100 {
		t.Errorf("weights sum to %d, want 100", sum)
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		w, err := Generate(Config{Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(w.Events)), "events")
	}
}
