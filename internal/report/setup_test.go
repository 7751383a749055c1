package report_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
	"haris/internal/job"
	"haris/internal/report"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// day is a moment that tests count from.
func day() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// desk is a case on a real store, a vault, the strict local server, and what stands around them.
type desk struct {
	*testing.T
	db      *store.DB
	now     time.Time
	id      string // the case
	world   *world
	vault   *evidence.Vault
	keys    evidence.WorkingKey
	blobs   *evidencetest.Memory
	server  *cybertiptest.Server
	web     *httptest.Server
	service *report.Service
	filer   *report.Filer
	keeper  report.Keeper
	clockOf func() time.Time // of the filer alone; nil for now
	away    bool             // the vault gives nothing to the filer
	calling func()           // called before each request reaches the server; may be nil
}

// world is what the platform has said: report.Source and report.Exposures.
type world struct {
	events   []event.Event
	accounts map[string]report.Account
	viewed   map[string]report.Views
	fail     error
}

func (w *world) Conversation(context.Context, casefile.Case) (report.Conversations, error) {
	return report.Conversations{Events: w.events}, w.fail
}

func (w *world) Account(_ context.Context, id string) (detect.Profile, []event.Event, error) {
	a, ok := w.accounts[id]
	if !ok {
		a.Profile.ID = id
	}
	return a.Profile, a.Events, w.fail
}

func (w *world) Views(_ context.Context, item string) (report.Views, error) {
	return w.viewed[item], w.fail
}

func setup(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, db: storetest.SQLite(t), now: day(), world: typicalWorld()}
	var err error
	if d.keys, err = evidence.GenerateWorkingKey(); err != nil {
		t.Fatal(err)
	}
	d.blobs = &evidencetest.Memory{Now: d.clock}
	d.vault = evidence.NewVault(evidence.Config{Blobs: d.blobs, Keeper: store.EvidenceKeeper(d.db), Working: d.keys, Now: d.clock})
	d.keeper = store.ReportKeeper(d.db)
	d.server = cybertiptest.NewServer(cybertiptest.Options{Clock: d.clock, CheckPriorReports: true})
	d.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.calling != nil {
			d.calling()
		}
		d.server.ServeHTTP(w, r)
	}))
	t.Cleanup(d.web.Close)
	d.service = &report.Service{
		Keeper: d.keeper, Vault: d.vault, Source: d.world, Exposures: d.world, Company: company(), Environment: cybertip.Local,
		Profile: cybertip.Profile202506, Now: d.clock,
	}
	d.restart()
	d.write(func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(t.Context(), d.now, casefile.Matter{
			Key: "k1", Subject: "u1", Linked: []string{"u2"}, Victims: []string{"kid"}, Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P1,
			Queue: "main", At: d.now.Add(-time.Hour), Signals: []detect.Signal{{
				Detector: "D1", Family: taxonomy.FamilyContact, Subject: "u1", Strength: 4, At: d.now.Add(-time.Hour), Events: []uint64{3, 5},
			}},
		})
		d.id = c.Case
		return err
	})
	return d
}

func (d *desk) clock() time.Time { return d.now }

// restart drops everything a process holds in memory: the client with its tickets, and the filer.
func (d *desk) restart() {
	d.Helper()
	client, err := cybertip.NewClient(cybertip.Options{
		Environment: cybertip.Local, BaseURL: d.web.URL + cybertiptest.BasePath, Username: cybertiptest.DefaultUser, Password: cybertiptest.DefaultPassword,
		Clock: d.clock, Recorder: report.NewRecorder(d.keeper),
	})
	if err != nil {
		d.Fatal(err)
	}
	now := d.clock
	if d.clockOf != nil {
		now = d.clockOf
	}
	var vault report.Vault = d.vault
	if d.away {
		vault = brokenVault{d.vault}
	}
	d.filer = report.NewFiler(report.FilerConfig{Keeper: d.keeper, Vault: vault, Client: client, Now: now, Random: func() float64 { return .5 }})
}

func company() report.Company {
	return report.Company{
		Platform: "Example App", Service: "Example App chat",
		Reporter: report.Contact{FirstName: "Rana", LastName: "Reporter", Email: "safety@example.com"},
		Contact:  report.Contact{FirstName: "Law", LastName: "Desk", Email: "le@example.com", Phone: "5555550102"},
		Template: "Example App, 1 Test Street", LegalURL: "https://www.example.com/legal",
	}
}

func message(seq uint64, from, to, text string) event.Event {
	e := event.Event{
		Seq: seq, ID: fmt.Sprint("m", seq), Source: "/chat", Type: event.MessageSent, Time: day().Add(-3*time.Hour + time.Duration(seq)*time.Minute),
	}
	e.Data.From, e.Data.To, e.Data.Conversation, e.Data.Text = from, []string{to}, "conv-1", text
	if from == "u1" {
		e.Data.IP, e.Data.Port = "192.0.2.44", 40000+int64(seq)
		e.Data.Set(event.HasIP | event.HasPort)
	}
	e.Data.Set(event.HasFrom | event.HasTo | event.HasConversation | event.HasText)
	return e
}

// typicalWorld is a plain conversation and what a platform usually says of accounts.
func typicalWorld() *world {
	created := event.Event{Seq: 90, ID: "a1", Source: "/id", Type: event.AccountCreated, Time: day().Add(-48 * time.Hour)}
	created.Data.Account, created.Data.ScreenName, created.Data.DisplayName = "u1", "coach_dan", "Dan"
	created.Data.ProfileURL, created.Data.IP = "https://app.example.com/u/coach_dan", "198.51.100.7"
	created.Data.Keys = []event.Key{{Kind: "email", Value: "dan@example.net"}, {Kind: "phone", Hash: "9f2c"}}
	session := event.Event{Seq: 91, ID: "s1", Source: "/id", Type: event.SessionStarted, Time: day().Add(-4 * time.Hour)}
	session.Data.Account, session.Data.IP, session.Data.Port = "u1", "192.0.2.44", 50111
	session.Data.Keys = []event.Key{{Kind: "device", Value: "IMEI-490154203237518"}}
	return &world{
		viewed: map[string]report.Views{},
		accounts: map[string]report.Account{
			"u1":  {Profile: detect.Profile{ID: "u1", Band: taxonomy.Age25up, BandFrom: "estimated", Region: "US-TX", Known: true}, Events: []event.Event{created, session}},
			"kid": {Profile: detect.Profile{ID: "kid", Band: taxonomy.AgeU13, BandFrom: "declared", Region: "EG", Known: true}},
		},
		events: []event.Event{
			message(1, "u1", "kid", "Hi, good game yesterday"), message(2, "kid", "u1", "thanks!"), message(3, "u1", "kid", "Let us keep this between us"),
			message(4, "kid", "u1", "ok"), message(5, "u1", "kid", "What are you doing later?"),
		},
	}
}

func (d *desk) write(f func(*store.Tx) error) {
	d.Helper()
	if err := d.db.Write(d.Context(), f); err != nil {
		d.Fatal(err)
	}
}

// dispose has ada claim the case and record a finding.
func (d *desk) dispose(f casefile.Finding) {
	d.Helper()
	for kind, body := range map[casefile.EventKind]any{
		casefile.Claimed: casefile.ClaimedBody{Ends: d.now.Add(time.Hour)},
	} {
		d.tell(kind, body)
	}
	d.tell(casefile.Disposed, casefile.DisposedBody{Disposition: casefile.Disposition{
		Finding: f, Typology: taxonomy.TypologyGrooming, Reason: "he asks for secrecy", Policy: "child safety", Confidence: "high",
	}})
}

func (d *desk) tell(kind casefile.EventKind, body any) {
	d.Helper()
	e, err := casefile.NewEvent(d.id, d.now, "ada", kind, body)
	if err != nil {
		d.Fatal(err)
	}
	d.write(func(tx *store.Tx) error { _, err := tx.Cases().Append(d.Context(), e); return err })
}

// draft makes a draft.
func (d *desk) draft() report.Report {
	d.Helper()
	r, err := d.service.Create(d.Context(), "ada", d.id)
	if err != nil {
		d.Fatal(err)
	}
	return r
}

// asIs is an edit that changes nothing, from which tests go on.
func asIs(r report.Draft) report.Edit { return r.Edit() }

// written is the edit of a person who has filled in everything that is required.
func written(r report.Draft) report.Edit {
	e := asIs(r)
	e.IncidentType, e.TypeReason = cybertip.IncidentEnticement, "An adult asks a child under 13 to keep their conversation secret."
	e.Narrative = "The account u1 wrote to the child's account and asked for secrecy."
	return e
}

// save writes the draft as a person does.
func (d *desk) save(r report.Report, e report.Edit) report.Report {
	d.Helper()
	r, err := d.service.Save(d.Context(), report.Act{Who: "ada", Report: r.ID, Seen: r.Events}, e)
	if err != nil {
		d.Fatal(err)
	}
	return r
}

// order is what a person says who has read the preview.
func (d *desk) order(r report.Report) report.Submission {
	d.Helper()
	p, err := d.service.Preview(d.Context(), "ada", r.ID)
	if err != nil {
		d.Fatal(err)
	}
	return report.Submission{Act: report.Act{Who: "ada", Report: r.ID, Seen: r.Events}, Environment: cybertip.Local, SHA256: p.SHA256}
}

// submitted is a report on its way.
func (d *desk) submitted() report.Report {
	d.Helper()
	d.dispose(casefile.FindingConfirmed)
	r := d.draft()
	r = d.save(r, written(r.Draft))
	r, err := d.service.Submit(d.Context(), d.order(r))
	if err != nil {
		d.Fatal(err)
	}
	return r
}

// pass works off the next due job and says how it ended; ok is false when none is due.
func (d *desk) pass() (o job.Outcome, ok bool, err error) {
	d.Helper()
	return d.passAt(d.now)
}

func (d *desk) passAt(now time.Time) (o job.Outcome, ok bool, err error) {
	d.Helper()
	var jobs []job.Job
	d.write(func(tx *store.Tx) (err error) {
		jobs, err = tx.Jobs().Lease(d.Context(), now, job.Want{Worker: "w", Kinds: report.JobKinds(), For: time.Minute, Limit: 1})
		return err
	})
	if len(jobs) == 0 {
		return o, false, nil
	}
	if o, err = d.filer.Handle(d.Context(), jobs[0]); err != nil {
		o = job.Failed(jobs[0], now, err, func() float64 { return .5 })
	}
	d.write(func(tx *store.Tx) error { return tx.Jobs().End(d.Context(), now, jobs[0].ID, "w", o) })
	return o, true, err
}

// work works jobs off, letting time pass where they wait, until none is left.
func (d *desk) work() {
	d.Helper()
	for i := 0; ; i++ {
		if i == 300 {
			d.Fatal("the jobs do not come to an end")
		}
		_, ok, err := d.pass()
		if err != nil {
			d.Logf("a pass failed: %v", err)
		}
		if !ok {
			if !d.waits() {
				return
			}
			d.now = d.now.Add(10 * time.Minute)
		}
	}
}

func (d *desk) waits() (yes bool) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		for _, kind := range report.JobKinds() {
			list, err := tx.Jobs().List(d.Context(), kind, job.Queued, 1)
			if err != nil {
				return err
			}
			yes = yes || len(list) > 0
		}
		return nil
	})
	return yes
}

func (d *desk) get(id string) report.Report {
	d.Helper()
	r, err := d.service.Get(d.Context(), id)
	if err != nil {
		d.Fatal(err)
	}
	return r
}

func (d *desk) getCase() (c casefile.Case, kinds []casefile.EventKind) {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		if c, err = tx.Cases().Get(d.Context(), d.id); err != nil {
			return err
		}
		h, err := tx.Cases().History(d.Context(), d.id)
		for _, e := range h {
			kinds = append(kinds, e.Kind)
		}
		return err
	})
	return c, kinds
}

// acts lists what the audit log says of reports, oldest first.
func (d *desk) acts() (out []string) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		list, err := tx.Audit().List(d.Context(), audit.Filter{}, 0, 200)
		for _, e := range slices.Backward(list) {
			if strings.HasPrefix(e.Act, "report.") {
				out = append(out, e.Who+" "+e.Act)
			}
			for v := range maps.Values(e.Detail) {
				if strings.Contains(v, "secrecy") || strings.Contains(v, "between us") {
					d.Errorf("the audit log repeats what was written: %+v", e)
				}
			}
		}
		return err
	})
	return out
}

// finished lists the reports that the server has accepted for good.
func (d *desk) finished() (out []cybertiptest.Report) {
	for _, r := range d.server.Reports() {
		if r.State == cybertiptest.StateFinished {
			out = append(out, r)
		}
	}
	return out
}

// custody is what was done with an item.
func (d *desk) custody(item string) (out []evidence.Custody) {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		out, err = tx.Evidence().Custody(d.Context(), item)
		return err
	})
	return out
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

var errDown = errors.New("it is down")

// brokenVault gives nothing away.
type brokenVault struct{ report.Vault }

func (brokenVault) Open(context.Context, string, string, string) (evidence.Item, io.ReadCloser, error) {
	return evidence.Item{}, nil, errDown
}

func (brokenVault) Export(context.Context, string, string, string) (evidence.Item, io.ReadCloser, error) {
	return evidence.Item{}, nil, errDown
}
