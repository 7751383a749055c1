package pipeline

import (
	"context"
	"fmt"
	"slices"

	"haris/internal/action"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/store"
	"haris/internal/store/eventlog"
)

// Bounds of what is gathered for one case.
const (
	maxConversations = 40
	maxLines         = 2000 // newest events of one conversation
)

// Material reads what a case rests on.
type Material struct {
	DB  *store.DB
	Log *eventlog.Log
}

// Events returns the events that the case's signals name, oldest first.
func (m Material) Events(ctx context.Context, caseID string) (out []event.Event, err error) {
	err = m.DB.Read(ctx, func(tx *store.Tx) error {
		out, err = m.events(ctx, tx, caseID)
		return err
	})
	return out, err
}

func (m Material) events(ctx context.Context, tx *store.Tx, caseID string) ([]event.Event, error) {
	c, err := tx.Cases().Get(ctx, caseID)
	if err != nil {
		return nil, err
	}
	var seqs []uint64
	for _, s := range c.Signals {
		seqs = append(seqs, s.Events...)
	}
	slices.Sort(seqs)
	return m.Log.Get(ctx, tx, slices.Compact(seqs))
}

// Transcripts returns the conversations in which those events lie, complete up to their newest 2,000 events, and one more with
// the events that belong to no conversation.
func (m Material) Transcripts(ctx context.Context, caseID string) (out []evidence.Transcript, err error) {
	err = m.DB.Read(ctx, func(tx *store.Tx) error {
		events, err := m.events(ctx, tx, caseID)
		if err != nil {
			return err
		}
		var names []string
		var rest []event.Event
		for i := range events {
			switch name := events[i].Data.Conversation; {
			case name == "":
				rest = append(rest, events[i])
			case !slices.Contains(names, name) && len(names) < maxConversations:
				names = append(names, name)
			}
		}
		out = nil
		for _, name := range names {
			t, err := m.transcript(ctx, tx, name)
			if err != nil {
				return err
			}
			out = append(out, t)
		}
		if len(rest) > 0 {
			out = append(out, evidence.NewTranscript("", rest))
		}
		return nil
	})
	return out, err
}

func (m Material) transcript(ctx context.Context, tx *store.Tx, name string) (evidence.Transcript, error) {
	seqs, err := m.Log.On(ctx, tx, eventlog.ConversationLine(name), 0, maxLines)
	if err != nil {
		return evidence.Transcript{}, err
	}
	events, err := m.Log.Get(ctx, tx, seqs)
	if err != nil {
		return evidence.Transcript{}, err
	}
	events = slices.DeleteFunc(events, func(e event.Event) bool { return e.Data.Conversation != name })
	return evidence.NewTranscript(name, events), nil
}

// Files is what a Sealer seals for a case: each transcript as an exact record and as text.
func (m Material) Files(ctx context.Context, caseID string) ([]evidence.New, error) {
	list, err := m.Transcripts(ctx, caseID)
	if err != nil {
		return nil, err
	}
	var out []evidence.New
	for i, t := range list {
		name := fmt.Sprintf("conversation-%d", i+1)
		if t.Conversation == "" {
			name = "events"
		}
		files, err := t.Files(name, action.Software, "what the signals of the case rest on")
		if err != nil {
			return nil, err
		}
		out = append(out, files...)
	}
	return out, nil
}
