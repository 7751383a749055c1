package state_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/state"
)

func counter(n int) detect.CohortKey {
	return detect.CohortKey{What: uint8(1 + n%3), A: uint16(n % 2), B: uint16(n), C: uint64(n) << 40}
}

type added struct {
	Key         int
	Hits, Total uint32
}

func drawn(t *rapid.T) []added {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) added {
		return added{rapid.IntRange(0, 8).Draw(t, "key"), rapid.Uint32Range(0, 9).Draw(t, "hits"), rapid.Uint32Range(0, 9).Draw(t, "total")}
	}), 0, 60).Draw(t, "added")
}

// How many workers counted, and in which order they are merged, changes nothing; nor does what is counted show before the merge.
func TestMergeCommutes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := drawn(rt)
		one, many := state.NewCohort(), state.NewCohort()
		alone := one.Delta()
		deltas := make([]*state.Delta, rapid.IntRange(1, 5).Draw(rt, "workers"))
		for i := range deltas {
			deltas[i] = many.Delta()
		}
		for _, a := range list {
			alone.Add(counter(a.Key), a.Hits, a.Total)
			d := deltas[rapid.IntRange(0, len(deltas)-1).Draw(rt, "worker")]
			d.Add(counter(a.Key), a.Hits, a.Total)
			if hits, total := d.Count(counter(a.Key)); hits != 0 || total != 0 {
				rt.Fatal("what was added shows before the merge")
			}
		}
		one.Merge(alone)
		for _, d := range rapid.Permutation(deltas).Draw(rt, "order") {
			many.Merge(d)
		}
		many.Merge(deltas[0]) // a merged delta is empty
		if diff := cmp.Diff(one.Row(), many.Row()); diff != "" {
			rt.Error(diff)
		}
	})
}

// Counters and what waits to be merged come back from their rows.
func TestCohortComesBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := state.NewCohort()
		d := c.Delta()
		for _, a := range drawn(rt) {
			d.Add(counter(a.Key), a.Hits, a.Total)
		}
		c.Merge(d)
		c.Fade(20_000)
		c.Fade(20_000 + rapid.Int64Range(0, 60).Draw(rt, "days"))
		again := state.NewCohort()
		if err := again.Load(c.Row()); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(c.Row(), again.Row()); diff != "" || again.Len() != c.Len() {
			rt.Error(diff)
		}
		two := []*state.Delta{c.Delta(), c.Delta()}
		for i, a := range drawn(rt) {
			two[i%2].Add(counter(a.Key), a.Hits, a.Total)
		}
		waiting := again.Delta()
		if err := waiting.Load(state.Pending(two)); err != nil {
			rt.Fatal(err)
		}
		c.Merge(two[0])
		c.Merge(two[1])
		again.Merge(waiting)
		if diff := cmp.Diff(c.Row(), again.Row()); diff != "" {
			rt.Errorf("what waited: %s", diff)
		}
	})
}

func TestFade(t *testing.T) {
	tests := []struct {
		name string
		days []int64
		want float64
	}{
		{"the first day is where it begins", []int64{20_000}, 64},
		{"less than two weeks", []int64{20_000, 20_013}, 64},
		{"two weeks", []int64{20_000, 20_014}, 32},
		{"day by day", []int64{20_000, 20_007, 20_014, 20_020, 20_028}, 16},
		{"at once", []int64{20_000, 20_028}, 16},
		{"never backwards", []int64{20_000, 20_028, 20_000, 20_028}, 16},
		{"until it has vanished", []int64{20_000, 20_000 + 14*20}, 0},
		{"a far day", []int64{20_000, 1 << 40}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := state.NewCohort()
			d := c.Delta()
			d.Add(counter(1), 32, 64)
			c.Merge(d)
			for _, day := range tt.days {
				c.Fade(day)
			}
			if hits, total := c.Delta().Count(counter(1)); total != tt.want || hits != tt.want/2 {
				t.Errorf("%v of %v, want of %v", hits, total, tt.want)
			}
			if tt.want == 0 && c.Len() != 0 {
				t.Errorf("%d counters are left", c.Len())
			}
		})
	}
	t.Run("an empty cohort keeps its days", func(t *testing.T) {
		c := state.NewCohort()
		c.Fade(20_000)
		c.Fade(20_100)
		d := c.Delta()
		d.Add(counter(1), 0, 64)
		c.Merge(d)
		c.Fade(20_114)
		if _, total := c.Delta().Count(counter(1)); total != 32 {
			t.Errorf("%v, want 32", total)
		}
	})
}

func TestCohortLoadRefuses(t *testing.T) {
	c := state.NewCohort()
	d := c.Delta()
	d.Add(counter(1), 1, 2)
	pending := state.Pending([]*state.Delta{d})
	c.Merge(d)
	row := c.Row()
	number := func(v float64) []byte {
		b := append([]byte(nil), row.Body...)
		bits := math.Float64bits(v)
		for i := range 8 {
			b[len(b)-8+i] = byte(bits >> (8 * i))
		}
		return b
	}
	for name, body := range map[string][]byte{
		"nothing": nil, "cut off": row.Body[:len(row.Body)-1], "too long": append(append([]byte(nil), row.Body...), 0),
		"no number": number(math.NaN()), "infinitely many": number(math.Inf(1)), "fewer than none": number(-1),
	} {
		t.Run(name, func(t *testing.T) {
			if err := state.NewCohort().Load(state.Row{Part: state.CohortPart, Body: body}); !errors.Is(err, detect.ErrState) {
				t.Errorf("%v", err)
			}
		})
	}
	for name, body := range map[string][]byte{
		"pending: nothing": nil, "pending: another version": append([]byte{2}, pending.Body[1:]...), "pending: cut off": pending.Body[:len(pending.Body)-1],
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.Delta().Load(state.Row{Part: state.PendingPart, Body: body}); !errors.Is(err, detect.ErrState) {
				t.Errorf("%v", err)
			}
		})
	}
}

func FuzzCohortLoad(f *testing.F) {
	c := state.NewCohort()
	d := c.Delta()
	d.Add(counter(1), 1, 2)
	f.Add(state.Pending([]*state.Delta{d}).Body)
	c.Merge(d)
	f.Add(c.Row().Body)
	f.Fuzz(func(t *testing.T, b []byte) {
		c := state.NewCohort()
		if c.Load(state.Row{Body: b}) == nil {
			again := state.NewCohort()
			if err := again.Load(c.Row()); err != nil {
				t.Errorf("what was read cannot be read again: %v", err)
			}
		}
		if d := c.Delta(); d.Load(state.Row{Body: b}) == nil {
			if err := c.Delta().Load(state.Pending([]*state.Delta{d})); err != nil {
				t.Errorf("what was read cannot be read again: %v", err)
			}
		}
	})
}
