package evaluate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"haris/internal/demo/platform"
	"haris/internal/detect"
	"haris/internal/early"
	"haris/internal/measure"
	"haris/internal/pipeline"
	"haris/internal/taxonomy"
)

// wanted is the typology of a kind of matter; empty for a kind that says nothing of it, which any typology fits.
func wanted(kind string) taxonomy.Typology {
	for _, t := range taxonomy.Typologies()[1:] {
		if strings.HasPrefix(kind, string(t)) {
			return t
		}
	}
	return ""
}

// name is a priority's name, "none" for no priority.
func name(p taxonomy.Priority) string {
	if p == taxonomy.PriorityNone {
		return "none"
	}
	return p.String()
}

// rank puts the priority before the sum.
func (a *account) rank() float64 {
	if a == nil {
		return 0
	}
	return float64(a.priority)*rankStep + a.score
}

const rankStep = 1000

// matter is one positive of the truth with what came of it.
type matter struct {
	*platform.Positive
	stream   string
	rank     float64
	priority taxonomy.Priority
	found    bool
	hours    float64
	messages int
	spoke    map[string]float64
}

// roles says what the truth says of each account: "" for one that it does not name.
type roles struct {
	part map[string]string // kind of the matter that it takes part in, in whatever way
	hard map[string]string // kind of the hard case
}

func rolesOf(t *platform.Truth) roles {
	r := roles{map[string]string{}, map[string]string{}}
	for _, p := range t.Positive {
		for _, id := range slices.Concat(p.Subjects, p.Victims, p.Others) {
			r.part[id] = p.Kind
		}
	}
	for _, b := range t.BenignHard {
		for _, id := range b.Subjects {
			r.hard[id] = b.Kind
		}
	}
	return r
}

// judge compares one outcome with its truth.
func (o *outcome) judge() (out []matter) {
	for i := range o.source.Truth.Positive {
		p := &o.source.Truth.Positive[i]
		m := matter{Positive: p, stream: o.source.Name, spoke: map[string]float64{}}
		var at time.Time
		for _, id := range watched(p) {
			a := o.accounts[id]
			if a == nil {
				continue
			}
			m.rank, m.priority = max(m.rank, a.rank()), max(m.priority, a.priority)
			for detector, e := range a.strength {
				m.spoke[detector] = max(m.spoke[detector], e)
			}
			for t, when := range a.raised {
				if w := wanted(p.Kind); (w == "" || w == t) && (at.IsZero() || when.Before(at)) {
					at = when
				}
			}
		}
		if m.found = !at.IsZero(); m.found {
			m.hours = max(0, at.Sub(p.Start).Hours())
			for _, t := range o.talk[i].at {
				if !t.After(at) {
					m.messages++
				}
			}
		}
		out = append(out, m)
	}
	return out
}

// pool is what came of all streams.
type pool struct {
	outcomes []*outcome
	matters  []matter
	negative []float64 // ranks of the accounts that take part in no matter
	wrong    int       // of these, at P2 or above
}

func newPool(outcomes []*outcome) *pool {
	p := &pool{outcomes: outcomes}
	for _, o := range outcomes {
		p.matters = append(p.matters, o.judge()...)
		r := rolesOf(&o.source.Truth)
		for id, a := range o.accounts {
			if r.part[id] == "" {
				p.negative = append(p.negative, a.rank())
				if a.priority >= taxonomy.P2 {
					p.wrong++
				}
			}
		}
	}
	return p
}

func (p *pool) ranking() measure.Ranking {
	positive := make([]float64, len(p.matters))
	for i, m := range p.matters {
		positive[i] = m.rank
	}
	return measure.NewRanking(positive, p.negative)
}

func (p *pool) found() (n int) {
	for _, m := range p.matters {
		if m.found {
			n++
		}
	}
	return n
}

// budget plays a team for each stream.
func (p *pool) budget(perDay int) Budget {
	b := Budget{PerDay: perDay}
	for _, o := range p.outcomes {
		seen := measure.Seen(o.raised, perDay)
		r := rolesOf(&o.source.Truth)
		for id := range seen {
			b.Cases++
			if r.part[id] != "" {
				b.Right++
			}
		}
		for i := range o.source.Truth.Positive {
			if slices.ContainsFunc(watched(&o.source.Truth.Positive[i]), func(id string) bool { return !seen[id].IsZero() }) {
				b.Matters++
			}
		}
	}
	if len(p.matters) > 0 {
		b.Recall = float64(b.Matters) / float64(len(p.matters))
	}
	return b
}

// kinds counts the matters of each kind, and of all.
func (p *pool) kinds() (list []Kind, all Kind) {
	by := map[string][]matter{}
	for _, m := range p.matters {
		by[m.Kind] = append(by[m.Kind], m)
	}
	for _, k := range slices.Sorted(maps.Keys(by)) {
		list = append(list, kindOf(k, by[k]))
	}
	return list, kindOf("all", p.matters)
}

func kindOf(kind string, list []matter) Kind {
	k := Kind{Kind: kind, Matters: len(list), Reached: Reached{}}
	for _, m := range list {
		k.Reached[name(m.priority)]++
		if m.found {
			k.Found++
			k.Hours.all = append(k.Hours.all, m.hours)
			k.Messages.all = append(k.Messages.all, float64(m.messages))
		}
	}
	for _, s := range []*Spans{&k.Hours, &k.Messages} {
		slices.Sort(s.all)
		s.Median, s.P90 = measure.Quantile(s.all, .5), measure.Quantile(s.all, .9)
	}
	return k
}

// early is how early, with matters and harmless accounts as what is to be told apart.
func (p *pool) early() *Early {
	if len(p.matters) == 0 {
		return nil
	}
	c := early.Counts{FP: p.wrong}
	var latencies []int
	all := float64(len(p.matters) + len(p.negative))
	prevalence := float64(len(p.matters)) / all
	erde := func(o float64) float64 {
		sum := float64(p.wrong) * early.ERDE(false, true, 0, o, prevalence)
		for _, m := range p.matters {
			sum += early.ERDE(true, m.found, m.messages, o, prevalence)
		}
		return sum / all
	}
	for _, m := range p.matters {
		if m.found {
			c.TP++
			latencies = append(latencies, m.messages)
		} else {
			c.FN++
		}
	}
	return &Early{c.Precision(), c.Recall(), c.F(1), early.Speed(latencies), c.Latency(latencies), erde(5), erde(50)}
}

// hard counts the hard harmless cases, and others the accounts that the truth does not name.
func (p *pool) hard() (list []Hard, others Reached) {
	by, others := map[string]*Hard{}, Reached{}
	for _, o := range p.outcomes {
		for _, b := range o.source.Truth.BenignHard {
			h := by[b.Kind]
			if h == nil {
				h = &Hard{Kind: b.Kind, Reached: Reached{}}
				by[b.Kind] = h
			}
			best := taxonomy.PriorityNone
			for _, id := range b.Subjects {
				if a := o.accounts[id]; a != nil {
					best = max(best, a.priority)
				}
			}
			h.Cases++
			h.Reached[name(best)]++
		}
		r := rolesOf(&o.source.Truth)
		for id, a := range o.accounts {
			if r.part[id] == "" && r.hard[id] == "" {
				others[name(a.priority)]++
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(by)) {
		h := by[k]
		h.FPR = measure.NewShare(h.Reached["P0"]+h.Reached["P1"]+h.Reached["P2"], h.Cases)
		list = append(list, *h)
	}
	return list, others
}

// list describes one account that was raised.
func (o *outcome) list(id, kind string, detectors map[string]detect.Detector) Listed {
	a := o.accounts[id]
	l := Listed{Stream: o.source.Name, Account: id, Kind: kind, Priority: a.priority, Typology: a.bestType, Sum: a.bestSum}
	for i := range a.best {
		s := &a.best[i]
		why := cmp.Or(s.Says, "asked for by a rule")
		if d := detectors[s.Detector]; d != nil {
			why = d.Explain(s, "en").Why
		}
		l.By, l.Why = append(l.By, s.Detector), append(l.Why, why)
	}
	return l
}

// wrongly lists harmless accounts of P2 or above, and everybody who reached at least a priority (none when it is PriorityNone), the highest first.
func (p *pool) wrongly(least taxonomy.Priority) (wrong, raised []Listed) {
	detectors := map[string]detect.Detector{}
	for _, d := range pipeline.Detectors() {
		detectors[d.Info().Name] = d
	}
	for _, o := range p.outcomes {
		r := rolesOf(&o.source.Truth)
		for id, a := range o.accounts {
			kind := cmp.Or(r.part[id], r.hard[id], "other")
			if r.part[id] == "" && a.priority >= taxonomy.P2 {
				wrong = append(wrong, o.list(id, kind, detectors))
			}
			if least > taxonomy.PriorityNone && a.priority >= least {
				raised = append(raised, o.list(id, kind, detectors))
			}
		}
	}
	order := func(a, b Listed) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(b.Sum, a.Sum), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Account, b.Account))
	}
	slices.SortFunc(wrong, order)
	slices.SortFunc(raised, order)
	return wrong, raised
}
