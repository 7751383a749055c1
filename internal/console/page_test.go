package console_test

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"haris/internal/action"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/review"
	"haris/internal/taxonomy"
)

// TestNoRawKey looks at every page in both languages for a key that the catalogue lacks, and for the direction of writing.
func TestNoRawKey(t *testing.T) {
	w := newWorld(t)
	w.out.actions = []action.Action{{ID: "A1", Case: w.id, Subject: "acc-1", Kind: action.HoldPost, Status: action.Delivered, By: action.By{Rule: "r1"}, AskedAt: w.now()}}
	all := w.as(auth.Reviewer, auth.Lead, auth.Admin, auth.Auditor)
	if _, err := w.deps.Desk.Claim(t.Context(), review.Act{Who: all.person.ID, Case: w.id}); err != nil {
		t.Fatal(err)
	}
	for lang, dir := range map[string]string{"en": "ltr", "ar": "rtl"} {
		if err := w.auth.SetLang(t.Context(), all.person.ID, lang); err != nil {
			t.Fatal(err)
		}
		pages := map[string]page{"sign-in": w.browser().get("/sign-in?lang=" + lang), "dead link": w.browser().get("/link?token=x&lang=" + lang)}
		for _, path := range []string{"/queue", "/queue?status=cleared", "/case/" + w.id, "/case/" + w.id + "/report", "/report/" + w.report, "/report/" + w.report + "/preview", "/letter", "/job", "/health", "/person", "/key", "/audit", "/none", "/letter?replayed=taken"} {
			pages[path] = all.get(path)
		}
		for path, p := range pages {
			if i := strings.Index(p.body, "⟦"); i >= 0 {
				t.Errorf("%s, %s: %.80s", lang, path, p.body[i:])
			}
			if !strings.Contains(p.body, `lang="`+lang+`" dir="`+dir+`"`) {
				t.Errorf("%s, %s: the page does not say its language and direction", lang, path)
			}
			if strings.Contains(p.body, "@moment") || strings.Contains(p.body, "@badge") {
				t.Errorf("%s, %s: a part of the template stands in the page", lang, path)
			}
		}
	}
}

func TestSignInPage(t *testing.T) {
	b := setup(t)
	p := b.as(auth.Reviewer).person
	t.Run("leads back to the page that was asked for", func(t *testing.T) {
		w := b.browser()
		to := w.get("/queue").header.Get("Location")
		if to != "/sign-in?next=%2Fqueue" {
			t.Fatalf("sent to %s", to)
		}
		got := w.post(to, "/sign-in", url.Values{"login": {p.Login}, "password": {goodPassword}, "next": {"/queue"}})
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "/queue" {
			t.Fatalf("%d to %s", got.status, got.header.Get("Location"))
		}
		cookie := got.header.Values("Set-Cookie")
		if !strings.Contains(strings.Join(cookie, "\n"), "HttpOnly; SameSite=Lax") {
			t.Errorf("cookies %v", cookie)
		}
		if got := w.get("/queue"); got.status != http.StatusOK {
			t.Errorf("the queue: %d", got.status)
		}
	})
	t.Run("leads nowhere else", func(t *testing.T) {
		for _, next := range []string{"https://elsewhere.example/", "//elsewhere.example", `/\elsewhere.example`} {
			got := b.browser().post("/sign-in", "/sign-in", url.Values{"login": {p.Login}, "password": {goodPassword}, "next": {next}})
			if got.header.Get("Location") != "/" {
				t.Errorf("next %q leads to %q", next, got.header.Get("Location"))
			}
		}
	})
	t.Run("keeps the password to itself", func(t *testing.T) {
		got := b.browser().post("/sign-in", "/sign-in", url.Values{"login": {"<b>me</b>"}, "password": {"wrong horse"}})
		if got.status != http.StatusUnprocessableEntity || strings.Contains(got.body, "wrong horse") || strings.Contains(got.body, "<b>me") {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
	t.Run("slows down", func(t *testing.T) {
		w := b.browser()
		var got page
		for range 7 {
			got = w.post("/sign-in", "/sign-in", url.Values{"login": {"somebody"}, "password": {"wrong"}})
		}
		if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
			t.Errorf("%d, Retry-After %q", got.status, got.header.Get("Retry-After"))
		}
	})
	t.Run("gives a fresh session", func(t *testing.T) {
		w := b.as(auth.Lead)
		u, err := url.Parse(b.srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		before := w.http.Jar.Cookies(u)[0].Value
		if got := w.post("/queue", "/sign-in", url.Values{"login": {p.Login}, "password": {goodPassword}}); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		if after := w.http.Jar.Cookies(u)[0].Value; after == before {
			t.Error("the cookie is the one from before")
		}
		if _, err := b.auth.Who(t.Context(), before); !errors.Is(err, auth.ErrSession) {
			t.Errorf("the session from before: %v, want that it ended", err)
		}
	})
	t.Run("signing out ends it", func(t *testing.T) {
		w := b.as(auth.Reviewer)
		w.post("/queue", "/sign-out", nil)
		if got := w.get("/queue"); got.status != http.StatusSeeOther {
			t.Errorf("the queue after signing out: %d", got.status)
		}
	})
}

func TestLinkPage(t *testing.T) {
	b := setup(t)
	l, _, err := b.auth.FirstLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w, path := b.browser(), "/link?token="+l.Token
	for range 2 { // looking does not use it up
		if got := w.get(path); got.status != http.StatusOK || !strings.Contains(got.body, auth.FirstLogin) {
			t.Fatalf("%d", got.status)
		}
	}
	for name, form := range map[string]url.Values{
		"short":     {"link": {l.Token}, "password": {"short"}, "again": {"short"}},
		"different": {"link": {l.Token}, "password": {goodPassword}, "again": {goodPassword + "x"}},
	} {
		if got := w.post(path, "/link", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "mistake") {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := w.post(path, "/link", url.Values{"link": {l.Token}, "password": {goodPassword}, "again": {goodPassword}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := w.get("/"); got.header.Get("Location") != "/queue" {
		t.Errorf("the first page is %q", got.header.Get("Location"))
	}
	if got := b.browser().get(path); got.status != http.StatusGone {
		t.Errorf("the used link: %d, want 410", got.status)
	}
}

func TestQueuePage(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Reviewer)
	if got := w.get("/queue"); !strings.Contains(got.body, "Nothing waits") || !strings.Contains(got.body, b.deps.DocsURL) {
		t.Error("the empty queue does not say what to do next")
	}
	low, high := b.open("a", "acc-1", taxonomy.P2), b.open("b", "acc-2", taxonomy.P0)
	body := w.get("/queue").body
	if i, j := strings.Index(body, high), strings.Index(body, low); i < 0 || j < 0 || i > j {
		t.Error("the most urgent case does not come first")
	}
	if body = w.get("/queue?priority=P1").body; strings.Contains(body, low) || !strings.Contains(body, high) {
		t.Error("the filter by priority does not narrow")
	}
	if body = w.get("/queue?mine=1").body; strings.Contains(body, high) || !strings.Contains(body, "No case matches") {
		t.Error("the filter for my cases does not narrow")
	}
	if got := w.get("/queue?from=made-up"); got.status != http.StatusNotFound {
		t.Errorf("a made-up cursor: %d, want 404", got.status)
	}
	for i := range 41 {
		b.open("n"+strconv.Itoa(i), "acc-n"+strconv.Itoa(i), taxonomy.P3)
	}
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(w.get("/queue").body)
	if next == nil {
		t.Fatal("43 cases have no second page")
	}
	if body = w.get(strings.ReplaceAll(next[1], "&amp;", "&")).body; strings.Contains(body, high) || strings.Count(body, "data-row") != 3 {
		t.Errorf("the second page holds %d cases, want the last 3", strings.Count(body, "data-row"))
	}
}

func TestCasePage(t *testing.T) {
	w := newWorld(t)
	r := w.who[auth.Reviewer]
	path := "/case/" + w.id
	body := r.get(path).body
	for _, want := range []string{
		"5 of 31 minors blocked or reported", "Seeks out minors", "keep this between us", "under 13", "Coach", "k:7f3a", "shared with 2 accounts",
		"about 1 in 250,000", "unscanned", "With about 4 minors", `id="e9"`, `href="#e9"`, "8 more events",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if !w.audited("case.viewed", "case/"+w.id) {
		t.Error("the reading was not written down")
	}
	if strings.Contains(body, path+`/dispose"`) || !strings.Contains(body, path+`/claim"`) {
		t.Error("before a claim the page offers the claim and no decision")
	}
	if got := r.get("/case/none"); got.status != http.StatusNotFound {
		t.Errorf("a case that is none: %d", got.status)
	}
	w.out.fail = errors.New("disk")
	if got := r.get(path); got.status != http.StatusInternalServerError || strings.Contains(got.body, "disk") {
		t.Errorf("a failed read: %d", got.status)
	}
}

// seen reads the length of the history from the form of the page.
func (w *browser) seen(path string) string {
	m := regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(w.get(path).body)
	if m == nil {
		w.b.t.Fatalf("%s holds no form to decide", path)
	}
	return m[1]
}

func TestDecide(t *testing.T) {
	w := newWorld(t)
	one, two, path := w.who[auth.Reviewer], w.who[auth.Lead], "/case/"+w.id
	form := func(seen string) url.Values {
		return url.Values{
			"seen": {seen}, "form": {"dispose"}, "finding": {"needs_second_person"}, "proposed": {"confirmed"}, "typology": {"grooming"},
			"policy": {"child safety"}, "reason": {"asked to keep it between them"}, "confidence": {"high"},
		}
	}
	if got := one.post(path, path+"/dispose", form("1")); got.status != http.StatusConflict {
		t.Fatalf("without a claim: %d, want 409", got.status)
	}
	one.post(path, path+"/claim", nil)
	if got := two.post(path, path+"/claim", nil); got.status != http.StatusConflict {
		t.Errorf("a second claim: %d, want 409", got.status)
	}
	t.Run("what is missing is said, and nothing written is lost", func(t *testing.T) {
		bad := form(one.seen(path))
		bad.Set("typology", "")
		got := one.post(path, path+"/dispose", bad)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="bad-typology"`) || !strings.Contains(got.body, "asked to keep it between them") {
			t.Errorf("%d", got.status)
		}
	})
	t.Run("a case that has changed is not decided", func(t *testing.T) {
		seen := one.seen(path)
		if got := two.post(path, path+"/note", url.Values{"text": {"look at the times"}}); got.status != http.StatusSeeOther {
			t.Fatalf("note: %d", got.status)
		}
		got := one.post(path, path+"/dispose", form(seen))
		if got.status != http.StatusConflict || !strings.Contains(got.body, "your words are kept") || !strings.Contains(got.body, "asked to keep it between them") {
			t.Errorf("%d, want 409 and the form as it was written", got.status)
		}
	})
	if got := one.post(path, path+"/dispose", form(one.seen(path))); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.body)
	}
	answer := url.Values{"form": {"second"}, "answer": {"agree"}, "reason": {"I read it too"}, "seen": {"9"}}
	if got := one.post(path, path+"/second", answer); got.status != http.StatusConflict {
		t.Errorf("the first person as the second: %d, want 409", got.status)
	}
	two.post(path, path+"/claim", nil)
	answer.Set("seen", two.seen(path))
	if got := two.post(path, path+"/second", answer); got.status != http.StatusSeeOther {
		t.Fatalf("second person: %d %s", got.status, got.body)
	}
	c, _, err := w.deps.Desk.View(t.Context(), "test", w.id)
	if err != nil || c.Status != casefile.Confirmed || c.Disposal.Second != two.person.ID {
		t.Fatalf("%+v, %v", c, err)
	}
	again := url.Values{"form": {"reopen"}, "reason": {"new facts"}, "seen": {two.seen(path)}}
	if got := two.post(path, path+"/reopen", again); got.status != http.StatusSeeOther {
		t.Errorf("re-open: %d", got.status)
	}
}

func TestEscalateAndRelease(t *testing.T) {
	w := newWorld(t)
	r, path := w.who[auth.Reviewer], "/case/"+w.id
	r.post(path, path+"/claim", nil)
	if got := r.post(path, path+"/release", nil); got.header.Get("Location") != "/queue" {
		t.Errorf("released to %q", got.header.Get("Location"))
	}
	r.post(path, path+"/claim", nil)
	if got := r.post(path, path+"/escalate", url.Values{"form": {"escalate"}, "seen": {r.seen(path)}, "reason": {" "}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", got.status)
	}
	if got := r.post(path, path+"/escalate", url.Values{"form": {"escalate"}, "seen": {r.seen(path)}, "reason": {"needs a lead"}}); got.status != http.StatusSeeOther {
		t.Errorf("%d", got.status)
	}
	if body := w.who[auth.Lead].get(path).body; !strings.Contains(body, "Escalated") {
		t.Error("the page does not say that the case is escalated")
	}
}

// TestContentIsEscaped puts markup wherever a platform or a person can write.
func TestContentIsEscaped(t *testing.T) {
	w := newWorld(t)
	evil := `"><script>alert(1)</script>`
	w.out.events[2].Data.Text = evil
	w.out.letters[0].Reason = evil
	r, path := w.as(auth.Reviewer, auth.Lead), "/case/"+w.id
	r.post(path, path+"/note", url.Values{"text": {evil}})
	for _, p := range []string{path, "/letter", "/queue?queue=" + url.QueryEscape(evil)} {
		if body := r.get(p).body; strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert") {
			t.Errorf("%s does not escape what others wrote", p)
		}
	}
}

func TestActionReverse(t *testing.T) {
	w := newWorld(t)
	w.out.actions = []action.Action{{ID: "A1", Case: w.id, Subject: "acc-1", Kind: action.LimitMessages, Status: action.Delivered, AskedAt: w.now()}}
	lead, path := w.who[auth.Lead], "/case/"+w.id
	if got := lead.post(path, path+"/action/A1/reverse", url.Values{"form": {"reverseA1"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", got.status)
	}
	if got := lead.post(path, path+"/action/A2/reverse", url.Values{"reason": {"mistake"}}); got.status != http.StatusNotFound {
		t.Errorf("an action that is none: %d", got.status)
	}
	lead.post(path, path+"/action/A1/reverse", url.Values{"reason": {"mistake"}})
	if len(w.out.reversed) != 1 || w.out.reversed[0] != lead.person.ID+" A1 mistake" {
		t.Errorf("%v", w.out.reversed)
	}
}

func TestLettersAndJobs(t *testing.T) {
	w := newWorld(t)
	lead := w.who[auth.Lead]
	for _, taken := range []bool{true, false} {
		w.out.taken = taken
		want := map[bool]string{true: "/letter?replayed=taken", false: "/letter?replayed=refused"}[taken]
		if got := lead.post("/letter", "/letter/L1/replay", nil); got.header.Get("Location") != want {
			t.Errorf("taken %v: leads to %q", taken, got.header.Get("Location"))
		}
	}
	if got := lead.post("/letter", "/letter/none/replay", nil); got.status != http.StatusNotFound {
		t.Errorf("a letter that is none: %d", got.status)
	}
	lead.post("/job", "/job/J1/requeue", nil)
	if len(w.out.requeued) != 1 || len(w.out.replays) != 2 {
		t.Errorf("requeued %v, replayed %v", w.out.requeued, w.out.replays)
	}
	w.out.letters, w.out.dead = nil, nil
	if !strings.Contains(lead.get("/letter").body, "No dead letters") || !strings.Contains(lead.get("/job").body, "No dead jobs") {
		t.Error("an empty list does not say so")
	}
}

func TestPeoplePage(t *testing.T) {
	w := newWorld(t)
	admin := w.who[auth.Admin]
	form := url.Values{"name": {"Mona"}, "login": {"mona"}, "role": {"reviewer"}, "lang": {"ar"}}
	got := admin.post("/person", "/person", form)
	link := regexp.MustCompile(`http://[^<]+/link\?token=[A-Za-z0-9_-]{43}`).FindString(got.body)
	if got.status != http.StatusOK || link == "" {
		t.Fatalf("%d: no link is shown", got.status)
	}
	if strings.Contains(admin.get("/person").body, "token=") {
		t.Error("the link is shown a second time")
	}
	if p := w.browser().get(strings.TrimPrefix(link, w.srv.URL)); p.status != http.StatusOK || !strings.Contains(p.body, "mona") {
		t.Errorf("the link: %d", p.status)
	}
	if got := admin.post("/person", "/person", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="bad-login"`) {
		t.Errorf("the same login again: %d", got.status)
	}
	lead := w.who[auth.Lead].person
	if got := admin.post("/person", "/person/"+lead.ID+"/disable", nil); got.status != http.StatusSeeOther {
		t.Errorf("disable: %d", got.status)
	}
	if got := w.who[auth.Lead].get("/queue"); got.status != http.StatusSeeOther {
		t.Errorf("somebody shut out still sees the queue: %d", got.status)
	}
	if got := admin.post("/person", "/person/"+admin.person.ID+"/disable", nil); got.status != http.StatusConflict {
		t.Errorf("the last who manages people: %d, want 409", got.status)
	}
	admin.post("/person", "/person/"+lead.ID+"/enable", nil)
	if got := admin.post("/person", "/person/"+lead.ID+"/roles", url.Values{"role": {"auditor"}}); got.status != http.StatusSeeOther {
		t.Errorf("roles: %d", got.status)
	}
}

func TestKeyPage(t *testing.T) {
	w := newWorld(t)
	admin := w.who[auth.Admin]
	if got := admin.post("/key", "/key", url.Values{"source": {"/chat"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="bad-scopes"`) {
		t.Errorf("without a scope: %d", got.status)
	}
	got := admin.post("/key", "/key", url.Values{"source": {"/chat"}, "scope": {"events.write"}})
	text := regexp.MustCompile(`hk_[0-9A-Z]{26}_[A-Za-z0-9_-]{43}`).FindString(got.body)
	if text == "" {
		t.Fatalf("%d: no key is shown", got.status)
	}
	k, err := w.auth.VerifyKey(t.Context(), text)
	if err != nil || k.Source != "/chat" {
		t.Fatalf("%+v, %v", k, err)
	}
	if strings.Contains(admin.get("/key").body, text) || strings.Contains(w.log.String(), text) {
		t.Error("the key is shown a second time")
	}
	admin.post("/key", "/key/"+k.ID+"/revoke", nil)
	if _, err := w.auth.VerifyKey(t.Context(), text); !errors.Is(err, auth.ErrKey) {
		t.Errorf("after revoking: %v", err)
	}
}

func TestLanguageSwitch(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Reviewer)
	if got := w.post("/queue", "/language", url.Values{"lang": {"ar"}, "back": {"/queue"}}); got.header.Get("Location") != "/queue" {
		t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
	}
	if body := w.get("/queue").body; !strings.Contains(body, `dir="rtl"`) || !strings.Contains(body, "قائمة الانتظار") {
		t.Error("the page is not in Arabic")
	}
	if got := w.post("/queue", "/language", url.Values{"lang": {"ar"}, "back": {"//elsewhere.example"}}); got.header.Get("Location") != "/" {
		t.Errorf("leads to %q", got.header.Get("Location"))
	}
	if got := w.post("/queue", "/language", url.Values{"lang": {"xx"}}); got.status != http.StatusBadRequest {
		t.Errorf("a language of none: %d", got.status)
	}
}

func TestAuditPage(t *testing.T) {
	w := newWorld(t)
	w.who[auth.Reviewer].get("/case/" + w.id)
	a := w.who[auth.Auditor]
	if body := a.get("/audit").body; !strings.Contains(body, "case/"+w.id) {
		t.Error("the newest entry is not on the page")
	}
	if got := a.get("/audit?before=x"); got.status != http.StatusNotFound {
		t.Errorf("a place of none: %d", got.status)
	}
}

// TestPollingDoesNotKeepASessionAlive opens the queue in the background for longer than a session may rest.
func TestPollingDoesNotKeepASessionAlive(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Reviewer)
	for range 2 {
		b.pass(auth.SessionIdle / 2)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.srv.URL+"/queue", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("HX-Request", "true")
		w.read(w.http.Do(req))
	}
	if got := w.get("/queue"); got.status != http.StatusSeeOther {
		t.Errorf("%d: a page that refreshes itself kept the session alive", got.status)
	}
}

func TestPlainHTTPIsRefused(t *testing.T) {
	b := setup(t)
	for _, path := range []string{"/sign-in", "/link?token=x"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "haris.example"
		w := b.browser()
		if p := w.read(w.http.Do(req)); strings.Contains(p.body, `type="password"`) || !strings.Contains(p.body, "not protected") && !strings.Contains(p.body, "127.0.0.1") {
			t.Errorf("%s asks for a password over plain http", path)
		}
	}
}
