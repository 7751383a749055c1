package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// write tabs to a field and types.
func (k *chrome) write(selector, words string) {
	k.t.Helper()
	k.tabTo(selector)
	k.do(chromedp.KeyEvent(words))
}

// pick tabs to a choice, of buttons or of a list, and goes down until a value is chosen.
func (k *chrome) pick(selector, value string) {
	k.t.Helper()
	k.tabTo(selector)
	if eval[string](k, "document.activeElement.type") == "radio" {
		k.do(chromedp.KeyEvent(" "))
	}
	for range 30 {
		if eval[bool](k, "document.activeElement.value === `"+value+"` && (document.activeElement.type !== 'radio' || document.activeElement.checked)") {
			return
		}
		k.do(chromedp.KeyEvent(kb.ArrowDown))
	}
	k.t.Fatalf("%s offers no %q", selector, value)
}

// push tabs to a button or a link and presses it; the page that it leads to is there when push returns.
func (k *chrome) push(selector string) {
	k.t.Helper()
	k.tabTo(selector)
	k.press("\r")
}

// unfold opens what is folded.
func (k *chrome) unfold(selector string) {
	k.t.Helper()
	k.tabTo(selector + " > summary")
	k.do(chromedp.KeyEvent(kb.Enter))
	k.until("document.querySelector(`" + selector + "`).open")
}

// journey is one thing that people do every day, from its first page to what stands in the database afterwards, without a mouse.
type journey struct {
	name string
	walk func(t *testing.T, b *bundle, k *chrome)
}

// open shows a page to somebody, in the language of the journey.
func (k *chrome) open(w *browser, path string) {
	k.t.Helper()
	if err := w.b.auth.SetLang(k.t.Context(), w.person.ID, k.lang); err != nil {
		k.t.Fatal(err)
	}
	k.as(w)
	k.do(chromedp.Navigate(w.b.srv.URL + path))
}

// TestJourneys walks what people do most, by keyboard, in English and in Arabic. Two more stand by themselves: taking, deciding and taking the next
// (TestTakeDecideAndTakeTheNextByKeyboard), and changing a rule (TestRulesByKeyboard).
func TestJourneys(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		k := startChrome(t)
		k.lang = lang
		k.look(1280, "light")
		for _, j := range journeys() {
			t.Run(lang+"/"+j.name, func(t *testing.T) {
				k.t = t
				j.walk(t, setup(t), k)
				for _, s := range k.said {
					t.Errorf("the browser complains: %s", s)
				}
				k.said = nil
			})
		}
	}
}

func journeys() []journey {
	return []journey{
		{"sign in", signsIn},
		{"put a case off and take it up again", putsOff},
		{"find an account and open its case", finds},
		{"two people decide", decidesInTwo},
		{"put several off at once", putsSeveralOff},
		{"assign and mute", assignsAndMutes},
		{"split a case", splits},
		{"ask the platform", asks},
		{"look at evidence", looksAt},
		{"look a second time, at a golden case", looksAgain},
		{"write to a colleague, who answers", coaches},
		{"invite a person", invites},
		{"review who may see what", reviewsAccess},
		{"open a closed case again", opensAgain},
	}
}

func signsIn(t *testing.T, b *bundle, k *chrome) {
	w := b.as(auth.Reviewer)
	if err := b.auth.SetLang(t.Context(), w.person.ID, k.lang); err != nil {
		t.Fatal(err)
	}
	k.forget()
	k.do(chromedp.Navigate(b.srv.URL + "/queue"))
	k.write("[name=login]", w.person.Login)
	k.write("[name=password]", goodPassword)
	k.press("\r")
	if got := eval[string](k, "location.pathname + ' ' + document.documentElement.lang"); got != "/queue "+k.lang {
		t.Errorf("signing in leads to %s", got)
	}
}

func putsOff(t *testing.T, b *bundle, k *chrome) {
	id := b.open("k", "acc-1", taxonomy.P2)
	w := b.as(auth.Reviewer)
	k.open(w, "/queue")
	k.do(chromedp.KeyEvent("j"))
	k.press("\r")
	k.press("c")
	k.unfold("[data-rest]")
	k.pick("[data-rest] [name=kind]", string(casefile.Snoozed))
	k.write("[data-rest] textarea", "his school answers tomorrow")
	k.push("[data-rest] button")
	if c := b.caseOf(id); !c.Rests(b.now()) {
		t.Fatalf("the case is not put off: %+v", c)
	}
	if got := eval[string](k, "location.pathname"); got != "/queue" {
		t.Errorf("putting off leads to %s", got)
	}
	k.do(chromedp.Navigate(b.srv.URL + "/case/" + id))
	k.push("form[action$='/wake'] button")
	if c := b.caseOf(id); c.Rests(b.now()) {
		t.Error("the case still rests")
	}
}

func putsSeveralOff(t *testing.T, b *bundle, k *chrome) {
	one, two := b.open("1", "acc-1", taxonomy.P2), b.open("2", "acc-2", taxonomy.P2)
	k.open(b.as(auth.Reviewer), "/queue")
	for _, id := range []string{one, two} {
		k.tabTo("[name=case][value='" + id + "']")
		k.do(chromedp.KeyEvent(" "))
	}
	k.back(".several > summary")
	k.do(chromedp.KeyEvent(kb.Enter))
	k.tabTo("#bulk button")
	k.press("\r")
	k.pick("[name=hours]", "24")
	k.write("[name=reason]", "their school answers tomorrow")
	k.write("[name=confirm]", "2")
	k.press("\r")
	if !b.rests(one, b.now()) || !b.rests(two, b.now()) {
		t.Error("they are not put off")
	}
	k.shot("bulk-done-" + k.lang)
}

// back presses the tabulator with shift until what has the focus is what was looked for.
func (k *chrome) back(selector string) {
	k.t.Helper()
	for range 150 {
		if eval[bool](k, "document.activeElement.matches(`"+selector+"`)") {
			return
		}
		k.do(chromedp.KeyEvent("\t", chromedp.KeyModifiers(chromedp.ModifierShift)))
	}
	k.t.Fatalf("the tabulator does not lead back to %s", selector)
}

func finds(t *testing.T, b *bundle, k *chrome) {
	id := b.open("k", "acc-1", taxonomy.P2)
	k.open(b.as(auth.Reviewer), "/queue")
	k.do(chromedp.KeyEvent("g"))
	k.press("f")
	k.write("[name=words]", "acc-1")
	k.press("\r")
	if strings.Contains(eval[string](k, "location.href"), "acc-1") {
		t.Error("what was looked for stands in the address")
	}
	k.push("a[href='/case/" + id + "']")
	if got := eval[string](k, "location.pathname"); got != "/case/"+id {
		t.Errorf("it leads to %s", got)
	}
}

func decidesInTwo(t *testing.T, b *bundle, k *chrome) {
	id := b.open("k", "acc-1", taxonomy.P1)
	first, second := b.as(auth.Reviewer), b.as(auth.Reviewer)
	k.open(first, "/case/"+id)
	k.press("c")
	k.do(chromedp.KeyEvent("d"))
	k.pick("[name=finding]", string(casefile.FindingNeedsSecond))
	k.pick("[name=proposed]", string(casefile.FindingCleared))
	k.write("form[action$='/dispose'] [name=reason]", "her coach; the club confirms it")
	k.pick("[name=confidence]", eval[string](k, "document.querySelector('[name=confidence]').value"))
	k.push("form[action$='/dispose'] button.primary")
	if c := b.caseOf(id); c.Status != casefile.SecondPerson {
		t.Fatalf("the case is %s", c.Status)
	}
	k.open(second, "/case/"+id)
	k.press("c")
	k.pick("[name=answer]", eval[string](k, "document.querySelector('[name=answer]').value"))
	k.write("form[action$='/second'] [name=reason]", "I read the same")
	k.push("form[action$='/second'] button.primary")
	if c := b.caseOf(id); c.Status != casefile.Cleared {
		t.Errorf("the case is %s", c.Status)
	}
}

func assignsAndMutes(t *testing.T, b *bundle, k *chrome) {
	id := b.open("k", "acc-1", taxonomy.P2)
	chief, colleague := b.as(auth.Lead), b.as(auth.Reviewer)
	k.open(chief, "/case/"+id)
	k.unfold("[data-assign]")
	k.pick("[data-assign] [name=to]", colleague.person.ID)
	k.push("[data-assign] button")
	if c := b.caseOf(id); c.Assignee != colleague.person.ID {
		t.Errorf("it is %q's", c.Assignee)
	}
	k.unfold("details:has(form[action$='/mute'])")
	k.pick("form[action$='/mute'] [name=detector]", "D1")
	k.write("form[action$='/mute'] [name=days]", "7")
	k.write("form[action$='/mute'] textarea", "a coach whom the club has named")
	k.push("form[action$='/mute'] button")
	list, err := b.deps.Mutes.Mutes(t.Context(), "", 10)
	if err != nil || len(list) != 1 || list[0].Subject != "acc-1" {
		t.Errorf("%+v (%v)", list, err)
	}
}

func looksAt(t *testing.T, b *bundle, k *chrome) {
	id := b.open("k", "acc-1", taxonomy.P2)
	item := b.addTo(id, "pattern.jpg", tagged(t)).ID
	w := b.as(auth.Reviewer)
	k.open(w, "/case/"+id)
	k.push("a[href='/case/" + id + "/evidence']")
	k.push("a[href^='/evidence/" + item + "']")
	k.press("b")
	k.until("document.querySelector('img.shown')?.naturalWidth === 240")
	k.press("v")
	k.until("document.querySelector('img.shown')?.naturalWidth === 480")
	k.push("form[action$='/looked'] button")
	if got := b.viewed(item); got != w.person.ID {
		t.Errorf("viewed by %q", got)
	}
}

func looksAgain(t *testing.T, b *bundle, k *chrome) {
	first, second, chief := b.as(auth.Reviewer), b.as(auth.Reviewer), b.as(auth.Lead)
	id := b.closed("k", first.person.ID)
	k.open(chief, "/case/"+id)
	k.unfold("details:has(form[action$='/golden'])")
	k.pick("form[action$='/golden'] [name=finding]", "cleared")
	k.write("form[action$='/golden'] textarea", "the club has named him")
	k.push("form[action$='/golden'] button")
	k.open(second, "/queue")
	k.do(chromedp.KeyEvent("g"))
	k.press("s")
	k.push("a[href='/quality/" + id + "/3']")
	k.pick("[name=finding]", "cleared")
	k.write("[name=reason]", "a coach with his team")
	k.push("form button.primary")
	if got := eval[string](k, "document.querySelector('.decide').textContent"); !strings.Contains(got, "the club has named him") {
		t.Errorf("the page tells %q", got)
	}
}

func coaches(t *testing.T, b *bundle, k *chrome) {
	id := b.open("k", "acc-1", taxonomy.P2)
	chief, colleague := b.as(auth.Lead), b.as(auth.Reviewer)
	k.open(chief, "/case/"+id)
	k.unfold("details:has(form[action$='/coach'])")
	k.pick("form[action$='/coach'] [name=to]", colleague.person.ID)
	k.write("form[action$='/coach'] textarea", "look at how the ages fall")
	k.push("form[action$='/coach'] button")
	k.open(colleague, "/queue")
	k.push("a[href='/quality#notes']")
	k.write("form[action^='/quality/note/'] textarea", "I did, thank you")
	k.push("form[action^='/quality/note/'] button")
	if !strings.Contains(chief.get("/quality").body, "I did, thank you") {
		t.Error("the lead has no answer")
	}
}

func invites(t *testing.T, b *bundle, k *chrome) {
	k.open(b.as(auth.Admin), "/person")
	k.write("form[action='/person'] [name=name]", "Noor")
	k.write("form[action='/person'] [name=login]", "noor@example.org")
	k.tabTo("form[action='/person'] [name=role]")
	k.do(chromedp.KeyEvent(" "))
	k.push("form[action='/person'] button")
	link := eval[string](k, "document.body.textContent.match(/\\/link\\?token=[\\w-]+/)?.[0] ?? ''")
	if got := b.browser().get(link); link == "" || got.status != http.StatusOK {
		t.Errorf("the link %q: %d", link, got.status)
	}
}

func opensAgain(t *testing.T, b *bundle, k *chrome) {
	id := b.closed("k", b.as(auth.Reviewer).person.ID)
	b.pass(time.Hour)
	k.open(b.as(auth.Lead), "/case/"+id)
	k.unfold("details:has(form[action$='/reopen'])")
	k.write("form[action$='/reopen'] textarea", "another child has written")
	k.push("form[action$='/reopen'] button")
	if c := b.caseOf(id); c.Status != casefile.Open {
		t.Errorf("the case is %s", c.Status)
	}
}
