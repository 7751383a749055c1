package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/event"
	"haris/internal/normal"
	"haris/internal/stage"
	"haris/internal/taxonomy"
)

// The models that have no file: none at all, and the one that is made from the seed of this build. Every other is known by the digest
// of its file.
const (
	NoModel   = "none"
	SeedModel = "seed"
)

// The source and type of the events that say which model scores from then on. Models change and the log does not: that a model came
// into force is an event of haris itself, so that folding the log again scores every message with the model that scored it then.
const (
	modelSource = event.OwnSource + "model"
	modelType   = event.Type("model.used")
)

// ErrModel says that a model cannot be opened that the log, or a person, wants in force.
var ErrModel = errors.New("pipeline: a stage model cannot be opened")

// model is a model in force.
type model struct {
	id     string
	scores *stage.Model // nil for NoModel
	by     detect.Scorer
	place  []int // of each head among the stages, -1 for one that is none of them
}

// reader is what one worker reads texts with.
type reader struct {
	features stage.Extractor
	out      []float32
}

// voice is what the model in force says of one text.
type voice struct {
	scores detect.Scores
	scored bool
	tongue string // the language that it is not calibrated in
}

// OpenModel opens a model by its id: SeedModel, or the digest of a file.
type OpenModel func(id string) (*stage.Model, error)

// opened opens a model once.
func (k *Knowledge) opened(id string, open OpenModel) (*model, error) {
	if m, ok := k.models[id]; ok {
		return m, nil
	}
	m := &model{id: id}
	if id != NoModel {
		if open == nil {
			return nil, fmt.Errorf("%w: %s: nothing here opens models", ErrModel, id)
		}
		s, err := open(id)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrModel, id, err)
		}
		m.scores, m.by = s, detect.Scorer{Model: s.Card.Name, Digest: s.Digest(), Seed: s.Card.Weak}
		for _, h := range s.Heads() {
			m.place = append(m.place, slices.Index(taxonomy.Stages(), h))
		}
	}
	k.models[id] = m
	return m, nil
}

// OpenModels opens what the events bring into force. ErrModel.
func (k *Knowledge) OpenModels(events []event.Event, open OpenModel) error {
	for i := range events {
		id, ok := modelUsed(&events[i])
		if !ok {
			continue
		}
		if _, err := k.opened(id, open); err != nil {
			return err
		}
	}
	return nil
}

// Model is the id of the model in force, NoModel when there is none.
func (k *Knowledge) Model() string {
	if k.model == nil {
		return NoModel
	}
	return k.model.id
}

// Scorer is the model in force as signals name it; the zero value when there is none.
func (k *Knowledge) Scorer() detect.Scorer {
	if k.model == nil {
		return detect.Scorer{}
	}
	return k.model.by
}

// modelUsed returns the model that an event brings into force; ok is false for other events.
func modelUsed(e *event.Event) (id string, ok bool) {
	if e.Type != modelType || e.Source != modelSource {
		return "", false
	}
	var envelope struct {
		Data struct {
			Model string `json:"model"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(e.Raw), &envelope); err != nil || envelope.Data.Model == "" {
		return "", false // it was written by haris; what cannot be read says nothing
	}
	return envelope.Data.Model, true
}

// UseModel brings a model into force for the events that come from now on, and returns when that is durable. One that is in force already
// changes nothing. ErrModel, and the errors of Ingest.
func (p *Pipeline) UseModel(ctx context.Context, id string, at time.Time) error {
	if id != NoModel {
		if p.d.Models == nil {
			return fmt.Errorf("%w: %s: nothing here opens models", ErrModel, id)
		}
		if _, err := p.d.Models(id); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrModel, id, err)
		}
	}
	var now string
	p.Know(func(k *Knowledge) {
		now = k.Model()
		if w := k.Watermark(); at.Before(w) {
			at = w
		}
	})
	if now == id {
		return nil
	}
	e, err := useEvent(id, p.d.Log.Next(), at)
	if err != nil {
		return err
	}
	_, err = p.Ingest(ctx, Batch{Events: []event.Event{e}})
	return err
}

// useEvent makes the event that brings a model into force; next is where the log ends.
func useEvent(id string, next uint64, at time.Time) (event.Event, error) {
	raw, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": id + "/" + strconv.FormatUint(next, 10), "source": modelSource, "type": modelType,
		"time": at.UTC().Format(time.RFC3339Nano), "data": map[string]string{"model": id},
	})
	if err != nil {
		return event.Event{}, fmt.Errorf("pipeline: use a model: %w", err)
	}
	e, problem := event.Decode(string(raw), 1, event.Limits{Bytes: len(raw), Own: true})
	if problem != nil {
		return event.Event{}, fmt.Errorf("pipeline: use a model: %w", problem)
	}
	return e, nil
}

// hears reports whether the model in force is asked about a text: a message to a minor from an account that may be an adult's, which the
// platform has not scored itself.
func (k *Knowledge) hears(e *event.Event, from *detect.Profile, to []*detect.Profile) bool {
	return k.model != nil && k.model.scores != nil && e.Type == event.MessageSent && len(e.Data.StageScores) == 0 &&
		from.Band.AdultOrUnknown() && slices.ContainsFunc(to, func(o *detect.Profile) bool { return o.Band.Minor() })
}

// hear scores a text with the reader of a worker.
func (k *Knowledge) hear(e *event.Event, t *normal.Text, worker int) *voice {
	r, v := &k.readers[worker], &voice{}
	out, err := k.model.scores.ScoreOf(&r.features, t, e.Data.Lang, r.out)
	r.out = out
	if err != nil {
		v.tongue = strings.Clone(stage.Language(e.Data.Lang, t.Raw))
		return v
	}
	v.scored = true
	for i := range v.scores {
		v.scores[i] = float32(math.NaN())
	}
	for h, at := range k.model.place {
		if at >= 0 {
			v.scores[at] = out[h]
		}
	}
	return v
}

// tell puts what the model said into an act; nil has nothing to say.
func (v *voice) tell(t *contact.Touch, m *model) {
	switch {
	case v == nil:
	case v.scored:
		t.Scores, t.By = &v.scores, m.by
	default:
		t.Tongue = v.tongue
	}
}
