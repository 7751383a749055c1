package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"haris/internal/action"
	"haris/internal/auth"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// asker is a desk at which people ask the platform.
func (b *bundle) asker(people *review.Service) *action.Desk {
	return &action.Desk{
		Review: people, Endpoint: "platform.example",
		Tx: func(tx review.Tx) (action.Tx, error) { return tx.(*store.Tx).Actions(), nil },
	}
}

// sealedCase opens a case with evidence.
func (b *bundle) sealedCase() (id string) {
	b.t.Helper()
	id = b.openGroup()
	b.addTo(id, "stripes.png", stripes(b.t, 64, 48))
	return id
}

func askFor(do string, kind action.Kind, account string) url.Values {
	return url.Values{"do": {do}, "kind": {string(kind)}, "account": {account}, "reason": {"agreed with the team"}}
}

// asked is what stands of a case.
func (b *bundle) asked(id string) []action.Action {
	b.t.Helper()
	list, err := b.deps.Actions.OfCase(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)"`)

// shown are the fields of the part of a page that says what will happen.
func shown(t *testing.T, body string) url.Values {
	t.Helper()
	_, form, ok := strings.Cut(body, "data-ask-look")
	if !ok {
		t.Fatal("the page does not say what will happen")
	}
	form, _, _ = strings.Cut(form, "</form>")
	out := url.Values{"do": {"ask"}}
	for _, m := range hiddenField.FindAllStringSubmatch(form, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

func TestAskInTwoSteps(t *testing.T) {
	b := setup(t)
	id := b.sealedCase()
	ada := b.as(auth.Reviewer)
	path := "/case/" + id
	got := ada.does(id, "ask", http.StatusOK, askFor("look", action.LimitMessages, "acc-2"))
	for _, want := range []string{"This will happen", "platform.example", "8 March 2026", "Evidence of the case is sealed.", "haris tells the account nothing."} {
		if !strings.Contains(got.body, want) {
			t.Errorf("what will happen lacks %q", want)
		}
	}
	if n := len(b.asked(id)); n > 0 {
		t.Fatal("looking has asked")
	}
	form := shown(t, got.body)
	for range 2 { // a reload
		form.Set("token", ada.token(path))
		if got := ada.send(path+"/ask", form); got.status != http.StatusSeeOther || got.header.Get("Location") != path+"#actions" {
			t.Fatalf("%d to %s", got.status, got.header.Get("Location"))
		}
	}
	list := b.asked(id)
	if len(list) != 1 || list[0].Subject != "acc-2" || list[0].By.Person != ada.person.ID || list[0].Reason != "agreed with the team" || !list[0].ExpiresAt.Equal(b.now().Add(action.FrictionFor)) {
		t.Fatalf("%+v", list)
	}
	if !b.audited("action.asked", "action/"+list[0].ID) || !b.audited("case.action_asked", "case/"+id) {
		t.Error("an audit entry is missing")
	}
	if body := ada.get(path).body; !strings.Contains(body, "asked by") || !strings.Contains(body, ada.person.Name) || !strings.Contains(body, "/action/"+list[0].ID+"/reverse") {
		t.Error("the page does not say who asked, or does not let them take it back")
	}
	form.Set("kind", string(action.HideFromSuggestions))
	form.Set("token", ada.token(path))
	if got := ada.send(path+"/ask", form); got.status != http.StatusConflict || !strings.Contains(got.body, "Nothing was asked and your words are kept") || !strings.Contains(got.body, `value="2026-03-08T09:00"`) {
		t.Errorf("something else from the old page: %d", got.status)
	}
}

func TestAskSaysWhatIsWrong(t *testing.T) {
	b := setup(t)
	id, bare := b.sealedCase(), b.open("bare", "acc-9", taxonomy.P2)
	ada := b.as(auth.Reviewer)
	with := func(f url.Values, field, value string) url.Values { f.Set(field, value); return f }
	for _, tt := range []struct {
		name, id string
		form     url.Values
		want     string
	}{
		{"nothing", id, url.Values{"do": {"look"}}, "Please choose one."},
		{"no post", id, askFor("look", action.HoldPost, "acc-1"), "Give the id of the post"},
		{"no reason", id, with(askFor("look", action.LimitMessages, "acc-1"), "reason", " "), "Please fill this in."},
		{"no moment", id, with(askFor("look", action.LimitMessages, "acc-1"), "until", "soon"), "Please give a date and time."},
		{"too long", id, with(askFor("look", action.LimitMessages, "acc-1"), "until", "2026-05-01T10:00"), "at most 30 days ahead"},
		{"who was approached", id, askFor("look", action.LimitMessages, "kid-group"), "This cannot be asked about this account"},
		{"not claimed", id, askFor("look", action.SuspendAccount, "acc-1"), "you must have claimed the case"},
		{"not claimed, at once", id, askFor("ask", action.SuspendAccount, "acc-1"), "you must have claimed the case"},
		{"not sealed", bare, askFor("look", action.LimitMessages, "acc-9"), "must be sealed before"},
	} {
		got := ada.does(tt.id, "ask", http.StatusUnprocessableEntity, tt.form)
		if !strings.Contains(got.body, tt.want) || strings.Contains(got.body, "data-ask-look") {
			t.Errorf("%s: it is not said, or it can be asked for", tt.name)
		}
		if tt.form.Get("reason") == "agreed with the team" && !strings.Contains(got.body, "agreed with the team</textarea>") {
			t.Errorf("%s: what was written is lost", tt.name)
		}
	}
	ada.does(id, "ask", http.StatusOK, askFor("look", action.RequestPreservation, "kid-group"))
	if _, err := b.deps.Desk.Claim(t.Context(), review.Act{Who: ada.person.ID, Case: id}); err != nil {
		t.Fatal(err)
	}
	if got := ada.does(id, "ask", http.StatusOK, askFor("look", action.SuspendAccount, "acc-1")); !strings.Contains(got.body, "It stands until it is taken back") {
		t.Error("a measure without an end is not said to have none")
	}
	if len(b.asked(id)) > 0 {
		t.Error("something was asked")
	}
}

// TestAskAfterAFinding: a confirmed case says when nothing was asked, a cleared one offers nothing.
func TestAskAfterAFinding(t *testing.T) {
	b := setup(t)
	id := b.sealedCase()
	ada := b.as(auth.Reviewer)
	const says = "nothing has been asked of the platform yet"
	if body := ada.get("/case/" + id).body; strings.Contains(body, says) || !strings.Contains(body, "/ask#ask") {
		t.Error("before a finding")
	}
	b.confirm(id)
	if body := ada.get("/case/" + id).body; !strings.Contains(body, says) {
		t.Error("a confirmed case does not say that nothing was asked")
	}
	ada.does(id, "ask", http.StatusSeeOther, askFor("ask", action.SuspendAccount, "acc-1"))
	if body := ada.get("/case/" + id).body; strings.Contains(body, says) {
		t.Error("it is said after something was asked")
	}
	if body := b.as(auth.Auditor).get("/case/" + id).body; strings.Contains(body, "/ask#ask") || strings.Contains(body, says) {
		t.Error("who cannot ask is offered to")
	}
}

// TestTakeBackOnesOwn: who asked takes it back; what others asked is for leads.
func TestTakeBackOnesOwn(t *testing.T) {
	b := setup(t)
	id := b.sealedCase()
	ada, bea, lead := b.as(auth.Reviewer), b.as(auth.Reviewer), b.as(auth.Lead)
	for range 2 {
		ada.does(id, "ask", http.StatusSeeOther, askFor("ask", action.LimitMessages, "acc-1"))
	}
	list := b.asked(id)
	path := "/case/" + id
	reverse := func(w *browser, a action.Action) int {
		return w.post(path, path+"/action/"+a.ID+"/reverse", url.Values{"reason": {"a mistake"}}).status
	}
	if strings.Contains(bea.get(path).body, "/reverse\"") || reverse(bea, list[0]) != http.StatusForbidden {
		t.Error("another reviewer can take it back")
	}
	if got := reverse(ada, list[0]); got != http.StatusSeeOther {
		t.Errorf("who asked: %d", got)
	}
	if got := reverse(lead, list[1]); got != http.StatusSeeOther {
		t.Errorf("a lead: %d", got)
	}
	for _, a := range b.asked(id) {
		if a.Status != action.Reversed {
			t.Errorf("%s is %s", a.ID, a.Status)
		}
	}
}

func TestAskAboutAHiddenCase(t *testing.T) {
	s := newShut(t, storetest.SQLite(t))
	form := askFor("ask", action.LimitMessages, "acc-hidden")
	form.Set("seen", "1")
	for _, do := range []string{"look", "ask"} {
		form.Set("do", do)
		if got := s.outside.post("/queue", "/case/"+s.id+"/ask", form); got.status != http.StatusNotFound || strings.Contains(got.body, "acc-hidden") {
			t.Errorf("%s: %d", do, got.status)
		}
	}
	form.Set("seen", strconv.Itoa(s.caseOf(s.id).Events))
	if got := s.inside.post("/queue", "/case/"+s.id+"/ask", form); got.status != http.StatusSeeOther {
		t.Errorf("from inside: %d: the test proves nothing", got.status)
	}
}

// TestAskPages looks for words that are missing, in both languages.
func TestAskPages(t *testing.T) {
	b := setup(t)
	id := b.sealedCase()
	w := b.as(auth.Reviewer)
	if _, err := b.deps.Desk.Claim(t.Context(), review.Act{Who: w.person.ID, Case: id}); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "ar"} {
		if err := b.auth.SetLang(t.Context(), w.person.ID, lang); err != nil {
			t.Fatal(err)
		}
		for _, k := range action.DeskKinds() {
			form := askFor("look", k, "acc-1")
			form.Set("item", "post-1")
			if got := w.does(id, "ask", http.StatusOK, form); strings.Contains(got.body, "⟦") || strings.Contains(got.body, ">post-1<") != k.NeedsItem() {
				t.Errorf("%s, %s: a word is missing, or the item is told wrongly", lang, k)
			}
		}
	}
}

// asks asks the platform by keyboard, after a look at what will happen.
func asks(t *testing.T, b *bundle, k *chrome) {
	id := b.sealedCase()
	k.open(b.as(auth.Reviewer), "/case/"+id)
	k.unfold("[data-ask]")
	k.tabTo("[data-ask] [name=kind]")
	k.do(chromedp.KeyEvent(" "))
	k.write("[data-ask] form:not([data-ask-look]) textarea", "agreed with the team")
	k.push("[data-ask] [value=look]")
	for _, v := range k.violations(axe(t)) {
		t.Errorf("axe: %s", v)
	}
	k.shot("ask-" + k.lang)
	if k.lang == "ar" {
		k.look(400, "dark")
		k.shot("ask-narrow")
		k.look(1280, "light")
	}
	k.push("[data-ask] [value=ask]")
	list := b.asked(id)
	if len(list) != 1 || list[0].Kind != action.SlowNewContacts || list[0].Subject != "acc-1" {
		t.Fatalf("%+v", list)
	}
	if to := eval[string](k, "location.pathname + location.hash"); to != "/case/"+id+"#actions" {
		t.Errorf("it leads to %s", to)
	}
}
