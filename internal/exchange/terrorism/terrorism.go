// Package terrorism reads the hash list of Tech Against Terrorism's TCAP, terrorist material. A token is asked for with the first page and
// again when it has expired. internal/exchange/setup makes a Source; nobody else calls it.
package terrorism

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/wire"
)

// Base is the address of the service.
const Base = "https://app.terrorismanalytics.org"

// Options say how the service is reached. All fields are required.
type Options struct {
	Base, Username, Password string
	Now                      func() time.Time
}

// Source reads the list.
type Source struct {
	o     Options
	c     *wire.Client
	token string // of this run; another is asked for when it is refused
}

var _ exchange.Source = (*Source)(nil)

// New returns a Source.
func New(o Options) (*Source, error) {
	c, err := wire.New(wire.Options{Base: o.Base})
	if err != nil {
		return nil, err
	}
	return &Source{o: o, c: c}, nil
}

// again is after how long the whole list is read again: how long the service tells of what it took back is not known.
const again = 30 * 24 * time.Hour

const first = "/api/hash-list/v2/all?order=asc"

// place is the checkpoint: the list was read up to After, and the page Next comes next.
type place struct {
	After string    `json:"after,omitempty"`
	Next  string    `json:"next,omitempty"`
	Begun time.Time `json:"begun"` // of the last pass over everything
	Whole bool      `json:"whole,omitempty"`
}

func kind() exchange.CheckpointKind { return exchange.CheckpointKind{Kind: "terrorism", Version: 1} }

type answer struct {
	Next       *string            `json:"next"`
	Checkpoint *string            `json:"checkpoint"`
	Results    *[]json.RawMessage `json:"results"`
}

type result struct {
	ID        json.RawMessage `json:"id"`
	Digest    string          `json:"hash_digest"`
	Algorithm string          `json:"algorithm"`
	Ideology  string          `json:"ideology"`
	Deleted   bool            `json:"deleted"`
}

// Next implements exchange.Source.
func (s *Source) Next(ctx context.Context, c exchange.Checkpoint) (p exchange.Page, err error) {
	now := s.o.Now().UTC()
	var at place
	if !kind().Read(c, &at) || now.Sub(at.Begun) > again {
		at, p.Begins = place{Begun: now, Whole: true}, true
	}
	path := at.Next
	if path == "" {
		path = first
		if at.After != "" {
			path += "&after=" + url.QueryEscape(at.After)
		}
	}
	body, err := s.get(ctx, path)
	if status := exchange.StatusOf(err); at.Next != "" && (status == http.StatusBadRequest || status == http.StatusNotFound || status == http.StatusGone) {
		at.Next, p.More = "", true // the page is not kept any more: from the last one that was read to its end
		p.Checkpoint, err = kind().Write(at)
		return p, err
	}
	if err != nil {
		return p, err
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return p, exchange.Malformed("hash-list", err)
	}
	if a.Results == nil {
		return p, exchange.Malformed("hash-list", errors.New("results is missing"))
	}
	for _, raw := range *a.Results {
		take(&p, raw)
	}
	if err := s.move(&at, &p, &a); err != nil {
		return p, err
	}
	p.Checkpoint, err = kind().Write(at)
	return p, err
}

// move goes on: to the next page, or behind the last one.
func (s *Source) move(at *place, p *exchange.Page, a *answer) error {
	if a.Next != nil && *a.Next != "" {
		next, err := s.c.Below(*a.Next)
		if err != nil {
			return err
		}
		if next == at.Next {
			return exchange.Malformed("hash-list", errors.New("the next page is the same page"))
		}
		at.Next, p.More = next, true
		return nil
	}
	if a.Checkpoint != nil && *a.Checkpoint != "" {
		at.After = *a.Checkpoint
	}
	p.Ends, at.Whole, at.Next = at.Whole, false, ""
	return nil
}

// get reads a page with a token, and once more with a new one when the token is refused.
func (s *Source) get(ctx context.Context, path string) ([]byte, error) {
	fresh := s.token == ""
	for {
		if s.token == "" {
			if err := s.signIn(ctx); err != nil {
				return nil, err
			}
		}
		r, err := s.c.Do(ctx, wire.Call{Op: "hash-list", Path: path, Header: http.Header{"Authorization": {"Bearer " + s.token}}})
		if exchange.StatusOf(err) == http.StatusUnauthorized && !fresh {
			s.token, fresh = "", true
			continue
		}
		if err != nil {
			return nil, err
		}
		return r.Body, nil
	}
}

func (s *Source) signIn(ctx context.Context) error {
	body, err := json.Marshal(map[string]any{"username": s.o.Username, "password": s.o.Password, "resend": false})
	if err != nil {
		return fmt.Errorf("exchange: token: %w", err)
	}
	r, err := s.c.Do(ctx, wire.Call{Op: "token", Method: http.MethodPost, Path: "/token-auth/tcap/", Type: "application/json", Body: body, Twice: true, Accept: []int{http.StatusCreated}})
	if err != nil {
		return err
	}
	var a struct {
		Token string `json:"token"`
	}
	if err := json.Unmarshal(r.Body, &a); err != nil || a.Token == "" || strings.ContainsAny(a.Token, "\r\n") {
		return exchange.Malformed("token", errors.New("no token"))
	}
	s.token = a.Token
	return nil
}

// take takes a result into the page.
func take(p *exchange.Page, raw json.RawMessage) {
	var x result
	if json.Unmarshal(raw, &x) != nil {
		p.Pass("record that cannot be read", 1)
		return
	}
	id := strings.Trim(string(x.ID), `"`)
	if id == "" || id == "null" || len(id) > exchange.MaxKey {
		p.Pass("record without id", 1)
		return
	}
	r := exchange.Record{Key: id, Gone: x.Deleted, Note: x.Ideology}
	if len(r.Note) > 200 {
		r.Note = ""
	}
	if !x.Deleted {
		k, ok := map[string]bank.Kind{"PDQ": bank.PDQ, "MD5": bank.MD5, "SHA256": bank.SHA256, "TMK": bank.TMK}[strings.ToUpper(x.Algorithm)]
		h, err := bank.Parse(k, x.Digest)
		switch {
		case !ok:
			p.Pass("kind "+exchange.Short(x.Algorithm), 1)
		case err != nil:
			p.Pass(string(k)+" that cannot be read", 1)
		default:
			r.Hashes = []bank.Hash{h}
		}
		r.Opinions = []exchange.Opinion{{Owner: "Tech Against Terrorism", Stance: exchange.Positive}}
	}
	p.Records = append(p.Records, r)
}
