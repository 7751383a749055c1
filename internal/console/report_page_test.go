package console_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/job"
	"haris/internal/report"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// said gives the reports what the test's timeline and accounts say.
type said struct{ *outside }

func (s said) Conversation(context.Context, casefile.Case) (report.Conversations, error) {
	return report.Conversations{Events: s.events}, s.fail
}

func (s said) Account(ctx context.Context, id string) (detect.Profile, []event.Event, error) {
	a, err := s.outside.Account(ctx, id)
	return a.Profile, nil, err
}

// reports is a report service on the test's database and vault.
func (b *bundle) reports() *report.Service {
	return &report.Service{
		Keeper: store.ReportKeeper(b.db), Vault: b.vault, Source: said{b.out}, Exposures: b.showing, Environment: cybertip.Local, Patience: report.Patience{Unfinished: 12 * time.Hour, Overdue: 24 * time.Hour}, Profile: cybertip.Profile202506, Now: b.now,
		Company: report.Company{Platform: "Example App", Reporter: report.Contact{FirstName: "Rana", LastName: "Reporter", Email: "safety@example.com"}},
	}
}

// file works off the jobs of reports against a local server.
func (b *bundle) file(faults ...cybertiptest.Fault) *cybertiptest.Server {
	b.t.Helper()
	server := cybertiptest.NewServer(cybertiptest.Options{Clock: b.now})
	for _, f := range faults {
		server.Inject(f)
	}
	web := httptest.NewServer(server)
	b.t.Cleanup(web.Close)
	s := b.deps.Reports.(*report.Service)
	client, err := cybertip.NewClient(cybertip.Options{
		Environment: cybertip.Local, BaseURL: web.URL + cybertiptest.BasePath, Username: cybertiptest.DefaultUser, Password: cybertiptest.DefaultPassword,
		Clock: b.now, Recorder: report.NewRecorder(s.Keeper),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	filer := report.NewFiler(report.FilerConfig{Keeper: s.Keeper, Vault: s.Vault, Client: client, Now: b.now, Random: func() float64 { return 0 }})
	for range 40 {
		var list []job.Job
		err := b.db.Write(b.t.Context(), func(tx *store.Tx) (err error) {
			list, err = tx.Jobs().Lease(b.t.Context(), b.now(), job.Want{Worker: "w", Kinds: report.JobKinds(), For: time.Minute, Limit: 1})
			return err
		})
		if err != nil {
			b.t.Fatal(err)
		}
		if len(list) == 0 {
			return server
		}
		o, err := filer.Handle(b.t.Context(), list[0])
		if err != nil {
			b.t.Fatal(err)
		}
		if err := b.db.Write(b.t.Context(), func(tx *store.Tx) error { return tx.Jobs().End(b.t.Context(), b.now(), list[0].ID, "w", o) }); err != nil {
			b.t.Fatal(err)
		}
	}
	b.t.Fatal("the jobs do not come to an end")
	return nil
}

// confirm closes the case of the world as confirmed.
func (b *bundle) confirm(id string) {
	b.t.Helper()
	act := func() review.Act {
		k, _, err := b.deps.Desk.View(b.t.Context(), "ada", id)
		if err != nil {
			b.t.Fatal(err)
		}
		return review.Act{Who: "ada", Case: id, Seen: k.Events}
	}
	if _, err := b.deps.Desk.Claim(b.t.Context(), act()); err != nil {
		b.t.Fatal(err)
	}
	_, err := b.deps.Judge.Dispose(b.t.Context(), act(), casefile.Disposition{
		Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Policy: "child safety", Reason: "secrecy", Confidence: "high",
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

var (
	field   = regexp.MustCompile(`<input[^>]*>|<textarea name="([^"]*)"[^>]*>([^<]*)</textarea>|<option value="([^"]*)" selected|<select name="([^"]*)"`)
	attr    = regexp.MustCompile(`(\w+)="([^"]*)"`)
	entity  = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&")
	reading = regexp.MustCompile(`name="(seen|sha256)" value="([^"]*)"`)
)

// filled reads a page's form as a browser would send it unchanged.
func filled(body string) url.Values {
	form := url.Values{}
	body = body[strings.Index(body, `class="stack"`):]
	body = body[:strings.Index(body, "</form>")]
	selecting := ""
	for _, m := range field.FindAllStringSubmatch(body, -1) {
		switch {
		case m[1] != "":
			form.Set(m[1], entity.Replace(m[2]))
		case m[4] != "":
			selecting = m[4]
		case strings.HasPrefix(m[0], "<option"):
			form.Set(selecting, entity.Replace(m[3]))
		default:
			a := map[string]string{}
			for _, x := range attr.FindAllStringSubmatch(m[0], -1) {
				a[x[1]] = entity.Replace(x[2])
			}
			if (a["type"] == "radio" || a["type"] == "checkbox") && !strings.Contains(m[0], " checked") {
				continue
			}
			form.Add(a["name"], a["value"])
		}
	}
	return form
}

// written is the form of a draft with everything that is required.
func written(body string) url.Values {
	f := filled(body)
	f.Set("incident_type", string(cybertip.IncidentEnticement))
	f.Set("type_reason", "An adult asks a child for secrecy.")
	f.Set("narrative", "The account asked the child to keep it between them.")
	return f
}

// TestReportJourney goes from the case to the receipt by the pages alone, without JavaScript.
func TestReportJourney(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Reviewer)
	if body := w.get("/case/" + id).body; !strings.Contains(body, `/case/`+id+`/report"`) {
		t.Fatal("nothing on the case leads to its reports")
	}
	list := "/case/" + id + "/report"
	if body := w.get(list).body; !strings.Contains(body, "No report yet") {
		t.Error("the empty list does not say so")
	}
	made := w.post(list, list, nil)
	at := made.header.Get("Location")
	if made.status != http.StatusSeeOther || !strings.HasPrefix(at, "/report/") {
		t.Fatalf("%d to %q", made.status, at)
	}
	draft := w.get(at).body
	if regexp.MustCompile(`name="incident_type"[^>]* checked`).MatchString(draft) || strings.Contains(draft, `name="annotation" value="sextortion" checked`) {
		t.Error("something is chosen before the person chose")
	}
	form := written(draft)
	form.Set("then", "preview")
	saved := w.post(at, at, form)
	if saved.status != http.StatusSeeOther || saved.header.Get("Location") != at+"/preview" {
		t.Fatalf("saved: %d to %q\n%s", saved.status, saved.header.Get("Location"), saved.body)
	}
	preview := w.get(at + "/preview").body
	for _, want := range []string{"Online Enticement", "asked the child to keep it between them", "local test server", "&lt;espIdentifier&gt;acc-1&lt;"} {
		if !strings.Contains(preview, want) {
			t.Errorf("the preview lacks %q", want)
		}
	}
	order := url.Values{}
	for _, m := range reading.FindAllStringSubmatch(preview, -1) {
		order.Set(m[1], m[2])
	}
	if got := w.post(at+"/preview", at+"/submit", order); got.status != http.StatusUnprocessableEntity {
		t.Errorf("without the confirmation: %d", got.status)
	}
	order.Set("confirm", "production")
	if got := w.post(at+"/preview", at+"/submit", order); got.status != http.StatusConflict {
		t.Errorf("another environment: %d", got.status)
	}
	order.Set("confirm", "local")
	if got := w.post(at+"/preview", at+"/submit", order); got.status != http.StatusConflict || !strings.Contains(got.body, "not confirmed") {
		t.Errorf("before the case is confirmed: %d", got.status)
	}
	b.confirm(id)
	if got := w.post(at+"/preview", at+"/submit", order); got.status != http.StatusSeeOther {
		t.Fatalf("submit: %d\n%s", got.status, got.body)
	}
	if body := w.get(at).body; !strings.Contains(body, "on its way") {
		t.Error("the page does not say that it is under way")
	}
	server := b.file()
	receipt := w.get(at).body
	filed := server.Reports()
	if len(filed) != 1 || filed[0].State != cybertiptest.StateFinished {
		t.Fatalf("server: %+v", filed)
	}
	for _, want := range []string{"7000001", filed[0].Files[0].ID, filed[0].Files[0].MD5, "reportDoneResponse", "<code>finish</code>", "Evidence preserved until"} {
		if !strings.Contains(receipt, want) {
			t.Errorf("the receipt lacks %q", want)
		}
	}
	if body := w.get(list).body; !strings.Contains(body, "7000001") || !strings.Contains(body, "Begin a report") {
		t.Error("the list does not show the report, or offers no second one")
	}
	if got := w.post("/queue", at, form); got.status != http.StatusConflict {
		t.Errorf("an edit of a filed report: %d", got.status)
	}
}

// TestNothingWrittenIsLost: what a person wrote comes back when it cannot be taken, or when another has saved meanwhile.
func TestNothingWrittenIsLost(t *testing.T) {
	w := newWorld(t)
	at, me := "/report/"+w.report, w.who[auth.Reviewer]
	mine := written(me.get(at).body)
	bad := url.Values{}
	for k, v := range mine {
		bad[k] = v
	}
	bad.Set("incident_at", "yesterday")
	got := me.post(at, at, bad)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "asked the child to keep it between them") || !strings.Contains(got.body, "give a date and time") {
		t.Errorf("a moment that is none: %d", got.status)
	}
	other := w.who[auth.Lead]
	if got := other.post(at, at, written(other.get(at).body)); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	got = me.post(at, at, mine)
	if got.status != http.StatusConflict || !strings.Contains(got.body, "asked the child to keep it between them") || !strings.Contains(got.body, "Somebody else saved") {
		t.Fatalf("after another saved: %d", got.status)
	}
	if got := me.post(at, at, filled(got.body)); got.status != http.StatusSeeOther {
		t.Errorf("and saved after all: %d", got.status)
	}
	foreign := written(me.get(at).body)
	foreign.Add("message", "424242")
	if got := me.post(at, at, foreign); got.status != http.StatusBadRequest {
		t.Errorf("a message of another case: %d", got.status)
	}
}

// TestReportForRoles: who may only read is offered nothing to change.
func TestReportForRoles(t *testing.T) {
	w := newWorld(t)
	at := "/report/" + w.report
	for _, path := range []string{at, at + "/preview", "/case/" + w.id + "/report"} {
		if got := w.who[auth.Admin].get(path); got.status != http.StatusForbidden {
			t.Errorf("admin, %s: %d", path, got.status)
		}
		got := w.who[auth.Auditor].get(path)
		if got.status != http.StatusOK {
			t.Errorf("auditor, %s: %d", path, got.status)
		}
		for _, form := range []string{at + "/submit", at + "/resolve", `name="then"`, "Begin a report"} {
			if strings.Contains(got.body, form) {
				t.Errorf("the auditor is offered %s on %s", form, path)
			}
		}
	}
	if !w.audited("report.viewed", "report/"+w.report) || !w.audited("report.previewed", "report/"+w.report) {
		t.Error("reading a report leaves no trace")
	}
	if body := w.who[auth.Reviewer].get(at + "/preview").body; strings.Contains(body, at+"/submit") || !strings.Contains(body, "cannot be sent as it is") {
		t.Error("an incomplete draft can be submitted")
	}
}

// TestHeldReport shows why, and takes a person's answer.
func TestHeldReport(t *testing.T) {
	w := newWorld(t)
	at, me := "/report/"+w.report, w.who[auth.Reviewer]
	w.confirm(w.id)
	if got := me.post(at, at, written(me.get(at).body)); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	order := url.Values{"confirm": {"local"}}
	for _, m := range reading.FindAllStringSubmatch(me.get(at+"/preview").body, -1) {
		order.Set(m[1], m[2])
	}
	if got := me.post(at+"/preview", at+"/submit", order); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	w.file(cybertiptest.Fault{Endpoint: cybertip.EndpointSubmit, Kind: cybertiptest.FaultCode, Code: cybertip.CodeInvalidRequest})
	page := me.get(at).body
	if !strings.Contains(page, "waits for a person") || !strings.Contains(page, at+"/resolve") || regexp.MustCompile(`name="way"[^>]* checked`).MatchString(page) {
		t.Fatal("the page does not ask the person, or answers for them")
	}
	answer := filled(page)
	if got := me.post(at, at+"/resolve", answer); got.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing chosen: %d", got.status)
	}
	answer.Set("way", string(report.Cancel))
	answer.Set("reason", "credentials are wrong")
	if got := me.post(at, at+"/resolve", answer); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	w.file()
	if body := me.get(at).body; !strings.Contains(body, ">cancelled<") || strings.Contains(body, at+"/resolve") {
		t.Error("it is not cancelled")
	}
}
