package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/taxonomy"
)

type bankCommand struct {
	List   bankListCommand   `cmd:"" help:"List the banks with what they hold."`
	Show   bankShowCommand   `cmd:"" help:"Show the settings of a bank, and its entries."`
	Set    bankSetCommand    `cmd:"" help:"Make a bank, or change its settings."`
	Mode   bankModeCommand   `cmd:"" help:"Turn a bank off, into shadow, or into force."`
	Add    bankAddCommand    `cmd:"" help:"Add hashes, or the hashes of files."`
	Remove bankRemoveCommand `cmd:"" help:"Take entries out."`
	Import bankImportCommand `cmd:"" help:"Add a list from a file: CSV, JSON, or a format of Hasher-Matcher-Actioner."`
	Export bankExportCommand `cmd:"" help:"Write the live entries of a bank."`
	Seen   bankSeenCommand   `cmd:"" help:"Tell who posted a hash."`
	Sweep  bankSweepCommand  `cmd:"" help:"Show how far what was seen is compared with new entries; pause it, or let it go on."`
}

// noBank says what to do about a bank that is not there.
func noBank(err error, id string) error {
	if errors.Is(err, bank.ErrNotFound) {
		return fmt.Errorf("there is no bank %q: haris bank list shows the banks, haris bank set %s makes one", id, id)
	}
	return err
}

// bankRow is a bank as it is printed.
type bankRow struct {
	bank.Bank
	Entries map[bank.Kind]int `json:"entries"`
}

func (b *bankRow) entries() string {
	var out []string
	for _, k := range bank.Kinds() {
		if n := b.Entries[k]; n > 0 {
			out = append(out, string(k)+" "+strconv.Itoa(n))
		}
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}

func (r *run) bankRows(core *app.Core) (rows []bankRow, err error) {
	list, err := core.BankDesk().Banks(r.ctx)
	for i := range list {
		rows = append(rows, bankRow{list[i].Bank, list[i].Entries})
	}
	return rows, err
}

type bankListCommand struct{}

// Help is the example.
func (bankListCommand) Help() string { return "Example: haris bank list -o json" }

// Run lists the banks.
func (bankListCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		list, err := r.bankRows(core)
		if err != nil {
			return err
		}
		if len(list) == 0 && !r.isJSON() {
			r.say("There are no banks yet. haris bank set NAME makes one, haris bank import fills it.")
			return nil
		}
		var rows [][]string
		for i := range list {
			b := &list[i]
			if r.isJSON() {
				if err := r.json(b); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{b.ID, string(b.Mode), string(b.Polarity), string(b.Source), string(b.Label), strconv.Itoa(b.Radius), b.entries()})
		}
		if r.isJSON() {
			return nil
		}
		return r.table([]string{"bank", "mode", "polarity", "source", "label", "radius", "entries"}, rows)
	})
}

type bankShowCommand struct {
	Bank    string `arg:"" help:"Id of the bank."`
	Entries bool   `help:"Show its entries, too."`
	Kind    string `help:"Only entries of this kind."`
	Ended   bool   `help:"Entries that were removed, withdrawn or have expired, too."`
	After   uint64 `help:"Only entries behind this number."`
	Limit   int    `default:"50" help:"At most this many entries."`
}

// Help is the example.
func (bankShowCommand) Help() string { return "Example: haris bank show own --entries -o json" }

// Run shows one bank.
func (c bankShowCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		list, err := r.bankRows(core)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(b bankRow) bool { return b.ID == c.Bank })
		if i < 0 {
			return noBank(bank.ErrNotFound, c.Bank)
		}
		if !c.Entries {
			return r.printBank(&list[i])
		}
		f := bank.Filter{Bank: c.Bank, State: bank.Live, Kind: bank.Kind(c.Kind), After: c.After, Limit: c.Limit}
		if c.Ended {
			f.State = ""
		}
		entries, err := core.BankDesk().Entries(r.ctx, f)
		if err != nil {
			return err
		}
		return r.printEntries(entries)
	})
}

func (r *run) printBank(b *bankRow) error {
	if r.isJSON() {
		return r.json(b)
	}
	keep := "for ever"
	if b.Keep > 0 {
		keep = fmt.Sprintf("%.0f days", b.Keep.Hours()/24)
	}
	return r.table([]string{"setting", "value"}, [][]string{
		{"bank", b.ID},
		{"name", b.Name},
		{"label", string(b.Label)},
		{"mode", string(b.Mode)},
		{"polarity", string(b.Polarity)},
		{"source", strings.TrimSpace(string(b.Source) + " " + b.Origin)},
		{"radius", strconv.Itoa(b.Radius)},
		{"quality", strconv.Itoa(b.Quality)},
		{"turned and mirrored", strconv.FormatBool(b.Dihedral)},
		{"share of frames", strconv.FormatFloat(b.Share, 'f', -1, 64)},
		{"verdict", string(b.Verdict)},
		{"classification", orDash(string(b.Classification))},
		{"kept", keep},
		{"entries", b.entries()},
	})
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (r *run) printEntries(list []bank.Entry) error {
	var rows [][]string
	for i := range list {
		e := &list[i]
		if r.isJSON() {
			if err := r.json(e); err != nil {
				return err
			}
			continue
		}
		from := strings.TrimSpace(string(e.Provenance.Source) + " " + e.Provenance.Origin + " " + e.Provenance.Key)
		rows = append(rows, []string{strconv.FormatUint(e.ID, 10), string(e.Kind), short(e.Value), string(e.State), orDash(string(e.Classification)), from, moment(e.Provenance.At), moment(e.Expires)})
	}
	if r.isJSON() {
		return nil
	}
	return r.table([]string{"entry", "kind", "hash", "state", "class", "from", "added", "expires"}, rows)
}

// short cuts what is too long for a table.
func short(s string) string {
	if len(s) <= 72 {
		return s
	}
	return s[:69] + "…"
}

type bankSetCommand struct {
	Bank           string   `arg:"" help:"Id of the bank: a-z, 0-9, - and _."`
	As             string   `required:"" help:"Login of the person who decides it; it stands in the audit log."`
	Name           *string  `help:"Name, as people read it."`
	Label          *string  `help:"What a match speaks of: abuse_material, trafficking, sextortion, grooming or unknown."`
	Polarity       *string  `help:"positive, or negative: entries that must not match."`
	Radius         *int     `help:"Greatest distance at which PDQ hashes match, 0 to 64."`
	Quality        *int     `help:"Quality below which a PDQ hash is not compared, 0 to 100."`
	Dihedral       *bool    `help:"Compare pictures turned and mirrored, too." negatable:""`
	Share          *float64 `help:"Part of the frames that must be near for a video to match, 0 to 1."`
	Verdict        *string  `help:"What a platform that waits is told of a match: allow or hold."`
	Classification *string  `help:"Classification of entries without one: A1, A2, B1, B2 or nothing."`
	KeepDays       *int     `help:"Days that entries without an end of their own stand; 0 is for ever."`
}

// Help is the example.
func (bankSetCommand) Help() string {
	return "A new bank is in shadow: it is heard and opens no case until haris bank mode NAME enforce.\n\n" +
		"Example: haris bank set hotline --name \"National hotline\" --classification B2 --as lina"
}

// Run makes or changes a bank.
func (c bankSetCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.BankChange)
		if err != nil {
			return err
		}
		if err := c.set(r.ctx, core.BankDesk(), who.ID); err != nil {
			return err
		}
		return bankShowCommand{Bank: c.Bank}.show(r, core)
	})
}

// set makes the bank, or changes the one that is there.
func (c *bankSetCommand) set(ctx context.Context, d *bank.Desk, who string) error {
	old, err := d.Bank(ctx, c.Bank)
	if errors.Is(err, bank.ErrNotFound) {
		b := bank.Begin(c.Bank)
		c.apply(&b)
		_, err = d.Create(ctx, who, b)
		return err
	}
	if err != nil {
		return err
	}
	c.apply(&old.Bank)
	_, err = d.Set(ctx, who, old.Bank)
	return err
}

func (c *bankSetCommand) apply(b *bank.Bank) {
	set(&b.Name, c.Name)
	set((*string)(&b.Label), c.Label)
	set((*string)(&b.Polarity), c.Polarity)
	set(&b.Radius, c.Radius)
	set(&b.Quality, c.Quality)
	set(&b.Dihedral, c.Dihedral)
	set(&b.Share, c.Share)
	set((*string)(&b.Verdict), c.Verdict)
	set((*string)(&b.Classification), c.Classification)
	if c.KeepDays != nil {
		b.Keep = time.Duration(*c.KeepDays) * 24 * time.Hour
	}
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (c bankShowCommand) show(r *run, core *app.Core) error {
	list, err := r.bankRows(core)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(b bankRow) bool { return b.ID == c.Bank })
	if i < 0 {
		return noBank(bank.ErrNotFound, c.Bank)
	}
	return r.printBank(&list[i])
}

type bankModeCommand struct {
	Bank string `arg:"" help:"Id of the bank."`
	Mode string `arg:"" enum:"off,shadow,enforce" help:"off, shadow or enforce."`
	As   string `required:"" help:"Login of the person who decides it; it stands in the audit log."`
}

// Help is the example.
func (bankModeCommand) Help() string {
	return "A bank in shadow is compared and recorded, and opens no case. What was seen before is compared anew when a bank comes into force.\n\n" +
		"Example: haris bank mode hotline enforce --as lina"
}

// Run turns a bank.
func (c bankModeCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.BankChange)
		if err != nil {
			return err
		}
		b, err := core.BankDesk().Bank(r.ctx, c.Bank)
		if err != nil {
			return noBank(err, c.Bank)
		}
		b.Mode = taxonomy.Mode(c.Mode)
		if _, err := core.BankDesk().Set(r.ctx, who.ID, b.Bank); err != nil {
			return err
		}
		return bankShowCommand{Bank: c.Bank}.show(r, core)
	})
}
