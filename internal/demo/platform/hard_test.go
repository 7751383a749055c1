package platform

import (
	"slices"
	"strings"
	"testing"
)

// answered says how many of the accounts wrote to or accepted the account.
func (b *bundle) answered(account string, by []string) int {
	n := map[string]bool{}
	for _, s := range b.seen {
		if s.to() == account && (s.kind == "message.sent" || s.kind == "contact.accepted") && slices.Contains(by, s.d.From) {
			n[s.d.From] = true
		}
	}
	return len(n)
}

func TestHardCasesAreListed(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		kinds := []string{
			"teacher", "coach", "tutor", "youth_worker", "creator", "teen_creator", "business", "popular_gamer", "spammer", "shy_adult",
			"siblings_one_tablet", "travelling_child", "handle_swappers", "prank_reports", "child_declared_older",
		}
		for _, kind := range kinds {
			b.hard(t, kind)
		}
		if len(b.Truth.BenignHard) != len(kinds) {
			t.Errorf("%d hard cases, want %d", len(b.Truth.BenignHard), len(kinds))
		}
	})
}

func TestSchoolCases(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		teacher := b.hard(t, "teacher")[0]
		pupils := map[string]bool{}
		for _, s := range b.where(func(s seen) bool { return s.kind == "group.invited" && s.d.By == teacher && s.d.Account != teacher }) {
			pupils[s.d.Account] = true
		}
		written := 0
		for id := range pupils {
			if n := b.answered(teacher, []string{id}); n == 1 && slices.Contains(b.asked(teacher), id) {
				written++
			}
		}
		if a := b.accounts[teacher]; a.Role != "teacher" || !a.Verified || len(pupils) < 28 || written != 28 {
			t.Errorf("the teacher %+v invites %d and talks with %d of them, want 28 and all", a, len(pupils), written)
		}
		coach := b.hard(t, "coach")[0]
		if n := b.minors(b.asked(coach)); b.accounts[coach].Role != "coach" || n < 16 {
			t.Errorf("the coach writes to %d children, want 16", n)
		}
		tutor := b.hard(t, "tutor")[0]
		payers := map[string]bool{}
		for _, s := range b.where(func(s seen) bool { return s.kind == "payment.sent" && s.to() == tutor && s.d.Instrument == "transfer" }) {
			payers[s.d.From] = true
			if minorBand(b.accounts[s.d.From].ActualBand) {
				t.Errorf("the tutor is paid by a child")
			}
		}
		if len(payers) == 0 || len(payers) > 5 {
			t.Errorf("the tutor is paid by %d parents", len(payers))
		}
		worker := b.hard(t, "youth_worker")[0]
		asked := b.asked(worker)
		created := b.first(t, "youth worker", func(s seen) bool { return s.kind == "account.created" && s.d.Account == worker })
		if created.d.Role != "" || len(asked) != 12 || b.minors(asked) != 12 || b.answered(worker, asked) != 10 {
			t.Errorf("the youth worker, role %q, asks %d and %d answer", created.d.Role, len(asked), b.answered(worker, asked))
		}
	})
}

func TestPublicCases(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		inbound := func(account string) (all []string) {
			for _, s := range b.where(func(s seen) bool {
				return s.kind == "message.sent" && s.to() == account && s.d.Relation == "one_way"
			}) {
				if !slices.Contains(all, s.d.From) {
					all = append(all, s.d.From)
				}
			}
			return all
		}
		for kind, want := range map[string][3]int{"creator": {120, 200, 0}, "teen_creator": {80, 140, 35}, "business": {80, 140, 0}} {
			who := b.hard(t, kind)[0]
			from := inbound(who)
			adults := 0
			for _, id := range from {
				if adultBand(b.accounts[id].AgeBand) {
					adults++
				}
			}
			if len(from) < want[0] || len(from) > want[1] || adults < want[2] {
				t.Errorf("%d write to the %s, %d of them adults; want %v", len(from), kind, adults, want)
			}
		}
		if a := b.accounts[b.hard(t, "teen_creator")[0]]; a.AgeBand != band16 || a.Role != "creator" {
			t.Errorf("the teen creator is %+v", a)
		}
		gamer := b.hard(t, "popular_gamer")[0]
		asked := []string{}
		for _, s := range b.where(func(s seen) bool { return s.kind == "contact.requested" && s.d.From == gamer }) {
			asked = append(asked, s.to())
		}
		if share := float64(b.minors(asked)) / float64(len(asked)); len(asked) < 70 || share < 0.24 || share > 0.30 {
			t.Errorf("the gamer asks %d, %.2f of them children; want 0.25 to 0.30", len(asked), share)
		}
		spammer := b.hard(t, "spammer")[0]
		blocks, reports := b.feedback(spammer)
		if young := b.minors(blocks); young < 3 || len(blocks)-young < 3 || len(reports) < 8 {
			t.Errorf("the spammer is blocked by %d, %d of them children, and reported by %d", len(blocks), young, len(reports))
		}
		shy := b.hard(t, "shy_adult")[0]
		if requests, accepted := b.acceptance(shy); requests != 30 || accepted > 10 {
			t.Errorf("%d of the shy adult's %d requests are accepted", accepted, requests)
		}
	})
}

func TestFamilyCases(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		family := b.hard(t, "siblings_one_tablet")
		devices := map[string]map[string]bool{}
		for _, s := range b.where(func(s seen) bool { return s.kind == "session.started" && slices.Contains(family[:3], s.d.Account) }) {
			device := s.d.Keys[0].Value
			if devices[device] == nil {
				devices[device] = map[string]bool{}
			}
			devices[device][s.d.Account] = true
		}
		if len(devices) != 1 {
			t.Errorf("the siblings use %d devices, want 1", len(devices))
		}
		for _, users := range devices {
			if len(users) != 3 {
				t.Errorf("%d siblings use the tablet, want 3", len(users))
			}
		}
		child := b.hard(t, "travelling_child")[0]
		abroad, changed := 0, 0
		for _, s := range b.where(func(s seen) bool { return s.d.Account == child }) {
			if s.kind == "session.started" && s.d.Country != b.accounts[child].Country {
				abroad++
			}
			if s.d.RecoveryUsed {
				t.Error("the travelling child used recovery")
			}
			if s.kind == "credential.changed" {
				changed++
			}
		}
		if abroad != 7 || changed == 0 {
			t.Errorf("%d sessions abroad and %d changes of credentials", abroad, changed)
		}
	})
}

func TestPeerCases(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		swappers := b.hard(t, "handle_swappers")
		told := 0
		for _, s := range b.where(func(s seen) bool { return slices.Contains(swappers, s.d.From) && slices.Contains(swappers, s.to()) }) {
			if strings.Contains(s.d.Text, "@") {
				told++
			}
		}
		if len(swappers) != 8 || b.minors(swappers) != 8 || told < 20 {
			t.Errorf("%d swappers tell a handle %d times", len(swappers), told)
		}
		pranksters := b.hard(t, "prank_reports")
		grooming := 0
		for _, p := range pranksters {
			_, reports := b.feedback(p)
			for by, reason := range reports {
				if reason == "grooming" && slices.Contains(pranksters, by) {
					grooming++
				}
			}
			if len(reports) < 3 {
				t.Errorf("%s is reported by %d friends, want 3", p, len(reports))
			}
		}
		if len(pranksters) != 4 || b.minors(pranksters) != 4 || grooming != 1 {
			t.Errorf("%d pranksters, %d reports for grooming", len(pranksters), grooming)
		}
		for _, id := range b.hard(t, "child_declared_older") {
			if a := b.accounts[id]; minorBand(a.AgeBand) || !minorBand(a.ActualBand) {
				t.Errorf("%+v is not taken for older", a)
			}
		}
	})
}
