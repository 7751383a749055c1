package cli

import (
	"errors"
	"fmt"

	"haris/internal/app"
	"haris/internal/auth"
)

type keyCommand struct {
	Create keyCreateCommand `cmd:"" help:"Create an API key for a source of events. It is shown once."`
	List   keyListCommand   `cmd:"" help:"List the keys."`
	Revoke keyRevokeCommand `cmd:"" help:"Revoke a key; within seconds it works no more."`
}

type keyCreateCommand struct {
	Source string   `arg:"" help:"The source that the key may speak for, as it stands in the events, such as /chat."`
	Scope  []string `default:"events.write,verdicts.read" help:"What the key may do: events.write, verdicts.read, letters.read, health.read, media.read, banks.write."`
}

// Help is the example.
func (keyCreateCommand) Help() string { return "Example: haris key create /chat" }

// Run creates the key.
func (c keyCreateCommand) Run(r *run) error {
	n := auth.NewKey{Source: c.Source}
	for _, s := range c.Scope {
		n.Scopes = append(n.Scopes, auth.Scope(s))
	}
	return r.withCore(func(core *app.Core) error {
		k, text, err := core.Auth.CreateKey(r.ctx, cliName, n)
		if err != nil {
			return err
		}
		if r.isJSON() {
			return r.json(struct {
				ID     string       `json:"id"`
				Source string       `json:"source"`
				Scopes []auth.Scope `json:"scopes"`
				Key    string       `json:"key"`
			}{k.ID, k.Source, k.Scopes, text})
		}
		r.say("Key %s for %s. It is shown once and not kept:", k.ID, k.Source)
		_, err = fmt.Fprintln(r.Stdout, text)
		return err
	})
}

type keyListCommand struct{}

// Help is the example.
func (keyListCommand) Help() string { return "Example: haris key list" }

// Run lists the keys.
func (keyListCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		keys, err := core.Auth.Keys(r.ctx)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, k := range keys {
			state := "works"
			if !k.RevokedAt.IsZero() {
				state = "revoked " + moment(k.RevokedAt)
			}
			if r.isJSON() {
				if err := r.json(struct {
					ID      string       `json:"id"`
					Source  string       `json:"source"`
					Scopes  []auth.Scope `json:"scopes"`
					Created string       `json:"created_at"`
					Used    string       `json:"used_at"`
					State   string       `json:"state"`
				}{k.ID, k.Source, k.Scopes, moment(k.CreatedAt), moment(k.UsedAt), state}); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{k.ID, k.Source, fmt.Sprint(k.Scopes), moment(k.UsedAt), state})
		}
		if r.isJSON() {
			return nil
		}
		if len(rows) == 0 {
			r.say("No key yet: haris key create /chat makes one.")
			return nil
		}
		return r.table([]string{"id", "source", "scopes", "last used", "state"}, rows)
	})
}

type keyRevokeCommand struct {
	ID string `arg:"" help:"Id of the key, as key list shows it."`
}

// Help is the example.
func (keyRevokeCommand) Help() string { return "Example: haris key revoke 3f9a…" }

// Run revokes the key.
func (c keyRevokeCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		err := core.Auth.RevokeKey(r.ctx, cliName, c.ID)
		if errors.Is(err, auth.ErrNotFound) {
			return fmt.Errorf("no key %q: haris key list shows them all", c.ID)
		}
		if err == nil {
			r.say("Revoked. A running haris stops taking it within %s.", auth.KeyFresh)
		}
		return err
	})
}
