package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"haris/internal/app"
	"haris/internal/config"
)

type serveCommand struct {
	Listen string `placeholder:"HOST:PORT" help:"Address of the pages and the API; overrides the configuration (default 127.0.0.1:8420)."`
}

// Help is the example.
func (serveCommand) Help() string {
	return "Runs until it is interrupted. SIGHUP reads the rules again.\n\nExample: haris serve --data-dir /var/lib/haris --listen 127.0.0.1:8420"
}

// Run serves until the context ends.
func (c serveCommand) Run(r *run) error {
	cfg, err := r.config(listenFlag(c.Listen)...)
	if err != nil {
		return err
	}
	return r.serve(cfg, nil)
}

func listenFlag(listen string) []config.Flag {
	if listen == "" {
		return nil
	}
	return []config.Flag{{Key: "listen", Text: listen, Name: "--listen"}}
}

// serve runs the program; beside, when not nil, runs with it and ends with it.
func (r *run) serve(cfg config.Config, beside func(context.Context, *app.App) error) (err error) {
	ctx, stop := signal.NotifyContext(r.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Log.Level)); err != nil {
		return fmt.Errorf("log.level: %w", err)
	}
	a, err := app.New(ctx, cfg, app.Options{Now: r.Now, Logger: newLogger(r.Stderr, level, cfg.Log.Format), Env: r.env})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Stop()) }()
	if err := a.Start(ctx); err != nil {
		return err
	}
	if err := r.welcome(ctx, a); err != nil && ctx.Err() == nil { // stopped just as it was ready: it ends as it always does
		return err
	}
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGHUP)
	defer signal.Stop(again)
	ended := make(chan error, 1)
	if beside != nil {
		go func() { ended <- beside(ctx, a) }()
	}
	for {
		select {
		case <-ctx.Done():
			r.say("Stopping; what was taken is being finished.")
			return nil
		case err := <-a.Faults():
			return err
		case err := <-ended:
			if err != nil {
				return err
			}
			ended = nil
		case <-again:
			if err := a.Reload(ctx); err != nil {
				r.say("The rules stay as they were: %v", err)
			}
		}
	}
}

// welcome says where the pages are, and how the first person comes in.
func (r *run) welcome(ctx context.Context, a *app.App) error {
	link, err := a.FirstLink(ctx)
	if err != nil {
		return err
	}
	if r.isJSON() {
		return r.json(struct {
			URL  string `json:"url"`
			Link string `json:"link,omitempty"`
		}{a.URL(), link})
	}
	fmt.Fprintf(r.Stdout, "haris is at %s\n", a.URL())
	if link != "" {
		fmt.Fprintf(r.Stdout, "Sign in for the first time with this link; it works once, for 30 minutes:\n  %s\n", link)
	}
	return nil
}
