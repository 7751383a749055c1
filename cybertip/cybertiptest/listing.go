package cybertiptest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"haris/cybertip"
)

// ListPath answers what has arrived. The real service has nothing like it.
const ListPath = "/_reports"

// Listed is a report in the list, without its contents.
type Listed struct {
	ID       int64        `json:"id"`
	User     string       `json:"user"`
	State    State        `json:"state"`
	Batched  bool         `json:"batched"`
	SHA256   string       `json:"sha256"` // of the report's document, as it arrived
	Opened   time.Time    `json:"opened"`
	Modified time.Time    `json:"modified,omitzero"` // last upload or description
	Closed   time.Time    `json:"closed,omitzero"`   // finished or retracted
	Expires  time.Time    `json:"expires,omitzero"`  // while it is open
	Files    []ListedFile `json:"files"`
}

// ListedFile is a file in the list.
type ListedFile struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Size    int64  `json:"size"`
	MD5     string `json:"md5"`
	SHA256  string `json:"sha256"`
	Details string `json:"detailsSha256,omitzero"` // of the fileDetails document
}

// list answers [ListPath]: a JSON list of all reports in the order in which they were opened, or of those in one state (?state=finished). Any of
// the server's users may read it. No fault applies to it.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.authenticate(r); !ok {
		w.Header().Set("WWW-Authenticate", realm)
		http.Error(w, "user name and password of a user of this test server are required", http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodGet {
		http.Error(w, ListPath+" takes GET", http.StatusMethodNotAllowed)
		return
	}
	state := State(r.URL.Query().Get("state"))
	switch state {
	case "", StateOpen, StateFinished, StateRetracted, StateExpired:
	default:
		http.Error(w, "state is one of open, finished, retracted, expired", http.StatusBadRequest)
		return
	}
	out := []Listed{}
	for _, rep := range s.Reports() {
		if state == "" || rep.State == state {
			out = append(out, s.listed(&rep))
		}
	}
	body, err := json.Marshal(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write(append(body, '\n')); err != nil {
		return // the reader has gone; there is nobody left to tell
	}
}

func (s *Server) listed(r *Report) Listed {
	out := Listed{
		ID: r.ID, User: r.User, State: r.State, Batched: r.Batched, SHA256: r.SHA256, Opened: r.Opened.UTC(), Modified: r.Modified.UTC(), Closed: r.Closed.UTC(),
		Files: []ListedFile{},
	}
	if r.State == StateOpen {
		out.Expires = s.opt.expiry(r).UTC()
	}
	for _, f := range r.Files {
		out.Files = append(out.Files, ListedFile{f.ID, f.Name, f.Size, f.MD5, f.SHA256, f.DetailsSHA256})
	}
	return out
}

// endpointOf returns the endpoint that a path names. All paths that name none are one, so that a visitor's inventions take no memory.
func endpointOf(path string) cybertip.Endpoint {
	name, inside := strings.CutPrefix(path, BasePath+"/")
	for _, e := range cybertip.Endpoints() {
		if inside && string(e) == name {
			return e
		}
	}
	return ""
}
