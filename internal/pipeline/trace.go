package pipeline

import (
	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/rule"
)

// Trace collects what happened inside a fold, for explain and eval. A nil Trace collects nothing.
type Trace struct {
	Brief   bool // set by the caller: Rules stays empty, which saves a second look at every rule
	Facts   []detect.Fact
	Signals []detect.Signal
	Rules   []rule.Judgement // what became of every rule that looks at the events' types
	Hits    []rule.Hit
	Fusions []decide.Fusion
}

func (t *Trace) facts(parts [][]detect.Fact) {
	if t == nil {
		return
	}
	for _, part := range parts {
		t.Facts = append(t.Facts, part...)
	}
}

func (t *Trace) finding(f finding) {
	switch {
	case t == nil:
	case f.sig != nil:
		t.Signals = append(t.Signals, *f.sig)
	default:
		t.Hits = append(t.Hits, *f.hit)
	}
}

func (t *Trace) judged(set *rule.Set, in *rule.Input, values []rule.Value) {
	if t != nil && !t.Brief {
		t.Rules = append(t.Rules, set.Judge(in, values)...)
	}
}

func (t *Trace) fusion(f decide.Fusion) {
	if t != nil {
		t.Fusions = append(t.Fusions, f)
	}
}
