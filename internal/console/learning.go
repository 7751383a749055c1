package console

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"haris/internal/learn"
	"haris/internal/measure"
	"haris/internal/sheet"
)

// Learning says of each detector and rule what people have found about the cases that it spoke in, as of a moment.
type Learning func(ctx context.Context) (rows []learn.Row, at time.Time, err error)

// learning shows it; by=typology splits it.
func (c *console) learning(w http.ResponseWriter, r *request) error {
	list, at, err := c.Learning(r.Context())
	if err != nil {
		return err
	}
	v := c.view(r, "learning.title")
	v.path = "/learning"
	return c.render(w, r, http.StatusOK, learningPage(v, rowsOf(list, r.URL.Query().Get("by") == "typology"), r.URL.Query().Get("by") == "typology", at))
}

// rowsOf are the rows over all, and by typology too when asked.
func rowsOf(list []learn.Row, split bool) (out []learn.Row) {
	for _, x := range list {
		if split || x.Typology == "" {
			out = append(out, x)
		}
	}
	return out
}

// learningList gives all rows as CSV.
func (c *console) learningList(w http.ResponseWriter, r *request) error {
	list, _, err := c.Learning(r.Context())
	if err != nil {
		return err
	}
	return c.hand(w, "learning.csv", func(w http.ResponseWriter) error {
		out := sheet.NewWriter(w)
		rows := [][]string{{"name", "rule", "typology", "confirmed", "judged", "low", "high", "before_confirmed", "before_judged", "now_confirmed", "now_judged", "unsure", "p", "shift", "fallen", "moved"}}
		for _, x := range list {
			rows = append(rows, []string{
				x.Name, strconv.FormatBool(x.Rule), string(x.Typology), strconv.Itoa(x.Precision.Part), strconv.Itoa(x.Precision.Of),
				decimal(&x.Precision.Low), decimal(&x.Precision.High), strconv.Itoa(x.Before.Part), strconv.Itoa(x.Before.Of), strconv.Itoa(x.Now.Part),
				strconv.Itoa(x.Now.Of), strconv.Itoa(x.Unsure), decimal(x.P), decimal(x.Shift), strconv.FormatBool(x.Fallen), strconv.FormatBool(x.Moved),
			})
		}
		return out.WriteAll(rows)
	})
}

// decimal writes a number for programs; empty for none.
func decimal(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', 4, 64)
}

// shareOf writes how many of how many, with the interval.
func (v *view) shareOf(s measure.Share) string {
	if s.Of == 0 {
		return "–"
	}
	return v.T("learning.share", "part", v.Number(s.Part), "of", v.Number(s.Of), "low", v.Number(int(100*s.Low+.5)), "high", v.Number(int(100*s.High+.5)))
}
