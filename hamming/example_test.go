package hamming_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"haris/hamming"
)

// An index that lives in a file: what is added is found at once, a rebuild writes all of it, and after a restart the stamp says from
// where to add again.
func ExampleIndex_Rebuild() {
	dir, err := os.MkdirTemp("", "index-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	o := hamming.Options{Path: filepath.Join(dir, "hashes")}
	x := hamming.New(nil, o)
	x.Add(hamming.Entry{Hash: [4]uint64{0xff}, ID: 1})
	x.SetStamp(1)
	if err := x.Rebuild(); err != nil {
		log.Fatal(err)
	}
	if err := x.Close(); err != nil {
		log.Fatal(err)
	}

	s, err := hamming.Open(o.Path)
	if err != nil {
		log.Fatal(err) // one that wraps hamming.ErrCorrupt: build it again
	}
	fmt.Println("from", s.Stamp())
	x = hamming.New(s, o)
	defer x.Close()
	x.Add(hamming.Entry{Hash: [4]uint64{0xfe}, ID: 2})
	found, err := x.Search(nil, [4]uint64{0xff}, 31)
	fmt.Println(found, err)
	// Output:
	// from 1
	// [{{[255 0 0 0] 1} 0} {{[254 0 0 0] 2} 1}] <nil>
}
