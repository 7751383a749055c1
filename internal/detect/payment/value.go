package payment

import (
	"math"
	"slices"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Value is D8: money between a stranger who may be an adult and young accounts, and the media that go beside it within an hour.
//
// Money to the young: how many of those approached were paid (beta-binomial tail with the platform's share, intra-class correlation
// 0.05, times stat.Looks), or how often one of them was (the chance of so many payments to any of those approached: n·q·r^(N−1) with r
// the platform's share of repeated payments), whichever is less likely, times two; alone, or joined by Fisher's method with the binomial
// tail of payments that stand within an hour of media that the paid account sent, whichever is less likely, times two.
//
// Money from the young: the binomial tail of young payers whose payment came within an hour of media that they had sent there, with
// the platform's share. Where both had sent media, it is a coercion: a hard fact, and so urgent that somebody must look within
// minutes when it was paid more than once, or by more than one young account.
//
// Only strangers are looked at, and never those whom the platform calls family. The greater of the two is said: money to the young as
// grooming, money from the young as sextortion.
//
// Limits: what is paid elsewhere is not seen; whoever has a child's age in the books is not taken for the stranger; a business or a
// creator who sells to the young gets no hard fact.
type Value struct{}

var _ detect.Detector = Value{}

const (
	halfLife     = 30 * 24 * time.Hour
	offeredPrior = 0.02
	offeredN     = 100
	offeredRho   = 0.05
	againPrior   = 0.5
	againN       = 50
	boughtPrior  = 0.03
	boughtN      = 50
	chargedPrior = 0.03
	chargedN     = 50
	valueCap     = 6 // of each kind, of one account, that the cohort counts
	valueLimit   = 3.0
	valueStep    = 0.25
	valueLeast   = 1.0
	standing     = 30 * 24 * time.Hour
	maxNames     = 6
	maxName      = 128
)

// value is the state of one account. Counts are decayed to the moment at.
type value struct {
	at         int64   // Unix milliseconds
	approached float32 // young accounts
	offered    float32 // of them paid
	payments   float32 // to young accounts
	bought     float32 // of them within an hour of media
	most       float32 // payments to one of them
	payers     float32 // young accounts that paid this one
	coupled    float32 // of them within an hour of media that they had sent
	coerced    float32 // of them after media from both
	again      float32 // further payments after media from both
	counted    [4]uint8
	hard       bool
	spoken     detect.Spoken
	names      []string // of young accounts that stand in the evidence, newest last
	events     detect.Ring
}

// The kinds of what the cohort counts, as value.counted holds them.
const (
	ofApproach = iota
	ofOffer
	ofPayment
	ofCharge
)

// Info describes D8.
func (Value) Info() detect.Info {
	return detect.Info{
		Name: "D8", Version: 1, Family: taxonomy.FamilyStage, Typology: taxonomy.TypologyGrooming, Title: "Money and media",
		Facts:    []detect.FactKind{detect.Approached, detect.Offered, detect.Given, detect.Charged},
		MaxBytes: 8 + 9*4 + 4 + 1 + detect.SpokenBytes + 1 + maxNames*(1+maxName) + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold counts an approach, a payment or media.
func (d Value) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	if !f.Other.Band.Minor() {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*value)
	if s == nil {
		s = &value{at: f.At}
	}
	s.decay(f.At)
	switch f.Kind {
	case detect.Approached:
		s.approached++
		s.tell(c, ofApproach, detect.CountOffered, 0, 1)
		return s, detect.Signal{}, false
	case detect.Offered:
		s.offer(f, c)
	case detect.Given:
		if s.bought++; whole(s.bought) <= valueCap {
			c.Add(detect.CohortKey{What: detect.CountBought}, 1, 0)
		}
	default:
		s.charge(f, c)
	}
	s.name(f.Other.ID)
	s.events.Add(f.Seq)
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

// tell adds to the cohort's counters, at most valueCap times a kind.
func (s *value) tell(c detect.Cohort, kind int, what uint8, hits, total uint32) {
	if s.counted[kind] < valueCap {
		s.counted[kind]++
		c.Add(detect.CohortKey{What: what}, hits, total)
	}
}

func (s *value) numbers() []*float32 {
	return []*float32{&s.approached, &s.offered, &s.payments, &s.bought, &s.most, &s.payers, &s.coupled, &s.coerced, &s.again}
}

// decay halves the counts every 30 days. An event from the past counts as if it were now.
func (s *value) decay(now int64) {
	if now <= s.at {
		return
	}
	by := float32(math.Exp2(-float64(now-s.at) / float64(halfLife.Milliseconds())))
	for _, v := range s.numbers() {
		*v *= by
	}
	s.at = now
}

func (s *value) name(id string) {
	id = string(append([]byte(nil), id[:min(len(id), maxName)]...))
	s.names = slices.DeleteFunc(s.names, func(n string) bool { return n == id })
	s.names = append(s.names, id)
	s.names = s.names[max(0, len(s.names)-maxNames):]
}

func (s *value) offer(f *detect.Fact, c detect.Cohort) {
	s.payments++
	s.most = max(s.most, float32(f.N))
	if f.N == 1 {
		s.offered++
		s.tell(c, ofOffer, detect.CountOffered, 1, 0)
	}
	media := f.Reason != ""
	if media {
		s.bought++
	}
	if s.counted[ofPayment] < valueCap {
		s.counted[ofPayment]++
		c.Add(detect.CohortKey{What: detect.CountOfferedAgain}, bit(f.N > 1), 1)
		c.Add(detect.CohortKey{What: detect.CountBought}, bit(media), 1)
	}
}

func (s *value) charge(f *detect.Fact, c detect.Cohort) {
	media, both := f.Reason != "", f.Reason == contact.BothWays
	if f.N == 1 {
		s.payers++
		s.tell(c, ofCharge, detect.CountCharged, bit(media), 1)
	}
	if f.N == 1 && media {
		s.coupled++
	}
	switch {
	case both && f.N == 1:
		s.coerced++
	case both:
		s.again++
	}
}

// given is what money to the young weighs.
func (s *value) given(c detect.Cohort) float64 {
	k, paid := whole(s.offered), whole(s.payments)
	if k == 0 && paid == 0 {
		return 0
	}
	n := max(whole(s.approached), k, 1)
	q := math.Min(.9, detect.Rate(c, detect.CohortKey{What: detect.CountOffered}, offeredPrior, offeredN))
	r := math.Min(.9, detect.Rate(c, detect.CohortKey{What: detect.CountOfferedAgain}, againPrior, againN))
	many := stat.BetaBinomialTail(n, k, q, offeredRho) * stat.Looks(n)
	often := float64(n) * q * math.Pow(r, math.Max(0, float64(s.most)-1))
	p := math.Min(1, 2*math.Min(many, often))
	b := math.Min(.9, detect.Rate(c, detect.CohortKey{What: detect.CountBought}, boughtPrior, boughtN))
	paid = max(paid, 1)
	media := stat.BinomialTail(paid, min(whole(s.bought), paid), b)
	return stat.Strength(math.Min(1, 2*math.Min(p, stat.Fisher(p, media))), valueLimit)
}

// taken is what money from the young weighs.
func (s *value) taken(c detect.Cohort) float64 {
	k := whole(s.coupled)
	if k == 0 {
		return 0
	}
	q := math.Min(.9, detect.Rate(c, detect.CohortKey{What: detect.CountCharged}, chargedPrior, chargedN))
	return stat.Strength(stat.BinomialTail(max(whole(s.payers), k), k, q), valueLimit)
}

func whole(v float32) int { return int(math.Round(float64(v))) }

// judge says the greater of the two.
func (d Value) judge(s *value, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	given, taken := s.given(c), s.taken(c)
	typ, e := taxonomy.TypologyGrooming, given
	coerced := whole(s.coerced)
	if taken >= given {
		typ, e = taxonomy.TypologySextortion, taken
	}
	hard := coerced > 0 && !f.Account.Worked()
	if hard {
		typ, e = taxonomy.TypologySextortion, math.Max(taken, valueLeast)
	}
	if e < valueLeast {
		e = 0
	}
	urgent := hard && coerced+whole(s.again) > 1
	news := s.spoken.Say(e, f.Time(), valueStep, valueLimit)
	if !news && (!hard || s.hard && (f.Kind != detect.Charged || f.Reason != contact.BothWays)) {
		return detect.Signal{}, false
	}
	s.hard = hard
	sig := d.Info().New(f.Account.ID, f.Time(), standing)
	sig.Strength, sig.Hard, sig.Typology = e, hard, typ
	if hard {
		sig.Times = coerced + whole(s.again)
	}
	sig.Figures = []detect.Figure{
		{Name: "paidyoung", Observed: math.Round(float64(s.offered)), Of: math.Round(float64(max(s.approached, s.offered)))},
		{Name: "payments", Observed: math.Round(float64(s.payments))},
		{Name: "bought", Observed: math.Round(float64(s.bought))},
		{Name: "charged", Observed: float64(whole(s.coupled)), Of: math.Round(float64(s.payers))},
		{Name: "coerced", Observed: float64(coerced)},
		{Name: "urgent", Observed: float64(bit(urgent))},
	}
	sig.Others = slices.Clone(s.names)
	sig.Events = s.events.List()
	return sig, true
}

// Due never asks for a tick.
func (Value) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Value) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}
