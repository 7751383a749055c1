package config

import (
	"strings"

	"haris/internal/auth"
)

func (c *Config) authKeys() []key {
	a, o := &c.Auth, &c.Auth.OIDC
	return []key{
		plain("auth.second_factor", word(&a.SecondFactor, "optional", Required), "whether everyone who signs in with a password must have a second factor; who has none is led to set one up before anything else"),
		plain("auth.no_passwords", yes(&a.NoPasswords), "refuse to sign anybody in with a password; needs auth.oidc.issuer or passkeys, and leaves one-time links as the way in for emergencies"),
		plain("auth.oidc.issuer", link(&o.Issuer, false), "the company's identity provider (OpenID Connect), https; empty means none"),
		plain("auth.oidc.client_id", text(&o.ClientID, 512), "what the identity provider calls this installation"),
		secret("auth.oidc.client_secret", text(&o.ClientSecret, 4096), "with which this installation shows the identity provider who it is; empty for a public client"),
		plain("auth.oidc.domains", several(&o.Domains, 100, isDomain, "up to 100 domains are expected, such as example.org"), "domains of the e-mail addresses that may sign in; empty means any that the provider has verified"),
		plain("auth.oidc.roles_claim", text(&o.RolesClaim, 200), "claim of the ID token that names a person's groups; empty means that roles are given here"),
		plain("auth.oidc.roles", several(&o.Roles, 100, isGroupRole, "a list of up to 100 pairs such as [\"haris-reviewers=reviewer\"] is expected; roles are reviewer, lead, legal, admin and auditor"),
			"which group gives which role; who is in none of them may not sign in"),
		plain("auth.oidc.uninvited", yes(&o.Uninvited), "let people in who were not added here before, with the roles of their groups"),
		plain("access_review.every", span(&c.Access.Every, 0, 3650*day), "how often who may see what is to be reviewed, counted from the end of the last review, and at first from when the first person came; 0 means that it is never asked for"),
	}
}

func isDomain(s string) bool {
	return strings.Contains(s, ".") && s == strings.ToLower(s) && !strings.ContainsAny(s, "@ ,/")
}

func isGroupRole(s string) bool {
	group, role, ok := cutLast(s)
	_, known := auth.ParseRole(role)
	return ok && group != "" && known
}

// cutLast cuts at the last "=", because groups can be names with "=" in them, such as those of LDAP.
func cutLast(s string) (group, role string, ok bool) {
	at := strings.LastIndex(s, "=")
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+1:], true
}

// Provider is the identity provider for package auth; nil when there is none.
func (a *Auth) Provider() *auth.Provider {
	o := &a.OIDC
	if o.Issuer == "" {
		return nil
	}
	p := &auth.Provider{Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret.Reveal(), Domains: o.Domains, Claim: o.RolesClaim, Invited: !o.Uninvited}
	for _, s := range o.Roles {
		group, role, _ := cutLast(s)
		p.Roles = append(p.Roles, auth.GroupRole{Group: group, Role: auth.Role(role)})
	}
	return p
}

func (c *Config) checkAuth(out *Problems) {
	o := &c.Auth.OIDC
	if c.Auth.NoPasswords && o.Issuer == "" && c.PublicURL == "" {
		c.problem(out, "auth.no_passwords", "is set, but nobody could sign in otherwise", "set auth.oidc.issuer, or public_url so that people have passkeys")
	}
	if o.Issuer == "" {
		return
	}
	secure := strings.HasPrefix(o.Issuer, "https://") || strings.HasPrefix(o.Issuer, "http://localhost") || strings.HasPrefix(o.Issuer, "http://127.0.0.1")
	switch {
	case !secure:
		c.problem(out, "auth.oidc.issuer", "is reached without encryption", "https is expected")
	case o.ClientID == "":
		c.problem(out, "auth.oidc.issuer", "is set, but auth.oidc.client_id is not", "register haris with the provider and give the id that it got")
	case c.PublicURL == "":
		c.problem(out, "auth.oidc.issuer", "is set, but public_url is not", "the provider sends people back to public_url + "+auth.OIDCBack)
	case (o.RolesClaim == "") != (len(o.Roles) == 0):
		c.problem(out, "auth.oidc.roles", "and auth.oidc.roles_claim need each other", "set both, or neither")
	case o.Uninvited && len(o.Roles) == 0:
		c.problem(out, "auth.oidc.uninvited", "is set, but nothing says which roles a new person has", "set auth.oidc.roles_claim and auth.oidc.roles")
	case o.Uninvited && len(o.Domains) == 0:
		c.problem(out, "auth.oidc.uninvited", "is set, but anybody whom the provider knows could come in", "set auth.oidc.domains")
	}
}
