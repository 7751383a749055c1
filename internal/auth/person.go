package auth

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The bounds of a person's name and login, in bytes.
const (
	maxName  = 120
	maxLogin = 254
)

// Person is someone who signs in.
type Person struct {
	ID           string
	Name         string
	Login        string // an e-mail address or a short name, lower case
	Roles        []Role
	Lang         string // of the pages, such as "en" or "ar"
	Zone         string // a time zone of the IANA database, such as "Asia/Riyadh"; empty for UTC
	Digits       Digits
	Soft         bool   // the words of messages stay folded until they are opened one by one
	PasswordHash string // empty until a password was set
	CreatedAt    time.Time
	DisabledAt   time.Time // zero while the person may sign in
	Confined     bool      // sees no case but those of their compartments
}

// Digits says how numbers are written on a person's pages.
type Digits string

// The values of Digits.
const (
	OwnDigits   Digits = ""      // as the language has them
	LatinDigits Digits = "latin" // 0123456789 whatever the language
)

// Can reports whether one of the person's roles allows it. A disabled person can do nothing.
func (p *Person) Can(want Permission) bool {
	if p.ID == "" || p.Disabled() {
		return false
	}
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return allowed(r, want) })
}

// Disabled reports whether the person was shut out.
func (p *Person) Disabled() bool { return !p.DisabledAt.IsZero() }

// HasPassword reports whether a password was set.
func (p *Person) HasPassword() bool { return p.PasswordHash != "" }

// NormalLogin writes a login the way it is stored and compared.
func NormalLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// InputError says which field of a form cannot be accepted and why. Code is a stable word that pages translate; Detail is for
// people at a terminal.
type InputError struct{ Field, Code, Detail string }

// Error names the field and what was expected.
func (e *InputError) Error() string { return "auth: " + e.Field + ": " + e.Detail }

// NewPerson is what is asked for when someone is added.
type NewPerson struct {
	Name, Login, Lang string
	Roles             []Role
}

// check returns the cleaned form, or an *InputError.
func (n NewPerson) check() (NewPerson, error) {
	n.Name, n.Login = strings.TrimSpace(n.Name), NormalLogin(n.Login)
	if n.Lang == "" {
		n.Lang = "en"
	}
	switch {
	case n.Name == "" || len(n.Name) > maxName || !plain(n.Name):
		return n, &InputError{"name", "name", fmt.Sprintf("expected 1 to %d bytes of printable text", maxName)}
	case n.Login == "" || len(n.Login) > maxLogin || strings.ContainsFunc(n.Login, unicode.IsSpace) || !plain(n.Login):
		return n, &InputError{"login", "login", "expected an e-mail address or a short name without spaces"}
	case !languageTag.MatchString(n.Lang):
		return n, errLang
	}
	return n, checkRoles(n.Roles)
}

// languageTag is the name of a language; which ones there are the pages know.
var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

var errLang = &InputError{"lang", "lang", `expected the tag of a language of the pages, such as "en" or "ar"`}

func checkRoles(roles []Role) error {
	if len(roles) == 0 {
		return &InputError{"roles", "roles", "expected at least one of reviewer, lead, admin, auditor"}
	}
	for _, r := range roles {
		if _, ok := ParseRole(string(r)); !ok {
			return &InputError{"roles", "roles", fmt.Sprintf("unknown role %q: expected reviewer, lead, admin or auditor", r)}
		}
	}
	return nil
}

func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}
