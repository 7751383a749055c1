package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/evidence"
	"haris/internal/process"
	"haris/internal/store"
)

type evidenceHoldCommand struct {
	Case          string `arg:"" help:"Id of the case, or of a legal process."`
	As            string `required:"" help:"Login of the person who decides it; it stands in the audit log."`
	Why           string `required:"" help:"Why, in words; it stands in the audit log."`
	Until         string `placeholder:"DATE" help:"End of the hold, such as 2027-06-30 or 2027-06-30T12:00:00Z; without it the hold has none."`
	Release       bool   `help:"End the hold now. Whether the account may be told stays as it is."`
	Process       string `placeholder:"ID" help:"With --release: end the hold that a legal process has set, once that process is over."`
	NoNotice      bool   `help:"Forbid to tell the account."`
	NoNoticeUntil string `placeholder:"DATE" help:"Forbid to tell the account, until then."`
	AllowNotice   bool   `help:"Lift what --no-notice has forbidden."`
}

// Help is the example.
func (evidenceHoldCommand) Help() string {
	return "A legal hold stops the destruction of a case's evidence. The preservation that the law asks for after a report stands beside it and is not touched.\n\n" +
		"Example: haris evidence hold 01jxyz… --as lina --why \"order of the court, file 12-7\" --until 2027-06-30 --no-notice"
}

// Run sets, changes or releases the legal hold.
func (c evidenceHoldCommand) Run(r *run) error {
	o, err := c.order(r.Now())
	if err != nil {
		return err
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.EvidenceHold)
		if err != nil {
			return err
		}
		err = core.DB.Read(r.ctx, func(tx *store.Tx) error {
			_, err := tx.Cases().Get(r.ctx, c.Case)
			if errors.Is(err, casefile.ErrNotFound) {
				if _, legal := tx.Processes().Get(r.ctx, c.Case); legal == nil {
					return nil // what a legal process has sealed can be held and released too
				}
			}
			return err
		})
		if err != nil {
			return noCase(err, c.Case)
		}
		if err := r.processOver(core, c.Process); err != nil {
			return err
		}
		o.Who = who.ID
		if err := core.Vault.SetHold(r.ctx, o); err != nil {
			return err
		}
		return evidenceHoldsCommand{Case: c.Case}.print(r, core)
	})
}

// processOver refuses to end the hold of a legal process that is still to be answered.
func (r *run) processOver(core *app.Core, id string) error {
	if id == "" {
		return nil
	}
	var p process.Request
	err := core.DB.Read(r.ctx, func(tx *store.Tx) (err error) {
		p, err = tx.Processes().Get(r.ctx, id)
		return err
	})
	if err != nil {
		return noProcess(err, id)
	}
	if !p.Status.Over() {
		return fmt.Errorf("legal process %s is %s: its hold ends when it is delivered or refused", id, p.Status)
	}
	return nil
}

// noCase says what to do about a case that is not there.
func noCase(err error, id string) error {
	if errors.Is(err, casefile.ErrNotFound) {
		return fmt.Errorf("no case %q: haris case list shows them all", id)
	}
	return err
}

// order reads the flags.
func (c evidenceHoldCommand) order(now time.Time) (o evidence.HoldOrder, err error) {
	o = evidence.HoldOrder{Why: c.Why, Case: c.Case, Kind: evidence.LegalHold, Source: c.Process}
	switch {
	case c.Release && c.Until != "":
		return o, &usageError{"--release ends the hold now; --until gives it an end: choose one"}
	case c.Process != "" && !c.Release:
		return o, &usageError{"--process is about ending the hold of a legal process: give --release too"}
	case c.AllowNotice && (c.NoNotice || c.NoNoticeUntil != ""):
		return o, &usageError{"--allow-notice lifts what --no-notice forbids: choose one"}
	case c.Release:
		o.Until = now
	case c.Until != "":
		if o.Until, err = readMoment("--until", c.Until); err != nil {
			return o, err
		}
	}
	if c.AllowNotice || c.NoNotice || c.NoNoticeUntil != "" {
		o.Notice = &evidence.Notice{Forbidden: !c.AllowNotice}
	}
	if c.NoNoticeUntil != "" {
		o.Notice.Until, err = readMoment("--no-notice-until", c.NoNoticeUntil)
	}
	return o, err
}

// readMoment reads a day, which means its beginning in UTC, or a moment with its zone.
func readMoment(flag, s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, &usageError{fmt.Sprintf("%s %s: expected a day such as 2027-06-30, or a moment such as 2027-06-30T12:00:00Z", flag, s)}
	}
	return t.UTC(), nil
}

type evidenceHoldsCommand struct {
	Case   string `arg:"" optional:"" help:"Id of a case; without it every case with a hold."`
	Ending string `placeholder:"DAYS" help:"Only cases whose last hold ends within so many days, such as 30d."`
}

// Help is the example.
func (evidenceHoldsCommand) Help() string {
	return "Holds that have ended are listed too.\n\nExample: haris evidence holds -o json\nExample: haris evidence holds --ending 30d"
}

// Run lists the holds.
func (c evidenceHoldsCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error { return c.print(r, core) })
}

func (c evidenceHoldsCommand) print(r *run, core *app.Core) error {
	within, err := days(c.Ending)
	if err != nil {
		return err
	}
	list, err := core.Vault.Kept(r.ctx, c.Case)
	if err != nil {
		return err
	}
	if within > 0 {
		list = slices.DeleteFunc(list, func(k evidence.Kept) bool {
			end := k.Ends(r.Now())
			return end.IsZero() || end.Sub(r.Now()) > within
		})
	}
	var rows [][]string
	for _, k := range list {
		for _, h := range k.Holds {
			if r.isJSON() {
				if err := r.json(h); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{h.Case, string(h.Kind), h.Source, left(h, r.Now()), notice(h, r.Now()), h.SetBy, h.Reason})
		}
	}
	switch {
	case r.isJSON():
		return nil
	case len(rows) == 0:
		r.say("No hold.")
		return nil
	}
	return r.table([]string{"case", "hold", "process", "until", "account", "set by", "why"}, rows)
}

// days reads a number of days such as 30d; 0 when there is none.
func days(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.TrimSuffix(s, "d"))
	if err != nil || n < 1 || n > 36500 {
		return 0, &usageError{fmt.Sprintf("--ending %s: expected a number of days such as 30d", s)}
	}
	return time.Duration(n) * 24 * time.Hour, nil
}

// left says when a hold ends.
func left(h evidence.Hold, now time.Time) string {
	switch {
	case h.Until.IsZero():
		return "without end"
	case !h.Active(now):
		return "ended " + moment(h.Until)
	}
	return fmt.Sprintf("%s (%d days)", moment(h.Until), evidence.DaysLeft(now, h.Until))
}

// notice says whether the account may be told.
func notice(h evidence.Hold, now time.Time) string {
	if !h.Silent(now) {
		return "may be told"
	}
	if h.NoticeUntil.IsZero() {
		return "not to be told"
	}
	return "not to be told until " + moment(h.NoticeUntil)
}
