package report_test

import (
	"strings"
	"testing"

	"haris/cybertip"
	"haris/internal/report"
)

// TestReadingHoldsWhatIsSent: what a person has written and what is known of a file stands in what people read.
func TestReadingHoldsWhatIsSent(t *testing.T) {
	docs, err := report.Document(full(t), cybertip.Profile202506, day())
	if err != nil {
		t.Fatal(err)
	}
	r, err := docs.Reading()
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Files) != len(docs.Files) {
		t.Fatalf("%d of %d files", len(r.Files), len(docs.Files))
	}
	var all strings.Builder
	var walk func(cybertip.Part)
	walk = func(p cybertip.Part) {
		all.WriteString(p.Title + ": " + p.Text + "\n")
		for _, c := range p.Parts {
			walk(c)
		}
	}
	walk(r.Report)
	for i, f := range r.Files {
		if f.MD5 != docs.Files[i].MD5 || f.Name != docs.Files[i].Name {
			t.Errorf("file %d: %+v", i, f)
		}
		walk(f.Part)
	}
	for _, want := range []string{"Escalate to high priority: He knows where the child lives.", "Agency name: Test PD", "School name: River School"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("%q is not in\n%s", want, all.String())
		}
	}
}

func TestReadingOfNothing(t *testing.T) {
	var docs report.Documents
	if r, err := docs.Reading(); err != nil || r.Report.Element != "" {
		t.Errorf("%+v, %v", r, err)
	}
	docs.XML = []byte("<report>")
	if _, err := docs.Reading(); err == nil {
		t.Error("half a document was read")
	}
}
