package report_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"haris/cybertip"
	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
	"haris/internal/report"
)

// TestMetadataOfChosenPictures: what a picture says of itself is read when a person chooses it, under their name, and stands in its
// description; that software has read it is never said to be a viewing.
func TestMetadataOfChosenPictures(t *testing.T) {
	d := setup(t)
	seal := func(name string, b []byte) string {
		i, err := d.vault.Seal(t.Context(), evidence.New{
			Case: d.id, Kind: evidence.KindMedia, Name: name, MediaType: "image/jpeg", Who: "ada", Why: "a test", Body: bytes.NewReader(b),
		})
		if err != nil {
			t.Fatal(err)
		}
		return i.ID
	}
	good, bad, other := seal("a.jpg", evidencetest.Tagged(t)), seal("b.jpg", []byte("\xff\xd8\xff\xe1 broken")), seal("c.jpg", append(evidencetest.Tagged(t), 0))
	r := d.draft()
	e := written(r.Draft)
	e.Files[good], e.Files[bad] = report.FileEdit{}, report.FileEdit{}
	r = d.save(r, e)
	read := map[string]*evidence.Metadata{}
	for _, f := range r.Draft.Files {
		read[f.Item] = f.Metadata
	}
	if m := read[good]; m == nil || len(m.Tags) != 1 || m.Tags[0].Value != "Example" {
		t.Errorf("a chosen picture: %+v", m)
	}
	if m := read[bad]; m == nil || m.Unread == "" || len(m.Tags) != 0 {
		t.Errorf("a broken picture: %+v", m)
	}
	if read[other] != nil {
		t.Errorf("a picture that nobody chose: %+v", read[other])
	}
	docs, err := report.Document(r.Draft, cybertip.Profile202506, d.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range docs.Files {
		x, err := cybertip.DecodeFileDetails(f.XML)
		if err != nil {
			t.Fatal(err)
		}
		says := strings.Join(x.AdditionalInfo, "\n")
		exif := slices.ContainsFunc(x.Details, func(d cybertip.Details) bool { return d.Type == cybertip.DetailsEXIF })
		if exif != (f.Item == good) || x.EXIFViewedByESP != nil || f.Item == bad && !strings.Contains(says, "could not be read") {
			t.Errorf("%s: %s", f.Name, f.XML)
		}
	}
	opened := 0
	again := d.save(r, r.Draft.Edit())
	for _, c := range d.custody(good) {
		if c.Act == evidence.Opened && c.Who == "ada" {
			opened++
		}
	}
	if opened != 1 || again.Draft.Files == nil {
		t.Errorf("opened %d times, want once", opened)
	}
}

// TestMetadataOfALostFile: what cannot be opened is said to be unread, and is tried again.
func TestMetadataOfALostFile(t *testing.T) {
	d := setup(t)
	i, err := d.vault.Seal(t.Context(), evidence.New{
		Case: d.id, Kind: evidence.KindMedia, Name: "a.jpg", MediaType: "image/jpeg", Who: "ada", Why: "a test", Body: bytes.NewReader(evidencetest.Tagged(t)),
	})
	if err != nil {
		t.Fatal(err)
	}
	r := d.draft()
	e := written(r.Draft)
	e.Files[i.ID] = report.FileEdit{}
	d.service.Vault = brokenVault{d.vault}
	r = d.save(r, e)
	unread := func(r report.Report) string {
		for _, f := range r.Draft.Files {
			if f.Item == i.ID && f.Metadata != nil {
				return f.Metadata.Unread
			}
		}
		return "not looked at"
	}
	if got := unread(r); !strings.Contains(got, "could not be opened") {
		t.Errorf("says %q", got)
	}
	d.service.Vault = d.vault
	if got := unread(d.save(r, r.Draft.Edit())); got != "" {
		t.Errorf("still says %q", got)
	}
}
