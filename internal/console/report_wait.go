package console

import (
	"context"
	"time"

	"haris/cybertip"
	"haris/internal/report"
)

// Alerts says which reports wait for too long; *report.Service does. Safe for concurrent use.
type Alerts interface {
	// Alerts returns what waits for too long, of one case or of all (""), the most urgent first. It tells nothing of what reports say.
	Alerts(ctx context.Context, caseID string) ([]report.Alert, error)
}

var _ Alerts = (*report.Service)(nil)

// waitKey is the sentence for what is wrong.
func waitKey(a report.Alert, now time.Time) string {
	switch {
	case a.Kind == report.Unfinished && a.Left(now) > 0:
		return "waits.unfinished"
	case a.Kind == report.Unfinished:
		return "waits.expired"
	case a.Status == report.Drafted:
		return "waits.draft"
	}
	return "waits.overdue"
}

// isTakenBack reports whether somebody has taken the report back already.
func isTakenBack(r *report.Report) bool {
	return r.Filing != nil && (r.Filing.Withdraw == cybertip.WithdrawToCancel || r.Filing.State == cybertip.FilingRetracted)
}
