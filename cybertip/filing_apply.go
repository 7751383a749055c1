package cybertip

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrAnswerLost is the result of a step whose process ended before the answer was stored.
var ErrAnswerLost = errors.New("cybertip: the answer was lost")

// Result is what came of a step.
type Result struct {
	Step Step
	// At is when the call began: NCMEC's clocks cannot have started earlier, so reckoning from it is never too late.
	At time.Time
	// Err is nil after success; otherwise an [*Error], a [*HashMismatchError], [ErrAnswerLost], or an error from before anything was sent.
	Err error

	ReportID  int64    // of submit
	FileID    string   // of upload
	MD5       string   // of upload
	SHA256    string   // of upload
	FileIDs   []string // of finish
	RequestID string
	Response  []byte
}

// meaning is what an error says about the step.
type meaning uint8

const (
	meansDone      meaning = iota
	meansNotDone           // certainly not done; may succeed if repeated
	meansUnknown           // perhaps done
	meansRefused           // certainly not done and pointless to repeat
	meansGone              // the report does not exist
	meansRetracted         // the report was retracted
	meansFinished          // the report is finished
)

func (r Result) meaning() (meaning, Code, bool) {
	var call *Error
	switch {
	case r.Err == nil:
		return meansDone, CodeSuccess, false
	case errors.Is(r.Err, ErrAnswerLost):
		return meansUnknown, CodeNone, true
	case !errors.As(r.Err, &call):
		// Nothing was sent: a document that cannot be encoded, a file that cannot be opened.
		return meansRefused, CodeNone, false
	}
	switch {
	case call.Code == CodeNoSuchReport:
		return meansGone, call.Code, false
	case call.Code == CodeAlreadyRetracted:
		return meansRetracted, call.Code, false
	case call.Code == CodeAlreadyFinished:
		return meansFinished, call.Code, false
	case call.Uncertain():
		return meansUnknown, call.Code, call.Retryable()
	case call.Retryable():
		return meansNotDone, call.Code, true
	default:
		return meansRefused, call.Code, false
	}
}

// Apply returns the filing after the step in flight had the given result. It neither calls anything nor looks at a clock.
func Apply(f Filing, r Result) Filing {
	f = f.clone()
	f.InFlight = nil
	m, code, retryable := r.meaning()
	if m == meansDone {
		f.Failures, f.LastFailure = 0, nil
	} else {
		f.Failures++
		f.LastFailure = &Failure{Step: r.Step, At: r.At, Code: code, Text: r.Err.Error(), Retryable: retryable}
	}
	if r.Step.Kind != StepSubmit && (f.State != FilingOpen || r.Step.ReportID != f.ReportID) {
		return f // about a report that was given up meanwhile
	}
	cancel := f.Withdraw == WithdrawToCancel
	switch r.Step.Kind {
	case StepSubmit:
		f.applySubmit(r, m)
	case StepUpload:
		f.applyUpload(r, m)
	case StepFileInfo:
		f.applyFileInfo(r, m)
	case StepFinish:
		f.applyFinish(r, m)
	case StepRetract:
		f.applyRetract(r, m)
	}
	if cancel {
		f.stayCancelled()
	}
	return f
}

// stayCancelled keeps a filing that is to be cancelled from going on with a new report. What a person must look at comes first.
func (f *Filing) stayCancelled() {
	switch {
	case f.State == FilingFinished && f.Receipt.Problem == "":
		f.Receipt.Problem = "it was to be withdrawn, and NCMEC had it already"
	case (f.State == FilingNew || f.State == FilingExpired) && f.Hold == "":
		f.State, f.Withdraw = FilingRetracted, ""
	}
}

func (f *Filing) hold(r Result) { f.Hold = r.Err.Error() }

func (f *Filing) applySubmit(r Result, m meaning) {
	switch m {
	case meansDone:
		f.Reports++
		if f.State == FilingOpen || f.State == FilingFinished || f.State == FilingRetracted {
			// The filing was cancelled while the call was out.
			f.Orphans = append(f.Orphans, Orphan{ReportID: r.ReportID, Reason: "it was opened after the filing had ended", At: r.At})
			return
		}
		f.State, f.ReportID, f.Opened = FilingOpen, r.ReportID, r.At
	case meansUnknown:
		f.Orphans = append(f.Orphans, Orphan{Reason: "the answer to submit was lost; if a report was opened, nobody finishes it", At: r.At})
	case meansNotDone:
	default:
		f.hold(r)
	}
}

// startOver gives the report up and starts over, unless that was tried too often. A wish to cancel stays one.
func (f *Filing) startOver() {
	if f.Withdraw == "" {
		f.Withdraw = WithdrawToRedo
	}
	if f.Reports >= maxReports {
		f.Hold = fmt.Sprintf("%d reports were opened for this filing and none could be completed", f.Reports)
	}
}

// wasSent reports whether any part of a request that failed may have reached NCMEC.
func wasSent(err error) bool {
	var call *Error
	return errors.Is(err, ErrAnswerLost) || (errors.As(err, &call) && call.Sent)
}

// applyUpload trusts nothing but success: a file that was sent and not acknowledged may be in the report whatever the answer said, and a second
// copy could not be taken out again.
func (f *Filing) applyUpload(r Result, m meaning) {
	var mismatch *HashMismatchError
	file := &f.Files[r.Step.File]
	switch {
	case m == meansDone:
		file.FileID, file.UploadedMD5, file.UploadedSHA = r.FileID, r.MD5, r.SHA256
		f.Modified = r.At
		if file.MD5 != "" && !strings.EqualFold(file.MD5, r.MD5) {
			f.startOver()
			f.Hold = fmt.Sprintf("file %q is not the one that was meant: expected MD5 %s, read %s", file.Key, file.MD5, r.MD5)
		}
	case errors.As(r.Err, &mismatch), m == meansUnknown, m == meansNotDone && wasSent(r.Err):
		f.startOver()
	case m == meansRefused && wasSent(r.Err):
		f.startOver()
		f.hold(r)
	default:
		f.applyCommon(r, m)
	}
}

func (f *Filing) applyFileInfo(r Result, m meaning) {
	var call *Error
	invalid := errors.As(r.Err, &call) && call.Code == CodeValidationFailed
	file := &f.Files[r.Step.File]
	switch {
	case m == meansDone:
		file.DetailsDone = true
		f.Modified = r.At
	case m == meansUnknown && file.DetailsTries < 2:
		file.DetailsLost = true
	case m == meansUnknown, file.DetailsLost && invalid:
		// After a lost answer a refusal most likely says that the description is stored already. Which one is stored cannot be asked.
		f.startOver()
	case m == meansNotDone && !wasSent(r.Err):
		file.DetailsTries--
	case m == meansNotDone:
	default:
		f.applyCommon(r, m)
	}
}

// applyCommon treats the results that mean the same for every call on an open report.
func (f *Filing) applyCommon(r Result, m meaning) {
	switch m {
	case meansGone:
		f.abandon("NCMEC says that it does not exist", true, r.At)
		f.State = FilingExpired
	case meansRetracted:
		f.wasRetracted(r)
	case meansFinished:
		f.finish(r, "NCMEC says that the report is finished, but this filing had not asked for that")
	case meansRefused:
		f.hold(r)
	}
}

func (f *Filing) wasRetracted(r Result) {
	id := f.ReportID
	f.abandon("NCMEC says that it was retracted", true, r.At)
	f.State = FilingRetracted
	f.Hold = fmt.Sprintf("report %d was retracted, and not by this filing", id)
}

func (f *Filing) applyFinish(r Result, m meaning) {
	switch m {
	case meansDone:
		f.finish(r, "")
		f.Receipt.FilesConfirmed = sameSet(r.FileIDs, f.FileIDs())
		f.Receipt.FileIDs = r.FileIDs
		if !f.Receipt.FilesConfirmed {
			f.Receipt.Problem = fmt.Sprintf("NCMEC lists the files %q, this filing uploaded %q", r.FileIDs, f.FileIDs())
		}
	case meansFinished:
		problem := ""
		if f.FinishTries < 2 {
			problem = "NCMEC says that the report was finished before this filing asked for it"
		}
		f.finish(r, problem)
	case meansGone:
		uncertain := f.FinishTries > 1
		id := f.ReportID
		f.abandon("NCMEC says that it does not exist", true, r.At)
		f.State = FilingExpired
		if uncertain {
			f.Hold = fmt.Sprintf("report %d is gone, and an earlier finish of it went unanswered; ask NCMEC before filing again", id)
		}
	case meansRetracted:
		f.wasRetracted(r)
	case meansRefused:
		f.forgetUnsentFinish(r)
		f.hold(r)
	case meansNotDone, meansUnknown:
		f.forgetUnsentFinish(r)
	}
}

// forgetUnsentFinish takes a try back that cannot have reached NCMEC. A refusal is remembered as a try: believing it wrongly could end in two
// finished reports, doubting it wrongly only in a question to a person.
func (f *Filing) forgetUnsentFinish(r Result) {
	if !wasSent(r.Err) {
		f.FinishTries--
	}
}

// finish records that the report is handed in. Without a list of files the receipt does not confirm them.
func (f *Filing) finish(r Result, problem string) {
	f.State, f.Withdraw, f.Hold = FilingFinished, "", ""
	f.Failures = 0
	f.Receipt = &Receipt{
		ReportID: f.ReportID, At: r.At, FileIDs: f.FileIDs(), RequestID: r.RequestID, Response: r.Response, Problem: problem,
	}
}

func (f *Filing) applyRetract(r Result, m meaning) {
	switch m {
	case meansDone, meansRetracted:
		f.withdrawn("retracted", true, r.At)
	case meansGone:
		if f.FinishTries > 0 {
			id := f.ReportID
			f.abandon("NCMEC says that it does not exist", true, r.At)
			f.State = FilingExpired
			f.Hold = fmt.Sprintf("report %d is gone, and a finish of it went unanswered; ask NCMEC before filing again", id)
			return
		}
		f.withdrawn("NCMEC says that it does not exist", true, r.At)
	case meansFinished:
		problem := "the report was finished before it could be retracted"
		f.finish(r, problem)
	case meansNotDone, meansUnknown:
		f.leaveIfTired(r)
	default:
		if f.mayLeave() {
			f.withdrawn("it could not be retracted and expires by itself", false, r.At)
			return
		}
		f.Withdraw = ""
		f.hold(r)
	}
}

// mayLeave reports whether the report can be left to expire: it must be certain that nobody finishes it, and nobody may wait for the answer.
func (f *Filing) mayLeave() bool { return f.Withdraw == WithdrawToRedo && f.FinishTries == 0 }

func (f *Filing) leaveIfTired(r Result) {
	if f.mayLeave() && f.RetractTries >= maxRetracts {
		f.withdrawn("it could not be retracted and expires by itself", false, r.At)
	}
}

// withdrawn goes on after a retraction: with a new report, or not at all.
func (f *Filing) withdrawn(reason string, gone bool, at time.Time) {
	cancelled := f.Withdraw == WithdrawToCancel
	f.abandon(reason, gone, at)
	if cancelled {
		f.State, f.Hold = FilingRetracted, ""
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
