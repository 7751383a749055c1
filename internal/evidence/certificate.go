package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"haris/internal/audit"
	"haris/internal/parcel"
)

// deletion is what a certificate says in its manifest.
type deletion struct {
	Case        string    `json:"case"`
	DestroyedAt time.Time `json:"destroyed_at"`
	DestroyedBy string    `json:"destroyed_by"`
	Ground      string    `json:"ground"`
	Why         string    `json:"why"`
	Items       int       `json:"items"`
	Bytes       int64     `json:"bytes"`
	Drafts      string    `json:"drafts_erased"` // versions of reports whose text was erased
	Holds       []Hold    `json:"holds"`
	Filings     []Filing  `json:"filings"`
	Remains     string    `json:"remains"`
	LivesOn     string    `json:"lives_on"`
}

// What every certificate says of the limits of a deletion.
const (
	remains = "Of what was sealed: the digests and sizes in items.ndjson, the chain of custody, the numbers and receipts of filed reports with the digests of their documents, and the audit log. No contents, no text of a report and no key."
	livesOn = "Backups of the database made before the destruction still hold the wrapped key, and backups of the evidence its ciphertext, until they expire; " +
		"who has both and the working key or the escrow key can read them. Freed pages of the database file may hold the wrapped key and the text of reports until the engine writes over them. " +
		"The log of events, where the platform sent the same words, and what people wrote into the history of the case are not evidence and not part of this."
)

// remnant is one line of items.ndjson: what identifies an item and nothing of what it was called or where it came from.
type remnant struct {
	ID        string    `json:"id"`
	Kind      Kind      `json:"kind"`
	MediaType string    `json:"media_type"`
	SHA256    string    `json:"sha256"`
	MD5       string    `json:"md5"`
	Size      int64     `json:"size"`
	SealedSHA string    `json:"sealed_sha256"`
	CreatedAt time.Time `json:"created_at"`
}

// Certify returns the signed certificate that the evidence of a case was destroyed, made now when there is none: only after every
// blob is gone. It is a parcel that parcel.Verify checks. ErrKept while the key lives, ErrNotFound when nothing was ever sealed.
func (v *Vault) Certify(ctx context.Context, caseID string) (c Certificate, err error) {
	if v.key == nil {
		return c, invalid("key", "a key to sign certificates with")
	}
	var k Key
	var items []Item
	err = v.keeper.Read(ctx, func(tx Tx) error {
		if c, err = tx.Certificate(ctx, caseID); err == nil || !errors.Is(err, ErrNotFound) {
			return err
		}
		if k, err = tx.Key(ctx, caseID); err != nil {
			return err
		}
		items, err = tx.Items(ctx, caseID)
		return err
	})
	switch {
	case err != nil || c.Body != nil:
		return c, err
	case !k.Destroyed():
		return c, fmt.Errorf("%w: case %s", ErrKept, caseID)
	}
	if err := v.gone(ctx, items); err != nil {
		return c, err
	}
	err = v.keeper.Write(ctx, func(tx Tx) error {
		if c, err = v.certificate(ctx, tx, k); err != nil {
			return err
		}
		if err := tx.AddCertificate(ctx, c); err != nil {
			return err
		}
		if c, err = tx.Certificate(ctx, caseID); err != nil {
			return err
		}
		_, err = tx.Audit.Append(ctx, audit.Entry{At: v.at(), Who: Software, Act: "evidence.certified", Object: "case/" + caseID, Detail: map[string]string{"sha256": c.SHA256}})
		return err
	})
	return c, err
}

// Software is how haris itself stands in custody and in the audit log.
const Software = "haris"

// gone deletes what blobs are left and makes sure that none is.
func (v *Vault) gone(ctx context.Context, items []Item) error {
	if err := v.deleteBlobs(ctx, items); err != nil {
		return err
	}
	for _, i := range items {
		there, err := v.blobs.Has(ctx, i.SealedSHA)
		if err != nil {
			return err
		}
		if there {
			return fmt.Errorf("evidence: the sealed contents of item %s are still there", i.ID)
		}
	}
	return nil
}

// certificate gathers and signs.
func (v *Vault) certificate(ctx context.Context, tx Tx, k Key) (Certificate, error) {
	items, err := tx.Items(ctx, k.Case)
	if err != nil {
		return Certificate{}, err
	}
	d := deletion{Case: k.Case, DestroyedAt: k.DestroyedAt, Items: len(items), Remains: remains, LivesOn: livesOn}
	if d.Holds, err = tx.Holds(ctx, k.Case); err != nil {
		return Certificate{}, err
	}
	if d.Filings, err = tx.Filings(ctx, k.Case); err != nil {
		return Certificate{}, err
	}
	objects := []string{"case/" + k.Case}
	var lines, chain bytes.Buffer
	for _, i := range items {
		objects = append(objects, object(i.ID))
		d.Bytes += i.Size
		if err := line(&lines, remnant{i.ID, i.Kind, i.MediaType, i.SHA256, i.MD5, i.Size, i.SealedSHA, i.CreatedAt}); err != nil {
			return Certificate{}, err
		}
		list, err := tx.Custody(ctx, i.ID)
		if err != nil {
			return Certificate{}, err
		}
		for _, c := range list {
			if err := line(&chain, c); err != nil {
				return Certificate{}, err
			}
		}
	}
	proved, head, err := excerpt(ctx, tx.Book, objects, &d)
	if err != nil {
		return Certificate{}, err
	}
	return v.sign(d, lines.Bytes(), chain.Bytes(), proved, head)
}

// excerpt takes the audit entries about the evidence, and of them who destroyed the key and why.
func excerpt(ctx context.Context, b audit.Book, objects []string, d *deletion) ([]audit.Proved, audit.Head, error) {
	all, head, err := audit.Excerpt(ctx, b, 0, objects)
	if err != nil {
		return nil, head, err
	}
	var out []audit.Proved
	for _, p := range all {
		e, err := audit.ParseRecord([]byte(p.Record))
		if err != nil {
			return nil, head, err
		}
		if strings.HasPrefix(e.Act, "evidence.") { // who looked at the case is not part of this
			out = append(out, p)
		}
		if e.Act == keyDestroyed {
			d.DestroyedBy, d.Why, d.Ground = e.Who, e.Detail["why"], e.Detail["ground"]
			d.Drafts = e.Detail["drafts"]
		}
	}
	return out, head, nil
}

func (v *Vault) sign(d deletion, items, custody []byte, proved []audit.Proved, head audit.Head) (Certificate, error) {
	about, err := marshal(d)
	if err != nil {
		return Certificate{}, fmt.Errorf("evidence: certificate: %w", err)
	}
	checkpoint, err := audit.Checkpoint(head, v.key.Signer)
	if err != nil {
		return Certificate{}, err
	}
	var b bytes.Buffer
	w := parcel.NewWriter(&b, d.DestroyedAt)
	err = errors.Join(
		w.Add(parcel.File{Path: "certificate.txt", Kind: "text"}, []byte(d.text())),
		w.Add(parcel.File{Path: "items.ndjson", Kind: "items"}, items),
		w.Add(parcel.File{Path: parcel.CustodyName, Kind: "custody"}, custody),
		parcel.Proofs(w, proved, checkpoint),
	)
	if err != nil {
		return Certificate{}, err
	}
	if _, err := w.Close(parcel.Head{Kind: "deletion", ID: d.Case, About: about}, *v.key); err != nil {
		return Certificate{}, err
	}
	sum := sha256.Sum256(b.Bytes())
	return Certificate{Case: d.Case, At: d.DestroyedAt, SHA256: hex.EncodeToString(sum[:]), Body: b.Bytes()}, nil
}

// text is the certificate as people read it.
func (d *deletion) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Certificate of deletion\n\nThe key of the evidence of case %s was destroyed at %s by %s.\n", d.Case, d.DestroyedAt.UTC().Format(time.RFC3339), d.DestroyedBy)
	fmt.Fprintf(&b, "Ground: %s. Reason: %s\n%d items, %d bytes of contents; the sealed copies were deleted. Versions of reports whose text was erased: %s.\n\n", d.Ground, plain(d.Why), d.Items, d.Bytes, d.Drafts)
	for _, f := range d.Filings {
		fmt.Fprintf(&b, "Report %d was filed in the %s environment at %s.\n", f.Number, f.Environment, f.FiledAt.UTC().Format(time.RFC3339))
	}
	for _, h := range d.Holds {
		fmt.Fprintf(&b, "Hold: %s %s, set at %s.\n", h.Kind, ending(h.Until), h.SetAt.UTC().Format(time.RFC3339))
	}
	fmt.Fprintf(&b, "\nWhat remains: %s\nWhat lives on: %s\n", d.Remains, d.LivesOn)
	return b.String()
}

// line writes one value as a line of a file.
func line(b *bytes.Buffer, v any) error {
	j, err := marshal(v)
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	b.Write(j)
	b.WriteByte('\n')
	return nil
}
