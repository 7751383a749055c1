package report

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Slip is a word of the narrative that is nearly a name of the case and not quite. It is advice: a person may have meant the word.
type Slip struct {
	Word    string `json:"word"`
	Name    string `json:"name"`    // what it is near to, as the case has it
	Account string `json:"account"` // whose name that is
}

// Prompt is one question that a narrative should answer. Known is what the draft has for it, as a reminder; it is never written for anybody.
type Prompt struct {
	Key   string   `json:"key"` // who, what, whom, when, where, why, unknown; translated by pages
	Known []string `json:"known,omitempty"`
	// Named says whether the narrative names at least one of Known; nil where only a person can judge.
	Named *bool `json:"named,omitempty"`
}

// minName is the length from which a name is compared, in characters: shorter ones are near to too many words.
const minName = 4

// Slips finds words of the narrative and of the reason that are one letter (two from 8 letters on) away from a name, screen name or id of
// the draft's accounts, compared without regard to case and to forms of writing (NFKC).
func Slips(d Draft) (out []Slip) {
	type name struct{ folded, as, account string }
	var names []name
	known := map[string]bool{}
	for i := range d.Parties {
		p := &d.Parties[i]
		for _, as := range p.names() {
			f := fold(as)
			known[f] = true
			if len([]rune(f)) >= minName {
				names = append(names, name{f, as, p.Account})
			}
			for _, part := range strings.Fields(f) {
				known[part] = true
			}
		}
	}
	tokens := tokensOf(d.Narrative + "\n" + d.TypeReason)
	for _, n := range names {
		size := len(strings.Fields(n.folded))
		for i := 0; i+size <= len(tokens); i++ {
			word := strings.Join(tokens[i:i+size], " ")
			f := fold(word)
			slip := Slip{Word: word, Name: n.as, Account: n.account}
			if !known[f] && near(f, n.folded) && !slices.Contains(out, slip) {
				out = append(out, slip)
			}
		}
	}
	return out
}

// Prompts lists the questions in their order.
func Prompts(d Draft) []Prompt {
	text := " " + strings.Join(strings.Fields(fold(d.Narrative)), " ") + " "
	ask := func(key string, list []Party) Prompt {
		p := Prompt{Key: key}
		named := false
		for i := range list {
			names := list[i].names()
			p.Known = append(p.Known, strings.Join(names, ", "))
			named = named || slices.ContainsFunc(names, func(n string) bool { return strings.Contains(text, fold(n)) })
		}
		if len(list) > 0 {
			p.Named = &named
		}
		return p
	}
	out := []Prompt{ask("who", d.with(RoleReported)), {Key: "what"}, ask("whom", d.with(RoleChild))}
	when, where := Prompt{Key: "when"}, Prompt{Key: "where"}
	if !d.IncidentAt.IsZero() {
		when.Known = append(when.Known, d.IncidentAt.UTC().Format("2006-01-02 15:04 UTC"))
	}
	for i := range d.Messages {
		if m := &d.Messages[i]; m.Chosen && m.Conversation != "" {
			where.Known = appendNew(where.Known, m.Conversation)
		}
	}
	return append(out, when, where, Prompt{Key: "why"}, Prompt{Key: "unknown"})
}

// names are the words that an account goes by, its id first.
func (p *Party) names() (out []string) {
	for _, n := range append([]string{p.Account, p.ScreenName}, p.DisplayNames...) {
		if n = strings.TrimSpace(n); n != "" {
			out = appendNew(out, n)
		}
	}
	for _, n := range []string{p.FirstName, p.LastName} {
		if n = strings.TrimSpace(n); n != "" {
			out = appendNew(out, n)
		}
	}
	return out
}

// fold makes words comparable.
func fold(s string) string { return cases.Fold().String(norm.NFKC.String(s)) }

// tokensOf splits a text into words, in which the signs that ids and names have stay.
func tokensOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("_-@.'’", r)
	})
}

// near reports whether two folded words are one edit apart, or two when they are long; a full stop at the end of a sentence is none.
func near(word, name string) bool {
	w, n := []rune(strings.TrimRight(word, ".'’-")), []rune(name)
	if string(w) == name {
		return false
	}
	most := 1
	if len(n) >= 8 {
		most = 2
	}
	return abs(len(w)-len(n)) <= most && distance(w, n, most) <= most
}

func abs(n int) int { return max(n, -n) }

// distance is the number of single letters to add, take away, change, or swap with their neighbour (optimal string alignment); it stops
// counting above most.
func distance(a, b []rune, most int) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		best := row[0]
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			best = min(best, row[j+1])
		}
		if best > most {
			return best
		}
		before, last = last, row
	}
	return last[len(b)]
}
