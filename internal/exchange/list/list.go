// Package list reads a plain list of hashes, from a file or over HTTPS, in the formats that haris bank import reads. A list is whole: what is
// not on it any more is taken back. It is read again only when it has changed: by ETag, by Last-Modified, or by its digest.
// internal/exchange/setup makes a Source; nobody else calls it.
package list

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"strings"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/wire"
)

// Options say which list is read. Exactly one of Path and URL is set.
type Options struct {
	Path   string // of a file
	URL    string // https://…
	Token  string // sent as "Authorization: Bearer"; empty sends none
	Format bank.Format
	Kind   bank.Kind // of lines that do not say; empty takes what their form tells
	Bytes  int64     // longest list; 0 means 256 MiB
	// Page is how many records a page has; 0 means exchange.MaxPage.
	Page int
}

// Source reads the list.
type Source struct {
	o Options
	c *wire.Client // of a URL

	open *opened
}

var _ exchange.Source = (*Source)(nil)

const defaultBytes = 256 << 20

// New returns a Source.
func New(o Options) (*Source, error) {
	if (o.Path == "") == (o.URL == "") {
		return nil, errors.New("exchange: list: expected a path or a url, and not both")
	}
	if o.Bytes == 0 {
		o.Bytes = defaultBytes
	}
	if o.Page == 0 {
		o.Page = exchange.MaxPage
	}
	s := &Source{o: o}
	if o.Path != "" {
		return s, nil
	}
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return nil, errors.New("exchange: list: url: expected an address such as https://lists.example.org/hashes.csv")
	}
	s.c, err = wire.New(wire.Options{Base: u.Scheme + "://" + u.Host, Bytes: o.Bytes, Auth: func(h http.Header) {
		if o.Token != "" {
			h.Set("Authorization", "Bearer "+o.Token)
		}
	}})
	return s, err
}

// place is the checkpoint: the list of a digest was read up to a line.
type place struct {
	Digest   string `json:"digest"`
	Done     int    `json:"done"` // lines and objects that were looked at; 0 when all were
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
}

func kind() exchange.CheckpointKind { return exchange.CheckpointKind{Kind: "list", Version: 1} }

// opened is a list that is being read.
type opened struct {
	place
	next func() (line, bool)
	stop func()
}

// line is one entry of a list, or what is wrong with it.
type line struct {
	entry bank.Entry
	wrong error
}

// Next implements exchange.Source.
func (s *Source) Next(ctx context.Context, c exchange.Checkpoint) (p exchange.Page, err error) {
	var at place
	kind().Read(c, &at)
	if s.open == nil || s.open.place != at || at.Done == 0 {
		same, err := s.read(ctx, &at, &p)
		if err != nil || same {
			p.Checkpoint = c
			return p, err
		}
	}
	return s.page(p)
}

// read brings the list in and goes to where the checkpoint stands. same says that it has not changed since it was read to its end.
func (s *Source) read(ctx context.Context, at *place, p *exchange.Page) (same bool, err error) {
	s.close()
	body, now, err := s.body(ctx, at)
	if err != nil || body == nil {
		return true, err
	}
	if now.Digest == at.Digest && at.Done == 0 {
		return true, nil
	}
	if err := s.look(body); err != nil {
		return false, err
	}
	o := &opened{place: now}
	o.next, o.stop = iter.Pull(s.lines(body))
	s.open = o
	if now.Digest != at.Digest {
		p.Begins = true
		return false, nil
	}
	for o.Done < at.Done {
		if _, ok := o.next(); !ok {
			break
		}
		o.Done++
	}
	return false, nil
}

func (s *Source) close() {
	if s.open != nil {
		s.open.stop()
		s.open = nil
	}
}

// page reads the lines of a page.
func (s *Source) page(p exchange.Page) (exchange.Page, error) {
	o := s.open
	at := map[string]int{}
	for len(p.Records) < s.o.Page {
		l, ok := o.next()
		if !ok {
			o.Done, p.Ends = 0, true
			s.close()
			break
		}
		o.Done++
		if l.wrong != nil {
			p.Pass("line that cannot be read", 1)
			continue
		}
		r := recordOf(&l.entry)
		if i, twice := at[r.Key]; twice {
			p.Records[i] = r
			continue
		}
		at[r.Key] = len(p.Records)
		p.Records = append(p.Records, r)
	}
	p.More = !p.Ends
	var err error
	p.Checkpoint, err = kind().Write(o.place)
	return p, err
}

// recordOf makes a record of an entry. The hash names it: a list may have the same record on several lines.
func recordOf(e *bank.Entry) exchange.Record {
	key := string(e.Kind) + "/" + e.Value
	if len(key) > exchange.MaxKey {
		d := e.Digest()
		key = string(e.Kind) + "/" + hex.EncodeToString(d[:])
	}
	r := exchange.Record{
		Key: key, Hashes: []bank.Hash{e.Hash}, Classification: e.Classification, Expires: e.Expires, Note: e.Provenance.Note,
		Opinions: []exchange.Opinion{{Owner: e.Provenance.Owner, Stance: exchange.Positive}},
	}
	if e.Provenance.Key != "" {
		r.Note = strings.TrimSpace("record " + e.Provenance.Key + ". " + r.Note)
	}
	return r
}

var errStop = errors.New("stop")

// lines reads the list line by line.
func (s *Source) lines(body []byte) iter.Seq[line] {
	return func(yield func(line) bool) {
		err := bank.ReadList(bytes.NewReader(body), s.o.Format, s.o.Kind, func(_ int, e bank.Entry, wrong error) error {
			if !yield(line{e, wrong}) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(line{wrong: err}) // look has read it to its end before, so this cannot happen with the same bytes
		}
	}
}

// look reads the whole list first: one of which most lines cannot be read is another thing, such as a page that says that the server is being
// mended, and nothing of it is taken.
func (s *Source) look(body []byte) error {
	good, bad := 0, 0
	var first error
	err := bank.ReadList(bytes.NewReader(body), s.o.Format, s.o.Kind, func(n int, _ bank.Entry, wrong error) error {
		if wrong == nil {
			good++
			return nil
		}
		if bad++; first == nil {
			first = fmt.Errorf("line %d: %w", n, wrong)
		}
		return nil
	})
	if err == nil && bad > good {
		err = fmt.Errorf("%d of %d lines cannot be read, the first: %w", bad, good+bad, first)
	}
	if err != nil {
		return &exchange.Error{Op: "list", Text: "this is not a list in the format " + string(s.o.Format), Err: err}
	}
	return nil
}

// body brings the list in; nil when the server says that it has not changed.
func (s *Source) body(ctx context.Context, at *place) (body []byte, now place, err error) {
	if s.c == nil {
		if body, err = s.file(); err != nil {
			return nil, now, err
		}
	} else {
		h := http.Header{}
		if at.Done == 0 && at.Digest != "" { // what was read in part is needed whole
			setIf(h, "If-None-Match", at.ETag)
			setIf(h, "If-Modified-Since", at.Modified)
		}
		u, err := url.Parse(s.o.URL)
		if err != nil {
			return nil, now, exchange.Refused("list", "the address cannot be read")
		}
		r, err := s.c.Do(ctx, wire.Call{Op: "list", Path: u.RequestURI(), Header: h, Accept: []int{http.StatusNotModified}})
		if err != nil {
			return nil, now, err
		}
		if r.Status == http.StatusNotModified {
			if len(h) == 0 {
				return nil, now, exchange.Malformed("list", errors.New("the server says that a list has not changed that was never read"))
			}
			return nil, now, nil
		}
		body, now.ETag, now.Modified = r.Body, bounded(r.Header.Get("ETag")), bounded(r.Header.Get("Last-Modified"))
	}
	sum := sha256.Sum256(body)
	now.Digest = hex.EncodeToString(sum[:])
	return body, now, nil
}

func setIf(h http.Header, name, v string) {
	if v != "" {
		h.Set(name, v)
	}
}

// bounded drops what a checkpoint should not hold.
func bounded(s string) string {
	if len(s) > 200 {
		return ""
	}
	return s
}

// file reads the file.
func (s *Source) file() (b []byte, err error) {
	f, err := os.Open(s.o.Path)
	if err != nil {
		return nil, &exchange.Error{Op: "list", Text: "the file cannot be read", Retry: true, Err: err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err = io.ReadAll(io.LimitReader(f, s.o.Bytes+1))
	switch {
	case err != nil:
		return nil, &exchange.Error{Op: "list", Text: "the file cannot be read", Retry: true, Err: err}
	case int64(len(b)) > s.o.Bytes:
		return nil, exchange.Refused("list", fmt.Sprintf("the file is longer than %d bytes", s.o.Bytes))
	}
	return b, nil
}
