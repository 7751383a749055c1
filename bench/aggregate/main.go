// Command aggregate compares ways of joining the scores of many messages into one (internal/aggregate), on CLINC150 as a stand-in: five
// kinds of requests, drawn by the seed, play the stages, scored by a model of internal/stage; made-up people have 10 to 400
// messages, of which a share is in the stages. It prints the area under the curve and the recall at one false positive in a hundred
// and in a thousand.
//
//	go run ./bench/aggregate clinc150/data_full.json
//
// Nothing here is grooming: it measures the mechanics of joining scores. Draws are independent and say nothing about order.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"

	"haris/internal/stage"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "aggregate:", err)
		}
		os.Exit(1)
	}
}

func run(args []string, w, progress io.Writer) error {
	fs := flag.NewFlagSet("aggregate", flag.ContinueOnError)
	seeds := fs.Uint64("seeds", 5, "how many seeds; the mean is printed")
	p := people{}
	fs.IntVar(&p.benign, "benign", 20_000, "people whose messages are in a stage one time in 500")
	fs.IntVar(&p.positive, "positive", 500, "people of whose messages the share is in the stages")
	fs.Usage = func() {
		fmt.Fprintln(fs.Output(), "usage: aggregate [flags] data_full.json")
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		fs.Usage()
		return fmt.Errorf("%d files named, want one", fs.NArg())
	}
	if p.benign < 1000 || p.positive < 1 || *seeds < 1 {
		return errors.New("want at least 1,000 benign people (a false positive in a thousand is one), 1 positive and 1 seed")
	}
	data, err := load(fs.Arg(0))
	if err != nil {
		return fmt.Errorf("%s: %w", fs.Arg(0), err)
	}
	var sum table
	for seed := range *seeds {
		fmt.Fprintf(progress, "\rseed %d of %d", seed+1, *seeds)
		pool, err := scored(data, seed)
		if err != nil {
			return err
		}
		sum.add(p.measure(pool, rand.New(rand.NewPCG(seed, 2))))
	}
	fmt.Fprintln(progress)
	sum.print(w, float64(*seeds))
	return nil
}

const stages = 5

type dataset struct {
	Train, Val, Test [][2]string
}

func load(name string) (d dataset, err error) {
	f, err := os.Open(name)
	if err != nil {
		return d, err
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(&d); err != nil {
		return d, err
	}
	if len(d.Train) == 0 || len(d.Val) == 0 || len(d.Test) == 0 {
		return d, errors.New("want lists train, val and test in it")
	}
	return d, nil
}

// messages are scores of messages, one a stage: off has those of no stage, on those of each.
type messages struct {
	off [][]float64
	on  [stages][][]float64
}

// scored draws five kinds, learns them on train, calibrates on val and scores test.
func scored(d dataset, seed uint64) (m messages, err error) {
	var kinds []string
	for _, e := range d.Train {
		if !slices.Contains(kinds, e[1]) {
			kinds = append(kinds, e[1])
		}
	}
	slices.Sort(kinds)
	if len(kinds) < stages {
		return m, fmt.Errorf("%d kinds of requests, want at least %d", len(kinds), stages)
	}
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	kinds = kinds[:stages]
	model, err := stage.Train(examples(d.Train), stage.Options{Heads: kinds, Judge: examples(d.Val), Least: 10, Seed: seed})
	if err != nil {
		return m, err
	}
	var x stage.Extractor
	for _, e := range d.Test {
		raw, err := model.Score(&x, e[0], "en", nil)
		if err != nil {
			return m, err
		}
		list := make([]float64, stages)
		for i, v := range raw {
			list[i] = float64(v)
		}
		if k := slices.Index(kinds, e[1]); k >= 0 {
			m.on[k] = append(m.on[k], list)
		} else {
			m.off = append(m.off, list)
		}
	}
	for k, on := range m.on {
		if len(on) == 0 {
			return m, fmt.Errorf("no test request of kind %s", kinds[k])
		}
	}
	return m, nil
}

func examples(list [][2]string) []stage.Example {
	out := make([]stage.Example, len(list))
	for i, p := range list {
		out[i] = stage.Example{Text: p[0], Stages: []string{p[1]}, Lang: "en"}
	}
	return out
}
