package console

import (
	"context"
	"slices"
	"sort"
	"strconv"

	"haris/internal/casefile"
	"haris/internal/event"
)

// How much of a conversation is read and shown around the messages that mattered.
const (
	maxMarked     = 200 // evidence events of a case that are read
	maxStrands    = 12  // conversations that a page shows, and as many more each time that somebody asks
	strandBefore  = 30
	strandAfter   = 300
	contextEvents = 2 // shown before and after a marked one; the rest is folded
)

// strand is one conversation, or what happened outside of conversations (Conversation is empty), in order of time.
type strand struct {
	conversation string
	parts        []part
	marked       int
}

// part is a run of events that is either shown or folded away.
type part struct {
	folded bool
	events []line
}

// line is one event of the timeline. Marked says that a signal rests on it, and detectors which ones.
type line struct {
	event.Event
	marked    bool
	detectors []string
	heard     []Heard // stages that the model in force finds in it
}

// place is the id of the event's element on the page.
func (l *line) place() string { return "e" + strconv.FormatUint(l.Seq, 10) }

// marked reads the events that the case's signals rest on, the newest maxMarked of them.
func (c *console) marked(ctx context.Context, k *casefile.Case) ([]event.Event, error) {
	by := markedBy(k)
	seqs := make([]uint64, 0, len(by))
	for seq := range by {
		seqs = append(seqs, seq)
	}
	sort.Slice(seqs, func(i, j int) bool { return seqs[i] < seqs[j] })
	if len(seqs) > maxMarked {
		seqs = seqs[len(seqs)-maxMarked:]
	}
	return c.Timeline.Events(ctx, seqs)
}

// strands reads the conversations of events that the case's signals rest on, at most so many, and says how many more there are.
func (c *console) strands(ctx context.Context, k *casefile.Case, marked []event.Event, most int) (out []strand, left int, err error) {
	by := markedBy(k)
	first := map[string]uint64{} // conversation → its first marked event
	var order []string
	for _, e := range marked {
		id := e.Data.Conversation
		if _, ok := first[id]; !ok {
			first[id], order = e.Seq, append(order, id)
		}
	}
	shown := order[:min(len(order), most)]
	for _, id := range shown {
		events := only(marked, id)
		if id != "" {
			more, err := c.Timeline.Around(ctx, id, first[id], strandBefore, strandAfter)
			if err != nil {
				return nil, 0, err
			}
			events = merge(events, more)
		}
		out = append(out, fold(id, events, by))
	}
	return out, len(order) - len(shown), nil
}

// strandsAsked is how many conversations somebody asked to see.
func strandsAsked(r *request) int {
	n, err := strconv.Atoi(r.query.Get("conversations"))
	if err != nil {
		return maxStrands
	}
	return min(max(n, maxStrands), maxMarked)
}

// eventURL leads to an event of the case: on this page, or on the page with all conversations when this one does not show it.
func (p *caseView) eventURL(seq uint64) string {
	if !p.shown[seq] && p.farther > 0 {
		return "/case/" + p.ID + "?conversations=" + strconv.Itoa(maxMarked) + eventAnchor(seq)
	}
	return eventAnchor(seq)
}

// shownOf says which events the strands show.
func shownOf(strands []strand) map[uint64]bool {
	out := map[uint64]bool{}
	for _, l := range shownEvents(strands) {
		out[l.Seq] = true
	}
	return out
}

// markedBy maps the events that signals rest on to the detectors that named them.
func markedBy(k *casefile.Case) map[uint64][]string {
	by := map[uint64][]string{}
	for _, s := range k.Signals {
		for _, seq := range s.Events {
			if !slices.Contains(by[seq], s.Detector) { // it may have spoken about several accounts of a group
				by[seq] = append(by[seq], s.Detector)
			}
		}
	}
	return by
}

func only(events []event.Event, conversation string) (out []event.Event) {
	for _, e := range events {
		if e.Data.Conversation == conversation {
			out = append(out, e)
		}
	}
	return out
}

// merge returns the events of both in order, each once.
func merge(a, b []event.Event) []event.Event {
	seen := map[uint64]bool{}
	out := make([]event.Event, 0, len(a)+len(b))
	for _, list := range [][]event.Event{a, b} {
		for _, e := range list {
			if !seen[e.Seq] {
				seen[e.Seq] = true
				out = append(out, e)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Seq < out[j].Seq })
	return out
}

// fold marks what mattered and folds away what lies further than contextEvents from it. A fold of one event is not worth it.
func fold(conversation string, events []event.Event, by map[uint64][]string) strand {
	s := strand{conversation: conversation}
	near := make([]bool, len(events))
	for i, e := range events {
		if _, ok := by[e.Seq]; !ok {
			continue
		}
		s.marked++
		for j := max(0, i-contextEvents); j <= min(len(events)-1, i+contextEvents); j++ {
			near[j] = true
		}
	}
	for i := range near {
		near[i] = near[i] || ((i == 0 || near[i-1]) && (i+1 == len(near) || near[i+1]))
	}
	for i, e := range events {
		if n := len(s.parts); n == 0 || s.parts[n-1].folded == near[i] {
			s.parts = append(s.parts, part{folded: !near[i]})
		}
		p := &s.parts[len(s.parts)-1]
		detectors, ok := by[e.Seq]
		p.events = append(p.events, line{Event: e, marked: ok, detectors: detectors})
	}
	return s
}
