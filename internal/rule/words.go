package rule

import (
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Words is what a rule is called and says in one more language. Why has the same {holes} as the rule's own, in any order, and not
// necessarily all of them.
type Words struct{ Title, Why string }

// hole finds the {expressions} of an explanation.
var hole = regexp.MustCompile(`\{([^{}]*)\}`)

// languageTag is the name of a language as the pages know it: "ar", "pt", "zh-hant".
var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})*$`)

// words reads "in": the rule in other languages.
func (r *reader) words(n ast.Node) map[string]wordsSpec {
	out := map[string]wordsSpec{}
	m, ok := r.mapping(n, key("in"), nil)
	if !ok {
		return nil
	}
	for _, e := range m.entries {
		if !languageTag.MatchString(e.key) || e.key == "en" {
			r.problem(e.at, say("in names languages, and {word} is none that can stand there", "word", e.key), say(`such as "ar"; the rule itself is in English`), nil)
			continue
		}
		l, ok := r.mapping(e.val, say("a language"), []string{"title", "why"})
		if !ok {
			continue
		}
		r.require(l, say("a language"), "title", "why")
		var w wordsSpec
		for _, f := range l.entries {
			if f.key == "title" {
				w.title = r.text(f.val, say("the title"))
			} else {
				w.why = r.text(f.val, key("why"))
			}
		}
		out[e.key] = w
	}
	return out
}

// wordsSpec is Words with its place in the file.
type wordsSpec struct{ title, why text }

// checkWords reports holes that the rule's own explanation does not have.
func (r *reader) checkWords(s *ruleSpec) {
	own := holes(s.why.s)
	for _, w := range s.in {
		for _, h := range holes(w.why.s) {
			if !slices.Contains(own, h) {
				r.problem(w.why.at, say("{hole} does not stand in the rule's own why", "hole", "{"+h+"}"), say("a translation can say only what the rule says"), own)
			}
		}
	}
}

// holes lists what stands in the holes of an explanation, in order.
func holes(why string) (out []string) {
	for _, m := range hole.FindAllStringSubmatch(unbraced.Replace(why), -1) {
		out = append(out, strings.TrimSpace(m[1]))
	}
	return out
}

// Written {{ and }}, braces are text; they are put aside before holes are looked for and put back afterwards.
var (
	unbraced = strings.NewReplacer("{{", "\x01", "}}", "\x02")
	braced   = strings.NewReplacer("\x01", "{", "\x02", "}")
)

// translation is a rule in one more language, ready to say again what the rule once said.
type translation struct {
	Words
	said *regexp.Regexp // what the rule says in English, with one group for each hole
	own  []string       // the holes of the rule's own explanation, in the order of the groups
}

// translations makes ready what a rule has in other languages; nil when it has nothing.
func (s *ruleSpec) translations() map[string]translation {
	if len(s.in) == 0 {
		return nil
	}
	shape, rest := `^`, unbraced.Replace(s.why.s)
	for at := hole.FindStringIndex(rest); at != nil; at = hole.FindStringIndex(rest) {
		shape += regexp.QuoteMeta(braced.Replace(rest[:at[0]])) + `(.*?)`
		rest = rest[at[1]:]
	}
	said := regexp.MustCompile(`(?s)` + shape + regexp.QuoteMeta(braced.Replace(rest)) + `$`)
	out := make(map[string]translation, len(s.in))
	for lang, w := range s.in {
		out[lang] = translation{Words{w.title.s, w.why.s}, said, holes(s.why.s)}
	}
	return out
}

// Title returns what a rule is called in a language: in English when it has no words of its own there, and empty when there is no such rule.
func (s *Set) Title(id, lang string) string {
	r := s.find(id)
	if r == nil {
		return ""
	}
	if t, ok := r.in[lang]; ok {
		return t.Title
	}
	return r.title
}

// Say returns in a language what a rule has said in English. What it did not say in the words that it has now, before they were changed for
// example, stays as it was said. Word translates a single word that stands in a hole; nil leaves all as they are.
func (s *Set) Say(id, lang, says string, word func(string) string) string {
	r := s.find(id)
	if r == nil {
		return says
	}
	t, ok := r.in[lang]
	if !ok {
		return says
	}
	m := t.said.FindStringSubmatch(says)
	if m == nil {
		return says
	}
	return braced.Replace(hole.ReplaceAllStringFunc(unbraced.Replace(t.Why), func(h string) string {
		value := m[1+slices.Index(t.own, strings.TrimSpace(h[1:len(h)-1]))]
		if word != nil {
			value = word(value)
		}
		return value
	}))
}

// find returns a rule by its id.
func (s *Set) find(id string) *running {
	for _, r := range s.rules {
		if r.id == id {
			return r
		}
	}
	return nil
}
