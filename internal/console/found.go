package console

import (
	"strings"

	"haris/internal/casefile"
)

// The words of a text that are shown around the first one that was looked for.
const (
	wordsBefore = 8
	wordsAfter  = 24
)

// foundView is a text in which what was looked for stands.
type foundView struct {
	casefile.Hit
	parts  []excerptPart
	before bool // the text begins earlier
	after  bool // the text goes on
}

// excerptPart is a piece of a text; the marked ones are what was looked for.
type excerptPart struct {
	text   string
	marked bool
}

// foundOf makes the excerpt of a hit.
func foundOf(h *casefile.Hit, q casefile.Question) foundView {
	f := foundView{Hit: *h}
	words := casefile.Words(h.Text)
	first := 0
	for first < len(words) && !q.Means(words[first]) {
		first++
	}
	if first == len(words) {
		f.parts = []excerptPart{{text: h.Text}}
		return f
	}
	from, to := max(0, first-wordsBefore), min(len(words), first+wordsAfter)
	at, end := 0, len(h.Text)
	if f.before = from > 0; f.before {
		at = words[from].From
	}
	if f.after = to < len(words); f.after {
		end = words[to-1].To
	}
	for _, w := range words[from:to] {
		if !q.Means(w) {
			continue
		}
		f.parts = append(f.parts, excerptPart{text: h.Text[at:w.From]}, excerptPart{text: h.Text[w.From:w.To], marked: true})
		at = w.To
	}
	f.parts = append(f.parts, excerptPart{text: h.Text[at:end]})
	return f
}

// where is the key of the words that say where a text stands.
func (f *foundView) where() string {
	switch {
	case f.Report != "":
		return "found.report"
	case f.Kind == "":
		return "found.case"
	}
	return "kind." + string(f.Kind)
}

// link leads to the text.
func (f *foundView) link() string {
	switch {
	case f.Report != "":
		return "/report/" + f.Report
	case f.Kind == casefile.Noted:
		return "/case/" + f.Case.ID + "#notes"
	case f.Kind != "":
		return "/case/" + f.Case.ID + "#history"
	}
	return "/case/" + f.Case.ID
}

// oneLine reports whether a text can stand in a line of a form: nothing in it that cannot be typed there.
func oneLine(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd })
}
