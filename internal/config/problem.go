package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Origin says where a value came from; the zero Origin is the default.
type Origin struct {
	File         string
	Line, Column int    // from 1, in the file
	Name         string // "env HARIS_LISTEN", "--data-dir"
}

// String is "default", "haris.yaml:3:9", "env HARIS_LISTEN" or "--data-dir".
func (o Origin) String() string {
	switch {
	case o.Name != "":
		return o.Name
	case o.File != "" && o.Line > 0:
		return o.File + ":" + strconv.Itoa(o.Line) + ":" + strconv.Itoa(o.Column)
	case o.File != "":
		return o.File
	}
	return "default"
}

// Problem is one thing that is wrong with the configuration, and how to mend it. It never holds the value of a secret, nor a
// line of the file, because a secret may stand on it.
type Problem struct {
	Origin
	Key     string   // dotted path; empty when the file as a whole is meant
	Message string   // what is wrong
	Hint    string   // what is expected, or "did you mean"; may be empty
	Allowed []string // what may stand there; may be empty
}

// Error is one line: where, what, expected, allowed.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Origin.String() + ": ")
	if p.Key != "" {
		b.WriteString(p.Key + " ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	if len(p.Allowed) > 0 {
		b.WriteString("; allowed: " + strings.Join(p.Allowed, ", "))
	}
	return b.String()
}

// Problems is everything that is wrong, in the order of the file and then of the names. Load returns *Problems as its error.
type Problems struct {
	List []Problem
}

// Error prints one problem a line.
func (p *Problems) Error() string {
	out := make([]string, len(p.List))
	for i := range p.List {
		out[i] = p.List[i].Error()
	}
	return strings.Join(out, "\n")
}

func (p *Problems) add(q Problem) { p.List = append(p.List, q) }

// has reports whether something is wrong with the key already, so that a check across keys need not complain again.
func (p *Problems) has(names ...string) bool {
	return slices.ContainsFunc(p.List, func(q Problem) bool { return slices.Contains(names, q.Key) })
}

func (p *Problems) err() error {
	if len(p.List) == 0 {
		return nil
	}
	slices.SortStableFunc(p.List, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return p
}

// didYouMean names the word nearest to s, or nothing when none is near enough.
func didYouMean(s string, words []string) string {
	best, at := len(s)/3+2, ""
	for _, w := range words {
		if d := distance(s, w); d < best {
			best, at = d, w
		}
	}
	if at == "" {
		return ""
	}
	return "did you mean " + strconv.Quote(at) + "?"
}

// distance is Levenshtein's: how many letters must be changed, added or left out to make b of a. A long word is far from all.
func distance(a, b string) int {
	const longest = 64
	if len(a) > longest || len(b) > longest {
		return longest
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
