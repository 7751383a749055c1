package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/lead"
)

// measured puts in the golden cases with how people answered them.
func (p *qualityView) measured(ctx context.Context, from Coaching) error {
	list, found, err := from.Goldens(ctx)
	if err != nil {
		return err
	}
	people, shares := lead.Measured(list, found)
	p.golden, p.shares = list, shares
	for who, s := range people {
		p.people = append(p.people, personShare{who, s})
	}
	slices.SortFunc(p.people, func(a, b personShare) int { return cmp.Compare(a.who, b.who) })
	return nil
}

// caseGolden makes the finding of a closed case golden.
func (c *console) caseGolden(w http.ResponseWriter, r *request) error {
	id := r.PathValue("id")
	why, err := required(r, "why")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	_, err = c.Coaching.SetGolden(r.Context(), r.person.ID, id, casefile.Finding(text(r, "finding")), chosenTypology(text(r, "typology")), why)
	switch {
	case errors.Is(err, lead.ErrGolden):
		return c.caseAgain(w, r, mistakes{"finding": "golden"})
	case errors.Is(err, lead.ErrIsGolden):
		return c.caseAgain(w, r, mistakes{"finding": "is_golden"})
	case errors.Is(err, lead.ErrLookWaits):
		return c.caseAgain(w, r, mistakes{"finding": "look_waits"})
	case errors.Is(err, lead.ErrNotClosed):
		return c.caseAgain(w, r, casefile.ErrStale)
	case err != nil:
		return err
	}
	return c.see(w, r, "/quality#golden")
}

// goldenRetire ends that a golden case is given to people.
func (c *console) goldenRetire(w http.ResponseWriter, r *request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return ErrNotFound
	}
	err = c.Coaching.RetireGolden(r.Context(), r.person.ID, r.PathValue("id"), n)
	if errors.Is(err, lead.ErrNoGolden) {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/quality#golden")
}

// caseCoach writes to a colleague about a case.
func (c *console) caseCoach(w http.ResponseWriter, r *request) error {
	body, err := required(r, "body")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	to := text(r, "to")
	list, err := c.coachable(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !slices.Contains(list, to) {
		return c.caseAgain(w, r, mistakes{"to": "choose"})
	}
	_, err = c.Coaching.WriteNote(r.Context(), lead.Note{Case: r.PathValue("id"), Writer: r.person.ID, Reader: to, Body: body})
	if errors.Is(err, lead.ErrNote) {
		return c.caseAgain(w, r, mistakes{"body": "long"})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/quality#notes")
}

// readsNotes is what somebody must be allowed to do to be written to.
const readsNotes = auth.QualityLook

// coachable are the people to whom somebody can write about a case: all others who look at cases and see this one.
func (c *console) coachable(ctx context.Context, who, caseID string) (out []string, err error) {
	people, err := c.Auth.People(ctx)
	if err != nil {
		return nil, err
	}
	walls, err := c.Auth.Walls(ctx)
	if err != nil {
		return nil, err
	}
	for i := range people {
		p := &people[i]
		if p.ID == who || !p.Can(readsNotes) {
			continue
		}
		hides, err := c.Sight.Hides(casefile.Under(ctx, walls.Scope(p)), "case", caseID)
		if err != nil {
			return nil, err
		}
		if !hides {
			out = append(out, p.ID)
		}
	}
	return out, nil
}

// noteAnswer records what the reader says to a note.
func (c *console) noteAnswer(w http.ResponseWriter, r *request) error {
	id := r.PathValue("id")
	answer, err := required(r, "answer")
	if bad := mistakesOf(err); bad != nil {
		return c.showQuality(w, r, http.StatusUnprocessableEntity, noteForm{id, "", bad})
	}
	err = c.Coaching.AnswerNote(r.Context(), r.person.ID, id, answer)
	switch {
	case errors.Is(err, lead.ErrNoNote):
		return ErrNotFound
	case errors.Is(err, lead.ErrNote):
		return c.showQuality(w, r, http.StatusUnprocessableEntity, noteForm{id, answer, mistakes{"answer": "long"}})
	case err != nil:
		return err
	}
	return c.see(w, r, "/quality#notes")
}

// typed is an answer that could not be taken, to be written on.
func (p *qualityView) typed(id string) string {
	if p.note.id == id {
		return p.note.answer
	}
	return ""
}

func (p *qualityView) badOf(id string) mistakes {
	if p.note.id == id {
		return p.note.bad
	}
	return nil
}
