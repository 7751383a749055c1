package app

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"

	"haris/internal/api"
	"haris/internal/console"
	"haris/internal/detect"
	"haris/internal/pipeline"
	"haris/internal/store"
)

// handler joins the API and the pages.
func (a *App) handler() (http.Handler, error) {
	platform, err := a.api()
	if err != nil {
		return nil, err
	}
	pages, err := a.console()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, p := range api.Patterns() {
		mux.Handle(p, platform)
	}
	mux.Handle("/", pages)
	return mux, nil
}

func (a *App) api() (http.Handler, error) {
	i := a.core.Config.Ingest
	return api.New(api.Deps{
		Keys: a.core.Auth, Ingester: a.pipeline, Letters: apiLetters{letters{a.core, a.pipeline.Ingest}}, Readiness: readiness{a}, Queue: depth{a},
		Desk: a.media, Banks: a.core.BankDesk(),
		Limits: api.Limits{
			BodyBytes: i.MaxBodyBytes, EventBytes: i.MaxEventBytes, Depth: i.MaxDepth, Future: i.MaxFuture, BatchEvents: i.MaxBatchEvents,
			VerdictDeadline: i.VerdictDeadline, MediaBytes: int64(a.core.Config.Media.MaxBytes), MediaTime: a.core.mediaTime(),
		},
		Registry: a.metrics, Now: a.core.Options.Now, Logger: a.core.Options.Logger, Version: Version(),
	})
}

func (a *App) console() (http.Handler, error) {
	c := a.core
	desk := c.Review()
	reports := c.Reports(func(id string) (p detect.Profile, err error) {
		a.pipeline.Know(func(k *pipeline.Knowledge) { p = k.Profile(id) })
		return p, nil
	})
	reports.Wake = a.wake
	courier, err := c.Courier(reports)
	if err != nil {
		return nil, err
	}
	var translates console.Translator
	if a.translate != nil {
		translates = translator{c, a.translate}
	}
	return console.New(console.Deps{
		Auth: c.Auth, Cases: cases{c.DB}, Sight: sight{c}, Desk: desk, Judge: desk, Arrange: desk, Mutes: desk, Queues: desk, Drafts: desk, Presence: presence{c}, Timeline: timeline{c.DB, c.Log}, Accounts: accounts{a.pipeline.Know}, Finder: finder{c, a.pipeline.Know},
		Actions: actions{c, a.wake}, Asker: c.Asker(desk, a.wake), Letters: letters{c, a.pipeline.Ingest}, Jobs: jobs{c, a.wake}, Health: Doctor{Core: c, App: a, outside: a.outside},
		Entries: entries{c}, Explain: Explain, RuleWords: func() console.RuleWords { return a.rules.set() }, Hear: a.hear, Translate: translates, Figures: a.figures, Looks: c.Looks(), Coaching: c.Looks(), Book: c.Book(a.published), Rules: a.rulesNow, Learning: a.taught.get, Now: c.Options.Now, Logger: c.Options.Logger, TrustForwarded: c.Config.TrustForwarded,
		Reports: reports, Papers: courier, Courier: courier, Checks: reports, Alerts: reports, Evidence: sealed{c.Vault, c}, Exposure: c.Exposure(), Legal: c.Legal(a.wake), Keeping: keeping{c}, Banks: c.BankDesk(), Exchanges: exchangePages{a}, Disclosures: disclosures{c}, MaxFile: int64(c.Config.Evidence.MaxFileBytes), Support: c.Config.Console.Support, Danger: c.Config.Console.Danger, DocsURL: c.Config.Console.DocsURL,
	})
}

// Version is the version of this build, as its module says.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// depth says how full the queue is.
type depth struct{ app *App }

func (d depth) Depth() (waiting, room int) { return d.app.pipeline.Waiting() }

// readiness says whether events can be taken.
type readiness struct{ app *App }

func (r readiness) Ready(ctx context.Context) []api.Check {
	out := []api.Check{{Name: "replay", OK: r.app.gate.ready()}}
	err := r.app.core.DB.Read(ctx, func(tx *store.Tx) error {
		var one int
		return tx.QueryRow(ctx, `SELECT 1`).Scan(&one)
	})
	k := api.Check{Name: "database", OK: err == nil}
	if err != nil {
		k.Detail = err.Error()
	}
	return append(out, k)
}

// apiLetters are the letters of one source.
type apiLetters struct{ letters }

var _ api.Letters = apiLetters{}

func (l apiLetters) List(ctx context.Context, q api.LetterQuery) (out []api.Letter, next string, err error) {
	err = l.core.DB.Read(ctx, func(tx *store.Tx) error {
		rows, n, err := tx.Letters().ListOf(ctx, q.Source, q.Cursor, q.Limit)
		next = n
		for _, r := range rows {
			out = append(out, api.Letter{ID: r.ID, Source: r.Source, Event: r.Event, At: r.At, Reason: r.Reason, Place: r.Place})
		}
		return err
	})
	return out, next, err
}

func (l apiLetters) Replay(ctx context.Context, r api.LetterReplay) (taken bool, err error) {
	var row store.Letter
	err = l.core.DB.Read(ctx, func(tx *store.Tx) error {
		row, err = tx.Letters().Get(ctx, r.ID)
		return err
	})
	if errors.Is(err, store.ErrNoLetter) || err == nil && row.Source != r.Source {
		return false, api.ErrNotFound
	}
	if err != nil {
		return false, err
	}
	taken, err = l.letters.Replay(ctx, r.Who, r.ID)
	if errors.Is(err, console.ErrNotFound) {
		err = api.ErrNotFound
	}
	return taken, err
}
