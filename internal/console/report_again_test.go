package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
)

// order is the form of a preview, with the confirmation.
func order(preview string) url.Values {
	out := url.Values{"confirm": {"local"}}
	for _, m := range reading.FindAllStringSubmatch(preview, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

// TestASecondReportThatSaysTheSame is refused with the way to the first one, and goes when the person says what is new.
func TestASecondReportThatSaysTheSame(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Reviewer)
	b.confirm(id)
	list := "/case/" + id + "/report"
	var at string
	for i := range 2 {
		at = w.post(list, list, nil).header.Get("Location")
		if got := w.post(at, at, written(w.get(at).body)); got.status != http.StatusSeeOther {
			t.Fatalf("report %d is not saved: %d", i, got.status)
		}
		if i == 0 {
			if got := w.post(at+"/preview", at+"/submit", order(w.get(at+"/preview").body)); got.status != http.StatusSeeOther {
				t.Fatalf("the first: %d\n%s", got.status, got.body)
			}
			b.file()
		}
	}
	preview := w.get(at + "/preview").body
	if strings.Contains(preview, `name="follow_up"`) {
		t.Error("a reason is asked for before there is a need")
	}
	form := order(preview)
	got := w.post(at+"/preview", at+"/submit", form)
	if got.status != http.StatusConflict || !strings.Contains(got.body, "says the same") || !strings.Contains(got.body, "7000001") || !strings.Contains(got.body, `name="follow_up"`) {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	form = order(got.body)
	form.Set("follow_up", "NCMEC asked for it once more")
	if got := w.post(at+"/preview", at+"/submit", form); got.status != http.StatusSeeOther {
		t.Fatalf("as a follow-up: %d\n%s", got.status, got.body)
	}
	if body := w.get(at).body; !strings.Contains(body, "NCMEC asked for it once more") {
		t.Error("the history does not say what is new")
	}
}
