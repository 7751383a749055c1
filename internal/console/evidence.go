package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/evidence"
	"haris/internal/exposure"
	"haris/internal/report"
)

// Evidence is what is sealed; every opening goes through Exposure instead. Safe for concurrent use.
type Evidence interface {
	// Manifest returns the items of a case in the order in which they were sealed.
	Manifest(ctx context.Context, caseID string) ([]evidence.Item, error)
	// Item returns one item; evidence.ErrNotFound.
	Item(ctx context.Context, id string) (evidence.Item, error)
	// Custody returns the chain of custody of an item.
	Custody(ctx context.Context, item string) ([]evidence.Custody, error)
	// Holds returns what stops the destruction of a case's evidence, ended ones included.
	Holds(ctx context.Context, caseID string) ([]evidence.Hold, error)
	// Destroyed reports whether the retention of a case has ended.
	Destroyed(ctx context.Context, caseID string) (bool, error)
	// Add seals a file into the evidence of a case that exists. evidence.ErrInvalid, ErrTooLarge, ErrDestroyed; casefile.ErrNotFound.
	Add(ctx context.Context, a evidence.Addition) (evidence.Added, error)
}

// evidenceView is the page of what is sealed for a case.
type evidenceView struct {
	caseID string
	items  []itemView
	holds  []evidence.Hold
	gone   bool
	names  names
	day    exposure.Day
	added  string // id of the item that was just added
	differ bool   // its bytes are not what it was claimed to be
	max    int64
	bad    mistakes
	form   map[string]string
}

// itemView is one item with who has viewed it.
type itemView struct {
	evidence.Item
	report.Views
}

// itemPage is the page of one item.
type itemPage struct {
	itemView
	custody []evidence.Custody
	twins   []exposure.Twin
	names   names
	gone    bool
	form    exposure.Form
	day     exposure.Day
	why     string         // why it is not shown, or not taken
	wanted  exposure.How   // what was asked for
	on      exposure.Entry // the showing on the screen; ID is empty when there is none
	page    exposure.Page
	tags    *evidence.Metadata
	sent    int64         // bytes that were sent to the person clear
	known   bank.Decision // what the banks say of the contents
	bad     mistakes
}

// evidenceList lists what is sealed for a case. That the case was read is written down by Desk.View.
func (c *console) evidenceList(w http.ResponseWriter, r *request) error {
	return c.listEvidence(w, r, http.StatusOK, evidenceView{added: r.query.Get("added"), differ: r.query.Get("differs") == "1"})
}

func (c *console) listEvidence(w http.ResponseWriter, r *request, status int, p evidenceView) error {
	ctx := r.Context()
	p.caseID, p.max = r.PathValue("id"), c.MaxFile
	_, _, err := c.Desk.View(ctx, r.person.ID, p.caseID)
	if err != nil {
		return err
	}
	items, err := c.Evidence.Manifest(ctx, p.caseID)
	if err != nil {
		return err
	}
	for _, i := range items {
		views, err := c.Exposure.Views(ctx, i.ID)
		if err != nil {
			return err
		}
		p.items = append(p.items, itemView{i, views})
	}
	if p.holds, err = c.Evidence.Holds(ctx, p.caseID); err != nil {
		return err
	}
	if p.gone, err = c.Evidence.Destroyed(ctx, p.caseID); err != nil {
		return err
	}
	if p.day, err = c.Exposure.Today(ctx, r.person.ID); err != nil {
		return err
	}
	if p.names, err = c.names(ctx); err != nil {
		return err
	}
	v := c.view(r, "evidence.title")
	v.ref, v.path = p.caseID, "/case/"+p.caseID+"/evidence"
	return c.render(w, r, status, evidenceListPage(v, &p))
}

// look is the showing that a request names.
func look(r *request) exposure.Look {
	return exposure.Look{Who: r.person.ID, Item: r.PathValue("item"), Showing: r.query.Get("showing")}
}

// evidenceShow is the page of one item: nothing of it is shown until a showing was begun.
func (c *console) evidenceShow(w http.ResponseWriter, r *request) error {
	p, err := c.item(r)
	if err != nil {
		return err
	}
	l := look(r)
	if l.Showing == "" || !r.person.Can(auth.EvidenceView) || p.gone {
		return c.showItem(w, r, http.StatusOK, p)
	}
	p.on, err = c.Exposure.Showing(r.Context(), l)
	if errors.Is(err, exposure.ErrShowing) {
		p.on, p.why = exposure.Entry{}, whyOver
		return c.showItem(w, r, http.StatusOK, p)
	}
	if errors.Is(err, exposure.ErrRest) {
		p.on, p.why = exposure.Entry{}, whyRest
		return c.showItem(w, r, http.StatusOK, p)
	}
	if err != nil {
		return err
	}
	err = c.showOn(w, r, p, l)
	if errors.Is(err, exposure.ErrForm) {
		p.wanted, p.on, p.why = p.on.How, exposure.Entry{}, whyCannot
		return c.showItem(w, r, http.StatusUnprocessableEntity, p)
	}
	return err
}

// showOn renders the page with what is on the screen. Text and metadata are part of the page, so they count as shown once it was
// written; pictures, video and sound are fetched by it and count there.
func (c *console) showOn(w http.ResponseWriter, r *request, p *itemPage, l exposure.Look) error {
	switch {
	case r.Method == http.MethodHead: // nothing would be sent
	case p.on.How == exposure.Panel:
		return c.Exposure.Tags(r.Context(), l, func(m evidence.Metadata) error {
			p.tags = &m
			return c.showItem(w, r, http.StatusOK, p)
		})
	case p.on.Form == exposure.Text:
		n, err := strconv.Atoi(r.query.Get("page"))
		if err != nil {
			n = 1
		}
		return c.Exposure.Read(r.Context(), l, n, func(page exposure.Page) error {
			p.page = page
			return c.showItem(w, r, http.StatusOK, p)
		})
	}
	return c.showItem(w, r, http.StatusOK, p)
}

// item gathers what the page of an item says without opening it.
func (c *console) item(r *request) (p *itemPage, err error) {
	ctx := r.Context()
	p = &itemPage{}
	if p.Item, err = c.Evidence.Item(ctx, r.PathValue("item")); err != nil {
		return nil, err
	}
	if _, _, err = c.Desk.View(ctx, r.person.ID, p.Case); err != nil {
		return nil, err
	}
	p.form = exposure.FormOf(p.MediaType)
	if p.Views, err = c.Exposure.Views(ctx, p.ID); err != nil {
		return nil, err
	}
	if p.custody, err = c.Evidence.Custody(ctx, p.ID); err != nil {
		return nil, err
	}
	if p.twins, err = c.Exposure.Identical(ctx, p.SHA256); err != nil {
		return nil, err
	}
	if p.gone, err = c.Evidence.Destroyed(ctx, p.Case); err != nil {
		return nil, err
	}
	if r.person.Can(auth.EvidenceView) && !p.gone {
		if p.known, err = c.Exposure.Recognise(ctx, r.person.ID, p.Item); err != nil {
			return nil, err
		}
	}
	if err := c.uncoverItem(ctx, p); err != nil {
		return nil, err
	}
	if p.day, err = c.Exposure.Today(ctx, r.person.ID); err != nil {
		return nil, err
	}
	p.names, err = c.names(ctx)
	return p, err
}

func (c *console) showItem(w http.ResponseWriter, r *request, status int, p *itemPage) error {
	v := c.view(r, "evidence.item")
	v.ref, v.path = p.ID, "/evidence/"+p.ID
	return c.render(w, r, status, evidenceItemPage(v, p))
}

// evidenceBegin begins a showing.
func (c *console) evidenceBegin(w http.ResponseWriter, r *request) error {
	o := exposure.Order{Who: r.person.ID, Item: r.PathValue("item"), How: exposure.How(text(r, "how")), Why: text(r, "why")}
	if text(r, "again") != "yes" {
		o.Why = ""
	}
	begun, err := c.Exposure.Begin(r.Context(), o)
	why := ""
	switch {
	case err == nil:
		return c.see(w, r, showingURL(o.Item, begun.Showing)+"#viewer")
	case errors.Is(err, exposure.ErrKnown):
		why = whyKnown
	case errors.Is(err, exposure.ErrRest):
		why = whyRest
	case errors.Is(err, exposure.ErrLimit):
		why = whyLimit
	case errors.Is(err, exposure.ErrPause):
		why = whyPause
	case errors.Is(err, exposure.ErrForm):
		why = whyCannot
	default:
		return err
	}
	return c.refused(w, r, why, o.How)
}

// refused shows the page of the item with why something was not done.
func (c *console) refused(w http.ResponseWriter, r *request, why string, wanted exposure.How) error {
	p, err := c.item(r)
	if err != nil {
		return err
	}
	p.why, p.wanted = why, wanted
	if why == whyKnown && text(r, "again") == "yes" {
		p.bad = mistakes{"why": "required"}
	}
	return c.showItem(w, r, http.StatusConflict, p)
}

// evidenceLooked takes the person's word that they have looked at all of what is on their screen, and takes it off.
func (c *console) evidenceLooked(w http.ResponseWriter, r *request) error {
	l := look(r)
	l.Showing = text(r, "showing")
	err := c.Exposure.Declare(r.Context(), l)
	if errors.Is(err, exposure.ErrNotServed) {
		return c.notAll(w, r, l)
	}
	if err != nil {
		return err
	}
	if err := c.Exposure.End(r.Context(), l); err != nil {
		return err
	}
	return c.see(w, r, "/evidence/"+l.Item)
}

// notAll leaves on the screen what is there, and says how much of it was sent. A text begins anew, by its first page.
func (c *console) notAll(w http.ResponseWriter, r *request, l exposure.Look) error {
	p, err := c.item(r)
	if err != nil {
		return err
	}
	if p.on, err = c.Exposure.Showing(r.Context(), l); err != nil {
		return err
	}
	if p.sent, err = c.Exposure.Progress(r.Context(), l.Who, l.Item); err != nil {
		return err
	}
	p.why = whyNotAll
	return c.showItem(w, r, http.StatusConflict, p)
}

// evidenceHide takes what is shown off the screen. A browser that leaves the page says so and waits for no other page.
func (c *console) evidenceHide(w http.ResponseWriter, r *request) error {
	l := look(r)
	l.Showing = text(r, "showing")
	if err := c.Exposure.End(r.Context(), l); err != nil {
		return err
	}
	if text(r, "leaving") == "yes" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return c.see(w, r, "/evidence/"+l.Item)
}
