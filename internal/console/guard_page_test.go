package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/exposure"
)

// asks asks to be shown an item clear and returns the answer.
func (w *browser) asks(item string) page {
	return w.post("/evidence/"+item, "/evidence/"+item+"/show", url.Values{"how": {"clear"}})
}

// TestLimitsSetByPeople: a lead sets limits for the team and for a person, a person for themselves; the lowest stops them at once.
func TestLimitsSetByPeople(t *testing.T) {
	w := newWorld(t)
	w.showing.Limits = exposure.Limits{Items: 9}
	me, lead := w.who[auth.Reviewer], w.who[auth.Lead]
	second := w.addTo(w.id, "second.png", stripes(t, 80, 60)).ID
	set := func(who, items, why string) page {
		return lead.post("/exposure", "/exposure/limit", url.Values{"who": {who}, "items": {items}, "why": {why}})
	}
	for name, c := range map[string]struct{ who, items, why, says string }{
		"without why":             {"team", "3", " ", "Please fill this in"},
		"above the configuration": {me.person.ID, "10", "x", "above what the operator configured"},
		"no number":               {"team", "many", "x", "whole number, 0 or more"},
		"more than there is":      {"team", "1000000", "x", "more than a day can hold"},
		"nobody":                  {"", "3", "x", "Please choose one"},
		"themselves":              {lead.person.ID, "3", "x", "Please choose one"},
		"who sees no contents":    {w.who[auth.Auditor].person.ID, "3", "x", "Please choose one"},
	} {
		if got := set(c.who, c.items, c.why); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, c.says) {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := set("team", "7", "a heavy week"); got.status != http.StatusSeeOther || !w.audited("exposure.limit", "exposure/team") {
		t.Fatalf("the team's: %d", got.status)
	}
	me.show(w.item, exposure.Clear)
	if body := me.get("/me").body; !strings.Contains(body, "The limit is 7 items a day") {
		t.Error("the page about oneself does not say the limit")
	}
	if got := set(me.person.ID, "1", "after a hard case"); got.status != http.StatusSeeOther || !w.audited("exposure.limit", "person/"+me.person.ID) {
		t.Fatalf("a person's: %d", got.status)
	}
	if got := me.asks(second); got.status != http.StatusConflict || !strings.Contains(got.body, "seen enough for today") {
		t.Errorf("the new limit does not stop them at once: %d", got.status)
	}
	if body := w.who[auth.Auditor].get("/exposure").body; !strings.Contains(body, "Person reviewer") || strings.Contains(body, "after a hard case") || strings.Contains(body, "/exposure/limit") {
		t.Error("the auditor sees no limit, or why, or the form")
	}
	if got := set(me.person.ID, "0", "better again"); got.status != http.StatusSeeOther || me.asks(second).status != http.StatusSeeOther {
		t.Errorf("taken away: %d", got.status)
	}
	if got := me.post("/me", "/exposure/limit", url.Values{"who": {lead.person.ID}, "items": {"1"}, "why": {"x"}}); got.status != http.StatusForbidden {
		t.Errorf("a reviewer for another: %d", got.status)
	}
}

// TestOwnLimit: a person's own limit stops them, is seen by leads alone and is not raised while they look.
func TestOwnLimit(t *testing.T) {
	w := newWorld(t)
	me := w.who[auth.Reviewer]
	own := func(items string) page { return me.post("/me", "/me/limit", url.Values{"items": {items}}) }
	me.show(w.item, exposure.Clear)
	if got := own("1"); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if got := me.asks(w.addTo(w.id, "second.png", stripes(t, 80, 60)).ID); got.status != http.StatusConflict {
		t.Errorf("it does not count: %d", got.status)
	}
	if got := own(""); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "would raise what counts for you") {
		t.Errorf("taken away while looking: %d", got.status)
	}
	const says = "by their own choice"
	if body := w.who[auth.Lead].get("/exposure").body; !strings.Contains(body, says) {
		t.Error("the lead does not see it")
	}
	if body := w.who[auth.Auditor].get("/exposure").body; strings.Contains(body, says) || strings.Contains(w.who[auth.Auditor].get("/audit?act=exposure.limit").body, "items") {
		t.Error("the auditor sees it")
	}
}

// TestRestOfPeople: who rests is shown nothing clear and told until when; who set a rest ends it, and nobody else.
func TestRestOfPeople(t *testing.T) {
	w := newWorld(t)
	me, lead := w.who[auth.Reviewer], w.who[auth.Lead]
	open, _ := me.show(w.item, exposure.Clear)
	day := func(n int) string { return w.now().AddDate(0, 0, n).UTC().Format(time.DateOnly) }
	rest := func(last, why string) page {
		return lead.post("/exposure", "/exposure/rest", url.Values{"who": {me.person.ID}, "until": {last}, "why": {why}})
	}
	for last, says := range map[string]string{day(-1): "today to 90 days ahead", day(91): "today to 90 days ahead", "": "Please fill this in", "soon": "A day such as"} {
		if got := rest(last, "rotation"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, says) {
			t.Errorf("until %q: %d", last, got.status)
		}
	}
	if got := rest(day(90), "rotation"); got.status != http.StatusSeeOther || !w.audited("exposure.rest", "person/"+me.person.ID) {
		t.Fatal(got.status)
	}
	for _, body := range []string{me.get(open).body, me.asks(w.item).body, me.get("/evidence/" + w.item).body, me.get("/me").body} {
		if !strings.Contains(body, "You rest until") || strings.Contains(body, `value="clear"`) || strings.Contains(body, "/contents?") {
			t.Error("a page does not say that the person rests, or offers what is clear")
		}
	}
	if body := w.who[auth.Auditor].get("/exposure").body; !strings.Contains(body, "until ") || strings.Contains(body, "rotation") {
		t.Error("the auditor does not see who rests, or sees why")
	}
	end := "/exposure/" + me.person.ID + "/return"
	if got := me.post("/me", "/me/rest/end", nil); got.status != http.StatusConflict {
		t.Errorf("what a lead set is ended by the person: %d", got.status)
	}
	if got := me.post("/me", "/me/rest", url.Values{"until": {day(3)}, "why": {"I need it"}}); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if got := lead.post("/exposure", end, nil); got.status != http.StatusSeeOther || me.asks(w.item).status != http.StatusConflict {
		t.Errorf("the lead's end: %d", got.status)
	}
	if got := lead.post("/exposure", end, nil); got.status != http.StatusConflict {
		t.Errorf("somebody's own rest is taken away: %d", got.status)
	}
	if got := me.post("/me", "/me/rest/end", nil); got.status != http.StatusSeeOther || me.asks(w.item).status != http.StatusSeeOther {
		t.Errorf("one's own end: %d", got.status)
	}
}
