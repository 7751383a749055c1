package template

import (
	"math"
	"slices"
	"strings"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Advert is D13: several accounts, or one under several names, advertise with one contact detail or one text, or go from city to city.
//
// What is compared: the accounts and the names that advertise with one contact detail, and the accounts with one text, within 30 days; and
// the cities named with one contact detail, and by one account, within 7. From three on each has p, the share of the platform's advertising
// accounts that come to as many within 30 days (ordinary). Size is the least p of the first three, times 3; travel the least of the other
// two, times 2 (Bonferroni). Each of the two gives −log₁₀ p, at most 1.2; together at most 2, since businesses do both and the two are not
// independent. Letting agencies, job agencies and franchises share numbers and texts, so where they are common this is silent, and where
// they are rare it is watched and never a case by itself.
//
// An account that advertises with the contact detail of one that was acted upon for the safety of a child weighs 2/ln(1+d), d the accounts
// of the contact detail, as in D11: a clue, no p-value.
//
// Minors' accounts are no firms: three or more with one contact detail are compared with what households do (detect.Together of their number
// and of the regions that they claim; at most 2) and the cities with a geometric law of 0.35 for each further one, at most 1.2; the greater of
// the two ways counts.
//
// What has spoken weighs more when accounts of the group are minors': ½ for each, at most 1; without minors 0.1 for each account of 18 to
// 24 and 0.05 for each of which no age is known, at most ½; and never more than the travel weighs, because minors with one number in one place are a
// family or a club. Age alone says nothing here.
type Advert struct{}

var _ detect.Detector = Advert{}

const (
	leastCrowd  = 3
	partLimit   = 1.2
	youngLimit  = 2.0
	furtherCity = 0.35
	bothLimit   = 2.0
	advertLimit = 3.0
	advertLeast = 1.0
	actedWeight = 2.0
	perMinor    = 0.5
	perYoung    = 0.1
	perUnsaid   = 0.05
	unsureLimit = 0.5
	maxLinked   = 20
)

// advert is the state of one account.
type advert struct {
	crowd   Crowd // the account itself: the cities that it named
	tallied tallied
	unread  uint16 // listings with neither text nor contact detail
	read    bool
	blind   bool // it was said that nothing could be told
	spoken  detect.Spoken
	events  detect.Ring
}

// Info describes D13.
func (Advert) Info() detect.Info {
	return detect.Info{
		Name: "D13", Version: 2, Family: taxonomy.FamilyTemplate, Typology: taxonomy.TypologyTrafficking, Title: "Advertisement template",
		Facts:    []detect.FactKind{detect.Advertised, detect.Spoke},
		MaxBytes: 4 + 3 + maxStays*(5+maxCity) + 4 + nMeasures + 2 + 1 + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold takes in an advertisement, or that another detector spoke: then it is said when nothing could be told here.
func (d Advert) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	s, _ := st.(*advert)
	if f.Kind == detect.Spoke {
		if s == nil {
			return nil, detect.Signal{}, false
		}
		sig, ok := s.blindness(d.Info(), f)
		return s, sig, ok
	}
	if s == nil {
		s = &advert{}
	}
	if f.Advert == nil {
		s.unread = uint16(min(int(s.unread)+1, math.MaxUint16)) //nolint:gosec // bounded
		return s, detect.Signal{}, false
	}
	s.read = true
	s.events.Add(f.Seq)
	if f.Advert.Own {
		s.crowd = s.crowd.travel(f.Advert.City, f.At)
	}
	w := s.weigh(f, c)
	s.count(f, c, w)
	sig, ok := s.judge(d.Info(), f, w)
	return s, sig, ok
}

// travel notes a city that an account named itself.
func (c Crowd) travel(city string, at int64) Crowd {
	c = c.Add(Use{City: city, At: at})
	c.people = nil
	return c
}

// weighed is what one advertisement comes to.
type weighed struct {
	sizes  [3]int // accounts and names of one contact detail, accounts of one text
	moves  [2]int // cities of the contact detail, of the account
	shares func(measure, int) float64
	young  detect.Young
	homes  func(young, regions int) float64
	acted  float64
}

func (s *advert) weigh(f *detect.Fact, c detect.Cohort) weighed {
	a := f.Advert
	w := weighed{
		sizes:  [3]int{a.Contact.Accounts, a.Contact.Names, a.Text.Accounts},
		moves:  [2]int{a.Contact.Cities, s.crowd.Crowded().Cities},
		shares: func(m measure, n int) float64 { return ordinary(c, m, n) },
		young:  a.Young,
		homes:  func(young, regions int) float64 { return detect.Together(c, float64(young), regions) },
	}
	if a.Acted > 0 && a.Contact.Accounts > 1 && !f.Account.Acted {
		w.acted = min(bothLimit, actedWeight/math.Log(1+float64(a.Contact.Accounts)))
	}
	return w
}

var sizeMeasures, moveMeasures = [...]measure{contactAccounts, contactNames, textAccounts}, [...]measure{contactCities, ownCities}

// count tells the platform's counters how far the account has come.
func (s *advert) count(f *detect.Fact, c detect.Cohort, w weighed) {
	day := uint32(min(max(f.Day(), 1), math.MaxUint32)) //nolint:gosec // bounded
	for i, m := range sizeMeasures {
		s.tallied.count(c, day, m, w.sizes[i])
	}
	for i, m := range moveMeasures {
		s.tallied.count(c, day, m, w.moves[i])
	}
}

// rarity is the share of accounts that come to as much as the rarest of several numbers, none of them counted above most, times how many
// there are; 1 when all are ordinary from the start.
func (w *weighed) rarity(measures []measure, counts []int, most int) float64 {
	p := 1.0
	for i, n := range counts {
		if n = min(n, most); n >= leastCrowd {
			p = min(p, w.shares(measures[i], n))
		}
	}
	return min(1, p*float64(len(counts)))
}

// strength is that of the group when sizes count at most up to size, and cities up to cities.
func (w *weighed) strength(size, cities int) float64 {
	return max(w.firm(size, cities), w.youth(size, cities))
}

// firm compares with what firms do.
func (w *weighed) firm(size, cities int) float64 {
	return min(bothLimit, stat.Strength(w.rarity(sizeMeasures[:], w.sizes[:], size), partLimit)+w.travel(cities))
}

// youth is the strength of minors' accounts with one contact detail, compared with households; 0 for fewer than three.
func (w *weighed) youth(size, cities int) float64 {
	young := min(w.young.Accounts, size)
	if young < leastCrowd {
		return 0
	}
	further := max(min(slices.Max(w.moves[:]), cities)-1, 0)
	return stat.Strength(w.homes(young, w.young.Regions), youngLimit) + stat.Strength(math.Pow(furtherCity, float64(further)), partLimit)
}

// travel is the strength of the cities alone.
func (w *weighed) travel(cities int) float64 {
	return stat.Strength(w.rarity(moveMeasures[:], w.moves[:], cities), partLimit)
}

// younger is how much the ages of a group add to what has spoken.
func younger(a detect.Ages) float64 {
	if a.Minors > 0 {
		return min(1, perMinor*float64(a.Minors))
	}
	return min(unsureLimit, perYoung*float64(a.Young)+perUnsaid*float64(a.Unsaid))
}

func (s *advert) judge(i detect.Info, f *detect.Fact, w weighed) (detect.Signal, bool) {
	a := f.Advert
	e := max(w.strength(MaxPeople, maxStays), w.acted)
	if e < advertLeast {
		e = 0
	} else {
		e = min(advertLimit, max(e, w.firm(MaxPeople, maxStays)+min(younger(a.Ages), w.travel(maxStays))))
	}
	if e < s.spoken.Standing(f.Time(), detect.Again) || !s.spoken.Say(e, f.Time(), step, advertLimit) {
		return detect.Signal{}, false
	}
	sig := i.New(f.Account.ID, f.Time(), CrowdTime)
	sig.Strength, sig.Events, sig.Leaflet = e, s.events.List(), a.Leaflet
	if w.acted > w.strength(MaxPeople, maxStays) {
		sig.Typology = taxonomy.TypologyUnknown
	}
	sig.Group = e > 0 && a.Contact.Accounts > 1
	for _, id := range a.Accounts[max(0, len(a.Accounts)-maxLinked):] {
		sig.Others = append(sig.Others, strings.Clone(id))
	}
	sig.Figures = w.figures(a)
	return sig, true
}

// figures say what was seen, how ordinary it is, and with how much less it would not have spoken.
func (w *weighed) figures(a *detect.Advert) []detect.Figure {
	out := []detect.Figure{
		{Name: "advertaccounts", Observed: float64(a.Contact.Accounts), Expected: 1},
		{Name: "advertnames", Observed: float64(a.Contact.Names), Expected: 1},
		{Name: "adverttext", Observed: float64(a.Text.Accounts), Expected: 1},
		{Name: "advertcities", Observed: float64(slices.Max(w.moves[:])), Expected: 1},
		{Name: "advertminors", Observed: float64(a.Ages.Minors), Of: float64(a.Ages.All)},
		{Name: "advertregions", Observed: float64(a.Young.Regions), Of: float64(a.Young.Accounts)},
		{Name: "advertacted", Observed: float64(a.Acted)},
		{Name: "advertsize", Observed: w.rarity(sizeMeasures[:], w.sizes[:], MaxPeople)},
		{Name: "advertmove", Observed: w.rarity(moveMeasures[:], w.moves[:], maxStays)},
	}
	size, cities := w.quietest()
	return append(out, detect.Figure{Name: "advertquiet", Observed: float64(size)}, detect.Figure{Name: "advertstay", Observed: float64(cities)})
}

// quietest is with how many accounts and names, and how many cities, it would have been silent: the most of the first, or else of the
// second, or else fewer than three of each.
func (w *weighed) quietest() (size, cities int) {
	for size = MaxPeople - 1; size >= leastCrowd-1; size-- {
		if size < slices.Max(w.sizes[:]) && w.strength(size, maxStays) < advertLeast {
			return size, slices.Max(w.moves[:])
		}
	}
	for cities = maxStays - 1; cities >= leastCrowd-1; cities-- {
		if cities < slices.Max(w.moves[:]) && w.strength(MaxPeople, cities) < advertLeast {
			return slices.Max(w.sizes[:]), cities
		}
	}
	return leastCrowd - 1, leastCrowd - 1
}

// blindness says once, when another detector spoke, that nothing could be told of the listings.
func (s *advert) blindness(i detect.Info, f *detect.Fact) (detect.Signal, bool) {
	if f.Value <= 0 || f.Reason == i.Name || s.read || s.blind || s.unread == 0 {
		return detect.Signal{}, false
	}
	s.blind = true
	sig := i.New(f.Account.ID, f.Time(), CrowdTime)
	sig.Unscanned = "the platform sent neither text nor contact details of listings"
	sig.Figures = []detect.Figure{{Name: "advertaccounts"}, {Name: "advertunread", Observed: float64(s.unread)}}
	return sig, true
}

// Due never asks for a tick.
func (Advert) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Advert) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}
