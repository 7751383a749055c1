package action

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"haris/webhook"
)

// Endpoint is where the platform takes messages. Only this URL is ever called: no redirect is followed and no proxy is used.
type Endpoint struct {
	URL     string           // https, or http to this machine alone
	Secrets []webhook.Secret // one, or two while the secret is being changed
	Timeout time.Duration    // of one attempt; 0 means 10 seconds
}

const (
	defaultTimeout = 10 * time.Second
	maxAnswer      = 64 << 10  // bytes of an answer that are read
	maxWait        = time.Hour // longest Retry-After that is heeded
	// receiptSuffix marks the id under which a platform signs its answer, so that an echo of the request is no receipt.
	receiptSuffix = "-receipt"
)

// Sender posts signed messages to one endpoint. Safe for concurrent use.
type Sender struct {
	url     string
	secrets []webhook.Secret
	client  *http.Client
}

// NewSender checks the endpoint; the error says what is wrong with it and what is allowed.
func NewSender(e Endpoint) (*Sender, error) {
	u, err := url.Parse(e.URL)
	if err != nil {
		return nil, errors.New("action: endpoint: not a URL: expected https://host/path")
	}
	if err := checkURL(u); err != nil {
		return nil, err
	}
	if len(e.Secrets) == 0 {
		return nil, errors.New("action: endpoint: a secret is missing: messages must be signed")
	}
	if e.Timeout == 0 {
		e.Timeout = defaultTimeout
	}
	dial := &net.Dialer{Timeout: e.Timeout}
	if u.Scheme == "http" {
		dial.Control = loopbackOnly
	}
	return &Sender{url: u.String(), secrets: e.Secrets, client: &http.Client{
		Timeout:       e.Timeout,
		Transport:     &http.Transport{DialContext: dial.DialContext, TLSHandshakeTimeout: e.Timeout, MaxResponseHeaderBytes: maxAnswer},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func checkURL(u *url.URL) error {
	switch {
	case u.Host == "" || u.Hostname() == "":
		return errors.New("action: endpoint: no host: expected https://host/path")
	case u.User != nil:
		return errors.New("action: endpoint: a name or password in the URL is not allowed: messages are signed instead")
	case u.Fragment != "":
		return errors.New("action: endpoint: a URL with # is not allowed")
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http":
		return fmt.Errorf("action: endpoint: scheme %q is not allowed: expected https", u.Scheme)
	}
	if ip, err := netip.ParseAddr(u.Hostname()); (err == nil && ip.IsLoopback()) || u.Hostname() == "localhost" {
		return nil
	}
	return fmt.Errorf("action: endpoint: http to %s is not allowed: expected https, or http to 127.0.0.1, ::1 or localhost", u.Hostname())
}

// loopbackOnly refuses a connection that leaves this machine, whatever the name was resolved to.
func loopbackOnly(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !a.Addr().IsLoopback() {
		return fmt.Errorf("action: http is allowed to this machine alone, not to %s", address)
	}
	return nil
}

// refusal is an attempt that failed.
type refusal struct {
	reason string
	gone   bool          // the endpoint says that it will never take messages again
	wait   time.Duration // what the endpoint asked to wait, 0 when it did not
}

func (r *refusal) Error() string { return r.reason }

// send makes one attempt. The error is a *refusal whose text holds no part of the answer and of the URL.
func (s *Sender) send(ctx context.Context, now time.Time, m message) (Receipt, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(m.body))
	if err != nil {
		return Receipt{}, &refusal{reason: "the request could not be made"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "haris")
	if err := webhook.Sign(req.Header, webhook.Message{ID: m.id, At: now, Body: m.body}, s.secrets...); err != nil {
		return Receipt{}, &refusal{reason: err.Error()}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return Receipt{}, &refusal{reason: unreached(err)}
	}
	body, readErr := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err := errors.Join(readErr, resp.Body.Close()); err != nil {
		return Receipt{}, &refusal{reason: fmt.Sprintf("answered %d and broke off", resp.StatusCode)}
	}
	if resp.StatusCode/100 != 2 {
		return Receipt{}, refused(resp)
	}
	return s.receipt(resp, m, body, now), nil
}

// receipt describes an answer of success.
func (s *Sender) receipt(resp *http.Response, m message, body []byte, now time.Time) Receipt {
	cut := len(body) > maxAnswer
	if cut {
		body = body[:maxAnswer]
	}
	sum := sha256.Sum256(body)
	signed, err := webhook.Verify(resp.Header, body, now, s.secrets...)
	return Receipt{
		Message: m.id, Code: resp.StatusCode, SHA256: hex.EncodeToString(sum[:]), Size: len(body), Truncated: cut,
		Signed: err == nil && signed.ID == m.id+receiptSuffix,
	}
}

// unreached says why there was no answer, without the URL, which may hold a token.
func unreached(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "no answer in time"
	}
	return "not reached: " + err.Error()
}

func refused(resp *http.Response) *refusal {
	r := &refusal{reason: fmt.Sprintf("answered %d", resp.StatusCode)}
	switch {
	case resp.StatusCode == http.StatusGone:
		r.gone, r.reason = true, "answered 410: the endpoint is gone"
	case resp.StatusCode/100 == 3:
		r.reason += ": redirects are not followed"
	}
	if sec, err := strconv.Atoi(strings.TrimSpace(resp.Header.Get("Retry-After"))); err == nil && sec > 0 {
		r.wait = time.Duration(min(sec, int(maxWait/time.Second))) * time.Second
	}
	return r
}
