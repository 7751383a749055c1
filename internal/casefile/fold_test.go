package casefile

import (
	"errors"
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// at is a moment some minutes after the tests begin.
func at(minutes int) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

func signal(detector string, f taxonomy.Family, strength float64, minute int) detect.Signal {
	return detect.Signal{Detector: detector, Family: f, Subject: "u1", Strength: strength, At: at(minute)}
}

func aMatter(p taxonomy.Priority, minute int, signals ...detect.Signal) Matter {
	return Matter{
		Key: "k", Subject: "u1", Typology: taxonomy.TypologyGrooming, Priority: p, Queue: "main", At: at(minute), Signals: signals,
	}
}

// event makes the next event of a case.
func event(t testing.TB, c *Case, minute int, who string, kind EventKind, body any) Event {
	t.Helper()
	e, err := NewEvent("c1", at(minute), who, kind, body)
	if err != nil {
		t.Fatal(err)
	}
	e.N = c.Events + 1
	return e
}

// fold folds one event that must be allowed.
func foldOne(t testing.TB, c Case, minute int, who string, kind EventKind, body any) Case {
	t.Helper()
	next, err := Fold(c, event(t, &c, minute, who, kind, body))
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return next
}

// aCase returns a case in a status, opened at minute 0, with a claim by ada until minute 60 when it is open.
func aCase(t testing.TB, s Status) Case {
	t.Helper()
	m := aMatter(taxonomy.P1, 0, signal("D1", taxonomy.FamilyContact, 3, 0))
	m.Linked = []string{"u1b"}
	c := foldOne(t, Case{}, 0, Haris, Opened, OpenedBody{Matter: m})
	hold := func(who string) { c = foldOne(t, c, 0, who, Claimed, ClaimedBody{Ends: at(60)}) }
	hold("ada")
	find := func(d Disposition) { c = foldOne(t, c, 0, "ada", Disposed, DisposedBody{d}) }
	switch s {
	case Escalated:
		c = foldOne(t, c, 0, "ada", Escalate, EscalatedBody{Reason: "x"})
		hold("ada")
	case SecondPerson:
		find(Disposition{Finding: FindingNeedsSecond, Proposed: FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "x"})
		hold("bea")
	case Confirmed:
		find(Disposition{Finding: FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "x"})
	case Cleared:
		find(Disposition{Finding: FindingCleared, Reason: "x"})
	case Merged:
		c = foldOne(t, c, 0, "ada", MergedInto, bodyOf(MergedInto))
	}
	return c
}

// bodyOf returns a body of a kind that is in order.
func bodyOf(kind EventKind) any {
	switch kind {
	case Opened:
		return OpenedBody{Matter: aMatter(taxonomy.P2, 1)}
	case Grown:
		return GrownBody{aMatter(taxonomy.P2, 1)}
	case Claimed:
		return ClaimedBody{Ends: at(60)}
	case Noted:
		return NotedBody{Text: "x"}
	case Marked:
		return MarkedBody{Event: 7, Stages: []string{"S4"}}
	case Disposed:
		return DisposedBody{Disposition{Finding: FindingCleared, Reason: "x"}}
	case Assigned:
		return AssignedBody{To: "dov"}
	case Snoozed, Parked:
		return RestBody{Until: at(600), Reason: "x"}
	case MergedInto:
		return MergedBody{Into: "c2", Reason: "x"}
	case Absorbed:
		return AbsorbedBody{From: "c2", Reason: "x", Matter: aMatter(taxonomy.P2, 1)}
	case SplitOff:
		return SplitOffBody{Into: "c3", Accounts: []string{"u1b"}, Reason: "x"}
	case SplitFrom:
		return SplitFromBody{From: "c3", Reason: "x", Matter: aMatter(taxonomy.P2, 1)}
	case Escalate:
		return EscalatedBody{Reason: "x"}
	case Agreed, Disagreed, Reopened:
		return ReasonBody{Reason: "x"}
	case ActionAsked:
		return ActionBody{Action: "a1", Verb: "slow_contacts"}
	case ReportDrafted, ReportSubmitted, ReportFiled:
		return ReportBody{Report: "r1"}
	}
	return nil
}

// whoOf returns who may do a kind to the case that aCase gives.
func whoOf(kind EventKind, s Status) string {
	switch {
	case kind == Opened || kind == Grown:
		return Haris
	case s == SecondPerson:
		return "bea"
	}
	return "ada"
}

// TestTransitions is the transition table in full: what a kind makes of each status, "" where it is not allowed.
func TestTransitions(t *testing.T) {
	statuses := []Status{"", Open, Escalated, SecondPerson, Confirmed, Cleared, Merged}
	table := map[EventKind][7]Status{
		Opened:          {Open, "", "", "", "", "", ""},
		Grown:           {"", Open, Escalated, SecondPerson, "", "", ""},
		Claimed:         {"", Open, Escalated, SecondPerson, "", "", ""},
		Released:        {"", Open, Escalated, SecondPerson, "", "", ""},
		Noted:           {"", Open, Escalated, SecondPerson, Confirmed, Cleared, Merged},
		Marked:          {"", Open, Escalated, SecondPerson, Confirmed, Cleared, Merged},
		Assigned:        {"", Open, Escalated, SecondPerson, "", "", ""},
		Snoozed:         {"", Open, Escalated, SecondPerson, "", "", ""},
		Parked:          {"", Open, Escalated, SecondPerson, "", "", ""},
		Woken:           {}, // a case that is not put off cannot be woken; TestRest does the rest
		MergedInto:      {"", Merged, Merged, "", "", "", ""},
		Absorbed:        {"", Open, Escalated, "", "", "", ""},
		SplitOff:        {"", Open, Escalated, "", "", "", ""},
		SplitFrom:       {Open, "", "", "", "", "", ""},
		Escalate:        {"", Escalated, "", Escalated, "", "", ""},
		Disposed:        {"", Cleared, Cleared, "", "", "", ""},
		Agreed:          {"", "", "", Confirmed, "", "", ""},
		Disagreed:       {"", "", "", Escalated, "", "", ""},
		Reopened:        {"", "", "", "", Open, Open, Open},
		ActionAsked:     {"", Open, Escalated, SecondPerson, Confirmed, Cleared, Merged},
		ReportDrafted:   {"", Open, Escalated, SecondPerson, Confirmed, "", ""},
		ReportSubmitted: {"", "", "", "", Confirmed, "", ""},
		ReportFiled:     {"", Open, Escalated, SecondPerson, Confirmed, Cleared, Merged},
	}
	if len(table) != len(Kinds()) {
		t.Fatalf("the table has %d kinds, haris %d", len(table), len(Kinds()))
	}
	for kind, row := range table {
		for i, s := range statuses {
			t.Run(string(kind)+" while "+s.words(), func(t *testing.T) {
				c := Case{}
				if s != "" {
					c = aCase(t, s)
				}
				if c.Status != s {
					t.Fatalf("the case is %s", c.Status)
				}
				got, err := Fold(c, event(t, &c, 1, whoOf(kind, s), kind, bodyOf(kind)))
				if row[i] == "" {
					if !errors.Is(err, ErrTransition) {
						t.Errorf("error %v", err)
					}
					return
				}
				if err != nil || got.Status != row[i] || got.Events != c.Events+1 || !got.UpdatedAt.Equal(at(1)) {
					t.Errorf("%s, %v, want %s", got.Status, err, row[i])
				}
				if got.Status != s && got.Claim != nil {
					t.Error("the claim outlived the status")
				}
			})
		}
	}
}

// TestWhoMay checks every kind against every sort of actor and against the claim.
func TestWhoMay(t *testing.T) {
	from := map[EventKind]Status{
		Grown: Open, Claimed: Open, Released: Open, Noted: Open, Marked: Open, Assigned: Open, Snoozed: Open, Parked: Open, MergedInto: Open, Absorbed: Open, SplitOff: Open, Escalate: Open, Disposed: Open, Agreed: SecondPerson, Disagreed: SecondPerson,
		Reopened: Confirmed, ActionAsked: Open, ReportDrafted: Open, ReportSubmitted: Confirmed, ReportFiled: Confirmed,
	}
	needsClaim := map[EventKind]bool{Released: true, Escalate: true, Disposed: true, Agreed: true, Disagreed: true}
	for kind, s := range from {
		c := aCase(t, s)
		try := func(who string, minute int) error {
			_, err := Fold(c, event(t, &c, minute, who, kind, bodyOf(kind)))
			return err
		}
		var software, key, other, late error
		switch {
		case kind == Grown:
			key, other, late = ErrTransition, ErrTransition, ErrTransition
		case kind == Noted || kind == ActionAsked || kind == ReportFiled:
		default:
			software, key = ErrPerson, ErrPerson
		}
		if needsClaim[kind] {
			other, late = ErrClaimed, ErrNotClaimed
		}
		if kind == Claimed || kind == Snoozed || kind == Parked || kind == MergedInto || kind == Absorbed || kind == SplitOff {
			other = ErrClaimed
		}
		for _, tt := range []struct {
			name   string
			who    string
			minute int
			want   error
		}{
			{"software", Haris, 1, software},
			{"an API key", "key:1", 1, key},
			{"nobody", "", 1, ErrPerson},
			{"another person", "cem", 1, other},
			{"after the claim ended", whoOf(Noted, s), 60, late},
		} {
			if kind == Claimed && tt.minute == 60 {
				continue // claimed until then, which the body test covers
			}
			if err := try(tt.who, tt.minute); !errors.Is(err, tt.want) {
				t.Errorf("%s by %s: %v, want %v", kind, tt.name, err, tt.want)
			}
		}
	}
}

func TestFourEyes(t *testing.T) {
	c := aCase(t, SecondPerson)
	c = foldOne(t, c, 1, "bea", Released, nil)
	c = foldOne(t, c, 1, "ada", Claimed, ClaimedBody{Ends: at(60)})
	for _, kind := range []EventKind{Agreed, Disagreed} {
		if _, err := Fold(c, event(t, &c, 2, "ada", kind, bodyOf(kind))); !errors.Is(err, ErrFourEyes) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestBodies(t *testing.T) {
	full := Disposition{Finding: FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "x", Confidence: "high"}
	with := func(change func(*Disposition)) DisposedBody {
		d := full
		change(&d)
		return DisposedBody{d}
	}
	other := aMatter(taxonomy.P2, 1)
	other.Subject = "u2"
	otherKind := aMatter(taxonomy.P2, 1)
	otherKind.Typology = taxonomy.TypologyTrafficking
	for _, tt := range []struct {
		name string
		from Status
		kind EventKind
		body any
		want error
	}{
		{"complete", Open, Disposed, DisposedBody{full}, nil},
		{"no reason", Open, Disposed, with(func(d *Disposition) { d.Reason = " \t" }), ErrBody},
		{"no typology", Open, Disposed, with(func(d *Disposition) { d.Typology = "" }), ErrBody},
		{"typology unknown", Open, Disposed, with(func(d *Disposition) { d.Typology = taxonomy.TypologyUnknown }), ErrBody},
		{"typology made up", Open, Disposed, with(func(d *Disposition) { d.Typology = "bad" }), ErrBody},
		{"cleared without typology", Open, Disposed, with(func(d *Disposition) { d.Finding, d.Typology = FindingCleared, "" }), nil},
		{"cleared with a typology made up", Open, Disposed, with(func(d *Disposition) { d.Finding, d.Typology = FindingCleared, "bad" }), ErrBody},
		{"no finding", Open, Disposed, with(func(d *Disposition) { d.Finding = "" }), ErrBody},
		{"confidence made up", Open, Disposed, with(func(d *Disposition) { d.Confidence = "total" }), ErrBody},
		{"proposed beside confirmed", Open, Disposed, with(func(d *Disposition) { d.Proposed = FindingCleared }), ErrBody},
		{"second person without a proposal", Open, Disposed, with(func(d *Disposition) { d.Finding = FindingNeedsSecond }), ErrBody},
		{"second person for escalation", Open, Disposed, with(func(d *Disposition) {
			d.Finding, d.Proposed = FindingNeedsSecond, FindingEscalated
		}), ErrBody},
		{"second person to confirm nothing", Open, Disposed, with(func(d *Disposition) {
			d.Finding, d.Proposed, d.Typology = FindingNeedsSecond, FindingConfirmed, ""
		}), ErrBody},
		{"second person to clear", Open, Disposed, with(func(d *Disposition) {
			d.Finding, d.Proposed, d.Typology = FindingNeedsSecond, FindingCleared, ""
		}), nil},
		{"escalated by finding", Open, Disposed, with(func(d *Disposition) { d.Finding = FindingEscalated }), nil},
		{"escalated twice by finding", Escalated, Disposed, with(func(d *Disposition) { d.Finding = FindingEscalated }), ErrTransition},
		{"a claim that has ended", Open, Claimed, ClaimedBody{Ends: at(1)}, ErrBody},
		{"a note of nothing", Open, Noted, NotedBody{}, ErrBody},
		{"a mark of no message", Open, Marked, MarkedBody{Stages: []string{"S4"}}, ErrBody},
		{"a mark of a stage that there is not", Open, Marked, MarkedBody{Event: 7, Stages: []string{"S77"}}, ErrBody},
		{"a mark of nothing and something", Open, Marked, MarkedBody{Event: 7, Stages: []string{"none", "S4"}}, ErrBody},
		{"a mark twice the same", Open, Marked, MarkedBody{Event: 7, Stages: []string{"S4", "S4"}}, ErrBody},
		{"a mark that is not there taken back", Open, Marked, MarkedBody{Event: 7}, ErrBody},
		{"escalation without reason", Open, Escalate, EscalatedBody{To: "leads"}, ErrBody},
		{"disagreement without reason", SecondPerson, Disagreed, ReasonBody{}, ErrBody},
		{"agreement without reason", SecondPerson, Agreed, ReasonBody{}, nil},
		{"agreement without body", SecondPerson, Agreed, nil, nil},
		{"reopening without reason", Cleared, Reopened, ReasonBody{}, ErrBody},
		{"an action without id", Open, ActionAsked, ActionBody{Verb: "x"}, ErrBody},
		{"a report without id", Open, ReportDrafted, ReportBody{}, ErrBody},
		{"a filed report without id", Open, ReportFiled, ReportBody{Receipt: "1"}, ErrBody},
		{"growth about another account", Open, Grown, GrownBody{other}, ErrMatter},
		{"growth about another typology", Open, Grown, GrownBody{otherKind}, ErrMatter},
		{"growth by a bad matter", Open, Grown, GrownBody{Matter{}}, ErrMatter},
		{"a body of another kind", Open, Noted, ReportBody{Report: "r"}, ErrBody},
		{"no body", Open, Disposed, nil, ErrBody},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := aCase(t, tt.from)
			if _, err := Fold(c, event(t, &c, 1, whoOf(tt.kind, tt.from), tt.kind, tt.body)); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
	c := aCase(t, Open)
	e := event(t, &c, 1, "ada", Noted, NotedBody{Text: "x"})
	e.Body = append(e.Body, `{"text":"y"}`...)
	if _, err := Fold(c, e); !errors.Is(err, ErrBody) {
		t.Errorf("two values in one body: %v", err)
	}
}
