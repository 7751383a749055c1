package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/privacy"
)

type privacyCommand struct {
	Export privacyExportCommand `cmd:"" help:"Write everything that is held about an account, or about somebody who works here, into one signed file."`
}

type privacyExportCommand struct {
	Account string `xor:"whom" required:"" placeholder:"ID" help:"Id of an account of the platform."`
	Person  string `xor:"whom" required:"" placeholder:"LOGIN" help:"Login of somebody who signs in here."`
	As      string `required:"" placeholder:"LOGIN" help:"Login of the person who takes it; it stands in the audit log."`
	Reason  string `required:"" placeholder:"TEXT" help:"Why, in words; it stands in the audit log and in the file."`
	Out     string `required:"" short:"O" placeholder:"FILE" help:"File to write (zip); it must not exist."`
	Lang    string `enum:"en,ar" default:"en" help:"Language of the index: en or ar."`
	Events  int    `default:"10000" placeholder:"N" help:"Of an account: at most so many of its events in the log, the newest; 0 takes all."`
}

// Help is the example.
func (privacyExportCommand) Help() string {
	return "Other people's names are replaced by marks. Read the file before any of it is handed out; index.html says what was left out.\n\n" +
		"Example: haris privacy export --account u-7f3a --as lina --reason \"request of 3 March, file 12\" --out u-7f3a.zip\n" +
		"Example: haris privacy export --person omar --as lina --reason \"his own request\" --out omar.zip --lang ar\nExample: haris evidence verify omar.zip"
}

// request checks the flags.
func (c privacyExportCommand) request() (app.Privacy, error) {
	p := app.Privacy{Kind: privacy.Account, ID: c.Account, Reason: strings.TrimSpace(c.Reason), Lang: c.Lang, Events: c.Events}
	if c.Person != "" {
		p.Kind, p.ID = privacy.Person, c.Person
	}
	switch {
	case p.ID == "":
		return p, &usageError{"--account or --person: expected whom the export is about"}
	case p.Reason == "":
		return p, &usageError{"--reason: expected why it is taken, in words"}
	case c.Events < 0:
		return p, &usageError{fmt.Sprintf("--events %d: expected 1 or more, or 0 for all", c.Events)}
	case c.Events == 0:
		p.Events = int(^uint(0) >> 1)
	}
	_, err := os.Lstat(c.Out)
	if err == nil {
		return p, &usageError{fmt.Sprintf("--out %s: there is such a file already; give the name of a new one", c.Out)}
	}
	if _, err := os.Stat(filepath.Dir(c.Out)); err != nil {
		return p, &usageError{fmt.Sprintf("--out %s: %v", c.Out, err)}
	}
	return p, nil
}

// Run writes the file.
func (c privacyExportCommand) Run(r *run) error {
	p, err := c.request()
	if err != nil {
		return err
	}
	return r.withCore(func(core *app.Core) error {
		if p.By, err = r.someone(core, c.As, auth.LegalHandle); err != nil {
			return err
		}
		if scope := casefile.ScopeIn(r.ctx); !scope.All() {
			return fmt.Errorf("%s does not see every case (compartments), so what they export would not be everything: somebody who sees all must do it", p.By.Login)
		}
		bar := r.steps(-1, "lines")
		p.Step = func(done, all int) { bar.of(done, all) }
		write, err := core.Privacy(r.ctx, p)
		if err != nil {
			return err
		}
		var sum privacy.Summary
		err = writeWhole(c.Out, func(w io.Writer) (err error) {
			sum, err = write(r.ctx, w)
			return err
		})
		bar.end()
		if err != nil {
			return err
		}
		return c.told(r, core, sum)
	})
}

func (c privacyExportCommand) told(r *run, core *app.Core, sum privacy.Summary) error {
	if r.isJSON() {
		return r.json(struct {
			File string `json:"file"`
			privacy.Summary
		}{c.Out, sum})
	}
	var rows [][]string
	for _, n := range sum.Nouns {
		rows = append(rows, []string{n.Name, fmt.Sprint(n.Lines)})
	}
	r.say("%s: check it with: haris evidence verify %s --key '%s'", c.Out, c.Out, core.PublicKey())
	return r.table([]string{"holds", "lines"}, rows)
}

// writeWhole writes a file beside its place and moves it there when it is whole, so that an interrupted run leaves none. Only the owner may
// read it.
func writeWhole(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.part") // mode 0600
	if err != nil {
		return err
	}
	if err = errors.Join(write(f), f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), name) // unlike a rename it takes nobody's file away
		if _, there := os.Lstat(name); err != nil && errors.Is(there, os.ErrNotExist) {
			return os.Rename(f.Name(), name) // a file system without links, as sticks have
		}
	}
	return errors.Join(err, os.Remove(f.Name()))
}
