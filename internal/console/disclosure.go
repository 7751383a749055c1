package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/auth"
	"haris/internal/disclosure"
	"haris/internal/sheet"
)

// Disclosures reads the log of what has left the installation. Safe for concurrent use.
type Disclosures interface {
	// List returns disclosures, newest first, and writes down that who has read them.
	List(ctx context.Context, who string, f disclosure.Filter) ([]disclosure.Entry, error)
	// Of is List for a page about a case or a report, whose reading is written down already, and for the rest of what List began.
	Of(ctx context.Context, f disclosure.Filter) ([]disclosure.Entry, error)
}

// disclosureRead is what the log asks for, as it does on the command line.
const disclosureRead = auth.EvidenceRead

const (
	disclosuresPerPage = 50
	// maxShownGiven bounds the lines on the page of a case or a report; the log itself has all of them.
	maxShownGiven = 20
)

// disclosureView is the page of the log.
type disclosureView struct {
	filter disclosure.Filter
	list   []disclosure.Entry
	next   string // id of the last entry, when there are more
	names  names
}

// disclosureFilter reads what was asked for. An address carries ids and kinds alone: a name of a receiver and an account are only taken from
// the body of a form, so that they stand in no history and no log of a browser.
func disclosureFilter(r *request) disclosure.Filter {
	get := r.query.Get
	f := disclosure.Filter{Limit: disclosuresPerPage + 1}
	if r.Method == http.MethodPost {
		get = func(field string) string { return text(r, field) }
		f.Recipient, f.Account = get("recipient"), get("account")
	}
	f.Case, f.Report, f.Process, f.Before = get("case"), get("report"), get("process"), get("before")
	f.Related = f.Case != "" // what legal process about its accounts has handed out is part of the answer
	if to := disclosure.To(get("to")); slices.Contains(receivers(), to) {
		f.To = to
	}
	return f
}

// receivers lists the kinds of receivers.
func receivers() []disclosure.To {
	return []disclosure.To{disclosure.NCMEC, disclosure.LawEnforcement, disclosure.Authority}
}

// private reports whether the filter holds what must not stand in an address.
func (p *disclosureView) private() bool { return p.filter.Recipient != "" || p.filter.Account != "" }

// narrowed reports whether less than everything was asked for.
func (p *disclosureView) narrowed() bool {
	f := p.filter
	f.Limit, f.Before = 0, ""
	return f != disclosure.Filter{}
}

// fields is the filter as a form sends it.
func (p *disclosureView) fields() [][2]string {
	f := p.filter
	return [][2]string{{"to", string(f.To)}, {"recipient", f.Recipient}, {"account", f.Account}, {"case", f.Case}, {"report", f.Report}, {"process", f.Process}}
}

// url is the address of a page of the list, or of its file; what is private is not in it.
func (p *disclosureView) url(path, before string) string {
	q := url.Values{}
	for k, v := range map[string]string{"to": string(p.filter.To), "case": p.filter.Case, "report": p.filter.Report, "process": p.filter.Process, "before": before} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// disclosures lists what has left the installation, newest first, or gives it as a file.
func (c *console) disclosures(w http.ResponseWriter, r *request) error {
	if r.Method == http.MethodPost && text(r, "as") == "csv" {
		return c.disclosuresFile(w, r)
	}
	p := disclosureView{filter: disclosureFilter(r)}
	var err error
	if p.list, err = c.Disclosures.List(r.Context(), r.person.ID, p.filter); err != nil {
		return err
	}
	if len(p.list) > disclosuresPerPage {
		p.list = p.list[:disclosuresPerPage]
		p.next = p.list[disclosuresPerPage-1].ID
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, disclosurePage(c.view(r, "disclosure.title"), &p))
}

// disclosuresFile gives everything of the filter as CSV, one line for each thing that was handed out.
func (c *console) disclosuresFile(w http.ResponseWriter, r *request) error {
	f := disclosureFilter(r)
	f.Before, f.Limit = "", 1000
	list, err := c.Disclosures.List(r.Context(), r.person.ID, f)
	if err != nil {
		return err
	}
	who, err := c.names(r.Context())
	if err != nil {
		return err
	}
	return c.hand(w, "disclosures.csv", func(w http.ResponseWriter) error {
		out := sheet.NewWriter(w)
		err := out.Write(disclosureColumns())
		for ; err == nil && len(list) > 0; list, err = c.Disclosures.Of(r.Context(), f) {
			for i := range list {
				if err := out.WriteAll(disclosureRows(&list[i], who)); err != nil {
					return err
				}
			}
			if f.Before = list[len(list)-1].ID; len(list) < f.Limit {
				break
			}
		}
		return errors.Join(err, out.Flush())
	})
}

func disclosureColumns() []string {
	return []string{"id", "at", "who", "who_name", "receiver", "recipient", "ground", "number", "case", "report", "process", "item", "sha256", "bytes", "evidence", "scope", "how"}
}

// disclosureRows are the lines of one disclosure.
func disclosureRows(e *disclosure.Entry, who names) (out [][]string) {
	for _, i := range e.Items {
		row := []string{
			e.ID, e.At.UTC().Format(time.RFC3339Nano), e.Who, who.of(e.Who), string(e.To), e.Recipient, string(e.Under), e.Number, e.Case, e.Report, e.Process,
			i.Name, i.SHA256, strconv.FormatInt(i.Bytes, 10), i.Evidence, e.Scope, e.How,
		}
		for n := range row {
			row[n] = harmless(row[n])
		}
		out = append(out, row)
	}
	return out
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// given returns the newest disclosures of a case or report for its page, to who may read the log.
func (c *console) given(r *request, f disclosure.Filter) ([]disclosure.Entry, error) {
	if !r.person.Can(disclosureRead) {
		return nil, nil
	}
	f.Limit = maxShownGiven
	return c.Disclosures.Of(r.Context(), f)
}
