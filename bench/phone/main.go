// Command phone measures how well internal/extract finds phone numbers that were made hard to find, and how often it finds one where there is none.
//
// Numbers are drawn from the numbering plans of sixteen countries and written in nought to three ways: in words of six languages,
// in digits of other scripts, with letters that look like digits, with signs, pictures, words or invisible characters in between, in uneven
// groups, in two messages. A number is found when exactly it, in E.164, and no other comes out.
//
//	go run ./bench/phone -seed 2 -n 5000 FILE…
//
// What is no number is drawn, too: dates, prices, numbers of orders and cards, addresses of machines, scores, coordinates, sums.
//
// The files hold harmless messages: CLINC150's data_full.json, CSV files with the text first, events as .ndjson.gz, or lines.
package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"

	"haris/internal/extract"
	"haris/internal/normal"
)

func main() {
	seed := flag.Uint64("seed", 1, "of the numbers; 1 is the one that the extractor was made with, take another to measure")
	n := flag.Int("n", 2000, "numbers for each count of ways")
	list := flag.Int("list", 0, "how many failures to list")
	flag.Parse()
	if err := run(os.Stdout, *seed, *n, *list, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "phone:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, seed uint64, n, list int, files []string) error {
	x := extract.New()
	for count := range 4 {
		r := recall(x, rand.New(rand.NewPCG(seed, uint64(count))), count, n) //nolint:gosec // no secret
		fmt.Fprintf(w, "%d ways: %.4f of %d found exactly, %d others found; %.1f µs a message\n", count, r.share(), r.all, r.wrong, r.each())
		for _, name := range r.names() {
			fmt.Fprintf(w, "        %-14s %.4f of %d\n", name, float64(r.found[name])/float64(r.tried[name]), r.tried[name])
		}
		for _, c := range r.missed[:min(list, len(r.missed))] {
			fmt.Fprintf(w, "        missed %s in %q (%s)\n", c.Number, c.Messages, strings.Join(c.Ways, ", "))
		}
	}
	say := func(name string, texts []string) {
		b := harmless(x, texts)
		fmt.Fprintf(w, "%s: %d messages, %d with a plainly written number (%d of them found), %d others in which one was found: %.1f in 10,000; %.1f µs a message\n",
			name, len(texts), b.plain, b.plainFound, len(b.false), 1e4*float64(len(b.false))/float64(max(len(texts), 1)), b.each)
		for _, s := range b.false[:min(list, len(b.false))] {
			fmt.Fprintf(w, "        %s\n", s)
		}
	}
	say("made up: dates, prices, orders, cards, times, scores …", decoys(rand.New(rand.NewPCG(seed, 9)), 5*n)) //nolint:gosec // no secret
	for _, f := range files {
		texts, err := benign(f)
		if err != nil {
			return err
		}
		say(filepath.Base(f), texts)
	}
	return nil
}

// result is what came of one count of ways.
type result struct {
	all, exact, wrong int
	spent             time.Duration
	messages          int
	found, tried      map[string]int
	missed            []Case
}

func (r *result) share() float64 { return float64(r.exact) / float64(r.all) }
func (r *result) each() float64  { return float64(r.spent.Microseconds()) / float64(r.messages) }

func (r *result) names() (out []string) {
	for n := range r.tried {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

func recall(x *extract.Extractor, r *rand.Rand, count, n int) *result {
	res := &result{found: map[string]int{}, tried: map[string]int{}}
	for range n {
		c := generate(r, count)
		start := time.Now()
		var got []string
		var tail extract.Tail
		for _, m := range c.Messages {
			t := normal.Of(m)
			var finds []extract.Find
			finds, tail = x.Find(extract.Input{Text: &t, Regions: c.Regions, Before: tail})
			for _, f := range finds {
				if f.Kind == extract.Phone {
					got = append(got, f.Value)
				}
			}
		}
		res.spent += time.Since(start)
		res.messages += len(c.Messages)
		exact := len(got) == 1 && got[0] == c.Number
		res.all++
		for _, w := range c.Ways {
			res.tried[w]++
			if exact {
				res.found[w]++
			}
		}
		switch {
		case exact:
			res.exact++
		default:
			res.missed = append(res.missed, c)
			if len(got) > 0 {
				res.wrong++
			}
		}
	}
	return res
}

// plainly is how numbers are written in the dialogues that have some: with a country code or an area code and signs. It is no part of the
// extractor, so that the two can be compared.
var plainly = regexp.MustCompile(`(^|[^\d.])(\+?1?[ -.]?\(?\d{3}\)?[ -.]?\d{3}[ -.]\d{4})([^\d]|$)`)

type harmlessResult struct {
	plain, plainFound int
	false             []string
	each              float64
}

// harmless looks for numbers in messages that should have none, as if they came from the United States, where they were written.
func harmless(x *extract.Extractor, texts []string) (r harmlessResult) {
	start := time.Now()
	for _, s := range texts {
		t := normal.Of(s)
		finds, _ := x.Find(extract.Input{Text: &t, Regions: []string{"US", "GB"}})
		phone := ""
		for _, f := range finds {
			if f.Kind == extract.Phone {
				phone = s[f.From:f.To]
			}
		}
		plain := plainly.MatchString(s)
		switch {
		case plain && phone != "":
			r.plainFound++
		case phone != "":
			r.false = append(r.false, s+"  →  "+phone)
		}
		if plain {
			r.plain++
		}
	}
	r.each = float64(time.Since(start).Microseconds()) / float64(max(len(texts), 1))
	return r
}
