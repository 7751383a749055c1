package lead

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"haris/internal/casefile"
	"haris/internal/measure"
	"haris/internal/taxonomy"
)

// Few is how many are too few for a rate to say anything.
const Few = 20

// Board is what a lead is shown of a range, with the range of the same length before it.
type Board struct {
	Range    Range
	Flow     []DayFlow // of the range before and then of the range, every day
	Opened   Both
	Decided  Both
	Reopened Both
	Ages     [][]int // by AgeDays, then P0 to P3
	Limits   []Limit // P0 to P3
	Queues   []Queue // by name
	People   []Person
	Findings []Finding
	Spoke    []Rate // detectors, then rules: confirmed of judged
	Second   PairRate
	Cohorts  []Cohort
	Scans    []Scan
}

// Both is a count now and in the range before.
type Both struct{ Now, Before int64 }

// PairRate is a share now and in the range before.
type PairRate struct{ Now, Before measure.Share }

// Rate is a share with its name.
type Rate struct {
	Name string
	PairRate
}

// DayFlow is what came in and what was decided on a day.
type DayFlow struct {
	Day             Day
	Opened, Decided int64
}

// Limit is how the time limit of a priority was kept.
type Limit struct {
	Priority taxonomy.Priority
	Kept     PairRate // of the cases taken up in the range; of none for P3
	Look     Spans    // from opening until a person took the case up
	Decide   Spans    // from opening until it was closed for the first time
}

// Spans are quantiles of how long something took; see Times for their precision. Of is 0 when nothing was.
type Spans struct {
	Of, OfBefore             int64
	Median, P90              time.Duration
	MedianBefore, NineBefore time.Duration
}

// Queue is one queue.
type Queue struct {
	Name                      string
	Opened, Decided, Reopened Both
	Open                      int
	Kept                      PairRate
}

// Person is one person's share of the work.
type Person struct {
	Who       string
	Decided   Both // findings of any kind and second opinions
	Confirmed int64
	Cleared   int64
	Second    int64 // second opinions
	Shown     time.Duration
	ShownPast time.Duration
	Items     int64
	Late      int // past their time limit in this person's hands now
}

// Finding is how often people found something.
type Finding struct {
	Name string
	Both
}

// Cohort is how often cases about accounts of one kind were cleared, of those closed.
type Cohort struct {
	Kind   Kind // Band, Region or Language
	Groups []Rate
	Spread measure.Spread // of groups with at least Few
}

// Scan is how often a detector could not answer, of the times it spoke when a case was opened.
type Scan struct {
	Rate
	Reasons []Sum // the most frequent first
}

// index finds sums.
type index map[Kind]map[string]map[string]int64

func indexOf(days map[Day][]Sum, r Range) index {
	out := index{}
	for d := r.From; d < r.To; d++ {
		for _, s := range days[d] {
			parts := out[s.Kind]
			if parts == nil {
				parts = map[string]map[string]int64{}
				out[s.Kind] = parts
			}
			if parts[s.Part] == nil {
				parts[s.Part] = map[string]int64{}
			}
			parts[s.Part][s.What] += s.N
		}
	}
	return out
}

// of sums up what was counted of a part.
func (x index) of(k Kind, part string) (n int64) {
	for _, c := range x[k][part] {
		n += c
	}
	return n
}

func (x index) all(k Kind) (n int64) {
	for part := range x[k] {
		n += x.of(k, part)
	}
	return n
}

// what sums up over all parts.
func (x index) what(k Kind, what string) (n int64) {
	for _, m := range x[k] {
		n += m[what]
	}
	return n
}

// pair is the two ranges.
type pair struct{ now, before index }

func (p pair) of(k Kind, part string) Both { return Both{p.now.of(k, part), p.before.of(k, part)} }
func (p pair) all(k Kind) Both             { return Both{p.now.all(k), p.before.all(k)} }

// parts are the parts of kinds in either range, in order.
func (p pair) parts(kinds ...Kind) []string {
	set := map[string]bool{}
	for _, k := range kinds {
		for _, x := range []index{p.now, p.before} {
			for part := range x[k] {
				set[part] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// rate is the share of counts of one word among those of some words, in both ranges.
func (p pair) rate(k Kind, part, want string, of ...string) PairRate {
	share := func(x index) measure.Share {
		all := int64(0)
		for _, w := range of {
			all += x[k][part][w]
		}
		return measure.NewShare(int(x[k][part][want]), int(all))
	}
	return PairRate{share(p.now), share(p.before)}
}

// NewBoard computes what is shown from what was counted.
func NewBoard(f *Facts) Board {
	p := pair{indexOf(f.Days, f.Range), indexOf(f.Days, f.Range.Before())}
	b := Board{
		Range: f.Range, Flow: flow(f), Opened: p.all(Inflow), Decided: p.all(Decided), Reopened: p.all(Reopened), Ages: ages(f),
		Queues: queues(p, f.Open.Cases), People: people(p, f.Open.Held), Findings: findings(p), Spoke: spoke(p), Second: second(p), Scans: scans(p),
	}
	for _, k := range priorities() {
		b.Limits = append(b.Limits, limit(p, k))
	}
	for _, k := range []Kind{Band, Region, Language} {
		b.Cohorts = append(b.Cohorts, cohort(p, k))
	}
	return b
}

func priorities() []taxonomy.Priority {
	return []taxonomy.Priority{taxonomy.P0, taxonomy.P1, taxonomy.P2, taxonomy.P3}
}

// flow lists every day, also those on which nothing happened.
func flow(f *Facts) []DayFlow {
	first := f.Range.Before().From
	out := make([]DayFlow, int(f.Range.To-first))
	for i := range out {
		d := &out[i]
		d.Day = first + Day(i)
		for _, s := range f.Days[d.Day] {
			switch s.Kind {
			case Inflow:
				d.Opened += s.N
			case Decided:
				d.Decided += s.N
			}
		}
	}
	return out
}

func ages(f *Facts) [][]int {
	out := make([][]int, len(AgeDays()))
	for i := range out {
		out[i] = make([]int, len(priorities()))
	}
	for _, w := range f.Open.Cases {
		out[age(w.Day, DayOf(f.Now))][slices.Index(priorities(), w.Priority)] += w.N
	}
	return out
}

func limit(p pair, k taxonomy.Priority) Limit {
	name := k.String()
	return Limit{Priority: k, Kept: p.rate(Looked, name, Kept, Kept, Late), Look: spans(p, LookTime, name), Decide: spans(p, DecideTime, name)}
}

func spans(p pair, k Kind, part string) Spans {
	now, before := Times(p.now[k][part]), Times(p.before[k][part])
	s := Spans{Of: now.Of(), OfBefore: before.Of()}
	s.Median, _ = now.Quantile(.5)
	s.P90, _ = now.Quantile(.9)
	s.MedianBefore, _ = before.Quantile(.5)
	s.NineBefore, _ = before.Quantile(.9)
	return s
}

func queues(p pair, waiting []Waiting) (out []Queue) {
	names := p.parts(Inflow, LookedQueue, Decided, Reopened)
	open := map[string]int{}
	for _, w := range waiting {
		open[w.Queue] += w.N
		names = append(names, w.Queue)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		out = append(out, Queue{
			Name: name, Opened: p.of(Inflow, name), Decided: p.of(Decided, name), Reopened: p.of(Reopened, name), Open: open[name],
			Kept: p.rate(LookedQueue, name, Kept, Kept, Late),
		})
	}
	return out
}

// people stand in the order of their ids, which is the order in which they were added: of nothing that they did.
func people(p pair, held map[string]int) (out []Person) {
	names := p.parts(DecidedBy, ShownSeconds)
	for who := range held {
		names = append(names, who)
	}
	slices.Sort(names)
	for _, who := range slices.Compact(names) {
		did := p.now[DecidedBy][who]
		out = append(out, Person{
			Who: who, Decided: p.of(DecidedBy, who), Confirmed: did[string(casefile.FindingConfirmed)], Cleared: did[string(casefile.FindingCleared)],
			Second: did[Agreed] + did[Disagreed], Shown: time.Duration(p.now.of(ShownSeconds, who)) * time.Second,
			ShownPast: time.Duration(p.before.of(ShownSeconds, who)) * time.Second, Items: p.now.of(ShownItems, who), Late: held[who],
		})
	}
	return out
}

// findings are how cases were closed, and what else people did with them.
func findings(p pair) (out []Finding) {
	for _, w := range []string{string(casefile.Confirmed), string(casefile.Cleared)} {
		out = append(out, Finding{w, Both{p.now.what(Decided, w), p.before.what(Decided, w)}})
	}
	for _, w := range []string{string(casefile.FindingNeedsSecond), string(casefile.FindingEscalated), Agreed, Disagreed} {
		out = append(out, Finding{w, Both{p.now.what(DecidedBy, w), p.before.what(DecidedBy, w)}})
	}
	return append(out, Finding{"reopened", p.all(Reopened)})
}

func spoke(p pair) (out []Rate) {
	names := p.parts(Spoke)
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(rules(a)-rules(b), cmp.Compare(len(a)*(1-rules(a)), len(b)*(1-rules(b))), cmp.Compare(a, b))
	})
	for _, n := range names {
		out = append(out, Rate{n, p.rate(Spoke, n, string(casefile.Confirmed), string(casefile.Confirmed), string(casefile.Cleared))})
	}
	return out
}

// rules is 1 for a name that is no detector's.
func rules(name string) int {
	if len(name) > 1 && name[0] == 'D' && name[1] >= '0' && name[1] <= '9' {
		return 0
	}
	return 1
}

func second(p pair) PairRate {
	share := func(x index) measure.Share {
		yes, no := x.what(DecidedBy, Agreed), x.what(DecidedBy, Disagreed)
		return measure.NewShare(int(yes), int(yes+no))
	}
	return PairRate{share(p.now), share(p.before)}
}

func cohort(p pair, k Kind) Cohort {
	c := Cohort{Kind: k}
	groups := map[string]measure.Share{}
	for _, name := range p.parts(k) {
		r := Rate{name, p.rate(k, name, string(casefile.Cleared), string(casefile.Confirmed), string(casefile.Cleared))}
		c.Groups = append(c.Groups, r)
		if name != "" { // what is not known is no group of people
			groups[name] = r.Now
		}
	}
	c.Spread = measure.NewSpread(groups, Few)
	return c
}

func scans(p pair) (out []Scan) {
	for _, name := range p.parts(Scanned) {
		share := func(x index) measure.Share {
			all := x.of(Scanned, name)
			return measure.NewShare(int(all-x[Scanned][name][""]), int(all))
		}
		s := Scan{Rate: Rate{name, PairRate{share(p.now), share(p.before)}}}
		for why, n := range p.now[Scanned][name] {
			if why != "" {
				s.Reasons = append(s.Reasons, Sum{Tick{Scanned, name, why}, n})
			}
		}
		slices.SortFunc(s.Reasons, func(a, b Sum) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.What, b.What)) })
		if s.Now.Part > 0 || s.Before.Part > 0 {
			out = append(out, s)
		}
	}
	return out
}
