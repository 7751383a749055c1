package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/taxonomy"
)

// A cookie that somebody put into the browser before sign-in is nobody's afterwards, and the session that sign-in begins has another.
func TestASessionCannotBeFixed(t *testing.T) {
	b := setup(t)
	who := b.as(auth.Reviewer)
	at, err := url.Parse(b.srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	w := b.browser()
	w.get("/sign-in")
	planted := map[string]string{}
	for _, c := range w.http.Jar.Cookies(at) {
		planted[c.Name] = c.Value
	}
	planted["haris"] = "chosen-by-somebody-else"
	for name, value := range planted {
		w.http.Jar.SetCookies(at, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
	}
	if got := w.post("/sign-in", "/sign-in", url.Values{"login": {who.person.Login}, "password": {goodPassword}}); got.status != http.StatusSeeOther {
		t.Fatalf("sign-in: %d", got.status)
	}
	if got := w.get("/queue"); got.status != http.StatusOK {
		t.Fatalf("the queue after sign-in: %d", got.status)
	}
	thief := b.browser()
	for name, value := range planted {
		thief.http.Jar.SetCookies(at, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
	}
	if got := thief.get("/queue"); got.status == http.StatusOK {
		t.Error("a cookie from before sign-in opens the queue")
	}
	for _, c := range w.http.Jar.Cookies(at) {
		if c.Name == "haris" && (c.Value == planted["haris"] || c.Value == "") {
			t.Error("the session has the cookie that was planted")
		}
	}
}

// Nothing that an address or a form says leads away from haris.
func TestNothingLeadsAway(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Lead, auth.Admin)
	id := b.open("k", "acc-1", taxonomy.P2)
	for _, away := range []string{"https://example.com/", "//example.com/", `/\example.com`, "/\texample.com", "javascript:alert(1)", "http:example.com", "\\\\example.com", " //example.com"} {
		for name, got := range map[string]page{
			"language":  w.post("/queue", "/language", url.Values{"lang": {"en"}, "back": {away}}),
			"soft":      w.post("/queue", "/me/soft", url.Values{"soft": {"off"}, "back": {away}}),
			"sign-in":   b.browser().post("/sign-in?next="+url.QueryEscape(away), "/sign-in", url.Values{"login": {w.person.Login}, "password": {goodPassword}, "next": {away}}),
			"prove":     w.get("/prove?next=" + url.QueryEscape(away)),
			"case":      w.get("/case/" + id + "?q=" + url.QueryEscape(away)),
			"next case": w.post("/queue", "/queue/next", url.Values{"q": {away}}),
		} {
			to, err := url.Parse(got.header.Get("Location"))
			if err != nil || to.Host != "" || to.Scheme != "" || strings.HasPrefix(got.header.Get("Location"), `/\`) {
				t.Errorf("%s with %q leads to %q", name, away, got.header.Get("Location"))
			}
			if strings.Contains(got.body, `href="`+away) || strings.Contains(got.body, `action="`+away) {
				t.Errorf("%s with %q: the page leads away", name, away)
			}
		}
	}
}

// Whoever wants the words of messages folded opens them one by one; nobody else's pages change.
func TestWordsOfMessagesCanBeFolded(t *testing.T) {
	b := setup(t)
	id := b.open("k", "u-1", taxonomy.P1)
	b.conversation("u-1", "c-1")
	w, other := b.as(auth.Reviewer), b.as(auth.Reviewer)
	path := "/case/" + id
	if got := w.post(path, "/me/soft", url.Values{"soft": {"on"}, "back": {path}}); got.status != http.StatusSeeOther || got.header.Get("Location") != path {
		t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
	}
	for name, c := range map[string]struct {
		w    *browser
		want bool
	}{"who wants it": {w, true}, "somebody else": {other, false}} {
		if got := strings.Contains(c.w.get(path).body, `<details class="soft">`); got != c.want {
			t.Errorf("%s: folded %v", name, got)
		}
	}
	w.post(path, "/me/soft", url.Values{"soft": {"off"}, "back": {path}})
	if strings.Contains(w.get(path).body, `<details class="soft">`) {
		t.Error("it cannot be taken back")
	}
}
