package main

import (
	"math"
	"strings"
	"testing"

	"haris/internal/burst"
)

func TestCurve(t *testing.T) {
	for _, tt := range []struct {
		name    string
		list    []scored
		auc, ap float64
	}{
		{"apart", []scored{{3, true}, {2, true}, {1, false}}, 1, 1},
		{"the wrong way round", []scored{{1, true}, {2, false}}, 0, .5},
		{"all alike", []scored{{1, true}, {1, false}, {1, true}, {1, false}}, .5, .5},
		{"by hand", []scored{{4, true}, {3, false}, {2, true}, {1, false}}, .75, (1 + 2./3) / 2},
		{"nothing to tell apart", []scored{{1, true}}, 0, 0},
	} {
		auc, ap := curve(tt.list)
		if math.Abs(auc-tt.auc) > 1e-12 || math.Abs(ap-tt.ap) > 1e-12 {
			t.Errorf("%s: %g %g, want %g %g", tt.name, auc, ap, tt.auc, tt.ap)
		}
	}
}

func TestRead(t *testing.T) {
	got, err := read(strings.NewReader("a,b,06/01/1998-07:55,-\na,c,06/01/1998-07:55,smurf\nb,a,06/02/1998-08:00,-\n"))
	if err != nil || len(got) != 3 || got[2].tick != 2 || !got[1].attack || got[0].attack || got[0].from != got[1].from {
		t.Errorf("%+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"":                "no edges",
		"a,b":             "line 1: 2 fields",
		"a,b,yesterday,-": "line 1: minute",
		"a,b,06/02/1998-07:55,-\na,b,06/01/1998-07:55,-": "line 2",
	} {
		if _, err := read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestBurstIsFound: one flood among steady edges, told apart by all but the edge that is alone.
func TestBurstIsFound(t *testing.T) {
	var edges []edge
	for tick := int64(1); tick <= 200; tick++ {
		for n := range uint64(5) {
			edges = append(edges, edge{from: n, to: n + 1, tick: tick})
		}
		if tick%10 == 0 { // of an edge that was never seen before a flood, MIDAS-F says nothing in its first tick
			edges = append(edges, edge{from: 50, to: 51, tick: tick})
		}
		for n := uint64(0); n < 300 && tick > 150 && tick < 155; n++ {
			edges = append(edges, edge{from: 50, to: 51, tick: tick, attack: true})
		}
	}
	for _, k := range []burst.Kind{burst.Plain, burst.Relational, burst.Filtering} {
		r, err := score(edges, burst.Config{Kind: k})
		if err != nil || r.auc < .95 {
			t.Errorf("kind %d: %+v, %v", k, r, err)
		}
	}
}
