package pipeline

import (
	"slices"
	"testing"
	"time"

	"haris/internal/event"
	"haris/internal/store"
)

// TestSent: what was carried once is never noted again, by whatever way it is remembered.
func TestSent(t *testing.T) {
	message := event.Event{Seq: 7, Type: event.MessageSent, Time: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	message.Data.Set(event.HasText | event.HasIP | event.HasKeys)
	message.Data.Keys = []event.Key{{Kind: "email", Value: "a@example.net"}, {Kind: "phone", Hash: "77"}}
	second := message
	second.Seq = 8
	second.Data.Set(event.HasPort)
	s := sent{}
	news, rows := s.learn([]event.Event{message, second})
	var names []string
	for _, r := range rows {
		names = append(names, r.Field)
		if r.Type != "message.sent" || (r.Seq == 8) != (r.Field == "port") {
			t.Errorf("row %+v", r)
		}
	}
	if want := []string{"text", "ip", "keys", "keys.email", "port"}; !slices.Equal(names, want) {
		t.Errorf("noted %v, want %v", names, want)
	}
	if _, again := s.learn([]event.Event{message}); len(again) != 5-1 {
		t.Errorf("before it is durable nothing is known: %v", again)
	}
	s.merge(news)
	for name, s := range map[string]sent{"merged": s, "remembered": remember(append(rows, store.EventField{Seq: 7}))} {
		if news, again := s.learn([]event.Event{message, second}); len(again) != 0 || len(news) != 0 {
			t.Errorf("%s: noted again: %v", name, again)
		}
	}
	session := message
	session.Type = event.SessionStarted
	if _, other := s.learn([]event.Event{session}); len(other) != 4 {
		t.Errorf("another type: %v", other)
	}
}
