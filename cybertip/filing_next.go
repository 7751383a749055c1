package cybertip

import (
	"slices"
	"time"
)

// StepKind names what a step does.
type StepKind string

// The kinds of steps.
const (
	StepSubmit   StepKind = "submit"
	StepUpload   StepKind = "upload"
	StepFileInfo StepKind = "fileinfo"
	StepFinish   StepKind = "finish"
	StepRetract  StepKind = "retract"
	StepHold     StepKind = "hold" // a person must decide
	StepDone     StepKind = "done" // nothing is left to do
)

// Step is one call to make, or the reason why none is made.
type Step struct {
	Kind     StepKind `json:"kind"`
	ReportID int64    `json:"reportId,omitzero"`
	File     int      `json:"file,omitzero"`   // index into Filing.Files, for upload and fileinfo
	Reason   string   `json:"reason,omitzero"` // of a hold
}

// Next returns the step that follows from what is known. It looks at nothing but its argument, and a step in flight does not change it.
func Next(f Filing) Step {
	switch {
	case f.State == FilingFinished:
		return Step{Kind: StepDone, ReportID: f.ReportID}
	case f.State == FilingOpen && f.Withdraw != "":
		return Step{Kind: StepRetract, ReportID: f.ReportID}
	case f.Hold != "":
		return Step{Kind: StepHold, ReportID: f.ReportID, Reason: f.Hold}
	case f.State == FilingRetracted:
		return Step{Kind: StepDone}
	case f.State != FilingOpen:
		return Step{Kind: StepSubmit}
	}
	for i := range f.Files {
		switch file := &f.Files[i]; {
		case file.FileID == "":
			return Step{Kind: StepUpload, ReportID: f.ReportID, File: i}
		case file.Details != nil && !file.DetailsDone:
			return Step{Kind: StepFileInfo, ReportID: f.ReportID, File: i}
		}
	}
	return Step{Kind: StepFinish, ReportID: f.ReportID}
}

// Begin marks the next step as in flight. What a lost answer would mean must be known before the call is made, so the returned filing has to be
// stored before the step is executed.
func Begin(f Filing, ticket string, now time.Time) Filing {
	f = f.clone()
	step := Next(f)
	switch step.Kind {
	case StepHold, StepDone:
		return f
	case StepFileInfo:
		f.Files[step.File].DetailsTries++
	case StepFinish:
		f.FinishTries++
	case StepRetract:
		f.RetractTries++
	}
	f.InFlight = &InFlight{Step: step, Ticket: ticket, Begun: now}
	return f
}

// Expire gives up an open report that NCMEC has deleted by now; what follows is a new report, or the end when it was to be cancelled. A report that may be finished already is left as
// it is, because only NCMEC's answer to another finish can tell.
func Expire(f Filing, now time.Time) Filing {
	if f.State != FilingOpen || f.InFlight != nil || f.FinishTries > 0 || now.Before(f.ExpiresAt()) {
		return f
	}
	f = f.clone()
	cancel := f.Withdraw == WithdrawToCancel
	f.abandon("it was not finished before "+f.ExpiresAt().UTC().Format(time.RFC3339), true, now)
	f.State = FilingExpired
	if cancel {
		f.stayCancelled()
	}
	return f
}

// Release lets a held filing try the same step again, for example after credentials were mended.
func Release(f Filing) Filing {
	f = f.clone()
	f.Hold = ""
	return f
}

// Redo gives up the present report, retracting it if it is open, and starts with a new one. On a report of which nobody knows whether it was
// finished this is a person's decision to risk a second report. A finished filing stays as it is.
func Redo(f Filing) Filing {
	f = f.clone()
	switch f.State {
	case FilingFinished:
	case FilingOpen:
		f.Hold, f.Withdraw, f.RetractTries = "", WithdrawToRedo, 0
	default:
		f.Hold, f.State, f.Withdraw = "", FilingNew, ""
		f.resetReport()
	}
	return f
}

// Cancel gives the filing up, retracting a report that is open. A finished filing stays as it is. While a step is in flight its answer comes
// first: a report that it opens is retracted, and one that it finishes is finished.
func Cancel(f Filing) Filing {
	f = f.clone()
	switch {
	case f.State == FilingFinished:
	case f.State == FilingOpen, f.InFlight != nil && f.State != FilingRetracted:
		f.Hold, f.Withdraw, f.RetractTries = "", WithdrawToCancel, 0
	default:
		f.Hold, f.State, f.Withdraw = "", FilingRetracted, ""
	}
	return f
}

// clone returns a filing that shares nothing which this package changes.
func (f Filing) clone() Filing {
	f.Files = slices.Clone(f.Files)
	f.Orphans = slices.Clone(f.Orphans)
	if f.InFlight != nil {
		copied := *f.InFlight
		f.InFlight = &copied
	}
	return f
}

// abandon turns the open report into an orphan and forgets everything about it.
func (f *Filing) abandon(reason string, gone bool, at time.Time) {
	f.Orphans = append(f.Orphans, Orphan{ReportID: f.ReportID, Reason: reason, Gone: gone, At: at})
	f.State = FilingNew
	f.Withdraw = ""
	f.resetReport()
}

// resetReport forgets the progress of a report that will not be finished.
func (f *Filing) resetReport() {
	f.ReportID, f.Opened, f.Modified = 0, time.Time{}, time.Time{}
	f.FinishTries, f.RetractTries = 0, 0
	for i := range f.Files {
		f.Files[i] = f.Files[i].intended()
	}
}
