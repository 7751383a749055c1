package cybertiptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

// call makes one right call to an endpoint of a report that has a file without a description; the connection may break.
func (b *bundle) call(e cybertip.Endpoint, id int64, file string) (status int, header http.Header, body string, err error) {
	b.t.Helper()
	method, kind, text := http.MethodPost, "application/x-www-form-urlencoded", fmt.Sprintf("id=%d", id)
	switch e {
	case cybertip.EndpointStatus, cybertip.EndpointXSD:
		method, kind, text = http.MethodGet, "", ""
	case cybertip.EndpointSubmit:
		kind, text = "text/xml", minimal
	case cybertip.EndpointUpload:
		kind = "multipart/form-data; boundary=x"
		text = fmt.Sprintf("--x\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n%d\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc\r\n--x--\r\n", id)
	case cybertip.EndpointFileInfo:
		kind, text = "text/xml", fmt.Sprintf("<fileDetails><reportId>%d</reportId><fileId>%s</fileId></fileDetails>", id, file)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+"/"+string(e), strings.NewReader(text))
	if err != nil {
		b.t.Fatal(err)
	}
	req.SetBasicAuth("alpha", "secret-a")
	req.Header.Set("Content-Type", kind)
	// On a connection that was used before, net/http repeats a GET by itself when the connection breaks.
	fresh := &http.Transport{DisableKeepAlives: true}
	resp, err := fresh.RoundTrip(req)
	if err != nil {
		return 0, nil, "", err
	}
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, string(data), errors.Join(err, resp.Body.Close())
}

// mark is everything that a call could change.
func (b *bundle) mark() string {
	var out strings.Builder
	for _, r := range b.server.Reports() {
		fmt.Fprintf(&out, "%d %s", r.ID, r.State)
		for _, f := range r.Files {
			fmt.Fprintf(&out, " %s %s", f.ID, f.DetailsSHA256)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// TestEveryFaultAtEveryEndpoint looks at the answer, at whether the call took effect, and that the next call is answered as if nothing was.
func TestEveryFaultAtEveryEndpoint(t *testing.T) {
	type look func(status int, header http.Header, body string, err error) bool
	html := func(want int) look {
		return func(status int, h http.Header, body string, err error) bool {
			return err == nil && status == want && h.Get("Content-Type") == "text/html" && strings.HasPrefix(body, "<html>")
		}
	}
	code := func(want cybertip.Code) look {
		return func(status int, _ http.Header, body string, err error) bool {
			r, bad := cybertip.DecodeReportResponse([]byte(body))
			return err == nil && bad == nil && status == 500 && cybertip.Code(r.ResponseCode) == want
		}
	}
	faults := []struct {
		name  string
		fault cybertiptest.Fault
		look  look
	}{
		{"drop", cybertiptest.Fault{Kind: cybertiptest.FaultDrop}, func(_ int, _ http.Header, _ string, err error) bool { return err != nil }},
		{"500", cybertiptest.Fault{Kind: cybertiptest.FaultHTML, Status: 500}, html(500)},
		{"502", cybertiptest.Fault{Kind: cybertiptest.FaultHTML}, html(502)},
		{"503", cybertiptest.Fault{Kind: cybertiptest.FaultHTML, Status: 503}, html(503)},
		{"1000", cybertiptest.Fault{Kind: cybertiptest.FaultCode}, code(1000)},
		{"1100", cybertiptest.Fault{Kind: cybertiptest.FaultCode, Code: 1100}, code(1100)},
		{"1110", cybertiptest.Fault{Kind: cybertiptest.FaultCode, Code: 1110}, code(1110)},
		{"1111", cybertiptest.Fault{Kind: cybertiptest.FaultCode, Code: 1111}, code(1111)},
		{"1300", cybertiptest.Fault{Kind: cybertiptest.FaultCode, Code: 1300}, code(1300)},
		{"empty 401", cybertiptest.Fault{Kind: cybertiptest.FaultEmpty401}, func(status int, _ http.Header, body string, err error) bool {
			return err == nil && status == 401 && body == ""
		}},
		{"half a document", cybertiptest.Fault{Kind: cybertiptest.FaultGarbage}, func(status int, _ http.Header, body string, err error) bool {
			_, bad := cybertip.DecodeReportResponse([]byte(body))
			return err == nil && status == 200 && bad != nil
		}},
	}
	for _, e := range cybertip.Endpoints() {
		for _, f := range faults {
			for _, commit := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s, effect %v", e, f.name, commit), func(t *testing.T) {
					b := setup(t, cybertiptest.Options{})
					id := b.submit(minimal)
					file := b.upload(id, "x").doc.FileID
					before := b.mark()
					f.fault.Endpoint, f.fault.Commit = e, commit
					b.server.Inject(f.fault)
					if status, header, body, err := b.call(e, id, file); !f.look(status, header, body, err) {
						t.Errorf("HTTP %d %v %.200q %v", status, header, body, err)
					} else if err == nil && header.Get("Request-ID") == "" {
						t.Error("no Request-ID")
					}
					changes := commit && e != cybertip.EndpointStatus && e != cybertip.EndpointXSD
					if changed := b.mark() != before; changed != changes {
						t.Errorf("took effect: %v, want %v", changed, changes)
					}
					if status, _, body, err := b.call(cybertip.EndpointStatus, id, file); status != 200 || err != nil {
						t.Errorf("the next call: HTTP %d %.200q %v", status, body, err)
					}
				})
			}
		}
	}
}

// TestFaultsThatChangeTheAnswer leave the effect as it is.
func TestFaultsThatChangeTheAnswer(t *testing.T) {
	for _, e := range cybertip.Endpoints() {
		t.Run(string(e)+" ISO-8859-1 header", func(t *testing.T) {
			b := setup(t, cybertiptest.Options{})
			id := b.submit(minimal)
			file := b.upload(id, "x").doc.FileID
			b.server.Inject(cybertiptest.Fault{Endpoint: e, Kind: cybertiptest.FaultLatin1Header})
			status, header, _, err := b.call(e, id, file)
			if err != nil || status != 200 || header.Get("Content-Type") != "application/xml;charset=ISO-8859-1" {
				t.Errorf("HTTP %d %v %v", status, header, err)
			}
		})
	}
	t.Run("wrong MD5", func(t *testing.T) {
		b := setup(t, cybertiptest.Options{})
		id := b.submit(minimal)
		b.server.Inject(cybertiptest.Fault{Kind: cybertiptest.FaultWrongMD5, Skip: 1})
		if right := b.upload(id, "x"); right.doc.Hash != "9dd4e461268c8034f5c8564e155c67a6" {
			t.Errorf("%+v", right.doc)
		}
		wrong := b.upload(id, "x")
		rep, _ := b.server.Report(id)
		if wrong.doc.Hash == rep.Files[1].MD5 || len(rep.Files) != 2 || rep.Files[1].MD5 != "9dd4e461268c8034f5c8564e155c67a6" {
			t.Errorf("%+v %+v", wrong.doc, rep.Files)
		}
	})
}

// TestSlow measures the wait on a clock of the test's own.
func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := cybertiptest.NewServer(cybertiptest.Options{})
		server.Inject(cybertiptest.Fault{Kind: cybertiptest.FaultSlow, Delay: time.Hour, Times: 2})
		ask := func(ctx context.Context) time.Duration {
			begun := time.Now()
			r := request(ctx, t)
			server.ServeHTTP(discard{}, r)
			return time.Since(begun)
		}
		if took := ask(t.Context()); took != time.Hour {
			t.Errorf("%v", took)
		}
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if took := ask(soon); took != time.Second {
			t.Errorf("the client has gone, and the server waited %v", took)
		}
		if took := ask(t.Context()); took != 0 {
			t.Errorf("%v without a fault", took)
		}
	})
}

func request(ctx context.Context, t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1"+cybertiptest.BasePath+"/status", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(cybertiptest.DefaultUser, cybertiptest.DefaultPassword)
	return r
}

// discard is nobody's ear.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// TestHang lets a call hang until it is released; the connection then breaks.
func TestHang(t *testing.T) {
	b := setup(t, cybertiptest.Options{})
	b.server.Inject(cybertiptest.Fault{Kind: cybertiptest.FaultHang, Commit: true})
	ended := make(chan error, 1)
	go func() {
		_, _, _, err := b.call(cybertip.EndpointSubmit, 0, "")
		ended <- err
	}()
	b.server.Release()
	if err := <-ended; err == nil {
		t.Error("answered")
	}
	if n := len(b.server.Reports()); n != 1 {
		t.Errorf("%d reports", n)
	}
}

// TestStrangersTakeNoMemory asks for many paths that do not exist.
func TestStrangersTakeNoMemory(t *testing.T) {
	seen := map[cybertip.Endpoint]int{}
	server := cybertiptest.NewServer(cybertiptest.Options{Faults: func(e cybertip.Endpoint, n int) (cybertiptest.Fault, bool) {
		seen[e] = n
		return cybertiptest.Fault{}, false
	}})
	for n := range 100 {
		r := request(t.Context(), t)
		r.URL.Path = fmt.Sprintf("%s/%d", cybertiptest.BasePath, n)
		server.ServeHTTP(discard{}, r)
	}
	if len(seen) != 1 || seen[""] != 100 {
		t.Errorf("%v", seen)
	}
}

func TestOnCall(t *testing.T) {
	var calls []cybertiptest.Call
	b := setup(t, cybertiptest.Options{OnCall: func(c cybertiptest.Call) { calls = append(calls, c) }})
	id := b.submit(minimal)
	b.form("/finish", id+1)
	b.server.Inject(cybertiptest.Fault{Kind: cybertiptest.FaultHTML})
	b.do(http.MethodGet, "/status", "", "")
	b.server.Inject(cybertiptest.Fault{Kind: cybertiptest.FaultHTML, Commit: true})
	b.form("/finish", id)
	want := []cybertiptest.Call{
		{Endpoint: cybertip.EndpointSubmit, User: "alpha", ReportID: id, Status: 200},
		{Endpoint: cybertip.EndpointFinish, User: "alpha", ReportID: id + 1, Status: 400, Code: cybertip.CodeNoSuchReport},
		{Endpoint: cybertip.EndpointStatus, Code: cybertip.CodeNone, Fault: cybertiptest.FaultHTML},
		{Endpoint: cybertip.EndpointFinish, User: "alpha", ReportID: id, Status: 200, Fault: cybertiptest.FaultHTML},
	}
	if len(calls) != len(want) {
		t.Fatalf("%+v", calls)
	}
	for i, c := range calls {
		want[i].At, want[i].RequestID = b.clock.now(), c.RequestID
		if c != want[i] || c.RequestID == "" {
			t.Errorf("got  %+v\nwant %+v", c, want[i])
		}
	}
}
