// Package setup reads the file that names the exchanges of an installation and makes what takes them in. It says what is wrong with every one
// at once. Secrets come from files or from the environment, never from the file itself. internal/app and internal/cli call it.
package setup

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"haris/internal/exchange"
	"haris/internal/exchange/arachnid"
	"haris/internal/exchange/hashsharing"
	"haris/internal/taxonomy"
)

// Exchange is one exchange with what is to be told of it.
type Exchange struct {
	exchange.Exchange
	Type string
	From string // the server's name, or the file
}

// Options surround the reading.
type Options struct {
	Env  func(string) string // the environment
	Now  func() time.Time
	Seen arachnid.Seen // what was posted, for exchanges that are asked about it
}

const (
	maxFile   = 1 << 20
	maxSecret = 64 << 10
	maxCount  = 100
)

// spec is one exchange as it is written.
type spec struct {
	Name        string   `yaml:"name"`
	Type        string   `yaml:"type"`
	URL         string   `yaml:"url"`
	Environment string   `yaml:"environment"`
	Interval    string   `yaml:"interval"`
	StaleAfter  string   `yaml:"stale_after"`
	Label       string   `yaml:"label"`
	Feedback    bool     `yaml:"feedback"`
	Reason      string   `yaml:"feedback_reason"`
	Members     []string `yaml:"members"`
	Username    string   `yaml:"username"`
	Group       string   `yaml:"group"`
	Path        string   `yaml:"path"`
	Format      string   `yaml:"format"`
	Kind        string   `yaml:"kind"`

	PasswordFile     string `yaml:"password_file"`
	PasswordEnv      string `yaml:"password_env"`
	TokenFile        string `yaml:"token_file"`
	TokenEnv         string `yaml:"token_env"`
	FetchKeyFile     string `yaml:"fetch_key_file"`
	FetchKeyEnv      string `yaml:"fetch_key_env"`
	FeedbackKeyFile  string `yaml:"feedback_key_file"`
	FeedbackKeyEnv   string `yaml:"feedback_key_env"`
	SubscriptionFile string `yaml:"subscription_key_file"`
	SubscriptionEnv  string `yaml:"subscription_key_env"`
}

// Load reads the file. An empty path means no exchanges. The error names everything that is wrong.
func Load(path string, o Options) ([]Exchange, error) {
	if path == "" {
		return nil, nil
	}
	specs, err := read(path)
	if err != nil {
		return nil, err
	}
	var out []Exchange
	var wrong []error
	seen := map[string]bool{}
	for i := range specs {
		s := &specs[i]
		m := maker{spec: s, o: o}
		e := m.make()
		if seen[s.Name] {
			m.bad("name", "stands twice")
		}
		seen[s.Name] = true
		for _, w := range m.wrong {
			wrong = append(wrong, fmt.Errorf("exchanges: %s: exchange %d (%s): %w", path, i+1, strconv.Quote(exchangeName(s.Name)), w))
		}
		out = append(out, e)
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return out, nil
}

// Feedback says which exchanges of the file are to be told of dispositions; it needs no secrets. An empty path means none.
func Feedback(path string) (map[string]bool, error) {
	if path == "" {
		return nil, nil
	}
	specs, err := read(path)
	out := map[string]bool{}
	for _, s := range specs {
		if s.Feedback {
			out[s.Name] = true
		}
	}
	return out, err
}

func read(path string) ([]spec, error) {
	b, err := readBounded(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("exchanges: the file cannot be read: %w", err)
	}
	var file struct {
		Exchanges []spec `yaml:"exchanges"`
	}
	if err := yaml.UnmarshalWithOptions(b, &file, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("exchanges: %s: %s", path, place(err))
	}
	if len(file.Exchanges) > maxCount {
		return nil, fmt.Errorf("exchanges: %s: %d exchanges, of at most %d", path, len(file.Exchanges), maxCount)
	}
	return file.Exchanges, nil
}

func exchangeName(s string) string {
	if len(s) > 60 {
		return s[:60]
	}
	return s
}

// place says where the file stops being what is expected. The parser's own words can quote the file, in which a secret may have been
// written by mistake, so only the place and the kind of mistake are kept.
func place(err error) string {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil || e.GetToken().Position == nil {
		return "this is not the YAML that is expected: a list of exchanges under the key exchanges"
	}
	at := fmt.Sprintf("line %d, column %d: ", e.GetToken().Position.Line, e.GetToken().Position.Column)
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		return at + strconv.Quote(exchangeName(e.GetToken().Value)) + " is no key of an exchange; the keys are in docs/exchange.md"
	}
	return at + "this is not what is expected here"
}

func readBounded(path string, limit int64) (b []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err = io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s is longer than %d bytes", path, limit)
	}
	return b, err
}

// maker makes one exchange and gathers what is wrong with it.
type maker struct {
	*spec
	o     Options
	wrong []error
}

func (m *maker) bad(key, format string, args ...any) {
	m.wrong = append(m.wrong, fmt.Errorf(key+": "+format, args...))
}

func (m *maker) make() (e Exchange) {
	e.Name, e.Type = m.Name, m.Type
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,49}$`).MatchString(m.Name) || strings.HasSuffix(m.Name, "-not") || strings.HasSuffix(m.Name, "-seed") || m.Name == "own" || m.Name == "own-cleared" {
		m.bad("name", "expected 1 to 50 of a-z, 0-9 and -, not ending in -not or -seed, and not own: the bank has this name")
	}
	k, ok := kinds()[m.Type]
	if !ok {
		m.bad("type", "%s is none; expected one of %s", strconv.Quote(exchangeName(m.Type)), strings.Join(Types(), ", "))
		return e
	}
	m.known(k)
	e.Label = taxonomy.Typology(m.Label)
	if m.Label == "" {
		e.Label = k.label
	}
	if !slices.Contains(taxonomy.Typologies(), e.Label) {
		m.bad("label", "expected unknown, grooming, trafficking, sextortion or abuse_material")
	}
	e.Interval = m.span("interval", m.Interval, time.Hour, 10*time.Second, 30*24*time.Hour)
	e.Stale = m.span("stale_after", m.StaleAfter, max(3*e.Interval, 24*time.Hour), e.Interval, 365*24*time.Hour)
	before := len(m.wrong)
	s, from, err := k.make(m)
	if err != nil && len(m.wrong) == before {
		m.wrong = append(m.wrong, errors.New(strings.TrimPrefix(err.Error(), "exchange: ")))
	}
	e.Source, e.From = s, from
	if m.Feedback {
		if e.Feedback, ok = s.(exchange.Sender); !ok && err == nil {
			m.bad("feedback", "an exchange of the type %s takes none", m.Type)
		}
	}
	return e
}

// known refuses keys that the type has no use for, so that nobody believes that they do something.
func (m *maker) known(k kind) {
	for key, set := range map[string]bool{
		"url": m.URL != "", "environment": m.Environment != "", "feedback_reason": m.Reason != "", "members": len(m.Members) > 0, "username": m.Username != "",
		"group": m.Group != "", "path": m.Path != "", "format": m.Format != "", "kind": m.Kind != "", "password": m.PasswordFile+m.PasswordEnv != "",
		"token": m.TokenFile+m.TokenEnv != "", "fetch_key": m.FetchKeyFile+m.FetchKeyEnv != "", "feedback_key": m.FeedbackKeyFile+m.FeedbackKeyEnv != "",
		"subscription_key": m.SubscriptionFile+m.SubscriptionEnv != "",
	} {
		if set && !slices.Contains(k.keys, key) {
			m.bad(key, "is not for the type %s, which has: %s", m.Type, strings.Join(k.keys, ", "))
		}
	}
	slices.SortFunc(m.wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
}

// span reads a length of time such as 30s, 15m, 12h or 30d.
func (m *maker) span(key, s string, usual, low, high time.Duration) time.Duration {
	if s == "" {
		return usual
	}
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(min(max(n, 0), 10_000)) * 24 * time.Hour
	}
	if err != nil || d < low || d > high {
		m.bad(key, "expected a time such as 15m, 12h or 30d, from %s to %s", low, high)
		return usual
	}
	return d
}

// secret reads a secret from the file or the variable that is named.
func (m *maker) secret(key, file, env string, must bool) string {
	var v string
	switch {
	case file != "" && env != "":
		m.bad(key, "set %s_file or %s_env, not both", key, key)
		return ""
	case file != "":
		b, err := readBounded(file, maxSecret)
		if err != nil {
			m.bad(key+"_file", "cannot be read: %v", err)
			return ""
		}
		v = strings.TrimRight(string(b), "\r\n")
	case env != "":
		v = m.o.Env(env)
	}
	switch {
	case v == "" && (must || file+env != ""):
		m.bad(key, "is missing: set %s_file to a file that holds it, or %s_env to the name of a variable", key, key)
	case strings.ContainsAny(v, "\r\n\x00"):
		m.bad(key, "has more than one line")
	}
	return v
}

func (m *maker) must(key, v string) {
	if v == "" {
		m.bad(key, "is missing")
	}
}

// address is the given address, or the usual one.
func (m *maker) address(usual string) (base, from string) {
	base = m.URL
	if base == "" {
		base = usual
	}
	u, err := url.Parse(base)
	if err != nil {
		return base, ""
	}
	return base, u.Host
}

// environment is the address of an environment of NCMEC's.
func (m *maker) environment() string {
	all := hashsharing.Environments()
	base, ok := all[m.Environment]
	switch {
	case m.URL != "" && m.Environment != "":
		m.bad("environment", "set environment or url, not both")
	case m.URL == "" && !ok:
		var names []string
		for name := range all {
			names = append(names, name)
		}
		slices.Sort(names)
		m.bad("environment", "%s is none; expected one of %s", strconv.Quote(exchangeName(m.Environment)), strings.Join(names, ", "))
	}
	return base
}
