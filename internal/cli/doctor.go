package cli

import (
	"fmt"
	"time"

	"haris/internal/app"
	"haris/internal/console"
)

type doctorCommand struct{}

// Help is the example.
func (doctorCommand) Help() string {
	return "Ends with 1 when a part is unwell, or could not be looked at.\n\nExample: haris doctor -o json"
}

// Run looks at every part.
func (doctorCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		bad := false
		var rows [][]string
		for _, k := range (app.Doctor{Core: core}).Checks(r.ctx) {
			bad = bad || k.State == console.Unwell || k.State == console.Unknown
			if r.isJSON() {
				if err := r.json(struct {
					Check  string `json:"check"`
					State  string `json:"state"`
					Value  string `json:"value,omitempty"`
					Detail string `json:"detail,omitempty"`
				}{k.Name, string(k.State), value(k), k.Detail.String()}); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{k.Name, string(k.State), value(k), k.Detail.String()})
		}
		if !r.isJSON() {
			if err := r.table([]string{"check", "state", "value", "detail"}, rows); err != nil {
				return err
			}
		}
		if bad {
			return errNo
		}
		return nil
	})
}

// value writes the figure of a check.
func value(k console.Check) string {
	switch k.Unit {
	case console.UnitCount:
		return fmt.Sprint(k.Count)
	case console.UnitBytes:
		return fmt.Sprintf("%.1f MiB", float64(k.Count)/(1<<20))
	case console.UnitMoment:
		return k.Moment.UTC().Format(time.RFC3339)
	case console.UnitShare:
		return fmt.Sprintf("%.1f %%", 100*k.Share)
	}
	return ""
}
