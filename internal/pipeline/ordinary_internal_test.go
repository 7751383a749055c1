package pipeline

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// accused is knowledge in which a detector follows a thousand adults.
func accused() (*Knowledge, func(i int) (decided bool)) {
	k, at := NewKnowledge(1, []byte(strings.Repeat("s", 32))), time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	profile := func(i int) *detect.Profile {
		return &detect.Profile{ID: fmt.Sprintf("u%d", i), Band: taxonomy.Age25up, Known: true}
	}
	for i := range 1000 {
		follow(int(k.place["D1"]), &detect.Fact{Account: profile(i), At: at.UnixMilli()}, k.pending[0])
	}
	return k, func(i int) bool {
		k.cohort.Merge(k.pending[0]) // as between steps
		var out Effects
		sig := detect.Signal{Detector: "D1", Family: taxonomy.FamilyContact, Typology: taxonomy.TypologyGrooming, Subject: profile(i).ID, Strength: 3, At: at}
		k.judge(&out, nil, finding{key: detect.AccountKey(sig.Subject), who: profile(i), sig: &sig})
		return len(out.Decisions) > 0
	}
}

// A detector that speaks of one adult in ten as if of one in a thousand is believed at first, and less when the platform has shown it.
func TestTheFoldBelievesThePlatform(t *testing.T) {
	k, say := accused()
	for i := range 100 {
		if decided := say(i); i < 5 && !decided {
			t.Errorf("account %d of 1000 comes before nobody", i+1)
		}
	}
	if say(100) {
		t.Error("one in ten still comes before a person with a strength of 3")
	}
	say(99)                      // the same account again counts once
	k.cohort.Merge(k.pending[0]) // as between steps
	who := &detect.Profile{Band: taxonomy.Age25up}
	if o := k.ordinary(who)(&detect.Signal{Detector: "D1", Strength: 3}); o.Of != 1000 || o.Hits != 100 {
		t.Errorf("%+v, want 100 others of 1000", o)
	}
	if o := k.ordinary(&detect.Profile{Band: taxonomy.Age18to24})(&detect.Signal{Detector: "D1", Strength: 3}); o.Of != 0 {
		t.Errorf("another age band is counted in: %+v", o)
	}
}

// What a budget has drawn, and what it was drawn from, comes back from a checkpoint.
func TestABudgetSurvivesACheckpoint(t *testing.T) {
	k, p := NewKnowledge(1, []byte(strings.Repeat("s", 32))), decide.Default()
	for day := range int64(10) {
		for range 5 {
			k.ledger.Note(day, -1, &decide.Fusion{Total: 4.2, Priority: taxonomy.P2})
		}
	}
	k.day, p.Budget = 10, 2
	k.SetPolicy(p)
	if line, ok := k.Line(); !ok || line <= 4.2 {
		t.Fatalf("drawn at %v, %v", line, ok)
	}
	body, err := json.Marshal(k.meta())
	if err != nil {
		t.Fatal(err)
	}
	again := NewKnowledge(1, []byte(strings.Repeat("s", 32)))
	if err := again.readMeta(body, nil); err != nil {
		t.Fatal(err)
	}
	again.day = 0 // were the line drawn anew it would be another
	again.SetPolicy(p)
	was, _ := k.Line()
	if line, ok := again.Line(); line != was || !ok || len(again.ledger.Days) != 10 {
		t.Errorf("%v, %v, %d days; want %v", line, ok, len(again.ledger.Days), was)
	}
}
