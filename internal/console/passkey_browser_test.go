package console_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/console"
	"haris/internal/store"
)

// at makes the pages be reached under a name, as passkeys need it.
func (b *bundle) at(change func(*auth.Deps)) {
	b.t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	_, port, _ := strings.Cut(srv.Listener.Addr().String(), ":")
	d := auth.Deps{DB: b.db.Auth(), Now: b.now, Rand: rand.Reader, Seal: make([]byte, auth.SealKeyBytes), Origin: "http://localhost:" + port}
	if change != nil {
		change(&d)
	}
	var err error
	if b.auth, err = auth.New(d); err != nil {
		b.t.Fatal(err)
	}
	b.deps.Auth = b.auth
	if srv.Config.Handler, err = console.New(b.deps); err != nil {
		b.t.Fatal(err)
	}
	srv.Start()
	b.t.Cleanup(srv.Close)
	srv.URL = "http://localhost:" + port
	b.srv = srv
}

// key puts an authenticator into the browser, which verifies its user or not.
func (k *chrome) key(verified bool) webauthn.AuthenticatorID {
	k.t.Helper()
	var id webauthn.AuthenticatorID
	k.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		got, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: verified, AutomaticPresenceSimulation: true,
		}})
		id = got.AuthenticatorID
		return err
	}))
	return id
}

// leads runs a script after which the browser goes to another page, and waits for it.
func (k *chrome) leads(script string) {
	k.t.Helper()
	_, err := chromedp.RunResponse(k.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[bool](script)(ctx, t)
		return err
	}))
	if err != nil {
		k.t.Fatal(script, err)
	}
}

// TestPasskeyCeremonies registers a passkey in a real browser and signs in with it.
func TestPasskeyCeremonies(t *testing.T) {
	b := setup(t)
	b.at(nil)
	w := b.as(auth.Reviewer)
	k := startChrome(t)
	k.as(w)
	k.look(1280, "light")
	id := k.key(true)
	k.do(chromedp.Navigate(b.srv.URL + "/me"))
	k.until("!document.querySelector('form[data-passkey]').hidden")
	k.leads("document.querySelector('form[data-passkey] [name=name]').value = 'My telephone', document.querySelector('form[data-passkey]').requestSubmit(), true")
	if !strings.Contains(w.get("/me").body, "My telephone") || !strings.Contains(w.get("/me").body, "Passkey added") {
		t.Fatal("the passkey is not on the page")
	}
	ask := func() {
		k.do(chromedp.Navigate(b.srv.URL + "/sign-in?next=/me"))
		k.until("document.querySelector('form[data-passkey=get]') && !document.querySelector('form[data-passkey=get]').hidden")
	}
	const send = "document.querySelector('form[data-passkey=get]').requestSubmit(), true"
	out := func() {
		k.do(chromedp.Navigate(b.srv.URL + "/me"))
		k.leads("document.querySelector('form[action=\"/sign-out\"]').requestSubmit(), true")
	}
	out()
	ask()
	k.leads(send)
	if at := eval[string](k, "location.pathname"); at != "/me" {
		t.Errorf("the sign-in leads to %s", at)
	}
	if !b.audited("person.signed_in", "person/"+w.person.ID) {
		t.Error("the sign-in is not in the audit log")
	}
	out()
	k.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: id, IsUserVerified: false})
		return err
	}))
	ask()
	eval[bool](k, send)
	k.until("!document.querySelector('[data-failed]').hidden") // the device does not answer without its user
	if err := b.auth.Disable(t.Context(), "test", w.person.ID); err != nil {
		t.Fatal(err)
	}
	k.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: id, IsUserVerified: true})
		return err
	}))
	ask()
	k.leads(send)
	if !eval[bool](k, "document.querySelector('.alert') !== null") {
		t.Error("somebody shut out is not told")
	}
	if !b.audited("sign_in.refused", "person/"+w.person.ID) {
		t.Error("the refusal of somebody shut out is not in the audit log")
	}
	for _, s := range k.said {
		if !strings.Contains(s, "422") { // the refusal itself
			t.Errorf("the browser complains: %s", s)
		}
	}
}

// TestACopyOfAPasskeyIsRefused: a passkey whose counter has gone back was copied, and lets nobody in.
func TestACopyOfAPasskeyIsRefused(t *testing.T) {
	b := setup(t)
	b.at(nil)
	w := b.as(auth.Reviewer)
	k := startChrome(t)
	k.as(w)
	k.look(1280, "light")
	k.key(true)
	k.do(chromedp.Navigate(b.srv.URL + "/me"))
	k.until("!document.querySelector('form[data-passkey]').hidden")
	k.leads("document.querySelector('form[data-passkey] [name=name]').value = 'A key', document.querySelector('form[data-passkey]').requestSubmit(), true")
	counter := regexp.MustCompile(`"signCount":(\d+)`)
	count := func(to string) (was string) {
		t.Helper()
		err := b.db.Write(t.Context(), func(tx *store.Tx) error {
			list, err := tx.Passkeys().Of(t.Context(), w.person.ID)
			if err != nil || len(list) != 1 {
				return fmt.Errorf("%d passkeys: %w", len(list), err)
			}
			was = counter.FindString(list[0].Body)
			if to == "" {
				return nil
			}
			return tx.Passkeys().Used(t.Context(), list[0].ID, counter.ReplaceAllString(list[0].Body, `"signCount":`+to), b.now())
		})
		if err != nil {
			t.Fatal(err)
		}
		return was
	}
	signIn := func() string {
		k.do(chromedp.Navigate(b.srv.URL + "/me"))
		if eval[bool](k, `document.querySelector('form[action="/sign-out"]') !== null`) {
			k.leads(`document.querySelector('form[action="/sign-out"]').requestSubmit(), true`)
		}
		k.do(chromedp.Navigate(b.srv.URL + "/sign-in?next=/me"))
		k.until("document.querySelector('form[data-passkey=get]') && !document.querySelector('form[data-passkey=get]').hidden")
		k.leads("document.querySelector('form[data-passkey=get]').requestSubmit(), true")
		return eval[string](k, "location.pathname")
	}
	if at := signIn(); at != "/me" {
		t.Fatalf("the passkey itself leads to %s", at)
	}
	count("4000")
	if at := signIn(); at == "/me" || !b.audited("sign_in.refused", "person/"+w.person.ID) {
		t.Errorf("a counter that went back leads to %s", at)
	}
	if got := count(""); got != `"signCount":4000` {
		t.Errorf("after the refusal the counter is %s", got)
	}
	count("0")
	if at := signIn(); at != "/me" {
		t.Errorf("a counter that went on leads to %s", at)
	}
}

// TestPasskeyProof is refused with an old proof, led to the page that asks for one, and comes back.
func TestPasskeyProof(t *testing.T) {
	b := setup(t)
	b.at(nil)
	w := b.as(auth.Reviewer)
	k := startChrome(t)
	k.as(w)
	k.look(1280, "light")
	k.key(true)
	const add = "document.querySelector('form[data-passkey] [name=name]').value = 'A key', document.querySelector('form[data-passkey]').requestSubmit(), true"
	k.do(chromedp.Navigate(b.srv.URL + "/me"))
	k.until("!document.querySelector('form[data-passkey]').hidden")
	k.leads(add)
	b.pass(auth.ProofLife)
	k.leads(add)
	if at := eval[string](k, "location.pathname + location.search"); at != "/prove?next=%2Fme" {
		t.Fatalf("with an old proof the script leads to %s", at)
	}
	k.until("document.querySelector('form[data-passkey=get]') && !document.querySelector('form[data-passkey=get]').hidden")
	k.leads("document.querySelector('form[data-passkey=get]').requestSubmit(), true")
	if at := eval[string](k, "location.pathname"); at != "/me" {
		t.Errorf("the proof leads to %s", at)
	}
	if !b.audited("person.proved", "person/"+w.person.ID) {
		t.Error("the proof is not in the audit log")
	}
	if got := w.get("/me"); got.status != http.StatusSeeOther {
		t.Errorf("the token from before the proof: %d", got.status)
	}
	for _, s := range k.said {
		if !strings.Contains(s, "403") { // the refusal itself
			t.Errorf("the browser complains: %s", s)
		}
	}
}

func TestPasskeyAnswersThatNobodyAsked(t *testing.T) {
	b := setup(t)
	b.at(nil)
	w := b.as(auth.Reviewer)
	for name, form := range map[string]url.Values{
		"nothing asked": {"name": {"x"}, "answer": {"{}"}}, "no name": {"answer": {"{}"}},
	} {
		if got := w.post("/me", "/me/passkey", form); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := w.post("/me", "/me/passkey/ask", nil); got.status != http.StatusOK || !strings.Contains(got.body, `"userVerification":"required"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	for range 2 { // the second time the question is used up, too
		if got := w.post("/me", "/me/passkey", url.Values{"name": {"x"}, "answer": {`{"id":"AA","rawId":"AA","type":"public-key","response":{}}`}}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("an answer of nobody: %d", got.status)
		}
	}
	v := b.browser()
	if got := v.post("/sign-in", "/sign-in/passkey", url.Values{"answer": {"{}"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("sign-in without a question: %d", got.status)
	}
	if list, err := b.auth.Passkeys(t.Context(), w.person.ID); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
}

func TestPasskeysNeedAnOrigin(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Reviewer)
	if body := w.get("/me").body; !strings.Contains(body, "public_url") || strings.Contains(body, "data-passkey") {
		t.Error("the page does not say what is missing")
	}
	if got := w.post("/me", "/me/passkey/ask", nil); got.status != http.StatusConflict {
		t.Errorf("%d", got.status)
	}
}
