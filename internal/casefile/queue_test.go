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
	for name, tt := range map[string]struct{ got, want bool }{
		"own, owner":     {own.SeenBy("ada", nil), true},
		"own, another":   {own.SeenBy("bea", []string{"lead"}), false},
		"shared":         {all.SeenBy("bea", []string{"reviewer"}), true},
		"leads, lead":    {leads.SeenBy("bea", []string{"reviewer", "lead"}), true},
		"leads, owner":   {leads.SeenBy("ada", []string{"reviewer"}), true},
		"leads, another": {leads.SeenBy("bea", []string{"reviewer"}), false},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v", name, tt.got)
		}
	}
	for name, q := range map[string]Queue{
		"no name": {Owner: "ada", Name: " "}, "a long name": {Owner: "ada", Name: strings.Repeat("x", MaxQueueName+1)},
		"of nobody": {Name: "x"}, "own with roles": {Owner: "ada", Name: "x", Roles: []string{"lead"}},
	} {
		if err := q.Check(); !errors.Is(err, ErrQueue) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
