package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"haris/internal/auth"
	"haris/internal/report"
)

// Courier hands reports to authorities that take none by an API; report.Courier does. Every method writes its audit entry. Errors are
// those of package report. Safe for concurrent use.
type Courier interface {
	// Names lists the authorities that the configuration names.
	Names() []string
	// Handed returns a report and what was handed over of it, oldest first.
	Handed(ctx context.Context, who, id string) (report.Report, []report.Handover, error)
	// Offer returns what an authority would get.
	Offer(ctx context.Context, who, id, authority string) (report.Offer, error)
	// Hand makes the file and writes down that it is handed over.
	Hand(ctx context.Context, o report.Handing) (report.Handed, error)
	// Take gives out the file of a handover.
	Take(ctx context.Context, t report.Taking, sink report.Sink) (report.Handed, error)
	// PublicKey is the key with which whoever gets a package checks it.
	PublicKey() string
}

var _ Courier = report.Courier{}

// handoverView is the page on which a report is handed over.
type handoverView struct {
	report  report.Report
	names   []string // of authorities
	key     string   // with which a package is checked
	people  names
	handed  []report.Handover
	offer   *report.Offer // nil until an authority is chosen
	reading report.Reading
	blocks  []report.Item
	bad     mistakes
	form    report.Form
	why     string
}

// may reports whether the form is shown.
func (p *handoverView) may(v *view) bool {
	return p.offer != nil && len(p.blocks) == 0 && v.may(auth.ReportSubmit)
}

// handover shows who gets reports, what was handed over, and what the chosen authority would get.
func (c *console) handover(w http.ResponseWriter, r *request) error {
	p, err := c.handoverView(r, r.URL.Query().Get("to"))
	if err != nil {
		return err
	}
	return c.showHandover(w, r, http.StatusOK, p)
}

func (c *console) handoverView(r *request, to string) (p *handoverView, err error) {
	id := r.PathValue("id")
	p = &handoverView{names: c.Courier.Names(), key: c.Courier.PublicKey(), form: report.FormPackage}
	if p.people, err = c.names(r.Context()); err != nil {
		return nil, err
	}
	if to == "" {
		p.report, p.handed, err = c.Courier.Handed(r.Context(), r.person.ID, id)
		return p, err
	}
	o, err := c.Courier.Offer(r.Context(), r.person.ID, id, to)
	if err != nil {
		return nil, err
	}
	p.report, p.handed, p.offer, p.blocks = o.Report, o.Handed, &o, report.Blocking(o.Items)
	p.reading, err = o.Documents.Reading()
	return p, err
}

func (c *console) showHandover(w http.ResponseWriter, r *request, status int, p *handoverView) error {
	v := c.view(r, "handover.title")
	v.ref, v.path = p.report.ID, "/report/"+p.report.ID+"/handover"
	return c.render(w, r, status, handoverPage(v, p))
}

// handOver writes down that a report is handed over. The page that follows has the file.
func (c *console) handOver(w http.ResponseWriter, r *request) error {
	a, err := reportAct(r)
	if err != nil {
		return err
	}
	o := report.Handing{Act: a, Authority: text(r, "to"), Form: report.Form(text(r, "form")), Why: text(r, "why"), SHA256: text(r, "sha256")}
	bad := mistakes{}
	if o.Why == "" {
		bad["why"] = "required"
	}
	if !slices.Contains(report.Forms(), o.Form) {
		bad["form"] = "choose"
	}
	if len(bad) > 0 {
		return c.askAgain(w, r, o, http.StatusUnprocessableEntity, bad)
	}
	_, err = c.Courier.Hand(r.Context(), o)
	var second *report.UnapprovedError
	var incomplete *report.IncompleteError
	switch {
	case errors.As(err, &second):
		return c.askAgain(w, r, o, http.StatusConflict, mistakes{"why": "second"})
	case errors.As(err, &incomplete):
		return c.askAgain(w, r, o, http.StatusUnprocessableEntity, nil)
	case errors.Is(err, report.ErrStale):
		return c.askAgain(w, r, o, http.StatusConflict, mistakes{"why": "changed"})
	case err != nil:
		return err
	}
	return c.see(w, r, "/report/"+a.Report+"/handover#handed")
}

// handoverFile gives the file of a handover to the person's browser, as it is read from the vault: it is not held in memory. When reading
// fails on the way the connection is cut, and the browser says that the download has failed.
func (c *console) handoverFile(w http.ResponseWriter, r *request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return ErrNotFound
	}
	began := false
	_, err = c.Courier.Take(r.Context(), report.Taking{Who: r.person.ID, Report: r.PathValue("id"), N: n}, func(h report.Handed) (io.Writer, error) {
		began = true
		kind := report.Form(h.Form).MediaType()
		if h.Sealed {
			kind = "application/octet-stream"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Disposition", `attachment; filename="`+h.Name+`"`)
		w.WriteHeader(http.StatusOK)
		return w, nil
	})
	if err != nil && began {
		c.Logger.Error("a handover broke off on its way out", "report", r.PathValue("id"), "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// askAgain shows the page with what the person has filled in.
func (c *console) askAgain(w http.ResponseWriter, r *request, o report.Handing, status int, bad mistakes) error {
	p, err := c.handoverView(r, o.Authority)
	if err != nil {
		return err
	}
	p.bad, p.form, p.why = bad, o.Form, o.Why
	return c.showHandover(w, r, status, p)
}

// handoverURL is the page with an authority chosen.
func handoverURL(id, to string) string {
	return "/report/" + id + "/handover?" + url.Values{"to": {to}}.Encode()
}
