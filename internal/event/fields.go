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
