package cli_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"haris/cybertip"
	"haris/internal/app"
	"haris/internal/casefile"
	"haris/internal/config"
	"haris/internal/detect"
	"haris/internal/report"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// drafted writes a report on the one case of a data directory, as people do on the pages, some time ago, and leaves its id and the
// digest of its preview in REPORT and SHA256, and the case in CASE. The case is confirmed first unless it is.
func drafted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: drafted DIR AGE")
	}
	age, err := time.ParseDuration(args[1])
	ts.Check(err)
	ctx := context.Background()
	c := config.Default()
	c.DataDir = ts.MkAbs(args[0])
	c.NCMEC.Environment, c.NCMEC.Platform, c.NCMEC.Reporter.Email = "local", "Example App", "safety@platform.example"
	now := func() time.Time { return time.Now().Add(-age) }
	core, err := app.OpenCore(ctx, c, app.Options{Now: now, Logger: slog.New(slog.DiscardHandler)})
	ts.Check(err)
	r, digest, err := draftOne(ctx, core)
	ts.Check(errors.Join(err, core.Close()))
	ts.Setenv("REPORT", r.ID)
	ts.Setenv("CASE", r.Case)
	ts.Setenv("SHA256", digest)
}

// confined lets a person of a data directory see no case at all, as an admin does on the pages.
func confined(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: confined DIR LOGIN")
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
			err = errors.Join(err, core.Auth.SetCompartments(ctx, "test", p.ID, nil, true))
		}
	}
	ts.Check(errors.Join(err, core.Close()))
}

func draftOne(ctx context.Context, core *app.Core) (r report.Report, digest string, err error) {
	var id string
	err = core.DB.Write(ctx, func(tx *store.Tx) error {
		at := core.Options.Now().UTC()
		c, err := tx.Cases().Apply(ctx, at, casefile.Matter{
			Key: "k", Subject: "adult", Victims: []string{"child"}, Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P1, Queue: "main", At: at,
			Signals: []detect.Signal{{Detector: "d", Family: taxonomy.FamilyContact, Subject: "adult", Strength: 4, At: at}},
		})
		id = c.Case
		return err
	})
	if err != nil {
		return r, "", err
	}
	if err := confirm(ctx, core, id); err != nil {
		return r, "", err
	}
	s := core.Reports(func(id string) (detect.Profile, error) { return detect.Profile{ID: id}, nil })
	if r, err = s.Create(ctx, "ada", id); err != nil {
		return r, "", err
	}
	e := r.Draft.Edit()
	e.IncidentType, e.TypeReason = cybertip.IncidentEnticement, "An adult asks a child for secrecy."
	e.Narrative, e.IncidentAt = "The account asked the child to keep it between them.", time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	if r, err = s.Save(ctx, report.Act{Who: "ada", Report: r.ID, Seen: r.Events}, e); err != nil {
		return r, "", err
	}
	p, err := s.Preview(ctx, "ada", r.ID)
	return r, p.SHA256, err
}

func confirm(ctx context.Context, core *app.Core, id string) error {
	c, err := core.Review().Claim(ctx, review.Act{Who: "ada", Case: id})
	if errors.Is(err, casefile.ErrTransition) {
		return nil // it is confirmed
	}
	if err != nil {
		return err
	}
	_, err = core.Review().Dispose(ctx, review.Act{Who: "ada", Case: id, Seen: c.Events}, casefile.Disposition{
		Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "he asks for secrecy", Policy: "child safety", Confidence: "high",
	})
	return err
}

// figure requires a line of the figures that a running haris gives.
func figure(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: figure URL LINE")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, args[0], nil)
	ts.Check(err)
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	body, err := io.ReadAll(resp.Body)
	ts.Check(errors.Join(err, resp.Body.Close()))
	if !slices.Contains(strings.Split(string(body), "\n"), args[1]) {
		ts.Fatalf("%s lacks %s:\n%s", args[0], args[1], body)
	}
}

// waitReady waits until a haris that listens has also started.
func waitReady(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitready URL")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, args[0], nil)
		ts.Check(err)
		resp, err := http.DefaultClient.Do(req)
		ts.Check(err)
		ts.Check(resp.Body.Close())
		if resp.StatusCode == http.StatusOK {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("%s answers %s", args[0], resp.Status)
		case <-tick.C:
		}
	}
}
