package cybertip_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
