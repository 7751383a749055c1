package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"haris/internal/audit"
)

// auditPageSize is how many entries a page shows.
const auditPageSize = 100

// auditView is the page of the audit log.
type auditView struct {
	filter  audit.Filter
	entries []audit.Entry
	names   names
	before  int64
	next    int64 // 0 at the end
}

// url is the address of the next page.
func (p *auditView) url(before int64) string {
	q := url.Values{}
	for k, v := range map[string]string{"who": p.filter.Who, "act": p.filter.Act, "object": p.filter.Object} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	return "/audit?" + q.Encode()
}

// audit lists the audit log, newest first.
func (c *console) audit(w http.ResponseWriter, r *request) (err error) {
	p := auditView{filter: audit.Filter{Who: r.query.Get("who"), Act: r.query.Get("act"), Object: r.query.Get("object")}}
	if s := r.query.Get("before"); s != "" {
		if p.before, err = strconv.ParseInt(s, 10, 64); err != nil || p.before < 1 {
			return ErrNotFound
		}
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	if p.entries, err = c.Entries.List(r.Context(), r.person.ID, p.filter, p.before, auditPageSize); err != nil {
		return err
	}
	if n := len(p.entries); n == auditPageSize {
		p.next = p.entries[n-1].Index
	}
	return c.render(w, r, http.StatusOK, auditPage(c.view(r, "audit.title"), &p))
}

// detailText writes the details of an entry in a fixed order.
func detailText(d map[string]string) (out string) {
	keys := make([]string, 0, len(d))
	for k := range d {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		if i > 0 {
			out += " · "
		}
		out += k + " " + d[k]
	}
	return out
}
