package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"haris/internal/casefile"
	"haris/internal/evidence"
	"haris/internal/job"
)

// preserve does what 18 U.S.C. 2258A(h) asks for after a report: what was filed and its receipt are sealed, and the evidence of the
// case is held for one year from the receipt. All of it may be done again.
func (f *Filer) preserve(ctx context.Context, r Report) (job.Outcome, error) {
	receipt := r.Receipt()
	if r.Status != Filed || receipt == nil {
		return dead("report: preservation of a report that is not filed"), nil
	}
	if !r.PreservedUntil.IsZero() {
		return done(), nil
	}
	why := fmt.Sprintf("18 U.S.C. 2258A(h): report %d was filed in the %s environment", r.Number, r.Environment)
	until := receipt.At.UTC().AddDate(1, 0, 0)
	err := f.c.Vault.SetHold(ctx, evidence.HoldOrder{Who: casefile.Haris, Why: why, Case: r.Case, Kind: evidence.Preservation, Until: until})
	switch {
	case errors.Is(err, evidence.ErrDestroyed):
		return dead(err.Error()), nil
	case errors.Is(err, evidence.ErrShorter): // an earlier order holds it for longer, which serves this one too
	case err != nil:
		return job.Outcome{}, err
	}
	for name, body := range map[string][]byte{"report": r.Filing.Report, "receipt": receipt.Response} {
		if len(body) == 0 {
			continue // a receipt whose answer was lost has no bytes
		}
		n := evidence.New{
			Case: r.Case, Kind: evidence.KindReport, Name: fmt.Sprintf("cybertip-%d-%s.xml", r.Number, name), MediaType: "application/xml",
			Who: casefile.Haris, Why: why, Body: bytes.NewReader(body),
		}
		if _, err := f.c.Vault.Seal(ctx, n); err != nil {
			return job.Outcome{}, err
		}
	}
	return done(), f.append(ctx, &r, Event{Kind: WasPreserved, Until: until}, "preserved")
}
