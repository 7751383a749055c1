package cli

import (
	"fmt"

	"haris/internal/app"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Verify the whole audit log: an entry that was changed, removed or re-ordered is found."`
}

type auditVerifyCommand struct{}

// Help is the example.
func (auditVerifyCommand) Help() string {
	return "Also checks that the log continues every signed checkpoint kept in the data directory. Ends with 1 when anything is wrong.\n\n" +
		"Example: haris audit verify -o json"
}

// Run verifies the log.
func (auditVerifyCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		v, err := core.VerifyAudit(r.ctx)
		if err != nil {
			return err
		}
		if r.isJSON() {
			if err := r.json(v); err != nil {
				return err
			}
		} else {
			for _, f := range v.Faults {
				fmt.Fprintln(r.Stdout, f)
			}
			r.say("%d entries, %d checkpoints, %d faults.", v.Entries, v.Checkpoints, len(v.Faults))
		}
		if len(v.Faults) > 0 {
			return errNo
		}
		return nil
	})
}
