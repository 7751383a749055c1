package cybertip_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

// now is the moment at which the tests begin.
var now = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

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

// recorder keeps calls in memory and can be told to fail.
type recorder struct {
	mu    sync.Mutex
	calls []cybertip.Call
	err   error
}

func (r *recorder) Record(_ context.Context, c cybertip.Call) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
	return r.err
}

func (r *recorder) last() cybertip.Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[len(r.calls)-1]
}

type bundle struct {
	client   *cybertip.Client
	server   *cybertiptest.Server
	recorder *recorder
	clock    *clock
	url      string
}

func setup(t testing.TB, change ...func(*cybertip.Options)) *bundle {
	t.Helper()
	b := &bundle{recorder: &recorder{}, clock: &clock{t: now}}
	b.server = cybertiptest.NewServer(cybertiptest.Options{Clock: b.clock.now})
	hs := httptest.NewServer(b.server)
	t.Cleanup(hs.Close)
	t.Cleanup(b.server.Release)
	b.url = hs.URL + cybertiptest.BasePath
	opt := b.options()
	for _, c := range change {
		c(&opt)
	}
	var err error
	if b.client, err = cybertip.NewClient(opt); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bundle) options() cybertip.Options {
	return cybertip.Options{
		Environment: cybertip.Local, BaseURL: b.url, Username: cybertiptest.DefaultUser, Password: cybertiptest.DefaultPassword,
		Recorder: b.recorder, Clock: b.clock.now,
	}
}

// report is a small report without an error.
func report() *cybertip.Report {
	return &cybertip.Report{
		IncidentSummary: cybertip.IncidentSummary{IncidentType: cybertip.IncidentEnticement, IncidentDateTime: now.Add(-time.Hour)},
		InternetDetails: []cybertip.InternetDetails{{Chat: &cybertip.ChatIncident{Content: "keep this between us"}}},
		Reporter:        cybertip.Reporter{ReportingPerson: cybertip.Person{Emails: []cybertip.Email{{Address: "desk@example.org"}}}},
		PersonsReported: []cybertip.PersonOrUserReported{{EspIdentifier: "account-1"}},
	}
}

func TestAllCalls(t *testing.T) {
	b := setup(t)
	ctx := context.Background()
	status, err := b.client.Status(ctx)
	if err != nil || !strings.Contains(status.Text, "Remote User : "+cybertiptest.DefaultUser) || status.RequestID == "" {
		t.Fatalf("%+v %v", status, err)
	}
	xsd, err := b.client.XSD(ctx)
	if err != nil || !bytes.Contains(xsd, []byte("xs:schema")) {
		t.Fatalf("%.80s %v", xsd, err)
	}
	opened, err := b.client.Submit(ctx, report())
	if err != nil || opened.ReportID == 0 {
		t.Fatalf("%+v %v", opened, err)
	}
	if c := b.recorder.last(); c.Endpoint != cybertip.EndpointSubmit || c.HTTPStatus != 200 || c.RequestID != opened.RequestID || c.Err != nil ||
		len(c.RequestSHA256) != 64 || int(c.RequestBytes) != len(c.Request) || !bytes.Contains(c.Response, []byte("<reportId>")) || c.Code != cybertip.CodeSuccess {
		t.Errorf("record %+v", c)
	}
	content := strings.Repeat("plain text ", 1000)
	up, err := b.client.Upload(ctx, cybertip.Upload{ReportID: opened.ReportID, Name: `C:\dir/"note".txt`, Content: strings.NewReader(content), Size: int64(len(content))})
	sum := md5.Sum([]byte(content))
	if err != nil || up.MD5 != hex.EncodeToString(sum[:]) || up.Size != int64(len(content)) || len(up.SHA256) != 64 {
		t.Fatalf("%+v %v", up, err)
	}
	if c := b.recorder.last(); c.Request != nil || c.RequestSHA256 != up.SHA256 || c.RequestBytes != up.Size {
		t.Errorf("record of upload %+v", c)
	}
	unknownSize, err := b.client.Upload(ctx, cybertip.Upload{ReportID: opened.ReportID, Content: strings.NewReader(content), Size: -1})
	if err != nil || unknownSize.MD5 != up.MD5 {
		t.Fatalf("%+v %v", unknownSize, err)
	}
	if _, err := b.client.FileInfo(ctx, &cybertip.FileDetails{ReportID: opened.ReportID, FileID: up.FileID, FileViewedByESP: new(false)}); err != nil {
		t.Fatal(err)
	}
	done, err := b.client.Finish(cybertip.WithAttempt(ctx, 3), opened.ReportID)
	if err != nil || !slices.Equal(done.FileIDs, []string{up.FileID, unknownSize.FileID}) || done.ReportID != opened.ReportID || len(done.Body) == 0 {
		t.Fatalf("%+v %v", done, err)
	}
	if c := b.recorder.last(); c.Attempt != 3 {
		t.Errorf("attempt %d", c.Attempt)
	}
	rep, _ := b.server.Report(opened.ReportID)
	if rep.State != cybertiptest.StateFinished || rep.Files[0].Name != `"note".txt` || rep.Files[1].Name != "file" {
		t.Errorf("server has %+v", rep)
	}
	second, err := b.client.Submit(ctx, report())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.client.Retract(ctx, second.ReportID); err != nil {
		t.Fatal(err)
	}
}

// scripted answers every request the same way.
func scripted(t *testing.T, status int, header map[string]string, body string) *cybertip.Client {
	t.Helper()
	hs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(hs.Close)
	c, err := cybertip.NewClient(cybertip.Options{Environment: cybertip.Local, BaseURL: hs.URL, Username: "u", Password: "p", MaxReply: 4096})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAnswersAreClassified(t *testing.T) {
	code := func(n int) string {
		return fmt.Sprintf("<reportResponse><responseCode>%d</responseCode><responseDescription>why</responseDescription></reportResponse>", n)
	}
	for _, c := range []struct {
		name                 string
		status               int
		body                 string
		want                 cybertip.Code
		retryable, uncertain bool
	}{
		{"server error", 200, code(1000), 1000, true, true},
		{"server error 500", 500, code(1000), 1000, true, true},
		{"save failed", 200, code(1100), 1100, true, true},
		{"upload failed", 200, code(1110), 1110, true, false},
		{"file upload failed", 200, code(1111), 1111, true, false},
		{"resource not found", 404, code(1210), 1210, false, false},
		{"update failed", 200, code(1300), 1300, true, true},
		{"authentication", 401, code(1000), 2000, false, false},
		{"authentication without body", 401, "", 2000, false, false},
		{"authentication with HTML", 401, "<html>", 2000, false, false},
		{"not authorised", 403, code(3000), 3000, false, false},
		{"no submissions", 200, code(3100), 3100, false, false},
		{"no updates", 200, code(3300), 3300, false, false},
		{"invalid", 400, code(4000), 4000, false, false},
		{"validation", 400, code(4100), 4100, false, false},
		{"validation with 200", 200, code(4100), 4100, false, false},
		{"malformed XML", 400, code(4110), 4110, false, false},
		{"malformed file", 400, code(4200), 4200, false, false},
		{"no report", 400, code(5001), 5001, false, false},
		{"no file", 400, code(5002), 5002, false, false},
		{"retracted", 400, code(5101), 5101, false, false},
		{"finished", 400, code(5102), 5102, false, false},
		{"unknown code", 200, code(9876), 9876, false, false},
		{"unknown low code", 200, code(1999), 1999, false, true},
		{"negative code", 200, code(-5), 1000, true, true},
		{"success with 500", 500, code(0), -1, true, true},
		{"html 502", 502, "<html><body>Bad", -1, true, true},
		{"html 404", 404, "<html><body>Bad", -1, false, false},
		{"too many requests", 429, "", -1, true, false},
		{"redirect", 302, "", -1, false, true},
		{"half a document", 200, "<reportResponse><responseCode>0</resp", -1, true, true},
		{"no code", 200, "<reportResponse/>", -1, true, true},
		{"document type", 200, "<!DOCTYPE x><reportResponse><responseCode>0</responseCode></reportResponse>", -1, true, true},
		{"too long", 200, code(0) + strings.Repeat(" ", 5000), -1, true, true},
		{"another report", 200, "<reportResponse><responseCode>0</responseCode><reportId>8</reportId></reportResponse>", 0, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := scripted(t, c.status, map[string]string{"Request-ID": "r-1", "Location": "http://127.0.0.1:1/"}, c.body)
			_, err := client.Retract(context.Background(), 7)
			var e *cybertip.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Code != c.want || e.Retryable() != c.retryable || e.Uncertain() != c.uncertain || e.HTTPStatus != c.status || e.RequestID != "r-1" {
				t.Errorf("code %d retryable %v uncertain %v HTTP %d: %v", e.Code, e.Retryable(), e.Uncertain(), e.HTTPStatus, err)
			}
			if !strings.Contains(err.Error(), "retract") || !strings.Contains(err.Error(), "r-1") {
				t.Errorf("message %q", err)
			}
		})
	}
}

func TestPrologCountsNotHeader(t *testing.T) {
	body := `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><reportResponse><responseCode>0</responseCode><responseDescription>naïve</responseDescription></reportResponse>`
	client := scripted(t, 200, map[string]string{"Content-Type": "application/xml;charset=ISO-8859-1"}, body)
	if r, err := client.Status(context.Background()); err != nil || r.Text != "naïve" {
		t.Fatalf("%+v %v", r, err)
	}
}

func TestSubmitNeedsAnID(t *testing.T) {
	client := scripted(t, 200, nil, "<reportResponse><responseCode>0</responseCode></reportResponse>")
	var e *cybertip.Error
	if _, err := client.Submit(context.Background(), report()); !errors.As(err, &e) || !errors.Is(err, cybertip.ErrUnexpectedAnswer) || !e.Uncertain() {
		t.Fatalf("got %v", err)
	}
}

func TestFileIDsAreText(t *testing.T) {
	client := scripted(t, 200, nil, "<reportDoneResponse><responseCode>0</responseCode><reportId>7</reportId><files><fileId>b0754af766b426f2928a02c651ed4b99</fileId></files><later/></reportDoneResponse>")
	r, err := client.Finish(context.Background(), 7)
	if err != nil || !slices.Equal(r.FileIDs, []string{"b0754af766b426f2928a02c651ed4b99"}) {
		t.Fatalf("%+v %v", r, err)
	}
}

func TestUnreachable(t *testing.T) {
	hs := httptest.NewServer(http.NotFoundHandler())
	url := hs.URL
	hs.Close()
	c, err := cybertip.NewClient(cybertip.Options{Environment: cybertip.Local, BaseURL: url, Username: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	var e *cybertip.Error
	if _, err := c.Submit(context.Background(), report()); !errors.As(err, &e) || !e.Retryable() || e.Uncertain() || e.HTTPStatus != 0 {
		t.Fatalf("got %+v", e)
	}
}

func TestDroppedAnswerIsUncertain(t *testing.T) {
	for _, commit := range []bool{false, true} {
		b := setup(t)
		b.server.Inject(cybertiptest.Fault{Endpoint: cybertip.EndpointSubmit, Kind: cybertiptest.FaultDrop, Commit: commit})
		var e *cybertip.Error
		if _, err := b.client.Submit(context.Background(), report()); !errors.As(err, &e) || !e.Uncertain() || !e.Retryable() {
			t.Fatalf("got %v", err)
		}
		if c := b.recorder.last(); c.Err == nil || c.HTTPStatus != 0 {
			t.Errorf("record %+v", c)
		}
		if n := len(b.server.Reports()); (n == 1) != commit {
			t.Errorf("commit %v: %d reports; the client must not repeat by itself", commit, n)
		}
	}
}

func TestTimeouts(t *testing.T) {
	b := setup(t, func(o *cybertip.Options) { o.Timeout, o.UploadIdle = 20*time.Millisecond, 20*time.Millisecond })
	b.server.Inject(cybertiptest.Fault{Kind: cybertiptest.FaultHang, Times: -1})
	if _, err := b.client.Status(context.Background()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("status: %v", err)
	}
	if _, err := b.client.Upload(context.Background(), cybertip.Upload{ReportID: 1, Content: strings.NewReader("x"), Size: 1}); !errors.Is(err, cybertip.ErrStalled) {
		t.Errorf("upload: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var e *cybertip.Error
	if _, err := b.client.Status(ctx); !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Uncertain() {
		t.Errorf("cancelled: %v", err)
	}
}

func TestWrongMD5(t *testing.T) {
	b := setup(t)
	opened, err := b.client.Submit(context.Background(), report())
	if err != nil {
		t.Fatal(err)
	}
	b.server.Inject(cybertiptest.Fault{Endpoint: cybertip.EndpointUpload, Kind: cybertiptest.FaultWrongMD5})
	_, err = b.client.Upload(context.Background(), cybertip.Upload{ReportID: opened.ReportID, Content: strings.NewReader("x"), Size: 1})
	var m *cybertip.HashMismatchError
	if !errors.As(err, &m) || m.SentMD5 != "9dd4e461268c8034f5c8564e155c67a6" || m.FileID == "" {
		t.Fatalf("got %v", err)
	}
	if c := b.recorder.last(); !errors.As(c.Err, &m) {
		t.Errorf("record %+v", c)
	}
}

// failing is a reader that breaks after some bytes.
type failing struct{ left int }

var errDisk = errors.New("the disk is gone")

func (f *failing) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, errDisk
	}
	n := min(f.left, len(p))
	f.left -= n
	return n, nil
}

func TestUploadsThatDoNotAddUp(t *testing.T) {
	for _, c := range []struct {
		name    string
		content io.Reader
		size    int64
		is      error
	}{
		{"shorter than announced", strings.NewReader("abc"), 10, io.ErrUnexpectedEOF},
		{"longer than announced", strings.NewReader("abcdefghijkl"), 10, nil},
		{"read error", &failing{left: 100_000}, -1, errDisk},
		{"read error with a size", &failing{left: 100_000}, 200_000, errDisk},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			opened, err := b.client.Submit(context.Background(), report())
			if err != nil {
				t.Fatal(err)
			}
			_, err = b.client.Upload(context.Background(), cybertip.Upload{ReportID: opened.ReportID, Content: c.content, Size: c.size})
			if err == nil || (c.is != nil && !errors.Is(err, c.is)) {
				t.Fatalf("got %v", err)
			}
			if rep, _ := b.server.Report(opened.ReportID); len(rep.Files) != 0 {
				t.Errorf("the server kept %+v", rep.Files)
			}
		})
	}
	b := setup(t)
	if _, err := b.client.Upload(context.Background(), cybertip.Upload{ReportID: 0, Content: strings.NewReader("")}); err == nil {
		t.Error("report 0 accepted")
	}
}

func TestRecorderFailure(t *testing.T) {
	b := setup(t)
	b.recorder.err = errors.New("full")
	r, err := b.client.Submit(context.Background(), report())
	if r == nil || r.ReportID == 0 || !errors.Is(err, cybertip.ErrNotRecorded) {
		t.Fatalf("%+v %v", r, err)
	}
	_, err = b.client.Retract(context.Background(), 1)
	var e *cybertip.Error
	if !errors.Is(err, cybertip.ErrNotRecorded) || !errors.As(err, &e) || e.Code != cybertip.CodeNoSuchReport {
		t.Fatalf("%v", err)
	}
}
