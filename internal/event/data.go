package event

import (
	"math"
	"math/bits"
	"reflect"
)

// data reads the data object. Fields that haris does not know, or that are null, count as not sent.
func (p *scan) data(e *Event) {
	d := &e.Data
	p.object("an object", func(key string) {
		if p.null() {
			return
		}
		f := p.text(d, key)
		if f == 0 {
			f = p.figure(d, key)
		}
		if f == 0 {
			f = p.compound(e, key)
		}
		if f == 0 {
			p.skip()
		}
		d.set |= f
	})
}

// text reads the fields that are strings or words; 0 when key is none of them.
func (p *scan) text(d *Data, key string) Fields {
	switch key {
	case "account":
		d.Account = p.bounded(maxAccount)
		return HasAccount
	case "by":
		d.By = p.bounded(maxAccount)
		return HasBy
	case "from":
		d.From = p.bounded(maxAccount)
		return HasFrom
	case "surface":
		d.Surface = p.surface()
		return HasSurface
	case "relation":
		d.Relation = p.relation()
		return HasRelation
	case "age_band":
		d.AgeBand = p.ageBand()
		return HasAgeBand
	case "age_source":
		d.AgeSource = p.oneOf([]string{"declared", "estimated", "verified", "unknown"})
		return HasAgeSource
	case "what":
		d.What = p.oneOf([]string{"password", "email", "phone", "recovery", "mfa"})
		return HasWhat
	case "auth":
		d.Auth = p.oneOf([]string{"password", "passkey", "oauth", "token"})
		return HasAuth
	case "instrument":
		d.Instrument = p.oneOf([]string{"card", "transfer", "wallet", "gift_card", "in_game", "other"})
		return HasInstrument
	case "precision":
		d.Precision = p.oneOf([]string{"city", "area", "point"})
		return HasPrecision
	}
	if at, f := d.plain(key); at != nil {
		*at = p.str()
		return f
	}
	return 0
}

// plain finds the free string behind a wire name.
func (d *Data) plain(key string) (*string, Fields) {
	switch key {
	case "group":
		return &d.Group, HasGroup
	case "conversation":
		return &d.Conversation, HasConversation
	case "message":
		return &d.Message, HasMessage
	case "post":
		return &d.Post, HasPost
	case "listing":
		return &d.Listing, HasListing
	case "content":
		return &d.Content, HasContent
	case "reply_to":
		return &d.ReplyTo, HasReplyTo
	case "text":
		return &d.Text, HasText
	case "lang":
		return &d.Lang, HasLang
	case "reason":
		return &d.Reason, HasReason
	case "action":
		return &d.Action, HasAction
	case "role":
		return &d.Role, HasRole
	case "region":
		return &d.Region, HasRegion
	case "country":
		return &d.Country, HasCountry
	case "display_name":
		return &d.DisplayName, HasDisplayName
	case "screen_name":
		return &d.ScreenName, HasScreenName
	case "profile_url":
		return &d.ProfileURL, HasProfileURL
	case "bio":
		return &d.Bio, HasBio
	case "url":
		return &d.URL, HasURL
	case "ip":
		return &d.IP, HasIP
	case "user_agent":
		return &d.UserAgent, HasUserAgent
	case "currency":
		return &d.Currency, HasCurrency
	case "note":
		return &d.Note, HasNote
	case "place":
		return &d.Place, HasPlace
	}
	return nil, 0
}

// figure reads the fields that are numbers, booleans or times; 0 when key is none of them.
func (p *scan) figure(d *Data, key string) Fields {
	switch key {
	case "port":
		d.Port = p.whole(0, 65535, "a port, 0 to 65535")
		return HasPort
	case "asn":
		d.ASN = p.whole(0, math.MaxUint32, "an AS number")
		return HasASN
	case "amount":
		d.Amount = p.number64(-1e15, 1e15, "an amount as a number")
		return HasAmount
	case "seconds":
		d.Seconds = p.number64(0, 1e9, "seconds, 0 or more")
		return HasSeconds
	case "video":
		d.Video = p.boolean()
		return HasVideo
	case "verified":
		d.Verified = p.boolean()
		return HasVerified
	case "recovery_used":
		d.RecoveryUsed = p.boolean()
		return HasRecoveryUsed
	case "created_at":
		d.CreatedAt = p.instant()
		return HasCreatedAt
	}
	return 0
}

// compound reads the fields that are arrays or objects; 0 when key is none of them.
func (p *scan) compound(e *Event, key string) Fields {
	d := &e.Data
	switch key {
	case "to":
		p.targets(e)
		return HasTo
	case "keys":
		p.array("an array of keys", func(int) { d.Keys = append(d.Keys, p.key()) })
		return HasKeys
	case "media":
		p.array("an array of media", func(int) { d.Media = append(d.Media, p.media()) })
		return HasMedia
	case "stage_scores":
		d.StageScores = map[string]float64{}
		p.object("an object from stage name to log-likelihood ratio", func(k string) {
			d.StageScores[k] = p.number64(-1e3, 1e3, "a log-likelihood ratio")
		})
		return HasStageScores
	case "filters":
		d.Filters = map[string]string{}
		p.object("an object", func(k string) { d.Filters[k] = p.loose() })
		return HasFilters
	case "price":
		p.price(d)
		return HasAmount | HasCurrency
	}
	return 0
}

// targets reads "to": an array where the type speaks of several, one account elsewhere.
func (p *scan) targets(e *Event) {
	switch e.Type {
	case MessageSent, CallStarted, LocationShared:
		p.array("an array of accounts", func(i int) {
			if i >= maxTargets {
				p.fail(TooLarge, "at most 1000 recipients")
				return
			}
			e.Data.To = append(e.Data.To, p.bounded(maxAccount))
		})
	default:
		e.Data.To = []string{p.bounded(maxAccount)}
	}
}

func (p *scan) price(d *Data) {
	p.object("an object with amount and currency", func(k string) {
		switch k {
		case "amount":
			d.Amount = p.number64(-1e15, 1e15, "an amount as a number")
		case "currency":
			d.Currency = p.str()
		default:
			p.skip()
		}
	})
}

func (p *scan) key() Key {
	var k Key
	p.object("a key: an object with kind and hash or value", func(name string) {
		switch name {
		case "kind":
			k.Kind = p.oneOf([]string{"device", "phone", "email", "payout", "recovery", "handle", "ip"})
		case "hash":
			k.Hash = p.bounded(1024)
		case "value":
			k.Value = p.bounded(1024)
		default:
			p.skip()
		}
	})
	p.need(k.Kind != "", "kind", "what the key is")
	p.need((k.Hash == "") != (k.Value == ""), "hash", "exactly one of hash and value")
	return k
}

func (p *scan) media() Media {
	var m Media
	p.object("an object with id and kind", func(name string) {
		if p.null() {
			return
		}
		switch name {
		case "id":
			m.ID = p.bounded(maxAccount)
		case "kind":
			m.Kind = p.oneOf([]string{"image", "video", "audio", "file"})
		case "bytes":
			m.Bytes = p.whole(0, math.MaxInt64, "a size in bytes")
		case "pdq_quality":
			m.PDQQuality, m.Rated = p.whole(0, 100, "a quality, 0 to 100"), true
		case "hashes":
			m.Hashes = map[string]string{}
			p.object("an object from kind to hash", func(k string) { m.Hashes[k] = p.str() })
		case "uploaded_at":
			m.UploadedAt = p.instant()
		default:
			if at := m.plain(name); at != nil {
				*at = p.str()
			} else {
				p.skip()
			}
		}
	})
	p.need(m.ID != "", "id", "the media's id")
	p.need(m.Kind != "", "kind", "image, video, audio or file")
	return m
}

func (m *Media) plain(name string) *string {
	switch name {
	case "mime":
		return &m.Mime
	case "md5":
		return &m.MD5
	case "sha1":
		return &m.SHA1
	case "sha256":
		return &m.SHA256
	case "pdq":
		return &m.PDQ
	case "url":
		return &m.URL
	case "name":
		return &m.Name
	}
	return nil
}

// loose reads any value as its JSON text, a string as its content.
func (p *scan) loose() string {
	if p.peek() == '"' {
		return p.str()
	}
	start := p.i
	p.skip()
	if p.err != nil {
		return ""
	}
	return p.s[start:p.i]
}

// required lists, for each type, groups of fields of which at least one must be there.
func required(t Type) []Fields {
	switch t {
	case AccountCreated, AccountUpdated, AccountDeleted, SessionStarted:
		return []Fields{HasAccount}
	case CredentialChanged:
		return []Fields{HasAccount, HasWhat}
	case ContactRequested, ContactAccepted, ContactDeclined, ContactIgnored, PaymentSent, CallStarted, LocationShared:
		return []Fields{HasFrom, HasTo}
	case MessageSent:
		return []Fields{HasFrom, HasTo | HasGroup, HasConversation}
	case MessageUnsent, EphemeralEnabled:
		return []Fields{HasAccount, HasConversation}
	case GroupInvited, GroupJoined, GroupLeft:
		return []Fields{HasAccount, HasGroup}
	case ProfileViewed, AccountBlocked, AccountMuted, AccountReported, ContentReported:
		return []Fields{HasBy, HasAccount}
	case PeopleSearched:
		return []Fields{HasBy}
	case PostPublished, PostRemoved:
		return []Fields{HasAccount, HasPost}
	case ListingPublished:
		return []Fields{HasAccount, HasListing}
	case MediaUploaded:
		return []Fields{HasAccount, HasMedia}
	case ModerationApplied:
		return []Fields{HasAccount, HasAction}
	}
	return nil
}

// nameOf returns the wire name of the first field of a set, for a problem.
func nameOf(f Fields) string {
	i := bits.TrailingZeros64(uint64(f))
	return wireName(reflect.TypeFor[Data]().Field(i + 1).Name)
}

// wireName turns a field's name into its name on the wire: AgeBand into age_band.
func wireName(s string) string {
	var b []byte
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			if i > 0 && (s[i-1] < 'A' || s[i-1] > 'Z') {
				b = append(b, '_')
			}
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return string(b)
}
