// Package identity watches who is behind an account: a young account that passes into other hands (D10), and accounts that share
// devices, numbers and purses (D11). It reads no text.
package identity

import (
	"math"
	"slices"
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Control is D10: a young account passes into other hands. It asks for two things at once.
//
// An unusual sign-in: the log-odds that somebody else signed in, Σ ln p(x)/p(x|account) over device, place, agent and recovery (Freeman,
// Jain, Dürmuth, Biggio, Giacinto: Who Are You? A Statistical Approach to Measuring User Authenticity, NDSS 2016), with
// p(x|account) = (c + κ·p(x)) / (n + κ) from the account's own c of n sign-ins and p(x) from all young accounts, are at least 4
// nats. What depends on each other counts once: network and place with their mean, a new device and its agent with the greater.
// A device is either known to the account or not.
//
// Company within 14 days: the device is used by another account, or an unrelated adult is deep in talk with the account, or
// strangers have turned to it all at once (D12 spoke).
//
// The strength is −log₁₀ of Fisher's combination of three: how often such a sign-in comes within 14 daily ones on this platform, but
// not less than exp(−log-odds), which bounds how often a likelihood ratio comes so high when the owner signs in (Markov); the rates
// of the company, times three for three kinds that are looked for; and the rate at which credentials are changed about an unusual
// sign-in. Whom the platform calls family lowers the weight of a shared device and never silences it: control within a family
// is common.
//
// Limits: of an account of which few sign-ins are known, only a new device and recovery say much; who shares the child's device, or its place, network and kind of device, is
// not told apart from the child.
type Control struct{}

var _ detect.Detector = Control{}

const (
	leastOdds        = 4.0
	factorLimit      = 3.5 // nats of one factor
	kappa            = 1.0
	deviceKappa      = 10.0
	strangerKnows    = 0.05 // somebody else who signs in has the account's own device in hand
	strangerRecovers = 0.1  // or comes by way of account recovery
	newDevice        = 0.03 // share of sign-ins on a new device, before the platform's own is known
	newDeviceN       = 100
	rareShare        = 1e-4 // least share of a network, place or agent
	shareN           = 50
	companyWindow    = 14 * 24 * time.Hour
	rekeyWindow      = 48 * time.Hour
	deepTalk         = 20 // messages of one adult
	companyRate      = 0.05
	companyRateN     = 40
	rekeyRate        = 0.1
	rekeyRateN       = 40
	talkRate         = 0.05 // young accounts with whom an unrelated adult is deep in talk
	inboundRate      = 0.01
	sameRate         = 0.1  // the one who shares the device is the one who talks
	recoveryRate     = 0.01 // sign-ins by way of recovery, before the platform's own share is known
	recoveryRateN    = 100
	unusualRate      = 0.005
	unusualRateN     = 200
	fortnight        = 14  // sign-ins among which the unusual one was found
	familyRate       = 0.5 // a device shared within a family is ordinary
	companies        = 3   // kinds of company that are looked for
	controlLimit     = 3.0
	controlLeast     = 1.0
	controlStep      = 0.25
	signInCap        = 30 // sign-ins of one account that the cohort counts
	maxValues        = 6  // values of one kind that are told apart: the most used
	maxLinks         = 4
	maxName          = 128
)

// The kinds of values of a sign-in, as CountAccess numbers them.
const (
	ofNetwork = iota + 1
	ofPlace
	ofAgent
	kinds = ofAgent
)

// control is the state of one young account.
type control struct {
	n        uint16 // sign-ins that were learned from
	fresh    uint16 // of them on a device that was new
	devices  []value
	values   [kinds][]value
	hours    [8]uint8  // learned sign-ins by three hours of the day, saturating
	suspect  *suspect  // the most unusual sign-in of the last 14 days
	links    []link    // newest last
	rekeyed  uint32    // event time in seconds of the newest change of a credential
	talk     uint32    // of the newest message of an adult deep in talk
	talker   uint32    // who that is
	inverted uint32    // when D12 spoke
	arrivals [2]uint32 // adult strangers who wrote first, decayed to arrived: before the sign-in and since, in hundredths
	arrived  uint32
	spoken   detect.Spoken
	events   detect.Ring
}

type value struct {
	hash uint32
	n    uint16
}

// suspect is an unusual sign-in and what came after it.
type suspect struct {
	at        uint32
	odds      float32
	device    uint32
	signIns   uint16 // since, this one among them
	onDevice  uint16
	elsewhere uint16 // at a place that was not the account's
	oddHours  uint16 // at hours that the account did not keep
	asked     bool   // the cohort knows of it
	linked    bool   // the cohort has counted its company
	changed   bool   // and that a credential was changed
}

// link is another account on one of the account's devices.
type link struct {
	device uint32
	at     uint32
	who    string
	family bool
}

// Info describes D10.
func (Control) Info() detect.Info {
	return detect.Info{
		Name: "D10", Version: 2, Family: taxonomy.FamilyIdentity, Typology: taxonomy.TypologyTrafficking, Title: "Hand-over of control",
		Facts:    []detect.FactKind{detect.Accessed, detect.Rekeyed, detect.Linked, detect.Written, detect.Spoke},
		MaxBytes: 4 + (kinds+1)*(1+6*maxValues) + 8 + 22 + 1 + maxLinks*(10+maxName) + 28 + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold takes in a sign-in or what stands about it. Only young accounts are watched.
func (d Control) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	if !f.Account.Band.Minor() || !concerns(f) {
		return st, detect.Signal{}, false
	}
	s, _ := st.(*control)
	if s == nil {
		s = &control{}
	}
	now := uint32(max(f.At/1000, 0)) //nolint:gosec // seconds until 2106
	s.expire(now)
	switch f.Kind {
	case detect.Accessed:
		s.signIn(f, now, c)
	case detect.Rekeyed:
		s.rekeyed = max(s.rekeyed, now)
		s.about(f.Seq, now)
	case detect.Linked:
		s.join(f, now)
	case detect.Written:
		s.written(f, now)
	case detect.Spoke:
		s.inverted = max(s.inverted, now)
	}
	s.count(c)
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

// concerns reports whether the fact says anything to D10.
func concerns(f *detect.Fact) bool {
	switch f.Kind {
	case detect.Accessed:
		return f.Access != nil
	case detect.Linked:
		return f.Reason == "device" && f.Access != nil && f.Access.Device != 0 && f.Other.ID != ""
	case detect.Written:
		return f.Other.Band.Adult() && (f.N == 1 || f.N >= deepTalk)
	case detect.Spoke:
		return f.Reason == "D12" && f.Value > 0
	}
	return true
}

func within(then, now uint32, d time.Duration) bool {
	return then > 0 && int64(now)-int64(then) <= int64(d/time.Second)
}

// expire lets an unusual sign-in go after 14 days.
func (s *control) expire(now uint32) {
	if s.suspect != nil && !within(s.suspect.at, now, companyWindow) {
		s.suspect = nil
	}
	s.links = slices.DeleteFunc(s.links, func(l link) bool { return !within(l.at, now, 4*companyWindow) })
}

// about names an event as evidence when it stands about the unusual sign-in.
func (s *control) about(seq uint64, now uint32) {
	if s.suspect != nil && within(s.suspect.at, now, rekeyWindow) {
		s.events.Add(seq)
	}
}

// signIn scores a sign-in and learns from it, unless it is or follows on an unusual one: somebody else's habits are not the account's.
func (s *control) signIn(f *detect.Fact, now uint32, c detect.Cohort) {
	a, device, hour := f.Access, uint32(f.Access.Device>>32), f.Time().Hour()/3 //nolint:gosec // half of a hash
	odds := 0.0
	if s.n > 0 { // with few sign-ins known the factors are small by themselves
		odds = s.odds(a, device, c)
		if s.n < signInCap {
			c.Add(detect.CohortKey{What: detect.CountUnusual}, bit(odds >= leastOdds), 1)
			c.Add(detect.CohortKey{What: detect.CountRecovery}, bit(f.Access.Recovery), 1)
		}
	}
	switch p := s.suspect; {
	case odds >= leastOdds && (p == nil || float32(odds) > p.odds):
		if p == nil {
			s.suspect = &suspect{}
		}
		s.suspect.at, s.suspect.odds, s.suspect.device = now, float32(odds), device
		s.events.Add(f.Seq)
	case odds < leastOdds && (p == nil || device != p.device):
		s.learn(a, device, hour, c)
	}
	if s.suspect != nil {
		s.since(a, device, hour)
	}
}

// since counts a sign-in after the unusual one.
func (s *control) since(a *detect.Access, device uint32, hour int) {
	p := s.suspect
	p.signIns = more(p.signIns)
	if device != 0 && device == p.device {
		p.onDevice = more(p.onDevice)
	}
	if a.Place != 0 && find(s.values[ofPlace-1], a.Place) == 0 {
		p.elsewhere = more(p.elsewhere)
	}
	if s.hours[hour] == 0 {
		p.oddHours = more(p.oddHours)
	}
}

// learn takes a sign-in for the owner's.
func (s *control) learn(a *detect.Access, device uint32, hour int, c detect.Cohort) {
	known := device == 0 || find(s.devices, device) > 0
	if s.n < signInCap {
		for i, x := range [kinds]uint32{a.Network, a.Place, a.Agent} {
			if x != 0 {
				c.Add(accessKey(i+1, x), 1, 0)
				c.Add(accessKey(i+1, 0), 0, 1)
			}
		}
		if s.n > 0 && device != 0 {
			c.Add(detect.CohortKey{What: detect.CountDevice}, bit(!known), 1)
		}
	}
	if !known && s.n > 0 {
		s.fresh = more(s.fresh)
	}
	s.n = more(s.n)
	s.devices = note(s.devices, device)
	s.values[ofNetwork-1] = note(s.values[ofNetwork-1], a.Network)
	s.values[ofPlace-1] = note(s.values[ofPlace-1], a.Place)
	s.values[ofAgent-1] = note(s.values[ofAgent-1], a.Agent)
	if s.hours[hour] < math.MaxUint8 {
		s.hours[hour]++
	}
}

// join notes another account on a device.
func (s *control) join(f *detect.Fact, now uint32) {
	l := link{
		device: uint32(f.Access.Device >> 32), at: now, who: name(f.Other.ID), //nolint:gosec // half of a hash
		family: f.Relation == taxonomy.RelationFamily,
	}
	s.links = slices.DeleteFunc(s.links, func(o link) bool { return o.who == l.who && o.device == l.device })
	s.links = append(s.links, l)
	s.links = s.links[max(0, len(s.links)-maxLinks):]
	if s.suspect != nil && l.device == s.suspect.device {
		s.events.Add(f.Seq)
	}
}

// name copies at most maxName bytes of an id.
func name(id string) string { return string(append([]byte(nil), id[:min(len(id), maxName)]...)) }

// written counts an adult stranger who comes, and remembers that one is deep in talk.
func (s *control) written(f *detect.Fact, now uint32) {
	if f.N >= deepTalk {
		s.talk, s.talker = max(s.talk, now), who(f.Other.ID)
		return
	}
	s.fade(now)
	s.arrivals[bit(s.suspect != nil)] += 100
}

// fade halves the numbers of arrivals every 14 days.
func (s *control) fade(now uint32) {
	if s.arrived != 0 && now > s.arrived {
		by := math.Exp2(-float64(now-s.arrived) / companyWindow.Seconds())
		for i := range s.arrivals {
			s.arrivals[i] = uint32(float64(s.arrivals[i]) * by)
		}
	}
	s.arrived = max(s.arrived, now)
	if s.suspect == nil {
		s.arrivals[0], s.arrivals[1] = s.arrivals[0]+s.arrivals[1], 0
	}
}

// count tells the cohort once of an unusual sign-in, of its company and of a changed credential.
func (s *control) count(c detect.Cohort) {
	p := s.suspect
	if p == nil {
		return
	}
	company, rekey := detect.CohortKey{What: detect.CountCompany}, detect.CohortKey{What: detect.CountRekeyed}
	if !p.asked {
		p.asked = true
		c.Add(company, 0, 1)
		c.Add(rekey, 0, 1)
	}
	if !p.linked && len(s.on(p.device)) > 0 {
		p.linked = true
		c.Add(company, 1, 0)
	}
	if !p.changed && s.changed() {
		p.changed = true
		c.Add(rekey, 1, 0)
	}
}

// judge speaks when the account seems to have passed on. It is not taken back: that the child signs in again does not undo it.
func (d Control) judge(s *control, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	now := uint32(max(f.At/1000, 0)) //nolint:gosec // seconds until 2106
	e := s.strength(now, c)
	if e == 0 || e < s.spoken.Standing(f.Time(), companyWindow) || !s.spoken.Say(e, f.Time(), controlStep, controlLimit) {
		return detect.Signal{}, false
	}
	s.fade(now)
	p := s.suspect
	sig := d.Info().New(f.Account.ID, f.Time(), companyWindow)
	sig.Strength = e
	of := float64(p.signIns)
	sig.Figures = []detect.Figure{
		{Name: "odds", Observed: float64(p.odds), Expected: leastOdds},
		{Name: "handdevice", Observed: float64(p.onDevice), Of: of, Expected: 0},
		{Name: "handplace", Observed: float64(p.elsewhere), Of: of, Expected: 0},
		{Name: "handhours", Observed: float64(p.oddHours), Of: of, Expected: 0},
		{Name: "handcontacts", Observed: math.Round(float64(s.arrivals[1]) / 100), Expected: math.Round(float64(s.arrivals[0]) / 100)},
		{Name: "handlinks", Observed: float64(len(s.on(p.device)))},
		{Name: "handtalk", Observed: float64(bit(within(s.talk, now, companyWindow)))},
		{Name: "handinbound", Observed: float64(bit(within(s.inverted, now, companyWindow)))},
		{Name: "handrekeyed", Observed: float64(bit(s.changed()))},
	}
	for _, l := range s.on(p.device) {
		sig.Others = append(sig.Others, l.who)
	}
	sig.Events = s.events.List()
	return sig, true
}

// Due never asks for a tick.
func (Control) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Control) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
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
