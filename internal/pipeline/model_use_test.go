package pipeline_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/stage"
	"haris/internal/store/eventlog"
	"haris/internal/store/storetest"
)

func (f *fixture) inForce() (id string) {
	f.p.Know(func(k *pipeline.Knowledge) { id = k.Model() })
	return id
}

// TestUseModel: which model scores is in the log, so that a start after a crash, or a replay of everything, scores as was scored then.
func TestUseModel(t *testing.T) {
	s := shelf{"a": modelOf(t, "first", "S4")}
	with := func(d *pipeline.Deps) { d.Models = s.open }
	db := storetest.SQLite(t)
	f := setup(t, db, with)
	f.ingest(report(t, 1)...)
	if err := f.p.UseModel(t.Context(), "gone", time.Now()); !errors.Is(err, pipeline.ErrModel) || f.inForce() != pipeline.NoModel {
		t.Errorf("a model without a file: %v, in force %s", err, f.inForce())
	}
	for range 2 { // the second time changes nothing
		if err := f.p.UseModel(t.Context(), "a", time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC)); err != nil || f.inForce() != "a" || f.log.Next() != 6 {
			t.Fatalf("%v, in force %s, log ends at %d", err, f.inForce(), f.log.Next())
		}
	}
	f.ingest(report(t, 2)...)
	want := f.rows()
	t.Run("after a crash", func(t *testing.T) {
		f := setup(t, db, with)
		if got := f.rows(); !cmp.Equal(got, want) || f.inForce() != "a" {
			t.Errorf("in force %s, state differs: %s", f.inForce(), cmp.Diff(got, want))
		}
	})
	f.close()
	t.Run("from a checkpoint", func(t *testing.T) {
		if f := setup(t, db, with); f.inForce() != "a" {
			t.Errorf("in force %s", f.inForce())
		}
	})
	t.Run("its file is gone", func(t *testing.T) {
		_, _, err := pipeline.Load(t.Context(), pipeline.Deps{DB: db, Log: f.log, KeySecret: secret, Models: shelf{}.open})
		if !errors.Is(err, pipeline.ErrModel) {
			t.Error(err)
		}
	})
}

// TestFirstModelOfAnotherBuild: a checkpoint that was made with another seed is not gone on with; the log is folded again.
func TestFirstModelOfAnotherBuild(t *testing.T) {
	db := storetest.SQLite(t)
	for i, m := range []*stage.Model{modelOf(t, "seed", "S4"), modelOf(t, "seed", "S3")} {
		d := pipeline.Deps{KeySecret: secret, Rules: func() *rule.Set { return nil }, DB: db, Models: shelf{pipeline.SeedModel: m}.open, FirstModel: pipeline.SeedModel}
		d.Log, _ = eventlog.Open(t.Context(), db)
		if _, _, err := pipeline.Load(t.Context(), d); i > 0 && (err == nil || !strings.Contains(err.Error(), "another version")) {
			t.Errorf("the checkpoint of the other seed was read: %v", err)
		}
		f := setup(t, db, func(d *pipeline.Deps) {
			d.Models, d.FirstModel = shelf{pipeline.SeedModel: m}.open, pipeline.SeedModel
		})
		var digest string
		f.p.Know(func(k *pipeline.Knowledge) { digest = k.Scorer().Digest })
		if digest != m.Digest() {
			t.Errorf("digest %s, want %s", digest, m.Digest())
		}
		f.ingest(report(t, i)...)
		f.close()
	}
}
