package api

import (
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/internal/bank"
	"haris/internal/fetch"
	"haris/internal/media"
)

// mediaCases produce what is documented of the paths of media.
func mediaCases() (out []answerCase) {
	deskFails := func(err error) func(*bench) { return func(b *bench) { b.desk.err = err } }
	for path := range goodBodies() {
		if !strings.HasPrefix(path, "/v1/media/") {
			continue
		}
		good := asking(path)
		out = append(out,
			answerCase{path, 200, good, nil},
			answerCase{path, 400, with(good, func(c *call) { c.body = `{"x":1}` }), nil},
			answerCase{path, 401, with(good, func(c *call) { c.key = "wrong" }), nil},
			answerCase{path, 403, with(good, func(c *call) { c.key = "banks" }), nil},
			answerCase{path, 413, with(good, func(c *call) { c.body = strings.Repeat(" ", limits().BodyBytes+1) }), nil},
			answerCase{path, 415, with(good, func(c *call) { c.encoding = "br" }), nil},
			answerCase{path, 503, with(good, func(c *call) { c.key = "broken" }), nil},
		)
	}
	byURL := asking("/v1/media/hash")
	for _, path := range []string{"/v1/media/hash", "/v1/media/lookup"} {
		c := with(byURL, func(c *call) { c.path = path })
		out = append(out,
			answerCase{path, 200, c, nil},
			answerCase{path, 413, c, deskFails(fetch.ErrTooLarge)},
			answerCase{path, 429, c, deskFails(ErrBusy)},
			answerCase{path, 502, c, deskFails(fetch.ErrStatus)},
			answerCase{path, 503, c, deskFails(errDisk)},
		)
	}
	return out
}

func wantHashed() Hashed {
	q := 77
	return Hashed{
		Media:  FileMedia{Kind: "image", Bytes: 8, MD5: anMD5, SHA1: anSHA1, SHA256: anSHA, PDQ: aPDQ, PDQQuality: &q},
		Format: "png", Unscanned: []string{},
	}
}

// A file comes as the body, in a part of it, or by its URL; what it is called changes nothing.
func TestHash(t *testing.T) {
	parts, kind := inParts("photo", "contents")
	for name, c := range map[string]call{
		"body":            {media: "image/gif", body: "contents"},
		"without a type":  {body: "contents"},
		"unreadable type": {media: ";;", body: "contents"},
		"form of a shell": {media: "application/x-www-form-urlencoded", body: "contents"},
		"in parts":        {media: kind, body: parts},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t)
			c.method, c.path, c.key = "POST", "/v1/media/hash", "media"
			if d := cmp.Diff(wantHashed(), read[Hashed](t, b.do(t, c), 200)); d != "" {
				t.Error(d)
			}
			if string(b.desk.took) != "contents" {
				t.Errorf("read %q", b.desk.took)
			}
			b.noContentLogged(t)
		})
	}
	b := setup(t)
	if d := cmp.Diff(wantHashed(), read[Hashed](t, b.do(t, asking("/v1/media/hash")), 200)); d != "" || b.desk.url != "https://media.example.org/1" {
		t.Error(b.desk.url, d)
	}
	b.desk.file = media.File{
		Kind: media.Video, Quality: -1, Media: bank.Media{Hashes: []bank.Hash{{Kind: bank.VPDQ, Value: "[]"}}},
		Left: []bank.Reason{bank.Partial}, Detail: "why",
	}
	want := Hashed{Media: FileMedia{Kind: "video", Hashes: map[string]string{"vpdq": "[]"}}, Unscanned: []string{"partial"}, Detail: "why"}
	if d := cmp.Diff(want, read[Hashed](t, b.do(t, asking("/v1/media/hash")), 200)); d != "" {
		t.Error(d)
	}
	if n := b.count(t, "haris_api_files_unscanned_total", "reason", "partial"); n != 1 {
		t.Errorf("counted %v", n)
	}
}

// What goes wrong with a file is never an answer about it.
func TestFilesThatCannotBeRead(t *testing.T) {
	cut, kind := inParts("photo", "contents")
	plain, plainKind := inParts("photo", strings.Repeat("x", limits().BodyBytes+2<<20))
	good := asking("/v1/media/lookup")
	upload := func(media, body string) call { return with(good, func(c *call) { c.media, c.body = media, body }) }
	byURL := asking("/v1/media/hash")
	for _, c := range []struct {
		name   string
		call   call
		err    error
		status int
		code   string
	}{
		{"nothing", upload("image/png", ""), nil, 400, "empty"},
		{"too long as announced", upload("image/png", strings.Repeat("x", 33<<10)), nil, 413, "file_too_large"},
		{"too long in the spool", upload("image/png", "x"), fmt.Errorf("%w: more", media.ErrTooLarge), 413, "file_too_large"},
		{"too long in a part", upload(plainKind, plain), nil, 413, "file_too_large"},
		{"parts without a file", upload("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--b--\r\n"), nil, 400, "no_file"},
		{"parts that are none", upload("multipart/form-data; boundary=b", "x"), nil, 400, "no_file"},
		{"parts without a boundary", upload("multipart/form-data", "x"), nil, 400, "no_file"},
		{"a part cut short", upload(kind, cut[:len(cut)-70]), nil, 400, "body_cut_short"},
		{"squeezed", with(upload("image/png", "x"), func(c *call) { c.encoding = "gzip" }), nil, 415, "content_encoding"},
		{"busy", upload("image/png", "x"), ErrBusy, 429, "busy"},
		{"a full disk", upload("image/png", "x"), errDisk, 503, "unavailable"},
		{"no url", with(byURL, func(c *call) { c.body = `{}` }), nil, 400, "no_file"},
		{"a url that is not allowed", byURL, fmt.Errorf("%w: %s", fetch.ErrRefused, private), 400, "url_refused"},
		{"a server without the file", byURL, fetch.ErrStatus, 502, "fetch_failed"},
		{"a server that cannot be reached", byURL, fetch.ErrFailed, 502, "fetch_failed"},
		{"a file too long to fetch", byURL, fetch.ErrTooLarge, 413, "file_too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			b.desk.err = c.err
			if p := read[Problem](t, b.do(t, c.call), c.status); p.Code != c.code {
				t.Errorf("code %q, want %q", p.Code, c.code)
			}
			if b.desk.matched != nil || b.count(t, "haris_api_lookups_total", "answer", "clean") > 0 {
				t.Error("something was answered about it")
			}
		})
	}
}

// A body that breaks off is the caller's, whatever the spool says of it.
func TestAnUploadThatBreaksOff(t *testing.T) {
	b := setup(t)
	r := httptest.NewRequest("POST", "/v1/media/lookup", io.MultiReader(strings.NewReader("x"), failing{}))
	r.Header.Set("Authorization", "Bearer media")
	w := newRecorder()
	b.handler.ServeHTTP(w, r)
	if p := read[Problem](t, w, 400); p.Code != "body_cut_short" {
		t.Errorf("%+v", p)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("reset") }

func TestLookup(t *testing.T) {
	b := setup(t)
	found := Found{
		Outcome: "match", Bank: "hotline", Name: "List hotline", Label: "abuse_material", Verdict: "hold", Kind: "pdq", Distance: 9, Radius: 31,
		Classification: "B2", Entry: 5, Entries: 2, Origin: Origin{Source: "file", List: "list-1", Key: "r-5", Owner: "NGO", Added: noon()},
	}
	vetoed := found
	vetoed.Outcome, vetoed.Bank, vetoed.Name, vetoed.VetoedBy = "vetoed", "other", "List other", &Vetoed{"own-cleared", 9, "pdq", 2}
	want := LookedUp{ID: "m-1", Answer: "match", Reasons: []string{}, Results: []Found{found, vetoed}, Version: 7}
	c := asking("/v1/media/lookup")
	c.body = `{"id":"m-1","pdq":"` + aPDQ + `","pdq_quality":50,"hashes":{"netclean":"abcdefgh"}}`
	if d := cmp.Diff(want, read[LookedUp](t, b.do(t, c), 200)); d != "" {
		t.Error(d)
	}
	asked := []bank.Media{{ID: "m-1", Quality: 50, Hashes: []bank.Hash{{Kind: bank.PDQ, Value: aPDQ}, {Kind: bank.NetClean, Value: "abcdefgh"}}}}
	if d := cmp.Diff(asked, b.desk.matched); d != "" {
		t.Error(d)
	}
	b.noContentLogged(t)
	if strings.Contains(b.log.String(), aPDQ) {
		t.Error("a hash is in the log")
	}
	file := wantHashed()
	file.Unscanned = []string{"partial"}
	b.desk.file.Left = []bank.Reason{bank.Partial}
	want.ID, want.File, want.Reasons = "", &file, []string{"partial"}
	upload := call{method: "POST", path: "/v1/media/lookup", key: "media", body: "contents"}
	if d := cmp.Diff(want, read[LookedUp](t, b.do(t, upload), 200)); d != "" {
		t.Error(d)
	}
	b.desk.answer = &bank.Decision{Answer: bank.Clean}
	if got := read[LookedUp](t, b.do(t, upload), 200); got.Answer != "unscanned" || len(got.Results) != 0 {
		t.Errorf("of what was looked at in part: %+v", got)
	}
	b.desk.file.Left = nil
	if got := read[LookedUp](t, b.do(t, upload), 200); got.Answer != "clean" {
		t.Errorf("%+v", got)
	}
	b.desk.notYet = true
	if got := read[LookedUp](t, b.do(t, upload), 200); got.Answer != "unscanned" || got.Reasons[0] != "not_loaded" {
		t.Errorf("%+v", got)
	}
	for answer, n := range map[string]float64{"match": 2, "clean": 1, "unscanned": 2} {
		if got := b.count(t, "haris_api_lookups_total", "answer", answer); got != n {
			t.Errorf("%s: counted %v, want %v", answer, got, n)
		}
	}
}

func TestQuestionsThatCannotBeRead(t *testing.T) {
	thousand := `{"media":[` + strings.Repeat(`{},`, 1000) + `{}]}`
	for _, c := range []struct{ path, body, code string }{
		{"lookup", `{}`, "no_media"},
		{"lookup", `{"id":"x"}`, "no_media"},
		{"lookup", `{"md5":"x"}`, "bad_hash"},
		{"lookup", `{"sha1":"x"}`, "bad_hash"},
		{"lookup", `{"sha256":"x"}`, "bad_hash"},
		{"lookup", `{"pdq":"x"}`, "bad_hash"},
		{"lookup", `{"pdq":"` + aPDQ + `","pdq_quality":101}`, "bad_hash"},
		{"lookup", `{"hashes":{"vpdq":"x"}}`, "bad_hash"},
		{"lookup", `{"hashes":{"photodna":"x"}}`, "bad_hash"},
		{"lookup", `{"hashes":{"tmk":"x"}}`, "bad_hash"},
		{"lookup", `{"hashes":{"netclean":"x"}}`, "bad_hash"},
		{"lookup", `{"hashes":{"` + private + `":"x"}}`, "bad_hash"},
		{"lookup", `{"hashes":{"` + private + `":1}}`, "bad_json"},
		{"lookup", `{"md5":1}`, "bad_json"},
		{"lookup", `{"` + private + `":1}`, "bad_json"},
		{"lookup", `{"md5":"` + anMD5 + `"}{}`, "bad_json"},
		{"lookup", `{"md5":"` + anMD5 + `","url":"https://x.example/"}`, "url_and_hashes"},
		{"lookup/batch", `{"media":[]}`, "bad_count"},
		{"lookup/batch", thousand, "bad_count"},
		{"lookup/batch", `{"media":[{"url":"https://x.example/"}]}`, "url_in_batch"},
		{"lookup/batch", `[]`, "bad_json"},
		{"compare", `{"kind":"` + private + `","hashes":[]}`, "bad_kind"},
		{"compare", `{"kind":"pdq","hashes":["` + aPDQ + `"]}`, "bad_count"},
		{"compare", `{"kind":"pdq","hashes":["` + aPDQ + `","x"]}`, "bad_hash"},
		{"compare", `{"kind":"pdq","hashes":["x","` + aPDQ + `"]}`, "bad_hash"},
	} {
		t.Run(c.path+" "+c.code, func(t *testing.T) {
			b := setup(t)
			p := read[Problem](t, b.do(t, with(asking("/v1/media/compare"), func(q *call) { q.path, q.body = "/v1/media/"+c.path, c.body })), 400)
			if p.Code != c.code || p.Expected == "" {
				t.Errorf("%s: %+v", c.body, p)
			}
			if b.desk.asked() {
				t.Error("it was asked all the same")
			}
		})
	}
	b := setup(t)
	for _, path := range []string{"/v1/media/lookup/batch", "/v1/media/compare"} {
		if p := read[Problem](t, b.do(t, with(asking(path), func(c *call) { c.media = "text/plain" })), 415); len(p.Allowed) != 1 {
			t.Errorf("%+v", p)
		}
	}
}

// One that cannot be read is unscanned, and the others are answered in their places.
func TestBatch(t *testing.T) {
	b := setup(t)
	c := asking("/v1/media/lookup/batch")
	c.body = `{"media":[{"id":"1","md5":"` + anMD5 + `"},{"id":"2","pdq":"x"},{"id":"3","pdq":"` + aPDQ + `","sha1":"x"},{"id":"4"},{"id":"5","pdq":"` + aPDQ + `"},
		{"id":"6","md5":"` + anMD5 + `","hashes":{"other":"x"}}]}`
	var got []string
	for _, m := range read[LookedUpBatch](t, b.do(t, c), 200).Media {
		got = append(got, m.ID+" "+m.Answer+" "+strings.Join(m.Reasons, ","))
	}
	want := []string{"1 clean ", "2 unscanned bad_hash,no_hash", "3 match bad_hash", "4 unscanned no_hash", "5 match ", "6 unscanned bad_hash"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !strings.Contains(b.log.String(), "match=2") || !strings.Contains(b.log.String(), "unscanned=3") {
		t.Error(b.log)
	}
}

func TestCompare(t *testing.T) {
	b := setup(t)
	got := read[Compared](t, b.do(t, asking("/v1/media/compare")), 200)
	if got.Kind != "pdq" || got.Equal || got.Distance == nil || *got.Distance == 0 || got.Turned == nil || got.Turned.Distance > *got.Distance || got.Shares != nil {
		t.Errorf("%+v", got)
	}
	same := asking("/v1/media/compare")
	same.body = `{"kind":"md5","hashes":["` + anMD5 + `","` + strings.ToUpper(anMD5) + `"]}`
	if d := cmp.Diff(Compared{Kind: "md5", Equal: true}, read[Compared](t, b.do(t, same), 200)); d != "" {
		t.Error(d)
	}
}
