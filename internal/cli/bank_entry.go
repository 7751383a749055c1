package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/media"
)

type bankAddCommand struct {
	Bank           string   `arg:"" help:"Id of the bank."`
	What           []string `arg:"" name:"file-or-hash" help:"Files, or hashes such as pdq:… and md5:…"`
	As             string   `required:"" help:"Login of the person who decides it; it stands in the audit log."`
	Classification string   `help:"A1, A2, B1 or B2."`
	Case           string   `help:"The case in which it was found."`
	Note           string   `help:"Why, in words; it stands with the entry."`
}

// Help is the example.
func (bankAddCommand) Help() string {
	return "Of a file its MD5, SHA-1 and SHA-256 are added, and its PDQ or vPDQ hash when there is enough to see. What was added matches at once, in every " +
		"process; what was seen before is compared with it while haris serve runs.\n\n" +
		"Example: haris bank add own pdq:0f0f0f… --classification B1 --as lina"
}

// Run adds.
func (c bankAddCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.BankChange)
		if err != nil {
			return err
		}
		list, err := c.hashes(r, core)
		if err != nil {
			return err
		}
		added, changed, err := core.BankDesk().Add(r.ctx, who.ID, c.Bank, bank.Addition{
			Hashes: list, Classification: bank.Classification(strings.ToUpper(c.Classification)), Case: c.Case, Note: c.Note,
		})
		if err != nil {
			return noBank(err, c.Bank)
		}
		r.say("Added %d entries to %s, changed %d; %d were there.", added, c.Bank, changed, len(list)-added-changed)
		return nil
	})
}

// hashes are those that were given, and of files all that can match.
func (c bankAddCommand) hashes(r *run, core *app.Core) (out []bank.Hash, err error) {
	reader := media.NewReader(app.MediaOptions(&core.Config.Media))
	for _, what := range c.What {
		f, err := matchCommand{Quality: bank.Unrated}.read(r, reader, what)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		for _, why := range f.Left {
			r.say("haris: %s: %s: only its exact hashes are added", what, why)
		}
		for _, h := range f.Media.Hashes {
			if own := bank.OwnBank(); h.Kind == bank.PDQ && f.Media.Quality != bank.Unrated && f.Media.Quality < own.Quality {
				r.say("haris: %s: its PDQ hash has a quality of %d and would match too much: it is not added", what, f.Media.Quality)
				continue
			}
			out = append(out, h)
		}
	}
	return out, nil
}

type bankRemoveCommand struct {
	Bank string   `arg:"" help:"Id of the bank."`
	What []string `arg:"" name:"entry-or-hash" help:"Numbers of entries, or hashes such as pdq:… and md5:…"`
	Why  string   `required:"" help:"Why, in words; it stands with the entry."`
	As   string   `required:"" help:"Login of the person who decides it; it stands in the audit log."`
}

// Help is the example.
func (bankRemoveCommand) Help() string {
	return "An entry stays to be seen with who took it out and why. An exchange may bring it back; to keep something from matching for good add it to own-cleared.\n\n" +
		"Example: haris bank remove own 4711 --why 'it is a stock photo' --as lina"
}

// Run removes.
func (c bankRemoveCommand) Run(r *run) error {
	var list []bank.Which
	for _, what := range c.What {
		if id, err := strconv.ParseUint(what, 10, 63); err == nil && len(what) < 19 {
			list = append(list, bank.Which{ID: id})
			continue
		}
		h, err := bank.Guess(what)
		if err != nil {
			return &usageError{err.Error()}
		}
		list = append(list, bank.Which{Hash: h})
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.BankChange)
		if err != nil {
			return err
		}
		all, err := c.retire(r, core.BankDesk(), who.ID, list)
		if err != nil {
			return noBank(err, c.Bank)
		}
		r.say("Removed %d entries from %s.", all, c.Bank)
		if all == 0 {
			return errNo
		}
		return nil
	})
}

// retire takes out the live entries that are meant.
func (c bankRemoveCommand) retire(r *run, d *bank.Desk, who string, list []bank.Which) (n int, err error) {
	if _, err := d.Bank(r.ctx, c.Bank); err != nil {
		return 0, err
	}
	for _, w := range list {
		ids := []uint64{w.ID}
		if w.ID == 0 {
			entries, err := d.Entries(r.ctx, bank.Filter{Bank: c.Bank, Hash: w.Hash, State: bank.Live, Limit: 1000})
			if err != nil {
				return n, err
			}
			ids = ids[:0]
			for i := range entries {
				ids = append(ids, entries[i].ID)
			}
		}
		for _, id := range ids {
			switch err := d.Retire(r.ctx, who, c.Bank, id, c.Why); {
			case errors.Is(err, bank.ErrNoEntry): // not live, or none of this bank: it is not counted
			case err != nil:
				return n, err
			default:
				n++
			}
		}
	}
	return n, nil
}

type bankImportCommand struct {
	Bank           string `arg:"" help:"Id of the bank; it is made, in shadow, when it is not there."`
	File           string `arg:"" help:"The list; - is standard input."`
	Format         string `default:"csv" enum:"csv,json,hma" help:"csv, json or hma (lines of a hash, or of a kind and a hash)."`
	Kind           string `help:"Kind of lines that do not say one."`
	Origin         string `help:"Name of the list, as its entries are told to come from; the file's name without it."`
	Classification string `help:"Classification of lines without one."`
	As             string `required:"" help:"Login of the person who decides it; it stands in the audit log."`
}

// Help is the example.
func (bankImportCommand) Help() string {
	return "A line that cannot be read is told and passed over; the exit code is then 1. Importing a list again adds what is new and changes what differs.\n\n" +
		"CSV has a first line with names of columns: kind, value, classification, key, owner, note, expires, in any order. JSON has objects with these names, or " +
		"those of Hasher-Matcher-Actioner with signals.\n\n" +
		"Example: haris bank import hotline list.csv --origin hotline-2026-11 --as lina"
}

// importPart is how many entries one transaction adds.
const importPart = 5000

// maxTold is how many bad lines are told one by one.
const maxTold = 10

// Run imports.
func (c bankImportCommand) Run(r *run) error {
	kind := bank.Kind("")
	if c.Kind != "" {
		k, err := bank.ParseKind(c.Kind)
		if err != nil {
			return &usageError{"--kind: " + err.Error()}
		}
		kind = k
	}
	class := bank.Classification(strings.ToUpper(c.Classification))
	if err := class.Check(); err != nil {
		return &usageError{"--classification: " + err.Error()}
	}
	if c.Origin == "" {
		c.Origin = c.File
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.BankChange)
		if err != nil {
			return err
		}
		in, err := r.open(c.File)
		if err != nil {
			return err
		}
		i := &importing{r: r, core: core, who: who, c: c, class: class}
		err = errors.Join(i.read(in, kind), in.Close())
		r.say("Added %d entries to %s, changed %d; %d were there, %d lines could not be read.", i.added, c.Bank, i.changed, i.lines-i.added-i.changed, i.bad)
		if err == nil && i.bad > 0 {
			return errNo
		}
		return err
	})
}

// importing is one import under way.
type importing struct {
	r              *run
	core           *app.Core
	who            auth.Person
	c              bankImportCommand
	class          bank.Classification
	part           []bank.Entry
	added, changed int
	lines, bad     int
}

func (i *importing) read(in io.Reader, kind bank.Kind) error {
	err := bank.ReadList(in, bank.Format(i.c.Format), kind, func(n int, e bank.Entry, wrong error) error {
		if wrong != nil {
			if i.bad++; i.bad <= maxTold {
				i.r.say("haris: %s: line %d: %v", i.c.File, n, wrong)
			}
			return nil
		}
		if e.Classification == "" {
			e.Classification = i.class
		}
		p := &e.Provenance
		p.Source, p.Origin, p.Who, p.At = bank.File, i.c.Origin, i.who.ID, i.r.Now().UTC()
		i.lines++
		if i.part = append(i.part, e); len(i.part) == importPart {
			return i.flush()
		}
		return nil
	})
	return errors.Join(err, i.flush())
}

// flush adds what has been read.
func (i *importing) flush() error {
	if len(i.part) == 0 {
		return nil
	}
	added, changed, err := i.core.BankDesk().Import(i.r.ctx, i.who.ID, i.c.Bank, i.c.Origin, i.part)
	if err != nil {
		return err
	}
	i.added, i.changed, i.part = i.added+added, i.changed+changed, i.part[:0]
	return nil
}

type bankExportCommand struct {
	Bank   string `arg:"" help:"Id of the bank."`
	File   string `arg:"" optional:"" default:"-" help:"File to write, which must not exist; standard output without it."`
	Format string `default:"csv" enum:"csv,json,hma" help:"csv, json (one object a line) or hma (lines of a kind and a hash)."`
	Kind   string `help:"Only entries of this kind."`
	As     string `required:"" help:"Login of the person who takes it; it stands in the audit log."`
}

// Help is the example.
func (bankExportCommand) Help() string { return "Example: haris bank export own own.csv --as lina" }

// Run exports.
func (c bankExportCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.BankChange)
		if err != nil {
			return err
		}
		var file *os.File
		n, err := core.BankDesk().Export(r.ctx, who.ID, c.Bank, bank.Kind(c.Kind), bank.Format(c.Format), func() (io.Writer, error) {
			if c.File == "-" {
				return r.Stdout, nil
			}
			file, err = os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if errors.Is(err, fs.ErrExist) {
				return nil, fmt.Errorf("%s is there already: give another name", c.File)
			}
			return file, err
		})
		if file != nil {
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			return noBank(err, c.Bank)
		}
		r.say("Wrote %d entries of %s.", n, c.Bank)
		return nil
	})
}
