package console

import (
	"net/http"

	"haris/internal/auth"
	"haris/internal/exposure"
)

// helpView is the page of help for whoever works here.
type helpView struct {
	day     exposure.Day
	support string // whom somebody can talk to, as the operator wrote it; empty when nobody did
	danger  string // whom to call when a child is in danger now
}

// help says what to do when it is too much, what protects the person, and how the work goes. Everybody who signs in may read it.
func (c *console) help(w http.ResponseWriter, r *request) (err error) {
	p := &helpView{support: c.Support, danger: c.Danger}
	if r.person.Can(auth.EvidenceView) {
		if p.day, err = c.Exposure.Today(r.Context(), r.person.ID); err != nil {
			return err
		}
	}
	return c.render(w, r, http.StatusOK, helpPage(c.view(r, "help.title"), p))
}

// helpSteps are what to do when it is too much, how one is protected and how a case goes: keys of the catalogue.
func helpSteps(part string) []string {
	switch part {
	case "now":
		return []string{"help.now.away", "help.now.body", "help.now.talk", "help.now.rest"}
	case "guard":
		return []string{"help.guard.blur", "help.guard.sound", "help.guard.known", "help.guard.soft", "help.guard.lists"}
	case "after":
		return []string{"help.after.ordinary", "help.after.long", "help.after.swap"}
	}
	return []string{"help.work.take", "help.work.read", "help.work.doubt", "help.work.decide", "help.work.later"}
}
