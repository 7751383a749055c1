package console_test

import (
	"bytes"
	"image/jpeg"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/auth"
	"haris/internal/evidence"
	"haris/internal/exposure"
	"haris/internal/report"
)

// TestViewingReachesTheReport goes from a file that a person adds to what the authority is told of who viewed it, by pages alone and
// without JavaScript.
func TestViewingReachesTheReport(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Reviewer)
	if body := w.get("/case/" + id).body; !strings.Contains(body, `/case/`+id+`/evidence"`) {
		t.Fatal("nothing on the case leads to its evidence")
	}
	list := "/case/" + id + "/evidence"
	got := w.file(list, upload{token: w.token(list), fields: [][2]string{{"media", "media-7"}}, name: "pattern.jpg", typ: "image/jpeg", contents: tagged(t)})
	if got.status != http.StatusSeeOther {
		t.Fatalf("add: %d\n%s", got.status, got.body)
	}
	items, err := b.vault.Manifest(t.Context(), id)
	if err != nil || len(items) != 1 || items[0].Origin.Media != "media-7" || items[0].CreatedBy != w.person.ID {
		t.Fatalf("%+v, %v", items, err)
	}
	item := items[0].ID
	at := "/evidence/" + item
	if body := w.get(list).body; !strings.Contains(body, "pattern.jpg") || strings.Contains(body, "<img class=\"shown\"") {
		t.Error("the list lacks the item, or shows it")
	}
	if p := w.get(at); p.status != http.StatusOK || source(p) != "" || !strings.Contains(p.body, "until you ask") {
		t.Errorf("the page of the item shows something before it is asked: %d", p.status)
	}
	// Nothing but the clear contents makes a viewing.
	preview, told := w.show(item, exposure.Blurred)
	likeness := w.get(source(w.get(preview)))
	if _, err := jpeg.Decode(strings.NewReader(likeness.body)); err != nil || strings.Contains(likeness.body, "Example") {
		t.Errorf("the likeness: %d, %v", likeness.status, err)
	}
	if got := w.post(at, at+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a word about a blurred likeness: %d", got.status)
	}
	clear, told := w.show(item, exposure.Clear)
	if got := w.post(at, at+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusConflict || !strings.Contains(got.body, "Not recorded") {
		t.Errorf("a word before anything was sent: %d", got.status)
	}
	if got := b.viewed(item); got != "" {
		t.Fatalf("viewed by %s before anything was sent", got)
	}
	if got := w.get(source(w.get(clear))); got.status != http.StatusOK || got.body != string(tagged(t)) {
		t.Fatalf("contents: %d, %d bytes", got.status, len(got.body))
	}
	if got := w.post(at, at+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusSeeOther {
		t.Fatalf("looked: %d\n%s", got.status, got.body)
	}
	panel, _ := w.show(item, exposure.Panel)
	if body := w.get(panel).body; !strings.Contains(body, "Make") || !strings.Contains(body, "Example") {
		t.Error("the panel lacks what the picture says of itself")
	}
	if got := b.viewed(item); got != w.person.ID+" and metadata" {
		t.Fatalf("viewed by %q", got)
	}
	if body := w.get(list).body; !strings.Contains(body, "Person reviewer") {
		t.Error("the list does not say who viewed it")
	}
	acts := b.acts("evidence/" + item)
	for _, want := range []string{"exposure.begun", "exposure.declared", "exposure.ended"} {
		if !slices.Contains(acts, want) {
			t.Errorf("acts %v lack %s", acts, want)
		}
	}
	if got := b.filedDetails(w, id, item); !strings.Contains(got, "<fileViewedByEsp>true</fileViewedByEsp><exifViewedByEsp>true</exifViewedByEsp>") {
		t.Errorf("the authority is told %s", got)
	}
}

// filedDetails files a report with an item and returns what the authority was told of it.
func (b *bundle) filedDetails(w *browser, id, item string) string {
	b.t.Helper()
	b.confirm(id)
	r, err := b.deps.Reports.Create(b.t.Context(), w.person.ID, id)
	if err != nil {
		b.t.Fatal(err)
	}
	e := r.Draft.Edit()
	e.IncidentType, e.TypeReason, e.Narrative = cybertip.IncidentEnticement, "An adult asks a child for secrecy.", "The account asked the child to keep it between them."
	e.Files[item] = report.FileEdit{Relevance: cybertip.RelevanceReported}
	if _, err := b.deps.Reports.Save(b.t.Context(), report.Act{Who: w.person.ID, Report: r.ID, Seen: r.Events}, e); err != nil {
		b.t.Fatal(err)
	}
	at := "/report/" + r.ID
	order := url.Values{"confirm": {"local"}}
	for _, m := range reading.FindAllStringSubmatch(w.get(at+"/preview").body, -1) {
		order.Set(m[1], m[2])
	}
	if got := w.post(at+"/preview", at+"/submit", order); got.status != http.StatusSeeOther {
		b.t.Fatalf("submit: %d\n%s", got.status, got.body)
	}
	for _, f := range b.file().Reports()[0].Files {
		if strings.Contains(string(f.Details), "pattern.jpg") {
			return strings.Join(strings.Fields(string(f.Details)), "")
		}
	}
	b.t.Fatal("the file was not sent")
	return ""
}

// TestServedBytesAreHarmless: what is served of evidence is never kept, never guessed at, and no page.
func TestServedBytesAreHarmless(t *testing.T) {
	w := newWorld(t)
	me := w.who[auth.Reviewer]
	clear, _ := me.show(w.item, exposure.Clear)
	blurred, _ := me.show(w.item, exposure.Blurred)
	for name, path := range map[string]string{"contents": source(me.get(clear)), "likeness": source(me.get(blurred))} {
		p := me.get(path)
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline", "Cross-Origin-Resource-Policy": "same-origin",
			"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
		} {
			if got := p.header.Get(header); p.status != http.StatusOK || got != want {
				t.Errorf("%s: %d, %s is %q, want %q", name, p.status, header, got, want)
			}
		}
		if got := p.header.Get("Content-Type"); !strings.HasPrefix(got, "image/") {
			t.Errorf("%s: %s", name, got)
		}
	}
	// A request for the head alone would be recorded as if the contents had been sent.
	r, err := me.http.Head(w.srv.URL + source(me.get(clear)))
	if got := me.read(r, err); got.status != http.StatusMethodNotAllowed {
		t.Errorf("head: %d", got.status)
	}
	w.srv.Close() // the lines of all requests are written
	if log := w.log.String(); !strings.Contains(log, "route=/evidence/{item}/contents") || strings.Contains(log, w.item) {
		t.Error("the log lacks the line, or names the item")
	}
}

// TestShowingIsOnePersons: the address of what one person is shown shows nothing to another, and nothing once it is over.
func TestShowingIsOnePersons(t *testing.T) {
	w := newWorld(t)
	me, other := w.who[auth.Reviewer], w.who[auth.Lead]
	at := "/evidence/" + w.item
	clear, told := me.show(w.item, exposure.Clear)
	contents := source(me.get(clear))
	if got := other.get(contents); got.status != http.StatusConflict || strings.Contains(got.body, "PNG") {
		t.Errorf("another person: %d", got.status)
	}
	if p := other.get(clear); source(p) != "" || !strings.Contains(p.body, "taken off it") {
		t.Error("another person is shown the page")
	}
	if got := other.post(at, at+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusConflict {
		t.Errorf("another person's word: %d", got.status)
	}
	if got := me.post(at, at+"/hide", url.Values{"showing": told["showing"], "leaving": {"yes"}}); got.status != http.StatusNoContent {
		t.Errorf("leaving the page: %d", got.status)
	}
	if got := me.get(contents); got.status != http.StatusConflict {
		t.Errorf("after it was taken off: %d", got.status)
	}
	if got := me.get(at + "/contents"); got.status != http.StatusConflict {
		t.Errorf("without a showing: %d", got.status)
	}
}

// TestShowingEndsWithTheRole: who may look at contents no longer is not shown what they asked for before.
func TestShowingEndsWithTheRole(t *testing.T) {
	w := newWorld(t)
	me := w.who[auth.Reviewer]
	item := w.addTo(w.id, "note.txt", []byte("a plain line of the note\n")).ID
	on, _ := me.show(item, exposure.Clear)
	if err := w.auth.SetRoles(t.Context(), "test", me.person.ID, []auth.Role{auth.Auditor}); err != nil {
		t.Fatal(err)
	}
	if p := me.get(on); p.status != http.StatusOK || strings.Contains(p.body, "plain line") {
		t.Errorf("%d, or the text is shown", p.status)
	}
	if n, err := w.showing.Progress(t.Context(), me.person.ID, item); err != nil || n != 0 {
		t.Errorf("%d bytes are recorded as shown, %v", n, err)
	}
}

// TestKnownIsNotShownAgain: a file that was viewed entire in another case is shown only on express wish.
func TestKnownIsNotShownAgain(t *testing.T) {
	w := newWorld(t)
	me, other := w.who[auth.Reviewer], w.who[auth.Lead]
	clear, told := other.show(w.item, exposure.Clear)
	other.get(source(other.get(clear)))
	if got := other.post("/evidence/"+w.item, "/evidence/"+w.item+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	twin := w.addTo(w.open("q", "acc-8", 1), "same.png", stripes(t, 64, 48)).ID
	at := "/evidence/" + twin
	if body := me.get(at).body; !strings.Contains(body, "It is known already") || !strings.Contains(body, "Person lead") {
		t.Error("the page does not say who viewed the identical file")
	}
	got := me.post(at, at+"/show", url.Values{"how": {"clear"}})
	if got.status != http.StatusConflict || source(got) != "" || !strings.Contains(got.body, "Show it all the same") {
		t.Fatalf("%d", got.status)
	}
	if got := me.post(at, at+"/show", url.Values{"how": {"clear"}, "again": {"yes"}, "why": {" "}}); got.status != http.StatusConflict || !strings.Contains(got.body, "Please fill this in") {
		t.Errorf("without a reason: %d", got.status)
	}
	if got := me.post(at, at+"/show", url.Values{"how": {"clear"}, "again": {"yes"}, "why": {"the report needs it"}}); got.status != http.StatusSeeOther {
		t.Errorf("all the same: %d", got.status)
	}
	if w.viewed(twin) != "" {
		t.Error("the viewing of one item counts for another")
	}
}

// TestLimitOfTheDay: at the limit the page proposes a break, until a lead who is another person lifts it or the day ends.
func TestLimitOfTheDay(t *testing.T) {
	w := newWorld(t)
	w.showing.Limits = exposure.Limits{Items: 1}
	me, lead := w.who[auth.Reviewer], w.who[auth.Lead]
	second := w.addTo(w.id, "second.png", stripes(t, 80, 60)).ID
	at := "/evidence/" + second
	me.show(w.item, exposure.Clear)
	body := me.get(at).body
	if !strings.Contains(body, "seen enough for today") || strings.Contains(body, `value="clear"`) || !strings.Contains(body, `value="blurred"`) {
		t.Error("the page does not propose a break, or offers the clear picture")
	}
	refused := func() bool {
		got := me.post(at, at+"/show", url.Values{"how": {"clear"}})
		return got.status == http.StatusConflict && strings.Contains(got.body, "seen enough for today")
	}
	if !refused() || !w.audited("exposure.refused", "evidence/"+second) {
		t.Fatal("the limit does not stop it, or leaves no trace")
	}
	lift := "/exposure/" + me.person.ID + "/lift"
	if body := lead.get("/exposure").body; !strings.Contains(body, "limit of the day is reached") || !strings.Contains(body, lift) {
		t.Error("the lead is not offered to lift it")
	}
	if body := w.who[auth.Auditor].get("/exposure").body; !strings.Contains(body, "Person reviewer") || strings.Contains(body, lift) {
		t.Error("the auditor does not see it, or may lift it")
	}
	if got := lead.post("/exposure", lift, nil); got.status != http.StatusUnprocessableEntity || !refused() {
		t.Errorf("without a reason: %d", got.status)
	}
	if got := lead.post("/exposure", "/exposure/"+lead.person.ID+"/lift", url.Values{"why": {"mine"}}); got.status != http.StatusConflict {
		t.Errorf("one's own limit: %d", got.status)
	}
	if got := lead.post("/exposure", lift, url.Values{"why": {"an urgent case"}}); got.status != http.StatusSeeOther || refused() {
		t.Errorf("lifted: %d", got.status)
	}
	if !w.audited("exposure.lifted", "person/"+me.person.ID) {
		t.Error("lifting leaves no trace")
	}
	w.pass(24 * time.Hour)
	me = w.as(auth.Reviewer) // sessions have ended meanwhile
	me.show(second, exposure.Clear)
	if p := me.get("/evidence/" + second); !strings.Contains(p.body, "seen enough for today") {
		t.Error("the limit of the next day does not count")
	}
}

// TestTextIsViewedToItsLastPage: every page counts, and the last one has the button.
func TestTextIsViewedToItsLastPage(t *testing.T) {
	w := newWorld(t)
	me := w.who[auth.Reviewer]
	long := strings.Repeat("keep this between us\n", 2000)
	item, err := w.vault.Seal(t.Context(), evidence.New{
		Case: w.id, Kind: evidence.KindTranscript, Name: "t.txt", MediaType: "text/plain; charset=utf-8", Who: "haris", Why: "test", Body: strings.NewReader("a line\n<script>\n" + long),
	})
	if err != nil {
		t.Fatal(err)
	}
	at := "/evidence/" + item.ID
	first, told := me.show(item.ID, exposure.Clear)
	p := me.get(first)
	if !strings.Contains(p.body, "Page 1 of 3") || strings.Contains(p.body, "looked at all") || strings.Contains(p.body, "<script>\nkeep") {
		t.Error("the first page is wrong, offers the statement, or hands on markup")
	}
	me.get(first + "&page=3")
	got := me.post(at, at+"/looked", url.Values{"showing": told["showing"]})
	if got.status != http.StatusConflict || !strings.Contains(got.body, "Not recorded") || strings.Contains(got.body, "between us") {
		t.Fatalf("a page is missing: %d", got.status)
	}
	r, err := me.http.Head(w.srv.URL + first + "&page=2") // nothing of it is sent, so nothing is recorded
	me.read(r, err)
	if got := me.post(at, at+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusConflict {
		t.Errorf("a page of which only the head was asked for: %d", got.status)
	}
	me.get(first + "&page=2")
	if p := me.get(first + "&page=3"); !strings.Contains(p.body, "looked at all") {
		t.Error("the last page lacks the statement")
	}
	if got := me.post(at, at+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusSeeOther || w.viewed(item.ID) != me.person.ID {
		t.Errorf("%d, viewed by %q", got.status, w.viewed(item.ID))
	}
	if p := me.get(first + "&page=4"); p.status != http.StatusConflict && p.status != http.StatusOK || strings.Contains(p.body, "between us") {
		t.Errorf("after the statement: %d", p.status)
	}
}

// TestSoundIsServedInParts: only all parts together make a viewing, and a range that is none is refused.
func TestSoundIsServedInParts(t *testing.T) {
	w := newWorld(t)
	me := w.who[auth.Reviewer]
	body := tone(1)
	item := w.addTo(w.id, "tone.wav", body).ID
	at := "/evidence/" + item
	on, told := me.show(item, exposure.Sound)
	from := source(me.get(on))
	half := me.part(from, "bytes=0-3999")
	if half.status != http.StatusPartialContent || half.header.Get("Content-Range") != "bytes 0-3999/8044" || half.body != string(body[:4000]) {
		t.Fatalf("%d, %v", half.status, half.header)
	}
	if got := me.post(at, at+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusConflict {
		t.Errorf("half of it: %d", got.status)
	}
	if got := me.part(from, "bytes=9000-"); got.status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("beyond the end: %d", got.status)
	}
	rest := me.part(from, "bytes=4000-")
	if rest.status != http.StatusPartialContent || !bytes.Equal([]byte(half.body+rest.body), body) {
		t.Errorf("the rest: %d", rest.status)
	}
	if got := me.post(at, at+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusSeeOther || w.viewed(item) != me.person.ID {
		t.Errorf("%d, viewed by %q", got.status, w.viewed(item))
	}
}

// TestWhatCannotBeShown says so and gives nothing away.
func TestWhatCannotBeShown(t *testing.T) {
	w := newWorld(t)
	me := w.who[auth.Reviewer]
	for name, body := range map[string]string{
		"page.html": "<!DOCTYPE html><script>alert(1)</script>", "drawing.svg": `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, "box.zip": "PK\x03\x04box",
	} {
		item := w.addTo(w.id, name, []byte(body)).ID
		if p := me.get("/evidence/" + item); !strings.Contains(p.body, "cannot be shown here") || strings.Contains(p.body, item+"/show") {
			t.Errorf("%s is offered", name)
		}
		if got := me.post("/queue", "/evidence/"+item+"/show", url.Values{"how": {"clear"}}); got.status != http.StatusConflict {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	huge := stripes(t, 8, 8)
	copy(huge[16:24], "\x00\x01\x00\x00\x00\x01\x00\x00") // says that it is 65,536 by 65,536
	item := w.addTo(w.id, "huge.png", huge).ID
	on, _ := me.show(item, exposure.Clear)
	if got := me.get(source(me.get(on))); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a picture that is too large: %d", got.status)
	}
	if got := me.get("/evidence/none"); got.status != http.StatusNotFound {
		t.Errorf("no such item: %d", got.status)
	}
	for role, want := range map[auth.Role]int{auth.Auditor: http.StatusOK, auth.Admin: http.StatusForbidden} {
		if p := w.who[role].get("/evidence/" + w.item); p.status != want || strings.Contains(p.body, w.item+"/show") {
			t.Errorf("%s: %d, or is offered the contents", role, p.status)
		}
	}
}

// TestDestroyedEvidence: what it was remains on its pages, and its contents cannot be had.
func TestDestroyedEvidence(t *testing.T) {
	w, id := furnished(t)
	me, item := w.as(auth.Reviewer), w.addTo(id, "stripes.png", stripes(t, 64, 48)).ID
	on, _ := me.show(item, exposure.Clear)
	contents := source(me.get(on))
	err := w.vault.DestroyFor(t.Context(), evidence.DestroyOrder{Who: "test", Why: "asked for", Case: id, Ground: evidence.Requested, Process: "process-1"})
	if err != nil {
		t.Fatal(err)
	}
	if got := me.get(contents); got.status != http.StatusGone || strings.Contains(got.body, "PNG") {
		t.Errorf("contents: %d", got.status)
	}
	for _, path := range []string{on, "/evidence/" + item} {
		if p := me.get(path); p.status != http.StatusOK || source(p) != "" || !strings.Contains(p.body, "key is destroyed") || strings.Contains(p.body, item+"/show") {
			t.Errorf("%s: %d, or something is offered", path, p.status)
		}
	}
	if p := me.get("/case/" + id + "/evidence"); !strings.Contains(p.body, "stripes.png") || strings.Contains(p.body, `type="file"`) {
		t.Error("the list lacks what was there, or takes a file")
	}
}
