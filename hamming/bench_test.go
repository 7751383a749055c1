package hamming_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"haris/hamming"
)

func random(n int, seed uint64) ([][4]uint64, []uint64) {
	rnd := rand.New(rand.NewPCG(seed, 7))
	h, ids := make([][4]uint64, n), make([]uint64, n)
	for i := range h {
		h[i] = [4]uint64{rnd.Uint64(), rnd.Uint64(), rnd.Uint64(), rnd.Uint64()}
		ids[i] = uint64(i)
	}
	return h, ids
}

// flipped changes n bits of h.
func flipped(h [4]uint64, n int, rnd *rand.Rand) [4]uint64 {
	for _, k := range rnd.Perm(256)[:n] {
		h[k/64] ^= 1 << (k % 64)
	}
	return h
}

// BenchmarkSearch takes the number of hashes from HARIS_HASHES, or is of a million.
func BenchmarkSearch(b *testing.B) {
	n, _ := strconv.Atoi(os.Getenv("HARIS_HASHES"))
	if n == 0 {
		n = 1_000_000
	}
	hashes, ids := random(n, 1)
	start := time.Now()
	s, err := hamming.Build(hashes, ids, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("built %d in %v, %.1f bytes a hash", n, time.Since(start), float64(s.Size())/float64(n))
	rnd := rand.New(rand.NewPCG(3, 3))
	queries := make([][4]uint64, 4096)
	for i := range queries {
		queries[i] = flipped(hashes[rnd.IntN(n)], rnd.IntN(32), rnd)
	}
	for _, radius := range []int{0, 15, 31, 40, 48} {
		b.Run("radius="+strconv.Itoa(radius), func(b *testing.B) {
			b.ReportAllocs()
			var dst []hamming.Match
			for i := 0; b.Loop(); i++ {
				dst = s.Search(dst[:0], queries[i%len(queries)], radius)
				if radius == 31 && len(dst) != 1 {
					b.Fatalf("%d matches", len(dst))
				}
			}
		})
	}
	b.Run("scan", func(b *testing.B) {
		var dst []hamming.Match
		for i := 0; b.Loop(); i++ {
			dst = s.Scan(dst[:0], queries[i%len(queries)], 31)
		}
	})
}
