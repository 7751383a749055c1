package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"haris/internal/report"
)

// ReportChecks is what people do with a draft before it is filed; *report.Service is one. Every method writes its audit entry. Errors are
// those of package report. Safe for concurrent use.
type ReportChecks interface {
	// DryRun files exactly what the preview shows against the strict stand-in inside of the process.
	DryRun(ctx context.Context, who, id string) (report.DryRun, error)
	// Approve notes a second person's word that exactly these documents should be sent.
	Approve(ctx context.Context, v report.Review) (report.Report, error)
	// Disapprove notes why they should not be sent as they are.
	Disapprove(ctx context.Context, v report.Review) (report.Report, error)
	// Compare returns what has changed between two saved versions.
	Compare(ctx context.Context, who, id string, from, to int) (report.Compared, error)
}

var _ ReportChecks = (*report.Service)(nil)

// changesView is the page of differences.
type changesView struct {
	report.Compared
	id    string
	names names
}

// reportDryRun shows the preview with how the dry run went. It answers at the address of the form and does not lead back to the preview:
// nothing of a dry run is kept, so there would be nothing to show there. Loading the answer again only tries once more, and nothing is sent
// by that.
func (c *console) reportDryRun(w http.ResponseWriter, r *request) error {
	d, err := c.Checks.DryRun(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := c.previewView(r)
	if err != nil {
		return err
	}
	p.rehearsed = &d
	return c.renderPreview(w, r, http.StatusOK, p)
}

// reportSecond takes the word of a second person.
func (c *console) reportSecond(w http.ResponseWriter, r *request) error {
	a, err := reportAct(r)
	if err != nil {
		return err
	}
	v := report.Review{Act: a, SHA256: text(r, "sha256"), Why: text(r, "why")}
	act := c.Checks.Approve
	if text(r, "word") != "approve" {
		if v.Why == "" {
			return c.showPreview(w, r, http.StatusUnprocessableEntity, mistakes{"why": "required"})
		}
		act = c.Checks.Disapprove
	}
	_, err = act(r.Context(), v)
	if errors.Is(err, report.ErrAuthor) { // the page says in which version they wrote
		return c.showPreview(w, r, http.StatusConflict, mistakes{"second": "author"})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/report/"+a.Report+"/preview")
}

// reportChanges shows what has changed between two saved versions.
func (c *console) reportChanges(w http.ResponseWriter, r *request) error {
	number := func(name string) int {
		n, err := strconv.Atoi(r.URL.Query().Get(name))
		if err != nil {
			return 0 // the newest, and the one before
		}
		return n
	}
	p := &changesView{id: r.PathValue("id")}
	var err error
	if p.Compared, err = c.Checks.Compare(r.Context(), r.person.ID, p.id, number("from"), number("to")); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "changes.title")
	v.ref, v.path = p.id, "/report/"+p.id+"/changes"
	return c.render(w, r, http.StatusOK, changesPage(v, p))
}
