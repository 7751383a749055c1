package cli

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/partner"
)

type partnerCommand struct {
	List   partnerListCommand   `cmd:"" help:"List the partners that partners.file names."`
	Import partnerImportCommand `cmd:"" help:"Take in a signed file of a partner's signals."`
	Remove partnerRemoveCommand `cmd:"" help:"Take back everything that a partner has told."`
}

type partnerListCommand struct{}

// Help is the example.
func (partnerListCommand) Help() string { return "Example: haris partner list" }

// Run lists the partners.
func (partnerListCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		list, err := core.Partners()
		if err != nil {
			return err
		}
		if len(list) == 0 && !r.isJSON() {
			r.say("No partner is named: partners.file names them. docs/detectors/D16.md says how.")
			return nil
		}
		var rows [][]string
		for _, p := range list {
			key := base64.StdEncoding.EncodeToString(p.Key)
			if r.isJSON() {
				if err := r.json(map[string]string{"name": p.Name, "key": key}); err != nil {
					return err
				}
			}
			rows = append(rows, []string{p.Name, key})
		}
		if r.isJSON() {
			return nil
		}
		return r.table([]string{"partner", "key"}, rows)
	})
}

type partnerImportCommand struct {
	File string `arg:"" help:"The file; - is standard input."`
	As   string `required:"" placeholder:"LOGIN" help:"Login of the person who brings it."`
}

// Help is the example.
func (partnerImportCommand) Help() string {
	return "The file must be signed by a partner that partners.file names. What it tells is a clue and opens no case by itself. haris serve takes it in within seconds;\n" +
		"when it does not run, it waits for the next serve or replay. Taking a file in twice changes nothing.\n\nExample: haris partner import signals.json --as lena"
}

// partnerImported is what an import says.
type partnerImported struct {
	Partner   string `json:"partner"`
	Signals   int    `json:"signals"`
	Withdrawn int    `json:"withdrawn"`
}

// Run checks the file and lets it wait for the process that owns the log.
func (c partnerImportCommand) Run(r *run) error {
	in := r.Stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // only read
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, partner.MaxBytes+1))
	if err != nil {
		return err
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.BankChange)
		if err != nil {
			return err
		}
		f, err := core.ImportPartner(r.ctx, who.ID, b)
		if errors.Is(err, partner.ErrSignature) {
			r.say("Nothing was taken in. haris partner list shows whose signatures count.")
		}
		if err != nil {
			return err
		}
		out := partnerImported{f.Provider, len(f.Signals), len(f.Withdrawn)}
		if r.isJSON() {
			return r.json(out)
		}
		_, err = fmt.Fprintf(r.Stdout, "%s: %s signals, %s taken back\n", out.Partner, strconv.Itoa(out.Signals), strconv.Itoa(out.Withdrawn))
		return err
	})
}

type partnerRemoveCommand struct {
	Name string `arg:"" help:"Name of the partner."`
	As   string `required:"" placeholder:"LOGIN" help:"Login of the person who decides it."`
}

// Help is the example.
func (partnerRemoveCommand) Help() string {
	return "Take its name out of partners.file as well, or its next file counts again.\n\nExample: haris partner remove example --as lena"
}

// Run takes back what a partner has told.
func (c partnerRemoveCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.BankChange)
		if err != nil {
			return err
		}
		if err := core.RemovePartner(r.ctx, who.ID, c.Name); err != nil {
			return err
		}
		r.say("What %s has told is taken back by the process that owns the log.", c.Name)
		return nil
	})
}
