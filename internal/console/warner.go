package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"haris/internal/action"
	"haris/internal/casefile"
	"haris/internal/event"
)

// warner is an account that reported one of the case: the first time, and what it was told.
type warner struct {
	account string
	seq     uint64
	at      time.Time
	reason  string
	told    *action.Action // the newest answer; nil when there is none
}

// maxWarners bounds whom the page shows and one answer tells.
const maxWarners = 50

// warnersOf lists who reported an account of the case, as far as a signal rests on the report, oldest first. Accounts of the case are none.
func warnersOf(marked []event.Event, k *casefile.Case, asked []action.Action) (out []warner) {
	for i := range marked {
		e := &marked[i]
		if e.Type != event.AccountReported && e.Type != event.ContentReported || e.Data.By == "" || slices.Contains(k.Subjects, e.Data.By) ||
			!slices.Contains(k.Subjects, e.Data.Account) {
			continue
		}
		if !slices.ContainsFunc(out, func(w warner) bool { return w.account == e.Data.By }) {
			out = append(out, warner{account: e.Data.By, seq: e.Seq, at: e.Time, reason: e.Data.Reason})
		}
	}
	slices.SortStableFunc(out, func(a, b warner) int { return a.at.Compare(b.at) })
	out = out[:min(len(out), maxWarners)]
	for i := range out {
		for j := range asked { // newest first
			if a := &asked[j]; a.Kind == action.AnswerReporter && a.Subject == out[i].account && a.Status != action.Reversed {
				out[i].told = a
				break
			}
		}
	}
	return out
}

// untold are the warners that have no answer.
func (p *caseView) untold() (n int) {
	for i := range p.warners {
		if p.warners[i].told == nil {
			n++
		}
	}
	return n
}

// answers reports whether an outcome fits a finding: "acted" what was confirmed, "no violation" what was cleared, "looking" what still waits.
func answers(o action.Outcome, f casefile.Finding) bool {
	switch o {
	case action.OutcomeActed:
		return f == casefile.FindingConfirmed
	case action.OutcomeNothing:
		return f == casefile.FindingCleared
	case action.OutcomeLooking:
		return f == casefile.FindingEscalated || f == casefile.FindingNeedsSecond
	}
	return false
}

// outcomesOf are the outcomes that can be told while a case is where it is.
func outcomesOf(s casefile.Status) []action.Outcome {
	switch s {
	case casefile.Confirmed:
		return []action.Outcome{action.OutcomeActed}
	case casefile.Cleared:
		return []action.Outcome{action.OutcomeNothing}
	case casefile.Merged:
		return nil
	}
	return []action.Outcome{action.OutcomeLooking}
}

// unanswered lists why an answer was not given.
func unanswered() []string { return []string{"sealed", "hold", "nobody"} }

// answer tells whoever warned, and says why nobody was told.
func (c *console) answer(r *request, k *casefile.Case, o action.Outcome) (why string, err error) {
	marked, err := c.marked(r.Context(), k)
	if err != nil {
		return "", err
	}
	asked, err := c.Actions.OfCase(r.Context(), k.ID)
	if err != nil {
		return "", err
	}
	var accounts []string
	for _, w := range warnersOf(marked, k, asked) {
		if w.told == nil || w.told.Item != string(o) {
			accounts = append(accounts, w.account)
		}
	}
	if len(accounts) == 0 {
		return "nobody", nil
	}
	switch err = c.Actions.Answer(r.Context(), r.person.ID, k.ID, accounts, o); {
	case errors.Is(err, action.ErrNoEvidence):
		return "sealed", nil
	case errors.Is(err, action.ErrNoNotice):
		return "hold", nil
	}
	return "", err
}

// caseAnswer tells whoever warned what came of the case.
func (c *console) caseAnswer(w http.ResponseWriter, r *request) error {
	k, _, err := c.Desk.View(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	o := action.Outcome(text(r, "answer"))
	if !slices.Contains(outcomesOf(k.Status), o) {
		return c.caseAgain(w, r, mistakes{"answer": "answer"})
	}
	why, err := c.answer(r, &k, o)
	if err != nil {
		return err
	}
	to := "/case/" + k.ID
	if why != "" {
		to += "?" + url.Values{"unanswered": {why}}.Encode()
	}
	return c.see(w, r, to+"#warned")
}
