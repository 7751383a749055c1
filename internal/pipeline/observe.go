package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"haris/internal/bank"
	"haris/internal/event"
	"haris/internal/store"
	"haris/internal/store/eventlog"
	"haris/internal/taxonomy"
)

// observe compares the media of the new events with the banks, and gives every event its place in the log. What a bank says is put into
// the log behind the event that brought the media, as an event of haris itself: banks change and the log does not, so that folding the
// log again finds what was found then. What could not be compared is remembered as unscanned, and the sweep compares it later.
func (p *Pipeline) observe(ctx context.Context, g *group) error {
	asked := mediaOf(g.events)
	decisions := make([]bank.Decision, len(asked))
	if p.d.Match != nil && len(asked) > 0 {
		list := make([]bank.Media, len(asked))
		for i := range asked {
			list[i] = asked[i].media
		}
		decisions = p.d.Match(ctx, list)
		g.version = decisions[0].Version
	}
	sent, ids := g.events, g.ids
	g.events, g.ids, g.at = make([]event.Event, 0, len(sent)), make([]eventlog.Identity, 0, len(sent)), make([]int, len(sent))
	next, a := p.d.Log.Next(), 0
	put := func(e event.Event, id eventlog.Identity) uint64 {
		e.Seq = next + uint64(len(g.events))
		g.events, g.ids = append(g.events, e), append(g.ids, id)
		return e.Seq
	}
	for i := range sent {
		g.at[i] = len(g.events)
		seq := put(sent[i], ids[i])
		of, left, brought := bank.BroughtFor(&sent[i])
		for ; a < len(asked) && asked[a].event == i; a++ {
			q := &asked[a]
			if brought {
				seq, decisions[a] = of, decisions[a].With(left...)
			}
			g.seen = append(g.seen, q.sightings(&sent[i], seq, &decisions[a])...)
			if len(decisions[a].Results) == 0 {
				continue
			}
			e, err := q.observed(&sent[i], seq, decisions[a])
			if err != nil {
				return fmt.Errorf("pipeline: %w", err)
			}
			put(e, eventlog.Identify(e.Source, e.ID))
		}
	}
	return nil
}

// remember keeps the hashes of what was seen. What was compared with banks that have changed since is left to the sweep, for which the
// change alone would come too early or too late.
func (p *Pipeline) remember(ctx context.Context, tx *store.Tx, g *group) error {
	if len(g.seen) == 0 {
		return nil
	}
	now, err := tx.Banks().Seq(ctx)
	if err != nil {
		return err
	}
	for i := range g.seen {
		if p.d.Match != nil && g.version < now && g.seen[i].Unscanned == "" {
			g.seen[i].Unscanned = bank.Behind
		}
	}
	return tx.Seen().Note(ctx, g.seen)
}

// asking is one media of an event.
type asking struct {
	event, place int
	kind         string
	media        bank.Media
}

// mediaOf lists the media that came with events, that somebody owns and that have a hash.
func mediaOf(events []event.Event) (out []asking) {
	for i := range events {
		e := &events[i]
		if len(e.Data.Media) == 0 || bank.Is(e) || bank.Owner(e) == "" {
			continue
		}
		for n := range e.Data.Media {
			m, _ := bank.MediaOf(&e.Data.Media[n])
			if len(m.Hashes) > 0 {
				out = append(out, asking{event: i, place: n, kind: e.Data.Media[n].Kind, media: m})
			}
		}
	}
	return out
}

// sightings are the hashes of the media as they are remembered.
func (q *asking) sightings(e *event.Event, seq uint64, d *bank.Decision) (out []bank.Sighting) {
	for _, h := range q.media.Hashes {
		s := bank.Sighting{
			Hash: h, Quality: bank.Unrated, Account: bank.Owner(e), Media: q.media.ID, MediaKind: q.kind, Item: bank.Item(e), Event: seq,
			Last: e.Time,
		}
		if h.Kind == bank.PDQ {
			s.Quality = q.media.Quality
		}
		s.Unscanned = d.Left(h.Kind)
		out = append(out, s)
	}
	return out
}

func (q *asking) observed(e *event.Event, seq uint64, d bank.Decision) (event.Event, error) {
	o := bank.Observed{
		Account: bank.Owner(e), Media: []bank.ObservedMedia{{ID: q.media.ID, Kind: q.kind}}, Item: bank.Item(e), Of: seq,
		Hashes: q.media.Copied(), Decision: d,
	}
	return o.Event(bank.Key("event", e.Source, e.ID, strconv.Itoa(q.place)), e.Time)
}

// strictest joins the verdict on an event with those on what was found about its media.
func strictest(list []Verdict) Verdict {
	out := list[0]
	all := taxonomy.Verdicts()
	for _, v := range list[1:] {
		if slices.Index(all, v.Verdict) > slices.Index(all, out.Verdict) {
			out.Verdict = v.Verdict
		}
		out.Reasons = append(out.Reasons, v.Reasons...)
	}
	return out
}

// say puts what a bank wants a waiting platform to be told into the verdict.
func (v *Verdict) say(r *bank.Result) {
	if r.Verdict == "" || r.Verdict == taxonomy.VerdictAllow {
		return
	}
	v.Verdict = r.Verdict
	v.Reasons = append(v.Reasons, Reason{
		Rule: "bank/" + r.Bank, Why: "on a list of known material, by " + strings.ToUpper(string(r.Kind)),
	})
}
