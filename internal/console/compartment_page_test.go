package console_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/exposure"
	"haris/internal/lead"
	"haris/internal/process"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// shut is a console with a case in a closed compartment that has everything a case can have, and one case beside it.
type shut struct {
	*bundle
	id, report, item, process, mute, note string // of the case in the compartment
	other                                 string // a case in none
	compartment                           string
	inside, outside                       *browser
}

func newShut(t *testing.T, db *store.DB) *shut {
	t.Helper()
	s := &shut{bundle: setupOn(t, db)}
	ctx := t.Context()
	s.other = s.open("o", "acc-7", taxonomy.P1)
	m := matter("hid", "acc-hidden", taxonomy.P0)
	m.Queue, m.Labels = "vault", append(m.Labels, "europe")
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(ctx, s.now(), m)
		s.id = c.Case
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.deps.Reports.Create(ctx, "test", s.id)
	if err != nil {
		t.Fatal(err)
	}
	s.report, s.item = r.ID, s.addTo(s.id, "hidden-stripes.png", stripes(t, 64, 48)).ID
	p, err := s.deps.Legal.Receive(ctx, "test", process.Intake{
		Kind: process.Warrant, Agency: "Hidden Police", Officer: "Det. Hidden", Number: "W-hidden", Jurisdiction: "District Court", ReceivedAt: s.now(), Lang: "en",
		Scope: process.Scope{Accounts: []string{"acc-hidden"}, From: s.now().Add(-time.Hour), To: s.now(), Data: []process.Data{process.Messages}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.process = p.ID
	mute, err := s.deps.Mutes.Mute(ctx, casefile.Mute{Subject: "acc-hidden", Detector: "D1", Owner: "test", Reason: "hidden words", Ends: s.now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	s.mute = mute.ID
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		return tx.Looks().Draw(ctx, lead.Look{Case: s.id, N: 2, At: s.now(), First: "test", Finding: casefile.FindingCleared})
	})
	if err != nil {
		t.Fatal(err)
	}
	s.inside, s.outside = s.as(auth.Roles()...), s.as(auth.Roles()...)
	c, err := s.auth.PutCompartment(ctx, "test", auth.Compartment{Name: "Europe", Labels: []string{"europe"}, Closed: true})
	if err != nil {
		t.Fatal(err)
	}
	s.compartment = c.ID
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Coaching().Add(ctx, lead.Note{Case: s.id, Writer: s.inside.person.ID, Reader: s.outside.person.ID, Body: "hidden words", At: s.now()})
		s.note = n.ID
		return errors.Join(err, tx.Golden().Put(ctx, lead.Golden{
			Case: s.id, N: 2, First: "test", Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Why: "hidden words", By: s.inside.person.ID, At: s.now(),
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.auth.SetCompartments(ctx, "test", s.inside.person.ID, []string{c.ID}, false); err != nil {
		t.Fatal(err)
	}
	return s
}

// hidden are what no page for somebody outside may hold.
func (s *shut) hidden() []string {
	return []string{s.id, s.report, s.item, s.process, s.mute, s.note, "acc-hidden", "kid-hid", "hidden words", "W-hidden", "hidden-stripes"}
}

// aboutNoCase are the patterns that name things which belong to no case.
func aboutNoCase(pattern string) bool {
	for _, p := range []string{
		"/me/", "/queues/", "/exposure/", "/bank/", "/exchanges/", "/letter/", "/job/", "/person/", "/key/", "/access-review/", "/rules/", "/dashboard/", "/compartments/", "/{$}",
	} {
		if strings.HasPrefix(pattern, p) {
			return true
		}
	}
	return false
}

func (s *shut) path(pattern string) string {
	return strings.NewReplacer("/case/{id}", "/case/"+s.id, "/quality/{id}/{n}", "/quality/"+s.id+"/2", "/keeping/{id}", "/keeping/"+s.id, "/report/{id}", "/report/"+s.report,
		"/evidence/{item}", "/evidence/"+s.item, "/legal/{id}", "/legal/"+s.process, "/mute/{id}", "/mute/"+s.mute, "/quality/note/{id}", "/quality/note/"+s.note, "{action}", "A1", "{n}", "1").Replace(pattern)
}

// TestWhoIsOutsideOfACompartment walks every route: what belongs to the case is not there, and no other page holds anything of it.
func TestWhoIsOutsideOfACompartment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		s := newShut(t, e.New(t))
		for _, rt := range console.RouteTable() {
			if rt.Anyone || rt.Pattern == "/sign-out" {
				continue
			}
			name, path := rt.Method+" "+rt.Pattern, s.path(rt.Pattern)
			do := func(w *browser) page {
				if rt.Method == http.MethodGet {
					return w.get(path)
				}
				return w.post("/health", path, url.Values{"words": {s.id}, "case": {s.id}, "account": {"acc-hidden"}, "reason": {"x"}, "seen": {"1"}})
			}
			got := do(s.outside)
			echo := strings.NewReplacer(`value="`+path+`"`, "", `value="`+s.id+`"`, "", `value="acc-hidden"`, "") // what they themselves asked for
			leaks(t, name, page{body: echo.Replace(got.body) + got.header.Get("Location")}, s.hidden())
			if !strings.Contains(rt.Pattern, "{") || aboutNoCase(rt.Pattern) {
				continue
			}
			if got.status != http.StatusNotFound {
				t.Errorf("%s: %d from outside, want 404", name, got.status)
			}
			if in := s.inside.get(path); rt.Method == http.MethodGet && in.status == http.StatusNotFound && rt.Pattern != "/report/{id}/handover/{n}" && rt.Pattern != "/keeping/{id}/certificate" &&
				!strings.Contains(rt.Pattern, "/contents") && !strings.Contains(rt.Pattern, "/likeness") {
				t.Errorf("%s: 404 from inside: the test proves nothing", name)
			}
		}
		list := s.inside.get("/queue").body + s.inside.get("/report").body + s.inside.get("/legal").body + s.inside.get("/mute").body + s.inside.get("/quality").body + s.inside.get("/keeping").body
		for _, want := range []string{s.id, s.report, s.process, "hidden words"} {
			if !strings.Contains(list, want) {
				t.Errorf("no list shows %q to who is inside: the test proves nothing", want)
			}
		}
	})
}

func TestACompartmentHidesFromFindingAndNaming(t *testing.T) {
	s := newShut(t, storetest.SQLite(t))
	find := func(w *browser, words string) page {
		return w.post("/find", "/find", url.Values{"words": {words}})
	}
	if got := find(s.inside, s.id); got.header.Get("Location") != "/case/"+s.id {
		t.Errorf("from inside: %d", got.status)
	}
	if got := find(s.outside, s.id); got.header.Get("Location") != "" {
		t.Errorf("from outside: to %q", got.header.Get("Location"))
	}
	if got := find(s.outside, "acc-hidden"); strings.Contains(got.body, s.id) {
		t.Error("by its account the case is found from outside")
	}
	if _, err := s.deps.Desk.Note(t.Context(), review.Act{Who: "test", Case: s.id}, "unheard zebra"); err != nil {
		t.Fatal(err)
	}
	if got := find(s.inside, "unheard zebra"); !strings.Contains(got.body, s.id) {
		t.Error("its words do not find the case from inside: the test proves nothing")
	}
	if got := find(s.outside, "unheard zebra"); strings.Contains(got.body, s.id) || strings.Contains(got.body, "acc-hidden") {
		t.Error("its words find the case from outside")
	}
	if got := s.outside.post("/queue", "/queue/next", nil); got.header.Get("Location") != "/case/"+s.other {
		t.Errorf("the next case is %q, want the one beside", got.header.Get("Location"))
	}
	got := s.outside.post("/queue", "/case/"+s.other+"/merge", url.Values{"into": {s.id}, "reason": {"the same"}, "seen": {"2"}})
	if got.status != http.StatusUnprocessableEntity {
		t.Errorf("merging into it: %d", got.status)
	}
	c, _, err := s.deps.Desk.View(t.Context(), "test", s.other)
	if err != nil || c.Status == casefile.Merged {
		t.Errorf("%s, %v", c.Status, err)
	}
}

// TestAMergeDoesNotNameAHiddenCase: a case that went into a hidden one says so in its history, but not which.
func TestAMergeDoesNotNameAHiddenCase(t *testing.T) {
	s := newShut(t, storetest.SQLite(t))
	c, _, err := s.deps.Desk.View(t.Context(), "test", s.other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.deps.Arrange.Merge(t.Context(), review.Act{Who: s.inside.person.ID, Case: s.other, Seen: c.Events}, s.id, "one matter"); err != nil {
		t.Fatal(err)
	}
	if got := s.inside.get("/case/" + s.other).body; !strings.Contains(got, s.id+": one matter") {
		t.Error("the history does not name the case to who may see it")
	}
	got := s.outside.get("/case/" + s.other)
	if got.status != http.StatusOK || strings.Contains(got.body, s.id) || !strings.Contains(got.body, "a case of another compartment: one matter") {
		t.Errorf("%d: from outside the history names the case, or does not say that there is one", got.status)
	}
}

// TestWhatIsKnownElsewhereDoesNotNameAHiddenCase looks at identical contents in two cases, one of them hidden, which a person has found to be known.
func TestWhatIsKnownElsewhereDoesNotNameAHiddenCase(t *testing.T) {
	s := newShut(t, storetest.SQLite(t))
	same := s.addTo(s.other, "beside.png", stripes(t, 64, 48)).ID
	w := s.inside
	clear, told := w.show(s.item, exposure.Clear)
	w.get(source(w.get(clear)))
	if got := w.post("/evidence/"+s.item, "/evidence/"+s.item+"/looked", url.Values{"showing": told["showing"]}); got.status != http.StatusSeeOther {
		t.Fatalf("looked: %d", got.status)
	}
	in, out := w.get("/evidence/"+same).body, s.outside.get("/evidence/"+same).body
	if !strings.Contains(in, `href="/evidence/`+s.item+`"`) {
		t.Error("who sees both is not told where the contents were viewed: the test proves nothing")
	}
	leaks(t, "outside", page{body: out}, s.hidden())
	if !strings.Contains(out, "Person") {
		t.Error("that somebody has viewed the contents must stay")
	}
}

func TestPagesAboutAllCasesAreForWhoSeesAllOfThem(t *testing.T) {
	s := newShut(t, storetest.SQLite(t))
	for _, path := range []string{"/dashboard", "/dashboard/flow.csv", "/audit"} {
		if got := s.inside.get(path); got.status != http.StatusOK {
			t.Errorf("%s from inside: %d", path, got.status)
		}
		if got := s.outside.get(path); got.status != http.StatusForbidden || !strings.Contains(got.body, "all cases") {
			t.Errorf("%s from outside: %d", path, got.status)
		}
	}
	if looked := "Who has looked at this"; !strings.Contains(s.inside.get("/case/"+s.other).body, looked) || strings.Contains(s.outside.get("/case/"+s.other).body, looked) {
		t.Error("a case offers the log to whom it is refused, or does not to others")
	}
	for _, path := range []string{"/audit", "/audit.csv"} {
		form := url.Values{"noun": {"case"}, "id": {s.id}}
		if got := s.inside.post("/health", path, form); got.status != http.StatusOK {
			t.Errorf("POST %s from inside: %d", path, got.status)
		}
		if got := s.outside.post("/health", path, form); got.status != http.StatusForbidden || !strings.Contains(got.body, "all cases") {
			t.Errorf("POST %s from outside: %d", path, got.status)
		}
	}
	if strings.Contains(s.outside.get("/health").body, `href="/audit"`) || !strings.Contains(s.inside.get("/health").body, `href="/audit"`) {
		t.Error("the menu offers what is refused, or hides what is not")
	}
}

func TestACaseIsNotGivenToWhoDoesNotSeeIt(t *testing.T) {
	s := newShut(t, storetest.SQLite(t))
	body := s.inside.get("/case/" + s.id).body
	if strings.Contains(body, `value="`+s.outside.person.ID+`"`) || !strings.Contains(body, `value="`+s.inside.person.ID+`"`) {
		t.Error("the form offers somebody outside, or nobody")
	}
	got := s.inside.post("/case/"+s.id, "/case/"+s.id+"/assign", url.Values{"to": {s.outside.person.ID}, "reason": {"yours"}, "form": {"assign"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "in a compartment that they do not have") {
		t.Errorf("%d", got.status)
	}
	note := url.Values{"to": {s.outside.person.ID}, "body": {"look at the ages"}, "form": {"coach"}}
	if got := s.inside.post("/case/"+s.id, "/case/"+s.id+"/coach", note); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a note about the case to somebody outside: %d", got.status)
	}
	if got := s.inside.post("/case/"+s.other, "/case/"+s.other+"/coach", note); got.status != http.StatusSeeOther {
		t.Errorf("a note about the other case: %d", got.status)
	}
	if c, err := s.deps.Arrange.Assign(t.Context(), review.Act{Who: "test", Case: s.id}, s.inside.person.ID, ""); err != nil || c.Assignee != s.inside.person.ID {
		t.Errorf("to somebody inside: %v", err)
	}
}

func TestWhoIsConfinedSeesNothingElse(t *testing.T) {
	s := newShut(t, storetest.SQLite(t))
	admin := s.as(auth.Admin)
	set := func(form url.Values) {
		t.Helper()
		if got := admin.post("/person", "/person/"+s.inside.person.ID+"/compartments", form); got.status != http.StatusSeeOther {
			t.Fatalf("%d", got.status)
		}
	}
	sees := func(id string) bool { return s.inside.get("/case/"+id).status == http.StatusOK }
	if !sees(s.id) || !sees(s.other) {
		t.Error("who has the compartment and is not confined sees all")
	}
	set(url.Values{"compartment": {s.compartment}, "confined": {"1"}})
	if !sees(s.id) || sees(s.other) {
		t.Error("who is confined must see the case inside and not the other")
	}
	if body := s.inside.get("/queue").body; strings.Contains(body, s.other) || !strings.Contains(body, s.id) {
		t.Error("the queue shows the other case")
	}
	set(url.Values{"confined": {"1"}})
	if sees(s.id) || sees(s.other) {
		t.Error("who is confined to nothing must see nothing")
	}
	if body := s.inside.get("/person").body; !strings.Contains(body, "Confined") {
		t.Error("the page of the people does not say so")
	}
	if !s.audited("person.compartments_changed", "person/"+s.inside.person.ID) {
		t.Error("the audit log lacks it")
	}
}

func TestCompartmentPage(t *testing.T) {
	b := setup(t)
	w, reader := b.as(auth.Admin), b.as(auth.Auditor)
	add := func(form url.Values) page { return w.post("/compartments", "/compartments", form) }
	for name, form := range map[string]url.Values{
		"no name": {"queues": {"vault"}}, "no word": {"name": {"Nothing"}, "queues": {" \n "}}, "a long word": {"name": {"Long"}, "queues": {strings.Repeat("x", 101)}},
	} {
		if got := add(form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `class="mistake"`) {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := add(url.Values{"name": {"Vault"}, "queues": {"vault\r\nvault two"}, "closed": {"1"}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if got := add(url.Values{"name": {"Vault"}, "labels": {"x"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "has this name") {
		t.Errorf("the same name again: %d", got.status)
	}
	walls, err := b.auth.Walls(t.Context())
	if err != nil || len(walls.All) != 1 || len(walls.All[0].Queues) != 2 {
		t.Fatalf("%+v, %v", walls, err)
	}
	id := walls.All[0].ID
	if body := reader.get("/compartments").body; !strings.Contains(body, "vault two") || strings.Contains(body, `action="/compartments`) {
		t.Error("an auditor must see the compartments and no form")
	}
	if got := w.post("/compartments", "/compartments/"+id, url.Values{"name": {"Vault"}, "labels": {"europe"}}); got.status != http.StatusSeeOther {
		t.Errorf("change: %d", got.status)
	}
	if got := w.post("/compartments", "/compartments/"+id+"/remove", nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("removing without saying so: %d", got.status)
	}
	if got := w.post("/compartments", "/compartments/"+id+"/remove", url.Values{"confirm": {"1"}}); got.status != http.StatusSeeOther {
		t.Errorf("remove: %d", got.status)
	}
	for _, act := range []string{"compartment.added", "compartment.changed", "compartment.removed"} {
		if !b.audited(act, "compartment/"+id) {
			t.Errorf("the audit log lacks %s", act)
		}
	}
}
