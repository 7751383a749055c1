package report_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/evidence"
	"haris/internal/report"
	"haris/internal/store"
)

// TestSubmitRefuses holds everything that stands between a draft and the authority.
func TestSubmitRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		finding casefile.Finding // empty: nobody has decided
		edit    func(*report.Edit)
		order   func(*desk, *report.Submission)
		want    error
	}{
		"by the software":   {casefile.FindingConfirmed, nil, func(_ *desk, o *report.Submission) { o.Who = casefile.Haris }, report.ErrPerson},
		"by a key":          {casefile.FindingConfirmed, nil, func(_ *desk, o *report.Submission) { o.Who = "key:k1" }, report.ErrPerson},
		"by nobody":         {casefile.FindingConfirmed, nil, func(_ *desk, o *report.Submission) { o.Who = "" }, report.ErrPerson},
		"nobody decided":    {"", nil, nil, report.ErrUnconfirmed},
		"not seen":          {casefile.FindingConfirmed, nil, func(_ *desk, o *report.Submission) { o.Seen-- }, report.ErrStale},
		"another preview":   {casefile.FindingConfirmed, nil, func(_ *desk, o *report.Submission) { o.SHA256 = strings.Repeat("0", 64) }, report.ErrStale},
		"no preview":        {casefile.FindingConfirmed, nil, func(_ *desk, o *report.Submission) { o.SHA256 = "" }, report.ErrStale},
		"other environment": {casefile.FindingConfirmed, nil, func(_ *desk, o *report.Submission) { o.Environment = cybertip.Production }, report.ErrEnvironment},
		"configuration has changed": {casefile.FindingConfirmed, nil, func(d *desk, _ *report.Submission) {
			d.service.Environment = cybertip.Test
		}, report.ErrEnvironment},
		"nothing configured": {casefile.FindingConfirmed, nil, func(d *desk, _ *report.Submission) { d.service.Environment = "" }, report.ErrEnvironment},
		"no such report":     {casefile.FindingConfirmed, nil, func(_ *desk, o *report.Submission) { o.Report = "none" }, report.ErrNotFound},
		"a read that failed": {casefile.FindingConfirmed, nil, func(d *desk, _ *report.Submission) { d.world.fail = errDown }, errDown},
		"no incident type":   {casefile.FindingConfirmed, func(e *report.Edit) { e.IncidentType = "" }, nil, &report.IncompleteError{}},
		"no reason of it":    {casefile.FindingConfirmed, func(e *report.Edit) { e.TypeReason = "" }, nil, &report.IncompleteError{}},
		"no narrative":       {casefile.FindingConfirmed, func(e *report.Edit) { e.Narrative = "" }, nil, &report.IncompleteError{}},
		"no time":            {casefile.FindingConfirmed, func(e *report.Edit) { e.IncidentAt = time.Time{} }, nil, &report.IncompleteError{}},
		"nobody in it":       {casefile.FindingConfirmed, func(e *report.Edit) { e.Parties = nil }, nil, &report.IncompleteError{}},
		"a blocking finding": {casefile.FindingConfirmed, func(e *report.Edit) { e.Reporter.Email = "not an address" }, nil, &report.IncompleteError{}},
		"two reported": {casefile.FindingConfirmed, func(e *report.Edit) {
			e.Parties["u2"] = report.PartyEdit{Role: report.RoleReported}
		}, nil, &report.IncompleteError{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := setup(t)
			if c.finding != "" {
				d.dispose(c.finding)
			}
			r := d.draft()
			e := written(r.Draft)
			if c.edit != nil {
				c.edit(&e)
			}
			r = d.save(r, e)
			o := d.order(r)
			if c.order != nil {
				c.order(d, &o)
			}
			_, err := d.service.Submit(t.Context(), o)
			var incomplete *report.IncompleteError
			if errors.As(c.want, &incomplete) {
				if !errors.As(err, &incomplete) || len(incomplete.Items)+len(incomplete.Findings) == 0 || incomplete.Error() == "" {
					t.Fatalf("error %v", err)
				}
			} else if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if got := d.get(r.ID); got.Status != report.Drafted || got.Events != r.Events || got.Filing != nil || d.waits() {
				t.Errorf("something was left: %s, %d events", got.Status, got.Events)
			}
			if slices.Contains(d.acts(), "ada report.submitted") {
				t.Error("the audit log says that it was submitted")
			}
		})
	}
}

// TestSubmitNeedsTheCaseConfirmed: a case that was cleared or opened again takes no report, whatever was drafted before.
func TestSubmitNeedsTheCaseConfirmed(t *testing.T) {
	d := setup(t)
	d.dispose(casefile.FindingConfirmed)
	r := d.draft()
	r = d.save(r, written(r.Draft))
	o := d.order(r)
	d.tell(casefile.Reopened, casefile.ReasonBody{Reason: "a new notice"})
	if _, err := d.service.Submit(t.Context(), o); !errors.Is(err, report.ErrUnconfirmed) {
		t.Errorf("open again: %v", err)
	}
	d.dispose(casefile.FindingCleared)
	if _, err := d.service.Submit(t.Context(), o); !errors.Is(err, report.ErrUnconfirmed) {
		t.Errorf("cleared: %v", err)
	}
	if _, err := d.service.Create(t.Context(), "ada", d.id); !errors.Is(err, casefile.ErrTransition) {
		t.Errorf("a draft about a cleared case: %v", err)
	}
}

func TestSubmitTwice(t *testing.T) {
	d := setup(t)
	d.dispose(casefile.FindingConfirmed)
	r := d.draft()
	r = d.save(r, written(r.Draft))
	o := d.order(r)
	if _, err := d.service.Submit(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if _, err := d.service.Submit(t.Context(), o); !errors.Is(err, report.ErrStale) {
		t.Errorf("again: %v", err)
	}
	o.Seen++
	if _, err := d.service.Submit(t.Context(), o); !errors.Is(err, report.ErrTransition) {
		t.Errorf("again, as it is now: %v", err)
	}
	if _, err := d.service.Save(t.Context(), report.Act{Who: "ada", Report: r.ID, Seen: o.Seen}, written(r.Draft)); !errors.Is(err, report.ErrTransition) {
		t.Errorf("an edit after it: %v", err)
	}
	d.work()
	if len(d.finished()) != 1 {
		t.Errorf("%d finished", len(d.finished()))
	}
}

// TestOnesOwnReasonIsTakenOver: who confirmed the case has said why it is what it is; for anybody else the field is empty.
func TestOnesOwnReasonIsTakenOver(t *testing.T) {
	d := setup(t)
	if r := d.draft(); r.Draft.TypeReason != "" {
		t.Errorf("nobody has decided, and the draft says %q", r.Draft.TypeReason)
	}
	d.dispose(casefile.FindingConfirmed)
	if r := d.draft(); r.Draft.TypeReason != "he asks for secrecy" {
		t.Errorf("the draft of who decided says %q", r.Draft.TypeReason)
	}
	r, err := d.service.Create(t.Context(), "ben", d.id)
	if err != nil || r.Draft.TypeReason != "" {
		t.Errorf("somebody else's draft says %q, %v", r.Draft.TypeReason, err)
	}
}

func TestCreateSealsTranscripts(t *testing.T) {
	d := setup(t)
	if _, err := d.service.Create(t.Context(), casefile.Haris, d.id); !errors.Is(err, report.ErrPerson) {
		t.Errorf("by the software: %v", err)
	}
	if _, err := d.service.Create(t.Context(), "ada", "none"); !errors.Is(err, casefile.ErrNotFound) {
		t.Errorf("of no case: %v", err)
	}
	r := d.draft()
	if len(r.Draft.Files) != 2 || r.Environment != cybertip.Local || r.Subject != "u1" {
		t.Fatalf("%+v", r.Draft.Files)
	}
	sealed := len(d.items())
	again := d.draft()
	if len(d.items()) != sealed || len(again.Draft.Files) != 2 || again.ID == r.ID {
		t.Errorf("%d items after a second draft, had %d", len(d.items()), sealed)
	}
	d.world.events = append(d.world.events, message(6, "u1", "kid", "Come on"))
	if more := d.draft(); len(more.Draft.Files) != 4 {
		t.Errorf("a longer conversation is not sealed anew: %d files", len(more.Draft.Files))
	}
}

func (d *desk) items() (out []evidence.Item) {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		out, err = tx.Evidence().Items(d.Context(), d.id)
		return err
	})
	return out
}

// TestSubmitSealsWhatCameSince: evidence that was not sealed when the draft was made is sealed before anything leaves, and what is
// sent stays what was seen.
func TestSubmitSealsWhatCameSince(t *testing.T) {
	d := setup(t)
	d.dispose(casefile.FindingConfirmed)
	r := d.draft()
	r = d.save(r, written(r.Draft))
	before := len(d.items())
	d.world.events = append(d.world.events, message(6, "u1", "kid", "Come on"))
	if _, err := d.service.Submit(t.Context(), d.order(r)); err != nil {
		t.Fatal(err)
	}
	if n := len(d.items()); n != before+2 {
		t.Errorf("%d items, had %d", n, before)
	}
	d.work()
	if doc := string(d.finished()[0].Document); strings.Contains(doc, "Come on") {
		t.Error("something was sent that nobody has seen")
	}
}

func TestSubmitNeedsEvidence(t *testing.T) {
	d := setup(t)
	d.world.events = nil
	d.dispose(casefile.FindingConfirmed)
	r := d.draft()
	e := written(r.Draft)
	e.IncidentAt = d.now.Add(-time.Hour)
	r = d.save(r, e)
	if _, err := d.service.Submit(t.Context(), d.order(r)); err == nil || !strings.Contains(err.Error(), "nothing is sealed") {
		t.Errorf("the log has lost what the case rests on, and it is filed: %v", err)
	}
}

func TestSave(t *testing.T) {
	d := setup(t)
	r := d.draft()
	for name, c := range map[string]struct {
		a    report.Act
		want error
	}{
		"by the software": {report.Act{Who: casefile.Haris, Report: r.ID, Seen: 1}, report.ErrPerson},
		"not as it is":    {report.Act{Who: "ada", Report: r.ID, Seen: 2}, report.ErrStale},
		"nothing seen":    {report.Act{Who: "ada", Report: r.ID}, report.ErrStale},
		"no such report":  {report.Act{Who: "ada", Report: "none", Seen: 1}, report.ErrNotFound},
	} {
		if _, err := d.service.Save(t.Context(), c.a, written(r.Draft)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	saved := d.save(r, written(r.Draft))
	if saved.Events != 2 || d.get(r.ID).Draft.Narrative != written(r.Draft).Narrative {
		t.Errorf("%+v", saved)
	}
	if _, err := d.service.Save(t.Context(), report.Act{Who: "bea", Report: r.ID, Seen: 1}, asIs(r.Draft)); !errors.Is(err, report.ErrStale) {
		t.Errorf("over what another has written: %v", err)
	}
}

func TestDiscardADraft(t *testing.T) {
	d := setup(t)
	r := d.draft()
	o := report.Resolution{Act: report.Act{Who: "ada", Report: r.ID, Seen: r.Events}, Way: report.Release, Reason: "a mistake"}
	if _, err := d.service.Resolve(t.Context(), o); !errors.Is(err, report.ErrTransition) {
		t.Errorf("a draft was taken on: %v", err)
	}
	for name, change := range map[string]func(*report.Resolution){
		"no reason": func(o *report.Resolution) { o.Reason = " " },
		"no way":    func(o *report.Resolution) { o.Way = "" },
	} {
		bad := o
		change(&bad)
		if _, err := d.service.Resolve(t.Context(), bad); !errors.Is(err, report.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.Way = report.Cancel
	got, err := d.service.Resolve(t.Context(), o)
	if err != nil || got.Status != report.Cancelled || got.Why != "a mistake" || got.EndedAt.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	d.work()
	if len(d.server.Calls()) != 0 {
		t.Error("something was sent")
	}
}

// TestViewings come from the log of exposures at the time of sending, and a report says nothing without that log.
func TestViewings(t *testing.T) {
	d := setup(t)
	d.dispose(casefile.FindingConfirmed)
	r := d.draft()
	e := written(r.Draft)
	item := ""
	for i := range e.Files {
		item = i
	}
	r = d.save(r, e)
	preview := d.order(r)
	d.world.viewed[item] = report.Views{Entire: &report.Viewing{Who: "ada", At: d.now}}
	if d.order(r).SHA256 == preview.SHA256 {
		t.Fatal("a new record does not change what would be sent")
	}
	if _, err := d.service.Submit(t.Context(), preview); !errors.Is(err, report.ErrStale) {
		t.Errorf("a preview from before the record: %v", err)
	}
	if _, err := d.service.Submit(t.Context(), d.order(r)); err != nil {
		t.Fatal(err)
	}
	d.work()
	if s := string(d.finished()[0].Files[0].Details); !strings.Contains(s, "<fileViewedByEsp>true</fileViewedByEsp>") {
		t.Errorf("description %s", s)
	}
	d.service.Exposures = nil
	second := d.draft()
	for _, f := range second.Draft.Files {
		if f.Viewed != nil {
			t.Error("viewed without a log")
		}
	}
}

// TestReadsLeaveATrace and tell what there is.
func TestReadsLeaveATrace(t *testing.T) {
	d := setup(t)
	r := d.draft()
	list, err := d.service.List(t.Context(), "bea", report.Filter{Case: d.id})
	if err != nil || len(list) != 1 || list[0].ID != r.ID {
		t.Fatalf("%+v, %v", list, err)
	}
	v, err := d.service.View(t.Context(), "bea", r.ID)
	if err != nil || len(v.History) != 1 || len(v.Items) == 0 || len(cybertip.Blocking(v.Findings)) == 0 {
		t.Fatalf("%+v, %v", v, err)
	}
	complete, findings, err := d.service.Check(t.Context(), r.ID)
	if err != nil || len(complete.Items) != len(v.Items) || len(findings) != len(v.Findings) {
		t.Errorf("%d items, %d findings, %v", len(complete.Items), len(findings), err)
	}
	if acts := d.acts(); !slices.Contains(acts, "bea report.listed") || !slices.Contains(acts, "bea report.viewed") {
		t.Errorf("acts %v", acts)
	}
	for name, err := range map[string]error{
		"view":    second(d.service.View(t.Context(), "bea", "none")),
		"preview": second(d.service.Preview(t.Context(), "bea", "none")),
		"get":     second(d.service.Get(t.Context(), "none")),
	} {
		if !errors.Is(err, report.ErrNotFound) {
			t.Errorf("%s of none: %v", name, err)
		}
	}
	if _, err := d.service.List(t.Context(), "bea", report.Filter{Case: "none"}); !errors.Is(err, casefile.ErrNotFound) {
		t.Errorf("list of no case: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestAFailedReadIsNotNothing: a source that fails gives no draft.
func TestAFailedReadIsNotNothing(t *testing.T) {
	d := setup(t)
	d.world.fail = errDown
	if _, err := d.service.Create(t.Context(), "ada", d.id); !errors.Is(err, errDown) {
		t.Errorf("%v", err)
	}
	if list, err := d.service.List(t.Context(), "ada", report.Filter{Case: d.id}); err != nil || len(list) != 0 {
		t.Errorf("a draft was made: %+v, %v", list, err)
	}
}

func TestTransitions(t *testing.T) {
	people := []report.EventKind{report.WasDrafted, report.WasSaved, report.WasSubmitted, report.WasResumed, report.WasApproved, report.WasDisapproved, report.WasHandedOver, report.WasWithdrawn}
	from := map[report.Status][]report.EventKind{
		"":                {report.WasDrafted},
		report.Drafted:    {report.WasSaved, report.WasSubmitted, report.WasCancelled, report.WasApproved, report.WasDisapproved, report.WasHandedOver},
		report.Submitting: {report.Sending, report.Answered, report.WasHeld, report.GaveUp, report.WasFiled, report.WasCancelled, report.WasHandedOver, report.WasWithdrawn},
		report.Held:       {report.WasResumed, report.WasHandedOver, report.WasWithdrawn},
		report.Failed:     {report.WasResumed, report.WasHandedOver, report.WasWithdrawn},
		report.Filed:      {report.WasPreserved, report.WasHandedOver},
		report.Cancelled:  {report.WasHandedOver},
	}
	if len(from) != len(report.Statuses())+1 {
		t.Error("a status is missing here")
	}
	for status, kinds := range from {
		for _, k := range report.EventKinds() {
			r := report.Report{Status: status}
			person, software := report.Allowed(&r, k, "ada"), report.Allowed(&r, k, casefile.Haris)
			byPerson := slices.Contains(people, k) || (k == report.WasCancelled && status == report.Drafted)
			switch {
			case !slices.Contains(kinds, k):
				if person == nil || software == nil {
					t.Errorf("%s in %q is allowed", k, status)
				}
			case byPerson && (person != nil || !errors.Is(software, report.ErrPerson)):
				t.Errorf("%s in %q: person %v, software %v", k, status, person, software)
			case !byPerson && (person == nil || software != nil):
				t.Errorf("%s in %q: person %v, software %v", k, status, person, software)
			}
		}
	}
}
