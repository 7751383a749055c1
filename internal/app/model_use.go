package app

import (
	"context"
	"fmt"
	"time"

	"haris/internal/audit"
	"haris/internal/pipeline"
	"haris/internal/stage/library"
	"haris/internal/store"
)

// ChooseModel writes down that a person wants a model in force, and wants it: a running haris follows within rules.reload, every other
// command at its next start. name is a name or the beginning of a digest, or pipeline.SeedModel or pipeline.NoModel. library.ErrNone,
// library.ErrSeveral.
func (c *Core) ChooseModel(ctx context.Context, who, name string, at time.Time) (id string, err error) {
	id, detail := name, map[string]string{"name": name}
	if name != pipeline.SeedModel && name != pipeline.NoModel {
		var e library.Entry
		if e, err = c.models.files.Find(name); err != nil {
			return "", err
		}
		id, detail = e.Digest, map[string]string{"name": e.Card.Name, "digest": e.Digest}
	}
	err = c.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Audit().Append(ctx, audit.Entry{At: at.UTC(), Who: who, Act: "model.chosen", Object: "model/" + id, Detail: detail})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("app: choose a model: %w", err)
	}
	return id, c.models.files.Want(id)
}

// WantedModel is the id of the model that is wanted in force; pipeline.NoModel when none was ever chosen.
func (c *Core) WantedModel() (string, error) {
	id, err := c.models.files.Wanted()
	if id == "" && err == nil {
		id = pipeline.NoModel
	}
	return id, err
}
