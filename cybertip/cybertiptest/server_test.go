package cybertiptest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

// clock is a clock that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// bundle is a fresh server with a raw HTTP user.
type bundle struct {
	t      *testing.T
	server *cybertiptest.Server
	clock  *clock
	url    string
	user   string
}

func setup(t *testing.T, opt cybertiptest.Options) *bundle {
	t.Helper()
	b := &bundle{t: t, clock: &clock{t: time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)}, user: "alpha"}
	opt.Clock = b.clock.now
	opt.Users = map[string]string{"alpha": "secret-a", "beta": "secret-b"}
	b.server = cybertiptest.NewServer(opt)
	hs := httptest.NewServer(b.server)
	t.Cleanup(hs.Close)
	t.Cleanup(b.server.Release)
	b.url = hs.URL + cybertiptest.BasePath
	return b
}

type reply struct {
	status int
	header http.Header
	code   cybertip.Code
	text   string
	doc    *cybertip.ReportResponse
	body   string
}

func (b *bundle) do(method, path, contentType, body string) reply {
	b.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if b.user != "" {
		req.SetBasicAuth(b.user, map[string]string{"alpha": "secret-a", "beta": "secret-b"}[b.user])
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	data, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		b.t.Fatal(err)
	}
	out := reply{status: resp.StatusCode, header: resp.Header, body: string(data), code: cybertip.CodeNone}
	if doc, err := cybertip.DecodeReportResponse(data); err == nil {
		out.doc, out.code, out.text = doc, cybertip.Code(doc.ResponseCode), doc.ResponseDescription
	} else if done, err := cybertip.DecodeReportDoneResponse(data); err == nil {
		out.code = cybertip.Code(done.ResponseCode)
	}
	return out
}

const (
	minimal = `<report><incidentSummary><incidentType>Child Sex Trafficking</incidentType><incidentDateTime>2025-01-01T00:00:00Z</incidentDateTime></incidentSummary>` +
		`<reporter><reportingPerson><email>desk@example.org</email></reportingPerson></reporter></report>`
	batched = `<report><batchedReport reason="VIRAL_POTENTIAL_MEME"/><incidentSummary><incidentType>Child Sex Trafficking</incidentType><incidentDateTime>2025-01-01T00:00:00Z</incidentDateTime></incidentSummary>` +
		`<reporter><reportingPerson><email>desk@example.org</email></reportingPerson></reporter><personOrUserReported><espIdentifier>1</espIdentifier></personOrUserReported></report>`
)

func (b *bundle) submit(doc string) int64 {
	b.t.Helper()
	r := b.do(http.MethodPost, "/submit", "text/xml; charset=utf-8", doc)
	if r.code != cybertip.CodeSuccess || r.doc.ReportID == 0 {
		b.t.Fatalf("submit: %+v", r)
	}
	return r.doc.ReportID
}

func (b *bundle) upload(id int64, content string) reply {
	b.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	if err := w.WriteField("id", fmt.Sprint(id)); err != nil {
		b.t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", "note.txt")
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := io.WriteString(part, content); err != nil {
		b.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.do(http.MethodPost, "/upload", w.FormDataContentType(), form.String())
}

func (b *bundle) info(id int64, file, rest string) reply {
	b.t.Helper()
	return b.do(http.MethodPost, "/fileinfo", "text/xml", fmt.Sprintf("<fileDetails><reportId>%d</reportId><fileId>%s</fileId>%s</fileDetails>", id, file, rest))
}

func (b *bundle) form(path string, id int64) reply {
	b.t.Helper()
	return b.do(http.MethodPost, path, "application/x-www-form-urlencoded", fmt.Sprintf("id=%d", id))
}

func (b *bundle) want(what string, r reply, status int, code cybertip.Code) {
	b.t.Helper()
	if r.status != status || r.code != code {
		b.t.Errorf("%s: HTTP %d code %d %q, want HTTP %d code %d", what, r.status, r.code, r.text, status, code)
	}
}

func TestEveryPathNeedsCredentials(t *testing.T) {
	for _, user := range []string{"", "unknown", "alpha with a wrong password"} {
		for _, ep := range append(cybertip.Endpoints(), "nonsense") {
			t.Run(user+" "+string(ep), func(t *testing.T) {
				b := setup(t, cybertiptest.Options{})
				b.user = user
				r := b.do(http.MethodGet, "/"+string(ep), "", "")
				b.want("answer", r, http.StatusUnauthorized, cybertip.CodeAuthRequired)
				if r.header.Get("WWW-Authenticate") != `Basic realm="ESP Web Services"` || r.header.Get("Request-ID") == "" {
					t.Errorf("headers %v", r.header)
				}
			})
		}
	}
}

func TestStatusAndSchema(t *testing.T) {
	b := setup(t, cybertiptest.Options{})
	r := b.do(http.MethodGet, "/status", "", "")
	b.want("status", r, 200, cybertip.CodeSuccess)
	if !strings.HasPrefix(r.text, "Remote User : alpha, Remote Ip : ") || r.doc.ReportID != 0 {
		t.Errorf("status %+v", r.doc)
	}
	if !strings.HasPrefix(r.body, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`) || !strings.HasPrefix(r.header.Get("Content-Type"), "application/xml") {
		t.Errorf("form of the answer: %v %s", r.header, r.body)
	}
	x := b.do(http.MethodGet, "/xsd", "", "")
	if x.status != 200 || !strings.Contains(x.body, "NOT the schema of NCMEC") {
		t.Errorf("xsd: %d %.80s", x.status, x.body)
	}
	b.want("unknown path", b.do(http.MethodGet, "/nothing", "", ""), 404, cybertip.CodeResourceNotFound)
	b.want("wrong method", b.do(http.MethodGet, "/submit", "", ""), 405, cybertip.CodeInvalidRequest)
}

func TestDocumentsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name, contentType, doc string
		status                 int
		code                   cybertip.Code
		text                   string
	}{
		{"fine", "text/xml", minimal, 200, cybertip.CodeSuccess, "Success"},
		{"fine as application/xml", "application/xml", minimal, 200, cybertip.CodeSuccess, "Success"},
		{"content type", "application/json", minimal, 415, cybertip.CodeInvalidRequest, "content type"},
		{"not well-formed", "text/xml", "<report>", 400, cybertip.CodeMalformedXML, "[1,9]"},
		{"document type", "text/xml", "<!DOCTYPE report>" + minimal, 400, cybertip.CodeMalformedXML, "document type"},
		{
			"schema", "text/xml", strings.Replace(minimal, "<reporter>", "<victim/><reporter>", 1), 400, cybertip.CodeValidationFailed,
			"Validation failed\n[1,160] - cvc-complex-type.2.4.a: Invalid content was found starting with element 'victim'. One of '{internetDetails, lawEnforcement, reporter}' is expected.",
		},
		{"rule", "text/xml", strings.Replace(minimal, "desk@example.org", "nobody", 1), 400, cybertip.CodeValidationFailed, "not an email address"},
		{"future", "text/xml", strings.Replace(minimal, "2025", "2027", 1), 400, cybertip.CodeValidationFailed, "future"},
		{"newer element", "text/xml", strings.Replace(minimal, "<incidentDateTime>", "<reportAnnotations><informational/></reportAnnotations><incidentDateTime>", 1), 400, cybertip.CodeValidationFailed, "'informational'"},
		{"other document", "text/xml", "<fileDetails/>", 400, cybertip.CodeValidationFailed, "cvc-elt.1.a"},
		{"too large", "text/xml", minimal + strings.Repeat(" ", 5000), 413, cybertip.CodeInvalidRequest, "too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t, cybertiptest.Options{MaxBody: 4096})
			r := b.do(http.MethodPost, "/submit", c.contentType, c.doc)
			b.want("submit", r, c.status, c.code)
			if !strings.Contains(r.text, c.text) {
				t.Errorf("text %q, want %q", r.text, c.text)
			}
			if n := len(b.server.Reports()); (n == 1) != (c.code == cybertip.CodeSuccess) {
				t.Errorf("%d reports", n)
			}
		})
	}
}

func TestLife(t *testing.T) {
	b := setup(t, cybertiptest.Options{})
	id := b.submit(minimal)
	up := b.upload(id, "keep this between us")
	b.want("upload", up, 200, cybertip.CodeSuccess)
	if up.doc.Hash != "e56cfa00034afd5e209252161fb1569d" || len(up.doc.FileID) != 32 {
		t.Errorf("upload answer %+v", up.doc)
	}
	b.want("fileinfo", b.info(id, up.doc.FileID, ""), 200, cybertip.CodeSuccess)
	b.want("second fileinfo", b.info(id, up.doc.FileID, ""), 400, cybertip.CodeValidationFailed)
	b.want("fileinfo of an unknown file", b.info(id, "0", ""), 400, cybertip.CodeNoSuchFile)
	b.want("unknown report", b.form("/finish", id+1), 400, cybertip.CodeNoSuchReport)
	b.want("finish without id", b.do(http.MethodPost, "/finish", "application/x-www-form-urlencoded", ""), 400, cybertip.CodeInvalidRequest)
	b.want("finish with a wrong form", b.do(http.MethodPost, "/finish", "text/plain", "id=1"), 400, cybertip.CodeInvalidRequest)
	fin := b.form("/finish", id)
	b.want("finish", fin, 200, cybertip.CodeSuccess)
	if !strings.Contains(fin.body, "<fileId>"+up.doc.FileID+"</fileId>") || strings.Contains(fin.body, "responseDescription") {
		t.Errorf("finish answer %s", fin.body)
	}
	for _, c := range []struct {
		name string
		r    reply
	}{
		{"finish again", b.form("/finish", id)}, {"retract", b.form("/retract", id)}, {"upload", b.upload(id, "x")}, {"fileinfo", b.info(id, "0", "")},
	} {
		b.want(c.name+" after finish", c.r, 400, cybertip.CodeAlreadyFinished)
	}
	rep, ok := b.server.Report(id)
	if !ok || rep.State != cybertiptest.StateFinished || len(rep.Files) != 1 || string(rep.Files[0].Content) != "keep this between us" ||
		rep.Files[0].Details == nil || string(rep.Document) != minimal || rep.User != "alpha" {
		t.Errorf("report %+v", rep)
	}
}

func TestRetracted(t *testing.T) {
	b := setup(t, cybertiptest.Options{})
	id := b.submit(minimal)
	b.want("retract", b.form("/retract", id), 200, cybertip.CodeSuccess)
	b.want("retract again", b.form("/retract", id), 400, cybertip.CodeAlreadyRetracted)
	b.want("finish", b.form("/finish", id), 400, cybertip.CodeAlreadyRetracted)
	b.want("upload", b.upload(id, "x"), 400, cybertip.CodeAlreadyRetracted)
	b.want("fileinfo", b.info(id, "0", ""), 400, cybertip.CodeAlreadyRetracted)
}

func TestUsersAreApart(t *testing.T) {
	b := setup(t, cybertiptest.Options{})
	id := b.submit(minimal)
	b.user = "beta"
	b.want("finish", b.form("/finish", id), 400, cybertip.CodeNoSuchReport)
	b.want("retract", b.form("/retract", id), 400, cybertip.CodeNoSuchReport)
	b.want("upload", b.upload(id, "x"), 400, cybertip.CodeNoSuchReport)
	b.want("fileinfo", b.info(id, "0", ""), 400, cybertip.CodeNoSuchReport)
	b.user = "alpha"
	b.want("own finish", b.form("/finish", id), 200, cybertip.CodeSuccess)
}

func TestExpiry(t *testing.T) {
	for _, c := range []struct {
		name         string
		modify, then time.Duration // modify 0 for no upload; then counts from the modification
		code         cybertip.Code
	}{
		{"a day without change", 0, 24*time.Hour - time.Second, cybertip.CodeSuccess},
		{"at a day", 0, 24 * time.Hour, cybertip.CodeNoSuchReport},
		{"early change does not shorten", time.Hour, 22 * time.Hour, cybertip.CodeSuccess},
		{"early change does not lengthen", time.Hour, 23 * time.Hour, cybertip.CodeNoSuchReport},
		{"late change gives an hour", 23*time.Hour + 30*time.Minute, time.Hour - time.Second, cybertip.CodeSuccess},
		{"and no more", 23*time.Hour + 30*time.Minute, time.Hour, cybertip.CodeNoSuchReport},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t, cybertiptest.Options{})
			id := b.submit(minimal)
			if c.modify > 0 {
				b.clock.advance(c.modify)
				b.want("upload", b.upload(id, "x"), 200, cybertip.CodeSuccess)
			}
			b.clock.advance(c.then)
			if r := b.form("/finish", id); r.code != c.code {
				t.Errorf("code %d, want %d", r.code, c.code)
			}
		})
	}
}

func TestBatched(t *testing.T) {
	b := setup(t, cybertiptest.Options{})
	id := b.submit(batched)
	one := b.upload(id, "x")
	b.want("details without viral", b.info(id, one.doc.FileID, ""), 400, cybertip.CodeValidationFailed)
	b.want("details", b.info(id, one.doc.FileID, "<fileAnnotations><viral/></fileAnnotations>"), 200, cybertip.CodeSuccess)
	b.want("second upload", b.upload(id, "y"), 200, cybertip.CodeSuccess)
	b.want("finish with two files", b.form("/finish", id), 400, cybertip.CodeValidationFailed)
	b.want("retract", b.form("/retract", id), 200, cybertip.CodeSuccess)
	id = b.submit(batched)
	b.want("one file", b.upload(id, "x"), 200, cybertip.CodeSuccess)
	b.want("finish with one file", b.form("/finish", id), 200, cybertip.CodeSuccess)
}

func TestPriorReports(t *testing.T) {
	b := setup(t, cybertiptest.Options{CheckPriorReports: true})
	first := b.submit(minimal)
	next := strings.Replace(minimal, "</reporter>", fmt.Sprintf("</reporter><personOrUserReported><priorCTReports>%d</priorCTReports></personOrUserReported>", first), 1)
	b.want("not finished yet", b.do(http.MethodPost, "/submit", "text/xml", next), 400, cybertip.CodeValidationFailed)
	b.want("finish", b.form("/finish", first), 200, cybertip.CodeSuccess)
	b.submit(next)
}

func TestMalformedUploads(t *testing.T) {
	b := setup(t, cybertiptest.Options{})
	id := b.submit(minimal)
	for name, body := range map[string]string{
		"no file":    "--x\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n" + fmt.Sprint(id) + "\r\n--x--\r\n",
		"no id":      "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc\r\n--x--\r\n",
		"bad id":     "--x\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nabc\r\n--x--\r\n",
		"other":      "--x\r\nContent-Disposition: form-data; name=\"more\"\r\n\r\nabc\r\n--x--\r\n",
		"cut":        "--x\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n" + fmt.Sprint(id),
		"not a form": "hello",
	} {
		t.Run(name, func(t *testing.T) {
			b.want("upload", b.do(http.MethodPost, "/upload", "multipart/form-data; boundary=x", body), 400, cybertip.CodeMalformedFile)
		})
	}
	if rep, _ := b.server.Report(id); len(rep.Files) != 0 {
		t.Errorf("files %v", rep.Files)
	}
}

func TestKeepFile(t *testing.T) {
	b := setup(t, cybertiptest.Options{KeepFile: 4})
	id := b.submit(minimal)
	b.upload(id, "0123456789")
	rep, _ := b.server.Report(id)
	if f := rep.Files[0]; string(f.Content) != "0123" || f.Size != 10 || f.MD5 != "781e5e245d69b566979b86e28d23f2c7" {
		t.Errorf("file %+v", f)
	}
}

func TestCallsAreNoted(t *testing.T) {
	b := setup(t, cybertiptest.Options{})
	r := b.do(http.MethodGet, "/status", "", "")
	calls := b.server.Calls()
	if len(calls) != 1 || calls[0].RequestID != r.header.Get("Request-ID") || calls[0].User != "alpha" || calls[0].Endpoint != cybertip.EndpointStatus {
		t.Errorf("calls %+v", calls)
	}
}
