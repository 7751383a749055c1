package config

import (
	"net"
	"net/mail"
	"net/url"
	"strings"

	"haris/cybertip"
	"haris/internal/action"
	"haris/internal/evidence"
	"haris/internal/extern"
	"haris/internal/translate"
	"haris/webhook"
)

// check looks at what can be judged only with several keys in view, or only by those who will use the value.
func (c *Config) check(out *Problems) {
	c.checkListen(out)
	c.checkDatabase(out)
	if c.Ingest.MaxEventBytes > c.Ingest.MaxBodyBytes {
		c.problem(out, "ingest.max_event_bytes", "is more than ingest.max_body_bytes", "an event must fit into a body")
	}
	if _, err := evidence.ParseEscrow(c.Evidence.EscrowRecipient); err != nil {
		c.problem(out, "evidence.escrow_recipient", "is not an age public key", `"age1…" is expected, as age-keygen prints it; never the secret key`)
	}
	if !out.has("actions.url", "actions.secrets") {
		c.checkActions(out)
	}
	if !out.has("external.kind", "external.url", "external.model") {
		c.checkExternal(out)
	}
	c.checkTranslate(out)
	c.checkAuth(out)
	if !out.has("ncmec.environment", "ncmec.profile") {
		c.checkNCMEC(out)
	}
}

// problem records what is wrong with a key where its value came from.
func (c *Config) problem(out *Problems, name, message, hint string) {
	if !out.has(name) {
		out.add(Problem{Origin: c.origins[name], Key: name, Message: message, Hint: hint})
	}
}

func (c *Config) checkListen(out *Problems) {
	if c.MetricsListen == "" {
		return
	}
	if !c.MetricsPublic && !loopback(c.MetricsListen) {
		c.problem(out, "metrics_listen", "can be reached from other machines",
			"use 127.0.0.1, or set metrics_public: true when a firewall stands before it")
	}
	if c.MetricsListen == c.Listen && !strings.HasSuffix(c.Listen, ":0") {
		c.problem(out, "metrics_listen", "is the address of the pages", "give it a port of its own, so that figures are not public with the pages")
	}
}

// loopback reports whether an address can be reached from this machine alone.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

func (c *Config) checkDatabase(out *Problems) {
	if c.Database.URL == "" {
		return
	}
	u, err := url.Parse(c.Database.URL.Reveal())
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		c.problem(out, "database.url", "is not the URL of a PostgreSQL database", `postgres://user:password@host/name is expected, or "" for SQLite in data_dir`)
	}
}

func (c *Config) checkActions(out *Problems) {
	a := c.Actions
	switch {
	case a.URL == "" && len(a.Secrets) == 0:
	case a.URL == "":
		c.problem(out, "actions.secrets", "is set, but actions.url is not", "give the address of the platform, or remove the secrets")
	case len(a.Secrets) == 0:
		c.problem(out, "actions.url", "is set, but actions.secrets is not", "webhooks must be signed: give one secret, \"whsec_…\"")
	default:
		endpoint, err := a.Endpoint()
		if err == nil {
			_, err = action.NewSender(endpoint)
		}
		if err != nil {
			c.problem(out, "actions.url", "cannot be used", strings.TrimPrefix(err.Error(), "action: endpoint: "))
		}
	}
}

func (c *Config) checkNCMEC(out *Problems) {
	n := c.NCMEC
	if n.URL != "" && n.Environment != string(cybertip.Local) {
		c.problem(out, "ncmec.url", "is set, but ncmec.environment is "+n.Environment, "a URL may be given with environment local only")
	}
	if n.Environment == None {
		return
	}
	for _, need := range []struct {
		name string
		ok   bool
	}{
		{"ncmec.username", n.Username != ""},
		{"ncmec.password", n.Password != ""},
		{"ncmec.reporter.email", n.Reporter.Email != ""},
		{"ncmec.url", n.URL != "" || n.Environment != string(cybertip.Local)},
	} {
		if !need.ok && !out.has(need.name) {
			out.add(Problem{
				Origin: c.origins["ncmec.environment"], Key: need.name, Message: "is missing",
				Hint: "ncmec.environment " + n.Environment + " needs it: set it here or as " + envName(need.name),
			})
		}
	}
	c.checkMail(out, "ncmec.reporter.email", n.Reporter.Email)
	c.checkMail(out, "ncmec.contact.email", n.Contact.Email)
	if !out.has("ncmec.username", "ncmec.password", "ncmec.url") {
		if _, err := cybertip.NewClient(n.Options()); err != nil {
			c.problem(out, "ncmec.url", "cannot be used", strings.TrimPrefix(err.Error(), "cybertip: "))
		}
	}
}

func (c *Config) checkMail(out *Problems, name, address string) {
	if a, err := mail.ParseAddress(address); address != "" && (err != nil || a.Address != address) {
		c.problem(out, name, "is not an e-mail address", "one such as safety@example.org is expected")
	}
}

func (c *Config) checkTranslate(out *Problems) {
	if c.Translate.URL == "" {
		return
	}
	if _, err := translate.New(c.Translate.Options()); err != nil {
		c.problem(out, "translate.url", "cannot be used", strings.TrimPrefix(err.Error(), "translate: url: "))
	}
}

// Options are what translate.New needs.
func (t *Translate) Options() translate.Options {
	return translate.Options{URL: t.URL, Key: t.Key.Reveal(), Timeout: t.Timeout}
}

func (c *Config) checkExternal(out *Problems) {
	x := &c.External
	switch {
	case x.Kind == None && x.URL == "":
	case x.Kind == None:
		c.problem(out, "external.url", "is set, but external.kind is none", "external.kind: scores or chat lets the model be asked; or remove the address")
	case x.URL == "":
		out.add(Problem{Origin: c.origins["external.kind"], Key: "external.url", Message: "is missing", Hint: "give the https address of the endpoint itself, such as https://models.example.org/v1/chat/completions"})
	case x.Model == "" || extern.Plain(x.Model, extern.MaxModel) != x.Model:
		out.add(Problem{Origin: c.origins["external.kind"], Key: "external.model", Message: "is no name in one line", Hint: "give name and version of the model: every signal that rests on it names it"})
	default:
		if _, err := extern.New(x.Options(extern.Policy{Stages: make([]extern.Stage, 1)})); err != nil {
			c.problem(out, "external.url", "cannot be used", strings.TrimPrefix(err.Error(), "external model: url: "))
		}
	}
}

// Options are what extern.New needs.
func (x *External) Options(p extern.Policy) extern.Options {
	return extern.Options{Kind: x.Kind, URL: x.URL, Model: x.Model, Key: x.Key.Reveal(), Policy: p, Timeout: x.Timeout}
}

// Endpoint is where action.NewSender delivers to; call it only when URL is set. It fails for a secret that cannot be read, which
// Load has ruled out.
func (a Actions) Endpoint() (action.Endpoint, error) {
	e := action.Endpoint{URL: a.URL, Timeout: a.Timeout}
	for _, s := range a.Secrets {
		secret, err := webhook.ParseSecret(s.Reveal())
		if err != nil {
			return action.Endpoint{}, err
		}
		e.Secrets = append(e.Secrets, secret)
	}
	return e, nil
}

// Options are those of cybertip.NewClient; call it only when Environment is not None.
func (n NCMEC) Options() cybertip.Options {
	return cybertip.Options{
		Environment: cybertip.Environment(n.Environment), BaseURL: n.URL, Username: n.Username, Password: n.Password.Reveal(),
		Profile: cybertip.Profile(n.Profile),
	}
}
