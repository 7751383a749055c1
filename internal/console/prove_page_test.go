package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/auth/authtest"
	"haris/internal/console"
)

const headProve = "X-Haris-Prove"

// prove shows again who a person is, with the password.
func (w *browser) prove() {
	w.b.t.Helper()
	if p := w.post("/prove", "/prove", url.Values{"password": {goodPassword}}); p.status != http.StatusSeeOther {
		w.b.t.Fatalf("prove: %d", p.status)
	}
}

// askedToProve reports whether an answer sends the person to show again who they are.
func askedToProve(p page) bool {
	return p.header.Get(headProve) != "" || strings.HasPrefix(p.header.Get("Location"), "/prove?next=")
}

// TestWhatAsksForAFreshProof says which acts ask again who the person is. Submitting a report does not: it has rules of its own (a second
// person, what was confirmed), and reviewers do it all day.
func TestWhatAsksForAFreshProof(t *testing.T) {
	want := []string{
		"GET /me/factor", "POST /me/factor", "POST /me/factor/confirm", "POST /me/factor/remove", "POST /me/codes", "POST /me/passkey/ask", "POST /me/passkey", "POST /me/passkey/{ref}/remove",
		"POST /report/{id}/handover", "GET /report/{id}/handover/{n}",
		"POST /legal/{id}/approve", "POST /legal/{id}/produce", "POST /legal/{id}/package", "POST /legal/{id}/destroy", "POST /keeping/{id}/destroy",
		"GET /bank/{id}/list.csv", "POST /audit.csv", "POST /rules/version/{n}/publish",
		"POST /person", "POST /person/{id}/link", "POST /person/{id}/factor/reset", "POST /person/{id}/roles", "POST /person/{id}/disable", "POST /person/{id}/enable",
		"POST /key", "POST /access-review/{id}/line/{n}/take", "POST /access-review/{id}/close", "POST /person/{id}/compartments", "POST /compartments", "POST /compartments/{id}", "POST /compartments/{id}/remove",
	}
	pages := map[string]bool{}
	for _, rt := range console.RouteTable() {
		if rt.Method == http.MethodGet {
			pages[rt.Pattern] = true
		}
	}
	for _, rt := range console.RouteTable() {
		name := rt.Method + " " + rt.Pattern
		if slices.Contains(want, name) != (rt.Fresh != "") {
			t.Errorf("%s asks for a fresh proof: %v", name, rt.Fresh != "")
		}
		if rt.Fresh != "" && !pages[rt.Fresh] {
			t.Errorf("%s leads back to %s, which is no page", name, rt.Fresh)
		}
	}
}

// TestEveryRouteFreshAndStale walks the table with a proof that is fresh and with one that is too old.
func TestEveryRouteFreshAndStale(t *testing.T) {
	w := newWorld(t)
	all := w.as(auth.Roles()...)
	do := func(rt console.RouteLine) page {
		path := w.path(rt.Pattern)
		if rt.Method == http.MethodGet {
			return all.get(path)
		}
		return all.post("/health", path, url.Values{"reason": {"because <of> this"}, "name": {"Somebody new"}})
	}
	w.pass(auth.ProofLife)
	for _, rt := range console.RouteTable() {
		if rt.Anyone || rt.Pattern == "/sign-out" || strings.HasPrefix(rt.Pattern, "/prove") {
			continue
		}
		p := do(rt)
		if askedToProve(p) != (rt.Fresh != "") {
			t.Errorf("%s %s with an old proof: %d, asked: %v", rt.Method, rt.Pattern, p.status, askedToProve(p))
		}
		if rt.Fresh == "" {
			continue
		}
		to := "/prove?" + url.Values{"next": {w.path(rt.Fresh)}}.Encode()
		switch {
		case rt.Method == http.MethodGet:
			if got := p.header.Get("Location"); p.status != http.StatusSeeOther || got != to {
				t.Errorf("GET %s: %d to %q, want %q", rt.Pattern, p.status, got, to)
			}
		case p.status != http.StatusForbidden || p.header.Get(headProve) != to || !strings.Contains(p.body, "Nothing was done yet"):
			t.Errorf("POST %s: %d to %q, want %q and a page that says that nothing was done", rt.Pattern, p.status, p.header.Get(headProve), to)
		case !strings.Contains(p.body, "because &lt;of&gt; this") || !strings.Contains(p.body, "Somebody new"):
			t.Errorf("POST %s: what was written is lost", rt.Pattern)
		}
	}
	for _, rt := range console.RouteTable() {
		if rt.Fresh == "" {
			continue
		}
		all.prove()
		if p := do(rt); askedToProve(p) {
			t.Errorf("%s %s is refused with a fresh proof: %d", rt.Method, rt.Pattern, p.status)
		}
		w.pass(auth.ProofLife)
	}
}

func TestAnOldProofDoesNothing(t *testing.T) {
	b := setup(t)
	w, other := b.as(auth.Admin), b.as(auth.Reviewer)
	w.pass(auth.ProofLife - time.Second)
	if p := w.post("/person", "/person/"+other.person.ID+"/roles", url.Values{"role": {"lead"}}); p.status != http.StatusSeeOther {
		t.Fatalf("a second before the end: %d", p.status)
	}
	w.pass(time.Second)
	if p := w.post("/person", "/person/"+other.person.ID+"/roles", url.Values{"role": {"admin"}}); p.status != http.StatusForbidden {
		t.Fatalf("too late: %d", p.status)
	}
	people, err := b.auth.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range people {
		if people[i].ID == other.person.ID && !slices.Equal(people[i].Roles, []auth.Role{auth.Lead}) {
			t.Errorf("the roles are %v", people[i].Roles)
		}
	}
}

func (w *browser) pass(d time.Duration) { w.b.pass(d) }

func TestAFormSaysBeforeItIsFilledInThatItWillAsk(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Admin)
	reader := b.as(auth.Auditor)
	const notice = `href="/prove?next=%2Fperson"`
	if body := w.get("/person").body; strings.Contains(body, notice) {
		t.Error("right after signing in the page asks already")
	}
	w.pass(auth.ProofLife - 5*time.Minute)
	if body := w.get("/person").body; !strings.Contains(body, notice) {
		t.Error("five minutes before the end the page says nothing")
	}
	if body := w.get("/health").body; strings.Contains(body, "/prove") {
		t.Error("a page that asks nothing speaks of it")
	}
	if body := reader.get("/person").body; strings.Contains(body, "/prove") {
		t.Error("who may do nothing there is told")
	}
	if p := w.get("/prove?next=/person"); p.status != http.StatusOK || !strings.Contains(p.body, `name="password"`) || strings.Contains(p.body, `name="code"`) {
		t.Errorf("the page: %d", p.status)
	}
	if p := w.post("/prove?next=/person", "/prove", url.Values{"password": {goodPassword}, "next": {"/person"}}); p.header.Get("Location") != "/person" {
		t.Errorf("%d to %q", p.status, p.header.Get("Location"))
	}
	if p := w.get("/prove?next=/person"); p.header.Get("Location") != "/person" {
		t.Errorf("who has just shown it is asked again: %d", p.status)
	}
	if strings.Contains(b.log.String(), goodPassword) {
		t.Error("the log holds the password")
	}
}

func TestAProofChangesTheToken(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Admin)
	at, err := url.Parse(b.srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	before := w.http.Jar.Cookies(at)
	w.pass(auth.ProofLife)
	form := w.token("/person")
	w.prove()
	after := w.http.Jar.Cookies(at)
	if len(before) != 1 || len(after) != 1 || before[0].Value == after[0].Value {
		t.Fatalf("the cookies before and after: %v, %v", before, after)
	}
	if p := w.send("/key", url.Values{"token": {form}, "source": {"/x"}, "scope": {"events.write"}}); p.status != http.StatusOK {
		t.Errorf("a form of another window, from before the proof: %d, and what was written there is lost", p.status)
	}
	w.pass(auth.ProofLife)
	w.prove()
	if p := w.send("/key", url.Values{"token": {form}}); p.status != http.StatusForbidden {
		t.Errorf("a form from before the proof before: %d", p.status)
	}
	thief := b.browser()
	thief.http.Jar.SetCookies(at, before)
	if p := thief.get("/person"); p.status != http.StatusSeeOther || !strings.HasPrefix(p.header.Get("Location"), "/sign-in") {
		t.Errorf("the token from before the proof: %d to %q", p.status, p.header.Get("Location"))
	}
}

func TestAProofThatIsNone(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Admin)
	a, _ := w.enrol()
	w.pass(auth.ProofLife)
	for name, form := range map[string]url.Values{
		"a wrong password": {"password": {"another password 1"}, "code": {a.code(b.now())}}, "no code": {"password": {goodPassword}},
		"a wrong code": {"password": {goodPassword}, "code": {"000000"}},
	} {
		p := w.post("/prove?next=/person", "/prove", form)
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `role="alert"`) || strings.Contains(p.body, "another password") {
			t.Errorf("%s: %d", name, p.status)
		}
	}
	if p := w.post("/person", "/key", url.Values{"source": {"/x"}}); !askedToProve(p) {
		t.Errorf("after wrong proofs: %d", p.status)
	}
	for _, next := range []string{"//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"} {
		w.pass(time.Minute)
		if p := w.post("/prove?"+url.Values{"next": {next}}.Encode(), "/prove", url.Values{"password": {goodPassword}, "code": {a.code(b.now())}, "next": {next}}); p.header.Get("Location") != "/" {
			t.Errorf("%q: %d to %q", next, p.status, p.header.Get("Location"))
		}
		w.pass(auth.ProofLife)
	}
	for range 6 {
		w.post("/prove", "/prove", url.Values{"password": {"another password 1"}})
	}
	p := w.post("/prove", "/prove", url.Values{"password": {goodPassword}, "code": {a.code(b.now())}})
	if p.status != http.StatusTooManyRequests || p.header.Get("Retry-After") == "" {
		t.Errorf("after six wrong passwords: %d", p.status)
	}
}

func TestAProofAtTheIdentityProviderOnThePages(t *testing.T) {
	b := setup(t)
	var p *authtest.Provider
	b.at(func(d *auth.Deps) {
		p = authtest.New(t, d.Origin+auth.OIDCBack, b.now)
		d.OIDC = &auth.Provider{Issuer: p.URL, ClientID: authtest.ClientID, ClientSecret: authtest.ClientSecret, Invited: true}
		d.NoPasswords = true
	})
	if _, err := b.auth.CreatePerson(t.Context(), "test", auth.NewPerson{Name: "Mona", Login: "mona@example.org", Roles: []auth.Role{auth.Admin}}); err != nil {
		t.Fatal(err)
	}
	w := b.browser()
	through := func(from string, claims map[string]any) page {
		t.Helper()
		to := w.get(from).header.Get("Location")
		if strings.HasPrefix(from, "/prove") {
			p.Anew(to)
		}
		state, code := p.Authorize(to, claims)
		return w.get(auth.OIDCBack + "?" + url.Values{"state": {state}, "code": {code}}.Encode())
	}
	through("/sign-in/oidc", nil)
	body := w.get("/prove?next=/key").body
	if strings.Contains(body, `name="password"`) || !strings.Contains(body, `href="/prove/oidc?next=%2Fkey"`) {
		t.Error("the page must offer the provider and no password")
	}
	if got := through("/prove/oidc?next=/key", nil); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "auth_time") {
		t.Errorf("a provider that did not ask: %d", got.status)
	}
	if got := through("/prove/oidc?next=/key", map[string]any{"auth_time": b.now().Unix()}); got.header.Get("Location") != "/key" {
		t.Errorf("%d to %q", got.status, got.header.Get("Location"))
	}
	if got := w.post("/key", "/key", url.Values{"source": {"/chat"}, "scope": {"events.write"}}); got.status != http.StatusOK {
		t.Errorf("a key after the proof: %d", got.status)
	}
	w.pass(auth.ProofLife)
	if got := through("/prove/oidc?next=//elsewhere.example", map[string]any{"auth_time": b.now().Unix()}); got.header.Get("Location") != "/" {
		t.Errorf("an open redirect to %q", got.header.Get("Location"))
	}
}
