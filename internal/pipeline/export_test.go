package pipeline

import (
	"context"
	"encoding/json"
	"time"

	"haris/internal/event"
	"haris/internal/state"
	"haris/internal/store"
)

// Rows returns everything a checkpoint of all keys would write, as text that can be compared.
func (k *Knowledge) Rows() (map[string]string, error) {
	out := map[string]string{}
	for _, t := range k.tables() {
		if err := t.Changed(func(r state.Row) error {
			out[r.Part+"/"+string(r.Key)] = string(r.Body)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	for _, r := range []state.Row{k.cohort.Row(), state.Pending(k.pending)} {
		out[r.Part] = string(r.Body)
	}
	body, err := json.Marshal(k.meta())
	if err != nil {
		return nil, err
	}
	out[metaPart] = string(body)
	return out, nil
}

// Save writes a checkpoint.
func (k *Knowledge) Save(ctx context.Context, to store.StateRows) error {
	if err := k.save(ctx, to); err != nil {
		return err
	}
	k.saved()
	return nil
}

// Load reads one.
func (k *Knowledge) Load(ctx context.Context, from store.StateRows) error {
	return k.load(ctx, from, nil)
}

// UseEvent makes the event that brings a model into force.
func UseEvent(id string, next uint64, at time.Time) (event.Event, error) {
	return useEvent(id, next, at)
}

// Advertised counts the contact details and texts of advertisements that are known.
func (k *Knowledge) Advertised() (contacts, texts int) {
	return k.contacts.Len(), k.leaflets.known.Len()
}
