package rule

import (
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// profileFields lists the fields of one account. The profile does not tell "said no" from "not said" for verified: it is
// known only for an account of which something was said.
func profileFields(root string, who func(*scratch) *detect.Profile) []variable {
	of := func(get func(p *detect.Profile, now time.Time) (any, bool)) func(*scratch) (any, bool) {
		return func(s *scratch) (any, bool) {
			p := who(s)
			if p == nil {
				return nil, false
			}
			return get(p, s.now())
		}
	}
	said := func(get func(p *detect.Profile) string) func(*scratch) (any, bool) {
		return of(func(p *detect.Profile, _ time.Time) (any, bool) { v := get(p); return v, v != "" })
	}
	return []variable{
		{name: root + "account", of: said(func(p *detect.Profile) string { return p.ID })},
		{name: root + "age_band", words: ageWords(), of: said(func(p *detect.Profile) string { return band(p.Band) })},
		{name: root + "minor", kind: kindBool, of: of(func(p *detect.Profile, _ time.Time) (any, bool) {
			return p.Band.Minor(), p.Band != taxonomy.AgeUnknown
		})},
		{name: root + "adult", kind: kindBool, of: of(func(p *detect.Profile, _ time.Time) (any, bool) {
			return p.Band.Adult(), p.Band != taxonomy.AgeUnknown
		})},
		{name: root + "role", of: said(func(p *detect.Profile) string { return p.Role })},
		{name: root + "region", of: said(func(p *detect.Profile) string { return p.Region })},
		{name: root + "lang", of: said(func(p *detect.Profile) string { return p.Lang })},
		{name: root + "verified", kind: kindBool, of: of(func(p *detect.Profile, _ time.Time) (any, bool) {
			return p.Verified, p.Verified || p.Known
		})},
		{name: root + "known", kind: kindBool, of: of(func(p *detect.Profile, _ time.Time) (any, bool) { return p.Known, true })},
		{name: root + "age_days", kind: kindNumber, of: of(func(p *detect.Profile, now time.Time) (any, bool) {
			days := now.Sub(p.CreatedAt).Hours() / 24
			return days, !p.CreatedAt.IsZero() && !now.IsZero() && days >= 0
		})},
	}
}

// band is the wire name of a known band, empty for an unknown one.
func band(b taxonomy.AgeBand) string {
	if b == taxonomy.AgeUnknown {
		return ""
	}
	return b.String()
}
