package cli

import (
	"fmt"
	"mime"
	"os"
	"path/filepath"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/process"
)

// legalScope is what a process covers, as flags.
type legalScope struct {
	Account []string `help:"An account that it is about; may be given more than once."`
	Case    []string `help:"A case whose evidence it is about besides those of the accounts; may be given more than once."`
	Data    []string `help:"Kinds of data, with commas: profile, sessions, contacts, messages, media, posts, payments, locations, groups, complaints, moderation, reports."`
	From    string   `placeholder:"DATE" help:"Beginning, such as 2026-01-01 or 2026-01-01T12:00:00Z; without it from the first event."`
	To      string   `placeholder:"DATE" help:"End; the moment itself is not included."`
}

func (c legalScope) scope() (s process.Scope, err error) {
	s = process.Scope{Accounts: c.Account, Cases: c.Case}
	for _, d := range c.Data {
		s.Data = append(s.Data, process.Data(d))
	}
	return s, readMoments([]flagMoment{{"--from", c.From, &s.From}, {"--to", c.To, &s.To}})
}

// flagMoment is a flag with a moment that may be left out.
type flagMoment struct {
	flag, text string
	into       *time.Time
}

func readMoments(list []flagMoment) (err error) {
	for _, m := range list {
		if m.text == "" {
			continue
		}
		if *m.into, err = readMoment(m.flag, m.text); err != nil {
			return err
		}
	}
	return nil
}

type legalReceiveCommand struct {
	As            string `required:"" help:"Login of the person who received it."`
	Kind          string `required:"" help:"warrant, court_order, subpoena, preservation, emergency, destruction or other."`
	Agency        string `required:"" help:"Who asks."`
	Officer       string `required:"" help:"Whom to contact there."`
	Email         string `help:"The officer's e-mail address."`
	Phone         string `help:"The officer's telephone."`
	Number        string `required:"" help:"The number that the process bears."`
	Jurisdiction  string `required:"" help:"The court or law that it rests on."`
	Received      string `placeholder:"DATE" help:"When it came; without it now."`
	Due           string `placeholder:"DATE" help:"When the answer is due."`
	KeepUntil     string `placeholder:"DATE" help:"Of a preservation: until when to keep."`
	NoNotice      bool   `help:"The account must not be told, until a person lifts that."`
	NoNoticeUntil string `placeholder:"DATE" help:"The account must not be told, until then."`
	Lang          string `enum:"en,ar" default:"en" help:"Language of the index of the production: en or ar."`
	Recipient     string `placeholder:"AGE1…" help:"The officer's age public key, to encrypt the production to."`
	Document      string `type:"existingfile" help:"The process itself, a file; it is sealed."`

	legalScope
}

// Help is the example.
func (legalReceiveCommand) Help() string {
	return "What it is about is held until it is delivered, refused or destroyed.\n\nExample: haris legal receive --as lina --kind warrant --agency \"District Police\" --officer \"Det. Haddad\" --number W-2026-17 " +
		"--jurisdiction \"District Court\" --account acc-1 --data messages,profile --from 2026-01-01 --to 2026-03-01 --document warrant.pdf"
}

func (c legalReceiveCommand) intake(now time.Time) (in process.Intake, err error) {
	in = process.Intake{
		Kind: process.Kind(c.Kind), Agency: c.Agency, Officer: c.Officer, Email: c.Email, Phone: c.Phone, Number: c.Number, Jurisdiction: c.Jurisdiction,
		ReceivedAt: now.UTC(), NoNotice: c.NoNotice || c.NoNoticeUntil != "", Lang: c.Lang, Recipient: c.Recipient,
	}
	err = readMoments([]flagMoment{
		{"--received", c.Received, &in.ReceivedAt},
		{"--due", c.Due, &in.DueAt},
		{"--keep-until", c.KeepUntil, &in.KeepUntil},
		{"--no-notice-until", c.NoNoticeUntil, &in.NoticeUntil},
	})
	if err == nil {
		in.Scope, err = c.scope()
	}
	return in, err
}

// Run writes it down.
func (c legalReceiveCommand) Run(r *run) error {
	in, err := c.intake(r.Now())
	if err != nil {
		return err
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.LegalHandle)
		if err != nil {
			return err
		}
		var doc *process.Document
		if c.Document != "" {
			body, err := document(c.Document)
			if err != nil {
				return err
			}
			doc = &process.Document{Name: filepath.Base(c.Document), MediaType: mime.TypeByExtension(filepath.Ext(c.Document)), Body: body}
		}
		return r.next(core.Legal(nil).Receive(r.ctx, who.ID, in, doc))
	})
}

type legalRescopeCommand struct {
	ID  string `arg:"" help:"Id of the process."`
	As  string `required:"" help:"Login of the person who changes it."`
	Why string `required:"" help:"Why, in words."`

	legalScope
}

// Help is the example.
func (legalRescopeCommand) Help() string {
	return "The whole new scope is given.\n\nExample: haris legal rescope lp-01jxyz… --as lina --why \"narrowed after a call with the court\" --account acc-1 --data messages --to 2026-02-01"
}

// Run changes the scope.
func (c legalRescopeCommand) Run(r *run) error {
	s, err := c.scope()
	if err != nil {
		return err
	}
	return r.withCore(func(core *app.Core) error {
		_, a, err := r.acted(core, c.As, auth.LegalHandle, c.ID)
		if err != nil {
			return err
		}
		return r.next(core.Legal(nil).Rescope(r.ctx, a, s, c.Why))
	})
}

// maxProcessFile bounds the file of a process, which is read whole.
const maxProcessFile = 64 << 20

// document reads the file of a process.
func document(name string) ([]byte, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if st.Size() > maxProcessFile {
		return nil, fmt.Errorf("%s: %d bytes; a document may have at most %d", name, st.Size(), maxProcessFile)
	}
	return os.ReadFile(name)
}
