package parcel

import (
	"archive/zip"
	"bytes"
	"crypto/md5" // for receivers that know nothing else; integrity rests on SHA-256
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Writer writes one parcel as a stream; nothing is held but the manifest. It is not safe for concurrent use.
type Writer struct {
	zip    *zip.Writer
	at     time.Time
	files  []File
	seen   map[string]bool
	open   *entry // the file being written
	closed bool
}

// entry is one file on its way into the zip.
type entry struct {
	io.Writer
	file File
	sha  hash.Hash
	md5  hash.Hash
	n    int64
}

// Write puts bytes into the file and its digests.
func (e *entry) Write(p []byte) (int, error) {
	n, err := e.Writer.Write(p)
	e.sha.Write(p[:n])
	e.md5.Write(p[:n])
	e.n += int64(n)
	return n, err
}

// NewWriter begins a parcel. at is the time that every file carries, so that nothing of the machine's clock gets into the bytes.
func NewWriter(w io.Writer, at time.Time) *Writer {
	return &Writer{zip: zip.NewWriter(w), at: at.UTC().Truncate(time.Second), seen: map[string]bool{}}
}

// Create begins a file and ends the one before. ErrPath when the path is taken, reserved or not portable; ErrClosed.
func (w *Writer) Create(path, kind, source string) (io.Writer, error) {
	if reserved(path) {
		return nil, fmt.Errorf("%w: %q is written by Close", ErrPath, path)
	}
	return w.create(path, kind, source)
}

func (w *Writer) create(path, kind, source string) (io.Writer, error) {
	switch {
	case w.closed:
		return nil, ErrClosed
	case !validPath(path):
		return nil, fmt.Errorf("%w: %q: expected parts of a-z, 0-9, dot, dash and underscore", ErrPath, path)
	case w.seen[path]:
		return nil, fmt.Errorf("%w: %q stands twice", ErrPath, path)
	}
	w.end()
	out, err := w.raw(path)
	if err != nil {
		return nil, err
	}
	w.seen[path] = true
	w.open = &entry{Writer: out, file: File{Path: path, Kind: kind, Source: source}, sha: sha256.New(), md5: md5.New()}
	return w.open, nil
}

// raw begins an entry of the zip. Nothing is compressed, so the bytes do not depend on the version of a compressor.
func (w *Writer) raw(path string) (io.Writer, error) {
	out, err := w.zip.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Store, Modified: w.at})
	if err != nil {
		return nil, fmt.Errorf("parcel: %s: %w", path, err)
	}
	return out, nil
}

// end enters the file that was being written into the manifest.
func (w *Writer) end() {
	if w.open == nil {
		return
	}
	f := w.open.file
	f.SHA256, f.MD5, f.Bytes = hex.EncodeToString(w.open.sha.Sum(nil)), hex.EncodeToString(w.open.md5.Sum(nil)), w.open.n
	w.files, w.open = append(w.files, f), nil
}

// Add writes a whole file.
func (w *Writer) Add(f File, body []byte) error {
	out, err := w.Create(f.Path, f.Kind, f.Source)
	if err != nil {
		return err
	}
	_, err = out.Write(body)
	return err
}

// Files returns the files that are finished, and finishes the one being written: an index that lists them can be written next.
func (w *Writer) Files() []File {
	w.end()
	return append([]File(nil), w.files...)
}

// Close writes the guide, the manifest and its signature, and ends the zip. The underlying writer is not closed.
func (w *Writer) Close(h Head, k Key) (Manifest, error) {
	out, err := w.create(GuideName, "guide", "")
	if err == nil {
		_, err = io.WriteString(out, guide(k.Public))
	}
	if err != nil {
		return Manifest{}, err
	}
	w.end()
	w.closed = true
	h.At = w.at
	m := Manifest{Format: Format, Head: h, Files: w.files}
	body, err := encode(m)
	if err != nil {
		return Manifest{}, err
	}
	sum := sha256.Sum256(body)
	sig, err := note.Sign(&note.Note{Text: statement(h.Kind, hex.EncodeToString(sum[:]), int64(len(body)))}, k.Signer)
	if err != nil {
		return Manifest{}, fmt.Errorf("parcel: sign: %w", err)
	}
	if err := errors.Join(w.last(ManifestName, body), w.last(SignatureName, sig), w.zip.Close()); err != nil {
		return Manifest{}, fmt.Errorf("parcel: close: %w", err)
	}
	return m, nil
}

// last writes one of the two files that the manifest cannot list.
func (w *Writer) last(name string, body []byte) error {
	out, err := w.raw(name)
	if err != nil {
		return err
	}
	_, err = out.Write(body)
	return err
}

// encode writes the manifest so that people can read it.
func encode(m Manifest) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("parcel: manifest: %w", err)
	}
	return b.Bytes(), nil
}
