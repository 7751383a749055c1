package casefile

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/taxonomy"
)

func TestNarrowAsksTheStore(t *testing.T) {
	now := at(0)
	for name, tt := range map[string]struct {
		n    Narrow
		want Filter
	}{
		"nothing": {Narrow{}, Filter{Statuses: OpenStatuses(), Resting: Awake}},
		"asleep":  {Narrow{Status: NarrowAsleep}, Filter{Statuses: OpenStatuses(), Resting: Asleep}},
		"all":     {Narrow{Status: NarrowAll}, Filter{}},
		"cleared": {Narrow{Status: "cleared"}, Filter{Statuses: []Status{Cleared}}},
		"mine":    {Narrow{Status: NarrowAll, Who: OfMine, Held: true}, Filter{Assignee: "ada", Claimant: "ada"}},
		"nobody":  {Narrow{Status: NarrowAll, Who: OfNobody, Days: 3}, Filter{Unassigned: true, OpenedBy: now.Add(-72 * time.Hour)}},
		"the rest": {
			Narrow{Status: NarrowAll, Queue: "q", Typology: taxonomy.TypologyGrooming, AtLeast: taxonomy.P1, Detector: "D1", Label: "l"},
			Filter{Queue: "q", Typology: taxonomy.TypologyGrooming, AtLeast: taxonomy.P1, Detector: "D1", Label: "l"},
		},
	} {
		tt.want.Now = now
		if d := cmp.Diff(tt.want, tt.n.Filter("ada", now)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestWhoSeesAQueue(t *testing.T) {
	own := Queue{Owner: "ada"}
	all := Queue{Owner: "ada", Shared: true}
	leads := Queue{Owner: "ada", Shared: true, Roles: []string{"lead"}}
	named := Queue{Owner: "ada", Shared: true, Roles: []string{"lead"}, People: []string{"bea"}}
	lead, reviewer := []string{"lead"}, []string{"reviewer"}
	for name, tt := range map[string]struct{ got, want bool }{
		"own, owner":     {own.SeenBy("ada", nil), true},
		"own, another":   {own.SeenBy("bea", []string{"lead"}), false},
		"shared":         {all.SeenBy("bea", []string{"reviewer"}), true},
		"leads, lead":    {leads.SeenBy("bea", []string{"reviewer", "lead"}), true},
		"leads, owner":   {leads.SeenBy("ada", []string{"reviewer"}), true},
		"named, seen":    {named.SeenBy("bea", reviewer), true},
		"named, another": {named.SeenBy("cem", reviewer), false},
		"worked, own":    {own.WorkedBy("ada", reviewer), true},
		"worked, others": {own.WorkedBy("bea", lead), false},
		"worked by all":  {all.WorkedBy("bea", reviewer), true},
		"worked by role": {leads.WorkedBy("bea", reviewer), false},
		"worked, named":  {named.WorkedBy("bea", reviewer), true},
		"seen, no work":  {named.WorkedBy("cem", lead), false},
		"kept, no work":  {named.WorkedBy("ada", lead), false},
		"leads, another": {leads.SeenBy("bea", []string{"reviewer"}), false},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v", name, tt.got)
		}
	}
	for name, q := range map[string]Queue{
		"no name": {Owner: "ada", Name: " "}, "a long name": {Owner: "ada", Name: strings.Repeat("x", MaxQueueName+1)},
		"a limit in seconds": {Owner: "ada", Name: "x", Limit: 90 * time.Second}, "a limit of months": {Owner: "ada", Name: "x", Limit: MaxQueueLimit + time.Minute},
		"a limit below none": {Owner: "ada", Name: "x", Limit: -time.Minute}, "of nobody": {Name: "x"}, "own with roles": {Owner: "ada", Name: "x", Roles: []string{"lead"}},
		"own with people": {Owner: "ada", Name: "x", People: []string{"bea"}}, "too many people": {Owner: "ada", Name: "x", Shared: true, People: make([]string, MaxQueuePeople+1)},
	} {
		if err := q.Check(); !errors.Is(err, ErrQueue) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheLimitOfAQueueOnlyShortens(t *testing.T) {
	now := at(0)
	for name, tt := range map[string]struct {
		limit    time.Duration
		priority taxonomy.Priority
		want     time.Duration // after it was opened; 0 for no limit at all
		own      bool
	}{
		"no limit, P1":                {0, taxonomy.P1, 4 * time.Hour, false},
		"no limit, P3":                {0, taxonomy.P3, 0, false},
		"shorter than P1's":           {30 * time.Minute, taxonomy.P1, 30 * time.Minute, true},
		"as long as P1's":             {4 * time.Hour, taxonomy.P1, 4 * time.Hour, false},
		"longer than P0's":            {30 * time.Minute, taxonomy.P0, 15 * time.Minute, false},
		"P3, which has no other time": {48 * time.Hour, taxonomy.P3, 48 * time.Hour, true},
	} {
		q, c := Queue{Limit: tt.limit}, Case{OpenedAt: now, Deadline: DeadlineOf(tt.priority, now)}
		var want time.Time
		if tt.want > 0 {
			want = now.Add(tt.want)
		}
		if due, own := q.Due(&c); !due.Equal(want) || own != tt.own {
			t.Errorf("%s: %s, %v; want %s, %v", name, due, own, want, tt.own)
		}
	}
	q := Queue{Limit: time.Hour, Narrow: Narrow{Queue: "night"}}
	if f := q.Late("ada", now); f.LateAfter != time.Hour || f.Queue != "night" || !f.Now.Equal(now) {
		t.Errorf("%+v", f)
	}
}
