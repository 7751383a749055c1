package detect

import (
	"encoding/binary"
	"time"

	"github.com/zeebo/xxh3"

	"haris/internal/taxonomy"
	"haris/internal/template"
)

// Key names what a state belongs to: the 128-bit hash of a kind and an identifier. Two of 10⁹ accounts share a key with
// probability below 2·10⁻²¹.
type Key [16]byte

// AccountKey is the key of an account.
func AccountKey(id string) Key { return hashKey(1, id) }

// PairKey is the key of an unordered pair and says whether a is the lower of the two.
func PairKey(a, b string) (k Key, aIsLow bool) {
	x, y := AccountKey(a), AccountKey(b)
	aIsLow = string(x[:]) <= string(y[:])
	if !aIsLow {
		x, y = y, x
	}
	var both [32]byte
	copy(both[:16], x[:])
	copy(both[16:], y[:])
	h := xxh3.Hash128Seed(both[:], 2)
	return h.Bytes(), aIsLow
}

func hashKey(seed uint64, s string) Key {
	h := xxh3.HashString128Seed(s, seed)
	return h.Bytes()
}

// Short is the first half of the key, enough to tell members of one small set apart.
func (k Key) Short() uint64 { return binary.BigEndian.Uint64(k[:8]) }

// FactKind is what a fact observes about the account it is addressed to.
type FactKind uint8

// The kinds of facts. "Other" is the other account of the fact.
const (
	Approached FactKind = iota + 1 // the account made the first contact with Other
	Welcomed                       // Other accepted or answered the account's approach
	Refused                        // Other declined the account's approach or let it pass, as the platform says
	Written                        // Other, a stranger when it began, wrote to the account in private; N counts Other's messages to it so far
	Blocked                        // Other blocked the account; N counts Other's complaints about it so far
	Reported                       // Other reported the account; Reason says why; N counts Other's complaints about it so far
	Staged                         // the account wrote to Other and the platform gave stage scores; Value is the largest, in nats
	Exchanged                      // a contact detail passed between the account and Other; Passed says what; N is 1 for the first of the pair, else 2
	Unread                         // a private message between the account and Other came without its text
	Met                            // the account and Other had to do with each other, whoever began: once in every 14 days in which they do
	Matched                        // a media of the account is on a list of known material; Match says on which; N counts how often it was posted
	Accessed                       // somebody signed in to the account; Access says how
	Rekeyed                        // a credential of the account was changed; Reason says which
	Linked                         // the account and Other use one key; Reason is its kind, Access.Device the key, N how many accounts use it
	Spoke                          // another detector spoke about the account; Reason is its name, Value the strength
	Offered                        // the account, a stranger when it began, paid Other, a young account; N counts its payments; Reason is "media" where Other sent media to it in the hour before
	Given                          // Other, a young account, sent media to the account in the hour after being paid by it
	Charged                        // Other, a young account, paid the account, a stranger; N counts; Reason is "media" within an hour of Other's media to it, "exchange" where it had sent media too
	PassedOn                       // Other, a young account, paid the account; Value is the share of what Other received in 48 hours that went there; N counts who had paid Other
	Wrote                          // the account, a stranger who made the first contact, wrote to Other, a minor; Value is 1 when Other is pressed for the first time; Reason is "refused" or "blocked" when that came first
	Shared                         // the account, an adult's, and Other, another adult's, have approached some of the same minors; Circle says how many
	Grouped                        // the accounts linked with the account are more than before, or one of them was acted upon; Group lists them
	Scored                         // the account wrote to Other, a minor; Scores say what is known of the stages and By whose they are; nil when nothing is, which is told once a pair; Reason is then the language that could not be read, empty where there was no text or no model
	Opened                         // the account wrote to Other, a minor, in private for the first time; Sketch says what the text was like, nil without text, Senders how many accounts that may be adults' wrote so within 30 days
	Advertised                     // an advertisement of the account, or of one with whom it shares a contact detail or a text; Advert says what is known, nil where it had neither text nor contact detail
	Visited                        // evidence of trafficking stands upon Other, a young account that the account, a stranger, approached
	Clued                          // what partners say of keys that the account uses is now another thing; Clues holds all that stands
	Answered                       // a model of somebody else was asked about a message of the account to Other, a minor; Opinion says what it answered, Of which message
)

// Fact is one observation from an event, addressed to an account.
type Fact struct {
	Kind     FactKind
	Key      Key    // of Account
	Seq      uint64 // of the event
	At       int64  // event time, Unix milliseconds
	Account  *Profile
	Other    *Profile
	Surface  taxonomy.Surface
	Relation taxonomy.Relation
	N        int
	Reason   string
	Value    float64
	Match    *Match
	Access   *Access
	Group    *Group
	Circle   Circle
	Scores   *Scores
	By       Scorer // of Scores
	Sketch   *template.Sketch
	Passed   *Passed
	Advert   *Advert
	Senders  int
	Clues    []Clue
	Since    int64 // of Written: Unix milliseconds from which on the account's life is known, the later of its creation and of the log's beginning; 0 when not said
	Opinion  *Opinion
	Of       uint64 // the event that shows it, where that is another one than Seq
}

// Time returns At as a time in UTC.
func (f *Fact) Time() time.Time { return time.UnixMilli(f.At).UTC() }

// Day is the event's day, counted from 1970-01-01 UTC.
func (f *Fact) Day() int64 { return f.At / (24 * 3600 * 1000) }

// Scores are the log-likelihood ratios of one message, in nats, in the order of taxonomy.Stages; NaN for a stage that was not scored.
type Scores [13]float32

// Scorer is who scored messages: the platform (the zero value), or a model.
type Scorer struct {
	Model  string `json:"model,omitempty"`  // its name
	Digest string `json:"digest,omitempty"` // of its file, hexadecimal
	Seed   bool   `json:"seed,omitempty"`   // it was learnt from the seed
}

// Access is how somebody signed in. Each part is a hash, 0 where the platform did not say.
type Access struct {
	Device   uint64 // keyed hash of the device
	Network  uint32 // autonomous system
	Place    uint32 // country and region
	Agent    uint32 // family of the user agent: system and browser
	Recovery bool   // by way of account recovery
}

// Group is the accounts that are linked with one by keys that few use. Members[0] is the account itself.
type Group struct {
	Members []Member
	Links   []GroupKey
}

// Member is one account of a group.
type Member struct {
	Profile *Profile
	Acted   bool // the platform acted upon it for a reason of concern
}

// GroupKey is one key that members share.
type GroupKey struct {
	Kind    string
	Degree  int   // accounts that use it, also those that are not members
	Members []int // places in Group.Members, at least two
}

// Circle compares the minors whom two accounts have approached.
type Circle struct {
	Mine, Theirs, Shared int // minors approached by the account, by Other, by both
	All                  int // minors approached by anybody
}
