package template_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	watch "haris/internal/detect/template"
	"haris/internal/taxonomy"
)

// market is a platform of 10,000 accounts that advertise, of which the share together shares contact details and texts with four or more
// others, and the share apart goes to four cities a week.
func market(together, apart float64) *detecttest.Cohort {
	c := detecttest.NewCohort()
	for m := range uint16(5) {
		share := together
		if m == 2 || m == 4 {
			share = apart
		}
		for n := range uint16(watch.MaxPeople) {
			hits := 10_000.
			if n > 0 {
				hits *= share
			}
			if n > 4 {
				hits /= float64(n)
			}
			c.Said[detect.CohortKey{What: detect.CountCrowd, A: m, B: n + 1}] = [2]float64{hits, 0}
		}
	}
	return c
}

func advertContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: watch.Advert{}, Account: detecttest.Adult(), Limit: 3, Number: "advertaccounts", Ageless: true,
		Platform: func() *detecttest.Cohort { return market(.01, .01) },
		Fill: func(t *rapid.T, f *detect.Fact) {
			f.Reason = rapid.SampledFrom([]string{"D1", "D13"}).Draw(t, "detector")
			if f.Kind != detect.Advertised || !rapid.Bool().Draw(t, "readable") {
				return
			}
			number := rapid.IntRange(0, watch.MaxPeople)
			f.Advert = &detect.Advert{
				Own: rapid.Bool().Draw(t, "own"), City: rapid.SampledFrom([]string{"", "Cairo, EG", "Paris, FR", "Oslo, NO", "Rome, IT"}).Draw(t, "city"),
				Contact: detect.Crowded{Accounts: number.Draw(t, "accounts"), Names: number.Draw(t, "names"), Cities: rapid.IntRange(0, 12).Draw(t, "cities")},
				Text:    detect.Crowded{Accounts: number.Draw(t, "texts")}, Acted: rapid.IntRange(0, 2).Draw(t, "acted"),
				Ages: detect.Ages{Minors: rapid.IntRange(0, 2).Draw(t, "minors"), Young: 1, Unsaid: 1, All: 4}, Leaflet: &detect.Leaflet{Text: "sale in ⟨place⟩"},
			}
		},
	}
}

func TestAdvertKeepsTheContract(t *testing.T) { advertContract().Run(t) }

func FuzzAdvertDecode(f *testing.F) {
	for _, b := range advertContract().Seeds() {
		f.Add(b)
	}
	f.Fuzz(advertContract().Decode)
}

// advertise folds one advertisement with what is known of its group.
func advertise(c detect.Cohort, who *detect.Profile, a detect.Advert) (detect.Signal, bool) {
	a.Own = true
	f := detecttest.Fact(detect.Advertised, who, &detect.Profile{}, detecttest.Start, 1)
	f.Advert = &a
	_, sig, ok := watch.Advert{}.Fold(nil, f, c)
	return sig, ok
}

func ring(accounts, names, cities, text int, ages detect.Ages) detect.Advert {
	return detect.Advert{
		Contact: detect.Crowded{Accounts: accounts, Names: names, Cities: cities}, Text: detect.Crowded{Accounts: text}, Ages: ages,
	}
}

func TestAdvert(t *testing.T) {
	grown, none := detect.Ages{All: 5}, market(.001, .001)
	acted := ring(2, 2, 1, 1, grown)
	acted.Acted = 1
	for _, tt := range []struct {
		name    string
		on      *detecttest.Cohort
		advert  detect.Advert
		low, up float64
	}{
		{"alone", none, ring(1, 1, 1, 1, grown), 0, 0},
		{"two accounts", none, ring(2, 2, 2, 2, grown), 0, 0},
		{"five accounts with one number, where that is rare", none, ring(5, 5, 1, 1, grown), 1, 1.2},
		{"three names, one account", none, ring(1, 3, 1, 1, grown), 1, 1.2},
		{"four cities in a week, one account", none, ring(1, 1, 4, 1, grown), 1, 1.2},
		{"one text, many numbers", none, ring(1, 1, 1, 9, grown), 1, 1.2},
		{"five accounts and four cities: watched", none, ring(5, 5, 4, 5, grown), 2, 2},
		{"an agency: twenty accounts, a number, a text, every city", none, ring(24, 24, 12, 24, grown), 2, 2},
		{"the same where one advertiser in five belongs to an agency", market(.2, .001), ring(5, 5, 1, 5, grown), 0, 0},
		{"and goes about", market(.2, .2), ring(5, 5, 4, 5, grown), 0, 0},
		{"before the platform is known", detecttest.NewCohort(), ring(5, 5, 4, 5, grown), 0, 0},
		{"before the platform is known, and large: watched", detecttest.NewCohort(), ring(24, 24, 12, 24, grown), 1.5, 2},
		{"two of five are minors'", none, ring(5, 5, 4, 5, detect.Ages{Minors: 2, All: 5}), 3, 3},
		{"minors at one number in one place: a team that sells cakes", none, ring(5, 5, 1, 5, detect.Ages{Minors: 5, All: 5}), 1, 1.2},
		{"twenty of unknown age", none, ring(20, 20, 9, 20, detect.Ages{Unsaid: 20, All: 20}), 2.5, 2.5},
		{"age alone says nothing", none, ring(2, 2, 2, 2, detect.Ages{Minors: 2, All: 2}), 0, 0},
		{"the number of an account acted upon", none, acted, 1.7, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sig, ok := advertise(tt.on, detecttest.Adult(), tt.advert)
			if ok != (sig.Strength > 0) || sig.Strength < tt.low || sig.Strength > tt.up {
				t.Errorf("strength %.2f, want %.1f to %.1f: %+v", sig.Strength, tt.low, tt.up, sig.Figures)
			}
		})
	}
}

// TestAdvertOfTheActed: of which typology a number is that was used before nobody knows, and an account acted upon is no news about itself.
func TestAdvertOfTheActed(t *testing.T) {
	a := ring(2, 2, 1, 1, detect.Ages{All: 2})
	a.Acted = 1
	if sig, _ := advertise(market(.01, .01), detecttest.Adult(), a); sig.Typology != taxonomy.TypologyUnknown || !strings.Contains((watch.Advert{}).Explain(&sig, "en").Why, "1 of them were acted upon") {
		t.Errorf("%+v", sig)
	}
	who := detecttest.Adult()
	who.Acted = true
	if sig, ok := advertise(market(.01, .01), who, a); ok {
		t.Errorf("%+v", sig)
	}
}

// TestAdvertOfMinors: minors with one number are no firm. Where firms of that size are common, households of that kind are not; and several
// minors of one place in one place are a family.
func TestAdvertOfMinors(t *testing.T) {
	of := func(accounts, regions, cities int) detect.Advert {
		a := ring(accounts, accounts, cities, accounts, detect.Ages{Minors: accounts, All: accounts})
		a.Young = detect.Young{Accounts: accounts, Regions: regions}
		return a
	}
	for _, tt := range []struct {
		name    string
		advert  detect.Advert
		low, up float64
	}{
		{"three of two regions, in nine cities", of(3, 2, 9), 3, 3},
		{"three of one region, in one city", of(3, 1, 1), 0, 0},
		{"four of one region, in one city: a large family", of(4, 1, 1), 1, 1.5},
		{"three of one region, in nine cities", of(3, 1, 9), 2, 2.3},
		{"two", of(2, 2, 9), 0, 1.2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sig, _ := advertise(market(.6, .6), detecttest.Adult(), tt.advert)
			if sig.Strength < tt.low || sig.Strength > tt.up {
				t.Errorf("strength %.2f, want %.1f to %.1f (%+v)", sig.Strength, tt.low, tt.up, sig.Figures)
			}
			if tt.low == 3 && !strings.Contains((watch.Advert{}).Explain(&sig, "en").Why, "3 minors' accounts have the contact detail, from 2 regions") {
				t.Error((watch.Advert{}).Explain(&sig, "en").Why)
			}
		})
	}
}

// TestAdvertTravels: an account that names three cities within a week of its own is seen, over three weeks not.
func TestAdvertTravels(t *testing.T) {
	for step, want := range map[time.Duration]bool{24 * time.Hour: true, 5 * 24 * time.Hour: false} {
		var st detect.State
		spoke := false
		for i, city := range []string{"Oslo, NO", "Paris, FR", "Rome, IT", "Cairo, EG"} {
			f := detecttest.Fact(detect.Advertised, detecttest.Adult(), &detect.Profile{}, detecttest.Start.Add(time.Duration(i)*step), i+1)
			f.Advert = &detect.Advert{Own: true, City: city, Contact: detect.Crowded{Accounts: 1, Names: 1}}
			var ok bool
			st, _, ok = watch.Advert{}.Fold(st, f, market(.001, .001))
			spoke = spoke || ok
		}
		if spoke != want {
			t.Errorf("every %v: spoke %v", step, spoke)
		}
	}
}

// TestAdvertCounterfactual: with what is named as quiet it is silent, with one more of it not.
func TestAdvertCounterfactual(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		number := rapid.IntRange(1, watch.MaxPeople)
		a := ring(number.Draw(rt, "accounts"), number.Draw(rt, "names"), rapid.IntRange(1, 12).Draw(rt, "cities"), number.Draw(rt, "text"), detect.Ages{All: 5})
		a.Young.Accounts = rapid.IntRange(0, min(a.Contact.Accounts, 6)).Draw(rt, "young")
		a.Young.Regions = rapid.IntRange(min(1, a.Young.Accounts), a.Young.Accounts).Draw(rt, "regions")
		on := market(rapid.SampledFrom([]float64{.001, .02, .1}).Draw(rt, "together"), rapid.SampledFrom([]float64{.001, .02, .1}).Draw(rt, "apart"))
		sig, ok := advertise(on, detecttest.Adult(), a)
		if !ok {
			return
		}
		var size, cities int
		e := watch.Advert{}.Explain(&sig, "en")
		if _, err := fmt.Sscanf(e.Counterfactual, "With at most %d accounts and names to a contact detail or text, and at most %d cities", &size, &cities); err != nil {
			rt.Fatal(err, e.Counterfactual)
		}
		less := ring(min(a.Contact.Accounts, size), min(a.Contact.Names, size), min(a.Contact.Cities, cities), min(a.Text.Accounts, size), a.Ages)
		less.Young.Accounts = min(a.Young.Accounts, size)
		less.Young.Regions = min(a.Young.Regions, less.Young.Accounts)
		if quiet, ok := advertise(on, detecttest.Adult(), less); ok {
			rt.Errorf("%q, and it says %+v", e.Counterfactual, quiet.Figures)
		}
	})
}

// TestAdvertCounts: an account is one in every size that it comes to, once in thirty days.
func TestAdvertCounts(t *testing.T) {
	c := detecttest.NewCohort()
	var st detect.State
	for i, n := range []int{1, 3, 2, 3} {
		f := detecttest.Fact(detect.Advertised, detecttest.Adult(), &detect.Profile{}, detecttest.Start.Add(time.Duration(i)*24*time.Hour), i+1)
		a := ring(n, 1, 1, 0, detect.Ages{All: 1})
		f.Advert = &a
		st, _, _ = watch.Advert{}.Fold(st, f, c)
	}
	for n, want := range []uint32{0, 1, 1, 1, 0} {
		if got := c.Added[detect.CohortKey{What: detect.CountCrowd, B: uint16(n)}][0]; got != want { //nolint:gosec // small
			t.Errorf("%d accounts of size %d, want %d", got, n, want)
		}
	}
	f := detecttest.Fact(detect.Advertised, detecttest.Adult(), &detect.Profile{}, detecttest.Start.Add(31*24*time.Hour), 9)
	a := ring(1, 1, 1, 0, detect.Ages{All: 1})
	f.Advert = &a
	watch.Advert{}.Fold(st, f, c)
	if got := c.Added[detect.CohortKey{What: detect.CountCrowd, B: 1}][0]; got != 2 {
		t.Errorf("counted %d times, want 2", got)
	}
}

// TestAdvertWithoutTextIsUnscanned: it is said once, when another detector speaks, and never where a listing could be read.
func TestAdvertWithoutTextIsUnscanned(t *testing.T) {
	for _, readable := range []bool{false, true} {
		var st detect.State
		f := detecttest.Fact(detect.Advertised, detecttest.Adult(), &detect.Profile{}, detecttest.Start, 1)
		st, _, _ = watch.Advert{}.Fold(st, f, detecttest.NewCohort())
		if readable {
			g := *f
			a := ring(1, 1, 1, 1, detect.Ages{All: 1})
			g.Advert = &a
			st, _, _ = watch.Advert{}.Fold(st, &g, detecttest.NewCohort())
		}
		said := 0
		for i := range 2 {
			g := detecttest.Fact(detect.Spoke, detecttest.Adult(), &detect.Profile{}, detecttest.Start, 2+i)
			g.Reason, g.Value = "D12", 2
			var sig detect.Signal
			var ok bool
			if st, sig, ok = (watch.Advert{}).Fold(st, g, detecttest.NewCohort()); ok {
				said++
				if sig.Unscanned == "" || sig.Strength != 0 {
					t.Errorf("%+v", sig)
				}
			}
		}
		if (said == 1) == readable || said > 1 {
			t.Errorf("readable %v: said %d times", readable, said)
		}
	}
}

func BenchmarkAdvert(b *testing.B) {
	a := ring(5, 5, 4, 5, detect.Ages{Minors: 2, All: 5})
	advertContract().Benchmark(b, func(i int) *detect.Fact {
		f := detecttest.Fact(detect.Advertised, detecttest.Adult(), &detect.Profile{}, detecttest.Start, i+1)
		f.Advert = &a
		return f
	})
}
