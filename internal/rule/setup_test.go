package rule

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// load loads one pack, which must be good.
func load(t testing.TB, src string) *Set {
	t.Helper()
	s, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(src)}}, Options{})
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return s
}

// problems loads one pack, which must be bad, and returns what was said about it.
func problems(t testing.TB, src string, o Options) []Problem {
	t.Helper()
	_, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(src)}}, o)
	var p *Problems
	if !errors.As(err, &p) {
		t.Fatalf("want *Problems, got %v", err)
	}
	return p.List
}

// one writes a pack of one rule on payments in shadow mode.
func one(when string) string { return rules("payment.sent", when) }

// rules writes a pack with one rule for each condition, on one type of event.
func rules(on string, when ...string) string {
	var b strings.Builder
	b.WriteString("name: p\nversion: 1\ncounters:\n  - {name: paid, on: payment.sent, count: events, over: 30d, group: from.account}\nrules:\n")
	for i, w := range when {
		b.WriteString("  - id: r" + string(rune('a'+i%26)) + strings.Repeat("x", i/26) + "\n    title: t\n    mode: shadow\n    on: [" + on + "]\n    why: w\n    effects: {labels: [x]}\n    tests: []\n")
		b.WriteString("    when: |\n      " + w + "\n")
	}
	return b.String()
}

func day(n float64) time.Time {
	return time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC).Add(time.Duration(n * float64(24*time.Hour)))
}

// payment is a payment from a to b.
func payment(at time.Time) *event.Event {
	e := &event.Event{Type: event.PaymentSent, ID: "1", Source: "/pay", Time: at, Seq: 7}
	e.Data.From, e.Data.To = "a", []string{"b"}
	e.Data.Set(event.HasFrom | event.HasTo)
	return e
}

func account(id string, b taxonomy.AgeBand) *detect.Profile {
	return &detect.Profile{ID: id, Band: b, Known: true}
}

// fires says how the only rule of a set judges an input: yes, no or unknown, as its hits and statistics show it.
func fires(s *Set, in *Input, values ...Value) truth {
	before := s.Stats().Rules[0].Unknown
	if len(s.Eval(in, values)) > 0 {
		return yes
	}
	if s.Stats().Rules[0].Unknown > before {
		return unknown
	}
	return no
}
