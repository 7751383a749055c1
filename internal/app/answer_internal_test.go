package app

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"haris/internal/action"
	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/config"
	"haris/internal/evidence"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// TestAnswer asks the platform to answer whoever warned: only what fits the case, once, with the history, and never past a hold that keeps somebody
// of the case in the dark.
func TestAnswer(t *testing.T) {
	ctx, now := t.Context(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cfg := config.Default()
	cfg.DataDir = t.TempDir()
	core, err := OpenCore(ctx, cfg, Options{Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler), Own: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := core.Close(); err != nil {
			t.Error(err)
		}
	})
	woken := 0
	a := actions{core, func() { woken++ }}
	var id string
	err = core.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(ctx, now, casefile.Matter{Key: "k", Subject: "u1", Linked: []string{"u2"}, Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P1, Queue: "main", At: now})
		id = c.Case
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Answer(ctx, "ada", id, []string{"kid"}, action.OutcomeLooking); !errors.Is(err, action.ErrNoEvidence) {
		t.Errorf("before evidence is sealed: %v", err)
	}
	_, err = core.Vault.Seal(ctx, evidence.New{Case: id, Kind: evidence.KindTranscript, Name: "t.txt", MediaType: "text/plain", Who: "haris", Why: "test", Body: strings.NewReader("keep this between us")})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Answer(ctx, "ada", id, []string{"kid"}, action.OutcomeActed); !errors.Is(err, casefile.ErrTransition) {
		t.Errorf("an outcome while the case waits: %v", err)
	}
	if err := a.Answer(ctx, "ada", id, []string{"kid"}, "a story"); err == nil {
		t.Error("anything can be told")
	}
	for range 2 {
		if err := a.Answer(ctx, "ada", id, []string{"kid", "kid2"}, action.OutcomeLooking); err != nil {
			t.Fatal(err)
		}
	}
	list, history := asked(t, core, id)
	if len(list) != 2 || list[0].Kind != action.AnswerReporter || list[0].Item != "looking" || list[0].By.Person != "ada" || !list[0].ExpiresAt.IsZero() {
		t.Fatalf("%+v", list)
	}
	if len(history) != 3 || history[2].Kind != casefile.ActionAsked || history[2].Who != "ada" || woken == 0 {
		t.Errorf("history %+v, woken %d times", history, woken)
	}
	err = core.DB.Read(ctx, func(tx *store.Tx) error {
		entries, err := tx.Audit().List(ctx, audit.Filter{Who: "ada", Act: "case.action_asked", Object: "case/" + id}, 0, 10)
		if len(entries) != 2 {
			t.Errorf("the audit log of the case has %+v", entries)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = core.Vault.SetHold(ctx, evidence.HoldOrder{Who: "ada", Why: "order 7", Case: id, Kind: evidence.LegalHold, Source: "lp-1", Notice: &evidence.Notice{Forbidden: true}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Answer(ctx, "ada", id, []string{"kid3"}, action.OutcomeLooking); !errors.Is(err, action.ErrNoNotice) {
		t.Errorf("past a hold: %v", err)
	}
	if list, _ := asked(t, core, id); len(list) != 2 {
		t.Errorf("%d actions", len(list))
	}
}

// asked returns the actions of a case and its history.
func asked(t *testing.T, core *Core, id string) (list []action.Action, history []casefile.Event) {
	t.Helper()
	err := core.DB.Read(t.Context(), func(tx *store.Tx) (err error) {
		if list, err = tx.Actions().List(t.Context(), action.Filter{Case: id, Limit: 10}); err != nil {
			return err
		}
		history, err = tx.Cases().History(t.Context(), id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list, history
}
