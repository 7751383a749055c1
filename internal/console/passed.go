package console

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
)

// How long before and after an account seems to have passed into other hands its ways are compared.
const (
	passedBefore = 30 * day
	passedAfter  = 14 * day
	// handoverDetector is the detector that speaks of it.
	handoverDetector = "D10"
)

// passed is how an account was used before and after it seems to have passed into other hands.
type passed struct {
	account    string
	at         time.Time
	from, to   time.Time
	sets       []passedSet
	counts     []passedCount
	hours      [2][24]int // of everything that the account did, before and after, in the zone of who looks
	most       [2]int
	eventCount [2]int
	acts       [2][]passedAct // what was counted, nearest to the moment first, at most maxPassedActs of each
}

// passedAct is one event that was counted.
type passedAct struct {
	seq       uint64
	at        time.Time
	kind      event.Type
	who, with string // who did it, and to or with whom; with may be empty
	place     string // of a sign-in: country and region
	network   string // of a sign-in: the number of the network
	recovered bool
}

// maxPassedActs is how many events of each half are listed.
const maxPassedActs = 60

// passedSet is of how many different ones there were, and how many of those after stood nowhere before.
type passedSet struct {
	name                 string
	before, after, fresh int
	names                []string // of the fresh ones, where they may be read; at most three
}

// passedCount is how often something happened in a week.
type passedCount struct {
	name          string
	before, after float64
}

// passedOf compares the ways of an account whose hand-over a case speaks of; nil when no case does, or nothing is known of either time.
func (c *console) passedOf(ctx context.Context, k *casefile.Case, zone *time.Location) (*passed, error) {
	i := slices.IndexFunc(k.Signals, func(s detect.Signal) bool { return s.Detector == handoverDetector && s.Unscanned == "" })
	if i < 0 {
		return nil, nil //nolint:nilnil // most cases speak of none, and that is no error
	}
	s := &k.Signals[i]
	basis, err := c.Timeline.Events(ctx, s.Events)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(basis, func(e event.Event) bool { return e.Type == event.SessionStarted && e.Actor() == s.Subject })
	if at < 0 {
		return nil, nil //nolint:nilnil // retention has removed the sign-in
	}
	moment := basis[at].Time
	events, err := c.Timeline.Of(ctx, s.Subject, moment.Add(-passedBefore), moment.Add(passedAfter))
	if err != nil {
		return nil, err
	}
	return compare(events, s.Subject, moment, zone), nil
}

// half is 0 before the moment and 1 from it on.
func half(t, moment time.Time) int {
	if t.Before(moment) {
		return 0
	}
	return 1
}

// halves is which different ones there were, in both halves.
type halves [2]map[string]bool

func (s *halves) note(h int, what string) {
	if what == "" {
		return
	}
	if s[h] == nil {
		s[h] = map[string]bool{}
	}
	s[h][what] = true
}

// row makes a row of it; named says that the fresh ones may be read.
func (s *halves) row(name string, named bool) passedSet {
	out := passedSet{name: name, before: len(s[0]), after: len(s[1])}
	var fresh []string
	for what := range s[1] {
		if !s[0][what] {
			fresh = append(fresh, what)
		}
	}
	out.fresh = len(fresh)
	if named {
		slices.Sort(fresh)
		out.names = fresh[:min(3, len(fresh))]
	}
	return out
}

// compare puts the ways of an account before and after a moment beside each other; nil when nothing is known of one of them.
func compare(events []event.Event, account string, moment time.Time, zone *time.Location) *passed {
	p := &passed{account: account, at: moment, from: moment, to: moment}
	var devices, networks, places, wrote, written halves
	var signIns, recovered, sent, keys, payments [2]float64
	for i := range events {
		e := &events[i]
		h, own := half(e.Time, moment), e.Actor() == account
		p.eventCount[h]++
		if e.Time.Before(p.from) {
			p.from = e.Time
		}
		if e.Time.After(p.to) {
			p.to = e.Time
		}
		if own && e.Type != event.AccountUpdated {
			p.hours[h][e.Time.In(zone).Hour()]++
		}
		switch {
		case own && e.Type == event.SessionStarted:
			signIns[h]++
			if e.Data.RecoveryUsed {
				recovered[h]++
			}
			for _, k := range e.Data.Keys {
				if k.Kind == "device" {
					devices.note(h, k.Value+k.Hash)
				}
			}
			if e.Data.ASN != 0 {
				networks.note(h, strconv.FormatInt(e.Data.ASN, 10))
			}
			places.note(h, strings.Trim(e.Data.Country+" "+e.Data.Region, " "))
		case own && e.Type == event.CredentialChanged:
			keys[h]++
		case e.Type == event.PaymentSent:
			payments[h]++
		case own && e.Type == event.MessageSent:
			sent[h]++
			for _, to := range e.Targets() {
				written.note(h, to)
			}
		case e.Type == event.MessageSent || e.Type == event.ContactRequested:
			wrote.note(h, e.Actor())
		}
	}
	if p.eventCount[0] == 0 || p.eventCount[1] == 0 {
		return nil
	}
	weeks := [2]float64{max(1, p.at.Sub(p.from).Hours()/(7*24)), max(1, p.to.Sub(p.at).Hours()/(7*24))}
	rate := func(name string, n [2]float64) passedCount {
		return passedCount{name, n[0] / weeks[0], n[1] / weeks[1]}
	}
	p.sets = []passedSet{devices.row("devices", false), networks.row("networks", false), places.row("places", true), wrote.row("wrote", false), written.row("written", false)}
	p.counts = []passedCount{rate("sign_ins", signIns), rate("recovered", recovered), rate("sent", sent), rate("payments", payments), rate("keys", keys)}
	for h := range p.hours {
		p.most[h] = slices.Max(p.hours[h][:])
	}
	p.list(events)
	return p
}

// list keeps what was counted nearest to the moment, from it outwards.
func (p *passed) list(events []event.Event) {
	for i := range events {
		e := &events[i]
		a := passedAct{seq: e.Seq, at: e.Time, kind: e.Type, who: e.Actor()}
		if to := e.Targets(); len(to) > 0 {
			a.with = to[0]
		}
		if e.Type == event.SessionStarted {
			a.place, a.recovered = strings.Trim(e.Data.Country+" "+e.Data.Region, " "), e.Data.RecoveryUsed
			if e.Data.ASN != 0 {
				a.network = "AS" + strconv.FormatInt(e.Data.ASN, 10)
			}
		}
		h := half(e.Time, p.at)
		p.acts[h] = append(p.acts[h], a)
	}
	slices.SortStableFunc(p.acts[0], func(a, b passedAct) int { return b.at.Compare(a.at) })
	slices.SortStableFunc(p.acts[1], func(a, b passedAct) int { return a.at.Compare(b.at) })
	for h := range p.acts {
		p.acts[h] = p.acts[h][:min(len(p.acts[h]), maxPassedActs)]
	}
}

// hourBar is how high the bar of an hour is.
func hourBar(n, most int) int { return paceHeight * n / max(1, most) }

func hourClass(h int) string { return [...]string{"in", "out"}[h] }

// hoursSaid says in words what the hours show.
func (v *view) hoursSaid(hours [24]int) string {
	top, all := 0, 0
	for h, n := range hours {
		all += n
		if n > hours[top] {
			top = h
		}
	}
	return v.T("passed.hours_said", "hour", v.digits(top, 1), "n", v.Number(hours[top]), "of", v.Number(all))
}
