package console

import (
	"context"
	"net/http"
	"unicode/utf8"

	"haris/internal/casefile"
)

// Finder looks for what somebody typed. Safe for concurrent use.
type Finder interface {
	// Find looks for a case by its id, for an account by its id, and for the accounts that use a telephone number, an e-mail address, a name on
	// another service or a device, as the platform sent it; and writes down that who looked. Nothing found is no error.
	Find(ctx context.Context, who, words string) (Found, error)
}

// Found is what was found.
type Found struct {
	Case     string          // id of the case of that id
	Accounts []FoundAccount  // at most 20
	Cases    []casefile.Case // in which one of the accounts occurs, most urgent first, at most 50
	More     bool            // there are more cases
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
	case len(p.words) > maxFind || !utf8.ValidString(p.words):
		p.bad = "bad.find_long"
	}
	if p.bad != "" {
		return c.render(w, r, http.StatusUnprocessableEntity, findPage(c.view(r, "find.title"), p))
	}
	var err error
	if p.found, err = c.Finder.Find(r.Context(), r.person.ID, p.words); err != nil {
		return err
	}
	if p.found.Case != "" {
		return c.see(w, r, "/case/"+p.found.Case)
	}
	p.asked = true
	names, err := c.names(r.Context())
	if err != nil {
		return err
	}
	for _, k := range p.found.Cases {
		row := queueRow{Case: k, why: c.why(&k, r.lang)}
		if holder := k.Holder(c.Now()); holder != "" {
			row.holder, row.mine = names.of(holder), holder == r.person.ID
		}
		p.rows = append(p.rows, row)
	}
	return c.render(w, r, http.StatusOK, findPage(c.view(r, "find.title"), p))
}
