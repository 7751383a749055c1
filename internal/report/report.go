// Package report is the noun "report": a filing to an authority, from a draft that a person writes to the receipt that is kept.
// A report is an append-only list of events; its status is a fold over them by a pure transition table. Assemble makes the draft
// from what is known and invents nothing, Completeness says what an officer would miss, Document turns the draft into NCMEC's
// documents through package cybertip. Service is what people do with reports and Filer what the job runner does with one that a
// person has submitted. Nobody but a person drafts, edits, submits or gives up a report. internal/store keeps reports.
package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"haris/cybertip"
)

// Status is where a report stands, derived from its events.
type Status string

// The statuses. Filed and cancelled are final.
const (
	Drafted    Status = "drafted"    // a person is writing it
	Submitting Status = "submitting" // on its way, step by step
	Held       Status = "held"       // the filing asks a question that only a person can answer
	Failed     Status = "failed"     // haris cannot go on by itself, for example after too many failed attempts
	Filed      Status = "filed"      // handed in; the receipt is kept
	Cancelled  Status = "cancelled"  // given up by a person, and withdrawn where it had been opened
)

// Statuses lists the statuses.
func Statuses() []Status { return []Status{Drafted, Submitting, Held, Failed, Filed, Cancelled} }

// Report is one filing, and the fold of its events.
type Report struct {
	ID      string `json:"id"`
	Case    string `json:"case"`
	Subject string `json:"subject"` // the account that the case is about
	// Environment is where the report goes. It is set when the draft is made and never changes.
	Environment cybertip.Environment `json:"environment"`
	Draft       Draft                `json:"draft"`
	Filing      *cybertip.Filing     `json:"filing,omitempty"` // nil until it is submitted
	CreatedAt   time.Time            `json:"created_at"`
	CreatedBy   string               `json:"created_by"`

	Status         Status    `json:"status"`
	Why            string    `json:"why,omitempty"` // of held, failed and cancelled
	Number         int64     `json:"number,omitempty"`
	SubmittedAt    time.Time `json:"submitted_at,omitzero"`
	SubmittedBy    string    `json:"submitted_by,omitempty"`
	EndedAt        time.Time `json:"ended_at,omitzero"` // filed or cancelled
	PreservedUntil time.Time `json:"preserved_until,omitzero"`
	Events         int       `json:"events"` // length of the history
	// Approval is the one that stands; nil when there is none or the draft was saved after it.
	Approval *Approval `json:"approval,omitempty"`
}

// Approval is a second person's word that exactly these documents should be sent.
type Approval struct {
	Who    string    `json:"who"`
	At     time.Time `json:"at"`
	SHA256 string    `json:"sha256"` // of the documents, as Preview has it
}

// Version is one saved state of a draft.
type Version struct {
	N   int       `json:"n"` // the event of the history that left it behind
	At  time.Time `json:"at"`
	Who string    `json:"who"`
}

// Handover is one export of a report to an authority other than NCMEC.
type Handover struct {
	Report    string    `json:"report"`
	N         int       `json:"n"` // the event of the history that says so
	At        time.Time `json:"at"`
	Who       string    `json:"who"`
	Authority string    `json:"authority"`
	Form      string    `json:"form"`
	SHA256    string    `json:"sha256"` // of what was handed over
	Bytes     int64     `json:"bytes"`
	Why       string    `json:"why"`
}

// Receipt returns the proof that the report was handed in, nil before that.
func (r *Report) Receipt() *cybertip.Receipt {
	if r.Filing == nil {
		return nil
	}
	return r.Filing.Receipt
}

// Call is one exchange with the authority, kept as it was.
type Call struct {
	Report        string               `json:"report"`
	N             int                  `json:"n"` // from 1
	Endpoint      cybertip.Endpoint    `json:"endpoint"`
	Environment   cybertip.Environment `json:"environment"`
	Attempt       int                  `json:"attempt"`
	RequestSHA256 string               `json:"request_sha256"`
	RequestBytes  int64                `json:"request_bytes"`
	Request       []byte               `json:"request,omitempty"` // nil for uploads
	RequestID     string               `json:"request_id,omitempty"`
	HTTPStatus    int                  `json:"http_status"` // 0 when there was no answer
	Code          cybertip.Code        `json:"code"`
	Response      []byte               `json:"response,omitempty"`
	Started       time.Time            `json:"started"`
	Ended         time.Time            `json:"ended"`
	Error         string               `json:"error,omitempty"`
}

// What callers test for.
var (
	ErrNotFound    = errors.New("report: no such report")
	ErrStale       = errors.New("report: it has changed since it was read")
	ErrTransition  = errors.New("report: not allowed in this status")
	ErrPerson      = errors.New("report: only a person may do this")
	ErrInvalid     = errors.New("report: invalid request")
	ErrUnconfirmed = errors.New("report: a person must have confirmed the case first")
	ErrEnvironment = errors.New("report: the environment is not the one that was confirmed")
	ErrNoEvidence  = errors.New("report: nothing of the case's conversations is in the log, and nothing is sealed")
)

// ResponseSHA256 is the digest of the answer's bytes, empty when there was none.
func (c *Call) ResponseSHA256() string {
	if len(c.Response) == 0 {
		return ""
	}
	sum := sha256.Sum256(c.Response)
	return hex.EncodeToString(sum[:])
}
