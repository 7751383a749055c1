package contact_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/contact"
)

func TestTogetherContract(t *testing.T) { togetherContract().Run(t) }

func FuzzTogetherDecode(f *testing.F) {
	c := togetherContract()
	for _, b := range c.Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { c.Decode(t, b) })
}

func FuzzCircleDecode(f *testing.F) {
	f.Add(contact.Circle{}.Add("a", 1e12).Add("b", 1e12).Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := contact.DecodeCircle(b)
		if err != nil {
			return
		}
		if string(c.Append(nil)) != string(b) {
			t.Error("came back otherwise")
		}
		if n := c.Shared(c); n > c.Len() {
			t.Errorf("%d of %d shared with itself", n, c.Len())
		}
		c.Add("x", 1e12)
	})
}

func TestTogether(t *testing.T) {
	tests := []struct {
		name     string
		circle   detect.Circle
		times    int // comparisons with nobody in particular before
		low, top float64
	}{
		{"two in common", detect.Circle{Mine: 10, Theirs: 10, Shared: 2, All: 100_000}, 0, 0, 0},
		{"as many as by chance", detect.Circle{Mine: 30, Theirs: 30, Shared: 9, All: 100}, 0, 0, 0},
		{"five of ten in a large place", detect.Circle{Mine: 10, Theirs: 10, Shared: 5, All: 5000}, 0, 2, 2},
		{"just beyond the bound", detect.Circle{Mine: 20, Theirs: 20, Shared: 4, All: 5000}, 0, 2, 2},
		{"and compared three hundred times", detect.Circle{Mine: 20, Theirs: 20, Shared: 4, All: 2900}, 300, 1, 1.99},
		{"more in common than there are", detect.Circle{Mine: 3, Theirs: 9, Shared: 4, All: 5000}, 0, 0, 0},
		{"a place that is not counted yet", detect.Circle{Mine: 4, Theirs: 4, Shared: 4, All: 0}, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var st detect.State
			var sig detect.Signal
			fold := func(c detect.Circle, n int) bool {
				f := fact(detect.Shared, adult, person(n, 0), start, n+1)
				f.Circle = c
				next, said, ok := contact.Together{}.Fold(st, f, platform(.2))
				if st = next; ok {
					sig = said
				}
				return ok
			}
			for i := range tt.times {
				fold(detect.Circle{Mine: 30, Theirs: 30, Shared: 9, All: 100}, i)
			}
			if ok := fold(tt.circle, 500); ok != (tt.top > 0) || sig.Strength < tt.low || sig.Strength > tt.top {
				t.Errorf("%.2f, want %.1f to %.1f", sig.Strength, tt.low, tt.top)
			}
			if tt.top > 0 && (len(sig.Others) != 1 || sig.Others[0] != "p500") {
				t.Errorf("names %v", sig.Others)
			}
		})
	}
}

// Small circles are compared exactly, in whatever order they were filled; a repeat adds nothing.
func TestCirclesAreExactWhileSmall(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		names := rapid.SliceOfN(rapid.IntRange(0, 60), 0, 60)
		fill := func(list []int) (c contact.Circle, set map[int]bool) {
			set = map[int]bool{}
			for _, n := range list {
				c, set[n] = c.Add(fmt.Sprint("child", n), start.UnixMilli()), true
			}
			return c, set
		}
		one := names.Draw(rt, "one")
		a, in := fill(one)
		turned, _ := fill(rapid.Permutation(one).Draw(rt, "turned"))
		b, other := fill(names.Draw(rt, "other"))
		want := 0
		for n := range in {
			if other[n] {
				want++
			}
		}
		if a.Len() != len(in) || a.Shared(b) != want || b.Shared(a) != want || string(a.Append(nil)) != string(turned.Append(nil)) {
			rt.Errorf("%d of %d and %d, want %d", a.Shared(b), a.Len(), b.Len(), want)
		}
	})
}

func TestLargeCirclesAreEstimated(t *testing.T) {
	var a, b contact.Circle
	for i := range 600 {
		a = a.Add(fmt.Sprint("a", i), 0)
		b = b.Add(fmt.Sprint("b", i), 0)
	}
	if got := a.Shared(b); got != 0 {
		t.Errorf("%d shared where there are none", got)
	}
	for i := range 400 {
		a, b = a.Add(fmt.Sprint("both", i), 0), b.Add(fmt.Sprint("both", i), 0)
	}
	// J = 400/1600; a sample of 64 has a standard deviation of 0.054, so 400 ± 4·70.
	if got := a.Shared(b); math.Abs(float64(got)-400) > 280 {
		t.Errorf("%d shared, want about 400", got)
	}
	if n := len(a.Append(nil)); n > 8+64*4 {
		t.Errorf("%d bytes", n)
	}
}

func BenchmarkTogether(b *testing.B) {
	togetherContract().Benchmark(b, func(i int) *detect.Fact {
		f := fact(detect.Shared, adult, person(i, 0), start, i+1)
		f.Circle = detect.Circle{Mine: 20, Theirs: 20, Shared: 4, All: 5000}
		return f
	})
}
