package cli

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/schollz/progressbar/v3"

	"haris/internal/demo/platform"
	"haris/internal/demo/spool"
)

type simulateCommand struct {
	File     string  `arg:"" help:"File of events to write, compressed when it ends in .gz or .zst; - is standard output."`
	Truth    string  `placeholder:"FILE" help:"Write what was planted, and the hard harmless cases, to this file."`
	Accounts int     `default:"3000" help:"Accounts, 1000 to 1000000."`
	Days     int     `default:"21" help:"Days, 18 to 120."`
	Seed     uint64  `default:"1" help:"The same seed and flags give the same bytes."`
	Start    string  `default:"2026-03-02" help:"First day, such as 2026-03-02, or a moment such as 2026-03-02T06:00:00Z."`
	Text     string  `enum:"plain,none" default:"plain" help:"plain: short harmless sentences in four languages; none: no text anywhere, behaviour alone."`
	Matters  float64 `default:"1" help:"Planted matters of each kind per 10000 accounts, 0 to 10; above 0 at least one."`
	Hard     float64 `default:"3" help:"Hard harmless cases of each kind per 10000 accounts, 0 to 10."`
	Temp     string  `placeholder:"DIR" help:"Directory for the files in which events are sorted; needs about as much room as a compressed result."`
}

// Help is the example.
func (simulateCommand) Help() string {
	return "Makes up the life of a chat platform: friends, classes, talk, money, complaints; among them planted matters that haris should notice and hard cases that it " +
		"should not. Nobody in it is real, and no sentence in it is explicit. Figures from it are no accuracy.\n" +
		"Memory grows with the accounts (about 4 KB each, and 250 MB), not with the days.\n\n" +
		"Example: haris simulate events.ndjson.zst --truth truth.json --seed 21 && haris eval events.ndjson.zst --truth truth.json"
}

// simulated is what the command says at its end.
type simulated struct {
	Events     int     `json:"events"`
	Matters    int     `json:"matters"`
	BenignHard int     `json:"benign_hard"`
	Seconds    float64 `json:"seconds"`
}

// config is the world that the flags ask for.
func (c simulateCommand) config() (platform.Config, error) {
	out := platform.Config{
		Seed: c.Seed, Accounts: c.Accounts, Days: c.Days, Wordless: c.Text == "none",
		Rates: &platform.Rates{Matters: c.Matters, Hard: c.Hard},
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(form, c.Start); err == nil {
			out.Start = t
			return out, nil
		}
	}
	return out, &usageError{fmt.Sprintf("--start %q is no day, expected such as 2026-03-02 or 2026-03-02T06:00:00Z", c.Start)}
}

// Run makes the world, sorts its events and writes them.
func (c simulateCommand) Run(r *run) (err error) {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	s, err := spool.New(c.Temp, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	began := time.Now()
	bar := r.steps(int64(c.Accounts), "living")
	truth, err := platform.Stream(cfg, func(e platform.Event) error {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		return s.Put(e)
	}, func(n int) { bar.at(int64(n)) })
	bar.end()
	if errors.Is(err, platform.ErrConfig) {
		return &usageError{err.Error()}
	}
	if err != nil {
		return err
	}
	if err := r.writeEvents(c.File, s); err != nil {
		return err
	}
	if truth.Simulated = true; c.Truth != "" {
		if err := r.create(c.Truth, truth.Write); err != nil {
			return err
		}
	}
	return r.simulated(c, simulated{s.Count(), len(truth.Positive), len(truth.BenignHard), time.Since(began).Seconds()})
}

func (r *run) simulated(c simulateCommand, s simulated) error {
	if r.isJSON() && c.File != "-" {
		return r.json(s)
	}
	r.say("%d events of %d accounts in %.1f s (%.0f a second): %d matters planted, %d hard harmless cases.",
		s.Events, c.Accounts, s.Seconds, float64(s.Events)/max(s.Seconds, 0.001), s.Matters, s.BenignHard)
	return nil
}

// writeEvents writes the sorted events, compressed as the name of the file says.
func (r *run) writeEvents(name string, s *spool.Spool) error {
	return r.create(name, func(w io.Writer) error {
		z, err := compress(name, w)
		if err != nil {
			return err
		}
		bar, n := r.steps(int64(s.Count()), "writing"), int64(0)
		defer bar.end()
		b := bufio.NewWriterSize(z, 1<<16)
		err = s.Each(func(e platform.Event) error {
			if n++; n%1024 == 0 {
				bar.at(n)
				if err := r.ctx.Err(); err != nil {
					return err
				}
			}
			if _, err := b.Write(e.JSON); err != nil {
				return err
			}
			return b.WriteByte('\n')
		})
		return errors.Join(err, b.Flush(), z.Close())
	})
}

// create writes a file, which may be there before; "-" is standard output. A file that could not be finished is taken away.
func (r *run) create(name string, write func(io.Writer) error) (err error) {
	if name == "-" {
		return write(r.Stdout)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", name, err), os.Remove(name))
	}
	return nil
}

// compress undoes what decompress does.
func compress(name string, w io.Writer) (io.WriteCloser, error) {
	switch {
	case strings.HasSuffix(name, ".gz"):
		return gzip.NewWriter(w), nil
	case strings.HasSuffix(name, ".zst"):
		return zstd.NewWriter(w)
	}
	return open{w}, nil
}

// open is a writer that its owner closes.
type open struct{ io.Writer }

func (open) Close() error { return nil }

// steps draws how far something is that has a known number of steps, on a terminal only.
type steps struct{ bar *progressbar.ProgressBar }

func (r *run) steps(of int64, what string) steps {
	if !r.Terminal || r.isJSON() {
		return steps{}
	}
	return steps{progressbar.NewOptions64(of, progressbar.OptionSetWriter(r.Stderr), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())}
}

// at moves the bar; what a bar cannot draw is no reason to stop.
func (s steps) at(n int64) {
	if s.bar != nil {
		_ = s.bar.Set64(n)
	}
}

// of moves the bar when only now it is known how far there is to go.
func (s steps) of(n, all int) {
	if s.bar != nil {
		s.bar.ChangeMax(all)
		_ = s.bar.Set(n)
	}
}

func (s steps) end() {
	if s.bar != nil {
		_ = s.bar.Finish()
	}
}
