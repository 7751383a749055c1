package action_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/internal/action"
)

// TestTransitions names for every status and event what follows; what is not named must be refused.
func TestTransitions(t *testing.T) {
	type want map[action.EventKind]action.Status
	late := func(s action.Status) want {
		return want{action.AttemptFailed: s, action.GaveUp: s, action.WasDelivered: s, action.WasAcknowledged: s}
	}
	with := func(w want, k action.EventKind, s action.Status) want { w[k] = s; return w }
	sent := map[action.Status]want{
		"": {action.WasAsked: action.Asked},
		action.Asked: {
			action.HadNoEndpoint: action.NoEndpoint, action.Sending: action.Asked, action.AttemptFailed: action.Failed, action.GaveUp: action.Dead,
			action.WasDelivered: action.Delivered, action.ReversalAsked: action.Reversing, action.ExpiryReached: action.Expiring,
		},
		action.NoEndpoint: {
			action.Sending: action.Asked, action.GaveUp: action.Dead, action.ReversalAsked: action.Reversing, action.ExpiryReached: action.Expiring,
		},
		action.Failed: {
			action.HadNoEndpoint: action.NoEndpoint, action.Sending: action.Failed, action.AttemptFailed: action.Failed, action.GaveUp: action.Dead,
			action.WasDelivered: action.Delivered, action.ReversalAsked: action.Reversing, action.ExpiryReached: action.Expiring,
		},
		action.Dead: {
			action.HadNoEndpoint: action.NoEndpoint, action.Sending: action.Failed,
			action.ReversalAsked: action.Reversing, action.ExpiryReached: action.Expiring,
		},
		action.Delivered: {
			action.WasAcknowledged: action.Acknowledged, action.ReversalAsked: action.Reversing, action.ExpiryReached: action.Expiring,
		},
		action.Acknowledged: {action.ReversalAsked: action.Reversing, action.ExpiryReached: action.Expiring},
		action.Reversing: with(with(with(late(action.Reversing), action.ReversalSending, action.Reversing),
			action.ReversalFailed, action.Reversing), action.ReversalDone, action.Reversed),
		action.Expiring: with(with(with(late(action.Expiring), action.ReversalSending, action.Expiring),
			action.ReversalFailed, action.Expiring), action.ReversalDone, action.Expired),
		action.Reversed: late(action.Reversed),
		action.Expired:  late(action.Expired),
	}
	for _, from := range append(action.Statuses(), "") {
		for _, k := range action.EventKinds() {
			for _, was := range []bool{true, false} {
				want, allowed := sent[from][k]
				switch {
				case !was && want == action.Reversing && k == action.ReversalAsked:
					want = action.Reversed
				case !was && want == action.Expiring && k == action.ExpiryReached:
					want = action.Expired
				}
				got, err := action.Action{Status: from, Sent: was}.Apply(action.Event{N: 1, Kind: k})
				if allowed && (err != nil || got.Status != want) {
					t.Errorf("%q, sent %v, %s: got %q, %v; want %q", from, was, k, got.Status, err, want)
				}
				if !allowed && !errors.Is(err, action.ErrTransition) {
					t.Errorf("%q, sent %v, %s: got %q, %v; want it refused", from, was, k, got.Status, err)
				}
			}
		}
	}
}

func TestApplyKeepsOrder(t *testing.T) {
	for _, n := range []int{0, 2, -1} {
		if _, err := (action.Action{}).Apply(action.Event{N: n, Kind: action.WasAsked}); !errors.Is(err, action.ErrTransition) {
			t.Errorf("event %d came first: %v", n, err)
		}
	}
}

// Whatever events come, folding the ones that were allowed gives the action that applying them one by one gave, and an action
// that may be on the platform is never at its end without a reversal that was delivered.
func TestFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asked := action.Action{ID: "a", Kind: action.LimitMessages, Reason: "r", ExpiresAt: time.Unix(9, 0)}
		a, done := asked, false
		var events []action.Event
		for _, k := range append([]action.EventKind{action.WasAsked}, rapid.SliceOf(rapid.SampledFrom(action.EventKinds())).Draw(t, "kinds")...) {
			e := action.Event{Action: "a", N: len(events) + 1, At: time.Unix(int64(len(events)), 0), Who: "p", Kind: k, Why: "w"}
			next, err := a.Apply(e)
			if err != nil {
				continue
			}
			a, events, done = next, append(events, e), done || k == action.ReversalDone
		}
		if slices.Contains([]action.Status{action.Reversed, action.Expired}, a.Status) && a.Sent && !done {
			wasSentBefore := slices.IndexFunc(events, func(e action.Event) bool { return e.Kind == action.Sending })
			t.Fatalf("%s without a reversal though sent by event %d: %v", a.Status, wasSentBefore+1, events)
		}
		got, err := action.Fold(a, events)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(a, got); d != "" {
			t.Fatal(d)
		}
	})
}

func TestKinds(t *testing.T) {
	want := []action.Kind{action.SlowNewContacts, action.HideFromSuggestions, action.HoldPost, action.HoldListing, action.SafetyNotice, action.LimitMessages}
	if d := cmp.Diff(want, action.Friction()); d != "" {
		t.Errorf("what software may ask for: %s", d)
	}
	if d := cmp.Diff(append(want, action.SuspendAccount, action.RemoveContent, action.RequestPreservation, action.AnswerReporter), action.Kinds()); d != "" {
		t.Errorf("every kind: %s", d)
	}
}
