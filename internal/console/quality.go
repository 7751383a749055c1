package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/lead"
	"haris/internal/measure"
	"haris/internal/taxonomy"
)

// Looks are second looks at findings. Safe for concurrent use; *lead.Looks is one.
type Looks interface {
	// Waiting are those that a person may take, oldest first, without what was found.
	Waiting(ctx context.Context, who string, limit int) ([]lead.Look, error)
	// Since are the answered ones from a moment on, newest first.
	Since(ctx context.Context, from time.Time, limit int) ([]lead.Look, error)
	// Show returns one with the case as it was before the finding, and writes down who read it. lead.ErrNoLook, lead.ErrOwnLook.
	Show(ctx context.Context, who, id string, n int) (lead.Look, casefile.Case, []casefile.Event, error)
	// Take records the second finding. lead.ErrLook, lead.ErrNoLook, lead.ErrLooked, lead.ErrOwnLook.
	Take(ctx context.Context, id string, n int, a lead.Second) (lead.Look, error)
}

// Coaching are golden cases and the notes of leads to colleagues. Safe for concurrent use; *lead.Looks is one.
type Coaching interface {
	// SetGolden makes the newest finding of a closed case golden. lead.ErrGolden, lead.ErrIsGolden, lead.ErrLookWaits, lead.ErrNotClosed,
	// casefile.ErrNotFound.
	SetGolden(ctx context.Context, who, id string, f casefile.Finding, t taxonomy.Typology, why string) (lead.Golden, error)
	// RetireGolden ends that one is given to people. lead.ErrNoGolden.
	RetireGolden(ctx context.Context, who, id string, n int) error
	// Goldens are all, newest first, with everybody's answers.
	Goldens(ctx context.Context) ([]lead.Golden, []lead.GoldenAnswer, error)
	// WriteNote writes to a colleague about a case. lead.ErrNote, casefile.ErrNotFound.
	WriteNote(ctx context.Context, n lead.Note) (lead.Note, error)
	// Notes are those to and from a person, newest first, and count as read from then on.
	Notes(ctx context.Context, who string, limit int) ([]lead.Note, error)
	// Unread counts the notes to a person that were not read.
	Unread(ctx context.Context, who string) (int, error)
	// AnswerNote records what the reader says to it. lead.ErrNoNote, lead.ErrNote.
	AnswerNote(ctx context.Context, who, id, answer string) error
}

// The bounds of the page of second looks.
const (
	maxWaiting  = 100
	maxAnswered = 5000
	maxApart    = 100
	maxNotes    = 200
	lookedDays  = 90
)

// qualityView is the page of second looks.
type qualityView struct {
	waiting           []lead.Look
	all               lead.Between
	typologies, pairs []lead.Between
	apart             []lead.Look // where the second finding is another
	golden            []lead.Golden
	shares            []measure.Share // of each golden case: how many answered as it has it
	people            []personShare
	notes             []lead.Note
	note              noteForm
	names             names
}

// personShare is how often a person answered golden cases as they have it.
type personShare struct {
	who string
	measure.Share
}

// noteForm is an answer that could not be taken.
type noteForm struct {
	id, answer string
	bad        mistakes
}

// quality lists the second looks that wait for whoever asks, and to a lead how often people agree.
func (c *console) quality(w http.ResponseWriter, r *request) error {
	return c.showQuality(w, r, http.StatusOK, noteForm{})
}

func (c *console) showQuality(w http.ResponseWriter, r *request, status int, f noteForm) (err error) {
	p := &qualityView{note: f}
	if r.person.Can(auth.QualityLook) {
		if p.waiting, err = c.Looks.Waiting(r.Context(), r.person.ID, maxWaiting); err != nil {
			return err
		}
	}
	if r.person.Can(auth.TeamRead) {
		done, err := c.Looks.Since(r.Context(), c.Now().AddDate(0, 0, -lookedDays), maxAnswered)
		if err != nil {
			return err
		}
		p.all, p.typologies, p.pairs = lead.Agreements(done)
		for i := range done {
			if !done[i].Agrees() && len(p.apart) < maxApart {
				p.apart = append(p.apart, done[i])
			}
		}
	}
	if r.person.Can(auth.QualityLead) {
		if err = p.measured(r.Context(), c.Coaching); err != nil {
			return err
		}
	}
	if p.notes, err = c.Coaching.Notes(r.Context(), r.person.ID, maxNotes); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "quality.title")
	v.path = "/quality"
	return c.render(w, r, status, qualityPage(v, p))
}

// lookView is the page of one second look.
type lookView struct {
	*caseView
	look lead.Look
	mine bool // who looks has answered, or leads
	bad  mistakes
	was  url.Values
}

// lookShow shows the case as it was before the finding.
func (c *console) lookShow(w http.ResponseWriter, r *request) error {
	return c.showLook(w, r, http.StatusOK, nil)
}

func (c *console) showLook(w http.ResponseWriter, r *request, status int, bad mistakes) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return ErrNotFound
	}
	l, k, events, err := c.Looks.Show(r.Context(), r.person.ID, r.PathValue("id"), n)
	if err != nil {
		return lookFault(err)
	}
	p := &lookView{look: l, bad: bad, was: r.PostForm, mine: l.Done() && (l.Second.Who == r.person.ID || r.person.Can(auth.TeamRead))}
	if l.Done() && !p.mine {
		return ErrNotFound // what two others found is for them and their lead
	}
	if p.caseView, err = c.caseView(r, &k, events); err != nil {
		return err
	}
	p.can = casefileMay{} // nothing here acts upon the case
	v := c.view(r, "quality.look.title")
	v.ref, v.path = k.ID, "/quality"
	return c.render(w, r, status, lookPage(v, p))
}

// lookTake records what the second person found.
func (c *console) lookTake(w http.ResponseWriter, r *request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return ErrNotFound
	}
	bad := mistakes{}
	a := lead.Second{Who: r.person.ID, Finding: casefile.Finding(text(r, "finding")), Typology: chosenTypology(text(r, "typology"))}
	if a.Reason, err = required(r, "reason"); err != nil {
		for field, code := range mistakesOf(err) {
			bad[field] = code
		}
	}
	if a.Finding != casefile.FindingConfirmed && a.Finding != casefile.FindingCleared {
		bad["finding"] = "choose"
	}
	if a.Finding == casefile.FindingConfirmed && a.Typology == "" {
		bad["typology"] = "choose"
	}
	if len(bad) > 0 {
		return c.showLook(w, r, http.StatusUnprocessableEntity, bad)
	}
	if _, err := c.Looks.Take(r.Context(), r.PathValue("id"), n, a); err != nil {
		return lookFault(err)
	}
	return c.see(w, r, lookURL(r.PathValue("id"), n))
}

func lookURL(id string, n int) string {
	return "/quality/" + url.PathEscape(id) + "/" + strconv.Itoa(n)
}

// lookFault turns what second looks say into what a page shows.
func lookFault(err error) error {
	switch {
	case errors.Is(err, lead.ErrNoLook):
		return ErrNotFound
	case errors.Is(err, lead.ErrOwnLook):
		return errForbidden
	case errors.Is(err, lead.ErrLooked), errors.Is(err, lead.ErrLook):
		return casefile.ErrStale
	}
	return err
}

// kappa writes Cohen's kappa with its interval.
func (v *view) kappa(a lead.Agreement) string {
	switch {
	case a.Same.Of < lead.Few:
		return v.T("quality.few")
	case !a.OK:
		return v.T("quality.no_kappa")
	}
	return v.T("quality.kappa_of", "kappa", v.Decimal(a.Kappa, 2), "low", v.Decimal(a.Low, 2), "high", v.Decimal(a.High, 2))
}

// chosenTypology is what was chosen, or nothing.
func chosenTypology(s string) taxonomy.Typology {
	if t := taxonomy.Typology(s); t != taxonomy.TypologyUnknown && slices.Contains(taxonomy.Typologies(), t) {
		return t
	}
	return ""
}
