package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"io"

	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/privacy"
	"haris/internal/store"
)

// Privacy is a request to export everything that is held about somebody.
type Privacy struct {
	Kind   privacy.Kind
	ID     string      // the account's id, or the person's login
	By     auth.Person // who takes it
	Reason string
	Lang   string // of the index and of what signals say: en or ar
	Events int    // at most so many events, the newest
	Step   func(done, all int)
}

// dossier gathers what is held about somebody, for one export.
type dossier struct {
	*Core
	ask Privacy
	x   *privacy.Export
}

// heldBack are the fields that no line of an export has: the words and contact details of others that signals carry, and what is known of
// material on lists.
var heldBack = [...]string{"quoted", "passed", "matches", "leaflet", "clues"}

// Privacy gathers what is held about somebody and writes down that it is taken, and why. What it returns writes the file: nobody has
// one of which the audit log does not know. privacy.ErrUnknown.
func (c *Core) Privacy(ctx context.Context, p Privacy) (write func(context.Context, io.Writer) (privacy.Summary, error), err error) {
	now := c.Options.Now().UTC()
	d := dossier{c, p, &privacy.Export{Kind: p.Kind, ID: p.ID, At: now, By: p.By.Login, Reason: p.Reason, Lang: p.Lang, Step: p.Step}}
	object := string(p.Kind) + "/" + p.ID
	if p.Kind == privacy.Account {
		err = d.account(ctx)
	} else {
		var who auth.Person
		who, err = d.person(ctx)
		object = string(p.Kind) + "/" + who.ID
	}
	if err != nil {
		return nil, err
	}
	err = c.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Audit().Append(ctx, audit.Entry{At: now, Who: p.By.ID, Act: "privacy.exported", Object: object, Detail: map[string]string{"reason": p.Reason}})
		return err
	})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, w io.Writer) (privacy.Summary, error) {
		return privacy.Write(ctx, w, d.x, c.key)
	}, nil
}

// mask begins with who the export is about and with everybody who works here.
func (d *dossier) mask(ctx context.Context, own ...string) error {
	h := hmac.New(sha256.New, d.shareKey)
	h.Write([]byte("privacy export: marks"))
	d.x.Mask = privacy.NewMask(h.Sum(nil), own, heldBack[:])
	people, err := d.Auth.People(ctx)
	for i := range people {
		d.x.Mask.Learn("person", people[i].ID, people[i].Login)
	}
	return err
}

// add adds a file whose lines a reading transaction gives all at once.
func (d *dossier) add(name string, lines func(ctx context.Context, tx *store.Tx) ([]any, error)) {
	d.stream(name, func(ctx context.Context, emit privacy.Emit) error {
		var list []any
		err := d.DB.Read(ctx, func(tx *store.Tx) (err error) {
			list, err = lines(ctx, tx)
			return err
		})
		return emitAll(list, err, emit)
	})
}

// stream adds a file whose lines come one by one.
func (d *dossier) stream(name string, each func(ctx context.Context, emit privacy.Emit) error) {
	d.x.Nouns = append(d.x.Nouns, privacy.Noun{Name: name, Each: each})
}

func emitAll[T any](list []T, err error, emit privacy.Emit) error {
	for i := 0; i < len(list) && err == nil; i++ {
		err = emit(list[i])
	}
	return err
}

// anys is a list as lines.
func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}

// page is how many lines are read at once of what is long.
const page = 500

// entries streams entries of the audit log, newest first.
func (d *dossier) entries(f audit.Filter) func(context.Context, privacy.Emit) error {
	return func(ctx context.Context, emit privacy.Emit) error {
		var before int64
		for {
			var list []audit.Entry
			err := d.DB.Read(ctx, func(tx *store.Tx) (err error) {
				list, err = tx.Audit().List(ctx, f, before, page)
				return err
			})
			if err := emitAll(list, err, emit); err != nil || len(list) < page || list[len(list)-1].Index == 0 {
				return err
			}
			before = list[len(list)-1].Index
		}
	}
}
