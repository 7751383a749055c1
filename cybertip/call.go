package cybertip

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
)

const xmlContentType = "text/xml; charset=utf-8"

// Reply is the readable part of a successful answer.
type Reply struct {
	ReportID  int64  // 0 for status
	Text      string // the server's description
	RequestID string
	Body      []byte // the answer's bytes as received
}

// DoneReply is the answer to finish.
type DoneReply struct {
	Reply
	FileIDs []string
}

// Status asks whether the service is there and the credentials are right.
func (c *Client) Status(ctx context.Context) (*Reply, error) {
	return c.reply(c.exchange(ctx, EndpointStatus, http.MethodGet, "", nil), 0)
}

// XSD fetches the schema that the service uses now; see [DiffXSD].
func (c *Client) XSD(ctx context.Context) ([]byte, error) {
	x := c.exchange(ctx, EndpointXSD, http.MethodGet, "", nil)
	if x.err == nil && (x.call.HTTPStatus != http.StatusOK || !bytes.Contains(x.call.Response, []byte("schema"))) {
		x.classify()
		if x.err == nil {
			x.err = x.problem("the answer is not a schema", nil)
		}
	}
	return x.call.Response, c.record(x)
}

// Submit opens a report. Every call opens another one: after a lost answer the first report must never be finished.
func (c *Client) Submit(ctx context.Context, report *Report) (*Reply, error) {
	body, err := Encode(c.opt.Profile, report)
	if err != nil {
		return nil, err
	}
	return c.SubmitXML(ctx, body)
}

// SubmitXML opens a report from bytes that were encoded before. In production it refuses reports with placeholder data about the reporter.
func (c *Client) SubmitXML(ctx context.Context, report []byte) (*Reply, error) {
	if c.opt.Environment == Production {
		if err := refusePlaceholders(report); err != nil {
			return nil, err
		}
	}
	return c.reply(c.exchange(ctx, EndpointSubmit, http.MethodPost, xmlContentType, report), anyReport)
}

// FileInfo describes an uploaded file. NCMEC takes one description per file.
func (c *Client) FileInfo(ctx context.Context, details *FileDetails) (*Reply, error) {
	body, err := Encode(c.opt.Profile, details)
	if err != nil {
		return nil, err
	}
	return c.reply(c.exchange(ctx, EndpointFileInfo, http.MethodPost, xmlContentType, body), details.ReportID)
}

// Finish closes a report for good and hands it in. The answer starts the preservation clock; keep its bytes.
func (c *Client) Finish(ctx context.Context, reportID int64) (*DoneReply, error) {
	body, contentType, err := formWithID(reportID)
	if err != nil {
		return nil, err
	}
	x := c.exchange(ctx, EndpointFinish, http.MethodPost, contentType, body)
	reply, err := c.reply(x, reportID)
	if reply == nil {
		return nil, err
	}
	return &DoneReply{Reply: *reply, FileIDs: x.fileIDs}, err
}

// Retract withdraws a report that is not finished.
func (c *Client) Retract(ctx context.Context, reportID int64) (*Reply, error) {
	body, contentType, err := formWithID(reportID)
	if err != nil {
		return nil, err
	}
	return c.reply(c.exchange(ctx, EndpointRetract, http.MethodPost, contentType, body), reportID)
}

// formWithID is the form of finish and retract, multipart as in NCMEC's examples.
func formWithID(reportID int64) ([]byte, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := errors.Join(w.WriteField("id", strconv.FormatInt(reportID, 10)), w.Close()); err != nil {
		return nil, "", fmt.Errorf("cybertip: build form: %w", err)
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

// anyReport asks for an answer with some report's id.
const anyReport = -1

// exchange is one HTTP request with everything known about it.
type exchange struct {
	ctx  context.Context
	call Call
	sent atomic.Bool
	err  error

	// want is the report the answer must be about: an id, anyReport, or 0 for none. An answer may leave out an id we know.
	want int64

	// read from the answer by classify
	reportID int64
	text     string
	fileID   string
	hash     string
	fileIDs  []string
}

func (c *Client) newExchange(ctx context.Context, ep Endpoint) *exchange {
	return &exchange{ctx: ctx, call: Call{
		Endpoint: ep, Environment: c.opt.Environment, Attempt: attemptOf(ctx), Code: CodeNone, Started: c.opt.Clock(),
	}}
}

// exchange sends a body that is in memory.
func (c *Client) exchange(ctx context.Context, ep Endpoint, method, contentType string, body []byte) *exchange {
	x := c.newExchange(ctx, ep)
	sum := sha256.Sum256(body)
	x.call.RequestSHA256, x.call.RequestBytes, x.call.Request = hex.EncodeToString(sum[:]), int64(len(body)), body
	timed, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(timed, method, c.base+"/"+string(ep), bytes.NewReader(body))
	if err != nil {
		x.err = x.problem("the request could not be built", err)
		return x
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	c.send(x, req)
	return x
}

// send makes the exchange and reads the answer.
func (c *Client) send(x *exchange, req *http.Request) {
	defer func() { x.call.Ended = c.opt.Clock() }()
	req.SetBasicAuth(c.opt.Username, c.opt.Password)
	req.Header.Set("User-Agent", c.opt.UserAgent)
	req.Header.Set("Accept", "application/xml, text/xml")
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { x.sent.Store(true) }}
	resp, err := c.http.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		if cause := context.Cause(req.Context()); cause != nil {
			err = errors.Join(err, cause)
		}
		x.err = x.problem("no answer", err)
		return
	}
	x.call.HTTPStatus, x.call.RequestID = resp.StatusCode, resp.Header.Get("Request-ID")
	limit := c.opt.MaxReply
	if limit <= 0 {
		limit = 1 << 20
		if x.call.Endpoint == EndpointXSD {
			limit = 16 << 20
		}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	err = errors.Join(err, resp.Body.Close())
	if int64(len(body)) > limit {
		body, err = body[:limit], fmt.Errorf("the answer is longer than %d bytes", limit)
	}
	x.call.Response = body
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		x.refusedCredentials()
	case err != nil:
		x.err = x.problem("the answer could not be read", err)
	}
}

// refusedCredentials judges a 401, which means the same with any body and with none.
func (x *exchange) refusedCredentials() {
	x.call.Code = CodeAuthRequired
	x.err = x.problem("the user name or password was refused", nil)
}

// problem describes why the exchange failed.
func (x *exchange) problem(text string, cause error) *Error {
	return &Error{
		Endpoint: x.call.Endpoint, Code: x.call.Code, Text: text, HTTPStatus: x.call.HTTPStatus, RequestID: x.call.RequestID,
		Sent: x.sent.Load(), Err: cause,
	}
}

// classify reads the answer and judges by its response code. The charset parameter of the Content-Type header is ignored on purpose: the
// service has sent ISO-8859-1 there with UTF-8 in the body.
func (x *exchange) classify() {
	if x.err != nil {
		return
	}
	if err := x.read(); err != nil {
		x.err = x.problem("the answer is not one of this service's documents", err)
		return
	}
	switch ok := x.call.HTTPStatus >= 200 && x.call.HTTPStatus < 300; {
	case x.call.Code != CodeSuccess:
		x.err = x.problem(x.text, nil)
	case !ok:
		x.call.Code = CodeNone
		x.err = x.problem("the answer says success but the HTTP status does not", ErrUnexpectedAnswer)
	case x.want == anyReport && x.reportID <= 0:
		x.err = x.problem("the report was opened but its id is missing", ErrUnexpectedAnswer)
	case x.want > 0 && x.reportID != 0 && x.reportID != x.want:
		x.err = x.problem(fmt.Sprintf("the answer is about report %d, not %d", x.reportID, x.want), ErrUnexpectedAnswer)
	}
}

func (x *exchange) read() error {
	if done, err := DecodeReportDoneResponse(x.call.Response); err == nil {
		x.call.Code, x.reportID = codeOf(done.ResponseCode), done.ReportID
		if done.Files != nil {
			x.fileIDs = done.Files.FileIDs
		}
		return nil
	}
	r, err := DecodeReportResponse(x.call.Response)
	if err != nil {
		return err
	}
	x.call.Code, x.reportID, x.text, x.fileID, x.hash = codeOf(r.ResponseCode), r.ReportID, r.ResponseDescription, r.FileID, r.Hash
	return nil
}

// codeOf keeps a negative code from the wire apart from CodeNone.
func codeOf(n int) Code {
	if n < 0 {
		return CodeServerError
	}
	return Code(n)
}

// reply classifies, records and returns the common part of an answer about the wanted report.
func (c *Client) reply(x *exchange, want int64) (*Reply, error) {
	x.want = want
	x.classify()
	if x.err != nil {
		return nil, c.record(x)
	}
	reply := &Reply{ReportID: x.reportID, Text: x.text, RequestID: x.call.RequestID, Body: x.call.Response}
	if reply.ReportID == 0 && want > 0 {
		reply.ReportID = want
	}
	return reply, c.record(x)
}

// record hands the call to the recorder and returns the call's error, joined with the recorder's.
func (c *Client) record(x *exchange) error {
	x.call.Err = x.err
	if c.opt.Recorder == nil {
		return x.err
	}
	if err := c.opt.Recorder.Record(context.WithoutCancel(x.ctx), x.call); err != nil {
		return errors.Join(x.err, fmt.Errorf("%w: %w", ErrNotRecorded, err))
	}
	return x.err
}
