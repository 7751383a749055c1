package platform

import (
	"slices"
	"sync"
	"testing"
)

// full is a small world with every kind of scene, without any word.
var full = sync.OnceValues(func() (*bundle, error) {
	return readWorld(Config{Seed: 12, Accounts: 1500, Days: MinDays, Wordless: true, Rates: &Rates{Matters: 1, Hard: 1}})
})

func fullWorld(t *testing.T) *bundle {
	t.Helper()
	b, err := full()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFullWorldIsValidAndCoherent(t *testing.T) {
	b := fullWorld(t)
	types := wire()
	for _, e := range b.Events {
		if wrong := valid(e.JSON, types); wrong != "" {
			t.Fatalf("%s %s: %s\n%s", e.Type, e.ID, wrong, e.JSON)
		}
	}
	planted := map[string]bool{}
	for _, p := range b.Truth.Positive {
		for _, id := range slices.Concat(p.Subjects, p.Victims) {
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
	kinds := map[string]bool{}
	for _, h := range b.Truth.BenignHard {
		kinds[h.Kind] = true
		for _, id := range h.Subjects {
			if planted[id] {
				t.Errorf("%s of %s is planted, too", id, h.Kind)
			}
		}
	}
	for _, kind := range []string{"letting_agency", "job_agency", "family_shop", "charity_collector", "school_tablets", "viral_post"} {
		if !kinds[kind] {
			t.Errorf("no %s", kind)
		}
	}
}

// The advertisements have one number, several accounts and several cities, and not a word.
func TestAdvertisement(t *testing.T) {
	b := fullWorld(t)
	p := b.positives("trafficking_advertisement")[0]
	subjects := set(p.Subjects)
	numbers, cities, accounts := map[string]bool{}, map[string]bool{}, map[string]bool{}
	listings := b.where(func(s seen) bool {
		return s.kind == "listing.published" && subjects[s.d.Account] && !s.at.Before(p.Start)
	})
	for _, s := range listings {
		numbers[s.d.Keys[0].Value], cities[s.d.Place], accounts[s.d.Account] = true, true, true
		if s.d.Text != "" {
			t.Errorf("%s says %q", s.id, s.d.Text)
		}
	}
	if len(numbers) != 1 || len(accounts) < 3 || len(cities) < 3 || !listings[0].at.Equal(p.Start) {
		t.Errorf("%d numbers, %d accounts, %d cities; the first at %s, start %s", len(numbers), len(accounts), len(cities), listings[0].at, p.Start)
	}
	for _, id := range p.Subjects {
		if a := b.accounts[id]; a.AgeBand != band16 {
			t.Errorf("%s is %s", id, a.AgeBand)
		}
	}
}

// A buyer writes one to three messages to each of at least three accounts, after they were advertised.
func TestBuyers(t *testing.T) {
	b := fullWorld(t)
	advert := b.positives("trafficking_advertisement")[0]
	buyers := b.positives("trafficking_buyer")
	if len(buyers) != 2 {
		t.Fatalf("%d buyers", len(buyers))
	}
	for _, p := range buyers {
		count := map[string]int{}
		sent := b.where(func(s seen) bool {
			return s.kind == "message.sent" && s.d.From == p.Subjects[0] && slices.Contains(p.Victims, s.to())
		})
		for _, s := range sent {
			count[s.to()]++
		}
		if len(count) < 3 || !sent[0].at.Equal(p.Start) || p.Start.Before(advert.Start) || !slices.Contains(advert.Others, p.Subjects[0]) {
			t.Errorf("%s writes to %d accounts from %s on; start %s", p.Subjects[0], len(count), sent[0].at, p.Start)
		}
		for id, n := range count {
			if n > 3 {
				t.Errorf("%d messages to %s", n, id)
			}
		}
	}
}

// Four young accounts pass on nine tenths of what they receive.
func TestProceeds(t *testing.T) {
	b := fullWorld(t)
	p := b.positives("trafficking_proceeds")[0]
	from := map[string]bool{}
	var out float64
	in := map[string]float64{}
	for _, s := range b.where(func(s seen) bool { return s.kind == "payment.sent" && slices.Contains(p.Victims, s.to()) }) {
		if slices.Contains(p.Others, s.d.From) {
			in[s.to()+s.d.Currency] += s.d.Amount
		}
	}
	passed := b.where(func(s seen) bool {
		return s.kind == "payment.sent" && s.to() == p.Subjects[0] && slices.Contains(p.Victims, s.d.From)
	})
	for _, s := range passed {
		from[s.d.From] = true
		if out = in[s.d.From+s.d.Currency]; s.d.Amount > out {
			t.Errorf("%s passes on %v of %v", s.d.From, s.d.Amount, out)
		}
	}
	if len(from) < 3 || !passed[0].at.Equal(p.Start) {
		t.Errorf("%d accounts pass on, from %s, start %s", len(from), passed[0].at, p.Start)
	}
}

// Young accounts of several places sign in on one device that an adult's own account uses, too; and pupils on three of the school's.
func TestSharedDevices(t *testing.T) {
	b := fullWorld(t)
	devices := func(ids []string) map[string][]string {
		out := map[string][]string{}
		for _, s := range b.where(func(s seen) bool { return s.kind == "session.started" && slices.Contains(ids, s.d.Account) }) {
			if d := s.d.Keys[0].Value; !slices.Contains(out[d], s.d.Account) {
				out[d] = append(out[d], s.d.Account)
			}
		}
		return out
	}
	i := slices.IndexFunc(b.Truth.Positive, func(p Positive) bool { return p.Kind == "trafficking_control" && len(p.Subjects) == 5 })
	if i < 0 {
		t.Fatal("no holder of a device")
	}
	most := 0
	for _, who := range devices(b.Truth.Positive[i].Subjects) {
		most = max(most, len(who))
	}
	if most != 5 {
		t.Errorf("%d accounts on the device, want 5", most)
	}
	for _, h := range b.Truth.BenignHard {
		if h.Kind != "school_tablets" {
			continue
		}
		shared := 0
		for _, who := range devices(h.Subjects) {
			if len(who) > 1 {
				shared++
			}
		}
		if shared != 3 {
			t.Errorf("%d tablets, want 3", shared)
		}
	}
}
