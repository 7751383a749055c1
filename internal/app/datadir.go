package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Dir is a data directory.
type Dir string

// The files of a data directory.
const (
	DatabaseFile = "haris.db"
	evidenceDir  = "evidence"
	keyDir       = "keys"
	shareKeyFile = "share.key"
	signInFile   = "sign-in.key"
	pdqIndexFile = "pdq.index"
	spoolDir     = "spool"
	lockFile     = "lock"
)

// ErrOwned says that another process works on the data directory.
var ErrOwned = errors.New("app: another haris works on this data directory")

// Database is the file of the embedded database.
func (d Dir) Database() string { return filepath.Join(string(d), DatabaseFile) }

// PDQIndex is the file that keeps the index of PDQ hashes over a restart. It can be deleted: it is made anew from the database.
func (d Dir) PDQIndex() string { return filepath.Join(string(d), pdqIndexFile) }

// Spool is the directory in which files stand that are being read; nothing in it is worth keeping.
func (d Dir) Spool() string { return filepath.Join(string(d), spoolDir) }

// Evidence is the directory of the sealed files.
func (d Dir) Evidence() string { return filepath.Join(string(d), evidenceDir) }

// Keys is the directory of the keys.
func (d Dir) Keys() string { return filepath.Join(string(d), keyDir) }

// Exists reports whether something was ever stored here.
func (d Dir) Exists() bool {
	_, err := os.Stat(d.Keys())
	return err == nil
}

// prepare makes the directory, readable by its owner alone.
func (d Dir) prepare() error {
	if err := os.MkdirAll(d.Keys(), 0o700); err != nil {
		return fmt.Errorf("app: data directory: %w", err)
	}
	if err := os.Chmod(string(d), 0o700); err != nil {
		return fmt.Errorf("app: data directory: %w", err)
	}
	return nil
}

// lock takes the directory for this process alone; the lock ends with the process, however it ends. ErrOwned.
func (d Dir) lock() (release func() error, err error) {
	f, err := os.OpenFile(filepath.Join(string(d), lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("app: lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		err = errors.Join(err, f.Close())
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s: stop it first, or give --data-dir another directory", ErrOwned, d)
		}
		return nil, fmt.Errorf("app: lock: %w", err)
	}
	return f.Close, nil
}

// shareKey is the key of the hashes of what accounts share.
func (d Dir) shareKey() ([]byte, error) { return d.randomKey(shareKeyFile) }

// signInKey seals the secrets of second factors.
func (d Dir) signInKey() ([]byte, error) { return d.randomKey(signInFile) }

// randomKey reads a key of 32 random bytes, and makes it once.
func (d Dir) randomKey(name string) ([]byte, error) {
	file := filepath.Join(d.Keys(), name)
	b, err := os.ReadFile(file)
	if err == nil && len(b) < 32 {
		return nil, fmt.Errorf("app: %s is cut off: expected 32 bytes, found %d; restore it from a backup", file, len(b))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	b = make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	return b, writeOnce(file, b)
}

// writeOnce writes a new file whole, or not at all.
func writeOnce(file string, b []byte) (err error) {
	tmp := file + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("app: write %s: %w", file, err)
	}
	return os.Rename(tmp, file)
}
