// Command evaluate folds streams of events through the detectors, and the shipped rules when asked, and prints how many accounts
// reach which priority. It keeps nothing: the knowledge is that of an empty log.
//
//	go run ./bench/evaluate college-1.ndjson.zst     any stream of events, maybe compressed
//	go run ./bench/evaluate -platform 1,2,3          simulated platforms, compared with what was planted there
//	go run ./bench/evaluate -rules -list P2 FILE     with the shipped rules, and who was raised, and why
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"haris/internal/event"
	"haris/internal/rule"
	"haris/internal/taxonomy"
	"haris/packs"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "evaluate:", err)
		}
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	seeds []uint64
	files []string
	set   *rule.Set
	list  taxonomy.Priority // lowest priority of accounts to list; PriorityNone lists none
	sizes bool
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	fs := flag.NewFlagSet("evaluate", flag.ContinueOnError)
	fs.SetOutput(stderr)
	seeds := fs.String("platform", "", "seeds of simulated platforms, separated by commas")
	rules := fs.Bool("rules", false, "fold the shipped rules too")
	list := fs.String("list", "", "list accounts that reached this priority or a higher one, and why")
	fs.BoolVar(&o.sizes, "sizes", false, "measure the bytes of state of each detector")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	o.files = fs.Args()
	for _, s := range strings.FieldsFunc(*seeds, func(r rune) bool { return r == ',' }) {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return o, fmt.Errorf("-platform: %q is no seed", s)
		}
		o.seeds = append(o.seeds, n)
	}
	if len(o.seeds) == 0 && len(o.files) == 0 {
		fs.Usage()
		return o, errors.New("neither a file nor a platform named")
	}
	if *list != "" {
		p, ok := taxonomy.ParsePriority(*list)
		if !ok {
			return o, fmt.Errorf("-list: %q is no priority, want P0 to P3", *list)
		}
		o.list = p
	}
	if *rules {
		if o.set, err = rule.Load(packs.FS, rule.Options{}); err != nil {
			return o, fmt.Errorf("shipped rules: %w", err)
		}
	}
	return o, nil
}

func run(args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	for _, name := range o.files {
		events, err := read(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		o.print(stdout, name, fold(events, o.set, o.measure()))
	}
	s := newScore()
	for _, seed := range o.seeds {
		events, truth, err := generate(seed)
		if err != nil {
			return fmt.Errorf("platform %d: %w", seed, err)
		}
		out := fold(events, o.set, o.measure())
		o.print(stdout, fmt.Sprintf("platform %d", seed), out)
		s.add(out, truth)
	}
	if len(o.seeds) > 0 {
		s.print(stdout)
	}
	return nil
}

func (o options) measure() *sizes {
	if o.sizes {
		return newSizes()
	}
	return nil
}

// read reads a whole stream; an event that cannot be read ends it, because an evaluation of half a stream says nothing.
func read(name string) ([]event.Event, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := io.Reader(f)
	switch {
	case strings.HasSuffix(name, ".gz"):
		if in, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	case strings.HasSuffix(name, ".zst"):
		z, err := zstd.NewReader(f)
		if err != nil {
			return nil, err
		}
		defer z.Close()
		in = z
	}
	body, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	var out []event.Event
	for _, p := range event.SplitLines(string(body)) {
		e, problem := event.Decode(p.Text, p.Line, event.Limits{})
		if problem != nil {
			return nil, problem
		}
		e.Seq = uint64(len(out) + 1)
		out = append(out, e)
	}
	return out, nil
}

func (o options) print(w io.Writer, name string, out outcome) {
	n := out.counts()
	fmt.Fprintf(w, "%s: %d events, %d accounts; P0 %d, P1 %d, P2 %d, P3 %d\n", name, out.Events, out.Accounts,
		n[taxonomy.P0], n[taxonomy.P1], n[taxonomy.P2], n[taxonomy.P3])
	for _, d := range slices.Sorted(maps.Keys(out.Spoke)) {
		fmt.Fprintf(w, "  %s spoke about %d accounts, at most %.2f\n", d, out.Spoke[d], out.Strongest[d])
	}
	for _, s := range out.Sizes {
		fmt.Fprintf(w, "  %s keeps %d keys: mean %d, median %d, 99th percentile %d, greatest %d of at most %d bytes\n",
			s.Detector, s.Keys, s.Mean, s.Median, s.P99, s.Greatest, s.Bound)
	}
	if o.list == taxonomy.PriorityNone {
		return
	}
	for _, r := range out.raised(o.list) {
		r.print(w, "  ")
	}
}

func (r reached) print(w io.Writer, before string) {
	fmt.Fprintf(w, "%s%s %s %s %.2f\n", before, r.Account, r.Priority, r.Typology, r.Total)
	for i, by := range r.By {
		fmt.Fprintf(w, "%s  %s: %s\n", before, by, r.Why[i])
	}
}

func (s score) print(w io.Writer) {
	fmt.Fprintln(w, "planted:")
	for _, k := range slices.Sorted(maps.Keys(s.Planted)) {
		fmt.Fprintf(w, "  %-24s %d: %s\n", k, s.Planted[k].Matters, list(s.Planted[k].Reached))
	}
	fmt.Fprintln(w, "hard cases:")
	for _, k := range slices.Sorted(maps.Keys(s.Hard)) {
		fmt.Fprintf(w, "  %-24s %d: %s\n", k, s.Hard[k].Cases, list(s.Hard[k].Reached))
	}
	fmt.Fprintf(w, "other accounts: %s\n", list(s.Others))
	for _, m := range s.Missed {
		fmt.Fprintf(w, "planted, below P2: %s\n", m)
	}
	if len(s.Listed) > 0 {
		fmt.Fprintln(w, "raised for nothing, at P2 or higher:")
	}
	for _, k := range slices.Sorted(maps.Keys(s.Listed)) {
		kind, _, _ := strings.Cut(k, " ")
		s.Listed[k].print(w, "  "+kind+" ")
	}
}

// list writes how many came to each priority.
func list(n map[string]int) string {
	var out []string
	for _, p := range []string{"P0", "P1", "P2", "P3", "none"} {
		if n[p] > 0 {
			out = append(out, fmt.Sprintf("%s %d", p, n[p]))
		}
	}
	if len(out) == 0 {
		return "none raised"
	}
	return strings.Join(out, ", ")
}
