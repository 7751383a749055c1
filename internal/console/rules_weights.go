package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"haris/internal/decide"
	"haris/internal/rulebook"
	"haris/internal/taxonomy"
)

// weigh puts the budget and the table of detectors into the text of the weights, and saves the draft.
func (c *console) weigh(w http.ResponseWriter, r *request, p *editView) error {
	if p.file != rulebook.WeightsFile {
		return errForm
	}
	budget, detectors, bad := c.typedWeights(r)
	if len(bad) > 0 {
		p.bad = bad
		return c.showEdit(w, r, http.StatusUnprocessableEntity, p)
	}
	text, err := decide.Rewrite(p.text, budget, detectors)
	if err != nil {
		p.bad = mistakes{"weigh": "rules_weights"} // what is wrong stands in the outcome
		return c.showEdit(w, r, http.StatusUnprocessableEntity, p)
	}
	if err := c.Book.Save(r.Context(), r.person.ID, withFile(p.draft.Text, p.file, text), p.was); err != nil {
		return c.editMistake(w, r, err)
	}
	return c.see(w, r, "/rules/edit?file="+url.QueryEscape(p.file)+"#outcome")
}

// typedWeights reads the fields. Whether a number is within its bounds is for the check of the text.
func (c *console) typedWeights(r *request) (budget float64, detectors map[string]decide.Setting, bad mistakes) {
	bad, detectors = mistakes{}, map[string]decide.Setting{}
	number := func(field string, without float64) float64 {
		s := strings.ReplaceAll(text(r, field), ",", ".")
		if s == "" {
			return without
		}
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || x <= 0 || x > 1e6 {
			bad[field] = "rules_number"
		}
		return x
	}
	budget = number("budget", 0)
	for _, d := range c.Book.Detectors {
		s := decide.Setting{Mode: taxonomy.ModeEnforce, Weight: number("weight."+d, 1)}
		if text(r, "shadow."+d) != "" {
			s.Mode = taxonomy.ModeShadow
		}
		detectors[d] = s
	}
	return budget, detectors, bad
}

// weightsValue is what a field of the weights holds: what was typed, or what the text says.
func (p *editView) weightsValue(field string, now float64) string {
	if p.typed.Has(field) {
		return p.typed.Get(field)
	}
	if now == 0 {
		return ""
	}
	return strconv.FormatFloat(now, 'f', -1, 64)
}

// badWeight says that a weight was typed that is none, so that the table is open.
func (p *editView) badWeight() bool {
	for field := range p.bad {
		if strings.HasPrefix(field, "weight.") {
			return true
		}
	}
	return false
}

// inShadow says whether a detector is ticked.
func (p *editView) inShadow(d string) bool {
	if p.typed.Has("budget") {
		return p.typed.Get("shadow."+d) != ""
	}
	return p.judged.Policy.Of(d).Mode == taxonomy.ModeShadow
}
