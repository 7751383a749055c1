package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"haris/internal/app"
	"haris/internal/job"
	"haris/internal/report"
	"haris/internal/store"
)

// process is a child that prints one JSON line once it is ready.
type process struct {
	cmd *exec.Cmd
}

// start starts a command and reads its first line into ready.
func start(cmd *exec.Cmd, ready any) (*process, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, ready)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s said nothing: %w", cmd.Args, err), p.kill())
	}
	return p, nil
}

// kill ends the child without a word.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	return ended(p.cmd.Wait())
}

// stop asks the child to end and waits.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return p.cmd.Wait()
}

// ended leaves out that a killed process did not end well.
func ended(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

// standIn is the test server in a process of its own.
type standIn struct {
	*process
	URL      string `json:"url"`
	Reports  string `json:"reports"`
	User     string `json:"user"`
	Password string `json:"password"`
	log      string // file of a line for each request
}

func (s settings) startServer(ctx context.Context, dir string) (_ *standIn, err error) {
	in := &standIn{log: filepath.Join(dir, "requests")}
	cmd := exec.CommandContext(ctx, s.binary, "cybertip", "test-server", "--addr", "127.0.0.1:0", "--state", filepath.Join(dir, "journal"),
		"--fault-rate", fmt.Sprint(s.faults), "--fault-seed", fmt.Sprint(s.seed), "-o", "json")
	log, err := os.Create(in.log)
	if err != nil {
		return nil, err
	}
	cmd.Stderr = log
	in.process, err = start(cmd, in)
	return in, errors.Join(err, log.Close()) // the child has its own
}

// drain is the filing of the backlog.
type drain struct {
	settings
	data   string
	server *standIn
	rand   *rand.Rand
	began  time.Time
	took   time.Duration // without the starts that follow a kill
	killed int
	counts map[report.Status]int
}

// run files everything, killing haris when a part of the backlog, and a little more, is through.
func (d *drain) run(ctx context.Context) (err error) {
	core, err := d.open(ctx, d.data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	d.began = time.Now()
	p, err := d.serve(ctx)
	if err != nil {
		return err
	}
	for d.killed < d.kills {
		part := d.reports * (d.killed + 1) / (d.kills + 1)
		if err := d.until(ctx, core, func(open int) bool { return d.reports-open >= part }); err != nil {
			return errors.Join(err, p.kill())
		}
		// The moment of death is what is being tested.
		if err := pause(ctx, time.Duration(d.rand.IntN(400))*time.Millisecond); err != nil {
			return errors.Join(err, p.kill())
		}
		if err := p.kill(); err != nil {
			return err
		}
		d.killed++
		if p, err = d.serve(ctx); err != nil {
			return err
		}
	}
	if err := d.until(ctx, core, func(open int) bool { return open == 0 }); err != nil {
		return errors.Join(err, p.kill())
	}
	d.took = time.Since(d.began)
	if err := d.untilPreserved(ctx, core); err != nil {
		return errors.Join(err, p.kill())
	}
	return p.stop()
}

// serve starts haris.
func (d *drain) serve(ctx context.Context) (*process, error) {
	cmd := exec.CommandContext(ctx, d.binary, "serve", "--data-dir", d.data, "--listen", "127.0.0.1:0", "-o", "json")
	cmd.Env = append(os.Environ(), "HARIS_METRICS_LISTEN=", "HARIS_LOG_LEVEL=error", "HARIS_DATABASE_URL="+d.dsn,
		"HARIS_NCMEC_ENVIRONMENT=local", "HARIS_NCMEC_URL="+d.server.URL, "HARIS_NCMEC_USERNAME="+d.server.User,
		"HARIS_NCMEC_PASSWORD="+d.server.Password, "HARIS_NCMEC_REPORTER_EMAIL=safety@example.com",
		"HARIS_NCMEC_PLATFORM=Example App", fmt.Sprintf("HARIS_NCMEC_PARALLEL=%d", d.parallel))
	cmd.Stderr = os.Stderr
	var ready struct{}
	return start(cmd, &ready)
}

// until waits until enough reports are no longer on their way.
func (d *drain) until(ctx context.Context, core *app.Core, enough func(open int) bool) error {
	for {
		counts, err := count(ctx, core)
		if err != nil {
			return err
		}
		if d.counts = counts; enough(counts[report.Submitting]) {
			return nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return fmt.Errorf("%v: %w", counts, err)
		}
	}
}

func count(ctx context.Context, core *app.Core) (map[report.Status]int, error) {
	out := map[report.Status]int{}
	return out, core.DB.Read(ctx, func(tx *store.Tx) error {
		clear(out)
		rows, err := tx.Query(ctx, `SELECT status, COUNT(*) FROM report GROUP BY status`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var s report.Status
			var n int
			if err := rows.Scan(&s, &n); err != nil {
				return errors.Join(err, rows.Close())
			}
			out[s] = n
		}
		return errors.Join(rows.Err(), rows.Close())
	})
}

// untilPreserved waits for what follows a filed report.
func (d *drain) untilPreserved(ctx context.Context, core *app.Core) error {
	for {
		open := 0
		err := core.DB.Read(ctx, func(tx *store.Tx) error {
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM job WHERE kind IN ($1, $2) AND state IN ($3, $4)`,
				report.JobStep, report.JobPreserve, string(job.Queued), string(job.Leased)).Scan(&open)
		})
		if err != nil || open == 0 {
			return err
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return fmt.Errorf("%d jobs are open: %w", open, err)
		}
	}
}
