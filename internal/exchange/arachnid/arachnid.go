// Package arachnid asks Project Arachnid Shield, of the Canadian Centre for Child Protection, about pictures that were posted. Shield gives out
// no list: it is asked about hashes and says of each whether it is known. So the Source walks over the PDQ hashes of what was seen,
// asks about them, and what is known becomes a record. Only hashes leave this machine, never a picture.
// internal/exchange/setup makes a Source; nobody else calls it.
package arachnid

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/wire"
)

// Base is the address of the service.
const Base = "https://shield.projectarachnid.com"

// Seen returns PDQ hashes of what was seen, with ids above after, by id, at most so many, and the id up to which it looked.
type Seen func(ctx context.Context, after uint64, most int) (list []bank.Stored, last uint64, err error)

// Options say how the service is reached. All fields are required.
type Options struct {
	Base, Username, Password string
	Now                      func() time.Time
	Seen                     Seen
}

// Source asks about what was seen.
type Source struct {
	o Options
	c *wire.Client
}

var _ exchange.Source = (*Source)(nil)

// New returns a Source.
func New(o Options) (*Source, error) {
	if o.Seen == nil {
		return nil, errors.New("exchange: arachnid is asked about what was posted, and nothing here tells that")
	}
	login := base64.StdEncoding.EncodeToString([]byte(o.Username + ":" + o.Password))
	c, err := wire.New(wire.Options{Base: o.Base, Auth: func(h http.Header) { h.Set("Authorization", "Basic "+login) }})
	if err != nil {
		return nil, err
	}
	return &Source{o: o, c: c}, nil
}

const (
	// again is after how long everything that was seen is asked about anew: what is known grows, and is taken back.
	again = 30 * 24 * time.Hour
	// page is how many hashes one request asks about. What the service takes at most is not known.
	page = 100
	// leastQuality is the quality below which PDQ's authors do not compare a hash; one that nobody rated is asked about.
	leastQuality = 50
)

// place is the checkpoint: what was seen was asked about up to the id After.
type place struct {
	After uint64    `json:"after,omitempty"`
	Begun time.Time `json:"begun"` // of the last pass over everything
	Whole bool      `json:"whole,omitempty"`
}

func kind() exchange.CheckpointKind { return exchange.CheckpointKind{Kind: "arachnid", Version: 1} }

// Next implements exchange.Source.
func (s *Source) Next(ctx context.Context, c exchange.Checkpoint) (p exchange.Page, err error) {
	now := s.o.Now().UTC()
	var at place
	if !kind().Read(c, &at) || now.Sub(at.Begun) > again {
		at, p.Begins = place{Begun: now, Whole: true}, true
	}
	list, last, err := s.o.Seen(ctx, at.After, page)
	if err != nil {
		return p, fmt.Errorf("exchange: what was seen: %w", err)
	}
	ask := list[:0:0]
	for _, h := range list {
		if h.Quality != bank.Unrated && h.Quality < leastQuality {
			p.Pass("picture with too little to see", 1)
			continue
		}
		ask = append(ask, h)
	}
	if err := s.ask(ctx, &p, ask); err != nil {
		return p, err
	}
	at.After, p.More = max(at.After, last), len(list) == page
	if !p.More {
		p.Ends, at.Whole = at.Whole, false
	}
	p.Checkpoint, err = kind().Write(at)
	return p, err
}

type verdict struct {
	Classification string  `json:"classification"`
	MatchType      *string `json:"match_type"`
}

// ask asks about hashes. An answer that leaves one out is none: what was not answered is never taken for unknown.
func (s *Source) ask(ctx context.Context, p *exchange.Page, list []bank.Stored) error {
	if len(list) == 0 {
		return nil
	}
	names := make([]string, len(list))
	for i, h := range list {
		raw, err := hex.DecodeString(h.Hash.Value)
		if err != nil {
			return fmt.Errorf("exchange: what was seen: %s: %w", h.Hash.Value, err)
		}
		names[i] = base64.StdEncoding.EncodeToString(raw)
	}
	body, err := json.Marshal(map[string][]string{"hashes": names})
	if err != nil {
		return fmt.Errorf("exchange: pdq: %w", err)
	}
	r, err := s.c.Do(ctx, wire.Call{Op: "pdq", Method: http.MethodPost, Path: "/v1/pdq/", Type: "application/json", Body: body, Twice: true})
	if err != nil {
		return err
	}
	var a struct {
		Scanned map[string]*verdict `json:"scanned_hashes"`
	}
	if err := json.Unmarshal(r.Body, &a); err != nil {
		return exchange.Malformed("pdq", err)
	}
	for i, h := range list {
		v := a.Scanned[names[i]]
		if v == nil {
			return exchange.Malformed("pdq", fmt.Errorf("%d hashes were asked about, and one of them is not in the answer", len(list)))
		}
		if err := take(p, h.Hash, v); err != nil {
			return err
		}
	}
	return nil
}

// What the service says of a hash.
const (
	csam    = "csam"                     // sexual abuse of a child
	harmful = "harmful-abusive-material" // it harms a child and is not of that class
	unknown = "no-known-match"
	near    = "near" // match_type: it knows a picture that is nearly the same
)

// take makes a record of what is known. Harmful material of another class stands where nobody has confirmed it, so that the two can be
// in force apart.
func take(p *exchange.Page, h bank.Hash, v *verdict) error {
	stance := exchange.Positive
	switch v.Classification {
	case unknown:
		return nil
	case harmful:
		stance = exchange.Seed
	case csam:
	default:
		return exchange.Malformed("pdq", errors.New("the classification "+exchange.Short(v.Classification)+" is not known"))
	}
	note := "Classified " + v.Classification
	if v.MatchType != nil && *v.MatchType == near {
		note += ", by a picture that is nearly the same"
	}
	p.Records = append(p.Records, exchange.Record{
		Key: h.Value, Hashes: []bank.Hash{h}, Opinions: []exchange.Opinion{{Owner: "Project Arachnid", Stance: stance}}, Note: note,
	})
	return nil
}
