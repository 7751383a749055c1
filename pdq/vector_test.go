package pdq_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"haris/pdq"
	"haris/pdq/decode"
)

// ways are how a picture comes to its hash.
var ways = []struct {
	name   string
	chroma bool
	decode func([]byte, decode.Limits) (decode.Picture, error)
}{
	{"its Y", false, decode.Bytes},
	{"its colours", true, decode.Bytes},
	{"luma alone", false, decode.Luma},
	{"luma at half the size", false, decode.Half},
}

// vector is one line of testdata/expected.tsv.
type vector struct {
	file, mode, rule string
	quality          int
	set              [8]pdq.Hash
}

func (v vector) exact() bool { return strings.HasPrefix(v.rule, "exact") }

func vectors(t testing.TB) (out []vector) {
	t.Helper()
	text, err := os.ReadFile("testdata/expected.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		f := strings.Split(line, "\t")
		v := vector{file: f[0], mode: f[1], rule: f[15]}
		if v.quality, err = strconv.Atoi(f[5]); err != nil {
			t.Fatal(err)
		}
		for i := range v.set {
			if v.set[i], err = pdq.Parse(f[7+i]); err != nil {
				t.Fatal(err)
			}
		}
		if f[6] != f[7] {
			t.Fatalf("%s: two hashes of the picture itself", v.file)
		}
		out = append(out, v)
	}
	return out
}

func TestVectors(t *testing.T) {
	for _, way := range ways {
		hashers := map[string]*pdq.Hasher{
			"full":  pdq.New(pdq.Options{ConvertChroma: way.chroma}),
			"nn512": pdq.New(pdq.Options{Family: pdq.NN512, ConvertChroma: way.chroma}),
		}
		ran := map[string]int{}
		for _, v := range vectors(t) {
			if v.mode == "nn512" && way.name == "luma at half the size" {
				continue // picks single samples, which are others at half the size
			}
			t.Run(v.file+"/"+v.mode+"/"+way.name, func(t *testing.T) {
				data, err := os.ReadFile("testdata/" + v.file)
				if err != nil {
					t.Fatal(err)
				}
				p, err := way.decode(data, decode.Limits{})
				if err != nil {
					t.Fatal(err)
				}
				h := hashers[v.mode]
				got, set := h.Image(p.Image), h.Dihedral(p.Image)
				if got.Hash != set.Hashes[pdq.Original] || got.Quality != set.Quality {
					t.Errorf("Image says %v, Dihedral %v", got, set)
				}
				ran[v.rule]++
				far := 0
				for i, want := range v.set {
					far = max(far, set.Hashes[i].Distance(want))
				}
				switch {
				case v.exact() && (far != 0 || got.Quality != v.quality):
					t.Errorf("distance %d, quality %d, of 0 and %d", far, got.Quality, v.quality)
				case v.rule == "tol10" && (far > 10 || max(got.Quality-v.quality, v.quality-got.Quality) > 1):
					t.Errorf("distance %d, quality %d, of at most 10 and %d", far, got.Quality, v.quality)
				}
				if far > 0 {
					t.Logf("%s: distance %d, quality %d (%d)", v.rule, far, got.Quality, v.quality)
				}
			})
		}
		if ran["exact"] < 30 || ran["exact_noFMA"] < 3 || ran["tol10"] < 19 {
			t.Errorf("%s: vectors that ran: %v", way.name, ran)
		}
	}
}
