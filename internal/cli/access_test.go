package cli_test

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"haris/internal/app"
	"haris/internal/config"
)

// reviewed begins an access review in a data directory, as a person by login, and puts its id into $REVIEW.
func reviewed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: reviewed DIR LOGIN")
	}
	ctx := context.Background()
	c := config.Default()
	c.DataDir = ts.MkAbs(args[0])
	core, err := app.OpenCore(ctx, c, app.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	ts.Check(err)
	people, err := core.Auth.People(ctx)
	ts.Check(err)
	for _, p := range people {
		if p.Login == args[1] {
			r, berr := core.Auth.BeginReview(ctx, p.ID, "the quarter")
			err = errors.Join(err, berr)
			ts.Setenv("REVIEW", r.ID)
		}
	}
	ts.Check(errors.Join(err, core.Close()))
}
