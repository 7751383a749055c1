// Command filing proves that a backlog of reports reaches the CyberTipline whole: it builds an installation in which people have
// submitted reports, files them with haris serve against haris cybertip test-server, which fails a share of all calls, kills haris
// again and again while it files, and then compares what the test server was given with what haris believes, report by report.
// It ends with 1 when one report is lost, doubled or in the wrong state.
//
//	go run ./bench/filing -reports 10000 -kills 20
//	scripts/with-postgres sh -c 'go run ./bench/filing -dsn "$HARIS_TEST_POSTGRES"'
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"haris/internal/app"
	"haris/internal/config"
)

// settings are the flags.
type settings struct {
	reports  int
	kills    int
	faults   float64
	seed     uint64
	parallel int
	dsn      string
	binary   string
	scratch  string
	limit    time.Duration
}

func main() {
	var s settings
	flag.IntVar(&s.reports, "reports", 10_000, "reports that people have submitted")
	flag.IntVar(&s.kills, "kills", 20, "how often haris is killed while it files")
	flag.Float64Var(&s.faults, "faults", .1, "share of all calls that fail")
	flag.Uint64Var(&s.seed, "seed", 1, "of the faults and of the moments of the kills")
	flag.IntVar(&s.parallel, "parallel", 8, "reports that are filed at a time (ncmec.parallel)")
	flag.StringVar(&s.dsn, "dsn", "", "an empty PostgreSQL database; without it SQLite")
	flag.StringVar(&s.binary, "haris", "", "a built haris; without it one is built")
	flag.StringVar(&s.scratch, "scratch", "", "directory in which the installation is built before it is moved to disk, such as /dev/shm")
	flag.DurationVar(&s.limit, "limit", time.Hour, "give up after this time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	if err := s.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "filing:", err)
		cancel()
		stop()
		os.Exit(1) //nolint:gocritic // both were called
	}
}

func (s settings) run(ctx context.Context, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "haris-filing-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if s.binary == "" {
		s.binary = filepath.Join(dir, "haris")
		build := exec.CommandContext(ctx, "go", "build", "-o", s.binary, "haris/cmd/haris")
		build.Env, build.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("build haris: %w", err)
		}
	}
	engine := "SQLite"
	if s.dsn != "" {
		engine = "PostgreSQL"
	}
	fmt.Fprintf(out, "%d reports, %s, faults on %.0f %% of calls, %d kills, %d at a time, seed %d, %d CPUs\n",
		s.reports, engine, 100*s.faults, s.kills, s.parallel, s.seed, runtime.NumCPU())
	data := filepath.Join(dir, "data")
	began := time.Now()
	if err := s.build(ctx, data); err != nil {
		return fmt.Errorf("build the installation: %w", err)
	}
	fmt.Fprintf(out, "built     in %s: events taken in, cases confirmed, reports drafted, written and submitted\n", time.Since(began).Round(time.Second))
	server, err := s.startServer(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	d := &drain{settings: s, data: data, server: server, rand: rand.New(rand.NewPCG(s.seed, 1))}
	if err := d.run(ctx); err != nil {
		return err
	}
	return d.judge(ctx, out)
}

// open opens the installation for what people do, beside a haris that runs or without one.
func (s settings) open(ctx context.Context, data string) (*app.Core, error) {
	return app.OpenCore(ctx, s.config(data), app.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
}

// config is the configuration of the people's side; haris serve gets the same by its environment.
func (s settings) config(data string) config.Config {
	c := config.Default()
	c.DataDir, c.Listen, c.MetricsListen = data, "127.0.0.1:0", ""
	c.Database.URL = config.Secret(s.dsn)
	c.NCMEC.Environment, c.NCMEC.Platform, c.NCMEC.Service = "local", "Example App", "Example App chat"
	c.NCMEC.Reporter = config.Person{FirstName: "Rana", LastName: "Reporter", Email: "safety@example.com"}
	c.Reports.SecondPerson = "never" // one person writes and submits them all
	return c
}
