package cybertip_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

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

// TestCancelWhileACallIsOut cancels a filing between the call and its answer. Whatever the answer is, nothing new is opened, what was opened is
// taken back, and what was finished is said to be.
func TestCancelWhileACallIsOut(t *testing.T) {
	for _, step := range []cybertip.StepKind{cybertip.StepSubmit, cybertip.StepUpload, cybertip.StepFileInfo, cybertip.StepFinish} {
		for name, answer := range map[string]cybertiptest.Fault{
			"it succeeds":               {},
			"it fails":                  {Kind: cybertiptest.FaultCode, Code: 1111},
			"its answer is lost":        {Kind: cybertiptest.FaultDrop, Commit: true},
			"its report is gone":        {Kind: cybertiptest.FaultCode, Code: 5001},
			"the process ends with it":  {},
			"it ends before it is made": {},
		} {
			t.Run(string(step)+", "+name, func(t *testing.T) {
				b := setup(t)
				f := newFiling(t)
				for f.InFlight == nil || f.InFlight.Step.Kind != step {
					f, _ = cybertip.Run(context.Background(), b.client, f, opener)
				}
				if answer.Kind != "" {
					answer.Endpoint = cybertip.Endpoint(step)
					b.server.Inject(answer)
				}
				made := f
				if name != "it ends before it is made" {
					made, _ = cybertip.Run(context.Background(), b.client, f, opener)
				}
				// The answer meets the wish either way: by a process that lives, or as lost by the next one.
				if strings.HasPrefix(name, "it ") && name != "it ends before it is made" || strings.HasPrefix(name, "its ") {
					f = cybertip.Cancel(made)
				} else {
					f = cybertip.Cancel(f)
				}
				f = drive(t, b, f, 60)
				open, finished := count(b, cybertiptest.StateOpen), finishedReports(b.server)
				switch {
				case f.State == cybertip.FilingFinished:
					if finished != 1 || step != cybertip.StepFinish {
						t.Errorf("%d finished: %+v", finished, f)
					}
				case f.State != cybertip.FilingRetracted || f.Hold != "" || finished != 0:
					t.Errorf("%d finished, %d open: %+v", finished, open, f)
				case open > 0 && step != cybertip.StepSubmit && answer.Code != 5001:
					t.Errorf("%d reports are left open: %+v", open, f)
				}
				if len(b.server.Reports()) > 1 {
					t.Errorf("%d reports were opened", len(b.server.Reports()))
				}
			})
		}
	}
}
