package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"

	"haris/internal/casefile"
	"haris/internal/review"
)

// Drafter keeps what a person types into the forms of a case until it is recorded; *review.Service is one. Safe for concurrent use.
type Drafter interface {
	// KeepDraft keeps what was typed in the place of what was typed before; one with nothing in it removes that. casefile.ErrDraft,
	// casefile.ErrRecorded.
	KeepDraft(ctx context.Context, d casefile.Draft) (casefile.Draft, error)
	// Drafts returns what a person has typed about a case, and never what another has.
	Drafts(ctx context.Context, who, caseID string) ([]casefile.Draft, error)
	// DropDraft throws away what was typed.
	DropDraft(ctx context.Context, who, caseID, form string) error
}

// caseDraft keeps what a form of the case holds. The page's script asks for an answer in one line; the button leads back to the case.
func (c *console) caseDraft(w http.ResponseWriter, r *request) error {
	d, err := draftOf(r)
	if err != nil {
		return err
	}
	if d, err = c.Drafts.KeepDraft(r.Context(), d); err != nil {
		return err
	}
	if text(r, "quiet") == "" {
		return c.see(w, r, caseURL(d.Case, originOf(r))+"#"+draftPlace(d.Form))
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	words := c.words[r.lang].reading(&r.person)
	if d.Empty() {
		_, err = io.WriteString(w, words.T("draft.empty"))
		return err
	}
	_, err = io.WriteString(w, words.T("draft.kept_at", "clock", words.Clock(d.At), "zone", words.zoneName(d.At)))
	return err
}

// caseDraftDrop throws away what was kept of a form.
func (c *console) caseDraftDrop(w http.ResponseWriter, r *request) error {
	form := text(r, "form")
	if !slices.Contains(casefile.DraftForms(), form) {
		return errForm
	}
	if err := c.Drafts.DropDraft(r.Context(), r.person.ID, r.PathValue("id"), form); err != nil {
		return err
	}
	return c.see(w, r, caseURL(r.PathValue("id"), originOf(r))+"#"+draftPlace(form))
}

// draftPlace is the part of the case page in which a form stands.
func draftPlace(form string) string {
	if form == "note" {
		return "notes"
	}
	return "decide"
}

// draftOf reads a draft from the fields of its form.
func draftOf(r *request) (casefile.Draft, error) {
	d := casefile.Draft{Case: r.PathValue("id"), Person: r.person.ID, Form: text(r, "form"), Fields: map[string][]string{}}
	var err error
	if d.Seen, err = seenOf(r); err != nil {
		return d, err
	}
	for name, values := range r.PostForm {
		if !slices.Contains([]string{"token", "form", "seen", "q", "via", "quiet", "then"}, name) {
			d.Fields[name] = values
		}
	}
	return d, nil
}

// keepTyped keeps what came in a form that could not be taken, so that it outlives the page that says why.
func (c *console) keepTyped(r *request) error {
	if !slices.Contains(casefile.DraftForms(), text(r, "form")) {
		return nil
	}
	d, err := draftOf(r)
	if err == nil {
		_, err = c.Drafts.KeepDraft(r.Context(), d)
	}
	if errors.Is(err, errForm) || errors.Is(err, review.ErrSeen) || errors.Is(err, casefile.ErrDraft) || errors.Is(err, casefile.ErrRecorded) {
		return nil // what it held is on the page all the same
	}
	return err
}

// lostOf says why a decision was not taken although nothing is wrong with it: the claim is over, or the case is no longer where it was.
func lostOf(r *request, err error) mistakes {
	if !slices.Contains(casefile.DraftForms(), text(r, "form")) {
		return nil
	}
	switch {
	case errors.Is(err, casefile.ErrClaimed), errors.Is(err, casefile.ErrNotClaimed):
		return mistakes{"claim": "lost"}
	case errors.Is(err, casefile.ErrTransition):
		return mistakes{"claim": "moved"}
	}
	return nil
}

// draft is what the person has typed into a form and not recorded, or nil.
func (f caseForm) draft(which string) *casefile.Draft {
	for i := range f.drafts {
		if f.drafts[i].Form == which {
			return &f.drafts[i]
		}
	}
	return nil
}

// typed reports whether there is something in a form: it came back, or was kept.
func (f caseForm) typed(which string) bool { return f.which == which || f.draft(which) != nil }

// chosen reports whether a box of a field with many was ticked in the form that came back, or else in what was kept of it.
func (f caseForm) chosen(which, field, value string) bool {
	return slices.Contains(f.all(which, field), value)
}

// all returns the values of a field.
func (f caseForm) all(which, field string) []string {
	if f.which == which {
		return f.values[field]
	}
	if d := f.draft(which); d != nil {
		return d.Fields[field]
	}
	return nil
}

// shows reports whether the page offers a form, so that what was typed stands in it.
func (p *caseView) shows(form string) bool {
	switch form {
	case "dispose":
		return p.can.dispose || p.keeps
	case "second":
		return p.can.second
	case "escalate":
		return p.can.escalate
	case "reopen":
		return p.can.reopen
	case "note":
		return p.can.note
	}
	return false
}

// left lists the drafts whose form the page does not offer now.
func (p *caseView) left() (out []casefile.Draft) {
	for _, d := range p.form.drafts {
		if !p.shows(d.Form) {
			out = append(out, d)
		}
	}
	return out
}
