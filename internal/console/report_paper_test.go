package console_test

import (
	"net/http"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/paper"
	"haris/internal/report"
)

func (b *bundle) printer(s *report.Service) report.Printer {
	b.t.Helper()
	fonts, err := paper.NewLibrary()
	if err != nil {
		b.t.Fatal(err)
	}
	return report.Printer{Service: s, Fonts: fonts}
}

// TestPaper takes the preview as a file: nothing keeps it, and it is written down.
func TestPaper(t *testing.T) {
	w := newWorld(t)
	me := w.who[auth.Reviewer]
	at := "/report/" + w.report
	got := me.get(at + "/preview.pdf")
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.body, "%PDF-1.7") {
		t.Fatalf("%d %s", got.status, got.header)
	}
	if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Content-Disposition") != `attachment; filename="report-`+w.report+`.pdf"` {
		t.Errorf("%v", got.header)
	}
	if !w.audited("report.printed", "report/"+w.report) {
		t.Error("not written down")
	}
	if got := me.get("/report/none/preview.pdf"); got.status != http.StatusNotFound {
		t.Errorf("of no report: %d", got.status)
	}
}
