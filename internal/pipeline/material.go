package pipeline

import (
	"cmp"
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

// Transcripts returns the conversations in which those events lie and those that the subject has had with the people of the
// case, complete up to their newest 2,000 events, and one more with the events that belong to no conversation.
func (m Material) Transcripts(ctx context.Context, caseID string) (out []evidence.Transcript, err error) {
	err = m.DB.Read(ctx, func(tx *store.Tx) error {
		events, err := m.events(ctx, tx, caseID)
		if err != nil {
			return err
		}
		var rest []event.Event
		for i := range events {
			if events[i].Data.Conversation == "" {
				rest = append(rest, events[i])
			}
		}
		names, err := m.conversations(ctx, tx, caseID, events)
		if err != nil {
			return err
		}
		out = nil
		for _, name := range names {
			around, err := m.conversation(ctx, tx, name)
			if err != nil {
				return err
			}
			out = append(out, evidence.NewTranscript(name, around))
		}
		if len(rest) > 0 {
			out = append(out, evidence.NewTranscript("", rest))
		}
		return nil
	})
	return out, err
}

func (m Material) conversation(ctx context.Context, tx *store.Tx, name string) ([]event.Event, error) {
	seqs, err := m.Log.On(ctx, tx, eventlog.ConversationLine(name), 0, maxLines)
	if err != nil {
		return nil, err
	}
	events, err := m.Log.Get(ctx, tx, seqs)
	return slices.DeleteFunc(events, func(e event.Event) bool { return e.Data.Conversation != name }), err
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

// Conversation returns the events that the case rests on and all that stands around them in their conversations, oldest first.
func (m Material) Conversation(ctx context.Context, caseID string) (out []event.Event, err error) {
	err = m.DB.Read(ctx, func(tx *store.Tx) error {
		events, err := m.events(ctx, tx, caseID)
		if err != nil {
			return err
		}
		seen := map[uint64]bool{}
		out = nil
		add := func(list []event.Event) {
			for _, e := range list {
				if !seen[e.Seq] {
					seen[e.Seq] = true
					out = append(out, e)
				}
			}
		}
		add(events)
		names, err := m.conversations(ctx, tx, caseID, events)
		if err != nil {
			return err
		}
		for _, name := range names {
			around, err := m.conversation(ctx, tx, name)
			if err != nil {
				return err
			}
			add(around)
		}
		slices.SortFunc(out, func(a, b event.Event) int { return cmp.Compare(a.Seq, b.Seq) })
		return nil
	})
	return out, err
}

// conversations are the names of the conversations of the events that a case rests on, and of those that its subject has had
// with the people of the case, newest first; at most maxConversations.
func (m Material) conversations(ctx context.Context, tx *store.Tx, caseID string, events []event.Event) (names []string, err error) {
	c, err := tx.Cases().Get(ctx, caseID)
	if err != nil {
		return nil, err
	}
	seqs, err := m.Log.On(ctx, tx, eventlog.AccountLine(c.Subject), 0, maxOwn)
	if err != nil {
		return nil, err
	}
	own, err := m.Log.Get(ctx, tx, seqs)
	if err != nil {
		return nil, err
	}
	people := slices.Clone(c.Victims)
	for _, s := range c.Signals {
		people = append(people, s.Others...)
	}
	with := func(e *event.Event) bool {
		return slices.Contains(people, e.Actor()) || slices.ContainsFunc(e.Targets(), func(id string) bool { return slices.Contains(people, id) })
	}
	own = slices.DeleteFunc(own, func(e event.Event) bool { return !with(&e) })
	for _, e := range append(slices.Clone(events), own...) {
		if name := e.Data.Conversation; name != "" && !slices.Contains(names, name) && len(names) < maxConversations {
			names = append(names, name)
		}
	}
	return names, nil
}

// maxOwn bounds the events of one account that are looked through.
const maxOwn = 5000

// Own returns the events of an account that name it, its addresses and devices, newest first as far as they are bounded.
func (m Material) Own(ctx context.Context, id string) (out []event.Event, err error) {
	err = m.DB.Read(ctx, func(tx *store.Tx) error {
		seqs, err := m.Log.On(ctx, tx, eventlog.AccountLine(id), 0, maxOwn)
		if err != nil {
			return err
		}
		slices.Sort(seqs)
		events, err := m.Log.Get(ctx, tx, seqs)
		out = slices.DeleteFunc(events, func(e event.Event) bool { return e.Actor() != id && e.Data.Account != id || !names(e.Type) })
		return err
	})
	return out, err
}

// names reports whether an event of the type says who an account is, or from where it is used.
func names(t event.Type) bool {
	switch t {
	case event.AccountCreated, event.AccountUpdated, event.AccountDeleted, event.SessionStarted, event.CredentialChanged, event.ModerationApplied:
		return true
	}
	return false
}
