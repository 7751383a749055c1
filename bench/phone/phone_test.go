package main

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"haris/internal/extract"
)

// The least that is found exactly, and the most that is found where there is nothing in 10,000 messages (detection specification, section 7,
// test plan 7).
var leastFound = [...]float64{.98, .98, .90, .90}

const mostFalse = 5

// TestRecall runs a sample with another seed than the one that the extractor was made with; the figures of docs/evaluation.md come from the
// command.
func TestRecall(t *testing.T) {
	x := extract.New()
	for count, least := range leastFound {
		r := recall(x, rand.New(rand.NewPCG(77, uint64(count))), count, 300)
		t.Logf("%d ways: %.3f", count, r.share())
		if r.share() < least {
			t.Errorf("%d ways: %.3f found, wanted %.2f; missed %q", count, r.share(), least, r.missed)
		}
	}
}

func TestFalse(t *testing.T) {
	x := extract.New()
	texts, err := benign("testdata/harmless.txt")
	if err != nil || len(texts) < 20 {
		t.Fatal(len(texts), err)
	}
	made := decoys(rand.New(rand.NewPCG(77, 9)), 4000)
	r := harmless(x, slices.Concat(texts, made))
	if n := 1e4 * float64(len(r.false)) / float64(len(texts)+len(made)); n > mostFalse {
		t.Errorf("%.1f in 10,000: %q", n, r.false)
	}
}

// TestGenerate keeps the measure from measuring nothing: the ways change what is written, and twice the same seed is twice the same case.
func TestGenerate(t *testing.T) {
	for count := range 4 {
		a, b := generate(rand.New(rand.NewPCG(1, 1)), count), generate(rand.New(rand.NewPCG(1, 1)), count)
		if !slices.Equal(a.Messages, b.Messages) || a.Number != b.Number || len(a.Ways) != count {
			t.Errorf("%+v, %+v", a, b)
		}
	}
	r := rand.New(rand.NewPCG(3, 3))
	changed := 0
	for range 200 {
		c := generate(r, 3)
		if !strings.Contains(strings.Join(c.Messages, ""), c.Number[3:]) {
			changed++
		}
	}
	if changed < 190 {
		t.Errorf("%d of 200 numbers cannot be read off", changed)
	}
}

func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(&out, 5, 20, 1, []string{"testdata/harmless.txt"}); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); !strings.Contains(s, "3 ways:") || !strings.Contains(s, "harmless.txt: 20 messages") {
		t.Error(s)
	}
	if err := run(&out, 5, 1, 1, []string{"testdata/nothing.json"}); err == nil {
		t.Error("a file that is not there was read")
	}
}
