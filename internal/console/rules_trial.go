package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"haris/internal/auth"
	"haris/internal/backtest"
	"haris/internal/rulebook"
)

// trialView is the back-test of a text that was asked for last.
type trialView struct {
	rulebook.Trial
	report *backtest.Report // nil until it is done
	now    rulebook.Version // in force
	names  names
	named  bool // who looks sees every case, and so which accounts they are
}

// none says that nobody has asked for one.
func (t *trialView) none() bool { return t.ID == "" }

// box is the id of the part of the page that says how far it is.
func (t *trialView) box() string {
	if t.Shadow {
		return "shadow-state"
	}
	return "trial-state"
}

// noneWord says that there is none yet.
func (t *trialView) noneWord() string {
	if t.Shadow {
		return "shadow.none"
	}
	return "trial.none"
}

// passed says that something else has come into force since.
func (t *trialView) passed() bool { return t.BeforeN != t.now.N }

// trialOf reads the back-test of a text.
func (c *console) trialOf(r *request, digest string) (*trialView, error) {
	t, err := c.Book.Tried(r.Context(), digest)
	if err != nil && !errors.Is(err, rulebook.ErrNoTrial) {
		return nil, err
	}
	return c.trialView(r, t)
}

func (c *console) trialView(r *request, t rulebook.Trial) (out *trialView, err error) {
	out = &trialView{Trial: t, named: r.person.Can(auth.CaseRead) && r.scope.All()}
	if out.now, err = c.Book.InForce(r.Context()); err != nil {
		return nil, err
	}
	if out.names, err = c.names(r.Context()); err != nil {
		return nil, err
	}
	if t.State == rulebook.TrialDone {
		out.report = &backtest.Report{}
		if err := json.Unmarshal(t.Report, out.report); err != nil {
			return nil, fmt.Errorf("console: report of a back-test: %w", err)
		}
	}
	return out, nil
}

// rulesTrial answers with how far a back-test is, for the page that asks while it runs.
func (c *console) rulesTrial(w http.ResponseWriter, r *request) error {
	t, err := c.Book.Trial(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := c.trialView(r, t)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, trialState(c.view(r, "rules.title"), p))
}

// since reads the day from which on is compared; zero for all.
func since(r *request) (time.Time, error) {
	day := text(r, "since")
	if day == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return t, mistakes{"since": "rules_day"}
	}
	return t, nil
}

// rulesBacktest asks for a back-test of a version.
func (c *console) rulesBacktest(w http.ResponseWriter, r *request) error {
	return c.versionDo(w, r, "backtest", func(n int64, _ string) (v rulebook.Version, err error) {
		from, err := since(r)
		if err != nil {
			return v, err
		}
		v, t, err := c.Book.Get(r.Context(), n)
		if err != nil {
			return v, err
		}
		_, err = c.Book.Try(r.Context(), r.person.ID, t, from)
		return v, err
	})
}

// tryDraft saves the draft and asks for its back-test.
func (c *console) tryDraft(w http.ResponseWriter, r *request, p *editView) error {
	from, err := since(r)
	if err == nil {
		err = c.Book.Save(r.Context(), r.person.ID, p.draft.Text, p.was)
	}
	if err == nil {
		_, err = c.Book.Try(r.Context(), r.person.ID, p.draft.Text, from)
	}
	if err != nil {
		return c.editMistake(w, r, err)
	}
	return c.see(w, r, "/rules/edit?file="+url.QueryEscape(p.file)+"#trial")
}

// mayTry says that who looks may ask for a back-test.
func (v *view) mayTry() bool { return v.may(auth.RuleEdit) || v.may(auth.RulePublish) }

// change is one list of a back-test.
type change struct {
	word string
	list []backtest.Change
}

// shownChanges bounds what is shown of each list.
const shownChanges = 50

// changes are the lists of a back-test, in the order in which they matter.
func (t *trialView) changes() []change {
	r := t.report
	return []change{{"gained", r.Gained}, {"lost", r.Lost}, {"raised", r.Raised}, {"lowered", r.Lowered}}
}

// found counts what people found about a list.
func (c *change) found(finding string) (n int) {
	for i := range c.list {
		if string(c.list[i].Finding) == finding {
			n++
		}
	}
	return n
}

// shown are the rows that the page has room for.
func (c *change) shown() []backtest.Change { return c.list[:min(len(c.list), shownChanges)] }
