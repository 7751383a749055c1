package cybertip

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// ErrHeld is returned by [Run] for a filing that waits for a person; Filing.Hold says why.
var ErrHeld = errors.New("cybertip: the filing waits for a person")

// ErrOtherEnvironment is returned by [Run] when the filing was begun in another environment than the client's.
var ErrOtherEnvironment = errors.New("cybertip: the filing belongs to another environment")

// Run takes a filing one step further. The caller stores the returned filing, whether or not there is an error, before calling Run again, until
// Next says done or Run returns [ErrHeld]. A step takes two calls: the first only marks it as in flight, so that the mark is stored before
// anything is sent; the second makes the HTTP call. A filing found in flight without this client having marked it was interrupted by a crash,
// and Run treats its answer as lost. The error of a failed call is returned for logging and for the caller's back-off; what it means for the
// filing is already in the returned filing.
func Run(ctx context.Context, client *Client, f Filing, open FileOpener) (Filing, error) {
	if err := ctx.Err(); err != nil {
		return f, fmt.Errorf("cybertip: run: %w", err)
	}
	env := client.Environment()
	if f.Environment != "" && f.Environment != env {
		return f, fmt.Errorf("%w: it was begun in %q, the client is for %q", ErrOtherEnvironment, f.Environment, env)
	}
	if f.Profile != client.Profile() {
		return f, fmt.Errorf("cybertip: the filing was encoded for profile %s, the client uses %s", f.Profile, client.Profile())
	}
	now := client.opt.Clock()
	if f.InFlight == nil {
		return begin(client, Expire(f, now), env, now)
	}
	if !client.redeem(f.InFlight.Ticket) || f.InFlight.Step != Next(f) {
		return Apply(f, Result{Step: f.InFlight.Step, At: f.InFlight.Begun, Err: ErrAnswerLost}), nil
	}
	result := execute(ctx, client, f, open)
	failed := result.Err
	if errors.Is(failed, ErrNotRecorded) && result.ReportID != 0 {
		// The call itself succeeded. Its result counts, and the caller still learns that the record has a gap.
		result.Err = nil
	}
	return Apply(f, result), failed
}

func begin(client *Client, f Filing, env Environment, now time.Time) (Filing, error) {
	switch step := Next(f); step.Kind {
	case StepDone:
		return f, nil
	case StepHold:
		return f, fmt.Errorf("%w: %s", ErrHeld, step.Reason)
	}
	ticket, err := client.ticket()
	if err != nil {
		return f, err
	}
	f = Begin(f, ticket, now)
	f.Environment = env
	return f, nil
}

// ticket marks a step that this client, and no other, may execute once.
func (c *Client) ticket() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("cybertip: make a ticket: %w", err)
	}
	t := hex.EncodeToString(b[:])
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tickets[t] = struct{}{}
	return t, nil
}

// redeem uses a ticket up and reports whether it was good.
func (c *Client) redeem(t string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.tickets[t]
	delete(c.tickets, t)
	return ok
}

// execute makes the call of the step in flight.
func execute(ctx context.Context, client *Client, f Filing, open FileOpener) Result {
	step := f.InFlight.Step
	r := Result{Step: step, At: client.opt.Clock()}
	ctx = WithAttempt(ctx, f.Failures+1)
	var reply *Reply
	switch step.Kind {
	case StepSubmit:
		if sum := sha256.Sum256(f.Report); hex.EncodeToString(sum[:]) != f.ReportSHA256 {
			r.Err = errors.New("cybertip: the stored report is not the one that was validated: its SHA-256 differs")
			return r
		}
		reply, r.Err = client.SubmitXML(ctx, f.Report)
	case StepUpload:
		reply = upload(ctx, client, f.Files[step.File], open, &r)
	case StepFileInfo:
		details := *f.Files[step.File].Details
		details.ReportID, details.FileID = f.ReportID, f.Files[step.File].FileID
		reply, r.Err = client.FileInfo(ctx, &details)
	case StepFinish:
		var done *DoneReply
		if done, r.Err = client.Finish(ctx, step.ReportID); done != nil {
			reply, r.FileIDs = &done.Reply, done.FileIDs
		}
	case StepRetract:
		reply, r.Err = client.Retract(ctx, step.ReportID)
	}
	if reply != nil {
		r.ReportID, r.RequestID, r.Response = reply.ReportID, reply.RequestID, reply.Body
	}
	return r
}

func upload(ctx context.Context, client *Client, file FilingFile, open FileOpener, r *Result) *Reply {
	if open == nil {
		r.Err = fmt.Errorf("cybertip: no opener was given for file %q", file.Key)
		return nil
	}
	content, err := open(ctx, file)
	if err != nil {
		// As an Error that was not sent it can be retried: a store that is away comes back.
		r.Err = &Error{Endpoint: EndpointUpload, Code: CodeNone, Text: fmt.Sprintf("file %q could not be opened", file.Key), Err: err}
		return nil
	}
	sent, err := client.Upload(ctx, Upload{ReportID: r.Step.ReportID, Name: file.Name, Content: content, Size: file.Size})
	r.Err = err
	if err := content.Close(); err != nil && sent == nil {
		r.Err = errors.Join(r.Err, fmt.Errorf("cybertip: close file %q: %w", file.Key, err))
	}
	if sent == nil {
		return nil
	}
	r.FileID, r.MD5, r.SHA256 = sent.FileID, sent.MD5, sent.SHA256
	return &sent.Reply
}
