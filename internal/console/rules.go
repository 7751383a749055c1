package console

import (
	"errors"
	"net/http"
	"strconv"

	"haris/internal/decide"
	"haris/internal/rule"
	"haris/internal/rulebook"
)

// RulesNow is what judges now.
type RulesNow struct {
	Rules   *rule.Set
	Policy  decide.Policy
	Version int64          // of the rule book; 0 is the files of the installation
	Fault   error          // why what changed last is not in force; nil when it is
	Hits    map[string]int // by rule, since the start, those in shadow too
	Signals map[string]int // by detector, since the start
}

// faulty is what is wrong with a text, when that is why it is not in force.
func faulty(err error) *rulebook.Judgement {
	if f := (*rulebook.FaultyError)(nil); errors.As(err, &f) {
		return &f.Judgement
	}
	if f := (*rule.Problems)(nil); errors.As(err, &f) {
		return &rulebook.Judgement{Problems: f.List}
	}
	return nil
}

// The bounds of lists of versions.
const (
	maxProposed = 50
	historyPage = 50
)

// rulesView is the page of the rules in force.
type rulesView struct {
	now       RulesNow
	version   rulebook.Version // in force; zero when it is the files
	proposed  []rulebook.Version
	open      bool // the book is in use
	detectors []string
	names     names
}

// rules shows what is in force and what waits for a second person.
func (c *console) rules(w http.ResponseWriter, r *request) (err error) {
	p := &rulesView{now: c.Rules(), open: c.Book.Open, detectors: c.Book.Detectors}
	if p.now.Version > 0 {
		if p.version, _, err = c.Book.Get(r.Context(), p.now.Version); err != nil {
			return err
		}
	}
	if p.proposed, err = c.Book.List(r.Context(), rulebook.Filter{State: rulebook.Proposed, Limit: maxProposed}); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "rules.title")
	v.path = "/rules"
	return c.render(w, r, http.StatusOK, rulesPage(v, p))
}

// historyView is the page of all versions.
type historyView struct {
	list   []rulebook.Version
	now    int64 // the version in force
	before int64 // the next page begins below it; 0 at the end
	names  names
}

// rulesHistory lists the versions, newest first.
func (c *console) rulesHistory(w http.ResponseWriter, r *request) (err error) {
	p := &historyView{}
	before, _ := strconv.ParseInt(r.query.Get("before"), 10, 64) // what is no number begins at the newest
	if p.list, err = c.Book.List(r.Context(), rulebook.Filter{Before: max(before, 0), Limit: historyPage}); err != nil {
		return err
	}
	if len(p.list) == historyPage {
		p.before = p.list[len(p.list)-1].N
	}
	now, err := c.Book.InForce(r.Context())
	if err != nil {
		return err
	}
	p.now = now.N
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "rules.history")
	v.path = "/rules"
	return c.render(w, r, http.StatusOK, rulesHistoryPage(v, p))
}

func versionURL(n int64) string { return "/rules/version/" + strconv.FormatInt(n, 10) }

// versionName is how a version is called.
func (v *view) versionName(n int64) string {
	if n == 0 {
		return v.T("rules.files")
	}
	return v.T("rules.version", "n", v.Number(int(n)))
}
