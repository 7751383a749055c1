package vpdq

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// child is a program that reads a file as its descriptor 3.
type child struct {
	program string
	args    []string
	file    *os.File
	options Options
}

// run starts the program, hands what it writes to read, and waits for it. A program that complains of anything has not read the
// whole video. When read fails or the time is over, the program and all that it started are killed.
func run(ctx context.Context, c child, read func(io.Reader) error) error {
	path, err := exec.LookPath(c.program)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoFFmpeg, err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	said := &short{}
	cmd, out, err := begin(ctx, c, path, said)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause // it was over before it began
	}
	if err != nil {
		return fmt.Errorf("vpdq: start %s: %w", c.program, err)
	}
	readErr := read(out)
	if readErr != nil {
		stop()
	}
	err = cmd.Wait()
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, ErrLimit):
		return fmt.Errorf("%w: more than %v", ErrLimit, c.options.MaxTime)
	case readErr == nil && ctx.Err() != nil:
		return fmt.Errorf("vpdq: %w", cause)
	}
	if err != nil && readErr == nil || said.text.Len() > 0 {
		// What it complains of says more than that its output was cut.
		if verdict := judge(err, said.text.String()); verdict != nil {
			return verdict
		}
	}
	return readErr
}

// begin starts the program where there is no network, if the system lets everybody make such a place. Elsewhere its arguments alone
// keep it from the network.
func begin(ctx context.Context, c child, path string, said io.Writer) (cmd *exec.Cmd, out io.Reader, err error) {
	for _, alone := range []bool{true, false} {
		cmd = exec.CommandContext(ctx, path, c.args...)
		cmd.Env, cmd.Dir, cmd.ExtraFiles, cmd.Stderr, cmd.WaitDelay = []string{"LC_ALL=C"}, "/", []*os.File{c.file}, said, 5*time.Second
		if out, err = cmd.StdoutPipe(); err != nil {
			return nil, nil, err
		}
		if err = start(cmd, c.options, alone); err == nil {
			return cmd, out, nil
		}
	}
	return nil, nil, err
}

// judge tells what it means that a program failed or complained.
func judge(err error, said string) error {
	said = strings.TrimSpace(said)
	switch {
	case limited(err):
		return fmt.Errorf("%w: %w", ErrLimit, err)
	case strings.Contains(said, "Cannot allocate memory"):
		return fmt.Errorf("%w: %s", ErrLimit, said)
	case strings.Contains(said, "not in allowed list"), strings.Contains(said, "Invalid data found when processing input") && !strings.Contains(said, "Error while decoding"),
		strings.Contains(said, "not on whitelist"):
		return fmt.Errorf("%w: %s", ErrUnsupported, said)
	case said != "":
		return fmt.Errorf("%w: %s", ErrDamaged, said)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// short keeps the beginning of what is written to it.
type short struct{ text bytes.Buffer }

func (s *short) Write(b []byte) (int, error) {
	const most = 1024
	s.text.Write(b[:min(len(b), max(0, most-s.text.Len()))])
	return len(b), nil
}
