package cybertiptest

import (
	"crypto/subtle"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"haris/cybertip"
)

// BasePath is where the endpoints live, as at NCMEC.
const BasePath = "/ispws"

// The user that exists when Options name none.
const (
	DefaultUser     = "test-user"
	DefaultPassword = "test-password"
)

// Options configure a [Server]. The zero value is usable.
type Options struct {
	// Profile is the schema that documents are checked against; empty means cybertip.Profile202506.
	Profile cybertip.Profile
	// Users maps names to passwords; nil means DefaultUser with DefaultPassword.
	Users map[string]string
	// Clock returns the present moment; nil means time.Now. Reports expire by it.
	Clock func() time.Time
	// Seed makes file ids and request ids repeatable.
	Seed uint64
	// FirstReportID is the id of the first report; 0 means 7000001.
	FirstReportID int64
	// MaxBody bounds XML bodies and forms without a file, in bytes; 0 means 32 MiB.
	MaxBody int64
	// KeepFile is how many bytes of each file are kept for inspection; 0 means 1 MiB, negative none. Files themselves have no limit.
	KeepFile int64
	// DigestsOnly keeps no documents and no files, only their digests, so that memory stays flat however much arrives.
	DigestsOnly bool
	// ExpireAfter and ExpireAfterChange say how long an open report lasts after it was opened and after its last change, whichever ends later; 0
	// means 24 hours and one hour, as documented.
	ExpireAfter, ExpireAfterChange time.Duration
	// CheckPriorReports refuses reports that name earlier reports which this server has not finished.
	CheckPriorReports bool
	// Faults, if set, is asked before every request that no injected fault applies to; n counts the requests to that endpoint from 1. It is called
	// with the server locked and must not call back into it.
	Faults func(endpoint cybertip.Endpoint, n int) (Fault, bool)
	// OnCall, if set, is told of every call, one at a time. It must not call back into the server.
	OnCall func(Call)
}

// Server is the stand-in service. It is safe for use by several goroutines.
type Server struct {
	opt Options

	mu       sync.Mutex
	rng      *rand.Rand
	reports  map[int64]*report
	order    []int64
	nextID   int64
	faults   []*Fault
	requests map[cybertip.Endpoint]int
	calls    []Call
	released chan struct{}
	journal  *journal // nil when reports are in memory only
}

var _ http.Handler = (*Server)(nil)

// NewServer returns a server without reports.
func NewServer(opt Options) *Server {
	if opt.Profile == "" {
		opt.Profile = cybertip.Profile202506
	}
	if opt.Users == nil {
		opt.Users = map[string]string{DefaultUser: DefaultPassword}
	}
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	if opt.FirstReportID == 0 {
		opt.FirstReportID = 7_000_001
	}
	if opt.MaxBody == 0 {
		opt.MaxBody = 32 << 20
	}
	if opt.KeepFile == 0 {
		opt.KeepFile = 1 << 20
	}
	if opt.DigestsOnly {
		opt.KeepFile = -1
	}
	if opt.ExpireAfter <= 0 {
		opt.ExpireAfter = 24 * time.Hour
	}
	if opt.ExpireAfterChange <= 0 {
		opt.ExpireAfterChange = time.Hour
	}
	return &Server{
		opt: opt, rng: newRand(opt.Seed), reports: map[int64]*report{}, nextID: opt.FirstReportID,
		requests: map[cybertip.Endpoint]int{}, released: make(chan struct{}),
	}
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6861726973)) }

// answer is what an endpoint says, before a fault may change it.
type answer struct {
	status   int
	code     cybertip.Code
	reportID int64 // what the call was about, for the record
	doc      cybertip.Document
	raw      []byte // instead of doc, for the schema
}

// respond is a reportResponse with the HTTP status that goes with its code.
func respond(code cybertip.Code, text string) answer {
	return answer{status: statusOf(code), code: code, doc: &cybertip.ReportResponse{ResponseCode: int(code), ResponseDescription: text}}
}

func refuse(code cybertip.Code) answer { return respond(code, code.String()) }

// about says which report an answer is about.
func (a answer) about(reportID int64) answer {
	a.reportID = reportID
	return a
}

// statusOf is documented for success, 2000 and 4100 only; the rest is an assumption.
func statusOf(code cybertip.Code) int {
	switch {
	case code == cybertip.CodeSuccess:
		return http.StatusOK
	case code == cybertip.CodeAuthRequired:
		return http.StatusUnauthorized
	case code == cybertip.CodeResourceNotFound:
		return http.StatusNotFound
	case code < cybertip.CodeAuthRequired:
		return http.StatusInternalServerError
	case code < cybertip.CodeInvalidRequest:
		return http.StatusForbidden
	default:
		return http.StatusBadRequest
	}
}

// realm is the challenge of the real service.
const realm = `Basic realm="ESP Web Services"`

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == ListPath {
		s.list(w, r)
		return
	}
	begun := s.opt.Clock()
	endpoint := endpointOf(r.URL.Path)
	fault, requestID := s.arrive(endpoint)
	w.Header().Set("Request-ID", requestID)
	if fault != nil && !fault.Commit && fault.replaces() {
		s.note(Call{At: begun, Endpoint: endpoint, RequestID: requestID, Code: cybertip.CodeNone, Fault: fault.Kind})
		fault.instead(s, w, r)
		return
	}
	user, ok := s.authenticate(r)
	a := refuse(cybertip.CodeAuthRequired)
	if ok {
		a = s.route(endpoint, user, r)
	} else {
		w.Header().Set("WWW-Authenticate", realm)
	}
	call := Call{At: begun, Endpoint: endpoint, RequestID: requestID, User: user, ReportID: a.reportID, Status: a.status, Code: a.code}
	if fault != nil {
		call.Fault = fault.Kind
	}
	s.note(call)
	switch {
	case fault != nil && fault.replaces():
		fault.instead(s, w, r)
		return
	case fault != nil && fault.Kind == FaultSlow:
		fault.wait(s, r)
	}
	s.write(w, a, fault)
}

// write sends an answer in the form the service uses.
func (s *Server) write(w http.ResponseWriter, a answer, fault *Fault) {
	body := a.raw
	if a.doc != nil {
		if r, ok := a.doc.(*cybertip.ReportResponse); ok && fault != nil && fault.Kind == FaultWrongMD5 && r.Hash != "" {
			r.Hash = strings.Repeat("0", 32)
		}
		var err error
		if body, err = cybertip.Encode(s.opt.Profile, a.doc); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	contentType := "application/xml;charset=UTF-8"
	if fault != nil && fault.Kind == FaultLatin1Header {
		contentType = "application/xml;charset=ISO-8859-1"
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(a.status)
	if _, err := w.Write(body); err != nil {
		return // the client has gone; there is nobody left to tell
	}
}

func (s *Server) authenticate(r *http.Request) (string, bool) {
	user, password, ok := r.BasicAuth()
	want, known := s.opt.Users[user]
	same := subtle.ConstantTimeCompare([]byte(password), []byte(want)) == 1
	return user, ok && known && same
}

func (s *Server) route(endpoint cybertip.Endpoint, user string, r *http.Request) answer {
	method := http.MethodPost
	var handle func(string, *http.Request) answer
	switch endpoint {
	case cybertip.EndpointStatus:
		method, handle = http.MethodGet, s.status
	case cybertip.EndpointXSD:
		method, handle = http.MethodGet, s.xsd
	case cybertip.EndpointSubmit:
		handle = s.submit
	case cybertip.EndpointUpload:
		handle = s.upload
	case cybertip.EndpointFileInfo:
		handle = s.fileInfo
	case cybertip.EndpointFinish:
		handle = s.finish
	case cybertip.EndpointRetract:
		handle = s.retract
	default:
		return refuse(cybertip.CodeResourceNotFound)
	}
	if r.Method != method {
		a := respond(cybertip.CodeInvalidRequest, fmt.Sprintf("%s takes %s", endpoint, method))
		a.status = http.StatusMethodNotAllowed
		return a
	}
	return handle(user, r)
}

// hex32 returns 32 random hexadecimal digits. The caller holds the lock.
func (s *Server) hex32() string { return fmt.Sprintf("%016x%016x", s.rng.Uint64(), s.rng.Uint64()) }
