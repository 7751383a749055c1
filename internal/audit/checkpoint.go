package audit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// What callers test for.
var (
	ErrCheckpoint = errors.New("audit: not a checkpoint of this log")
	ErrForked     = errors.New("audit: the log does not continue the checkpoint")
)

// origin is the first line of a checkpoint: it says of which kind of log the numbers speak.
const origin = "haris audit log"

// Checkpoint signs a head as a note (golang.org/x/mod/sumdb/note) of three lines: the origin, the size in decimal and the hash
// in base64. Who keeps one outside of the database can later prove that nothing before it was rewritten.
func Checkpoint(h Head, signer note.Signer) ([]byte, error) {
	msg, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", origin, h.Size, h.Hash)}, signer)
	if err != nil {
		return nil, fmt.Errorf("audit: sign a checkpoint: %w", err)
	}
	return msg, nil
}

// OpenCheckpoint reads a checkpoint and checks its signature against the verifier. ErrCheckpoint says what is wrong with it.
func OpenCheckpoint(msg []byte, verifier note.Verifier) (Head, error) {
	n, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != origin || lines[3] != "" {
		return Head{}, fmt.Errorf("%w: expected the lines %q, size and hash", ErrCheckpoint, origin)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Head{}, fmt.Errorf("%w: size %q", ErrCheckpoint, lines[1])
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Head{}, fmt.Errorf("%w: hash %q", ErrCheckpoint, lines[2])
	}
	return Head{size, hash}, nil
}

// Continues checks that the log with head now, whose stored hashes r reads, begins with the log of the head seen earlier. It
// reads a number of hashes that grows with the logarithm of the size, so that it can run at every start; Verify is the full
// check. ErrForked when it does not; any other error says that the hashes could not be read.
func Continues(seen, now Head, r tlog.HashReader) error {
	switch {
	case seen.Size > now.Size:
		return fmt.Errorf("%w: it counted %d entries, the log has %d", ErrForked, seen.Size, now.Size)
	case seen.Size == 0:
		return nil // every log begins empty
	}
	p, err := tlog.ProveTree(now.Size, seen.Size, r)
	if err != nil {
		return fmt.Errorf("audit: read the hashes of %d entries: %w", now.Size, err)
	}
	if err := tlog.CheckTree(p, now.Size, now.Hash, seen.Size, seen.Hash); err != nil {
		return fmt.Errorf("%w: over the first %d of %d entries: %w", ErrForked, seen.Size, now.Size, err)
	}
	return nil
}
