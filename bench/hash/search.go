package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"haris/hamming"
)

type plan struct{ n, radius, queries int }

// peer is what Hasher-Matcher-Actioner's default index (FAISS IndexBinaryMultiHash, 16 × 16 bits, one flip) takes at 10 million
// hashes and radius 31, as measured by this project on one core of an AMD EPYC of 2.6 GHz; facebook/ThreatExchange issue 1497 says 27 ms.
const (
	peerQuery = 26 * time.Millisecond
	peerBytes = 277
	peerBuild = 32500 * time.Millisecond
)

// hashes are random, and ids their places.
func (p plan) hashes() ([][4]uint64, []uint64) {
	rnd := rand.New(rand.NewPCG(uint64(p.n), 7))
	h, ids := make([][4]uint64, p.n), make([]uint64, p.n)
	for i := range h {
		h[i], ids[i] = [4]uint64{rnd.Uint64(), rnd.Uint64(), rnd.Uint64(), rnd.Uint64()}, uint64(i)
	}
	return h, ids
}

// query is a hash to search for, and the identifier that must be found.
type query struct {
	hash  [4]uint64
	found bool
	id    uint64
}

// ask makes queries: half are hashes that are there with up to radius bits changed, half are not there.
func (p plan) ask(hashes [][4]uint64) []query {
	rnd := rand.New(rand.NewPCG(3, 3))
	out := make([]query, p.queries)
	for i := range out {
		if i%2 == 1 {
			out[i].hash = [4]uint64{rnd.Uint64(), rnd.Uint64(), rnd.Uint64(), rnd.Uint64()}
			continue
		}
		at := rnd.IntN(len(hashes))
		h := hashes[at]
		for _, k := range rnd.Perm(256)[:rnd.IntN(p.radius+1)] {
			h[k/64] ^= 1 << (k % 64)
		}
		out[i] = query{h, true, uint64(at)}
	}
	return out
}

// search asks every query so many times, checks the answers and gives for each the least time.
func (p plan) search(s *hamming.Segment, all []query, rounds int) (times []time.Duration, err error) {
	times = make([]time.Duration, len(all))
	var dst []hamming.Match
	for round := range rounds {
		for i, q := range all {
			began := time.Now()
			dst = s.Search(dst[:0], q.hash, p.radius)
			took := time.Since(began)
			if round == 0 || took < times[i] {
				times[i] = took
			}
			if q.found != slices.ContainsFunc(dst, func(m hamming.Match) bool { return m.ID == q.id && q.found }) {
				return nil, fmt.Errorf("query %d: what was planted is not found", i)
			}
		}
	}
	slices.Sort(times)
	return times, nil
}

// scan asks a few queries of all hashes, and compares with the search.
func (p plan) scan(s *hamming.Segment, all []query) (time.Duration, error) {
	best := time.Duration(1<<63 - 1)
	for i, q := range all[:min(20, len(all))] {
		began := time.Now()
		want := s.Scan(nil, q.hash, p.radius)
		best = min(best, time.Since(began))
		if !slices.Equal(want, s.Search(nil, q.hash, p.radius)) {
			return 0, fmt.Errorf("query %d: search and scan differ", i)
		}
	}
	return best, nil
}

func (p plan) print(what string, times []time.Duration) {
	fmt.Printf("  %-28s p50 %s, p99 %s (%d queries)\n", what, ms(times[len(times)/2]), ms(times[len(times)*99/100]), len(times))
}

func inMemory(p plan) error {
	hashes, ids := p.hashes()
	began, busy := time.Now(), used()
	s, err := hamming.Build(hashes, ids, 0)
	if err != nil {
		return err
	}
	took, queries := time.Since(began), p.ask(hashes)
	if busy = used() - busy; busy == 0 {
		busy = took // not known on this system
	}
	runtime.GC() // of the hashes, which the segment has copies of
	fmt.Printf("\n%d random hashes in memory, radius %d, one core\n", p.n, p.radius)
	fmt.Printf("  %-28s %.1f s, %.1f s of a processor, %.1f bytes a hash\n", "built in", took.Seconds(), busy.Seconds(), float64(s.Size())/float64(p.n))
	times, err := p.search(s, queries, 5)
	if err != nil {
		return err
	}
	p.print("search", times)
	scan, err := p.scan(s, queries)
	if err != nil {
		return err
	}
	p50 := times[len(times)/2]
	fmt.Printf("  %-28s %s: the search is %.0f times as fast\n", "scan of all, the plain way", ms(scan), float64(scan)/float64(p50))
	if p.n == 10_000_000 && p.radius == 31 {
		fmt.Printf("  %-28s %s, %d bytes, %.1f s: %.0f times as fast, %.1f times less memory, built in %.1f times less time\n", "default of HMA, not run", ms(peerQuery), peerBytes,
			peerBuild.Seconds(), float64(peerQuery)/float64(p50), peerBytes/(float64(s.Size())/float64(p.n)), peerBuild.Seconds()/busy.Seconds())
	}
	runtime.KeepAlive(s)
	return nil
}

// inFile writes an index, maps it, and searches while none of it is in memory and when all of it is.
func inFile(p plan, dir string) (err error) {
	dir, err = os.MkdirTemp(dir, "haris-hash-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "index")
	busy := used()
	queries, took, err := p.write(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	fmt.Printf("\n%d random hashes in a file, radius %d, one core\n", p.n, p.radius)
	busy = used() - busy
	fmt.Printf("  %-28s %.0f s, %.0f s of a processor, %.1f bytes a hash, %.1f GB\n", "built and written in", took.Seconds(), busy.Seconds(), float64(info.Size())/float64(p.n), float64(info.Size())/1e9)
	began := time.Now()
	s, err := hamming.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	fmt.Printf("  %-28s %.0f s (every byte is read and checked)\n", "opened in", time.Since(began).Seconds())
	if err := forget(path); err != nil {
		return err
	}
	fmt.Printf("  %-28s %s\n", "resident after that", resident())
	few := queries[:min(20, len(queries))]
	for _, name := range []string{"search, all on the disk", "the same again"} {
		times, err := p.search(s, few, 1)
		if err != nil {
			return err
		}
		p.print(name, times)
		fmt.Printf("  %-28s %s\n", "resident after that", resident())
	}
	if err := cached(path); err != nil {
		return err
	}
	times, err := p.search(s, queries, 4)
	if err != nil {
		return err
	}
	p.print("search, file in the cache", times)
	scan, err := p.scan(s, queries[:min(4, len(queries))])
	if err != nil {
		return err
	}
	fmt.Printf("  %-28s %s: the search is %.0f times as fast\n", "scan of all, the plain way", ms(scan), float64(scan)/float64(times[len(times)/2]))
	return nil
}

// cached reads a file, so that the system has it in its cache if there is room.
func cached(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, f)
	return errors.Join(err, f.Close())
}

// write builds the file.
func (p plan) write(path string) ([]query, time.Duration, error) {
	hashes, ids := p.hashes()
	queries := p.ask(hashes)
	began := time.Now()
	if err := hamming.Write(path, hashes, ids, 0); err != nil {
		return nil, 0, err
	}
	return queries, time.Since(began), nil
}
