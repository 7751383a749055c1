// Command clinc trains the linear models of internal/stage on CLINC150 (150 kinds of requests, 15,000 examples) and prints how many of
// the 4,500 test requests are put in the right kind, and what a message costs with 13 heads.
//
//	go run ./bench/clinc clinc150/data_full.json
//
// The data: S. Larson et al., "An evaluation dataset for intent classification and out-of-scope prediction", EMNLP 2019, CC BY
// 3.0; not part of haris. The requests are in English and harmless: a stand-in for how well short messages can be told apart by
// such a model, not for what it would find.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"time"

	"haris/internal/stage"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "clinc:", err)
		}
		os.Exit(1)
	}
}

func run(args []string, w, progress io.Writer) error {
	fs := flag.NewFlagSet("clinc", flag.ContinueOnError)
	var o stage.Options
	fs.IntVar(&o.Epochs, "epochs", 0, "times that every example is looked at; 0: the package's")
	fs.Float64Var(&o.Rate, "rate", 0, "step; 0: the package's")
	fs.Float64Var(&o.Positive, "positive", 0, "weight of positive examples; 0: the package's")
	fs.Float64Var(&o.L2, "l2", 0, "shrinks the weights; 0: the package's")
	fs.Uint64Var(&o.Seed, "seed", 1, "of the order of examples")
	fs.Usage = func() {
		fmt.Fprintln(fs.Output(), "usage: clinc [flags] data_full.json")
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		fs.Usage()
		return fmt.Errorf("%d files named, want one", fs.NArg())
	}
	train, test, err := load(fs.Arg(0))
	if err != nil {
		return fmt.Errorf("%s: %w", fs.Arg(0), err)
	}
	o.Progress = func(done, all int) { fmt.Fprintf(progress, "\repoch %d of %d", done, all) }
	began := time.Now()
	m, err := stage.Train(train, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(progress, "\r%d heads of %d examples in %s\n", len(m.Heads()), len(train), time.Since(began).Round(time.Second/10))
	fmt.Fprintf(w, "accuracy of %d kinds on %d test requests: %.4f\n", len(m.Heads()), len(test), accuracy(m, test))
	o.Heads, o.Progress = m.Heads()[:13], nil
	if m, err = stage.Train(train, o); err != nil {
		return err
	}
	fmt.Fprintf(w, "13 heads: %.1f µs a message, of which features %.1f µs (median over messages, the least of 5 runs each, one core)\n",
		cost(test, func(x *stage.Extractor, text string) { m.Raw(x.Features(text), nil) }), cost(test, func(x *stage.Extractor, text string) { x.Features(text) }))
	return nil
}

func load(name string) (train, test []stage.Example, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	var data struct {
		Train, Test [][2]string
	}
	if err := json.NewDecoder(f).Decode(&data); err != nil {
		return nil, nil, err
	}
	if len(data.Train) == 0 || len(data.Test) == 0 {
		return nil, nil, errors.New("no lists train and test in it")
	}
	return examples(data.Train), examples(data.Test), nil
}

func examples(list [][2]string) []stage.Example {
	out := make([]stage.Example, len(list))
	for i, p := range list {
		out[i] = stage.Example{Text: p[0], Stages: []string{p[1]}, Lang: "en"}
	}
	return out
}

// accuracy is the share of examples whose own head scores highest.
func accuracy(m *stage.Model, test []stage.Example) float64 {
	var x stage.Extractor
	var out []float32
	right, heads := 0, m.Heads()
	for _, e := range test {
		out = m.Raw(x.Features(e.Text), out)
		best := 0
		for k := range out {
			if out[k] > out[best] {
				best = k
			}
		}
		if heads[best] == e.Stages[0] {
			right++
		}
	}
	return float64(right) / float64(len(test))
}

// cost is the median over messages of the least time of five runs, in microseconds: what others do on the machine is left out.
func cost(test []stage.Example, f func(*stage.Extractor, string)) float64 {
	runtime.GC()
	var x stage.Extractor
	times := make([]float64, 0, len(test))
	for _, e := range test {
		best := time.Hour
		for range 5 {
			began := time.Now()
			f(&x, e.Text)
			best = min(best, time.Since(began))
		}
		times = append(times, float64(best.Nanoseconds())/1000)
	}
	slices.Sort(times)
	return times[len(times)/2]
}
