// Package exchangetest is a stand-in of every exchange, to test against and to try haris with: one shelf of items that the protocols
// show each in its own form, as strictly as is known of them: credentials, pages, entries in no order, items that were taken back, tokens
// that expire, limits, and faults where a test wants them. It holds only made-up hashes. Tests and `haris exchange test-server` use it.
package exchangetest

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"haris/internal/bank"
	"haris/internal/exchange"
)

// Item is one thing on the shelf.
type Item struct {
	ID      string
	Owner   string // number of a member
	Hashes  []bank.Hash
	Class   string
	Stance  exchange.Stance // empty means positive
	Video   bool
	Changed time.Time
	Gone    bool
	// Odd makes the item what no client expects: without its owner, of an unknown kind, or with a hash that cannot be read.
	Odd bool
}

// Options change how a Server behaves. The zero value is strict, with the page sizes of the real services.
type Options struct {
	Now       func() time.Time // nil means time.Now
	Page      int              // entries of a page; 0 means 1000 for Hash Sharing, and what the client asks for elsewhere
	TokenUses int              // requests after which a token of Tech Against Terrorism expires; 0 means 20
	PageLives time.Duration    // how long the address of a next page is good; 0 means 12 hours
	OnCall    func(Call)       // told of every request; may be nil
	// FaultEvery lets one of so many requests fail, each time in another way; 0 lets none fail.
	FaultEvery int
}

// Call is one request as it was answered.
type Call struct {
	At     time.Time
	Method string
	Path   string // without the query, where credentials can stand
	Status int    // 0 when the connection was closed
	Fault  string
}

// The credentials that the stand-in takes. They are no secret.
const (
	User         = "stand-in"
	Password     = "not-a-secret"
	Subscription = "subscription-not-a-secret"
	FetchKey     = "fetch-not-a-secret"
	FeedbackKey  = "feedback-not-a-secret"
	GraphToken   = "12345678|not-a-secret-0123456789"
	Group        = "4711"
	ListToken    = "list-not-a-secret"
)

// The paths below which the protocols are.
const (
	HashSharingPath    = "/hashsharing"
	StopNCIIPath       = "/stopncii/v1"
	ThreatExchangePath = "/graph/v21.0"
	TerrorismPath      = "/tat"
	ListPath           = "/list/hashes.csv"
	ArachnidPath       = "/arachnid"
)

// Server is the stand-in. Safe for concurrent use.
type Server struct {
	o        Options
	mux      *http.ServeMux
	mu       sync.Mutex
	shelf    map[string]Item
	blobs    map[string][]byte
	faults   []*Fault
	calls    []Call
	feedback []Feedback
	tokens   map[string]int // uses left
	issued   int
	arrived  int
	released chan struct{}
}

// Feedback is what a client has said of an item.
type Feedback struct {
	Protocol string
	Of       string // item, hash or descriptor
	Kind     string
	Said     string
}

// NewServer returns a Server with an empty shelf.
func NewServer(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.TokenUses == 0 {
		o.TokenUses = 20
	}
	if o.PageLives == 0 {
		o.PageLives = 12 * time.Hour
	}
	s := &Server{o: o, mux: http.NewServeMux(), shelf: map[string]Item{}, blobs: map[string][]byte{}, tokens: map[string]int{}, released: make(chan struct{})}
	s.hashSharing()
	s.stopNCII()
	s.threatExchange()
	s.terrorism()
	s.list()
	s.arachnid()
	return s
}

// Put puts items on the shelf, or changes them. An item without a time is changed now.
func (s *Server) Put(items ...Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range items {
		if i.Changed.IsZero() {
			i.Changed = s.o.Now().UTC()
		}
		s.shelf[i.ID] = i
	}
}

// Take takes items back.
func (s *Server) Take(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if i, ok := s.shelf[id]; ok {
			i.Gone, i.Changed = true, s.o.Now().UTC()
			s.shelf[id] = i
		}
	}
}

// Drop removes items without a trace, as when a service tells of deletions no longer.
func (s *Server) Drop(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		delete(s.shelf, id)
	}
}

// Items are those that stand, by id.
func (s *Server) Items() []Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sorted(func(i *Item) bool { return !i.Gone })
}

// sorted are items by id; the caller holds the lock.
func (s *Server) sorted(want func(*Item) bool) (out []Item) {
	for _, i := range s.shelf {
		if want(&i) {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b Item) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// shuffled are items in an order that has nothing to do with time; the caller holds the lock.
func (s *Server) shuffled(want func(*Item) bool) []Item {
	type card struct {
		at   uint64
		item Item
	}
	var cards []card
	for _, i := range s.shelf {
		if want(&i) {
			h := fnv.New64a()
			_, _ = h.Write([]byte(i.ID))
			cards = append(cards, card{h.Sum64(), i})
		}
	}
	slices.SortFunc(cards, func(a, b card) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.item.ID, b.item.ID)) })
	out := make([]Item, len(cards))
	for i := range cards {
		out[i] = cards[i].item
	}
	return out
}

// Calls are the requests so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Said is the feedback so far.
func (s *Server) Said() []Feedback {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.feedback)
}

// say keeps feedback: the same again changes nothing.
func (s *Server) say(f Feedback) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.feedback, f) {
		s.feedback = append(s.feedback, f)
	}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := Call{At: s.o.Now(), Method: r.Method, Path: r.URL.Path}
	out := &status{ResponseWriter: w, code: http.StatusOK}
	defer func() {
		call.Status = out.code
		broken := recover()
		if broken != nil {
			call.Status = 0
		}
		s.mu.Lock()
		s.calls = append(s.calls, call)
		s.mu.Unlock()
		if s.o.OnCall != nil {
			s.o.OnCall(call)
		}
		if broken != nil {
			panic(broken)
		}
	}()
	if f := s.fault(r); f != nil {
		call.Fault = string(f.Kind)
		if s.fail(out, r, f) {
			return
		}
	}
	s.mux.ServeHTTP(out, r)
}

// status remembers the status of an answer.
type status struct {
	http.ResponseWriter
	code int
}

// WriteHeader implements http.ResponseWriter.
func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// refuse answers that a request is not what the protocol says.
func refuse(w http.ResponseWriter, code int, format string, args ...any) {
	http.Error(w, fmt.Sprintf(format, args...), code)
}

// only refuses parameters of a query that the protocol does not have, and such that stand twice.
func only(w http.ResponseWriter, r *http.Request, names ...string) bool {
	for name, v := range r.URL.Query() {
		if !slices.Contains(names, name) || len(v) != 1 {
			refuse(w, http.StatusBadRequest, "parameter %q: expected once each of %s", name, strings.Join(names, ", "))
			return false
		}
	}
	return true
}

// URL of a request's server.
func base(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
