package cli

import (
	"fmt"

	"haris/internal/app"
	"haris/internal/measure"
)

type learnCommand struct {
	Report learnReportCommand `cmd:"" help:"Say how many of the cases of each detector and rule people confirmed, and whether that has fallen."`
}

type learnReportCommand struct {
	ByTypology bool `help:"By typology, too."`
}

// Help is the example.
func (learnReportCommand) Help() string {
	return "Confirmed, of those confirmed or cleared, with Wilson's interval of 95 %; a case that was reopened counts by how it ended. A fall in the last 30 days\n" +
		"is told at a chance below 1 in 100 (Fisher's exact test), moved strengths above 0.25 (population stability index). Only what came before a person is in it.\n" +
		"It ends with 1 when something has fallen or moved.\n\nExample: haris learn report -o json"
}

// Run prints a line for each.
func (c learnReportCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		list, err := core.Precision(r.ctx, r.Now())
		if err != nil {
			return err
		}
		var rows [][]string
		alarms := 0
		for i := range list {
			x := &list[i]
			if x.Typology != "" && !c.ByTypology {
				continue
			}
			word := ""
			switch {
			case x.Fallen:
				word = fmt.Sprintf("fallen (p %.4f)", *x.P)
			case x.Moved:
				word = fmt.Sprintf("strengths moved (%.2f)", *x.Shift)
			}
			if word != "" {
				alarms++
			}
			if r.isJSON() {
				if err := r.json(x); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{x.Name, string(x.Typology), shareWord(x.Precision), shareWord(x.Before), shareWord(x.Now), fmt.Sprint(x.Unsure), word})
		}
		if !r.isJSON() {
			if len(rows) == 0 {
				r.say("No case has been opened yet.")
				return nil
			}
			if err := r.table([]string{"detector or rule", "typology", "confirmed", "before", "last 30 days", "unsure", ""}, rows); err != nil {
				return err
			}
		}
		if alarms > 0 {
			return errNo
		}
		return nil
	})
}

// shareWord writes a share with its interval; a dash of none.
func shareWord(s measure.Share) string {
	if s.Of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d, %.0f–%.0f %%", s.Part, s.Of, 100*s.Low, 100*s.High)
}
