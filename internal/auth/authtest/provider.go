// Package authtest has a strict identity provider (OpenID Connect) for tests: it checks what it is asked as a real one would, and can
// be told to answer wrongly. Nothing outside of tests may import it.
package authtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// The client that Provider knows.
const (
	ClientID     = "haris-test"
	ClientSecret = "a secret of the test"
)

// Provider is an identity provider on a port of its own.
type Provider struct {
	*httptest.Server
	t    testing.TB
	now  func() time.Time
	back string

	mu    sync.Mutex
	key   *ecdsa.PrivateKey
	kid   int
	codes map[string]grant
	down  bool
}

// grant is what a code stands for.
type grant struct {
	challenge string
	claims    map[string]any
}

// New starts a provider that sends browsers back to one address.
func New(t testing.TB, back string, now func() time.Time) *Provider {
	p := &Provider{t: t, now: now, back: back, codes: map[string]grant{}}
	p.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		down := p.down
		p.mu.Unlock()
		if down {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// Rotate signs with a new key from now on and forgets the one before.
func (p *Provider) Rotate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key, p.kid = key, p.kid+1
}

// Down makes every answer an error, or ends that.
func (p *Provider) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// Authorize is a person who agrees: it checks the address to which their browser was sent and returns what the browser carries back.
// claims are put over the usual ones of the ID token; a nil value takes one out.
func (p *Provider) Authorize(address string, claims map[string]any) (state, code string) {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{"response_type": "code", "client_id": ClientID, "redirect_uri": p.back, "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			p.t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Get(name)) < 40 {
			p.t.Errorf("%s is %q, too short to be random", name, q.Get(name))
		}
	}
	if !strings.Contains(q.Get("scope"), "openid") {
		p.t.Errorf("scope is %q", q.Get("scope"))
	}
	now := p.now()
	all := map[string]any{
		"iss": p.URL, "aud": ClientID, "sub": "subject-1", "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "nonce": q.Get("nonce"),
		"email": "mona@example.org", "email_verified": true, "name": "Mona",
	}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	code = rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code] = grant{q.Get("code_challenge"), all}
	return q.Get("state"), code
}

// Anew checks that an address tells the provider to ask the person again.
func (p *Provider) Anew(address string) {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	if q := u.Query(); q.Get("prompt") != "login" || q.Get("max_age") != "0" {
		p.t.Errorf("prompt is %q and max_age %q, want login and 0", q.Get("prompt"), q.Get("max_age"))
	}
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.write(w, http.StatusOK, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"ES256"},
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, err := p.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		p.t.Error(err)
		return
	}
	p.write(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{
		"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": fmt.Sprint(p.kid), "x": encode(b[1:33]), "y": encode(b[33:]),
	}}})
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	p.mu.Lock()
	defer p.mu.Unlock()
	g, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code")) // a code is taken once
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	unescaped, err := url.QueryUnescape(secret)
	switch {
	case err != nil || id != ClientID || unescaped != ClientSecret:
		p.write(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
	case !known || encode(sum[:]) != g.challenge || r.PostFormValue("redirect_uri") != p.back || r.PostFormValue("grant_type") != "authorization_code":
		p.write(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	default:
		p.write(w, http.StatusOK, map[string]any{"access_token": "unused", "token_type": "Bearer", "id_token": p.sign(g.claims)})
	}
}

// sign makes a JSON web token (RFC 7515) with ES256.
func (p *Provider) sign(claims map[string]any) string {
	head, err := json.Marshal(map[string]string{"alg": "ES256", "kid": fmt.Sprint(p.kid)})
	if err != nil {
		p.t.Error(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	text := encode(head) + "." + encode(body)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		p.t.Error(err)
	}
	return text + "." + encode(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

func (p *Provider) write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		p.t.Error(err)
	}
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
