package casefile

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"haris/internal/normal"
)

// Word is a word of a text: the form in which it is looked for, and where it stands in the text, in bytes.
type Word struct {
	Form     string
	From, To int
}

// Bounds of words, in characters.
const (
	maxWord   = 48 // what is longer is looked for by its beginning
	minPrefix = 2  // a shorter last word is looked for whole
	minStem   = 3  // what is left of an Arabic word without its article has at least as many
)

// Words are the words of a text in order: runs of letters and digits, without case, accents and marks, with the letters that Arabic writers
// use for one another made one, and without the Arabic article. A language that is written without spaces has long words.
func Words(text string) (out []Word) {
	view := normal.Of(text).Folded
	for i := 0; i < len(view); {
		if !inWord(view[i].R) {
			i++
			continue
		}
		w := Word{From: int(view[i].From)}
		var form []rune
		for ; i < len(view) && inWord(view[i].R); i++ {
			if len(form) < maxWord {
				form = append(form, view[i].R)
			}
			w.To = int(view[i].To)
		}
		w.Form = withoutArticle(string(form))
		out = append(out, w)
	}
	return out
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// withoutArticle takes the Arabic article off a word, with the short words that are written together with it.
func withoutArticle(form string) string {
	for _, article := range []string{"وال", "فال", "بال", "كال", "لل", "ال"} {
		if rest, ok := strings.CutPrefix(form, article); ok && utf8.RuneCountInString(rest) >= minStem {
			return rest
		}
	}
	return form
}

// Question is what somebody looks for in texts: every one of the words, and a word that begins with Prefix unless it is empty.
type Question struct {
	Words  []string
	Prefix string
}

// Asked reads what was typed. Each word counts once; the last one is a beginning when it has two characters or more.
func Asked(typed string) (q Question) {
	list := Words(typed)
	seen := map[string]bool{}
	for i, w := range list {
		if i == len(list)-1 && utf8.RuneCountInString(w.Form) >= minPrefix {
			q.Prefix = w.Form
		} else if !seen[w.Form] {
			seen[w.Form] = true
			q.Words = append(q.Words, w.Form)
		}
	}
	return q
}

// Empty reports whether there is nothing to look for.
func (q Question) Empty() bool { return len(q.Words) == 0 && q.Prefix == "" }

// Means reports whether a word of a text is one that is looked for.
func (q Question) Means(w Word) bool {
	if q.Prefix != "" && strings.HasPrefix(w.Form, q.Prefix) {
		return true
	}
	for _, f := range q.Words {
		if f == w.Form {
			return true
		}
	}
	return false
}

// TextOf is what a person wrote in an event of a case: a note, or the reason of what they did with the policy of a finding. Empty for what
// software says.
func TextOf(e *Event) (string, error) {
	if !IsPerson(e.Who) || len(e.Body) == 0 {
		return "", nil
	}
	var b struct {
		Text        string `json:"text"`
		Reason      string `json:"reason"`
		Disposition struct {
			Policy string `json:"policy"`
			Reason string `json:"reason"`
		} `json:"disposition"`
	}
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return "", fmt.Errorf("%w: event %d of case %s: %w", ErrBody, e.N, e.Case, err)
	}
	return joined(b.Text, b.Reason, b.Disposition.Reason, b.Disposition.Policy), nil
}

// Headline is what stands on a case in words besides what people wrote: its queue and its labels.
func Headline(c *Case) string { return joined(append([]string{c.Queue}, c.Labels...)...) }

// joined puts what is there into one text, a line each.
func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}
