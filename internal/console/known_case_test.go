package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// known opens a case about media of an account that are on a list: one picture by PDQ and one file by SHA-256, and a picture that no
// list has, all in one post.
func (b *bundle) known(key, subject string) (id string) {
	b.t.Helper()
	b.putBank(bank.New("hotline", "National hotline"), taxonomy.ModeEnforce, pdqOf("ff"), shaOf("a"))
	match := func(kind bank.Kind, n int, media string, hashes ...bank.Hash) detect.Match {
		m := detect.Match{
			Bank: "hotline", Name: "National hotline", Origin: "list.csv", Kind: string(kind), Classification: "B2", Picture: fmt.Sprint("p", n), Media: media,
		}
		if kind == bank.PDQ {
			m.Distance, m.Radius = 4, 31
		}
		for _, h := range hashes {
			m.Hashes = append(m.Hashes, string(h.Kind)+":"+h.Value)
		}
		return m
	}
	b.store(func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(b.t.Context(), b.now(), casefile.Matter{
			Key: key, Subject: subject, Typology: taxonomy.TypologyAbuseMaterial, Priority: taxonomy.P1, Queue: "media", At: b.now(),
			Signals: []detect.Signal{{
				Detector: "D18", Version: 1, Family: taxonomy.FamilyMedia, Typology: taxonomy.TypologyAbuseMaterial, Subject: subject, Strength: 3, Hard: true,
				At: b.now(), From: b.now(), Events: []uint64{50}, Times: 3,
				Matches: []detect.Match{match(bank.PDQ, 1, "m-1", pdqOf("fe")), match(bank.SHA256, 2, "m-2", shaOf("a"))},
			}},
		})
		id = c.Case
		return err
	})
	e := event.Event{Seq: 50, ID: "p1", Source: "/posts", Type: event.Type("post.published"), Time: b.now()}
	e.Data.Account = subject
	e.Data.Media = []event.Media{
		{ID: "m-1", Kind: "image", PDQ: pdqOf("fe").Value, PDQQuality: 90, Rated: true},
		{ID: "m-3", Kind: "image", PDQ: pdqOf("00").Value, PDQQuality: 90, Rated: true, SHA256: shaOf("c").Value},
	}
	b.out.events = append(b.out.events, e)
	return id
}

// finding is a form of a finding on a case as it stands.
func finding(p page, change ...string) url.Values {
	form := filled(p.body[strings.Index(p.body, `/dispose"`)-200:])
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	form.Set("reason", "it is on the list, and I looked")
	form.Set("policy", "child safety")
	form.Set("confidence", "high")
	return form
}

// live lists the hashes that a bank holds.
func (b *bundle) live(id string) (out []string) {
	b.t.Helper()
	list, err := b.deps.Banks.Entries(b.t.Context(), bank.Filter{Bank: id, State: bank.Live})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, e := range list {
		out = append(out, string(e.Kind)+":"+e.Value)
	}
	return out
}

func TestCaseOfKnownMaterial(t *testing.T) {
	b := setup(t)
	id := b.known("k", "acc-1")
	w := b.as(auth.Reviewer)
	body := w.get("/case/" + id).body
	for _, want := range []string{
		"Known material", "National hotline", "4 of 256 bits apart; up to 31 counts", `class="limit"`, "B2", "not a finding", "Posted 3 times", "m-1", "m-2",
		"No picture is shown here", "a match",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, `class="shown"`) || strings.Contains(body, "/contents") {
		t.Error("a picture is shown")
	}
	b.putBank(bank.ClearedBank(), taxonomy.ModeEnforce, pdqOf("fe"))
	if body := w.get("/case/" + id).body; !strings.Contains(body, "near, but vetoed") || !strings.Contains(body, "Vetoed by own-cleared: PDQ, 0 bits") {
		t.Error("the page does not say what vetoes it now")
	}
	list, err := b.deps.Banks.Entries(t.Context(), bank.Filter{Bank: "hotline", Kind: bank.SHA256})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.deps.Banks.Retire(t.Context(), "ada", "hotline", list[0].ID, "wrong file"); err != nil {
		t.Fatal(err)
	}
	if body := w.get("/case/" + id).body; !strings.Contains(body, "No bank has it any more") {
		t.Error("the page does not say that the entry is gone")
	}
	if body := b.as(auth.Legal).get("/case/" + id).body; strings.Contains(body, `id="material"`) {
		t.Error("who may not see banks is told of them")
	}
}

func TestConfirmingAddsToOwn(t *testing.T) {
	b := setup(t)
	id := b.known("k", "acc-1")
	w, lead := b.as(auth.Reviewer), b.as(auth.Lead)
	at := "/case/" + id
	w.post(at, at+"/claim", nil)
	p := w.get(at)
	for _, want := range []string{"2 hashes go into the own bank", pdqOf("fe").Value, "1 media that no list has", "m-3", "e50.1"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	if strings.Contains(p.body, `value="e50.0"`) {
		t.Error("a media that a list has is offered")
	}
	for name, tt := range map[string]struct {
		form url.Values
		says string
	}{
		"of another typology": {finding(p, "finding", "confirmed", "typology", "grooming", "banked", "e50.1"), "Only what is confirmed as abuse material"},
		"cleared":             {finding(p, "finding", "cleared", "banked", "e50.1"), "Only what is confirmed as abuse material"},
		"not in the case":     {finding(p, "finding", "confirmed", "typology", "abuse_material", "banked", "e99.0"), "not in the case any more"},
		"wrong and confirmed": {finding(p, "finding", "confirmed", "typology", "abuse_material", "wrong", "yes"), "Only what is cleared"},
	} {
		got := w.post(at, at+"/dispose", tt.form)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, tt.says) || !strings.Contains(got.body, "and I looked") {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := w.post(at, at+"/dispose", finding(p, "finding", "confirmed", "typology", "abuse_material", "banked", "e50.1")); got.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	want := []string{"pdq:" + pdqOf("fe").Value, "sha256:" + shaOf("a").Value, "sha256:" + shaOf("c").Value, "pdq:" + pdqOf("00").Value}
	if got := b.live(bank.OwnID); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("own holds %v", got)
	}
	closed := lead.get(at)
	for _, want := range []string{"4 hashes of this case stand in", "Opening the case again takes 4 hashes out", "2 hashes of media that no list had", "in this case"} {
		if !strings.Contains(closed.body, want) {
			t.Errorf("the closed case lacks %q", want)
		}
	}
	form := url.Values{"reason": {"look again"}, "seen": {fmt.Sprint(b.length(id))}}
	if got := lead.post(at, at+"/reopen", form); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if got := b.live(bank.OwnID); len(got) != 0 {
		t.Errorf("own holds %v of a case that is open again", got)
	}
}

func TestWronglyMatched(t *testing.T) {
	b := setup(t)
	id := b.known("k", "acc-1")
	w := b.as(auth.Reviewer)
	at := "/case/" + id
	w.post(at, at+"/claim", nil)
	if got := w.post(at, at+"/dispose", finding(w.get(at), "finding", "cleared", "wrong", "yes")); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if got := b.live(bank.ClearedID); len(got) != 2 {
		t.Errorf("own-cleared holds %v", got)
	}
	if body := w.get(at).body; !strings.Contains(body, "2 hashes of this case stand in") || !strings.Contains(body, "near, but vetoed") && !strings.Contains(body, "a person cleared it") {
		t.Error("the page does not say that it is kept from matching")
	}
}

// length is the length of the history of a case.
func (b *bundle) length(id string) int {
	b.t.Helper()
	c, _, err := b.deps.Desk.View(b.t.Context(), "test", id)
	if err != nil {
		b.t.Fatal(err)
	}
	return c.Events
}
