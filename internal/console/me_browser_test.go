package console_test

import (
	"testing"

	"haris/internal/auth"
)

// TestSignInPagesInABrowser looks at the pages about people and their sign-in, in every look.
func TestSignInPagesInABrowser(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Lead, auth.Admin, auth.Auditor)
	w.enrol()
	w.post("/me", "/me/factor", nil)
	b.lookAt(w, map[string]string{"me": "/me", "factor": "/me/factor", "people": "/person"})
	c, err := b.auth.PutCompartment(t.Context(), "test", auth.Compartment{Name: "Europe", Queues: []string{"child-safety-eu"}, Labels: []string{"europe"}, Closed: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.auth.SetCompartments(t.Context(), "test", w.person.ID, []string{c.ID}, true); err != nil {
		t.Fatal(err)
	}
	b.lookAt(w, map[string]string{"compartments": "/compartments", "people-walls": "/person"})
	b.pass(auth.ProofLife)
	b.lookAt(w, map[string]string{"people-old-proof": "/person", "prove": "/prove?next=/person"})
}
