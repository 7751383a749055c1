package partner

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Spool is a directory of batches that wait to be put into the log by whichever process owns it.
type Spool struct{ dir string }

// NewSpool returns the spool of a directory, which is made when the first batch comes.
func NewSpool(dir string) Spool { return Spool{dir} }

const spoolEnding = ".json"

// Add writes a batch, whole or not at all. A batch that waits already is not written twice.
func (s Spool) Add(b Batch) error {
	body, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("partner: %w", err)
	}
	sum := sha256.Sum256(body)
	name := filepath.Join(s.dir, fmt.Sprintf("%020d-%s%s", b.Issued.UnixNano(), hex.EncodeToString(sum[:8]), spoolEnding))
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("partner: %w", err)
	}
	f, err := os.CreateTemp(s.dir, ".batch-*")
	if err != nil {
		return fmt.Errorf("partner: %w", err)
	}
	_, err = f.Write(body)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("partner: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// Each calls take for every batch that waits, in the order in which they were issued, and removes it when take has returned nil.
func (s Spool) Each(take func(Batch) error) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("partner: %w", err)
	}
	for _, e := range entries { // by name
		name := filepath.Join(s.dir, e.Name())
		if strings.HasPrefix(e.Name(), ".") || !strings.HasSuffix(e.Name(), spoolEnding) {
			continue
		}
		body, err := os.ReadFile(name) //nolint:gosec // of our own directory
		if err != nil {
			return fmt.Errorf("partner: %w", err)
		}
		var b Batch
		if err := json.Unmarshal(body, &b); err != nil {
			return fmt.Errorf("partner: %s: %w", name, err)
		}
		if err := take(b); err != nil {
			return err
		}
		if err := os.Remove(name); err != nil {
			return fmt.Errorf("partner: %w", err)
		}
	}
	return nil
}
