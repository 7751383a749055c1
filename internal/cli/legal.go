package cli

import (
	"errors"
	"fmt"
	"strings"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/process"
)

type legalCommand struct {
	List    legalListCommand    `cmd:"" help:"List legal process, newest first. The reading is written down."`
	Show    legalShowCommand    `cmd:"" help:"Show one process with its scope and its history. The reading is written down."`
	Receive legalReceiveCommand `cmd:"" help:"Write down a process that came in. What it is about is held from then on."`
	Rescope legalRescopeCommand `cmd:"" help:"Change what a process covers; it must be reviewed and approved again."`
	Review  legalReviewCommand  `cmd:"" help:"Say that the process was read and that its scope is right."`
	Approve legalApproveCommand `cmd:"" help:"Approve exactly this scope, as the second person."`
	Refuse  legalRefuseCommand  `cmd:"" help:"End a process with a reason. What it held is released."`
	Produce legalProduceCommand `cmd:"" help:"Make the production of an approved process, seal it, and write it into a file."`
	Deliver legalDeliverCommand `cmd:"" help:"Say that the production was handed over, and how."`
	Destroy legalDestroyCommand `cmd:"" help:"Carry out an approved request of law enforcement to destroy evidence."`
	Key     legalKeyCommand     `cmd:"" help:"Print the public key with which a receiver checks what you hand out."`
}

// acted finds who acts on a process and what of it they see; the reading is written down.
func (r *run) acted(core *app.Core, login string, need auth.Permission, id string) (process.Request, process.Act, error) {
	who, err := r.someone(core, login, need)
	if err != nil {
		return process.Request{}, process.Act{}, err
	}
	p, _, err := core.Legal(nil).View(r.ctx, who.ID, id)
	return p, process.Act{Who: who.ID, Process: id, Seen: p.Events}, noProcess(err, id)
}

// noProcess says what to do about a process that is not there.
func noProcess(err error, id string) error {
	if errors.Is(err, process.ErrNotFound) {
		return fmt.Errorf("no legal process %q: haris legal list shows them all", id)
	}
	return err
}

// next prints where a process stands after an act, and what comes next.
func (r *run) next(p process.Request, err error) error {
	if err != nil {
		return err
	}
	if r.isJSON() {
		return r.json(p)
	}
	_, err = fmt.Fprintf(r.Stdout, "%s  %s\n", p.ID, p.Status)
	r.say("%s", follows(&p))
	return err
}

// follows says what comes next.
func follows(p *process.Request) string {
	switch p.Status {
	case process.Received:
		return "It is to be reviewed: haris legal review " + p.ID
	case process.Reviewed:
		return fmt.Sprintf("Somebody else is to approve it: haris legal approve %s --scope %s", p.ID, p.Scope.Digest()[:12])
	case process.Approved:
		switch p.Kind {
		case process.Preservation:
			return "A running haris seals a copy of what the scope covers and holds it."
		case process.Destruction:
			return "The evidence may be destroyed: haris legal destroy " + p.ID
		}
		return "It can be produced: haris legal produce " + p.ID
	case process.Produced:
		return "When it was handed over: haris legal deliver " + p.ID
	}
	return "Nothing more is to be done."
}

type legalListCommand struct {
	As     string   `required:"" help:"Login of the person who reads it."`
	Status []string `help:"Only these: received, reviewed, approved, preserved, produced, delivered, destroyed, refused (default: all)."`
	Limit  int      `default:"100" help:"At most so many (up to 500)."`
}

// Help is the example.
func (legalListCommand) Help() string {
	return "Example: haris legal list --as lina --status received --status reviewed"
}

// Run lists processes.
func (c legalListCommand) Run(r *run) error {
	f := process.Filter{Limit: c.Limit}
	for _, s := range c.Status {
		if !isStatus(s) {
			return &usageError{fmt.Sprintf("--status %s: expected one of %v", s, process.Statuses())}
		}
		f.Statuses = append(f.Statuses, process.Status(s))
	}
	if c.Limit < 1 || c.Limit > 500 {
		return &usageError{fmt.Sprintf("--limit %d: expected 1 to 500", c.Limit)}
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.LegalRead)
		if err != nil {
			return err
		}
		list, err := core.Legal(nil).List(r.ctx, who.ID, f)
		if err != nil {
			return err
		}
		var rows [][]string
		for i := range list {
			p := &list[i]
			if r.isJSON() {
				if err := r.json(p); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{p.ID, string(p.Kind), string(p.Status), p.Agency, p.Number, moment(p.ReceivedAt), moment(p.DueAt)})
		}
		switch {
		case r.isJSON():
			return nil
		case len(rows) == 0:
			r.say("No legal process matches.")
			return nil
		}
		return r.table([]string{"id", "kind", "status", "agency", "number", "received", "due"}, rows)
	})
}

func isStatus(s string) bool {
	for _, k := range process.Statuses() {
		if string(k) == s {
			return true
		}
	}
	return false
}

type legalShowCommand struct {
	ID string `arg:"" help:"Id of the process."`
	As string `required:"" help:"Login of the person who reads it."`
}

// Help is the example.
func (legalShowCommand) Help() string { return "Example: haris legal show lp-01jxyz… --as lina" }

// Run shows one process.
func (c legalShowCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.LegalRead)
		if err != nil {
			return err
		}
		p, history, err := core.Legal(nil).View(r.ctx, who.ID, c.ID)
		if err != nil {
			return noProcess(err, c.ID)
		}
		if r.isJSON() {
			return r.json(struct {
				process.Request
				ScopeSHA256 string          `json:"scope_sha256"`
				History     []process.Event `json:"history"`
			}{p, p.Scope.Digest(), history})
		}
		for _, l := range lines(&p) {
			if l[1] != "" {
				fmt.Fprintf(r.Stdout, "%-12s %s\n", l[0], l[1])
			}
		}
		fmt.Fprintln(r.Stdout)
		for _, e := range history {
			fmt.Fprintf(r.Stdout, "%3d  %s  %-10s %s  %s\n", e.N, moment(e.At), e.Kind, e.Who, e.Body.Words)
		}
		r.say("%s", follows(&p))
		return nil
	})
}

// lines are what show prints of a process.
func lines(p *process.Request) [][2]string {
	notice := ""
	if p.NoNotice {
		notice = "not to be told"
		if !p.NoticeUntil.IsZero() {
			notice += " until " + moment(p.NoticeUntil)
		}
	}
	due, made := "", ""
	if !p.DueAt.IsZero() {
		due = moment(p.DueAt)
	}
	if p.Package != nil {
		made = fmt.Sprintf("%d files, %d bytes, sha256 %s", p.Package.Files, p.Package.Bytes, p.Package.SHA256)
	}
	out := [][2]string{
		{"process", p.ID},
		{"kind", string(p.Kind)},
		{"status", string(p.Status)},
		{"agency", p.Agency},
		{"officer", strings.TrimSpace(strings.Join([]string{p.Officer, p.Email, p.Phone}, " "))},
		{"number", p.Number},
		{"jurisdiction", p.Jurisdiction},
		{"received", moment(p.ReceivedAt)},
		{"due", due},
		{"document", p.Document},
		{"account", notice},
		{"scope", p.Scope.Words()},
		{"accounts", strings.Join(p.Scope.Accounts, ", ")},
		{"cases", strings.Join(p.Scope.Cases, ", ")},
		{"digest", p.Scope.Digest()},
		{"production", made},
	}
	if p.Package != nil {
		for _, n := range p.Package.Counts {
			out = append(out, [2]string{"", fmt.Sprintf("%s, %s: %d taken, %d outside the dates, %d not asked for", n.Account, n.Data, n.Taken, n.Outside, n.NotAsked)})
		}
	}
	return out
}

type legalReviewCommand struct {
	ID   string `arg:"" help:"Id of the process."`
	As   string `required:"" help:"Login of the person who reviewed it."`
	Note string `required:"" help:"Why the scope is right, in words."`
}

// Help is the example.
func (legalReviewCommand) Help() string {
	return "Example: haris legal review lp-01jxyz… --as lina --note \"signed by a judge; the scope is what it orders\""
}

// Run reviews it.
func (c legalReviewCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		_, a, err := r.acted(core, c.As, auth.LegalHandle, c.ID)
		if err != nil {
			return err
		}
		return r.next(core.Legal(nil).Review(r.ctx, a, c.Note))
	})
}

type legalApproveCommand struct {
	ID    string `arg:"" help:"Id of the process."`
	As    string `required:"" help:"Login of the second person."`
	Scope string `required:"" placeholder:"DIGEST" help:"Digest of the scope as legal show prints it, or at least its first 12 characters: the approval is of this scope and no other."`
}

// Help is the example.
func (legalApproveCommand) Help() string {
	return "Whoever received the process, wrote its scope or reviewed it cannot approve it.\n\nExample: haris legal approve lp-01jxyz… --as omar --scope 3f2a9c01b7de"
}

// Run approves it.
func (c legalApproveCommand) Run(r *run) error {
	if len(c.Scope) < 12 {
		return &usageError{"--scope: expected at least the first 12 characters of the digest that haris legal show prints"}
	}
	return r.withCore(func(core *app.Core) error {
		p, a, err := r.acted(core, c.As, auth.LegalApprove, c.ID)
		if err != nil {
			return err
		}
		digest := c.Scope
		if whole := p.Scope.Digest(); strings.HasPrefix(whole, digest) {
			digest = whole
		}
		return r.next(core.Legal(nil).Approve(r.ctx, a, digest))
	})
}

type legalRefuseCommand struct {
	ID  string `arg:"" help:"Id of the process."`
	As  string `required:"" help:"Login of the person who refuses it."`
	Why string `required:"" help:"Why, in words."`
}

// Help is the example.
func (legalRefuseCommand) Help() string {
	return "Example: haris legal refuse lp-01jxyz… --as lina --why \"no signature; asked for a valid one\""
}

// Run refuses it.
func (c legalRefuseCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		_, a, err := r.acted(core, c.As, auth.LegalHandle, c.ID)
		if err != nil {
			return err
		}
		return r.next(core.Legal(nil).Refuse(r.ctx, a, c.Why))
	})
}
