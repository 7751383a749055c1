package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"haris/internal/auth"
	"haris/internal/rule"
	"haris/internal/rulebook"
)

// tabTo presses the tabulator until what has the focus is what was looked for.
func (k *chrome) tabTo(selector string) {
	k.t.Helper()
	for range 150 {
		if eval[bool](k, "document.activeElement.matches(`"+selector+"`)") {
			return
		}
		k.do(chromedp.KeyEvent("\t"))
	}
	k.t.Fatalf("the tabulator does not lead to %s", selector)
}

// press presses a key that leads to another page.
func (k *chrome) press(key string) {
	k.t.Helper()
	if _, err := chromedp.RunResponse(k.ctx, chromedp.KeyEvent(key)); err != nil {
		k.t.Fatalf("%q: %v", key, err)
	}
}

// TestRulesByKeyboard writes a rule without a mouse: a mistake is named with its line while it is typed, mended, proposed; a second person publishes
// it, and it is taken back by what was before.
func TestRulesByKeyboard(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			b := setup(t)
			author, other := b.as(auth.Lead), b.as(auth.Lead)
			for _, w := range []*browser{author, other} {
				if err := b.auth.SetLang(t.Context(), w.person.ID, lang); err != nil {
					t.Fatal(err)
				}
			}
			k := startChrome(t)
			k.look(1280, "light")
			k.as(author)
			k.do(chromedp.Navigate(b.srv.URL + "/queue"))
			k.do(chromedp.KeyEvent("g"))
			k.press("u")
			k.tabTo(`a[href="/rules/edit"]`)
			k.press("\r")
			k.tabTo("#rules-text")
			for range 9 {
				k.do(chromedp.KeyEvent(kb.ArrowDown))
			}
			k.do(chromedp.KeyEvent(kb.End), chromedp.KeyEvent(" && event.amuont > 5"))
			k.until(`document.querySelector("#outcome a[data-line='10']")?.closest("li").textContent.includes("amuont")`)
			k.shot("rules-mistake-" + lang)
			if eval[bool](k, `document.querySelector("#outcome").classList.contains("good")`) {
				t.Error("a mistake looks well")
			}
			// The mistake leads to its place.
			k.tabTo("#outcome a[data-line]")
			k.do(chromedp.KeyEvent("\r"))
			k.until(`document.activeElement.id === "rules-text"`)
			if got := eval[string](k, `document.activeElement.id + " " + document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)`); !strings.HasPrefix(got, "rules-text amuont > 5") && !strings.HasPrefix(got, "rules-text .amuont") && !strings.HasPrefix(got, "rules-text event.amuont") {
				t.Errorf("the mistake leads to %q", got)
			}
			k.do(chromedp.KeyEvent(kb.End))
			for range len("uont > 5") {
				k.do(chromedp.KeyEvent(kb.Backspace))
			}
			k.do(chromedp.KeyEvent("ount > 5"))
			k.until(`document.querySelector("#outcome").classList.contains("good")`)
			k.tabTo(`textarea[name="reason"]`)
			k.do(chromedp.KeyEvent("gifts below 5 are ordinary here"))
			k.tabTo(`button[value="propose"]`)
			k.press("\r")
			at := func(want string) {
				t.Helper()
				if got := eval[string](k, "location.pathname"); got != want {
					t.Fatalf("at %s, want %s", got, want)
				}
			}
			at("/rules/version/1")
			publish := func(w *browser, version string) {
				t.Helper()
				k.as(w)
				k.do(chromedp.Navigate(b.srv.URL + "/rules"))
				k.tabTo(`a[href="` + version + `"]`)
				k.press("\r")
				at(version)
				k.shot("rules-publish-" + lang)
				k.tabTo(`input[name="confirm"]`)
				k.do(chromedp.KeyEvent(" "))
				k.tabTo(`form[action$="/publish"] button`)
				k.press("\r")
				at(version)
			}
			publish(other, "/rules/version/1")
			if got := b.rulesNow(); got.Version != 1 {
				t.Fatalf("version %d is in force", got.Version)
			}
			k.do(chromedp.Navigate(b.srv.URL + "/rules/history"))
			k.tabTo(`a[href="/rules/version/0"]`)
			k.press("\r")
			k.tabTo(`form[action$="/again"] textarea`)
			k.do(chromedp.KeyEvent("too many were missed"))
			k.tabTo(`form[action$="/again"] button`)
			k.press("\r")
			at("/rules/version/2")
			publish(author, "/rules/version/2")
			if now := b.rulesNow(); now.Version != 2 || strings.Contains(textInForce(b), "> 5") {
				t.Errorf("version %d is in force", now.Version)
			}
			for _, s := range k.said {
				t.Errorf("the browser complains: %s", s)
			}
		})
	}
}

func textInForce(b *bundle) string {
	v, err := b.book().InForce(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	_, text, err := b.book().Get(b.t.Context(), v.N)
	if err != nil {
		b.t.Fatal(err)
	}
	return text.Packs[0].Text
}

// TestRulesInABrowser looks at the pages of rules, in every look.
func TestRulesInABrowser(t *testing.T) {
	b := setup(t)
	w, other := b.as(auth.Lead), b.as(auth.Lead)
	changed := strings.Replace(giftPack, "> 1", "> 5", 1)
	if got := other.post("/rules/edit", "/rules/edit", proposal("gift.yaml", changed, "gifts below 5 are ordinary here")); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	faulty := rulebook.Judge(rulebook.Text{Packs: []rule.Source{{Name: "gift.yaml", Text: strings.Replace(giftPack, "event.amount", "event.amuont", 1)}}}, nil)
	b.out.ruleFault = fmt.Errorf("version 3 of the rule book: %w", faulty.Err())
	b.lookAt(w, map[string]string{"rules": "/rules", "rules-edit": "/rules/edit", "rules-weights": "/rules/edit?file=weights.yaml", "rules-history": "/rules/history", "rules-version": "/rules/version/1"})
}
