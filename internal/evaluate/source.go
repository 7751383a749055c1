// Package evaluate folds streams of events through what haris knows, without a store, and compares what was raised with what is known to be
// so: recall where false positives are rare and at a team's daily budget, how early, for whom wrongly, and what each detector adds. The
// arithmetic is in internal/measure and internal/early. It prints as text, JSON and one self-contained page; haris eval calls it.
package evaluate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"haris/internal/decide"
	"haris/internal/demo/platform"
	"haris/internal/event"
	"haris/internal/rule"
)

// Source is one stream of events with the truth about it. Streams are platforms of their own: nothing known of one is known of another.
type Source struct {
	Name  string
	Truth platform.Truth
	// Each gives the events in their order, in batches that must not be kept; it may be called again, from several goroutines at once.
	Each func(func([]event.Event) error) error
}

// Options say how to evaluate.
type Options struct {
	Rules   *rule.Set      // nil: only detectors speak
	Policy  *decide.Policy // how what stands is weighed; nil: the default
	Budget  int            // cases that a team looks at in a day
	Ablate  bool           // fold again without each detector
	Sizes   bool           // measure the bytes of state of each detector
	Workers int            // goroutines of one fold, and folds at a time when ablating
	Lenient bool           // accounts of the truth that never occur are left out instead of refused
	// Told hears of events folded, from several goroutines when ablating; may be nil.
	Told func(events int)
}

// ErrUnknown is wrapped when the truth names accounts that never occur in its stream.
var ErrUnknown = errors.New("evaluate: the truth names accounts that never occur")

// listed is how many unknown accounts an error names.
const listed = 20

// strangers lists the accounts that the truth names and that never occur, sorted.
func strangers(t platform.Truth, seen func(string) bool) (out []string) {
	add := func(ids []string) {
		for _, id := range ids {
			if !seen(id) && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	for _, p := range t.Positive {
		add(p.Subjects)
		add(p.Victims)
		add(p.Others)
	}
	for _, b := range t.BenignHard {
		add(b.Subjects)
	}
	slices.Sort(out)
	return out
}

// unknown is the error about them.
func unknown(name string, ids []string) error {
	more := ""
	if len(ids) > listed {
		more = fmt.Sprintf(" and %d more", len(ids)-listed)
		ids = ids[:listed]
	}
	return fmt.Errorf("%w in %s: %s%s; give the truth of this stream, or --lenient to leave them out", ErrUnknown, name, strings.Join(ids, ", "), more)
}
