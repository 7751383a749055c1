package console_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/console"
)

// authenticator is the app on a person's telephone (RFC 6238).
type authenticator []byte

func (a authenticator) code(at time.Time) string {
	m := hmac.New(sha1.New, a)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := m.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[19]&15:])&0x7fffffff%1_000_000)
}

var (
	secretShown = regexp.MustCompile(`<code>([A-Z2-7]{32})</code>`)
	codeShown   = regexp.MustCompile(`<li><code>([0-9A-Z-]{19})</code></li>`)
)

// enrol sets a second factor up on the pages and returns it with the recovery codes.
func (w *browser) enrol() (authenticator, []string) {
	w.b.t.Helper()
	if got := w.post("/me", "/me/factor", nil); got.status != http.StatusSeeOther {
		w.b.t.Fatalf("begin: %d", got.status)
	}
	m := secretShown.FindStringSubmatch(w.get("/me/factor").body)
	if m == nil {
		w.b.t.Fatal("the page shows no secret")
	}
	secret, err := base32.StdEncoding.DecodeString(m[1])
	if err != nil {
		w.b.t.Fatal(err)
	}
	a := authenticator(secret)
	if got := w.post("/me/factor", "/me/factor/confirm", url.Values{"code": {"000000"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, m[1]) {
		w.b.t.Errorf("a wrong code: %d, and the secret must stay", got.status)
	}
	got := w.post("/me/factor", "/me/factor/confirm", url.Values{"code": {a.code(w.b.now())}})
	var codes []string
	for _, m := range codeShown.FindAllStringSubmatch(got.body, -1) {
		codes = append(codes, m[1])
	}
	if got.status != http.StatusOK || len(codes) != 10 {
		w.b.t.Fatalf("confirm: %d, %d recovery codes", got.status, len(codes))
	}
	w.b.pass(time.Minute)
	return a, codes
}

// signIn gives the password and returns where it leads.
func (w *browser) signIn(login, next string) string {
	w.b.t.Helper()
	return w.post("/sign-in", "/sign-in", url.Values{"login": {login}, "password": {goodPassword}, "next": {next}}).header.Get("Location")
}

func TestSecondFactorOnThePages(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Lead)
	a, codes := w.enrol()
	if body := w.get("/me").body; strings.Contains(body, codes[0]) || !strings.Contains(body, "10 recovery codes left") || !strings.Contains(body, "Second factor set up") {
		t.Error("the page must count the codes, show none again, and tell what was done")
	}
	k := b.browser()
	if to := k.signIn(w.person.Login, "/report"); to != "/sign-in/second?next=%2Freport" {
		t.Fatalf("after the password: %q", to)
	}
	if p := k.get("/queue"); p.status != http.StatusSeeOther || !strings.HasPrefix(p.header.Get("Location"), "/sign-in") {
		t.Errorf("half a session opens the queue: %d", p.status)
	}
	if p := k.get("/sign-in"); p.header.Get("Location") != "/sign-in/second" {
		t.Errorf("the sign-in page leads half a session to %q", p.header.Get("Location"))
	}
	if p := k.post("/sign-in/second", "/sign-in/second", url.Values{"code": {"000000"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code: %d", p.status)
	}
	if p := k.post("/sign-in/second?next=/report", "/sign-in/second", url.Values{"code": {a.code(b.now())}, "next": {"//elsewhere.example"}}); p.header.Get("Location") != "/" {
		t.Errorf("an open redirect: %q", p.header.Get("Location"))
	}
	if p := k.get("/queue"); p.status != http.StatusOK {
		t.Errorf("with the code: %d", p.status)
	}
	k = b.browser()
	k.signIn(w.person.Login, "/")
	if p := k.post("/sign-in/second", "/sign-in/second", url.Values{"code": {codes[3]}}); p.header.Get("Location") != "/" {
		t.Errorf("a recovery code: %d", p.status)
	}
	if !strings.Contains(k.get("/me").body, "9 recovery codes left") {
		t.Error("a used code is not counted")
	}
	for _, secret := range append(codes, a.code(b.now())) {
		if strings.Contains(b.log.String(), secret) {
			t.Error("a code stands in the log")
		}
	}
}

func TestAnAdministratorResetsASecondFactor(t *testing.T) {
	b := setup(t)
	w, admin := b.as(auth.Reviewer), b.as(auth.Admin)
	w.enrol()
	if !strings.Contains(admin.get("/person").body, "one-time codes") {
		t.Error("the list of people does not say who has a second factor")
	}
	if p := admin.post("/person", "/person/"+w.person.ID+"/factor/reset", nil); p.status != http.StatusSeeOther {
		t.Fatalf("reset: %d", p.status)
	}
	if to := w.get("/queue").header.Get("Location"); !strings.HasPrefix(to, "/sign-in") {
		t.Error("the session goes on")
	}
	if to := w.signIn(w.person.Login, "/"); to != "/" {
		t.Errorf("after the password: %q", to)
	}
	if !strings.Contains(w.get("/me").body, "Second factor reset by somebody else") {
		t.Error("the person is not told")
	}
}

func TestWhoMustHaveASecondFactorIsLedToIt(t *testing.T) {
	b := setup(t)
	strict, err := auth.New(auth.Deps{DB: b.db.Auth(), Now: b.now, Rand: rand.Reader, Seal: make([]byte, auth.SealKeyBytes), Required: true})
	if err != nil {
		t.Fatal(err)
	}
	b.auth, b.deps.Auth = strict, strict
	b.serve()
	w := b.as(auth.Lead)
	for _, rt := range console.RouteTable() {
		if rt.Anyone || rt.Early {
			continue
		}
		path := (&world{bundle: b, id: "none", report: "none", item: "none"}).path(rt.Pattern)
		if rt.Method == http.MethodGet {
			if p := w.get(path); p.status != http.StatusForbidden && p.header.Get("Location") != "/me/factor" {
				t.Errorf("%s: %d to %q", path, p.status, p.header.Get("Location"))
			}
		} else if p := w.post("/me", path, nil); p.status != http.StatusForbidden {
			t.Errorf("POST %s: %d", path, p.status)
		}
	}
	w.enrol()
	if p := w.get("/queue"); p.status != http.StatusOK {
		t.Errorf("with a second factor: %d", p.status)
	}
	if body := w.get("/me").body; strings.Contains(body, "/me/factor/remove") {
		t.Error("the page offers to take away what is required")
	}
	if p := w.post("/me", "/me/factor/remove", nil); p.status != http.StatusConflict {
		t.Errorf("taking it away: %d", p.status)
	}
}
