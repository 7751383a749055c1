// Package event is the noun "event": one thing that happened on the platform, immutable, in the wire format of docs/events.md
// (CloudEvents 1.0). It decodes and checks events and says exactly what is wrong with one that cannot be read. It does not
// store them and knows nothing of accounts' histories. Anyone may import it.
package event

import (
	"time"

	"haris/internal/taxonomy"
)

// Type is the CloudEvents type, for example "message.sent". Types not listed here are kept and counted, never an error.
type Type string

// The types of the wire format.
const (
	AccountCreated    Type = "account.created"
	AccountUpdated    Type = "account.updated"
	AccountDeleted    Type = "account.deleted"
	SessionStarted    Type = "session.started"
	CredentialChanged Type = "credential.changed"
	ContactRequested  Type = "contact.requested"
	ContactAccepted   Type = "contact.accepted"
	ContactDeclined   Type = "contact.declined"
	ContactIgnored    Type = "contact.ignored"
	MessageSent       Type = "message.sent"
	MessageUnsent     Type = "message.unsent"
	EphemeralEnabled  Type = "ephemeral.enabled"
	CallStarted       Type = "call.started"
	GroupInvited      Type = "group.invited"
	GroupJoined       Type = "group.joined"
	GroupLeft         Type = "group.left"
	ProfileViewed     Type = "profile.viewed"
	PeopleSearched    Type = "people.searched"
	PostPublished     Type = "post.published"
	PostRemoved       Type = "post.removed"
	ListingPublished  Type = "listing.published"
	MediaUploaded     Type = "media.uploaded"
	PaymentSent       Type = "payment.sent"
	LocationShared    Type = "location.shared"
	AccountBlocked    Type = "account.blocked"
	AccountMuted      Type = "account.muted"
	AccountReported   Type = "account.reported"
	ContentReported   Type = "content.reported"
	ModerationApplied Type = "moderation.applied"
)

// Types lists every type of the wire format.
func Types() []Type {
	return []Type{
		AccountCreated, AccountUpdated, AccountDeleted, SessionStarted, CredentialChanged, ContactRequested, ContactAccepted,
		ContactDeclined, ContactIgnored, MessageSent, MessageUnsent, EphemeralEnabled, CallStarted, GroupInvited, GroupJoined,
		GroupLeft, ProfileViewed, PeopleSearched, PostPublished, PostRemoved, ListingPublished, MediaUploaded, PaymentSent,
		LocationShared, AccountBlocked, AccountMuted, AccountReported, ContentReported, ModerationApplied,
	}
}

// Event is one decoded event.
type Event struct {
	Seq    uint64 // place in the log; 0 until it is logged
	ID     string // unique within Source
	Source string // the sending service
	Type   Type
	Time   time.Time // when it happened on the platform, UTC
	Data   Data
	Raw    string // the event exactly as it was sent, one JSON object
}

// Data is the "data" object of every type in one flat struct. A field that was not sent is its zero value and Has says so; a
// reader that must tell "absent" from "empty" asks Has.
type Data struct {
	set Fields

	Account, By, From          string
	To                         []string
	Group, Conversation        string
	Message, Post, Listing     string
	Content, ReplyTo           string
	Surface                    taxonomy.Surface
	Relation                   taxonomy.Relation
	AgeBand                    taxonomy.AgeBand
	AgeSource                  string
	Text, Lang                 string
	Reason, Action, What       string
	Role, Region, Country      string
	DisplayName, ScreenName    string
	ProfileURL, Bio, URL       string
	IP, UserAgent, Auth        string
	Port, ASN                  int64
	Amount                     float64
	Currency, Instrument, Note string
	Place, Precision           string
	Seconds                    float64
	Video, Verified            bool
	RecoveryUsed               bool
	CreatedAt                  time.Time
	Keys                       []Key
	Media                      []Media
	StageScores                map[string]float64
	Filters                    map[string]string
}

// Key is something two accounts can share. Exactly one of Hash and Value is set.
type Key struct {
	Kind  string // device, phone, email, payout, recovery, handle, ip
	Hash  string
	Value string
}

// Media is one picture, video, audio or file. Hashes are lower-case hex as sent.
type Media struct {
	ID, Kind, Mime         string
	Bytes                  int64
	MD5, SHA1, SHA256, PDQ string
	PDQQuality             int64
	Rated                  bool              // whether PDQQuality was sent
	Hashes                 map[string]string // of other kinds, by kind: photodna, tmk, netclean, vpdq
	URL, Name              string
	UploadedAt             time.Time
}

// Has reports whether every given field was sent.
func (d *Data) Has(f Fields) bool { return d.set&f == f }

// Sent returns the fields that were sent.
func (d *Data) Sent() Fields { return d.set }

// Set marks fields as sent; decoders and tests that build events by hand use it.
func (d *Data) Set(f Fields) { d.set |= f }

// Actor is the account that did the thing, empty for a type haris does not know.
func (e *Event) Actor() string {
	switch {
	case e.Data.From != "":
		return e.Data.From
	case e.Data.By != "" && e.Type != ModerationApplied && e.Type != GroupInvited:
		return e.Data.By
	default:
		return e.Data.Account
	}
}

// Targets are the accounts it was done to, never the actor.
func (e *Event) Targets() []string {
	switch {
	case len(e.Data.To) > 0:
		return e.Data.To
	case e.Data.By != "" && e.Data.Account != "" && e.Actor() == e.Data.By:
		return []string{e.Data.Account}
	default:
		return nil
	}
}

// Concern reports whether the reason of a report, or of what the platform did, is about the safety of a child.
func Concern(reason string) bool {
	switch reason {
	case "grooming", "trafficking", "abuse_material", "sextortion", "minor_safety":
		return true
	}
	return false
}
