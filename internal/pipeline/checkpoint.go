package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/state"
	"haris/internal/store"
)

// metaPart is the part that holds what belongs to no key.
const metaPart = "meta"

// meta is what a checkpoint holds besides keys.
type meta struct {
	Format    int            `json:"format"`
	Detectors map[string]int `json:"detectors"` // versions: state of another version is not read
	Minute    int64          `json:"minute"`
	Watermark int64          `json:"watermark"`
	Day       int64          `json:"day"`
	Began     int64          `json:"began"`
	Said      []said         `json:"said,omitempty"`
	Ledger    decide.Ledger  `json:"ledger"`
	Drawn     drawn          `json:"drawn"`
	Model     string         `json:"model,omitempty"`        // id of the model in force
	Digest    string         `json:"model_digest,omitempty"` // of that model: another seed is another model
	Leaflets  uint64         `json:"leaflets,omitempty"`     // number of the next text
	Openings  uint64         `json:"openings,omitempty"`
	Asked     share          `json:"asked"` // of texts, that models of somebody else were asked about
}

// stateFormat changes when the encoding of the state does; the log is then replayed from its beginning.
const stateFormat = 5

// errVersion says that a checkpoint was written by another version.
var errVersion = errors.New("pipeline: the checkpoint was written by another version")

func (k *Knowledge) meta() meta {
	m := meta{Format: stateFormat, Detectors: map[string]int{}, Minute: k.minute, Watermark: k.watermark, Day: k.day, Began: k.began, Said: k.said}
	m.Ledger, m.Drawn = k.ledger, k.drawn
	m.Leaflets, m.Openings = k.leaflets.next, k.openings.next
	m.Asked = k.asked
	m.Model, m.Digest = k.Model(), k.Scorer().Digest
	for _, d := range k.detectors {
		m.Detectors[d.Info().Name] = d.Info().Version
	}
	return m
}

// stored is a table as checkpoints see it.
type stored interface {
	Name() string
	Changed(f func(state.Row) error) error
	Saved()
	Load(r state.Row) error
	Weigh() state.Weight
}

func (k *Knowledge) tables() []stored {
	return []stored{
		k.directory.Table, k.pairs, k.accounts, k.counters, k.keys, k.held, k.pictures, k.purses, k.circles, k.courted, k.endings,
		k.contacts, k.adverts, k.leaflets.known, k.leaflets.bands, k.openings.known, k.openings.bands, k.partners, k.opinions,
	}
}

// save writes everything that changed since the last checkpoint, together with the place in the log. Call saved when it has
// become durable.
func (k *Knowledge) save(ctx context.Context, to store.StateRows) error {
	for _, t := range k.tables() {
		if err := t.Changed(func(r state.Row) error { return to.Put(ctx, r) }); err != nil {
			return err
		}
	}
	body, err := json.Marshal(k.meta())
	if err != nil {
		return fmt.Errorf("pipeline: checkpoint: %w", err)
	}
	for _, r := range []state.Row{k.cohort.Row(), state.Pending(k.pending), {Part: metaPart, Key: []byte{0}, Body: body}} {
		if err := to.Put(ctx, r); err != nil {
			return err
		}
	}
	return to.SetMark(ctx, k.next-1)
}

func (k *Knowledge) saved() {
	for _, t := range k.tables() {
		t.Saved()
	}
}

// load reads a checkpoint into empty knowledge. errVersion when another version wrote it.
func (k *Knowledge) load(ctx context.Context, from store.StateRows, open OpenModel) error {
	applied, ok, err := from.Mark(ctx)
	if err != nil || !ok {
		return err
	}
	if err := from.Each(ctx, func(r state.Row) error { return k.row(r, open) }); err != nil {
		return err
	}
	k.next = applied + 1
	k.accounts.Each(func(key detect.Key, a *account) bool {
		if a.view != nil {
			k.viewed = append(k.viewed, key)
		}
		if a.due != 0 {
			k.due.push(a.due, key)
		}
		return true
	})
	return nil
}

func (k *Knowledge) row(r state.Row, open OpenModel) error {
	switch r.Part {
	case state.CohortPart:
		return k.cohort.Load(r)
	case state.PendingPart:
		return k.pending[0].Load(r)
	case metaPart:
		return k.readMeta(r.Body, open)
	}
	for _, t := range k.tables() {
		if t.Name() == r.Part {
			return t.Load(r)
		}
	}
	return fmt.Errorf("%w: unknown part %q", errVersion, r.Part)
}

func (k *Knowledge) readMeta(body []byte, open OpenModel) (err error) {
	var m meta
	if err := json.Unmarshal(body, &m); err != nil {
		return fmt.Errorf("pipeline: checkpoint: %w", err)
	}
	if want := k.meta(); m.Format != want.Format || !maps.Equal(m.Detectors, want.Detectors) {
		return errVersion
	}
	if k.model, err = k.opened(cmp.Or(m.Model, NoModel), open); err != nil {
		return err
	}
	if k.model.by.Digest != m.Digest {
		return errVersion
	}
	k.ledger, k.drawn = m.Ledger, m.Drawn
	k.minute, k.watermark, k.day, k.began, k.said = m.Minute, m.Watermark, m.Day, m.Began, m.Said
	k.leaflets.next, k.openings.next, k.asked = m.Leaflets, m.Openings, m.Asked
	return nil
}
