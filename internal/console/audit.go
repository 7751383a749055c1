package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/sheet"
)

// auditPageSize is how many entries a page shows.
const auditPageSize = 100

// maxAuditID bounds the id of what is looked for, in bytes.
const maxAuditID = 256

// auditView is the page of the audit log.
type auditView struct {
	form    auditForm
	bad     mistakes
	who     []string // everybody in the log, by name
	acts    []string // everything in the log
	entries []audit.Entry
	names   names
	before  int64
	next    int64 // 0 at the end
}

// auditForm is what was asked for, as it was typed.
type auditForm struct{ who, act, kind, noun, id, from, to string }

// auditNouns are what acts are about, as objects of entries name it.
func auditNouns() []string {
	return []string{
		"case", "access", "account", "report", "evidence", "person", "process", "disclosure", "action", "bank", "compartment", "exchange", "job", "key", "letter", "model", "mute", "partner", "queue", "rules",
	}
}

// auditFormOf reads what was asked for, out of the body of a form alone: the id of an account or of a person stands in no address.
func auditFormOf(r *request) auditForm {
	return auditForm{text(r, "who"), text(r, "act"), text(r, "kind"), text(r, "noun"), text(r, "id"), text(r, "from"), text(r, "to")}
}

// fields is the form as another form sends it on.
func (f *auditForm) fields() [][2]string {
	return [][2]string{{"who", f.who}, {"act", f.act}, {"kind", f.kind}, {"noun", f.noun}, {"id", f.id}, {"from", f.from}, {"to", f.to}}
}

// narrowed reports whether less than everything was asked for.
func (f *auditForm) narrowed() bool { return *f != auditForm{} }

// filter makes a filter of the form, with days as they are in the person's time zone. Errors are mistakes: "choose" for what is not among who
// and acts.
func (f *auditForm) filter(who, acts []string, zone *time.Location) (out audit.Filter, bad mistakes) {
	bad = mistakes{}
	among := func(field, s string, list []string) string {
		if s != "" && !slices.Contains(list, s) {
			bad[field] = "choose"
		}
		return s
	}
	out.Who, out.Act = among("who", f.who, who), among("act", f.act, acts)
	out.Kind = audit.Kind(f.kind)
	if f.kind != "" && !slices.Contains(audit.Kinds(), out.Kind) {
		bad["kind"] = "choose"
	}
	among("noun", f.noun, auditNouns())
	switch {
	case f.noun != "" && f.id != "":
		out.Object = f.noun + "/" + f.id
	case f.noun != "":
		bad["id"] = "audit_object"
	case f.id != "":
		bad["noun"] = "audit_object"
	}
	if len(f.id) > maxAuditID || !utf8.ValidString(f.id) || !oneLine(f.id) {
		bad["id"] = "find"
	}
	out.From, out.Until = auditDay(bad, "from", f.from, 0, zone), auditDay(bad, "to", f.to, 1, zone)
	if !out.From.IsZero() && !out.Until.IsZero() && !out.From.Before(out.Until) {
		bad["from"] = "audit_days"
	}
	return out, bad
}

// auditDay is when a day begins, or a number of days later.
func auditDay(bad mistakes, field, s string, later int, zone *time.Location) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil || t.Year() < 1970 {
		bad[field] = "day"
		return time.Time{}
	}
	return t.AddDate(0, 0, later)
}

// audit lists the audit log, newest first. An address carries a place in the log and nothing else.
func (c *console) audit(w http.ResponseWriter, r *request) error {
	p, f, err := c.askedAudit(r)
	if err != nil {
		return err
	}
	before := r.query.Get("before")
	if r.Method == http.MethodPost {
		before = text(r, "before")
	}
	if before != "" {
		if p.before, err = strconv.ParseInt(before, 10, 64); err != nil || p.before < 1 {
			return ErrNotFound
		}
	}
	if len(p.bad) > 0 {
		return c.render(w, r, http.StatusUnprocessableEntity, auditPage(c.view(r, "audit.title"), p))
	}
	if p.entries, err = c.Entries.List(r.Context(), r.person.ID, f, p.before, auditPageSize+1); err != nil {
		return err
	}
	if len(p.entries) > auditPageSize {
		p.entries = p.entries[:auditPageSize]
		p.next = p.entries[auditPageSize-1].Index
	}
	return c.render(w, r, http.StatusOK, auditPage(c.view(r, "audit.title"), p))
}

// askedAudit reads what a person asks of the log, with everything that they can choose from.
func (c *console) askedAudit(r *request) (p *auditView, f audit.Filter, err error) {
	p = &auditView{}
	if p.names, err = c.names(r.Context()); err != nil {
		return nil, f, err
	}
	if p.who, p.acts, err = c.Entries.Words(r.Context()); err != nil {
		return nil, f, err
	}
	slices.SortStableFunc(p.who, func(a, b string) int { return cmp.Compare(p.names.of(a), p.names.of(b)) })
	if r.Method == http.MethodPost {
		p.form = auditFormOf(r)
		f, p.bad = p.form.filter(p.who, p.acts, c.words[r.lang].reading(&r.person).zone)
	}
	return p, f, nil
}

// actsOf lists the acts of a kind that can be chosen.
func (p *auditView) actsOf(k audit.Kind) (out []string) {
	for _, a := range p.acts {
		if audit.KindOf(a) == k {
			out = append(out, a)
		}
	}
	return out
}

// auditURL is the address of a page of the whole log.
func auditURL(before int64) string {
	return "/audit?" + url.Values{"before": {strconv.FormatInt(before, 10)}}.Encode()
}

// auditFile gives everything of the filter as CSV, newest first.
func (c *console) auditFile(w http.ResponseWriter, r *request) error {
	p, f, err := c.askedAudit(r)
	if err != nil {
		return err
	}
	if len(p.bad) > 0 {
		return c.render(w, r, http.StatusUnprocessableEntity, auditPage(c.view(r, "audit.title"), p))
	}
	return c.hand(w, "audit.csv", func(w http.ResponseWriter) error {
		out := sheet.NewWriter(w)
		begun := false
		return c.Entries.Export(r.Context(), r.person.ID, f, func(list []audit.Entry) error {
			if !begun {
				begun = true
				if err := out.Write([]string{"index", "at", "who", "who_name", "act", "object", "detail"}); err != nil {
					return err
				}
			}
			for i := range list {
				if err := out.Write(auditRow(&list[i], p.names)); err != nil {
					return err
				}
			}
			return out.Flush()
		})
	})
}

// auditRow is the line of an entry.
func auditRow(e *audit.Entry, who names) []string {
	row := []string{strconv.FormatInt(e.Index, 10), e.At.UTC().Format(time.RFC3339Nano), e.Who, who.of(e.Who), e.Act, e.Object, detailText(e.Detail)}
	for n := range row {
		row[n] = harmless(row[n])
	}
	return row
}

// searchesAudit reports whether who looks may ask the log who has looked at something.
func (v *view) searchesAudit() bool { return v.may(auth.AuditRead) && !v.whole["/audit"] }

// detailText writes the details of an entry in a fixed order.
func detailText(d map[string]string) string {
	keys := make([]string, 0, len(d))
	for k := range d {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		keys[i] = k + " " + d[k]
	}
	return strings.Join(keys, " · ")
}
