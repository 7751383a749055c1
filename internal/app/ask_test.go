package app_test

import (
	"errors"
	"testing"
	"time"

	"haris/internal/action"
	"haris/internal/app"
	"haris/internal/casefile"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// TestAskerTellsWhoIsTold says that the desk of people names the host of the configuration, and asks for nothing before evidence is sealed.
func TestAskerTellsWhoIsTold(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := options()
	o.Now = func() time.Time { return at }
	core, err := app.OpenCore(t.Context(), settings(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := core.Close(); err != nil {
			t.Error(err)
		}
	})
	if got := core.Asker(core.Review(), nil).Endpoint; got != "" {
		t.Errorf("without an address %q is told", got)
	}
	core.Config.Actions.URL = "https://hooks.example:8443/haris?key=1"
	desk := core.Asker(core.Review(), nil)
	if desk.Endpoint != "hooks.example:8443" {
		t.Errorf("%q is told", desk.Endpoint)
	}
	var id string
	err = core.DB.Write(t.Context(), func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(t.Context(), at, casefile.Matter{Key: "k", Subject: "u1", Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P1, Queue: "main", At: at})
		id = c.Case
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = desk.Ask(t.Context(), review.Act{Who: "ada", Case: id, Seen: 1}, action.Request{Kind: action.LimitMessages, Subject: "u1", Reason: "agreed with the team"})
	if !errors.Is(err, action.ErrNoEvidence) {
		t.Errorf("before evidence is sealed: %v", err)
	}
}
