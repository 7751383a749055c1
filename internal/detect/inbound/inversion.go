// Package inbound watches who writes to young accounts: the sudden arrival of many unrelated adults who stop after a message
// or two (D12). It reads no text.
package inbound

import (
	"encoding/binary"
	"math"
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
// with a the decayed count of today, s the count of all t days (Bhatia et al. 2020), above the 99.9th percentile of the
// day's highest score of other young accounts; a share of adults among those strangers that the platform's own share does not
// explain (binomial tail, strength at least 2); and at least six in ten of them stopping within three messages. The
// strength combines the first two by Fisher's method.
//
// Limits: it needs the recipient's age band and, for the share, the senders'. A follower (one-way relation) is not a stranger.
type Inversion struct{}

var _ detect.Detector = Inversion{}

const (
	days          = 8 // today and seven days before
	window        = 7 * 24 * time.Hour
	leastAdults   = 6
	burstTail     = 1e-3
	burstFloor    = 1e-4
	leastCohort   = 200 // account-days before the cohort says anything
	shareStrength = 2.0
	oneShot       = 0.6
	fewMessages   = 3 // who stops within so many has tried once
	adultsPrior   = 0.6
	adultsPriorN  = 50
	decay         = 0.5 // of today's count at midnight
	limit         = 3.0
	step          = 0.25
	maxRegions    = 12
)

// inversion is the state of one young account: eight days of counts, the newest first.
type inversion struct {
	day     int64
	first   int64 // first day seen
	days    [days]dayCount
	today   float32 // the decayed count of first messages by strangers: a
	total   uint32  // s
	highest float32 // of today's scores
	regions []uint32
	spoken  float32
	events  detect.Ring
}

type dayCount struct {
	adults, known uint16 // strangers who wrote first: adults, and all of known age
	stayed        uint16 // adults who went on to a fourth message
}

// Info describes D12.
func (Inversion) Info() detect.Info {
	return detect.Info{
		Name: "D12", Version: 1, Family: taxonomy.FamilyInbound, Typology: taxonomy.TypologyTrafficking,
		Title: "Inbound inversion", Facts: []detect.FactKind{detect.Written},
		MaxBytes: 16 + days*6 + 4 + 4 + 4 + 1 + 4*maxRegions + 4 + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold counts a message by a stranger.
func (d Inversion) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	if !f.Relation.Stranger() || f.Other.Band == taxonomy.AgeUnknown || f.N > 1 && f.N != fewMessages+1 {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*inversion)
	if s == nil {
		s = &inversion{day: f.Day(), first: f.Day()}
	}
	i := s.slot(f.Day(), c)
	if i >= days {
		return s, detect.Signal{}, false
	}
	if f.N > 1 {
		if f.Other.Band.Adult() {
			s.days[i].stayed = more(s.days[i].stayed)
		}
		sig, ok := d.judge(s, f, c)
		return s, sig, ok
	}
	s.count(f, i, c)
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

// slot moves on to the day; the highest score of a day that is over joins the cohort.
func (s *inversion) slot(day int64, c detect.Cohort) int {
	by := day - s.day
	if by <= 0 {
		return int(-by)
	}
	c.Add(detect.CohortKey{What: detect.CountBurst, B: bucket(float64(s.highest))}, 1, 1)
	c.Add(detect.CohortKey{What: detect.CountBurstTotal}, 1, 1)
	n := int(min(by, days))
	copy(s.days[n:], s.days[:days-n])
	clear(s.days[:n])
	s.day, s.highest = day, 0
	s.today *= float32(math.Pow(decay, float64(by)))
	return 0
}

func (s *inversion) count(f *detect.Fact, i int, c detect.Cohort) {
	adult := f.Other.Band.Adult()
	s.days[i].known = more(s.days[i].known)
	hit := uint32(0)
	if adult {
		hit = 1
		s.days[i].adults = more(s.days[i].adults)
		s.events.Add(f.Seq)
		s.region(f.Other.Region)
	}
	c.Add(detect.CohortKey{What: detect.CountInbound}, hit, 1)
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

func (s *inversion) region(r string) {
	if r == "" {
		return
	}
	h := uint32(xxh3.HashString(r))
	for _, have := range s.regions {
		if have == h {
			return
		}
	}
	if len(s.regions) < maxRegions {
		s.regions = append(s.regions, h)
	}
}

// bucket numbers scores on a scale of half powers of two.
func bucket(score float64) uint16 {
	if score < 1 {
		return 0
	}
	return uint16(min(63, 1+int(2*math.Log2(score))))
}

// burst is the share of other accounts' days whose highest score was at least as high; ok is false while too few are known.
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

func (d Inversion) judge(s *inversion, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	adults, known, stayed := 0, 0, 0
	for _, day := range s.days[:7] {
		adults += int(day.adults)
		known += int(day.known)
		stayed += int(day.stayed)
	}
	if adults < leastAdults {
		return detect.Signal{}, false
	}
	q := detect.Rate(c, detect.CohortKey{What: detect.CountInbound}, adultsPrior, adultsPriorN)
	pShare := stat.BinomialTail(known, adults, math.Min(q, .98))
	pBurst, ready := burst(float64(s.highest), c)
	once := 1 - float64(stayed)/float64(adults)
	e := 0.0
	if ready && pBurst <= math.Max(burstTail, tailOf(c)) && stat.Strength(pShare, limit) >= shareStrength && once >= oneShot {
		e = stat.Strength(stat.Fisher(pShare, pBurst), limit)
	}
	if !detect.Changed(e, float64(s.spoken), step, limit) || e < float64(s.spoken) && once >= oneShot {
		return detect.Signal{}, false
	}
	s.spoken = float32(e)
	sig := d.Info().New(f.Account.ID, f.Time(), window)
	sig.Strength = e
	sig.Figures = []detect.Figure{
		{Name: "adults", Observed: float64(adults), Expected: q * float64(known), Of: float64(known)},
		{Name: "once", Observed: float64(adults - stayed), Expected: 0, Of: float64(adults)},
		{Name: "regions", Observed: float64(len(s.regions))},
		{Name: "burst", Observed: float64(s.highest), Expected: pBurst},
	}
	sig.Events = s.events.List()
	return sig, true
}

// tailOf is the smallest tail that a cohort of this size can show, for platforms too small for a 99.9th percentile.
func tailOf(c detect.Cohort) float64 {
	_, total := c.Count(detect.CohortKey{What: detect.CountBurstTotal})
	return 2 / (total + 1)
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
	for _, v := range []uint32{math.Float32bits(s.today), s.total, math.Float32bits(s.highest), math.Float32bits(s.spoken)} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, byte(len(s.regions)))
	for _, r := range s.regions {
		b = binary.LittleEndian.AppendUint32(b, r)
	}
	return s.events.Append(b)
}

// Decode is the inverse of Append.
func (Inversion) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &inversion{day: int64(r.U64()), first: int64(r.U64())}
	for i := range s.days {
		s.days[i] = dayCount{r.U16(), r.U16(), r.U16()}
	}
	s.today, s.total = math.Float32frombits(r.U32()), r.U32()
	s.highest, s.spoken = math.Float32frombits(r.U32()), math.Float32frombits(r.U32())
	n := int(r.U8())
	if n > maxRegions {
		return nil, detect.ErrState
	}
	for range n {
		s.regions = append(s.regions, r.U32())
	}
	s.events = r.Ring()
	return s, r.Err()
}

func more(n uint16) uint16 {
	if n == math.MaxUint16 {
		return n
	}
	return n + 1
}
