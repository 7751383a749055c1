package event

// Fields is a set of fields of Data.
type Fields uint64

// One bit for each field of Data.
const (
	HasAccount Fields = 1 << iota
	HasBy
	HasFrom
	HasTo
	HasGroup
	HasConversation
	HasMessage
	HasPost
	HasListing
	HasContent
	HasReplyTo
	HasSurface
	HasRelation
	HasAgeBand
	HasAgeSource
	HasText
	HasLang
	HasReason
	HasAction
	HasWhat
	HasRole
	HasRegion
	HasCountry
	HasDisplayName
	HasScreenName
	HasProfileURL
	HasBio
	HasURL
	HasIP
	HasUserAgent
	HasAuth
	HasPort
	HasASN
	HasAmount
	HasCurrency
	HasInstrument
	HasNote
	HasPlace
	HasPrecision
	HasSeconds
	HasVideo
	HasVerified
	HasRecoveryUsed
	HasCreatedAt
	HasKeys
	HasMedia
	HasStageScores
	HasFilters
)

// names are the wire names of the fields in the order of their bits. A price is amount and currency.
func names() []string {
	return []string{
		"account", "by", "from", "to", "group", "conversation", "message", "post", "listing", "content", "reply_to", "surface", "relation",
		"age_band", "age_source", "text", "lang", "reason", "action", "what", "role", "region", "country", "display_name", "screen_name",
		"profile_url", "bio", "url", "ip", "user_agent", "auth", "port", "asn", "amount", "currency", "instrument", "note", "place", "precision",
		"seconds", "video", "verified", "recovery_used", "created_at", "keys", "media", "stage_scores", "filters",
	}
}

// Names returns the wire names of the fields in the set, in the order of their bits.
func (f Fields) Names() (out []string) {
	for i, name := range names() {
		if f&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}
