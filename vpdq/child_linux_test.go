package vpdq_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"haris/vpdq"
)

// TestChildDiesWithUs kills a process that waits for its program. The program holds a pipe open, which ends when it does.
func TestChildDiesWithUs(t *testing.T) {
	if script := os.Getenv("HARIS_TEST_PROGRAM"); script != "" {
		_, err := vpdq.HashFile(t.Context(), sample, vpdq.Options{FFprobe: script})
		t.Fatal("went on:", err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	us := exec.Command(os.Args[0], "-test.run=^TestChildDiesWithUs$")
	us.Env = append(os.Environ(), "HARIS_TEST_PROGRAM="+program(t, `exec 4>`+pipe+`; echo up >&4; exec sleep 60`))
	if err := us.Start(); err != nil {
		t.Fatal(err)
	}
	out, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.ReadFull(out, make([]byte, len("up\n"))); err != nil {
		t.Fatal(err)
	}
	if err := us.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = us.Wait() // killed
	if err := out.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(out); err != nil || len(rest) > 0 {
		t.Error(rest, err)
	}
}

// TestChildHasNoNetwork asks a program in which network it is.
func TestChildHasNoNetwork(t *testing.T) {
	try := exec.Command("true")
	try.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET}
	if err := try.Run(); err != nil {
		t.Skip("the system does not let everybody make a network:", err)
	}
	ours, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	_, err = vpdq.HashFile(t.Context(), sample, vpdq.Options{FFprobe: program(t, `echo "in $(readlink /proc/self/ns/net), $(grep -c : /proc/net/dev) devices" >&2; exit 1`)})
	if err == nil || !strings.Contains(err.Error(), "in net:[") || strings.Contains(err.Error(), ours) || !strings.Contains(err.Error(), ", 1 devices") {
		t.Errorf("%v; ours is %s", err, ours)
	}
}
