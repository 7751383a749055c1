package console_test

import (
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/review"
)

// axe reads axe-core, the usual judge of accessible pages.
func axe(t *testing.T) string {
	t.Helper()
	f, err := os.Open("testdata/axe/axe.min.js.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	script, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// violations asks axe about the page that is open: WCAG 2.2 to level AA, and its best practices. One line each.
func (k *chrome) violations(script string) []string {
	k.t.Helper()
	eval[bool](k, script+"\n;true")
	const ask = `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ' (' + v.impact + '): ' + v.help + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + n.html.slice(0, 120)).join(' | ')))`
	out, err := chromedp.Run(k.ctx, chromedp.Evaluate[[]string](ask, chromedp.EvalAwaitPromise))
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

// TestAccessibility asks axe about every page that the menus lead to, and those of one case, in both languages, light and dark, wide and narrow.
func TestAccessibility(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Roles()...)
	if _, err := b.deps.Desk.Claim(t.Context(), review.Act{Who: w.person.ID, Case: id}); err != nil {
		t.Fatal(err)
	}
	draft, err := b.deps.Reports.Create(t.Context(), w.person.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	queue := w.named(url.Values{"name": {"Night desk"}, "limit": {"2"}, "unit": {"h"}}, w)
	pages := map[string]string{
		"queues": "/queues", "a queue": "/queue?q=" + queue, "round": "/person/" + w.person.ID + "/round", "people of a queue": "/queues/" + queue + "/people", "given": "/case/" + id + "?via=" + queue,
		"case": "/case/" + id, "evidence": "/case/" + id + "/evidence", "reports of a case": "/case/" + id + "/report", "report": "/report/" + draft.ID,
		"preview": "/report/" + draft.ID + "/preview", "disclosures": "/disclosures", "missing": "/case/none", "help": "/help", "prove": "/prove?next=/key",
		"rules edited": "/rules/edit", "weights": "/rules/edit?file=weights.yaml", "versions": "/rules/history", "a version": "/rules/version/1",
	}
	if got := w.post("/rules/edit", "/rules/edit", proposal("gift.yaml", strings.Replace(giftPack, "> 1", "> 2", 1), "gifts of two are nothing")); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	access, err := b.auth.BeginReview(t.Context(), b.as(auth.Admin).person.ID, "the quarter")
	if err != nil {
		t.Fatal(err)
	}
	pages["access review"], pages["document of an access review"] = "/access-review/"+access.ID+"?show=all", "/access-review/"+access.ID+"/document"
	if got := w.post("/me", "/me/rotation", url.Values{"kind": {"grooming"}, "until": {b.day(3)}}); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	b.pass(auth.ProofLife) // pages with forms that ask for a fresh proof say so
	home := w.get("/queue").body
	for _, part := range strings.Split(home, `href="/`)[1:] {
		if path, _, ok := strings.Cut(part, `"`); ok && !strings.ContainsAny(path, "?./#") && path != "" {
			pages[path] = "/" + path
		}
	}
	if len(pages) < 20 {
		t.Fatalf("the menus lead to too few pages: %v", pages)
	}
	script := axe(t)
	for _, how := range []struct {
		lang, scheme string
		width        int64
	}{{"en", "light", 1280}, {"ar", "dark", 400}} {
		if err := b.auth.SetLang(t.Context(), w.person.ID, how.lang); err != nil {
			t.Fatal(err)
		}
		k := startChrome(t)
		k.look(how.width, how.scheme)
		k.do(chromedp.Navigate(b.srv.URL + "/sign-in"))
		for _, v := range k.violations(script) {
			t.Errorf("sign-in, %s %d: %s", how.scheme, how.width, v)
		}
		k.as(w)
		for _, name := range slices.Sorted(maps.Keys(pages)) {
			k.do(chromedp.Navigate(b.srv.URL + pages[name]))
			for _, v := range k.violations(script) {
				t.Errorf("%s, %s %s %d: %s", name, how.lang, how.scheme, how.width, v)
			}
		}
	}
}
