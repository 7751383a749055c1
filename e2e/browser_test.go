package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chrome is a real browser that remembers what its console complained of and where its requests went.
type chrome struct {
	t    *testing.T
	ctx  context.Context
	mu   sync.Mutex
	said []string
	went []string
	pace pace
}

func startChrome(t *testing.T) *chrome {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is not installed, and CI must go through the pages in a real browser")
		}
		t.Skip("chromium is not installed: apt-get install chromium")
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.UserDataDir(t.TempDir()))
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	ctx, stopTime := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(stopTime)
	k := &chrome{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, k.hear); err != nil {
		t.Fatal(err)
	}
	k.do(chromedp.EmulateViewport(1200, 1000))
	return k
}

func (k *chrome) hear(ev any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch ev := ev.(type) {
	case *cdplog.EventEntryAdded:
		k.said = append(k.said, fmt.Sprint(ev.Entry.Level, ": ", ev.Entry.Text, " ", ev.Entry.URL))
	case *runtime.EventExceptionThrown:
		k.said = append(k.said, "exception: "+ev.ExceptionDetails.Text)
	case *network.EventRequestWillBeSent:
		k.went = append(k.went, ev.Request.URL)
	}
}

func (k *chrome) do(steps ...chromedp.Action[chromedp.Void]) {
	k.t.Helper()
	if err := chromedp.Do(k.ctx, steps...); err != nil {
		k.t.Fatal(err)
	}
}

func (k *chrome) text(expression string) string {
	k.t.Helper()
	v, err := chromedp.Run(k.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		k.t.Fatal(expression, err)
	}
	return v
}

// js runs a script in the page.
func js(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		r, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{Expression: script})
		if err == nil && r.ExceptionDetails != nil {
			err = errors.New(r.ExceptionDetails.Text + " in " + script)
		}
		return err
	})
}

// submit fills in the fields of a form and presses its button; the page that answers must be well, or have another status that is
// expected.
func (k *chrome) submit(form string, fields map[string]string, button string, or ...int64) {
	k.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "(() => { const f = document.querySelector(%q);\n", form)
	for name, value := range fields {
		fmt.Fprintf(&b, `{ const e = [...f.elements].filter(e => e.name === %[1]q);
if (!e.length) throw new Error("no field " + %[1]q);
const c = e.find(x => (x.type === "radio" || x.type === "checkbox") && x.value === %[2]q);
if (c) c.checked = true; else e[0].value = %[2]q; }
`, name, value)
	}
	for _, value := range fields {
		k.pace.fills(value)
	}
	k.pace.goesOn()
	fmt.Fprintf(&b, "f.requestSubmit(%s ? f.querySelector(%q) : undefined) })()", strconv.FormatBool(button != ""), button)
	resp, err := chromedp.RunResponse(k.ctx, js(b.String()))
	if err != nil {
		k.t.Fatalf("%s: %v", form, err)
	}
	if resp.Status != 200 && !slices.Contains(or, resp.Status) {
		k.t.Fatalf("%s was answered %d:\n%s", form, resp.Status, k.text("document.body.innerText"))
	}
}

// decide records a decision. The platform goes on living meanwhile: when the case has grown since the page was opened, the page says so
// and keeps what was written, and the person records it again.
func (k *chrome) decide(fields map[string]string, button string) {
	k.t.Helper()
	k.submit(`form[action$="/dispose"]`, fields, button, 409)
	for range 10 {
		if k.text(`String(document.querySelector('form[action$="/dispose"]') !== null)`) == "false" {
			return
		}
		k.submit(`form[action$="/dispose"]`, nil, button, 409)
	}
	k.t.Fatalf("the decision is not taken:\n%s", k.text("document.body.innerText"))
}

// TestFromASuspicionToAFiledReport is what the README promises: a suspicion arises, a person reads why, decides, and files a
// report with the local stand-in.
func TestFromASuspicionToAFiledReport(t *testing.T) {
	r := serve(t, "demo", "--minutes", "0.05", "--data-dir", filepath.Join(t.TempDir(), "demo"))
	defer r.stop()
	k := startChrome(t)
	const password = "a long enough pass phrase"
	k.do(chromedp.Navigate(r.Link))
	k.submit("form:has([name=again])", map[string]string{"password": password, "again": password}, "")

	// The queue refreshes itself: the first case of grooming shows without a click.
	k.do(chromedp.Navigate(r.URL+"/queue?typology=grooming"), chromedp.WaitVisible(chromedp.CSS(`a[href^="/case/"]`)))
	id := strings.TrimPrefix(k.text(`document.querySelector('a[href^="/case/"]').getAttribute("href")`), "/case/")
	k.do(chromedp.Navigate(r.URL + "/case/" + id))
	if page := k.text("document.body.innerText"); !strings.Contains(page, "minors") {
		t.Errorf("the case does not say why it is here:\n%s", page)
	}
	k.picture("case")
	k.pace = pace{}
	k.reads(".case-head", ".marked .line-text, .marked .line-act")
	k.pace.reads(k.text(`[...document.querySelectorAll(".signal-why")].map(e => e.innerText).filter(t => !document.querySelector(".case-head").innerText.includes(t.trim())).join(" ")`)) // what the head has not said
	k.submit(`form[action$="/claim"]`, nil, "")
	k.reads(".decide .choice")
	k.decide(map[string]string{
		"finding": "confirmed", "typology": "grooming", "policy": "child safety", "reason": "asks many children to keep it between them", "confidence": "high",
	}, `button[value="report"]`)
	k.reads(".note-line", "section[aria-labelledby=type] > .faint", "section[aria-labelledby=type] > fieldset .choice", "section[aria-labelledby=type] > .check", ".prompts", ".rail .score")
	k.picture("draft")
	if n := k.text(`String(document.querySelectorAll(".prompts details.more:not([open])").length)`); n == "0" {
		t.Error("every child of the case is read out above the narrative")
	}
	if n := k.text(`String(document.querySelectorAll("[name=incident_type]:checked").length)`); n != "0" {
		t.Error("an incident type is chosen before the person chose")
	}
	kind := k.text(`[...document.querySelectorAll("[name=incident_type]")].map(e => e.value).find(v => v.includes("Enticement"))`)
	k.submit("form:has([name=narrative])", map[string]string{
		"incident_type": kind, "no_danger": "yes", // why it is of this type was said with the finding
		"narrative": "The account approached children within days. Most did not answer; some blocked it and one reported it.",
	}, `button[value="preview"]`)
	k.picture("preview")
	k.reads("section[aria-labelledby=short]", "section[aria-labelledby=findings]", "section[aria-labelledby=submit] .choice")
	k.submit(`form[action$="/submit"]`, map[string]string{"confirm": "local"}, "")
	t.Logf("from the opened case to the report on its way: %v", &k.pace)

	// The receipt: the page looks again by itself until the filing, which takes some calls, is done.
	k.do(chromedp.WaitVisible(chromedp.CSS("#proof")))
	if page := k.text("document.body.innerText"); !strings.Contains(page, "7000001") {
		t.Errorf("no number on the receipt:\n%s", page)
	}
	k.picture("receipt")
	k.check(r.URL)
}

// check says what the browser complained of and whether anything left this machine.
func (k *chrome) check(origin string) {
	k.t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.said {
		if strings.Contains(s, "409 (Conflict)") && strings.HasSuffix(s, "/dispose") {
			continue // decide met a case that had grown
		}
		k.t.Errorf("the browser complains: %s", s)
	}
	for _, u := range k.went {
		if !strings.HasPrefix(u, origin+"/") && !strings.HasPrefix(u, "data:") {
			k.t.Errorf("a request left: %s", u)
		}
	}
	if len(k.went) == 0 {
		k.t.Error("no request was seen: the check of where they go sees nothing")
	}
}

// picture keeps what is seen when HARIS_SCREENSHOTS names a directory.
func (k *chrome) picture(name string) {
	dir := os.Getenv("HARIS_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(k.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		k.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		k.t.Fatal(err)
	}
}
