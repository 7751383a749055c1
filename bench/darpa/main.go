// Command darpa scores the 4.5 million labelled connections of the DARPA 1998 set with MIDAS, MIDAS-R and MIDAS-F (internal/burst)
// and prints how well the scores tell attacks from the rest (area under the ROC curve, average precision), and what an edge costs.
//
//	go run ./bench/darpa darpa_original.zip
//
// The file (source, destination, minute, label; "-" is normal) comes with the reference implementation of MIDAS. It is not part
// of haris. What a tick is follows the paper: minutes in which something happened, numbered from 1.
package main

import (
	"archive/zip"
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"haris/internal/burst"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "darpa:", err)
		}
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) error {
	fs := flag.NewFlagSet("darpa", flag.ContinueOnError)
	seeds := fs.Uint64("seeds", 3, "how many seeds of the hashes to try")
	var c burst.Config
	fs.IntVar(&c.Rows, "rows", 2, "of each sketch")
	fs.IntVar(&c.Columns, "columns", 1024, "of each sketch")
	fs.Float64Var(&c.Decay, "decay", .7, "what is left of a count a minute later; the paper has .5")
	fs.Usage = func() {
		fmt.Fprintln(fs.Output(), "usage: darpa [flags] darpa_original.zip")
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		fs.Usage()
		return fmt.Errorf("%d files named, want one", fs.NArg())
	}
	edges, err := load(fs.Arg(0))
	if err != nil {
		return fmt.Errorf("%s: %w", fs.Arg(0), err)
	}
	attacks := 0
	for _, e := range edges {
		if e.attack {
			attacks++
		}
	}
	fmt.Fprintf(w, "%d edges, %.1f %% attacks, %d minutes in which something happened; sketches of %d × %d\n", len(edges),
		100*float64(attacks)/float64(len(edges)), edges[len(edges)-1].tick, c.Rows, c.Columns)
	fmt.Fprintln(w, "kind     seed    AUC     AP  ns/edge  bytes")
	for _, k := range []struct {
		name string
		kind burst.Kind
	}{{"MIDAS", burst.Plain}, {"MIDAS-R", burst.Relational}, {"MIDAS-F", burst.Filtering}} {
		for seed := range *seeds {
			c.Kind, c.Seed = k.kind, seed
			r, err := score(edges, c)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "%-8s %4d  %.4f  %.4f  %7.0f  %d\n", k.name, seed, r.auc, r.precision, r.nanos, r.bytes)
		}
	}
	return nil
}

type edge struct {
	from, to uint64
	tick     int64
	attack   bool
}

type result struct {
	auc, precision, nanos float64
	bytes                 int
}

// block is how many edges are timed together. The median of blocks is printed: on a shared machine most blocks of a fraction of a
// millisecond are not interrupted, and those that are tell nothing.
const block = 1000

func score(edges []edge, c burst.Config) (result, error) {
	s, err := burst.New(c)
	if err != nil {
		return result{}, err
	}
	out := make([]scored, len(edges))
	var blocks []float64
	began := time.Now()
	for i, e := range edges {
		out[i] = scored{s.Add(e.from, e.to, e.tick), e.attack}
		if (i+1)%block == 0 {
			blocks = append(blocks, float64(time.Since(began).Nanoseconds())/block)
			began = time.Now()
		}
	}
	slices.Sort(blocks)
	auc, ap := curve(out)
	r := result{auc: auc, precision: ap, bytes: s.Bytes()}
	if len(blocks) > 0 {
		r.nanos = blocks[len(blocks)/2]
	}
	return r, nil
}

// load reads a CSV file, or the one in a zip.
func load(name string) ([]edge, error) {
	if !strings.HasSuffix(name, ".zip") {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return read(f)
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	if len(z.File) != 1 {
		return nil, fmt.Errorf("%d files in it, want one", len(z.File))
	}
	f, err := z.File[0].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return read(f)
}

// read reads source,destination,minute,label; the minutes must not go back.
func read(r io.Reader) ([]edge, error) {
	var out []edge
	var tick int64
	var minute, last string
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		p := strings.Split(s.Text(), ",")
		if len(p) != 4 {
			return nil, fmt.Errorf("line %d: %d fields, want source,destination,minute,label", n, len(p))
		}
		if p[2] != minute {
			at, err := minuteOf(p[2])
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			if at < last {
				return nil, fmt.Errorf("line %d: %s comes after a later minute", n, p[2])
			}
			minute, last = strings.Clone(p[2]), at
			tick++
		}
		out = append(out, edge{xxh3.HashString(p[0]), xxh3.HashString(p[1]), tick, p[3] != "-"})
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, errors.New("no edges in it")
	}
	return out, nil
}

// minuteOf puts a minute such as 06/01/1998-07:55 in an order of time. It is no calendar's: the file has a 32nd of July.
func minuteOf(s string) (string, error) {
	if len(s) != 16 || s[2] != '/' || s[5] != '/' || s[10] != '-' || s[13] != ':' {
		return "", fmt.Errorf("minute %q, want such as 06/01/1998-07:55", s)
	}
	return s[6:10] + s[:2] + s[3:5] + s[11:], nil
}
