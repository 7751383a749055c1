package cybertiptest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

// journaled is a bundle whose server keeps its reports in a file.
func journaled(t *testing.T, path string, clk *clock) *bundle {
	t.Helper()
	b := &bundle{t: t, clock: clk, user: "alpha"}
	server, err := cybertiptest.Open(path, cybertiptest.Options{Clock: clk.now, Users: map[string]string{"alpha": "secret-a", "beta": "secret-b"}, DigestsOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	b.server = server
	hs := httptest.NewServer(server)
	t.Cleanup(hs.Close)
	t.Cleanup(server.Release)
	b.url = hs.URL + cybertiptest.BasePath
	return b
}

func noon() *clock { return &clock{t: time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)} }

func TestReportsOutliveTheServer(t *testing.T) {
	path, clk := filepath.Join(t.TempDir(), "reports.journal"), noon()
	b := journaled(t, path, clk)
	open, done, gone, batch := b.submit(minimal), b.submit(minimal), b.submit(minimal), b.submit(batched)
	up := b.upload(open, "keep this between us")
	b.want("fileinfo", b.info(open, up.doc.FileID, ""), 200, cybertip.CodeSuccess)
	b.want("finish", b.form("/finish", done), 200, cybertip.CodeSuccess)
	b.want("retract", b.form("/retract", gone), 200, cybertip.CodeSuccess)
	b.want("one file", b.upload(batch, "a"), 200, cybertip.CodeSuccess)
	before := b.server.Reports()

	// The first server is not closed: its process has ended.
	b = journaled(t, path, clk)
	if diff := cmp.Diff(before, b.server.Reports()); diff != "" {
		t.Error(diff)
	}
	b.want("finish again", b.form("/finish", done), 400, cybertip.CodeAlreadyFinished)
	b.want("finish of what was retracted", b.form("/finish", gone), 400, cybertip.CodeAlreadyRetracted)
	b.want("second fileinfo", b.info(open, up.doc.FileID, ""), 400, cybertip.CodeValidationFailed)
	again := b.upload(open, "another")
	if again.doc.FileID == up.doc.FileID {
		t.Error("a file id came again")
	}
	b.want("second file of a batched report", b.upload(batch, "b"), 200, cybertip.CodeSuccess)
	b.want("finish of it", b.form("/finish", batch), 400, cybertip.CodeValidationFailed)
	if id := b.submit(minimal); id != batch+1 {
		t.Errorf("report %d after %d", id, batch)
	}
	b.user = "beta"
	b.want("finish by another user", b.form("/finish", open), 400, cybertip.CodeNoSuchReport)
	b.user = "alpha"
	clk.advance(25 * time.Hour)
	b.want("finish after expiry", b.form("/finish", open), 400, cybertip.CodeNoSuchReport)
}

// TestJournalHoldsNoContents looks for what was sent.
func TestJournalHoldsNoContents(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	b := journaled(t, path, noon())
	id := b.submit(minimal)
	up := b.upload(id, "keep this between us")
	b.want("fileinfo", b.info(id, up.doc.FileID, "<additionalInfo>words about it</additionalInfo>"), 200, cybertip.CodeSuccess)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"between us", "Trafficking", "desk@", "words about"} {
		if strings.Contains(string(data), word) {
			t.Errorf("the journal holds %q", word)
		}
	}
	if rep, _ := b.server.Report(id); rep.Document != nil || rep.Files[0].Content != nil || rep.Files[0].Details != nil || rep.SHA256 == "" || rep.Files[0].DetailsSHA256 == "" {
		t.Errorf("%+v", rep)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// TestTornJournal cuts the journal at every byte. Whole lines are kept, and the server goes on behind them.
func TestTornJournal(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	b := journaled(t, whole, noon())
	b.form("/finish", b.submit(minimal))
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "torn")
	for n := range len(data) {
		if err := os.WriteFile(path, data[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		opt := cybertiptest.Options{Clock: noon().now}
		for range 2 {
			s, err := cybertiptest.Open(path, opt)
			if err != nil {
				t.Fatalf("cut at %d: %v", n, err)
			}
			lines := strings.Count(string(data[:n]), "\n")
			if reports := s.Reports(); len(reports) != min(1, max(0, lines-1)) || (lines == 2 && reports[0].State != cybertiptest.StateOpen) {
				t.Fatalf("cut at %d: %+v", n, reports)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestWrongJournals(t *testing.T) {
	const head = `{"format":"cybertiptest journal","version":1}` + "\n"
	for _, c := range []struct{ name, text, want string }{
		{"another file", "hello\n", "line 1"},
		{"another file without a line", strings.Repeat("hello", 20), "line 1"},
		{"another version", strings.Replace(head, "1}", "2}", 1), "line 1"},
		{"not JSON", head + "hello\n", "line 2"},
		{"unknown act", head + `{"act":"submit","report":1}` + "\n" + `{"act":"dance","report":1}` + "\n", "line 3: unknown act"},
		{"unknown report", head + `{"act":"finish","report":1}` + "\n", "line 2: report 1 was never opened"},
		{"report twice", head + strings.Repeat(`{"act":"submit","report":1}`+"\n", 2), "line 3: report 1 is opened twice"},
		{"unknown file", head + `{"act":"submit","report":1}` + "\n" + `{"act":"fileinfo","report":1,"file":"a"}` + "\n", `line 3: report 1 has no file "a"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "j")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := cybertiptest.Open(path, cybertiptest.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != c.text {
				t.Errorf("the file was changed: %q %v", data, err)
			}
		})
	}
	if _, err := cybertiptest.Open(filepath.Join(t.TempDir(), "no", "such"), cybertiptest.Options{}); err == nil {
		t.Error("a directory that is not there")
	}
}

// TestWhatIsNotWrittenDoesNotHappen closes the journal under the server.
func TestWhatIsNotWrittenDoesNotHappen(t *testing.T) {
	b := journaled(t, filepath.Join(t.TempDir(), "j"), noon())
	id := b.submit(minimal)
	up := b.upload(id, "a")
	if err := b.server.Close(); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]reply{
		"submit": b.do(http.MethodPost, "/submit", "text/xml", minimal), "upload": b.upload(id, "x"), "fileinfo": b.info(id, up.doc.FileID, ""),
		"finish": b.form("/finish", id), "retract": b.form("/retract", id),
	} {
		b.want(name, r, 500, cybertip.CodeSaveFailed)
	}
	reports := b.server.Reports()
	if len(reports) != 1 || reports[0].State != cybertiptest.StateOpen || len(reports[0].Files) != 1 || reports[0].Files[0].DetailsSHA256 != "" {
		t.Errorf("%+v", reports)
	}
}

func TestList(t *testing.T) {
	b := setup(t, cybertiptest.Options{Faults: func(e cybertip.Endpoint, _ int) (cybertiptest.Fault, bool) {
		return cybertiptest.Fault{Kind: cybertiptest.FaultHTML}, e == ""
	}})
	root := strings.TrimSuffix(b.url, cybertiptest.BasePath)
	get := func(method, query string) (reply, []cybertiptest.Listed) {
		b.url = root
		defer func() { b.url = root + cybertiptest.BasePath }()
		r := b.do(method, cybertiptest.ListPath+query, "", "")
		var out []cybertiptest.Listed
		if r.status == 200 {
			if err := json.Unmarshal([]byte(r.body), &out); err != nil {
				t.Fatal(err)
			}
		}
		return r, out
	}
	if r, _ := get(http.MethodGet, ""); strings.TrimSpace(r.body) != "[]" {
		t.Errorf("nothing yet: %q", r.body)
	}
	done := b.submit(minimal)
	up := b.upload(done, "keep this between us")
	b.want("fileinfo", b.info(done, up.doc.FileID, ""), 200, cybertip.CodeSuccess)
	b.want("finish", b.form("/finish", done), 200, cybertip.CodeSuccess)
	open := b.submit(minimal)
	r, all := get(http.MethodGet, "")
	if len(all) != 2 || all[0].ID != done || all[0].State != cybertiptest.StateFinished || all[0].User != "alpha" || len(all[0].SHA256) != 64 ||
		len(all[0].Files) != 1 || all[0].Files[0].ID != up.doc.FileID || all[0].Files[0].MD5 != up.doc.Hash || all[0].Files[0].Size != 20 ||
		len(all[0].Files[0].Details) != 64 || !all[0].Closed.Equal(b.clock.now()) || !all[1].Expires.Equal(b.clock.now().Add(24*time.Hour)) {
		t.Errorf("%s", r.body)
	}
	if strings.Contains(r.body, "between us") || strings.Contains(r.body, "Trafficking") {
		t.Errorf("the list holds contents: %s", r.body)
	}
	if _, some := get(http.MethodGet, "?state=open"); len(some) != 1 || some[0].ID != open {
		t.Errorf("open: %+v", some)
	}
	if r, _ := get(http.MethodGet, "?state=lost"); r.status != 400 {
		t.Errorf("unknown state: %d", r.status)
	}
	if r, _ := get(http.MethodPost, ""); r.status != 405 {
		t.Errorf("POST: %d", r.status)
	}
	b.user = ""
	if r, _ := get(http.MethodGet, ""); r.status != 401 || r.header.Get("WWW-Authenticate") == "" || strings.Contains(r.body, "alpha") {
		t.Errorf("without credentials: %d %q", r.status, r.body)
	}
}

func TestExpiryCanBeShortened(t *testing.T) {
	b := setup(t, cybertiptest.Options{ExpireAfter: time.Minute, ExpireAfterChange: 10 * time.Second})
	early, late := b.submit(minimal), b.submit(minimal)
	b.clock.advance(55 * time.Second)
	b.want("upload", b.upload(late, "x"), 200, cybertip.CodeSuccess)
	b.clock.advance(5 * time.Second)
	b.want("at the end", b.form("/finish", early), 400, cybertip.CodeNoSuchReport)
	b.want("changed lately", b.form("/finish", late), 200, cybertip.CodeSuccess)
}

// TestUnfinishedLineIsRemoved leaves a long torn line, and writes a short one in its place.
func TestUnfinishedLineIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	b := journaled(t, path, noon())
	id := b.submit(minimal)
	first := b.server.Calls()[0].RequestID
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"act":"upload","name":"` + strings.Repeat("a", 1000)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	b = journaled(t, path, noon())
	if data, err := os.ReadFile(path); err != nil || !strings.HasSuffix(string(data), "}\n") {
		t.Errorf("the torn line is still there: %v", err)
	}
	b.want("finish", b.form("/finish", id), 200, cybertip.CodeSuccess)
	if b.server.Calls()[0].RequestID == first {
		t.Error("a Request-ID came again after a restart")
	}
	b = journaled(t, path, noon())
	if rep, ok := b.server.Report(id); !ok || rep.State != cybertiptest.StateFinished {
		t.Errorf("%+v", rep)
	}
}

func TestEndpointsAreWhereTheyAre(t *testing.T) {
	b := setup(t, cybertiptest.Options{})
	b.url = strings.TrimSuffix(b.url, cybertiptest.BasePath)
	b.want("status beside its place", b.do(http.MethodGet, "/status", "", ""), 404, cybertip.CodeResourceNotFound)
	b.want("status in another place", b.do(http.MethodGet, "/other/status", "", ""), 404, cybertip.CodeResourceNotFound)
}
