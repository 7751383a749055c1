package parcel

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/md5" // as the manifest has it
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Fault is one thing that is wrong with a parcel. Path is empty when it is about the parcel as a whole.
type Fault struct {
	Path  string `json:"path,omitempty"`
	Words string `json:"fault"`
}

// Result is what a verification found; the parcel is what was signed when there is no fault.
type Result struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	Key   string `json:"key"`
	Given bool   `json:"key_given"` // false: the key is the parcel's own, which proves that it is whole and not who made it
	Files int    `json:"files"`
	Bytes int64  `json:"bytes"`
	// Items and Entries count the chains of custody and the audit entries that were checked.
	Items   int     `json:"custody_items"`
	Entries int     `json:"audit_entries"`
	Faults  []Fault `json:"faults"`
}

// Options of Verify.
type Options struct {
	// Key is the public key that the provider has given by another way; empty takes the one in the parcel.
	Key string
}

// The bounds of what is read whole.
const (
	maxManifest = 64 << 20
	maxSmall    = 64 << 10
)

// Verify checks a parcel: its signature, its manifest, every digest, the continuity of custody, the proofs of its audit entries,
// and that nothing is missing or added. The error is only for what could not be read: then nothing is known.
func Verify(ctx context.Context, r io.ReaderAt, size int64, o Options) (Result, error) {
	v := &verifier{ctx: ctx, out: Result{Key: o.Key, Given: o.Key != "", Faults: []Fault{}}, entries: map[string]*zip.File{}}
	z, err := zip.NewReader(r, size)
	if err != nil {
		if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
			v.fault("", "it is not a zip file, or it was cut short (an encrypted parcel is decrypted with age first)")
			return v.out, nil
		}
		return v.out, fmt.Errorf("parcel: read: %w", err)
	}
	v.list(z)
	if v.manifest() {
		if err := v.files(); err != nil {
			return v.out, err
		}
		v.chains()
	}
	if len(v.out.Faults) == 0 {
		if err := v.layout(r, size, z); err != nil {
			return v.out, err
		}
	}
	return v.out, nil
}

// verifier is one verification.
type verifier struct {
	ctx      context.Context
	out      Result
	entries  map[string]*zip.File
	m        Manifest
	verifier note.Verifier
	small    map[string][]byte // the files that are looked into, by path
}

func (v *verifier) fault(path, format string, args ...any) {
	v.out.Faults = append(v.out.Faults, Fault{path, fmt.Sprintf(format, args...)})
}

// list takes the entries of the zip.
func (v *verifier) list(z *zip.Reader) {
	for _, f := range z.File {
		if v.entries[f.Name] != nil {
			v.fault(f.Name, "stands twice")
			continue
		}
		v.entries[f.Name] = f
	}
}

// small reads a file whole, up to a limit. It reports what is wrong as a fault and returns nil then.
func (v *verifier) read(path string, limit int64) []byte {
	f := v.entries[path]
	if f == nil {
		v.fault(path, "is missing")
		return nil
	}
	body, err := f.Open()
	if err != nil {
		v.fault(path, "cannot be read: %v", err)
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(body, limit+1))
	switch err := errors.Join(err, body.Close()); {
	case err != nil:
		v.fault(path, "cannot be read: %v", err)
		return nil
	case int64(len(b)) > limit:
		v.fault(path, "is longer than %d bytes", limit)
		return nil
	}
	return b
}

// manifest checks the signature and reads the manifest; false when there is none to go by.
func (v *verifier) manifest() bool {
	body, sig := v.read(ManifestName, maxManifest), v.read(SignatureName, maxSmall)
	if v.out.Key == "" {
		v.out.Key = publicKey(v.entries[GuideName])
	}
	if body == nil {
		return false
	}
	v.signature(body, sig)
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&v.m); err != nil || v.m.Format != Format {
		v.fault(ManifestName, "is not a manifest of the form %q", Format)
		return false
	}
	v.out.Kind, v.out.ID, v.out.Files = v.m.Kind, v.m.ID, len(v.m.Files)
	return true
}

func (v *verifier) signature(body, sig []byte) {
	var err error
	if v.verifier, err = note.NewVerifier(v.out.Key); err != nil {
		v.fault(SignatureName, "no public key to check it with: %q is none", v.out.Key)
		return
	}
	if sig == nil {
		return
	}
	n, err := note.Open(sig, note.VerifierList(v.verifier))
	if err != nil {
		v.fault(SignatureName, "the signature is not of the key %s", v.out.Key)
		return
	}
	lines := strings.Split(n.Text, "\n")
	sum := sha256.Sum256(body)
	if len(lines) != 5 || n.Text != statement(lines[1], hex.EncodeToString(sum[:]), int64(len(body))) {
		v.fault(ManifestName, "is not the one that was signed")
		return
	}
	var h Head
	if json.Unmarshal(body, &h) != nil || h.Kind != lines[1] {
		v.fault(ManifestName, "is of another kind than what was signed")
	}
}

// publicKey finds the key in the guide; empty when there is none.
func publicKey(f *zip.File) string {
	if f == nil {
		return ""
	}
	r, err := f.Open()
	if err != nil {
		return ""
	}
	b, err := io.ReadAll(io.LimitReader(r, maxSmall))
	if errors.Join(err, r.Close()) != nil {
		return ""
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		key := strings.TrimSpace(line)
		if _, err := note.NewVerifier(key); err == nil {
			return key
		}
	}
	return ""
}

// files compares every file with the manifest.
func (v *verifier) files() error {
	v.small = map[string][]byte{}
	listed := map[string]bool{ManifestName: true, SignatureName: true}
	for _, f := range v.m.Files {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if listed[f.Path] || !validPath(f.Path) {
			v.fault(f.Path, "stands in the manifest twice, or is no path")
			continue
		}
		listed[f.Path] = true
		z := v.entries[f.Path]
		if z == nil {
			v.fault(f.Path, "is missing")
			continue
		}
		v.file(f, z)
	}
	var extra []string
	for name := range v.entries {
		if !listed[name] {
			extra = append(extra, name)
		}
	}
	slices.Sort(extra)
	for _, name := range extra {
		v.fault(name, "is not in the manifest: it was added")
	}
	return nil
}

// file reads one file to its end.
func (v *verifier) file(f File, z *zip.File) {
	body, err := z.Open()
	if err != nil {
		v.fault(f.Path, "cannot be read: %v", err)
		return
	}
	sha, md := sha256.New(), md5.New()
	to := io.MultiWriter(sha, md)
	var keep bytes.Buffer
	if looked(f.Path) && f.Bytes <= maxManifest {
		to = io.MultiWriter(to, &keep)
	}
	n, err := io.Copy(to, body)
	err = errors.Join(err, body.Close())
	v.out.Bytes += n
	switch {
	case errors.Is(err, zip.ErrChecksum) || err == nil && (n != f.Bytes || hex.EncodeToString(sha.Sum(nil)) != f.SHA256 || hex.EncodeToString(md.Sum(nil)) != f.MD5):
		v.fault(f.Path, "was changed: it is not what the manifest lists")
	case err != nil:
		v.fault(f.Path, "cannot be read: %v", err)
	case looked(f.Path):
		v.small[f.Path] = keep.Bytes()
	}
}

// looked reports the files whose contents are checked as well.
func looked(path string) bool {
	return path == CustodyName || path == AuditName || path == CheckpointName
}

// layout writes the zip again from what was read and compares every byte, so that nothing can hide between the files.
func (v *verifier) layout(r io.ReaderAt, size int64, z *zip.Reader) error {
	same := &comparer{r: io.NewSectionReader(r, 0, size)}
	w := &Writer{zip: zip.NewWriter(same), at: v.m.At}
	for _, f := range z.File {
		out, err := w.raw(f.Name)
		if err != nil {
			return err
		}
		in, err := f.Open()
		if err != nil {
			return fmt.Errorf("parcel: %s: %w", f.Name, err)
		}
		_, err = io.Copy(out, in)
		if err := errors.Join(err, in.Close()); err != nil {
			return v.differs(same, err)
		}
	}
	if err := w.zip.Close(); err != nil || same.n != size {
		return v.differs(same, err)
	}
	return v.differs(same, nil)
}

// differs turns the end of a comparison into a fault or an error.
func (v *verifier) differs(c *comparer, err error) error {
	if c.err != nil {
		return fmt.Errorf("parcel: read: %w", c.err)
	}
	if end, e := c.r.Seek(0, io.SeekEnd); c.other || errors.Is(err, errDiffers) || e == nil && end != c.n {
		v.fault("", "the zip holds bytes that belong to no file")
		return nil
	}
	return err
}

var errDiffers = errors.New("parcel: other bytes")

// comparer compares what is written with what it reads.
type comparer struct {
	r     *io.SectionReader
	n     int64
	other bool
	err   error
}

// Write fails at the first byte that differs.
func (c *comparer) Write(p []byte) (int, error) {
	b := make([]byte, len(p))
	n, err := c.r.ReadAt(b, c.n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
		return 0, err
	}
	if n != len(p) || !bytes.Equal(b, p) {
		c.other = true
		return 0, errDiffers
	}
	c.n += int64(n)
	return n, nil
}
