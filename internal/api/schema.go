package api

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"haris/internal/event"
	"haris/internal/taxonomy"
)

// addEventSchemas describes the event as package event reads it. A test holds the two together.
func addEventSchemas(r huma.Registry, l Limits) {
	all := r.Map()
	all["Event"] = eventSchema(l)
	all["Data"] = dataSchema()
	all["Key"] = open("Something that two accounts can share. Exactly one of hash and value.", []string{"kind"}, props{
		"kind": enum("device", "phone", "email", "payout", "recovery", "handle", "ip"),
		"hash": str("As the platform hashed it."), "value": str("Turned into a keyed hash on arrival."),
	})
	all["Media"] = open("A picture, video, audio or file. The hashes alone are enough.", []string{"id", "kind"}, props{
		"id": account("The platform's id of it."), "kind": enum("image", "video", "audio", "file"), "mime": str(""),
		"bytes": number(huma.TypeInteger, 0, 1<<53), "md5": str(""), "sha1": str(""), "sha256": str(""), "pdq": str(""),
		"pdq_quality": number(huma.TypeInteger, 0, 100), "url": str(""), "uploaded_at": moment(), "name": str(""),
		"hashes": {
			Type: huma.TypeObject, AdditionalProperties: str(""), Description: "Hashes of other kinds, from kind to hash: vpdq, photodna (base64), tmk, netclean.",
		},
	})
	for _, name := range []string{"Event", "Data", "Key", "Media"} {
		all[name].PrecomputeMessages()
	}
}

func eventSchema(l Limits) *huma.Schema {
	types := make([]any, 0, len(event.Types()))
	for _, t := range event.Types() {
		types = append(types, string(t))
	}
	kind := account("What happened. A type that is not among the examples is kept and counted.")
	kind.Examples = types
	source := str(`The sending service, a URI-reference such as /chat; the one that the key speaks for.`)
	source.MaxLength = bound(1024)
	when := moment()
	when.Description = "When it happened on the platform, with zone; at most " + l.Future.String() + " ahead of this machine's clock."
	s := open("One thing that happened on the platform: CloudEvents 1.0 in structured mode, at most "+strconv.Itoa(l.EventBytes)+" bytes and "+
		strconv.Itoa(l.Depth)+" levels deep.", []string{"specversion", "id", "source", "type", "time", "data"}, props{
		"specversion": enum("1.0"), "id": account("Unique within source."), "source": source, "type": kind, "time": when,
		"data": {Ref: "#/components/schemas/Data"},
	})
	s.Examples = []any{map[string]any{
		"specversion": "1.0", "id": "m-1", "source": "/chat", "type": "message.sent", "time": "2026-01-02T03:04:05Z",
		"data": map[string]any{"from": "a-1", "to": []any{"a-2"}, "conversation": "c-1", "surface": "dm", "relation": "none"},
	}}
	return s
}

// dataSchema lists every field of every type; the type says which it needs.
func dataSchema() *huma.Schema {
	p := props{
		"account": account("Whom it is about."), "by": account("Who did it."), "from": account("Who did it."),
		"to":      {Description: "To whom; an array for messages, calls and locations.", OneOf: []*huma.Schema{account(""), list(account(""), 1000)}},
		"surface": enum(taxonomy.Surfaces()...), "relation": enum(taxonomy.Relations()...), "age_band": enum(taxonomy.AgeBands()...),
		"age_source": enum("declared", "estimated", "verified", "unknown"), "what": enum("password", "email", "phone", "recovery", "mfa"),
		"auth": enum("password", "passkey", "oauth", "token"), "precision": enum("city", "area", "point"),
		"instrument": enum("card", "transfer", "wallet", "gift_card", "in_game", "other"),
		"port":       number(huma.TypeInteger, 0, 65535), "asn": number(huma.TypeInteger, 0, 1<<32-1),
		"amount": number(huma.TypeNumber, -1e15, 1e15), "seconds": number(huma.TypeNumber, 0, 1e9),
		"video": {Type: huma.TypeBoolean}, "verified": {Type: huma.TypeBoolean}, "recovery_used": {Type: huma.TypeBoolean}, "created_at": moment(),
		"keys": list(&huma.Schema{Ref: "#/components/schemas/Key"}, 0), "media": list(&huma.Schema{Ref: "#/components/schemas/Media"}, 0),
		"stage_scores": {
			Type: huma.TypeObject, AdditionalProperties: number(huma.TypeNumber, -1e3, 1e3),
			Description: "From stage name to log-likelihood ratio, where the text may not leave the sender's device.",
		},
		"filters": {Type: huma.TypeObject, AdditionalProperties: true, Description: "What was searched by."},
		"price":   open("What is asked.", nil, props{"amount": number(huma.TypeNumber, -1e15, 1e15), "currency": str("")}),
	}
	for _, name := range []string{
		"group", "conversation", "message", "post", "listing", "content", "reply_to", "text", "lang", "reason", "action", "role", "region",
		"country", "display_name", "screen_name", "profile_url", "bio", "url", "ip", "user_agent", "currency", "note", "place",
	} {
		p[name] = str("")
	}
	return open("What happened; the type says which fields it needs. A field that is null counts as not sent.", nil, p)
}

type props map[string]*huma.Schema

// open is an object to which fields may be added freely.
func open(what string, required []string, p props) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Description: what, Required: required, Properties: p, AdditionalProperties: true}
}

func str(what string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: what} }

// account is a string of 1 to 256 bytes.
func account(what string) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: what, MinLength: bound(1), MaxLength: bound(maxID)}
}

func bound(n int) *int { return &n }

func enum(words ...string) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, w := range words {
		s.Enum = append(s.Enum, w)
	}
	return s
}

func number(kind string, low, high float64) *huma.Schema {
	return &huma.Schema{Type: kind, Minimum: &low, Maximum: &high}
}

func moment() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "date-time"} }

// list is an array of at most so many; 0 means any number.
func list(item *huma.Schema, most int) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeArray, Items: item}
	if most > 0 {
		s.MaxItems = bound(most)
	}
	return s
}
