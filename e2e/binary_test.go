package e2e_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var (
	build    sync.Once
	built    string
	buildErr error
)

// binary builds the program once and returns where it is.
func binary(t testing.TB) string {
	t.Helper()
	build.Do(func() {
		var dir string
		if dir, buildErr = os.MkdirTemp("", "haris-e2e-"); buildErr != nil {
			return
		}
		built = filepath.Join(dir, "haris")
		cmd := exec.Command("go", "build", "-o", built, "haris/cmd/haris")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		var out []byte
		if out, buildErr = cmd.CombinedOutput(); buildErr != nil {
			t.Logf("%s", out)
		}
	})
	if buildErr != nil {
		t.Fatal(buildErr)
	}
	return built
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		if err := os.RemoveAll(filepath.Dir(built)); err != nil {
			code = 1
		}
	}
	os.Exit(code)
}

// running is a process that serves.
type running struct {
	t    testing.TB
	cmd  *exec.Cmd
	URL  string `json:"url"`
	Link string `json:"link"`
}

// serve starts a command that prints where it is as JSON.
func serve(t testing.TB, args ...string) *running {
	t.Helper()
	r := &running{t: t, cmd: exec.Command(binary(t), append(args, "--listen", "127.0.0.1:0", "-o", "json")...)}
	r.cmd.Env = append(os.Environ(), "HARIS_METRICS_LISTEN=", "HARIS_LOG_LEVEL=warn")
	r.cmd.Stderr = os.Stderr
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		t.Fatalf("%v said nothing: %v", args, err)
	}
	if err := json.Unmarshal(line, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// kill ends the process without a word.
func (r *running) kill() {
	r.t.Helper()
	if err := r.cmd.Process.Kill(); err != nil {
		r.t.Fatal(err)
	}
	if err := r.cmd.Wait(); err == nil {
		r.t.Fatal("a killed process ended well")
	}
}

// stop asks the process to end and waits.
func (r *running) stop() {
	r.t.Helper()
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		r.t.Fatal(err)
	}
	if err := r.cmd.Wait(); err != nil {
		r.t.Error(err)
	}
}

// run runs a command to its end and returns what it printed.
func run(t testing.TB, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}
