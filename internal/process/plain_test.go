package process

import (
	"strings"
	"testing"
	"time"

	"haris/internal/event"
	"haris/internal/evidence"
)

// TestPlainLeavesOutWhatRecordLeavesOut: a transcript of a production has no field that the record of the same message withholds.
func TestPlainLeavesOutWhatRecordLeavesOut(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	e := event.Event{Seq: 3, ID: "m3", Source: "/chat", Type: event.MessageSent, Time: at}
	e.Data = event.Data{
		From: "u1", To: []string{"u2"}, Conversation: "c", Text: "hello", IP: "192.0.2.44", Port: 50111, Place: "outside-place", Amount: 1234, Currency: "EUR",
		Reason: "outside-reason", Filters: map[string]string{"outside": "filter"}, Media: []event.Media{{ID: "m", Kind: "image", URL: "https://outside.example"}},
	}
	e.Data.Set(event.HasFrom | event.HasTo | event.HasConversation | event.HasText | event.HasIP | event.HasPort | event.HasPlace | event.HasAmount |
		event.HasCurrency | event.HasReason | event.HasFilters | event.HasMedia)
	for name, c := range map[string]struct {
		data []Data
		has  []string
		not  []string
	}{
		"messages alone":    {[]Data{Messages}, []string{"hello"}, []string{"192.0.2.44", "50111", "outside", "1234"}},
		"and sessions":      {[]Data{Messages, Sessions}, []string{"hello", "192.0.2.44"}, []string{"50111", "outside", "1234"}},
		"and media besides": {[]Data{Messages, Media}, []string{"hello", "https://outside.example"}, []string{"outside-place", "outside-reason", "filter", "1234"}},
	} {
		t.Run(name, func(t *testing.T) {
			v := view{&Scope{Accounts: []string{"u1"}, Data: c.data, To: at.Add(time.Hour)}, "u1"}
			text := string(evidence.NewTranscript("c", []event.Event{v.plain(e)}).Text())
			for _, s := range c.has {
				if !strings.Contains(text, s) {
					t.Errorf("lacks %q:\n%s", s, text)
				}
			}
			for _, s := range c.not {
				if strings.Contains(text, s) {
					t.Errorf("has %q:\n%s", s, text)
				}
			}
		})
	}
}
