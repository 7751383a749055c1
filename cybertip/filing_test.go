package cybertip_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

// contents are the files the tests upload, by key.
func contents() map[string]string {
	return map[string]string{"chat": "keep this between us", "photo": "an ordinary photograph"}
}

func opener(_ context.Context, f cybertip.FilingFile) (io.ReadCloser, error) {
	text, ok := contents()[f.Key]
	if !ok {
		return nil, fmt.Errorf("no file %q", f.Key)
	}
	return io.NopCloser(strings.NewReader(text)), nil
}

func files() []cybertip.FilingFile {
	return []cybertip.FilingFile{
		{Key: "photo", Name: "photo.jpg", Size: -1, Details: &cybertip.FileDetails{FileViewedByESP: new(true), PubliclyAvailable: new(false)}},
		{Key: "chat", Name: "chat.csv", Size: int64(len(contents()["chat"]))},
	}
}

func newFiling(t testing.TB) cybertip.Filing {
	t.Helper()
	f, err := cybertip.NewFiling(cybertip.FilingSpec{Profile: cybertip.Profile202506, Report: report(), Files: files()}, now)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// store is what a caller keeps: the filing as JSON.
func store(t interface{ Fatal(...any) }, f cybertip.Filing) cybertip.Filing {
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var back cybertip.Filing
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, back); diff != "" {
		t.Fatal("a filing changed when it was stored:", diff)
	}
	return back
}

// drive runs a filing until it is done or held, at most n calls.
func drive(t testing.TB, b *bundle, f cybertip.Filing, n int) cybertip.Filing {
	t.Helper()
	for range n {
		if cybertip.Next(f).Kind == cybertip.StepDone {
			return f
		}
		next, err := cybertip.Run(context.Background(), b.client, f, opener)
		f = store(t, next)
		if errors.Is(err, cybertip.ErrHeld) {
			return f
		}
	}
	t.Fatalf("not done after %d calls: %+v", n, f)
	return f
}

func count(b *bundle, s cybertiptest.State) int {
	n := 0
	for _, r := range b.server.Reports() {
		if r.State == s {
			n++
		}
	}
	return n
}

func TestFilingSteps(t *testing.T) {
	b := setup(t)
	f := newFiling(t)
	var kinds []string
	for cybertip.Next(f).Kind != cybertip.StepDone {
		step := cybertip.Next(f)
		var err error
		if f, err = cybertip.Run(context.Background(), b.client, f, opener); err != nil {
			t.Fatal(err)
		}
		if f.InFlight == nil || f.InFlight.Step != step {
			t.Fatalf("the first call of a step marks it: %+v", f.InFlight)
		}
		f = store(t, f)
		if f, err = cybertip.Run(context.Background(), b.client, f, opener); err != nil {
			t.Fatal(err)
		}
		f = store(t, f)
		kinds = append(kinds, string(step.Kind))
	}
	if want := []string{"submit", "upload", "fileinfo", "upload", "finish"}; !slices.Equal(kinds, want) {
		t.Errorf("steps %q, want %q", kinds, want)
	}
	if f.Receipt == nil || !f.Receipt.FilesConfirmed || f.Receipt.Problem != "" || len(f.Receipt.Response) == 0 || f.Receipt.ReportID != f.ReportID {
		t.Errorf("receipt %+v", f.Receipt)
	}
	again, err := cybertip.Run(context.Background(), b.client, f, opener)
	if err != nil || cmp.Diff(f, again) != "" {
		t.Errorf("a finished filing moved: %v", err)
	}
}

// TestLostAnswers loses the answer of each call, with and without the call having taken effect.
func TestLostAnswers(t *testing.T) {
	for _, c := range []struct {
		endpoint cybertip.Endpoint
		times    int
		reports  map[bool]int // opened, by whether the lost calls took effect
		finished bool         // files confirmed by the receipt, whatever was committed
	}{
		{cybertip.EndpointSubmit, 1, map[bool]int{false: 1, true: 2}, true},
		{cybertip.EndpointSubmit, 3, map[bool]int{false: 1, true: 4}, true},
		{cybertip.EndpointUpload, 1, map[bool]int{false: 2, true: 2}, true},
		{cybertip.EndpointFileInfo, 1, map[bool]int{false: 1, true: 2}, true},
		{cybertip.EndpointFileInfo, 2, map[bool]int{false: 2, true: 2}, true},
		{cybertip.EndpointFinish, 1, map[bool]int{false: 1, true: 1}, false},
		{cybertip.EndpointFinish, 3, map[bool]int{false: 1, true: 1}, false},
	} {
		for _, commit := range []bool{false, true} {
			for _, kind := range []cybertiptest.FaultKind{cybertiptest.FaultDrop, cybertiptest.FaultHTML, cybertiptest.FaultCode, cybertiptest.FaultGarbage} {
				t.Run(fmt.Sprintf("%s %d commit=%v %s", c.endpoint, c.times, commit, kind), func(t *testing.T) {
					b := setup(t)
					b.server.Inject(cybertiptest.Fault{Endpoint: c.endpoint, Kind: kind, Commit: commit, Times: c.times})
					f := drive(t, b, newFiling(t), 60)
					if f.State != cybertip.FilingFinished || count(b, cybertiptest.StateFinished) != 1 {
						t.Fatalf("state %s, hold %q, %d finished", f.State, f.Hold, count(b, cybertiptest.StateFinished))
					}
					if n := len(b.server.Reports()); n != c.reports[commit] {
						t.Errorf("%d reports were opened, want %d", n, c.reports[commit])
					}
					if want := c.finished || !commit; f.Receipt.FilesConfirmed != want || f.Receipt.Problem != "" {
						t.Errorf("receipt %+v, want confirmed %v", f.Receipt, want)
					}
					checkFinished(t, b.server, f)
				})
			}
		}
	}
}

// checkFinished holds the one finished report to what was meant.
func checkFinished(t interface{ Fatalf(string, ...any) }, server *cybertiptest.Server, f cybertip.Filing) {
	var finished []cybertiptest.Report
	for _, r := range server.Reports() {
		if r.State == cybertiptest.StateFinished {
			finished = append(finished, r)
		}
	}
	if len(finished) != 1 || finished[0].ID != f.ReportID {
		t.Fatalf("%d finished reports, the filing says %d", len(finished), f.ReportID)
	}
	got := finished[0]
	if !bytes.Equal(got.Document, f.Report) || len(got.Files) != len(f.Files) {
		t.Fatalf("the finished report has %d files or another document", len(got.Files))
	}
	for i, file := range got.Files {
		want := f.Files[i]
		if string(file.Content) != contents()[want.Key] || file.ID != want.FileID || (file.Details != nil) != (want.Details != nil) {
			t.Fatalf("file %d is %+v, want %+v", i, file, want)
		}
	}
}

// TestCrashes forgets the client between the two calls of a step, and in the middle of it.
func TestCrashes(t *testing.T) {
	for _, step := range []cybertip.StepKind{cybertip.StepSubmit, cybertip.StepUpload, cybertip.StepFileInfo, cybertip.StepFinish} {
		for _, made := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s call made=%v", step, made), func(t *testing.T) {
				b := setup(t)
				f := newFiling(t)
				for f.InFlight == nil || f.InFlight.Step.Kind != step {
					var err error
					if f, err = cybertip.Run(context.Background(), b.client, f, opener); err != nil {
						t.Fatal(err)
					}
				}
				stored := store(t, f)
				if made {
					if _, err := cybertip.Run(context.Background(), b.client, stored, opener); err != nil {
						t.Fatal(err)
					}
				}
				var err error
				if b.client, err = cybertip.NewClient(b.options()); err != nil {
					t.Fatal(err)
				}
				f = drive(t, b, stored, 60)
				if f.State != cybertip.FilingFinished {
					t.Fatalf("state %s hold %q", f.State, f.Hold)
				}
				checkFinished(t, b.server, f)
			})
		}
	}
}

// TestTicketsWorkOnce runs the same stored filing twice with the same client: the second time its answer counts as lost.
func TestTicketsWorkOnce(t *testing.T) {
	b := setup(t)
	marked, err := cybertip.Run(context.Background(), b.client, newFiling(t), opener)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cybertip.Run(context.Background(), b.client, marked, opener); err != nil {
		t.Fatal(err)
	}
	again, err := cybertip.Run(context.Background(), b.client, marked, opener)
	if err != nil || again.State != cybertip.FilingNew || len(again.Orphans) != 1 || len(b.server.Reports()) != 1 {
		t.Fatalf("%v %+v", err, again)
	}
}

func TestFilingExpires(t *testing.T) {
	b := setup(t)
	f := newFiling(t)
	for f.ReportID == 0 {
		var err error
		if f, err = cybertip.Run(context.Background(), b.client, f, opener); err != nil {
			t.Fatal(err)
		}
	}
	if want := now.Add(24 * time.Hour); !f.ExpiresAt().Equal(want) {
		t.Errorf("expires at %v, want %v", f.ExpiresAt(), want)
	}
	b.clock.advance(25 * time.Hour)
	f = drive(t, b, f, 60)
	if f.State != cybertip.FilingFinished || len(f.Orphans) != 1 || !f.Orphans[0].Gone {
		t.Fatalf("%+v", f)
	}
	checkFinished(t, b.server, f)
}

// TestUnansweredFinishIsNeverFiledAgain is the rule that keeps two reports from being finished.
func TestUnansweredFinishIsNeverFiledAgain(t *testing.T) {
	b := setup(t)
	b.server.Inject(cybertiptest.Fault{Endpoint: cybertip.EndpointFinish, Kind: cybertiptest.FaultDrop})
	f := newFiling(t)
	for f.FinishTries == 0 || f.InFlight != nil {
		var err error
		if f, err = cybertip.Run(context.Background(), b.client, f, opener); err != nil && f.FinishTries == 0 {
			t.Fatal(err)
		}
	}
	b.clock.advance(48 * time.Hour)
	f = drive(t, b, f, 20)
	if f.State != cybertip.FilingExpired || f.Hold == "" || cybertip.Next(f).Kind != cybertip.StepHold || len(b.server.Reports()) != 1 {
		t.Fatalf("state %s hold %q, %d reports", f.State, f.Hold, len(b.server.Reports()))
	}
	f = drive(t, b, cybertip.Redo(f), 40)
	if f.State != cybertip.FilingFinished {
		t.Fatalf("a person decided to file again, but it is %s", f.State)
	}
	checkFinished(t, b.server, f)
}

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault cybertiptest.Fault
		files []cybertip.FilingFile
		hold  string
		then  func(cybertip.Filing) cybertip.Filing
		state cybertip.FilingState
	}{
		{"submit refused, mended", cybertiptest.Fault{Endpoint: cybertip.EndpointSubmit, Kind: cybertiptest.FaultCode, Code: 3100}, files(), "3100", cybertip.Release, cybertip.FilingFinished},
		{"credentials refused, mended", cybertiptest.Fault{Endpoint: cybertip.EndpointUpload, Kind: cybertiptest.FaultEmpty401}, files(), "2000", cybertip.Release, cybertip.FilingFinished},
		{"fileinfo refused, redone", cybertiptest.Fault{Endpoint: cybertip.EndpointFileInfo, Kind: cybertiptest.FaultCode, Code: 4100}, files(), "4100", cybertip.Redo, cybertip.FilingFinished},
		{"finish refused, mended", cybertiptest.Fault{Endpoint: cybertip.EndpointFinish, Kind: cybertiptest.FaultCode, Code: 4100}, files(), "4100", cybertip.Release, cybertip.FilingFinished},
		{"finish refused, cancelled", cybertiptest.Fault{Endpoint: cybertip.EndpointFinish, Kind: cybertiptest.FaultCode, Code: 3300}, files(), "3300", cybertip.Cancel, cybertip.FilingRetracted},
		{"finish gone, first time", cybertiptest.Fault{Endpoint: cybertip.EndpointFinish, Kind: cybertiptest.FaultCode, Code: 5001}, files(), "", nil, cybertip.FilingFinished},
		{"finish retracted", cybertiptest.Fault{Endpoint: cybertip.EndpointFinish, Kind: cybertiptest.FaultCode, Code: 5101}, files(), "retracted", cybertip.Redo, cybertip.FilingFinished},
		{"upload gone", cybertiptest.Fault{Endpoint: cybertip.EndpointUpload, Kind: cybertiptest.FaultCode, Code: 5001}, files(), "", nil, cybertip.FilingFinished},
		{"upload retracted", cybertiptest.Fault{Endpoint: cybertip.EndpointUpload, Kind: cybertiptest.FaultCode, Code: 5101}, files(), "retracted", cybertip.Cancel, cybertip.FilingRetracted},
		{"upload failed", cybertiptest.Fault{Endpoint: cybertip.EndpointUpload, Kind: cybertiptest.FaultCode, Code: 1111}, files(), "", nil, cybertip.FilingFinished},
		{"wrong MD5", cybertiptest.Fault{Endpoint: cybertip.EndpointUpload, Kind: cybertiptest.FaultWrongMD5}, files(), "", nil, cybertip.FilingFinished},
		{"wrong MD5 for ever", cybertiptest.Fault{Endpoint: cybertip.EndpointUpload, Kind: cybertiptest.FaultWrongMD5, Times: -1}, files(), "5 reports", cybertip.Cancel, cybertip.FilingRetracted},
		{"not the file that was meant", cybertiptest.Fault{}, []cybertip.FilingFile{{Key: "chat", Size: -1, MD5: strings.Repeat("0", 32)}}, "not the one that was meant", cybertip.Cancel, cybertip.FilingRetracted},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			if c.fault.Kind != "" {
				b.server.Inject(c.fault)
			}
			f, err := cybertip.NewFiling(cybertip.FilingSpec{Profile: cybertip.Profile202506, Report: report(), Files: c.files}, now)
			if err != nil {
				t.Fatal(err)
			}
			f = drive(t, b, f, 100)
			if !strings.Contains(f.Hold, c.hold) || (c.hold == "") != (f.Hold == "") {
				t.Fatalf("hold %q, want %q", f.Hold, c.hold)
			}
			if c.then != nil {
				f = drive(t, b, c.then(f), 100)
			}
			if f.State != c.state || f.Hold != "" {
				t.Fatalf("state %s hold %q, want %s", f.State, f.Hold, c.state)
			}
			if c.state == cybertip.FilingFinished {
				checkFinished(t, b.server, f)
			} else if n := count(b, cybertiptest.StateFinished); n != 0 {
				t.Errorf("%d reports are finished", n)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	t.Run("before anything", func(t *testing.T) {
		b := setup(t)
		f := drive(t, b, cybertip.Cancel(newFiling(t)), 5)
		if f.State != cybertip.FilingRetracted || len(b.server.Reports()) != 0 {
			t.Fatalf("%+v", f)
		}
	})
	t.Run("open, with lost answers", func(t *testing.T) {
		b := setup(t)
		f := newFiling(t)
		for f.ReportID == 0 {
			f, _ = cybertip.Run(context.Background(), b.client, f, opener)
		}
		b.server.Inject(cybertiptest.Fault{Endpoint: cybertip.EndpointRetract, Kind: cybertiptest.FaultDrop, Times: 4})
		b.server.Inject(cybertiptest.Fault{Endpoint: cybertip.EndpointRetract, Kind: cybertiptest.FaultDrop, Commit: true})
		f = drive(t, b, cybertip.Cancel(f), 40)
		if f.State != cybertip.FilingRetracted || count(b, cybertiptest.StateRetracted) != 1 {
			t.Fatalf("%+v", f)
		}
	})
	t.Run("too late", func(t *testing.T) {
		b := setup(t)
		b.server.Inject(cybertiptest.Fault{Endpoint: cybertip.EndpointFinish, Kind: cybertiptest.FaultDrop, Commit: true})
		f := newFiling(t)
		for f.FinishTries == 0 || f.InFlight != nil {
			f, _ = cybertip.Run(context.Background(), b.client, f, opener)
		}
		f = drive(t, b, cybertip.Cancel(f), 10)
		if f.State != cybertip.FilingFinished || f.Receipt.Problem == "" {
			t.Fatalf("%+v", f)
		}
	})
	t.Run("finished stays finished", func(t *testing.T) {
		b := setup(t)
		f := drive(t, b, newFiling(t), 20)
		if cmp.Diff(f, cybertip.Cancel(f)) != "" || cmp.Diff(f, cybertip.Redo(f)) != "" {
			t.Error("changed")
		}
	})
}

func TestRedoLeavesWhatCannotBeRetracted(t *testing.T) {
	b := setup(t)
	b.server.Inject(cybertiptest.Fault{Endpoint: cybertip.EndpointUpload, Kind: cybertiptest.FaultDrop})
	b.server.Inject(cybertiptest.Fault{Endpoint: cybertip.EndpointRetract, Kind: cybertiptest.FaultHTML, Times: -1})
	f := drive(t, b, newFiling(t), 60)
	if f.State != cybertip.FilingFinished || len(f.Orphans) != 1 || f.Orphans[0].Gone || f.Orphans[0].ReportID == 0 {
		t.Fatalf("%+v", f)
	}
	checkFinished(t, b.server, f)
}

func TestFilingStaysInItsEnvironment(t *testing.T) {
	b := setup(t)
	f, err := cybertip.Run(context.Background(), b.client, newFiling(t), opener)
	if err != nil {
		t.Fatal(err)
	}
	live, err := cybertip.NewClient(cybertip.Options{Environment: cybertip.Production, Username: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cybertip.Run(context.Background(), live, f, opener); !errors.Is(err, cybertip.ErrOtherEnvironment) {
		t.Fatalf("got %v", err)
	}
}

func TestStoredReportMustBeUnchanged(t *testing.T) {
	b := setup(t)
	f := newFiling(t)
	f.Report = bytes.Replace(f.Report, []byte("account-1"), []byte("account-2"), 1)
	f = drive(t, b, f, 10)
	if !strings.Contains(f.Hold, "SHA-256") || len(b.server.Reports()) != 0 {
		t.Fatalf("hold %q", f.Hold)
	}
}

func TestUnrecordedSuccessCounts(t *testing.T) {
	b := setup(t)
	b.recorder.err = errors.New("full")
	f := drive(t, b, newFiling(t), 40)
	if f.State != cybertip.FilingFinished || len(b.server.Reports()) != 1 {
		t.Fatalf("%+v", f)
	}
}

func TestNewFilingRefuses(t *testing.T) {
	batch := report()
	batch.BatchedReport = &cybertip.BatchedReport{Reason: cybertip.BatchViralMeme}
	batch.InternetDetails = nil
	viral := &cybertip.FileDetails{Annotations: &cybertip.FileAnnotations{Viral: true}}
	future := report()
	future.IncidentSummary.IncidentDateTime = now.Add(time.Second)
	for _, c := range []struct {
		name   string
		report *cybertip.Report
		files  []cybertip.FilingFile
		ok     bool
	}{
		{"fine", report(), files(), true},
		{"in the future", future, nil, false},
		{"cannot be encoded", &cybertip.Report{}, nil, false},
		{"key twice", report(), append(files(), files()...), false},
		{"no key", report(), []cybertip.FilingFile{{}}, false},
		{"details break a rule", report(), []cybertip.FilingFile{{Key: "k", Details: &cybertip.FileDetails{EXIFViewedByESP: new(true)}}}, false},
		{"batched", batch, []cybertip.FilingFile{{Key: "k", Details: viral}}, true},
		{"batched with two files", batch, []cybertip.FilingFile{{Key: "k", Details: viral}, {Key: "l", Details: viral}}, false},
		{"batched without details", batch, []cybertip.FilingFile{{Key: "k"}}, false},
		{"batched, not viral", batch, []cybertip.FilingFile{{Key: "k", Details: &cybertip.FileDetails{}}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := cybertip.NewFiling(cybertip.FilingSpec{Profile: cybertip.Profile202506, Report: c.report, Files: c.files}, now); (err == nil) != c.ok {
				t.Fatalf("got %v", err)
			}
		})
	}
}

// TestFilingUnderFaults drives one filing through random faults, crashes and passing time and asserts that exactly one report is finished, with
// exactly the intended content.
func TestFilingUnderFaults(t *testing.T) {
	base := newFiling(t)
	kinds := []cybertiptest.FaultKind{
		cybertiptest.FaultDrop, cybertiptest.FaultHTML, cybertiptest.FaultCode, cybertiptest.FaultGarbage, cybertiptest.FaultEmpty401,
		cybertiptest.FaultWrongMD5, cybertiptest.FaultLatin1Header,
	}
	codes := []cybertip.Code{1000, 1100, 1110, 1111, 1300, 3000, 4100, 5555}
	rapid.Check(t, func(t *rapid.T) {
		clk := &clock{t: now}
		// The script is drawn before the server runs, because rapid draws on the test's own goroutine only.
		script := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) cybertiptest.Fault {
			if rapid.Bool().Draw(t, "passes") {
				return cybertiptest.Fault{}
			}
			return cybertiptest.Fault{
				Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Commit: rapid.Bool().Draw(t, "commit"),
				Code: rapid.SampledFrom(codes).Draw(t, "code"),
			}
		}), 0, 20).Draw(t, "script")
		server := cybertiptest.NewServer(cybertiptest.Options{Clock: clk.now, Faults: func(cybertip.Endpoint, int) (cybertiptest.Fault, bool) {
			if len(script) == 0 {
				return cybertiptest.Fault{}, false
			}
			f := script[0]
			script = script[1:]
			return f, f.Kind != ""
		}})
		hs := httptest.NewServer(server)
		defer hs.Close()
		newClient := func() *cybertip.Client {
			c, err := cybertip.NewClient(cybertip.Options{
				Environment: cybertip.Local, BaseURL: hs.URL + cybertiptest.BasePath, Clock: clk.now,
				Username: cybertiptest.DefaultUser, Password: cybertiptest.DefaultPassword, HTTPClient: hs.Client(),
			})
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		client, f := newClient(), base
		for range 400 {
			if cybertip.Next(f).Kind == cybertip.StepDone {
				break
			}
			if rapid.IntRange(0, 9).Draw(t, "crash") == 0 {
				if f.InFlight != nil && rapid.Bool().Draw(t, "after the call") {
					if _, err := cybertip.Run(context.Background(), client, f, opener); err != nil {
						t.Log(err)
					}
				}
				client = newClient()
			}
			if rapid.IntRange(0, 39).Draw(t, "time") == 0 {
				clk.advance(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour)
			}
			next, err := cybertip.Run(context.Background(), client, f, opener)
			f = store(t, next)
			if finished := finishedReports(server); finished > 1 {
				t.Fatalf("%d reports are finished", finished)
			}
			if errors.Is(err, cybertip.ErrHeld) {
				f = person(f, server, t)
			}
		}
		if f.State != cybertip.FilingFinished {
			t.Fatalf("not finished: %+v", f)
		}
		checkFinished(t, server, f)
	})
}

// person does what a careful person does with a held filing: asks NCMEC whether the report is finished, and otherwise tries again.
func person(f cybertip.Filing, server *cybertiptest.Server, t *rapid.T) cybertip.Filing {
	if finishedReports(server) > 0 && f.State != cybertip.FilingOpen {
		t.Fatalf("a finished report was given up: %+v", f)
	}
	if f.State == cybertip.FilingOpen && rapid.Bool().Draw(t, "release") {
		return cybertip.Release(f)
	}
	return cybertip.Redo(f)
}

func finishedReports(server *cybertiptest.Server) int {
	n := 0
	for _, r := range server.Reports() {
		if r.State == cybertiptest.StateFinished {
			n++
		}
	}
	return n
}
