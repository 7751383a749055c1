package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/taxonomy"
)

// palette opens the palette by keyboard and types.
func (k *chrome) palette(typed string) {
	k.t.Helper()
	k.do(chromedp.KeyEvent("k", chromedp.KeyModifiers(2))) // Ctrl
	k.until(`document.getElementById("palette").open`)
	for _, r := range typed {
		k.do(chromedp.KeyEvent(string(r)))
	}
}

// offered are the offers of the palette in order.
func (k *chrome) offered() string {
	k.t.Helper()
	return eval[string](k, `[...document.querySelectorAll("#palette-list li span")].map(s => s.textContent).join("|")`)
}

// TestPaletteByKeyboard claims, decides and finds without a mouse, through the palette alone.
func TestPaletteByKeyboard(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P1)
	w := b.as(auth.Reviewer)
	k := startChrome(t)
	k.look(1280, "light")
	k.as(w)
	path := func() string { return eval[string](k, "location.pathname") }
	k.do(chromedp.Navigate(b.srv.URL + "/queue"))
	k.palette("")
	if got := k.offered(); !strings.HasPrefix(got, "Take the next case|Queue|") || strings.Contains(got, "People") || strings.Contains(got, "Decide") {
		t.Errorf("on the queue a reviewer is offered %q", got)
	}
	k.do(chromedp.KeyEvent(kb.Escape))
	k.until(`!document.getElementById("palette").open`)
	k.palette(strings.ToUpper(id[:13]) + id[13:])
	k.press("\r")
	if got := path(); got != "/case/"+id {
		t.Fatalf("the id of a case leads to %s", got)
	}
	k.palette("claim")
	if got := k.offered(); !strings.HasPrefix(got, "Claim this case|") {
		t.Errorf("offered %q", got)
	}
	k.press("\r")
	if c := b.caseOf(id); c.Holder(b.now()) != w.person.ID {
		t.Error("the case is not claimed")
	}
	k.palette("decide")
	k.do(chromedp.KeyEvent("\r"))
	if got := eval[string](k, "document.activeElement.name"); got != "finding" {
		t.Errorf("decide leads to the field %q", got)
	}
	k.palette("note")
	k.do(chromedp.KeyEvent("\r"))
	if got := eval[string](k, "document.activeElement.name"); got != "text" {
		t.Errorf("a note leads to the field %q", got)
	}
	// The key of the test writes a line into the field, as no key of a person does: the page is left once it is seen to be nothing.
	k.until(`document.querySelector("form[action$='/note'] [data-draft-state]").textContent !== ""`)
	k.palette("put off") // from within a field
	k.do(chromedp.KeyEvent("\r"))
	if got := eval[string](k, "document.activeElement.name"); got != "kind" {
		t.Errorf("putting off leads to the field %q", got)
	}
	k.palette("repo")
	k.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.ArrowDown))
	if got := eval[string](k, `document.getElementById(document.getElementById("palette-ask").getAttribute("aria-activedescendant")).querySelector("span").textContent + document.querySelectorAll("#palette-list [aria-selected=true]").length`); got != strings.Split(k.offered(), "|")[1]+"1" {
		t.Errorf("chosen is %q of %q", got, k.offered())
	}
	k.do(chromedp.KeyEvent(kb.Escape))
	k.until(`!document.getElementById("palette").open`)
	k.palette("nothing at all like this")
	if got := k.offered(); got != "Find “nothing at all like this”" {
		t.Errorf("offered %q", got)
	}
	k.press("\r")
	if got := path(); got != "/find" || eval[string](k, "location.search + document.querySelector('main [name=words]').value") != "nothing at all like this" {
		t.Errorf("what is nothing else leads to %s", got)
	}
	if c := b.caseOf(id); c.Status != casefile.Open {
		t.Errorf("the case is %s", c.Status)
	}
	for _, s := range k.said {
		t.Errorf("the browser complains: %s", s)
	}
}

// TestPaletteInEveryLook opens the palette in both languages and asks axe about it.
func TestPaletteInEveryLook(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P1)
	w := b.as(auth.Lead)
	k := startChrome(t)
	k.as(w)
	for _, how := range []struct {
		lang, scheme, typed string
		width               int64
	}{{"en", "light", "case", 1280}, {"ar", "dark", "القضيه", 400}} {
		if err := b.auth.SetLang(t.Context(), w.person.ID, how.lang); err != nil {
			t.Fatal(err)
		}
		k.look(how.width, how.scheme)
		k.do(chromedp.Navigate(b.srv.URL + "/case/" + id))
		k.palette("")
		eval[bool](k, `(() => { const a = document.getElementById("palette-ask"); a.value = "`+how.typed+`"; return a.dispatchEvent(new Event("input")); })()`)
		if got := k.offered(); strings.Count(got, "|") < 2 {
			t.Errorf("%s: %q finds only %q", how.lang, how.typed, got)
		}
		k.shot("palette-" + how.lang)
		for _, v := range k.violations(axe(t)) {
			t.Errorf("%s: %s", how.lang, v)
		}
		if wide := eval[float64](k, "document.documentElement.scrollWidth"); wide > float64(how.width) {
			t.Errorf("%s: the page is %v wide in a window of %d", how.lang, wide, how.width)
		}
	}
}

// TestPaletteOffersWhatTheRoleMaySee reads the pages that the palette offers each role: all of them open, and no other stands in it.
func TestPaletteOffersWhatTheRoleMaySee(t *testing.T) {
	b := setup(t)
	for _, role := range auth.Roles() {
		w := b.as(role)
		_, rest, ok := strings.Cut(w.get("/me").body, `<dialog id="palette"`)
		if !ok {
			t.Fatalf("%s has no palette", role)
		}
		offers := map[string]bool{}
		for _, part := range strings.Split(rest, `<a href="`)[1:] {
			path, tail, _ := strings.Cut(part, `"`)
			if strings.HasPrefix(tail, " data-page>") {
				offers[path] = true
				if got := w.get(path); got.status != http.StatusOK {
					t.Errorf("%s is offered %s, which answers %d", role, path, got.status)
				}
			}
		}
		for _, rt := range console.RouteTable() {
			if rt.Method == http.MethodGet && offers[rt.Pattern] && !rt.Signed && !w.person.Can(auth.Permission(rt.Need)) {
				t.Errorf("%s is offered %s", role, rt.Pattern)
			}
		}
		if offers["/find"] != w.person.Can(auth.CaseRead) || !offers["/me"] {
			t.Errorf("%s is offered %v", role, offers)
		}
	}
	b.as(auth.Reviewer).get("/me").has(t, "without JavaScript", `id="palette-open" href="/find"`)
}
