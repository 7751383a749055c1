// Package evidencetest has what tests of evidence share: blobs in memory, which can be changed behind the vault's back, and the
// conformance suite that every implementation of evidence.Blobs must pass. Only tests call it.
package evidencetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"haris/internal/evidence"
)

// Memory keeps blobs in memory. The zero value is ready; safe for concurrent use.
type Memory struct {
	mu    sync.Mutex
	blobs map[string][]byte
	at    map[string]time.Time
	// Now gives the time of a Put; nil means the zero time.
	Now func() time.Time
	// Broken, when not nil, is what every read of a blob's bytes fails with.
	Broken error
	// Stuck, when not nil, is what every Delete fails with.
	Stuck error
}

var _ evidence.Blobs = (*Memory)(nil)

// Put implements evidence.Blobs.
func (m *Memory) Put(ctx context.Context, r io.Reader) (evidence.BlobInfo, error) {
	b, err := io.ReadAll(r)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return evidence.BlobInfo{}, fmt.Errorf("evidencetest: put: %w", err)
	}
	sum := sha256.Sum256(b)
	name := hex.EncodeToString(sum[:])
	m.Set(name, b)
	return m.info(name, len(b)), nil
}

// Set stores bytes under a name that need not be their digest: how a test damages a blob.
func (m *Memory) Set(name string, b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.blobs == nil {
		m.blobs, m.at = map[string][]byte{}, map[string]time.Time{}
	}
	m.blobs[name] = bytes.Clone(b)
	if m.Now != nil {
		m.at[name] = m.Now()
	}
}

func (m *Memory) info(name string, size int) evidence.BlobInfo {
	m.mu.Lock()
	defer m.mu.Unlock()
	return evidence.BlobInfo{Name: name, Size: int64(size), At: m.at[name]}
}

// Get implements evidence.Blobs.
func (m *Memory) Get(_ context.Context, name string) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.blobs[name]
	if !ok {
		return nil, fmt.Errorf("evidencetest: get %q: %w", name, evidence.ErrNoBlob)
	}
	if m.Broken != nil {
		return io.NopCloser(io.MultiReader(bytes.NewReader(b[:len(b)/2]), failing{m.Broken})), nil
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// Has implements evidence.Blobs.
func (m *Memory) Has(_ context.Context, name string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.blobs[name]
	return ok, nil
}

// Delete implements evidence.Blobs.
func (m *Memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Stuck != nil {
		return m.Stuck
	}
	delete(m.blobs, name)
	return nil
}

// List implements evidence.Blobs.
func (m *Memory) List(ctx context.Context, f func(evidence.BlobInfo) error) error {
	m.mu.Lock()
	blobs := maps.Clone(m.blobs)
	m.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(blobs)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f(m.info(name, len(blobs[name]))); err != nil {
			return err
		}
	}
	return nil
}

// Tidy implements evidence.Blobs: nothing is ever left behind in memory.
func (m *Memory) Tidy(context.Context, time.Time) (int, error) { return 0, nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
