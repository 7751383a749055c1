package cli

import (
	"errors"
	"fmt"
	"io"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/evidence"
)

type evidenceExtendCommand struct {
	Case  string `arg:"" help:"Id of the case."`
	As    string `required:"" help:"Login of the person who decides it; it stands in the audit log."`
	Until string `required:"" placeholder:"DATE" help:"The new end, such as 2028-06-30; it can only be later."`
	Why   string `required:"" help:"Why, in words; it stands in the audit log."`
}

// Help is the example.
func (evidenceExtendCommand) Help() string {
	return "Example: haris evidence extend 01jxyz… --as lina --until 2028-06-30 --why \"the investigation goes on\""
}

// Run makes the preservation longer.
func (c evidenceExtendCommand) Run(r *run) error {
	until, err := readMoment("--until", c.Until)
	if err != nil {
		return err
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.EvidenceHold)
		if err != nil {
			return err
		}
		if err := core.Vault.Extend(r.ctx, evidence.HoldOrder{Who: who.ID, Why: c.Why, Case: c.Case, Until: until}); err != nil {
			return err
		}
		return evidenceHoldsCommand{Case: c.Case}.print(r, core)
	})
}

type evidenceDestroyCommand struct {
	Case string `arg:"" help:"Id of the case, or of a legal process."`
	As   string `required:"" help:"Login of the person who decides it."`
	Why  string `required:"" help:"Why, in words; it stands in custody, in the audit log and in the certificate."`
}

// Help is the example.
func (evidenceDestroyCommand) Help() string {
	return "Never while a hold stands, the case is open or a report about it is not at its end. What remains, and what lives on in backups, stands in the certificate.\n\n" +
		"Example: haris evidence destroy 01jxyz… --as lina --why \"the year after the report is over\""
}

// Run destroys.
func (c evidenceDestroyCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.EvidenceDestroy)
		if err != nil {
			return err
		}
		k, err := core.Destroy(r.ctx, who.ID, c.Why, c.Case)
		if errors.Is(err, evidence.ErrNotFound) {
			return fmt.Errorf("nothing is sealed for %q: haris case list shows the cases", c.Case)
		}
		if err != nil {
			return err
		}
		r.say("Destroyed. haris evidence certificate %s FILE writes the proof, sha256 %s", c.Case, k.SHA256)
		return nil
	})
}

type evidenceCertificateCommand struct {
	Case string `arg:"" help:"Id of the case."`
	File string `arg:"" help:"File to write; it must not exist."`
	As   string `required:"" help:"Login of the person who takes it; it stands in the audit log."`
}

// Help is the example.
func (evidenceCertificateCommand) Help() string {
	return "Example: haris evidence certificate 01jxyz… deletion.zip --as lina\nExample: haris evidence verify deletion.zip"
}

// Run writes the certificate.
func (c evidenceCertificateCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.EvidenceRead)
		if err != nil {
			return err
		}
		return writeNew(c.File, func(w io.Writer) error {
			k, err := core.Vault.Certificate(r.ctx, who.ID, c.Case)
			if errors.Is(err, evidence.ErrNotFound) {
				return fmt.Errorf("no evidence of %q was destroyed, or its certificate is not made yet (haris doctor says so)", c.Case)
			}
			if err != nil {
				return err
			}
			_, err = w.Write(k.Body)
			return err
		})
	})
}
