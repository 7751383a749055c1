package exchange

import (
	"encoding/json"
	"fmt"
)

// Read reads a checkpoint of a version into v and reports whether it could be used; one that is empty, of another version or not
// readable leaves v alone, and the source begins again.
func (k CheckpointKind) Read(c Checkpoint, v any) bool {
	var head struct {
		Kind    string `json:"kind"`
		Version int    `json:"v"`
	}
	if len(c) == 0 || json.Unmarshal(c, &head) != nil || head.Kind != k.Kind || head.Version != k.Version {
		return false
	}
	var body struct {
		Body json.RawMessage `json:"at"`
	}
	return json.Unmarshal(c, &body) == nil && json.Unmarshal(body.Body, v) == nil
}

// CheckpointKind is whose checkpoints they are, and of which version.
type CheckpointKind struct {
	Kind    string
	Version int
}

// Write writes a checkpoint.
func (k CheckpointKind) Write(v any) (Checkpoint, error) {
	out, err := json.Marshal(struct {
		Kind    string `json:"kind"`
		Version int    `json:"v"`
		Body    any    `json:"at"`
	}{k.Kind, k.Version, v})
	if err != nil {
		return nil, fmt.Errorf("exchange: checkpoint: %w", err)
	}
	return out, nil
}
