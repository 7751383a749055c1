package exchangetest

import (
	"fmt"
	"net/http"
	"strings"
)

// FaultKind names a way to fail.
type FaultKind string

// The kinds of faults.
const (
	Status  FaultKind = "status"  // Fault.Status without a body of the protocol
	Busy    FaultKind = "busy"    // 429 with Retry-After of Fault.After seconds
	Close   FaultKind = "close"   // the connection is closed
	Garbage FaultKind = "garbage" // 200 with half a document
	Page    FaultKind = "page"    // 200 with a page of some proxy
	Hang    FaultKind = "hang"    // no answer until the client gives up or Release is called
)

// Fault is one way to fail.
type Fault struct {
	Path   string // beginning of the paths that fail; empty means all
	Kind   FaultKind
	Status int // of Status; 0 means 500
	After  int // of Busy
	Skip   int // how many requests pass first
	Times  int // how many fail then; 0 means one, negative all
}

// Inject adds a fault. Faults are tried in the order in which they were added; one applies to a request.
func (s *Server) Inject(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Release lets what hangs go.
func (s *Server) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.released:
	default:
		close(s.released)
	}
}

// fault finds the fault that applies to a request, if any.
func (s *Server) fault(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrived++
	if every := s.o.FaultEvery; every > 0 && s.arrived%every == 0 {
		kinds := []FaultKind{Status, Close, Garbage, Page, Busy}
		return &Fault{Kind: kinds[s.arrived/every%len(kinds)]}
	}
	for _, f := range s.faults {
		switch {
		case f.Times == 0 || !strings.HasPrefix(r.URL.Path, f.Path):
			continue
		case f.Skip > 0:
			f.Skip--
			continue
		case f.Times > 0:
			f.Times--
		}
		return f
	}
	return nil
}

// fail answers as a fault does.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f *Fault) bool {
	switch f.Kind {
	case Status:
		code := f.Status
		if code == 0 {
			code = http.StatusInternalServerError
		}
		refuse(w, code, "a fault that was asked for")
	case Busy:
		w.Header().Set("Retry-After", fmt.Sprint(f.After))
		refuse(w, http.StatusTooManyRequests, "a fault that was asked for")
	case Close:
		panic(http.ErrAbortHandler)
	case Garbage:
		fmt.Fprint(w, `{"results":[{"id":1`)
	case Page:
		fmt.Fprint(w, "<!DOCTYPE html><html><body>This site is being mended.</body></html>")
	case Hang:
		select {
		case <-r.Context().Done():
		case <-s.released:
		}
		panic(http.ErrAbortHandler)
	}
	return true
}
