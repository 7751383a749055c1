package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"haris/internal/action"
	"haris/internal/app"
	"haris/internal/casefile"
	"haris/internal/config"
	"haris/internal/demo"
	"haris/internal/demo/platform"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/stage/library"
)

type demoCommand struct {
	Once     bool    `help:"Run to the end without pages, as fast as it goes, and say what was found, missed and wrongly raised."`
	Accounts int     `default:"3000" help:"Accounts of the simulated platform, 1000 to 50000."`
	Days     int     `default:"21" help:"Days of its life, 18 to 120."`
	Seed     uint64  `default:"3" help:"Another seed makes another platform, in which other matters may be missed (docs/evaluation.md)."`
	Minutes  float64 `default:"4" help:"How long streaming the whole life takes."`
	TextSeed bool    `help:"Score the texts with the seed model, as haris model use seed does."`
	Listen   string  `default:"127.0.0.1:8420" help:"Address of the pages."`
}

// Help is the example.
func (demoCommand) Help() string {
	return "Streams three weeks of a simulated platform at a visible pace, in plain and non-explicit sentences of four languages, into a haris\n" +
		"whose pages are open. A local stand-in takes the reports that you file. The data directory is ./haris-demo and begins empty each time.\n\n" +
		"Example: haris demo --once -o json"
}

// demoDir is the data directory of a demo, demoMark the file that says that it may be thrown away.
const (
	demoDir  = "./haris-demo"
	demoMark = "this-is-a-demo"
)

// Run runs the demo.
func (c demoCommand) Run(r *run) error {
	w, err := platform.Generate(platform.Config{Seed: c.Seed, Accounts: c.Accounts, Days: c.Days})
	if errors.Is(err, platform.ErrConfig) {
		return &usageError{err.Error()}
	}
	if err != nil {
		return err
	}
	if c.Once {
		return r.demoOnce(c, w)
	}
	return r.demoPages(c, w)
}

// fresh empties the directory of a demo. One that was not made by a demo is left alone.
func fresh(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		entries, err = nil, nil
	}
	if err != nil {
		return err
	}
	mark := filepath.Join(dir, demoMark)
	if _, err := os.Stat(mark); err != nil && len(entries) > 0 {
		return &usageError{fmt.Sprintf("%s is not the data directory of a demo: give --data-dir another, or an empty one", dir)}
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte("haris demo throws this directory away when it starts.\n"), 0o600)
}

func (r *run) demoConfig(flags ...config.Flag) (config.Config, error) {
	dir := r.DataDir
	if dir == "" {
		dir = demoDir
	}
	return r.config(append(flags, config.Flag{Key: "data_dir", Text: dir, Name: "--data-dir"})...)
}

// demoSummary is what --once prints.
type demoSummary struct {
	Events  int     `json:"events"`
	Seconds float64 `json:"seconds"`
	demo.Score
}

// demoOnce runs a world to its end in a temporary directory.
func (r *run) demoOnce(c demoCommand, w *platform.World) (err error) {
	dir, err := os.MkdirTemp("", "haris-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg, err := r.config(config.Flag{Key: "data_dir", Text: dir, Name: "--data-dir"})
	if err != nil {
		return err
	}
	core, err := app.OpenCore(r.ctx, cfg, app.Options{Now: r.Now, Logger: r.logger(&cfg), Own: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	set, err := app.LoadRules(cfg)
	if err != nil {
		return err
	}
	var clock followed
	p, err := core.OpenPipeline(r.ctx, pipeline.Deps{Rules: func() *rule.Set { return set }, Now: clock.now})
	if err != nil {
		return err
	}
	began := time.Now()
	ingest := func(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
		clock.see(b.Events[len(b.Events)-1].Time)
		return p.Ingest(ctx, b)
	}
	if c.TextSeed {
		if err := p.UseModel(r.ctx, pipeline.SeedModel, w.Events[0].Time); err != nil {
			return errors.Join(err, p.Close(context.WithoutCancel(r.ctx)))
		}
	}
	sent, err := demo.Stream(r.ctx, w, demo.Pace{}, ingest)
	if err := errors.Join(err, p.Close(context.WithoutCancel(r.ctx))); err != nil {
		return err
	}
	list, err := r.cases(core, casefile.Filter{Limit: 500}, 0)
	if err != nil {
		return err
	}
	s := demoSummary{Events: sent, Seconds: time.Since(began).Seconds(), Score: demo.Judge(w.Truth, list)}
	if r.isJSON() {
		return r.json(s)
	}
	return r.printScore(s)
}

func (r *run) printScore(s demoSummary) error {
	fmt.Fprintf(r.Stdout, "%d events in %.1f s: %d planted matters found, %d missed; %d cases wrongly raised among %d hard benign cases and all ordinary life\n",
		s.Events, s.Seconds, len(s.Found), len(s.Missed), len(s.WronglyRaised), s.BenignHard)
	var rows [][]string
	for _, f := range s.Found {
		rows = append(rows, []string{"found", f.Kind, f.Subject, f.Priority.String(), string(f.Typology), fmt.Sprintf("after %.0f h", f.Hours)})
	}
	for _, m := range s.Missed {
		rows = append(rows, []string{"missed", m.Kind, m.Subjects[0], "", "", fmt.Sprintf("%d victims", m.Victims)})
	}
	for _, x := range s.WronglyRaised {
		rows = append(rows, []string{"wrong", x.Kind, x.Subject, x.Priority.String(), string(x.Typology), ""})
	}
	for _, x := range s.Watched {
		rows = append(rows, []string{"watched", x.Kind, x.Subject, x.Priority.String(), string(x.Typology), ""})
	}
	return r.table([]string{"", "kind", "subject", "priority", "typology", ""}, rows)
}

// demoPages runs everything with its pages.
func (r *run) demoPages(c demoCommand, w *platform.World) (err error) {
	cfg, err := r.demoConfig(listenFlag(c.Listen)...)
	if err != nil {
		return err
	}
	if err := fresh(cfg.DataDir); err != nil {
		return err
	}
	if c.TextSeed {
		if err := library.New(app.Dir(cfg.DataDir).Models()).Want(pipeline.SeedModel); err != nil {
			return err
		}
	}
	stand, err := demo.NewStand(r.Now, func(m action.Received) error {
		if m.Refused == "" && !m.Repeat {
			r.say("the platform was asked: %s on %s (%s)", m.Payload.Data.Kind, m.Payload.Data.Account, m.Payload.Type)
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stand.Close(context.WithoutCancel(r.ctx))) }()
	stand.Configure(&cfg)
	cfg.Log.Level = "error"
	if r.Verbose {
		cfg.Log.Level = "info"
	}
	return r.serve(cfg, func(ctx context.Context, a *app.App) error { return r.demoStream(ctx, c, w, a, stand) })
}

// demoStream sends the events and tells of every case that opens.
func (r *run) demoStream(ctx context.Context, c demoCommand, w *platform.World, a *app.App, stand *demo.Stand) error {
	life := w.Events[len(w.Events)-1].Time.Sub(w.Events[0].Time)
	told := map[string]string{}
	pace := demo.Pace{Speed: time.Duration(float64(life) / max(c.Minutes*60, 1)), Told: func(at time.Time, sent int, ans pipeline.Answer) {
		if ans.Cases > 0 {
			r.tellCases(a, at, told)
		}
	}}
	r.say("Streaming %d events of %d accounts, %.0f days in %.1f minutes. A reviewer's work begins at %s/", len(w.Events), len(w.Accounts), life.Hours()/24, c.Minutes, a.URL())
	_, err := demo.Stream(ctx, w, pace, a.Ingest)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return err
	}
	r.say("All events are in. The pages stay open; interrupt with Ctrl-C.")
	select {
	case err := <-stand.Faults():
		return err
	case <-ctx.Done():
		return nil
	}
}

// tellCases says which cases have opened or risen since the last time.
func (r *run) tellCases(a *app.App, at time.Time, told map[string]string) {
	list, err := r.cases(a.Core(), casefile.Filter{Limit: 500}, 0)
	if err != nil {
		r.say("the list of cases could not be read: %v", err)
		return
	}
	for i := range list {
		k := &list[i]
		if told[k.ID] == k.Priority.String() {
			continue
		}
		told[k.ID] = k.Priority.String()
		r.say("%s  %s %s: %s  %s/case/%s", at.UTC().Format("2 Jan 15:04"), k.Priority, k.Typology, k.Subject, a.URL(), k.ID)
	}
}
