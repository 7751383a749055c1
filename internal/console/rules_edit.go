package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"haris/internal/rule"
	"haris/internal/rulebook"
)

// editView is the page on which rules are written: one file at a time.
type editView struct {
	draft     rulebook.Draft
	saved     bool
	was       string // digest of what is stored
	file      string
	text      string
	reason    string
	name      string // of a new file, as it was typed
	judged    *rulebook.Judgement
	bad       mistakes
	words     []rule.Name
	trial     *trialView
	typed     url.Values // what was typed into the form; nil before
	detectors []string
	passed    int64 // the version in force now, which may have come since the draft was begun
}

// rulesEdit shows the draft of who looks, or what is in force.
func (c *console) rulesEdit(w http.ResponseWriter, r *request) error {
	p, err := c.editView(r, r.query.Get("file"))
	if err != nil {
		return err
	}
	return c.showEdit(w, r, http.StatusOK, p)
}

// editView reads the draft. A file that is not there is the first.
func (c *console) editView(r *request, file string) (p *editView, err error) {
	p = &editView{file: file, bad: mistakes{}}
	if p.draft, p.saved, err = c.Book.Draft(r.Context(), r.person.ID); err != nil {
		return nil, err
	}
	now, err := c.Book.InForce(r.Context())
	if err != nil {
		return nil, err
	}
	p.was, p.passed = p.draft.Text.Digest(), now.N
	files := p.draft.Text.Files()
	i := max(slices.IndexFunc(files, func(f rule.Source) bool { return f.Name == file }), 0)
	p.file, p.text = files[i].Name, files[i].Text
	return p, nil
}

func (c *console) showEdit(w http.ResponseWriter, r *request, status int, p *editView) error {
	if p.judged == nil {
		j := rulebook.Judge(p.draft.Text, c.Book.Detectors)
		p.judged = &j
	}
	p.detectors = c.Book.Detectors
	p.words = rule.Names(p.judged.Rules)
	var err error
	if p.trial, err = c.trialOf(r, p.draft.Text.Digest()); err != nil {
		return err
	}
	if p.judged.Rules == nil {
		p.words = rule.Names(c.Rules().Rules)
	}
	v := c.view(r, "rules.edit")
	v.path = "/rules"
	return c.render(w, r, status, rulesEditPage(v, p))
}

// typed puts what stands in the form into the draft.
func (c *console) typed(r *request) (*editView, error) {
	p, err := c.editView(r, r.PostForm.Get("file"))
	if err != nil {
		return nil, err
	}
	if p.file != r.PostForm.Get("file") {
		return nil, errForm
	}
	p.text = strings.ReplaceAll(r.PostForm.Get("text"), "\r\n", "\n")
	p.typed = r.PostForm
	p.was, p.reason, p.name = r.PostForm.Get("was"), text(r, "reason"), text(r, "name")
	p.draft.Text = withFile(p.draft.Text, p.file, p.text)
	return p, nil
}

// withFile is a text with another content of one of its files.
func withFile(t rulebook.Text, name, text string) rulebook.Text {
	if name == rulebook.WeightsFile {
		t.Weights = text
		return t
	}
	t.Packs = slices.Clone(t.Packs)
	for i := range t.Packs {
		if t.Packs[i].Name == name {
			t.Packs[i].Text = text
		}
	}
	return t
}

// rulesCheck answers with what is wrong with the form, for the page that asks while somebody types.
func (c *console) rulesCheck(w http.ResponseWriter, r *request) error {
	p, err := c.typed(r)
	if err != nil {
		return err
	}
	j := rulebook.Judge(p.draft.Text, c.Book.Detectors)
	return c.render(w, r, http.StatusOK, rulesOutcome(c.view(r, "rules.edit"), &j))
}

// rulesWrite does what the pressed button says: check, save, propose, add or remove a file, throw away.
func (c *console) rulesWrite(w http.ResponseWriter, r *request) error {
	if r.PostForm.Get("act") == "discard" {
		if err := c.Book.Discard(r.Context(), r.person.ID); err != nil {
			return err
		}
		return c.see(w, r, "/rules/edit")
	}
	p, err := c.typed(r)
	if err != nil {
		return err
	}
	next := "/rules/edit?file=" + url.QueryEscape(p.file)
	switch r.PostForm.Get("act") {
	case "check":
		return c.showEdit(w, r, http.StatusOK, p)
	case "save":
		err = c.Book.Save(r.Context(), r.person.ID, p.draft.Text, p.was)
	case "add":
		name := p.name
		if !rule.IsPack(name) {
			name += ".yaml"
		}
		p.draft.Text.Packs = append(slices.Clone(p.draft.Text.Packs), rule.Source{Name: name, Text: newPack(name)})
		next = "/rules/edit?file=" + url.QueryEscape(name)
		err = c.Book.Save(r.Context(), r.person.ID, p.draft.Text, p.was)
	case "remove":
		p.draft.Text.Packs = slices.DeleteFunc(slices.Clone(p.draft.Text.Packs), func(f rule.Source) bool { return f.Name == p.file })
		next = "/rules/edit"
		err = c.Book.Save(r.Context(), r.person.ID, p.draft.Text, p.was)
	case "propose":
		return c.proposeDraft(w, r, p)
	case "backtest":
		return c.tryDraft(w, r, p)
	case "weigh":
		return c.weigh(w, r, p)
	default:
		return errForm
	}
	if err != nil {
		return c.editMistake(w, r, err)
	}
	return c.see(w, r, next)
}

// proposeDraft saves first, so that nothing that was typed is lost when it is refused.
func (c *console) proposeDraft(w http.ResponseWriter, r *request, p *editView) error {
	if err := c.Book.Save(r.Context(), r.person.ID, p.draft.Text, p.was); err != nil {
		return c.editMistake(w, r, err)
	}
	version, err := c.Book.Propose(r.Context(), r.person.ID, p.draft.Text, p.reason)
	if err != nil {
		return c.editMistake(w, r, err)
	}
	return c.see(w, r, versionURL(version.N))
}

// editMistake shows the page as it was filled in, with what was wrong.
func (c *console) editMistake(w http.ResponseWriter, r *request, err error) error {
	act := r.PostForm.Get("act")
	p, again := c.typed(r)
	if again != nil {
		return again
	}
	switch {
	case mistakesOf(err) != nil:
		p.bad = mistakesOf(err)
	case errors.Is(err, rulebook.ErrFaulty) && act == "backtest":
		p.bad["since"] = "rules_faulty"
	case errors.Is(err, rulebook.ErrReason):
		p.bad["reason"] = "required"
	case errors.Is(err, rulebook.ErrSame):
		p.bad["reason"] = "rules_same"
	case errors.Is(err, rulebook.ErrFaulty):
		p.bad["reason"] = "rules_faulty"
	case errors.Is(err, rulebook.ErrStale):
		p.bad["text"] = "rules_stale"
	case errors.Is(err, rulebook.ErrText) && act == "add":
		p.bad["name"] = "rules_name"
	case errors.Is(err, rulebook.ErrText) && act == "remove":
		p.bad["name"] = "rules_last"
	case errors.Is(err, rulebook.ErrText):
		p.bad["text"] = "rules_text"
	default:
		return err
	}
	stored, _, err := c.Book.Draft(r.Context(), r.person.ID)
	if err != nil {
		return err
	}
	p.was = stored.Text.Digest() // saving again is then meant
	return c.showEdit(w, r, http.StatusUnprocessableEntity, p)
}

// newPack is what a new file begins with: one rule in shadow with a test, to be changed.
func newPack(file string) string {
	stem, _, _ := strings.Cut(strings.ToLower(file), ".")
	stem = strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, stem), "-")
	return "name: " + stem + `
version: 1
description: What this pack is for.

rules:
  - id: ` + stem + `-first
    title: What it sees, in one line
    mode: shadow
    on: payment.sent
    when: from.adult && to.minor && event.amount > 100
    why: an adult paid a child a large amount
    effects: {labels: [large-gift]}
    tests:
      - name: a large amount
        given:
          accounts: {a: {age_band: "25+"}, c: {age_band: "13-15"}}
          events: [{type: payment.sent, from: a, to: c, amount: 150}]
        fires: true
`
}
