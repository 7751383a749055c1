// Package parcel is the noun "parcel": a zip file that leaves the installation and can be checked by whoever holds it, without
// the server. It holds files, a manifest with the digests of each, and a signature over the manifest by the key that signs the
// checkpoints of the audit log. Equal contents give equal bytes. The production for a legal process, the certificate of a
// deletion and a handover to another authority are parcels; what stands in them is decided by the packages that write them.
package parcel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Format names the layout that this package writes.
const Format = "haris parcel 1"

// The names that every parcel has. The manifest lists every file but itself and its signature.
const (
	ManifestName  = "manifest.json"
	SignatureName = "manifest.sig"
	GuideName     = "VERIFY.txt" // how to check the parcel, and with which key
	// CustodyName, AuditName and CheckpointName are files that a parcel may have; Verify reads them when they are there.
	CustodyName    = "custody.ndjson"
	AuditName      = "audit.ndjson"
	CheckpointName = "audit-checkpoint.txt"
)

// File is one line of the manifest.
type File struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"` // lower-case hex
	MD5    string `json:"md5"`    // for systems that know nothing else; integrity rests on SHA-256
	Bytes  int64  `json:"bytes"`
	Kind   string `json:"kind"`             // what the file is, in a word of the package that wrote it
	Source string `json:"source,omitempty"` // where it comes from: "evidence/<item>", "log 12 to 90", …
}

// Head is what the manifest says besides the files.
type Head struct {
	Kind  string          `json:"kind"` // production, deletion, handover
	ID    string          `json:"id"`   // of the process, case or report that it is about
	At    time.Time       `json:"at"`   // as of when; every file of the zip carries it too
	About json.RawMessage `json:"about,omitempty"`
}

// Manifest is the list of everything in a parcel.
type Manifest struct {
	Format string `json:"format"`
	Head
	Files []File `json:"files"`
}

// Key signs parcels. Public is the text with which a signature is checked, as note.NewVerifier reads it.
type Key struct {
	Signer note.Signer
	Public string
}

// What callers test for.
var (
	ErrPath   = errors.New("parcel: not a path of a parcel")
	ErrClosed = errors.New("parcel: it is closed")
)

// maxPath bounds the path of a file, in bytes.
const maxPath = 200

// validPath reports whether a path is one that every system can unpack: slashes between parts of lower-case letters, digits, dot,
// dash and underscore, and no part that is only dots.
func validPath(p string) bool {
	if len(p) > maxPath || !fs.ValidPath(p) || p == "." {
		return false
	}
	if p == GuideName {
		return true
	}
	for part := range strings.SplitSeq(p, "/") {
		if strings.Trim(part, ".") == "" || strings.HasSuffix(part, ".") {
			return false
		}
	}
	return !strings.ContainsFunc(p, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("/.-_", r)
	})
}

// reserved reports names that only Close writes.
func reserved(p string) bool {
	return slices.Contains([]string{ManifestName, SignatureName, GuideName}, p)
}

// magic is the first line of what is signed: it says of which kind of thing the digest is, so that a signature over a checkpoint
// of the audit log can never pass for one over a parcel.
const magic = "haris parcel"

// statement is the text that the signature covers.
func statement(kind, sha string, size int64) string {
	return magic + "\n" + kind + "\n" + sha + "\n" + strconv.FormatInt(size, 10) + "\n"
}

// guide tells the receiver how to check the parcel.
func guide(public string) string {
	return fmt.Sprintf(`How to check this parcel

1. manifest.json lists every other file with its SHA-256, MD5 and length in bytes. Any tool can compute them, for example
   sha256sum. A file that is not in the list does not belong here.
2. manifest.sig signs the SHA-256 of manifest.json with Ed25519, in the form of a signed note
   (https://pkg.go.dev/golang.org/x/mod/sumdb/note). Its text is four lines: "haris parcel", the kind, the SHA-256 of
   manifest.json, its length in bytes.
3. The public key is

   %s

   Compare it with the key that the provider has given to you by another way: a key that comes with a parcel proves only that
   the parcel is whole, not who made it.
4. With haris at hand, without any server:

   haris evidence verify PARCEL --key '%s'
`, public, public)
}
