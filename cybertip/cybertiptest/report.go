package cybertiptest

import (
	"slices"
	"time"

	"haris/cybertip"
)

// State is where a report is in its life.
type State string

// The states of a report.
const (
	StateOpen      State = "open"
	StateFinished  State = "finished"
	StateRetracted State = "retracted"
	StateExpired   State = "expired"
)

// Report is a report as the server knows it.
type Report struct {
	ID       int64
	User     string
	State    State
	Batched  bool
	Opened   time.Time
	Modified time.Time // last upload or description; zero when there was none
	Closed   time.Time // finished or retracted
	Document []byte
	Files    []File
}

// File is an uploaded file as the server knows it.
type File struct {
	ID      string
	Name    string
	MD5     string
	SHA256  string
	Size    int64
	Content []byte // the first Options.KeepFile bytes
	Details []byte // the fileDetails document, nil when there was none
}

type report struct{ Report }

// refresh expires an open report whose time has come: the later of 24 hours after it was opened and one hour after its last change.
func (r *report) refresh(now time.Time) {
	if r.State != StateOpen {
		return
	}
	end := r.Opened.Add(24 * time.Hour)
	if hour := r.Modified.Add(time.Hour); hour.After(end) {
		end = hour
	}
	if !now.Before(end) {
		r.State = StateExpired
	}
}

// file returns the file with that id, or nil.
func (r *report) file(id string) *File {
	i := slices.IndexFunc(r.Files, func(f File) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return &r.Files[i]
}

// open returns the user's open report, or the code that says why there is none. The caller holds the lock.
func (s *Server) open(user string, id int64) (*report, cybertip.Code) {
	r := s.reports[id]
	if r == nil || r.User != user {
		return nil, cybertip.CodeNoSuchReport
	}
	r.refresh(s.opt.Clock())
	switch r.State {
	case StateRetracted:
		return nil, cybertip.CodeAlreadyRetracted
	case StateFinished:
		return nil, cybertip.CodeAlreadyFinished
	case StateExpired:
		return nil, cybertip.CodeNoSuchReport
	}
	return r, cybertip.CodeSuccess
}

// Reports returns copies of all reports in the order in which they were opened, with their states as of now.
func (s *Server) Reports() []Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Report, 0, len(s.order))
	for _, id := range s.order {
		out = append(out, s.snapshot(id))
	}
	return out
}

// Report returns a copy of one report.
func (s *Server) Report(id int64) (Report, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reports[id] == nil {
		return Report{}, false
	}
	return s.snapshot(id), true
}

func (s *Server) snapshot(id int64) Report {
	r := s.reports[id]
	r.refresh(s.opt.Clock())
	out := r.Report
	out.Files = slices.Clone(r.Files)
	return out
}

// Call is one request the server has answered, or refused to answer.
type Call struct {
	Endpoint  cybertip.Endpoint
	RequestID string
	User      string
	Status    int // 0 when a fault came instead of an answer
	Code      cybertip.Code
	Fault     FaultKind
}

// maxCalls bounds what a server that runs for long remembers.
const maxCalls = 10_000

// Calls returns the last requests, oldest first.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *Server) note(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) >= maxCalls {
		s.calls = append(s.calls[:0], s.calls[maxCalls/2:]...)
	}
	s.calls = append(s.calls, c)
}
