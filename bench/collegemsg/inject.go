package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// actors are adults put into the graph who choose whom they write to.
type actors struct {
	n           int
	contacts    int     // accounts that each writes to, once, within actorDays
	selectivity float64 // share of minors among them
	acceptance  float64 // chance that an account answers, within a day
}

const (
	actorDays = 14
	day       = 24 * 3600
)

// injected is one actor as the truth has it.
type injected struct {
	Kind     string    `json:"kind"`
	Subjects []string  `json:"subjects"`
	Victims  []string  `json:"victims"`
	Start    time.Time `json:"start"`
}

// check reports what cannot be.
func (a actors) check() error {
	if a.n < 0 || a.contacts < 1 || !(a.selectivity >= 0 && a.selectivity <= 1) || !(a.acceptance >= 0 && a.acceptance <= 1) {
		return fmt.Errorf("%d actors of %d contacts, selectivity %g, acceptance %g: want at least 0, at least 1, and both from 0 to 1", a.n, a.contacts, a.selectivity, a.acceptance)
	}
	return nil
}

// inject adds the messages of the actors to the edges, in the order of time. Each begins in the middle half of the graph's time and writes to accounts
// that are there by then; ages are those that bands deals to each account.
func (a actors) inject(edges []edge, bands map[string]string, seed uint64) ([]edge, []injected, error) {
	if a.n == 0 || len(edges) == 0 {
		return edges, nil, nil
	}
	r := rand.New(rand.NewPCG(seed, 1))
	first, span := edges[0].at, edges[len(edges)-1].at-edges[0].at
	out, truth := slices.Clone(edges), make([]injected, 0, a.n)
	for i := range a.n {
		who := "x" + strconv.Itoa(i+1)
		start := first + span/4 + r.Int64N(max(span/2, 1))
		minors, adults := there(edges, bands, start)
		x := injected{Kind: fmt.Sprintf("grooming_s%02.0f_a%02.0f", 100*a.selectivity, 100*a.acceptance), Subjects: []string{"cm-" + who}, Start: time.Unix(start, 0).UTC()}
		for k := range a.contacts {
			from := &adults
			if r.Float64() < a.selectivity {
				from = &minors
			}
			if len(*from) == 0 {
				return nil, nil, fmt.Errorf("actor %d: too few accounts of that age are there for %d contacts", i+1, a.contacts)
			}
			j := r.IntN(len(*from))
			target := (*from)[j]
			*from = slices.Delete(*from, j, j+1)
			at := start + int64(k)*actorDays*day/int64(a.contacts) + r.Int64N(actorDays*day/int64(a.contacts))
			out = append(out, edge{who, target, at})
			if minor(bands[target]) {
				x.Victims = append(x.Victims, "cm-"+target)
			}
			if r.Float64() < a.acceptance {
				out = append(out, edge{target, who, at + 60 + r.Int64N(day)})
			}
		}
		bands[who] = "25+"
		truth = append(truth, x)
	}
	slices.SortStableFunc(out, func(a, b edge) int { return int(a.at - b.at) })
	return out, truth, nil
}

// there lists the accounts of known age that have written or been written to by a time.
func there(edges []edge, bands map[string]string, by int64) (minors, adults []string) {
	seen := map[string]bool{}
	for _, e := range edges {
		if e.at > by {
			break
		}
		for _, who := range []string{e.from, e.to} {
			switch {
			case seen[who]:
			case minor(bands[who]):
				minors = append(minors, who)
			case bands[who] != "unknown":
				adults = append(adults, who)
			}
			seen[who] = true
		}
	}
	return minors, adults
}

func minor(band string) bool {
	return slices.ContainsFunc(bands[:], func(b ageShare) bool { return b.name == band && b.minor })
}

// writeTruth writes who was put in, as haris eval reads it.
func writeTruth(w io.Writer, list []injected) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(map[string]any{"positive": list, "benign_hard": []any{}})
}
