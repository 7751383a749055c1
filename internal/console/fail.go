package console

import (
	"errors"
	"net/http"
	"net/url"

	"haris/internal/access"
	"haris/internal/action"
	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/casefile"
	"haris/internal/evidence"
	"haris/internal/exposure"
	"haris/internal/job"
	"haris/internal/process"
	"haris/internal/report"
	"haris/internal/review"
	"haris/internal/rulebook"
)

// What ends a request before its page.
var (
	errSignIn    = errors.New("console: sign in first")
	errEnrol     = errors.New("console: set up a second factor first")
	errForbidden = errors.New("console: not permitted")
	errForged    = errors.New("console: the form did not come from our page")
	errForm      = errors.New("console: the form cannot be read")
	errPlain     = errors.New("console: sign-in over plain http from another machine")
)

// trouble is how an error is told to a person: a status and the keys of its words.
type trouble struct {
	status int
	word   string // "error.<word>.title" and "error.<word>.text"
}

// troubleOf sorts an error. What it does not know is our fault and is logged.
func troubleOf(err error) trouble {
	for _, k := range []struct {
		err  error
		code int
		word string
	}{
		{ErrNotFound, http.StatusNotFound, "missing"},
		{casefile.ErrNotFound, http.StatusNotFound, "missing"},
		{auth.ErrNotFound, http.StatusNotFound, "missing"},
		{job.ErrNotFound, http.StatusNotFound, "missing"},
		{casefile.ErrCursor, http.StatusNotFound, "missing"},
		{errEnrol, http.StatusForbidden, "enrol"},
		{auth.ErrOrigin, http.StatusConflict, "origin"},
		{auth.ErrRequired, http.StatusConflict, "factor_required"},
		{errPart, http.StatusForbidden, "part"},
		{errForbidden, http.StatusForbidden, "forbidden"},
		{errForged, http.StatusForbidden, "forged"},
		{errForm, http.StatusBadRequest, "form"},
		{errPlain, http.StatusForbidden, "plain"},
		{casefile.ErrStale, http.StatusConflict, "stale"},
		{casefile.ErrClaimed, http.StatusConflict, "claimed"},
		{casefile.ErrNotClaimed, http.StatusConflict, "not_claimed"},
		{casefile.ErrTransition, http.StatusConflict, "transition"},
		{casefile.ErrOtherOpen, http.StatusConflict, "other_open"},
		{casefile.ErrFourEyes, http.StatusConflict, "four_eyes"},
		{casefile.ErrBody, http.StatusUnprocessableEntity, "form"},
		{casefile.ErrPerson, http.StatusForbidden, "forbidden"},
		{casefile.ErrDraft, http.StatusUnprocessableEntity, "form"},
		{casefile.ErrRecorded, http.StatusConflict, "recorded"},
		{casefile.ErrUrgent, http.StatusConflict, "urgent"},
		{casefile.ErrNoMute, http.StatusNotFound, "missing"},
		{casefile.ErrNoQueue, http.StatusNotFound, "missing"},
		{casefile.ErrMuted, http.StatusConflict, "muted"},
		{review.ErrSeen, http.StatusBadRequest, "form"},
		{review.ErrAssignee, http.StatusUnprocessableEntity, "assignee"},
		{job.ErrEnded, http.StatusConflict, "ended"},
		{action.ErrNotFound, http.StatusNotFound, "missing"},
		{action.ErrTransition, http.StatusConflict, "too_late"},
		{report.ErrNotFound, http.StatusNotFound, "missing"},
		{report.ErrPerson, http.StatusForbidden, "forbidden"},
		{report.ErrAuthority, http.StatusNotFound, "missing"},
		{report.ErrAuthor, http.StatusConflict, "author"},
		{report.ErrInvalid, http.StatusBadRequest, "form"},
		{report.ErrStale, http.StatusConflict, "report_stale"},
		{report.ErrTransition, http.StatusConflict, "report_transition"},
		{report.ErrUnconfirmed, http.StatusConflict, "unconfirmed"},
		{report.ErrEnvironment, http.StatusConflict, "environment"},
		{report.ErrNoEvidence, http.StatusConflict, "no_evidence"},
		{evidence.ErrNotFound, http.StatusNotFound, "missing"},
		{evidence.ErrDestroyed, http.StatusGone, "destroyed"},
		{evidence.ErrTampered, http.StatusInternalServerError, "tampered"},
		{evidence.ErrNoBlob, http.StatusInternalServerError, "tampered"},
		{exposure.ErrShowing, http.StatusConflict, "showing"},
		{exposure.ErrForm, http.StatusUnprocessableEntity, "cannot_show"},
		{exposure.ErrRange, http.StatusRequestedRangeNotSatisfiable, "cannot_show"},
		{exposure.ErrInvalid, http.StatusBadRequest, "form"},
		{exposure.ErrSelf, http.StatusConflict, "self_lift"},
		{exposure.ErrRest, http.StatusConflict, "resting"},
		{exposure.ErrNoRest, http.StatusConflict, "no_rest"},
		{process.ErrNotFound, http.StatusNotFound, "missing"},
		{process.ErrPerson, http.StatusForbidden, "forbidden"},
		{process.ErrInvalid, http.StatusBadRequest, "form"},
		{process.ErrStale, http.StatusConflict, "process_stale"},
		{process.ErrScope, http.StatusConflict, "process_stale"},
		{process.ErrTransition, http.StatusConflict, "process_transition"},
		{process.ErrKind, http.StatusConflict, "process_transition"},
		{process.ErrFourEyes, http.StatusConflict, "process_four_eyes"},
		{evidence.ErrInvalid, http.StatusUnprocessableEntity, "form"},
		{evidence.ErrHeld, http.StatusConflict, "held"},
		{evidence.ErrNotDue, http.StatusConflict, "not_due"},
		{evidence.ErrNotFound, http.StatusNotFound, "missing"},
		{bank.ErrNotFound, http.StatusNotFound, "missing"},
		{bank.ErrNoEntry, http.StatusConflict, "no_entry"},
		{bank.ErrHash, http.StatusUnprocessableEntity, "form"},
		{bank.ErrBank, http.StatusUnprocessableEntity, "form"},
		{auth.ErrLastOne, http.StatusConflict, "last_one"},
		{access.ErrNotFound, http.StatusNotFound, "missing"},
		{access.ErrRunning, http.StatusConflict, "access_running"},
		{access.ErrClosed, http.StatusConflict, "access_closed"},
		{access.ErrOpen, http.StatusConflict, "access_open"},
		{rulebook.ErrNotFound, http.StatusNotFound, "missing"},
		{rulebook.ErrNoTrial, http.StatusNotFound, "missing"},
		{rulebook.ErrNoDraft, http.StatusNotFound, "missing"},
		{rulebook.ErrNoShadow, http.StatusConflict, "rules_not_followed"},
		{rulebook.ErrFollowed, http.StatusConflict, "rules_followed"},
		{rulebook.ErrShadows, http.StatusConflict, "rules_shadows"},
		{rulebook.ErrOwn, http.StatusConflict, "rules_own"},
		{rulebook.ErrOther, http.StatusForbidden, "forbidden"},
		{rulebook.ErrStale, http.StatusConflict, "rules_stale"},
		{rulebook.ErrDecided, http.StatusConflict, "rules_decided"},
		{rulebook.ErrClosed, http.StatusConflict, "rules_closed"},
		{rulebook.ErrFaulty, http.StatusConflict, "rules_faulty"},
		{rulebook.ErrReason, http.StatusUnprocessableEntity, "form"},
		{rulebook.ErrText, http.StatusUnprocessableEntity, "form"},
	} {
		if errors.Is(err, k.err) {
			return trouble{k.code, k.word}
		}
	}
	return trouble{http.StatusInternalServerError, "ours"}
}

// fail answers with an error page and returns the error again when it is ours to mend.
func (c *console) fail(w http.ResponseWriter, r *request, err error) error {
	if errors.Is(err, errSignIn) && r.Method == http.MethodGet {
		return c.see(w, r, "/sign-in?next="+url.QueryEscape(r.URL.Path))
	}
	if errors.Is(err, errEnrol) && r.Method == http.MethodGet {
		return c.see(w, r, "/me/factor")
	}
	t := troubleOf(err)
	if errors.Is(err, errSignIn) {
		t = trouble{http.StatusForbidden, "signed_out"}
	}
	if rerr := c.render(w, r, t.status, errorPage(c.view(r, "error."+t.word+".title"), t)); rerr != nil {
		return errors.Join(err, rerr)
	}
	if t.status == http.StatusInternalServerError {
		return err
	}
	return nil
}

// missing answers every address that is none.
func (c *console) missing(http.ResponseWriter, *request) error { return ErrNotFound }
