package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"

	"haris/internal/access"
	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/sheet"
)

type accessCommand struct {
	List   accessListCommand   `cmd:"" help:"List the reviews of who may see what, the newest first."`
	Show   accessShowCommand   `cmd:"" help:"Show one: each person and key, what was decided, by whom and why."`
	Export accessExportCommand `cmd:"" help:"Write one as CSV, or with -o json as one JSON object."`
}

// accessAs is who reads; that they read is written down.
type accessAs struct {
	As string `required:"" help:"Login of the person who reads it; the reading is written down."`
}

type accessListCommand struct{ accessAs }

// Help is the example.
func (accessListCommand) Help() string {
	return "Reviews are begun, decided and closed on the page Access reviews.\n\nExample: haris access-review list --as lina"
}

// Run lists the reviews.
func (c accessListCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.KeysRead)
		if err != nil {
			return err
		}
		list, err := core.Auth.ListReviews(r.ctx, who.ID)
		if err != nil {
			return err
		}
		var rows [][]string
		for i := range list {
			s := &list[i]
			if r.isJSON() {
				if err := r.json(s); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{
				s.ID, moment(s.BegunAt), moment(s.ClosedAt), strconv.Itoa(s.Lines), strconv.Itoa(s.Kept), strconv.Itoa(s.Changed), strconv.Itoa(s.Taken), s.Why,
			})
		}
		switch {
		case r.isJSON():
			return nil
		case len(rows) == 0:
			r.say("No review yet: whoever manages people begins one on the page Access reviews.")
			return nil
		}
		return r.table([]string{"id", "begun", "closed", "lines", "kept", "changed", "taken", "why"}, rows)
	})
}

type accessShowCommand struct {
	ID string `arg:"" help:"Id of the review, as access-review list shows it."`
	accessAs
}

// Help is the example.
func (accessShowCommand) Help() string {
	return "Example: haris access-review show 01JNQ7… --as lina"
}

// Run shows one review.
func (c accessShowCommand) Run(r *run) error {
	return r.review(c.As, "access.read", c.ID, func(l *access.Look, name func(string) string) error {
		if r.isJSON() {
			return r.json(l.Review)
		}
		r.say("Begun %s by %s: %s", moment(l.BegunAt), name(l.BegunBy), l.Why)
		if l.Closed() {
			r.say("Closed %s by %s. %s", moment(l.ClosedAt), name(l.ClosedBy), l.Note)
		} else {
			r.say("Not closed: %d of %d lines need a decision.", l.Left(), len(l.Lines))
		}
		r.say("Left out: %d people who were shut out, %d keys that were revoked. Came since: %d.", l.Disabled, l.Revoked, len(l.Came))
		var rows [][]string
		for i := range l.Lines {
			x := &l.Lines[i]
			d := x.Decision()
			row := []string{strconv.Itoa(x.N), string(x.Kind), x.Name, x.Then.Text(), moment(x.Facts.Last), "open", "", "", ""}
			if d.Verdict != "" {
				row = append(row[:5], string(d.Verdict), name(d.By), moment(d.At), d.Reason)
			}
			rows = append(rows, row)
		}
		return r.table([]string{"n", "kind", "name", "access", "last used", "decision", "by", "at", "reason"}, rows)
	})
}

type accessExportCommand struct {
	ID   string `arg:"" help:"Id of the review, as access-review list shows it."`
	File string `arg:"" optional:"" default:"-" help:"File to write, which must not exist; standard output without it."`
	accessAs
}

// Help is the example.
func (accessExportCommand) Help() string {
	return "Example: haris access-review export 01JNQ7… review.csv --as lina"
}

// Run writes one review.
func (c accessExportCommand) Run(r *run) error {
	return r.review(c.As, "access.exported", c.ID, func(l *access.Look, name func(string) string) error {
		if c.File == "-" {
			return c.write(r, r.Stdout, l, name)
		}
		f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s is there already: give another name", c.File)
		}
		if err != nil {
			return err
		}
		if err := errors.Join(c.write(r, f, l, name), f.Close()); err != nil {
			return err
		}
		r.say("Wrote %d lines of %s.", len(l.Lines), c.ID)
		return nil
	})
}

func (c accessExportCommand) write(r *run, to io.Writer, l *access.Look, name func(string) string) error {
	if r.isJSON() {
		out := *r
		out.Stdout = to
		return out.json(l.Review)
	}
	return sheet.NewWriter(to).WriteAll(access.Rows(&l.Review, name))
}

// review reads a review for somebody, writes that down, and hands it on with what people are called.
func (r *run) review(as, act, id string, f func(l *access.Look, name func(string) string) error) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, as, auth.KeysRead)
		if err != nil {
			return err
		}
		l, err := core.Auth.ReadReview(r.ctx, who.ID, act, id)
		if errors.Is(err, access.ErrNotFound) {
			return fmt.Errorf("no access review %q: haris access-review list shows them all", id)
		}
		if err != nil {
			return err
		}
		people, err := core.Auth.People(r.ctx)
		if err != nil {
			return err
		}
		return f(&l, func(id string) string {
			for i := range people {
				if people[i].ID == id {
					return people[i].Name
				}
			}
			return id
		})
	})
}
