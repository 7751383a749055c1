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
		list, err := c.entries(r, core, who)
		if err != nil {
			return err
		}
		added, changed := 0, 0
		err = r.changeBanks(core, who, "bank.added", c.Bank, func(s bank.Store) (map[string]string, error) {
			if c.Bank == bank.OwnID || c.Bank == bank.ClearedID {
				if _, err := bankOf(r.ctx, s, c.Bank); errors.Is(err, bank.ErrNotFound) {
					if _, err := s.Put(r.ctx, newBank(c.Bank)); err != nil {
						return nil, err
					}
				}
			}
			added, changed, err = s.Add(r.ctx, c.Bank, list)
			return map[string]string{"entries": strconv.Itoa(added), "changed": strconv.Itoa(changed)}, err
		})
		if err != nil {
			return err
		}
		r.say("Added %d entries to %s, changed %d; %d were there.", added, c.Bank, changed, len(list)-added-changed)
		return nil
	})
}

func (c bankAddCommand) entries(r *run, core *app.Core, who auth.Person) (out []bank.Entry, err error) {
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
			out = append(out, bank.Entry{
				Hash: h, Classification: bank.Classification(strings.ToUpper(c.Classification)),
				Provenance: bank.Provenance{Source: bank.Own, Case: c.Case, Who: who.ID, Note: c.Note, At: r.Now().UTC()},
			})
		}
	}
	return out, nil
}

type bankRemoveCommand struct {
	Bank string   `arg:"" help:"Id of the bank."`
	What []string `arg:"" name:"entry-or-hash" help:"Numbers of entries, or hashes such as pdq:… and md5:…"`
	As   string   `required:"" help:"Login of the person who decides it; it stands in the audit log."`
}

// Help is the example.
func (bankRemoveCommand) Help() string {
	return "An exchange may bring an entry back; to keep something from matching for good add it to own-cleared.\n\n" +
		"Example: haris bank remove own 4711 --as lina"
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
		all := 0
		err = r.changeBanks(core, who, "bank.removed", c.Bank, func(s bank.Store) (map[string]string, error) {
			all = 0
			for _, w := range list {
				n, err := s.Remove(r.ctx, c.Bank, w, bank.Removed)
				if err != nil {
					return nil, err
				}
				all += n
			}
			return map[string]string{"entries": strconv.Itoa(all)}, nil
		})
		if err != nil {
			return err
		}
		r.say("Removed %d entries from %s.", all, c.Bank)
		if all == 0 {
			return errNo
		}
		return nil
	})
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
	var added, changed int
	err := i.r.changeBanks(i.core, i.who, "bank.imported", i.c.Bank, func(s bank.Store) (map[string]string, error) {
		if _, err := bankOf(i.r.ctx, s, i.c.Bank); errors.Is(err, bank.ErrNotFound) {
			if _, err := s.Put(i.r.ctx, newBank(i.c.Bank)); err != nil {
				return nil, err
			}
		} else if err != nil {
			return nil, err
		}
		var err error
		added, changed, err = s.Add(i.r.ctx, i.c.Bank, i.part)
		return map[string]string{"origin": i.c.Origin, "entries": strconv.Itoa(added), "changed": strconv.Itoa(changed)}, err
	})
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
	return r.withCore(func(core *app.Core) (err error) {
		who, err := r.someone(core, c.As, auth.BankChange)
		if err != nil {
			return err
		}
		err = r.changeBanks(core, who, "bank.exported", c.Bank, func(s bank.Store) (map[string]string, error) {
			_, err := bankOf(r.ctx, s, c.Bank)
			return nil, err
		})
		if err != nil {
			return err
		}
		out := r.Stdout
		if c.File != "-" {
			f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s is there already: give another name", c.File)
			}
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			out = f
		}
		return c.write(r, core, out)
	})
}

func (c bankExportCommand) write(r *run, core *app.Core, to io.Writer) error {
	w, err := bank.NewListWriter(to, bank.Format(c.Format))
	if err != nil {
		return err
	}
	n := 0
	for f := (bank.Filter{Bank: c.Bank, Kind: bank.Kind(c.Kind), State: bank.Live, Limit: 1000}); ; {
		var list []bank.Entry
		err := r.banks(core, func(s bank.Store) (err error) {
			list, err = s.List(r.ctx, f)
			return err
		})
		if err != nil {
			return err
		}
		for i := range list {
			if err := w.Write(&list[i]); err != nil {
				return err
			}
		}
		n += len(list)
		if len(list) < f.Limit {
			break
		}
		f.After = list[len(list)-1].ID
	}
	r.say("Wrote %d entries of %s.", n, c.Bank)
	return w.Close()
}
