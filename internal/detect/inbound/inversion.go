// Package inbound watches who writes to young accounts: the sudden arrival of many unrelated adults who stop after a message
// or two (D12). It reads no text.
package inbound

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/zeebo/xxh3"

	"haris/internal/detect"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Inversion is D12: the direction of contact of a young account turns round. Three things must hold at once: a burst of
// first messages by strangers, measured by the MIDAS-R score of the account as a destination,
//
//	(a − s/t)² · t² / (s·(t−1))
//
// with a the decayed count of today, s the count of all t days for which haris has known the account (Bhatia et al. 2020), above the 99.9th percentile of the
// day's highest score of other young accounts; a share of adults among those strangers that the platform's own share does not
// explain (beta-binomial tail with the platform's intra-class correlation, strength at least 2); and at least six in ten of
// them stopping within three messages. The strength combines the first two by Fisher's method. The highest score of a day is
// compared with highest scores of days, so the burst needs no correction for looking often; the share is tested again at
// every stranger, for which it pays the factor stat.Looks.
//
// Limits: it needs the recipient's age band and, for the share, the senders'. A follower (one-way relation) is not a stranger. A
// day joins the comparison when the account is next written to, so an account's last day never does.
type Inversion struct{}

var _ detect.Detector = Inversion{}

const (
	days          = 8 // today and seven days before
	window        = 7 * 24 * time.Hour
	leastAdults   = 6
	burstTail     = 1e-3
	burstFloor    = 1e-4
	leastCohort   = 50 // account-days before the cohort says anything
	shareStrength = 2.0
	oneShot       = 0.6
	priorStayed   = 0.5 // adults who go on, before the platform's own share is known
	priorStayedN  = 50
	fewMessages   = 3 // who stops within so many has tried once
	adultsPrior   = 0.6
	adultsPriorN  = 50
	decay         = 0.5 // of today's count at midnight
	limit         = 3.0
	step          = 0.25
	maxRegions    = 12
	clusterCap    = 4  // strangers of one account that the cohort counts for their correlation
	silentCap     = 30 // silent days in a row of one account that the cohort counts
	strangersCap  = 30 // and for their share, so that nobody famous decides what is ordinary
)

// inversion is the state of one young account: eight days of counts, the newest first.
type inversion struct {
	day     int64
	first   int64 // first day seen
	days    [days]dayCount
	today   float32 // the decayed count of first messages by strangers: a
	total   uint32  // s
	highest float32 // of today's scores
	strange uint8   // strangers so far, saturating: how many the cohort has counted for the correlation
	adult   bool    // the stranger before was an adult
	regions []region
	spoken  detect.Spoken
	events  detect.Ring
}

// region is where adults came from, and the day on which the newest of them did.
type region struct {
	hash uint32
	day  uint32
}

type dayCount struct {
	adults, known uint16 // strangers who wrote first: adults, and all of known age
	stayed        uint16 // adults who went on to a fourth message
}

// Info describes D12.
func (Inversion) Info() detect.Info {
	return detect.Info{
		Name: "D12", Version: 2, Family: taxonomy.FamilyInbound, Typology: taxonomy.TypologyTrafficking,
		Title: "Inbound inversion", Facts: []detect.FactKind{detect.Written},
		MaxBytes: 16 + days*6 + 3*4 + 1 + 1 + 1 + 8*maxRegions + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold counts a stranger's first message, or that the stranger went on.
func (d Inversion) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	adult := f.Other.Band.Adult()
	goesOn := adult && f.N == fewMessages+1
	if f.Other.Band == taxonomy.AgeUnknown || f.N != 1 && !goesOn {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*inversion)
	if s == nil {
		s = &inversion{day: f.Day(), first: since(f)}
		silent(f.Day()-s.first, c)
	}
	i := s.slot(f.Day(), c)
	if i >= days {
		return s, detect.Signal{}, false
	}
	if goesOn {
		s.days[i].stayed = more(s.days[i].stayed)
		c.Add(detect.CohortKey{What: detect.CountStayed}, 1, 0)
	} else {
		s.count(f, i, adult, c)
	}
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

// since is the day from which on it is known who writes to the account: silence counts as well as talk.
func since(f *detect.Fact) int64 {
	if f.Since == 0 {
		return f.Day()
	}
	return min(f.Day(), f.Since/(24*3600*1000))
}

// silent counts days on which no stranger wrote to a young account: they are days like others, with a score of 0.
func silent(n int64, c detect.Cohort) {
	if n <= 0 {
		return
	}
	days := uint32(min(n, silentCap)) //nolint:gosec // bounded
	c.Add(detect.CohortKey{What: detect.CountBurst}, days, days)
	c.Add(detect.CohortKey{What: detect.CountBurstTotal}, days, days)
}

// slot moves on to the day; the highest score of a day that is over joins the cohort, unless something was said of that week: what
// is suspected is not what is ordinary.
func (s *inversion) slot(day int64, c detect.Cohort) int {
	by := day - s.day
	if by <= 0 {
		return int(-by)
	}
	if s.spoken.Standing(time.Unix(s.day*24*3600, 0), window) == 0 {
		c.Add(detect.CohortKey{What: detect.CountBurst, B: bucket(float64(s.highest))}, 1, 1)
		c.Add(detect.CohortKey{What: detect.CountBurstTotal}, 1, 1)
	}
	silent(by-1, c)
	n := int(min(by, days))
	copy(s.days[n:], s.days[:days-n])
	clear(s.days[:n])
	s.day, s.highest = day, 0
	s.today *= float32(math.Pow(decay, float64(by)))
	return 0
}

func (s *inversion) count(f *detect.Fact, i int, adult bool, c detect.Cohort) {
	s.days[i].known = more(s.days[i].known)
	if adult {
		s.days[i].adults = more(s.days[i].adults)
		s.events.Add(f.Seq)
		s.from(f.Other.Region, uint32(max(f.Day(), 0)))
		c.Add(detect.CohortKey{What: detect.CountStayed}, 0, 1)
	}
	if s.total < strangersCap {
		c.Add(detect.CohortKey{What: detect.CountInbound}, bit(adult), 1)
	}
	if s.strange < clusterCap {
		if s.strange > 0 {
			c.Add(detect.CohortKey{What: detect.CountInboundBoth}, bit(adult && s.adult), 1)
			c.Add(detect.CohortKey{What: detect.CountInboundEach}, bit(adult)+bit(s.adult), 2)
		}
		s.strange++
	}
	s.adult = adult
	s.total++
	if i == 0 {
		s.today++
	}
	s.highest = max(s.highest, float32(s.score()))
}

// score is the MIDAS-R destination score.
func (s *inversion) score() float64 {
	t := float64(max(s.day-s.first+1, 2))
	a, all := float64(s.today), float64(max(s.total, 1))
	dev := a - all/t
	if dev <= 0 {
		return 0
	}
	return dev * dev * t * t / (all * (t - 1))
}

// from remembers a region; beyond the bound new ones are not counted.
func (s *inversion) from(name string, day uint32) {
	s.regions = slices.DeleteFunc(s.regions, func(r region) bool { return int64(r.day)+7 <= s.day })
	if name == "" {
		return
	}
	h := uint32(xxh3.HashString(name))
	if i := slices.IndexFunc(s.regions, func(r region) bool { return r.hash == h }); i >= 0 {
		s.regions[i].day = max(s.regions[i].day, day)
		return
	}
	if len(s.regions) < maxRegions {
		s.regions = append(s.regions, region{h, day})
	}
}

// bucket numbers scores on a scale of half powers of two.
func bucket(score float64) uint16 {
	if score < 1 {
		return 0
	}
	return uint16(min(63, 1+int(2*math.Log2(score))))
}

// burst is the conformal p-value of a score: the share of young accounts' days, this one among them, whose highest score was at
// least as high. It holds for a cohort of any size; ok is false while too few days are known to tell anything.
func burst(score float64, c detect.Cohort) (p float64, ok bool) {
	_, total := c.Count(detect.CohortKey{What: detect.CountBurstTotal})
	if total < leastCohort {
		return 1, false
	}
	above := 0.0
	for b := bucket(score); b < 64; b++ {
		hits, _ := c.Count(detect.CohortKey{What: detect.CountBurst, B: b})
		above += hits
	}
	return math.Max((above+1)/(total+1), burstFloor), true
}

// week is what the newest seven days hold, and what follows from it.
type week struct {
	adults, known, stayed int
	q                     float64 // share of adults among such strangers on the platform
	share, burst          float64 // tails
	strength              float64
}

func (s *inversion) week(c detect.Cohort) (w week) {
	for _, day := range s.days[:7] {
		w.adults += int(day.adults)
		w.known += int(day.known)
		w.stayed += int(day.stayed)
	}
	w.stayed = min(w.stayed, w.adults) // who went on may have come before the window
	if w.adults < leastAdults {
		return w
	}
	w.q = math.Min(detect.Rate(c, detect.CohortKey{What: detect.CountInbound}, adultsPrior, adultsPriorN), .98)
	w.share = math.Min(1, stat.BetaBinomialTail(w.known, w.adults, w.q, cluster(c))*stat.Looks(w.known))
	var ready bool
	w.burst, ready = burst(float64(s.highest), c)
	if ready && w.burst <= rare(c) && stat.Strength(w.share, limit) >= shareStrength && w.adults-w.stayed >= oneShots(w.adults) {
		w.strength = stat.Strength(stat.Fisher(w.share, w.burst), limit)
	}
	return w
}

// oneShots is how many of the adults must have stopped within a few messages.
func oneShots(adults int) int { return int(math.Ceil(oneShot * float64(adults))) }

// cluster is the intra-class correlation of adults among the strangers who write to one young account.
func cluster(c detect.Cohort) float64 {
	return detect.Correlation{
		Both: detect.CohortKey{What: detect.CountInboundBoth}, Each: detect.CohortKey{What: detect.CountInboundEach},
		Prior: 0.03, Weight: 200, Low: 0.005, High: 0.35,
	}.Of(c)
}

// judge speaks of a burst when it comes, and takes it back only when the strangers stay to talk: that a burst is over is no
// reason to be silent about it.
func (d Inversion) judge(s *inversion, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	w := s.week(c)
	stayed := w.adults > 0 && w.adults-w.stayed < oneShots(w.adults)
	if w.strength < s.spoken.Standing(f.Time(), window) && !stayed || !s.spoken.Say(w.strength, f.Time(), step, limit) {
		return detect.Signal{}, false
	}
	sig := d.Info().New(f.Account.ID, f.Time(), window)
	sig.Strength = w.strength
	stay := detect.Rate(c, detect.CohortKey{What: detect.CountStayed}, priorStayed, priorStayedN)
	sig.Figures = []detect.Figure{
		{Name: "adults", Observed: float64(w.adults), Expected: w.q * float64(w.known), Of: float64(w.known)},
		{Name: "once", Observed: float64(w.adults - w.stayed), Expected: (1 - stay) * float64(w.adults), Of: float64(w.adults)},
		{Name: "regions", Observed: float64(len(s.regions))},
		{Name: "today", Observed: float64(s.days[0].known), Expected: s.usual()},
		{Name: "rare", Observed: w.burst, Expected: rare(c)},
	}
	sig.Events = s.events.List()
	return sig, true
}

// usual is the mean number of strangers a day before today.
func (s *inversion) usual() float64 {
	before := max(s.day-s.first, 1)
	return float64(s.total-min(s.total, uint32(s.days[0].known))) / float64(before)
}

// rare is the greatest share of young accounts' days that may be as sudden as a burst: one in a thousand, or two days where the
// platform is too small for that to be known.
func rare(c detect.Cohort) float64 {
	_, total := c.Count(detect.CohortKey{What: detect.CountBurstTotal})
	return math.Max(burstTail, 2/(total+1))
}

// Due never asks for a tick.
func (Inversion) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Inversion) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding.
func (s *inversion) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(s.day))
	b = binary.LittleEndian.AppendUint64(b, uint64(s.first))
	for _, d := range s.days {
		b = binary.LittleEndian.AppendUint16(b, d.adults)
		b = binary.LittleEndian.AppendUint16(b, d.known)
		b = binary.LittleEndian.AppendUint16(b, d.stayed)
	}
	for _, v := range []uint32{math.Float32bits(s.today), s.total, math.Float32bits(s.highest)} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, s.strange, byte(bit(s.adult)), byte(len(s.regions)))
	for _, r := range s.regions {
		b = binary.LittleEndian.AppendUint32(b, r.hash)
		b = binary.LittleEndian.AppendUint32(b, r.day)
	}
	return s.events.Append(s.spoken.Append(b))
}

// Decode is the inverse of Append.
func (Inversion) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &inversion{day: int64(r.U64()), first: int64(r.U64())}
	for i := range s.days {
		s.days[i] = dayCount{r.U16(), r.U16(), r.U16()}
		if s.days[i].adults > s.days[i].known {
			r.Fail()
		}
	}
	s.today, s.total, s.highest = r.F32(), r.U32(), r.F32()
	s.strange, s.adult = r.U8(), r.U8() == 1
	n := int(r.U8())
	if n > maxRegions || s.today < 0 || s.highest < 0 {
		return nil, detect.ErrState
	}
	for range n {
		s.regions = append(s.regions, region{r.U32(), r.U32()})
	}
	s.spoken, s.events = r.Spoken(), r.Ring()
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
