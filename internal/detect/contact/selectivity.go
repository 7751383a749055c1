package contact

import (
	"encoding/binary"
	"math"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Selectivity is D1: an adult whose new contacts are minors out of proportion to the minors that the adult could reach.
//
// The statistic is the beta-binomial tail P(X ≥ k) for k minors among n new contacts, with the share q of minors reachable
// on that surface at that hour in that region, and the intra-class correlation ρ that adults show without any harm (people
// meet people of their own circles). Both are counted on the platform itself. Because the test is made again at every new
// contact, the j-th test of a window pays the factor j(j+1): Σ 1/(j(j+1)) = 1, so that the chance of ever passing within the
// window stays below 10^−strength. Strength is at most 3; at most 2 where the minors welcomed the contact as often as minors
// ordinarily welcome an adult's; at most 1.5 where the account's own age is unknown.
//
// Limits: it knows only pairs of known age on one side, and two accounts of one person are two accounts.
type Selectivity struct{}

var _ detect.Detector = Selectivity{}

const (
	historyDays   = 30
	leastMinors   = 4
	fullStrength  = 3.0
	welcomedLimit = 2.0
	unknownLimit  = 1.5
	spokenStep    = 0.25 // a change smaller than this is not worth saying again
	leastStrength = 1.0
	patienceDays  = 3 // an approach older than this without an answer was not welcomed
	clusterCap    = 20
	priorCluster  = 0.03
	priorClusterN = 200
	lowCluster    = 0.005
	highCluster   = 0.35
	priorWelcome  = 0.47 // median acceptance of first contacts in a benign network (SNAP CollegeMsg)
	priorWelcomeN = 100
)

// selectivity is the state of one account: 30 days of counts, the newest day first.
type selectivity struct {
	day       int64 // the day of days[0]
	days      [historyDays]dayCount
	welcomed  uint16 // minors who welcomed the approach
	refused   uint16
	approach  uint8 // approaches so far, saturating: how many the cohort has counted
	lastMinor bool  // the approach before was to a minor
	spoken    float32
	events    detect.Ring
}

type dayCount struct{ all, minors uint16 }

// Info describes D1.
func (Selectivity) Info() detect.Info {
	return detect.Info{
		Name: "D1", Version: 1, Family: taxonomy.FamilyContact, Typology: taxonomy.TypologyGrooming,
		Title: "Minor-selectivity", Facts: []detect.FactKind{detect.Approached, detect.Welcomed, detect.Refused},
		MaxBytes: 8 + historyDays*4 + 4 + 2 + 4 + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold counts an approach or its answer and speaks when the share of minors has become remarkable.
func (d Selectivity) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	if f.Other.Band == taxonomy.AgeUnknown {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*selectivity)
	if s == nil {
		s = &selectivity{day: f.Day()}
	}
	minor := f.Other.Band.Minor()
	switch {
	case f.Kind == detect.Approached:
		s.count(f, minor, c)
	case !minor:
		return s, detect.Signal{}, false
	case f.Kind == detect.Welcomed:
		s.welcomed = more(s.welcomed)
	default:
		s.refused = more(s.refused)
	}
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

func (s *selectivity) count(f *detect.Fact, minor bool, c detect.Cohort) {
	i := s.slot(f.Day())
	if i >= historyDays {
		return // older than the window
	}
	s.days[i].all = more(s.days[i].all)
	if minor {
		s.days[i].minors = more(s.days[i].minors)
		s.events.Add(f.Seq)
	}
	if f.Account.Band.Adult() && s.approach < clusterCap {
		if s.approach > 0 {
			c.Add(detect.CohortKey{What: detect.CountBoth}, bit(minor && s.lastMinor), 1)
			c.Add(detect.CohortKey{What: detect.CountEach}, bit(minor)+bit(s.lastMinor), 2)
		}
		s.approach++
	}
	s.lastMinor = minor
}

// slot moves the window on to the day and returns the day's place in it.
func (s *selectivity) slot(day int64) int {
	if by := day - s.day; by > 0 {
		n := int(min(by, historyDays))
		copy(s.days[n:], s.days[:historyDays-n])
		clear(s.days[:n])
		s.day = day
	}
	return int(s.day - day)
}

// window adds up the newest n days.
func (s *selectivity) window(n int) (all, minors int) {
	for _, d := range s.days[:n] {
		all += int(d.all)
		minors += int(d.minors)
	}
	return all, minors
}

// judge finds the stronger of the 7-day and the 30-day window; looking twice costs a factor of two.
func (d Selectivity) judge(s *selectivity, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	all30, minors30 := s.window(historyDays)
	if minors30 < leastMinors {
		return detect.Signal{}, false
	}
	q := detect.Reach(c, f.Surface, f.Time().Hour(), f.Account.Region)
	rho := Cluster(c)
	looks := float64(all30 - leastMinors + 1)
	var best detect.Signal
	strength := -1.0
	for _, days := range []int{7, historyDays} {
		all, minors := s.window(days)
		if minors < leastMinors {
			continue
		}
		p := stat.BetaBinomialTail(all, minors, q, rho) * 2 * looks * (looks + 1)
		if e := stat.Strength(p, fullStrength); e > strength {
			strength = e
			best = d.Info().New(f.Account.ID, f.Time(), time.Duration(days)*24*time.Hour)
			best.Figures = []detect.Figure{{Name: "minors", Observed: float64(minors), Expected: q * float64(all), Of: float64(all)}}
		}
	}
	limit := s.limit(f.Account, c)
	strength = math.Min(strength, limit)
	if strength < leastStrength {
		strength = 0
	}
	if !detect.Changed(strength, float64(s.spoken), spokenStep, limit) {
		return detect.Signal{}, false
	}
	s.spoken = float32(strength)
	best.Strength = strength
	best.Figures = append(best.Figures, s.welcome(c), detect.Figure{Name: "reach", Observed: q, Expected: q})
	best.Events = s.events.List()
	return best, true
}

// limit is the most that selectivity alone may weigh for this account.
func (s *selectivity) limit(p *detect.Profile, c detect.Cohort) float64 {
	w := s.welcome(c)
	if p.Band == taxonomy.AgeUnknown {
		return unknownLimit
	}
	if w.Of >= 3 && w.Observed >= w.Expected {
		return welcomedLimit
	}
	return fullStrength
}

// welcome compares how many minors welcomed the approach with how many ordinarily do.
func (s *selectivity) welcome(c detect.Cohort) detect.Figure {
	old := 0
	for _, d := range s.days[patienceDays:] {
		old += int(d.minors)
	}
	decided := max(old, int(s.welcomed)+int(s.refused))
	return detect.Figure{
		Name: "welcomed", Observed: float64(s.welcomed), Expected: Welcome(c) * float64(decided), Of: float64(decided),
	}
}

// Welcome is the share of adults' approaches that minors of this platform welcome.
func Welcome(c detect.Cohort) float64 {
	return detect.Rate(c, detect.CohortKey{What: detect.CountWelcome}, priorWelcome, priorWelcomeN)
}

// Cluster is the intra-class correlation ρ of the minors among one adult's approaches: the correlation of successive
// approaches, (E[xy] − p²) / (p(1−p)), leaning on a prior where few were seen.
func Cluster(c detect.Cohort) float64 {
	both, n := c.Count(detect.CohortKey{What: detect.CountBoth})
	each, m := c.Count(detect.CohortKey{What: detect.CountEach})
	rho := priorCluster
	if n > 0 && each > 0 && each < m {
		p := each / m
		seen := (both/n - p*p) / (p * (1 - p))
		rho = (n*seen + priorClusterN*priorCluster) / (n + priorClusterN)
	}
	return math.Max(lowCluster, math.Min(highCluster, rho))
}

// Due never asks for a tick: only new contacts make an account selective.
func (Selectivity) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Selectivity) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding: the day, the counts, the answers, what was said, the events.
func (s *selectivity) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(s.day))
	for _, d := range s.days {
		b = binary.LittleEndian.AppendUint16(b, d.all)
		b = binary.LittleEndian.AppendUint16(b, d.minors)
	}
	b = binary.LittleEndian.AppendUint16(b, s.welcomed)
	b = binary.LittleEndian.AppendUint16(b, s.refused)
	b = append(b, s.approach, byte(bit(s.lastMinor)))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s.spoken))
	return s.events.Append(b)
}

// Decode is the inverse of Append.
func (Selectivity) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &selectivity{day: int64(r.U64())}
	for i := range s.days {
		s.days[i] = dayCount{r.U16(), r.U16()}
	}
	s.welcomed, s.refused = r.U16(), r.U16()
	s.approach, s.lastMinor = r.U8(), r.U8() == 1
	s.spoken = math.Float32frombits(r.U32())
	s.events = r.Ring()
	return s, r.Err()
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
