package console

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"haris/internal/report"
)

// Papers puts reports on paper; report.Printer does. Safe for concurrent use.
type Papers interface {
	// Print writes a report as a PDF file, as the authority reads it, and writes down that who took it. report.ErrNotFound.
	Print(ctx context.Context, who, id string, out io.Writer) (report.Report, error)
}

var _ Papers = report.Printer{}

// reportPaper gives out what the preview shows as a file. It is made whole first, so that none is ever cut off.
func (c *console) reportPaper(w http.ResponseWriter, r *request) error {
	var b bytes.Buffer
	x, err := c.Papers.Print(r.Context(), r.person.ID, r.PathValue("id"), &b)
	if err != nil {
		return err
	}
	return c.download(w, "application/pdf", "report-"+x.ID+".pdf", b.Bytes())
}

// download gives out a file. The name is one of ours and needs no quoting.
func (c *console) download(w http.ResponseWriter, kind, name string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(body)
	return err
}
