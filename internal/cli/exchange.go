package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/exchange"
	"haris/internal/exchange/setup"
	"haris/internal/store"
)

type exchangeCommand struct {
	List       exchangeListCommand   `cmd:"" help:"List the exchanges that are set up with how far they were taken in."`
	Sync       exchangeSyncCommand   `cmd:"" help:"Take in what exchanges give now. haris serve does it by itself."`
	Status     exchangeStatusCommand `cmd:"" help:"Show one exchange: last sync, counts, errors, what waits for a person."`
	Accept     exchangeAcceptCommand `cmd:"" help:"Let what a list has lost be withdrawn after all, when more than half of it is gone."`
	TestServer exchangeServerCommand `cmd:"" name:"test-server" help:"Run a stand-in of every exchange with made-up hashes, to try with."`
}

// exchangeRow is an exchange as it is printed.
type exchangeRow struct {
	Name     string `json:"name"`
	Type     string `json:"type,omitempty"`
	From     string `json:"from,omitempty"`
	State    string `json:"state"` // new, well, stale, failing, held, left
	Interval string `json:"interval,omitempty"`
	Feedback bool   `json:"feedback"`
	// Live are the live entries by bank and kind.
	Live map[string]map[string]int `json:"live"`
	Sync exchange.State            `json:"sync"`
}

func exchangeRowOf(r *app.ExchangeRow) exchangeRow {
	out := exchangeRow{
		Name: r.State.Name, Type: r.Exchange.Type, From: r.Exchange.From, State: r.Condition(), Feedback: r.Exchange.Feedback != nil, Live: r.Live, Sync: r.State,
	}
	if r.Exchange.Interval > 0 {
		out.Interval = r.Exchange.Interval.String()
	}
	return out
}

func (r *run) exchangeRows(core *app.Core) (out []exchangeRow, err error) {
	list, err := core.ExchangeRows(r.ctx)
	for i := range list {
		out = append(out, exchangeRowOf(&list[i]))
	}
	return out, err
}

func (e *exchangeRow) entries() string {
	sum := map[string]int{}
	for _, kinds := range e.Live {
		for k, n := range kinds {
			sum[k] += n
		}
	}
	return countsText(sum)
}

func countsText(m map[string]int) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+" "+strconv.Itoa(m[k]))
	}
	return cmp.Or(strings.Join(out, ", "), "–")
}

type exchangeListCommand struct{}

// Help is the example.
func (exchangeListCommand) Help() string { return "Example: haris exchange list -o json" }

// Run lists the exchanges.
func (exchangeListCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		list, err := r.exchangeRows(core)
		if err != nil {
			return err
		}
		if len(list) == 0 && !r.isJSON() {
			r.say("No exchange is set up. docs/exchange.md says how; haris exchange test-server --write DIR makes some to try with.")
			return nil
		}
		var rows [][]string
		for i := range list {
			e := &list[i]
			if r.isJSON() {
				if err := r.json(e); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{e.Name, orDash(e.Type), e.State, moment(e.Sync.LastSuccess), moment(e.Sync.Next), strconv.Itoa(e.Sync.Records), e.entries()})
		}
		if r.isJSON() {
			return nil
		}
		return r.table([]string{"exchange", "type", "state", "last success", "next", "records", "entries"}, rows)
	})
}

type exchangeStatusCommand struct {
	Name string `arg:"" help:"Name of the exchange."`
}

// Help is the example.
func (exchangeStatusCommand) Help() string {
	return "The exit code is 1 when the exchange is stale, fails, or waits for a person.\n\nExample: haris exchange status ncmec"
}

// Run shows one exchange.
func (c exchangeStatusCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		list, err := r.exchangeRows(core)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(e exchangeRow) bool { return e.Name == c.Name })
		if i < 0 {
			return noExchange(c.Name)
		}
		if err := r.printExchange(&list[i]); err != nil {
			return err
		}
		if slices.Contains([]string{app.ExchangeStale, app.ExchangeFailing, app.ExchangeHeld}, list[i].State) {
			return errNo
		}
		return nil
	})
}

func noExchange(name string) error {
	return &usageError{fmt.Sprintf("there is no exchange %q: haris exchange list shows those that exchanges.file names", name)}
}

func (r *run) printExchange(e *exchangeRow) error {
	if r.isJSON() {
		return r.json(e)
	}
	s := &e.Sync
	rows := [][]string{
		{"exchange", e.Name},
		{"type", orDash(e.Type)},
		{"from", orDash(e.From)},
		{"state", e.State},
		{"every", orDash(e.Interval)},
		{"feedback", strconv.FormatBool(e.Feedback)},
		{"last try", moment(s.LastTry)},
		{"last success", moment(s.LastSuccess)},
		{"next", moment(s.Next)},
		{"records", strconv.Itoa(s.Records)},
		{"last sync", fmt.Sprintf("%d pages, %d added, %d changed, %d withdrawn, %d kept out", s.Last.Pages, s.Last.Added, s.Last.Changed, s.Last.Withdrawn, s.Last.Kept)},
		{"passed over", countsText(s.Total.Passed)},
		{"failures", strconv.Itoa(s.Failures)},
		{"last error", orDash(s.LastError)},
		{"held back", orDash(s.Held)},
	}
	for _, id := range slices.Sorted(maps.Keys(e.Live)) {
		rows = append(rows, []string{"bank " + id, countsText(e.Live[id])})
	}
	return r.table([]string{"what", "value"}, rows)
}

type exchangeSyncCommand struct {
	Names []string `arg:"" optional:"" name:"name" help:"Names of the exchanges; none means all."`
}

// Help is the example.
func (exchangeSyncCommand) Help() string {
	return "It may be ended at any time: the next sync goes on from the last page.\n\nExample: haris exchange sync ncmec"
}

// Run takes exchanges in, one after another; one that fails does not keep the others from it.
func (c exchangeSyncCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		list, err := core.Exchanges()
		if err != nil {
			return err
		}
		for _, name := range c.Names {
			if !slices.ContainsFunc(list, func(e setup.Exchange) bool { return e.Name == name }) {
				return noExchange(name)
			}
		}
		if len(list) == 0 {
			r.say("No exchange is set up: exchanges.file names none.")
		}
		failed := false
		for i := range list {
			if len(c.Names) > 0 && !slices.Contains(c.Names, list[i].Name) {
				continue
			}
			err := r.syncExchange(core, &list[i].Exchange)
			if errors.Is(err, context.Canceled) {
				return err
			}
			failed = failed || err != nil
		}
		if failed {
			return errNo
		}
		return nil
	})
}

// progressEvery is how often progress is said.
const progressEvery = 500 * time.Millisecond

func (r *run) syncExchange(core *app.Core, e *exchange.Exchange) error {
	var said time.Time
	st, err := core.Syncer(func(s exchange.State) {
		if r.Terminal && r.Now().Sub(said) >= progressEvery {
			said = r.Now()
			fmt.Fprintf(r.Stderr, "\r%s: page %d, %d records stand", e.Name, s.Last.Pages, s.Records)
		}
	}).Sync(r.ctx, e)
	if r.Terminal && !said.IsZero() {
		fmt.Fprint(r.Stderr, "\r\033[K")
	}
	if err != nil {
		r.say("%s: %v", e.Name, err)
		if !errors.Is(err, exchange.ErrConflict) {
			r.say("%s: %d pages were taken in and stay; the next sync goes on behind them.", e.Name, st.Last.Pages)
		}
	}
	if st.Held != "" {
		r.say("%s: nothing was withdrawn: %s. If that is right: haris exchange accept %s --as LOGIN", e.Name, st.Held, e.Name)
	}
	if r.isJSON() {
		return errors.Join(err, r.json(st))
	}
	if err == nil {
		_, err = fmt.Fprintf(r.Stdout, "%s: %d records stand; %d entries added, %d changed, %d withdrawn\n", e.Name, st.Records, st.Last.Added, st.Last.Changed, st.Last.Withdrawn)
	}
	return err
}

type exchangeAcceptCommand struct {
	Name string `arg:"" help:"Name of the exchange."`
	As   string `required:"" placeholder:"LOGIN" help:"Login of the person who has looked and decides it."`
}

// Help is the example.
func (exchangeAcceptCommand) Help() string {
	return "Example: haris exchange accept partners --as lena"
}

// Run lets what was held back be withdrawn by the next sync.
func (c exchangeAcceptCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.BankChange)
		if err != nil {
			return err
		}
		err = core.DB.Write(r.ctx, func(tx *store.Tx) error {
			_, err := exchange.Accept(r.ctx, tx, exchange.Act{Who: who.ID, At: r.Now()}, c.Name)
			return err
		})
		if errors.Is(err, exchange.ErrNothingHeld) {
			return fmt.Errorf("nothing of %s is held back: haris exchange status %s", c.Name, c.Name)
		}
		if err == nil {
			r.say("The next sync of %s withdraws what its list does not name.", c.Name)
		}
		return err
	})
}
