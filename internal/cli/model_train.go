package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"haris/internal/app"
	"haris/internal/learn"
	"haris/internal/pipeline"
)

type modelTrainCommand struct {
	Files []string `arg:"" optional:"" help:"Judged messages, one JSON object a line; - is standard input."`
	Marks bool     `name:"from-reviews" help:"Learn from the messages of which reviewers said on the pages of cases what they show, too."`
	Name  string   `required:"" help:"What to call it: small letters, digits and hyphens, at most 40."`
	Deal  uint64   `default:"1" help:"Another number holds other authors out."`
}

// Help is the example.
func (modelTrainCommand) Help() string {
	return "A line is {\"text\":\"keep this between us\",\"lang\":\"en\",\"stage\":\"S4\",\"author\":\"a17\",\"conversation\":\"c4\"}; stage is one of S1 to S9 and T1 to T4,\n" +
		"several in a list, or \"none\". Nobody's messages are on both sides of a split: authors in one conversation stay together. A fifth is held out and measured.\n" +
		"A stage with fewer than 200 positives in a language, beside those held out, is not used there. The model is not in force until haris model use.\n\n" +
		"Example: haris model train judged.ndjson --from-reviews --name spring"
}

var modelName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Run learns, and keeps the model.
func (c modelTrainCommand) Run(r *run) error {
	if !modelName.MatchString(c.Name) || c.Name == pipeline.SeedModel || c.Name == pipeline.NoModel {
		return &usageError{fmt.Sprintf("--name %s: expected small letters, digits and hyphens, at most 40, and neither seed nor none", c.Name)}
	}
	if len(c.Files) == 0 && !c.Marks {
		return &usageError{"give a file of judged messages, or --from-reviews"}
	}
	return r.withCore(func(core *app.Core) error {
		list, err := r.examples(c.Files)
		if err != nil {
			return err
		}
		origin := make([]string, len(c.Files))
		for i, f := range c.Files {
			origin[i] = filepath.Base(f)
		}
		if c.Marks {
			marked, passed, err := core.Marked(r.ctx)
			if err != nil {
				return err
			}
			r.say("%d messages were marked by reviewers; %d marks cannot be used, because the message has no text.", len(marked), passed)
			list, origin = append(list, marked...), append(origin, "reviews")
		}
		bar := r.steps(-1, "learning")
		m, err := learn.Model(list, learn.Order{Name: c.Name, At: r.Now(), Origin: strings.Join(origin, ", "), Seed: c.Deal, Progress: bar.of})
		bar.end()
		if err != nil {
			return err
		}
		if m, err = core.Models().Add(m); err != nil {
			return err
		}
		if err := r.printModel(m); err != nil {
			return err
		}
		r.say("It is kept and not in force: haris model use %s", cmp.Or(c.Name, m.Digest()[:12]))
		return nil
	})
}
