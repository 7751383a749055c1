package console_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"haris/internal/auth"
)

// reviewsAccess begins a review, keeps a colleague, takes a key, and leaves one's own line to the colleague, who closes it.
func reviewsAccess(t *testing.T, b *bundle, k *chrome) {
	ada, bea := b.as(auth.Admin), b.as(auth.Admin)
	_, secret, err := b.auth.CreateKey(t.Context(), ada.person.ID, auth.NewKey{Source: "/old-chat", Scopes: []auth.Scope{auth.EventsWrite}})
	if err != nil {
		t.Fatal(err)
	}
	k.open(ada, "/person")
	k.do(chromedp.KeyEvent("g"))
	k.press("y")
	k.write("[name=why]", "the quarter")
	k.push("form[action='/access-review'] button")
	k.shot("access-review-" + k.lang)
	k.do(chromedp.KeyEvent("j"))
	k.push("button[value=kept]")
	k.do(chromedp.KeyEvent("j"))
	k.write("li:has([formaction$='/take']) textarea", "nobody uses it")
	k.push("button[formaction$='/take']")
	if _, err := b.auth.VerifyKey(t.Context(), secret); err == nil {
		t.Error("the key still works")
	}
	if n := eval[int](k, "document.querySelectorAll('main form').length"); n != 0 {
		t.Errorf("%d forms are left beside one's own line", n)
	}
	path := eval[string](k, "location.pathname")
	k.open(bea, path)
	k.push("button[value=kept]")
	k.write("[name=note]", "all seen")
	k.push("form[action$='/close'] button")
	k.shot("access-review-closed-" + k.lang)
	list, _, err := b.auth.AccessReviews(t.Context())
	if err != nil || len(list) != 1 || !list[0].Closed() || list[0].Kept != 2 || list[0].Taken != 1 {
		t.Errorf("%+v (%v)", list, err)
	}
}

// TestAccessReviewInEveryLook looks at a review under way, decided and printed, in every look.
func TestAccessReviewInEveryLook(t *testing.T) {
	w := newAccessWorld(t)
	w.rule(w.ada, w.bea.person.ID, "kept", "leads the night shift")
	if err := w.auth.SetRoles(t.Context(), "test", w.rev.person.ID, []auth.Role{auth.Lead, auth.Legal}); err != nil {
		t.Fatal(err)
	}
	w.as(auth.Lead)
	w.pass(auth.ProofLife)
	w.lookAt(w.ada, map[string]string{"access-list": "/access-review", "access-one": w.path + "?show=all", "access-document": w.path + "/document"})
}
