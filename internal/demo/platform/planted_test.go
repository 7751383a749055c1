package platform

import (
	"slices"
	"testing"
	"time"
)

// set makes a lookup of accounts.
func set(accounts []string) map[string]bool {
	out := map[string]bool{}
	for _, a := range accounts {
		out[a] = true
	}
	return out
}

// feedback returns who blocked and who reported an account, with the reasons.
func (b *bundle) feedback(account string) (blocks []string, reports map[string]string) {
	reports = map[string]string{}
	for _, s := range b.seen {
		switch {
		case s.d.Account != account:
		case s.kind == "account.blocked":
			blocks = append(blocks, s.d.By)
		case s.kind == "account.reported":
			reports[s.d.By] = s.d.Reason
		}
	}
	return blocks, reports
}

// acceptance counts the requests of an account and those accepted.
func (b *bundle) acceptance(account string) (requests, accepted int) {
	for _, s := range b.seen {
		switch {
		case s.kind == "contact.requested" && s.d.From == account:
			requests++
		case s.kind == "contact.accepted" && s.to() == account:
			accepted++
		}
	}
	return requests, accepted
}

func TestTruthIsCoherent(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		kinds := map[string]int{}
		planted := map[string]bool{}
		for _, p := range b.Truth.Positive {
			kinds[p.Kind]++
			if len(p.Subjects) == 0 || len(p.Victims) == 0 {
				t.Errorf("%s names %d subjects and %d victims", p.Kind, len(p.Subjects), len(p.Victims))
			}
			for _, id := range append(p.Subjects[:len(p.Subjects):len(p.Subjects)], p.Victims...) {
				planted[id] = true
				if _, ok := b.accounts[id]; !ok {
					t.Errorf("%s names %s, which does not exist", p.Kind, id)
				}
			}
			for _, id := range p.Victims {
				if !minorBand(b.accounts[id].ActualBand) {
					t.Errorf("%s has a victim of %s", p.Kind, b.accounts[id].ActualBand)
				}
			}
		}
		want := map[string]int{"grooming": 2, "trafficking_control": 2, "trafficking_recruitment": 1, "sextortion": 1}
		for kind, n := range want {
			if kinds[kind] != n {
				t.Errorf("%d matters of kind %s, want %d", kinds[kind], kind, n)
			}
		}
		if len(kinds) != len(want) {
			t.Errorf("kinds are %v, want %v", kinds, want)
		}
		once := map[string]bool{}
		for _, h := range b.Truth.BenignHard {
			for _, id := range h.Subjects {
				if _, ok := b.accounts[id]; !ok || planted[id] || once[id] {
					t.Errorf("benign %s names %s, which does not exist, is planted, or is in another case", h.Kind, id)
				}
				once[id] = true
			}
		}
	})
}

// Every matter starts at the first event between its subject and a victim, or on the controlled account.
func TestMattersStartWhenTruthSays(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		for _, p := range b.Truth.Positive {
			victims := set(p.Victims)
			var first seen
			switch {
			case p.Kind == "trafficking_control" && p.Subjects[0] == p.Victims[0]:
				first = b.first(t, "message", func(s seen) bool {
					return s.to() == p.Victims[0] && s.d.Relation == "none" && s.d.Surface == "dm" && adultBand(b.accounts[s.d.From].AgeBand)
				})
			case p.Kind == "trafficking_control":
				first = b.first(t, "recovery", func(s seen) bool { return s.d.Account == p.Victims[0] && s.d.RecoveryUsed })
			default:
				first = b.first(t, "contact", func(s seen) bool {
					return s.d.From == p.Subjects[0] && victims[s.to()] || s.d.By == p.Subjects[0] && victims[s.d.Account] || s.kind == "people.searched" && s.d.By == p.Subjects[0]
				})
			}
			if !first.at.Equal(p.Start) {
				t.Errorf("%s starts at %s with %s, the truth says %s", p.Kind, first.at, first.kind, p.Start)
			}
		}
	})
}

// The chain happens in the order of the product document.
func TestChainInOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		control := b.positives("trafficking_control")[0]
		adult, child := control.Subjects[0], control.Victims[0]
		if g := b.positives("grooming")[0]; g.Subjects[0] != adult || !slices.Contains(g.Victims, child) {
			t.Fatalf("the groomer of the chain is %v", g.Subjects)
		}
		if a := b.accounts[adult]; a.AgeBand != band18 || a.AgeSource != "declared" || a.ActualBand != band25 {
			t.Errorf("the adult is %+v, want declared 18-24 and 25+ in fact", a)
		}
		w := allPhrases()[b.accounts[adult].Lang]
		says := func(lines []string) func(seen) bool {
			return func(s seen) bool { return s.d.From == adult && s.to() == child && slices.Contains(lines, s.d.Text) }
		}
		steps := []struct {
			name string
			is   func(seen) bool
		}{
			{"asks the child", func(s seen) bool { return s.kind == "contact.requested" && s.d.From == adult && s.to() == child }},
			{"the child accepts", func(s seen) bool { return s.kind == "contact.accepted" && s.d.From == child && s.to() == adult }},
			{"the child answers", func(s seen) bool { return s.kind == "message.sent" && s.d.From == child && s.to() == adult }},
			{"praise", says(w.praise)},
			{"who is at home", says(w.alone)},
			{"another app", says(w.otherApp)},
			{"gift card", func(s seen) bool { return s.d.Instrument == "gift_card" && s.d.From == adult && s.to() == child }},
			{"secrecy", says(w.secret)},
			{"meeting", says(w.meet)},
			{"ticket", says(w.ticket)},
			{"new device with recovery", func(s seen) bool { return s.kind == "session.started" && s.d.Account == child && s.d.RecoveryUsed }},
			{"new password", func(s seen) bool {
				return s.kind == "credential.changed" && s.d.Account == child && s.d.What == "password" && !s.at.Before(control.Start)
			}},
			{"listing", func(s seen) bool { return s.kind == "listing.published" && s.d.Account == child }},
			{"post", func(s seen) bool {
				return s.kind == "post.published" && s.d.Account == child && !s.at.Before(control.Start)
			}},
			{"first stranger", func(s seen) bool {
				return s.kind == "message.sent" && s.to() == child && s.d.Relation == "none" && s.at.After(control.Start)
			}},
			{"a stranger pays", func(s seen) bool { return s.kind == "payment.sent" && s.to() == child && s.at.After(control.Start) }},
			{"the money goes on", func(s seen) bool { return s.kind == "payment.sent" && s.d.From == child && s.to() == adult }},
		}
		var before seen
		for _, step := range steps {
			s := b.first(t, step.name, step.is)
			if !s.at.After(before.at) {
				t.Errorf("%s at %s does not follow %s", step.name, s.at, before.at)
			}
			before = s
		}
		if lasted := before.at.Sub(b.positives("grooming")[0].Start); lasted < 8*24*time.Hour || lasted > 14*24*time.Hour {
			t.Errorf("the chain lasts %s, want about ten days", lasted)
		}
	})
}

func TestChainApproach(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		p := b.positives("grooming")[0]
		adult := p.Subjects[0]
		if n := len(p.Victims); n < 12 {
			t.Errorf("%d children are approached, want a dozen and more", n)
		}
		for _, id := range p.Victims {
			if band := b.accounts[id].AgeBand; band != bandU13 && band != band13 {
				t.Errorf("victim %s is %s", id, band)
			}
		}
		if _, accepted := b.acceptance(adult); accepted != 1 {
			t.Errorf("%d children accept, want 1", accepted)
		}
		// Others may find the adult tiresome as they may anybody; only children count here.
		all, reports := b.feedback(adult)
		var blocks []string
		for _, by := range all {
			if slices.Contains(p.Victims, by) {
				blocks = append(blocks, by)
			}
		}
		if len(blocks) != 2 || reports[blocks[0]] != "" || reports[blocks[1]] != "grooming" {
			t.Errorf("blocked by %v, reported by %v; want two children, the second for grooming", blocks, reports)
		}
	})
}

// burstOn checks the strangers who come upon an account: unrelated adults from elsewhere, who write at most three times.
func burstOn(t *testing.T, b *bundle, child string, from time.Time, lo, hi int) []string {
	t.Helper()
	count := map[string]int{}
	var order []string
	for _, s := range b.where(func(s seen) bool {
		return s.kind == "message.sent" && s.to() == child && s.d.Surface == "dm" && s.d.Relation == "none" && !s.at.Before(from)
	}) {
		if count[s.d.From]++; count[s.d.From] == 1 {
			order = append(order, s.d.From)
		}
		if a := b.accounts[s.d.From]; !adultBand(a.AgeBand) || a.Region == b.accounts[child].Region {
			t.Errorf("%s of %s in %s is no adult stranger from elsewhere", a.ID, a.AgeBand, a.Region)
		}
		if s.at.Sub(from) > 5*24*time.Hour {
			t.Errorf("%s writes %s after the start", s.d.From, s.at.Sub(from))
		}
	}
	for id, n := range count {
		if n > 3 {
			t.Errorf("%s writes %d times, want at most 3", id, n)
		}
	}
	if len(order) < lo || len(order) > hi {
		t.Errorf("%d strangers, want %d to %d", len(order), lo, hi)
	}
	return order
}

func TestHandover(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		p := b.positives("trafficking_control")[0]
		adult, child := p.Subjects[0], p.Victims[0]
		takeover := b.first(t, "hand-over", func(s seen) bool { return s.d.Account == child && s.d.RecoveryUsed })
		device, ip := takeover.d.Keys[0], takeover.d.IP
		onAdult := false
		for _, s := range b.where(func(s seen) bool { return s.kind == "session.started" && s.at.Before(takeover.at) }) {
			if s.d.Account == child && (s.d.Keys[0] == device || s.d.IP == ip) {
				t.Errorf("the child had that device or address before, at %s", s.at)
			}
			onAdult = onAdult || s.d.Account == adult && s.d.Keys[0] == device
		}
		if !onAdult {
			t.Error("the device was never on the adult's own account")
		}
		buyers := burstOn(t, b, child, p.Start, 15, 30)
		var in, out float64
		payers := map[string]bool{}
		for _, s := range b.where(func(s seen) bool { return s.kind == "payment.sent" && s.at.After(p.Start) }) {
			switch {
			case s.to() == child:
				payers[s.d.From] = true
				in++
				if !slices.Contains(buyers, s.d.From) {
					t.Errorf("%s pays without having written", s.d.From)
				}
			case s.d.From == child:
				out++
				if s.to() != adult {
					t.Errorf("the child's account pays %s", s.to())
				}
			}
		}
		if in < 5 || out != in || len(payers) != int(in) {
			t.Errorf("%v payments in from %d, %v out", in, len(payers), out)
		}
	})
}

func TestControlledAccount(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		p := b.positives("trafficking_control")[1]
		child := p.Victims[0]
		strangers := set(burstOn(t, b, child, p.Start, 18, 28))
		for _, s := range b.where(func(s seen) bool {
			return s.kind == "message.sent" && s.d.Surface == "dm" && s.d.Relation == "none" && !s.at.Before(p.Start) && strangers[s.d.From] && s.to() == child
		}) {
			if s.d.Text != "" || s.d.StageScores != nil {
				t.Errorf("%s has text or scores", s.id)
			}
		}
		for _, s := range b.where(func(s seen) bool { return s.d.Account == child }) {
			if s.d.RecoveryUsed || s.kind == "listing.published" {
				t.Errorf("%s shows more than inbound messages", s.kind)
			}
		}
	})
}

func TestPatientGroomer(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		p := b.positives("grooming")[1]
		asked := b.asked(p.Subjects[0])
		teens := 0
		for _, id := range asked {
			if b.accounts[id].AgeBand == band13 {
				teens++
			}
		}
		if share := float64(teens) / float64(len(asked)); len(asked) < 28 || share < 0.9 || share == 1 {
			t.Errorf("%d of %d approaches are to 13-15, want nearly all of at least 28", teens, len(asked))
		}
		requests, accepted := b.acceptance(p.Subjects[0])
		if rate := float64(accepted) / float64(requests); rate == 0 || rate > 0.2 {
			t.Errorf("%d of %d accept, want few", accepted, requests)
		}
		perDay := map[int]int{}
		for _, s := range b.where(func(s seen) bool { return s.d.From == p.Subjects[0] }) {
			if s.d.Text != "" || s.d.StageScores != nil {
				t.Errorf("%s has text or scores", s.id)
			}
			if s.kind == "contact.requested" {
				perDay[int(s.at.Sub(p.Start)/(24*time.Hour))]++
			}
		}
		if len(perDay) != 14 {
			t.Errorf("active on %d days, want 14", len(perDay))
		}
		for d, n := range perDay {
			if n > 5 {
				t.Errorf("%d approaches on day %d, want about 3", n, d)
			}
		}
	})
}

func TestRecruiter(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		p := b.positives("trafficking_recruitment")[0]
		who, victims := p.Subjects[0], set(p.Victims)
		langs := map[string]bool{}
		offers := 0
		words := allPhrases()
		for _, s := range b.where(func(s seen) bool { return s.kind == "message.sent" && s.d.From == who }) {
			if !victims[s.to()] || b.accounts[s.to()].AgeBand != band16 {
				t.Errorf("%s goes to %s", s.id, s.to())
			}
			if slices.Contains(words[s.d.Lang].job, s.d.Text) {
				offers++
				langs[s.d.Lang] = true
			}
		}
		if offers != len(p.Victims) || offers < 30 || len(langs) < 3 {
			t.Errorf("%d offers to %d children in %d languages", offers, len(p.Victims), len(langs))
		}
		if _, reports := b.feedback(who); len(reports) != 4 {
			t.Errorf("reported by %d, want 4", len(reports))
		}
	})
}

// With everyone who accepts, media go both ways and the first payment follows within the hour; no word is readable.
func TestSextortion(t *testing.T) {
	eachWorld(t, func(t *testing.T, b *bundle) {
		p := b.positives("sextortion")[0]
		who := p.Subjects[0]
		gave, got, paid := map[string]time.Time{}, map[string]time.Time{}, map[string]time.Time{}
		for _, s := range b.where(func(s seen) bool { return s.d.From == who || s.to() == who }) {
			if s.d.Text != "" || s.d.StageScores != nil {
				t.Errorf("%s has text or scores", s.id)
			}
			switch {
			case len(s.d.Media) > 0 && s.d.From == who:
				gave[s.to()] = s.at
			case len(s.d.Media) > 0:
				got[s.d.From] = s.at
			case s.kind == "payment.sent" && s.to() == who && paid[s.d.From].IsZero():
				paid[s.d.From] = s.at
			}
		}
		if len(paid) < 5 || len(gave) != len(paid) || len(got) != len(paid) {
			t.Errorf("media to %d and from %d, payments from %d", len(gave), len(got), len(paid))
		}
		for child, at := range paid {
			if d := at.Sub(got[child]); !slices.Contains(p.Victims, child) || d <= 0 || d > time.Hour || got[child].Before(gave[child]) {
				t.Errorf("%s pays %s after the media", child, d)
			}
		}
		blocks, reports := b.feedback(who)
		if len(blocks) < len(paid) || len(reports) < 2 {
			t.Errorf("%d blocks and %d reports", len(blocks), len(reports))
		}
		for by, reason := range reports {
			if reason != "sextortion" || paid[by].IsZero() {
				t.Errorf("%s reports for %s", by, reason)
			}
		}
	})
}
