package pipeline_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/state"
	"haris/internal/store"
	"haris/internal/store/eventlog"
	"haris/internal/store/storetest"
)

// put changes one row of the stored checkpoint.
func put(t *testing.T, db *store.DB, r state.Row) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.State().Put(t.Context(), r) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestACheckpointOfAnotherVersionIsReplacedByTheLog(t *testing.T) {
	db := storetest.SQLite(t)
	f := setup(t, db)
	f.ingest(report(t, 1)...)
	f.close()
	put(t, db, state.Row{Part: "meta", Key: []byte{0}, Body: []byte(`{"format":99}`)})
	f = setup(t, db)
	f.p.Know(func(k *pipeline.Knowledge) {
		if k.Next() != 5 || k.Profile("child1").ID != "child1" || k.Size().Profiles != 2 {
			t.Errorf("the log was not replayed: next %d, %+v", k.Next(), k.Size())
		}
	})
	if n := len(f.cases()); n != 1 {
		t.Errorf("replay had effects: %d cases", n)
	}
	f.close()
}

func TestACheckpointThatCannotBeReadStopsTheStart(t *testing.T) {
	db := storetest.SQLite(t)
	f := setup(t, db)
	f.ingest(report(t, 1)...)
	f.close()
	put(t, db, state.Row{Part: "pair", Key: []byte{0, 1}, Body: []byte("not a pair")})
	log, err := eventlog.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	set := rules(t)
	_, err = pipeline.Open(context.Background(), pipeline.Deps{
		DB: db, Log: log, Rules: func() *rule.Set { return set }, KeySecret: secret, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	if !errors.Is(err, detect.ErrState) {
		t.Errorf("a checkpoint that is broken was taken for nothing: %v", err)
	}
}

func TestOpenSaysWhatIsMissing(t *testing.T) {
	if _, err := pipeline.Open(t.Context(), pipeline.Deps{}); err == nil {
		t.Error("a pipeline without a database was opened")
	}
}

// A checkpoint within a step must keep what waits for the step's end: counts, views and due times.
func TestACheckpointMayFallAnywhere(t *testing.T) {
	events := world(t, 1000)[:9000]
	set := rules(t)
	whole := pipeline.NewKnowledge(1, secret)
	whole.Fold(events, set, nil)
	want, err := whole.Rows()
	if err != nil {
		t.Fatal(err)
	}
	cuts := []int{1, 700, 3001, 8999}
	if testing.Short() {
		cuts = cuts[1:2]
	}
	for _, cut := range cuts {
		db := storetest.SQLite(t)
		k := pipeline.NewKnowledge(3, secret)
		k.Fold(events[:cut], set, nil)
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return k.Save(t.Context(), tx.State()) }); err != nil {
			t.Fatal(err)
		}
		k = pipeline.NewKnowledge(2, secret)
		if err := db.Read(t.Context(), func(tx *store.Tx) error { return k.Load(t.Context(), tx.State()) }); err != nil {
			t.Fatal(err)
		}
		k.Fold(events[cut:], set, nil)
		got, err := k.Rows()
		if err != nil {
			t.Fatal(err)
		}
		for key, body := range got {
			if want[key] != body {
				t.Errorf("cut at %d: %q differs", cut, key[:min(len(key), 12)])
			}
		}
	}
}
