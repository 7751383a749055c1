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
	b.pass(auth.ProofLife)
	b.lookAt(w, map[string]string{"people-old-proof": "/person", "prove": "/prove?next=/person"})
}
