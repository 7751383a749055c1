package cybertip

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// FilingState says how far a filing has come.
type FilingState string

// The states of a filing.
const (
	FilingNew       FilingState = "new"       // no report is open
	FilingOpen      FilingState = "open"      // a report is open at NCMEC and not finished
	FilingFinished  FilingState = "finished"  // handed in; nothing can be added or taken back
	FilingRetracted FilingState = "retracted" // withdrawn
	FilingExpired   FilingState = "expired"   // NCMEC has deleted the unfinished report
)

// FilingFile is one file of a filing: first what is intended, then what has happened in the report that is open now.
type FilingFile struct {
	Key  string `json:"key"`  // tells the [FileOpener] which file this is
	Name string `json:"name"` // sent with the upload
	Size int64  `json:"size"` // in bytes, or -1 when unknown
	// MD5 is the expected hexadecimal digest of the bytes, or "". Other bytes are never left in a report.
	MD5 string `json:"md5,omitzero"`
	// Details describe the file; nil sends no description. ReportID and FileID are filled in when they are known.
	Details *FileDetails `json:"details,omitzero"`

	FileID       string `json:"fileId,omitzero"`
	UploadedMD5  string `json:"uploadedMd5,omitzero"`
	UploadedSHA  string `json:"uploadedSha256,omitzero"`
	DetailsTries int    `json:"detailsTries,omitzero"`
	DetailsLost  bool   `json:"detailsLost,omitzero"` // an answer was lost, so the description may be stored
	DetailsDone  bool   `json:"detailsDone,omitzero"`
}

// InFlight is a step that was begun and whose result is not known yet.
type InFlight struct {
	Step   Step      `json:"step"`
	Ticket string    `json:"ticket"` // of the process that began it; any other finds it lost
	Begun  time.Time `json:"begun"`
}

// Orphan is a report that was opened, or may have been, and will not be finished.
type Orphan struct {
	ReportID int64     `json:"reportId,omitzero"` // 0 when the answer with the id was lost
	Reason   string    `json:"reason"`
	Gone     bool      `json:"gone"` // NCMEC said that it no longer exists; otherwise it expires by itself
	At       time.Time `json:"at"`
}

// Receipt is the proof of a finished report.
type Receipt struct {
	ReportID  int64     `json:"reportId"`
	At        time.Time `json:"at"` // the preservation clock starts here
	FileIDs   []string  `json:"fileIds"`
	RequestID string    `json:"requestId,omitzero"`
	Response  []byte    `json:"response,omitzero"` // the answer's bytes; those of the repeated call when the first answer was lost
	// FilesConfirmed says that NCMEC listed exactly the files that were meant. It is false when the answer with the list was lost.
	FilesConfirmed bool `json:"filesConfirmed"`
	// Problem says what a person should look at, or is empty.
	Problem string `json:"problem,omitzero"`
}

// Failure is the last thing that went wrong.
type Failure struct {
	Step      Step      `json:"step"`
	At        time.Time `json:"at"`
	Code      Code      `json:"code"`
	Text      string    `json:"text"`
	Retryable bool      `json:"retryable"`
}

// Filing is one intended report on its way to NCMEC, as plain data: store it as JSON before and after every step. Exactly one worker may drive
// a filing at a time; the caller holds a lock or lease for that.
type Filing struct {
	Environment  Environment  `json:"environment,omitzero"` // set by the first step; no other client may continue
	Profile      Profile      `json:"profile"`
	Report       []byte       `json:"report"` // the XML, sent unchanged every time
	ReportSHA256 string       `json:"reportSha256"`
	Files        []FilingFile `json:"files,omitzero"`

	State    FilingState `json:"state"`
	ReportID int64       `json:"reportId,omitzero"` // of the open or finished report
	Opened   time.Time   `json:"opened,omitzero"`
	Modified time.Time   `json:"modified,omitzero"` // last acknowledged upload or description

	InFlight     *InFlight `json:"inFlight,omitzero"`
	FinishTries  int       `json:"finishTries,omitzero"` // above 0: the open report may be finished already
	RetractTries int       `json:"retractTries,omitzero"`
	Failures     int       `json:"failures,omitzero"` // since the last success; input for [Backoff.Delay]
	LastFailure  *Failure  `json:"lastFailure,omitzero"`
	Withdraw     Withdraw  `json:"withdraw,omitzero"`
	// Hold says why a person must look before anything else happens. See [Release], [Redo] and [Cancel].
	Hold    string   `json:"hold,omitzero"`
	Reports int      `json:"reports,omitzero"` // how many reports were opened for this filing
	Orphans []Orphan `json:"orphans,omitzero"`
	Receipt *Receipt `json:"receipt,omitzero"`
}

// Withdraw says that the open report is to be retracted, and what follows.
type Withdraw string

// The reasons to withdraw.
const (
	WithdrawToRedo   Withdraw = "redo"   // then open a new one
	WithdrawToCancel Withdraw = "cancel" // then stop
)

// maxReports is how many reports are opened for one filing before a person must look.
const maxReports = 5

// maxRetracts is how often a report that is to be redone is retracted before it is left to expire.
const maxRetracts = 3

// FileOpener opens a file of a filing from its start. It is called once per upload.
type FileOpener func(ctx context.Context, file FilingFile) (io.ReadCloser, error)

// FilingSpec is what [NewFiling] makes a filing from.
type FilingSpec struct {
	Profile Profile
	Report  *Report
	Files   []FilingFile // progress fields are ignored
}

// InvalidError says that a document breaks the schema or a rule.
type InvalidError struct {
	Document string // "report", or the key of the file whose details are wrong
	Findings []Finding
}

// Error implements error; it shows the first finding.
func (e *InvalidError) Error() string {
	return fmt.Sprintf("cybertip: %s is not valid (%d findings): %s", e.Document, len(e.Findings), e.Findings[0])
}

// NewFiling encodes the report, validates it and the details of every file as of now, and returns a filing that has not begun. A document that
// NCMEC would refuse is an [*InvalidError].
func NewFiling(spec FilingSpec, now time.Time) (Filing, error) {
	body, err := Encode(spec.Profile, spec.Report)
	if err != nil {
		return Filing{}, err
	}
	if bad := Blocking(Validate(spec.Profile, KindReport, body, now)); len(bad) > 0 {
		return Filing{}, &InvalidError{Document: "report", Findings: bad}
	}
	kind := KindFileDetails
	if spec.Report.BatchedReport != nil {
		kind = KindBatchedFileDetails
		if len(spec.Files) > 1 {
			return Filing{}, fmt.Errorf("cybertip: a batched report takes one file, not %d", len(spec.Files))
		}
	}
	sum := sha256.Sum256(body)
	f := Filing{Profile: spec.Profile, Report: body, ReportSHA256: hex.EncodeToString(sum[:]), State: FilingNew}
	for _, file := range spec.Files {
		if file.Key == "" || slices.ContainsFunc(f.Files, func(o FilingFile) bool { return o.Key == file.Key }) {
			return Filing{}, fmt.Errorf("cybertip: file key %q is empty or used twice", file.Key)
		}
		file = file.intended()
		if err := checkDetails(spec.Profile, kind, file, now); err != nil {
			return Filing{}, err
		}
		f.Files = append(f.Files, file)
	}
	if kind == KindBatchedFileDetails && len(f.Files) == 1 && f.Files[0].Details == nil {
		return Filing{}, errors.New("cybertip: the file of a batched report needs details that mark it as viral or as a potential meme")
	}
	return f, nil
}

// checkDetails validates a file's details with ids in place of those that NCMEC will give.
func checkDetails(profile Profile, kind Kind, file FilingFile, now time.Time) error {
	if file.Details == nil {
		return nil
	}
	d := *file.Details
	d.ReportID, d.FileID = 1, "0"
	body, err := Encode(profile, &d)
	if err != nil {
		return fmt.Errorf("file %q: %w", file.Key, err)
	}
	if bad := Blocking(Validate(profile, kind, body, now)); len(bad) > 0 {
		return &InvalidError{Document: file.Key, Findings: bad}
	}
	return nil
}

// intended returns the file without progress.
func (f FilingFile) intended() FilingFile {
	return FilingFile{Key: f.Key, Name: f.Name, Size: f.Size, MD5: f.MD5, Details: f.Details}
}

// OpenFor is how long NCMEC keeps a report at least that was opened and not finished.
const OpenFor = 24 * time.Hour

// ExpiresAt returns when NCMEC deletes the open report unless it is finished: the later of 24 hours after it was opened and one hour after its
// last change. It is zero when no report is open.
func (f Filing) ExpiresAt() time.Time {
	if f.State != FilingOpen {
		return time.Time{}
	}
	day := f.Opened.Add(OpenFor)
	if hour := f.Modified.Add(time.Hour); hour.After(day) {
		return hour
	}
	return day
}

// FileIDs returns the ids of the files that are in the open report, in order.
func (f Filing) FileIDs() []string {
	var ids []string
	for i := range f.Files {
		if f.Files[i].FileID != "" {
			ids = append(ids, f.Files[i].FileID)
		}
	}
	return ids
}
