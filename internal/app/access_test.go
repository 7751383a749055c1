package app_test

import (
	"strings"
	"testing"
	"time"

	"haris/internal/access"
	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/console"
	"haris/internal/privacy"
)

func TestAccessReviewInHealthAndInWhatIsHeld(t *testing.T) {
	now := time.Now().UTC()
	c := settings(t)
	c.Access.Every = 30 * 24 * time.Hour
	core, err := app.OpenCore(t.Context(), c, app.Options{Now: func() time.Time { return now }, Logger: options().Logger})
	if err != nil {
		t.Fatal(err)
	}
	defer core.Close()
	check := func() (k console.Check) {
		for _, k := range (app.Doctor{Core: core}).Checks(t.Context()) {
			if k.Name == "access_review" {
				return k
			}
		}
		return k
	}
	if k := check(); k.State != console.Well || k.Unit != console.UnitNone {
		t.Errorf("before anybody came: %+v", k)
	}
	ada, bea := named(t, core, "ada", auth.Admin), named(t, core, "bea", auth.Admin)
	lina := named(t, core, "lina", auth.Legal)
	if k := check(); k.State != console.Well || !k.Moment.Equal(ada.CreatedAt.Add(c.Access.Every).Truncate(time.Millisecond)) {
		t.Errorf("after the first came: %+v", k)
	}
	now = now.Add(31 * 24 * time.Hour)
	if k := check(); k.State != console.Warned || !strings.Contains(k.Detail.String(), "Access reviews") {
		t.Errorf("a month later: %+v", k)
	}
	r, err := core.Auth.BeginReview(t.Context(), ada.ID, "month")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		who  string
		line access.Line
	}{{bea.ID, r.Lines[0]}, {ada.ID, r.Lines[1]}, {ada.ID, r.Lines[2]}} {
		if err := core.Auth.DecideAccess(t.Context(), x.who, r.ID, auth.Ruling{Line: x.line.N, Verdict: access.Kept, Reason: "about " + x.line.Facts.Login, Seen: x.line.Then.Mark()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := core.Auth.CloseReview(t.Context(), bea.ID, r.ID, ""); err != nil {
		t.Fatal(err)
	}
	if k := check(); k.State != console.Well {
		t.Errorf("after it was closed: %+v", k)
	}
	got, _ := exported(t, core, app.Privacy{Kind: privacy.Person, ID: "ada", By: lina, Reason: "own request", Lang: "en"})
	text := got["access_reviews.jsonl"]
	if n := strings.Count(text, "\n"); n != 4 { // a line about her, two that she decided, the one that she began
		t.Errorf("%d lines: %s", n, text)
	}
	for _, other := range []string{bea.ID, "about bea", lina.ID} {
		if strings.Contains(text, other) {
			t.Errorf("%q stands in clear: %s", other, text)
		}
	}
	if !strings.Contains(text, `"why":"month"`) || !strings.Contains(text, "about ada") || !strings.Contains(text, "about person-") {
		t.Errorf("%s", text)
	}
}
