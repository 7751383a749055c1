package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"haris/internal/auth"
)

// What a message shows is said on its line, seen there and in the history, and can be taken back; who may only read is shown no form.
func TestMarkAMessage(t *testing.T) {
	w := newWorld(t)
	r, path := w.who[auth.Reviewer], "/case/"+w.id
	body := r.get(path).body
	seq := regexp.MustCompile(`action="` + path + `/mark"[^>]*>(?s:.*?)name="event" value="(\d+)"`).FindStringSubmatch(body)
	if seq == nil {
		t.Fatal("no message can be marked")
	}
	mark := func(stage string, want int) string {
		t.Helper()
		got := r.post(path, path+"/mark", url.Values{"event": {seq[1]}, "stage": {stage}})
		if got.status != want {
			t.Errorf("%q: %d, want %d", stage, got.status, want)
		}
		return r.get(path).body
	}
	if body = mark("S4", http.StatusSeeOther); !strings.Contains(body, "<strong>Secrecy</strong>") || !strings.Contains(body, "Said what a message shows") {
		t.Error("the page does not say what was said")
	}
	if !w.audited("case.marked", "case/"+w.id) {
		t.Error("not written down")
	}
	if body = mark("none", http.StatusSeeOther); !strings.Contains(body, "nothing: it is ordinary</strong>") {
		t.Error("the newest word does not count")
	}
	mark("S99", http.StatusUnprocessableEntity)
	if body = mark("", http.StatusSeeOther); strings.Contains(body, "<strong>Secrecy</strong>") || strings.Contains(body, "ordinary</strong>") {
		t.Error("taken back, and still said")
	}
	if got := r.post(path, path+"/mark", url.Values{"event": {"x"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("no message: %d", got.status)
	}
}
