package vpdq

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"unsafe"
)

// start starts a program that dies with this process, in a group of its own, which is killed as a whole, and limits it as soon as it
// is there: what it may have of memory and of a processor, no file that it writes, and no core. The goroutine must be locked to its
// thread until the program has ended, for the system takes the end of the thread for that of the process.
//
// Alone it has a network of its own, without anything in it. That takes a user of its own, which has no more rights than ours.
func start(cmd *exec.Cmd, o Options, alone bool) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if alone {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Start(); err != nil {
		return err
	}
	seconds := uint64(o.MaxTime.Seconds()) + 1
	for _, l := range []struct {
		resource uintptr
		most     uint64
	}{
		{syscall.RLIMIT_AS, uint64(o.MaxMemory)},
		{syscall.RLIMIT_CPU, seconds},
		{syscall.RLIMIT_FSIZE, 0},
		{syscall.RLIMIT_CORE, 0},
	} {
		limit := syscall.Rlimit{Cur: l.most, Max: l.most}
		if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(cmd.Process.Pid), l.resource, uintptr(unsafe.Pointer(&limit)), 0, 0, 0); errno != 0 {
			return errors.Join(fmt.Errorf("limit it: %w", errno), cmd.Cancel(), cmd.Wait())
		}
	}
	return nil
}

// limited tells whether a program ended by a limit.
func limited(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGXCPU || status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGXFSZ)
}
