// Package cli is the command line: one file for each command, nouns as on the pages. Data goes to standard output, words to
// standard error; -o json prints one JSON object a line. It parses, calls internal/app and prints; it decides nothing.
// cmd/haris calls Run.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"haris/internal/app"
	"haris/internal/config"
)

// Exit codes. A command that answers a question with no, such as audit verify on a changed log, ends with Failed.
const (
	OK     = 0
	Failed = 1 // it could not be done, or the answer is no
	Usage  = 2 // the command line or the configuration is wrong
	// What haris match answers beside OK, which is clean: a check that failed is neither.
	Unscanned = 3
	Matched   = 4
	Stopped   = 130
)

// Env is what surrounds a run.
type Env struct {
	Args           []string // without the name of the program
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Environ        []string
	Now            func() time.Time
	Terminal       bool // whether Stderr is a terminal, on which progress may be drawn
	Version        Version
}

// Version says which build this is.
type Version struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
}

// grammar is the whole command line.
type grammar struct {
	Globals

	Demo       demoCommand       `cmd:"" group:"run" help:"Run a simulated platform and everything behind it."`
	Serve      serveCommand      `cmd:"" group:"run" help:"Run haris: API, pages and jobs."`
	Replay     replayCommand     `cmd:"" group:"run" help:"Take in events from files."`
	Case       caseCommand       `cmd:"" group:"work" help:"Cases."`
	Explain    explainCommand    `cmd:"" group:"work" help:"Say what would follow from an event, or what is known of an account or a pair."`
	Eval       evalCommand       `cmd:"" group:"measure" help:"Compare what would be raised with what is known to be so."`
	Simulate   simulateCommand   `cmd:"" group:"measure" help:"Write the events of a simulated platform, and the truth about it."`
	Report     reportCommand     `cmd:"" group:"work" help:"Reports to the CyberTipline."`
	Cybertip   cybertipCommand   `cmd:"" group:"work" help:"NCMEC's API: check documents, compare schemas, a stand-in to test against."`
	Action     actionCommand     `cmd:"" group:"work" help:"Actions asked of the platform."`
	Evidence   evidenceCommand   `cmd:"" group:"work" help:"What is sealed for a case, who has viewed it, and what holds it."`
	Disclosure disclosureCommand `cmd:"" group:"work" help:"What has left the installation about people."`
	Legal      legalCommand      `cmd:"" group:"work" help:"Legal process, and what is produced for it."`
	Privacy    privacyCommand    `cmd:"" group:"work" help:"What is held about somebody, for whoever answers for data protection."`
	Hash       hashCommand       `cmd:"" group:"work" help:"Hash pictures and videos."`
	Match      matchCommand      `cmd:"" group:"work" help:"Compare files or hashes with the banks."`
	Bank       bankCommand       `cmd:"" group:"set up" help:"Banks: lists of known material."`
	Partner    partnerCommand    `cmd:"" group:"set up" help:"Partners: other providers whose signed signals are clues."`
	Exchange   exchangeCommand   `cmd:"" group:"set up" help:"Exchanges: where known material comes from."`
	Rule       ruleCommand       `cmd:"" group:"set up" help:"Rules."`
	Learn      learnCommand      `cmd:"" group:"measure" help:"What people's findings say about detectors and rules."`
	Model      modelCommand      `cmd:"" group:"set up" help:"Models that score messages for the stages."`
	External   externalCommand   `cmd:"" group:"set up" help:"A model of somebody else that is asked about messages of watched accounts."`
	Backtest   backtestCommand   `cmd:"" group:"set up" help:"Say what other rules or weights would have raised."`
	Person     personCommand     `cmd:"" group:"set up" help:"People who sign in."`
	Key        keyCommand        `cmd:"" group:"set up" help:"API keys of event sources."`
	Config     configCommand     `cmd:"" group:"set up" help:"The configuration."`
	Audit      auditCommand      `cmd:"" group:"look after" help:"The audit log."`
	Access     accessCommand     `cmd:"" name:"access-review" group:"look after" help:"Reviews of who may see what."`
	Doctor     doctorCommand     `cmd:"" group:"look after" help:"Look at every part and say what is wrong."`
	Backup     backupCommand     `cmd:"" group:"look after" help:"Write everything into one file, while haris works."`
	Restore    restoreCommand    `cmd:"" group:"look after" help:"Put a backup into an empty data directory."`
	Version    versionCommand    `cmd:"" group:"look after" help:"Say which build this is."`
}

// Globals are the flags of every command.
type Globals struct {
	ConfigFile string `name:"config" short:"c" placeholder:"FILE" help:"Configuration file. Every key can also be set in the environment (HARIS_LISTEN, …)."`
	DataDir    string `name:"data-dir" placeholder:"DIR" help:"Data directory; overrides the configuration (default ./haris-data)."`
	Output     string `short:"o" enum:"human,json" default:"human" help:"Output: human or json (one object a line)."`
	Verbose    bool   `short:"v" help:"Say more on standard error."`
}

// run is one run of one command.
type run struct {
	Env
	Globals
	ctx context.Context
}

// errNo is the answer no: said already, it only sets the exit code.
var errNo = errors.New("no")

// exitError is an answer that has an exit code of its own; it was said already.
type exitError int

func (e exitError) Error() string { return "exit code " + strconv.Itoa(int(e)) }

// usageError is a mistake on the command line that kong cannot see.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

// Run runs one command and returns the exit code.
func Run(ctx context.Context, env Env) int {
	var g grammar
	code := -1
	parser, err := kong.New(
		&g, kong.Name("haris"), kong.Description("haris notices grooming and child sex trafficking on an online service, puts each suspicion before a trained person, keeps evidence, and reports."),
		kong.Writers(env.Stdout, env.Stderr), kong.Exit(func(c int) { code = c }), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Vars(cybertipWords()), kong.ExplicitGroups([]kong.Group{{Key: "run", Title: "Run"}, {Key: "work", Title: "Work"}, {Key: "set up", Title: "Set up"}, {Key: "measure", Title: "Measure"}, {Key: "look after", Title: "Look after"}}),
	)
	if err != nil {
		fmt.Fprintln(env.Stderr, "haris:", err)
		return Failed
	}
	args := env.Args
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if code >= 0 { // --help has been answered
		return code
	}
	if err != nil {
		fmt.Fprintf(env.Stderr, "haris: %v\nTry: haris %s--help\n", err, commandOf(err))
		return Usage
	}
	return finish(env, k.Run(&run{Env: env, Globals: g.Globals, ctx: ctx}))
}

// commandOf is the command that a mistake was made in, with a space behind it.
func commandOf(err error) string {
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context != nil {
		if c := p.Context.Command(); c != "" {
			return firstWord(c) + " "
		}
	}
	return ""
}

func firstWord(s string) string {
	for i, r := range s {
		if r == ' ' {
			return s[:i]
		}
	}
	return s
}

func finish(env Env, err error) int {
	var usage *usageError
	var problems *config.Problems
	var exit exitError
	switch {
	case err == nil:
		return OK
	case errors.Is(err, errNo):
		return Failed
	case errors.As(err, &exit):
		return int(exit)
	case errors.Is(err, context.Canceled):
		return Stopped
	case errors.As(err, &usage), errors.As(err, &problems):
		fmt.Fprintln(env.Stderr, "haris:", err)
		return Usage
	}
	fmt.Fprintln(env.Stderr, "haris:", err)
	return Failed
}

// config reads the configuration; flags come last.
func (r *run) config(flags ...config.Flag) (config.Config, error) {
	if r.DataDir != "" {
		flags = append(flags, config.Flag{Key: "data_dir", Text: r.DataDir, Name: "--data-dir"})
	}
	return config.Load(r.ConfigFile, r.Environ, flags...)
}

// env is a variable of the environment; of a name that stands twice the last one holds.
func (r *run) env(name string) (out string) {
	for _, line := range r.Environ {
		if v, ok := strings.CutPrefix(line, name+"="); ok {
			out = v
		}
	}
	return out
}

// logger writes the program's own log to standard error.
func (r *run) logger(c *config.Config) *slog.Logger {
	level := slog.LevelWarn
	if r.Verbose {
		level = slog.LevelDebug
	}
	return newLogger(r.Stderr, level, c.Log.Format)
}

func newLogger(w io.Writer, level slog.Level, format string) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// core opens the data directory for a command that only looks or writes a little, beside a running haris.
func (r *run) core() (*app.Core, error) {
	cfg, err := r.config()
	if err != nil {
		return nil, err
	}
	if !app.Dir(cfg.DataDir).Exists() {
		return nil, fmt.Errorf("nothing is stored in %s yet: start with haris serve, haris replay or haris demo, or give --data-dir", cfg.DataDir)
	}
	return app.OpenCore(r.ctx, cfg, app.Options{Now: r.Now, Logger: r.logger(&cfg), Env: r.env})
}

// withCore runs f on the opened data directory.
func (r *run) withCore(f func(*app.Core) error) error {
	c, err := r.core()
	if err != nil {
		return err
	}
	return errors.Join(f(c), c.Close())
}

// open opens a file to read; "-" is standard input.
func (r *run) open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(r.Stdin), nil
	}
	return os.Open(name)
}
