package main

import (
	"errors"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

// forget has the system drop what it keeps of a file, and this process what it no longer uses.
func forget(path string) error {
	debug.FreeOSMemory()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	_, _, errno := syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0)
	if errno != 0 {
		return errors.Join(errno, f.Close())
	}
	return f.Close()
}

// used is how long this process has had a processor.
func used() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is what the process has in memory, of its own and of files.
func resident() string {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err.Error()
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "RssAnon") || strings.HasPrefix(line, "RssFile") {
			out = append(out, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(out, ", ")
}
