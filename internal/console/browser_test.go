package console_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"haris/cybertip"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/job"
	"haris/internal/remark"
	"haris/internal/report"
	"haris/internal/review"
	"haris/internal/taxonomy"
)

// shotsEnv names a directory into which the pictures of every page are written, to be looked at.
const shotsEnv = "HARIS_SCREENSHOTS"

const windowHeight = 900

// chrome is a real browser that remembers every complaint of its console: refused scripts and styles, missing files, exceptions.
type chrome struct {
	t    *testing.T
	ctx  context.Context
	lang string // of the pages, where a test walks in both
	mu   sync.Mutex
	said []string
}

func startChrome(t *testing.T) *chrome {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is not installed, and CI must test the pages in a real browser")
		}
		t.Skip("chromium is not installed: apt-get install chromium to test the pages in a real browser")
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.UserDataDir(t.TempDir()))
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	ctx, stopTime := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(stopTime)
	k := &chrome{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, k.hear); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *chrome) hear(ev any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch ev := ev.(type) {
	case *cdplog.EventEntryAdded:
		if ev.Entry.Level == cdplog.EntryLevelInfo { // such as that a field could not take the focus because another had it
			return
		}
		k.said = append(k.said, fmt.Sprint(ev.Entry.Level, ": ", ev.Entry.Text, " ", ev.Entry.URL))
	case *runtime.EventExceptionThrown:
		k.said = append(k.said, fmt.Sprint("exception: ", ev.ExceptionDetails.Text))
	}
}

func (k *chrome) do(steps ...chromedp.Action[chromedp.Void]) {
	k.t.Helper()
	if err := chromedp.Do(k.ctx, steps...); err != nil {
		k.t.Fatal(err)
	}
}

// as takes over the session of a test's browser.
func (k *chrome) as(w *browser) {
	k.t.Helper()
	req, err := http.NewRequest(http.MethodGet, w.b.srv.URL, nil)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, c := range w.http.Jar.Cookies(req.URL) {
		k.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: w.b.srv.URL, HTTPOnly: new(true)})
			return err
		}))
	}
}

// forget takes every session away.
func (k *chrome) forget() {
	k.t.Helper()
	k.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
}

// look sets the size and the scheme of colours.
func (k *chrome) look(width int64, scheme string) {
	k.do(chromedp.EmulateViewport(width, windowHeight), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// shot keeps a picture when somebody asked for pictures.
func (k *chrome) shot(name string) {
	dir := os.Getenv(shotsEnv)
	if dir == "" {
		return
	}
	// A window as high as the page, because pictures beyond the window are cut off on pages that run from right to left.
	width, height := eval[float64](k, "innerWidth"), eval[float64](k, "document.documentElement.scrollHeight")
	k.do(chromedp.EmulateViewport(int64(width), int64(height)))
	png, err := chromedp.Run(k.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		k.t.Fatal(err)
	}
	k.do(chromedp.EmulateViewport(int64(width), windowHeight))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		k.t.Fatal(err)
	}
}

func eval[T any](k *chrome, expression string) T {
	k.t.Helper()
	v, err := chromedp.Run(k.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		k.t.Fatal(expression, err)
	}
	return v
}

// until waits for something to be true on the page.
func (k *chrome) until(expression string) {
	k.t.Helper()
	look := "new Promise(done => { const look = () => { if (" + expression + ") done(true); else requestAnimationFrame(look); }; look(); })"
	if _, err := chromedp.Run(k.ctx, chromedp.Evaluate[bool](look, chromedp.EvalAwaitPromise)); err != nil {
		k.t.Fatal(expression, err)
	}
}

// furnished is a console with something on every page.
func furnished(t *testing.T) (b *bundle, id string) {
	b = setup(t)
	b.open("z", "acc-7", taxonomy.P2)
	b.open("y", "acc-5", taxonomy.P0)
	b.pass(3*time.Hour + 40*time.Minute)
	id = b.open("a", "acc-1", taxonomy.P1)
	b.open("x", "acc-3", taxonomy.P3)
	b.conversation("acc-1", "kid-a")
	b.out.letters = []console.Letter{{
		ID: "L1", Source: "/chat", Event: "e-17", At: b.now().Add(-time.Hour), Reason: "data.from: missing; expected the account that sent the message", Place: "line 3, /data/from",
	}}
	b.out.dead = []job.Job{{ID: "J1", Kind: "action.deliver", State: job.Dead, Attempt: 12, Max: 12, LastError: "platform answered 503", EndedAt: b.now().Add(-10 * time.Minute)}}
	b.out.checks = []console.Check{
		{Name: "disk_free", State: console.Well, Unit: console.UnitBytes, Count: 81e9},
		{Name: "last_event", State: console.Well, Unit: console.UnitMoment, Moment: b.now().Add(-2 * time.Minute)},
		{Name: "unscanned", State: console.Warned, Unit: console.UnitCount, Count: 12},
		{Name: "ncmec", State: console.Unknown, Detail: remark.Verbatim("not asked yet")},
		{Name: "dead_jobs", State: console.Unwell, Unit: console.UnitCount, Count: 1},
	}
	return b, id
}

func TestPagesInABrowser(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Lead, auth.Reviewer, auth.Admin, auth.Auditor)
	if _, err := b.deps.Desk.Claim(t.Context(), review.Act{Who: w.person.ID, Case: id}); err != nil {
		t.Fatal(err)
	}
	draft, err := b.deps.Reports.Create(t.Context(), w.person.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	written, err := b.deps.Reports.Create(t.Context(), w.person.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	e := written.Draft.Edit()
	e.IncidentType, e.TypeReason = cybertip.IncidentTypes()[6], "An adult asked children to keep it between them."
	e.Narrative = "The account wrote to a child that did not know it.\nكتب الحساب إلى طفل لا يعرفه."
	if _, err := b.deps.Reports.Save(t.Context(), report.Act{Who: w.person.ID, Report: written.ID, Seen: written.Events}, e); err != nil {
		t.Fatal(err)
	}
	k := startChrome(t)
	pages := map[string]string{"preview-written": "/report/" + written.ID + "/preview", "reports": "/case/" + id + "/report", "report": "/report/" + draft.ID, "preview": "/report/" + draft.ID + "/preview", "sign-in": "/sign-in", "queue": "/queue", "case": "/case/" + id, "letter": "/letter", "job": "/job", "health": "/health", "person": "/person", "key": "/key", "audit": "/audit", "missing": "/case/none"}
	k.look(1280, "light")
	k.do(chromedp.Navigate(b.srv.URL + "/sign-in"))
	k.shot("sign-in")
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
			k.shot(name + "-" + how.name)
			if wide := eval[float64](k, "document.documentElement.scrollWidth"); wide > float64(how.width) {
				t.Errorf("%s, %s: the page is %v wide in a window of %d", name, how.name, wide, how.width)
			}
			if n := eval[int](k, "document.querySelectorAll('.reading .read-text').length"); (name == "preview-written") != (n > 5) {
				t.Errorf("%s, %s: %d lines of a document", name, how.name, n)
			}
		}
	}
	for _, s := range k.said {
		if !strings.Contains(s, "404") {
			t.Errorf("the browser complains: %s", s)
		}
	}
}

// TestQueueRefreshesItself lets htmx fetch the list again and looks for a case that came meanwhile.
func TestQueueRefreshesItself(t *testing.T) {
	b := setup(t)
	b.open("a", "acc-1", taxonomy.P1)
	k := startChrome(t)
	k.look(1280, "light")
	k.as(b.as(auth.Reviewer))
	k.do(chromedp.Navigate(b.srv.URL+"/queue"), chromedp.KeyEvent("j"))
	id := b.open("b", "acc-2", taxonomy.P0)
	eval[bool](k, "htmx.trigger('#cases', 'refresh') || true")
	k.do(chromedp.WaitVisible(chromedp.CSS("#row-" + id)))
	if got := eval[string](k, "document.activeElement.tagName"); got != "A" {
		t.Errorf("the focus went to %s when the list came anew", got)
	}
	for _, s := range k.said {
		t.Errorf("the browser complains: %s", s)
	}
}

// TestKeyboardJourney decides a case without touching a mouse.
func TestKeyboardJourney(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Reviewer)
	k := startChrome(t)
	k.look(1280, "light")
	k.as(w)
	k.do(chromedp.Navigate(b.srv.URL+"/queue"), chromedp.KeyEvent("j"), chromedp.KeyEvent("j"))
	if got := eval[string](k, "document.activeElement.getAttribute('href')"); got != "/case/"+id {
		t.Fatalf("the second row leads to %s, want the case %s", got, id)
	}
	press := func(key string) { // a key that leads to another page
		k.t.Helper()
		if _, err := chromedp.RunResponse(k.ctx, chromedp.KeyEvent(key)); err != nil {
			k.t.Fatalf("%q: %v", key, err)
		}
	}
	press("\r")
	press("c")
	k.do(chromedp.KeyEvent("d"))
	if got := eval[string](k, "document.activeElement.name"); got != "finding" {
		t.Fatalf("d leads to the field %q", got)
	}
	if eval[bool](k, "document.querySelector('[name=finding]:checked, [name=confidence]:checked') !== null || document.querySelector('[name=typology]').value !== ''") {
		t.Error("something is chosen before the person chose")
	}
	// Space chooses the first finding; then tab: kind of matter, policy, reason, confidence, the button.
	k.do(chromedp.KeyEvent(" "), chromedp.KeyEvent("\t"), chromedp.KeyEvent("G"), chromedp.KeyEvent("\t"), chromedp.KeyEvent("child safety"),
		chromedp.KeyEvent("\t"), chromedp.KeyEvent("he asked to keep it between them"), chromedp.KeyEvent("\t"), chromedp.KeyEvent(" "), chromedp.KeyEvent("\t"))
	press("\r")
	c, _, err := b.deps.Desk.View(t.Context(), "test", id)
	if err != nil {
		t.Fatal(err)
	}
	if c.Status != casefile.Confirmed || c.Disposal.Typology != taxonomy.TypologyGrooming || c.Disposal.Who != w.person.ID {
		t.Errorf("the case is %s, %+v", c.Status, c.Disposal)
	}
	for _, s := range k.said {
		t.Errorf("the browser complains: %s", s)
	}
}
