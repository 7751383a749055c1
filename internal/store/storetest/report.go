package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/report"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Reports checks that the engine keeps reports as report.Store promises.
func Reports(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"a draft comes back as it was written":             reportsBack,
		"a report lives through its events":                reportsLife,
		"an event out of its place is refused":             reportsStale,
		"what is not in the table is refused":              reportsTransition,
		"lists are newest first and narrowed":              reportsList,
		"exchanges are kept in order, byte for byte":       reportsCalls,
		"the schema refuses a report against its status":   reportsChecks,
		"what its transaction did not keep never happened": reportsRollback,
		"every version of a draft is kept":                 reportsVersions,
		"an approval stands until the next save":           reportsApproval,
		"what went to another authority is kept":           reportsHandover,
		"a person takes back what is on its way":           reportsWithdrawn,
		"deletion reaches what a report says":              reportsErased,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
	t.Run("of two that write at once one wins", func(t *testing.T) { reportsRace(t, e) })
}

func draftOf(narrative string) *report.Draft {
	return &report.Draft{
		Narrative: narrative, IncidentAt: start(), Company: report.Company{Platform: "Example App"},
		Parties: []report.Party{{Account: "u1", Role: report.RoleReported, Sightings: []report.Sighting{{IP: "192.0.2.1", Port: 4711, At: start()}}}},
		Files:   []report.File{{Item: "i1", Name: "a.txt", Chosen: true}},
	}
}

func (b *bench) caseOf(subject string) string {
	b.Helper()
	return b.apply(start(), matter("k-"+subject, subject, taxonomy.P1, start())).Case
}

func (b *bench) draft(caseID, subject string, at time.Time) (r report.Report) {
	b.Helper()
	b.write(func(tx *store.Tx) (err error) {
		r, err = tx.Reports().Add(b.ctx, report.Report{Case: caseID, Subject: subject, Environment: cybertip.Test, CreatedAt: at, CreatedBy: "ada"},
			report.Event{N: 1, At: at, Who: "ada", Kind: report.WasDrafted, Draft: draftOf("first")})
		return err
	})
	return r
}

// addTo appends an event and returns the report or the error.
func (b *bench) addTo(e report.Event) (r report.Report, err error) {
	if e.At.IsZero() {
		e.At = start()
	}
	err = b.db.Write(b.ctx, func(tx *store.Tx) (err error) {
		r, err = tx.Reports().Append(b.ctx, e)
		return err
	})
	return r, err
}

func (b *bench) report(id string) (r report.Report) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		r, err = tx.Reports().Get(b.ctx, id)
		return err
	})
	return r
}

func filing(state cybertip.FilingState) *cybertip.Filing {
	return &cybertip.Filing{
		Environment: cybertip.Test, Profile: cybertip.Profile202506, Report: []byte("<report/>"), State: state,
		Files: []cybertip.FilingFile{{Key: "i1", Name: "a.txt", Size: 3, MD5: strings.Repeat("a", 32)}},
	}
}

func filed(number int64) *cybertip.Filing {
	f := filing(cybertip.FilingFinished)
	f.ReportID = number
	f.Receipt = &cybertip.Receipt{ReportID: number, At: start(), FileIDs: []string{"f"}, Response: []byte("<reportDoneResponse/>"), FilesConfirmed: true}
	return f
}

func reportsBack(b *bench) {
	id := b.caseOf("u1")
	r := b.draft(id, "u1", start())
	if r.ID == "" || r.Status != report.Drafted || r.Events != 1 {
		b.Fatalf("%+v", r)
	}
	if d := cmp.Diff(r, b.report(r.ID)); d != "" {
		b.Errorf("it came back changed (-written +read):\n%s", d)
	}
	if d := cmp.Diff(*draftOf("first"), b.report(r.ID).Draft); d != "" {
		b.Errorf("the draft came back changed:\n%s", d)
	}
	err := b.db.Read(b.ctx, func(tx *store.Tx) error {
		_, err := tx.Reports().Get(b.ctx, "none")
		return err
	})
	if !errors.Is(err, report.ErrNotFound) {
		b.Errorf("no such report: %v", err)
	}
	if _, err := b.addTo(report.Event{Report: "none", Who: "ada", Kind: report.WasSaved, Draft: draftOf("x")}); !errors.Is(err, report.ErrNotFound) {
		b.Errorf("append to no report: %v", err)
	}
}

func reportsLife(b *bench) {
	r := b.draft(b.caseOf("u1"), "u1", start())
	until := start().AddDate(1, 0, 0)
	for i, s := range []struct {
		e    report.Event
		want report.Status
	}{
		{report.Event{Who: "ada", Kind: report.WasSaved, Draft: draftOf("second")}, report.Drafted},
		{report.Event{Who: "ada", Kind: report.WasSubmitted, Filing: filing(cybertip.FilingNew)}, report.Submitting},
		{report.Event{Who: casefile.Haris, Kind: report.Sending, Why: "submit", Filing: filing(cybertip.FilingNew)}, report.Submitting},
		{report.Event{Who: casefile.Haris, Kind: report.WasHeld, Why: "refused"}, report.Held},
		{report.Event{Who: "bea", Kind: report.WasResumed, Why: "release: mended", Filing: filing(cybertip.FilingNew)}, report.Submitting},
		{report.Event{Who: casefile.Haris, Kind: report.Answered, Filing: filed(7000001)}, report.Submitting},
		{report.Event{Who: casefile.Haris, Kind: report.WasFiled, Filing: filed(7000001)}, report.Filed},
		{report.Event{Who: casefile.Haris, Kind: report.WasPreserved, Until: until}, report.Filed},
	} {
		s.e.Report, s.e.At = r.ID, start().Add(time.Duration(i)*time.Minute)
		var err error
		if r, err = b.addTo(s.e); err != nil {
			b.Fatalf("%s: %v", s.e.Kind, err)
		}
		if r.Status != s.want || r.Events != i+2 {
			b.Fatalf("%s: %s with %d events", s.e.Kind, r.Status, r.Events)
		}
		if d := cmp.Diff(r, b.report(r.ID)); d != "" {
			b.Fatalf("%s came back changed:\n%s", s.e.Kind, d)
		}
	}
	if r.Number != 7000001 || r.SubmittedBy != "ada" || !r.PreservedUntil.Equal(until) || r.Draft.Narrative != "second" || r.Why != "" {
		b.Errorf("%+v", r)
	}
	b.read(func(tx *store.Tx) error {
		h, err := tx.Reports().History(b.ctx, r.ID)
		if len(h) != 9 || h[0].Kind != report.WasDrafted || h[1].Digest == h[0].Digest || len(h[0].Digest) != 64 || h[4].Digest != "" || !h[8].Until.Equal(until) {
			b.Errorf("history %+v", h)
		}
		return err
	})
}

func reportsStale(b *bench) {
	r := b.draft(b.caseOf("u1"), "u1", start())
	for _, n := range []int{1, 3} {
		if _, err := b.addTo(report.Event{Report: r.ID, N: n, Who: "ada", Kind: report.WasSaved, Draft: draftOf("x")}); !errors.Is(err, report.ErrStale) {
			b.Errorf("event %d after 1: %v", n, err)
		}
	}
	if got := b.report(r.ID); got.Events != 1 || got.Draft.Narrative != "first" {
		b.Errorf("something was left: %+v", got)
	}
}

func reportsTransition(b *bench) {
	r := b.draft(b.caseOf("u1"), "u1", start())
	for name, c := range map[string]struct {
		e    report.Event
		want error
	}{
		"filed at once":            {report.Event{Who: casefile.Haris, Kind: report.WasFiled, Filing: filed(1)}, report.ErrTransition},
		"submitted by software":    {report.Event{Who: casefile.Haris, Kind: report.WasSubmitted, Filing: filing(cybertip.FilingNew)}, report.ErrPerson},
		"submitted by a key":       {report.Event{Who: "key:k1", Kind: report.WasSubmitted, Filing: filing(cybertip.FilingNew)}, report.ErrPerson},
		"submitted without filing": {report.Event{Who: "ada", Kind: report.WasSubmitted}, report.ErrInvalid},
		"approved by software":     {report.Event{Who: casefile.Haris, Kind: report.WasApproved, Digest: strings.Repeat("a", 64)}, report.ErrPerson},
		"approved by a key":        {report.Event{Who: "key:k1", Kind: report.WasApproved, Digest: strings.Repeat("a", 64)}, report.ErrPerson},
		"nothing approved":         {report.Event{Who: "bea", Kind: report.WasApproved}, report.ErrInvalid},
		"disapproved in silence":   {report.Event{Who: "bea", Kind: report.WasDisapproved, Why: " "}, report.ErrInvalid},
		"handed over by software":  {report.Event{Who: casefile.Haris, Kind: report.WasHandedOver, Why: "x"}, report.ErrPerson},
		"handed over to nobody":    {report.Event{Who: "ada", Kind: report.WasHandedOver}, report.ErrInvalid},
		"a draft is taken back":    {report.Event{Who: "ada", Kind: report.WasWithdrawn, Why: "x"}, report.ErrTransition},
	} {
		c.e.Report = r.ID
		if _, err := b.addTo(c.e); !errors.Is(err, c.want) {
			b.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func reportsList(b *bench) {
	one, two := b.caseOf("u1"), b.caseOf("u2")
	a := b.draft(one, "u1", start())
	c := b.draft(one, "u1", start().Add(time.Minute))
	d := b.draft(two, "u2", start().Add(2*time.Minute))
	if _, err := b.addTo(report.Event{Report: a.ID, Who: "ada", Kind: report.WasCancelled, Why: "a mistake"}); err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]struct {
		f    report.Filter
		want []string
	}{
		"all":                    {report.Filter{}, []string{d.ID, c.ID, a.ID}},
		"of a case":              {report.Filter{Case: one}, []string{c.ID, a.ID}},
		"of a subject":           {report.Filter{Subject: "u2"}, []string{d.ID}},
		"in a status":            {report.Filter{Subject: "u1", Status: report.Cancelled}, []string{a.ID}},
		"of another environment": {report.Filter{Environment: cybertip.Production}, nil},
		"the newest":             {report.Filter{Limit: 1}, []string{d.ID}},
		"who began it":           {report.Filter{Person: "ada", Case: two}, []string{d.ID}},
		"who had no part":        {report.Filter{Person: "bea"}, nil},
		"older than the newest":  {report.Filter{Older: d.ID, Limit: 1}, []string{c.ID}},
		"older, of a case":       {report.Filter{Older: c.ID, Case: one}, []string{a.ID}},
		"older than the oldest":  {report.Filter{Older: a.ID}, nil},
		"older than none":        {report.Filter{Older: "none"}, nil},
		"who waits longest":      {report.Filter{Before: start().Add(2 * time.Minute)}, []string{a.ID, c.ID}},
		"the longest of all":     {report.Filter{Before: start().Add(time.Hour), Limit: 1}, []string{a.ID}},
	} {
		var got []string
		b.read(func(tx *store.Tx) error {
			list, err := tx.Reports().List(b.ctx, q.f)
			for _, r := range list {
				got = append(got, r.ID)
			}
			return err
		})
		if d := cmp.Diff(q.want, got); d != "" {
			b.Errorf("%s:\n%s", name, d)
		}
	}
}

func reportsCalls(b *bench) {
	r := b.draft(b.caseOf("u1"), "u1", start())
	want := []report.Call{
		{
			Report: r.ID, N: 1, Endpoint: cybertip.EndpointSubmit, Environment: cybertip.Test, Attempt: 1, RequestSHA256: strings.Repeat("a", 64), RequestBytes: 3,
			Request: []byte{0, 0xff, '<'}, RequestID: "q1", HTTPStatus: 200, Code: 0, Response: []byte("<a/>"), Started: start(), Ended: start().Add(time.Second),
		},
		{Report: r.ID, N: 2, Endpoint: cybertip.EndpointFinish, Environment: cybertip.Test, Attempt: 2, Code: cybertip.CodeNone, Started: start(), Ended: start(), Error: "no answer"},
	}
	for _, c := range want {
		c.N = 0
		b.write(func(tx *store.Tx) error { return tx.Reports().AddCall(b.ctx, c) })
	}
	b.read(func(tx *store.Tx) error {
		got, err := tx.Reports().Calls(b.ctx, r.ID)
		if d := cmp.Diff(want, got); d != "" {
			b.Errorf("calls (-want +got):\n%s", d)
		}
		return err
	})
}

// reportsChecks writes past the fold and expects the schema to refuse.
func reportsChecks(b *bench) {
	r := b.draft(b.caseOf("u1"), "u1", start())
	for name, q := range map[string]string{
		"filed without a number":           `UPDATE report SET status = 'filed', filing = '{}', submitted_by = 'ada', submitted_at = 1, ended_at = 1 WHERE id = $1`,
		"a number without being filed":     `UPDATE report SET number = 7 WHERE id = $1`,
		"on its way without a filing":      `UPDATE report SET status = 'submitting' WHERE id = $1`,
		"submitted by the software":        `UPDATE report SET status = 'submitting', filing = '{}', submitted_by = 'haris', submitted_at = 1 WHERE id = $1`,
		"submitted by a key":               `UPDATE report SET status = 'submitting', filing = '{}', submitted_by = 'key:1', submitted_at = 1 WHERE id = $1`,
		"a filing that nobody submitted":   `UPDATE report SET status = 'submitting', filing = '{}' WHERE id = $1`,
		"held without a question":          `UPDATE report SET status = 'held', filing = '{}', submitted_by = 'ada', submitted_at = 1 WHERE id = $1`,
		"an environment of none":           `UPDATE report SET environment = 'exttest' WHERE id = $1`,
		"filed to an environment of none":  `UPDATE report SET status = 'submitting', environment = '', filing = '{}', submitted_by = 'ada', submitted_at = 1 WHERE id = $1`,
		"kept by law before it was filed":  `UPDATE report SET kept_until = 1 WHERE id = $1`,
		"a draft that ended":               `UPDATE report SET ended_at = 1 WHERE id = $1`,
		"a submission event by software":   `INSERT INTO report_event (report, n, at, who, kind, why, digest) VALUES ($1, 2, 1, 'haris', 'submitted', '', '')`,
		"an event twice":                   `INSERT INTO report_event (report, n, at, who, kind, why, digest) VALUES ($1, 1, 1, 'ada', 'saved', '', '')`,
		"an exchange about nothing filed":  `INSERT INTO report_call (report, n, endpoint, environment, attempt, request_sha256, request_bytes, request_id, http_status, code, started_at, ended_at, error) VALUES ($1, 1, 'status', 'test', 1, '', 0, '', 200, 0, 1, 1, '')`,
		"an approval by software":          `INSERT INTO report_event (report, n, at, who, kind, why, digest) VALUES ($1, 2, 1, 'haris', 'approved', '', '` + strings.Repeat("a", 64) + `')`,
		"an approval of nothing":           `INSERT INTO report_event (report, n, at, who, kind, why, digest) VALUES ($1, 2, 1, 'bea', 'approved', '', '')`,
		"a handover by a key":              `INSERT INTO report_event (report, n, at, who, kind, why, digest) VALUES ($1, 2, 1, 'key:1', 'handed_over', 'x', '')`,
		"taken back in silence":            `INSERT INTO report_event (report, n, at, who, kind, why, digest) VALUES ($1, 2, 1, 'ada', 'withdrawn', '', '')`,
		"a version of no event":            `INSERT INTO report_draft (report, n, draft) VALUES ($1, 2, '{}')`,
		"a handover of no event":           `INSERT INTO report_handover (report, n, at, who, authority, form, sha256, bytes, why) VALUES ($1, 2, 1, 'ada', 'x', 'json', '` + strings.Repeat("a", 64) + `', 1, 'x')`,
		"a preservation that has no end":   `INSERT INTO report_event (report, n, at, who, kind, why, digest) VALUES ($1, 2, 1, 'haris', 'preserved', '', '')`,
		"a case that is none":              `UPDATE report SET case_id = 'none' WHERE id = $1`,
		"a report that nobody has drafted": `UPDATE report SET created_by = 'haris' WHERE id = $1`,
	} {
		err := b.db.Write(b.ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(b.ctx, q, r.ID)
			return err
		})
		if err == nil {
			b.Errorf("the schema takes %s", name)
		}
	}
}

func reportsRollback(b *bench) {
	id := b.caseOf("u1")
	fail := errors.New("something else failed")
	var r report.Report
	err := b.db.Write(b.ctx, func(tx *store.Tx) (err error) {
		if r, err = tx.Reports().Add(b.ctx, report.Report{Case: id, Subject: "u1", CreatedAt: start(), CreatedBy: "ada"},
			report.Event{N: 1, At: start(), Who: "ada", Kind: report.WasDrafted, Draft: draftOf("x")}); err != nil {
			return err
		}
		return fail
	})
	if !errors.Is(err, fail) {
		b.Fatal(err)
	}
	err = b.db.Read(b.ctx, func(tx *store.Tx) error { _, err := tx.Reports().Get(b.ctx, r.ID); return err })
	if !errors.Is(err, report.ErrNotFound) {
		b.Errorf("it is there: %v", err)
	}
}

// reportsRace lets two write the same next event; on PostgreSQL from two processes.
func reportsRace(t *testing.T, e Engine) {
	b := newBench(t, e)
	other := b.db
	if e.Pair != nil {
		b.db, other = e.Pair(t)
	}
	r := b.draft(b.caseOf("u1"), "u1", start())
	errs := make(chan error, 2)
	for who, db := range map[string]*store.DB{"ada": b.db, "bea": other} {
		go func() {
			errs <- db.Write(context.Background(), func(tx *store.Tx) error {
				_, err := tx.Reports().Append(b.ctx, report.Event{Report: r.ID, N: 2, At: start(), Who: who, Kind: report.WasSaved, Draft: draftOf(who)})
				return err
			})
		}()
	}
	one, two := <-errs, <-errs
	if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), report.ErrStale) {
		t.Errorf("%v and %v, want one nil and one ErrStale", one, two)
	}
	if got := b.report(r.ID); got.Events != 2 {
		t.Errorf("%d events", got.Events)
	}
}
