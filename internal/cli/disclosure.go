package cli

import (
	"fmt"

	"haris/internal/app"
	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/disclosure"
	"haris/internal/store"
)

type disclosureCommand struct {
	List disclosureListCommand `cmd:"" help:"List what has left the installation about people: to whom, under what, which items."`
}

type disclosureListCommand struct {
	Case  string `help:"Only those about this case."`
	As    string `required:"" help:"Login of the person who reads it; the reading is written down."`
	Limit int    `default:"100" help:"At most so many, newest first (up to 1000)."`
}

// Help is the example.
func (disclosureListCommand) Help() string {
	return "Every report that is filed writes a line.\n\nExample: haris disclosure list --as lina -o json"
}

// Run lists the log.
func (c disclosureListCommand) Run(r *run) error {
	if c.Limit < 1 || c.Limit > 1000 {
		return &usageError{fmt.Sprintf("--limit %d: expected 1 to 1000", c.Limit)}
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.EvidenceRead)
		if err != nil {
			return err
		}
		var list []disclosure.Entry
		err = core.DB.Write(r.ctx, func(tx *store.Tx) error {
			if list, err = tx.Disclosures().List(r.ctx, disclosure.Filter{Case: c.Case, Limit: c.Limit}); err != nil {
				return err
			}
			_, err = tx.Audit().Append(r.ctx, audit.Entry{At: r.Now().UTC(), Who: who.ID, Act: "disclosure.listed", Object: "disclosure"})
			return err
		})
		if err != nil {
			return err
		}
		return c.print(r, list)
	})
}

func (c disclosureListCommand) print(r *run, list []disclosure.Entry) error {
	var rows [][]string
	for _, e := range list {
		if r.isJSON() {
			if err := r.json(e); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{moment(e.At), e.Recipient, string(e.Under), e.Number, e.Case, fmt.Sprint(len(e.Items)), e.Who, e.Scope})
	}
	switch {
	case r.isJSON():
		return nil
	case len(rows) == 0:
		r.say("Nothing has left: a report that is filed is the first to stand here.")
		return nil
	}
	return r.table([]string{"at", "to", "under", "number", "case", "items", "who", "scope"}, rows)
}
