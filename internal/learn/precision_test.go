package learn_test

import (
	"math"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/learn"
	"haris/internal/taxonomy"
)

var now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// closed makes n cases of D1 that were judged so many days ago.
func closed(n, days int, status casefile.Status, strength float64) (out []casefile.Case) {
	for range n {
		c := casefile.Case{Status: status, Typology: taxonomy.TypologyGrooming, Signals: []detect.Signal{
			{Detector: "D1", Strength: strength}, {Detector: "asks-for-cards", Strength: 2}, {Detector: "D4", Unscanned: "nothing was scored"},
		}}
		if !status.IsOpen() {
			c.Disposal = &casefile.Disposition{At: now.Add(-time.Duration(days) * 24 * time.Hour)}
		}
		out = append(out, c)
	}
	return out
}

func all(lists ...[]casefile.Case) (out []casefile.Case) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// precision counts cases as of a moment.
func precision(cases []casefile.Case, at time.Time) []learn.Row {
	p := learn.NewPrecision(at)
	for i := range cases {
		p.Add(&cases[i])
	}
	return p.Rows()
}

func TestPrecision(t *testing.T) {
	rows := precision(all(closed(30, 60, casefile.Confirmed, 2), closed(10, 60, casefile.Cleared, 2), closed(18, 3, casefile.Confirmed, 2),
		closed(6, 3, casefile.Cleared, 2), closed(5, 0, casefile.Open, 2)), now)
	if len(rows) != 4 || rows[0].Name != "D1" || rows[0].Rule || rows[0].Typology != "" || rows[1].Typology != taxonomy.TypologyGrooming || !rows[2].Rule {
		t.Fatalf("%+v", rows)
	}
	r := rows[0]
	if r.Precision.Part != 48 || r.Precision.Of != 64 || r.Before.Of != 40 || r.Now.Of != 24 || r.Now.Part != 18 || r.Unsure != 5 {
		t.Errorf("%+v", r)
	}
	if math.Abs(r.Precision.Low-.632) > .001 || math.Abs(r.Precision.High-.840) > .001 { // Wilson, by hand
		t.Errorf("interval %.3f to %.3f", r.Precision.Low, r.Precision.High)
	}
	if r.P == nil || r.Fallen || r.Moved || r.Shift == nil || *r.Shift > .05 {
		t.Errorf("an alarm where nothing changed: %+v", r)
	}
}

func TestPrecisionAlarms(t *testing.T) {
	for _, tt := range []struct {
		name          string
		cases         []casefile.Case
		fallen, moved bool
		few           bool
	}{
		{"fewer are true", all(closed(30, 60, casefile.Confirmed, 2), closed(10, 60, casefile.Cleared, 2), closed(4, 3, casefile.Confirmed, 2), closed(16, 3, casefile.Cleared, 2)), true, false, false},
		{"more are true", all(closed(10, 60, casefile.Confirmed, 2), closed(30, 60, casefile.Cleared, 2), closed(20, 3, casefile.Confirmed, 2)), false, false, false},
		{"strengths move", all(closed(20, 60, casefile.Confirmed, 1), closed(20, 60, casefile.Confirmed, 3), closed(30, 3, casefile.Confirmed, 3)), false, true, false},
		{"too few to tell", all(closed(30, 60, casefile.Confirmed, 1), closed(9, 3, casefile.Cleared, 3)), false, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := precision(tt.cases, now)[0]
			if r.Fallen != tt.fallen || r.Moved != tt.moved || (r.P == nil) != tt.few {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestPrecisionOfReopened: a case that a person reopened counts by how it ended, and for nothing while it is open.
func TestPrecisionOfReopened(t *testing.T) {
	again := closed(1, 3, casefile.Confirmed, 2)
	again[0].Status = casefile.Open
	if r := precision(again, now)[0]; r.Precision.Of != 0 || r.Unsure != 1 {
		t.Errorf("%+v", r)
	}
}
