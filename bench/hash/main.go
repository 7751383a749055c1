// Command hash measures PDQ with and without the decoding of files, and exact search in Hamming space, beside the plain ways in the
// same run: image/jpeg for the decoder, a scan of every hash for the index. Every search is checked: what was planted is found, and a
// part of the queries is answered by the scan as well and must give the same. The machine is taken to be shared, so times are the
// least of several rounds, and of queries the least for each of them.
//
//	go run ./bench/hash                                        # pictures; 1 and 10 million hashes in memory
//	go run ./bench/hash -file /var/tmp -file-hashes 100000000  # 100 million in a mapped file; 9 GB of disk, 12 GB of memory to build it
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func main() {
	photo := flag.String("photo", "pdq/testdata/images/bridge-mods__aaa-orig.jpg", "a photograph, which is scaled and encoded; empty: no pictures")
	hashes := flag.String("hashes", "1000000,10000000", "numbers of hashes in memory; empty: none")
	radius := flag.Int("radius", 31, "of the search")
	queries := flag.Int("queries", 2000, "for each number of hashes")
	file := flag.String("file", "", "a directory for an index in a file; empty: none")
	fileHashes := flag.Int("file-hashes", 100_000_000, "hashes in the file")
	flag.Parse()
	runtime.GOMAXPROCS(1) // figures are of one core
	if err := measure(*photo, *hashes, plan{radius: *radius, queries: *queries}, *file, *fileHashes); err != nil {
		fmt.Fprintln(os.Stderr, "hash:", err)
		os.Exit(1)
	}
}

func measure(photo, hashes string, p plan, dir string, fileHashes int) error {
	if photo != "" {
		if err := pictures(photo); err != nil {
			return err
		}
	}
	for _, text := range strings.FieldsFunc(hashes, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("-hashes: %q is not a number of hashes, such as 1000000", text)
		}
		p.n = n
		if err := inMemory(p); err != nil {
			return err
		}
		runtime.GC()
	}
	if dir != "" {
		p.n = fileHashes
		return inFile(p, dir)
	}
	return nil
}

// least is the shortest of several runs.
func least(rounds int, f func() error) (time.Duration, error) {
	best := time.Duration(1<<63 - 1)
	for range rounds {
		began := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		best = min(best, time.Since(began))
	}
	return best, nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }
