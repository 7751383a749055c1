package exchange

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"haris/internal/audit"
	"haris/internal/bank"
	"haris/internal/job"
)

// State is how far an exchange has been taken in.
type State struct {
	Name       string     `json:"name"`
	Version    int64      `json:"version"` // grows with every change; 0 before the first
	Checkpoint Checkpoint `json:"checkpoint,omitempty"`
	// Round is the number of the pass over everything that runs or was the last. Whole says that one runs.
	Round int64 `json:"round"`
	Whole bool  `json:"whole,omitempty"`
	// Before is how many records there were when the pass began, Named how many it has named.
	Before int `json:"before,omitempty"`
	Named  int `json:"named,omitempty"`
	// Retiring says that records that the pass did not name are being withdrawn.
	Retiring bool `json:"retiring,omitempty"`
	// Held says why they are not: a person must look first.
	Held string `json:"held,omitempty"`

	Begun       time.Time `json:"begun,omitzero"` // when it was first tried
	LastTry     time.Time `json:"last_try,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"` // everything that there was had been taken in
	LastError   string    `json:"last_error,omitempty"`
	LastFailure time.Time `json:"last_failure,omitzero"`
	Failures    int       `json:"failures,omitempty"` // since the last success
	Next        time.Time `json:"next,omitzero"`      // when it is tried again

	Records int    `json:"records"` // that stand
	Last    Counts `json:"last"`    // of the sync that runs or was the last
	Total   Counts `json:"total"`
}

// Counts says what came of pages.
type Counts struct {
	Pages     int            `json:"pages"`
	Records   int            `json:"records"` // that were named, those unchanged too
	Added     int            `json:"added"`   // entries that became live
	Changed   int            `json:"changed"`
	Withdrawn int            `json:"withdrawn"` // entries that count no more
	Kept      int            `json:"kept_out"`  // entries that a person had removed and that stay out
	Passed    map[string]int `json:"passed,omitempty"`
}

// Add adds up.
func (c *Counts) Add(o Counts) {
	c.Pages += o.Pages
	c.Records += o.Records
	c.Added += o.Added
	c.Changed += o.Changed
	c.Withdrawn += o.Withdrawn
	c.Kept += o.Kept
	if len(o.Passed) == 0 {
		return
	}
	sum := maps.Clone(c.Passed) // a copy of the counts may share the map
	if sum == nil {
		sum = map[string]int{}
	}
	for k, n := range o.Passed {
		if _, ok := sum[k]; !ok && len(sum) >= maxReasons {
			k = "other"
		}
		sum[k] += n
	}
	c.Passed = sum
}

// maxReasons is how many reasons are told apart: they come from outside.
const maxReasons = 30

// Known is what is kept of a record besides its entries.
type Known struct {
	Key    string
	Round  int64  // the pass that named it last
	Stance Stance // says in which bank its entries stand
	Mark   []byte // of all that it said
	Handle string
}

// Store keeps states and records within the caller's transaction.
type Store interface {
	// State returns the state of an exchange; of one that was never tried it has only its name.
	State(ctx context.Context, name string) (State, error)
	// States lists the states by name.
	States(ctx context.Context) ([]State, error)
	// Save keeps a state if nobody has since it was read, and returns it with its new version. ErrConflict.
	Save(ctx context.Context, s State) (State, error)
	Records
}

// Records keeps what is known of records, by exchange and key. The exchange must have a state.
type Records interface {
	// Records returns those of the keys that are there, in any order.
	Records(ctx context.Context, exchange string, keys []string) ([]Known, error)
	// Keep adds or replaces records.
	Keep(ctx context.Context, exchange string, list []Known) error
	// Forget removes records and returns how many there were.
	Forget(ctx context.Context, exchange string, keys []string) (int, error)
	// Behind returns up to limit records whose round is below the given one, by key.
	Behind(ctx context.Context, exchange string, round int64, limit int) ([]Known, error)
}

// Tx is one transaction as the exchanges need it.
type Tx interface {
	Banks() bank.Store
	Exchanges() Store
	Jobs() job.Queue
	Audit() audit.Log
}

// begin is the state as a page is about to be taken in.
func (s State) begin(p *Page) State {
	s.Checkpoint = p.Checkpoint
	if p.Begins {
		s.Round, s.Whole, s.Held, s.Before, s.Named = s.Round+1, true, "", s.Records, 0
	}
	s.Round = max(s.Round, 1)
	return s
}

// took is the state after t took something in.
func (s State) took(t *taker) State {
	s.Records += t.fresh - t.forgotten
	s.Named += t.named
	s.Last.Add(t.count)
	s.Total.Add(t.count)
	return s
}

// end is the state when a pass over everything is over: what it did not name is withdrawn, unless that would be too much.
func (s State) end() State {
	if !s.Whole {
		return s
	}
	s.Whole, s.Held = false, shrunk(s.Before, s.Named)
	s.Retiring = s.Held == "" && s.Named < s.Records
	return s
}

// failed is the state after a sync that failed. After a failure that passes by itself the back-off is waited, after one that a person
// must mend the ordinary time; an exchange that asks for more gets it.
func (s State) failed(now time.Time, interval time.Duration, err error, random func() float64) State {
	s.Failures++
	s.LastError, s.LastFailure = clip(err.Error()), now
	wait := min(job.Backoff(s.Failures, random), interval)
	var e *Error
	if errors.As(err, &e) {
		if !e.Retry {
			wait = interval
		}
		wait = max(wait, min(e.After, maxAsked))
	}
	s.Next = now.Add(wait)
	return s
}

// maxAsked is the longest wait that an exchange is given because it asks for it.
const maxAsked = 24 * time.Hour

const maxErrorText = 500

func clip(s string) string {
	if len(s) <= maxErrorText {
		return s
	}
	for i := maxErrorText; ; i-- {
		if s[i]&0xC0 != 0x80 {
			return s[:i] + "…"
		}
	}
}

// succeeded is the state after everything that there is was taken in. The next time is spread by a tenth, so that many installations
// do not ask together.
func (s State) succeeded(now time.Time, interval time.Duration, random func() float64) State {
	s.Failures, s.LastError, s.LastSuccess = 0, "", now
	s.Next = now.Add(time.Duration(float64(interval) * (0.95 + 0.1*random())))
	return s
}

// Due reports whether it is time to ask the exchange.
func (s *State) Due(now time.Time) bool { return !s.Next.After(now) }

// Stale reports whether the list is older than allowed: then matches may be missing, and entries may stand that were taken back.
func (s *State) Stale(now time.Time, after time.Duration) bool {
	since := s.LastSuccess
	if since.IsZero() {
		since = s.Begun
	}
	return !since.IsZero() && now.Sub(since) > after
}

// shrunk says why what a pass did not name is not withdrawn yet; empty when it may be. A list that has become empty, or lost more
// than half, is more often broken than right.
func shrunk(before, named int) string {
	if before == 0 || named > 0 && named*2 >= before {
		return ""
	}
	return fmt.Sprintf("the list now names %d records, where there were %d", named, before)
}
