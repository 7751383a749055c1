package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/report"
)

const reportsPerPage = 50

// reportsView is the page of the reports of one case, or of all.
type reportsView struct {
	caseID string // empty on the page of all
	list   []report.Report
	next   string // id of the last report, when there are older ones
	filter report.Filter
	names  names
	start  bool // a draft can be made
}

// path is the page itself.
func (p *reportsView) path() string {
	if p.caseID == "" {
		return "/report"
	}
	return "/case/" + p.caseID + "/report"
}

// url is the address of the same list, from a report on.
func (p *reportsView) url(older string) string {
	q := url.Values{}
	for k, v := range map[string]string{"status": string(p.filter.Status), "by": p.filter.Person, "older": older} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if len(q) == 0 {
		return p.path()
	}
	return p.path() + "?" + q.Encode()
}

// narrowed reports whether less than everything was asked for.
func (p *reportsView) narrowed() bool {
	return p.filter.Status != "" || p.filter.Person != "" || p.filter.Older != ""
}

// people are the ids of everybody, in the order of their names.
func (p *reportsView) people() (out []string) {
	for id := range p.names {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(p.names[a], p.names[b]), cmp.Compare(a, b)) })
	return out
}

// reports lists the reports of every case.
func (c *console) reports(w http.ResponseWriter, r *request) error {
	p, err := c.reportsView(r, "")
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, reportsPage(c.view(r, "reports.title"), p))
}

// caseReports lists the reports of a case and offers to begin one.
func (c *console) caseReports(w http.ResponseWriter, r *request) error {
	p, err := c.reportsView(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.person.Can(auth.ReportEdit) {
		k, _, err := c.Desk.View(r.Context(), r.person.ID, p.caseID)
		if err != nil {
			return err
		}
		p.start = casefile.Allowed(&k, casefile.ReportDrafted, r.person.ID, c.Now()) == nil
	}
	v := c.view(r, "reports.title")
	v.ref = p.caseID
	return c.render(w, r, http.StatusOK, reportsPage(v, p))
}

// reportsView reads a page of reports. A word of the address that is none is left out, so that an old bookmark still shows something.
func (c *console) reportsView(r *request, caseID string) (*reportsView, error) {
	p := &reportsView{caseID: caseID, filter: report.Filter{Case: caseID, Person: r.query.Get("by"), Older: r.query.Get("older"), Limit: reportsPerPage + 1}}
	if s := report.Status(r.query.Get("status")); slices.Contains(report.Statuses(), s) {
		p.filter.Status = s
	}
	var err error
	if p.list, err = c.Reports.List(r.Context(), r.person.ID, p.filter); err != nil {
		return nil, err
	}
	if len(p.list) > reportsPerPage {
		p.list, p.next = p.list[:reportsPerPage], p.list[reportsPerPage-1].ID
	}
	p.names, err = c.names(r.Context())
	return p, err
}

// erased says why what a report said is not there any more; nil while it is, and for one that is still being written.
func (c *console) erased(r *request, x *report.Report) (*CaseKept, error) {
	if x.Status != report.Filed && x.Status != report.Cancelled {
		return nil, nil
	}
	k, err := c.Keeping.Of(r.Context(), x.Case)
	if err != nil || k == nil || k.Destruction == nil {
		return nil, err
	}
	return k, nil
}
