package console

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"

	"haris/internal/auth"
	"haris/internal/evidence"
	"haris/internal/process"
)

// LegalDesk is where legal process comes in and is decided; *process.Service is one. Safe for concurrent use. Every call writes its
// audit entry.
type LegalDesk interface {
	List(ctx context.Context, who string, f process.Filter) ([]process.Request, error)
	// View returns a process with its history; process.ErrNotFound.
	View(ctx context.Context, who, id string) (process.Request, []process.Event, error)
	Receive(ctx context.Context, who string, in process.Intake, doc *process.Document) (process.Request, error)
	Rescope(ctx context.Context, a process.Act, scope process.Scope, why string) (process.Request, error)
	Review(ctx context.Context, a process.Act, words string) (process.Request, error)
	Approve(ctx context.Context, a process.Act, digest string) (process.Request, error)
	Refuse(ctx context.Context, a process.Act, why string) (process.Request, error)
}

// LegalOut is how what was decided leaves; *process.Service is one. Safe for concurrent use.
type LegalOut interface {
	Produce(ctx context.Context, a process.Act) (process.Request, error)
	Export(ctx context.Context, o process.Outgoing, w io.Writer) (process.Request, error)
	Deliver(ctx context.Context, a process.Act, how string) (process.Request, error)
	Destroy(ctx context.Context, a process.Act) (process.Request, []evidence.Certificate, error)
}

// Legal is both.
type Legal interface {
	LegalDesk
	LegalOut
}

// legalView is the list of processes with the form for a new one.
type legalView struct {
	list  []process.Request
	next  string // where the next page begins
	names names
	form  legalForm
}

// legalForm is the form of an intake or of a scope as it was sent.
type legalForm struct {
	bad  mistakes
	sent url.Values
}

func (f legalForm) was(field string) string { return f.sent.Get(field) }

func (f legalForm) has(field, value string) bool { return slices.Contains(f.sent[field], value) }

// processView is one process.
type processView struct {
	process.Request
	history []process.Event
	names   names
	digest  string
	me      string
	form    legalForm
	which   string // the form that came back with mistakes
}

// badOf returns the mistakes of a form of the page.
func (p *processView) badOf(which string) mistakes {
	if p.which == which {
		return p.form.bad
	}
	return nil
}

// may reports whether an act is possible now, by this person.
func (p *processView) may(k process.EventKind) bool { return p.Allowed(k, p.me) == nil }

// mayDownload reports whether there is a package that may leave.
func (p *processView) mayDownload() bool {
	return p.Kind.Produces() && p.Package != nil && (p.Status == process.Produced || p.Status == process.Delivered)
}

const legalPerPage = 50

// legal lists the processes, newest first.
func (c *console) legal(w http.ResponseWriter, r *request) error {
	return c.showLegal(w, r, http.StatusOK, legalForm{sent: url.Values{}})
}

func (c *console) showLegal(w http.ResponseWriter, r *request, status int, f legalForm) error {
	list, err := c.Legal.List(r.Context(), r.person.ID, process.Filter{Before: r.query.Get("from"), Limit: legalPerPage + 1})
	if err != nil {
		return err
	}
	p := legalView{list: list, form: f}
	if len(list) > legalPerPage {
		p.list, p.next = list[:legalPerPage], list[legalPerPage-1].ID
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "legal.title")
	v.path = "/legal"
	return c.render(w, r, status, legalPage(v, p))
}

// processShow shows one process.
func (c *console) processShow(w http.ResponseWriter, r *request) error {
	return c.showProcess(w, r, http.StatusOK, "", nil)
}

func (c *console) showProcess(w http.ResponseWriter, r *request, status int, which string, bad mistakes) error {
	k, history, err := c.Legal.View(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &processView{Request: k, history: history, digest: k.Scope.Digest(), me: r.person.ID, which: which, form: legalForm{bad: bad, sent: scopeFields(&k.Scope)}}
	if which == "rescope" {
		p.form.sent = r.PostForm
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "legal.process")
	v.ref, v.path = k.ID, "/legal/"+k.ID
	return c.render(w, r, status, processPage(v, p))
}

// handles reports whether the person may handle process at all.
func (v *view) handles() bool { return v.may(auth.LegalHandle) }

// mayApprove reports whether the person may be the second one.
func (v *view) mayApprove() bool { return v.may(auth.LegalApprove) }

// late reports whether the answer to a process is due and not given.
func late(v *view, p *process.Request) bool {
	return !p.Status.Over() && !p.DueAt.IsZero() && p.DueAt.Before(v.now)
}

// next names what comes next for a process, as the catalogue has it.
func next(p *process.Request) string {
	if p.Status == process.Approved && !p.Kind.Produces() {
		return string(p.Kind)
	}
	return string(p.Status)
}
