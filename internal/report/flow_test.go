package report_test

import (
	"context"
	"crypto/md5" // NCMEC answers uploads with it
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
	"haris/internal/casefile"
	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/report"
	"haris/internal/store"
)

// TestFromDraftToReceipt walks the whole way and looks at what every part knows in the end.
func TestFromDraftToReceipt(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	preview, err := d.service.Preview(t.Context(), "ada", r.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.work()
	r = d.get(r.ID)
	got := d.finished()
	if r.Status != report.Filed || len(got) != 1 || len(d.server.Reports()) != 1 || r.Number != got[0].ID {
		t.Fatalf("%s %q, server has %+v", r.Status, r.Why, d.server.Reports())
	}
	if string(got[0].Document) != string(preview.Documents.XML) {
		t.Error("what was sent is not what the preview showed")
	}
	files := slices.DeleteFunc(slices.Clone(r.Draft.Files), func(f report.File) bool { return !f.Chosen })
	if len(files) != 1 || len(got[0].Files) != 1 || got[0].Files[0].MD5 != files[0].MD5 || got[0].Files[0].Name != files[0].Name {
		t.Fatalf("chosen %+v, uploaded %+v", files, got[0].Files)
	}
	sum := md5.Sum(got[0].Files[0].Content)
	if hex.EncodeToString(sum[:]) != files[0].MD5 || !strings.Contains(string(got[0].Files[0].Content), "Let us keep this between us") {
		t.Error("the transcript is not what arrived")
	}
	if details := string(got[0].Files[0].Details); !strings.Contains(details, "Supplemental Reported") || strings.Contains(details, "fileViewedByEsp") {
		t.Errorf("the description is %s", details)
	}
	receipt := r.Receipt()
	if receipt.ReportID != r.Number || !receipt.FilesConfirmed || !strings.Contains(string(receipt.Response), "reportDoneResponse") {
		t.Errorf("receipt %+v", receipt)
	}
	d.checkCalls(r.ID, "submit", "upload", "fileinfo", "finish")
	_, kinds := d.getCase()
	if !slices.Equal(kinds[len(kinds)-3:], []casefile.EventKind{casefile.ReportDrafted, casefile.ReportSubmitted, casefile.ReportFiled}) {
		t.Errorf("the case tells %v", kinds)
	}
	d.checkPreserved(r)
	want := []string{
		"ada report.drafted", "ada report.saved", "ada report.previewed", "ada report.submitted", "ada report.previewed", "haris report.filed", "haris report.preserved",
		"bea report.viewed",
	}
	d.disclosed()
	if diff := cmp.Diff(want, d.acts()); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

// checkCalls expects exactly these exchanges, each with its request and answer.
func (d *desk) checkCalls(id string, want ...string) {
	d.Helper()
	v, err := d.service.View(context.WithoutCancel(d.Context()), "bea", id)
	if err != nil {
		d.Fatal(err)
	}
	var got []string
	for _, c := range v.Calls {
		got = append(got, string(c.Endpoint))
		if c.RequestID == "" || c.HTTPStatus != 200 || len(c.Response) == 0 || len(c.RequestSHA256) != 64 || (c.Request == nil) != (c.Endpoint == cybertip.EndpointUpload) {
			d.Errorf("call %+v", c)
		}
	}
	if !slices.Equal(got, want) {
		d.Errorf("calls %v, want %v", got, want)
	}
}

// checkPreserved expects the hold of one year, and what was filed among the evidence.
func (d *desk) checkPreserved(r report.Report) {
	d.Helper()
	until := r.Receipt().At.AddDate(1, 0, 0)
	d.write(func(tx *store.Tx) error {
		holds, err := tx.Evidence().Holds(d.Context(), d.id)
		if err != nil {
			return err
		}
		if len(holds) != 1 || holds[0].Kind != evidence.Preservation || !holds[0].Until.Equal(until.Truncate(time.Millisecond)) {
			d.Errorf("holds %+v, want until %s", holds, until)
		}
		items, err := tx.Evidence().Items(d.Context(), d.id)
		kept := 0
		for _, i := range items {
			if i.Kind == evidence.KindReport && strings.Contains(i.Name, fmt.Sprint(r.Number)) {
				kept++
			}
		}
		if kept != 2 {
			d.Errorf("%d of report and receipt are sealed", kept)
		}
		return err
	})
	if !r.PreservedUntil.Equal(until.Truncate(time.Millisecond)) {
		d.Errorf("preserved until %s", r.PreservedUntil)
	}
	if err := d.vault.Destroy(d.Context(), "ada", "retention", d.id); !errors.Is(err, evidence.ErrHeld) {
		d.Errorf("the evidence can be destroyed: %v", err)
	}
}

// TestFaults lets the server fail in every way at every endpoint. Whatever happens, one report is finished, or a person is asked.
func TestFaults(t *testing.T) {
	kinds := map[string]cybertiptest.Fault{
		"drop":                  {Kind: cybertiptest.FaultDrop},
		"drop after the effect": {Kind: cybertiptest.FaultDrop, Commit: true},
		"502":                   {Kind: cybertiptest.FaultHTML, Times: 2},
		"500 after the effect":  {Kind: cybertiptest.FaultHTML, Status: 500, Commit: true},
		"code 1000":             {Kind: cybertiptest.FaultCode},
		"garbage":               {Kind: cybertiptest.FaultGarbage, Commit: true},
		"empty 401":             {Kind: cybertiptest.FaultEmpty401},
		"wrong md5":             {Kind: cybertiptest.FaultWrongMD5},
	}
	for _, e := range []cybertip.Endpoint{cybertip.EndpointSubmit, cybertip.EndpointUpload, cybertip.EndpointFileInfo, cybertip.EndpointFinish} {
		for name, f := range kinds {
			t.Run(string(e)+", "+name, func(t *testing.T) {
				d := setup(t)
				r := d.submitted()
				f.Endpoint = e
				d.server.Inject(f)
				d.work()
				if r = d.get(r.ID); r.Status == report.Held {
					if f.Kind != cybertiptest.FaultEmpty401 {
						t.Fatalf("held: %s", r.Why)
					}
					if n := len(d.finished()); n != 0 {
						t.Fatalf("%d finished reports while a person is asked", n)
					}
					r = d.resolve(r, report.Redo)
					d.work()
					r = d.get(r.ID)
				}
				if r.Status != report.Filed || len(d.finished()) != 1 || d.finished()[0].ID != r.Number || len(d.finished()[0].Files) != 1 {
					t.Errorf("%s %q, server %+v", r.Status, r.Why, d.server.Reports())
				}
			})
		}
	}
}

func (d *desk) resolve(r report.Report, w report.Way) report.Report {
	d.Helper()
	r, err := d.service.Resolve(d.Context(), report.Resolution{Act: report.Act{Who: "bea", Report: r.ID, Seen: r.Events}, Way: w, Reason: "looked at it"})
	if err != nil {
		d.Fatal(err)
	}
	return r
}

// TestHeld asks a person, and does what the person says.
func TestHeld(t *testing.T) {
	for way, want := range map[report.Way]report.Status{report.Release: report.Filed, report.Redo: report.Filed, report.Cancel: report.Cancelled} {
		t.Run(string(way), func(t *testing.T) {
			d := setup(t)
			r := d.submitted()
			d.server.Inject(cybertiptest.Fault{Endpoint: cybertip.EndpointFileInfo, Kind: cybertiptest.FaultCode, Code: cybertip.CodeInvalidRequest})
			d.work()
			if r = d.get(r.ID); r.Status != report.Held || r.Why == "" || len(d.finished()) != 0 {
				t.Fatalf("%s %q", r.Status, r.Why)
			}
			if _, err := d.service.Resolve(t.Context(), report.Resolution{Act: report.Act{Who: "haris", Report: r.ID, Seen: r.Events}, Way: way, Reason: "x"}); !errors.Is(err, report.ErrPerson) {
				t.Errorf("answered by the software: %v", err)
			}
			d.resolve(r, way)
			d.work()
			r = d.get(r.ID)
			finished := 0
			if want == report.Filed {
				finished = 1
			}
			if r.Status != want || len(d.finished()) != finished {
				t.Errorf("%s %q, want %s; %d finished", r.Status, r.Why, want, len(d.finished()))
			}
			for _, s := range d.server.Reports() {
				if s.State == cybertiptest.StateOpen {
					t.Errorf("report %d was left open", s.ID)
				}
			}
		})
	}
}

func TestGivesUpAndIsTakenOn(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	d.server.Inject(cybertiptest.Fault{Kind: cybertiptest.FaultHTML, Times: -1})
	d.work()
	if r = d.get(r.ID); r.Status != report.Failed || r.Why == "" {
		t.Fatalf("%s %q", r.Status, r.Why)
	}
	d.write(func(tx *store.Tx) error {
		dead, err := tx.Jobs().List(t.Context(), report.JobStep, job.Dead, 0)
		if len(dead) != 1 || dead[0].LastError == "" {
			t.Errorf("dead jobs %+v", dead)
		}
		return err
	})
	d.server.ClearFaults()
	d.resolve(r, report.Release)
	d.work()
	if r = d.get(r.ID); r.Status != report.Filed || len(d.finished()) != 1 {
		t.Errorf("%s %q", r.Status, r.Why)
	}
}

// TestNeverCrossesEnvironments starts a process for another environment while a report is on its way.
func TestNeverCrossesEnvironments(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	client, err := cybertip.NewClient(cybertip.Options{Environment: cybertip.Production, Username: "u", Password: "p", Clock: d.clock})
	if err != nil {
		t.Fatal(err)
	}
	d.filer = report.NewFiler(report.FilerConfig{Keeper: d.keeper, Vault: d.vault, Client: client, Now: d.clock, Random: func() float64 { return 0 }})
	d.work()
	if r = d.get(r.ID); r.Status != report.Failed || !strings.Contains(r.Why, "production") || len(d.server.Calls()) != 0 {
		t.Errorf("%s %q", r.Status, r.Why)
	}
}

func TestWaitsForCredentials(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	d.filer = report.NewFiler(report.FilerConfig{Keeper: d.keeper, Vault: d.vault, Now: d.clock, Random: func() float64 { return 0 }})
	o, ok, err := d.pass()
	if err != nil || !ok || o.State != job.Queued || !o.Snooze || !strings.Contains(o.Error, "credentials") {
		t.Errorf("%+v, %v", o, err)
	}
	if r = d.get(r.ID); r.Status != report.Submitting {
		t.Errorf("%s", r.Status)
	}
	d.restart()
	d.work()
	if r = d.get(r.ID); r.Status != report.Filed {
		t.Errorf("%s %q", r.Status, r.Why)
	}
}

// TestVaultAway retries an upload whose file cannot be opened.
func TestVaultAway(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	whole := d.filer
	d.restart()
	client, err := cybertip.NewClient(cybertip.Options{
		Environment: cybertip.Local, BaseURL: d.web.URL + cybertiptest.BasePath, Username: cybertiptest.DefaultUser,
		Password: cybertiptest.DefaultPassword, Clock: d.clock, Recorder: report.NewRecorder(d.keeper),
	})
	if err != nil {
		t.Fatal(err)
	}
	d.filer = report.NewFiler(report.FilerConfig{Keeper: d.keeper, Vault: brokenVault{d.vault}, Client: client, Now: d.clock, Random: func() float64 { return 0 }})
	for range 4 {
		if _, _, err := d.pass(); err != nil {
			t.Fatal(err)
		}
		d.now = d.now.Add(time.Minute)
	}
	if r = d.get(r.ID); r.Status != report.Submitting || r.Filing.Failures == 0 || len(d.server.Reports()) != 1 {
		t.Fatalf("%s, %d failures, %d reports", r.Status, r.Filing.Failures, len(d.server.Reports()))
	}
	d.filer = whole
	d.work()
	if r = d.get(r.ID); r.Status != report.Filed || len(d.finished()) != 1 {
		t.Errorf("%s %q", r.Status, r.Why)
	}
}

// TestSecondReport files two reports about one account; the second names the first, and a held case stays held for longer.
func TestSecondReport(t *testing.T) {
	d := setup(t)
	first := d.submitted()
	d.work()
	first = d.get(first.ID)
	d.now = d.now.Add(24 * time.Hour)
	second := d.draft()
	if p := second.Draft.Parties[0]; !slices.Equal(p.Prior, []int64{first.Number}) {
		t.Fatalf("prior reports %v, want %d", p.Prior, first.Number)
	}
	e := written(second.Draft)
	e.Narrative += " He wrote again the day after."
	second = d.save(second, e)
	if _, err := d.service.Submit(t.Context(), d.order(second)); err != nil {
		t.Fatal(err)
	}
	d.work()
	second = d.get(second.ID)
	if second.Status != report.Filed || len(d.finished()) != 2 {
		t.Fatalf("%s %q", second.Status, second.Why)
	}
	if doc := string(d.finished()[1].Document); !strings.Contains(doc, fmt.Sprintf("<priorCTReports>%d</priorCTReports>", first.Number)) {
		t.Error("the second report does not name the first")
	}
	if !second.PreservedUntil.After(first.PreservedUntil) {
		t.Error("the second report does not lengthen the preservation")
	}
}

// TestTextOnly files a report without any file.
func TestTextOnly(t *testing.T) {
	d := setup(t)
	d.dispose(casefile.FindingConfirmed)
	r := d.draft()
	e := written(r.Draft)
	e.Files = nil
	r = d.save(r, e)
	if _, err := d.service.Submit(t.Context(), d.order(r)); err != nil {
		t.Fatal(err)
	}
	d.work()
	if r = d.get(r.ID); r.Status != report.Filed || len(d.finished()[0].Files) != 0 {
		t.Errorf("%s %q", r.Status, r.Why)
	}
}

// TestEvidenceLeavesWithTrace looks at the custody of the transcript.
func TestEvidenceLeavesWithTrace(t *testing.T) {
	d := setup(t)
	r := d.submitted()
	d.work()
	for _, f := range r.Draft.Files {
		chain, err := d.vault.Custody(t.Context(), f.Item)
		if err != nil {
			t.Fatal(err)
		}
		exported := slices.ContainsFunc(chain, func(c evidence.Custody) bool { return c.Act == evidence.Exported && strings.Contains(c.Why, r.ID) })
		if exported != f.Chosen {
			t.Errorf("%s: chosen %v, left the house %v", f.Name, f.Chosen, exported)
		}
	}
}

func TestBadJobs(t *testing.T) {
	d := setup(t)
	draft := d.draft()
	for name, j := range map[string]job.Job{
		"no payload":                      {Kind: report.JobStep},
		"a report that is none":           {Kind: report.JobStep, Payload: []byte(`{"report":"none"}`)},
		"a kind of none":                  {Kind: "report.other", Payload: []byte(`{"report":"x"}`)},
		"preservation of what is a draft": {Kind: report.JobPreserve, Payload: []byte(`{"report":"` + draft.ID + `"}`)},
	} {
		if o, err := d.filer.Handle(t.Context(), j); err != nil || o.State != job.Dead || o.Error == "" {
			t.Errorf("%s: %+v, %v", name, o, err)
		}
	}
	if o, err := d.filer.Handle(t.Context(), job.Job{Kind: report.JobStep, Payload: []byte(`{"report":"` + draft.ID + `"}`)}); err != nil || o.State != job.Done {
		t.Errorf("a draft that nobody submitted: %+v, %v", o, err)
	}
	if len(d.server.Calls()) != 0 {
		t.Error("something was sent")
	}
}

func TestRecorder(t *testing.T) {
	d := setup(t)
	k := report.NewRecorder(d.keeper)
	if err := k.Record(t.Context(), cybertip.Call{Endpoint: cybertip.EndpointStatus}); err != nil {
		t.Errorf("a question about the service: %v", err)
	}
	if err := k.Record(t.Context(), cybertip.Call{Endpoint: cybertip.EndpointSubmit}); err == nil {
		t.Error("a call that belongs to no report was passed over")
	}
	r := d.draft()
	c := cybertip.Call{Endpoint: cybertip.EndpointFinish, Environment: cybertip.Local, Attempt: 2, Started: d.now, Ended: d.now, Err: io.EOF, Code: cybertip.CodeNone}
	if err := k.Record(report.WithReport(t.Context(), r.ID), c); err != nil {
		t.Fatal(err)
	}
	v, err := d.service.View(t.Context(), "ada", r.ID)
	if err != nil || len(v.Calls) != 1 || v.Calls[0].Error != "EOF" || v.Calls[0].Attempt != 2 {
		t.Errorf("%+v, %v", v.Calls, err)
	}
}
