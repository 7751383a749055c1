package console

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"haris/internal/casefile"
	"haris/internal/event"
)

// The bounds of what is drawn on a case page: more would not be read at a glance, and the tables beside say that there is more.
const (
	maxDays    = 60 // bars; a longer time is cut into longer parts
	maxWebKeys = 12
	maxFlows   = 24
)

// drawing is what of a case is drawn from what the page shows anyway. What is empty is not drawn.
type drawing struct {
	pace  pace
	web   web
	flows []flow
}

func drawnOf(k *casefile.Case, accounts []accountView, strands []strand) drawing {
	events := shownEvents(strands)
	return drawing{pace: paceOf(k, events), web: webOf(accounts), flows: flowsOf(events)}
}

// shownEvents are the events of all strands, each once, in order.
func shownEvents(strands []strand) (out []line) {
	seen := map[uint64]bool{}
	for _, s := range strands {
		for _, p := range s.parts {
			for _, l := range p.events {
				if !seen[l.Seq] {
					seen[l.Seq] = true
					out = append(out, l)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b line) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}

// pace is how many messages and requests came to the case's subjects and went from them, part of time by part.
type pace struct {
	every time.Duration // length of a part, whole days
	parts []pacePart
	most  int // in one direction in one part
}

// pacePart is one part of time.
type pacePart struct {
	from    time.Time
	out, in int
	marked  int // of both, on which a finding rests

	firstOut, firstIn, firstMarked string // the places on the page of the first of each
}

const day = 24 * time.Hour

// paceOf counts by day of UTC; nothing for fewer than two parts, which a drawing would not make clearer.
func paceOf(k *casefile.Case, events []line) (p pace) {
	var list []line
	for _, e := range events {
		if e.Type == event.MessageSent || e.Type == event.ContactRequested {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return p
	}
	byTime := func(a, b line) int { return a.Time.Compare(b.Time) }
	first := slices.MinFunc(list, byTime).Time.UTC().Truncate(day)
	days := int(slices.MaxFunc(list, byTime).Time.Sub(first)/day) + 1
	p.every = day * time.Duration((days+maxDays-1)/maxDays)
	parts := make([]pacePart, int((time.Duration(days)*day+p.every-1)/p.every))
	for i := range parts {
		parts[i].from = first.Add(time.Duration(i) * p.every)
	}
	for _, e := range list {
		part := &parts[int(e.Time.Sub(first)/p.every)]
		if slices.Contains(k.Subjects, e.Actor()) {
			part.out++
			part.firstOut = cmp.Or(part.firstOut, e.place())
		} else {
			part.in++
			part.firstIn = cmp.Or(part.firstIn, e.place())
		}
		if e.marked {
			part.marked++
			part.firstMarked = cmp.Or(part.firstMarked, e.place())
		}
		p.most = max(p.most, part.out, part.in)
	}
	if len(parts) < 2 {
		return pace{}
	}
	p.parts = parts
	return p
}

// web is which of the accounts on the page share which keys.
type web struct {
	accounts []string
	keys     []webKey
}

// webKey is one key and the places in web.accounts of those who use it.
type webKey struct {
	kind, mark string
	users      []int
	others     int // users that the page does not show
}

// webOf keeps the keys that at least two of the accounts use, those of most users first, and the accounts that use them.
func webOf(accounts []accountView) (w web) {
	type id struct{ kind, mark string }
	users, count := map[id][]string{}, map[id]int{}
	for _, a := range accounts {
		for _, k := range a.Keys {
			key := id{k.Kind, k.Mark}
			users[key], count[key] = append(users[key], a.Profile.ID), max(count[key], k.Count+1)
		}
	}
	keys := make([]id, 0, len(users))
	for k, list := range users {
		if len(list) > 1 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b id) int {
		return cmp.Or(cmp.Compare(len(users[b]), len(users[a])), cmp.Compare(a.kind, b.kind), cmp.Compare(a.mark, b.mark))
	})
	place := map[string]int{}
	for _, k := range keys[:min(len(keys), maxWebKeys)] {
		key := webKey{kind: k.kind, mark: k.mark, others: max(0, count[k]-len(users[k]))}
		for _, u := range users[k] {
			if _, ok := place[u]; !ok {
				place[u] = len(w.accounts)
				w.accounts = append(w.accounts, u)
			}
			key.users = append(key.users, place[u])
		}
		w.keys = append(w.keys, key)
	}
	return w
}

// flow is what one account paid another in one currency.
type flow struct {
	from, to, currency string
	sum                float64
	times              int
	first, last        time.Time
	ids                []string // the places of the payments on the page
}

// flowsOf adds up the payments, the largest of each currency first. Amounts of different currencies are never added.
func flowsOf(events []line) (out []flow) {
	for _, e := range events {
		if e.Type != event.PaymentSent || len(e.Data.To) == 0 {
			continue
		}
		f := flow{from: e.Data.From, to: e.Data.To[0], currency: e.Data.Currency, sum: e.Data.Amount, times: 1, first: e.Time, last: e.Time, ids: []string{e.place()}}
		i := slices.IndexFunc(out, func(o flow) bool { return o.from == f.from && o.to == f.to && o.currency == f.currency })
		if i < 0 {
			out = append(out, f)
			continue
		}
		o := &out[i]
		o.sum, o.times, o.last, o.ids = o.sum+f.sum, o.times+1, e.Time, append(o.ids, e.place())
	}
	slices.SortStableFunc(out, func(a, b flow) int { return cmp.Or(cmp.Compare(a.currency, b.currency), cmp.Compare(b.sum, a.sum)) })
	return out[:min(len(out), maxFlows)]
}

// mostOf is the largest sum in a currency.
func mostOf(flows []flow, currency string) (most float64) {
	for _, f := range flows {
		if f.currency == currency {
			most = max(most, f.sum)
		}
	}
	return most
}

// The drawing of a web: accounts on one side, keys on the other, a line for each use. Numbers are units of the SVG's own coordinates.
const (
	webRow, webTop       = 26, 14
	webLeft, webRight    = 130, 330
	webWidth             = 520
	paceHeight, paceStep = 44, 10
)

func (w *web) height() int    { return webTop + webRow*max(len(w.accounts), len(w.keys)) }
func webY(i int) string       { return strconv.Itoa(webTop + webRow*i) }
func px(n int) string         { return strconv.Itoa(n) }
func (p *pace) width() int    { return paceStep * len(p.parts) }
func (p *pace) bar(n int) int { return n * paceHeight / max(p.most, 1) }
func (p *pace) top(n int) int { return paceHeight - p.bar(n) }
func paceX(i int) string      { return strconv.Itoa(i*paceStep + 1) }
func box(width, h int) string { return "0 0 " + strconv.Itoa(width) + " " + strconv.Itoa(h) }
func (p *pace) total() (n int) {
	for _, part := range p.parts {
		n += part.out + part.in
	}
	return n
}
