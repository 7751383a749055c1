package console

import "net/http"

// caseClaim takes the case for a while, or prolongs the claim.
func (c *console) caseClaim(w http.ResponseWriter, r *request) error {
	if _, err := c.Desk.Claim(r.Context(), act(r)); err != nil {
		return err
	}
	return c.see(w, r, "/case/"+r.PathValue("id"))
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
