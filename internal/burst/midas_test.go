package burst_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"haris/internal/burst"
)

func stream(t testing.TB, c burst.Config) *burst.Stream {
	s, err := burst.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestByHand works the formulas out on one edge: one a tick for four ticks, then three in the fifth.
func TestByHand(t *testing.T) {
	for _, tt := range []struct {
		name string
		kind burst.Kind
		want float64
	}{
		// a = 3, s = 7, t = 5: (15 − 7)² / (7·4)
		{"plain", burst.Plain, 64. / 28},
		// before the fifth tick current = ((1·½+1)·½+1)·½+1 = 1.875; a = .9375 + 3 = 3.9375: (19.6875 − 7)² / 28
		{"relational", burst.Relational, math.Pow(19.6875-7, 2) / 28},
		// the totals of the ticks take the decayed counts: 1 + 1.5 + 1.75 + 1.875 = 6.125; a = 3.9375: (a + s − 5a)² / (4s)
		{"filtering", burst.Filtering, math.Pow(3.9375+6.125-5*3.9375, 2) / (4 * 6.125)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := stream(t, burst.Config{Kind: tt.kind})
			for tick := int64(1); tick <= 4; tick++ {
				s.Add(1, 2, tick)
			}
			s.Add(1, 2, 5)
			s.Add(1, 2, 5)
			if got := s.Add(1, 2, 5); math.Abs(got-tt.want) > 1e-4 {
				t.Errorf("%g, want %g", got, tt.want)
			}
		})
	}
}

// TestFilteringKeepsWhatIsOrdinary: after ten sudden ticks, the next is as sudden as the first, where MIDAS-R has grown used to it.
func TestFilteringKeepsWhatIsOrdinary(t *testing.T) {
	first, second := map[burst.Kind]float64{}, map[burst.Kind]float64{}
	for _, k := range []burst.Kind{burst.Relational, burst.Filtering} {
		s := stream(t, burst.Config{Kind: k})
		for tick := int64(1); tick <= 300; tick++ {
			n := 1
			if tick >= 200 && tick < 210 || tick == 260 {
				n = 200
			}
			for range n {
				score := s.Add(7, 9, tick)
				switch tick {
				case 200:
					first[k] = score
				case 260:
					second[k] = score
				}
			}
		}
	}
	if second[burst.Relational] > first[burst.Relational]*.4 || second[burst.Filtering] < first[burst.Filtering]*.85 {
		t.Errorf("first %v, second %v", first, second)
	}
}

func TestNodesCount(t *testing.T) {
	plain, rel := stream(t, burst.Config{Kind: burst.Plain}), stream(t, burst.Config{Kind: burst.Relational})
	for tick := int64(1); tick <= 50; tick++ {
		plain.Add(uint64(tick), 1, tick)
		rel.Add(uint64(tick), 1, tick)
	}
	var p, r float64
	for n := range uint64(40) { // forty strangers at once, each edge new
		p, r = plain.Add(1000+n, 1, 51), rel.Add(1000+n, 1, 51)
	}
	if r < 10*p {
		t.Errorf("edge alone %g, with its ends %g", p, r)
	}
}

func TestConfigErrors(t *testing.T) {
	for _, c := range []burst.Config{
		{},
		{Kind: 9},
		{Kind: burst.Plain, Rows: -1},
		{Kind: burst.Plain, Rows: 9},
		{Kind: burst.Plain, Columns: 1 << 25},
		{Kind: burst.Plain, Decay: 1},
		{Kind: burst.Plain, Decay: math.NaN()},
		{Kind: burst.Filtering, Threshold: -1},
	} {
		if _, err := burst.New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

// Whatever comes, in whatever order of ticks: scores are finite and not negative, the same stream gives the same scores, and the
// memory is constant.
func TestAnyStream(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := burst.Config{Kind: rapid.SampledFrom([]burst.Kind{burst.Plain, burst.Relational, burst.Filtering}).Draw(rt, "kind"), Rows: rapid.IntRange(1, 8).Draw(rt, "rows"), Columns: rapid.IntRange(1, 40).Draw(rt, "columns")}
		a, b := stream(t, c), stream(t, c)
		bytes := a.Bytes()
		for range rapid.IntRange(0, 200).Draw(rt, "edges") {
			from, to, tick := rapid.Uint64().Draw(rt, "from"), rapid.Uint64Range(0, 5).Draw(rt, "to"), rapid.Int64Range(-3, 1<<40).Draw(rt, "tick")
			x, y := a.Add(from, to, tick), b.Add(from, to, tick)
			if x != y || x < 0 || math.IsNaN(x) || math.IsInf(x, 0) {
				rt.Fatalf("%g and %g", x, y)
			}
		}
		if a.Bytes() != bytes {
			rt.Error("memory grew")
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	for name, k := range map[string]burst.Kind{"plain": burst.Plain, "relational": burst.Relational, "filtering": burst.Filtering} {
		b.Run(name, func(b *testing.B) {
			s := stream(b, burst.Config{Kind: k})
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.Add(uint64(i%997), uint64(i%89), int64(i/100))
			}
		})
	}
}
