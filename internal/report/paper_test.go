package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/paper"
	"haris/internal/report"
)

func (d *desk) printer() report.Printer {
	d.Helper()
	fonts, err := paper.NewLibrary()
	if err != nil {
		d.Fatal(err)
	}
	return report.Printer{Service: d.service, Fonts: fonts}
}

// print puts a report on paper.
func (d *desk) print(id string) []byte {
	d.Helper()
	var b bytes.Buffer
	if _, err := d.printer().Print(d.Context(), "ada", id, &b); err != nil {
		d.Fatal(err)
	}
	return b.Bytes()
}

// paperText is what another program finds in a PDF file, without white space, which depends on how lines break. With HARIS_PAPER
// the file is kept there to be looked at.
func paperText(t *testing.T, data []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.pdf")
	if keep := os.Getenv("HARIS_PAPER"); keep != "" {
		name = filepath.Join(keep, strings.ReplaceAll(t.Name(), "/", "_")+".pdf")
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-raw", name, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (Debian: poppler-utils): %v %s", err, out)
	}
	return plain(string(out))
}

// plain leaves out white space and the marks that a reader puts around text from right to left.
func plain(s string) string {
	s = strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "", "\u200e", "", "\u200f", "").Replace(s)
	return strings.Join(strings.Fields(s), "")
}

// arabic is a report that an Arabic-speaking reviewer has written, about a child who writes both.
func arabic(d *desk) report.Report {
	d.Helper()
	d.world.events = append(d.world.events, message(6, "u1", "kid", "ليبقى هذا بيننا، هل أنت وحدك؟"), message(7, "kid", "u1", "نعم ok 😀"))
	d.dispose(casefile.FindingConfirmed)
	r := d.draft()
	e := written(r.Draft)
	e.Narrative = "كتب الحساب u1 إلى الطفلة وطلب منها السر.\nHe asked for secrecy 😀."
	e.Urgent = "يعرف أين تسكن الطفلة"
	e.Annotations.Sextortion = true
	return d.save(r, e)
}

// TestPaperHoldsWhatWouldBeSent looks for every text and attribute of the documents on the paper.
func TestPaperHoldsWhatWouldBeSent(t *testing.T) {
	d := setup(t)
	r := arabic(d)
	p, err := d.service.Preview(t.Context(), "ada", r.ID)
	if err != nil {
		t.Fatal(err)
	}
	first := d.print(r.ID)
	got := paperText(t, first)
	reading, err := p.Documents.Reading()
	if err != nil {
		t.Fatal(err)
	}
	var walk func(cybertip.Part)
	walk = func(x cybertip.Part) {
		texts := []string{x.Title}
		for line := range strings.SplitSeq(x.Text, "\n") {
			texts = append(texts, line)
		}
		for _, n := range x.Notes {
			texts = append(texts, n.Title, n.Text)
		}
		for _, s := range texts {
			// A mixed line is found again letter by letter, but a reader of positions may order its parts in its own way.
			for word := range strings.FieldsSeq(strings.ReplaceAll(s, "😀", "[U+1F600 GRINNING FACE]")) {
				if len(word) < 60 && !strings.Contains(got, strings.Trim(word, "؟،.?!():")) {
					t.Errorf("%s: %q is not on the paper", x.Path, word)
				}
			}
		}
		for _, c := range x.Parts {
			walk(c)
		}
	}
	for _, x := range reading.Report.Parts {
		walk(x)
	}
	for _, f := range reading.Files {
		for _, x := range f.Parts {
			walk(x)
		}
	}
	for _, want := range []string{r.ID, "Draft – not filed, local environment", p.SHA256, "Sextortion yes", "Nothing of it has been sent", "GRINNING FACE, "} {
		if !strings.Contains(got, plain(want)) {
			t.Errorf("%q is not on the paper", want)
		}
	}
	if !bytes.Equal(first, d.print(r.ID)) {
		t.Error("the same report gives other bytes")
	}
	if n := strings.Count(strings.Join(d.acts(), "\n"), "ada report.printed"); n != 2 {
		t.Errorf("%d entries in the audit log of 2 prints", n)
	}
}

// TestPaperOfAFiledReport shows what was sent, the receipt, and every exchange.
func TestPaperOfAFiledReport(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	d.work()
	r = d.get(r.ID)
	got := paperText(t, d.print(r.ID))
	wants := []string{fmt.Sprintf("Filed – CyberTipline report %d", r.Number), "as it was submitted", r.Filing.ReportSHA256, r.Filing.Files[0].UploadedSHA, r.Filing.Files[0].FileID}
	view, err := d.service.View(t.Context(), "ada", r.ID)
	if err != nil || len(view.Calls) < 4 {
		t.Fatal(view.Calls, err)
	}
	for _, c := range view.Calls {
		wants = append(wants, c.RequestID, c.RequestSHA256, string(c.Endpoint))
	}
	for _, want := range wants {
		if want == "" || !strings.Contains(got, plain(want)) {
			t.Errorf("%q is not on the paper", want)
		}
	}
	if strings.Contains(got, "Draft") {
		t.Error("it says that it is a draft")
	}
}

// TestPaperOfWhatCannotBeSent says so, and why.
func TestPaperOfWhatCannotBeSent(t *testing.T) {
	d := setup(t)
	r := d.draft()
	got := paperText(t, d.print(r.ID))
	if !strings.Contains(got, plain("It cannot be sent as it is")) || !strings.Contains(got, "incidentType") {
		t.Error(got)
	}
	if _, err := d.printer().Print(t.Context(), "ada", "none", &bytes.Buffer{}); !errors.Is(err, report.ErrNotFound) {
		t.Error(err)
	}
}
