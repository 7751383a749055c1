package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/console"
)

// world is a furnished console with somebody of each role.
type world struct {
	*bundle
	id string
	// report is a draft about the case.
	report string
	// item is a picture in its evidence.
	item string
	who  map[auth.Role]*browser
}

func newWorld(t *testing.T) *world {
	b, id := furnished(t)
	w := &world{bundle: b, id: id, who: map[auth.Role]*browser{}}
	for _, r := range auth.Roles() {
		w.who[r] = b.as(r)
	}
	r, err := b.deps.Reports.Create(t.Context(), "test", id)
	if err != nil {
		t.Fatal(err)
	}
	w.report = r.ID
	w.item = b.addTo(id, "stripes.png", stripes(t, 64, 48)).ID
	return w
}

// path fills a pattern in with things that exist.
func (w *world) path(pattern string) string {
	pattern = strings.ReplaceAll(pattern, "{ref}", "none")
	return strings.NewReplacer("/asset/", "/asset/none", "{$}", "", "/case/{id}", "/case/"+w.id, "/evidence/{item}", "/evidence/"+w.item, "/exposure/{person}", "/exposure/nobody", "{action}", "A1", "/letter/{id}", "/letter/L1", "/report/{id}", "/report/"+w.report,
		"/job/{id}", "/job/J1", "/person/{id}", "/person/nobody", "/key/{id}", "/key/none", "/compartments/{id}", "/compartments/none", "/access-review/{id}", "/access-review/none", "/mute/{id}", "/mute/none", "/queues/{id}", "/queues/none", "/legal/{id}", "/legal/lp-none", "{n}", "9", "{name}", "x", "/quality/{id}", "/quality/none", "/rules/trial/{id}", "/rules/trial/none", "/dashboard/{file}", "/dashboard/flow.csv", "/keeping/{id}", "/keeping/none", "/bank/{id}", "/bank/none", "{entry}", "9").Replace(pattern)
}

// TestTableIsClosed says that every route either lets everybody in for a stated reason, or asks for a permission.
func TestTableIsClosed(t *testing.T) {
	open := []string{"GET /asset/", "GET /sign-in", "POST /sign-in", "GET /sign-in/second", "POST /sign-in/second", "POST /sign-in/passkey/ask", "POST /sign-in/passkey", "GET /sign-in/oidc", "GET /sign-in/oidc/back", "GET /link", "POST /link"}
	signed := []string{"GET /{$}", "POST /sign-out", "POST /language", "GET /me", "GET /help", "GET /me/factor", "POST /me/factor", "POST /me/factor/confirm", "POST /me/factor/remove", "POST /me/codes", "POST /me/reading", "POST /me/soft", "POST /me/session/{ref}/end", "POST /me/session/end", "POST /me/passkey/ask", "POST /me/passkey", "POST /me/passkey/{ref}/remove", "GET /prove", "POST /prove", "POST /prove/passkey/ask", "POST /prove/passkey", "GET /prove/oidc"}
	known := auth.Permissions()
	for _, r := range console.RouteTable() {
		name := r.Method + " " + r.Pattern
		switch {
		case r.Anyone && !slices.Contains(open, name):
			t.Errorf("%s is open to anyone", name)
		case r.Signed && !slices.Contains(signed, name):
			t.Errorf("%s is open to every role", name)
		case !r.Anyone && !r.Signed && !slices.Contains(known, auth.Permission(r.Need)):
			t.Errorf("%s asks for %q, which is no permission", name, r.Need)
		case name == "POST /disclosures", name == "POST /find", name == "POST /audit", name == "POST /audit.csv": // questions: what they name must stand in no address
		case r.Method == http.MethodPost && strings.HasSuffix(r.Need, ".read"):
			t.Errorf("%s changes something with a permission to read", name)
		}
	}
}

// TestEveryRouteForEveryRole walks the whole table: who may not, gets 403 and sees nothing of a case.
func TestEveryRouteForEveryRole(t *testing.T) {
	w := newWorld(t)
	secrets := []string{"acc-1", "acc-5", "kid-a", "keep this between us"}
	for _, rt := range console.RouteTable() {
		if rt.Anyone {
			continue
		}
		path := w.path(rt.Pattern)
		t.Run(rt.Method+" "+rt.Pattern, func(t *testing.T) {
			stranger := w.browser()
			var got page
			if rt.Method == http.MethodGet {
				got = stranger.get(path)
				if to := got.header.Get("Location"); got.status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in?next=") {
					t.Errorf("before sign-in: %d to %q, want the sign-in page", got.status, to)
				}
			} else if got = stranger.post("/sign-in", path, nil); got.status != http.StatusForbidden {
				t.Errorf("before sign-in: %d, want 403", got.status)
			}
			leaks(t, "before sign-in", got, secrets)
			for role, br := range w.who {
				if rt.Signed && path == "/sign-out" {
					continue
				}
				may := rt.Signed || br.person.Can(auth.Permission(rt.Need))
				if rt.Method == http.MethodGet {
					got = br.get(path)
				} else {
					got = br.post("/health", path, nil)
				}
				if may == (got.status == http.StatusForbidden) || got.status >= 500 {
					t.Errorf("%s: %d, permitted %v", role, got.status, may)
				}
				if !br.person.Can(auth.CaseRead) {
					leaks(t, string(role), got, secrets)
				}
			}
		})
	}
}

func leaks(t *testing.T, who string, p page, secrets []string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(p.body, s) {
			t.Errorf("%s: the answer holds %q", who, s)
		}
	}
}

// TestEveryPostNeedsTheToken walks the table again, with forms that did not come from our page.
func TestEveryPostNeedsTheToken(t *testing.T) {
	w := newWorld(t)
	all := w.as(auth.Reviewer, auth.Lead, auth.Admin)
	foreign := w.who[auth.Lead].token("/queue")
	for _, rt := range console.RouteTable() {
		if rt.Method != http.MethodPost {
			continue
		}
		path := w.path(rt.Pattern)
		t.Run(rt.Pattern, func(t *testing.T) {
			for name, form := range map[string]url.Values{"no token": {}, "empty": {"token": {""}}, "of another session": {"token": {foreign}}} {
				if got := all.send(path, form); got.status != http.StatusForbidden {
					t.Errorf("%s: %d, want 403", name, got.status)
				}
			}
			form := url.Values{"token": {all.token("/queue")}}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.srv.URL+path, strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", "cross-site")
			req.Header.Set("Origin", "https://elsewhere.example")
			if got := all.read(all.http.Do(req)); got.status != http.StatusForbidden {
				t.Errorf("from another site with the right token: %d, want 403", got.status)
			}
		})
	}
}

// TestHeaders are those of every answer, whatever it is.
func TestHeaders(t *testing.T) {
	w := newWorld(t)
	lead := w.who[auth.Lead]
	for name, p := range map[string]page{
		"page": lead.get("/queue"), "case": lead.get("/case/" + w.id), "redirect": lead.get("/"), "missing": lead.get("/none"),
		"refused": w.who[auth.Admin].get("/queue"), "sign-in": w.browser().get("/sign-in"),
	} {
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
		} {
			if got := p.header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
		csp := p.header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "script-src 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy lacks %s", name, want)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
			t.Errorf("%s: the policy is not strict: %s", name, csp)
		}
		for _, inline := range []string{"<style", " style=", "<script>", " onclick=", "javascript:", `src="http`, `href="http:`} {
			if strings.Contains(p.body, inline) {
				t.Errorf("%s holds %s", name, inline)
			}
		}
	}
}

// TestTitlesAndLogsHoldNoContent looks at what stays behind in a browser's history and in the machine's log.
func TestTitlesAndLogsHoldNoContent(t *testing.T) {
	w := newWorld(t)
	body := w.who[auth.Lead].get("/case/" + w.id + "?token=hidden").body
	title := body[strings.Index(body, "<title>"):strings.Index(body, "</title>")]
	if !strings.Contains(title, w.id) || strings.Contains(title, "acc-1") {
		t.Errorf("the title is %s", title)
	}
	for _, s := range []string{"acc-1", "kid-a", "between us", "hidden", goodPassword} {
		if strings.Contains(w.log.String(), s) {
			t.Errorf("the log holds %q", s)
		}
	}
	if !strings.Contains(w.log.String(), "route=/case/{id}") {
		t.Error("the log has no line for the page")
	}
}

func TestAssets(t *testing.T) {
	b := setup(t)
	w := b.browser()
	body := w.get("/sign-in").body
	n := 0
	for part := range strings.SplitSeq(body, `"`) {
		if !strings.HasPrefix(part, "/asset/") {
			continue
		}
		n++
		p := w.get(part)
		if p.status != http.StatusOK || !strings.Contains(p.header.Get("Cache-Control"), "immutable") || p.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d, %v", part, p.status, p.header)
		}
	}
	if n < 4 {
		t.Errorf("the page names %d files, want the style, two scripts and the icon", n)
	}
	if p := w.get("/asset/0000000000000000/console.css"); p.status != http.StatusNotFound {
		t.Errorf("another hash: %d, want 404", p.status)
	}
}

func TestOnlyReadersSeeForms(t *testing.T) {
	w := newWorld(t)
	body := w.who[auth.Auditor].get("/case/" + w.id).body
	for _, form := range []string{"/claim", "/note", "/dispose", "/escalate", "/reverse", "/ask#ask"} {
		if strings.Contains(body, w.id+form+`"`) {
			t.Errorf("the auditor is offered %s", form)
		}
	}
	if body := w.who[auth.Lead].get("/person").body; strings.Contains(body, "/disable") {
		t.Error("the lead is offered to shut people out")
	}
	if body := w.who[auth.Auditor].get("/key").body; strings.Contains(body, `action="/key"`) {
		t.Error("the auditor is offered to make a key")
	}
}
