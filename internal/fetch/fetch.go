// Package fetch brings in files from the platform's own storage by URL, and from nowhere else: only hosts that the operator has named,
// only public addresses, looked at again for every address that a name has and on every redirect, within limits of size and time. It
// sends no credentials, follows no proxy of the environment and keeps no cookies. What cannot be brought in is an error that says which
// rule refused it, never an empty file. It reads no contents: internal/media does.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Options say what may be fetched.
type Options struct {
	// Hosts are names such as media.example.org, or .example.org for every name below it. A host with a port is reached on that port
	// only; one without, on 443. Empty means that nothing is fetched.
	Hosts []string
	// Private lists private networks whose addresses are allowed all the same, for storage inside of the operator's own network.
	Private []netip.Prefix
	// Plain allows http beside https.
	Plain   bool
	Bytes   int64         // of one file; 0 means 64 MiB
	Timeout time.Duration // for all of one file; 0 means 30 seconds
	// Redirects is how many may follow one another; each is looked at as the first address is. 0 means none.
	Redirects int
	// Resolver finds the addresses of a name; nil means the system's.
	Resolver Resolver
}

// Resolver finds the addresses of a name; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// What callers test for. Every error of Fetch wraps one of them, or is the context's.
var (
	ErrRefused  = errors.New("fetch: not allowed") // by a rule; trying again changes nothing
	ErrTooLarge = errors.New("fetch: the file is too large")
	ErrStatus   = errors.New("fetch: the server did not give the file")
	ErrFailed   = errors.New("fetch: the server cannot be reached") // it may well be reached later
)

const (
	defaultBytes   = 64 << 20
	defaultTimeout = 30 * time.Second
	headerBytes    = 64 << 10
)

// Fetcher fetches files. Safe for concurrent use.
type Fetcher struct {
	o      Options
	client *http.Client
}

// New returns a Fetcher. An option that cannot be meant is an error.
func New(o Options) (*Fetcher, error) {
	for _, h := range o.Hosts {
		if !validHost(h) {
			return nil, fmt.Errorf("fetch: host %q: expected a name such as media.example.org, .example.org or media.example.org:8443", h)
		}
	}
	if o.Bytes < 0 || o.Timeout < 0 || o.Redirects < 0 {
		return nil, errors.New("fetch: limits are not negative")
	}
	if o.Bytes == 0 {
		o.Bytes = defaultBytes
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	f := &Fetcher{o: o}
	d := net.Dialer{Timeout: 10 * time.Second}
	f.client = &http.Client{
		Transport: &http.Transport{
			Proxy: nil, DisableCompression: true, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute,
			TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: o.Timeout, MaxResponseHeaderBytes: headerBytes,
			DialContext: func(ctx context.Context, _, address string) (net.Conn, error) { return f.dial(ctx, &d, address) },
		},
		CheckRedirect: func(next *http.Request, before []*http.Request) error {
			if len(before) > o.Redirects {
				return fmt.Errorf("%w: more than %d redirects", ErrRefused, o.Redirects)
			}
			next.Header.Del("Referer") // the address of a file is nobody else's business
			return f.allowed(next.URL)
		},
	}
	return f, nil
}

// Body is a file on its way. Its Read fails with ErrTooLarge when the file is longer than allowed, and with ErrFailed when it was cut
// short. It must be closed.
type Body struct {
	io.ReadCloser
	Type string // as the server says, which proves nothing
	Size int64  // as the server says; -1 when it does not
}

// Allows reports whether a URL is one that may be fetched, as far as that can be told without asking for its address.
func (f *Fetcher) Allows(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && f.allowed(u) == nil
}

// Fetch opens the file behind a URL.
func (f *Fetcher) Fetch(ctx context.Context, raw string) (*Body, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: not a URL", ErrRefused) // err repeats the URL, which can hold a secret
	}
	if err := f.allowed(u); err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, f.o.Timeout)
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		stop()
		return nil, fmt.Errorf("%w: not a URL", ErrRefused)
	}
	q.Header.Set("User-Agent", "haris")
	q.Header.Set("Accept-Encoding", "identity")
	a, err := f.client.Do(q)
	if err != nil {
		stop()
		return nil, sorted(err)
	}
	if err := f.acceptable(a); err != nil {
		_ = a.Body.Close()
		stop()
		return nil, err
	}
	return &Body{ReadCloser: &bounded{a.Body, f.o.Bytes, a.ContentLength, stop}, Type: a.Header.Get("Content-Type"), Size: a.ContentLength}, nil
}

// sorted turns an error of the client into one of ours, without the URL.
func sorted(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, ErrRefused) || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrFailed, err)
}

// acceptable looks at the head of an answer.
func (f *Fetcher) acceptable(a *http.Response) error {
	switch {
	case a.StatusCode >= 500 || a.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("%w: it answers %d", ErrFailed, a.StatusCode)
	case a.StatusCode != http.StatusOK:
		return fmt.Errorf("%w: it answers %d", ErrStatus, a.StatusCode)
	case a.Header.Get("Content-Encoding") != "" && a.Header.Get("Content-Encoding") != "identity":
		return fmt.Errorf("%w: it comes in the encoding %q, which was not asked for", ErrStatus, a.Header.Get("Content-Encoding"))
	case a.ContentLength > f.o.Bytes:
		return fmt.Errorf("%w: %d bytes, allowed are %d", ErrTooLarge, a.ContentLength, f.o.Bytes)
	}
	return nil
}

// bounded ends with an error where the file is too long or too short.
type bounded struct {
	io.ReadCloser
	left  int64 // that may still be read
	wants int64 // as announced; -1 when it was not
	stop  context.CancelFunc
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge // what was read of it is not to be taken for the file
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", ErrFailed, err)
	}
	return n, err
}

// Close implements io.Closer.
func (b *bounded) Close() error {
	err := b.ReadCloser.Close()
	b.stop()
	return err
}

// allowed applies the rules that need no name service.
func (f *Fetcher) allowed(u *url.URL) error {
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !f.o.Plain):
		return fmt.Errorf("%w: scheme %q: expected https", ErrRefused, u.Scheme)
	case u.Opaque != "" || u.Hostname() == "":
		return fmt.Errorf("%w: a URL without a host", ErrRefused)
	case u.User != nil:
		return fmt.Errorf("%w: a URL with a user or password", ErrRefused)
	case !slices.ContainsFunc(f.o.Hosts, func(h string) bool { return fits(h, u) }):
		return fmt.Errorf("%w: host %q is none that the configuration names", ErrRefused, u.Host)
	}
	return nil
}

// fits reports whether a URL goes to a host of the list.
func fits(rule string, u *url.URL) bool {
	name, port, found := strings.Cut(rule, ":")
	if !found {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	host, at := strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), u.Port()
	if at == "" {
		at = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	name = strings.ToLower(name)
	return at == port && (host == name || strings.HasPrefix(name, ".") && strings.HasSuffix(host, name) && len(host) > len(name))
}

// validHost reports whether a rule is a name, with a dot before it or a port behind it or not. An address is none: a name can move, and
// what it moves to is looked at.
func validHost(s string) bool {
	name, port, found := strings.Cut(s, ":")
	name = strings.TrimPrefix(name, ".")
	if found && (port == "" || strings.Trim(port, "0123456789") != "" || len(port) > 5) || name == "" || len(name) > 253 {
		return false
	}
	_, err := netip.ParseAddr(name)
	return err != nil && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '.'
	})
}
