// Command collegemsg turns SNAP's CollegeMsg graph (or any temporal graph of the same form) into a stream of events that haris reads:
// one account.created for each person, with an age band drawn at random, and one message.sent for each message, without text.
//
//	go run ./bench/collegemsg -seed 1 -o college-1.ndjson.zst CollegeMsg.txt
//
// With -actors, adults are put in who choose minors, and -truth says who: how many of them haris eval finds, by how selective they are and how often
// they are answered.
//
// The graph: P. Panzarasa, T. Opsahl, K. M. Carley, "Patterns and dynamics of users' behavior and interaction", 2009;
// https://snap.stanford.edu/data/CollegeMsg.html. It is not part of haris.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "collegemsg:", err)
		}
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) (err error) {
	var m mix
	fs := flag.NewFlagSet("collegemsg", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprintln(stderr, "usage: collegemsg [flags] CollegeMsg.txt")
		fs.PrintDefaults()
	}
	fs.Uint64Var(&m.seed, "seed", 1, "chooses the ages")
	fs.Float64Var(&m.minors, "minors", .3, "share of accounts under 18")
	fs.Float64Var(&m.unknown, "unknown", .05, "share of accounts of which no age is said")
	var a actors
	fs.IntVar(&a.n, "actors", 0, "adults to put in who choose whom they write to")
	fs.IntVar(&a.contacts, "contacts", 12, "accounts that each of them writes to within 14 days")
	fs.Float64Var(&a.selectivity, "selectivity", .9, "share of minors among these")
	fs.Float64Var(&a.acceptance, "acceptance", .1, "chance that one of them answers")
	truth := fs.String("truth", "", "file for what was put in, as haris eval --truth reads it")
	to := fs.String("o", "", "file to write, compressed when it ends in .gz or .zst; standard output when empty")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		fs.Usage()
		return fmt.Errorf("%d files named, want one", fs.NArg())
	}
	if m.minors < 0 || m.unknown < 0 || m.minors+m.unknown > 1 {
		return fmt.Errorf("shares of %g minors and %g unknown: want both at least 0 and at most 1 together", m.minors, m.unknown)
	}
	if err := a.check(); err != nil {
		return err
	}
	in, err := os.Open(fs.Arg(0))
	if err != nil {
		return err
	}
	defer in.Close()
	edges, err := readEdges(in)
	if err != nil {
		return fmt.Errorf("%s: %w", fs.Arg(0), err)
	}
	out, err := create(*to, stdout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.close()) }()
	ages := m.ages(edges)
	edges, put, err := a.inject(edges, ages, m.seed)
	if err != nil {
		return err
	}
	n, err := convert(edges, ages, out)
	if err != nil {
		return err
	}
	if err := keepTruth(*truth, put); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d events of %d messages, seed %d\n", n, len(edges), m.seed)
	return nil
}

// keepTruth writes what was put in to a file, when one is named.
func keepTruth(name string, put []injected) (err error) {
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return writeTruth(f, put)
}

// output is a buffered, maybe compressed writer. Everything in it must be closed, inner first.
type output struct {
	*bufio.Writer
	closers []io.Closer
}

// create opens the named file, or stdout when name is empty.
func create(name string, stdout io.Writer) (*output, error) {
	if name == "" {
		return &output{Writer: bufio.NewWriter(stdout)}, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	o := &output{closers: []io.Closer{f}}
	w := io.Writer(f)
	switch {
	case strings.HasSuffix(name, ".gz"):
		z := gzip.NewWriter(f)
		o.closers, w = append(o.closers, z), z
	case strings.HasSuffix(name, ".zst"):
		z, err := zstd.NewWriter(f)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		o.closers, w = append(o.closers, z), z
	}
	o.Writer = bufio.NewWriter(w)
	return o, nil
}

func (o *output) close() error {
	err := o.Flush()
	for i := len(o.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, o.closers[i].Close())
	}
	return err
}
