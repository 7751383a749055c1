package console

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"haris/internal/action"
	"haris/internal/casefile"
	"haris/internal/detect"
)

// caseSplit takes accounts of the case into a new one and shows that. Asked to look first, it only shows the case again, with what would go.
func (c *console) caseSplit(w http.ResponseWriter, r *request) error {
	a, err := seenAct(r)
	if err != nil {
		return err
	}
	accounts := r.PostForm["account"]
	if len(accounts) == 0 {
		return c.caseAgain(w, r, mistakes{"account": "split_none"})
	}
	if text(r, "do") == "look" {
		return c.showCase(w, r, http.StatusOK, caseFormOf(r))
	}
	reason, err := required(r, "reason")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	k, err := c.Arrange.Split(r.Context(), a, accounts, reason)
	switch {
	case errors.Is(err, casefile.ErrOtherOpen):
		return c.caseAgain(w, r, mistakes{"account": "split_open"})
	case errors.Is(err, casefile.ErrBody):
		return c.caseAgain(w, r, mistakes{"account": "split_which"})
	case err != nil:
		return c.caseAgain(w, r, err)
	}
	return c.see(w, r, "/case/"+k.ID)
}

// askedBefore lists what was asked of the platform about the accounts of a case in the one that it was split from: it may be in force still, and
// is taken back there.
func (c *console) askedBefore(ctx context.Context, k *casefile.Case) ([]action.Action, error) {
	if k.From == "" {
		return nil, nil
	}
	list, err := c.Actions.OfCase(ctx, k.From)
	return slices.DeleteFunc(list, func(a action.Action) bool { return !slices.Contains(k.Subjects, a.Subject) }), err
}

// splitLine is an account that can go on in a case of its own.
type splitLine struct {
	id     string
	spoken []string // detectors that spoke about it
	ticked bool
}

// splitLines are the accounts of the form, those that something was found about first.
func (p *caseView) splitLines() []splitLine {
	var found, rest []splitLine
	ticked := p.form.all("split", "account")
	for _, id := range p.Subjects {
		if id == p.Subject {
			continue
		}
		l := splitLine{id: id, ticked: slices.Contains(ticked, id)}
		for i := range p.Signals {
			if s := &p.Signals[i]; s.Subject == id && s.Unscanned == "" && !slices.Contains(l.spoken, s.Detector) {
				l.spoken = append(l.spoken, s.Detector)
			}
		}
		if len(l.spoken) > 0 {
			found = append(found, l)
		} else {
			rest = append(rest, l)
		}
	}
	return append(found, rest...)
}

// splitSum is how many accounts and signals go and stay when what is ticked is split off.
type splitSum struct{ accounts, signals, stay, staySignals int }

// splitSum counts; zero when nothing is ticked.
func (p *caseView) splitSum() (n splitSum) {
	ticked := p.form.all("split", "account")
	for _, id := range p.Subjects {
		if id != p.Subject && slices.Contains(ticked, id) {
			n.accounts++
		}
	}
	if n.accounts == 0 {
		return splitSum{}
	}
	n.stay = len(p.Subjects) - n.accounts
	goes := func(s detect.Signal) bool { return s.Subject != p.Subject && slices.Contains(ticked, s.Subject) }
	for i := range p.Signals {
		if goes(p.Signals[i]) {
			n.signals++
		}
	}
	n.staySignals = len(p.Signals) - n.signals
	return n
}
