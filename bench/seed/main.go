// Command seed measures how often the seed model finds stages where there are none: in public texts that stand in for ordinary
// conversation. Of every file it tells, for each stage, the share of messages of at least 1 nat, and, of conversations (those of the file,
// or 40 messages taken together where it has none), how many would make D4 speak of an adult and a child.
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"

	"haris/internal/stage"
	"haris/internal/stage/seed"
)

func main() {
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "go run ./bench/seed FILE…: data_full.json (CLINC), *.csv (Banking77), *.ndjson or *.ndjson.gz (haris events)")
	}
	flag.Parse()
	if err := run(os.Stdout, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out io.Writer, files []string) error {
	m, err := seed.Model()
	if err != nil {
		return err
	}
	for _, name := range files {
		talks, err := read(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintln(out, measure(m, talks).told(name, m.Heads()))
	}
	return nil
}

// hitNats is what D4 takes for a message that shows a stage.
const hitNats = 1

// result is what was found in one file.
type result struct {
	messages, talks int
	hits            []int     // of each stage
	ratio           []float64 // of each stage, the sum of the ratios themselves: honest ones are 1 on average where the stage is not, or less
	several         int       // conversations in which two stages or more were shown
	spoke           int       // conversations of which D4 would have spoken
	most            float64
}

func measure(m *stage.Model, talks [][]text) (r result) {
	r.hits, r.ratio = make([]int, len(m.Heads())), make([]float64, len(m.Heads()))
	var x stage.Extractor
	for _, t := range talks {
		w := newWatch(m)
		shown := make([]bool, len(r.hits))
		for _, msg := range t {
			scores, err := m.Score(&x, msg.text, msg.lang, nil)
			if err != nil {
				continue
			}
			r.messages++
			best := 0
			for k, v := range scores {
				r.ratio[k] += math.Exp(float64(v))
				if v > scores[best] {
					best = k
				}
			}
			if scores[best] >= hitNats {
				r.hits[best]++
				shown[best] = true
			}
			w.take(scores)
		}
		r.talks++
		n := 0
		for _, s := range shown {
			if s {
				n++
			}
		}
		if n > 1 {
			r.several++
		}
		if e := w.strength; e > 0 {
			r.spoke++
			r.most = max(r.most, e)
		}
	}
	return r
}

func (r result) told(name string, heads []string) string {
	s := fmt.Sprintf("%s: %d messages in %d conversations;", name, r.messages, r.talks)
	all := 0
	for k, h := range heads {
		s += fmt.Sprintf(" %s %.2f %% (mean ratio %.2f)", h, 100*float64(r.hits[k])/float64(max(r.messages, 1)), r.ratio[k]/float64(max(r.messages, 1)))
		all += r.hits[k]
	}
	return s + fmt.Sprintf("; any stage %.2f %%; two stages in %.1f %% of conversations; D4 speaks of %d (%.2f %%), strength at most %.1f",
		100*float64(all)/float64(max(r.messages, 1)), 100*float64(r.several)/float64(max(r.talks, 1)), r.spoke, 100*float64(r.spoke)/float64(max(r.talks, 1)), r.most)
}
