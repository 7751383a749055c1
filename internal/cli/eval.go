package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync/atomic"

	"haris/internal/app"
	"haris/internal/demo/platform"
	"haris/internal/evaluate"
	"haris/internal/event"
	"haris/internal/rule"
	"haris/internal/taxonomy"
)

type evalCommand struct {
	Events evalEventsCommand `cmd:"" default:"withargs" help:"Streams of events against a truth; eval without a word is this."`
	PAN12  evalPAN12Command  `cmd:"" name:"pan12" help:"PAN-12, for those who lawfully hold it: which authors, which lines."`
	PANC   evalPANCCommand   `cmd:"" name:"panc" help:"Labelled segments such as PANC has: how early, with F-latency."`
}

type evalEventsCommand struct {
	Files    []string `arg:"" optional:"" help:"Files with one event a line (NDJSON), plain, gzip or zstd: one stream, in this order."`
	Truth    string   `placeholder:"FILE" help:"What is known to be so: {\"positive\":[{\"kind\",\"subjects\",\"victims\",\"start\"}],\"benign_hard\":[{\"kind\",\"subjects\"}]}."`
	Simulate []uint64 `placeholder:"SEED,…" help:"Simulated platforms of these seeds instead of files, as haris simulate makes them."`
	Accounts int      `default:"3000" help:"Accounts of each simulated platform, 1000 to 50000."`
	Days     int      `default:"21" help:"Days of each simulated platform."`
	Text     string   `enum:"plain,none" default:"plain" help:"Text of the simulated platforms: plain or none."`
	Matters  float64  `default:"1" help:"Planted matters of each kind per 10000 accounts of a simulated platform; above 0 at least one."`
	Hard     float64  `default:"3" help:"Hard harmless cases of each kind per 10000 accounts."`
	Rules    string   `default:"shipped" placeholder:"DIR" help:"shipped, none, or a directory of packs."`
	Weights  string   `placeholder:"FILE" help:"File of weights (rules.weights); the thresholds of the specification without it."`
	Budget   int      `default:"40" help:"Cases that a team looks at in a day."`
	Ablate   bool     `help:"Fold again without each detector, and say what changes."`
	Lenient  bool     `help:"Leave out accounts of the truth that never occur, instead of refusing it."`
	List     string   `placeholder:"P0-P3" help:"List accounts that reached this priority or a higher one, and why."`
	Sizes    bool     `help:"Measure the bytes of state of each detector."`
	Workers  int      `default:"0" help:"Goroutines; 0 is one for each core."`
	HTML     string   `name:"html" placeholder:"FILE" help:"Write one self-contained page with plots to this file, too."`
}

// Help is the example.
func (evalEventsCommand) Help() string {
	return "Folds events through detectors and rules without storing anything, and compares what is raised with what is known to be so: recall at a team's budget and where false positives\n" +
		"are rare, hours and messages to the alert, false positives by group, what each detector adds, and whether strengths promise too much. Without --truth it says what is raised.\n" +
		"A matter is found when a case of P2 or above and of its typology is about one of its subjects, or, for trafficking_control, about the controlled account.\n" +
		"Figures from a simulated platform are no accuracy.\n\n" +
		"Example: haris eval events.ndjson.zst --truth truth.json --ablate --html page.html\n" +
		"Example: haris eval --simulate 21,22,23 --text none -o json"
}

// Run evaluates.
func (c evalEventsCommand) Run(r *run) error {
	o, least, err := c.options(r)
	if err != nil {
		return err
	}
	sources, total, err := c.sources(r)
	if err != nil {
		return err
	}
	bar := r.steps(total*int64(o.Folds()), "folding")
	var done atomic.Int64
	o.Told = func(n int) { bar.at(done.Add(int64(n))) }
	res, err := evaluate.Run(r.ctx, sources, o, least)
	bar.end()
	if errors.Is(err, evaluate.ErrUnknown) {
		return &usageError{err.Error()}
	}
	if err != nil {
		return err
	}
	if len(res.Left) > 0 {
		r.say("Left out, because they never occur: %s", strings.Join(res.Left, ", "))
	}
	if c.HTML != "" {
		if err := r.create(c.HTML, res.WritePage); err != nil {
			return err
		}
	}
	if r.isJSON() {
		return r.json(res)
	}
	return res.WriteTable(r.Stdout)
}

// options are what the flags say about the evaluation.
func (c evalEventsCommand) options(r *run) (o evaluate.Options, least taxonomy.Priority, err error) {
	o = evaluate.Options{Budget: c.Budget, Ablate: c.Ablate, Sizes: c.Sizes, Lenient: c.Lenient, Workers: c.Workers}
	if o.Workers < 1 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Budget < 1 {
		return o, least, &usageError{fmt.Sprintf("--budget is %d, expected at least 1 case a day", c.Budget)}
	}
	if c.List != "" {
		var ok bool
		if least, ok = taxonomy.ParsePriority(c.List); !ok {
			return o, least, &usageError{fmt.Sprintf("--list: %q is no priority, expected P0 to P3", c.List)}
		}
	}
	if c.Weights != "" {
		policy, err := app.ReadPolicy(c.Weights)
		if err != nil {
			return o, least, &usageError{err.Error()}
		}
		o.Policy = &policy
	}
	o.Rules, err = c.rules(r)
	return o, least, err
}

// rules reads those that are asked for.
func (c evalEventsCommand) rules(r *run) (*rule.Set, error) {
	cfg, err := r.config()
	if err != nil {
		return nil, err
	}
	switch c.Rules {
	case "none":
		return nil, nil
	case "shipped":
		cfg.Rules.Dir = ""
	default:
		if _, err := os.Stat(c.Rules); err != nil {
			return nil, &usageError{fmt.Sprintf("--rules: %v; expected shipped, none, or a directory of packs", err)}
		}
		cfg.Rules.Dir = c.Rules
	}
	return app.LoadRules(cfg)
}

// sources are the streams; total is how much the bar has to go in one fold of each, 0 when nobody knows.
func (c evalEventsCommand) sources(r *run) (out []evaluate.Source, total int64, err error) {
	switch {
	case len(c.Simulate) > 0 && (len(c.Files) > 0 || c.Truth != ""):
		return nil, 0, &usageError{"--simulate stands instead of files and --truth: give one or the other"}
	case len(c.Simulate) > 0:
		return c.simulated(r)
	case len(c.Files) == 0:
		return nil, 0, &usageError{"nothing to evaluate: give a file of events, or --simulate with seeds"}
	}
	s := evaluate.Source{Name: strings.Join(c.Files, " ")}
	if c.Truth != "" {
		f, err := r.open(c.Truth)
		if err != nil {
			return nil, 0, err
		}
		s.Truth, err = platform.ReadTruth(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", c.Truth, err)
		}
	}
	for _, name := range c.Files {
		if name == "-" && c.Ablate {
			return nil, 0, &usageError{"--ablate reads the events more than once: give a file instead of standard input"}
		}
	}
	s.Each = func(f func([]event.Event) error) error {
		for _, name := range c.Files {
			if err := r.eachEvent(name, f); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}
	return []evaluate.Source{s}, -1, nil
}

// simulated makes the platforms of the seeds.
func (c evalEventsCommand) simulated(r *run) (out []evaluate.Source, total int64, err error) {
	for _, seed := range c.Simulate {
		w, err := platform.Generate(platform.Config{
			Seed: seed, Accounts: c.Accounts, Days: c.Days, Wordless: c.Text == "none", Rates: &platform.Rates{Matters: c.Matters, Hard: c.Hard},
		})
		if errors.Is(err, platform.ErrConfig) {
			return nil, 0, &usageError{err.Error()}
		}
		if err != nil {
			return nil, 0, err
		}
		w.Truth.Simulated = true
		total += int64(len(w.Events))
		out = append(out, evaluate.Source{Name: fmt.Sprintf("simulated %d", seed), Truth: w.Truth, Each: worldEvents(w)})
		if r.ctx.Err() != nil {
			return nil, 0, r.ctx.Err()
		}
	}
	return out, total, nil
}

// worldEvents gives the events of a world in batches.
func worldEvents(w *platform.World) func(func([]event.Event) error) error {
	return func(f func([]event.Event) error) error {
		return batches(f, func(yield func(string) error) error {
			for _, e := range w.Events {
				if err := yield(string(e.JSON)); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// eachEvent reads one file; an event that cannot be read ends it, because an evaluation of half a stream says nothing.
func (r *run) eachEvent(name string, f func([]event.Event) error) (err error) {
	raw, err := r.open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	plain, err := decompress(raw)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, plain.Close()) }()
	lines := bufio.NewReaderSize(plain, 1<<20)
	return batches(f, func(yield func(string) error) error {
		for {
			text, err := readLine(lines, maxLine)
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			if stop := r.ctx.Err(); stop != nil {
				return stop
			}
			if failed := yield(text); failed != nil {
				return failed
			}
			if err != nil {
				return nil
			}
		}
	})
}

// maxLine is the longest event that is read: that of haris serve without configuration.
const maxLine = 256 << 10

// batches decodes lines and hands them on; empty lines are passed over.
func batches(f func([]event.Event) error, lines func(yield func(string) error) error) error {
	var out []event.Event
	line := 0
	err := lines(func(text string) error {
		if line++; text == "" {
			return nil
		}
		e, problem := event.Decode(text, line, event.Limits{})
		if problem != nil {
			return problem
		}
		if out = append(out, e); len(out) < replayBatch {
			return nil
		}
		err := f(out)
		out = nil
		return err
	})
	if err == nil && len(out) > 0 {
		err = f(out)
	}
	return err
}
