package cybertip

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// Code is a response code of NCMEC's server. The published list is not complete: an unknown code is an error like any other.
type Code int

// The documented response codes.
const (
	CodeNone             Code = -1 // no answer, or one without a response code
	CodeSuccess          Code = 0
	CodeServerError      Code = 1000
	CodeSaveFailed       Code = 1100
	CodeUploadFailed     Code = 1110
	CodeFileUploadFailed Code = 1111
	CodeResourceNotFound Code = 1210
	CodeUpdateFailed     Code = 1300
	CodeAuthRequired     Code = 2000
	CodeNotAuthorized    Code = 3000
	CodeNoSubmissions    Code = 3100
	CodeNoUpdates        Code = 3300
	CodeInvalidRequest   Code = 4000
	CodeValidationFailed Code = 4100
	CodeMalformedXML     Code = 4110
	CodeMalformedFile    Code = 4200
	CodeNoSuchReport     Code = 5001
	CodeNoSuchFile       Code = 5002
	CodeAlreadyRetracted Code = 5101
	CodeAlreadyFinished  Code = 5102
)

// String returns the documented text of a code.
func (c Code) String() string {
	switch c {
	case CodeNone:
		return "no response code"
	case CodeSuccess:
		return "Success"
	case CodeServerError:
		return "Server error"
	case CodeSaveFailed:
		return "Save failed"
	case CodeUploadFailed:
		return "Upload failed"
	case CodeFileUploadFailed:
		return "File upload failed"
	case CodeResourceNotFound:
		return "Resource not found"
	case CodeUpdateFailed:
		return "Update failed"
	case CodeAuthRequired:
		return "Authentication required"
	case CodeNotAuthorized:
		return "User is not authorized to perform this action"
	case CodeNoSubmissions:
		return "User does not have authorization to make submissions"
	case CodeNoUpdates:
		return "User does not have authorization to make updates"
	case CodeInvalidRequest:
		return "Invalid request"
	case CodeValidationFailed:
		return "Validation failed"
	case CodeMalformedXML:
		return "Malformed XML submittal"
	case CodeMalformedFile:
		return "Malformed file submittal"
	case CodeNoSuchReport:
		return "Report does not exist"
	case CodeNoSuchFile:
		return "File does not exist"
	case CodeAlreadyRetracted:
		return "Report already retracted"
	case CodeAlreadyFinished:
		return "Report already finished"
	default:
		return "unknown code " + strconv.Itoa(int(c))
	}
}

// Error is a call that did not succeed: refused by the server, answered with something unreadable, or not answered.
type Error struct {
	Endpoint   Endpoint
	Code       Code   // CodeNone when no response code was read
	Text       string // the server's description, or why there is no answer
	HTTPStatus int    // 0 when there was no answer
	RequestID  string // quote it to NCMEC
	// Sent says that at least part of the request may have reached the server.
	Sent bool
	Err  error // the cause when there is no response code, else nil
}

// Error implements error.
func (e *Error) Error() string {
	s := fmt.Sprintf("cybertip: %s: ", e.Endpoint)
	if e.Code != CodeNone {
		s += fmt.Sprintf("code %d (%s)", int(e.Code), e.Code)
	} else {
		s += "no usable answer"
	}
	if e.HTTPStatus != 0 {
		s += fmt.Sprintf(", HTTP %d", e.HTTPStatus)
	}
	if e.RequestID != "" {
		s += ", Request-ID " + e.RequestID
	}
	if e.Text != "" {
		s += ": " + e.Text
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Retryable reports whether the same call may succeed later without anybody changing anything. It does not say that repeating it is safe: see
// [Error.Uncertain].
func (e *Error) Retryable() bool {
	switch e.Code {
	case CodeServerError, CodeSaveFailed, CodeUploadFailed, CodeFileUploadFailed, CodeUpdateFailed:
		return true
	case CodeNone:
		return e.HTTPStatus == 0 || e.HTTPStatus >= 500 || e.HTTPStatus == http.StatusRequestTimeout ||
			e.HTTPStatus == http.StatusTooManyRequests || (e.HTTPStatus >= 200 && e.HTTPStatus < 300)
	default:
		return false
	}
}

// Uncertain reports whether the server may have done what was asked although we do not know it: the answer was lost or unreadable, or the
// code speaks of a failure somewhere behind the server's door. Refusals (2000 and above) and failed uploads (1110, 1111) are certain.
func (e *Error) Uncertain() bool {
	if errors.Is(e.Err, ErrUnexpectedAnswer) {
		return e.Sent
	}
	switch e.Code {
	case CodeServerError, CodeSaveFailed, CodeUpdateFailed:
		return true
	case CodeNone:
		return e.Sent && !(e.HTTPStatus >= 400 && e.HTTPStatus < 500)
	default:
		return e.Code > CodeSuccess && e.Code < CodeAuthRequired && e.Code != CodeUploadFailed && e.Code != CodeFileUploadFailed && e.Code != CodeResourceNotFound
	}
}

// Errors that callers test with errors.Is.
var (
	// ErrNotRecorded: the recorder could not keep the call. The call itself was made, and its result, if any, is returned beside this error.
	ErrNotRecorded = errors.New("cybertip: the call was made but not recorded")
	// ErrStalled: an upload made no progress for the idle time-out.
	ErrStalled = errors.New("cybertip: no progress within the idle time-out")
	// ErrPlaceholder: the report carries invented reporter data and must not go to production.
	ErrPlaceholder = errors.New("cybertip: placeholder reporter data")
	// ErrUnexpectedAnswer: the answer is readable but about something else, such as another report.
	ErrUnexpectedAnswer = errors.New("cybertip: the answer does not fit the question")
)

// HashMismatchError says that the server received other bytes than were sent. The file is in the report and must not stay there.
type HashMismatchError struct {
	ReportID           int64
	FileID             string
	SentMD5, ServerMD5 string // hexadecimal
}

// Error implements error.
func (e *HashMismatchError) Error() string {
	return fmt.Sprintf("cybertip: upload: file %s of report %d: sent MD5 %s, server has %q", e.FileID, e.ReportID, e.SentMD5, e.ServerMD5)
}
