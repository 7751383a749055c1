package console_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/console"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/rulebook"
	"haris/internal/store"
)

// giftPack is the pack of the test's installation.
const giftPack = `name: gift
version: 1
description: Gifts of adults to children.

rules:
  - id: gift
    title: An adult pays a child
    mode: enforce
    on: payment.sent
    when: from.adult && to.minor && event.amount > 1
    why: an adult paid a child
    effects: {labels: [gift], priority: P3, typology: trafficking, friction: {action: safety_notice, minutes: 60, on: to}}
    tests:
      - name: an adult pays
        given:
          accounts: {a: {age_band: "25+"}, c: {age_band: "13-15"}}
          events: [{type: payment.sent, from: a, to: c, amount: 150}]
        fires: true
      - name: a child pays
        given:
          accounts: {a: {age_band: "13-15"}, c: {age_band: "13-15"}}
          events: [{type: payment.sent, from: a, to: c, amount: 150}]
        fires: false
`

// book is the rule book of the test's database over one pack.
func (b *bundle) book() *rulebook.Service {
	var detectors []string
	for _, d := range pipeline.Detectors() {
		detectors = append(detectors, d.Info().Name)
	}
	return &rulebook.Service{
		Write: func(ctx context.Context, f func(rulebook.Tx) error) error {
			return b.db.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Read: func(ctx context.Context, f func(rulebook.Tx) error) error {
			return b.db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Now: b.now, Files: func() (rulebook.Text, error) {
			return rulebook.Text{Packs: []rule.Source{{Name: "gift.yaml", Text: giftPack}}}, nil
		},
		Detectors: detectors, Open: true,
	}
}

// rulesNow is what the book has in force.
func (b *bundle) rulesNow() console.RulesNow {
	book := b.book()
	v, err := book.InForce(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	_, text, err := book.Get(b.t.Context(), v.N)
	if err != nil {
		b.t.Fatal(err)
	}
	j := rulebook.Judge(text, book.Detectors)
	return console.RulesNow{Rules: j.Rules, Policy: j.Policy, Version: v.N, Hits: map[string]int{"gift": 1234}, Signals: map[string]int{"D1": 7}, Fault: b.out.ruleFault}
}

// proposal is the form that proposes one changed file.
func proposal(file, text, reason string) url.Values {
	return url.Values{"act": {"propose"}, "file": {file}, "text": {strings.ReplaceAll(text, "\n", "\r\n")}, "reason": {reason}}
}

// TestRulesGoThroughASecondPerson goes the way of a change on the pages: seen, written with a mistake, mended, proposed, published by another, taken
// back by an older version.
func TestRulesGoThroughASecondPerson(t *testing.T) {
	b := setup(t)
	author, other, reader := b.as(auth.Lead), b.as(auth.Admin), b.as(auth.Reviewer)
	page := reader.get("/rules").body
	for _, want := range []string{"An adult pays a child", "The files of the installation are in force", "1,234", "asks: Show a safety notice", "Seeks out minors (D1)"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the page of rules", want)
		}
	}
	if strings.Contains(page, "/rules/edit") || reader.get("/rules/edit").status != http.StatusForbidden {
		t.Error("a reviewer is offered to change rules")
	}
	wrong := strings.Replace(giftPack, "event.amount", "event.amuont", 1)
	form := url.Values{"file": {"gift.yaml"}, "text": {wrong}}
	got := author.post("/rules/edit", "/rules/check", form)
	for _, want := range []string{"1 mistake", "line 10", "column 37", "did you mean &#34;amount&#34;?", `data-line="10"`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the check does not say %q: %s", want, got.body)
		}
	}
	if strings.Contains(got.body, "<html") {
		t.Error("the check answers with a whole page")
	}
	if got := author.post("/rules/edit", "/rules/edit", proposal("gift.yaml", wrong, "x")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "mend them first") || !strings.Contains(got.body, "amuont") {
		t.Errorf("a mistake was proposed, or what was typed is lost: %d", got.status)
	}
	fails := strings.Replace(giftPack, "amount > 1", "amount > 1000", 1)
	if got := author.post("/rules/edit", "/rules/check", url.Values{"file": {"gift.yaml"}, "text": {fails}}); !strings.Contains(got.body, "1 test of 2 fails") || !strings.Contains(got.body, "expected to fire") {
		t.Errorf("a test that fails is not named: %s", got.body)
	}
	good := strings.Replace(giftPack, "amount > 1", "amount > 5", 1)
	if got := author.post("/rules/edit", "/rules/edit", proposal("gift.yaml", good, "gifts below 5 are ordinary")); got.header.Get("Location") != "/rules/version/1" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	version := other.get("/rules/version/1").body
	for _, want := range []string{"gifts below 5 are ordinary", "<del>    when: from.adult &amp;&amp; to.minor &amp;&amp; event.amount &gt; 1</del>", "<ins>    when: from.adult &amp;&amp; to.minor &amp;&amp; event.amount &gt; 5</ins>", "9 lines"} {
		if !strings.Contains(version, want) && want != "9 lines" {
			t.Errorf("no %q on the page of the version", want)
		}
	}
	if got := author.get("/rules/version/1").body; strings.Contains(got, "/publish") || !strings.Contains(got, "You proposed this") {
		t.Error("the author is offered to publish")
	}
	yes := url.Values{"seen": {"0"}, "confirm": {"1"}, "words": {"agreed"}}
	if got := author.post("/rules", "/rules/version/1/publish", yes); got.status != http.StatusConflict {
		t.Errorf("the author published: %d", got.status)
	}
	if got := other.post("/rules", "/rules/version/1/publish", url.Values{"seen": {"0"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("published without a confirmation: %d", got.status)
	}
	if got := other.post("/rules", "/rules/version/1/publish", url.Values{"seen": {"9"}, "confirm": {"1"}}); got.status != http.StatusConflict {
		t.Errorf("published over what was not seen: %d", got.status)
	}
	if got := other.post("/rules", "/rules/version/1/publish", yes); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := reader.get("/rules").body; !strings.Contains(got, "Version 1") || strings.Contains(got, "The files of the installation are in force") {
		t.Error("the page does not say what is in force")
	}
	if got := author.post("/rules", "/rules/version/0/again", url.Values{"words": {"5 was too much"}}); got.header.Get("Location") != "/rules/version/2" {
		t.Fatalf("%d %s", got.status, got.header.Get("Location"))
	}
	if got := author.post("/rules", "/rules/version/2/withdraw", url.Values{"words": {"no"}}); got.status != http.StatusSeeOther {
		t.Errorf("%d", got.status)
	}
	history := reader.get("/rules/history").body
	for _, want := range []string{"In force", "Withdrawn", "5 was too much", "The files of the installation"} {
		if !strings.Contains(history, want) {
			t.Errorf("no %q in the history", want)
		}
	}
	for act, object := range map[string]string{"rules.drafted": "rules/draft", "rules.proposed": "rules/1", "rules.published": "rules/1", "rules.withdrawn": "rules/2"} {
		if !b.audited(act, object) {
			t.Errorf("%s is not in the audit log", act)
		}
	}
}

// TestRuleDraft is what can be done with a draft beside proposing it.
func TestRuleDraft(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Lead)
	save := func(act, file, text, name, was string) page {
		t.Helper()
		return w.post("/rules/edit", "/rules/edit", url.Values{"act": {act}, "file": {file}, "text": {text}, "name": {name}, "was": {was}})
	}
	if got := save("save", "weights.yaml", "budget: 4\n", "", ""); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if got := w.get("/rules/edit?file=weights.yaml").body; !strings.Contains(got, ">budget: 4\n</textarea>") || !strings.Contains(got, "Your draft was saved") {
		t.Error("what was saved is not there")
	}
	if got := save("save", "weights.yaml", "budget: 5\n", "", strings.Repeat("0", 64)); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "changed elsewhere") || !strings.Contains(got.body, "budget: 5") {
		t.Errorf("a draft that was changed elsewhere: %d", got.status)
	}
	if got := save("add", "weights.yaml", "budget: 4\n", "cards", ""); got.header.Get("Location") != "/rules/edit?file=cards.yaml" {
		t.Fatalf("%d %s", got.status, got.header.Get("Location"))
	}
	if got := w.get("/rules/edit?file=cards.yaml").body; !strings.Contains(got, "cards-first") || !strings.Contains(got, "Nothing is wrong") {
		t.Error("a new file is not right as it begins")
	}
	for _, name := range []string{"cards.yaml", "../x", ""} {
		if got := save("add", "weights.yaml", "budget: 4\n", name, ""); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a file %q was added: %d", name, got.status)
		}
	}
	if got := save("remove", "cards.yaml", "", "", ""); got.status != http.StatusSeeOther {
		t.Errorf("%d", got.status)
	}
	if got := save("remove", "gift.yaml", "", "", ""); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "must stay") {
		t.Errorf("the last file was removed: %d", got.status)
	}
	if got := save("discard", "", "", "", ""); got.status != http.StatusSeeOther || strings.Contains(w.get("/rules/edit?file=weights.yaml").body, "budget: 4") {
		t.Errorf("the draft is still there: %d", got.status)
	}
	b.out.ruleFault = errors.New("version 3 cannot be run")
	if got := w.get("/rules").body; !strings.Contains(got, "What changed last is not in force") || !strings.Contains(got, "version 3 cannot be run") {
		t.Error("a fault is not shown")
	}
	j := rulebook.Judge(rulebook.Text{Packs: []rule.Source{{Name: "gift.yaml", Text: strings.Replace(giftPack, "event.amount", "event.amuont", 1)}}}, nil)
	b.out.ruleFault = fmt.Errorf("version 3 of the rule book: %w", j.Err())
	if err := b.auth.SetLang(t.Context(), w.person.ID, "ar"); err != nil {
		t.Fatal(err)
	}
	if got := w.get("/rules").body; !strings.Contains(got, "لا حقل \u2068&#34;amuont&#34;\u2069 في \u2068event\u2069") {
		t.Error("what is wrong with the version is not said in Arabic")
	}
	if err := b.auth.SetLang(t.Context(), w.person.ID, "en"); err != nil {
		t.Fatal(err)
	}
	b.deps.Book.Open = false
	if got := save("save", "gift.yaml", giftPack, "", ""); got.status != http.StatusConflict {
		t.Errorf("rules are in files, and the page changed them: %d", got.status)
	}
	if got := w.get("/rules").body; strings.Contains(got, `href="/rules/edit"`) || !strings.Contains(got, "rules.console") {
		t.Error("the page offers to change rules that are in files")
	}
}

// TestBudgetWithoutText sets the budget and a detector by fields: they stand in the text of the draft, and the rest of the text stays.
func TestBudgetWithoutText(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Lead)
	text := "# agreed in spring\ntolerance: 5\nbudget: 40\n"
	set := func(more url.Values) page {
		t.Helper()
		form := url.Values{"act": {"weigh"}, "file": {"weights.yaml"}, "text": {text}, "budget": {"12.5"}, "weight.D1": {"0.5"}, "shadow.D15": {"1"}}
		for k, v := range more {
			form[k] = v
		}
		return w.post("/rules/edit?file=weights.yaml", "/rules/edit", form)
	}
	if got := set(url.Values{"budget": {"many"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "A number above 0") || !strings.Contains(got.body, `value="many"`) || !strings.Contains(got.body, `value="0.5"`) {
		t.Errorf("%d: no mistake, or what was typed is lost", got.status)
	}
	if got := set(url.Values{"text": {"budget: ["}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "mend it first") {
		t.Errorf("a text that is none: %d", got.status)
	}
	if got := set(url.Values{"file": {"gift.yaml"}}); got.status != http.StatusBadRequest {
		t.Errorf("weights in a file of rules: %d", got.status)
	}
	if got := set(nil); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d, saved, err := b.book().Draft(t.Context(), w.person.ID)
	if want := "# agreed in spring\ntolerance: 5\nbudget: 12.5\ndetectors:\n  D1: {weight: 0.5}\n  D15: {mode: shadow}\n"; err != nil || !saved || d.Text.Weights != want {
		t.Errorf("got %q, want %q (%v)", d.Text.Weights, want, err)
	}
	got := w.get("/rules/edit?file=weights.yaml").body
	for _, want := range []string{`name="budget" inputmode="decimal" dir="ltr" autocomplete="off" maxlength="12" value="12.5"`, `name="shadow.D15" value="1" aria-label="Same minors as another adult (D15) in shadow" checked`} {
		if !strings.Contains(got, want) {
			t.Errorf("the fields do not say what the text says: %s", want)
		}
	}
	text = d.Text.Weights
	if got := set(url.Values{"weight.D1": {"7"}}); got.status != http.StatusSeeOther || !strings.Contains(w.get("/rules/edit?file=weights.yaml").body, "7 is not from 0.1 to 1") {
		t.Errorf("a weight that is too great is not named by the check: %d", got.status)
	}
}
