package rule

import (
	"time"

	"github.com/goccy/go-yaml/ast"

	"haris/internal/taxonomy"
)

func effectKeys() []string {
	return []string{"labels", "priority", "queue", "typology", "family", "strength", "hard", "reason", "open_case", "friction", "notify", "verdict"}
}

// effects reads the effects of a rule and checks what can be checked without the rest.
func (r *reader) effects(n ast.Node) Effects {
	var e Effects
	m, ok := r.mapping(n, key("effects"), effectKeys())
	if !ok {
		return e
	}
	var sig SignalEffect
	for _, x := range m.entries {
		switch x.key {
		case "labels":
			for _, v := range r.list(x.val) {
				e.Labels = append(e.Labels, r.identifier(v, say("a label")).s)
			}
		case "priority":
			e.Priority, _ = taxonomy.ParsePriority(r.word(x.val, key("priority"), []string{"P0", "P1", "P2", "P3"}))
		case "queue":
			e.Queue = r.identifier(x.val, say("the queue")).s
		case "typology":
			e.Typology = taxonomy.Typology(r.word(x.val, key("typology"), plain(taxonomy.Typologies())))
		case "family":
			sig.Family = taxonomy.Family(r.word(x.val, key("family"), plain(taxonomy.Families())))
		case "strength":
			sig.Strength = r.number(x.val, key("strength"), 0.1, MaxHardStrength)
		case "hard":
			sig.Hard = r.yes(x.val, key("hard"))
		case "reason":
			sig.Reason = r.text(x.val, key("reason")).s
		case "open_case":
			e.OpenCase = r.yes(x.val, key("open_case"))
		case "friction":
			e.Friction = r.friction(x.val)
		case "notify":
			for _, v := range r.list(x.val) {
				e.Notify = append(e.Notify, r.identifier(v, say("who is notified")).s)
			}
		case "verdict":
			e.Verdict = taxonomy.Verdict(r.word(x.val, key("verdict"), plain(taxonomy.Verdicts())))
		}
	}
	if sig != (SignalEffect{}) {
		e.Signal = &sig
	}
	return e
}

// judge checks that the effects stay within what a rule may do.
func (r *reader) judge(e *Effects, at pos) {
	sig := e.Signal
	hard := sig != nil && sig.Hard
	switch {
	case sig != nil && (sig.Family == "" || sig.Strength == 0):
		r.problem(at, say("a signal needs family and strength"), say("give both, or neither"), nil)
	case sig != nil && !hard && sig.Strength > MaxStrength:
		r.problem(at, say("strength {n} is more than one rule may carry", "n", sig.Strength),
			say("at most {most}, or hard: true with a reason", "most", MaxStrength), nil)
	case hard && sig.Reason == "":
		r.problem(at, say("hard: true needs a reason"), say("say why this fact stands without statistics"), nil)
	case !hard && sig != nil && sig.Reason != "":
		r.problem(at, say("reason belongs to hard: true"), none, nil)
	}
	if e.Priority == taxonomy.P0 && !hard {
		r.problem(at, say("priority P0 calls a person within minutes and needs a hard fact"), say("hard: true with a reason, or P1 to P3"), nil)
	}
	if e.Priority != taxonomy.PriorityNone && e.Typology == "" {
		r.problem(at, say("a rule that sets a priority names its typology"), none, plain(taxonomy.Typologies()))
	}
	if e.OpenCase && e.Priority == taxonomy.PriorityNone {
		r.problem(at, say("a rule that opens a case sets a priority"), none, nil)
	}
}

func (r *reader) friction(n ast.Node) *Friction {
	f := Friction{On: SideFrom}
	m, ok := r.mapping(n, key("friction"), frictionKeys())
	if !ok {
		return nil
	}
	for _, e := range m.entries {
		switch e.key {
		case "action":
			f.Action = r.word(e.val, key("friction"), Frictions())
		case "minutes":
			f.For = time.Duration(r.whole(e.val, key("minutes"), 1, 7*24*60)) * time.Minute
		case "on":
			f.On = Side(r.word(e.val, say("side"), []string{"from", "to"}))
		}
	}
	r.require(m, key("friction"), "action", "minutes")
	return &f
}

func plain[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = string(v)
	}
	return out
}
