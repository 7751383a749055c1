package console_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/console"
)

// accessWorld is a console whose access is reviewed: two who manage people, a reviewer, an auditor and a key.
type accessWorld struct {
	*bundle
	ada, bea, rev, reader *browser
	key                   auth.Key
	secret                string
	path                  string // of the review
	line                  map[string]int
}

func newAccessWorld(t *testing.T) *accessWorld {
	t.Helper()
	w := &accessWorld{bundle: setup(t), line: map[string]int{}}
	w.ada, w.bea, w.rev, w.reader = w.as(auth.Admin), w.as(auth.Admin), w.as(auth.Reviewer), w.as(auth.Auditor)
	var err error
	if w.key, w.secret, err = w.auth.CreateKey(t.Context(), w.ada.person.ID, auth.NewKey{Source: "/chat", Scopes: []auth.Scope{auth.EventsWrite}}); err != nil {
		t.Fatal(err)
	}
	got := w.ada.post("/access-review", "/access-review", url.Values{"why": {"the first quarter"}})
	if w.path = got.header.Get("Location"); got.status != http.StatusSeeOther {
		t.Fatalf("begin: %d", got.status)
	}
	l, err := w.auth.AccessReview(t.Context(), strings.TrimPrefix(w.path, "/access-review/"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.Lines {
		w.line[l.Lines[i].ID] = l.Lines[i].N
	}
	return w
}

// rule decides a line as the page that a person sees says; what is taken has an address of its own.
func (w *accessWorld) rule(who *browser, id, verdict, reason string) page {
	w.t.Helper()
	n := w.line[id]
	_, card, ok := strings.Cut(who.get(w.path+"?show=all").body, fmt.Sprintf(`id="line-%d"`, n))
	if !ok {
		w.t.Fatalf("no line %d", n)
	}
	card, _, _ = strings.Cut(card, "</li>")
	form := url.Values{"verdict": {verdict}, "reason": {reason}, "show": {"all"}}
	if _, seen, ok := strings.Cut(card, `name="seen" value="`); ok {
		form.Set("seen", seen[:strings.Index(seen, `"`)])
	}
	to := fmt.Sprintf("%s/line/%d", w.path, n)
	if verdict == "taken" {
		to += "/take"
	}
	return who.post(w.path, to, form)
}

func (w *accessWorld) want(p page, status int, words, what string) {
	w.t.Helper()
	if p.status != status || !strings.Contains(p.body, words) {
		w.t.Errorf("%s: %d, want %d and %q", what, p.status, status, words)
	}
}

func TestAnAccessReviewFromItsBeginningToItsEnd(t *testing.T) {
	w := newAccessWorld(t)
	w.want(w.ada.post("/access-review", "/access-review", url.Values{"why": {"again"}}), http.StatusConflict, "One review at a time", "a second")
	w.want(w.rule(w.ada, w.ada.person.ID, "kept", ""), http.StatusUnprocessableEntity, "Nobody decides about their own", "one's own line")
	w.want(w.rule(w.bea, w.ada.person.ID, "kept", ""), http.StatusSeeOther, "", "keep ada")
	w.want(w.rule(w.ada, w.bea.person.ID, "kept", ""), http.StatusSeeOther, "", "keep bea")
	w.want(w.rule(w.ada, w.reader.person.ID, "kept", "audits us"), http.StatusSeeOther, "", "keep the auditor")

	// Somebody's roles change under the review: it cannot be kept, it can be confirmed as changed.
	id := w.rev.person.ID
	w.want(w.rule(w.ada, id, "changed", "x"), http.StatusUnprocessableEntity, "Nothing has changed", "changed, when nothing is")
	w.want(w.bea.post("/person", "/person/"+id+"/roles", url.Values{"role": {"lead"}}), http.StatusSeeOther, "", "other roles")
	w.want(w.rule(w.ada, id, "kept", ""), http.StatusUnprocessableEntity, "no longer what was written down", "kept, when it was changed")
	if got := w.rule(w.ada, id, "changed", ""); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Say why") {
		t.Errorf("without a reason: %d", got.status)
	}
	w.want(w.rule(w.ada, id, "changed", "leads <now>"), http.StatusSeeOther, "", "confirm the change")

	// A key that is taken works no more.
	if _, err := w.auth.VerifyKey(t.Context(), w.secret); err != nil {
		t.Fatal(err)
	}
	w.want(w.ada.post(w.path, w.path+"/close", nil), http.StatusConflict, "Not everything is decided", "close too early")
	w.want(w.rule(w.ada, w.key.ID, "taken", "nobody uses it"), http.StatusSeeOther, "", "take the key")
	if _, err := w.auth.VerifyKey(t.Context(), w.secret); err == nil {
		t.Error("the key that was taken away still works")
	}
	newcomer := w.as(auth.Legal)
	w.want(w.ada.post(w.path, w.path+"/close", url.Values{"note": {"all <seen>"}}), http.StatusSeeOther, "", "close")
	w.want(w.rule(w.ada, id, "kept", ""), http.StatusConflict, "stays as it is", "decide after the end")
	w.accessPapers(newcomer)
}

// accessPapers reads the document and the file of the closed review.
func (w *accessWorld) accessPapers(newcomer *browser) {
	w.t.Helper()
	doc := w.reader.get(w.path + "/document")
	for _, words := range []string{"the first quarter", "leads &lt;now&gt;", "all &lt;seen&gt;", "nobody uses it", w.key.ID, w.rev.person.Login, "Came since", newcomer.person.Name, "Person admin"} {
		w.want(doc, http.StatusOK, words, "document")
	}
	got := w.reader.get(w.path + "/list.csv")
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil || len(rows) != 7 || got.status != http.StatusOK || !strings.Contains(got.header.Get("Content-Disposition"), "attachment") {
		w.t.Fatalf("%d, %d rows (%v)", got.status, len(rows), err)
	}
	taken, came := rows[w.line[w.key.ID]], rows[6]
	if taken[11] != "taken" || taken[16] != "nobody uses it" || taken[14] != "Person admin" || came[11] != "came_since" || came[3] != newcomer.person.ID {
		w.t.Errorf("%v\n%v", taken, came)
	}
	object := "access/" + strings.TrimPrefix(w.path, "/access-review/")
	for _, act := range []string{"access.began", "access.decided", "access.closed", "access.read", "access.exported"} {
		if !w.audited(act, object) {
			w.t.Errorf("the audit log lacks %s", act)
		}
	}
	if body := w.reader.get(w.path).body; strings.Contains(body, "/line/") || !strings.Contains(body, "leads &lt;now&gt;") {
		w.t.Error("the page of a closed review offers forms, or shows nothing")
	}
}

// TestTakingAwayAsksForAFreshProof also tries to take by the address that asks for none.
func TestTakingAwayAsksForAFreshProof(t *testing.T) {
	w := newAccessWorld(t)
	w.pass(auth.ProofLife)
	if got := w.rule(w.ada, w.key.ID, "taken", "nobody uses it"); got.status != http.StatusForbidden || !askedToProve(got) {
		t.Errorf("taking with an old proof: %d", got.status)
	}
	n := w.line[w.key.ID]
	if got := w.ada.post(w.path, fmt.Sprintf("%s/line/%d", w.path, n), url.Values{"verdict": {"taken"}, "reason": {"x"}}); got.status != http.StatusBadRequest {
		t.Errorf("taking by the address of keeping: %d", got.status)
	}
	if got := w.rule(w.ada, w.reader.person.ID, "kept", ""); got.status != http.StatusSeeOther {
		t.Errorf("keeping with an old proof: %d", got.status)
	}
	if _, err := w.auth.VerifyKey(t.Context(), w.secret); err != nil {
		t.Errorf("the key is gone: %v", err)
	}
}

func TestWhatWasNotSeenIsNotDecided(t *testing.T) {
	w := newAccessWorld(t)
	n := w.line[w.rev.person.ID]
	got := w.ada.post(w.path, fmt.Sprintf("%s/line/%d", w.path, n), url.Values{"verdict": {"kept"}, "reason": {"half a thought"}})
	w.want(got, http.StatusUnprocessableEntity, "while your page was open", "without what was seen")
	w.want(got, http.StatusUnprocessableEntity, "half a thought", "what was written")
	w.want(w.ada.post(w.path, w.path+"/line/99", url.Values{"verdict": {"kept"}}), http.StatusNotFound, "", "a line of none")
	w.want(w.ada.post(w.path, w.path+"/line/x", url.Values{"verdict": {"kept"}}), http.StatusNotFound, "", "a line that is no number")
}

func TestWhoSeesAccessReviews(t *testing.T) {
	w := newAccessWorld(t)
	if body := w.reader.get(w.path).body; strings.Contains(body, "<textarea") || !strings.Contains(body, "/chat") {
		t.Error("an auditor must see the lines and no form")
	}
	if got := w.rev.get(w.path); got.status != http.StatusForbidden || strings.Contains(got.body, "/chat") {
		t.Errorf("a reviewer: %d", got.status)
	}
	if body := w.ada.get(w.path).body; !strings.Contains(body, "This is your own line") || strings.Contains(body, "Nobody else can decide about you") {
		t.Error("with a second administrator the page must only say that somebody else decides")
	}
	if err := w.auth.Disable(t.Context(), "test", w.bea.person.ID); err != nil {
		t.Fatal(err)
	}
	w.want(w.ada.get(w.path), http.StatusOK, "Add a second person with the role Administrator", "alone")
}

func TestAnOverdueAccessReviewIsSaid(t *testing.T) {
	b := setup(t)
	admin := b.as(auth.Admin)
	says := func(w *browser) bool { return strings.Contains(w.get("/person").body, "should have been reviewed by") }
	if says(admin) {
		t.Error("at the beginning it is overdue already")
	}
	b.pass(91 * 24 * time.Hour)
	admin = b.as(auth.Admin)
	if !says(admin) || says(b.as(auth.Lead)) {
		t.Error("who may see the reviews must be told, and nobody else")
	}
	if body := admin.get("/access-review").body; !strings.Contains(body, "should have been reviewed by") || !strings.Contains(body, "No review yet") {
		t.Error("the page of the reviews does not say it")
	}
	b.out.checks = []console.Check{{Name: "access_review", State: console.Warned, Unit: console.UnitMoment, Moment: b.now()}}
	if body := admin.get("/health").body; !strings.Contains(body, "Next access review") || !strings.Contains(body, `<a href="/access-review">`) {
		t.Error("the health page does not lead there")
	}
	if got := admin.post("/access-review", "/access-review", url.Values{"why": {" "}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `class="mistake"`) {
		t.Errorf("without saying why: %d", got.status)
	}
}
