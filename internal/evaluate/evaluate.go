package evaluate

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"haris/internal/demo/platform"
	"haris/internal/pipeline"
	"haris/internal/taxonomy"
)

// rates are the false-positive rates at which recall is told.
var rates = [...]float64{1e-2, 1e-3, 1e-4, 1e-5}

// listedWrong bounds the list of harmless accounts that were raised.
const listedWrong = 100

// Run evaluates streams. least is the priority from which accounts are listed with their reasons, PriorityNone for no list. Errors are those of
// reading, ErrUnknown, and the context's.
func Run(ctx context.Context, list []Source, o Options, least taxonomy.Priority) (*Result, error) {
	outcomes, err := foldAll(ctx, list, o)
	if err != nil {
		return nil, err
	}
	res := &Result{Caveat: caveatTruth, Rules: "none", Workers: max(o.Workers, 1), Probability: noProbability, Missed: []Missed{}, Wrong: []Listed{}}
	if o.Rules != nil {
		res.Rules = o.Rules.Digest()
	}
	for _, out := range outcomes {
		left := strangers(out.source.Truth, func(id string) bool { return out.accounts[id] != nil })
		if len(left) > 0 && !o.Lenient {
			return nil, unknown(out.source.Name, left)
		}
		res.Left = append(res.Left, left...)
		leave(&out.source.Truth, left)
	}
	p := newPool(outcomes)
	p.fill(res, o, least)
	if o.Ablate {
		if err := ablate(ctx, list, o, p, res); err != nil {
			return nil, err
		}
	}
	return res, nil
}

// leave takes unknown accounts out of the truth, and with them the hard cases of which nobody is left; a matter stays, and is missed.
func leave(t *platform.Truth, left []string) {
	gone := func(id string) bool { return slices.Contains(left, id) }
	for i := range t.BenignHard {
		t.BenignHard[i].Subjects = slices.DeleteFunc(slices.Clone(t.BenignHard[i].Subjects), gone)
	}
	t.BenignHard = slices.DeleteFunc(t.BenignHard, func(b platform.Benign) bool { return len(b.Subjects) == 0 })
}

// foldAll folds the streams one after the other, without the named detectors.
func foldAll(ctx context.Context, list []Source, o Options, without ...string) (out []*outcome, err error) {
	for i := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one, err := fold(&list[i], o, without...)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// fill computes everything that one fold of each stream gives.
func (p *pool) fill(res *Result, o Options, least taxonomy.Priority) {
	seconds, events := 0.0, 0
	for _, out := range p.outcomes {
		t := &out.source.Truth
		if t.Simulated {
			res.Caveat = caveatSimulated
		}
		res.Streams = append(res.Streams, Stream{out.source.Name, out.events, len(out.accounts), len(t.Positive), out.from, out.to})
		seconds += out.took.Seconds()
		events += out.events
	}
	res.PerSecond = float64(events) / max(seconds, 1e-9)
	// Of several streams the heaviest state is told.
	heaviest := slices.MaxFunc(p.outcomes, func(a, b *outcome) int { return len(a.accounts) - len(b.accounts) })
	res.Weights, res.Sizes = heaviest.weights, heaviest.sizes
	res.Matters, res.Negatives = len(p.matters), len(p.negative)
	r := p.ranking()
	for _, fpr := range rates {
		res.Recalls = append(res.Recalls, r.At(fpr))
	}
	res.Curve = r.Curve()
	for _, n := range budgets(o.Budget) {
		res.Budgets = append(res.Budgets, p.budget(n))
	}
	res.Kinds, res.All = p.kinds()
	res.Early = p.early()
	res.Hard, res.Others = p.hard()
	res.Cohorts, res.Detectors = p.cohorts(), p.detectors()
	for _, m := range p.matters {
		if !m.found {
			res.Missed = append(res.Missed, Missed{m.stream, m.Kind, m.Subjects[0], name(m.priority), m.spoke})
		}
	}
	wrong, raised := p.wrongly(least)
	res.Wrong, res.Raised = append(res.Wrong, wrong[:min(len(wrong), listedWrong)]...), raised
}

// budgets are those that are told besides the one asked for.
func budgets(asked int) []int {
	out := []int{1, 2, 5, 10, 20, 40, asked}
	slices.Sort(out)
	return slices.Compact(out)
}

// ablate folds everything again without each detector that said anything.
func ablate(ctx context.Context, list []Source, o Options, whole *pool, res *Result) error {
	var names []string
	for _, d := range pipeline.Detectors() {
		n := d.Info().Name
		if slices.ContainsFunc(res.Detectors, func(x Detector) bool { return x.Name == n && x.Spoke > 0 }) {
			names = append(names, n)
		}
	}
	res.Ablation = make([]Ablation, len(names))
	one := o
	one.Workers, one.Sizes = 1, false
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(o.Workers, 1))
	base, baseFPR := whole.budget(o.Budget).Recall, whole.ranking().At(1e-3)
	for i, n := range names {
		g.Go(func() error {
			outcomes, err := foldAll(ctx, list, one, n)
			if err != nil {
				return err
			}
			p := newPool(outcomes)
			at := p.ranking().At(1e-3)
			res.Ablation[i] = Ablation{
				Without: n, Budget: p.budget(o.Budget).Recall - base, FPR: at.Recall - baseFPR.Recall, FPROK: at.OK,
				Found: p.found() - whole.found(), Wrong: p.wrong - whole.wrong,
			}
			return nil
		})
	}
	return g.Wait()
}

// Folds is how many times Run folds every stream at most, for whoever draws how far it is.
func (o Options) Folds() int {
	if o.Ablate {
		return 1 + len(pipeline.Detectors())
	}
	return 1
}
