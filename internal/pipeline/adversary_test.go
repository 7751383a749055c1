package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"haris/internal/event"
	"haris/internal/pipeline"
)

// adversary is an account that makes up a new device, telephone number, advertisement and first message with every event.
type adversary struct {
	k    *pipeline.Knowledge
	next int
}

func (a *adversary) fold(n int) {
	at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	batch := make([]event.Event, 0, min(n, 512))
	for range n {
		i := a.next
		a.next++
		data := [...]string{
			`"type":"session.started","data":{"account":"z%[2]d","session":"s%[1]d","keys":[{"kind":"device","value":"d%[1]d"},{"kind":"ip","value":"i%[1]d"}]}`,
			`"type":"listing.published","data":{"account":"z%[2]d","listing":"l%[1]d","text":"item %[1]d of lot %[3]d for sale in hall %[4]d, write to +2010%[5]08d","keys":[{"kind":"phone","value":"p%[1]d"}]}`,
			`"type":"message.sent","data":{"from":"z%[2]d","to":["c"],"conversation":"x%[1]d","surface":"dm","relation":"none","text":"hello number %[1]d I saw picture %[3]d of row %[4]d there"}`,
		}[i%3]
		body := fmt.Sprintf(`{"specversion":"1.0","id":"%[1]d","source":"/x","time":"`+at.Add(time.Duration(i)*100*time.Millisecond).Format(time.RFC3339Nano)+`",`+data+`}`,
			i, i/3%4, i*7919, i*104729, i%100_000_000)
		e, problem := event.Decode(body, 1, event.Limits{Bytes: 1 << 20, Depth: 32})
		if problem != nil {
			panic(problem)
		}
		e.Seq = a.k.Next() + uint64(len(batch)) //nolint:gosec // small
		if batch = append(batch, e); len(batch) == cap(batch) {
			a.k.Fold(batch, nil, nil)
			batch = batch[:0]
		}
	}
	a.k.Fold(batch, nil, nil)
}

// weight is the keys and bytes of the state.
func (a *adversary) weight() (keys int, bytes int64) {
	for _, w := range a.k.Weigh() {
		keys, bytes = keys+w.Keys, bytes+w.Bytes
	}
	return keys, bytes
}

// TestStateOfAnAdversaryIsBounded: who makes up keys without end makes no state without end.
func TestStateOfAnAdversaryIsBounded(t *testing.T) {
	if testing.Short() { // the race run: nothing here runs at once that other tests do not
		t.Skip("long")
	}
	a := &adversary{k: pipeline.NewKnowledge(2, secret)}
	a.fold(3_000)
	keys, bytes := a.weight()
	a.fold(6_000)
	more, after := a.weight()
	if more > keys || after > bytes+bytes/10 {
		t.Errorf("%d keys and %d bytes after 3,000 events, %d and %d after 9,000", keys, bytes, more, after)
		for _, w := range a.k.Weigh() {
			t.Logf("%+v", w)
		}
	}
}

// BenchmarkAdversary says what an event of an adversary costs, and what state is there at the end: -benchtime 3000000x makes a million of each
// kind of key.
func BenchmarkAdversary(b *testing.B) {
	a := &adversary{k: pipeline.NewKnowledge(2, secret)}
	for b.Loop() {
		a.fold(1)
	}
	keys, bytes := a.weight()
	b.ReportMetric(float64(keys), "keys")
	b.ReportMetric(float64(bytes), "bytes")
}
