// Package hashsharing reads NCMEC's Hash Sharing API, version 2 (XML, its documentation is at /v2/documentation of each environment),
// and sends feedback to it. Entries of a stretch of time come in no order, so only a stretch that was read to its end moves the
// checkpoint; stretches are cut to a quarter when they hold too much and doubled when they hold little; the address of the next page is
// kept, for at most 12 hours and for the same stretch, because some single seconds hold very many entries. internal/exchange/setup makes
// a Source; nobody else calls it.
package hashsharing

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/wire"
)

// Environments are the addresses of NCMEC's environments by name, the ones for tests with "-test" behind it.
func Environments() map[string]string {
	out := map[string]string{}
	for name, e := range map[string]struct{ host, test, path string }{
		"industry":                   {"report.cybertip.org", "exttest.cybertip.org", "/hashsharing"},
		"industry-exploitative":      {"report.cybertip.org", "exttest.cybertip.org", "/exploitative-hashsharing"},
		"law-enforcement":            {"lesp.ncmec.org", "betalesp.ncmec.org", "/csam-hashsharing"},
		"npo":                        {"hashsharing.ncmec.org", "hashsharing-test.ncmec.org", "/npo"},
		"exploitative":               {"hashsharing.ncmec.org", "hashsharing-test.ncmec.org", "/exploitative"},
		"generative-ai":              {"hashsharing.ncmec.org", "hashsharing-test.ncmec.org", "/generative-ai-csam"},
		"generative-ai-exploitative": {"hashsharing.ncmec.org", "hashsharing-test.ncmec.org", "/generative-ai-exploitative"},
	} {
		out[name], out[name+"-test"] = "https://"+e.host+e.path, "https://"+e.test+e.path
	}
	return out
}

// Options say whose list is read. Fields without a comment are required.
type Options struct {
	Base               string // without /v2
	Username, Password string
	Members            []string // ids of the members whose entries are wanted; empty means all
	Reason             string   // name of NCMEC's reason with which negative feedback is given; empty gives none
	Since              time.Time
	Now                func() time.Time
}

// Source reads the list.
type Source struct {
	o Options
	c *wire.Client
}

var _ exchange.Source = (*Source)(nil)

// New returns a Source.
func New(o Options) (*Source, error) {
	if o.Since.IsZero() {
		o.Since = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // before the first entry that anybody shared
	}
	c, err := wire.New(wire.Options{Base: o.Base, Auth: func(h http.Header) {
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(o.Username+":"+o.Password)))
	}})
	if err != nil {
		return nil, err
	}
	return &Source{o, c}, nil
}

const (
	behind     = 5 * time.Second // how far a stretch stays behind now: what is being written is not all there
	first      = 24 * time.Hour  // the first stretch
	longest    = 4096 * first    // no stretch need be longer
	tooMany    = 10_000          // entries of a stretch that is cut
	keepNext   = 12 * time.Hour  // how long the address of a next page is good
	timeFormat = "2006-01-02T15:04:05Z"
)

// place is the checkpoint: the list was read up to From, and the stretch up to To is being read.
type place struct {
	From   time.Time     `json:"from"`
	To     time.Time     `json:"to,omitzero"`
	Range  time.Duration `json:"range"`
	Next   string        `json:"next,omitempty"`
	NextAt time.Time     `json:"next_at,omitzero"`
	Whole  bool          `json:"whole,omitempty"` // the first pass over everything runs
}

func kind() exchange.CheckpointKind { return exchange.CheckpointKind{Kind: "hashsharing", Version: 1} }

// Next implements exchange.Source.
func (s *Source) Next(ctx context.Context, c exchange.Checkpoint) (p exchange.Page, err error) {
	var at place
	if !kind().Read(c, &at) {
		at, p.Begins = place{From: s.o.Since, Range: first, Whole: true}, true
	}
	now := s.o.Now().UTC()
	end := now.Add(-behind).Truncate(time.Second)
	if at.To.IsZero() {
		at.To = at.From.Add(at.Range)
		if at.To.After(end) {
			at.To = end
		}
	}
	if !at.To.After(at.From) { // nothing is old enough
		at.To = time.Time{}
		return done(&p, &at)
	}
	if now.Sub(at.NextAt) > keepNext {
		at.Next = ""
	}
	opened := at.Next == ""
	r, err := s.c.Do(ctx, wire.Call{Op: "entries", Path: at.path()})
	if status := exchange.StatusOf(err); err != nil && !opened && (status == http.StatusBadRequest || status == http.StatusNotFound || status == http.StatusGone) {
		at.Next, p.More = "", true // the page is not kept there any more: the stretch is read from its beginning
		return done(&p, &at)
	}
	if err != nil {
		return p, err
	}
	q, err := decode(r.Body)
	if err != nil {
		return p, exchange.Malformed("entries", err)
	}
	next, most, err := s.next(q.Next)
	if err != nil {
		return p, err
	}
	if span := at.To.Sub(at.From); opened && most > tooMany && span > time.Second {
		at.Range, at.To, p.More = max((span/4).Truncate(time.Second), time.Second), time.Time{}, true
		return done(&p, &at)
	}
	if err := s.records(ctx, &p, q); err != nil {
		return p, err
	}
	if next != "" {
		if next == at.Next {
			return p, exchange.Malformed("entries", fmt.Errorf("the next page is the same page"))
		}
		at.Next, at.NextAt, p.More = next, now, true
		return done(&p, &at)
	}
	if opened {
		at.Range = min(2*at.Range, longest)
	}
	at.From, at.To, at.Next, at.NextAt = at.To, time.Time{}, "", time.Time{}
	p.More = at.From.Before(end)
	return done(&p, &at)
}

// done writes the checkpoint into the page.
func done(p *exchange.Page, at *place) (exchange.Page, error) {
	if at.Whole && !p.More {
		p.Ends, at.Whole = true, false
	}
	var err error
	p.Checkpoint, err = kind().Write(at)
	return *p, err
}

func (at *place) path() string {
	if at.Next != "" {
		return at.Next
	}
	return "/v2/entries?from=" + at.From.UTC().Format(timeFormat) + "&to=" + at.To.UTC().Format(timeFormat)
}

// next reads the address of the next page, and how many entries the stretch has; both are empty when there is none.
func (s *Source) next(raw string) (path string, most int, err error) {
	if raw = strings.TrimSpace(raw); raw == "" {
		return "", 0, nil
	}
	if path, err = s.c.Below(raw); err != nil {
		return "", 0, err
	}
	u, err := url.Parse(path)
	if err != nil {
		return "", 0, exchange.Malformed("entries", err)
	}
	if m := u.Query().Get("max"); m != "" {
		if most, err = strconv.Atoi(m); err != nil {
			return "", 0, exchange.Malformed("entries", fmt.Errorf("max=%q", m))
		}
	}
	return path, most, nil
}

// kinds are NCMEC's names of fingerprints.
func kinds() map[string]bank.Kind {
	return map[string]bank.Kind{
		"md5": bank.MD5, "sha1": bank.SHA1, "sha256": bank.SHA256, "pdna": bank.PhotoDNA, "pdq": bank.PDQ, "netclean": bank.NetClean, "tmk-pdqf": bank.TMK,
	}
}

// records turns entries into records.
func (s *Source) records(ctx context.Context, p *exchange.Page, q *result) error {
	for i := range q.Entries {
		e := &q.Entries[i]
		if e.Member == "" || e.ID == "" {
			p.Pass("entry without member or id", 1)
			continue
		}
		r := exchange.Record{Key: e.Member + "-" + e.ID, Gone: e.Deleted}
		switch {
		case r.Gone:
		case len(s.o.Members) > 0 && !slices.Contains(s.o.Members, e.Member):
			p.Pass("entry of another member", 1)
			r.Gone = true // it may have been wanted before
		default:
			if err := s.fill(ctx, p, &r, e); err != nil {
				return err
			}
		}
		p.Records = append(p.Records, r)
	}
	return nil
}

func (s *Source) fill(ctx context.Context, p *exchange.Page, r *exchange.Record, e *entry) error {
	r.Classification = bank.Classification(e.Class)
	if r.Classification.Check() != nil {
		p.Pass("classification "+exchange.Short(e.Class), 1)
		r.Classification = ""
	}
	r.Opinions = append([]exchange.Opinion{{Owner: e.Owner(), Stance: exchange.Positive}}, e.Opinions...)
	for _, f := range e.Prints {
		k, ok := kinds()[f.Name]
		if !ok {
			p.Pass("kind "+exchange.Short(f.Name), 1)
			continue
		}
		text := f.Text
		if f.Href != "" {
			var err error
			if text, err = s.fetch(ctx, f.Href); err != nil {
				return err
			}
		}
		h, err := bank.Parse(k, text)
		if err != nil {
			p.Pass(f.Name+" that cannot be read", 1)
			continue
		}
		if !slices.Contains(r.Hashes, h) {
			r.Hashes = append(r.Hashes, h)
		}
	}
	return nil
}

// fetch brings in a large fingerprint. One that is not there is empty, which no kind is.
func (s *Source) fetch(ctx context.Context, href string) (string, error) {
	path, err := s.c.Below(href)
	if err != nil {
		return "", err
	}
	r, err := s.c.Do(ctx, wire.Call{Op: "fingerprint", Path: path, Accept: []int{http.StatusNotFound, http.StatusGone}})
	if err != nil || r.Status != http.StatusOK {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(r.Body), nil
}
