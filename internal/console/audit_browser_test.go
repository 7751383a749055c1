package console_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"haris/internal/auth"
)

// TestAuditInABrowser asks who has looked at a case from its page, asks the log something wrong, and looks at both answers.
func TestAuditInABrowser(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Auditor)
	b.as(auth.Reviewer).get("/case/" + id)
	script := axe(t)
	k := startChrome(t)
	k.as(w)
	for _, how := range []struct {
		name, lang, scheme string
		width              int64
	}{{"en", "en", "light", 1280}, {"narrow", "ar", "dark", 400}} {
		if err := b.auth.SetLang(t.Context(), w.person.ID, how.lang); err != nil {
			t.Fatal(err)
		}
		k.look(how.width, how.scheme)
		look := func(name string) {
			t.Helper()
			k.shot("audit-" + name + "-" + how.name)
			if wide := eval[float64](k, "document.documentElement.scrollWidth"); wide > float64(how.width) {
				t.Errorf("%s, %s: the page is %v wide in a window of %d", name, how.name, wide, how.width)
			}
			for _, v := range k.violations(script) {
				t.Errorf("%s, %s: %s", name, how.name, v)
			}
			if at := eval[string](k, "location.href"); strings.Contains(at, id) && name != "case" {
				t.Errorf("%s, %s: the address is %s", name, how.name, at)
			}
		}
		k.do(chromedp.Navigate(b.srv.URL + "/case/" + id))
		look("case")
		k.do(chromedp.Click(`form[action="/audit"] button`), chromedp.WaitVisible(`form[role="search"]`))
		look("looked")
		if n := eval[int](k, `[...document.querySelectorAll("tbody code")].filter(c => c.textContent === "case.viewed").length`); n < 2 {
			t.Errorf("%s: %d readings of the case", how.name, n)
		}
		k.do(chromedp.SetValue(`input[type="date"][name="from"]`, "2026-02-12"), chromedp.SetValue(`input[type="date"][name="to"]`, "2026-02-11"), chromedp.Click(`form[role="search"] button.primary`), chromedp.WaitVisible("#bad-from"))
		look("wrong")
	}
}
