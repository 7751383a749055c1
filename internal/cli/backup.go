package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"haris/internal/app"
	"haris/internal/archive"
	"haris/internal/report"
)

type backupCommand struct {
	File        string `arg:"" help:"File to write, which must not exist; - is standard output."`
	WithoutKeys bool   `help:"Leave the keys out. The backup cannot open evidence then; keep the keys elsewhere."`
}

// Help is the example.
func (backupCommand) Help() string {
	return "Runs beside a haris that works. The file holds everything, sealed evidence and keys too: keep it as you keep the machine.\n\n" +
		"Example: haris backup /backup/haris-2026-11-23.tar.zst"
}

// Run writes the backup.
func (c backupCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		if c.File == "-" {
			return c.write(r, core, r.Stdout)
		}
		f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		if err := errors.Join(c.write(r, core, f), f.Sync(), f.Close()); err != nil {
			return errors.Join(err, os.Remove(c.File))
		}
		return nil
	})
}

func (c backupCommand) write(r *run, core *app.Core, out io.Writer) error {
	m, err := archive.Write(r.ctx, out, archive.Source{
		Dir: core.Config.DataDir, Database: app.DatabaseFile, Backup: core.DB.Backup, Version: r.Version.Version, Now: r.Now, WithoutKeys: c.WithoutKeys,
	})
	if err != nil {
		return err
	}
	return r.toldArchive("Written", m, c.File == "-")
}

// toldArchive says what an archive holds. When the archive itself went to standard output nothing else may.
func (r *run) toldArchive(verb string, m archive.Manifest, quiet bool) error {
	if r.isJSON() && !quiet {
		return r.json(m)
	}
	var size int64
	for _, f := range m.Files {
		size += f.Size
	}
	keys := "with the keys"
	if !m.Keys {
		keys = "without the keys, so that evidence cannot be opened from it"
	}
	r.say("%s: %d files, %.1f MiB, %s, as of %s.", verb, len(m.Files), float64(size)/(1<<20), keys, moment(m.At))
	return nil
}

type restoreCommand struct {
	File string `arg:"" help:"File that haris backup wrote; - is standard input."`
}

// Help is the example.
func (restoreCommand) Help() string {
	return "The data directory must be empty, or not be there. Every file is checked against the backup's manifest before it appears.\n" +
		"Reports that were on their way at the moment of the backup are held until a person has found out what became of them.\n\n" +
		"Example: haris restore /backup/haris-2026-11-23.tar.zst --data-dir /var/lib/haris"
}

// Run restores.
func (c restoreCommand) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	in, err := r.open(c.File)
	if err != nil {
		return err
	}
	var reports report.Restored
	m, err := archive.Restore(r.ctx, in, archive.Target{Dir: cfg.DataDir, Settle: func(ctx context.Context, dir string, m archive.Manifest) (err error) {
		reports, err = app.SettleRestored(ctx, dir, m.At, r.Now())
		return err
	}})
	if err := errors.Join(err, in.Close()); err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if r.isJSON() {
		return r.json(struct {
			archive.Manifest
			Reports report.Restored `json:"reports"`
		}{m, reports})
	}
	if err := r.toldArchive("Restored", m, false); err != nil {
		return err
	}
	r.toldRestored(reports)
	return nil
}

// toldRestored says what the backup means for reports.
func (r *run) toldRestored(reports report.Restored) {
	if reports.Held > 0 {
		r.say("%d reports were on their way then. They are held until a person has found out whether they were filed: haris report status", reports.Held)
	}
	if reports.Waiting > 0 {
		r.say("%d reports waited for a person then, who may have answered since. Find out before they are answered here.", reports.Waiting)
	}
	if reports.Drafts > 0 {
		r.say("%d drafts may have been submitted since. Find out before they are submitted here.", reports.Drafts)
	}
}
