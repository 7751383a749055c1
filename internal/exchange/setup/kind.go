package setup

import (
	"maps"
	"slices"
	"strconv"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/arachnid"
	"haris/internal/exchange/hashsharing"
	"haris/internal/exchange/list"
	"haris/internal/exchange/stopncii"
	"haris/internal/exchange/terrorism"
	"haris/internal/exchange/threatexchange"
	"haris/internal/taxonomy"
)

// kind is a type of exchange.
type kind struct {
	label taxonomy.Typology // of what it is about
	keys  []string          // that it has besides those of every exchange
	make  func(m *maker) (s exchange.Source, from string, err error)
}

// Types are the types of exchanges.
func Types() []string { return slices.Sorted(maps.Keys(kinds())) }

// kinds is the one list of what can be taken in.
func kinds() map[string]kind {
	return map[string]kind{
		"ncmec": {
			taxonomy.TypologyAbuseMaterial,
			[]string{"environment", "url", "username", "password", "members", "feedback_reason"},
			func(m *maker) (exchange.Source, string, error) {
				base, from := m.address(m.environment())
				m.must("username", m.Username)
				if m.Feedback && m.Reason == "" {
					m.bad("feedback_reason", "is missing: NCMEC wants the name of one of its reasons with negative feedback")
				}
				s, err := hashsharing.New(hashsharing.Options{
					Base: base, Username: m.Username, Password: m.secret("password", m.PasswordFile, m.PasswordEnv, true), Members: m.Members, Reason: m.Reason, Now: m.o.Now,
				})
				return s, from, err
			},
		},
		"stopncii": {
			taxonomy.TypologyUnknown,
			[]string{"url", "fetch_key", "feedback_key", "subscription_key"},
			func(m *maker) (exchange.Source, string, error) {
				base, from := m.address(stopncii.Base)
				s, err := stopncii.New(stopncii.Options{
					Base: base, FetchKey: m.secret("fetch_key", m.FetchKeyFile, m.FetchKeyEnv, true), FeedbackKey: m.secret("feedback_key", m.FeedbackKeyFile, m.FeedbackKeyEnv, m.Feedback),
					SubscriptionKey: m.secret("subscription_key", m.SubscriptionFile, m.SubscriptionEnv, true), Now: m.o.Now,
				})
				return s, from, err
			},
		},
		"threatexchange": {
			taxonomy.TypologyUnknown,
			[]string{"url", "group", "token"},
			func(m *maker) (exchange.Source, string, error) {
				base, from := m.address(threatexchange.Base)
				s, err := threatexchange.New(threatexchange.Options{Base: base, Group: m.Group, Token: m.secret("token", m.TokenFile, m.TokenEnv, true), Now: m.o.Now})
				return s, from, err
			},
		},
		"terrorism": {
			taxonomy.TypologyUnknown,
			[]string{"url", "username", "password"},
			func(m *maker) (exchange.Source, string, error) {
				base, from := m.address(terrorism.Base)
				m.must("username", m.Username)
				s, err := terrorism.New(terrorism.Options{Base: base, Username: m.Username, Password: m.secret("password", m.PasswordFile, m.PasswordEnv, true), Now: m.o.Now})
				return s, from, err
			},
		},
		"arachnid": {
			taxonomy.TypologyAbuseMaterial,
			[]string{"url", "username", "password"},
			func(m *maker) (exchange.Source, string, error) {
				base, from := m.address(arachnid.Base)
				m.must("username", m.Username)
				s, err := arachnid.New(arachnid.Options{Base: base, Username: m.Username, Password: m.secret("password", m.PasswordFile, m.PasswordEnv, true), Now: m.o.Now, Seen: m.o.Seen})
				return s, from, err
			},
		},
		"list": {
			taxonomy.TypologyAbuseMaterial,
			[]string{"url", "path", "format", "kind", "token"},
			makeList,
		},
	}
}

func makeList(m *maker) (exchange.Source, string, error) {
	_, from := m.address("")
	if m.Path != "" {
		from = m.Path
	}
	if m.Format == "" {
		m.Format = string(bank.CSV)
	}
	if !slices.Contains(bank.Formats(), bank.Format(m.Format)) {
		m.bad("format", "%s is none; expected csv, json or hma", strconv.Quote(exchangeName(m.Format)))
	}
	var of bank.Kind
	if m.Kind != "" {
		var err error
		if of, err = bank.ParseKind(m.Kind); err != nil {
			m.bad("kind", "expected one of md5, sha1, sha256, pdq, vpdq, photodna, tmk, netclean")
		}
	}
	s, err := list.New(list.Options{
		Path: m.Path, URL: m.URL, Token: m.secret("token", m.TokenFile, m.TokenEnv, false), Format: bank.Format(m.Format), Kind: of,
	})
	return s, from, err
}
