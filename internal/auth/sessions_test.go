package auth_test

import (
	"errors"
	"testing"

	"haris/internal/auth"
)

func TestSessionsAreListedAndEnded(t *testing.T) {
	sequential(t)
	b := setup(t)
	in, other := b.person("mona", auth.Reviewer), b.person("adam", auth.Reviewer)
	for _, agent := range []string{"first", "second"} {
		if _, err := b.SignIn(t.Context(), auth.Attempt{Login: "mona", Password: goodPassword, Addr: "192.0.2.1", Agent: agent}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := b.Sessions(t.Context(), in.Person.ID)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d sessions, %v", len(list), err)
	}
	var ended string
	for i := range list {
		if list[i].Agent == "first" {
			ended = auth.SessionID(list[i].Hash)
			if list[i].Network != "192.0.2.1/32" || list[i].Way != auth.ByPassword {
				t.Errorf("%+v", list[i])
			}
		}
	}
	if err := b.EndSession(t.Context(), other.Person.ID, other.Person.ID, ended); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("a session of somebody else: %v", err)
	}
	if err := b.EndSession(t.Context(), in.Person.ID, in.Person.ID, ended); err != nil {
		t.Fatal(err)
	}
	if !b.log.has("session.ended", "person/"+in.Person.ID) {
		t.Error("the audit log lacks the end")
	}
	if n, err := b.EndOtherSessions(t.Context(), in.Person.ID, in.Token); err != nil || n != 1 {
		t.Errorf("%d others ended, %v", n, err)
	}
	if _, err := b.Who(t.Context(), in.Token); err != nil {
		t.Errorf("the session itself: %v", err)
	}
	if _, err := b.Who(t.Context(), other.Token); err != nil {
		t.Errorf("the session of somebody else: %v", err)
	}
	b.pass(auth.SessionLife)
	if list, err := b.Sessions(t.Context(), in.Person.ID); err != nil || len(list) != 0 {
		t.Errorf("%d sessions that are over, %v", len(list), err)
	}
}
