package rule

import (
	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// profileFields lists the fields of one account. The profile does not tell "said no" from "not said" for verified: a no is
// known only for an account of which something was said.
func profileFields(root Side, who func(*scratch) *detect.Profile) []variable {
	of := func(get func(p *detect.Profile) (any, bool)) func(*scratch) (any, bool) {
		return func(s *scratch) (any, bool) {
			p := who(s)
			if p == nil {
				return nil, false
			}
			return get(p)
		}
	}
	said := func(get func(p *detect.Profile) *string) func(*scratch) (any, bool) {
		return of(func(p *detect.Profile) (any, bool) { v := get(p); return v, *v != "" })
	}
	list := []variable{
		{name: "account", of: said(func(p *detect.Profile) *string { return &p.ID })},
		{name: "age_band", words: ageWords(), of: of(func(p *detect.Profile) (any, bool) { return &p.Band, true })},
		{name: "minor", kind: kindBool, of: of(func(p *detect.Profile) (any, bool) { return p.Band.Minor(), p.Band != taxonomy.AgeUnknown })},
		{name: "adult", kind: kindBool, of: of(func(p *detect.Profile) (any, bool) { return p.Band.Adult(), p.Band != taxonomy.AgeUnknown })},
		{name: "role", of: said(func(p *detect.Profile) *string { return &p.Role })},
		{name: "region", of: said(func(p *detect.Profile) *string { return &p.Region })},
		{name: "lang", of: said(func(p *detect.Profile) *string { return &p.Lang })},
		{name: "verified", kind: kindBool, of: of(func(p *detect.Profile) (any, bool) { return p.Verified, p.Verified || p.Known })},
		{name: "known", kind: kindBool, of: of(func(p *detect.Profile) (any, bool) { return p.Known, true })},
		{name: "age_days", kind: kindNumber, of: func(s *scratch) (any, bool) { return s.ageDays(root, who(s)) }},
	}
	for i := range list {
		list[i].name = string(root) + "." + list[i].name
	}
	return list
}

// ageDays is how long ago an account was made; not known when nobody said, or when it would lie in the future.
func (x *scratch) ageDays(root Side, p *detect.Profile) (any, bool) {
	if p == nil || p.CreatedAt.IsZero() || x.now().IsZero() {
		return nil, false
	}
	at := &x.days[0]
	if root == SideTo {
		at = &x.days[1]
	}
	*at = x.now().Sub(p.CreatedAt).Hours() / 24
	return at, *at >= 0
}
