package console_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/review"
	"haris/internal/taxonomy"
)

// offline cuts the browser off from the network, or joins it again.
func (k *chrome) offline(off bool) {
	k.t.Helper()
	k.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: -1, Offline: off}},
		})
		return err
	}))
}

// TestDraftSurvivesALostConnection types a finding by keyboard while there is no connection, and finds it again after the page was loaded anew.
func TestDraftSurvivesALostConnection(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			b := setup(t)
			id := b.open("a", "acc-1", taxonomy.P1)
			w := b.as(auth.Reviewer)
			if err := b.auth.SetLang(t.Context(), w.person.ID, lang); err != nil {
				t.Fatal(err)
			}
			if _, err := b.deps.Desk.Claim(t.Context(), review.Act{Who: w.person.ID, Case: id}); err != nil {
				t.Fatal(err)
			}
			k := startChrome(t)
			k.look(400, "light")
			k.as(w)
			k.do(chromedp.Navigate(b.srv.URL + "/case/" + id))
			k.offline(true)
			tab := chromedp.KeyEvent("\t")
			k.do(chromedp.KeyEvent("d"), chromedp.KeyEvent(" "), tab, tab, chromedp.KeyEvent("child safety"), tab, chromedp.KeyEvent("keep this between us"), tab, chromedp.KeyEvent(" "))
			state := `document.querySelector("form[action$='/dispose'] [data-draft-state]")`
			k.until(state + `.textContent === ` + state + `.dataset.lost`)
			k.shot("draft-lost-" + lang)
			// Recording without a connection must not take the words away with the page.
			k.do(chromedp.KeyEvent("\t"), chromedp.KeyEvent("\r"))
			k.until(state + `.textContent === ` + state + `.dataset.lost`)
			if got := eval[string](k, `document.querySelector("[name=reason]").value`); got != "keep this between us" {
				t.Fatalf("the form holds %q", got)
			}
			k.offline(false)
			k.until(state + `.textContent !== "" && !` + state + `.classList.contains("mistake")`)
			k.do(chromedp.Navigate(b.srv.URL + "/case/" + id))
			got := eval[string](k, `["finding:checked", "policy", "reason", "confidence:checked"].map(n => document.querySelector("form[action$='/dispose'] [name=" + n.replace(":", "]:") + (n.includes(":") ? "" : "]")).value).join("|")`)
			if want := "confirmed|child safety|keep this between us|low"; got != want {
				t.Errorf("after the page was loaded anew the form holds %q, want %q", got, want)
			}
			k.shot("draft-kept-" + lang)
			if c := b.caseOf(id); c.Status != casefile.Open {
				t.Errorf("the case is %s", c.Status)
			}
			if eval[float64](k, "document.documentElement.scrollWidth") > 400 {
				t.Error("the page is wider than its window")
			}
		})
	}
}
