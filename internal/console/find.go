package console

import (
	"context"
	"net/http"
	"unicode/utf8"

	"haris/internal/auth"
	"haris/internal/casefile"
)

// Finder looks for what somebody typed. Safe for concurrent use.
type Finder interface {
	// Find looks for a case by its id, for an account by its id, for the accounts that use a telephone number, an e-mail address, a name on
	// another service or a device, as the platform sent it, and for texts that people wrote about cases; and writes down who looked and what
	// was found. Nothing found is no error.
	Find(ctx context.Context, l Look) (Found, error)
}

// Look is a question of a person: one line of text. Reports says that they may read reports.
type Look struct {
	Who, Words string
	Reports    bool
}

// Found is what was found.
type Found struct {
	Case     string          // id of the case of that id
	Accounts []FoundAccount  // at most 20
	Cases    []casefile.Case // in which one of the accounts occurs, most urgent first, at most 50
	More     bool            // there are more cases
	Texts    casefile.Hits   // in which all the words stand
}

// FoundAccount is an account that was found, and the kind of key by which; empty where it was found by its id.
type FoundAccount struct{ ID, By string }

// maxFind bounds what may be looked for, in bytes.
const maxFind = 256

// findView is the page.
type findView struct {
	words string
	bad   string // what is wrong with the words, as a key of the catalogue
	asked bool
	found Found
	rows  []queueRow
	texts []foundView
	names names
}

// findShow is the empty page.
func (c *console) findShow(w http.ResponseWriter, r *request) error {
	return c.render(w, r, http.StatusOK, findPage(c.view(r, "find.title"), &findView{}))
}

// find looks for what was typed. The words come in the body of a form, so that they stand in no address and in no history of a browser.
func (c *console) find(w http.ResponseWriter, r *request) error {
	p := &findView{words: text(r, "words")}
	switch {
	case p.words == "":
		p.bad = "bad.required"
	case len(p.words) > maxFind || !utf8.ValidString(p.words) || !oneLine(p.words):
		p.bad = "bad.find"
	}
	if p.bad != "" {
		return c.render(w, r, http.StatusUnprocessableEntity, findPage(c.view(r, "find.title"), p))
	}
	var err error
	if p.found, err = c.Finder.Find(r.Context(), Look{Who: r.person.ID, Words: p.words, Reports: r.person.Can(auth.ReportRead)}); err != nil {
		return err
	}
	if p.found.Case != "" {
		return c.see(w, r, "/case/"+p.found.Case)
	}
	p.asked = true
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	for i := range p.found.Texts.List {
		p.texts = append(p.texts, foundOf(&p.found.Texts.List[i], casefile.Asked(p.words)))
	}
	for _, k := range p.found.Cases {
		row := queueRow{Case: k, due: k.Deadline, why: c.why(&k, r.lang)}
		if holder := k.Holder(c.Now()); holder != "" {
			row.holder, row.mine = p.names.of(holder), holder == r.person.ID
		}
		p.rows = append(p.rows, row)
	}
	return c.render(w, r, http.StatusOK, findPage(c.view(r, "find.title"), p))
}
