package evaluate

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
)

//go:embed page.html
var pageText string

// WritePage writes a result as one self-contained page: no script, no request to anywhere, plots beside their tables, light or dark as the
// reader's system is.
func (r *Result) WritePage(w io.Writer) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"recall": recallWords, "share": shareWords, "spread": spreadWords, "power": power, "threshold": threshold, "short": short, "barHeight": func(list []bar) int { return 22*len(list) + 6 },
	}).Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, page{r, r.plots()})
}

// page is what the template is given.
type page struct {
	*Result
	Plots plots
}

// KindsAndAll is the kinds, and all of them together at the end.
func (p page) KindsAndAll() []Kind { return append(slices.Clone(p.Kinds), p.All) }
