package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"haris/internal/event"
	"haris/internal/pipeline"
)

var update = flag.Bool("update", false, "write golden files")

// TestDocument compares the document with the one that is kept, so that a change of the contract is seen in review.
func TestDocument(t *testing.T) {
	b := setup(t)
	const path = "testdata/openapi.json"
	var got bytes.Buffer
	if err := json.Indent(&got, b.do(t, call{method: "GET", path: "/openapi.json"}).Body.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("(-want +got; -update writes it)\n%s", d)
	}
	w := b.do(t, call{method: "GET", path: "/openapi.yaml"})
	if !strings.Contains(w.Body.String(), "openapi: 3.1.0") || w.Header().Get("Content-Type") != "application/openapi+yaml" {
		t.Errorf("YAML: %.100s", w.Body)
	}
}

func operation(o *huma.OpenAPI, method, path string) *huma.Operation {
	item := o.Paths[path]
	switch {
	case item == nil:
		return nil
	case method == http.MethodPost:
		return item.Post
	}
	return item.Get
}

// answerCase is a call that produces one documented status of one operation.
type answerCase struct {
	op     string
	status int
	call   call
	change func(*bench)
}

// with is a call that is changed.
func with(c call, change func(*call)) call { change(&c); return c }

func eventCases() []answerCase {
	letters, replay := "/v1/letters", "/v1/letters/{id}/replay"
	good := post(ev("e-1"))
	list, again := call{method: "GET", path: letters, key: "all"}, call{method: "POST", path: "/v1/letters/l-1/replay", key: "all"}
	fail := func(err error) func(*bench) { return func(b *bench) { b.ingest.fail = func(int) error { return err } } }
	lettersFail := func(err error) func(*bench) { return func(b *bench) { b.letters.err = err } }
	return []answerCase{
		{"/v1/events", 200, good, nil},
		{"/v1/events", 200, with(post("["+ev("e-1")+",{}]"), func(c *call) { c.path += "?verdict=true" }), nil},
		{"/v1/events", 202, with(good, func(c *call) { c.path += "?verdict=true" }), func(b *bench) {
			b.ingest.hold, b.ingest.began = make(chan struct{}), make(chan struct{})
			b.alarm <- noon()
		}},
		{"/v1/events", 400, post("["), nil},
		{"/v1/events", 401, with(good, func(c *call) { c.key = "" }), nil},
		{"/v1/events", 403, with(good, func(c *call) { c.key = "health" }), nil},
		{"/v1/events", 413, post(strings.Repeat("x", limits().BodyBytes+1)), nil},
		{"/v1/events", 415, with(good, func(c *call) { c.media = "text/plain" }), nil},
		{"/v1/events", 415, with(good, func(c *call) { c.encoding = "br" }), nil},
		{"/v1/events", 429, good, fail(pipeline.ErrFull)},
		{"/v1/events", 500, good, func(b *bench) { b.ingest.short = true }},
		{"/v1/events", 503, good, fail(pipeline.ErrClosed)},
		{letters, 200, list, nil},
		{letters, 400, with(list, func(c *call) { c.path += "?limit=0" }), nil},
		{letters, 401, with(list, func(c *call) { c.key = "wrong" }), nil},
		{letters, 403, with(list, func(c *call) { c.key = "events" }), nil},
		{letters, 503, list, lettersFail(errDisk)},
		{replay, 200, again, nil},
		{replay, 400, with(again, func(c *call) { c.path += "?x=1" }), nil},
		{replay, 401, with(again, func(c *call) { c.key = "wrong" }), nil},
		{replay, 403, with(again, func(c *call) { c.key = "events" }), nil},
		{replay, 404, call{method: "POST", path: "/v1/letters/none/replay", key: "all"}, nil},
		{replay, 429, again, lettersFail(pipeline.ErrFull)},
		{replay, 503, again, lettersFail(pipeline.ErrClosed)},
		{"/healthz", 200, call{method: "GET", path: "/healthz"}, nil},
		{"/readyz", 200, call{method: "GET", path: "/readyz", key: "health"}, nil},
		{"/readyz", 401, call{method: "GET", path: "/readyz", key: "wrong"}, nil},
		{"/readyz", 503, call{method: "GET", path: "/readyz"}, func(b *bench) { b.ready.database = false }},
	}
}

// TestDocumentIsTrue produces every documented status of every operation and holds the answer against its schema.
func TestDocumentIsTrue(t *testing.T) {
	cases := slices.Concat(eventCases(), mediaCases(), bankCases(), hmaCases())
	doc, err := newDocument("1", limits())
	if err != nil {
		t.Fatal(err)
	}
	produced := map[string]bool{}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%s %d", c.op, c.status), func(t *testing.T) {
			b := setup(t)
			if c.change != nil {
				c.change(b)
			}
			w := b.do(t, c.call)
			if b.ingest.hold != nil {
				close(b.ingest.hold)
			}
			if w.Code != c.status {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			resp := operation(doc.open, c.call.method, c.op).Responses[strconv.Itoa(c.status)]
			if resp == nil {
				t.Fatal("not documented")
			}
			for name := range resp.Headers {
				if w.Header().Get(name) == "" && !strings.HasPrefix(name, "Accept-") {
					t.Errorf("the documented header %s is not there", name)
				}
			}
			media := resp.Content[w.Header().Get("Content-Type")]
			if media == nil {
				t.Fatalf("Content-Type %s is not documented", w.Header().Get("Content-Type"))
			}
			body := w.Body.Bytes()
			if strings.HasPrefix(w.Header().Get("Content-Type"), "text/") {
				body = []byte(strconv.Quote(w.Body.String()))
			}
			conforms(t, doc.open, media.Schema, body)
			produced[c.call.method+c.op+strconv.Itoa(c.status)] = true
		})
	}
	for path, item := range doc.open.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post} {
			if op == nil {
				continue
			}
			for status := range op.Responses {
				if !produced[method+path+status] {
					t.Errorf("%s %s: status %s is documented and no test produces it", method, path, status)
				}
			}
		}
	}
}

func conforms(t *testing.T, o *huma.OpenAPI, s *huma.Schema, body []byte) {
	t.Helper()
	for _, err := range violations(t, o, s, body) {
		t.Errorf("against the schema: %v in %s", err, body)
	}
}

func violations(t *testing.T, o *huma.OpenAPI, s *huma.Schema, body []byte) []error {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	var res huma.ValidateResult
	huma.Validate(o.Components.Schemas, s, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, &res)
	return res.Errors
}

// TestEveryRouteIsDocumented but for the document itself.
func TestEveryRouteIsDocumented(t *testing.T) {
	doc, err := newDocument("1", limits())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, rt := range routes() {
		if strings.HasPrefix(rt.pattern, "/openapi") {
			continue
		}
		n++
		op := operation(doc.open, rt.method, rt.pattern)
		if op == nil {
			t.Errorf("%s %s is not documented", rt.method, rt.pattern)
			continue
		}
		var params []string
		for _, p := range op.Parameters {
			if p.In == "query" {
				params = append(params, p.Name)
			}
		}
		slices.Sort(params)
		if d := cmp.Diff(slices.Sorted(slices.Values(rt.query)), params); d != "" {
			t.Errorf("%s: parameters %s", rt.pattern, d)
		}
		if (rt.scope != "") != (len(op.Security) == 1) {
			t.Errorf("%s: security %v", rt.pattern, op.Security)
		}
	}
	documented := 0
	for _, item := range doc.open.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete, item.Patch} {
			if op != nil {
				documented++
			}
		}
	}
	if n != documented {
		t.Errorf("%d operations are documented, %d are there", documented, n)
	}
}

// TestEventSchemaIsThatOfTheDecoder: every documented field is one that the decoder reads (it minds a value of the wrong type), what
// the schema takes the decoder takes, and words that one refuses the other refuses.
func TestEventSchemaIsThatOfTheDecoder(t *testing.T) {
	doc, err := newDocument("1", limits())
	if err != nil {
		t.Fatal(err)
	}
	schemas := doc.open.Components.Schemas.Map()
	wrap := func(data string) string {
		return `{"specversion":"1.0","id":"1","source":"/chat","type":"x","time":"2026-01-02T11:00:00Z","data":` + data + `}`
	}
	decode := func(s string) *event.Problem { _, p := event.Decode(s, 1, event.Limits{}); return p }
	if p := decode(wrap("{}")); p != nil {
		t.Fatal(p)
	}
	for name := range schemas["Data"].Properties {
		if name == "filters" { // takes anything in an object
			continue
		}
		p := decode(wrap(fmt.Sprintf(`{%q:[[[]]]}`, name)))
		if p == nil || !strings.HasPrefix(p.Pointer, "/data/"+name) {
			t.Errorf("data.%s is documented, but the decoder does not read it: %v", name, p)
		}
	}
	for holder, fields := range map[string]map[string]*huma.Schema{"keys": schemas["Key"].Properties, "media": schemas["Media"].Properties} {
		for name := range fields {
			if p := decode(wrap(fmt.Sprintf(`{%q:[{%q:[[]]}]}`, holder, name))); p == nil || p.Pointer != "/data/"+holder+"/0/"+name {
				t.Errorf("%s.%s is documented, but the decoder does not read it: %v", holder, name, p)
			}
		}
	}
	for name, s := range schemas["Data"].Properties {
		for _, word := range s.Enum {
			if p := decode(wrap(fmt.Sprintf(`{%q:%q}`, name, word))); p != nil {
				t.Errorf("data.%s: the schema takes %q, the decoder does not", name, word)
			}
		}
	}
	for name, body := range map[string]string{
		"good": ev("1"), "free fields": strings.Replace(ev("1"), `"data":{`, `"more":1,"data":{"more":[],`, 1),
		"rich": wrap(`{"account":"a","age_band":"u13","keys":[{"kind":"device","hash":"h"}],"media":[{"id":"m","kind":"image","bytes":1}],"price":{"amount":1,"currency":"EUR"},
			"stage_scores":{"S1":0.5},"filters":{"age":"13-15"},"created_at":"2025-01-01T00:00:00Z","to":"b","port":443}`),
	} {
		conforms(t, doc.open, schemas["Event"], []byte(body))
		if p := decode(body); p != nil {
			t.Errorf("%s: %v", name, p)
		}
	}
	for name, body := range map[string]string{
		"no id": strings.Replace(ev("1"), `"id":"1",`, "", 1), "bad band": wrap(`{"age_band":"12"}`), "version": strings.Replace(ev("1"), "1.0", "2.0", 1),
		"long id": ev(strings.Repeat("x", 257)), "port": wrap(`{"port":70000}`), "key without kind": wrap(`{"keys":[{"hash":"h"}]}`), "score": wrap(`{"stage_scores":{"S1":1e9}}`),
	} {
		if len(violations(t, doc.open, schemas["Event"], []byte(body))) == 0 || decode(body) == nil {
			t.Errorf("%s: taken by the schema or by the decoder", name)
		}
	}
	for _, typ := range event.Types() {
		if !bytes.Contains(doc.json, []byte(`"`+string(typ)+`"`)) {
			t.Errorf("%s is not in the document", typ)
		}
	}
}
