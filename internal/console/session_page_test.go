package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"haris/internal/auth"
)

var endOf = regexp.MustCompile(`action="(/(?:me|person/[0-9A-Z]+)/session/[0-9a-f]{16}/end)"`)

func TestSessionsOnThePages(t *testing.T) {
	b := setup(t)
	w, admin := b.as(auth.Reviewer), b.as(auth.Admin)
	k := b.browser()
	if to := k.signIn(w.person.Login, "/me"); to != "/me" {
		t.Fatal(to)
	}
	body := w.get("/me").body
	if list := endOf.FindAllStringSubmatch(body, -1); len(list) != 2 || strings.Count(body, "this browser") != 1 {
		t.Fatalf("%d sessions on the page", len(list))
	}
	if got := w.post("/me", "/me/session/end", nil); got.status != http.StatusSeeOther {
		t.Errorf("end the others: %d", got.status)
	}
	if got := k.get("/me"); got.status != http.StatusSeeOther {
		t.Errorf("the other session goes on: %d", got.status)
	}
	list := endOf.FindStringSubmatch(admin.get("/person/" + w.person.ID + "/session").body)
	if list == nil {
		t.Fatal("the admin sees no session")
	}
	if got := admin.post("/me", strings.Replace(list[1], "/person/"+w.person.ID, "/me", 1), nil); got.status != http.StatusNotFound {
		t.Errorf("the session of somebody else as one's own: %d", got.status)
	}
	if got := w.get("/me"); got.status != http.StatusOK {
		t.Fatalf("it ended: %d", got.status)
	}
	if got := admin.post("/me", list[1], nil); got.status != http.StatusSeeOther {
		t.Errorf("the admin ends it: %d", got.status)
	}
	if got := w.get("/me"); got.status != http.StatusSeeOther {
		t.Errorf("it goes on: %d", got.status)
	}
	if !b.audited("session.ended", "person/"+w.person.ID) {
		t.Error("the audit log lacks it")
	}
}
