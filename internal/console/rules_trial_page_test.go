package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/backtest"
	"haris/internal/casefile"
	"haris/internal/job"
	"haris/internal/rulebook"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// fold works off the back-tests that wait, with a report that says what was found.
func (b *bundle) fold(report backtest.Report, fault error) {
	b.t.Helper()
	var list []job.Job
	err := b.db.Read(b.t.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.Jobs().List(b.t.Context(), rulebook.JobTrial, "", 10)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	x := &rulebook.Tester{
		Book: b.book(), All: func() uint64 { return 20_000 },
		Fold: func(context.Context, rulebook.Judgement, rulebook.Judgement, time.Time, func(uint64)) (any, error) {
			return report, fault
		},
	}
	for _, j := range list {
		j.Attempt = j.Max
		if _, err := x.Handle(b.t.Context(), j); err != nil && fault == nil {
			b.t.Error(err)
		}
	}
}

// found is a report in which one account would come and one would not.
func found() backtest.Report {
	at := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	p2 := backtest.Outcome{Priority: taxonomy.P2, At: at, By: "D1, gift"}
	return backtest.Report{
		Events: 20_000, From: at, To: at.AddDate(0, 0, 28),
		Before: backtest.Volume{Matters: 84, PerDay: 3, ByPriority: map[string]int{"P2": 84}},
		After:  backtest.Volume{Matters: 42, PerDay: 1.5, ByPriority: map[string]int{"P1": 2, "P2": 40}},
		Gained: []backtest.Change{{Subject: "acc-77", Typology: taxonomy.TypologyGrooming, After: p2}},
		Lost:   []backtest.Change{{Subject: "acc-78", Typology: taxonomy.TypologyTrafficking, Before: p2, Finding: casefile.FindingCleared}},
		Same:   41,
	}
}

// TestBacktestOnAPage asks for a back-test of a draft and of a version, and reads what came of it.
func TestBacktestOnAPage(t *testing.T) {
	b := setup(t)
	author, admin := b.as(auth.Lead), b.as(auth.Admin)
	form := proposal("gift.yaml", strings.Replace(giftPack, "> 1", "> 5", 1), "")
	form.Set("act", "backtest")
	form.Set("since", "soon")
	if got := author.post("/rules/edit", "/rules/edit", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "This is no day") {
		t.Errorf("%d", got.status)
	}
	form.Set("since", "2026-02-01")
	if got := author.post("/rules/edit", "/rules/edit", form); got.header.Get("Location") != "/rules/edit?file=gift.yaml#trial" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	waits := author.get("/rules/edit").body
	_, rest, ok := strings.Cut(waits, `hx-get="`)
	path, _, _ := strings.Cut(rest, `"`)
	if !ok || !strings.HasPrefix(path, "/rules/trial/") || !strings.Contains(waits, "Waits to begin") || strings.Contains(waits, `value="backtest"`) {
		t.Fatalf("a page whose back-test waits does not follow it: %q", path)
	}
	b.fold(found(), nil)
	if got := author.get(path).body; strings.Contains(got, "hx-get") || strings.Contains(got, "<html") || !strings.Contains(got, "1.5") {
		t.Errorf("the answer to the page that follows: %s", got)
	}
	form.Set("act", "propose")
	form.Set("reason", "gifts below 5 are ordinary")
	if got := author.post("/rules/edit", "/rules/edit", form); got.header.Get("Location") != "/rules/version/1" {
		t.Fatalf("%d", got.status)
	}
	page := author.get("/rules/version/1").body
	for _, want := range []string{"acc-77", "acc-78", "1 would come before a person", "Cleared", "41 stay as they are", "20,000 events"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the version does not say %q", want)
		}
	}
	page = admin.get("/rules/version/1").body
	if strings.Contains(page, "acc-77") || !strings.Contains(page, "1 would come before a person") || strings.Contains(page, "is not known") {
		t.Error("who sees no case sees accounts, or no figures")
	}
	if got := admin.post("/rules/version/1", "/rules/version/1/publish", url.Values{"seen": {"0"}, "confirm": {"1"}}); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if got := author.get("/rules/version/1").body; !strings.Contains(got, "not in force any more") {
		t.Error("the page does not say that the comparison is with something that has passed")
	}
	if got := author.post("/rules", "/rules/version/0/again", url.Values{"words": {"back"}}); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if got := admin.get("/rules/version/2").body; !strings.Contains(got, "No back-test of this text was run") || !strings.Contains(got, "what it would raise is not known") {
		t.Error("the page does not say that nobody tried it")
	}
	if got := admin.post("/rules/version/2", "/rules/version/2/backtest", nil); got.header.Get("Location") != "/rules/version/2" {
		t.Fatalf("%d", got.status)
	}
	b.fold(backtest.Report{}, context.DeadlineExceeded)
	if got := admin.get("/rules/version/2").body; !strings.Contains(got, "It failed three times") || !strings.Contains(got, "deadline exceeded") {
		t.Error("a failure is not told")
	}
	if !b.audited("rules.backtest_asked", "") {
		t.Error("not in the audit log")
	}
}

// TestShadowOnAPage puts a version into shadow, reads the day's comparison and ends it.
func TestShadowOnAPage(t *testing.T) {
	b := setup(t)
	author, admin := b.as(auth.Lead), b.as(auth.Admin)
	if got := author.post("/rules/edit", "/rules/edit", proposal("gift.yaml", strings.Replace(giftPack, "> 1", "> 5", 1), "x")); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if got := admin.get("/rules/version/1").body; !strings.Contains(got, "Run it in shadow") || strings.Contains(got, "shadow-state") {
		t.Error("who publishes is not offered a shadow run, or is shown one that was not begun")
	}
	if got := admin.post("/rules/version/1", "/rules/version/1/follow", nil); got.header.Get("Location") != "/rules/version/1" {
		t.Fatal(got.status)
	}
	if got := admin.get("/rules/version/1").body; !strings.Contains(got, "Nothing was compared yet") || !strings.Contains(got, "End the shadow run") {
		t.Error("the page does not say that the version runs in shadow")
	}
	if got := admin.post("/rules/version/1", "/rules/version/1/follow", nil); got.status != http.StatusConflict || !strings.Contains(got.body, "runs in shadow already") {
		t.Errorf("%d", got.status)
	}
	b.pass(rulebook.ShadowFirst)
	if err := b.book().FollowUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.fold(found(), nil)
	page := admin.get("/rules/version/1").body
	if !strings.Contains(page, `id="shadow-state"`) || !strings.Contains(page, "1 would come before a person") || !strings.Contains(page, "No back-test of this text was run") {
		t.Error("the comparison of the shadow run is not on the page, or stands for a back-test")
	}
	if strings.Contains(page, "what it would raise is not known") {
		t.Error("a version that was followed counts as untried")
	}
	if got := admin.post("/rules/version/1", "/rules/version/1/leave", nil); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if got := admin.get("/rules/version/1").body; !strings.Contains(got, "1 would come before a person") || !strings.Contains(got, "Run it in shadow") || strings.Contains(got, "End the shadow run") {
		t.Error("what came of a shadow run does not outlive it")
	}
	if !b.audited("rules.followed", "") || !b.audited("rules.left", "") {
		t.Error("not in the audit log")
	}
	b.lookAt(admin, map[string]string{"shadow": "/rules/version/1"})
}

// TestTrialInABrowser looks at a version with what it would have raised, in every look.
func TestTrialInABrowser(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Lead)
	if got := w.post("/rules/edit", "/rules/edit", proposal("gift.yaml", strings.Replace(giftPack, "> 1", "> 5", 1), "x")); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	b.lookAt(w, map[string]string{"trial-none": "/rules/version/1"})
	if got := w.post("/rules/version/1", "/rules/version/1/backtest", nil); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	k := startChrome(t)
	k.look(1280, "light")
	k.as(w)
	k.do(chromedp.Navigate(b.srv.URL + "/rules/version/1"))
	k.until(`document.querySelector("#trial-state").hasAttribute("hx-get")`)
	b.fold(found(), nil)
	k.until(`document.querySelector("#trial-state .change-list")`) // without anybody loading the page again
	b.lookAt(w, map[string]string{"trial": "/rules/version/1"})
	for _, s := range k.said {
		t.Errorf("the browser complains: %s", s)
	}
}

// TestBacktestNamesNoHiddenAccount says that a report names accounts only to who sees every case.
func TestBacktestNamesNoHiddenAccount(t *testing.T) {
	s := newShut(t, storetest.SQLite(t))
	if got := s.inside.post("/rules/edit", "/rules/edit", proposal("gift.yaml", strings.Replace(giftPack, "> 1", "> 5", 1), "x")); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if got := s.inside.post("/rules/version/1", "/rules/version/1/backtest", nil); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	report := found()
	report.Gained[0].Subject = "acc-hidden"
	s.fold(report, nil)
	if got := s.inside.get("/rules/version/1").body; !strings.Contains(got, "acc-hidden") {
		t.Error("who sees every case is not told which accounts: the test proves nothing")
	}
	if got := s.outside.get("/rules/version/1").body; strings.Contains(got, "acc-hidden") || !strings.Contains(got, "1 would come before a person") {
		t.Error("who does not see every case is told which accounts, or no figures")
	}
}
