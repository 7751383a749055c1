package contact_test

import (
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/taxonomy"
)

func TestSelectivityKeepsTheContract(t *testing.T) { selectivityContract().Run(t) }
func TestAcceptanceKeepsTheContract(t *testing.T)  { acceptanceContract().Run(t) }

func FuzzSelectivityDecode(f *testing.F) {
	for _, b := range selectivityContract().Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { selectivityContract().Decode(t, b) })
}

func FuzzAcceptanceDecode(f *testing.F) {
	for _, b := range acceptanceContract().Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { acceptanceContract().Decode(t, b) })
}

func FuzzPairDecode(f *testing.F) {
	f.Add((&contact.Pair{}).Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := contact.DecodePair(b)
		if err != nil {
			return
		}
		if got := string(p.Append(nil)); got != string(b) {
			t.Errorf("%x came back as %x", b, got)
		}
	})
}

func BenchmarkSelectivity(b *testing.B) {
	kinds := []detect.FactKind{detect.Approached, detect.Approached, detect.Welcomed}
	selectivityContract().Benchmark(b, func(i int) *detect.Fact {
		return fact(kinds[i%3], adult, person(i, taxonomy.AgeBand(1+i%5)), start.Add(time.Duration(i)*time.Hour), i+1)
	})
}

// BenchmarkSelectivityCrowd is the dearest fold: somebody who approaches a thousand people on each of thirty days.
func BenchmarkSelectivityCrowd(b *testing.B) {
	c, d := platform(.2), contact.Selectivity{}
	var st detect.State
	for i := range 30_000 {
		st, _, _ = d.Fold(st, fact(detect.Approached, adult, person(i, taxonomy.AgeBand(1+i%5)), start.Add(time.Duration(i/1000)*24*time.Hour), i+1), c)
	}
	f := fact(detect.Welcomed, adult, person(1, taxonomy.Age13to15), start.Add(29*24*time.Hour), 1)
	b.ReportAllocs()
	for b.Loop() {
		d.Fold(st, f, c)
	}
}

func BenchmarkAcceptance(b *testing.B) {
	kinds := []detect.FactKind{detect.Approached, detect.Welcomed, detect.Approached, detect.Refused}
	acceptanceContract().Benchmark(b, func(i int) *detect.Fact {
		return fact(kinds[i%4], adult, person(i/2, taxonomy.Age13to15), start.Add(time.Duration(i)*time.Hour), i+1)
	})
}

func BenchmarkPair(b *testing.B) {
	var out []detect.Fact
	steps := []step{ask("a", "c", 0), say("c", "a", 1), say("a", "c", 2), say("c", "a", 3)}
	touches := make([]contact.Touch, len(steps))
	for i, s := range steps {
		touches[i] = s.touch(cast())
	}
	var p contact.Pair
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%4 == 0 {
			p = contact.Pair{}
		}
		out = p.Fold(touches[i%4], out[:0])
	}
	b.ReportMetric(contact.PairBytes, "state-bytes")
}
