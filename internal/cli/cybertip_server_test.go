package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
	"haris/internal/cli"
)

// standIn is a test server that runs as the command runs it.
type standIn struct {
	t      *testing.T
	end    context.CancelFunc
	code   chan int
	stderr *lockedBuffer
	said   struct{ URL, Reports, User, Password string }
}

// lockedBuffer takes what a server says while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func serveStandIn(t *testing.T, args ...string) *standIn {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	s := &standIn{t: t, end: cancel, code: make(chan int, 1), stderr: &lockedBuffer{}}
	t.Cleanup(cancel)
	go func() {
		code := cli.Run(ctx, cli.Env{
			Args:  append([]string{"cybertip", "test-server", "-o", "json", "--addr", "127.0.0.1:0"}, args...),
			Stdin: strings.NewReader(""), Stdout: in, Stderr: s.stderr, Now: time.Now,
		})
		s.code <- code
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("%v: %s", err, s.stderr)
	}
	if err := json.Unmarshal(line, &s.said); err != nil {
		t.Fatal(err)
	}
	return s
}

// stop ends the server and asks that it ends well.
func (s *standIn) stop() {
	s.t.Helper()
	s.end()
	if code := <-s.code; code != cli.OK {
		s.t.Errorf("exit code %d: %s", code, s.stderr)
	}
}

func (s *standIn) client() *cybertip.Client {
	s.t.Helper()
	c, err := cybertip.NewClient(cybertip.Options{Environment: cybertip.Local, BaseURL: s.said.URL, Username: s.said.User, Password: s.said.Password})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *standIn) list() (out []cybertiptest.Listed) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.said.Reports, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	req.SetBasicAuth(s.said.User, s.said.Password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := errors.Join(json.NewDecoder(resp.Body).Decode(&out), resp.Body.Close()); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func filing(t *testing.T, info string) cybertip.Filing {
	t.Helper()
	f, err := cybertip.NewFiling(cybertip.FilingSpec{
		Profile: cybertip.Profile202506,
		Report: &cybertip.Report{
			IncidentSummary: cybertip.IncidentSummary{IncidentType: cybertip.IncidentTrafficking, IncidentDateTime: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)},
			Reporter:        cybertip.Reporter{ReportingPerson: cybertip.Person{Emails: []cybertip.Email{{Address: "desk@example.org"}}}},
			AdditionalInfo:  info,
		},
		Files: []cybertip.FilingFile{{Key: "chat", Name: "chat.csv", Size: -1, Details: &cybertip.FileDetails{}}},
	}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// drive runs a filing to its end; faults are gone over without a pause.
func drive(t *testing.T, c *cybertip.Client, f cybertip.Filing) cybertip.Filing {
	t.Helper()
	open := func(context.Context, cybertip.FilingFile) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("keep this between us")), nil
	}
	for range 500 {
		if cybertip.Next(f).Kind == cybertip.StepDone {
			return f
		}
		next, err := cybertip.Run(t.Context(), c, f, open)
		if f = next; errors.Is(err, cybertip.ErrHeld) {
			t.Fatal(err)
		}
	}
	t.Fatalf("not done: %+v", f)
	return f
}

// TestStandInOutlivesItself files against a server that fails often, ends it, and asks its successor what has arrived.
func TestStandInOutlivesItself(t *testing.T) {
	state := filepath.Join(t.TempDir(), "reports.journal")
	args := []string{"--state", state, "--user", "amira:a secret: with a colon", "--fault-rate", "0.3", "--fault-seed", "7"}
	s := serveStandIn(t, args...)
	if s.said.User != "amira" || s.said.Password != "a secret: with a colon" {
		t.Fatalf("%+v", s.said)
	}
	wanted := map[string]int64{}
	for _, words := range []string{"one", "two", "three", "four", "five", "six"} {
		f := drive(t, s.client(), filing(t, words))
		wanted[f.ReportSHA256] = f.ReportID
	}
	said := s.stderr.String()
	s.stop()
	if !strings.Contains(said, "  fault ") || !strings.Contains(said, "finish  200 code 0  report ") || strings.Contains(said, "between us") {
		t.Errorf("%s", said)
	}
	data, err := os.ReadFile(state)
	if err != nil || bytes.Contains(data, []byte("between us")) {
		t.Errorf("the journal holds contents, or is gone: %v", err)
	}

	s = serveStandIn(t, args...)
	finished := slices.DeleteFunc(s.list(), func(r cybertiptest.Listed) bool { return r.State != cybertiptest.StateFinished })
	if len(finished) != len(wanted) {
		t.Errorf("%d finished reports, want %d", len(finished), len(wanted))
	}
	for _, r := range finished {
		if wanted[r.SHA256] != r.ID || len(r.Files) != 1 || r.Files[0].Details == "" || r.User != "amira" {
			t.Errorf("%+v, want report %d", r, wanted[r.SHA256])
		}
	}
	s.stop()
}

// TestStandInEndsWithACallUnderWay interrupts the server while a call hangs.
func TestStandInEndsWithACallUnderWay(t *testing.T) {
	s := serveStandIn(t, "--fault-rate", "1", "--fault-kind", "hang")
	failed := make(chan error, 1)
	client := s.client()
	go func() {
		_, err := client.Status(context.Background())
		failed <- err
	}()
	s.stop()
	if err := <-failed; err == nil {
		t.Error("answered")
	}
}
