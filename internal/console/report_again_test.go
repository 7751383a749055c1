package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
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

// TestWaitingReports tells on the case, the draft and the report what waits for too long, and takes back what is on its way.
func TestWaitingReports(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Reviewer)
	b.confirm(id)
	list := "/case/" + id + "/report"
	at := w.post(list, list, nil).header.Get("Location")
	if got := w.post(at, at, written(w.get(at).body)); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	look := func(want string, pages ...string) {
		t.Helper()
		for _, page := range pages {
			body := w.get(page).body
			if want == "" && (strings.Contains(body, "too long") || strings.Contains(body, "NCMEC deletes") || strings.Contains(body, "overdue for")) {
				t.Errorf("%s warns of what does not wait", page)
			}
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", page, want)
			}
		}
	}
	look("", "/case/"+id, at)
	b.pass(25 * time.Hour)
	w = b.as(auth.Reviewer)
	look("A draft for too long", "/case/"+id, at)
	if got := w.post(at+"/preview", at+"/submit", order(w.get(at+"/preview").body)); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	look("", "/case/"+id, at)
	b.file(cybertiptest.Fault{Endpoint: cybertip.EndpointUpload, Kind: cybertiptest.FaultCode, Code: cybertip.CodeNoUpdates},
		cybertiptest.Fault{Endpoint: cybertip.EndpointFinish, Kind: cybertiptest.FaultCode, Code: cybertip.CodeNoUpdates},
		cybertiptest.Fault{Endpoint: cybertip.EndpointRetract, Kind: cybertiptest.FaultCode, Code: cybertip.CodeNoUpdates})
	look("left to finish it", at)
	b.pass(13 * time.Hour)
	w = b.as(auth.Reviewer)
	look("Begun at NCMEC and not finished: 11", "/case/"+id, at)
	b.pass(12 * time.Hour)
	w = b.as(auth.Reviewer)
	look("NCMEC has deleted it", "/case/"+id, at)
}

// TestTakeBack takes back by the page what is on its way; who may not, is not offered it.
func TestTakeBack(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Reviewer)
	b.confirm(id)
	list := "/case/" + id + "/report"
	at := w.post(list, list, nil).header.Get("Location")
	if got := w.post(at, at, written(w.get(at).body)); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if got := w.post(at+"/preview", at+"/submit", order(w.get(at+"/preview").body)); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if body := b.as(auth.Auditor).get(at).body; strings.Contains(body, at+"/resolve") {
		t.Error("an auditor is offered to take it back")
	}
	form := filled(w.get(at).body)
	if got := w.post(at, at+"/resolve", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Take it back") {
		t.Fatalf("without a reason: %d", got.status)
	}
	form.Set("reason", "it names the wrong account")
	if got := w.post(at, at+"/resolve", form); got.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	if body := w.get(at).body; strings.Contains(body, at+"/resolve") {
		t.Error("it is offered once more")
	}
	if server := b.file(); len(server.Reports()) != 0 {
		t.Errorf("%+v", server.Reports())
	}
	if body := w.get(at).body; !strings.Contains(body, ">cancelled<") {
		t.Error("it is not cancelled")
	}
}
