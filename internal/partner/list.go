package partner

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"github.com/goccy/go-yaml"
)

// Partner is a provider whose signals are taken.
type Partner struct {
	Name string
	Key  ed25519.PublicKey
}

// Load reads the file that names the partners:
//
//	partners:
//	- name: example
//	  key: base64 of the Ed25519 public key
//
// An empty path names none.
func Load(path string) ([]Partner, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path) //nolint:gosec // the operator's own file
	if err != nil {
		return nil, fmt.Errorf("partner: %w", err)
	}
	var file struct {
		Partners []struct {
			Name string `yaml:"name"`
			Key  string `yaml:"key"`
		} `yaml:"partners"`
	}
	if err := yaml.UnmarshalWithOptions(b, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("partner: %s: %w", path, err)
	}
	var out []Partner
	var wrong []error
	seen := map[string]bool{}
	for i, p := range file.Partners {
		key, err := base64.StdEncoding.DecodeString(p.Key)
		switch {
		case p.Name == "" || len(p.Name) > maxID || seen[p.Name]:
			wrong = append(wrong, fmt.Errorf("partner: %s: partner %d, name: expected 1 to 128 bytes that no other partner has", path, i+1))
		case err != nil || len(key) != ed25519.PublicKeySize:
			wrong = append(wrong, fmt.Errorf("partner: %s: partner %d (%s), key: expected the base64 of an Ed25519 public key of 32 bytes", path, i+1, p.Name))
		}
		seen[p.Name] = true
		out = append(out, Partner{p.Name, key})
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return out, nil
}
