package platform

import (
	"encoding/json"
	"testing"
	"time"
)

// Whatever an event names exists by then.
func TestReferencesExist(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		announced := map[string]time.Time{}
		for _, s := range b.seen {
			if s.kind != "account.created" && s.kind != "account.updated" {
				continue
			}
			if _, again := announced[s.d.Account]; s.kind == "account.created" && again {
				t.Fatalf("%s is created twice", s.d.Account)
			}
			if _, again := announced[s.d.Account]; !again {
				announced[s.d.Account] = s.at
			}
		}
		if len(announced) != len(b.Accounts) {
			t.Errorf("%d accounts are announced, want %d", len(announced), len(b.Accounts))
		}
		for _, s := range b.seen {
			named := append([]string{s.d.Account, s.d.From}, s.d.To...)
			if s.d.By != "" && s.d.By != "moderation" {
				named = append(named, s.d.By)
			}
			for _, id := range named {
				if id == "" {
					continue
				}
				if at, ok := announced[id]; !ok || s.at.Before(at) {
					t.Fatalf("%s %s at %s names %s, which is announced at %s", s.kind, s.id, s.at, id, at)
				}
			}
			if s.to() != "" && s.to() == s.d.From || s.d.By != "" && s.d.By == s.d.Account && s.d.Group == "" {
				t.Fatalf("%s %s is about itself", s.kind, s.id)
			}
		}
	})
}

func TestMessagesAndContentExist(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		type sent struct{ from, conversation string }
		messages, posts := map[string]sent{}, map[string]string{}
		for i, s := range b.seen {
			var v struct {
				Data struct {
					ReplyTo       string `json:"reply_to"`
					Post, Content string
				}
			}
			if err := json.Unmarshal(b.Events[i].JSON, &v); err != nil {
				t.Fatal(err)
			}
			switch s.kind {
			case "message.sent":
				if r := v.Data.ReplyTo; r != "" && messages[r].conversation != s.d.Conversation {
					t.Fatalf("%s replies to %s, which is not earlier in its conversation", s.id, r)
				}
				messages[s.id] = sent{s.d.From, s.d.Conversation}
			case "message.unsent":
				if messages[s.d.Message] != (sent{s.d.Account, s.d.Conversation}) {
					t.Fatalf("%s takes back %s, which is not the sender's", s.id, s.d.Message)
				}
			case "post.published":
				posts[v.Data.Post] = s.d.Account
			case "post.removed":
				if posts[v.Data.Post] != s.d.Account {
					t.Fatalf("%s removes a post that is not there", s.id)
				}
			case "content.reported", "moderation.applied":
				if posts[v.Data.Content] != s.d.Account {
					t.Fatalf("%s is about a post that is not there", s.id)
				}
			}
		}
	})
}

func TestGroupsAreJoinedBeforeUse(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		member := map[[2]string]bool{}
		for _, s := range b.seen {
			switch s.kind {
			case "group.joined":
				member[[2]string{s.d.Account, s.d.Group}] = true
			case "group.left":
				if !member[[2]string{s.d.Account, s.d.Group}] {
					t.Fatalf("%s leaves a group without being in it", s.id)
				}
				delete(member, [2]string{s.d.Account, s.d.Group})
			case "group.invited":
				if !member[[2]string{s.d.By, s.d.Group}] {
					t.Fatalf("%s invites to a group that the inviter is not in", s.id)
				}
			case "message.sent":
				if s.d.Group != "" && !member[[2]string{s.d.From, s.d.Group}] {
					t.Fatalf("%s writes to a group that the sender is not in", s.id)
				}
			}
		}
	})
}

// An answer follows a request, and no pair has more than one request.
func TestAnswersFollowRequests(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		asked, answered := map[[2]string]int{}, map[[2]string]int{}
		for _, s := range b.seen {
			switch s.kind {
			case "contact.requested":
				pair := [2]string{s.d.From, s.to()}
				if asked[pair]++; asked[pair] > 1 {
					t.Fatalf("%s asks %s again", s.d.From, s.to())
				}
			case "contact.accepted", "contact.declined", "contact.ignored":
				pair := [2]string{s.to(), s.d.From}
				if answered[pair]++; asked[pair] == 0 || answered[pair] > 1 {
					t.Fatalf("%s %s answers no open request", s.kind, s.id)
				}
			}
		}
	})
}

// A child whose account was taken does nothing more: after the hand-over all sessions come from the other device.
func TestOwnerIsGoneAfterHandover(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		p := b.positives("trafficking_control")[0]
		child := p.Victims[0]
		devices := map[string]bool{}
		for _, s := range b.seen {
			if s.kind == "session.started" && s.d.Account == child && !s.at.Before(p.Start) {
				devices[s.d.Keys[0].Value] = true
			}
			if s.kind == "message.sent" && s.d.From == child && s.at.After(p.Start) && (s.d.Relation != "none" || s.d.Group != "") {
				t.Fatalf("the child still writes to those she knows: %s", s.id)
			}
		}
		if len(devices) != 1 {
			t.Errorf("sessions after the hand-over come from %d devices, want 1", len(devices))
		}
	})
}
