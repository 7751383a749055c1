package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/evidence"
	"haris/internal/exposure"
)

// TestEvidenceInABrowser looks at every state of the pages of evidence in every look.
func TestEvidenceInABrowser(t *testing.T) {
	b, id := furnished(t)
	w, other := b.as(auth.Lead, auth.Reviewer), b.as(auth.Reviewer)
	picture := b.addTo(id, "pattern.jpg", tagged(t)).ID
	added, err := b.vault.Add(t.Context(), evidence.Addition{
		Case: id, Who: "test", Name: "known.png", Body: strings.NewReader(string(stripes(t, 300, 200))),
		Origin: evidence.Origin{Media: "media-7", Match: &evidence.Match{List: "Example list", Algorithm: "pdq", Distance: 12, Classification: "A1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	text := b.addTo(id, "note.txt", []byte(strings.Repeat("keep this between us\nلا تخبر أحدًا بهذا\n", 700))).ID
	sound := b.addTo(id, "tone.wav", tone(1)).ID
	b.addTo(id, "box.zip", []byte("PK\x03\x04box"))
	clear, told := other.show(added.Item.ID, exposure.Clear)
	other.get(source(other.get(clear)))
	if got := other.post("/evidence/"+added.Item.ID, "/evidence/"+added.Item.ID+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	b.showing.Limits = exposure.Limits{Items: 1}
	pages := map[string]string{
		"list": "/case/" + id + "/evidence", "nothing": "/evidence/" + picture, "known": "/evidence/" + added.Item.ID, "exposure": "/exposure",
	}
	for name, how := range map[string]exposure.How{"blurred": exposure.Blurred, "panel": exposure.Panel, "clear": exposure.Clear} {
		pages[name], _ = w.show(picture, how)
	}
	b.showing.Limits = exposure.Limits{}
	pages["text"], _ = w.show(text, exposure.Clear)
	pages["sound"], _ = w.show(sound, exposure.Sound)
	b.showing.Limits = exposure.Limits{Items: 1}
	k := startChrome(t)
	k.as(w)
	for _, how := range []struct {
		name, lang, scheme string
		width              int64
	}{{"en", "en", "light", 1280}, {"dark", "en", "dark", 1280}, {"ar", "ar", "light", 1280}, {"narrow", "ar", "dark", 400}, {"phone", "en", "light", 400}} {
		if err := b.auth.SetLang(t.Context(), w.person.ID, how.lang); err != nil {
			t.Fatal(err)
		}
		k.look(how.width, how.scheme)
		for name, path := range pages {
			k.do(chromedp.Navigate(b.srv.URL + path))
			k.shot("evidence-" + name + "-" + how.name)
			if wide := eval[float64](k, "document.documentElement.scrollWidth"); wide > float64(how.width) {
				t.Errorf("%s, %s: the page is %v wide in a window of %d", name, how.name, wide, how.width)
			}
			// Leaving says that it was taken off the screen; here every look is to see it.
			eval[bool](k, "navigator.sendBeacon = () => true, true")
		}
	}
	for _, s := range k.said {
		t.Errorf("the browser complains: %s", s)
	}
}

// TestViewingByKeyboard is shown a picture blurred, then clear, says that all of it was looked at, and hears a recording to its end, all
// without a mouse.
func TestViewingByKeyboard(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Reviewer)
	picture := b.addTo(id, "pattern.jpg", tagged(t)).ID
	sound := b.addTo(id, "tone.wav", tone(1)).ID
	k := startChrome(t)
	k.look(1280, "light")
	k.as(w)
	press := func(keys ...string) { // the last key leads to another page
		t.Helper()
		for _, key := range keys[:len(keys)-1] {
			k.do(chromedp.KeyEvent(key))
		}
		if _, err := chromedp.RunResponse(k.ctx, chromedp.KeyEvent(keys[len(keys)-1])); err != nil {
			t.Fatalf("%q: %v", keys, err)
		}
	}
	k.do(chromedp.Navigate(b.srv.URL + "/evidence/" + picture))
	if eval[bool](k, "document.querySelector('.shown') !== null") {
		t.Fatal("something is shown before it was asked for")
	}
	press("b")
	k.until("document.querySelector('img.shown')?.naturalWidth === 240")
	press("v")
	k.until("document.querySelector('img.shown')?.naturalWidth === 480")
	filter := func(want string) {
		t.Helper()
		k.until("getComputedStyle(document.querySelector('img.shown')).filter === '" + want + "'")
	}
	filter("blur(22px) grayscale(1)")
	k.tabTo(".hold")
	hold := func(how input.DispatchKeyEventType) {
		k.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: how, Key: " ", Code: "Space", WindowsVirtualKeyCode: 32})
			return err
		}))
	}
	hold("rawKeyDown")
	filter("grayscale(1)")
	hold("keyUp")
	filter("blur(22px) grayscale(1)")
	k.tabTo(".way-open")
	k.do(chromedp.KeyEvent(" "))
	filter("grayscale(1)")
	k.tabTo(".way-colour")
	k.do(chromedp.KeyEvent(" "))
	filter("none")
	k.tabTo("form[action$='/looked'] button")
	press("\r")
	if got := b.viewed(picture); got != w.person.ID {
		t.Errorf("the picture was viewed by %q", got)
	}
	if eval[bool](k, "document.querySelector('.shown') !== null") {
		t.Error("after the statement it is still on the screen")
	}
	press("v") // viewed already: the page says so first
	if !eval[bool](k, "document.querySelector('[name=again]') !== null && document.querySelector('.shown') === null") {
		t.Error("what was viewed is shown again without a question")
	}
	k.do(chromedp.Navigate(b.srv.URL + "/evidence/" + sound))
	k.do(chromedp.Focus(chromedp.CSS("#viewer form button")))
	press("\r")
	k.do(chromedp.Focus(chromedp.CSS("audio")), chromedp.KeyEvent(" "))
	k.until("document.querySelector('audio').ended")
	k.do(chromedp.Focus(chromedp.CSS("#viewer button.primary")))
	press("\r")
	if got := b.viewed(sound); got != w.person.ID {
		t.Errorf("the recording was heard by %q", got)
	}
	// Leaving the page takes what is shown off the screen.
	on, told := w.show(picture, exposure.Blurred)
	k.do(chromedp.Navigate(b.srv.URL+on), chromedp.Navigate(b.srv.URL+"/queue"))
	over := false
	for range 200 { // the browser says it while it loads the next page
		if over = source(w.get("/evidence/"+picture+"?showing="+told.Get("showing"))) == ""; over {
			break
		}
	}
	if !over {
		t.Error("leaving the page does not end the showing")
	}
	for _, s := range k.said {
		if !strings.Contains(s, "409") {
			t.Errorf("the browser complains: %s", s)
		}
	}
}
