package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"haris/internal/config"
	"haris/internal/decide"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/rulebook"
	"haris/internal/store"
)

// Book is what people do with the rule book. published is called after a version was published; it may be nil.
func (c *Core) Book(published func(context.Context)) *rulebook.Service {
	return &rulebook.Service{
		Write: func(ctx context.Context, f func(rulebook.Tx) error) error {
			return c.DB.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Read: func(ctx context.Context, f func(rulebook.Tx) error) error {
			return c.DB.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Now: c.Options.Now, Files: func() (rulebook.Text, error) { return RuleText(c.Config) }, Detectors: detectorNames(), Open: c.Config.Rules.Book(),
		Published: published,
	}
}

// RuleText reads the files of the installation: the packs of rules.dir or those inside the program, and the weights of rules.weights, or else of
// weights.yaml in rules.dir.
func RuleText(cfg config.Config) (rulebook.Text, error) {
	t, err := ReadRules(RuleFiles(cfg))
	if err != nil || cfg.Rules.Weights == "" {
		return t, err
	}
	b, err := readWeights(cfg.Rules.Weights)
	t.Weights = string(b)
	return t, err
}

func detectorNames() (out []string) {
	for _, d := range pipeline.Detectors() {
		out = append(out, d.Info().Name)
	}
	return out
}

// Judge checks a text, compiles it and runs its test vectors.
func Judge(t rulebook.Text) rulebook.Judgement { return rulebook.Judge(t, detectorNames()) }

// InForce is what judges.
type InForce struct {
	Rules  *rule.Set
	Policy decide.Policy
	// Version is its number in the rule book; 0 says that these are the files of the installation.
	Version int64
	// Behind says why a version that was published later is not in force; nil when this is the newest.
	Behind error
}

// mostTried bounds how many published versions are tried at a start, the newest first.
const mostTried = 20

// InForce returns the newest published version of the rule book that this program can run, or else the files of the installation. A version can
// be more than an older program understands: then Behind says so.
func (c *Core) InForce(ctx context.Context) (InForce, error) {
	var behind error
	if c.Config.Rules.Book() {
		book := c.Book(nil)
		list, err := book.List(ctx, rulebook.Filter{State: rulebook.Published, Limit: mostTried})
		if err != nil {
			return InForce{}, err
		}
		for i := range list {
			f, err := c.version(ctx, book, list[i].N)
			if err == nil {
				f.Behind = behind
				return f, nil
			}
			behind = errors.Join(behind, err)
		}
	}
	set, err := LoadRules(c.Config)
	if err != nil {
		return InForce{}, err
	}
	policy, err := LoadPolicy(c.Config)
	return InForce{Rules: set, Policy: policy, Behind: behind}, err
}

// Version compiles one version of the rule book; 0 is the files of the installation. rulebook.ErrNotFound, rulebook.ErrFaulty.
func (c *Core) Version(ctx context.Context, n int64) (InForce, error) {
	return c.version(ctx, c.Book(nil), n)
}

func (c *Core) version(ctx context.Context, book *rulebook.Service, n int64) (InForce, error) {
	_, t, err := book.Get(ctx, n)
	if err != nil {
		return InForce{}, err
	}
	j := rulebook.Judge(t, book.Detectors)
	if err := j.Err(); err != nil {
		return InForce{}, fmt.Errorf("version %d of the rule book: %w", n, err)
	}
	return InForce{Rules: j.Rules, Policy: j.Policy, Version: n}, nil
}

// ReadRules reads a directory of packs, with the weights beside them in weights.yaml when there are any. rule.ErrNoPacks.
func ReadRules(dir fs.FS) (t rulebook.Text, err error) {
	list, err := rule.Sources(dir)
	for _, f := range list {
		if f.Name == rulebook.WeightsFile {
			t.Weights = f.Text
		} else {
			t.Packs = append(t.Packs, f)
		}
	}
	if err == nil && len(t.Packs) == 0 {
		err = rule.ErrNoPacks
	}
	return t, err
}
