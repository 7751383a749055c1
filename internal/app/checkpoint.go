package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"haris/internal/audit"
	"haris/internal/store"
)

// The files of the checkpoints: the key that signs them, and what was signed, one JSON object a line, only ever added to.
const (
	auditKeyFile   = "audit.key"
	checkpointFile = "audit-checkpoints"
	auditKeyName   = "haris-audit"
)

// keptCheckpoint is one line of the file.
type keptCheckpoint struct {
	At   time.Time `json:"at"`
	Note string    `json:"note"`
}

// auditKey reads the key that signs checkpoints, and makes it once: the private and the public half, a line each.
func (c *Core) auditKey() (note.Signer, note.Verifier, error) {
	file := filepath.Join(c.Dir.Keys(), auditKeyFile)
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		private, public, err := note.GenerateKey(rand.Reader, auditKeyName)
		if err != nil {
			return nil, nil, fmt.Errorf("app: audit key: %w", err)
		}
		b = []byte(private + "\n" + public + "\n")
		if err := writeOnce(file, b); err != nil {
			return nil, nil, err
		}
	} else if err != nil {
		return nil, nil, fmt.Errorf("app: audit key: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) != 2 {
		return nil, nil, fmt.Errorf("app: %s: expected two lines, found %d; restore it from a backup", file, len(lines))
	}
	s, err := note.NewSigner(lines[0])
	if err != nil {
		return nil, nil, fmt.Errorf("app: %s: %w", file, err)
	}
	v, err := note.NewVerifier(lines[1])
	if err != nil {
		return nil, nil, fmt.Errorf("app: %s: %w", file, err)
	}
	return s, v, nil
}

// keepCheckpoint signs what the audit log is now and keeps it outside of the database, unless nothing was added since the last.
func (c *Core) keepCheckpoint(ctx context.Context) error {
	signer, verifier, err := c.auditKey()
	if err != nil {
		return err
	}
	var head audit.Head
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		head, _, err = tx.AuditSource().Head(ctx)
		return err
	})
	if errors.Is(err, audit.ErrNoHead) {
		return nil
	}
	if err != nil {
		return err
	}
	kept, end, err := c.checkpoints(verifier)
	if err != nil {
		return err
	}
	if n := len(kept); n > 0 && kept[n-1].Size == head.Size {
		return nil
	}
	msg, err := audit.Checkpoint(head, signer)
	if err != nil {
		return err
	}
	line, err := json.Marshal(keptCheckpoint{c.Options.Now().UTC(), string(msg)})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.checkpointFile(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("app: keep a checkpoint: %w", err)
	}
	if err = f.Truncate(end); err == nil { // what a crash cut off goes, so that it cannot spoil the next line
		_, err = f.WriteAt(append(line, '\n'), end)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("app: keep a checkpoint: %w", err)
	}
	return nil
}

func (c *Core) checkpointFile() string { return filepath.Join(string(c.Dir), checkpointFile) }

// checkpoints reads every checkpoint that was kept and checks its signature. A last line that a crash cut off is passed over; end
// is where the last whole line ends.
func (c *Core) checkpoints(v note.Verifier) (out []audit.Head, end int64, err error) {
	f, err := os.Open(c.checkpointFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("app: checkpoints: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return out, end, nil // the end, or a line that was never finished
		}
		end += int64(len(line))
		var k keptCheckpoint
		if err := json.Unmarshal(line, &k); err != nil {
			return nil, 0, fmt.Errorf("app: %s, line %d: %w", f.Name(), n, err)
		}
		h, err := audit.OpenCheckpoint([]byte(k.Note), v)
		if err != nil {
			return nil, 0, fmt.Errorf("app: %s, line %d: %w", f.Name(), n, err)
		}
		out = append(out, h)
	}
}

// Verification is what audit verify found.
type Verification struct {
	Entries     int64    `json:"entries"`
	Checkpoints int      `json:"checkpoints"`
	Faults      []string `json:"faults"`
}

// VerifyAudit verifies the whole audit log against itself and against every checkpoint that was kept. The error is only for what
// could not be read: then nothing is known.
func (c *Core) VerifyAudit(ctx context.Context) (Verification, error) {
	out := Verification{Faults: []string{}}
	_, verifier, err := c.auditKey()
	if err != nil {
		return out, err
	}
	kept, _, err := c.checkpoints(verifier)
	if errors.Is(err, audit.ErrCheckpoint) {
		out.Faults = append(out.Faults, err.Error())
	} else if err != nil {
		return out, err
	}
	out.Checkpoints = len(kept)
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		r, err := audit.Verify(ctx, tx.AuditSource())
		if err != nil {
			return err
		}
		out.Entries = r.Head.Size
		if r.Fault != nil {
			out.Faults = append(out.Faults, r.Fault.Words)
			return nil
		}
		hashes := tx.AuditHashes(ctx) // proved whole just now, so each checkpoint costs a few hashes only
		for _, h := range kept {
			switch err := audit.Continues(h, r.Head, hashes); {
			case errors.Is(err, audit.ErrForked):
				out.Faults = append(out.Faults, err.Error())
			case err != nil:
				return err
			}
		}
		return nil
	})
	return out, err
}
