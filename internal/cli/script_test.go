package cli_test

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"haris/internal/cli"
)

// TestMain lets scripts run haris as a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"haris": func() {
		os.Exit(cli.Run(context.Background(), cli.Env{
			Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ(), Now: time.Now,
			Version: cli.Version{Version: "test"},
		}))
	}})
}

// TestScripts runs every script of testdata/script: what a person types, and what must come of it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"waitfor": waitFor, "drafted": drafted, "confined": confined, "reviewed": reviewed, "figure": figure, "waitready": waitReady, "plainmodel": plainModel,
	}})
}

// waitFor waits until a program that the script has started listens on an address.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor HOST:PORT")
	}
	var d net.Dialer
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := d.DialContext(ctx, "tcp", args[0])
		if err == nil {
			ts.Check(c.Close())
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("nobody listens on %s: %v", args[0], err)
		case <-tick.C:
		}
	}
}
