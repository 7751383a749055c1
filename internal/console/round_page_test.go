package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/taxonomy"
)

// named keeps a shared queue that is worked by these people.
func (w *browser) named(form url.Values, people ...*browser) (id string) {
	w.b.t.Helper()
	form.Set("shared", "1")
	id = w.save(form)
	w.names(id, people...)
	return id
}

// names says who works a shared queue.
func (w *browser) names(id string, people ...*browser) {
	w.b.t.Helper()
	chosen := url.Values{}
	for _, p := range people {
		chosen.Add("person", p.person.ID)
	}
	if got := w.post("/queues/"+id+"/people", "/queues/"+id+"/people", chosen); got.status != http.StatusSeeOther {
		w.b.t.Fatalf("who works the queue: %d", got.status)
	}
}

// takes asks for the next case and returns where that leads.
func (w *browser) takes(form url.Values) string {
	w.b.t.Helper()
	return w.post("/queue", "/queue/next", form).header.Get("Location")
}

func TestTheNextCaseOfARound(t *testing.T) {
	b := setup(t)
	p3, p2, p1 := b.open("c", "acc-3", taxonomy.P3), b.open("b", "acc-2", taxonomy.P2), b.open("a", "acc-1", taxonomy.P1)
	ada, bea, lead := b.as(auth.Reviewer), b.as(auth.Reviewer), b.as(auth.Lead)
	night := lead.named(url.Values{"name": {"Night desk"}, "priority": {"P1"}, "limit": {"30"}, "unit": {"m"}}, ada)
	second := lead.named(url.Values{"name": {"Second desk"}, "priority": {"P2"}}, ada)
	if body := ada.get("/queue").body; !strings.Contains(body, "Out of your round:") {
		t.Error("the page does not say that the next case comes out of a round")
	}
	if body := bea.get("/queue").body; strings.Contains(body, "Out of your round:") || strings.Contains(bea.get("/queues").body, "<s>") {
		t.Error("who is not named has a round")
	}
	// The case of P1 is in both queues: in the first it has less time.
	if to := ada.takes(nil); to != "/case/"+p1+"?via="+night {
		t.Fatalf("the round gives %s", to)
	}
	body := ada.get("/case/" + p1 + "?via=" + night).body
	if !strings.Contains(body, "Night desk") || !strings.Contains(body, "30 minutes left of the queue’s 30 minutes") {
		t.Error("the page does not say out of which queue the case came, and what is left of its time")
	}
	form := url.Values{"finding": {"cleared"}, "reason": {"her coach"}, "confidence": {"high"}, "then": {"next"}, "via": {night}}
	form.Set("seen", strconv.Itoa(b.caseOf(p1).Events))
	if to := ada.post("/case/"+p1, "/case/"+p1+"/dispose", form).header.Get("Location"); to != "/case/"+p2+"?via="+second {
		t.Errorf("after the finding the round gives %s", to)
	}
	if to := ada.takes(nil); to != "/queue?nothing=round" {
		t.Errorf("the round is empty: %s", to)
	}
	body = ada.get("/queue?nothing=round").body
	if !strings.Contains(body, "No case of your round is free") || !strings.Contains(body, `name="all"`) {
		t.Error("the page does not say that the round is empty, or offers nothing else")
	}
	if to := ada.takes(url.Values{"all": {"1"}}); to != "/case/"+p3 {
		t.Errorf("all cases: %s", to)
	}
	p0 := b.open("d", "acc-4", taxonomy.P0)
	lead.names(night, bea)
	lead.names(second, bea)
	if body := ada.get("/queues").body; strings.Count(body, "<s>") != 2 || !strings.Contains(body, "no longer given") {
		t.Error("what she no longer works is not struck out")
	}
	if to := ada.takes(nil); to != "/case/"+p0 {
		t.Errorf("whose round is over takes from all cases: %s", to)
	}
	if body := bea.get("/case/" + p0 + "?via=none").body; strings.Contains(body, "From the queue") {
		t.Error("a queue that is none is named")
	}
}

func TestRoundsOnThePages(t *testing.T) {
	b := setup(t)
	ada, lead := b.as(auth.Reviewer), b.as(auth.Lead)
	own := ada.save(url.Values{"name": {"Only hers"}, "priority": {"P2"}})
	night, open := lead.named(url.Values{"name": {"Night desk"}}, ada), lead.named(url.Values{"name": {"Open desk"}})
	leads := lead.named(url.Values{"name": {"Of leads"}, "role": {"lead"}})
	order := func(body string, names ...string) bool {
		_, body, _ = strings.Cut(body, `id="round"`)
		body, _, _ = strings.Cut(body, "</section>")
		at := 0
		for _, n := range names {
			i := strings.Index(body[at:], "<bdi>"+n)
			if i < 0 {
				return false
			}
			at += i
		}
		return true
	}
	step := func(w *browser, from, path, how, id string) int {
		return w.post(from, path, url.Values{how: {id}}).status
	}
	theirs := "/person/" + ada.person.ID + "/round"
	for _, s := range []struct {
		w          *browser
		from, path string
		how, id    string
		want       int
		order      []string
	}{
		{ada, "/queues", "/queues/round", "in", own, http.StatusSeeOther, []string{"Night desk", "Only hers", "Open desk"}},
		{ada, "/queues", "/queues/round", "up", own, http.StatusSeeOther, []string{"Only hers", "Night desk"}},
		{lead, theirs, theirs, "in", open, http.StatusSeeOther, []string{"Only hers", "Night desk", "Open desk"}},
		{lead, theirs, theirs, "down", own, http.StatusSeeOther, []string{"Night desk", "Only hers", "Open desk"}},
		{ada, "/queues", "/queues/round", "in", leads, http.StatusNotFound, nil},
		{lead, theirs, theirs, "in", leads, http.StatusNotFound, nil},
		{ada, "/queues", "/queues/round", "sideways", own, http.StatusBadRequest, nil},
		{ada, "/queues", theirs, "out", own, http.StatusForbidden, nil},
		{ada, "/queues", "/queues/round", "out", night, http.StatusSeeOther, []string{"Only hers", "Open desk", "Night desk"}},
	} {
		if got := step(s.w, s.from, s.path, s.how, s.id); got != s.want {
			t.Errorf("%s %s: %d, want %d", s.how, s.path, got, s.want)
		}
		if !order(ada.get("/queues").body, s.order...) {
			t.Errorf("after %s the order is not %v", s.how, s.order)
		}
	}
	if !b.audited("round.changed", "person/"+ada.person.ID) {
		t.Error("nothing in the audit log")
	}
	if body := lead.get(theirs).body; strings.Contains(body, "Only hers") || !strings.Contains(body, "A queue of their own") || !order(body, "A queue of their own", "Open desk", "Night desk") {
		t.Error("the lead sees the name of another's own queue, or not the round")
	}
	if !strings.Contains(lead.get("/person").body, theirs) || strings.Contains(b.as(auth.Admin).get("/person").body, theirs) {
		t.Error("the page of people leads a lead to the round, and nobody else")
	}
	for path, want := range map[string]int{theirs: http.StatusForbidden, "/queues/" + open + "/people": http.StatusForbidden} {
		if got := ada.get(path); got.status != want {
			t.Errorf("%s for a reviewer: %d", path, got.status)
		}
	}
	if got := lead.get("/queues/" + own + "/people"); got.status != http.StatusNotFound {
		t.Errorf("who works another's own queue: %d", got.status)
	}
	lead.names(leads, ada)
	if body := ada.get("/queues").body; !strings.Contains(body, "Of leads") || !order(body, "Only hers", "Open desk", "Of leads") {
		t.Error("who is named does not see the queue, or it is not in their round")
	}
	if got := lead.post("/queues", "/queues/"+leads, url.Values{"name": {"Of leads"}}); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if body := ada.get("/queues").body; strings.Contains(body, "Of leads") || !strings.Contains(body, "A queue that is no longer shared") {
		t.Error("a queue that is no longer shared is still named")
	}
}

// TestACompartmentEndsATurn: a queue of what somebody may not see gives them nothing, and is struck out.
func TestACompartmentEndsATurn(t *testing.T) {
	b := setup(t)
	b.open("a", "acc-1", taxonomy.P1)
	ada, lead := b.as(auth.Reviewer), b.as(auth.Lead)
	lead.named(url.Values{"name": {"Night desk"}, "queue": {"child-safety"}}, ada)
	if body := ada.get("/queues").body; strings.Contains(body, "<s>") {
		t.Fatal("struck out too early")
	}
	c, err := b.auth.PutCompartment(t.Context(), "test", auth.Compartment{Name: "Safety", Queues: []string{"child-safety"}, Closed: true})
	if err == nil {
		err = b.auth.SetCompartments(t.Context(), "test", lead.person.ID, []string{c.ID}, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	if body := ada.get("/queues").body; !strings.Contains(body, "<s>") {
		t.Error("a queue of a closed compartment is not struck out")
	}
	if body := lead.get("/person/" + ada.person.ID + "/round").body; !strings.Contains(body, "<s>") {
		t.Error("nor before the lead")
	}
	if to := ada.takes(nil); to != "/queue?nothing=1" {
		t.Errorf("she is given %s", to)
	}
}
