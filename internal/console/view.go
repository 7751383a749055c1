package console

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"haris/internal/auth"
	"haris/internal/detect"
)

// view is what every page needs to render itself: the words, who looks, and the token of their forms.
type view struct {
	*catalogue
	title   string // a key of the catalogue; never content
	ref     string // an id that the title names
	path    string
	person  auth.Person
	form    string
	now     time.Time
	url     map[string]string
	docsURL string
	whole   map[string]bool // pages that are not for who looks, because cases are hidden from them; nil otherwise
	prove   string          // where to show again who one is, when a form of this page asks for it; empty otherwise
	rules   RuleWords
	plain   bool // over plain http from another machine: sign-in is refused
}

// view makes the frame of a page with the given title.
func (c *console) view(r *request, title string) *view {
	v := &view{
		catalogue: c.words[r.lang].reading(&r.person), title: title, path: r.URL.Path, person: r.person, form: auth.FormToken(r.cookie),
		now: c.Now(), url: c.assets.url, docsURL: c.DocsURL, rules: c.RuleWords(), plain: c.plainHTTP(r.Request),
		prove: c.proofDue(r),
	}
	if !r.scope.All() {
		v.whole = c.whole
	}
	return v
}

// may reports whether the person who looks may do something, so that pages offer nothing that would be refused.
func (v *view) may(p auth.Permission) bool { return v.person.Can(p) }

// here reports whether a place is the one being looked at.
func (v *view) here(path string) bool { return v.path == path }

// inFront is how many entries of the navigation stand in one line on a laptop, in Arabic too.
const inFront = 6

// places are the entries of the navigation that a person may see: those in front, or those of the menu beside them, which begins with what had
// no room in front.
func (v *view) places(more bool) []place {
	var front, back []place
	for _, n := range navigation() {
		switch {
		case !v.may(n.need) || v.whole[n.path]:
		case slices.Contains(backstage(), n.path):
			back = append(back, n)
		default:
			front = append(front, n)
		}
	}
	n := min(len(front), inFront)
	if more {
		return append(slices.Clone(front[n:]), back...)
	}
	return front[:n]
}

// among reports whether the page being looked at is one of these.
func (v *view) among(list []place) bool {
	return slices.ContainsFunc(list, func(n place) bool { return v.here(n.path) })
}

// windowTitle is the title of the window: the kind of page and an id, never content.
func (v *view) windowTitle() string {
	t := v.T(v.title)
	if v.ref != "" {
		t += " " + v.ref
	}
	return t + " · " + v.T("product")
}

// others are the languages to switch to.
func (v *view) others() []tongue {
	return slices.DeleteFunc(slices.Clone(v.tongues), func(t tongue) bool { return t.lang == v.lang })
}

// stamp is the machine-readable form of a moment.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// word translates a word of ours that comes with data, such as a status; one that has no translation is shown as it is.
func (v *view) word(kind, w string) string {
	if key := kind + "." + w; w != "" && v.Has(key) {
		return v.T(key)
	}
	return w
}

// act is what an act of the audit log is called; its code when nothing calls it otherwise. What happens to a case is called as in its history.
func (v *view) act(code string) string {
	if w := v.word("act", code); w != code {
		return w
	}
	if kind, of := strings.CutPrefix(code, "case."); of && v.Has("kind."+kind) {
		return v.T("act.case", "what", v.T("kind."+kind))
	}
	return code
}

// detector is what a detector or rule is called in the language of the page; its own name when nothing calls it otherwise.
func (v *view) detector(name string) string {
	if w := v.word("detector", name); w != name {
		return w
	}
	return cmp.Or(v.rules.Title(name, v.lang), name)
}

// queueWord is the word that a rule gave a case, in the language of the page: of the queues that haris fills by itself each has the name of
// its typology.
func (v *view) queueWord(w string) string {
	if t := v.word("queue_word", w); t != w {
		return t
	}
	return v.word("typology", w)
}

// explain says a signal in words, in a language; what a rule has said as well.
func (c *console) explain(s *detect.Signal, lang string) detect.Explanation {
	e := c.Explain(*s, lang)
	if s.Says != "" && e.Why == s.Says {
		e.Why = c.RuleWords().Say(s.Detector, lang, s.Says, func(w string) string {
			for _, kind := range []string{"reported_for.", "age."} {
				if c.words[lang].Has(kind + w) {
					return c.words[lang].T(kind + w)
				}
			}
			return w
		})
	}
	return e
}
