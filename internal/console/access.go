package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"haris/internal/access"
	"haris/internal/auth"
	"haris/internal/sheet"
)

// accessRead is what it takes to look at access reviews: they name keys and people, and whoever sees the keys sees the people too.
const accessRead = auth.KeysRead

// What a filter of lines shows.
const (
	showOpen = "open"
	showAll  = "all"
)

// accessListView is the page of the access reviews.
type accessListView struct {
	list  []access.Summary
	due   access.Due
	names names
	bad   mistakes
	why   string
}

// accessView is the page of one, and its document.
type accessView struct {
	access.Look
	names names
	show  string
	own   access.Ref // who looks
	bad   mistakes   // of the line badLine; of the form that closes when that is 0
	line  int
	wrote string
}

// shown lists the lines that the filter leaves.
func (p *accessView) shown() (out []*access.Line) {
	for i := range p.Lines {
		if l := &p.Lines[i]; p.show == showAll || !p.Settled(l) || p.bad != nil && p.line == l.N {
			out = append(out, l)
		}
	}
	return out
}

// badOf returns the mistakes of a line's form; 0 is the form that closes.
func (p *accessView) badOf(n int) mistakes {
	if p.line == n {
		return p.bad
	}
	return nil
}

// wroteOf is what a form shows that came back.
func (p *accessView) wroteOf(n int) string {
	if p.bad != nil && p.line == n {
		return p.wrote
	}
	return ""
}

// accessURL is the address of a review, with what follows it.
func accessURL(id, rest string) string { return "/access-review/" + url.PathEscape(id) + rest }

// lineURL is where the form of a line goes.
func (p *accessView) lineURL(n int, rest string) string {
	return accessURL(p.ID, "/line/"+strconv.Itoa(n)+rest)
}

// accessReviews lists the access reviews.
func (c *console) accessReviews(w http.ResponseWriter, r *request) error {
	return c.showAccessReviews(w, r, http.StatusOK, &accessListView{})
}

func (c *console) showAccessReviews(w http.ResponseWriter, r *request, status int, p *accessListView) (err error) {
	if p.list, p.due, err = c.Auth.AccessReviews(r.Context()); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "access.title")
	v.path = "/access-review"
	return c.render(w, r, status, accessListPage(v, p))
}

// accessBegin begins a review.
func (c *console) accessBegin(w http.ResponseWriter, r *request) error {
	why := text(r, "why")
	x, err := c.Auth.BeginReview(r.Context(), r.person.ID, why)
	if bad := mistakesOf(err); bad != nil {
		return c.showAccessReviews(w, r, http.StatusUnprocessableEntity, &accessListView{bad: bad, why: why})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, accessURL(x.ID, ""))
}

// accessShow shows a review: what is to be decided, or everything.
func (c *console) accessShow(w http.ResponseWriter, r *request) error {
	return c.showAccess(w, r, http.StatusOK, &accessView{show: r.query.Get("show")})
}

func (c *console) showAccess(w http.ResponseWriter, r *request, status int, p *accessView) (err error) {
	if p.Look, err = c.Auth.AccessReview(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	if p.show != showAll {
		p.show = showOpen
	}
	if p.Closed() {
		p.show = showAll
	}
	p.own = access.Ref{Kind: access.Person, ID: r.person.ID}
	v := c.view(r, "access.one")
	v.path, v.ref = "/access-review", p.ID
	return c.render(w, r, status, accessPage(v, p))
}

// accessDecide keeps a line, or takes note that it was changed. Taking away asks for a fresh proof and has an address of its own.
func (c *console) accessDecide(w http.ResponseWriter, r *request) error {
	v := access.Verdict(text(r, "verdict"))
	if v != access.Kept && v != access.Changed {
		return errForm
	}
	return c.ruleOnAccess(w, r, v)
}

// accessTake takes a line's access away.
func (c *console) accessTake(w http.ResponseWriter, r *request) error {
	return c.ruleOnAccess(w, r, access.Taken)
}

func (c *console) ruleOnAccess(w http.ResponseWriter, r *request, v access.Verdict) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return ErrNotFound
	}
	id, reason, show := r.PathValue("id"), text(r, "reason"), text(r, "show")
	err = c.Auth.DecideAccess(r.Context(), r.person.ID, id, auth.Ruling{Line: n, Verdict: v, Reason: reason, Seen: text(r, "seen")})
	if bad := accessMistakes(err); bad != nil {
		return c.showAccess(w, r, http.StatusUnprocessableEntity, &accessView{show: show, line: n, bad: bad, wrote: reason})
	}
	if err != nil {
		return err
	}
	to := accessURL(id, "")
	if show == showAll {
		to += "?show=all#line-" + strconv.Itoa(n)
	}
	return c.see(w, r, to)
}

// accessMistakes are what a person can mend on the page.
func accessMistakes(err error) mistakes {
	for _, k := range []struct {
		err  error
		word string
	}{
		{access.ErrMoved, "access_moved"}, {access.ErrSame, "access_same"}, {access.ErrStale, "access_stale"}, {access.ErrOwn, "access_own"}, {access.ErrReason, "access_reason"},
	} {
		if errors.Is(err, k.err) {
			return mistakes{"reason": k.word}
		}
	}
	return mistakesOf(err)
}

// accessClose ends a review.
func (c *console) accessClose(w http.ResponseWriter, r *request) error {
	id, note := r.PathValue("id"), text(r, "note")
	err := c.Auth.CloseReview(r.Context(), r.person.ID, id, note)
	if bad := mistakesOf(err); bad != nil {
		return c.showAccess(w, r, http.StatusUnprocessableEntity, &accessView{bad: bad, wrote: note})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, accessURL(id, ""))
}

// accessDocument shows a review as it is printed.
func (c *console) accessDocument(w http.ResponseWriter, r *request) error {
	l, err := c.Auth.ReadReview(r.Context(), r.person.ID, "access.read", r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &accessView{Look: l, show: showAll}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "access.one")
	v.path, v.ref = "/access-review", p.ID
	return c.render(w, r, http.StatusOK, accessDocumentPage(v, p))
}

// accessList gives the lines as CSV.
func (c *console) accessList(w http.ResponseWriter, r *request) error {
	names, err := c.names(r.Context())
	if err != nil {
		return err
	}
	l, err := c.Auth.ReadReview(r.Context(), r.person.ID, "access.exported", r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.hand(w, "access-review-"+l.ID+".csv", func(w http.ResponseWriter) error {
		return sheet.NewWriter(w).WriteAll(access.Rows(&l.Review, names.of))
	})
}
