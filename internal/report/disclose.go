package report

import (
	"context"
	"fmt"
	"time"

	"haris/internal/disclosure"
)

// disclose writes down what a filing has handed to NCMEC, in the transaction that takes its receipt.
func disclose(ctx context.Context, tx Tx, r *Report, now time.Time) error {
	f := r.Filing
	e := disclosure.Entry{
		At: now, Who: r.SubmittedBy, To: disclosure.NCMEC, Recipient: fmt.Sprintf("NCMEC CyberTipline, %s environment", r.Environment),
		Under: disclosure.Report, Number: fmt.Sprint(r.Number), Case: r.Case, Report: r.ID,
		Items: []disclosure.Item{{Name: "report.xml", SHA256: f.ReportSHA256, Bytes: int64(len(f.Report))}},
		Scope: fmt.Sprintf("the report as it was submitted, and %d files", len(f.Files)), How: "CyberTipline reporting API; the receipt is kept with the report",
	}
	for _, x := range f.Files {
		e.Items = append(e.Items, disclosure.Item{Name: x.Name, SHA256: x.UploadedSHA, Bytes: max(x.Size, 0), Evidence: x.Key})
	}
	if _, err := disclosure.Write(ctx, tx.Disclosures, tx.Audit, e); err != nil {
		return fmt.Errorf("report: disclosure: %w", err)
	}
	return nil
}
