package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/exposure"
	"haris/internal/review"
	"haris/internal/taxonomy"
)

// leftTo is up to how many cases are counted that were left out because of a rotation.
const leftTo = 20

// rotaView is who rests from which kinds of matter.
type rotaView struct {
	list   []exposure.Rotation
	people []auth.Person // for whom who looks can set one
}

// fillRota gathers who rests from what. What people took themselves is for those who set rests for others.
func (c *console) fillRota(ctx context.Context, r *request, p *rotaView) error {
	list, err := c.Exposure.Rotations(ctx, "")
	if err != nil {
		return err
	}
	lead := r.person.Can(auth.ExposureLimit)
	p.list = slices.DeleteFunc(list, func(x exposure.Rotation) bool { return x.Own && !lead && x.Who != r.person.ID })
	if !lead {
		return nil
	}
	people, err := c.Auth.People(ctx)
	for i := range people {
		if x := &people[i]; x.ID != r.person.ID && !x.Disabled() && x.Can(auth.CaseClaim) {
			p.people = append(p.people, *x)
		}
	}
	return err
}

// rotations are those of who looks; nobody who takes no cases has any.
func (c *console) rotations(r *request) ([]exposure.Rotation, error) {
	if !r.person.Can(auth.CaseClaim) {
		return nil, nil
	}
	return c.Exposure.Rotations(r.Context(), r.person.ID)
}

// setRotation sets a rotation as the form says it, from the beginning of its first day to the end of its last in UTC.
func (c *console) setRotation(r *request, people []string) error {
	bad := mistakes{}
	x := exposure.Rotation{By: r.person.ID, Why: text(r, "why"), From: c.Now().UTC().Truncate(24 * time.Hour)}
	var last time.Time
	readDays(r, bad, map[string]*time.Time{"from": &x.From, "until": &last})
	if last.IsZero() && bad["until"] == "" {
		bad["until"] = "required"
	}
	for _, k := range r.PostForm["kind"] {
		x.Kinds = append(x.Kinds, taxonomy.Typology(k))
	}
	if len(people) == 0 {
		bad["who"] = "choose"
	}
	if len(people) > 0 && people[0] == r.person.ID {
		if len(x.Why) > maxText {
			bad["why"] = "long"
		}
	} else if _, err := required(r, "why"); err != nil {
		bad["why"] = mistakesOf(err)["why"]
	}
	if len(bad) > 0 {
		return bad
	}
	x.Until = last.AddDate(0, 0, 1)
	err := c.Exposure.Rotate(r.Context(), people, x)
	switch {
	case errors.Is(err, exposure.ErrKinds):
		return mistakes{"kind": "choose"}
	case errors.Is(err, exposure.ErrUntil):
		return mistakes{"until": "rotation_until"}
	}
	return err
}

// exposureRotation sets the same rotation for several people.
func (c *console) exposureRotation(w http.ResponseWriter, r *request) error {
	p := rotaView{}
	if err := c.fillRota(r.Context(), r, &p); err != nil {
		return err
	}
	var people []string
	for i := range p.people {
		if slices.Contains(r.PostForm["who"], p.people[i].ID) {
			people = append(people, p.people[i].ID)
		}
	}
	return c.exposureDone(w, r, "rotation", c.setRotation(r, people))
}

// rotationBegan reads which rotation a form names.
func rotationBegan(r *request) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text(r, "from"))
	if err != nil {
		return t, errForm
	}
	return t, nil
}

// exposureRotationEnd ends a rotation that a lead set for somebody else.
func (c *console) exposureRotationEnd(w http.ResponseWriter, r *request) error {
	who := r.PathValue("person")
	if who == r.person.ID { // one's own is ended where it is taken
		return exposure.ErrNoRest
	}
	from, err := rotationBegan(r)
	if err == nil {
		err = c.Exposure.EndRotation(r.Context(), who, r.person.ID, from)
	}
	return c.exposureDone(w, r, "rotation", err)
}

// meRotation takes a rotation for oneself.
func (c *console) meRotation(w http.ResponseWriter, r *request) error {
	return c.meGuarded(w, r, "rotation", c.setRotation(r, []string{r.person.ID}))
}

// meRotationEnd ends one that one took oneself.
func (c *console) meRotationEnd(w http.ResponseWriter, r *request) error {
	from, err := rotationBegan(r)
	if err == nil {
		err = c.Exposure.EndRotation(r.Context(), r.person.ID, r.person.ID, from)
	}
	return c.meGuarded(w, r, "rotation", err)
}

// forOthers counts the free cases of the asks that were left out because the person rests from their kind, each once, up to one more than leftTo.
func (c *console) forOthers(r *request, asks []review.Ask, kinds []taxonomy.Typology) (int, error) {
	found := map[string]bool{}
	for i := range asks {
		for _, kind := range kinds {
			f := asks[i].Filter
			if f.Typology != "" && f.Typology != kind {
				continue
			}
			f.Typology, f.NotTypologies, f.FreeFor, f.Resting, f.Limit = kind, nil, r.person.ID, casefile.Awake, 2*leftTo
			list, _, err := c.Cases.List(r.Context(), f)
			if err != nil {
				return 0, err
			}
			for k := range list {
				if list[k].Priority != taxonomy.P0 {
					found[list[k].ID] = true
				}
			}
			if len(found) > leftTo {
				return leftTo + 1, nil
			}
		}
	}
	return len(found), nil
}

// leftOf is how many cases the address says were left out.
func leftOf(r *request) int {
	n, err := strconv.Atoi(r.query.Get("left"))
	if err != nil || n < 0 {
		return 0
	}
	return min(n, leftTo+1)
}
