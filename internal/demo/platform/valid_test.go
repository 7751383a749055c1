package platform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// check says what is wrong with a value of a field, or "".
type check func(v any) string

func str(v any) string {
	if s, ok := v.(string); !ok || s == "" {
		return fmt.Sprintf("is %v, want a non-empty string", v)
	}
	return ""
}

func boolean(v any) string {
	if _, ok := v.(bool); !ok {
		return fmt.Sprintf("is %v, want true or false", v)
	}
	return ""
}

func enum(values ...string) check {
	return func(v any) string {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			return fmt.Sprintf("is %v, want one of %v", v, values)
		}
		return ""
	}
}

func pattern(expr string) check {
	re := regexp.MustCompile("^(?:" + expr + ")$")
	return func(v any) string {
		if s, ok := v.(string); !ok || !re.MatchString(s) {
			return fmt.Sprintf("is %v, want %s", v, expr)
		}
		return ""
	}
}

func number(lo, hi float64) check {
	return func(v any) string {
		n, ok := v.(json.Number)
		if !ok {
			return fmt.Sprintf("is %v, want a number", v)
		}
		if f, err := n.Float64(); err != nil || f < lo || f > hi {
			return fmt.Sprintf("is %v, want %g to %g", v, lo, hi)
		}
		return ""
	}
}

func when(v any) string {
	s, ok := v.(string)
	if !ok {
		return fmt.Sprintf("is %v, want a time", v)
	}
	if _, err := time.Parse(time.RFC3339Nano, s); err != nil {
		return fmt.Sprintf("is %s, want RFC 3339 with zone", s)
	}
	return ""
}

func list(item check) check {
	return func(v any) string {
		items, ok := v.([]any)
		if !ok || len(items) == 0 {
			return fmt.Sprintf("is %v, want a non-empty list", v)
		}
		for i, x := range items {
			if wrong := item(x); wrong != "" {
				return fmt.Sprintf("/%d %s", i, wrong)
			}
		}
		return ""
	}
}

// object checks required fields (marked "!"), known fields, and each field's value.
func object(spec map[string]check) check {
	return func(v any) string {
		m, ok := v.(map[string]any)
		if !ok {
			return fmt.Sprintf("is %v, want an object", v)
		}
		for name := range spec {
			if bare, required := strings.CutSuffix(name, "!"); required && m[bare] == nil {
				return fmt.Sprintf("/%s is missing", bare)
			}
		}
		for name, value := range m {
			f := spec[name]
			if f == nil {
				f = spec[name+"!"]
			}
			if f == nil {
				return fmt.Sprintf("/%s is not part of the wire format", name)
			}
			if wrong := f(value); wrong != "" {
				return fmt.Sprintf("/%s %s", name, wrong)
			}
		}
		return ""
	}
}

func documentationIP(v any) string {
	s, _ := v.(string)
	a, err := netip.ParseAddr(s)
	if err != nil {
		return fmt.Sprintf("is %v, want an address", v)
	}
	for _, p := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		if netip.MustParsePrefix(p).Contains(a) {
			return ""
		}
	}
	return fmt.Sprintf("is %s, want a documentation address", s)
}

func chatURL(v any) string {
	s, _ := v.(string)
	if u, err := url.Parse(s); err != nil || u.Scheme != "https" || u.Host != "chat.example" || len(u.Path) < 2 {
		return fmt.Sprintf("is %v, want https://chat.example/…", v)
	}
	return ""
}

func key(v any) string {
	m, _ := v.(map[string]any)
	if (m["hash"] == nil) == (m["value"] == nil) {
		return fmt.Sprintf("is %v, want exactly one of hash and value", v)
	}
	if m["kind"] == "ip" {
		if wrong := documentationIP(m["value"]); wrong != "" {
			return wrong
		}
	}
	if s, _ := m["value"].(string); m["kind"] == "email" && !strings.HasSuffix(s, "@mail.example") {
		return fmt.Sprintf("is %s, want an address at mail.example", s)
	}
	return object(map[string]check{
		"kind!": enum("device", "phone", "email", "payout", "recovery", "handle", "ip"), "hash": pattern("[0-9a-f]{64}"), "value": str,
	})(v)
}

// wire is the table of events.md, written down a second time for the test: field to check, "!" for required.
func wire() map[string]check {
	band := enum("u13", "13-15", "16-17", "18-24", "25+", "unknown")
	relation := enum("mutual", "one_way", "none", "family")
	surface := enum("dm", "group", "public", "live", "call", "listing", "comment", "game")
	reason := enum("grooming", "trafficking", "abuse_material", "sextortion", "minor_safety", "harassment", "spam", "other")
	lang, money := enum("en", "ar", "fr", "es"), number(0.01, 1e7)
	media := list(object(map[string]check{
		"id!": str, "kind!": enum("image", "video", "audio", "file"), "mime": str, "bytes": number(1, 1e9), "md5": pattern("[0-9a-f]{32}"),
		"sha1": pattern("[0-9a-f]{40}"), "sha256": pattern("[0-9a-f]{64}"), "pdq": pattern("[0-9a-f]{64}"), "pdq_quality": number(0, 100),
		"url": chatURL, "uploaded_at": when, "name": str,
	}))
	price := object(map[string]check{"amount!": money, "currency!": pattern("[A-Z]{3}")})
	filters := func(v any) string {
		if m, ok := v.(map[string]any); !ok || len(m) == 0 {
			return fmt.Sprintf("is %v, want a map", v)
		}
		return ""
	}
	account := object(map[string]check{
		"account!": str, "age_band": band, "age_source": enum("declared", "estimated", "verified", "unknown"), "created_at": when,
		"display_name": str, "screen_name": pattern("[a-z0-9_]+"), "profile_url": chatURL, "bio": str, "region": pattern("[A-Z]{2}(-[A-Z0-9]{1,3})?"),
		"lang": lang, "verified": boolean, "role": str, "keys": list(key),
	})
	answer := object(map[string]check{"from!": str, "to!": str})
	unsent := object(map[string]check{"account!": str, "conversation!": str, "message": str})
	group := object(map[string]check{"account!": str, "group!": str, "by": str})
	by := object(map[string]check{"by!": str, "account!": str})
	post := object(map[string]check{"account!": str, "post!": str, "surface": surface, "text": str, "lang": lang, "media": media, "url": chatURL})
	report := object(map[string]check{"by!": str, "account!": str, "content": str, "reason": reason, "text": str})
	return map[string]check{
		"account.created": account, "account.updated": account,
		"session.started": object(map[string]check{
			"account!": str, "keys": list(key), "ip": documentationIP, "port": number(1, 65535), "asn": number(64496, 64511), "country": pattern("[A-Z]{2}"),
			"region": pattern("[A-Z]{2}-[A-Z0-9]{1,3}"), "user_agent": str, "auth": enum("password", "passkey", "oauth", "token"), "recovery_used": boolean,
		}),
		"credential.changed": object(map[string]check{"account!": str, "what!": enum("password", "email", "phone", "recovery", "mfa"), "keys": list(key)}),
		"contact.requested":  object(map[string]check{"from!": str, "to!": str, "surface": surface, "relation": relation, "text": str}),
		"contact.accepted":   answer, "contact.declined": answer, "contact.ignored": answer,
		"message.sent": object(map[string]check{
			"from!": str, "to": list(str), "group": str, "conversation!": str, "surface": surface, "relation": relation, "text": str, "lang": lang,
			"media": media, "reply_to": str, "ip": documentationIP, "keys": list(key),
		}),
		"message.unsent": unsent, "ephemeral.enabled": unsent,
		"call.started":  object(map[string]check{"from!": str, "to!": list(str), "conversation": str, "video": boolean, "seconds": number(0, 1e5)}),
		"group.invited": group, "group.joined": group, "group.left": group,
		"profile.viewed":  by,
		"people.searched": object(map[string]check{"by!": str, "filters": filters}),
		"post.published":  post, "post.removed": post,
		"listing.published": object(map[string]check{
			"account!": str, "listing!": str, "text": str, "lang": lang, "price": price, "place": str, "keys": list(key), "media": media, "url": chatURL,
		}),
		"media.uploaded": object(map[string]check{"account!": str, "media!": media}),
		"payment.sent": object(map[string]check{
			"from!": str, "to!": str, "amount": money, "currency": pattern("[A-Z]{3}"),
			"instrument": enum("card", "transfer", "wallet", "gift_card", "in_game", "other"), "note": str,
		}),
		"location.shared": object(map[string]check{"from!": str, "to!": list(str), "precision": enum("city", "area", "point")}),
		"account.blocked": by, "account.muted": by,
		"account.reported": report, "content.reported": report,
		"moderation.applied": object(map[string]check{"account!": str, "action!": str, "content": str, "by": str, "reason": str}),
	}
}

// valid is the whole of events.md for one line: the envelope, then the data of its type.
func valid(line []byte, types map[string]check) string {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var v map[string]any
	if err := dec.Decode(&v); err != nil {
		return err.Error()
	}
	kind, _ := v["type"].(string)
	data, ok := types[kind]
	if !ok {
		return "/type " + kind + " is not part of the wire format"
	}
	if wrong := object(map[string]check{
		"specversion!": enum("1.0"), "id!": str, "source!": pattern("/[a-z]+"), "type!": str, "time!": when, "data!": data,
	})(v); wrong != "" {
		return wrong
	}
	if d := v["data"].(map[string]any); kind == "message.sent" && (d["to"] == nil) == (d["group"] == nil) {
		return "/data wants exactly one of to and group"
	}
	return ""
}

func TestEveryEventIsValid(t *testing.T) {
	types := wire()
	eachWorld(t, func(t *testing.T, b *bundle) {
		used := map[string]bool{}
		for _, e := range b.Events {
			if wrong := valid(e.JSON, types); wrong != "" {
				t.Fatalf("%s %s: %s\n%s", e.Type, e.ID, wrong, e.JSON)
			}
			if bytes.ContainsAny(e.JSON, "\r\n") {
				t.Fatalf("%s is on more than one line", e.ID)
			}
			used[e.Type] = true
		}
		for kind := range types {
			if !used[kind] {
				t.Errorf("no event of type %s", kind)
			}
		}
	})
}

func TestEventFieldsAreThoseOfItsJSON(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		for _, e := range b.Events {
			var v struct{ ID, Source, Type, Time string }
			if err := json.Unmarshal(e.JSON, &v); err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339Nano, v.Time)
			if err != nil || v.ID != e.ID || v.Source != e.Source || v.Type != e.Type || !at.Equal(e.Time) {
				t.Fatalf("event %s %s %s %s differs from its JSON %s", e.ID, e.Source, e.Type, e.Time, e.JSON)
			}
		}
	})
}

// The validator itself must be able to fail.
func TestValidatorRefuses(t *testing.T) {
	types := wire()
	const head = `{"specversion":"1.0","id":"e1","source":"/chat","time":"2026-03-02T00:00:00.000Z",`
	tests := map[string]struct{ line, want string }{
		"good":              {head + `"type":"contact.accepted","data":{"from":"a","to":"b"}}`, ""},
		"unknown type":      {head + `"type":"contact.maybe","data":{}}`, "/type contact.maybe"},
		"missing field":     {head + `"type":"contact.accepted","data":{"from":"a"}}`, "/data /to is missing"},
		"unknown field":     {head + `"type":"contact.accepted","data":{"from":"a","to":"b","x":1}}`, "/data /x is not part"},
		"no zone":           {strings.Replace(head, ".000Z", "", 1) + `"type":"contact.accepted","data":{"from":"a","to":"b"}}`, "/time is 2026"},
		"to and group":      {head + `"type":"message.sent","data":{"from":"a","to":["b"],"group":"g","conversation":"c"}}`, "exactly one of to and group"},
		"to not a list":     {head + `"type":"message.sent","data":{"from":"a","to":"b","conversation":"c"}}`, "/data /to is b, want a non-empty list"},
		"real address":      {head + `"type":"session.started","data":{"account":"a","ip":"8.8.8.8"}}`, "want a documentation address"},
		"amount as string":  {head + `"type":"payment.sent","data":{"from":"a","to":"b","amount":"3"}}`, "want a number"},
		"key without value": {head + `"type":"session.started","data":{"account":"a","keys":[{"kind":"device"}]}}`, "exactly one of hash and value"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := valid([]byte(tt.line), types); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("valid = %q, want it to contain %q", got, tt.want)
			}
		})
	}
}
