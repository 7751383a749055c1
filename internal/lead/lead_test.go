package lead

import (
	"slices"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/taxonomy"
)

func at(hours float64) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(hours * float64(time.Hour)))
}

// TestCount says of each kind of event what is counted, for a P2 case that was opened at noon and has until noon of the next day.
func TestCount(t *testing.T) {
	open := casefile.Case{
		Status: casefile.Open, Queue: "main", Priority: taxonomy.P2, OpenedAt: at(0), Deadline: at(24), About: &casefile.About{Band: "25+", Lang: "ar"},
		Signals: []detect.Signal{{Detector: "D1", Strength: 3}, {Detector: "D9", Unscanned: "evicted"}},
	}
	with := func(f func(*casefile.Case)) casefile.Case {
		c := open
		f(&c)
		return c
	}
	cleared := with(func(c *casefile.Case) {
		c.Status, c.Disposal = casefile.Cleared, &casefile.Disposition{Finding: casefile.FindingCleared}
	})
	asked := with(func(c *casefile.Case) {
		c.Status, c.Disposal = casefile.SecondPerson, &casefile.Disposition{Finding: casefile.FindingNeedsSecond}
	})
	merged := with(func(c *casefile.Case) { c.Status = casefile.Merged })
	watched := with(func(c *casefile.Case) { c.Priority, c.Deadline = taxonomy.P3, time.Time{} })
	end := []Tick{{Decided, "main", "cleared"}, {Spoke, "D1", "cleared"}, {Band, "25+", "cleared"}, {Region, "", "cleared"}, {Language, "ar", "cleared"}}
	for _, k := range []struct {
		name          string
		before, after casefile.Case
		kind          casefile.EventKind
		who           string
		at            time.Time
		past          Past
		want          []Tick
	}{
		{"opened", casefile.Case{}, open, casefile.Opened, casefile.Haris, at(0), Past{}, []Tick{{Inflow, "main", "P2"}, {Scanned, "D1", ""}, {Scanned, "D9", "evicted"}}},
		{"taken up in time", open, open, casefile.Claimed, "ada", at(1), Past{}, []Tick{{Looked, "P2", Kept}, {LookedQueue, "main", Kept}, {LookTime, "P2", "24"}}},
		{"at the deadline", open, open, casefile.Claimed, "ada", at(24), Past{}, []Tick{{Looked, "P2", Kept}, {LookedQueue, "main", Kept}, {LookTime, "P2", "42"}}},
		{"late", open, open, casefile.Noted, "ada", at(25), Past{}, []Tick{{Looked, "P2", Late}, {LookedQueue, "main", Late}, {LookTime, "P2", "43"}}},
		{"a second claim", open, open, casefile.Claimed, "bob", at(2), Past{Looked: true}, nil},
		{"a note by a program", open, open, casefile.Noted, "key:K1", at(2), Past{}, nil},
		{"watched", watched, watched, casefile.Claimed, "ada", at(0), Past{}, []Tick{{Looked, "P3", Free}, {LookedQueue, "main", Free}, {LookTime, "P3", "0"}}},
		{"cleared", open, cleared, casefile.Disposed, "ada", at(4), Past{Looked: true}, slices.Concat([]Tick{{DecidedBy, "ada", "cleared"}}, end[:1], []Tick{{DecideTime, "P2", "32"}}, end[1:])},
		{"cleared again", open, cleared, casefile.Disposed, "ada", at(4), Past{Looked: true, Decided: true}, slices.Concat([]Tick{{DecidedBy, "ada", "cleared"}}, end)},
		{"second asked", open, asked, casefile.Disposed, "ada", at(4), Past{Looked: true}, []Tick{{DecidedBy, "ada", "needs_second_person"}}},
		{"agreed", asked, cleared, casefile.Agreed, "bob", at(8), Past{Looked: true, Decided: true}, slices.Concat([]Tick{{DecidedBy, "bob", Agreed}}, end)},
		{"disagreed", asked, open, casefile.Disagreed, "bob", at(8), Past{}, []Tick{{DecidedBy, "bob", Disagreed}}},
		{"escalated", open, open, casefile.Escalate, "ada", at(1), Past{Looked: true}, []Tick{{DecidedBy, "ada", "escalated"}}},
		{"merged", open, merged, casefile.MergedInto, "ada", at(4), Past{Looked: true}, nil},
		{"split off", open, open, casefile.SplitOff, "ada", at(4), Past{}, nil},
		{"split from another", casefile.Case{}, open, casefile.SplitFrom, "ada", at(4), Past{}, []Tick{{Inflow, "main", "P2"}}},
		{"reopened", cleared, open, casefile.Reopened, "ada", at(9), Past{Looked: true}, []Tick{{Reopened, "main", "cleared"}}},
		{"grown", open, open, casefile.Grown, casefile.Haris, at(9), Past{}, nil},
	} {
		t.Run(k.name, func(t *testing.T) {
			e := casefile.Event{Kind: k.kind, Who: k.who, At: k.at}
			if got := Count(&k.before, &k.after, &e, k.past); !slices.Equal(got, k.want) {
				t.Errorf("got  %v\nwant %v", got, k.want)
			}
		})
	}
}

// TestStep: 2^(i/4) minutes end step i. An hour is 2^5.907 minutes, four hours 2^7.907, a day 2^10.492.
func TestStep(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "0", 0: "0", time.Minute: "0", 61 * time.Second: "1", 2 * time.Minute: "4", 4 * time.Minute: "8", time.Hour: "24", 4 * time.Hour: "32", 24 * time.Hour: "42", 100 * 365 * 24 * time.Hour: "96",
	} {
		if got := Step(d); got != want {
			t.Errorf("%v: step %s, want %s", d, got, want)
		}
	}
}

// TestQuantile: of 3 that took a minute, 5 two minutes and 2 an hour, the fifth is two minutes, the ninth an hour (64 minutes is the end of its step).
func TestQuantile(t *testing.T) {
	times := Times{"0": 3, "4": 5, "24": 2}
	for q, want := range map[float64]time.Duration{.1: time.Minute, .3: time.Minute, .5: 2 * time.Minute, .8: 2 * time.Minute, .9: 64 * time.Minute, 1: 64 * time.Minute} {
		if got, ok := times.Quantile(q); got != want || !ok {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
	if _, ok := (Times{}).Quantile(.5); ok {
		t.Error("nothing has a median")
	}
}

func TestRange(t *testing.T) {
	r := Last(7, at(0))
	if r.From.String() != "2026-02-23" || r.To.String() != "2026-03-02" || r.Before().From.String() != "2026-02-16" || r.Before().To != r.From {
		t.Errorf("%v before %v", r, r.Before())
	}
	for _, k := range []struct {
		from, to string
		days     int
	}{{"2026-03-01", "2026-03-01", 1}, {"2026-02-01", "2026-03-01", 29}, {"2026-03-02", "2026-03-01", 0}, {"", "2026-03-01", 0}, {"2024-01-01", "2026-03-01", 0}, {"2026-02-30", "2026-03-01", 0}} {
		if r, ok := ParseRange(k.from, k.to); ok != (k.days > 0) || ok && r.Days() != k.days {
			t.Errorf("%s to %s: %v, %v", k.from, k.to, r, ok)
		}
	}
	if d := DayOf(time.Unix(-1, 0)); d != -1 || d.String() != "1969-12-31" {
		t.Errorf("before 1970: %v", d)
	}
}

func sums(list ...any) (out []Sum) {
	for i := 0; i < len(list); i += 4 {
		out = append(out, Sum{Tick{list[i].(Kind), list[i+1].(string), list[i+2].(string)}, int64(list[i+3].(int))})
	}
	return out
}

// TestBoard adds up two days and the two before them by hand.
func TestBoard(t *testing.T) {
	today := DayOf(at(0))
	f := Facts{
		Range: Range{today - 1, today + 1}, Now: at(0),
		Days: map[Day][]Sum{
			today: sums(Inflow, "main", "P2", 4, Inflow, "night", "P0", 1, Decided, "main", "cleared", 2, DecidedBy, "ada", "cleared", 2, DecidedBy, "bob", Agreed, 3, DecidedBy, "bob", Disagreed, 1,
				Looked, "P2", Kept, 9, Looked, "P2", Late, 1, LookTime, "P2", "24", 10, Spoke, "D10", "cleared", 1, Spoke, "D2", "confirmed", 1, Spoke, "asks-for-cards", "cleared", 1,
				Band, "25+", "cleared", 10, Band, "25+", "confirmed", 30, Band, "18-24", "cleared", 20, Band, "18-24", "confirmed", 20, Band, "", "cleared", 5, Band, "13-15", "cleared", 19,
				Scanned, "D1", "", 8, Scanned, "D1", "evicted", 2, Scanned, "D2", "", 5, ShownSeconds, "ada", "", 90, ShownItems, "ada", "", 2),
			today - 1: sums(Inflow, "main", "P2", 1, Decided, "main", "confirmed", 1),
			today - 2: sums(Inflow, "main", "P2", 7, Reopened, "main", "cleared", 1),
			today - 3: sums(Inflow, "main", "P2", 1),
			today - 4: sums(Inflow, "main", "P2", 100),
		},
		Open: Open{Cases: []Waiting{{today, "main", taxonomy.P2, 3}, {today - 3, "main", taxonomy.P0, 1}, {today - 60, "old", taxonomy.P3, 2}}, Held: map[string]int{"eve": 2}},
	}
	b := NewBoard(&f)
	if b.Opened != (Both{6, 8}) || b.Decided != (Both{3, 0}) || b.Reopened != (Both{0, 1}) {
		t.Errorf("opened %v, decided %v, reopened %v", b.Opened, b.Decided, b.Reopened)
	}
	if want := []DayFlow{{today - 3, 1, 0}, {today - 2, 7, 0}, {today - 1, 1, 1}, {today, 5, 2}}; !slices.Equal(b.Flow, want) {
		t.Errorf("flow %v", b.Flow)
	}
	if b.Ages[0][2] != 3 || b.Ages[2][0] != 1 || b.Ages[5][3] != 2 {
		t.Errorf("ages %v", b.Ages)
	}
	l := b.Limits[2]
	if l.Kept.Now.Part != 9 || l.Kept.Now.Of != 10 || l.Kept.Before.Of != 0 || l.Look.Median != 64*time.Minute || l.Look.Of != 10 || l.Decide.Of != 0 {
		t.Errorf("limit %+v", l)
	}
	if len(b.Queues) != 3 || b.Queues[0].Open != 4 || b.Queues[2].Name != "old" || b.Queues[2].Open != 2 || b.Queues[0].Opened != (Both{5, 8}) {
		t.Errorf("queues %+v", b.Queues)
	}
	if len(b.People) != 3 || b.People[0].Shown != 90*time.Second || b.People[0].Items != 2 || b.People[1].Second != 4 || b.People[2].Late != 2 {
		t.Errorf("people %+v", b.People)
	}
	if b.Second.Now.Part != 3 || b.Second.Now.Of != 4 {
		t.Errorf("agreement %+v", b.Second)
	}
	if names := []string{b.Spoke[0].Name, b.Spoke[1].Name, b.Spoke[2].Name}; !slices.Equal(names, []string{"D2", "D10", "asks-for-cards"}) || b.Spoke[0].Now.Part != 1 || b.Spoke[1].Now.Part != 0 {
		t.Errorf("precision %+v", b.Spoke)
	}
	// 20 of 40 against 10 of 40: twice as often. The group with 19 closed cases and the one that is not known do not count.
	if s := b.Cohorts[0].Spread; !s.OK || s.Ratio != 2 || s.Max != "18-24" || s.Min != "25+" || len(b.Cohorts[0].Groups) != 4 {
		t.Errorf("cohorts %+v", b.Cohorts[0])
	}
	if len(b.Scans) != 1 || b.Scans[0].Now.Part != 2 || b.Scans[0].Now.Of != 10 || b.Scans[0].Reasons[0].What != "evicted" {
		t.Errorf("unscanned %+v", b.Scans)
	}
}
