package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"rsc.io/qr"

	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/exposure"
)

// meView is the page about a person's own sign-in.
type meView struct {
	factor auth.FactorState
	keys   []auth.Passkey
	able   bool // passkeys can be used here
	bad    mistakes
	// zone and digits are how pages read to them, and kept says that it was just set.
	zone   string
	digits auth.Digits
	kept   bool
	set    bool     // zone and digits are what was just typed
	codes  []string // recovery codes that were just made, shown this once
	// sessions are those of the person, and current names the one at work.
	sessions []auth.Session
	current  string
	history  []audit.Entry
	names    names
	guards   ownGuards
	rota     []exposure.Rotation
}

// me shows how the person signs in and what was done about it.
func (c *console) me(w http.ResponseWriter, r *request) error {
	return c.showMe(w, r, http.StatusOK, meView{})
}

func (c *console) showMe(w http.ResponseWriter, r *request, status int, p meView) (err error) {
	if p.factor, err = c.Auth.FactorState(r.Context(), &r.person); err != nil {
		return err
	}
	if p.keys, err = c.Auth.Passkeys(r.Context(), r.person.ID); err != nil {
		return err
	}
	p.able = c.Auth.PasskeysWork()
	p.fillReading(r)
	if p.sessions, err = c.Auth.Sessions(r.Context(), r.person.ID); err != nil {
		return err
	}
	p.current = auth.SessionID(r.sess.Hash)
	if p.history, err = c.Auth.History(r.Context(), r.person.ID); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	if err := c.fillOwn(r.Context(), r, &p.guards); err != nil {
		return err
	}
	if p.rota, err = c.rotations(r); err != nil {
		return err
	}
	v := c.view(r, "me.title")
	v.path = "/me"
	return c.render(w, r, status, mePage(v, &p))
}

// factorView is the page on which a second factor is set up.
type factorView struct {
	auth.FactorState
	picture qrPicture
	must    bool // nothing else is open until it is done
	bad     string
}

// factorShow shows the secret that waits for its first code, or offers to make one.
func (c *console) factorShow(w http.ResponseWriter, r *request) error {
	return c.showFactor(w, r, http.StatusOK, factorView{})
}

func (c *console) showFactor(w http.ResponseWriter, r *request, status int, p factorView) (err error) {
	if p.FactorState, err = c.Auth.FactorState(r.Context(), &r.person); err != nil {
		return err
	}
	if p.URI != "" {
		if p.picture, err = drawQR(p.URI); err != nil {
			return err
		}
	}
	p.must = r.enrol
	v := c.view(r, "factor.title")
	v.path = "/me/factor"
	return c.render(w, r, status, factorPage(v, &p))
}

// factorBegin makes a secret.
func (c *console) factorBegin(w http.ResponseWriter, r *request) error {
	if err := c.Auth.BeginFactor(r.Context(), &r.person); err != nil {
		return err
	}
	return c.see(w, r, "/me/factor")
}

// factorConfirm takes the first code and shows the recovery codes.
func (c *console) factorConfirm(w http.ResponseWriter, r *request) error {
	codes, err := c.Auth.ConfirmFactor(r.Context(), &r.person, r.cookie, text(r, "code"))
	v := c.view(r, "factor.title")
	var rate *auth.RateError
	switch {
	case errors.Is(err, auth.ErrCode):
		return c.showFactor(w, r, http.StatusUnprocessableEntity, factorView{bad: v.T("bad.code")})
	case errors.As(err, &rate):
		return c.showFactor(w, r, http.StatusTooManyRequests, factorView{bad: tooMany(w, v, rate)})
	case err != nil:
		return err
	}
	return c.showMe(w, r, http.StatusOK, meView{codes: codes})
}

// factorRemove takes the person's second factor away.
func (c *console) factorRemove(w http.ResponseWriter, r *request) error {
	if err := c.Auth.RemoveFactor(r.Context(), r.person.ID, r.person.ID); err != nil {
		return err
	}
	return c.see(w, r, "/me")
}

// codesRenew makes new recovery codes and shows them, this once.
func (c *console) codesRenew(w http.ResponseWriter, r *request) error {
	codes, err := c.Auth.RenewCodes(r.Context(), r.person.ID)
	if err != nil {
		return err
	}
	return c.showMe(w, r, http.StatusOK, meView{codes: codes})
}

// qrPicture is a QR code as one path of an SVG picture whose unit is one module.
type qrPicture struct{ box, path string }

// quiet is the margin around a QR code, in modules (ISO/IEC 18004).
const quiet = 4

func drawQR(s string) (qrPicture, error) {
	code, err := qr.Encode(s, qr.M)
	if err != nil {
		return qrPicture{}, err
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if n := strconv.Itoa(x - from); x > from {
				b.WriteString("M" + strconv.Itoa(from+quiet) + " " + strconv.Itoa(y+quiet) + "h" + n + "v1h-" + n + "z")
			}
		}
	}
	side := strconv.Itoa(code.Size + 2*quiet)
	return qrPicture{box: "0 0 " + side + " " + side, path: b.String()}, nil
}
