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
	SHA256   string    // hexadecimal, of the document
	Document []byte    // nil with Options.DigestsOnly, and after a restart
	Files    []File
}

// File is an uploaded file as the server knows it.
type File struct {
	ID            string
	Name          string
	MD5           string
	SHA256        string
	Size          int64
	Content       []byte // the first Options.KeepFile bytes; nil after a restart
	Details       []byte // the fileDetails document; nil when there was none, with Options.DigestsOnly, and after a restart
	DetailsSHA256 string // of the fileDetails document, empty when there was none
}

type report struct{ Report }

// expiry is when a report that is open now will be deleted: the later of a day after it was opened and an hour after its last change.
func (o *Options) expiry(r *Report) time.Time {
	end := r.Opened.Add(o.ExpireAfter)
	if later := r.Modified.Add(o.ExpireAfterChange); !r.Modified.IsZero() && later.After(end) {
		return later
	}
	return end
}

// refresh expires an open report whose time has come.
func (s *Server) refresh(r *report) {
	if r.State == StateOpen && !s.opt.Clock().Before(s.opt.expiry(&r.Report)) {
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
	s.refresh(r)
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
	s.refresh(r)
	out := r.Report
	out.Files = slices.Clone(r.Files)
	return out
}

// Call is one request the server has answered, or refused to answer.
type Call struct {
	At        time.Time
	Endpoint  cybertip.Endpoint // empty for a path that is none
	RequestID string
	User      string
	ReportID  int64         // 0 when the call was about none, or was refused before that was known
	Status    int           // of the answer that was due; 0 when a fault kept the request from taking effect
	Code      cybertip.Code // of the answer that was due
	Fault     FaultKind
	Took      time.Duration // until the answer was due, by the clock of Options
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
	c.Took = s.opt.Clock().Sub(c.At)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opt.OnCall != nil {
		s.opt.OnCall(c)
	}
	if len(s.calls) >= maxCalls {
		s.calls = append(s.calls[:0], s.calls[maxCalls/2:]...)
	}
	s.calls = append(s.calls, c)
}
