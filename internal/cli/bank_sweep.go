package cli

import (
	"fmt"
	"strconv"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/store"
)

type bankSeenCommand struct {
	Hash  string `arg:"" help:"A hash such as pdq:… or md5:…"`
	As    string `required:"" help:"Login of the person who asks; it stands in the audit log."`
	After string `help:"Only accounts behind this one."`
	Limit int    `default:"50" help:"At most this many accounts."`
}

// Help is the example.
func (bankSeenCommand) Help() string {
	return "Example: haris bank seen sha256:ab… --as lina"
}

// seenRow is one account that posted a hash.
type seenRow struct {
	Account string `json:"account"`
	Media   string `json:"media"`
	Item    string `json:"item,omitempty"`
	Event   uint64 `json:"event"`
	First   string `json:"first"`
	Last    string `json:"last"`
	Count   int    `json:"count"`
}

// Run tells who posted a hash.
func (c bankSeenCommand) Run(r *run) error {
	h, err := bank.Guess(c.Hash)
	if err != nil {
		return &usageError{err.Error()}
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.CaseRead)
		if err != nil {
			return err
		}
		list, _, err := core.BankDesk().Posted(r.ctx, who.ID, h, c.After, c.Limit)
		if err != nil {
			return err
		}
		if len(list) == 0 && !r.isJSON() {
			r.say("It was never seen here.")
			return nil
		}
		var rows [][]string
		for _, s := range list {
			row := seenRow{s.Account, s.Media, s.Item, s.Event, moment(s.First), moment(s.Last), s.Count}
			if r.isJSON() {
				if err := r.json(row); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{row.Account, row.Media, orDash(row.Item), strconv.FormatUint(row.Event, 10), row.First, row.Last, strconv.Itoa(row.Count)})
		}
		if r.isJSON() {
			return nil
		}
		return r.table([]string{"account", "media", "item", "event", "first", "last", "times"}, rows)
	})
}

type bankSweepCommand struct {
	Pause  bool   `xor:"way" help:"Let it wait."`
	Resume bool   `xor:"way" help:"Let it go on."`
	As     string `help:"Login of the person who decides it, for --pause and --resume."`
}

// Help is the example.
func (bankSweepCommand) Help() string {
	return "Everything that was seen is compared with new entries, and with banks whose settings changed, by haris serve; this shows how far it is.\n\n" +
		"Example: haris bank sweep -o json"
}

// sweepRow is a sweep as it is printed.
type sweepRow struct {
	State string `json:"state"`
	bank.SweepOrder
	Error string `json:"error,omitempty"`
}

// sweepState is how far everything is.
type sweepState struct {
	Swept  uint64      `json:"swept"`
	Banks  uint64      `json:"banks"`
	Paused bool        `json:"paused"`
	Seen   bank.Totals `json:"seen"`
	Sweeps []sweepRow  `json:"sweeps"`
}

// Run shows, pauses and resumes.
func (c bankSweepCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		if c.Pause || c.Resume {
			if err := c.turn(r, core); err != nil {
				return err
			}
		}
		s, err := sweepStateOf(r, core)
		if err != nil {
			return err
		}
		if r.isJSON() {
			return r.json(s)
		}
		r.say("%s", s.words())
		var rows [][]string
		for _, w := range s.Sweeps {
			rows = append(rows, []string{w.State, strconv.FormatUint(w.Next, 10) + " of " + strconv.FormatUint(w.End, 10), strconv.Itoa(w.Found), moment(w.Begun), moment(w.Updated), orDash(w.Error)})
		}
		return r.table([]string{"state", "compared", "found", "begun", "last heard of", "last error"}, rows)
	})
}

func (s *sweepState) words() string {
	out := fmt.Sprintf("%d hashes of %d sightings are kept; compared with the banks up to change %d of %d.", s.Seen.Hashes, s.Seen.Sightings, s.Swept, s.Banks)
	for _, why := range []bank.Reason{bank.NotLoaded, bank.ReadFailed, bank.Behind, bank.LowQuality} {
		if n := s.Seen.Unscanned[why]; n > 0 {
			out += fmt.Sprintf(" Unscanned (%s): %d.", why, n)
		}
	}
	if s.Paused {
		out += " Paused: haris bank sweep --resume lets it go on."
	}
	return out
}

func (c bankSweepCommand) turn(r *run, core *app.Core) error {
	if c.As == "" {
		return &usageError{"--as: say who decides it"}
	}
	who, err := r.someone(core, c.As, auth.BankChange)
	if err != nil {
		return err
	}
	return core.BankDesk().Pause(r.ctx, who.ID, c.Pause)
}

func sweepStateOf(r *run, core *app.Core) (s sweepState, err error) {
	k, err := core.BankDesk().Sweeps(r.ctx)
	if err != nil {
		return s, err
	}
	s = sweepState{Swept: k.Swept, Banks: k.Until, Paused: k.Paused, Sweeps: []sweepRow{}}
	for _, w := range k.List {
		s.Sweeps = append(s.Sweeps, sweepRow{State: string(w.State), SweepOrder: w.SweepOrder, Error: w.Error})
	}
	err = core.DB.Read(r.ctx, func(tx *store.Tx) error {
		s.Seen, err = tx.Seen().Totals(r.ctx)
		return err
	})
	return s, err
}
