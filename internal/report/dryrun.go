package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
	"haris/internal/casefile"
)

// DryRun is how a filing went against the strict stand-in for NCMEC inside of this process. Nothing of it leaves the process and nothing
// is filed.
type DryRun struct {
	SHA256   string             `json:"sha256"` // of the documents, as Preview has it
	Calls    []DryCall          `json:"calls"`
	Accepted bool               `json:"accepted"` // it went to the end
	Error    string             `json:"error,omitempty"`
	Findings []cybertip.Finding `json:"findings"`
}

// DryCall is one exchange of a dry run.
type DryCall struct {
	Endpoint cybertip.Endpoint `json:"endpoint"`
	Code     cybertip.Code     `json:"code"`
	Bytes    int64             `json:"bytes"` // of the request
	Took     time.Duration     `json:"took"`
}

// DryRun files exactly what the preview shows against the strict stand-in: every document is checked again by it, every file is read from
// the vault to its end, and nothing is kept of them. Reading the files stands in their custody. ErrNotFound, ErrPerson. That NCMEC would
// refuse it, or that a file cannot be read, is no error but the result.
func (s *Service) DryRun(ctx context.Context, who, id string) (out DryRun, err error) {
	if !casefile.IsPerson(who) {
		return out, fmt.Errorf("%w: not %q", ErrPerson, who)
	}
	var r Report
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		if r, err = tx.Get(ctx, id); err != nil {
			return err
		}
		return note(ctx, tx, &r, who, s.at(), "dry_run", nil)
	})
	if err != nil {
		return out, err
	}
	docs, _, findings, err := s.check(ctx, &r)
	if err != nil {
		return out, err
	}
	out.SHA256, out.Findings = docs.SHA256(), findings
	if len(cybertip.Blocking(findings)) > 0 {
		out.Error = "NCMEC would refuse the documents"
		return out, nil
	}
	filing, err := cybertip.NewFiling(docs.Spec, s.at())
	if err != nil {
		out.Error = err.Error()
		return out, nil
	}
	err = s.rehearse(ctx, who, &filing, &out)
	if ctx.Err() != nil {
		return out, fmt.Errorf("report: dry run: %w", ctx.Err())
	}
	if err != nil {
		out.Error = err.Error()
	}
	out.Accepted = err == nil && filing.Receipt != nil
	return out, nil
}

// rehearse carries the filing to its end.
func (s *Service) rehearse(ctx context.Context, who string, f *cybertip.Filing, out *DryRun) error {
	server := cybertiptest.NewServer(cybertiptest.Options{Profile: f.Profile, Clock: s.Now, DigestsOnly: true, KeepFile: -1})
	client, err := cybertip.NewClient(cybertip.Options{
		Environment: cybertip.Local, BaseURL: "http://127.0.0.1" + cybertiptest.BasePath, Username: cybertiptest.DefaultUser, Password: cybertiptest.DefaultPassword,
		Profile: f.Profile, Clock: s.Now, HTTPClient: &http.Client{Transport: inside{server}}, Recorder: (*dryTape)(out),
	})
	if err != nil {
		return fmt.Errorf("report: dry run: %w", err)
	}
	open := func(ctx context.Context, file cybertip.FilingFile) (io.ReadCloser, error) {
		_, body, err := s.Vault.Open(ctx, who, "a dry run of a filing; nothing leaves the installation", file.Key)
		return body, err
	}
	f.Environment = cybertip.Local
	for range 10 * (len(f.Files) + 10) {
		if cybertip.Next(*f).Kind == cybertip.StepDone {
			return nil
		}
		if *f, err = cybertip.Run(ctx, client, *f, open); err != nil {
			return fmt.Errorf("report: dry run: %w", err)
		}
	}
	return errors.New("report: the dry run does not come to an end")
}

// dryTape notes the calls.
type dryTape DryRun

func (t *dryTape) Record(_ context.Context, c cybertip.Call) error {
	t.Calls = append(t.Calls, DryCall{c.Endpoint, c.Code, c.RequestBytes, c.Ended.Sub(c.Started)})
	return nil
}

// inside answers requests by a handler of this process, without a connection.
type inside struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t inside) RoundTrip(r *http.Request) (*http.Response, error) {
	own := r.Clone(r.Context())
	if own.Body == nil {
		own.Body = http.NoBody
	}
	own.RequestURI, own.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	w := &reply{header: http.Header{}, status: http.StatusOK}
	t.handler.ServeHTTP(w, own)
	if _, err := io.Copy(io.Discard, own.Body); err != nil {
		return nil, fmt.Errorf("report: dry run: read the request: %w", errors.Join(err, own.Body.Close()))
	}
	if err := own.Body.Close(); err != nil {
		return nil, fmt.Errorf("report: dry run: close the request: %w", err)
	}
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// reply is a response in memory.
type reply struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *reply) Header() http.Header { return a.header }

func (a *reply) WriteHeader(status int) { a.status = status }

func (a *reply) Write(p []byte) (int, error) { return a.body.Write(p) }
