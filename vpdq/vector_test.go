package vpdq_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"haris/vpdq"
)

func read(t *testing.T, path string) []vpdq.Feature {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	features, err := vpdq.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return features
}

// TestPairs holds both rules against the published shares of every ordered pair of videos.
func TestPairs(t *testing.T) {
	text, err := os.ReadFile("testdata/pairs.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	if len(lines) != 42 {
		t.Fatalf("%d pairs", len(lines))
	}
	for _, line := range lines {
		f := strings.Split(line, "\t")
		t.Run(f[0]+"/"+f[1], func(t *testing.T) {
			q, target := read(t, "testdata/hashes-upstream/"+f[0]+".txt"), read(t, "testdata/hashes-upstream/"+f[1]+".txt")
			tool, threat := vpdq.Tool().Compare(q, target), vpdq.Threat().Compare(q, target)
			for i, got := range []float64{tool.QueryShare(), tool.TargetShare(), threat.QueryShare(), threat.TargetShare()} {
				want, err := strconv.ParseFloat(f[2+i], 64)
				if err != nil {
					t.Fatal(err)
				}
				if math.Abs(100*got-want) > 0.0051 {
					t.Errorf("column %d: %.4f, of %v", i, 100*got, want)
				}
			}
		})
	}
}

// TestVideos hashes the sample videos, and holds upstream's rule: the same frames, and each within 30 bits of the published hash
// where both are of use.
func TestVideos(t *testing.T) {
	for _, name := range []string{"doorknob-hd-no-bar", "pattern-sd-grey-bar", "test-padded-dimensions"} {
		for tag, o := range map[string]vpdq.Options{
			"all": {All: true}, "1s": {}, "0.5s": {Every: time.Second / 2}, "all-s128": {All: true, Width: 128, Height: 128},
		} {
			t.Run(name+"/"+tag, func(t *testing.T) {
				if tag == "all" && testing.Short() {
					t.Skip("takes seconds")
				}
				got, err := vpdq.HashFile(t.Context(), "testdata/videos/"+name+".mp4", o)
				if err != nil {
					t.Fatal(err)
				}
				lists := []string{"testdata/hashes-local/" + name + "." + tag + ".txt"}
				if tag == "all" {
					lists = append(lists, "testdata/hashes-upstream/"+name+".txt")
				}
				for _, list := range lists {
					compare(t, filepath.Base(filepath.Dir(list)), read(t, list), got)
				}
			})
		}
	}
}

func compare(t *testing.T, list string, want, got []vpdq.Feature) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d frames, of %d", list, len(got), len(want))
	}
	far := 0
	for i, w := range want {
		g := got[i]
		if g.Frame != w.Frame || fmt.Sprintf("%.3f", g.Seconds) != fmt.Sprintf("%.3f", w.Seconds) || max(g.Quality-w.Quality, w.Quality-g.Quality) > 1 {
			t.Errorf("%s: frame %d: %+v, of %+v", list, i, g, w)
		}
		if d := g.Hash.Distance(w.Hash); g.Quality >= 50 && w.Quality >= 50 {
			if far = max(far, d); d >= 31 {
				t.Errorf("%s: frame %d is %d bits away", list, i, d)
			}
		}
	}
	t.Logf("%s: %d frames, at most %d bits away", list, len(got), far)
}
