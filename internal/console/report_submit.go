package console

import (
	"errors"
	"net/http"
	"slices"

	"haris/cybertip"
	"haris/internal/report"
)

// reportSubmit files what the preview showed, once the person has confirmed the environment by its name.
func (c *console) reportSubmit(w http.ResponseWriter, r *request) error {
	a, err := reportAct(r)
	if err != nil {
		return err
	}
	if text(r, "confirm") == "" {
		return c.showPreview(w, r, http.StatusUnprocessableEntity, mistakes{"confirm": "confirm"})
	}
	_, err = c.Reports.Submit(r.Context(), report.Submission{
		Act: a, Environment: cybertip.Environment(text(r, "confirm")), SHA256: text(r, "sha256"), FollowUp: text(r, "follow_up"),
	})
	var incomplete *report.IncompleteError
	var twice *report.DuplicateError
	var second *report.UnapprovedError
	switch {
	case errors.As(err, &second):
		return c.showPreview(w, r, http.StatusConflict, mistakes{"confirm": "second"})
	case errors.As(err, &twice):
		return c.showTwice(w, r, twice)
	case errors.As(err, &incomplete):
		return c.showPreview(w, r, http.StatusUnprocessableEntity, nil)
	case errors.Is(err, report.ErrStale):
		return c.showPreview(w, r, http.StatusConflict, mistakes{"confirm": "changed"})
	case err != nil:
		return err
	}
	return c.see(w, r, "/report/"+a.Report)
}

// reportResolve answers a report that waits, or gives up a draft.
func (c *console) reportResolve(w http.ResponseWriter, r *request) error {
	a, err := reportAct(r)
	if err != nil {
		return err
	}
	o := report.Resolution{Act: a, Way: report.Way(text(r, "way")), Reason: text(r, "reason")}
	bad := mistakes{}
	if !slices.Contains(report.Ways(), o.Way) {
		bad["way"] = "choose"
	}
	if o.Reason == "" {
		bad["reason"] = "required"
	}
	if len(bad) > 0 {
		p, err := c.reportView(r)
		if err != nil {
			return err
		}
		p.bad = bad
		return c.showReport(w, r, http.StatusUnprocessableEntity, p)
	}
	if _, err := c.Reports.Resolve(r.Context(), o); err != nil {
		return err
	}
	return c.see(w, r, "/report/"+a.Report)
}

// showTwice shows the preview once more with the report that says the same, and asks what is new.
func (c *console) showTwice(w http.ResponseWriter, r *request, twice *report.DuplicateError) error {
	p, err := c.previewView(r)
	if err != nil {
		return err
	}
	p.earlier = twice
	return c.renderPreview(w, r, http.StatusConflict, p)
}
