package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"haris/internal/action"
	"haris/internal/app"
	"haris/internal/store"
	"haris/webhook"
)

type actionCommand struct {
	List         actionListCommand     `cmd:"" help:"List what was asked of the platform, newest first."`
	TestReceiver actionReceiverCommand `cmd:"" name:"test-receiver" help:"Receive, verify and print what haris asks: a platform's end of the wire."`
}

type actionListCommand struct {
	Case  string `help:"Only the actions of this case."`
	Limit int    `default:"50" help:"At most this many."`
}

// Help is the example.
func (actionListCommand) Help() string { return "Example: haris action list -o json" }

// Run lists actions.
func (c actionListCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		var list []action.Action
		err := core.DB.Read(r.ctx, func(tx *store.Tx) (err error) {
			list, err = tx.Actions().List(r.ctx, action.Filter{Case: c.Case, Limit: c.Limit})
			return err
		})
		if err != nil {
			return err
		}
		var rows [][]string
		for _, a := range list {
			if r.isJSON() {
				if err := r.json(a); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{a.ID, string(a.Kind), a.Subject, string(a.Status), moment(a.AskedAt), moment(a.ExpiresAt), a.LastError})
		}
		if r.isJSON() {
			return nil
		}
		if len(rows) == 0 {
			r.say("Nothing was asked of the platform yet.")
			return nil
		}
		return r.table([]string{"id", "kind", "account", "status", "asked", "ends", "last error"}, rows)
	})
}

type actionReceiverCommand struct {
	Addr   string   `default:"127.0.0.1:8422" help:"Address to listen on."`
	Secret []string `env:"HARIS_ACTIONS_SECRETS" help:"Shared secret (whsec_…), or two while it is being changed; without one a new secret is made and printed."`
}

// Help is the example.
func (actionReceiverCommand) Help() string {
	return "Prints one JSON object for every message: what was asked, or why it was refused.\n\n" +
		"Example: haris action test-receiver --addr 127.0.0.1:8422"
}

// Run receives until it is interrupted.
func (c actionReceiverCommand) Run(r *run) error {
	secrets, err := c.secrets(r)
	if err != nil {
		return err
	}
	h := action.NewReceiver(action.ReceiverConfig{
		Secrets: secrets, Now: r.Now, Got: func(m action.Received) error { return r.json(m) },
	})
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	r.say("Receiving at http://%s/ (set actions.url to it).", l.Addr())
	ctx, stop := signal.NotifyContext(r.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(grace); err != nil {
		return err
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (c actionReceiverCommand) secrets(r *run) (out []webhook.Secret, err error) {
	for _, text := range c.Secret {
		s, err := webhook.ParseSecret(text)
		if err != nil {
			return nil, &usageError{fmt.Sprintf("--secret: %v", err)}
		}
		out = append(out, s)
	}
	if len(out) > 0 {
		return out, nil
	}
	s, err := webhook.NewSecret(rand.Reader)
	if err != nil {
		return nil, err
	}
	r.say("Secret of this receiver (actions.secrets, HARIS_ACTIONS_SECRETS): %s", s.Reveal())
	return []webhook.Secret{s}, nil
}
