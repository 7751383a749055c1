package contact

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Persistence is D9: a stranger who goes on writing to minors who do not answer, or who have declined or blocked, and who writes more
// and more.
//
// A minor is pressed when four messages in a row, five minutes or more apart, stay unanswered, or when a message comes after a refusal
// or a block. The first statistic is the beta-binomial tail of minors pressed among minors approached, counts halved every 14 days,
// with the platform's share and an intra-class correlation of 0.05, times stat.Looks. The second is a CUSUM of the logarithm of the
// daily number of messages to minors, S ← max(0, S + z − ½) with alarm at 5, which comes by chance about once in 930 days (Montgomery,
// Statistical Quality Control, ARL₀ of the tabular CUSUM): 0.015 in a fortnight. The first alone, or both by Fisher's method,
// whichever is less likely, times two. A share of messages in the minors' night above the platform's multiplies by at most 1.3.
// It weighs at most 2: many people are merely tactless.
//
// Limits: only strangers; the night is told by the country's clock, which is one hour for a whole country; a bot that writes once to
// many is not persistent.
type Persistence struct{}

var _ detect.Detector = Persistence{}

const (
	pressedRun   = 4
	runPause     = 300 // seconds between messages that count as two
	pressedPrior = 0.1
	pressedN     = 100
	pressedRho   = 0.05
	pressedLeast = 3   // minors
	pressedCap   = 6   // minors of one account that the cohort counts
	pressedHalf  = 14  // days
	cusumSlack   = 0.5 // in standard deviations
	cusumAlarm   = 5.0
	cusumTail    = 0.015
	cusumLearn   = 0.1 // weight of a day in the account's mean and variance
	cusumDays    = 5   // days before the account's mean says anything
	nightPrior   = 0.1
	nightN       = 200
	nightCap     = 40 // messages of one account that the cohort counts
	nightMost    = 1.3
	pressLimit   = 2.0
	pressAtLeast = 1.0
)

// persistence is the state of one account. Counts are decayed to the moment at.
type persistence struct {
	at       int64   // Unix milliseconds
	asked    float32 // minors approached
	pressed  float32 // minors pressed
	refused  float32 // of them after a refusal or a block
	all      float32 // messages to minors
	night    float32 // of them in the minor's night
	day      uint32
	today    uint16
	days     uint16
	mean     float32 // of ln(1 + messages a day)
	variance float32
	sum      float32 // of the CUSUM
	counted  [2]uint8
	spoken   detect.Spoken
	events   detect.Ring
}

// Info describes D9.
func (Persistence) Info() detect.Info {
	return detect.Info{
		Name: "D9", Version: 1, Family: taxonomy.FamilyContact, Typology: taxonomy.TypologyGrooming, Title: "Persistence",
		Facts:    []detect.FactKind{detect.Approached, detect.Wrote},
		MaxBytes: 8 + 8*4 + 4 + 4 + 2 + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold counts an approach or a message to a minor.
func (d Persistence) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	if !f.Other.Band.Minor() {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*persistence)
	if s == nil {
		s = &persistence{at: f.At, day: uint32(max(f.Day(), 0))} //nolint:gosec // days
	}
	s.decay(f.At)
	if f.Kind == detect.Approached {
		s.asked++
		s.count(0, detect.CountPressed, 0, 1, pressedCap, c)
		return s, detect.Signal{}, false
	}
	s.write(f, c)
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

// count adds to the cohort's counters, at most limit times.
func (s *persistence) count(kind int, what uint8, hits, total uint32, limit uint8, c detect.Cohort) {
	if s.counted[kind] < limit {
		s.counted[kind]++
		c.Add(detect.CohortKey{What: what}, hits, total)
	}
}

func (s *persistence) decay(now int64) {
	if now <= s.at {
		return
	}
	by := float32(math.Exp2(-float64(now-s.at) / (pressedHalf * 24 * float64(time.Hour.Milliseconds()))))
	for _, v := range []*float32{&s.asked, &s.pressed, &s.refused, &s.all, &s.night} {
		*v *= by
	}
	s.at = now
}

func (s *persistence) write(f *detect.Fact, c detect.Cohort) {
	s.turn(uint32(max(f.Day(), 0))) //nolint:gosec // days
	s.today = more(s.today)
	s.all++
	if offset, ok := clock(f.Other.Region); ok {
		hour := f.Time().Add(offset).Hour()
		late := hour >= 23 || hour < 6
		if late {
			s.night++
		}
		s.count(1, detect.CountNight, bit(late), 1, nightCap, c)
	}
	if f.Value == 0 {
		return
	}
	s.pressed++
	if f.Reason != "" {
		s.refused++
	}
	s.events.Add(f.Seq)
	if whole(s.pressed) <= pressedCap && s.spoken == (detect.Spoken{}) {
		c.Add(detect.CohortKey{What: detect.CountPressed}, 1, 0)
	}
}

// turn ends the days that are over: the CUSUM takes them in, then the account's own mean.
func (s *persistence) turn(day uint32) {
	for n := 0; s.day < day; n++ {
		if n == 30 { // after a month of silence it begins anew
			s.day, s.sum, s.today = day, 0, 0
			return
		}
		x := math.Log1p(float64(s.today))
		if s.days >= cusumDays {
			z := (x - float64(s.mean)) / math.Max(.5, math.Sqrt(float64(s.variance)))
			s.sum = float32(math.Min(20, math.Max(0, float64(s.sum)+math.Min(z, 4)-cusumSlack)))
		}
		dev := float32(x) - s.mean
		if s.days == 0 {
			s.mean = float32(x)
		} else {
			s.mean += cusumLearn * dev
			s.variance = (1 - cusumLearn) * (s.variance + cusumLearn*dev*dev)
		}
		s.days, s.today = more(s.days), 0
		s.day++
	}
}

// weigh is the strength, with what it rests on.
func (s *persistence) weigh(c detect.Cohort) (e, q, late float64) {
	k := whole(s.pressed)
	n := max(whole(s.asked), k)
	q = math.Min(.9, detect.Rate(c, detect.CohortKey{What: detect.CountPressed}, pressedPrior, pressedN))
	if k < pressedLeast {
		return 0, q, 1
	}
	tail := math.Min(1, stat.BetaBinomialTail(n, k, q, pressedRho)*stat.Looks(n))
	p := tail
	if s.sum >= cusumAlarm {
		p = math.Min(p, stat.Fisher(tail, cusumTail))
	}
	late = 1
	if usual := detect.Rate(c, detect.CohortKey{What: detect.CountNight}, nightPrior, nightN); s.all > 0 && usual < 1 {
		late = 1 + (nightMost-1)*math.Max(0, math.Min(1, (float64(s.night/s.all)-usual)/(1-usual)))
	}
	e = math.Min(pressLimit, stat.Strength(math.Min(1, 2*p), pressLimit)*late)
	if e < pressAtLeast {
		e = 0
	}
	return e, q, late
}

func whole(v float32) int { return int(math.Round(float64(v))) }

func (d Persistence) judge(s *persistence, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	if f.Value == 0 && s.spoken == (detect.Spoken{}) {
		return detect.Signal{}, false
	}
	e, q, late := s.weigh(c)
	if !s.spoken.Say(e, f.Time(), spokenStep, pressLimit) {
		return detect.Signal{}, false
	}
	sig := d.Info().New(f.Account.ID, f.Time(), 2*pressedHalf*24*time.Hour)
	sig.Strength = e
	n := math.Max(float64(whole(s.asked)), float64(whole(s.pressed)))
	sig.Figures = []detect.Figure{
		{Name: "pressed", Observed: float64(whole(s.pressed)), Expected: q * n, Of: n},
		{Name: "afterrefusal", Observed: float64(whole(s.refused))},
		{Name: "ramp", Observed: float64(s.sum), Expected: cusumAlarm},
		{Name: "night", Observed: math.Round(float64(s.night)), Of: math.Round(float64(s.all))},
		{Name: "nightfactor", Observed: late, Expected: 1},
	}
	sig.Events = s.events.List()
	return sig, true
}

// Due never asks for a tick.
func (Persistence) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Persistence) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

func (s *persistence) numbers() []*float32 {
	return []*float32{&s.asked, &s.pressed, &s.refused, &s.all, &s.night, &s.mean, &s.variance, &s.sum}
}

// Append appends the encoding.
func (s *persistence) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(s.at)) //nolint:gosec // the bits
	for _, v := range s.numbers() {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(*v))
	}
	b = binary.LittleEndian.AppendUint32(b, s.day)
	b = binary.LittleEndian.AppendUint16(b, s.today)
	b = binary.LittleEndian.AppendUint16(b, s.days)
	return s.events.Append(s.spoken.Append(append(b, s.counted[:]...)))
}

// Decode is the inverse of Append.
func (Persistence) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &persistence{at: int64(r.U64())} //nolint:gosec // the bits
	for _, v := range s.numbers() {
		if *v = r.F32(); *v < 0 {
			r.Fail()
		}
	}
	s.day, s.today, s.days = r.U32(), r.U16(), r.U16()
	s.counted = [2]uint8{r.U8(), r.U8()}
	s.spoken, s.events = r.Spoken(), r.Ring()
	return s, r.Err()
}

// Explain says how many minors were pressed, and when.
func (Persistence) Explain(s *detect.Signal, lang string) detect.Explanation {
	p, _ := s.Figure("pressed")
	refused, _ := s.Figure("afterrefusal")
	ramp, _ := s.Figure("ramp")
	night, _ := s.Figure("night")
	k, n, want := detect.Whole(p.Observed), detect.Whole(p.Of), detect.Short(p.Expected)
	why := fmt.Sprintf(detect.In(lang,
		"This stranger went on writing to %s of %s minors who did not answer or had refused; expected %s.",
		"واصل هذا الغريب الكتابة إلى %s من أصل %s قاصرين لم يجيبوا أو رفضوا؛ والمتوقع %s."), k, n, want)
	if refused.Observed > 0 {
		why += " " + fmt.Sprintf(detect.In(lang, "%s of them had declined or blocked.", "وكان %s منهم قد رفضوا أو حظروا."), detect.Whole(refused.Observed))
	}
	if ramp.Observed >= ramp.Expected {
		why += " " + detect.In(lang, "Its messages to minors have become more from day to day.", "وتزداد رسائله إلى القاصرين يومًا بعد يوم.")
	}
	if night.Observed > 0 {
		why += " " + fmt.Sprintf(detect.In(lang,
			"%s of %s messages came in the minors' night.", "وجاءت %s من أصل %s رسائل في ليل القاصرين."), detect.Whole(night.Observed), detect.Whole(night.Of))
	}
	return detect.Explanation{
		Why:      why,
		Observed: fmt.Sprintf(detect.In(lang, "%s of %s pressed", "أُلحّ على %s من %s"), k, n),
		Expected: want,
		Counterfactual: fmt.Sprintf(detect.In(lang,
			"Had it stopped after three unanswered messages, or pressed fewer than %d of them, this would not have been said.",
			"لو توقف بعد ثلاث رسائل بلا جواب، أو ألحّ على أقل من %d منهم، لما قيل هذا."), pressedLeast),
	}
}
