package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// save keeps a queue and returns its id.
func (w *browser) save(form url.Values) (id string) {
	w.b.t.Helper()
	got := w.post("/queues", "/queues", form)
	to := got.header.Get("Location")
	if got.status != http.StatusSeeOther || !strings.HasPrefix(to, "/queue?q=") {
		w.b.t.Fatalf("%d to %s", got.status, to)
	}
	return strings.TrimPrefix(to, "/queue?q=")
}

func TestQueuesOnThePage(t *testing.T) {
	b := setup(t)
	p1, p2 := b.open("a", "acc-1", taxonomy.P1), b.open("b", "acc-2", taxonomy.P2)
	ada, bea, lead := b.as(auth.Reviewer), b.as(auth.Reviewer), b.as(auth.Lead)
	own := ada.save(url.Values{"name": {"First things"}, "priority": {"P1"}})
	body := ada.get("/queue?q=" + own).body
	if !strings.Contains(body, "row-"+p1) || strings.Contains(body, "row-"+p2) || !strings.Contains(body, "First things") {
		t.Error("the queue does not narrow the list, or is not named")
	}
	if !strings.Contains(body, `href="/case/`+p1+`?q=`+own+`"`) {
		t.Error("a case of the queue does not remember where it was come from")
	}
	if got := bea.get("/queue?q=" + own); got.status != http.StatusNotFound {
		t.Errorf("another's own queue: %d", got.status)
	}
	if got := ada.post("/queues", "/queues", url.Values{"name": {"x"}, "shared": {"1"}}); got.status != http.StatusForbidden {
		t.Errorf("a reviewer shares: %d", got.status)
	}
	leads := lead.save(url.Values{"name": {"For leads"}, "shared": {"1"}, "role": {"lead"}})
	all := lead.save(url.Values{"name": {"Everybody’s"}, "shared": {"1"}, "detector": {"D3"}})
	if body := bea.get("/queue").body; strings.Contains(body, "For leads") || !strings.Contains(body, "Everybody’s") || strings.Contains(body, "First things") {
		t.Error("the page shows the wrong queues")
	}
	if got := bea.get("/queue?q=" + leads); got.status != http.StatusNotFound {
		t.Errorf("a queue for leads: %d", got.status)
	}
	for path, want := range map[string]int{"/queues/" + all: http.StatusForbidden, "/queues/" + all + "/delete": http.StatusForbidden, "/queues/" + own + "/delete": http.StatusNotFound} {
		if got := bea.post("/queue", path, url.Values{"name": {"mine now"}}); got.status != want {
			t.Errorf("%s by another: %d, want %d", path, got.status, want)
		}
	}
	if got := lead.post("/queues", "/queues/"+all, url.Values{"name": {strings.Repeat("x", 61)}, "shared": {"1"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("too long a name: %d", got.status)
	}
	lead.post("/queues", "/queues/"+all, url.Values{"move": {"up"}})
	if body := lead.get("/queue").body; strings.Index(body, "Everybody’s") > strings.Index(body, "For leads") {
		t.Error("the queue did not move up")
	}
	if got := ada.post("/queues", "/queues/"+own+"/delete", nil); got.status != http.StatusSeeOther {
		t.Errorf("%d", got.status)
	}
	if strings.Contains(ada.get("/queue").body, "First things") {
		t.Error("the queue is still there")
	}
}

func TestTakeTheNextCase(t *testing.T) {
	b := setup(t)
	p2, p1 := b.open("b", "acc-2", taxonomy.P2), b.open("a", "acc-1", taxonomy.P1)
	ada, bea := b.as(auth.Reviewer), b.as(auth.Reviewer)
	queue := ada.save(url.Values{"name": {"all"}})
	got := ada.post("/queue", "/queue/next", url.Values{"q": {queue}})
	if to := got.header.Get("Location"); to != "/case/"+p1+"?q="+queue {
		t.Fatalf("%d to %s, want the most urgent", got.status, to)
	}
	if got := bea.post("/queue", "/queue/next", url.Values{"priority": {"P1"}}); got.header.Get("Location") != "/queue?nothing=1" {
		t.Errorf("what another holds was given: %s", got.header.Get("Location"))
	}
	if body := bea.get("/queue?nothing=1").body; !strings.Contains(body, "No case here is free") {
		t.Error("the page does not say that nothing is free")
	}
	form := url.Values{"finding": {"cleared"}, "reason": {"her coach"}, "confidence": {"high"}, "then": {"next"}, "q": {queue}}
	form.Set("seen", strconv.Itoa(b.caseOf(p1).Events))
	got = ada.post("/case/"+p1, "/case/"+p1+"/dispose", form)
	if to := got.header.Get("Location"); to != "/case/"+p2+"?q="+queue {
		t.Errorf("after the finding: %d to %s", got.status, to)
	}
	if c := b.caseOf(p2); c.Holder(b.now()) != ada.person.ID || b.caseOf(p1).Status != casefile.Cleared {
		t.Error("the finding or the claim is missing")
	}
	form.Set("seen", strconv.Itoa(b.caseOf(p2).Events))
	form.Set("q", "gone")
	if got = ada.post("/case/"+p2, "/case/"+p2+"/dispose", form); got.header.Get("Location") != "/queue?nothing=1" || b.caseOf(p2).Status != casefile.Cleared {
		t.Errorf("the last one: %d to %s", got.status, got.header.Get("Location"))
	}
}

func TestWhoElseIsHere(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P2)
	ada, bea := b.as(auth.Reviewer), b.as(auth.Lead)
	if strings.Contains(ada.get("/case/"+id).body, "Also open here") {
		t.Error("nobody else is here")
	}
	if body := bea.get("/case/" + id).body; !strings.Contains(body, "Also open here") || !strings.Contains(body, ada.person.Name) {
		t.Error("the page does not say that ada has it open")
	}
	before := b.caseOf(id).Events
	if got := ada.post("/case/"+id, "/case/"+id+"/here", nil); got.status != http.StatusOK || !strings.Contains(got.body, bea.person.Name) || strings.Contains(got.body, "<html") {
		t.Errorf("the sign of life: %d, %s", got.status, got.body)
	}
	if n := b.caseOf(id).Events; n != before {
		t.Errorf("a sign of life wrote %d events", n-before)
	}
	ada.does(id, "claim", http.StatusSeeOther, nil)
	b.pass(claimFor * 3 / 5)
	ada.post("/case/"+id, "/case/"+id+"/here", nil)
	if c := b.caseOf(id); !c.Claim.Ends.Equal(b.now().Add(claimFor)) {
		t.Errorf("the claim ends %s", c.Claim.Ends)
	}
}

func TestTimeLimitOfAQueue(t *testing.T) {
	b := setup(t)
	p0, p3 := b.open("a", "acc-1", taxonomy.P0), b.open("b", "acc-2", taxonomy.P3)
	lead := b.as(auth.Lead)
	for limit, unit := range map[string]string{"0": "m", "-1": "h", "31": "d", "43201": "m", "1.5": "h", "soon": "m", "5": "weeks"} {
		got := lead.post("/queues", "/queues", url.Values{"name": {"x"}, "limit": {limit}, "unit": {unit}})
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "from 1 minute to 30 days") || !strings.Contains(got.body, `value="`+limit+`"`) {
			t.Errorf("a limit of %s %s: %d, and what was typed must stay", limit, unit, got.status)
		}
	}
	id := lead.save(url.Values{"name": {"Night desk"}, "limit": {"90"}, "unit": {"m"}, "shared": {"1"}})
	row := func(page, id string) string {
		_, after, _ := strings.Cut(page, `id="row-`+id+`"`)
		row, _, _ := strings.Cut(after, "</li>")
		return row
	}
	page := lead.get("/queue?q=" + id).body
	if !strings.Contains(page, "within 90 minutes of opening") || !strings.Contains(page, "none is late") {
		t.Error("the head of the queue does not say its limit")
	}
	if r := row(page, p0); !strings.Contains(r, "15 minutes left") || strings.Contains(r, "limit") {
		t.Errorf("the queue lengthens: %s", r)
	}
	if r := row(page, p3); !strings.Contains(r, "1 hour left") || !strings.Contains(r, "by the queue’s limit") {
		t.Errorf("the queue's limit does not count: %s", r)
	}
	if r := row(lead.get("/queue").body, p3); !strings.Contains(r, "no deadline") {
		t.Errorf("the limit of one queue counts outside of it: %s", r)
	}
	b.pass(80 * time.Minute)
	if page = lead.get("/queue?q=" + id).body; !strings.Contains(page, "1 case is late") {
		t.Error("the case of P0 is late")
	}
	b.pass(11 * time.Minute)
	page = lead.get("/queue?q=" + id).body
	if !strings.Contains(page, "2 cases are late") || !strings.Contains(row(page, p3), " late") {
		t.Error("both are late")
	}
	if body := lead.get("/queues").body; !strings.Contains(body, "2 cases are late") {
		t.Error("the page of queues does not say that cases are late")
	}
	if got := lead.post("/queues", "/queues/"+id, url.Values{"name": {"Night desk"}, "limit": {"2"}, "unit": {"h"}, "shared": {"1"}}); got.status != http.StatusSeeOther {
		t.Errorf("%d", got.status)
	}
	if body := lead.get("/queues").body; !strings.Contains(body, "within 2 hours of opening") || !strings.Contains(body, `value="2"`) {
		t.Error("the changed limit is not shown")
	}
	if body := lead.get("/queue?q=" + id).body; strings.Contains(row(body, p3), " late") {
		t.Error("the changed limit does not count")
	}
	lead.post("/queues", "/queues/"+id, url.Values{"name": {"Night desk"}, "unit": {"h"}, "shared": {"1"}})
	if body := lead.get("/queue?q=" + id).body; strings.Contains(body, "of opening") {
		t.Error("an empty field leaves the limit")
	}
}
