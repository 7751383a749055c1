package event_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/event"
	"haris/internal/taxonomy"
)

const good = `{"specversion":"1.0","id":"e1","source":"/chat","type":"message.sent","time":"2026-01-02T03:04:05+02:00",
 "data":{"from":"a","to":["b","c"],"conversation":"k","surface":"dm","relation":"none","text":"keep this between us \u00e9\ud83d\ude00",
 "keys":[{"kind":"ip","value":"192.0.2.1"}],"media":[{"id":"m1","kind":"image","bytes":12,"pdq_quality":99}],
 "stage_scores":{"S4":1.5},"unknown_field":{"x":[1,2,{"y":null}]},"lang":null}}`

func TestDecode(t *testing.T) {
	e, p := event.Decode(good, 1, event.Limits{})
	if p != nil {
		t.Fatal(p)
	}
	if e.ID != "e1" || e.Source != "/chat" || e.Type != event.MessageSent || !e.Time.Equal(time.Date(2026, 1, 2, 1, 4, 5, 0, time.UTC)) {
		t.Errorf("envelope: %+v", e)
	}
	d := e.Data
	if d.From != "a" || !cmp.Equal(d.To, []string{"b", "c"}) || d.Surface != taxonomy.SurfaceDM || d.Relation != taxonomy.RelationNone {
		t.Errorf("parties: %+v", d)
	}
	if d.Text != "keep this between us é😀" {
		t.Errorf("text %q", d.Text)
	}
	if d.Has(event.HasLang) || !d.Has(event.HasText|event.HasKeys|event.HasMedia|event.HasStageScores) {
		t.Error("null must count as not sent, the others as sent")
	}
	if len(d.Media) != 1 || d.Media[0].Bytes != 12 || d.Media[0].PDQQuality != 99 || d.Keys[0].Value != "192.0.2.1" || d.StageScores["S4"] != 1.5 {
		t.Errorf("compound: %+v %+v", d.Media, d.Keys)
	}
	if e.Raw != good {
		t.Error("the raw text must be kept to the byte")
	}
}

// with replaces the data of the good event.
func with(typ, data string) string {
	return `{"specversion":"1.0","id":"e1","source":"/chat","type":"` + typ + `","time":"2026-01-02T03:04:05Z","data":` + data + `}`
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct {
		name, in, pointer string
		reason            event.Reason
	}{
		{"empty", ``, "", event.WrongType},
		{"not an object", `7`, "", event.WrongType},
		{"cut off", `{"specversion":"1.0"`, "", event.MalformedJSON},
		{"after the event", good + `{}`, "", event.MalformedJSON},
		{"trailing comma", `{"specversion":"1.0",}`, "", event.MalformedJSON},
		{"bare word", with("x.y", `{"a":tru}`), "/data/a", event.MalformedJSON},
		{"leading zero", with("payment.sent", `{"from":"a","to":"b","amount":01}`), "/data/amount", event.MalformedJSON},
		{"unpaired surrogate", with("x.y", `{"a":"\ud800"}`), "/data/a", event.MalformedJSON},
		{"control character", with("x.y", "{\"a\":\"\x01\"}"), "/data/a", event.MalformedJSON},
		{"invalid utf-8", with("x.y", "{\"a\":\"\xff\"}"), "", event.InvalidUTF8},
		{"duplicate key", with("x.y", `{"a":1,"a":2}`), "/data/a", event.DuplicateKey},
		{"duplicate key by escape", with("x.y", `{"a":1,"\u0061":2}`), "/data/a", event.DuplicateKey},
		{"duplicate attribute", `{"id":"a","id":"b"}`, "/id", event.DuplicateKey},
		{"deep", with("x.y", strings.Repeat(`{"a":`, 40)+"1"+strings.Repeat("}", 40)), "/data" + strings.Repeat("/a", 15), event.TooDeep},
		{"large", with("x.y", `{"a":"`+strings.Repeat("a", 300<<10)+`"}`), "", event.TooLarge},
		{"no id", `{"specversion":"1.0","source":"/c","type":"t","time":"2026-01-02T03:04:05Z","data":{}}`, "/id", event.Missing},
		{"no data", `{"specversion":"1.0","id":"1","source":"/c","type":"t","time":"2026-01-02T03:04:05Z"}`, "/data", event.Missing},
		{"other version", strings.Replace(good, `"1.0"`, `"0.3"`, 1), "/specversion", event.BadValue},
		{"time without zone", strings.Replace(good, "+02:00", "", 1), "/time", event.BadValue},
		{"time ahead", strings.Replace(good, "2026-", "2036-", 1), "/time", event.FutureTime},
		{"time before 1970", strings.Replace(good, "2026-", "1926-", 1), "/time", event.BadValue},
		{"required", with("message.sent", `{"from":"a","to":["b"]}`), "/data/conversation", event.Missing},
		{"to as a string", with("message.sent", `{"from":"a","to":"b","conversation":"c"}`), "/data/to", event.WrongType},
		{"to as an array", with("payment.sent", `{"from":"a","to":["b"]}`), "/data/to", event.WrongType},
		{"empty account", with("account.deleted", `{"account":""}`), "/data/account", event.BadValue},
		{"long account", with("account.deleted", `{"account":"`+strings.Repeat("a", 257)+`"}`), "/data/account", event.BadValue},
		{"unknown age band", with("account.created", `{"account":"a","age_band":"14"}`), "/data/age_band", event.BadValue},
		{"key with both", with("account.created", `{"account":"a","keys":[{"kind":"ip","hash":"1","value":"2"}]}`), "/data/keys/0/hash", event.Missing},
		{"port out of range", with("session.started", `{"account":"a","port":70000}`), "/data/port", event.BadValue},
		{"number overflow", with("payment.sent", `{"from":"a","to":"b","amount":1e400}`), "/data/amount", event.BadValue},
		{"media kind", with("media.uploaded", `{"account":"a","media":[{"id":"m","kind":"pic"}]}`), "/data/media/0/kind", event.BadValue},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, p := event.Decode(tt.in, 7, event.Limits{Latest: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)})
			if p == nil {
				t.Fatal("accepted")
			}
			if p.Reason != tt.reason || p.Pointer != tt.pointer {
				t.Errorf("got %s at %q (%v), want %s at %q", p.Reason, p.Pointer, p, tt.reason, tt.pointer)
			}
			if p.Line < 7 || p.Want == "" {
				t.Errorf("line %d, want %q", p.Line, p.Want)
			}
		})
	}
}

func TestUnknownTypeIsKept(t *testing.T) {
	e, p := event.Decode(with("weather.changed", `{"from":"a","anything":[1]}`), 1, event.Limits{})
	if p != nil || e.Type != "weather.changed" {
		t.Fatalf("%v %v", e, p)
	}
}

func TestEveryTypeNamesWhatItRequires(t *testing.T) {
	for _, typ := range event.Types() {
		_, p := event.Decode(with(string(typ), `{}`), 1, event.Limits{})
		if p == nil || p.Reason != event.Missing || !strings.HasPrefix(p.Pointer, "/data/") || p.Pointer == "/data/" {
			t.Errorf("%s: %v", typ, p)
		}
	}
}

func TestParties(t *testing.T) {
	tests := []struct {
		typ, data, actor string
		targets          []string
	}{
		{"message.sent", `{"from":"a","to":["b","c"],"conversation":"k"}`, "a", []string{"b", "c"}},
		{"payment.sent", `{"from":"a","to":"b"}`, "a", []string{"b"}},
		{"account.blocked", `{"by":"a","account":"b"}`, "a", []string{"b"}},
		{"profile.viewed", `{"by":"a","account":"b"}`, "a", []string{"b"}},
		{"post.published", `{"account":"a","post":"p"}`, "a", nil},
		{"moderation.applied", `{"account":"a","action":"x","by":"mod"}`, "a", nil},
		{"group.invited", `{"account":"a","group":"g","by":"b"}`, "a", nil},
	}
	for _, tt := range tests {
		t.Run(tt.typ, func(t *testing.T) {
			e, p := event.Decode(with(tt.typ, tt.data), 1, event.Limits{})
			if p != nil {
				t.Fatal(p)
			}
			if e.Actor() != tt.actor || !cmp.Equal(e.Targets(), tt.targets) {
				t.Errorf("actor %q targets %q", e.Actor(), e.Targets())
			}
		})
	}
}

func TestSplit(t *testing.T) {
	tests := []struct {
		name, in string
		want     []event.Piece
		bad      bool
	}{
		{"one", `{"a":1}`, []event.Piece{{`{"a":1}`, 1}}, false},
		{"one over lines", "\n{\n\"a\":1\n}\n", []event.Piece{{"{\n\"a\":1\n}", 2}}, false},
		{"lines", "{\"a\":1}\n\n{\"b\":2}\r\n", []event.Piece{{`{"a":1}`, 1}, {`{"b":2}`, 3}}, false},
		{"a broken line between", "{\"a\":1}\n{\"b\":\n{\"c\":3}", []event.Piece{{`{"a":1}`, 1}, {`{"b":`, 2}, {`{"c":3}`, 3}}, false},
		{"array", "[{\"a\":\"]\"},\n {\"b\":\"\\\"\"} ]", []event.Piece{{`{"a":"]"}`, 1}, {`{"b":"\""}`, 2}}, false},
		{"array with a broken one", `[{"a":1},{"a":tru},3]`, []event.Piece{{`{"a":1}`, 1}, {`{"a":tru}`, 1}, {`3`, 1}}, false},
		{"empty array", `[]`, nil, false},
		{"empty", ``, nil, false},
		{"open array", `[{"a":1}`, nil, true},
		{"open object", `[{"a":1]`, nil, true},
		{"after the array", `[] {}`, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, p := event.Split(tt.in)
			if (p != nil) != tt.bad || !cmp.Equal(got, tt.want) {
				t.Errorf("got %+v, %v", got, p)
			}
		})
	}
}

// FuzzDecode compares what is accepted with the standard library: everything accepted must be JSON to it too.
func FuzzDecode(f *testing.F) {
	f.Add(good)
	f.Add(with("payment.sent", `{"from":"a","to":"b","amount":1.5e3}`))
	f.Add(`{"a":"\ud83d\ude00","b":[1,2,{}]}`)
	f.Fuzz(func(t *testing.T, s string) {
		e, p := event.Decode(s, 1, event.Limits{})
		if p != nil {
			if p.Want == "" || p.Line < 1 {
				t.Errorf("problem without words: %+v", p)
			}
			return
		}
		if !json.Valid([]byte(s)) {
			t.Errorf("accepted what is not JSON: %q", s)
		}
		if e.ID == "" || e.Source == "" || e.Type == "" {
			t.Errorf("accepted without an identity: %q", s)
		}
	})
}

// FuzzSplit checks that splitting never loses a byte that matters.
func FuzzSplit(f *testing.F) {
	f.Add("{\"a\":1}\n{\"b\":2}")
	f.Add(`[{"a":"]"},{}]`)
	f.Fuzz(func(t *testing.T, s string) {
		pieces, p := event.Split(s)
		if p != nil {
			return
		}
		n := 0
		for _, piece := range pieces {
			if !strings.Contains(s, piece.Text) {
				t.Fatalf("piece %q is not of the body", piece.Text)
			}
			n += len(piece.Text)
		}
		if n > len(s) {
			t.Errorf("%d bytes out of %d", n, len(s))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.SetBytes(int64(len(good)))
	b.ReportAllocs()
	for range b.N {
		if _, p := event.Decode(good, 1, event.Limits{}); p != nil {
			b.Fatal(p)
		}
	}
}

// BenchmarkStandard is the plain way, for the ratio.
func BenchmarkStandard(b *testing.B) {
	b.SetBytes(int64(len(good)))
	b.ReportAllocs()
	for range b.N {
		var v map[string]any
		if err := json.Unmarshal([]byte(good), &v); err != nil {
			b.Fatal(err)
		}
	}
}
