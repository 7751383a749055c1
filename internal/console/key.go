package console

import (
	"net/http"

	"haris/internal/auth"
)

// keyView is the page of the API keys.
type keyView struct {
	keys  []auth.Key
	names names
	bad   mistakes
	form  auth.NewKey
	shown string // a key that was just made, shown this once
}

// keys lists the API keys of event sources.
func (c *console) keys(w http.ResponseWriter, r *request) error {
	return c.showKeys(w, r, http.StatusOK, keyView{form: auth.NewKey{Scopes: []auth.Scope{auth.EventsWrite}}})
}

func (c *console) showKeys(w http.ResponseWriter, r *request, status int, p keyView) (err error) {
	if p.keys, err = c.Auth.Keys(r.Context()); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	return c.render(w, r, status, keyPage(c.view(r, "keys_page.title"), p))
}

// keyCreate makes a key and shows it, this once.
func (c *console) keyCreate(w http.ResponseWriter, r *request) error {
	n := auth.NewKey{Source: text(r, "source")}
	for _, s := range r.PostForm["scope"] {
		n.Scopes = append(n.Scopes, auth.Scope(s))
	}
	_, shown, err := c.Auth.CreateKey(r.Context(), r.person.ID, n)
	if bad := mistakesOf(err); bad != nil {
		return c.showKeys(w, r, http.StatusUnprocessableEntity, keyView{bad: bad, form: n})
	}
	if err != nil {
		return err
	}
	return c.showKeys(w, r, http.StatusOK, keyView{shown: shown})
}

// keyRevoke ends a key.
func (c *console) keyRevoke(w http.ResponseWriter, r *request) error {
	if err := c.Auth.RevokeKey(r.Context(), r.person.ID, r.PathValue("id")); err != nil {
		return err
	}
	return c.see(w, r, "/key")
}
