package process

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/event"
)

// Data is a kind of what a platform's events and haris hold about an account.
type Data string

// The kinds of data. Each type of event belongs to exactly one.
const (
	Profile    Data = "profile"    // what the account says of itself, and its e-mail addresses and telephones
	Sessions   Data = "sessions"   // addresses, devices, changes of credentials
	Contacts   Data = "contacts"   // who asked whom, views of profiles, searches
	Messages   Data = "messages"   // messages and calls
	Media      Data = "media"      // uploads, and the sealed contents of pictures and videos
	Posts      Data = "posts"      // posts and listings
	Payments   Data = "payments"   //
	Locations  Data = "locations"  // that a location was shared, never where
	Groups     Data = "groups"     //
	Complaints Data = "complaints" // what was reported about or by the account, blocks and mutes
	Moderation Data = "moderation" // what the platform did
	Reports    Data = "reports"    // that reports about the account were filed, and their numbers
)

// AllData lists the kinds of data.
func AllData() []Data {
	return []Data{Profile, Sessions, Contacts, Messages, Media, Posts, Payments, Locations, Groups, Complaints, Moderation, Reports}
}

// dataOf says to which kind of data a type of event belongs; empty for a type that haris does not know, which is never produced.
func dataOf(t event.Type) Data {
	switch t {
	case event.AccountCreated, event.AccountUpdated, event.AccountDeleted:
		return Profile
	case event.SessionStarted, event.CredentialChanged:
		return Sessions
	case event.ContactRequested, event.ContactAccepted, event.ContactDeclined, event.ContactIgnored, event.ProfileViewed, event.PeopleSearched:
		return Contacts
	case event.MessageSent, event.MessageUnsent, event.EphemeralEnabled, event.CallStarted:
		return Messages
	case event.MediaUploaded:
		return Media
	case event.PostPublished, event.PostRemoved, event.ListingPublished:
		return Posts
	case event.PaymentSent:
		return Payments
	case event.LocationShared:
		return Locations
	case event.GroupInvited, event.GroupJoined, event.GroupLeft:
		return Groups
	case event.AccountReported, event.ContentReported, event.AccountBlocked, event.AccountMuted:
		return Complaints
	case event.ModerationApplied:
		return Moderation
	}
	return ""
}

// Scope is exactly what a process covers.
type Scope struct {
	Accounts []string  `json:"accounts"`
	Data     []Data    `json:"data"`
	From     time.Time `json:"from,omitzero"` // zero: from the beginning
	To       time.Time `json:"to"`            // up to here, the moment itself not included
	Cases    []string  `json:"cases,omitempty"`
}

// maxAccounts bounds a scope, so that nobody can ask for everybody.
const maxAccounts = 200

// Check refuses a scope that is open: without accounts, without kinds of data, without an end. A request to destroy is about cases.
func (s *Scope) Check(k Kind) error {
	if k == Destruction {
		if len(s.Cases) == 0 {
			return invalid("scope.cases", "the cases whose evidence is to be destroyed")
		}
		return nil
	}
	switch {
	case len(s.Accounts) == 0:
		return invalid("scope.accounts", "at least one account: a scope without accounts is open")
	case len(s.Accounts) > maxAccounts:
		return invalid("scope.accounts", fmt.Sprintf("at most %d accounts", maxAccounts))
	case len(s.Data) == 0:
		return invalid("scope.data", fmt.Sprintf("at least one of %v", AllData()))
	case s.To.IsZero():
		return invalid("scope.to", "an end: a scope without an end is open")
	case !s.From.Before(s.To):
		return invalid("scope.from", "a time before the end")
	}
	for _, a := range s.Accounts {
		if a == "" || len(a) > 256 {
			return invalid("scope.accounts", "account ids of 1 to 256 bytes")
		}
	}
	for _, d := range s.Data {
		if !known(AllData(), d) {
			return invalid("scope.data", fmt.Sprintf("kinds out of %v, got %q", AllData(), d))
		}
	}
	return nil
}

// Covers says whether the scope covers data of a kind about an account at a moment.
func (s *Scope) Covers(d Data, account string, at time.Time) bool {
	return slices.Contains(s.Data, d) && slices.Contains(s.Accounts, account) && s.during(at)
}

func (s *Scope) during(at time.Time) bool {
	return !at.Before(s.From) && at.Before(s.To)
}

// normal sorts the lists, so that equal scopes have equal digests.
func (s Scope) normal() Scope {
	clean := func(list []string) []string {
		out := []string{}
		for _, x := range list {
			if x = strings.TrimSpace(x); x != "" {
				out = append(out, x)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	data := slices.Clone(s.Data)
	slices.SortFunc(data, func(a, b Data) int { return slices.Index(AllData(), a) - slices.Index(AllData(), b) })
	s.Accounts, s.Cases, s.Data = clean(s.Accounts), clean(s.Cases), slices.Compact(data)
	s.From, s.To = s.From.UTC(), s.To.UTC()
	return s
}

// Digest identifies a scope: an approval is bound to it.
func (s *Scope) Digest() string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("process: " + err.Error()) // words and times always encode, but for years beyond 9999, which Check's callers cannot make
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Words is the scope in one line.
func (s *Scope) Words() string {
	if len(s.Accounts) == 0 {
		return "cases " + strings.Join(s.Cases, ", ")
	}
	kinds := make([]string, len(s.Data))
	for i, d := range s.Data {
		kinds[i] = string(d)
	}
	from := "the beginning"
	if !s.From.IsZero() {
		from = s.From.Format(time.RFC3339)
	}
	return fmt.Sprintf("%s of %d accounts, from %s up to %s", strings.Join(kinds, ", "), len(s.Accounts), from, s.To.Format(time.RFC3339))
}

func known[T comparable](list []T, x T) bool { return slices.Contains(list, x) }
