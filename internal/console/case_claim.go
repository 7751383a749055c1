package console

import (
	"net/http"
	"strconv"
)

// caseClaim takes the case for a while, or prolongs the claim.
func (c *console) caseClaim(w http.ResponseWriter, r *request) error {
	if _, err := c.Desk.Claim(r.Context(), act(r)); err != nil {
		return err
	}
	return c.see(w, r, caseURL(r.PathValue("id"), originOf(r)))
}

// caseRelease gives the claim back and returns to the queue.
func (c *console) caseRelease(w http.ResponseWriter, r *request) error {
	if _, err := c.Desk.Release(r.Context(), act(r)); err != nil {
		return err
	}
	return c.see(w, r, "/queue")
}

// caseNote adds a note.
func (c *console) caseNote(w http.ResponseWriter, r *request) error {
	words, err := required(r, "text")
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	if _, err := c.Desk.Note(r.Context(), act(r), words); err != nil {
		return err
	}
	return c.see(w, r, "/case/"+r.PathValue("id")+"#notes")
}

// caseMark says which stage a message shows, or takes that back.
func (c *console) caseMark(w http.ResponseWriter, r *request) error {
	seq, err := strconv.ParseUint(text(r, "event"), 10, 64)
	if err != nil {
		return c.caseAgain(w, r, mistakes{"event": "required"})
	}
	var stages []string
	if s := text(r, "stage"); s != "" {
		stages = []string{s}
	}
	if _, err := c.Desk.Mark(r.Context(), act(r), seq, stages); err != nil {
		return err
	}
	return c.see(w, r, "/case/"+r.PathValue("id")+"#e"+strconv.FormatUint(seq, 10))
}
