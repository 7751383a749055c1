package console

import (
	"net/http"
	"net/url"
)

// letterPageSize is how many dead letters a page shows.
const letterPageSize = 50

// letterView is the page of dead letters.
type letterView struct {
	letters []Letter
	cursor  string
	next    string
	said    string // what became of the letter that was just replayed
}

// letters lists the events that could not be read.
func (c *console) letters(w http.ResponseWriter, r *request) (err error) {
	p := letterView{cursor: r.query.Get("from")}
	if s := r.query.Get("replayed"); s == "taken" || s == "refused" {
		p.said = s
	}
	if p.letters, p.next, err = c.Letters.List(r.Context(), p.cursor, letterPageSize); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, letterPage(c.view(r, "letters.title"), p))
}

// letterReplay tries one again.
func (c *console) letterReplay(w http.ResponseWriter, r *request) error {
	taken, err := c.Letters.Replay(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	said := "refused"
	if taken {
		said = "taken"
	}
	return c.see(w, r, "/letter?"+url.Values{"replayed": {said}}.Encode())
}

func letterURL(cursor string) string { return "/letter?" + url.Values{"from": {cursor}}.Encode() }
