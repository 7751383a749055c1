// Command haris notices grooming and child sex trafficking on an online service, puts each suspicion before a trained person,
// keeps evidence and reports.
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"time"
	_ "time/tzdata" // people choose the time zone of their pages, also where the machine has none

	"golang.org/x/term"

	"haris/internal/cli"
)

func main() {
	os.Exit(cli.Run(context.Background(), cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(), Now: time.Now,
		Terminal: term.IsTerminal(int(os.Stderr.Fd())), Version: version(),
	}))
}

// version is what the build knows of itself.
func version() cli.Version {
	v := cli.Version{Version: "(devel)", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Commit = s.Value
		}
	}
	return v
}
