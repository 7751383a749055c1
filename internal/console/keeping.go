package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"haris/internal/evidence"
)

// Kept is what is kept for a case, with where that stands by the operator's policy.
type Kept struct {
	evidence.Kept
	Stage evidence.Stage
}

// Keeping says how long evidence is kept, and ends it. Safe for concurrent use.
type Keeping interface {
	// Kept returns what is kept of every case that has evidence or a hold.
	Kept(ctx context.Context) ([]Kept, error)
	// Of returns what is kept of one case; nil when it has neither evidence nor a hold.
	Of(ctx context.Context, caseID string) (*CaseKept, error)
	// Hold sets, changes or releases a legal hold on a case. casefile.ErrNotFound, evidence.ErrInvalid, ErrDestroyed.
	Hold(ctx context.Context, o evidence.HoldOrder) error
	// Extend makes the preservation of a case longer. casefile.ErrNotFound, evidence.ErrInvalid, ErrShorter, ErrDestroyed.
	Extend(ctx context.Context, o evidence.HoldOrder) error
	// Destroy destroys the evidence of a case and returns the certificate. evidence.ErrHeld, ErrNotDue, ErrNotFound.
	Destroy(ctx context.Context, who, why, caseID string) (evidence.Certificate, error)
	// Certificate returns the certificate of a destruction; evidence.ErrNotFound. It writes the audit entry.
	Certificate(ctx context.Context, who, caseID string) (evidence.Certificate, error)
}

// actOnHold is an act of Keeping about a hold.
type actOnHold = func(ctx context.Context, o evidence.HoldOrder) error

// keepingView is what is kept, by where it stands.
type keepingView struct {
	waiting, soon, held, gone []Kept
	which                     string // the case whose form came back
	bad                       mistakes
}

// soon is how long before its end a hold is told of.
const soon = 30 * 24 * time.Hour

// maxKept bounds each list of the page.
const maxKept = 100

func (c *console) keeping(w http.ResponseWriter, r *request) error {
	return c.showKeeping(w, r, http.StatusOK, keepingView{})
}

func (c *console) showKeeping(w http.ResponseWriter, r *request, status int, p keepingView) error {
	list, err := c.Keeping.Kept(r.Context())
	if err != nil {
		return err
	}
	now := c.Now()
	for _, k := range list {
		switch end := k.Ends(now); {
		case k.Stage == evidence.StageWaiting:
			p.waiting = append(p.waiting, k)
		case k.Stage == evidence.StageGone:
			p.gone = append(p.gone, k)
		case !end.IsZero() && end.Sub(now) <= soon:
			p.soon = append(p.soon, k)
		case k.Stage == evidence.StageHeld:
			p.held = append(p.held, k)
		}
	}
	byEnd := func(a, b Kept) int { return a.Ends(now).Compare(b.Ends(now)) }
	slices.SortStableFunc(p.soon, byEnd)
	slices.SortStableFunc(p.held, byEnd)
	slices.SortStableFunc(p.gone, func(a, b Kept) int { return cmp.Or(b.DestroyedAt.Compare(a.DestroyedAt), cmp.Compare(a.Case, b.Case)) })
	v := c.view(r, "keeping.title")
	v.path = "/keeping"
	return c.render(w, r, status, keepingPage(v, p))
}

// shown is the part of a list that the page shows.
func shown(list []Kept) []Kept { return list[:min(len(list), maxKept)] }

// silent returns the hold of a case that forbids to tell the account, if there is one.
func silent(k *Kept, now time.Time) *evidence.Hold {
	for i := range k.Holds {
		if k.Holds[i].Silent(now) {
			return &k.Holds[i]
		}
	}
	return nil
}

// keepingDestroy destroys the evidence of a case whose time is over.
func (c *console) keepingDestroy(w http.ResponseWriter, r *request) error {
	id := r.PathValue("id")
	why, err := required(r, "reason")
	if err == nil && text(r, "confirm") == "" {
		err = mistakes{"confirm": "sure"}
	}
	if bad := mistakesOf(err); bad != nil {
		return c.showKeeping(w, r, http.StatusUnprocessableEntity, keepingView{which: id, bad: bad})
	}
	if _, err := c.Keeping.Destroy(r.Context(), r.person.ID, why, id); err != nil {
		return err
	}
	return c.see(w, r, "/keeping#gone")
}

// keepingCertificate sends the certificate of a destruction.
func (c *console) keepingCertificate(w http.ResponseWriter, r *request) error {
	k, err := c.Keeping.Certificate(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.hand(w, "deletion-"+k.Case+".zip", func(w http.ResponseWriter) error {
		_, err := w.Write(k.Body)
		return err
	})
}
