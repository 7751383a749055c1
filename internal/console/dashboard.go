package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"haris/internal/lead"
	"haris/internal/measure"
	"haris/internal/sheet"
)

// Figures are the numbers that a lead is shown. Safe for concurrent use.
type Figures interface {
	// Facts returns what was counted in a range and in the one before it, and what is open now.
	Facts(ctx context.Context, r lead.Range) (lead.Facts, error)
	// Outside says how what leaves the house does: exchanges and reports.
	Outside(ctx context.Context) []Check
}

// ranges are the lengths that are offered, in days.
func ranges() []int { return []int{7, 30, 90} }

// dashView is the page of a lead.
type dashView struct {
	lead.Board
	days     int // of the offered ranges; 0 for own dates
	from, to string
	bad      mistakes
	at       time.Time
	names    names
	outside  []Check
}

// dashboard shows how the team does in a range, beside the range before it.
func (c *console) dashboard(w http.ResponseWriter, r *request) error {
	p, status, err := c.dashView(r)
	if err != nil {
		return err
	}
	p.outside = c.Figures.Outside(r.Context())
	v := c.view(r, "dash.title")
	v.path = "/dashboard"
	return c.render(w, r, status, dashboardPage(v, p))
}

func (c *console) dashView(r *request) (p *dashView, status int, err error) {
	now := c.Now()
	p = &dashView{from: r.query.Get("from"), to: r.query.Get("to"), at: now}
	span, status := lead.Last(30, now), http.StatusOK
	switch days, err := strconv.Atoi(r.query.Get("days")); {
	case p.from != "" || p.to != "":
		own, ok := lead.ParseRange(p.from, p.to)
		if !ok {
			p.bad, status, p.days = mistakes{"from": "range"}, http.StatusUnprocessableEntity, 30
			break
		}
		span = own
	case err == nil && days >= 1 && days <= lead.MostDays:
		span, p.days = lead.Last(days, now), days
	default:
		p.days = 30
	}
	facts, err := c.Figures.Facts(r.Context(), span)
	if err != nil {
		return nil, 0, err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return nil, 0, err
	}
	p.Board = lead.NewBoard(&facts)
	return p, status, nil
}

// file is the address of the rows of a figure.
func (p *dashView) file(name string) string {
	q := url.Values{"from": {p.Range.From.String()}, "to": {(p.Range.To - 1).String()}}
	return "/dashboard/" + name + ".csv?" + q.Encode()
}

// dashboardFile gives one figure as CSV.
func (c *console) dashboardFile(w http.ResponseWriter, r *request) error {
	name, ok := strings.CutSuffix(r.PathValue("file"), ".csv")
	rows := dashRows()[name]
	if !ok || rows == nil {
		return ErrNotFound
	}
	p, status, err := c.dashView(r)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return errForm
	}
	return c.hand(w, name+".csv", func(w http.ResponseWriter) error { return sheet.NewWriter(w).WriteAll(rows(p)) })
}

// more says of a number how it has changed, in words.
func (v *view) more(b lead.Both) string {
	switch {
	case b.Before == 0:
		return v.T("dash.before", "before", v.Number(0))
	case b.Now == b.Before:
		return v.T("dash.same")
	}
	change := float64(b.Now-b.Before) / float64(b.Before)
	key := "dash.more"
	if change < 0 {
		key, change = "dash.less", -change
	}
	return v.T(key, "before", v.Number(int(b.Before)), "change", v.Percent(change))
}

// rated writes a share with its interval, or that there are too few.
func (v *view) rated(s measure.Share) string {
	if s.Of > 0 && s.Of < lead.Few {
		return v.T("dash.few", "part", v.Number(s.Part), "of", v.Number(s.Of))
	}
	return v.shareOf(s)
}

// spent writes how long something took.
func (v *view) spent(of int64, d time.Duration) string {
	if of == 0 {
		return "–"
	}
	return v.T("dash.about", "span", v.Span(d))
}

// aged names an age of open cases.
func (v *view) aged(i int) string {
	days := lead.AgeDays()
	switch {
	case i < 2:
		return v.T("dash.age." + strconv.Itoa(i))
	case i == len(days)-1:
		return v.T("dash.age.older", "least", v.Number(days[i]))
	}
	return v.T("dash.age.days", "least", v.Number(days[i]), "most", v.Number(days[i+1]-1))
}

// group names a group of accounts.
func (v *view) group(k lead.Kind, name string) string {
	switch {
	case name == "":
		return v.T("dash.unknown")
	case k == lead.Band:
		return v.word("age", name)
	}
	return name
}

func sum(list []int) (n int) {
	for _, x := range list {
		n += x
	}
	return n
}

// mostAged is the most cases of one age.
func (p *dashView) mostAged() (most int) {
	for _, row := range p.Ages {
		most = max(most, sum(row))
	}
	return most
}

// mostFound is the length of the bars of findings.
func (p *dashView) mostFound() float64 {
	most := int64(1)
	for _, f := range p.Findings {
		most = max(most, f.Now, f.Before)
	}
	return float64(most)
}

// dashOpen is how many cases are open now.
func dashOpen(p *dashView) (n int) {
	for _, row := range p.Ages {
		n += sum(row)
	}
	return n
}

// dateFrom and dateTo are the dates in the form: what was written, or the range that is shown.
func (p *dashView) dateFrom() string {
	if p.bad != nil {
		return p.from
	}
	return p.Range.From.String()
}

func (p *dashView) dateTo() string {
	if p.bad != nil {
		return p.to
	}
	return (p.Range.To - 1).String()
}

// queueName names a queue; a case may stand in none.
func (v *view) queueName(name string) string {
	if name == "" {
		return v.T("dash.no_queue")
	}
	return name
}

// detectorName names a detector in words, with its short name; a rule has only its own.
func (v *view) detectorName(name string) string {
	if w := v.detector(name); w != name {
		return w + " (" + name + ")"
	}
	return name
}
