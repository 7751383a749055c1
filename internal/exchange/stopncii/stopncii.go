// Package stopncii reads the hashes of StopNCII.org, intimate pictures of adults that those shown in them want kept off platforms, and
// sends feedback. Records of a page replace older ones; those that were withdrawn or deleted are taken back. internal/exchange/setup
// makes a Source; nobody else calls it.
package stopncii

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/wire"
)

// Base is the address of the service.
const Base = "https://api.stopncii.org/v1"

// Options say how the service is reached. All fields are required; FeedbackKey only to send feedback.
type Options struct {
	Base            string
	FetchKey        string // function key of FetchHashes
	FeedbackKey     string // function key of SubmitFeedback
	SubscriptionKey string
	Now             func() time.Time
}

// Source reads the hashes.
type Source struct {
	o Options
	c *wire.Client
}

var (
	_ exchange.Source = (*Source)(nil)
	_ exchange.Sender = (*Source)(nil)
)

// New returns a Source.
func New(o Options) (*Source, error) {
	c, err := wire.New(wire.Options{Base: o.Base, Auth: func(h http.Header) { h.Set("Ocp-Apim-Subscription-Key", o.SubscriptionKey) }})
	if err != nil {
		return nil, err
	}
	return &Source{o, c}, nil
}

const (
	page  = 800
	from  = "10"                // the start timestamp that gives everything
	stale = 30 * 24 * time.Hour // after so long without a fetch everything is read again: what was withdrawn may not be told any more
)

// place is the checkpoint: the list was read up to Set, and the page behind Token comes next.
type place struct {
	Set   string    `json:"set"`
	Token string    `json:"token,omitempty"`
	At    time.Time `json:"at"` // of the last page
	Whole bool      `json:"whole,omitempty"`
}

func kind() exchange.CheckpointKind { return exchange.CheckpointKind{Kind: "stopncii", Version: 1} }

// answer is what FetchHashes answers.
type answer struct {
	Count            *int               `json:"count"`
	NextPageToken    *string            `json:"nextPageToken"`
	NextSetTimestamp json.Number        `json:"nextSetTimestamp"`
	HasMoreRecords   *bool              `json:"hasMoreRecords"`
	HashRecords      *[]json.RawMessage `json:"hashRecords"`
}

type record struct {
	SignalType   string `json:"signalType"`
	HashValue    string `json:"hashValue"`
	HashStatus   string `json:"hashStatus"`
	CSPFeedbacks []struct {
		Source        string `json:"source"`
		FeedbackValue string `json:"feedbackValue"`
	} `json:"CSPFeedbacks"`
}

// Next implements exchange.Source.
func (s *Source) Next(ctx context.Context, c exchange.Checkpoint) (p exchange.Page, err error) {
	now := s.o.Now().UTC()
	var at place
	if !kind().Read(c, &at) || now.Sub(at.At) > stale {
		at, p.Begins = place{Set: from, Whole: true}, true
	}
	q := url.Values{"startTimestamp": {at.Set}, "pageSize": {strconv.Itoa(page)}}
	if at.Token != "" {
		q.Set("nextPageToken", at.Token)
	}
	r, err := s.c.Do(ctx, wire.Call{Op: "FetchHashes", Path: "/FetchHashes?" + q.Encode(), Header: http.Header{"X-Functions-Key": {s.o.FetchKey}}})
	if status := exchange.StatusOf(err); at.Token != "" && (status == http.StatusBadRequest || status == http.StatusNotFound || status == http.StatusGone) {
		at.Token, p.More = "", true // the token has expired: the set is read from its beginning
		p.Checkpoint, err = kind().Write(at)
		return p, err
	}
	if err != nil {
		return p, err
	}
	var a answer
	if err := json.Unmarshal(r.Body, &a); err != nil {
		return p, exchange.Malformed("FetchHashes", err)
	}
	if a.HashRecords == nil && a.Count != nil && *a.Count == 0 {
		a.HashRecords = &[]json.RawMessage{}
	}
	if a.HashRecords == nil || a.HasMoreRecords == nil {
		return p, exchange.Malformed("FetchHashes", fmt.Errorf("hashRecords or hasMoreRecords is missing"))
	}
	for _, raw := range *a.HashRecords {
		take(&p, raw)
	}
	if err := at.move(&p, &a, now); err != nil {
		return p, err
	}
	p.Checkpoint, err = kind().Write(at)
	return p, err
}

// move goes on: to the next page, or to the next set when there is none.
func (at *place) move(p *exchange.Page, a *answer, now time.Time) error {
	at.At = now
	if p.More = *a.HasMoreRecords; p.More {
		if a.NextPageToken == nil || *a.NextPageToken == "" || *a.NextPageToken == at.Token {
			return exchange.Malformed("FetchHashes", fmt.Errorf("hasMoreRecords without a next page"))
		}
		at.Token = *a.NextPageToken
		return nil
	}
	if n, err := a.NextSetTimestamp.Int64(); err == nil && n > 0 {
		at.Set = a.NextSetTimestamp.String()
	}
	p.Ends, at.Whole, at.Token = at.Whole, false, ""
	return nil
}

// take takes a record into the page. One that cannot be read is counted, and the rest goes on.
func take(p *exchange.Page, raw json.RawMessage) {
	var x record
	if json.Unmarshal(raw, &x) != nil || x.SignalType == "" || x.HashValue == "" || len(x.SignalType)+len(x.HashValue) >= exchange.MaxKey {
		p.Pass("record that cannot be read", 1)
		return
	}
	k, ok := map[string]bank.Kind{"ImagePDQ": bank.PDQ, "VideoMD5": bank.MD5, "VideoTMK": bank.TMK}[x.SignalType]
	if !ok {
		p.Pass("kind "+exchange.Short(x.SignalType), 1)
		return
	}
	h, err := bank.Parse(k, x.HashValue)
	if err != nil {
		p.Pass(string(k)+" that cannot be read", 1)
		return
	}
	r := exchange.Record{Key: x.SignalType + "/" + h.Value, Handle: x.HashValue, Hashes: []bank.Hash{h}}
	switch x.HashStatus {
	case "Active":
		r.Opinions = append(r.Opinions, exchange.Opinion{Owner: "StopNCII", Stance: exchange.Positive})
	case "Received": // not looked at yet
		r.Opinions = append(r.Opinions, exchange.Opinion{Owner: "StopNCII", Stance: exchange.Seed})
	case "Withdrawn", "Deleted":
		r.Gone = true
	default:
		p.Pass("status "+exchange.Short(x.HashStatus), 1)
		return
	}
	for _, f := range x.CSPFeedbacks {
		if s, ok := map[string]exchange.Stance{"Blocked": exchange.Positive, "NotBlocked": exchange.Negative}[f.FeedbackValue]; ok {
			r.Opinions = append(r.Opinions, exchange.Opinion{Owner: f.Source, Stance: s})
		}
	}
	p.Records = append(p.Records, r)
}

// Send implements exchange.Sender.
func (s *Source) Send(ctx context.Context, f exchange.Feedback) error {
	if s.o.FeedbackKey == "" {
		return exchange.Refused("feedback", "the key of SubmitFeedback is not set")
	}
	type one struct {
		HashValue     string   `json:"hashValue"`
		FeedbackValue string   `json:"feedbackValue"`
		Tags          []string `json:"tags"`
	}
	value := "NotBlocked"
	if f.Right {
		value = "Blocked"
	}
	body, err := json.Marshal(struct {
		Count int   `json:"count"`
		List  []one `json:"hashFeedbacks"`
	}{1, []one{{f.Handle, value, []string{}}}})
	if err != nil {
		return fmt.Errorf("exchange: feedback: %w", err)
	}
	_, err = s.c.Do(ctx, wire.Call{
		Op: "SubmitFeedback", Method: http.MethodPost, Path: "/SubmitFeedback", Type: "application/json", Body: body, Twice: true,
		Header: http.Header{"X-Functions-Key": {s.o.FeedbackKey}}, Accept: []int{http.StatusCreated, http.StatusAccepted, http.StatusNoContent},
	})
	return err
}
