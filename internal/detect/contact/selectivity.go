package contact

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Selectivity is D1: an adult whose new contacts are minors out of proportion to the minors that the adult could reach.
//
// The statistic is the beta-binomial tail P(X ≥ k) for k minors among n new contacts, with the share q of minors reachable
// on that surface at that hour in that region, and the intra-class correlation ρ that adults show without any harm (people
// meet people of their own circles). Ordinary adults approach minors less often, or on some platforms more often, than the minors
// who are about let expect, and ρ is measured around what they do: so the mean is q times that leaning, the ratio of the two over
// all adults (Leaning). All three are counted on the platform itself. The test is made again at every
// new contact and in two windows, of 7 and of 30 days; p pays the factor stat.Looks for the first and 2 for the second, so
// that the chance of ever passing within the window stays below 10^−strength. Strength is at most 3; at most 1.75 where the minors welcomed the contact as often as minors
// ordinarily welcome an adult's; at most 1.5 where the account's own age is unknown.
// Reach and welcome are those of the same window as the counts.
//
// Limits: it knows only pairs of known age on one side, and two accounts of one person are two accounts.
type Selectivity struct{}

var _ detect.Detector = Selectivity{}

const (
	historyDays   = 30
	leastMinors   = 4
	fullStrength  = 3.0
	welcomedLimit = 1.75
	unknownLimit  = 1.5
	spokenStep    = 0.25 // a change smaller than this is not worth saying again
	leastStrength = 1.0
	patienceDays  = 3    // an approach older than this without an answer was not welcomed
	clusterCap    = 6    // approaches of one account that the cohort counts: few, so that it is not those we look for who say what is ordinary
	leaningUnit   = 1000 // of the counters of Leaning, which hold whole numbers
	leaningWeight = 50   // minors expected before the platform's own leaning counts as much as the prior
	lowLeaning    = 0.2
	highLeaning   = 2
	lowMean       = 0.02 // as the bounds of detect.Reach
	highMean      = 0.9
	dayCap        = 1000 // approaches of one day that are counted: what bounds the cost of a test
	dayBytes      = 4 + 4*2 + 4
	priorWelcome  = 0.47 // median acceptance of first contacts in a benign network (SNAP CollegeMsg)
	priorWelcomeN = 100
)

// selectivity is the state of one account.
type selectivity struct {
	days      []dayCount // at most historyDays, within as many days of the newest, which is the last
	approach  uint8      // approaches so far, saturating: how many the cohort has counted
	lastMinor bool       // the approach before was to a minor
	spoken    detect.Spoken
	events    detect.Ring
}

// dayCount is one day on which something happened.
type dayCount struct {
	day               int32
	all, minors       uint16
	welcomed, refused uint16  // answers of minors that came on the day
	want              float32 // sum of the shares of minors reachable at each approach
}

// Info describes D1.
func (Selectivity) Info() detect.Info {
	return detect.Info{
		Name: "D1", Version: 2, Family: taxonomy.FamilyContact, Typology: taxonomy.TypologyGrooming,
		Title: "Minor-selectivity", Facts: []detect.FactKind{detect.Approached, detect.Welcomed, detect.Refused},
		MaxBytes: 1 + historyDays*dayBytes + 1 + 1 + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold counts an approach or its answer and speaks when the share of minors has become remarkable.
func (d Selectivity) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	minor := f.Other.Band.Minor()
	if f.Other.Band == taxonomy.AgeUnknown || !minor && f.Kind != detect.Approached {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*selectivity)
	if s == nil {
		s = &selectivity{}
	}
	day := s.on(int32(f.Day()))
	if day == nil {
		return s, detect.Signal{}, false // older than the window
	}
	switch f.Kind {
	case detect.Approached:
		s.count(day, f, minor, c)
	case detect.Welcomed:
		day.welcomed = more(day.welcomed)
	default:
		day.refused = more(day.refused)
	}
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

func (s *selectivity) count(day *dayCount, f *detect.Fact, minor bool, c detect.Cohort) {
	if day.all >= dayCap {
		return
	}
	day.all++
	reach := detect.Reach(c, f.Surface, f.Time().Hour(), f.Account.Region)
	day.want += float32(reach)
	if minor {
		day.minors++
		s.events.Add(f.Seq)
	}
	if f.Account.Band.Adult() && s.approach < clusterCap {
		c.Add(detect.CohortKey{What: detect.CountLeaning}, bit(minor)*leaningUnit, uint32(math.Round(reach*leaningUnit)))
		if s.approach > 0 {
			c.Add(detect.CohortKey{What: detect.CountBoth}, bit(minor && s.lastMinor), 1)
			c.Add(detect.CohortKey{What: detect.CountEach}, bit(minor)+bit(s.lastMinor), 2)
		}
		s.approach++
	}
	s.lastMinor = minor
}

// on returns the counts of a day and forgets the days that it makes too old; nil for a day that is too old itself. The pointer
// is good until the next call.
func (s *selectivity) on(day int32) *dayCount {
	if n := len(s.days); n > 0 && day <= s.days[n-1].day-historyDays {
		return nil
	}
	i, found := slices.BinarySearchFunc(s.days, day, func(d dayCount, day int32) int { return cmp.Compare(d.day, day) })
	if !found {
		s.days = slices.Insert(s.days, i, dayCount{day: day})
		old, _ := slices.BinarySearchFunc(s.days, s.days[len(s.days)-1].day-historyDays+1,
			func(d dayCount, day int32) int { return cmp.Compare(d.day, day) })
		s.days = slices.Delete(s.days, 0, old)
		i -= old
	}
	return &s.days[i]
}

// window is the sum of some days.
type window struct {
	all, minors       int
	welcomed, refused int
	want              float64
	old               int // minors approached so long ago that they will hardly answer any more
}

// window adds up the newest n days.
func (s *selectivity) window(n int32) (w window) {
	last := s.days[len(s.days)-1].day
	for _, d := range s.days {
		if d.day <= last-n {
			continue
		}
		w.all += int(d.all)
		w.minors += int(d.minors)
		w.welcomed += int(d.welcomed)
		w.refused += int(d.refused)
		w.want += float64(d.want)
		if d.day <= last-patienceDays {
			w.old += int(d.minors)
		}
	}
	return w
}

// mean is the share of minors that the approaches of an ordinary adult would have had.
func (w *window) mean(leaning float64) float64 {
	return math.Max(lowMean, math.Min(highMean, leaning*w.want/math.Max(float64(w.all), 1)))
}

// Leaning is how many minors the adults of this platform approach, as a multiple of what the minors who are about let expect.
// Before it is known it is 1.
func Leaning(c detect.Cohort) float64 {
	l := detect.Rate(c, detect.CohortKey{What: detect.CountLeaning}, 1, leaningWeight*leaningUnit)
	return math.Max(lowLeaning, math.Min(highLeaning, l))
}

// windows is how many windows are looked at.
const windows = 2

// judge finds the stronger of the 7-day and the 30-day window.
func (d Selectivity) judge(s *selectivity, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	month := s.window(historyDays)
	rho, leaning := Cluster(c), Leaning(c)
	best, days, strength := month, historyDays, 0.0
	for _, n := range []int{7, historyDays} {
		w := s.window(int32(n))
		if w.minors < leastMinors {
			continue
		}
		p := stat.BetaBinomialTail(w.all, w.minors, w.mean(leaning), rho) * stat.Looks(w.all) * windows
		if e := stat.Strength(p, fullStrength); e > strength {
			best, days, strength = w, n, e
		}
	}
	welcome := month.welcome(c)
	limit := limit(f.Account, welcome)
	strength = math.Min(strength, limit)
	if strength < leastStrength {
		strength = 0
	}
	if !s.spoken.Say(strength, f.Time(), spokenStep, limit) {
		return detect.Signal{}, false
	}
	sig := d.Info().New(f.Account.ID, f.Time(), time.Duration(days)*24*time.Hour)
	sig.Strength = strength
	mean := best.mean(leaning)
	sig.Figures = []detect.Figure{
		{Name: "minors", Observed: float64(best.minors), Expected: mean * float64(best.all), Of: float64(best.all)},
		welcome,
		{Name: "reach", Observed: mean, Expected: mean},
	}
	sig.Events = s.events.List()
	return sig, true
}

// limit is the most that selectivity alone may weigh for this account.
func limit(p *detect.Profile, welcome detect.Figure) float64 {
	if p.Band == taxonomy.AgeUnknown {
		return unknownLimit
	}
	if welcome.Of >= 3 && welcome.Observed >= welcome.Expected {
		return welcomedLimit
	}
	return fullStrength
}

// welcome compares how many minors welcomed the approach with how many ordinarily do.
func (w window) welcome(c detect.Cohort) detect.Figure {
	decided := max(w.old, w.welcomed+w.refused)
	return detect.Figure{
		Name: "welcomed", Observed: float64(w.welcomed), Expected: Welcome(c) * float64(decided), Of: float64(decided),
	}
}

// Welcome is the share of adults' approaches that minors of this platform welcome.
func Welcome(c detect.Cohort) float64 {
	return detect.Rate(c, detect.CohortKey{What: detect.CountWelcome}, priorWelcome, priorWelcomeN)
}

// Cluster is the intra-class correlation ρ of the minors among one adult's approaches.
func Cluster(c detect.Cohort) float64 {
	return detect.Correlation{
		Both: detect.CohortKey{What: detect.CountBoth}, Each: detect.CohortKey{What: detect.CountEach},
		Prior: 0.03, Weight: 200, Low: 0.005, High: 0.35,
	}.Of(c)
}

// Due never asks for a tick: only new contacts make an account selective.
func (Selectivity) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Selectivity) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding: the days on which something happened, the approaches, what was said, the events.
func (s *selectivity) Append(b []byte) []byte {
	b = append(b, byte(len(s.days)))
	for _, d := range s.days {
		b = binary.LittleEndian.AppendUint32(b, uint32(d.day))
		for _, n := range []uint16{d.all, d.minors, d.welcomed, d.refused} {
			b = binary.LittleEndian.AppendUint16(b, n)
		}
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(d.want))
	}
	b = append(b, s.approach, byte(bit(s.lastMinor)))
	return s.events.Append(s.spoken.Append(b))
}

// Decode is the inverse of Append.
func (Selectivity) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &selectivity{days: make([]dayCount, 0, 4)}
	for range r.U8() {
		d := dayCount{day: int32(r.U32()), all: r.U16(), minors: r.U16(), welcomed: r.U16(), refused: r.U16(), want: r.F32()}
		if !s.follows(d) {
			return nil, detect.ErrState
		}
		s.days = append(s.days, d)
	}
	s.approach, s.lastMinor = r.U8(), r.U8() == 1
	s.spoken, s.events = r.Spoken(), r.Ring()
	if len(s.days) == 0 {
		r.Fail()
	}
	return s, r.Err()
}

// follows reports whether a day can stand behind those that are there.
func (s *selectivity) follows(d dayCount) bool {
	if d.minors > d.all || d.all > dayCap || d.want < 0 || d.want > float32(d.all) || d.day < 0 {
		return false
	}
	n := len(s.days)
	return n == 0 || d.day > s.days[n-1].day && d.day-s.days[0].day < historyDays
}

func more(n uint16) uint16 {
	if n == math.MaxUint16 {
		return n
	}
	return n + 1
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
