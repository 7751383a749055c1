package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// edge is one message of the graph.
type edge struct {
	from, to string
	at       int64 // Unix seconds
}

// readEdges reads lines of "from to unix-time", the form of SNAP's temporal graphs, and sorts them by time. Lines that begin with
// # are notes.
func readEdges(in io.Reader) ([]edge, error) {
	var out []edge
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		f := strings.Fields(text)
		if len(f) != 3 {
			return nil, fmt.Errorf("line %d: %d words, want three: from, to and the time in Unix seconds", n, len(f))
		}
		at, err := strconv.ParseInt(f[2], 10, 64)
		if err != nil || at <= 0 {
			return nil, fmt.Errorf("line %d: %q is no time in Unix seconds", n, f[2])
		}
		out = append(out, edge{f[0], f[1], at})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	slices.SortStableFunc(out, func(a, b edge) int { return int(a.at - b.at) })
	return out, nil
}

// mix says how ages are dealt out. The graph has none, so they are drawn at random, independent of who writes to whom: what haris
// raises on it is raised by chance.
type mix struct {
	seed    uint64
	minors  float64 // share of accounts under 18
	unknown float64 // share of accounts of which nothing is said
}

// ageShare is an age band with its share among minors, or among adults.
type ageShare struct {
	name  string
	minor bool
	share float64
}

// bands are the age bands.
var bands = [...]ageShare{
	{"u13", true, .10}, {"13-15", true, .45}, {"16-17", true, .45}, {"18-24", false, .45}, {"25+", false, .55},
}

// deal draws one age band.
func (m mix) deal(r *rand.Rand) string {
	switch x := r.Float64(); {
	case x < m.unknown:
		return "unknown"
	default:
		return pick(x < m.unknown+m.minors, r.Float64())
	}
}

func pick(minor bool, x float64) string {
	last := ""
	for _, b := range bands {
		if b.minor != minor {
			continue
		}
		last = b.name
		if x -= b.share; x < 0 {
			break
		}
	}
	return last
}

// wire is an event as events.md has it, with the fields that the conversion knows.
type wire struct {
	SpecVersion string `json:"specversion"`
	ID          string `json:"id"`
	Source      string `json:"source"`
	Type        string `json:"type"`
	Time        string `json:"time"`
	Data        any    `json:"data"`
}

type accountData struct {
	Account   string `json:"account"`
	AgeBand   string `json:"age_band"`
	AgeSource string `json:"age_source"`
}

type messageData struct {
	From         string   `json:"from"`
	To           []string `json:"to"`
	Conversation string   `json:"conversation"`
	Surface      string   `json:"surface"`
}

// ages deals a band to every account, in the order in which they appear.
func (m mix) ages(edges []edge) map[string]string {
	r, out := rand.New(rand.NewPCG(m.seed, 0)), map[string]string{}
	for _, e := range edges {
		for _, who := range []string{e.from, e.to} {
			if _, ok := out[who]; !ok {
				out[who] = m.deal(r)
			}
		}
	}
	return out
}

// convert writes every account a second before its first message, and every message. How two people stand to each other is not in
// the graph, so it is left out.
func convert(edges []edge, ages map[string]string, out io.Writer) (events int, err error) {
	w := json.NewEncoder(out)
	emit := func(id, typ string, at int64, data any) error {
		events++
		return w.Encode(wire{"1.0", id, "/collegemsg", typ, time.Unix(at, 0).UTC().Format(time.RFC3339), data})
	}
	known := map[string]bool{}
	for i, e := range edges {
		for _, who := range []string{e.from, e.to} {
			if known[who] {
				continue
			}
			known[who] = true
			band := ages[who]
			source := "declared"
			if band == "unknown" {
				source = "unknown"
			}
			if err := emit("a"+who, "account.created", e.at-1, accountData{"cm-" + who, band, source}); err != nil {
				return events, fmt.Errorf("write: %w", err)
			}
		}
		a, b := min(e.from, e.to), max(e.from, e.to)
		msg := messageData{"cm-" + e.from, []string{"cm-" + e.to}, "cm-" + a + "-" + b, "dm"}
		if err := emit("m"+strconv.Itoa(i+1), "message.sent", e.at, msg); err != nil {
			return events, fmt.Errorf("write: %w", err)
		}
	}
	return events, nil
}
