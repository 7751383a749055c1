package pdq_test

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"haris/pdq"
	"haris/pdq/decode"
)

// A file is decoded, under limits, and hashed; then compared with one that was made smaller and saved again.
func Example() {
	h := pdq.New(pdq.Options{})
	hash := func(name string) pdq.Result {
		data, err := os.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		p, err := decode.Luma(data, decode.Limits{Pixels: 50_000_000})
		if err != nil {
			log.Fatal(err)
		}
		return h.Image(p.Image)
	}
	a, b := hash("testdata/images/bridge-mods__aaa-orig.jpg"), hash("testdata/images/bridge-mods__shrink-a-lot.jpg")
	fmt.Println(a.Quality, b.Quality, a.Hash.Distance(b.Hash), a.Hash.Distance(b.Hash) <= pdq.MatchDistance)
	// Output: 100 100 16 true
}

// What comes from one transform: the hashes of the picture as it may have been turned or mirrored.
func ExampleHasher_Dihedral() {
	set := pdq.New(pdq.Options{}).Dihedral(noise(300, 200))
	fmt.Println(len(set.Hashes), set.Hashes[pdq.Original] == pdq.New(pdq.Options{}).Image(noise(300, 200)).Hash)
	// Output: 8 true
}

func ExampleParse() {
	h, err := pdq.Parse("f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22")
	if err != nil {
		log.Fatal(err)
	}
	b, err := json.Marshal(map[string]pdq.Hash{"pdq": h})
	fmt.Println(string(b), err)
	_, err = pdq.Parse("f8f8")
	fmt.Println(err)
	// Output:
	// {"pdq":"f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"} <nil>
	// pdq: not a hash: 4 characters, of 64 hexadecimal digits
}
