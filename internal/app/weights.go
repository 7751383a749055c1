package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"haris/internal/config"
	"haris/internal/decide"
	"haris/internal/rulebook"
)

// maxWeights bounds a file of weights.
const maxWeights = 1 << 20

// LoadPolicy reads how what stands is weighed: the file of weights, or decide.Default without one.
func LoadPolicy(cfg config.Config) (decide.Policy, error) {
	if cfg.Rules.Weights != "" {
		return ReadPolicy(cfg.Rules.Weights)
	}
	t, err := RuleText(cfg)
	if err != nil || t.Weights == "" {
		return decide.Default(), err
	}
	return readPolicy(filepath.Join(cfg.Rules.Dir, rulebook.WeightsFile), []byte(t.Weights))
}

// ReadPolicy reads a file of weights.
func ReadPolicy(name string) (decide.Policy, error) {
	text, err := readWeights(name)
	if err != nil {
		return decide.Policy{}, err
	}
	return readPolicy(name, text)
}

func readPolicy(name string, text []byte) (decide.Policy, error) {
	p, err := decide.Read(text, detectorNames())
	if err != nil {
		return p, fmt.Errorf("app: %s: %w", name, err)
	}
	return p, nil
}

func readWeights(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("app: weights: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxWeights+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("app: weights: %w", err)
	}
	if len(text) > maxWeights {
		return nil, fmt.Errorf("app: %w: %s is longer than %d bytes", decide.ErrWeights, name, maxWeights)
	}
	return text, nil
}
