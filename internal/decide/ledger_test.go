package decide_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"haris/internal/decide"
	"haris/internal/taxonomy"
)

func fusion(total float64, p taxonomy.Priority) *decide.Fusion {
	return &decide.Fusion{Total: total, Priority: p}
}

func TestLine(t *testing.T) {
	var l decide.Ledger
	// Ten days: each day one hard fact, two matters of 4.0, five of 2.5 and twenty of 1.6.
	for day := int64(100); day < 110; day++ {
		for sum, n := range map[float64]int{4: 2, 2.5: 5, 1.6: 20} {
			for range n {
				l.Note(day, -1, fusion(sum, taxonomy.P2))
			}
		}
		l.Note(day, -1, fusion(1.5, taxonomy.P1))
	}
	for _, tt := range []struct {
		budget float64
		want   float64
	}{{0.5, 8}, {1, 4.1}, {3, 2.6}, {7.9, 2.6}, {8, 1.7}, {27.9, 1.7}, {28, 1.5}, {1000, 1.5}} {
		if got, ok := l.Line(tt.budget, 110, 1.5, 8); got != tt.want || !ok {
			t.Errorf("%v a day: from %v on (%v), want %v", tt.budget, got, ok, tt.want)
		}
	}
	if got, _ := l.Line(1, 110, 1.5, 3.5); got != 3.5 {
		t.Errorf("above the bound: %v", got)
	}
	if _, ok := l.Line(3, 106, 1.5, 8); ok {
		t.Error("six days are enough")
	}
	if got, ok := l.Line(1, 200, 1.5, 8); got != 1.5 || !ok {
		t.Errorf("long after: %v, %v", got, ok)
	}
}

// A matter that grows is counted once, at its greatest sum.
func TestAGrowingMatterCountsOnce(t *testing.T) {
	var l decide.Ledger
	place := l.Note(1, -1, fusion(2, taxonomy.P3))
	place = l.Note(3, place, fusion(3.5, taxonomy.P2))
	if again := l.Note(4, place, fusion(2, taxonomy.P3)); again != place {
		t.Errorf("%d after %d", again, place)
	}
	l.Note(5, place, fusion(3.5, taxonomy.P1))
	n := 0
	for _, d := range l.Days {
		for _, c := range d.Sums {
			n += int(c)
		}
	}
	if n != 1 {
		t.Errorf("counted %d times: %+v", n, l)
	}
}

// However matters come, nothing counts below nothing, days stay bounded and in order, the line falls with the budget, and what is kept comes back.
func TestLedgerHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l decide.Ledger
		places := map[int]int{}
		for range rapid.IntRange(0, 200).Draw(t, "notes") {
			who := rapid.IntRange(0, 20).Draw(t, "who")
			before, ok := places[who]
			if !ok {
				before = -1
			}
			places[who] = l.Note(rapid.Int64Range(0, 60).Draw(t, "day"), before, fusion(rapid.Float64Range(0, 12).Draw(t, "sum"), taxonomy.P2))
		}
		if len(l.Days) > 28 {
			t.Fatalf("%d days", len(l.Days))
		}
		for i, d := range l.Days {
			if i > 0 && d.Day <= l.Days[i-1].Day {
				t.Fatal("days out of order")
			}
			for _, c := range d.Sums {
				if c < 0 {
					t.Fatal("below nothing")
				}
			}
		}
		last := 100.0
		for _, budget := range []float64{0.1, 1, 5, 100} {
			line, ok := l.Line(budget, 61, 1.5, 8)
			if ok && (line > last || line < 1.5 || line > 8) {
				t.Fatalf("%v a day: %v after %v", budget, line, last)
			}
			if ok {
				last = line
			}
		}
		b, err := json.Marshal(l)
		var again decide.Ledger
		if err != nil || json.Unmarshal(b, &again) != nil {
			t.Fatal(err)
		}
		x, okx := l.Line(2, 61, 1.5, 8)
		if y, oky := again.Line(2, 61, 1.5, 8); x != y || okx != oky {
			t.Fatal("not the same")
		}
	})
}
