package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/taxonomy"
	"haris/internal/translate"
)

// interpreter is a translator that remembers what it was asked.
type interpreter struct {
	asked []string
	err   error
}

func (*interpreter) Host() string { return "translate.example.org" }

func (i *interpreter) Translate(_ context.Context, who, caseID, to string, texts []string) (out []translate.Text, err error) {
	i.asked = append(i.asked, who+" "+caseID+" "+to+" "+texts[0])
	for _, s := range texts {
		from := "es"
		if s == "hm" {
			from = "en"
		}
		out = append(out, translate.Text{Text: "<i>" + strings.ToUpper(s) + "</i>", From: from})
	}
	return out, i.err
}

func TestConversationIsTranslated(t *testing.T) {
	by := &interpreter{}
	b := setup(t)
	b.deps.Translate = by
	b.serve()
	id := b.open("k", "u-1", taxonomy.P1)
	b.conversation("u-1", "c-1")
	w := b.as(auth.Reviewer)
	if got := w.get("/case/" + id); !strings.Contains(got.body, `action="/case/`+id+`/translate"`) {
		t.Fatal("nothing offers a translation")
	}
	got := w.post("/case/"+id, "/case/"+id+"/translate", url.Values{"event": {"9"}})
	for _, want := range []string{"translate.example.org", "&lt;i&gt;LET US KEEP THIS BETWEEN US&lt;/i&gt;", "Let us keep this between us", "It is in this language.", `href="/case/` + id + `#e9"`} {
		if got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%d: the page lacks %q", got.status, want)
		}
	}
	if len(by.asked) != 1 || !strings.Contains(by.asked[0], id+" en ") {
		t.Errorf("asked %q", by.asked)
	}
	by.err = translate.ErrAnswer
	if got := w.post("/case/"+id, "/case/"+id+"/translate", url.Values{"event": {"9"}}); got.status != http.StatusBadGateway || !strings.Contains(got.body, "did not translate") || !strings.Contains(got.body, "Let us keep this between us") {
		t.Errorf("a server that fails: %d", got.status)
	}
	if strings.Contains(b.log.String(), "between us") {
		t.Error("the log has words of a message")
	}
	for name, form := range map[string]url.Values{"an event of another conversation": {"event": {"999"}}, "no number": {"event": {"x"}}} {
		if got := w.post("/case/"+id, "/case/"+id+"/translate", form); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := b.as(auth.Auditor).get("/case/" + id); strings.Contains(got.body, "/translate") {
		t.Error("an auditor is offered what they may not do")
	}
}

func TestNothingIsTranslatedUnlessSetUp(t *testing.T) {
	b := setup(t)
	id := b.open("k", "u-1", taxonomy.P1)
	b.conversation("u-1", "c-1")
	w := b.as(auth.Reviewer)
	if got := w.get("/case/" + id); strings.Contains(got.body, "/translate") {
		t.Error("a translation is offered that nobody makes")
	}
	if got := w.post("/case/"+id, "/case/"+id+"/translate", url.Values{"event": {"9"}}); got.status != http.StatusNotFound {
		t.Errorf("%d", got.status)
	}
}
