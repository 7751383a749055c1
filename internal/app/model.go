package app

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"haris/internal/console"
	"haris/internal/pipeline"
	"haris/internal/stage"
	"haris/internal/stage/library"
	"haris/internal/stage/seed"
)

const modelDir = "models"

// Models is the directory of the models that score texts.
func (d Dir) Models() string { return filepath.Join(string(d), modelDir) }

// models opens each model once.
type models struct {
	files library.Library
	mu    sync.Mutex
	open  map[string]*stage.Model
}

// Models are the models of the data directory.
func (c *Core) Models() library.Library { return c.models.files }

// OpenModel opens a model by its id: pipeline.SeedModel or the digest of a file.
func (c *Core) OpenModel(id string) (*stage.Model, error) {
	c.models.mu.Lock()
	defer c.models.mu.Unlock()
	if m, ok := c.models.open[id]; ok {
		return m, nil
	}
	open := c.models.files.Open
	if id == pipeline.SeedModel {
		open = func(string) (*stage.Model, error) { return seed.Model() }
	}
	m, err := open(id)
	if err != nil {
		return nil, err
	}
	c.models.open[id] = m
	return m, nil
}

// UseWanted brings the model into force that was last wanted, if it is not; at is the time of the event that says so.
func (c *Core) UseWanted(ctx context.Context, p *pipeline.Pipeline, at time.Time) error {
	id, err := c.models.files.Wanted()
	if err != nil || id == "" {
		return err
	}
	return p.UseModel(ctx, id, at)
}

// watchModel follows what is wanted until ctx ends.
func (a *App) watchModel(ctx context.Context) {
	if every := a.core.Config.Rules.Reload; every > 0 {
		a.watch(ctx, every, a.useModel, "the model that is wanted is not in force; the one before stays")
	}
}

// useModel brings the model into force that is wanted.
func (a *App) useModel(ctx context.Context) error {
	was, _ := a.model()
	if err := a.core.UseWanted(ctx, a.pipeline, a.core.Options.Now()); err != nil {
		return err
	}
	if id, name := a.model(); id != was {
		a.core.Options.Logger.Info("another model scores texts from here on", "name", name, "digest", id[:min(len(id), 12)])
	}
	return nil
}

// model is the model in force.
func (a *App) model() (id, name string) {
	a.pipeline.Know(func(k *pipeline.Knowledge) {
		id, name = k.Model(), k.Scorer().Model
	})
	return id, name
}

// The bounds of what is shown of one message.
const (
	heardNats  = 1 // from which a stage is named
	heardGrams = 4
)

// hear asks the model in force about one message of a case page.
func (a *App) hear(text, lang string) (out []console.Heard) {
	id, _ := a.model()
	if id == pipeline.NoModel {
		return nil
	}
	m, err := a.core.OpenModel(id)
	if err != nil {
		return nil // the pipeline has it open: the page lacks an aid, and nothing that was found
	}
	var x stage.Extractor
	scores, err := m.Score(&x, text, lang, nil)
	if err != nil {
		return nil
	}
	for i, head := range m.Heads() {
		if scores[i] >= heardNats { // false for NaN
			h := console.Heard{Stage: head}
			for _, r := range m.Why(text, i, 4*heardGrams) {
				if r.Weight > 0 && len(h.Grams) < heardGrams {
					h.Grams = append(h.Grams, r.Gram)
				}
			}
			out = append(out, h)
		}
	}
	return out
}
