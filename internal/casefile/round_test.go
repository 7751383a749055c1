package casefile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/taxonomy"
)

func TestStepsOfARound(t *testing.T) {
	for name, tt := range map[string]struct {
		step  Step
		queue string
		want  string
	}{
		"in": {StepIn, "d", "a b c d"}, "in twice": {StepIn, "b", "a b c"}, "out": {StepOut, "b", "a c"}, "out, not in": {StepOut, "d", "a b c"},
		"up": {StepUp, "c", "a c b"}, "the first up": {StepUp, "a", "a b c"}, "up, not in": {StepUp, "d", "a b c"},
		"down": {StepDown, "a", "b a c"}, "the last down": {StepDown, "c", "a b c"}, "down, not in": {StepDown, "d", "a b c"}, "no step": {"sideways", "a", "a b c"},
	} {
		round := []string{"a", "b", "c"}
		if got := strings.Join(tt.step.Take(round, tt.queue), " "); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if !slices.Equal(round, []string{"a", "b", "c"}) {
			t.Errorf("%s changed what it was given", name)
		}
	}
}

func TestTheBestOffer(t *testing.T) {
	offer := func(id string, p taxonomy.Priority, place, minutes int) Offer {
		o := Offer{Case: Case{ID: id, Priority: p}, Place: place}
		if minutes != 0 {
			o.Due = at(0).Add(time.Duration(minutes) * time.Minute)
		}
		return o
	}
	for name, tt := range map[string]struct {
		list []Offer
		want string
	}{
		"none":                           {nil, ""},
		"P0 of the last queue":           {[]Offer{offer("a", taxonomy.P1, 0, -90), offer("b", taxonomy.P0, 2, 10)}, "b"},
		"least time left":                {[]Offer{offer("a", taxonomy.P1, 0, 30), offer("b", taxonomy.P1, 1, 5), offer("c", taxonomy.P1, 2, 60)}, "b"},
		"late comes before soon":         {[]Offer{offer("a", taxonomy.P2, 0, 1), offer("b", taxonomy.P2, 1, -1)}, "b"},
		"any limit comes before none":    {[]Offer{offer("a", taxonomy.P3, 0, 0), offer("b", taxonomy.P3, 1, 9000)}, "b"},
		"then the order of the round":    {[]Offer{offer("a", taxonomy.P1, 1, 30), offer("b", taxonomy.P1, 0, 30)}, "b"},
		"without limits too":             {[]Offer{offer("a", taxonomy.P3, 1, 0), offer("b", taxonomy.P3, 0, 0)}, "b"},
		"then the oldest":                {[]Offer{offer("b", taxonomy.P1, 0, 30), offer("a", taxonomy.P1, 0, 30)}, "a"},
		"the queue with the least of it": {[]Offer{offer("a", taxonomy.P1, 0, 240), offer("a", taxonomy.P1, 1, 30)}, "a"},
	} {
		for range 2 { // whatever the order in which they are found
			got := ""
			if i := Best(tt.list); i >= 0 {
				got = tt.list[i].Case.ID
			}
			if got != tt.want {
				t.Errorf("%s: %q, want %q", name, got, tt.want)
			}
			slices.Reverse(tt.list)
		}
	}
	if i := Best([]Offer{offer("a", taxonomy.P1, 0, 240), offer("a", taxonomy.P1, 1, 30)}); i != 1 {
		t.Errorf("of one case in two queues the one with least time left is taken, not %d", i)
	}
}

func TestWhatAScopeBars(t *testing.T) {
	closed := Scope{NotQueues: []string{"eu"}, NotLabels: []string{"rare"}}
	queues := Scope{Confined: true, Queues: []string{"eu"}}
	labels := Scope{Confined: true, Queues: []string{"eu"}, Labels: []string{"rare"}}
	for name, tt := range map[string]struct {
		s    Scope
		n    Narrow
		want bool
	}{
		"everything is seen":                     {Scope{}, Narrow{Queue: "eu"}, false},
		"a closed word of queues":                {closed, Narrow{Queue: "eu"}, true},
		"a closed label":                         {closed, Narrow{Label: "rare"}, true},
		"nothing of it":                          {closed, Narrow{Queue: "us", Label: "often"}, false},
		"confined, theirs":                       {queues, Narrow{Queue: "eu"}, false},
		"confined, another":                      {queues, Narrow{Queue: "us"}, true},
		"confined, any":                          {queues, Narrow{}, false},
		"confined, another, which a label opens": {labels, Narrow{Queue: "us"}, false},
		"confined to nothing":                    {Scope{Confined: true}, Narrow{}, true},
	} {
		if got := tt.s.Bars(&tt.n); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
