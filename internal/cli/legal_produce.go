package cli

import (
	"fmt"
	"io"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/process"
)

type legalProduceCommand struct {
	ID      string `arg:"" help:"Id of the process."`
	As      string `required:"" help:"Login of the person who produces it."`
	File    string `short:"O" name:"file" placeholder:"FILE" help:"Write the package into this file, which must not exist. It stands in custody and in the log of disclosures."`
	Encrypt bool   `help:"Encrypt the file to the officer's age key."`
}

// Help is the example.
func (legalProduceCommand) Help() string {
	return "Only what the scope covers is taken. Produced again it is the same bytes; without --file it is only sealed.\n\n" +
		"Example: haris legal produce lp-01jxyz… --as lina -O production.zip\nExample: haris evidence verify production.zip"
}

// Run produces it. What is produced already is only written out.
func (c legalProduceCommand) Run(r *run) error {
	if c.Encrypt && c.File == "" {
		return &usageError{"--encrypt is about the file: give --file too"}
	}
	return r.withCore(func(core *app.Core) error {
		p, a, err := r.acted(core, c.As, auth.LegalHandle, c.ID)
		if err != nil {
			return err
		}
		if p.Status != process.Produced && p.Status != process.Delivered {
			if p, err = core.Legal(nil).Produce(r.ctx, a); err != nil {
				return err
			}
		}
		if c.File != "" {
			err = writeNew(c.File, func(w io.Writer) error {
				_, err := core.Legal(nil).Export(r.ctx, process.Outgoing{Who: a.Who, Process: c.ID, Encrypt: c.Encrypt}, w)
				return err
			})
			if err != nil {
				return err
			}
			r.say("%s: the receiver checks it with: haris evidence verify FILE --key '%s'", c.File, core.PublicKey())
		}
		return r.next(p, nil)
	})
}

type legalDeliverCommand struct {
	ID  string `arg:"" help:"Id of the process."`
	As  string `required:"" help:"Login of the person who delivered it."`
	How string `required:"" help:"How and to whom, in words."`
}

// Help is the example.
func (legalDeliverCommand) Help() string {
	return "Example: haris legal deliver lp-01jxyz… --as lina --how \"by courier, receipt 1207\""
}

// Run delivers it.
func (c legalDeliverCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		_, a, err := r.acted(core, c.As, auth.LegalHandle, c.ID)
		if err != nil {
			return err
		}
		return r.next(core.Legal(nil).Deliver(r.ctx, a, c.How))
	})
}

type legalDestroyCommand struct {
	ID string `arg:"" help:"Id of the process."`
	As string `required:"" help:"Login of the person who carries it out."`
}

// Help is the example.
func (legalDestroyCommand) Help() string {
	return "For 18 U.S.C. 2258B(c). The statutory preservation does not stand in the way; every other hold does.\n\nExample: haris legal destroy lp-01jxyz… --as lina"
}

// Run destroys.
func (c legalDestroyCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		_, a, err := r.acted(core, c.As, auth.LegalHandle, c.ID)
		if err != nil {
			return err
		}
		p, certificates, err := core.Legal(nil).Destroy(r.ctx, a)
		for _, k := range certificates {
			r.say("Case %s: destroyed, certificate sha256 %s", k.Case, k.SHA256)
		}
		return r.next(p, err)
	})
}

type legalKeyCommand struct{}

// Help is the example.
func (legalKeyCommand) Help() string {
	return "Publish it where an officer can find it without you, such as on your page for law enforcement.\n\nExample: haris legal key"
}

// Run prints the key.
func (legalKeyCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		_, err := fmt.Fprintln(r.Stdout, core.PublicKey())
		return err
	})
}
