package detect

import (
	"time"

	"haris/internal/taxonomy"
)

// Profile is what the platform has said about an account, as of the event being looked at. An account of which nothing was
// said has a profile with only ID set.
type Profile struct {
	ID        string
	Band      taxonomy.AgeBand
	BandFrom  string // declared, estimated, verified, unknown; empty when not said
	Role      string // the platform's free word: teacher, coach, creator, business
	Region    string
	Lang      string
	Verified  bool
	Persona   uint32    // hash of the name that it shows; 0 when not said
	CreatedAt time.Time // zero when not said
	Known     bool      // an account.created or account.updated was seen
	Deleted   bool
	Acted     bool // the platform acted upon it for a reason that is about the safety of a child
}

// Worked reports whether the account holds a role in which people ordinarily reach many young people. It lowers priority and
// never silences a signal.
func (p *Profile) Worked() bool {
	switch p.Role {
	case "teacher", "coach", "tutor", "youth_worker", "creator", "business", "support", "moderator":
		return true
	}
	return false
}
