package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/exposure"
)

// TestHelp: everybody who signs in finds the page from every page; it says whom to talk to as the operator wrote it, or that nobody did.
func TestHelp(t *testing.T) {
	b := setup(t)
	for _, role := range auth.Roles() {
		w := b.as(role)
		got := w.get("/help")
		if got.status != http.StatusOK || !strings.Contains(got.body, "When it is too much") {
			t.Errorf("%s: %d", role, got.status)
		}
		if shows := strings.Contains(got.body, "What protects you today"); shows != w.person.Can(auth.EvidenceView) {
			t.Errorf("%s is told what protects those who look at evidence: %v", role, shows)
		}
		w.get("/me").has(t, string(role), `href="/help"`)
		got.has(t, string(role), "Nobody has written down here whom you can talk to", "Nobody has written down here whom to call")
	}
	b.deps.Support, b.deps.Danger = "Dr Salma <i>\n+1 555 0102", "911"
	b.serve()
	w := b.as(auth.Reviewer)
	w.get("/help").has(t, "written down", "Dr Salma &lt;i&gt;\n+1 555 0102", "911")
	b.lookAt(w, map[string]string{"help": "/help"})
}

// TestBreakOnThePages: a break is proposed, then kept, then over; the pages say so and offer what is not clear.
func TestBreakOnThePages(t *testing.T) {
	w := newWorld(t)
	w.showing.Breaks = exposure.Breaks{After: 8 * time.Minute, For: 10 * time.Minute}
	me := w.who[auth.Reviewer]
	at, _ := me.show(w.item, exposure.Clear)
	w.pass(7 * time.Minute)
	me.get("/evidence/"+w.item).has(t, "near", "for 7 minutes without a break")
	w.pass(time.Minute)
	me.get("/help").has(t, "due", "A break, until")
	item := me.get("/evidence/" + w.item)
	item.has(t, "due", "A break, until", `href="/help"`)
	item.hasNot(t, "due", `value="clear"`)
	if got := me.asks(w.item); got.status != http.StatusConflict || !strings.Contains(got.body, "A break, until") {
		t.Errorf("asked within the break: %d", got.status)
	}
	w.who[auth.Lead].get("/exposure").has(t, "the lead", "A break, until")
	if got := me.get(at); got.status != http.StatusOK {
		t.Errorf("what is on the screen is taken off: %d", got.status)
	}
	w.pass(30 * time.Minute)
	me.get("/evidence/"+w.item).hasNot(t, "over", "A break, until", "without a break")
}
