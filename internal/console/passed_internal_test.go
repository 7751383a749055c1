package console

import (
	"testing"
	"time"

	"haris/internal/event"
)

// The ways of an account before and after are told apart, and what is new after is counted as new.
func TestCompare(t *testing.T) {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	signIn := func(days int, device, country string, asn int64, recovery bool) event.Event {
		e := event.Event{Type: event.SessionStarted, Time: at.AddDate(0, 0, days)}
		e.Data.Account, e.Data.Country, e.Data.ASN, e.Data.RecoveryUsed = "a", country, asn, recovery
		e.Data.Keys = []event.Key{{Kind: "device", Value: device}, {Kind: "ip", Value: "192.0.2.1"}}
		return e
	}
	message := func(days int, from, to string) event.Event {
		e := event.Event{Type: event.MessageSent, Time: at.AddDate(0, 0, days).Add(time.Hour)}
		e.Data.From, e.Data.To, e.Data.Conversation = from, []string{to}, "c"
		return e
	}
	events := []event.Event{
		signIn(-14, "d1", "ES", 1, false), message(-7, "a", "friend"), message(-7, "friend", "a"),
		signIn(0, "d2", "DE", 2, true), signIn(1, "d1", "ES", 1, false), message(2, "x", "a"), message(3, "y", "a"), message(3, "friend", "a"),
	}
	p := compare(events, "a", at, time.FixedZone("+3", 3*3600))
	want := []passedSet{{"devices", 1, 2, 1, nil}, {"networks", 1, 2, 1, nil}, {"places", 1, 2, 1, []string{"DE"}}, {"wrote", 1, 3, 2, nil}, {"written", 1, 0, 0, nil}}
	for i, s := range p.sets {
		w := want[i]
		if s.name != w.name || s.before != w.before || s.after != w.after || s.fresh != w.fresh || len(s.names) != len(w.names) || len(w.names) > 0 && s.names[0] != w.names[0] {
			t.Errorf("%+v, want %+v", s, w)
		}
	}
	if n := p.counts[0]; n.name != "sign_ins" || n.before != .5 || n.after != 2 {
		t.Errorf("sign-ins: %+v", n)
	}
	if n := p.counts[1]; n.before != 0 || n.after != 1 {
		t.Errorf("by recovery: %+v", n)
	}
	if p.hours[0][15] != 1 || p.hours[0][16] != 1 || p.hours[1][15] != 2 || p.most != [2]int{1, 2} {
		t.Errorf("hours in the zone of who looks: %v", p.hours)
	}
	if compare(events[3:], "a", at, time.UTC) != nil {
		t.Error("nothing is known of the time before, and it was compared all the same")
	}
}
