package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"haris/internal/action"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// openGroup opens a case about acc-1, to which acc-2, of which something was found too, and acc-3 belong.
func (b *bundle) openGroup() (id string) {
	b.t.Helper()
	m := matter("group", "acc-1", taxonomy.P1)
	m.Linked = []string{"acc-2", "acc-3"}
	m.Signals = append(m.Signals, detect.Signal{Detector: "D3", Version: 1, Family: taxonomy.FamilyFeedback, Subject: "acc-2", Strength: 2, At: m.At, From: m.At})
	return b.apply(m)
}

// apply opens or grows a case.
func (b *bundle) apply(m casefile.Matter) (id string) {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(b.t.Context(), b.now(), m)
		id = c.Case
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func TestSplit(t *testing.T) {
	b := setup(t)
	id, alone := b.openGroup(), b.open("b", "acc-9", taxonomy.P2)
	ada, auditor := b.as(auth.Reviewer), b.as(auth.Auditor)
	if body := ada.get("/case/" + alone).body; strings.Contains(body, "/split\"") {
		t.Error("a case about one account can be split")
	}
	if body := auditor.get("/case/" + id).body; strings.Contains(body, "/split\"") {
		t.Error("who may not split a case is offered to")
	}
	body := ada.get("/case/" + id).body
	if !strings.Contains(body, `name="account" value="acc-2"`) || !strings.Contains(body, `name="account" value="acc-3"`) || strings.Contains(body, `name="account" value="acc-1"`) {
		t.Error("the form does not offer those who are linked, or the subject")
	}
	got := ada.does(id, "split", http.StatusUnprocessableEntity, url.Values{"do": {"split"}, "reason": {"another man"}})
	if !strings.Contains(got.body, "Tick at least one account.") || !strings.Contains(got.body, "another man") {
		t.Error("it is not said what is missing, or what was written is lost")
	}
	one := func(do, account string) url.Values {
		return url.Values{"do": {do}, "account": {account}, "reason": {"another man"}}
	}
	got = ada.does(id, "split", http.StatusOK, one("look", "acc-2"))
	for _, want := range []string{"Into the new case: 1 account · 1 signal<", "Stay here: 2 accounts · 3 signals<", `value="acc-2" checked`, "another man"} {
		if !strings.Contains(strings.Join(strings.Fields(got.body), " "), strings.ReplaceAll(want, "<", "")) {
			t.Errorf("the look before lacks %q", want)
		}
	}
	if k := b.caseOf(id); len(k.SplitInto) > 0 {
		t.Fatal("looking has split the case")
	}
	ada.does(id, "split", http.StatusUnprocessableEntity, one("split", "acc-1"))
	ada.does(id, "split", http.StatusUnprocessableEntity, url.Values{"do": {"split"}, "account": {"acc-2"}})
	stale := one("split", "acc-2")
	stale.Set("seen", "0")
	if got := ada.post("/case/"+id, "/case/"+id+"/split", stale); got.status != http.StatusBadRequest {
		t.Errorf("without having seen it: %d", got.status)
	}
	stale.Set("seen", "99")
	stale.Set("form", "split")
	if got := ada.post("/case/"+id, "/case/"+id+"/split", stale); got.status != http.StatusConflict || !strings.Contains(got.body, `value="acc-2" checked`) {
		t.Errorf("another state of it: %d, or what was ticked is lost", got.status)
	}
	got = ada.does(id, "split", http.StatusSeeOther, one("split", "acc-2"))
	to := strings.TrimPrefix(got.header.Get("Location"), "/case/")
	if k := b.caseOf(to); k.Subject != "acc-2" || k.From != id {
		t.Fatalf("it leads to %+v", k)
	}
	mine, fresh := ada.get("/case/"+id).body, ada.get("/case/"+to).body
	if !strings.Contains(mine, `href="/case/`+to+`"`) || !strings.Contains(fresh, `href="/case/`+id+`"`) {
		t.Error("the two do not point at each other")
	}
	if !strings.Contains(mine, "acc-2: another man") || !strings.Contains(fresh, "acc-2: another man") {
		t.Error("a history does not say who went and why")
	}
	if !b.audited("case.split", "case/"+id) || !b.audited("case.split_from", "case/"+to) {
		t.Error("an audit entry is missing")
	}
	ada.does(to, "merge", http.StatusSeeOther, url.Values{"into": {id}, "reason": {"one man after all"}})
	b.as(auth.Lead).does(to, "reopen", http.StatusSeeOther, url.Values{"reason": {"two men"}})
	if got := ada.does(id, "split", http.StatusUnprocessableEntity, one("split", "acc-2")); !strings.Contains(got.body, "is open already") {
		t.Error("beside an open case about the account it is not said why not")
	}
	claimed := b.as(auth.Reviewer)
	if _, err := b.deps.Desk.Claim(t.Context(), review.Act{Who: claimed.person.ID, Case: id}); err != nil {
		t.Fatal(err)
	}
	ada.does(id, "split", http.StatusConflict, one("split", "acc-3"))
	if strings.Contains(ada.get("/case/"+id).body, "/split\"") {
		t.Error("what another holds can be split")
	}
}

// TestSplitPages looks for words that are missing, in both languages.
func TestSplitPages(t *testing.T) {
	b := setup(t)
	id := b.openGroup()
	lead := b.as(auth.Lead)
	k, err := b.deps.Arrange.Split(t.Context(), review.Act{Who: lead.person.ID, Case: id, Seen: 1}, []string{"acc-3"}, "another man")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "ar"} {
		if err := b.auth.SetLang(t.Context(), lead.person.ID, lang); err != nil {
			t.Fatal(err)
		}
		pages := map[string]page{
			"before": lead.does(id, "split", http.StatusOK, url.Values{"do": {"look"}, "account": {"acc-2"}}), "what stays": lead.get("/case/" + id),
			"what goes": lead.get("/case/" + k.ID), "queue": lead.get("/queue"), "none": lead.does(id, "split", http.StatusUnprocessableEntity, nil),
		}
		for name, p := range pages {
			if p.status >= 500 || strings.Contains(p.body, "⟦") {
				t.Errorf("%s, %s: %d, or a word is missing", lang, name, p.status)
			}
		}
	}
	if body := lead.get("/queue").body; !strings.Contains(body, "فصلها شخص") {
		t.Error("the queue gives no reason of the new case")
	}
}

// TestSplitDoesNotNameAHiddenCase: the new case comes into a compartment, and the old one says nothing of it to who is outside.
func TestSplitDoesNotNameAHiddenCase(t *testing.T) {
	s := newShut(t, storetest.SQLite(t))
	id := s.openGroup()
	k, err := s.deps.Arrange.Split(t.Context(), review.Act{Who: "ada", Case: id, Seen: 1}, []string{"acc-2"}, "another man")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.outside.get("/case/"+id).body, k.ID) {
		t.Error("before, the new case is not named: the test proves nothing")
	}
	m := matter("later", "acc-2", taxonomy.P1)
	m.Labels = append(m.Labels, "europe")
	if got := s.apply(m); got != k.ID {
		t.Fatalf("case %s grew", got)
	}
	if body := s.outside.get("/case/" + id).body; strings.Contains(body, k.ID) || !strings.Contains(body, "acc-1") {
		t.Error("the old case names one that is hidden, or is hidden too")
	}
	if !strings.Contains(s.inside.get("/case/"+id).body, k.ID) || !strings.Contains(s.inside.get("/case/"+k.ID).body, id) {
		t.Error("from inside the two do not point at each other")
	}
	if got := s.outside.post("/queue", "/case/"+k.ID+"/split", url.Values{"account": {"acc-2"}, "seen": {"1"}}); got.status != http.StatusNotFound {
		t.Errorf("splitting what is hidden: %d", got.status)
	}
}

// TestSplitShowsWhatWasAskedBefore: what is in force about an account is told by the case in which it goes on, and taken back where it was asked.
func TestSplitShowsWhatWasAskedBefore(t *testing.T) {
	b := setup(t)
	id := b.openGroup()
	ada := b.as(auth.Reviewer, auth.Lead)
	k, err := b.deps.Arrange.Split(t.Context(), review.Act{Who: ada.person.ID, Case: id, Seen: 1}, []string{"acc-2"}, "another man")
	if err != nil {
		t.Fatal(err)
	}
	if body := ada.get("/case/" + k.ID).body; !strings.Contains(body, "Nothing has been asked of the platform.") {
		t.Error("something was asked before anything was")
	}
	for i, subject := range []string{"acc-1", "acc-2"} {
		b.out.actions = append(b.out.actions, action.Action{
			ID: fmt.Sprint("A", i), Case: id, Subject: subject, Kind: action.LimitMessages, Status: action.Delivered, By: action.By{Rule: "rule-" + subject}, AskedAt: b.now(),
		})
	}
	body := ada.get("/case/" + k.ID).body
	if !strings.Contains(body, "rule-acc-2") || strings.Contains(body, "rule-acc-1") || strings.Contains(body, "Nothing has been asked") {
		t.Error("the new case does not tell what was asked about its account, or tells of another")
	}
	if strings.Contains(body, "/reverse\"") || !strings.Contains(ada.get("/case/"+id).body, "/case/"+id+"/action/A1/reverse\"") {
		t.Error("it is not taken back where it was asked")
	}
}

// splits takes an account out of a case by keyboard, after a look at what would go.
func splits(t *testing.T, b *bundle, k *chrome) {
	id := b.openGroup()
	k.open(b.as(auth.Reviewer), "/case/"+id)
	k.unfold("[data-split]")
	k.tabTo("[data-split] [value=acc-2]")
	k.do(chromedp.KeyEvent(" "))
	k.push("[data-split] [value=look]")
	for _, v := range k.violations(axe(t)) {
		t.Errorf("axe: %s", v)
	}
	k.shot("split-" + k.lang)
	if k.lang == "ar" {
		k.look(400, "dark")
		k.shot("split-narrow")
		k.look(1280, "light")
	}
	k.write("[data-split] textarea", "another man")
	k.push("[data-split] [value=split]")
	c := b.caseOf(id)
	if len(c.SplitInto) != 1 || c.Apart[0] != "acc-2" {
		t.Fatalf("%+v", c)
	}
	if to := eval[string](k, "location.pathname"); to != "/case/"+c.SplitInto[0] {
		t.Errorf("it leads to %s", to)
	}
	k.shot("split-new-" + k.lang)
}
