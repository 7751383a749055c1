// Package wire is the HTTP that all exchanges share: one base address, https alone but for this machine, one minute for an answer, bodies of a
// bounded size, no redirect, no proxy's cookies, and errors that tell whether trying again helps and hold neither address nor
// credentials. What can be asked twice is asked again after short waits when the server is busy. The protocol packages call it.
package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"haris/internal/exchange"
)

// Options say how a server is reached. Fields without a comment are required.
type Options struct {
	Base    string            // https://host/path, or http for an address of this machine
	Auth    func(http.Header) // adds credentials; nil adds none
	Timeout time.Duration     // of one answer with its body; 0 means a minute
	Bytes   int64             // of one body; 0 means 32 MiB
	Wait    time.Duration     // before the first repetition; 0 means 200 ms
}

// The defaults, and how often what can be asked twice is asked again.
const (
	defaultTimeout = time.Minute
	defaultBytes   = 32 << 20
	defaultWait    = 200 * time.Millisecond
	repeats        = 4
	longestWait    = 5 * time.Second // a server that asks for more is asked again by the next sync
)

// Client talks to one server. Safe for concurrent use.
type Client struct {
	base *url.URL
	o    Options
	http *http.Client
}

// New returns a Client. A base that cannot be used is an error.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.Base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("exchange: url: expected an address such as https://exchange.example.org/v1")
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && onThisMachine(u.Hostname())) {
		return nil, errors.New("exchange: url: https is expected; http is for a server on this machine alone")
	}
	dial := &net.Dialer{Timeout: 10 * time.Second}
	if u.Scheme == "http" {
		dial.Control = thisMachineOnly
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	o.Timeout, o.Bytes, o.Wait = or(o.Timeout, defaultTimeout), or(o.Bytes, defaultBytes), or(o.Wait, defaultWait)
	return &Client{base: u, o: o, http: &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute,
			TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10,
			DialContext: dial.DialContext,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func or[T comparable](a, b T) T {
	var zero T
	if a == zero {
		return b
	}
	return a
}

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// thisMachineOnly refuses a connection that leaves this machine, whatever a name was resolved to.
func thisMachineOnly(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !a.Addr().IsLoopback() {
		return errors.New("http is allowed to this machine alone")
	}
	return nil
}

// Call is one request.
type Call struct {
	Op     string // for errors: what is being done
	Method string // empty means GET
	Path   string // below the base, with its query, beginning with "/"
	Type   string // of the body
	Body   []byte
	Header http.Header // besides the credentials
	// Accept lists statuses besides 200 that are no error.
	Accept []int
	// Twice says that the request may be repeated although it is no GET.
	Twice bool
	// Open makes the request without credentials.
	Open bool
}

// Reply is an answer that was read to its end.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do makes a request. Its errors are *exchange.Error, or the context's.
func (c *Client) Do(ctx context.Context, k Call) (*Reply, error) {
	wait := c.o.Wait
	for n := 0; ; n++ {
		r, err := c.once(ctx, &k)
		var e *exchange.Error
		if err == nil || !errors.As(err, &e) || !e.Retry || n == repeats || k.Method != "" && k.Method != http.MethodGet && !k.Twice || e.After > longestWait {
			return r, err
		}
		pause := max(time.Duration(float64(wait)*(0.5+rand.Float64())), e.After) //nolint:gosec // no secret is made of it
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
		wait *= 2
	}
}

func (c *Client) once(ctx context.Context, k *Call) (*Reply, error) {
	timed, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	q, err := http.NewRequestWithContext(timed, or(k.Method, http.MethodGet), c.base.String()+k.Path, bytes.NewReader(k.Body))
	if err != nil {
		return nil, &exchange.Error{Op: k.Op, Text: "the request could not be built"} // err repeats the address
	}
	q.Header.Set("User-Agent", "haris")
	if k.Type != "" {
		q.Header.Set("Content-Type", k.Type)
	}
	for name, v := range k.Header {
		q.Header[name] = v
	}
	if c.o.Auth != nil && !k.Open {
		c.o.Auth(q.Header)
	}
	a, err := c.http.Do(q)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &exchange.Error{Op: k.Op, Text: "the server cannot be reached", Retry: true, Err: bare(err)}
	}
	body, err := io.ReadAll(io.LimitReader(a.Body, c.o.Bytes+1))
	err = errors.Join(err, a.Body.Close())
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case int64(len(body)) > c.o.Bytes:
		return nil, &exchange.Error{Op: k.Op, Status: a.StatusCode, Text: fmt.Sprintf("the answer is longer than %d bytes", c.o.Bytes)}
	case err != nil:
		return nil, &exchange.Error{Op: k.Op, Status: a.StatusCode, Text: "the answer was cut short", Retry: true, Err: bare(err)}
	}
	return &Reply{Status: a.StatusCode, Header: a.Header, Body: body}, judge(k, a)
}

// bare drops the address from an error of the client: a credential can stand in it.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// judge says what is wrong with an answer's status; nil when nothing is.
func judge(k *Call, a *http.Response) error {
	for _, s := range append([]int{http.StatusOK}, k.Accept...) {
		if a.StatusCode == s {
			return nil
		}
	}
	e := &exchange.Error{Op: k.Op, Status: a.StatusCode, After: after(a.Header.Get("Retry-After"), time.Now())}
	switch s := a.StatusCode; {
	case s == http.StatusTooManyRequests:
		e.Text, e.Retry = "too many requests", true
	case s >= 500 && s != http.StatusNotImplemented:
		e.Text, e.Retry = "the server has a fault", true
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		e.Text = "the credentials were refused, or do not reach so far"
	case s >= 300 && s < 400:
		e.Text = "the server sends elsewhere, which is not followed: check the address"
	default:
		e.Text = "the server did not take the request"
	}
	return e
}

// after reads Retry-After: seconds, or a date.
func after(s string, now time.Time) time.Duration {
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

// Below turns an address that the server gave into a path for Call: an absolute one must be of the same server and below the base, a
// relative one is taken from the base on. Query parameters that are named are left out.
func (c *Client) Below(raw string, without ...string) (string, error) {
	bad := func(why string) (string, error) {
		return "", &exchange.Error{Op: "next page", Text: "the server names a next page " + why}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return bad("that is no address") // err repeats it
	}
	path := u.EscapedPath()
	if u.IsAbs() || u.Host != "" {
		if u.Scheme != c.base.Scheme || !strings.EqualFold(u.Host, c.base.Host) || u.User != nil {
			return bad("on another server")
		}
		rest, ok := strings.CutPrefix(path, c.base.EscapedPath())
		if !ok {
			return bad("outside of its own address")
		}
		path = rest
	}
	if !strings.HasPrefix(path, "/") || strings.Contains(u.Path+"/", "/../") {
		return bad("that is no path")
	}
	q := u.Query()
	for _, name := range without {
		q.Del(name)
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path, nil
}
