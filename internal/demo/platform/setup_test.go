package platform

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// recipients reads "to", which is one account in some types and a list in others.
type recipients []string

func (r *recipients) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var one string
		if err := json.Unmarshal(b, &one); err != nil {
			return err
		}
		*r = recipients{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(r))
}

// fields is the union of the data fields that the tests look at.
type fields struct {
	Account, From, By, Group, Conversation, Surface, Relation, Text, Lang string
	Reason, What, Instrument, Currency, Country, IP, Auth, Role, Message  string
	Place                                                                 string
	To                                                                    recipients
	Amount                                                                float64
	RecoveryUsed                                                          bool               `json:"recovery_used"`
	AgeBand                                                               string             `json:"age_band"`
	StageScores                                                           map[string]float64 `json:"stage_scores"`
	Keys                                                                  []keyData
	Media                                                                 []mediaData
	Filters                                                               map[string]string
}

// seen is one event as a reader of the file sees it.
type seen struct {
	at   time.Time
	id   string
	kind string
	d    fields
}

// to is the first recipient, or "".
func (s seen) to() string {
	if len(s.d.To) == 0 {
		return ""
	}
	return s.d.To[0]
}

// bundle is a world, read.
type bundle struct {
	*World
	cfg      Config
	accounts map[string]Account
	seen     []seen
}

// configs are the worlds the behaviour is tested on: the default, the smallest, and one in another year.
func configs() map[string]Config {
	return map[string]Config{
		"default":  {Seed: 1},
		"smallest": {Seed: 7, Accounts: MinAccounts, Days: MinDays},
		"other":    {Seed: 42, Accounts: 2200, Days: 28, Start: time.Date(2027, time.November, 19, 6, 30, 0, 0, time.FixedZone("", 3600))},
	}
}

// bundles makes every test world once; the tests only read them.
var bundles = sync.OnceValues(func() (map[string]*bundle, error) {
	out := map[string]*bundle{}
	for name, cfg := range configs() {
		b, err := readWorld(cfg)
		if err != nil {
			return nil, fmt.Errorf("world %s: %w", name, err)
		}
		out[name] = b
	}
	return out, nil
})

// readWorld makes a world and reads it.
func readWorld(cfg Config) (*bundle, error) {
	w, err := Generate(cfg)
	if err != nil {
		return nil, err
	}
	b := &bundle{World: w, cfg: cfg, accounts: map[string]Account{}}
	for _, a := range w.Accounts {
		b.accounts[a.ID] = a
	}
	for _, e := range w.Events {
		var line struct {
			Data fields `json:"data"`
		}
		if err := json.Unmarshal(e.JSON, &line); err != nil {
			return nil, fmt.Errorf("event %s: %w", e.ID, err)
		}
		b.seen = append(b.seen, seen{e.Time, e.ID, e.Type, line.Data})
	}
	return b, nil
}

// eachWorld runs a test on every test world.
func eachWorld(t *testing.T, test func(t *testing.T, b *bundle)) {
	t.Helper()
	all, err := bundles()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"default", "smallest", "other"} {
		t.Run(name, func(t *testing.T) { test(t, all[name]) })
	}
}

// where returns the events for which keep holds, in their order.
func (b *bundle) where(keep func(seen) bool) []seen {
	var out []seen
	for _, s := range b.seen {
		if keep(s) {
			out = append(out, s)
		}
	}
	return out
}

// first returns the first event for which keep holds and fails the test where there is none.
func (b *bundle) first(t *testing.T, what string, keep func(seen) bool) seen {
	t.Helper()
	for _, s := range b.seen {
		if keep(s) {
			return s
		}
	}
	t.Fatalf("no event: %s", what)
	return seen{}
}

// positives returns the planted matters of a kind.
func (b *bundle) positives(kind string) []Positive {
	var out []Positive
	for _, p := range b.Truth.Positive {
		if p.Kind == kind {
			out = append(out, p)
		}
	}
	return out
}

// hard returns the subjects of a hard case and fails the test where it is not listed exactly once.
func (b *bundle) hard(t *testing.T, kind string) []string {
	t.Helper()
	var found [][]string
	for _, h := range b.Truth.BenignHard {
		if h.Kind == kind {
			found = append(found, h.Subjects)
		}
	}
	if len(found) != 1 || len(found[0]) == 0 {
		t.Fatalf("hard case %s is listed as %v, want one entry with subjects", kind, found)
	}
	return found[0]
}

// asked returns the distinct accounts that an account was the first to write to or ask, outside the family, in order.
func (b *bundle) asked(account string) []string {
	var out []string
	heard := map[string]bool{}
	for _, s := range b.seen {
		if s.kind != "contact.requested" && s.kind != "message.sent" {
			continue
		}
		if s.to() == account {
			heard[s.d.From] = true
		}
		if to := s.to(); s.d.From == account && to != "" && s.d.Relation != "family" && !heard[to] && !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	return out
}

// minors counts the accounts that the platform takes for under 18.
func (b *bundle) minors(accounts []string) int {
	n := 0
	for _, a := range accounts {
		if minorBand(b.accounts[a].AgeBand) {
			n++
		}
	}
	return n
}
