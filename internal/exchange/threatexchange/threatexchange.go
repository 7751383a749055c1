// Package threatexchange reads the updates of a privacy group of Meta's ThreatExchange (Graph API), and sends reactions to descriptors.
// Updates come in no order that could be relied on, so the checkpoint moves when all pages of a fetch were read. The token travels in
// the query, as the API wants it, and stands in no checkpoint and no error. internal/exchange/setup makes a Source; nobody else calls it.
package threatexchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/wire"
)

// Base is the address of the API.
const Base = "https://graph.facebook.com/v21.0"

// Options say which group is read. All fields are required.
type Options struct {
	Base  string
	Group string // id of the privacy group
	Token string // APPID|SECRET
	Now   func() time.Time
}

// Source reads the updates.
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
	if !regexp.MustCompile(`^[0-9]{8,}(%7C|\|)[A-Za-z0-9_-]{20,}$`).MatchString(o.Token) {
		return nil, errors.New("exchange: token: expected APPID|SECRET, a number of 8 digits or more and 20 characters or more")
	}
	if !regexp.MustCompile(`^[0-9]{1,32}$`).MatchString(o.Group) {
		return nil, errors.New("exchange: group: expected the number of a privacy group")
	}
	o.Token = strings.Replace(o.Token, "%7C", "|", 1)
	c, err := wire.New(wire.Options{Base: o.Base})
	if err != nil {
		return nil, err
	}
	return &Source{o, c}, nil
}

const (
	limit  = "500"
	fields = "indicator,type,last_updated,should_delete,descriptors{id,reactions,owner{id},tags,status}"
	// stale is how long after the last fetch everything is read again: what was deleted is told for 90 days.
	stale = 85 * 24 * time.Hour
)

// place is the checkpoint: everything up to Time was read, High is the newest of the pages since, and Next the page that follows.
type place struct {
	Time int64     `json:"time"`
	High int64     `json:"high"`
	Next string    `json:"next,omitempty"` // without the token
	At   time.Time `json:"at"`             // of the last page
	All  bool      `json:"whole,omitempty"`
}

func kind() exchange.CheckpointKind {
	return exchange.CheckpointKind{Kind: "threatexchange", Version: 1}
}

type answer struct {
	Data   *[]json.RawMessage `json:"data"`
	Paging struct {
		Next string `json:"next"`
	} `json:"paging"`
}

// Next implements exchange.Source.
func (s *Source) Next(ctx context.Context, c exchange.Checkpoint) (p exchange.Page, err error) {
	now := s.o.Now().UTC()
	var at place
	if !kind().Read(c, &at) || now.Sub(at.At) > stale {
		at, p.Begins = place{All: true}, true
	}
	path := at.Next
	if path == "" {
		q := url.Values{"limit": {limit}, "fields": {fields}, "types": {types()}}
		if at.Time > 0 {
			q.Set("start_time", strconv.FormatInt(at.Time, 10))
		}
		path = "/" + s.o.Group + "/threat_updates/?" + q.Encode()
	}
	r, err := s.c.Do(ctx, wire.Call{Op: "threat_updates", Path: path + "&access_token=" + url.QueryEscape(s.o.Token)})
	if status := exchange.StatusOf(err); at.Next != "" && (status == http.StatusBadRequest || status == http.StatusNotFound || status == http.StatusGone) {
		at.Next, p.More = "", true // the page has expired: the fetch begins again
		p.Checkpoint, err = kind().Write(at)
		return p, err
	}
	if err != nil {
		return p, err
	}
	var a answer
	if err := json.Unmarshal(r.Body, &a); err != nil {
		return p, exchange.Malformed("threat_updates", err)
	}
	if a.Data == nil {
		return p, exchange.Malformed("threat_updates", errors.New("data is missing"))
	}
	for _, raw := range *a.Data {
		at.High = max(at.High, take(&p, raw))
	}
	if err := s.move(&at, &p, &a, now); err != nil {
		return p, err
	}
	p.Checkpoint, err = kind().Write(at)
	return p, err
}

// move goes on: to the next page, or up to the newest of all pages when there is none.
func (s *Source) move(at *place, p *exchange.Page, a *answer, now time.Time) error {
	at.At = now
	if a.Paging.Next != "" {
		next, err := s.c.Below(a.Paging.Next, "access_token")
		if err != nil {
			return err
		}
		if next == at.Next || !strings.Contains(next, "?") {
			return exchange.Malformed("threat_updates", errors.New("the next page is the same page"))
		}
		at.Next, p.More = next, true
		return nil
	}
	at.Time, at.Next = max(at.Time, at.High), ""
	p.Ends, at.All = at.All, false
	return nil
}

// kinds are the indicator types that banks can keep.
func kinds() map[string]bank.Kind {
	return map[string]bank.Kind{
		"HASH_PDQ": bank.PDQ, "HASH_MD5": bank.MD5, "HASH_VIDEO_MD5": bank.MD5, "HASH_SHA1": bank.SHA1, "HASH_SHA256": bank.SHA256,
	}
}

func types() string {
	return "HASH_MD5,HASH_PDQ,HASH_SHA1,HASH_SHA256,HASH_VIDEO_MD5"
}

type update struct {
	Indicator   string        `json:"indicator"`
	Type        string        `json:"type"`
	Updated     int64         `json:"last_updated"`
	Delete      bool          `json:"should_delete"`
	Descriptors *descriptions `json:"descriptors"`
}

type descriptions struct {
	Data []descriptor `json:"data"`
}

// UnmarshalJSON takes the list alone, or inside of an object as edges of the Graph API stand.
func (d *descriptions) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, &d.Data)
	}
	var o struct {
		Data []descriptor `json:"data"`
	}
	err := json.Unmarshal(b, &o)
	d.Data = o.Data
	return err
}

type descriptor struct {
	ID    string `json:"id"`
	Owner *struct {
		ID string `json:"id"`
	} `json:"owner"`
	Status    string `json:"status"`
	Reactions []struct {
		Key   string `json:"key"`
		Value string `json:"value"` // ids of members with commas
	} `json:"reactions"`
}

// take takes an update into the page and returns when it was made.
func take(p *exchange.Page, raw json.RawMessage) int64 {
	var u update
	if json.Unmarshal(raw, &u) != nil || u.Type == "" || u.Indicator == "" || len(u.Type)+len(u.Indicator) >= exchange.MaxKey {
		p.Pass("update that cannot be read", 1)
		return 0
	}
	k, ok := kinds()[u.Type]
	if !ok {
		p.Pass("kind "+exchange.Short(u.Type), 1)
		return u.Updated
	}
	h, err := bank.Parse(k, u.Indicator)
	if err != nil {
		p.Pass(string(k)+" that cannot be read", 1)
		return u.Updated
	}
	r := exchange.Record{Key: u.Type + "/" + h.Value, Hashes: []bank.Hash{h}}
	r.Gone = u.Delete || u.Descriptors == nil || len(u.Descriptors.Data) == 0
	if !r.Gone {
		opinions(p, &r, u.Descriptors.Data)
	}
	p.Records = append(p.Records, r)
	return u.Updated
}

// opinions reads what members say, and keeps the descriptors for feedback.
func opinions(p *exchange.Page, r *exchange.Record, list []descriptor) {
	var ids []string
	for _, d := range list {
		if d.Owner == nil || d.Owner.ID == "" {
			p.Pass("descriptor without owner", 1)
			continue
		}
		s := exchange.Seed
		switch d.Status {
		case "MALICIOUS":
			s = exchange.Positive
		case "NON_MALICIOUS":
			s = exchange.Negative
		}
		r.Opinions = append(r.Opinions, exchange.Opinion{Owner: d.Owner.ID, Stance: s})
		if len(strings.Join(ids, ","))+len(d.ID) < exchange.MaxKey-1 && regexp.MustCompile(`^[0-9]+$`).MatchString(d.ID) {
			ids = append(ids, d.ID)
		}
		for _, x := range d.Reactions {
			if s, ok := map[string]exchange.Stance{"HELPFUL": exchange.Positive, "DISAGREE_WITH_TAGS": exchange.Negative}[x.Key]; ok {
				for owner := range strings.SplitSeq(x.Value, ",") {
					r.Opinions = append(r.Opinions, exchange.Opinion{Owner: strings.TrimSpace(owner), Stance: s})
				}
			}
		}
	}
	slices.Sort(ids)
	r.Handle = strings.Join(ids, ",")
}

// Send implements exchange.Sender: a reaction to every descriptor of the record.
func (s *Source) Send(ctx context.Context, f exchange.Feedback) error {
	if f.Handle == "" {
		return exchange.Refused("reaction", "the record has no descriptor that can be spoken of")
	}
	reactions := []string{"NOT_HELPFUL"}
	if f.Right {
		reactions = []string{"SAW_THIS_TOO", "HELPFUL"}
	}
	for id := range strings.SplitSeq(f.Handle, ",") {
		for _, r := range reactions {
			_, err := s.c.Do(ctx, wire.Call{
				Op: "reaction", Method: http.MethodPost, Path: fmt.Sprintf("/%s?reactions=%s&access_token=%s", id, r, url.QueryEscape(s.o.Token)), Twice: true,
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
