// Command loghub groups the 16 sets of 2,000 log lines of loghub by template (internal/template) and prints how many lines stand in
// exactly the group of their true template (grouping accuracy), and the F₁ of pairs of lines.
//
//	go run ./bench/loghub /path/to/loghub_2k
//
// The sets come with github.com/logpai/logparser (J. Zhu et al., "Tools and benchmarks for automated log parsing", ICSE 2019) and
// are not part of haris. Nothing is set for a single set: the same code with the same constants reads all of them, and reads
// advertisements.
package main

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"haris/internal/template"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "loghub:", err)
		}
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) error {
	fs := flag.NewFlagSet("loghub", flag.ContinueOnError)
	wrong := fs.String("wrong", "", "a set, of which groups that are not as they should be are printed")
	fs.Usage = func() {
		fmt.Fprintln(fs.Output(), "usage: loghub [flags] DIRECTORY")
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		fs.Usage()
		return fmt.Errorf("%d directories named, want one", fs.NArg())
	}
	files, err := filepath.Glob(filepath.Join(fs.Arg(0), "*_2k.log_structured.csv"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: no file *_2k.log_structured.csv in it", fs.Arg(0))
	}
	fmt.Fprintln(w, "set          lines  true  found  accuracy  pairs F1  µs/line")
	var sum, pairs float64
	for _, name := range files {
		set := strings.TrimSuffix(filepath.Base(name), "_2k.log_structured.csv")
		lines, truth, err := read(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		began := time.Now()
		found := group(lines)
		took := time.Since(began)
		s := compare(truth, found)
		sum, pairs = sum+s.accuracy, pairs+s.pairs
		fmt.Fprintf(w, "%-12s %5d %5d  %5d  %8.4f  %8.4f  %7.1f\n", set, len(lines), s.truth, s.found, s.accuracy, s.pairs, float64(took.Microseconds())/float64(len(lines)))
		if set == *wrong {
			show(w, lines, truth, found)
		}
	}
	n := float64(len(files))
	fmt.Fprintf(w, "%-12s %27.4f  %8.4f\n", "mean", sum/n, pairs/n)
	return nil
}

// read reads the columns Content and EventId.
func read(name string) (lines, truth []string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, nil, err
	}
	content, id := -1, -1
	for i, head := range rows[0] {
		switch head {
		case "Content":
			content = i
		case "EventId":
			id = i
		}
	}
	if content < 0 || id < 0 {
		return nil, nil, fmt.Errorf("columns %q: want Content and EventId among them", rows[0])
	}
	for _, r := range rows[1:] {
		lines, truth = append(lines, r[content]), append(truth, r[id])
	}
	return lines, truth, nil
}

// group gives every line the number of its template.
func group(lines []string) []int {
	var groups []template.Group
	at, of := map[uint64]int{}, make([]int, len(lines))
	for i, l := range lines {
		g := template.GroupOf(template.Tokens(l))
		k := g.Key()
		n, ok := at[k]
		if !ok {
			n = len(groups)
			at[k] = n
			groups = append(groups, g)
		} else {
			groups[n].Count++
		}
		of[i] = n
	}
	name := make([]int, len(groups))
	for i, t := range template.Fit(groups) {
		for _, g := range t.Groups {
			name[g] = i
		}
	}
	for i := range of {
		of[i] = name[of[i]]
	}
	return of
}
