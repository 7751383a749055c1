package rule

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// peerNanos are the times that peers took for one event with so many four-condition rules, on one core of the machine on which
// they were measured: Osprey's engine and Coop's evaluator alone, without their services. Only the ratio means anything.
func peerNanos(rules int) (osprey, coop float64) {
	switch rules {
	case 1:
		return 0.52e6, 0.059e6
	case 100:
		return 7.2e6, 0.92e6
	case 500:
		return 48e6, 5.35e6
	}
	return 0, 0
}

// benchPack writes n rules of four conditions each. shared of them have the same first three conditions. Every condition of
// every rule is true but the last, so that none is skipped: the worst case.
func benchPack(n, shared int) string {
	var b strings.Builder
	b.WriteString("name: bench\nversion: 1\ncounters:\n  - {name: paid, on: payment.sent, count: events, over: 30d, group: from.account}\nrules:\n")
	for i := range n {
		k := i
		if i < shared {
			k = 0
		}
		fmt.Fprintf(&b, "  - id: r%d\n    title: t\n    mode: shadow\n    on: payment.sent\n    why: w\n    effects: {labels: [x]}\n    tests: []\n", i)
		fmt.Fprintf(&b, "    when: from.age_days > %d.5 && event.amount < 1%06d.5 && from.region != \"XX-%d\" && counter.paid > %d.25\n", k, k, k, 100+i)
	}
	return b.String()
}

func benchInput() *Input {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	e := &event.Event{Type: event.PaymentSent, ID: "1", Source: "/pay", Time: at}
	e.Data.From, e.Data.To, e.Data.Amount = "a", []string{"b"}, 25
	e.Data.Set(event.HasFrom | event.HasTo | event.HasAmount)
	return &Input{
		Event: e, Now: at,
		From: &detect.Profile{ID: "a", Band: taxonomy.Age25up, Region: "US-CA", Known: true, CreatedAt: at.AddDate(-3, 0, 0)},
		To:   &detect.Profile{ID: "b", Band: taxonomy.Age13to15, Known: true},
	}
}

func BenchmarkEval(b *testing.B) {
	for _, n := range []int{1, 10, 100, 500} {
		for _, half := range []bool{false, true} {
			name, shared := fmt.Sprintf("rules=%d/distinct", n), 0
			if half {
				name, shared = fmt.Sprintf("rules=%d/half_shared", n), n/2
			}
			b.Run(name, func(b *testing.B) {
				s, err := Load(fstest.MapFS{"b.yaml": {Data: []byte(benchPack(n, shared))}}, Options{})
				if err != nil {
					b.Fatal(err)
				}
				in, values := benchInput(), []Value{Known(3)}
				if hits := s.Eval(in, values); len(hits) != 0 {
					b.Fatalf("%d hits in a benchmark of misses", len(hits))
				}
				b.ReportAllocs()
				for b.Loop() {
					s.Eval(in, values)
				}
				ns := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
				b.ReportMetric(ns/float64(n), "ns/rule")
				if osprey, coop := peerNanos(n); osprey > 0 {
					b.ReportMetric(osprey/ns, "x-osprey")
					b.ReportMetric(coop/ns, "x-coop")
				}
			})
		}
	}
}
