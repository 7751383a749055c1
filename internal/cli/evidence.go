package cli

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/evidence"
	"haris/internal/report"
)

type evidenceCommand struct {
	Add         evidenceAddCommand         `cmd:"" help:"Seal files into the evidence of a case."`
	List        evidenceListCommand        `cmd:"" help:"List what is sealed for a case, and who has viewed it."`
	Show        evidenceShowCommand        `cmd:"" help:"Show the line of one item: digests, origin, match, who has viewed it. Never its contents."`
	Export      evidenceExportCommand      `cmd:"" help:"Write the contents of an item into a file. It stands in custody."`
	Custody     evidenceCustodyCommand     `cmd:"" help:"Show every access to an item."`
	Hold        evidenceHoldCommand        `cmd:"" help:"Set, change or release the legal hold of a case."`
	Holds       evidenceHoldsCommand       `cmd:"" help:"List what stops the destruction of evidence, until when, and whether the account may be told."`
	Extend      evidenceExtendCommand      `cmd:"" help:"Make the preservation that followed a report longer."`
	Destroy     evidenceDestroyCommand     `cmd:"" help:"Destroy the evidence of a case whose time is over. It cannot be undone."`
	Certificate evidenceCertificateCommand `cmd:"" help:"Write the signed certificate of a destruction into a file."`
	Verify      evidenceVerifyCommand      `cmd:"" help:"Check a case against its manifest and the audit log, or a parcel that has left, without a server."`
}

// itemRow is a sealed item as it is printed.
type itemRow struct {
	evidence.Item
	Viewed   *report.Viewing `json:"viewed,omitempty"`
	Metadata *report.Viewing `json:"metadata_viewed,omitempty"`
}

func (r *run) itemRow(core *app.Core, i evidence.Item) (itemRow, error) {
	v, err := core.Exposure().Views(r.ctx, i.ID)
	return itemRow{i, v.Entire, v.Metadata}, err
}

// noItem says what to do about an item that is not there.
func noItem(err error, id string) error {
	if errors.Is(err, evidence.ErrNotFound) {
		return fmt.Errorf("nothing is sealed as %q: haris evidence list CASE shows what is", id)
	}
	return err
}

type evidenceAddCommand struct {
	Case           string   `arg:"" help:"Id of the case."`
	Files          []string `arg:"" name:"file" type:"existingfile" help:"Files to seal."`
	As             string   `required:"" help:"Login of the person who adds them; it stands in custody and in the audit log."`
	Media          string   `help:"The platform's id of the picture, video or file, as its events name it."`
	URL            string   `name:"url" help:"Where it was."`
	List           string   `help:"The list of known material on which it was found."`
	Algorithm      string   `help:"How it was found there, for example pdq."`
	Distance       int      `help:"How near, in the algorithm's own measure; 0 means equal."`
	Classification string   `help:"As the list gives it, for example A1."`
}

// Help is the example.
func (evidenceAddCommand) Help() string {
	return "Example: haris evidence add 01jxyz… photo.jpg --as amira --media m-17 --list \"Example list\" --algorithm pdq --distance 12 --classification A1"
}

func (c evidenceAddCommand) origin() (o evidence.Origin, err error) {
	o.Media, o.URL = c.Media, c.URL
	if c.List == "" && (c.Algorithm != "" || c.Distance != 0 || c.Classification != "") {
		return o, &usageError{"--algorithm, --distance and --classification say how a file was found on a list: --list names it"}
	}
	if c.List != "" {
		if c.Algorithm == "" {
			return o, &usageError{"--list needs --algorithm, for example sha256 or pdq"}
		}
		o.Match = &evidence.Match{List: c.List, Algorithm: c.Algorithm, Distance: c.Distance, Classification: c.Classification}
	}
	if len(c.Files) > 1 && (o.Media != "" || o.URL != "" || o.Match != nil) {
		return o, &usageError{"--media, --url and --list are about one file: add the files one by one"}
	}
	return o, nil
}

// Run seals the files.
func (c evidenceAddCommand) Run(r *run) error {
	origin, err := c.origin()
	if err != nil {
		return err
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.EvidenceAdd)
		if err != nil {
			return err
		}
		for _, name := range c.Files {
			added, err := r.seal(core, name, evidence.Addition{Case: c.Case, Who: who.ID, Name: filepath.Base(name), Claimed: mime.TypeByExtension(filepath.Ext(name)), Origin: origin})
			if err != nil {
				return fmt.Errorf("%s: %w", name, c.explain(core, err))
			}
			if added.Differs {
				r.say("%s: the name says %s, and the bytes look like %s. The bytes are believed.", name, added.Claimed, added.Item.MediaType)
			}
			if r.isJSON() {
				if err := r.json(added); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(r.Stdout, "%s  %s  %s  %d bytes  sha256 %s\n", added.Item.ID, added.Item.Name, added.Item.MediaType, added.Item.Size, added.Item.SHA256)
		}
		return nil
	})
}

func (c evidenceAddCommand) explain(core *app.Core, err error) error {
	switch {
	case errors.Is(err, casefile.ErrNotFound):
		return fmt.Errorf("no case %q: haris case list shows them all", c.Case)
	case errors.Is(err, evidence.ErrTooLarge):
		return fmt.Errorf("%w: at most %d bytes (evidence.max_file_bytes)", err, core.Config.Evidence.MaxFileBytes)
	}
	return err
}

// seal adds one file with a bar of how far it is.
func (r *run) seal(core *app.Core, name string, a evidence.Addition) (added evidence.Added, err error) {
	f, err := os.Open(name)
	if err != nil {
		return added, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	a.Body = f
	if st, err := f.Stat(); err == nil && r.Terminal && !r.isJSON() {
		bar := progressbar.NewOptions64(st.Size(), progressbar.OptionSetWriter(r.Stderr), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(a.Name), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		a.Body = io.TeeReader(f, bar)
		defer func() { err = errors.Join(err, bar.Finish()) }()
	}
	return core.AddEvidence(r.ctx, a)
}

type evidenceListCommand struct {
	Case string `arg:"" help:"Id of the case."`
}

// Help is the example.
func (evidenceListCommand) Help() string { return "Example: haris evidence list 01jxyz… -o json" }

// Run lists the manifest.
func (c evidenceListCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		items, err := core.Vault.Manifest(r.ctx, c.Case)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, i := range items {
			row, err := r.itemRow(core, i)
			if err != nil {
				return err
			}
			if r.isJSON() {
				if err := r.json(row); err != nil {
					return err
				}
				continue
			}
			viewed := "nobody"
			if row.Viewed != nil {
				viewed = moment(row.Viewed.At)
			}
			rows = append(rows, []string{i.ID, string(i.Kind), i.Name, i.MediaType, fmt.Sprint(i.Size), moment(i.CreatedAt), i.SHA256[:12], viewed})
		}
		if r.isJSON() {
			return nil
		}
		if len(rows) == 0 {
			r.say("Nothing is sealed for case %q.", c.Case)
			return nil
		}
		return r.table([]string{"id", "kind", "name", "type", "bytes", "sealed", "sha256", "viewed entire"}, rows)
	})
}

type evidenceShowCommand struct {
	Item string `arg:"" help:"Id of the item."`
}

// Help is the example.
func (evidenceShowCommand) Help() string { return "Example: haris evidence show 3f2a…" }

// Run shows one line of the manifest.
func (c evidenceShowCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		i, err := core.Vault.Item(r.ctx, c.Item)
		if err != nil {
			return noItem(err, c.Item)
		}
		row, err := r.itemRow(core, i)
		if err != nil {
			return err
		}
		if r.isJSON() {
			return r.json(row)
		}
		lines := [][2]string{
			{"item", i.ID},
			{"case", i.Case},
			{"kind", string(i.Kind)},
			{"name", i.Name},
			{"type", i.MediaType},
			{"bytes", fmt.Sprint(i.Size)},
			{"sha256", i.SHA256},
			{"md5", i.MD5},
			{"sealed", moment(i.CreatedAt) + " by " + i.CreatedBy},
			{"media", i.Origin.Media},
			{"url", i.Origin.URL},
		}
		if m := i.Origin.Match; m != nil {
			lines = append(lines, [2]string{"match", strings.TrimSpace(fmt.Sprintf("%s, %s, distance %d %s", m.List, m.Algorithm, m.Distance, m.Classification))})
		}
		viewed := "by nobody"
		if row.Viewed != nil {
			viewed = moment(row.Viewed.At) + " by " + row.Viewed.Who
		}
		for _, l := range append(lines, [2]string{"viewed", viewed}) {
			if l[1] != "" {
				fmt.Fprintf(r.Stdout, "%-8s %s\n", l[0], l[1])
			}
		}
		return nil
	})
}

type evidenceExportCommand struct {
	Item string `arg:"" help:"Id of the item."`
	File string `arg:"" help:"File to write; it must not exist."`
	As   string `required:"" help:"Login of the person who takes it out."`
	Why  string `required:"" help:"Why it leaves, in words; it stands in custody and in the audit log."`
}

// Help is the example.
func (evidenceExportCommand) Help() string {
	return "Example: haris evidence export 3f2a… clip.mp4 --as lina --why \"handed to counsel\""
}

// Run writes the contents.
func (c evidenceExportCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.EvidenceExport)
		if err != nil {
			return err
		}
		var i evidence.Item
		err = writeNew(c.File, func(w io.Writer) error {
			var body io.ReadCloser
			if i, body, err = core.Vault.Export(r.ctx, who.ID, c.Why, c.Item); err != nil {
				return noItem(err, c.Item)
			}
			_, err := io.Copy(w, body)
			return errors.Join(err, body.Close())
		})
		if err != nil {
			return err
		}
		r.say("%s: %d bytes, sha256 %s. Looking at it outside of haris is not recorded as a viewing.", c.File, i.Size, i.SHA256)
		return nil
	})
}

// writeNew has a file written that only its owner can read, and keeps nothing of one that did not come to its end. The file is made
// first, so that nothing leaves for a place where it cannot be written.
func writeNew(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err = errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

type evidenceCustodyCommand struct {
	Item string `arg:"" help:"Id of the item."`
}

// Help is the example.
func (evidenceCustodyCommand) Help() string { return "Example: haris evidence custody 3f2a… -o json" }

// Run prints the chain of custody.
func (c evidenceCustodyCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		chain, err := core.Vault.Custody(r.ctx, c.Item)
		if err != nil {
			return noItem(err, c.Item)
		}
		var rows [][]string
		for _, l := range chain {
			if r.isJSON() {
				if err := r.json(l); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{fmt.Sprint(l.N), moment(l.At), string(l.Act), l.Who, l.Why})
		}
		if r.isJSON() {
			return nil
		}
		return r.table([]string{"n", "at", "act", "who", "why"}, rows)
	})
}

type evidenceVerifyCommand struct {
	Target string `arg:"" name:"case|file" help:"Id of a case, or a parcel: a zip file that was handed out."`
	As     string `help:"Login of the person who checks a case; it stands in custody and in the audit log. Without it the command line does."`
	Key    string `help:"Public key with which a parcel must be signed, as the provider gave it to you."`
}

// Help is the example.
func (evidenceVerifyCommand) Help() string {
	return "Ends with 1 when anything is not as it was sealed or signed.\n\nExample: haris evidence verify 01jxyz…\nExample: haris evidence verify production.zip --key haris-audit+3f2a…"
}

// Run verifies a case or a parcel.
func (c evidenceVerifyCommand) Run(r *run) error {
	if info, err := os.Stat(c.Target); err == nil && info.Mode().IsRegular() {
		return c.verifyParcel(r)
	}
	return r.withCore(func(core *app.Core) error {
		who := cliName
		if c.As != "" {
			p, err := r.someone(core, c.As, auth.EvidenceRead)
			if err != nil {
				return err
			}
			who = p.ID
		}
		list, err := core.Vault.VerifyCase(r.ctx, who, "verified on the command line", c.Target)
		if errors.Is(err, evidence.ErrNotFound) {
			return fmt.Errorf("nothing is sealed for case %q, and there is no such file", c.Target)
		}
		if err != nil {
			return err
		}
		bad := 0
		for _, k := range list {
			if k.Condition != evidence.Intact {
				bad++
			}
			if r.isJSON() {
				err = r.json(k)
			} else {
				_, err = fmt.Fprintf(r.Stdout, "%-10s %s  %s  %s\n", k.Condition, k.Item.ID, k.Item.Name, k.Detail)
			}
			if err != nil {
				return err
			}
		}
		r.say("%d items, %d not as they were sealed.", len(list), bad)
		if bad > 0 {
			return errNo
		}
		return nil
	})
}
