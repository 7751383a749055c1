package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"haris/internal/pipeline"
)

// visited folds the log in batches of n and lists what D19 said, with whom it names.
func (t *talk) visited(n int) string {
	k := pipeline.NewKnowledge(2, secret)
	var out []string
	for at := 0; at < len(t.events); at += n {
		var tr pipeline.Trace
		k.Fold(t.events[at:min(at+n, len(t.events))], nil, &tr)
		for _, s := range tr.Signals {
			if s.Detector == "D19" {
				out = append(out, s.Subject+" "+strings.Join(s.Others, "+"))
			}
		}
	}
	return strings.Join(out, "; ")
}

// ring is a log in which three minors' accounts of two regions advertise with one number.
func ring(before func(t *talk)) *talk {
	t := newTalk()
	t.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"account.created","time":"%s","data":{"account":"e","age_band":"16-17","region":"FR-75"}}`)
	before(t)
	for i, who := range []string{"c", "d", "e"} {
		t.list(listing{who: who, text: "tables for sale this week, write to this number +201001234567", place: []string{"Cairo", "Paris", "Oslo"}[i]})
		t.wait(2 * time.Minute)
	}
	return t
}

// write is a stranger's first message.
func (t *talk) write(from, to string) {
	t.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"message.sent","time":"%s","data":{"from":"` + from + `","to":["` + to + `"],"conversation":"` + from + to + `","surface":"dm","relation":"none"}}`)
}

// TestVisitsBeforeAndAfterTheEvidence: whoever comes to accounts under suspicion is told of, those too who came before the suspicion stood.
func TestVisitsBeforeAndAfterTheEvidence(t *testing.T) {
	nobody := func(*talk) {}
	for _, tt := range []struct {
		name string
		log  *talk
		want string
	}{
		{"nobody came", ring(nobody).wait(time.Hour), ""},
		{"one who came to two afterwards", visits(ring(nobody), "b", "c", "d"), "b c+d"},
		{"one who came to two before", visits(ring(func(t *talk) { visits(t, "b", "c", "d") })), "b c+d"},
		{"one before, one after", visits(ring(func(t *talk) { visits(t, "b", "c") }), "b", "e"), "b c+e"},
		{"one is chance", visits(ring(nobody), "b", "c"), ""},
		{"no evidence", visits(newTalk(), "b", "c", "d"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.log.wait(time.Hour).say("a", "b", "good evening") // time moves on
			for _, n := range []int{1, 3, 100} {
				if got := tt.log.visited(n); got != tt.want {
					t.Errorf("in batches of %d: %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

// visits lets a stranger write to each.
func visits(t *talk, who ...string) *talk {
	for i := 1; i < len(who); i++ {
		t.write(who[0], who[i])
		t.wait(2 * time.Minute)
	}
	return t
}
