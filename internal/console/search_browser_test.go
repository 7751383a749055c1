package console_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/report"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

func TestFindTexts(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P1)
	w := b.as(auth.Reviewer)
	long := "One two three four five six seven eight nine ten: her <b>School</b> answered, and said that the trainer is known there since long, as one of those " +
		"who look after the younger ones at the weekend, and that nobody has ever complained about him or what he wrote to any of the children."
	for _, words := range []string{long, "المدرسة أجابت عن المُعلِّم"} {
		if _, err := b.deps.Desk.Note(t.Context(), review.Act{Who: w.person.ID, Case: id}, words); err != nil {
			t.Fatal(err)
		}
	}
	made, err := b.deps.Reports.Create(t.Context(), "test", id)
	if err != nil {
		t.Fatal(err)
	}
	e := made.Draft.Edit()
	e.Narrative = "The account wrote to a child of the riverside club."
	if _, err := b.deps.Reports.Save(t.Context(), report.Act{Who: w.person.ID, Report: made.ID, Seen: made.Events}, e); err != nil {
		t.Fatal(err)
	}
	b.pass(time.Hour)
	look := func(w *browser, words string) page { return w.post("/find", "/find", url.Values{"words": {words}}) }
	got := look(w, "school train")
	got.has(t, "two words", "1 text", "<mark>School</mark>", "<mark>trainer</mark>", "&lt;b&gt;", "Person reviewer", "Note", "1 hour ago", "/case/"+id+"#notes", "five six", "… ")
	got.hasNot(t, "two words", "three four", "nobody has ever complained", "<b>")
	look(w, "معلم").has(t, "Arabic without article and marks", "<mark>المُعلِّم</mark>")
	look(w, "minor con").has(t, "a label", "Queue and labels", "<mark>minor</mark>-<mark>contact</mark>")
	look(w, "riverside").has(t, "a report", "/report/"+made.ID, "<mark>riverside</mark>")
	look(w, "school nowhere").has(t, "not all of it", "Nothing of that name is known")
	if b.as(auth.Admin).get("/find").status != 403 {
		t.Error("somebody who sees no case looks through texts")
	}
	if err := b.db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE case_file SET worded = 0`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	look(w, "nowhere").has(t, "before old cases are read in", "1 older case is not read in yet")
}

// TestFindInABrowser looks at what was found, in every look, and asks axe about it.
func TestFindInABrowser(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P1)
	w := b.as(auth.Reviewer)
	for _, words := range []string{"Asked her school; the trainer is known there since long.", "المدرسة أجابت عن المُعلِّم وقالت إنه معروف لديها"} {
		if _, err := b.deps.Desk.Note(t.Context(), review.Act{Who: w.person.ID, Case: id}, words); err != nil {
			t.Fatal(err)
		}
	}
	k := startChrome(t)
	k.as(w)
	for _, how := range []struct {
		lang, scheme, words string
		width               int64
	}{{"en", "light", "school train", 1280}, {"ar", "dark", "المدرسة", 400}} {
		if err := b.auth.SetLang(t.Context(), w.person.ID, how.lang); err != nil {
			t.Fatal(err)
		}
		k.look(how.width, how.scheme)
		k.do(chromedp.Navigate(b.srv.URL + "/find"))
		eval[string](k, fmt.Sprintf(`document.querySelector("main [name=words]").value = %q`, how.words)) // no keyboard of the test writes Arabic
		k.do(chromedp.Focus(chromedp.CSS("main [name=words]")))
		if _, err := chromedp.RunResponse(k.ctx, chromedp.KeyEvent("\r")); err != nil {
			t.Fatal(err)
		}
		if n := eval[int](k, "document.querySelectorAll('.found mark').length"); n == 0 {
			t.Error("nothing is marked")
		}
		k.shot("find-" + how.lang)
		for _, v := range k.violations(axe(t)) {
			t.Errorf("%s: %s", how.lang, v)
		}
		if wide := eval[float64](k, "document.documentElement.scrollWidth"); wide > float64(how.width) {
			t.Errorf("%s: the page is %v wide in a window of %d", how.lang, wide, how.width)
		}
	}
	for _, s := range k.said {
		t.Errorf("the browser complains: %s", s)
	}
}
