package console

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"time"

	"haris/internal/action"
	"haris/internal/casefile"
	"haris/internal/review"
)

// The bounds of what is asked of the platform.
const (
	maxAskReason = 2000 // bytes, as package action takes them
	maxAskItem   = 256  // bytes
	maxAskItems  = 30   // offered while one types
)

// askLayout is how browsers write a moment, in the time zone of the person.
const askLayout = "2006-01-02T15:04"

// caseAsk shows what would be asked of the platform, and asks for it on the second press.
func (c *console) caseAsk(w http.ResponseWriter, r *request) error {
	a, err := seenAct(r)
	if err != nil {
		return err
	}
	zone := c.words[r.lang].reading(&r.person).zone
	q, bad := askOf(r, c.Now(), zone)
	if len(bad) > 0 {
		return c.caseAgain(w, r, bad)
	}
	if text(r, "do") != "ask" {
		look, err := c.Asker.Look(r.Context(), a, q)
		if err != nil {
			return c.caseAgain(w, r, askMistakes(err))
		}
		f := caseFormOf(r)
		f.look = &look
		return c.showCase(w, r, http.StatusOK, f)
	}
	if err := c.Asker.Ask(r.Context(), a, q); err != nil {
		if !q.ExpiresAt.IsZero() { // as the field of the form has it
			r.PostForm.Set("until", q.ExpiresAt.In(zone).Format(askLayout))
		}
		return c.caseAgain(w, r, askMistakes(err))
	}
	return c.see(w, r, "/case/"+a.Case+"#actions")
}

// askOf reads what is asked for, and what is wrong with it.
func askOf(r *request, now time.Time, zone *time.Location) (q action.Request, bad mistakes) {
	reason, err := required(r, "reason")
	if bad = mistakesOf(err); bad == nil {
		bad = mistakes{}
	}
	q = action.Request{Subject: text(r, "account"), Kind: action.Kind(text(r, "kind")), Reason: reason}
	if len(reason) > maxAskReason {
		bad["reason"] = "long"
	}
	if q.Subject == "" {
		bad["account"] = "choose"
	}
	if !slices.Contains(action.DeskKinds(), q.Kind) {
		bad["kind"] = "choose"
	}
	if q.Kind.NeedsItem() {
		if q.Item = text(r, "item"); q.Item == "" || len(q.Item) > maxAskItem {
			bad["item"] = "ask_item"
		}
	}
	if s := text(r, "until"); s != "" {
		if q.ExpiresAt, err = time.ParseInLocation(askLayout, s, zone); err != nil {
			q.ExpiresAt, err = time.Parse(time.RFC3339, s) // what was shown
		}
		switch {
		case err != nil:
			bad["until"] = "moment"
		case !q.ExpiresAt.After(now), q.Kind.IsFriction() && q.ExpiresAt.Sub(now) > action.MaxFriction:
			bad["until"] = "ask_until"
		}
	}
	return q, bad
}

// askMistakes says at which field an error is to be told; what belongs to none is returned as it is.
func askMistakes(err error) error {
	var field *action.FieldError
	switch {
	case errors.As(err, &field):
		at := map[string]string{"subject": "account", "item": "item", "expires at": "until", "reason": "reason"}[field.Field]
		code := map[string]string{"account": "ask_account", "item": "ask_item", "until": "ask_until", "reason": "long"}[at]
		return mistakes{cmp.Or(at, "kind"): cmp.Or(code, "choose")}
	case errors.Is(err, review.ErrAccount):
		return mistakes{"account": "ask_account"}
	case errors.Is(err, action.ErrNoEvidence):
		return mistakes{"sealed": "ask_sealed"}
	case errors.Is(err, action.ErrNoNotice):
		return mistakes{"kind": "ask_silent"}
	case errors.Is(err, casefile.ErrNotClaimed), errors.Is(err, casefile.ErrClaimed):
		return mistakes{"kind": "ask_claim"}
	}
	return err
}

// approached are the accounts of the case to which something may have been done: few kinds of actions may be about them.
func (p *caseView) approached() (out []string) {
	for _, id := range p.Victims {
		if !slices.Contains(p.Subjects, id) {
			out = append(out, id)
		}
	}
	return out
}

// askItems are the posts, listings and other content of the timeline.
func (p *caseView) askItems() (out []string) {
	for _, s := range p.strands {
		for _, part := range s.parts {
			for i := range part.events {
				d := &part.events[i].Data
				if id := cmp.Or(d.Post, d.Listing, d.Content); id != "" && len(out) < maxAskItems && !slices.Contains(out, id) {
					out = append(out, id)
				}
			}
		}
	}
	return out
}

// unasked reports whether a case was confirmed and nothing was asked of the platform about its accounts, which the page then says.
func (p *caseView) unasked() bool {
	asked := func(a action.Action) bool { return slices.Contains(action.DeskKinds(), a.Kind) }
	return p.can.ask && p.Status == casefile.Confirmed && !slices.ContainsFunc(p.actions, asked) && !slices.ContainsFunc(p.before, asked)
}
