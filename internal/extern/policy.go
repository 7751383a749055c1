package extern

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"haris/internal/taxonomy"
)

// ErrPolicy is wrapped by every fault of a policy.
var ErrPolicy = errors.New("external policy")

// Bounds of a policy.
const (
	maxPolicy     = 64 << 10
	maxDefinition = 1000
	maxExamples   = 12
	maxExample    = 300
)

// Stage is what the policy says of one stage.
type Stage struct {
	Name       string
	Definition string
	Examples   []string // messages that show it: plain ones
	Not        []string // what looks like it and is not
}

// Policy is the written policy: which stages a model is asked about, and what each means. A model that only scores is told their names alone.
type Policy struct {
	Name   string
	Stages []Stage // in the order of taxonomy.Stages
	Digest string  // SHA-256 of the text, hexadecimal
}

// Names lists the stages.
func (p *Policy) Names() []string {
	out := make([]string, len(p.Stages))
	for i := range p.Stages {
		out[i] = p.Stages[i].Name
	}
	return out
}

//go:embed policy.yaml
var standard []byte

// Standard is the text of the policy inside the program.
func Standard() []byte { return slices.Clone(standard) }

// LoadPolicy reads a file; the policy inside the program when path is empty.
func LoadPolicy(path string) (p Policy, err error) {
	if path == "" {
		return ReadPolicy(standard)
	}
	f, err := os.Open(path)
	if err != nil {
		return p, fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxPolicy+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return p, fmt.Errorf("%w: %w", ErrPolicy, err)
	}
	return ReadPolicy(text)
}

// written is a policy as it is written.
type written struct {
	Policy string `yaml:"policy"`
	Stages map[string]struct {
		Definition string   `yaml:"definition"`
		Examples   []string `yaml:"examples"`
		Not        []string `yaml:"not"`
	} `yaml:"stages"`
}

// ReadPolicy reads a policy. The error names everything that is wrong.
func ReadPolicy(text []byte) (Policy, error) {
	if len(text) > maxPolicy {
		return Policy{}, fmt.Errorf("%w: longer than %d bytes", ErrPolicy, maxPolicy)
	}
	var w written
	if err := yaml.UnmarshalWithOptions(text, &w, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		return Policy{}, fmt.Errorf("%w: %s", ErrPolicy, strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	var wrong []error
	bad := func(where, want string) {
		wrong = append(wrong, fmt.Errorf("%w: %s: expected %s", ErrPolicy, where, want))
	}
	if w.Policy == "" || len(w.Policy) > 80 {
		bad("policy", "a name of 1 to 80 bytes")
	}
	if len(w.Stages) == 0 {
		bad("stages", "at least one of "+strings.Join(taxonomy.Stages(), ", "))
	}
	sum := sha256.Sum256(text)
	p := Policy{Name: w.Policy, Digest: hex.EncodeToString(sum[:])}
	for _, name := range slices.Sorted(maps.Keys(w.Stages)) {
		if !slices.Contains(taxonomy.Stages(), name) {
			bad("stages."+name, "one of "+strings.Join(taxonomy.Stages(), ", "))
		}
	}
	for _, name := range taxonomy.Stages() {
		s, ok := w.Stages[name]
		if !ok {
			continue
		}
		if s.Definition == "" || len(s.Definition) > maxDefinition {
			bad("stages."+name+".definition", fmt.Sprintf("a text of 1 to %d bytes", maxDefinition))
		}
		for _, list := range [][]string{s.Examples, s.Not} {
			long := func(e string) bool { return e == "" || len(e) > maxExample }
			if len(list) > maxExamples || slices.ContainsFunc(list, long) {
				bad("stages."+name, fmt.Sprintf("at most %d examples, and as many of what is not, of 1 to %d bytes each", maxExamples, maxExample))
			}
		}
		p.Stages = append(p.Stages, Stage{Name: name, Definition: s.Definition, Examples: s.Examples, Not: s.Not})
	}
	return p, errors.Join(wrong...)
}
