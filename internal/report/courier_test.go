package report_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"haris/internal/casefile"
	"haris/internal/disclosure"
	"haris/internal/evidence"
	"haris/internal/parcel"
	"haris/internal/report"
	"haris/internal/report/neutral"
	"haris/internal/store"
)

const hotline = "Example Hotline"

// courier hands over to the hotline.
func (d *desk) courier(c report.Contents) report.Courier {
	d.Helper()
	secret, public, err := note.GenerateKey(nil, "example.com")
	if err != nil {
		d.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		d.Fatal(err)
	}
	return report.Courier{Printer: d.printer(), Key: parcel.Key{Signer: signer, Public: public}, Authorities: []report.Other{{Title: hotline, Contents: c}}}
}

// handing is the order of a person who has read what the authority would get.
func (d *desk) handing(c report.Courier, id string, form report.Form) report.Handing {
	d.Helper()
	o, err := c.Offer(d.Context(), "ada", id, hotline)
	if err != nil {
		d.Fatal(err)
	}
	return report.Handing{
		Act: report.Act{Who: "ada", Report: id, Seen: o.Report.Events}, Authority: hotline, Form: form, Why: "the child is in its country", SHA256: o.SHA256,
	}
}

// complete is a draft of a confirmed case that lacks nothing required, with a picture besides.
func (d *desk) complete() report.Report {
	d.Helper()
	d.dispose(casefile.FindingConfirmed)
	_, err := d.vault.Seal(d.Context(), evidence.New{
		Case: d.id, Kind: evidence.KindMedia, Name: "picture.PNG", MediaType: "image/png", Who: "ada", Why: "test", Body: strings.NewReader("a picture, say"),
	})
	if err != nil {
		d.Fatal(err)
	}
	r := d.draft()
	e := written(r.Draft)
	for i := range r.Draft.Files {
		e.Files[r.Draft.Files[i].Item] = report.FileEdit{Note: "file " + r.Draft.Files[i].Name}
	}
	return d.save(r, e)
}

func into(w io.Writer) report.Sink {
	return func(report.Handed) (io.Writer, error) { return w, nil }
}

// hand hands a report over and returns the file.
func (d *desk) hand(c report.Courier, o report.Handing) (report.Handed, []byte) {
	d.Helper()
	var b bytes.Buffer
	h, err := c.Hand(d.Context(), o)
	if err != nil {
		d.Fatal(err)
	}
	if _, err := c.Take(d.Context(), report.Taking{Who: o.Who, Report: o.Report, N: h.N}, into(&b)); err != nil {
		d.Fatal(err)
	}
	return h, b.Bytes()
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// filesOf reads a zip.
func filesOf(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(body)
	}
	return out
}

// TestPackageForAnAuthority: the package says what the draft says, is signed, names every file, and holds only the contents that the
// policy lets go.
func TestPackageForAnAuthority(t *testing.T) {
	for contents, want := range map[report.Contents]int{report.ContentsNone: 0, report.ContentsTranscripts: 2, report.ContentsAll: 3} {
		t.Run(string(contents), func(t *testing.T) {
			d := setup(t)
			r := d.complete()
			c := d.courier(contents)
			h, b := d.hand(c, d.handing(c, r.ID, report.FormPackage))
			v, err := parcel.Verify(t.Context(), bytes.NewReader(b), int64(len(b)), parcel.Options{Key: c.Key.Public})
			if err != nil || len(v.Faults) > 0 || v.Kind != "handover" || v.ID != r.ID || v.Items != want {
				t.Fatalf("%+v %v", v, err)
			}
			files := filesOf(t, b)
			var form neutral.Report
			if err := json.Unmarshal([]byte(files["report.json"]), &form); err != nil {
				t.Fatal(err)
			}
			d.checkForm(&form, r)
			held := 0
			for _, f := range form.Files {
				if (f.Path == "") == (f.Withheld == "") {
					t.Errorf("%s: path %q, withheld %q", f.Name, f.Path, f.Withheld)
				}
				if f.Path != "" {
					held++
					if digest([]byte(files[f.Path])) != f.SHA256 {
						t.Errorf("%s is not the file that the report names", f.Path)
					}
				}
			}
			if held != want || len(form.Files) != 3 {
				t.Errorf("%d contents of %d files, want %d of 3", held, len(form.Files), want)
			}
			if strings.Contains(string(b), "a picture, say") != (contents == report.ContentsAll) {
				t.Error("the contents of the picture")
			}
			d.checkEntered(h, b, want)
		})
	}
}

// checkForm looks for what the person and the platform have said.
func (d *desk) checkForm(f *neutral.Report, r report.Report) {
	d.Helper()
	if f.Form != neutral.Version || f.ID != r.ID || f.Incident.Narrative != r.Draft.Narrative || f.Service.Reporter.Email != "safety@example.com" || len(f.People) != 3 || len(f.Filed) != 0 {
		d.Errorf("%+v", f)
	}
	who := slices.IndexFunc(f.People, func(p neutral.Person) bool { return p.Account == "u1" })
	if p := f.People[who]; p.Role != "reported" || p.ScreenName != "coach_dan" || len(p.Seen) == 0 || p.Seen[0].Port == 0 {
		d.Errorf("%+v", p)
	}
	var said []string
	for _, l := range f.Talks[0].Entries {
		said = append(said, l.Text)
	}
	if !slices.Contains(said, "Let us keep this between us") || slices.Contains(said, "Hi, good game yesterday") {
		d.Error(said)
	}
}

// checkEntered: history, list of handovers, disclosures, custody and audit log say so, with the digest of what was given out.
func (d *desk) checkEntered(h report.Handed, b []byte, contents int) {
	d.Helper()
	if h.SHA256 != digest(b) || h.Bytes != int64(len(b)) || h.Who != "ada" || h.Authority != hotline {
		d.Errorf("%+v", h.Handover)
	}
	v, err := d.service.View(d.Context(), "ada", h.Report.ID)
	if err != nil {
		d.Fatal(err)
	}
	last := v.History[len(v.History)-1]
	if last.Kind != report.WasHandedOver || last.Digest != h.SHA256 || !strings.Contains(last.Why, hotline) || !strings.Contains(last.Why, "the child is in its country") {
		d.Errorf("%+v", last)
	}
	if list := d.handovers(h.Report.ID); len(list) != 1 || list[0] != h.Handover {
		d.Errorf("%+v", list)
	}
	var log []disclosure.Entry
	d.write(func(tx *store.Tx) (err error) {
		log, err = tx.Disclosures().List(d.Context(), disclosure.Filter{Report: h.Report.ID})
		return err
	})
	if len(log) != 1 || log[0].To != disclosure.Authority || log[0].Under != disclosure.Handover || log[0].Recipient != hotline || len(log[0].Items) != 1+contents {
		d.Fatalf("%+v", log)
	}
	for _, i := range log[0].Items {
		if chain := d.custody(i.Evidence); chain[len(chain)-1].Act != evidence.Exported {
			d.Errorf("custody of %s ends with %+v", i.Name, chain[len(chain)-1])
		}
	}
	acts := strings.Join(d.acts(), "\n")
	for _, want := range []string{"ada report.handed_over", "ada report.offered"} {
		if !strings.Contains(acts, want) {
			d.Errorf("no %q in the audit log", want)
		}
	}
}

// TestOtherForms: the document alone, and paper; what is handed over is what was read; encrypted when the authority has a key.
func TestOtherForms(t *testing.T) {
	d := setup(t)
	r := d.complete()
	c := d.courier(report.ContentsAll)
	o, err := c.Offer(t.Context(), "ada", r.ID, hotline)
	if err != nil {
		t.Fatal(err)
	}
	if _, b := d.hand(c, d.handing(c, r.ID, report.FormJSON)); !bytes.Equal(b, o.Documents.JSON) {
		t.Error("the document is not the one that was read")
	}
	_, b := d.hand(c, d.handing(c, r.ID, report.FormPDF))
	got := paperText(t, b)
	for _, want := range []string{"Report to " + hotline, "asked for secrecy", "Let us keep this between us", "coach_dan", "192.0.2.44", "picture.PNG"} {
		if !strings.Contains(got, plain(want)) {
			t.Errorf("%q is not on the paper", want)
		}
	}
	if strings.Contains(got, "NCMEC") || strings.Contains(got, "Draft") {
		t.Error("the paper for a hotline speaks of NCMEC, or of a draft")
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	c.Authorities[0].Recipient = id.Recipient().String()
	h, b := d.hand(c, d.handing(c, r.ID, report.FormJSON))
	clear, err := age.Decrypt(bytes.NewReader(b), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(clear); err != nil || digest(b) != h.SHA256 || filepath.Ext(h.Name) != ".age" || !h.Sealed {
		t.Errorf("%+v %v", h, err)
	}
	if strings.Contains(h.Name, "u1") {
		t.Error("the name of the file tells whom it is about")
	}
	if n := len(d.handovers(r.ID)); n != 3 {
		t.Errorf("%d handovers, want 3", n)
	}
}

func (d *desk) handovers(id string) (out []report.Handover) {
	d.Helper()
	err := d.keeper.Read(d.Context(), func(tx report.Tx) (err error) { out, err = tx.Handovers.List(d.Context(), id); return err })
	if err != nil {
		d.Fatal(err)
	}
	return out
}

// TestHandoverGuards: nothing leaves that a person may not hand over, and nothing says that it did.
func TestHandoverGuards(t *testing.T) {
	var incomplete *report.IncompleteError
	var unapproved *report.UnapprovedError
	for name, x := range map[string]struct {
		change func(*desk, *report.Courier, *report.Handing)
		want   func(error) bool
	}{
		"an authority that nobody configured": {func(_ *desk, _ *report.Courier, o *report.Handing) { o.Authority = "Someone" }, is(report.ErrAuthority)},
		"no authority at all":                 {func(_ *desk, c *report.Courier, _ *report.Handing) { c.Authorities = nil }, is(report.ErrAuthority)},
		"a form that is none":                 {func(_ *desk, _ *report.Courier, o *report.Handing) { o.Form = "fax" }, is(report.ErrInvalid)},
		"no reason":                           {func(_ *desk, _ *report.Courier, o *report.Handing) { o.Why = " " }, is(report.ErrInvalid)},
		"no person":                           {func(_ *desk, _ *report.Courier, o *report.Handing) { o.Who = casefile.Haris }, is(report.ErrPerson)},
		"what was not read":                   {func(_ *desk, _ *report.Courier, o *report.Handing) { o.SHA256 = strings.Repeat("0", 64) }, is(report.ErrStale)},
		"changed meanwhile": {func(d *desk, _ *report.Courier, o *report.Handing) {
			r := d.get(o.Report)
			d.save(r, asIs(r.Draft))
		}, is(report.ErrStale)},
		"the case is not confirmed any more": {func(d *desk, _ *report.Courier, _ *report.Handing) {
			d.tell(casefile.Reopened, casefile.ReasonBody{Reason: "looked at again"})
		}, is(report.ErrUnconfirmed)},
		"something required is missing": {func(d *desk, c *report.Courier, o *report.Handing) {
			r := d.get(o.Report)
			e := asIs(r.Draft)
			e.Narrative = ""
			d.save(r, e)
			*o = d.handing(*c, r.ID, o.Form)
		}, func(err error) bool { return errors.As(err, &incomplete) }},
		"a second person is asked for": {func(d *desk, _ *report.Courier, _ *report.Handing) {
			d.service.Policy = report.Policy{Second: report.SecondAlways}
		}, func(err error) bool { return errors.As(err, &unapproved) }},
	} {
		t.Run(name, func(t *testing.T) {
			d := setup(t)
			r := d.complete()
			c := d.courier(report.ContentsAll)
			o := d.handing(c, r.ID, report.FormPackage)
			x.change(d, &c, &o)
			if _, err := c.Hand(t.Context(), o); !x.want(err) {
				t.Error(err)
			}
			if n := len(d.handovers(r.ID)); n > 0 {
				t.Errorf("%d handovers are written down", n)
			}
		})
	}
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }

// TestHandoverAfterApproval: what a second person has approved for NCMEC may go to another authority too.
func TestHandoverAfterApproval(t *testing.T) {
	d := setup(t)
	d.service.Policy = report.Policy{Second: report.SecondAlways}
	r := d.approve(d.complete(), "bea")
	c := d.courier(report.ContentsNone)
	if h, _ := d.hand(c, d.handing(c, r.ID, report.FormJSON)); h.Report.Approval == nil {
		t.Error("the handover has voided the approval")
	}
}

// TestHandoverOfAFiledReport names the number at NCMEC, and the draft's own words.
func TestHandoverOfAFiledReport(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	d.work()
	r = d.get(r.ID)
	c := d.courier(report.ContentsTranscripts)
	_, b := d.hand(c, d.handing(c, r.ID, report.FormJSON))
	var form neutral.Report
	if err := json.Unmarshal(b, &form); err != nil {
		t.Fatal(err)
	}
	if len(form.Filed) != 1 || form.Filed[0].Number != r.Number || form.Filed[0].Environment != "local" || form.Incident.Narrative != r.Draft.Narrative {
		t.Errorf("%+v", form.Filed)
	}
	if got := d.get(r.ID); got.Status != report.Filed {
		t.Error(got.Status)
	}
	err := d.vault.DestroyFor(t.Context(), evidence.DestroyOrder{Who: "ada", Why: "its time is over", Case: d.id, Ground: evidence.Requested, Process: "lp-1"})
	if err != nil {
		t.Fatal(err)
	}
	var incomplete *report.IncompleteError
	if _, err := c.Hand(t.Context(), d.handing(c, r.ID, report.FormPackage)); !errors.As(err, &incomplete) {
		t.Errorf("of destroyed evidence: %v", err)
	}
	if n := len(d.handovers(r.ID)); n != 1 {
		t.Errorf("%d handovers, want the one before", n)
	}
}

// TestTake gives the same file as often as it is asked for, to a person, while its authority is configured.
func TestTake(t *testing.T) {
	d := setup(t)
	r := d.complete()
	c := d.courier(report.ContentsAll)
	h, first := d.hand(c, d.handing(c, r.ID, report.FormPackage))
	take := func(k report.Taking) ([]byte, error) {
		var b bytes.Buffer
		_, err := c.Take(t.Context(), k, into(&b))
		return b.Bytes(), err
	}
	ask := report.Taking{Who: "bea", Report: r.ID, N: h.N}
	if b, err := take(ask); err != nil || !bytes.Equal(b, first) {
		t.Errorf("once more: %v", err)
	}
	for name, x := range map[string]struct {
		change func(*report.Taking)
		want   error
	}{
		"another number": {func(k *report.Taking) { k.N++ }, report.ErrNotFound},
		"another report": {func(k *report.Taking) { k.Report = "none" }, report.ErrNotFound},
		"no person":      {func(k *report.Taking) { k.Who = casefile.Haris }, report.ErrPerson},
	} {
		k := ask
		x.change(&k)
		if b, err := take(k); !errors.Is(err, x.want) || len(b) > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, len(b))
		}
	}
	c.Authorities = nil
	if _, err := take(ask); !errors.Is(err, report.ErrAuthority) {
		t.Errorf("an authority that is configured no more: %v", err)
	}
}

// TestParseOther reads authorities as the configuration has them.
func TestParseOther(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	key := id.Recipient().String()
	for s, want := range map[string]report.Other{
		"Example Hotline":               {Title: "Example Hotline"},
		" Police (NL) <" + key + "> ":   {Title: "Police (NL)", Recipient: key},
		"":                              {},
		"<" + key + ">":                 {},
		"Police <key>":                  {},
		"Police <" + key:                {},
		"Police, and another":           {},
		strings.Repeat("x", 201):        {},
		"Police <" + key + "> and more": {},
	} {
		got, ok := report.ParseOther(s)
		if ok != (want.Title != "") || ok && got != want {
			t.Errorf("%q: %+v %t", s, got, ok)
		}
	}
}
