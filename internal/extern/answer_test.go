package extern_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"haris/internal/extern"
)

// policy is a small policy of three stages.
func policy(t testing.TB) *extern.Policy {
	t.Helper()
	p, err := extern.ReadPolicy([]byte("policy: small\nstages:\n  S4: {definition: secrecy, examples: [keep this between us]}\n  S5: {definition: elsewhere}\n  T4: {definition: money for another}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

// short writes an answer in few words.
func short(a extern.Answer) string {
	var out []string
	for _, f := range a {
		switch {
		case f.Unscanned != "":
			out = append(out, f.Stage+":"+f.Unscanned)
		case f.Quote != "":
			out = append(out, f.Stage+":"+f.Quote)
		default:
			out = append(out, f.Stage+":"+map[bool]string{true: "-", false: "+"}[f.Nats <= 0])
		}
	}
	return strings.Join(out, " ")
}

// reason is the reason of an error.
func reason(err error) string {
	var e *extern.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

const message = "add me on the other app, keep this between us"

func TestReadLabels(t *testing.T) {
	const no = `{"stage":"S5","present":0,"quote":"","rationale":""},{"stage":"T4","present":0,"quote":"","rationale":""}`
	one := func(s string) string { return `{"answers":[` + s + `,` + no + `]}` }
	for _, tt := range []struct{ name, text, content, want, reason string }{
		{"all of it", message, one(`{"stage":"S4","present":1,"quote":"keep this between us","rationale":"It asks for secrecy."}`), "S4:keep this between us S5:- T4:-", ""},
		{"by span", message, one(`{"stage":"S4","present":1,"quote_span":[25,45],"rationale":""}`), "S4:keep this between us S5:- T4:-", ""},
		{"by span in Arabic", "لا تخبر أحدا", one(`{"stage":"S4","present":1,"quote_span":[0,7],"rationale":""}`), "S4:لا تخبر S5:- T4:-", ""},
		{"both, and the same", message, one(`{"stage":"S4","present":1,"quote":"keep","quote_span":[25,29],"rationale":""}`), "S4:keep S5:- T4:-", ""},
		{"both, and not the same", message, one(`{"stage":"S4","present":1,"quote":"keep","quote_span":[0,3],"rationale":""}`), "S4:misquoted S5:- T4:-", ""},
		{"an invented quotation", message, one(`{"stage":"S4","present":1,"quote":"tell nobody","rationale":""}`), "S4:misquoted S5:- T4:-", ""},
		{"another case of letters", message, one(`{"stage":"S4","present":1,"quote":"Keep this","rationale":""}`), "S4:misquoted S5:- T4:-", ""},
		{"a blank as quotation", message, one(`{"stage":"S4","present":1,"quote":" ","rationale":""}`), "S4:misquoted S5:- T4:-", ""},
		{"no quotation", message, one(`{"stage":"S4","present":1,"rationale":""}`), "S4:misquoted S5:- T4:-", ""},
		{"a span beyond the end", message, one(`{"stage":"S4","present":1,"quote_span":[25,4500],"rationale":""}`), "S4:misquoted S5:- T4:-", ""},
		{"a span before the beginning", message, one(`{"stage":"S4","present":1,"quote_span":[-1,4],"rationale":""}`), "S4:misquoted S5:- T4:-", ""},
		{"an empty span", message, one(`{"stage":"S4","present":1,"quote_span":[4,4],"rationale":""}`), "S4:misquoted S5:- T4:-", ""},
		{"unsure", message, one(`{"stage":"S4","present":"unsure","quote":"","rationale":""}`), "S4:unsure S5:- T4:-", ""},
		{"half an answer", message, `{"answers":[{"stage":"T4","present":0,"quote":"","rationale":""}]}`, "S4:missing S5:missing T4:-", ""},
		{"none", message, `{"answers":[]}`, "S4:missing S5:missing T4:missing", ""},
		{"yes as a word", message, one(`{"stage":"S4","present":true,"quote":"keep","rationale":""}`), "", extern.Malformed},
		{"a share", message, one(`{"stage":"S4","present":0.9,"quote":"keep","rationale":""}`), "", extern.Malformed},
		{"nothing said", message, one(`{"stage":"S4","quote":"keep","rationale":""}`), "", extern.Malformed},
		{"twice", message, one(`{"stage":"S5","present":1,"quote":"keep","rationale":""}`), "", extern.Malformed},
		{"what was not asked", message, one(`{"stage":"S7","present":0,"quote":"","rationale":""}`), "", extern.Malformed},
		{"a field of its own", message, one(`{"stage":"S4","present":0,"action":"ban"}`), "", extern.Malformed},
		{"a field beside", message, `{"answers":[],"close_case":true}`, "", extern.Malformed},
		{"words around it", message, "Sure! " + one(`{"stage":"S4","present":0}`), "", extern.Malformed},
		{"two answers", message, one(`{"stage":"S4","present":0}`) + one(`{"stage":"S4","present":0}`), "", extern.Malformed},
		{"cut off", message, `{"answers":[{"stage":"S4","pres`, "", extern.Malformed},
		{"prose", message, "I cannot help with that.", "", extern.Malformed},
		{"nothing", message, "", "", extern.Malformed},
		{"a span of three", message, one(`{"stage":"S4","present":1,"quote_span":["a"],"rationale":""}`), "", extern.Malformed},
		{"too long", message, strings.Repeat(" ", 70<<10) + `{"answers":[]}`, "", extern.Malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := extern.ReadLabels(policy(t), tt.text, tt.content)
			if short(got) != tt.want || reason(err) != tt.reason || (err != nil) != (tt.reason != "") {
				t.Errorf("%q, %v; want %q, %q", short(got), err, tt.want, tt.reason)
			}
			if err != nil && (strings.Contains(err.Error(), "ban") || strings.Contains(err.Error(), "close_case")) {
				t.Errorf("the error repeats what the endpoint wrote: %v", err)
			}
		})
	}
}

func TestReadScores(t *testing.T) {
	for _, tt := range []struct{ name, body, want, reason string }{
		{"all", `{"version":1,"scores":{"S4":1.5,"S5":-0.5,"T4":0}}`, "S4:+ S5:- T4:-", ""},
		{"some", `{"scores":{"S4":1.5}}`, "S4:+ S5:missing T4:missing", ""},
		{"one that it cannot say", `{"scores":{"S4":null,"S5":1,"T4":1}}`, "S4:missing S5:+ T4:+", ""},
		{"NaN", `{"scores":{"S4":NaN}}`, "", extern.Malformed},
		{"NaN as a word", `{"scores":{"S4":"NaN"}}`, "", extern.Malformed},
		{"beyond every number", `{"scores":{"S4":1e999}}`, "", extern.Malformed},
		{"beyond every sense", `{"scores":{"S4":1e6}}`, "", extern.Malformed},
		{"a stage that is none", `{"scores":{"S4":1,"S99":1}}`, "", extern.Malformed},
		{"another version", `{"version":2,"scores":{"S4":1}}`, "", extern.Malformed},
		{"no scores", `{}`, "", extern.Malformed},
		{"a list", `[1,2]`, "", extern.Malformed},
		{"a field of its own", `{"scores":{},"block":true}`, "", extern.Malformed},
		{"something behind", `{"scores":{}} {}`, "", extern.Malformed},
		{"no UTF-8", "{\"scores\":{\"S4\xff\":1}}", "", extern.Malformed},
		{"a page", `<html>`, "", extern.Malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := extern.ReadScores(policy(t), []byte(tt.body))
			if short(got) != tt.want || reason(err) != tt.reason || (err != nil) != (tt.reason != "") {
				t.Errorf("%q, %v; want %q, %q", short(got), err, tt.want, tt.reason)
			}
		})
	}
	got, err := extern.ReadScores(policy(t), []byte(`{"scores":{"S4":700,"S5":-700}}`))
	if err != nil || got[0].Nats != extern.MaxNats || got[1].Nats != -extern.MaxNats {
		t.Errorf("not cut to ±%g: %+v, %v", extern.MaxNats, got, err)
	}
}

func TestReadChat(t *testing.T) {
	for _, tt := range []struct{ name, body, want, reason string }{
		{"more fields than we know", `{"id":"x","usage":{"n":1},"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"{\"answers\":[]}"}}]}`, "S4:missing S5:missing T4:missing", ""},
		{"no choice", `{"choices":[]}`, "", extern.Malformed},
		{"two choices", `{"choices":[{},{}]}`, "", extern.Malformed},
		{"refused", `{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"No."}}]}`, "", extern.Declined},
		{"cut off", `{"choices":[{"finish_reason":"length","message":{"content":"{\"answers\":["}}]}`, "", extern.Declined},
		{"filtered", `{"choices":[{"finish_reason":"content_filter","message":{"content":""}}]}`, "", extern.Declined},
		{"tools", `{"choices":[{"message":{"content":"{\"answers\":[]}","tool_calls":[{"id":"1"}]}}]}`, "", extern.Malformed},
		{"an error with status 200", `{"error":{"message":"no"}}`, "", extern.Malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := extern.ReadChat(policy(t), message, []byte(tt.body))
			if short(got) != tt.want || reason(err) != tt.reason {
				t.Errorf("%q, %v; want %q, %q", short(got), err, tt.want, tt.reason)
			}
		})
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"  two\n\tlines ": "two lines", "\u202eevil\u202c": "evil", "a\x00b\u200bc": "abc", "abcdefghijkl": "abcdefghij", "ابجدهوزحط": "ابجده", "می\u200cروم": "می\u200cر",
		"\xff": "", "123456789 x": "123456789",
	} {
		if got := extern.Plain(in, 10); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// check is what holds of every answer, whatever an endpoint wrote.
func check(t *testing.T, p *extern.Policy, text string, a extern.Answer, err error) {
	t.Helper()
	if err != nil {
		if a != nil || reason(err) == "" {
			t.Fatalf("%+v, %v", a, err)
		}
		return
	}
	if len(a) != len(p.Stages) {
		t.Fatalf("%d findings, %d stages", len(a), len(p.Stages))
	}
	for i, f := range a {
		switch {
		case f.Stage != p.Stages[i].Name, math.IsNaN(f.Nats), math.Abs(f.Nats) > extern.MaxNats, len(f.Quote) > 160, len(f.Rationale) > 240:
			t.Fatalf("%+v", f)
		case f.Unscanned != "" && (f.Nats != 0 || f.Quote != ""):
			t.Fatalf("an answer that is none weighs: %+v", f)
		case strings.ContainsAny(f.Quote+f.Rationale, "\n\r\x00\u202e\u2066"):
			t.Fatalf("%q %q", f.Quote, f.Rationale)
		}
	}
}

func FuzzReadLabels(f *testing.F) {
	f.Add(message, `{"answers":[{"stage":"S4","present":1,"quote":"keep","quote_span":[25,29],"rationale":"x"}]}`)
	f.Add("لا تخبر", `{"answers":[{"stage":"S5","present":"unsure"},{"stage":"T4","present":1,"quote_span":[0,2]}]}`)
	p := policy(f)
	f.Fuzz(func(t *testing.T, text, content string) {
		a, err := extern.ReadLabels(p, text, content)
		check(t, p, text, a, err)
		for _, g := range a {
			if g.Quote != "" && !strings.Contains(extern.Plain(text, len(text)), g.Quote) {
				t.Fatalf("%q does not stand in %q", g.Quote, text)
			}
		}
	})
}

func FuzzReadScores(f *testing.F) {
	f.Add([]byte(`{"version":1,"model":"m","scores":{"S4":1e3,"S5":null,"T4":-0.1}}`))
	p := policy(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := extern.ReadScores(p, b)
		check(t, p, "", a, err)
	})
}

func FuzzReadChat(f *testing.F) {
	f.Add([]byte(`{"choices":[{"finish_reason":"stop","message":{"content":"{\"answers\":[]}"}}]}`))
	p := policy(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := extern.ReadChat(p, message, b)
		check(t, p, message, a, err)
	})
}
