package cli

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/learn"
	"haris/internal/pipeline"
	"haris/internal/stage"
	"haris/internal/stage/library"
)

type modelCommand struct {
	Train modelTrainCommand `cmd:"" help:"Learn a model from messages that people have judged."`
	Eval  modelEvalCommand  `cmd:"" help:"Say how well a model tells judged messages apart that it has not learnt from."`
	List  modelListCommand  `cmd:"" help:"List the models, and mark the one that is wanted in force."`
	Show  modelShowCommand  `cmd:"" help:"Show what a model was made from and how well it does."`
	Use   modelUseCommand   `cmd:"" help:"Bring a model into force."`
}

// modelRow is a model as it is printed.
type modelRow struct {
	Name   string     `json:"name"`
	Digest string     `json:"digest"`
	InUse  bool       `json:"in_use"` // wanted in force
	At     time.Time  `json:"at,omitzero"`
	Bytes  int64      `json:"bytes"`
	Card   stage.Card `json:"card"`
}

// modelRows lists the models, with the seed first.
func (r *run) modelRows(core *app.Core) ([]modelRow, error) {
	wanted, err := core.WantedModel()
	if err != nil {
		return nil, err
	}
	list, err := core.Models().List()
	if err != nil {
		return nil, err
	}
	seed, err := core.OpenModel(pipeline.SeedModel)
	if err != nil {
		return nil, err
	}
	rows := []modelRow{{Name: seed.Card.Name, Digest: seed.Digest(), InUse: wanted == pipeline.SeedModel, Card: seed.Card}}
	for _, e := range list {
		rows = append(rows, modelRow{Name: e.Card.Name, Digest: e.Digest, InUse: e.Digest == wanted, At: e.Card.At, Bytes: e.Bytes, Card: e.Card})
	}
	return rows, nil
}

type modelListCommand struct{}

// Help is the example.
func (modelListCommand) Help() string { return "Example: haris model list -o json" }

// Run lists the models.
func (modelListCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		list, err := r.modelRows(core)
		if err != nil {
			return err
		}
		var rows [][]string
		none := true
		for i := range list {
			m := &list[i]
			if r.isJSON() {
				if err := r.json(m); err != nil {
					return err
				}
				continue
			}
			mark := ""
			if m.InUse {
				mark, none = "in force", false
			}
			rows = append(rows, []string{m.Name, m.Digest[:12], mark, moment(m.At), strconv.Itoa(m.Card.Examples), m.Card.Origin})
		}
		if r.isJSON() {
			return nil
		}
		if none {
			r.say("No model is in force: texts are not scored. haris model use NAME brings one into force.")
		}
		return r.table([]string{"name", "digest", "", "learnt", "examples", "from"}, rows)
	})
}

// model opens a model by its name or the beginning of its digest.
func (r *run) model(core *app.Core, name string) (*stage.Model, error) {
	if name == pipeline.SeedModel {
		return core.OpenModel(name)
	}
	e, err := core.Models().Find(name)
	if err != nil {
		return nil, err
	}
	return core.OpenModel(e.Digest)
}

type modelShowCommand struct {
	Model string `arg:"" help:"Name, the beginning of a digest, or seed."`
}

// Help is the example.
func (modelShowCommand) Help() string { return "Example: haris model show spring -o json" }

// Run shows the card.
func (c modelShowCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		m, err := r.model(core, c.Model)
		if err != nil {
			return err
		}
		return r.printModel(m)
	})
}

// printModel prints the card, what each head is calibrated with, and the measures.
func (r *run) printModel(m *stage.Model) error {
	if r.isJSON() {
		return r.json(struct {
			Digest      string           `json:"digest"`
			Heads       []string         `json:"heads"`
			Calibration map[string][]int `json:"calibration"` // by language: positives of each head, negative where they are too few
			Card        stage.Card       `json:"card"`
		}{m.Digest(), m.Heads(), m.Calibration(), m.Card})
	}
	c := &m.Card
	r.say("%s, %s, learnt %s from %d examples (%s); %d groups of authors, %d examples held out.",
		c.Name, m.Digest()[:12], moment(c.At), c.Examples, library.Whence(c), c.Authors, c.HeldOut)
	if c.Weak {
		r.say("It is weak: ratios end at ±%.1f nats, and what rests on it alone weighs at most 1.", c.Limit)
	}
	if len(c.Measured) > 0 {
		return r.printMeasures(c.Measured)
	}
	var rows [][]string
	for _, lang := range library.Tongues(m) {
		for k, n := range m.Calibration()[lang] {
			rows = append(rows, []string{m.Heads()[k], lang, strconv.Itoa(max(n, -n)), yes(n > 0)})
		}
	}
	return r.table([]string{"stage", "language", "positives", "calibrated"}, rows)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// printMeasures prints one line for each head and language.
func (r *run) printMeasures(list []stage.Measure) error {
	var rows [][]string
	for _, m := range list {
		if r.isJSON() {
			if err := r.json(m); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{
			m.Head, m.Lang, strconv.Itoa(m.Positives), strconv.Itoa(m.Negatives), yes(m.Calibrated),
			figure(m.AUC), figure(m.At100), figure(m.At1000), figure(m.ECE), figure(m.Brier),
		})
	}
	if r.isJSON() {
		return nil
	}
	return r.table([]string{"stage", "language", "positives", "negatives", "calibrated", "auc", "recall 1e-2", "recall 1e-3", "ece", "brier"}, rows)
}

// figure writes a measure; a dash where there were too few examples for it.
func figure(v *float64) string {
	if v == nil {
		return "–"
	}
	return strconv.FormatFloat(*v, 'f', 3, 64)
}

type modelUseCommand struct {
	Model string `arg:"" help:"Name, the beginning of a digest, seed, or none."`
	As    string `required:"" help:"Login of the person who decides it, an admin; it stands in the audit log."`
}

// Help is the example.
func (modelUseCommand) Help() string {
	return "A running haris follows within rules.reload (5 s). Events that come from then on are scored with it; what was scored before stays.\n\n" +
		"Example: haris model use spring --as lina"
}

// Run chooses the model.
func (c modelUseCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.ModelUse)
		if err != nil {
			return err
		}
		id, err := core.ChooseModel(r.ctx, who.ID, c.Model, r.Now())
		if err != nil {
			return err
		}
		if r.isJSON() {
			return r.json(map[string]string{"model": id})
		}
		r.say("%s is wanted in force from here on.", id[:min(len(id), 12)])
		return nil
	})
}

type modelEvalCommand struct {
	Model string   `arg:"" help:"Name, the beginning of a digest, or seed."`
	Files []string `arg:"" help:"Judged messages, one JSON object a line; - is standard input."`
}

// Help is the example.
func (modelEvalCommand) Help() string {
	return "Give messages that it has not learnt from, by other authors. A measure is – where there are too few examples for it.\n\n" +
		"Example: haris model eval spring judged-later.ndjson -o json"
}

// Run measures.
func (c modelEvalCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		m, err := r.model(core, c.Model)
		if err != nil {
			return err
		}
		list, err := r.examples(c.Files)
		if err != nil {
			return err
		}
		return r.printMeasures(learn.Measure(m, list))
	})
}

// examples reads files of judged messages.
func (r *run) examples(files []string) (out []learn.Example, err error) {
	for _, name := range files {
		in, err := r.open(name)
		if err != nil {
			return nil, err
		}
		list, err := readExamples(in)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, list...)
	}
	return out, nil
}

func readExamples(in io.ReadCloser) ([]learn.Example, error) {
	list, err := learn.Read(in)
	if closed := in.Close(); err == nil {
		err = closed
	}
	return list, err
}
