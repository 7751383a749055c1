package api

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/internal/bank"
)

// bankCases produce what is documented of the paths of banks.
func bankCases() (out []answerCase) {
	fails := func(b *bench) { b.banks.err = errDisk }
	for op, path := range map[string]string{"/v1/banks": "", "/v1/banks/{bank}": "/list", "/v1/banks/{bank}/entries": "/list/entries"} {
		good := call{method: "GET", path: "/v1/banks" + path, key: "all"}
		out = append(out,
			answerCase{op, 200, good, nil},
			answerCase{op, 400, with(good, func(c *call) { c.path += "?x=1" }), nil},
			answerCase{op, 401, with(good, func(c *call) { c.key = "" }), nil},
			answerCase{op, 403, with(good, func(c *call) { c.key = "events" }), nil},
			answerCase{op, 503, good, fails},
		)
		if path != "" {
			out = append(out, answerCase{op, 404, with(good, func(c *call) { c.path = strings.Replace(c.path, "list", "none", 1) }), nil})
		}
	}
	for _, path := range []string{"", "/5/remove", "/5/confirm", "/5/deny"} {
		op := "/v1/banks/{bank}/entries" + strings.Replace(path, "5", "{entry}", 1)
		good := asking("/v1/banks/list/entries" + path)
		out = append(out,
			answerCase{op, 200, good, nil},
			answerCase{op, 400, with(good, func(c *call) { c.body = `{}` }), nil},
			answerCase{op, 401, with(good, func(c *call) { c.key = "" }), nil},
			answerCase{op, 403, with(good, func(c *call) { c.key = "media" }), nil},
			answerCase{op, 404, with(good, func(c *call) { c.path = strings.Replace(c.path, "list", "none", 1) }), nil},
			answerCase{op, 413, with(good, func(c *call) { c.body = strings.Repeat(" ", limits().BodyBytes+1) }), nil},
			answerCase{op, 415, with(good, func(c *call) { c.media = "text/plain" }), nil},
			answerCase{op, 503, good, fails},
		)
	}
	shared := asking("/v1/banks/list/entries")
	shared.path = "/v1/banks/shared/entries"
	return append(out, answerCase{"/v1/banks/{bank}/entries", 409, shared, nil})
}

func TestBanks(t *testing.T) {
	b := setup(t)
	want := BankLine{
		ID: "list", Name: "List list", Label: "abuse_material", Mode: "enforce", Polarity: "positive", Source: "file", Radius: 31, Quality: 50, Share: 0.8,
		Verdict: "allow", KeepDays: 2, Entries: map[string]int{"pdq": 2}, Week: map[string]int{"match": 1}, Month: map[string]int{"match": 4}, Version: 3,
	}
	if d := cmp.Diff(want, read[BankLine](t, b.do(t, call{method: "GET", path: "/v1/banks/list", key: "media"}), 200)); d != "" {
		t.Error(d)
	}
	all := read[BankList](t, b.do(t, call{method: "GET", path: "/v1/banks", key: "media"}), 200)
	if d := cmp.Diff(want, all.Banks[0]); d != "" || len(all.Banks) != 2 || all.Index != (BankIndex{true, 7, 3, 2, 1}) {
		t.Errorf("%+v %s", all.Index, d)
	}
}

// A page is followed by the next until the end, and tells no person of this installation.
func TestEntries(t *testing.T) {
	b := setup(t)
	get := call{method: "GET", path: "/v1/banks/list/entries?limit=1&state=all&kind=pdq&key=k&hash=md5:" + anMD5, key: "banks"}
	at := noon()
	first := EntryLine{Entry: 5, Kind: "pdq", Value: aPDQ, State: "live", Expires: &at, Origin: Origin{Source: "file", Added: noon()}}
	if d := cmp.Diff(EntryPage{Entries: []EntryLine{first}, Next: 5}, read[EntryPage](t, b.do(t, get), 200)); d != "" {
		t.Error(d)
	}
	asked := bank.Filter{Bank: "list", Kind: bank.PDQ, Key: "k", Hash: bank.Hash{Kind: bank.MD5, Value: anMD5}, Limit: 2}
	if b.banks.filter != asked {
		t.Errorf("asked for %+v", b.banks.filter)
	}
	rest := read[EntryPage](t, b.do(t, call{method: "GET", path: "/v1/banks/list/entries?from=5", key: "banks"}), 200)
	if len(rest.Entries) != 1 || rest.Entries[0].Entry != 6 || rest.Entries[0].State != "removed" || rest.Next != 0 || b.banks.filter.State != bank.Live {
		t.Errorf("%+v", rest)
	}
	for _, bad := range []string{"from=x", "from=-1", "limit=0", "limit=1000", "limit=x", "kind=x", "hash=x", "state=x"} {
		if p := read[Problem](t, b.do(t, call{method: "GET", path: "/v1/banks/list/entries?" + bad, key: "banks"}), 400); p.Code != "bad_parameter" {
			t.Errorf("%s: %+v", bad, p)
		}
	}
}

func TestAddEntries(t *testing.T) {
	b := setup(t)
	c := asking("/v1/banks/list/entries")
	c.body = `{"media":[{"pdq":"` + aPDQ + `","pdq_quality":49,"sha256":"` + anSHA + `"},{"md5":"` + anMD5 + `"},{"md5":"` + anMD5 + `"}],"classification":"B1","reason":" why "}`
	if got := read[AddedEntries](t, b.do(t, c), 200); got != (AddedEntries{Added: 1, There: 1, Left: 1}) {
		t.Errorf("%+v", got)
	}
	want := bank.Addition{Hashes: []bank.Hash{{Kind: bank.SHA256, Value: anSHA}, {Kind: bank.MD5, Value: anMD5}}, Classification: "B1", Note: "why"}
	if d := cmp.Diff(want, b.banks.added); d != "" || b.banks.did != "key/k-all added to list" {
		t.Errorf("%s: %s", b.banks.did, d)
	}
	b.noContentLogged(t)
	b.banks.did, b.banks.none = "", true
	for _, id := range []string{bank.OwnID, bank.ClearedID} {
		c.path = "/v1/banks/" + id + "/entries"
		if read[AddedEntries](t, b.do(t, c), 200); b.banks.did != "key/k-all added to "+id {
			t.Errorf("%s, which is made when it is needed: %s", id, b.banks.did)
		}
	}
	b = setup(t)
	c.body = `{"media":[{"pdq":"` + aPDQ + `","pdq_quality":1}],"reason":"why"}`
	c.path = "/v1/banks/list/entries"
	if got := read[AddedEntries](t, b.do(t, c), 200); got != (AddedEntries{Left: 1}) || b.banks.did != "" {
		t.Errorf("%+v, %s", got, b.banks.did)
	}
}

func TestRemoveAndJudge(t *testing.T) {
	b := setup(t)
	act := func(path, body string, status int) *call {
		return &call{method: "POST", path: "/v1/banks/list/entries/" + path, key: "banks", media: string(formAny), body: body}
	}
	if got := read[Removed](t, b.do(t, *act("5/remove", `{"reason":"why"}`, 200)), 200); !got.Removed || b.banks.did != "key/k-banks retired 5 of list: why" {
		t.Error(got, b.banks.did)
	}
	if got := read[Removed](t, b.do(t, *act("6/remove", `{"reason":"why"}`, 200)), 200); got.Removed {
		t.Error("one that had ended was removed")
	}
	for word, right := range map[string]bool{"confirm": true, "deny": false} {
		got := read[JudgedEntry](t, b.do(t, *act("5/"+word, `{"media":{"md5":"`+anMD5+`","pdq":"`+aPDQ+`","pdq_quality":10},"reason":"why"}`, 200)), 200)
		want := bank.Judgement{Right: right, Why: "why", Hashes: []bank.Hash{{Kind: bank.MD5, Value: anMD5}}}
		if d := cmp.Diff(want, b.banks.judged); d != "" || !got.Changed {
			t.Errorf("%s: %v %s", word, got, d)
		}
	}
}

func TestChangesThatAreRefused(t *testing.T) {
	long := strings.Repeat("x", 1001)
	media := `"media":{"md5":"` + anMD5 + `"}`
	for _, c := range []struct {
		path, body string
		err        error
		status     int
		code       string
	}{
		{"", `{"media":[{"md5":"` + anMD5 + `"}],"reason":" "}`, nil, 400, "no_reason"},
		{"", `{"media":[{"md5":"` + anMD5 + `"}],"reason":"` + long + `"}`, nil, 400, "no_reason"},
		{"", `{"media":[],"reason":"x"}`, nil, 400, "bad_count"},
		{"", `{"media":[{}],"reason":"x"}`, nil, 400, "no_hash"},
		{"", `{"media":[{"url":"https://x.example/","md5":"` + anMD5 + `"}],"reason":"x"}`, nil, 400, "no_hash"},
		{"", `{"media":[{"md5":"x"}],"reason":"x"}`, nil, 400, "bad_hash"},
		{"", `{"media":[{"md5":"` + anMD5 + `"}],"reason":"x","classification":"C3"}`, fmt.Errorf("%w: C3", bank.ErrBank), 503, "unavailable"},
		{"/5/remove", `{"reason":""}`, nil, 400, "no_reason"},
		{"/7/remove", `{"reason":"x"}`, nil, 404, "no_such_entry"},
		{"/x/remove", `{"reason":"x"}`, nil, 404, "no_such_entry"},
		{"/0/remove", `{"reason":"x"}`, nil, 404, "no_such_entry"},
		{"/5/remove", `{"reason":"x"}`, errDisk, 503, "unavailable"},
		{"/5/deny", `{` + media + `}`, nil, 400, "no_reason"},
		{"/5/deny", `{"reason":"x"}`, nil, 400, "no_hash"},
		{"/5/deny", `{"media":{"pdq":"` + aPDQ + `","pdq_quality":20},"reason":"x"}`, nil, 400, "no_hash"},
		{"/5/deny", `{"media":{"pdq":"x"},"reason":"x"}`, nil, 400, "bad_hash"},
		{"/x/deny", `{` + media + `,"reason":"x"}`, nil, 404, "no_such_entry"},
		{"/6/deny", `{` + media + `,"reason":"x"}`, nil, 404, "no_such_entry"},
		{"/5/deny", `{` + media + `,"reason":"x"}`, fmt.Errorf("%w: negative", bank.ErrBank), 400, "not_so"},
		{"/5/deny", `{` + media + `,"reason":"x"}`, bank.ErrHash, 400, "bad_hash"},
		{"/5/confirm", `{` + media + `,"reason":"x"}`, errDisk, 503, "unavailable"},
	} {
		t.Run(c.path+" "+c.code, func(t *testing.T) {
			b := setup(t)
			b.banks.err = c.err
			if c.path == "" && errors.Is(c.err, bank.ErrBank) {
				c.status, c.code = 400, "not_so"
			}
			q := asking("/v1/banks/list/entries")
			q.path, q.body = q.path+c.path, c.body
			if p := read[Problem](t, b.do(t, q), c.status); p.Code != c.code || b.banks.did != "" {
				t.Errorf("%+v, %s", p, b.banks.did)
			}
		})
	}
}
