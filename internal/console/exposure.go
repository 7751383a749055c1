package console

import (
	"net/http"
	"slices"

	"haris/internal/exposure"
)

// exposureView is the page of who was shown how much today.
type exposureView struct {
	days  []exposure.Day
	names names
	bad   mistakes
	whose string // person whose form came back

	guards guardView
	rota   rotaView
}

// exposures says who was shown how much today.
func (c *console) exposures(w http.ResponseWriter, r *request) error {
	return c.showExposures(w, r, http.StatusOK, exposureView{})
}

func (c *console) showExposures(w http.ResponseWriter, r *request, status int, p exposureView) (err error) {
	if p.days, err = c.Exposure.Everyone(r.Context()); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	if err := c.fillGuards(r.Context(), r, &p.guards); err != nil {
		return err
	}
	if err := c.fillRota(r.Context(), r, &p.rota); err != nil {
		return err
	}
	v := c.view(r, "exposure.title")
	v.path = "/exposure"
	return c.render(w, r, status, exposurePage(v, &p))
}

// exposureLift takes the limit off a person for the rest of their day.
func (c *console) exposureLift(w http.ResponseWriter, r *request) error {
	who := r.PathValue("person")
	people, err := c.names(r.Context())
	if err != nil {
		return err
	}
	if _, ok := people[who]; !ok {
		return ErrNotFound
	}
	why, err := required(r, "why")
	if bad := mistakesOf(err); bad != nil {
		return c.showExposures(w, r, http.StatusUnprocessableEntity, exposureView{bad: bad, whose: who})
	}
	if err := c.Exposure.Lift(r.Context(), who, r.person.ID, why); err != nil {
		return err
	}
	return c.see(w, r, "/exposure")
}

// severities lists the classifications of a day in order; what has none comes last.
func severities(d exposure.Day) (out []string) {
	for s := range d.BySeverity {
		if s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	if d.BySeverity[""] > 0 {
		out = append(out, "")
	}
	return out
}
