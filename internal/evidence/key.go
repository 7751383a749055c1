package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// WorkingKey is the key of the installation, to which the keys of cases are wrapped. Losing it loses all evidence that is not
// escrowed; anyone who has it and the database can read all evidence.
type WorkingKey struct{ id *age.X25519Identity }

// GenerateWorkingKey makes a key that is not stored anywhere.
func GenerateWorkingKey() (WorkingKey, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return WorkingKey{}, fmt.Errorf("evidence: make working key: %w", err)
	}
	return WorkingKey{id}, nil
}

// Public returns the public half, "age1…".
func (k WorkingKey) Public() string { return k.id.Recipient().String() }

// KeyFile returns where the working key is kept in a data directory.
func KeyFile(dataDir string) string { return filepath.Join(dataDir, "keys", "evidence.txt") }

// LoadWorkingKey reads the key file. It fails when others than the owner can read the file, and with fs.ErrNotExist when there
// is none.
func LoadWorkingKey(file string) (WorkingKey, error) {
	st, err := os.Stat(file)
	if err != nil {
		return WorkingKey{}, fmt.Errorf("evidence: working key: %w", err)
	}
	if st.Mode().Perm()&0o077 != 0 {
		return WorkingKey{}, fmt.Errorf("evidence: working key %s can be read by others (mode %04o): chmod 600 it", file, st.Mode().Perm())
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return WorkingKey{}, fmt.Errorf("evidence: working key: %w", err)
	}
	return parseWorkingKey(file, b)
}

func parseWorkingKey(file string, b []byte) (WorkingKey, error) {
	ids, err := age.ParseIdentities(bytes.NewReader(b))
	if err != nil {
		return WorkingKey{}, fmt.Errorf("evidence: working key %s: expected one line AGE-SECRET-KEY-1…: %w", file, err)
	}
	id, ok := ids[0].(*age.X25519Identity)
	if len(ids) != 1 || !ok {
		return WorkingKey{}, fmt.Errorf("evidence: working key %s: expected exactly one X25519 key", file)
	}
	return WorkingKey{id}, nil
}

// LoadOrCreateWorkingKey reads the key file, or makes it once when there is none. Processes that race end with the same key.
func LoadOrCreateWorkingKey(file string) (WorkingKey, error) {
	k, err := LoadWorkingKey(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if k, err = GenerateWorkingKey(); err != nil {
		return WorkingKey{}, err
	}
	switch err := createOnce(file, k.fileText()); {
	case errors.Is(err, fs.ErrExist):
		return LoadWorkingKey(file)
	case err != nil:
		return WorkingKey{}, fmt.Errorf("evidence: create working key: %w", err)
	}
	return k, nil
}

func (k WorkingKey) fileText() string {
	return "# The working key of haris's evidence vault. Keep a copy in a safe place: without it sealed evidence cannot be read.\n" +
		"# public key: " + k.Public() + "\n" + k.id.String() + "\n"
}

// createOnce writes a file that is either whole or not there; fs.ErrExist when another one was first.
func createOnce(file, text string) (err error) {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	t, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gone(os.Remove(t.Name()))) }()
	_, err = io.WriteString(t, text)
	if err := errors.Join(err, finish(t, err == nil)); err != nil {
		return err
	}
	if err := os.Link(t.Name(), file); err != nil {
		return err
	}
	return syncDir(dir)
}

// ParseEscrow reads the public key of an offline escrow, "age1…". Empty text means no escrow and gives nil.
func ParseEscrow(s string) (age.Recipient, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	list, err := age.ParseRecipients(strings.NewReader(s))
	if err != nil {
		return nil, fmt.Errorf("evidence: escrow key: expected one age1… public key: %w", err)
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("evidence: escrow key: expected one age1… public key, got %d", len(list))
	}
	return list[0], nil
}

// newCaseKey makes the key of a case, wrapped to the working key and, when there is one, to the escrow.
func newCaseKey(caseID string, working WorkingKey, escrow age.Recipient) (Key, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return Key{}, fmt.Errorf("evidence: make case key: %w", err)
	}
	k := Key{Case: caseID, Recipient: id.Recipient().String(), Working: working.Public()}
	if k.Wrapped, err = wrap(id, working.id.Recipient()); err != nil {
		return Key{}, err
	}
	if escrow != nil {
		if k.Escrow, err = wrap(id, escrow); err != nil {
			return Key{}, err
		}
	}
	return k, nil
}

func wrap(id *age.X25519Identity, to age.Recipient) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		return nil, fmt.Errorf("evidence: wrap case key: %w", err)
	}
	if _, err := io.WriteString(w, id.String()); err != nil {
		return nil, fmt.Errorf("evidence: wrap case key: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("evidence: wrap case key: %w", err)
	}
	return b.Bytes(), nil
}

// unwrap returns the secret key of a case. ErrDestroyed; ErrWrongKey with both public keys.
func unwrap(k Key, working WorkingKey) (*age.X25519Identity, error) {
	if k.Destroyed() {
		return nil, fmt.Errorf("%w: case %s", ErrDestroyed, k.Case)
	}
	if k.Working != working.Public() {
		return nil, fmt.Errorf("%w: case %s needs the key whose public half is %s, this installation has %s: restore the file keys/evidence.txt",
			ErrWrongKey, k.Case, k.Working, working.Public())
	}
	r, err := age.Decrypt(bytes.NewReader(k.Wrapped), working.id)
	if err != nil {
		return nil, fmt.Errorf("evidence: unwrap key of case %s: %w", k.Case, err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("evidence: unwrap key of case %s: %w", k.Case, err)
	}
	id, err := age.ParseX25519Identity(string(text))
	if err != nil {
		return nil, fmt.Errorf("evidence: unwrap key of case %s: %w", k.Case, err)
	}
	if id.Recipient().String() != k.Recipient {
		return nil, fmt.Errorf("%w: the wrapped key of case %s is not its own", ErrTampered, k.Case)
	}
	return id, nil
}
