package console

import (
	"errors"
	"net/http"
	"time"

	"haris/internal/auth"
	"haris/internal/evidence"
)

// CaseKept is what is kept of one case, with what a page about it says besides.
type CaseKept struct {
	Kept
	Filings     []evidence.Filing     // the filed reports, oldest first
	Destruction *evidence.Destruction // nil while it is kept
}

// legalHold returns the hold that a person has set, ended or not; nil when there is none.
func (k *CaseKept) legalHold() *evidence.Hold {
	return k.hold(evidence.LegalHold)
}

// preservation returns the statutory preservation, ended or not; nil before a report was filed.
func (k *CaseKept) preservation() *evidence.Hold { return k.hold(evidence.Preservation) }

func (k *CaseKept) hold(kind evidence.HoldKind) *evidence.Hold {
	if k == nil {
		return nil
	}
	for i := range k.Holds {
		if h := &k.Holds[i]; h.Kind == kind && h.Source == "" {
			return h
		}
	}
	return nil
}

// caseKept reads what is kept of a case for its page. Holds name legal process, so only who may read that is told of them.
func (c *console) caseKept(r *request, caseID string) (*CaseKept, error) {
	if !r.person.Can(auth.LegalRead) {
		return nil, nil
	}
	return c.Keeping.Of(r.Context(), caseID)
}

// caseHold sets a legal hold, or changes the one that a person has set.
func (c *console) caseHold(w http.ResponseWriter, r *request) error {
	kept, err := c.Keeping.Of(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.keep(w, r, c.Keeping.Hold, func(o *evidence.HoldOrder, bad mistakes) {
		silent, until := text(r, "no_notice") != "", time.Time{}
		readDays(r, bad, map[string]*time.Time{"until": &o.Until, "notice_until": &until})
		if h := kept.legalHold(); h != nil { // a day that was not changed is the moment that it was: no hold becomes shorter by being looked at
			o.Until, until = sameDay(o.Until, h.Until), sameDay(until, h.NoticeUntil)
		}
		ahead(c.Now(), bad, "until", o.Until)
		ahead(c.Now(), bad, "notice_until", until)
		if !silent && !until.IsZero() {
			bad["notice_until"] = "notice_alone"
		}
		if silent || text(r, "was_silent") != "" { // unticking it lifts it
			o.Notice = &evidence.Notice{Forbidden: silent, Until: until}
		}
	})
}

// sameDay returns was when the form shows t for it, and t otherwise.
func sameDay(t, was time.Time) time.Time {
	if !t.IsZero() && t.Format(time.DateOnly) == was.UTC().Format(time.DateOnly) {
		return was
	}
	return t
}

// caseUnhold releases the legal hold that a person has set. Whether the account may be told stays as it is.
func (c *console) caseUnhold(w http.ResponseWriter, r *request) error {
	return c.keep(w, r, c.Keeping.Hold, func(o *evidence.HoldOrder, _ mistakes) { o.Until = c.Now() })
}

// caseExtend makes the statutory preservation longer.
func (c *console) caseExtend(w http.ResponseWriter, r *request) error {
	return c.keep(w, r, c.Keeping.Extend, func(o *evidence.HoldOrder, bad mistakes) {
		readDays(r, bad, map[string]*time.Time{"until": &o.Until})
		if o.Until.IsZero() && bad["until"] == "" {
			bad["until"] = "required"
		}
		ahead(c.Now(), bad, "until", o.Until)
	})
}

// ahead requires that a moment that was given lies in the future.
func ahead(now time.Time, bad mistakes, field string, t time.Time) {
	if !t.IsZero() && !t.After(now) {
		bad[field] = "ahead"
	}
}

// keep gives an order about the holds of a case. One that cannot be given as it is comes back with everything that was written.
func (c *console) keep(w http.ResponseWriter, r *request, order actOnHold, read func(*evidence.HoldOrder, mistakes)) error {
	o := evidence.HoldOrder{Who: r.person.ID, Case: r.PathValue("id"), Kind: evidence.LegalHold}
	why, err := required(r, "reason")
	bad := mistakesOf(err)
	if bad == nil {
		bad = mistakes{}
	}
	o.Why = why
	if read(&o, bad); len(bad) > 0 {
		return c.caseAgain(w, r, bad)
	}
	err = order(r.Context(), o)
	if errors.Is(err, evidence.ErrShorter) {
		return c.caseAgain(w, r, mistakes{"until": "shorter"})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/case/"+o.Case+"#keeping")
}

// holdDay is a day of the form of a hold: as it was written, or else as the hold has it. An end that is over is no day to begin with.
func holdDay(v *view, p *caseView, field string) string {
	if p.form.which == "hold" {
		return p.form.was("hold", field)
	}
	h := p.kept.legalHold()
	if h == nil {
		return ""
	}
	t := h.Until
	if field == "notice_until" {
		t = h.NoticeUntil
	}
	if t.IsZero() || !t.After(v.now) {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// holdSilent reports whether the form of a hold forbids to tell the account.
func holdSilent(v *view, p *caseView) bool {
	if p.form.which == "hold" {
		return p.form.was("hold", "no_notice") != ""
	}
	h := p.kept.legalHold()
	return h != nil && h.Silent(v.now)
}
