package pipeline

import (
	"context"
	"fmt"
	"math"
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
	maxLines         = 20_000  // newest events of one conversation
	maxGathered      = 100_000 // events of all conversations of a case
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

// Gathered is what stands around the events of a case.
type Gathered struct {
	// Conversations are complete up to their newest maxLines events; each says what lies before. The one without a name has the
	// events of the case that belong to no conversation.
	Conversations []Talk
	More          int // conversations beyond maxConversations, or beyond maxGathered events
}

// Talk is one conversation.
type Talk struct {
	Name    string
	Events  []event.Event
	Earlier *evidence.Earlier // what of it is not among the events
}

// Transcripts returns what is gathered for a case as transcripts.
func (m Material) Transcripts(ctx context.Context, caseID string) (out []evidence.Transcript, err error) {
	g, err := m.Gather(ctx, caseID)
	if err != nil {
		return nil, err
	}
	for _, talk := range g.Conversations {
		t := evidence.NewTranscript(talk.Name, talk.Events)
		t.Earlier = talk.Earlier
		out = append(out, t)
	}
	return out, nil
}

// Gather reads the conversations in which the events lie that the signals of a case name, and those that its subject has had with
// the people of the case.
func (m Material) Gather(ctx context.Context, caseID string) (g Gathered, err error) {
	err = m.DB.Read(ctx, func(tx *store.Tx) error {
		g = Gathered{}
		events, err := m.events(ctx, tx, caseID)
		if err != nil {
			return err
		}
		names, err := m.conversations(ctx, tx, caseID, events)
		if err != nil {
			return err
		}
		room := maxGathered
		for i, name := range names {
			if i == maxConversations || room <= 0 {
				g.More = len(names) - i
				break
			}
			talk, err := m.conversation(ctx, tx, name, min(maxLines, room))
			if err != nil {
				return err
			}
			room -= len(talk.Events)
			g.Conversations = append(g.Conversations, talk)
		}
		g.add(events)
		return nil
	})
	return g, err
}

// add puts in the events of the signals that no conversation has brought: those outside of any, and those before what was gathered.
func (g *Gathered) add(events []event.Event) {
	seen := map[uint64]bool{}
	place := map[string]int{}
	for i, talk := range g.Conversations {
		place[talk.Name] = i
		for _, e := range talk.Events {
			seen[e.Seq] = true
		}
	}
	for _, e := range events {
		if seen[e.Seq] {
			continue
		}
		i, ok := place[e.Data.Conversation]
		if !ok {
			i = len(g.Conversations)
			place[e.Data.Conversation] = i
			g.Conversations = append(g.Conversations, Talk{Name: e.Data.Conversation})
		}
		talk := &g.Conversations[i]
		talk.Events = append(talk.Events, e)
		if talk.Earlier != nil {
			if talk.Earlier.Count--; talk.Earlier.Count == 0 {
				talk.Earlier = nil
			}
		}
	}
}

// conversation reads the newest events of one and says what lies before them.
func (m Material) conversation(ctx context.Context, tx *store.Tx, name string, limit int) (Talk, error) {
	talk := Talk{Name: name}
	seqs, err := m.Log.On(ctx, tx, eventlog.ConversationLine(name), 0, math.MaxInt)
	if err != nil {
		return talk, err
	}
	if n := len(seqs) - limit; n > 0 {
		ends, err := m.Log.Get(ctx, tx, []uint64{seqs[len(seqs)-1], seqs[limit]})
		if err != nil {
			return talk, err
		}
		talk.Earlier = &evidence.Earlier{Count: n, First: ends[0].Time, Last: ends[len(ends)-1].Time}
		seqs = seqs[:limit]
	}
	talk.Events, err = m.Log.Get(ctx, tx, seqs)
	talk.Events = slices.DeleteFunc(talk.Events, func(e event.Event) bool { return e.Data.Conversation != name })
	return talk, err
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

// maxGathering bounds the accounts of a group whose conversations are gathered.
const maxGathering = 20

// conversations are the names of the conversations of the events that a case rests on, and of those that its accounts have had with the
// people of the case; of each account newest first.
func (m Material) conversations(ctx context.Context, tx *store.Tx, caseID string, events []event.Event) (names []string, err error) {
	c, err := tx.Cases().Get(ctx, caseID)
	if err != nil {
		return nil, err
	}
	people := slices.Clone(c.Victims)
	for _, s := range c.Signals {
		people = append(people, s.Others...)
	}
	for _, id := range c.Subjects[:min(len(c.Subjects), maxGathering)] {
		own, err := m.with(ctx, tx, id, people)
		if err != nil {
			return nil, err
		}
		events = append(slices.Clip(events), own...)
	}
	for _, e := range events {
		if name := e.Data.Conversation; name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// with reads the newest events of an account that somebody else of the people has a part in, newest first.
func (m Material) with(ctx context.Context, tx *store.Tx, id string, people []string) ([]event.Event, error) {
	seqs, err := m.Log.On(ctx, tx, eventlog.AccountLine(id), 0, maxOwn)
	if err != nil {
		return nil, err
	}
	own, err := m.Log.Get(ctx, tx, seqs)
	known := func(who string) bool { return who != id && slices.Contains(people, who) }
	return slices.DeleteFunc(own, func(e event.Event) bool { return !known(e.Actor()) && !slices.ContainsFunc(e.Targets(), known) }), err
}

// maxOwn bounds the events of one account that are looked through.
const maxOwn = 5000

// Own returns the newest events of an account that name it, its addresses and devices, and what it published, uploaded, paid, was paid
// and shared.
func (m Material) Own(ctx context.Context, id string) (out []event.Event, err error) {
	err = m.DB.Read(ctx, func(tx *store.Tx) error {
		seqs, err := m.Log.On(ctx, tx, eventlog.AccountLine(id), 0, maxOwn)
		if err != nil {
			return err
		}
		slices.Sort(seqs)
		events, err := m.Log.Get(ctx, tx, seqs)
		out = slices.DeleteFunc(events, func(e event.Event) bool { return !concerns(&e, id) })
		return err
	})
	return out, err
}

// concerns reports whether an event says who an account is, from where it is used, what it published or uploaded, or what was paid or
// shared by it or to it.
func concerns(e *event.Event, id string) bool {
	switch e.Type {
	case event.AccountCreated, event.AccountUpdated, event.AccountDeleted, event.SessionStarted, event.CredentialChanged, event.ModerationApplied,
		event.ListingPublished, event.PostPublished, event.MediaUploaded, event.GroupJoined:
		return e.Actor() == id || e.Data.Account == id
	case event.PaymentSent, event.LocationShared:
		return e.Actor() == id || slices.Contains(e.Targets(), id)
	}
	return false
}
