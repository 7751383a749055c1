package e2e_test

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/bank"
	"haris/internal/exchange/exchangetest"
)

// sharing is a stand-in of the exchanges, and a directory that is taken in into.
type sharing struct {
	*testing.T
	*exchangetest.Server
	dir   string
	calls atomic.Int64 // answered since the process began
	limit atomic.Int64 // after which it is killed
	full  chan struct{}
}

func newSharing(t *testing.T) *sharing {
	s := &sharing{T: t, dir: t.TempDir(), full: make(chan struct{}, 1)}
	s.Server = exchangetest.NewServer(exchangetest.Options{Page: 25, OnCall: func(exchangetest.Call) {
		if s.calls.Add(1) == s.limit.Load() {
			s.full <- struct{}{}
		}
	}})
	web := httptest.NewServer(s.Server)
	t.Cleanup(web.Close)
	files := exchangetest.Secrets()
	files["exchanges.yaml"] = exchangetest.Setup(web.URL, s.dir)
	files["events.ndjson"] = `{"specversion":"1.0","id":"1","source":"/s","type":"post.published","time":"2026-03-02T10:00:00Z","data":{"account":"ali","post":"p1"}}` + "\n"
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.run("replay", "events.ndjson")
	s.run("person", "create", "lena", "--name", "Lena", "--role", "lead")
	return s
}

func (s *sharing) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(s.Context(), binary(s), args...)
	cmd.Dir, cmd.Stderr = s.dir, io.Discard
	cmd.Env = append(os.Environ(), "HARIS_EXCHANGES_FILE="+filepath.Join(s.dir, "exchanges.yaml"))
	return cmd
}

func (s *sharing) run(args ...string) string {
	s.Helper()
	out, err := s.command(args...).Output()
	if err != nil {
		s.Fatalf("haris %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// killed syncs and kills the process at once or a little after it was answered n times; it reports whether it was still running.
func (s *sharing) killed(n int) bool {
	s.Helper()
	s.calls.Store(0)
	s.limit.Store(int64(n))
	cmd := s.command("exchange", "sync")
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
		return false
	case <-s.full:
	}
	time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond) //nolint:gosec // it only has to differ
	_ = cmd.Process.Kill()
	return <-ended != nil
}

// entries are the live entries of a bank as they are exported.
func (s *sharing) entries(bankID string) (out []string) {
	s.Helper()
	for line := range strings.Lines(s.run("bank", "export", bankID, "--format", "json", "--as", "lena")) {
		var l bank.Line
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			s.Fatal(err)
		}
		out = append(out, l.Kind+" "+l.Value)
	}
	slices.Sort(out)
	return out
}

// check compares the banks with the shelf.
func (s *sharing) check() {
	s.Helper()
	flat := []bank.Kind{bank.MD5, bank.PDQ}
	for id, kinds := range map[string][]bank.Kind{
		"ncmec": {bank.MD5, bank.PDQ, bank.SHA1}, "list": {bank.MD5, bank.PDQ, bank.SHA1}, "stopncii": flat, "threatexchange": flat, "terrorism": flat,
	} {
		var want []string
		for _, i := range s.Items() {
			for _, h := range i.Hashes {
				if slices.Contains(kinds, h.Kind) {
					want = append(want, string(h.Kind)+" "+h.Value)
				}
			}
		}
		slices.Sort(want)
		if d := cmp.Diff(want, s.entries(id)); d != "" {
			s.Errorf("bank %s:\n%.1500s", id, d)
		}
	}
}

// TestSyncsThatAreKilled kills syncs of every protocol again and again: in the end every entry is there once, and what was taken back is
// gone.
func TestSyncsThatAreKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the program many times")
	}
	s := newSharing(t)
	s.Fill(200, time.Now().Add(-time.Minute))
	kills := 0
	for _, n := range []int{1, 2, 20, 22, 5, 24, 3, 30, 12, 7, 2, 4} {
		if s.killed(n) {
			kills++
		}
	}
	s.limit.Store(0)
	s.run("exchange", "sync")
	s.check()
	s.Take("i000001", "i000002", "i000190")
	for n := range 30 {
		// The next whole second: what is told is changed after the sets that were read, not before them.
		s.Put(exchangetest.MakeItem(1000+n, time.Now().UTC().Truncate(time.Second).Add(time.Second)))
	}
	time.Sleep(7 * time.Second) // Hash Sharing is read up to 5 seconds ago
	for _, n := range []int{1, 2, 3, 4} {
		if s.killed(n) {
			kills++
		}
	}
	s.limit.Store(0)
	s.run("exchange", "sync")
	s.check()
	if kills < 8 {
		t.Errorf("only %d syncs were still running when they were killed", kills)
	}
}
