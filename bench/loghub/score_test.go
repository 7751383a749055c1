package main

import (
	"math"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		name            string
		truth           string
		found           []int
		accuracy, pairs float64
	}{
		{"all right", "aabb", []int{1, 1, 2, 2}, 1, 1},
		{"one group cut", "aabb", []int{1, 1, 2, 3}, .5, 2. / 3},
		{"two mixed", "aabb", []int{1, 1, 1, 1}, 0, 2 * 2. / (2 + 6)},
		{"nothing", "", nil, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := compare(strings.Split(tt.truth, "")[:len(tt.found)], tt.found)
			if math.Abs(f.accuracy-tt.accuracy) > 1e-12 || math.Abs(f.pairs-tt.pairs) > 1e-12 {
				t.Errorf("%+v, want %g and %g", f, tt.accuracy, tt.pairs)
			}
		})
	}
}

func TestGroup(t *testing.T) {
	of := group([]string{"opened 1", "closed 1", "opened 22", "opened ٣"})
	if of[0] != of[2] || of[0] != of[3] || of[0] == of[1] {
		t.Errorf("%v", of)
	}
}
