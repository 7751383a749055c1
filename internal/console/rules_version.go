package console

import (
	"errors"
	"net/http"
	"strconv"

	"haris/internal/auth"
	"haris/internal/rulebook"
)

// versionView is the page of one version.
type versionView struct {
	rulebook.Version
	now     rulebook.Version // in force
	against int64            // what the difference is to
	diff    []rulebook.FileDiff
	judged  rulebook.Judgement
	trial   *trialView
	shadow  rulebook.Shadow
	daily   *trialView // the newest comparison of the shadow run
	names   names
	open    bool
	own     bool // who looks proposed it
	which   string
	bad     mistakes
	words   string
}

// badOf are the mistakes of one of the forms.
func (p *versionView) badOf(which string) mistakes {
	if p.which == which {
		return p.bad
	}
	return nil
}

// wordsOf is what was typed into one of the forms.
func (p *versionView) wordsOf(which string) string {
	if p.which == which {
		return p.words
	}
	return ""
}

// current says that the version is in force.
func (p *versionView) current() bool { return p.N == p.now.N }

// rulesVersion shows one version.
func (c *console) rulesVersion(w http.ResponseWriter, r *request) error {
	return c.showVersion(w, r, http.StatusOK, "", nil)
}

func versionOf(r *request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil || n < 0 {
		return 0, ErrNotFound
	}
	return n, nil
}

func (c *console) showVersion(w http.ResponseWriter, r *request, status int, which string, bad mistakes) error {
	n, err := versionOf(r)
	if err != nil {
		return err
	}
	p := &versionView{open: c.Book.Open, which: which, bad: bad, words: text(r, "words")}
	var after, before rulebook.Text
	if p.Version, after, err = c.Book.Get(r.Context(), n); err != nil {
		return err
	}
	if p.now, err = c.Book.InForce(r.Context()); err != nil {
		return err
	}
	if p.against = p.now.N; p.current() {
		p.against = p.Base
	}
	if _, before, err = c.Book.Get(r.Context(), p.against); err != nil {
		return err
	}
	p.diff, p.judged, p.own = rulebook.Diff(before, after), rulebook.Judge(after, c.Book.Detectors), p.Author == r.person.ID
	if p.trial, err = c.trialOf(r, p.Digest); err != nil {
		return err
	}
	var daily rulebook.Trial
	if p.shadow, daily, err = c.Book.Shadow(r.Context(), &p.Version); err != nil {
		return err
	}
	if p.daily, err = c.trialView(r, daily); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "rules.version_title")
	v.path, v.ref = "/rules", strconv.FormatInt(n, 10)
	return c.render(w, r, status, rulesVersionPage(v, p))
}

// versionDo carries out one act on a version and shows it again.
func (c *console) versionDo(w http.ResponseWriter, r *request, which string, do func(n int64, words string) (rulebook.Version, error)) error {
	n, err := versionOf(r)
	if err != nil {
		return err
	}
	version, err := do(n, text(r, "words"))
	bad := mistakesOf(err)
	switch {
	case err == nil:
		return c.see(w, r, versionURL(version.N))
	case errors.Is(err, rulebook.ErrReason):
		bad = mistakes{"words": "required"}
	case errors.Is(err, rulebook.ErrFaulty) && which == "backtest":
		bad = mistakes{"since": "rules_faulty"}
	case errors.Is(err, rulebook.ErrSame):
		bad = mistakes{"words": "rules_same"}
	}
	if bad == nil {
		return err
	}
	return c.showVersion(w, r, http.StatusUnprocessableEntity, which, bad)
}

// rulesPublish brings a version into force, over what the page showed.
func (c *console) rulesPublish(w http.ResponseWriter, r *request) error {
	return c.versionDo(w, r, "publish", func(n int64, words string) (rulebook.Version, error) {
		seen, err := strconv.ParseInt(r.PostForm.Get("seen"), 10, 64)
		if err != nil {
			return rulebook.Version{}, errForm
		}
		if text(r, "confirm") == "" {
			return rulebook.Version{}, mistakes{"confirm": "sure"}
		}
		return c.Book.Publish(r.Context(), r.person.ID, n, seen, words)
	})
}

// rulesRefuse ends a version with a reason.
func (c *console) rulesRefuse(w http.ResponseWriter, r *request) error {
	return c.versionDo(w, r, "refuse", func(n int64, words string) (rulebook.Version, error) {
		return c.Book.Refuse(r.Context(), r.person.ID, n, words)
	})
}

// rulesWithdraw takes back what one proposed.
func (c *console) rulesWithdraw(w http.ResponseWriter, r *request) error {
	return c.versionDo(w, r, "withdraw", func(n int64, words string) (rulebook.Version, error) {
		return c.Book.Withdraw(r.Context(), r.person.ID, n, words)
	})
}

// rulesFollow begins the shadow run of a version.
func (c *console) rulesFollow(w http.ResponseWriter, r *request) error {
	return c.versionDo(w, r, "follow", func(n int64, _ string) (rulebook.Version, error) {
		return rulebook.Version{N: n}, c.Book.Follow(r.Context(), r.person.ID, n)
	})
}

// rulesLeave ends it.
func (c *console) rulesLeave(w http.ResponseWriter, r *request) error {
	return c.versionDo(w, r, "leave", func(n int64, _ string) (rulebook.Version, error) {
		return rulebook.Version{N: n}, c.Book.Leave(r.Context(), r.person.ID, n)
	})
}

// rulesAgain proposes an older version again: the way back.
func (c *console) rulesAgain(w http.ResponseWriter, r *request) error {
	return c.versionDo(w, r, "again", func(n int64, words string) (rulebook.Version, error) {
		_, t, err := c.Book.Get(r.Context(), n)
		if err != nil {
			return rulebook.Version{}, err
		}
		return c.Book.ProposeAgain(r.Context(), r.person.ID, t, words)
	})
}

// mayDecide says that who looks can be the second person.
func (v *view) mayDecide(p *versionView) bool {
	return p.State == rulebook.Proposed && p.open && v.may(auth.RulePublish)
}
