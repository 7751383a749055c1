package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"haris/internal/app"
	"haris/internal/bank"
	"haris/internal/media"
)

type matchCommand struct {
	What    []string `arg:"" name:"file-or-hash" help:"Files, or hashes such as pdq:… and md5:…; - is standard input."`
	Quality int      `default:"-1" help:"Quality of the PDQ hashes given, 0 to 100; without it they are compared whatever it is."`
}

// Help is the example.
func (matchCommand) Help() string {
	return "Nothing is taken in: no case follows. The exit code says the answer: 0 clean, 4 match, 3 unscanned, which is neither; 1 when it could not be done, 2 when " +
		"the command line is wrong. Of several the gravest counts: match, then unscanned.\n\n" +
		"Example: haris match holiday.jpg pdq:0f0f0f…"
}

// matchRow is an answer as it is printed.
type matchRow struct {
	What string `json:"what"`
	bank.Decision
	Detail string `json:"detail,omitempty"`
}

// Run compares.
func (c matchCommand) Run(r *run) error {
	if c.Quality < bank.Unrated || c.Quality > 100 {
		return &usageError{"--quality: expected 0 to 100"}
	}
	return r.withCore(func(core *app.Core) error {
		if err := core.Matcher.Follow(r.ctx); err != nil {
			return err
		}
		reader, code, failed := media.NewReader(app.MediaOptions(&core.Config.Media)), OK, false
		for _, what := range c.What {
			f, err := c.read(r, reader, what)
			if err != nil {
				r.say("haris: %s: %v", what, err)
				failed = true
				continue
			}
			d := core.Matcher.Match(r.ctx, []bank.Media{f.Media})[0].With(f.Left...)
			switch {
			case d.Answer == bank.Match:
				code = Matched
			case d.Answer == bank.Unscanned && code == OK:
				code = Unscanned
			}
			if err := r.printMatch(matchRow{what, d, f.Detail}); err != nil {
				return err
			}
		}
		switch {
		case code == Matched || code == Unscanned && !failed:
			return exitError(code)
		case failed:
			return errNo
		}
		return nil
	})
}

// read takes what is a file for a file, and else for a hash.
func (c matchCommand) read(r *run, reader *media.Reader, what string) (media.File, error) {
	if _, err := os.Stat(what); what == "-" || err == nil || !errors.Is(err, fs.ErrNotExist) {
		return r.read(reader, what)
	}
	h, err := bank.Guess(what)
	if err != nil {
		return media.File{}, fmt.Errorf("no such file, and %w", err)
	}
	return media.File{Media: bank.Media{Quality: c.Quality, Hashes: []bank.Hash{h}}}, nil
}

func (r *run) printMatch(m matchRow) error {
	if r.isJSON() {
		return r.json(m)
	}
	why := make([]string, len(m.Reasons))
	for i, w := range m.Reasons {
		why[i] = string(w)
	}
	line := m.What + "\t" + string(m.Answer)
	if len(why) > 0 {
		line += " (" + strings.Join(why, ", ") + ")"
	}
	if _, err := fmt.Fprintln(r.Stdout, line); err != nil {
		return err
	}
	for i := range m.Results {
		if _, err := fmt.Fprintln(r.Stdout, "\t"+resultLine(&m.Results[i])); err != nil {
			return err
		}
	}
	return nil
}

// resultLine says what one bank says.
func resultLine(b *bank.Result) string {
	parts := []string{b.Outcome(), b.Bank, string(b.Kind)}
	switch b.Kind {
	case bank.PDQ:
		parts = append(parts, fmt.Sprintf("distance %d of %d", b.Distance, b.Radius))
	case bank.VPDQ:
		parts = append(parts, fmt.Sprintf("%.0f %% of the frames", b.Share*100))
	}
	if b.Turn != 0 {
		parts = append(parts, "turned or mirrored")
	}
	if b.Classification != "" {
		parts = append(parts, string(b.Classification))
	}
	parts = append(parts, "entry "+strconv.FormatUint(b.Entry, 10))
	if from := strings.TrimSpace(b.Provenance.Origin + " " + b.Provenance.Key); from != "" {
		parts = append(parts, "from "+from)
	}
	if b.VetoedBy != nil {
		parts = append(parts, fmt.Sprintf("vetoed by entry %d of %s", b.VetoedBy.Entry, b.VetoedBy.Bank))
	}
	return strings.Join(parts, ", ")
}
