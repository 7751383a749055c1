package console

import (
	"cmp"
	"net/http"
	"strings"

	"haris/internal/auth"
)

// commonZones are time zones that are offered while one types; every other of the IANA database is taken too.
func commonZones() []string {
	return []string{
		"UTC", "Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Bogota", "America/Chicago", "America/Denver",
		"America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Sao_Paulo", "America/Toronto", "Asia/Amman", "Asia/Baghdad", "Asia/Beirut", "Asia/Dubai",
		"Asia/Jakarta", "Asia/Karachi", "Asia/Kolkata", "Asia/Kuwait", "Asia/Manila", "Asia/Riyadh", "Asia/Seoul", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney",
		"Europe/Berlin", "Europe/Dublin", "Europe/Istanbul", "Europe/Kyiv", "Europe/London", "Europe/Madrid", "Europe/Paris", "Europe/Warsaw", "Pacific/Auckland",
	}
}

// ownDigits are the digits of the language of the page.
func (v *view) ownDigits() string {
	var b strings.Builder
	for i := range rune(10) {
		b.WriteRune(v.zero + i)
	}
	return b.String()
}

// readingSet sets in which time zone and with which digits the person's pages are written.
func (c *console) readingSet(w http.ResponseWriter, r *request) error {
	p := meView{zone: text(r, "zone"), digits: auth.Digits(r.PostForm.Get("digits")), set: true}
	err := c.Auth.SetReading(r.Context(), r.person.ID, p.zone, p.digits)
	if p.bad = mistakesOf(err); p.bad != nil {
		return c.showMe(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return c.see(w, r, "/me?kept=1")
}

// fillReading puts in what is set, unless something else was just typed.
func (p *meView) fillReading(r *request) {
	if !p.set {
		p.zone, p.digits = r.person.Zone, r.person.Digits
	}
	p.zone = cmp.Or(p.zone, "UTC")
	p.kept = r.query.Get("kept") == "1" && p.bad == nil
}

// softSet folds the words of messages, or shows them, and goes back to where the person was.
func (c *console) softSet(w http.ResponseWriter, r *request) error {
	if err := c.Auth.SetSoft(r.Context(), r.person.ID, r.PostForm.Get("soft") == "on"); err != nil {
		return err
	}
	return c.see(w, r, nextPath(r.PostForm.Get("back")))
}
