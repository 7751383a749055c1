package cybertiptest

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"haris/cybertip"
)

// FaultKind names a way to fail.
type FaultKind string

// The kinds of faults. Those in the first group come instead of the answer; Fault.Commit says whether the request takes effect first.
const (
	FaultDrop     FaultKind = "drop"      // the connection is closed
	FaultHTML     FaultKind = "html"      // Fault.Status with a page from some proxy
	FaultCode     FaultKind = "code"      // Fault.Code in a well-formed answer
	FaultGarbage  FaultKind = "garbage"   // HTTP 200 with half an XML document
	FaultEmpty401 FaultKind = "empty-401" // a 401 without a body
	FaultHang     FaultKind = "hang"      // no answer until the client gives up or [Server.Release] is called

	// These change an answer that is given otherwise.
	FaultWrongMD5     FaultKind = "wrong-md5"     // the hash of an upload is wrong
	FaultLatin1Header FaultKind = "latin1-header" // the content type claims ISO-8859-1
	FaultSlow         FaultKind = "slow"          // the answer waits for Fault.Delay
)

// Fault is one way to fail, for one endpoint.
type Fault struct {
	Endpoint cybertip.Endpoint // empty means any
	Kind     FaultKind
	Commit   bool          // the request takes effect before it fails
	Status   int           // of FaultHTML; 0 means 502
	Code     cybertip.Code // of FaultCode; 0 means 1000
	Delay    time.Duration // of FaultSlow
	Skip     int           // how many matching requests pass first
	Times    int           // how many requests fail then; 0 means one, negative all
}

// Inject adds a fault. Faults are tried in the order in which they were added; one applies per request.
func (s *Server) Inject(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// ClearFaults forgets all injected faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Release lets every hanging request go on to be dropped, and every later one too.
func (s *Server) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.released:
	default:
		close(s.released)
	}
}

// arrive counts a request, gives it an id and finds the fault that applies to it, if any.
func (s *Server) arrive(endpoint cybertip.Endpoint) (*Fault, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[endpoint]++
	id := s.hex32()
	for _, f := range s.faults {
		switch {
		case f.Times == 0 || (f.Endpoint != "" && f.Endpoint != endpoint):
			continue
		case f.Skip > 0:
			f.Skip--
			continue
		case f.Times > 0:
			f.Times--
		}
		copied := *f
		return &copied, id
	}
	if s.opt.Faults != nil {
		if f, ok := s.opt.Faults(endpoint, s.requests[endpoint]); ok {
			return &f, id
		}
	}
	return nil, id
}

// replaces reports whether the fault comes instead of the answer.
func (f *Fault) replaces() bool {
	switch f.Kind {
	case FaultDrop, FaultHTML, FaultCode, FaultGarbage, FaultEmpty401, FaultHang:
		return true
	default:
		return false
	}
}

// instead acts out a fault that replaces the answer.
func (f *Fault) instead(s *Server, w http.ResponseWriter, r *http.Request) {
	switch f.Kind {
	case FaultDrop:
		panic(http.ErrAbortHandler) // the documented way to close a connection without an answer
	case FaultHang:
		select {
		case <-r.Context().Done():
		case <-s.released:
		}
		panic(http.ErrAbortHandler)
	case FaultHTML:
		drain(r)
		status := f.Status
		if status == 0 {
			status = http.StatusBadGateway
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<html><head><title>%d</title><body><h1>%s<hr>", status, http.StatusText(status))
	case FaultCode:
		drain(r)
		code := f.Code
		if code == 0 {
			code = cybertip.CodeServerError
		}
		s.write(w, refuse(code), nil)
	case FaultGarbage:
		drain(r)
		w.Header().Set("Content-Type", "application/xml")
		fmt.Fprint(w, "<reportResponse><responseCode>0</respo")
	case FaultEmpty401:
		drain(r)
		w.WriteHeader(http.StatusUnauthorized)
	}
}

// wait acts out a slow answer. The request has taken effect already.
func (f *Fault) wait(s *Server, r *http.Request) {
	timer := time.NewTimer(f.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-s.released:
	}
}

// drain reads the rest of a request, so that the client gets to see the answer.
func drain(r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return // the client has gone; the answer will not reach it either
	}
}
