package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/pipeline"
)

// opened folds a log in batches of n and lists who wrote first to whom by a text of how many.
func (t *talk) opened(n int) string {
	k := pipeline.NewKnowledge(2, secret)
	var out []string
	for at := 0; at < len(t.events); at += n {
		var tr pipeline.Trace
		k.Fold(t.events[at:min(at+n, len(t.events))], nil, &tr)
		for _, f := range tr.Facts {
			if f.Kind == detect.Opened {
				out = append(out, fmt.Sprint(f.Account.ID, f.Other.ID, f.Senders))
			}
		}
	}
	return strings.Join(out, " ")
}

// TestOpeningsOfSeveralAccounts: texts of accounts that may be adults' toward minors are counted together, those of minors and toward adults not.
func TestOpeningsOfSeveralAccounts(t *testing.T) {
	const hello = "hello I saw your drawings at the fair and would like to show you mine"
	for _, tt := range []struct {
		name string
		log  *talk
		want string
	}{
		{"three accounts", newTalk().say("a", "c", hello).say("b", "c", hello).say("u", "d", strings.Replace(hello, "drawings", "pictures", 1)), "ac1 bc2 ud3"},
		{"one account, twice", newTalk().say("a", "c", hello).say("a", "d", hello), "ac1 ad1"},
		{"minors do not count", newTalk().say("c", "d", hello).say("d", "c", hello).say("a", "c", hello), "ac1"},
		{"another text", newTalk().say("a", "c", hello).say("b", "c", "is the bus to the station late again today or did it leave early"), "ac1 bc1"},
		{"a greeting", newTalk().say("a", "c", "hello you").say("b", "c", "hello you"), "ac0 bc0"},
		{"two months apart", newTalk().say("a", "c", hello).wait(61*24*time.Hour).say("b", "c", hello), "ac1 bc1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 100} {
				if got := tt.log.opened(n); got != tt.want {
					t.Errorf("in batches of %d: %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}
