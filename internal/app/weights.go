package app

import (
	"errors"
	"fmt"
	"io"
	"os"

	"haris/internal/config"
	"haris/internal/decide"
	"haris/internal/pipeline"
)

// maxWeights bounds a file of weights.
const maxWeights = 1 << 20

// LoadPolicy reads how what stands is weighed: the file of weights, or decide.Default without one.
func LoadPolicy(cfg config.Config) (decide.Policy, error) {
	if cfg.Rules.Weights == "" {
		return decide.Default(), nil
	}
	return ReadPolicy(cfg.Rules.Weights)
}

// ReadPolicy reads a file of weights.
func ReadPolicy(name string) (decide.Policy, error) {
	f, err := os.Open(name)
	if err != nil {
		return decide.Policy{}, fmt.Errorf("app: weights: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxWeights+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return decide.Policy{}, fmt.Errorf("app: weights: %w", err)
	}
	if len(text) > maxWeights {
		return decide.Policy{}, fmt.Errorf("app: %w: %s is longer than %d bytes", decide.ErrWeights, name, maxWeights)
	}
	var known []string
	for _, d := range pipeline.Detectors() {
		known = append(known, d.Info().Name)
	}
	p, err := decide.Read(text, known)
	if err != nil {
		return p, fmt.Errorf("app: %s: %w", name, err)
	}
	return p, nil
}
