package rule

import (
	"slices"
	"strings"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// kind is the type of a variable.
type kind uint8

const (
	kindText kind = iota
	kindNumber
	kindBool
	kindTime
	kindTexts     // list of text
	kindObjects   // list of objects with text fields
	kindTextMap   // text to text
	kindNumberMap // text to number
)

// variable is one name that conditions may use.
type variable struct {
	name    string // with its root: event.amount, from.minor, counter.gifts
	kind    kind
	bit     event.Fields                 // for a field of the event's data
	at      func(*event.Data) any        // pointer to that field
	words   []string                     // the only values it can have; nil when it is free
	fields  []string                     // of the objects of kindObjects
	private bool                         // what people wrote: never quoted in an explanation
	of      func(s *scratch) (any, bool) // everything that is not in data: a pointer, or a bool, and whether it is known
}

// ageWords are the bands that a condition can compare with. "unknown" is not among them: an unknown age is not a value.
func ageWords() []string { return taxonomy.AgeBands()[1:] }

func reasonWords() []string {
	return []string{"grooming", "trafficking", "abuse_material", "sextortion", "minor_safety", "harassment", "spam", "other"}
}

func typeWords() []string {
	var out []string
	for _, t := range event.Types() {
		out = append(out, string(t))
	}
	return out
}

// eventFields lists the fields of the data object under their wire names.
func eventFields() []variable {
	return []variable{
		{name: "account", bit: event.HasAccount, at: func(d *event.Data) any { return &d.Account }},
		{name: "by", bit: event.HasBy, at: func(d *event.Data) any { return &d.By }},
		{name: "from", bit: event.HasFrom, at: func(d *event.Data) any { return &d.From }},
		{name: "to", bit: event.HasTo, kind: kindTexts, at: func(d *event.Data) any { return &d.To }},
		{name: "group", bit: event.HasGroup, at: func(d *event.Data) any { return &d.Group }},
		{name: "conversation", bit: event.HasConversation, at: func(d *event.Data) any { return &d.Conversation }},
		{name: "message", bit: event.HasMessage, at: func(d *event.Data) any { return &d.Message }},
		{name: "post", bit: event.HasPost, at: func(d *event.Data) any { return &d.Post }},
		{name: "listing", bit: event.HasListing, at: func(d *event.Data) any { return &d.Listing }},
		{name: "content", bit: event.HasContent, at: func(d *event.Data) any { return &d.Content }},
		{name: "reply_to", bit: event.HasReplyTo, at: func(d *event.Data) any { return &d.ReplyTo }},
		{name: "surface", bit: event.HasSurface, words: taxonomy.Surfaces(), at: func(d *event.Data) any { return &d.Surface }},
		{name: "relation", bit: event.HasRelation, words: taxonomy.Relations(), at: func(d *event.Data) any { return &d.Relation }},
		{name: "age_band", bit: event.HasAgeBand, words: ageWords(), at: func(d *event.Data) any { return &d.AgeBand }},
		{name: "age_source", bit: event.HasAgeSource, words: []string{"declared", "estimated", "verified", "unknown"}, at: func(d *event.Data) any { return &d.AgeSource }},
		{name: "text", bit: event.HasText, private: true, at: func(d *event.Data) any { return &d.Text }},
		{name: "lang", bit: event.HasLang, at: func(d *event.Data) any { return &d.Lang }},
		{name: "reason", bit: event.HasReason, at: func(d *event.Data) any { return &d.Reason }},
		{name: "action", bit: event.HasAction, at: func(d *event.Data) any { return &d.Action }},
		{name: "what", bit: event.HasWhat, words: []string{"password", "email", "phone", "recovery", "mfa"}, at: func(d *event.Data) any { return &d.What }},
		{name: "role", bit: event.HasRole, at: func(d *event.Data) any { return &d.Role }},
		{name: "region", bit: event.HasRegion, at: func(d *event.Data) any { return &d.Region }},
		{name: "country", bit: event.HasCountry, at: func(d *event.Data) any { return &d.Country }},
		{name: "display_name", bit: event.HasDisplayName, private: true, at: func(d *event.Data) any { return &d.DisplayName }},
		{name: "screen_name", bit: event.HasScreenName, private: true, at: func(d *event.Data) any { return &d.ScreenName }},
		{name: "profile_url", bit: event.HasProfileURL, private: true, at: func(d *event.Data) any { return &d.ProfileURL }},
		{name: "bio", bit: event.HasBio, private: true, at: func(d *event.Data) any { return &d.Bio }},
		{name: "url", bit: event.HasURL, private: true, at: func(d *event.Data) any { return &d.URL }},
		{name: "ip", bit: event.HasIP, private: true, at: func(d *event.Data) any { return &d.IP }},
		{name: "user_agent", bit: event.HasUserAgent, private: true, at: func(d *event.Data) any { return &d.UserAgent }},
		{name: "auth", bit: event.HasAuth, words: []string{"password", "passkey", "oauth", "token"}, at: func(d *event.Data) any { return &d.Auth }},
		{name: "port", bit: event.HasPort, kind: kindNumber, at: func(d *event.Data) any { return &d.Port }},
		{name: "asn", bit: event.HasASN, kind: kindNumber, at: func(d *event.Data) any { return &d.ASN }},
		{name: "amount", bit: event.HasAmount, kind: kindNumber, at: func(d *event.Data) any { return &d.Amount }},
		{name: "currency", bit: event.HasCurrency, at: func(d *event.Data) any { return &d.Currency }},
		{name: "instrument", bit: event.HasInstrument, words: []string{"card", "transfer", "wallet", "gift_card", "in_game", "other"}, at: func(d *event.Data) any { return &d.Instrument }},
		{name: "note", bit: event.HasNote, private: true, at: func(d *event.Data) any { return &d.Note }},
		{name: "place", bit: event.HasPlace, at: func(d *event.Data) any { return &d.Place }},
		{name: "precision", bit: event.HasPrecision, words: []string{"city", "area", "point"}, at: func(d *event.Data) any { return &d.Precision }},
		{name: "seconds", bit: event.HasSeconds, kind: kindNumber, at: func(d *event.Data) any { return &d.Seconds }},
		{name: "video", bit: event.HasVideo, kind: kindBool, at: func(d *event.Data) any { return &d.Video }},
		{name: "verified", bit: event.HasVerified, kind: kindBool, at: func(d *event.Data) any { return &d.Verified }},
		{name: "recovery_used", bit: event.HasRecoveryUsed, kind: kindBool, at: func(d *event.Data) any { return &d.RecoveryUsed }},
		{name: "created_at", bit: event.HasCreatedAt, kind: kindTime, at: func(d *event.Data) any { return &d.CreatedAt }},
		{name: "keys", bit: event.HasKeys, kind: kindObjects, fields: []string{"kind", "hash"}, private: true, at: func(d *event.Data) any { return &d.Keys }},
		{name: "media", bit: event.HasMedia, kind: kindObjects, fields: mediaFields(), private: true, at: func(d *event.Data) any { return &d.Media }},
		{name: "stage_scores", bit: event.HasStageScores, kind: kindNumberMap, at: func(d *event.Data) any { return &d.StageScores }},
		{name: "filters", bit: event.HasFilters, kind: kindTextMap, private: true, at: func(d *event.Data) any { return &d.Filters }},
	}
}

func mediaFields() []string {
	return []string{"id", "kind", "mime", "md5", "sha1", "sha256", "pdq", "name", "url"}
}

// envelope lists the attributes of the event itself.
func envelope() []variable {
	return []variable{
		{name: "event.id", of: func(s *scratch) (any, bool) { return &s.in.Event.ID, s.in.Event.ID != "" }},
		{name: "event.source", of: func(s *scratch) (any, bool) { return &s.in.Event.Source, s.in.Event.Source != "" }},
		{name: "event.type", words: typeWords(), of: func(s *scratch) (any, bool) { return (*string)(&s.in.Event.Type), s.in.Event.Type != "" }},
		{name: "event.time", kind: kindTime, of: func(s *scratch) (any, bool) { return &s.in.Event.Time, !s.in.Event.Time.IsZero() }},
	}
}

// vocabulary lists every name of an installation without counters: event.*, from.*, to.*, signal.*, family.* and labels.
func vocabulary(detectors []string) []variable {
	out := envelope()
	for _, v := range eventFields() {
		v.name = "event." + v.name
		out = append(out, v)
	}
	out = append(out, profileFields(SideFrom, func(s *scratch) *detect.Profile { return s.in.From })...)
	out = append(out, profileFields(SideTo, func(s *scratch) *detect.Profile { return s.in.To })...)
	out = append(out, variable{name: "labels", kind: kindTexts, of: func(s *scratch) (any, bool) { return &s.in.Labels, s.in.Labels != nil }})
	for _, f := range taxonomy.Families() {
		out = append(out, variable{name: "family." + string(f), kind: kindNumber, of: func(s *scratch) (any, bool) {
			return s.strongest(func(st *Standing) bool { return st.Family == f })
		}})
	}
	for _, d := range detectors {
		out = append(out, variable{name: "signal." + d, kind: kindNumber, of: func(s *scratch) (any, bool) {
			return s.strongest(func(st *Standing) bool { return st.Detector == d })
		}})
	}
	return out
}

// counterVariable is the value of counter i.
func counterVariable(name string, i int) variable {
	return variable{name: "counter." + name, kind: kindNumber, of: func(s *scratch) (any, bool) {
		if i >= len(s.values) {
			return nil, false
		}
		return &s.values[i].N, s.values[i].Known
	}}
}

// fieldsOf lists the fields that a type of event can have, as the wire format says.
func fieldsOf(t event.Type) []string {
	switch t {
	case event.AccountCreated, event.AccountUpdated:
		return words("account age_band age_source created_at display_name screen_name profile_url bio region lang verified role keys")
	case event.AccountDeleted:
		return words("account")
	case event.SessionStarted:
		return words("account keys ip port asn country region user_agent auth recovery_used")
	case event.CredentialChanged:
		return words("account what keys")
	case event.ContactRequested:
		return words("from to surface relation text")
	case event.ContactAccepted, event.ContactDeclined, event.ContactIgnored:
		return words("from to")
	case event.MessageSent:
		return words("from to group conversation surface relation text lang media reply_to stage_scores ip keys message")
	case event.MessageUnsent, event.EphemeralEnabled:
		return words("account conversation message")
	case event.CallStarted:
		return words("from to conversation video seconds")
	case event.GroupInvited, event.GroupJoined, event.GroupLeft:
		return words("account group by")
	case event.ProfileViewed, event.AccountBlocked, event.AccountMuted:
		return words("by account")
	case event.PeopleSearched:
		return words("by filters")
	case event.PostPublished, event.PostRemoved:
		return words("account post surface text lang media url")
	case event.ListingPublished:
		return words("account listing text lang amount currency place keys media url")
	case event.MediaUploaded:
		return words("account media")
	case event.PaymentSent:
		return words("from to amount currency instrument note")
	case event.LocationShared:
		return words("from to precision")
	case event.AccountReported, event.ContentReported:
		return words("by account content reason text")
	case event.ModerationApplied:
		return words("account action content by reason")
	}
	return nil
}

func words(s string) []string { return strings.Fields(s) }

// hasTarget reports whether a type of event is done by one account to another.
func hasTarget(t event.Type) bool {
	f := fieldsOf(t)
	return slices.Contains(f, "to") || slices.Contains(f, "by") && slices.Contains(f, "account") &&
		t != event.ModerationApplied && t != event.GroupInvited
}

// typesWith lists the types of event that can have a field.
func typesWith(field string) []string {
	var out []string
	for _, t := range event.Types() {
		if slices.Contains(fieldsOf(t), field) {
			out = append(out, string(t))
		}
	}
	return out
}
