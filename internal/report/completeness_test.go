package report_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"haris/cybertip"
	"haris/internal/evidence"
	"haris/internal/report"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// everSent is the memory of a platform that sends everything that the rows look for.
func everSent() report.Sent {
	return report.Sent{Since: day(), Fields: map[string][]string{
		"account.created": {"screen_name", "age_band", "region", "keys.email"}, "session.started": {"ip", "port", "keys.device"},
		"message.sent": {"text"}, "moderation.applied": {"action"},
	}}
}

func item(t *testing.T, c report.Completeness, key string) report.Item {
	t.Helper()
	i := slices.IndexFunc(c.Items, func(i report.Item) bool { return i.Key == key })
	if i < 0 {
		t.Fatalf("no item %s", key)
	}
	return c.Items[i]
}

// TestAssessOrder locks the order, and what blocks in an empty and in a full draft.
func TestAssessOrder(t *testing.T) {
	want := "danger child child_age location incident_time somebody reported sightings ports contact conversation files viewed metadata narrative " +
		"incident_type type_reason devices prior linked account_state left_out reporter police_contact"
	var keys, blocks []string
	empty := report.Assess(report.Draft{}, everSent())
	for _, i := range empty.Items {
		keys = append(keys, i.Key)
		if i.Blocks {
			blocks = append(blocks, i.Key)
		}
		if i.Why == "" || i.Weight < 1 {
			t.Errorf("an empty draft has %+v", i)
		}
		if i.State == report.Missing && i.Gap == "" {
			t.Errorf("%s is missing, and nothing says why", i.Key)
		}
	}
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("order %s", got)
	}
	if got := strings.Join(blocks, " "); got != "incident_time somebody narrative incident_type type_reason reporter" {
		t.Errorf("what blocks: %s", got)
	}
	partly := map[string]bool{"child": true, "child_age": true, "ports": true} // of kid2 nothing is known; not every address has its port
	c := report.Assess(full(t), everSent())
	for _, i := range c.Items {
		want := report.There
		switch {
		case partly[i.Key]:
			want = report.Partly
		case i.Key == "viewed":
			want = report.Missing
		case i.Key == "account_state", i.Key == "metadata":
			want = report.NoneKnown // the measure was against the linked account; no picture was looked through
		}
		if i.State != want {
			t.Errorf("%s is %s, want %s", i.Key, i.State, want)
		}
	}
	if c.Score < 80 || c.Score >= 100 || empty.Score > 10 {
		t.Errorf("a full draft has %d, an empty one %d", c.Score, empty.Score)
	}
}

// TestAssessGaps: each gap has its own reason.
func TestAssessGaps(t *testing.T) {
	base := report.Draft{Parties: []report.Party{{Account: "u1", Role: report.RoleReported}}}
	for name, c := range map[string]struct {
		change func(*report.Draft, *report.Sent)
		key    string
		state  report.State
		gap    report.Gap
	}{
		"an id alone":           {func(*report.Draft, *report.Sent) {}, "reported", report.Partly, report.GapNotOfThis},
		"names that never come": {func(_ *report.Draft, s *report.Sent) { s.Fields = nil }, "reported", report.Partly, report.GapNeverSent},
		"nothing remembered":    {func(_ *report.Draft, s *report.Sent) { *s = report.Sent{} }, "reported", report.Partly, report.GapNoMemory},
		"no file at all":        {func(*report.Draft, *report.Sent) {}, "files", report.NoneKnown, ""},
		"an account left out":   {func(d *report.Draft, _ *report.Sent) { d.Parties[0].Role = report.RoleLeftOut }, "somebody", report.Missing, report.GapLeftOut},
		"a child alone":         {func(d *report.Draft, _ *report.Sent) { d.Parties[0].Role = report.RoleChild }, "somebody", report.There, ""},
		"no address":            {func(*report.Draft, *report.Sent) {}, "sightings", report.Missing, report.GapNotOfThis},
		"ports that never come": {func(d *report.Draft, s *report.Sent) {
			sight(d, 0)
			s.Fields = map[string][]string{"session.started": {"ip"}}
		}, "ports", report.Missing, report.GapNeverSent},
		"a port that was not sent": {func(d *report.Draft, _ *report.Sent) { sight(d, 0) }, "ports", report.Missing, report.GapNotOfThis},
		"a port":                   {func(d *report.Draft, _ *report.Sent) { sight(d, 50111) }, "ports", report.There, ""},
		"an excerpt alone":         {func(d *report.Draft, _ *report.Sent) { d.Messages = []report.Message{{Chosen: true}} }, "conversation", report.Partly, report.GapNotOfThis},
		"marked and not chosen":    {func(d *report.Draft, _ *report.Sent) { d.Messages = []report.Message{{Marked: true}} }, "conversation", report.Missing, report.GapLeftOut},
		"a file not chosen":        {func(d *report.Draft, _ *report.Sent) { d.Files = []report.File{{Kind: "media"}} }, "files", report.Missing, report.GapLeftOut},
		"left out is told":         {func(d *report.Draft, _ *report.Sent) { d.Files = []report.File{{Kind: "media"}} }, "left_out", report.Partly, report.GapLeftOut},
		"nothing left out":         {func(*report.Draft, *report.Sent) {}, "left_out", report.There, ""},
		"danger not said":          {func(*report.Draft, *report.Sent) {}, "danger", report.Missing, report.GapNotSaid},
		"no danger said":           {func(d *report.Draft, _ *report.Sent) { d.NoDanger = true }, "danger", report.There, ""},
		"a number alone":           {func(d *report.Draft, _ *report.Sent) { d.Company.Contact.Phone = "5" }, "police_contact", report.Partly, report.GapSetting},
		"only a transcript": {func(d *report.Draft, _ *report.Sent) {
			d.Files = []report.File{{Chosen: true, Relevance: cybertip.RelevanceSupplemental}}
		}, "viewed", report.NoneKnown, ""},
		"a picture unread":          {func(d *report.Draft, _ *report.Sent) { d.Files = unread() }, "metadata", report.Missing, report.GapUnread},
		"trafficking without words": {func(d *report.Draft, _ *report.Sent) { d.Trafficking = &report.Trafficking{} }, "trafficking", report.Missing, report.GapNotSaid},
		"an adult, without means":   {func(d *report.Draft, _ *report.Sent) { d.Trafficking = found() }, "trafficking", report.Partly, report.GapNotSaid},
		"a child, without means": {func(d *report.Draft, _ *report.Sent) {
			d.Trafficking, d.Parties[0].Role = found(), report.RoleChild
		}, "trafficking", report.There, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d, s := base, everSent()
			d.Parties = slices.Clone(base.Parties)
			c.change(&d, &s)
			if i := item(t, report.Assess(d, s), c.key); i.State != c.state || i.Gap != c.gap {
				t.Errorf("%+v, want %s %s", i, c.state, c.gap)
			}
		})
	}
}

func sight(d *report.Draft, port int) {
	d.Parties[0].Sightings = []report.Sighting{{IP: "192.0.2.1", Port: port}}
}

func unread() []report.File {
	return []report.File{{Kind: "media", Chosen: true, Metadata: &evidence.Metadata{Unread: "it is damaged"}}}
}

func found() *report.Trafficking {
	return &report.Trafficking{
		Act: report.Element{Kinds: []taxonomy.ElementKind{"recruit"}}, Purpose: report.Element{Kinds: []taxonomy.ElementKind{"commercial_sex_act"}},
	}
}

// TestTheMemoryReachesTheList: a field that an event brings into the memory changes the reason of a gap.
func TestTheMemoryReachesTheList(t *testing.T) {
	d := setup(t)
	r := d.draft()
	gap := func() report.Gap {
		v, err := d.service.View(t.Context(), "ada", r.ID)
		if err != nil {
			t.Fatal(err)
		}
		return item(t, v.Completeness, "account_state").Gap
	}
	if got := gap(); got != report.GapNoMemory {
		t.Errorf("with no memory: %s", got)
	}
	d.write(func(tx *store.Tx) error {
		return tx.EventFields().Add(t.Context(), []store.EventField{{Seq: 1, At: day()}})
	})
	if got := gap(); got != report.GapNeverSent {
		t.Errorf("before: %s", got)
	}
	d.write(func(tx *store.Tx) error {
		return tx.EventFields().Add(t.Context(), []store.EventField{{Type: "moderation.applied", Field: "action", Seq: 1, At: day()}})
	})
	if got := gap(); got != report.GapNotOfThis {
		t.Errorf("after: %s", got)
	}
}

// TestSecondPerson holds what the policy asks for.
func TestSecondPerson(t *testing.T) {
	for name, c := range map[string]struct {
		policy  report.Policy
		approve string // who approves; empty for nobody
		then    func(*desk, *report.Report)
		submit  string
		refused bool
	}{
		"never":                      {report.Policy{Floor: 100, Second: report.SecondNever}, "", nil, "ada", false},
		"nothing configured":         {report.Policy{Floor: 100}, "", nil, "ada", false},
		"above the floor":            {report.Policy{Floor: 10, Second: report.SecondBelowFloor}, "", nil, "ada", false},
		"below the floor":            {report.Policy{Floor: 100, Second: report.SecondBelowFloor}, "", nil, "ada", true},
		"below, approved":            {report.Policy{Floor: 100, Second: report.SecondBelowFloor}, "ben", nil, "ada", false},
		"always":                     {report.Policy{Second: report.SecondAlways}, "", nil, "ada", true},
		"always, approved":           {report.Policy{Second: report.SecondAlways}, "ben", nil, "ada", false},
		"the approver submits":       {report.Policy{Second: report.SecondAlways}, "ben", nil, "ben", true},
		"saved after it":             {report.Policy{Second: report.SecondAlways}, "ben", func(d *desk, r *report.Report) { *r = d.save(*r, r.Draft.Edit()) }, "ada", true},
		"what is sent has changed":   {report.Policy{Second: report.SecondAlways}, "ben", viewedMeanwhile, "ada", true},
		"disapproved by another one": {report.Policy{Second: report.SecondAlways}, "ben", disapprove, "ada", true},
	} {
		t.Run(name, func(t *testing.T) {
			d := setup(t)
			d.dispose("confirmed")
			d.service.Policy = c.policy
			r := d.draft()
			r = d.save(r, written(r.Draft))
			if c.approve != "" {
				r = d.approve(r, c.approve)
			}
			if c.then != nil {
				c.then(d, &r)
			}
			o := d.order(r)
			o.Who = c.submit
			_, err := d.service.Submit(t.Context(), o)
			var un *report.UnapprovedError
			if errors.As(err, &un) != c.refused || (err != nil) != c.refused {
				t.Errorf("submitted: %v", err)
			}
			if c.refused && (c.approve != "" && name != "saved after it" && name != "disapproved by another one") != (un.Why != "") {
				t.Errorf("says %q", un.Error())
			}
		})
	}
}

// viewedMeanwhile changes what would be sent without a word of the report's: the log of exposures has grown.
func viewedMeanwhile(d *desk, r *report.Report) {
	for _, f := range r.Draft.Files {
		d.world.viewed[f.Item] = report.Views{Entire: &report.Viewing{Who: "ada", At: day()}}
	}
}

func disapprove(d *desk, r *report.Report) {
	d.Helper()
	o := d.order(*r)
	o.Who = "cleo"
	got, err := d.service.Disapprove(d.Context(), report.Review{Act: o.Act, SHA256: o.SHA256, Why: "the narrative names no time"})
	if err != nil || got.Approval != nil {
		d.Fatalf("%+v, %v", got.Approval, err)
	}
	*r = got
}

// approve has a second person read the preview and approve it.
func (d *desk) approve(r report.Report, who string) report.Report {
	d.Helper()
	o := d.order(r)
	o.Who = who
	got, err := d.service.Approve(d.Context(), report.Review{Act: o.Act, SHA256: o.SHA256})
	if err != nil || got.Approval == nil || got.Approval.Who != who {
		d.Fatalf("%+v, %v", got.Approval, err)
	}
	return got
}

// TestApproveRefuses holds who and what is refused.
func TestApproveRefuses(t *testing.T) {
	d := setup(t)
	r := d.draft()
	r = d.save(r, written(r.Draft))
	good := report.Review{Act: report.Act{Who: "ben", Report: r.ID, Seen: r.Events}, SHA256: d.order(r).SHA256}
	for name, c := range map[string]struct {
		change func(*report.Review)
		want   error
	}{
		"the author":      {func(v *report.Review) { v.Who = "ada" }, report.ErrAuthor},
		"the software":    {func(v *report.Review) { v.Who = "haris" }, report.ErrPerson},
		"an old preview":  {func(v *report.Review) { v.SHA256 = strings.Repeat("0", 64) }, report.ErrStale},
		"an old history":  {func(v *report.Review) { v.Seen-- }, report.ErrStale},
		"no such report":  {func(v *report.Review) { v.Report = "none" }, report.ErrNotFound},
		"a failed memory": {nil, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			v, ctx := good, t.Context()
			if c.change != nil {
				c.change(&v)
			} else {
				var stop context.CancelFunc
				ctx, stop = context.WithCancel(ctx)
				stop()
			}
			if _, err := d.service.Approve(ctx, v); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	if _, err := d.service.Disapprove(t.Context(), good); !errors.Is(err, report.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if got := d.get(r.ID); got.Approval != nil || got.Events != r.Events {
		t.Errorf("something was noted: %+v", got.Approval)
	}
}
