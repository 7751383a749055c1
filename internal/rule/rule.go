// Package rule is the noun "rule": a condition over one event, the two accounts, the standing signals and labels and durable
// counters, with effects and an explanation, written in text files ("packs", YAML with CEL conditions). It reads and checks
// packs, compiles them into an immutable Set, says which counters an event feeds, folds one counter's state and evaluates the
// rules on one event. It does not store counters, choose shards, apply effects or know of cases: pipeline does that, decide
// joins the hits with the detectors' signals. Everything here is pure apart from the statistics of a Set; no clock, no disk.
//
// What is not known stays unknown: a field that was not sent, an age that nobody told, a counter that could not be read. It
// passes through not, comparisons and arithmetic; only "false && unknown" and "true || unknown" are known. A condition that
// comes out unknown never fires and is counted.
package rule

import (
	"time"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// Input is what the rules may look at: one event as seen by one of its targets.
type Input struct {
	Event *event.Event

	// From is the actor, To the target that this input is about. Nil is an unknown account: every field of it is unknown.
	From, To *detect.Profile

	// Target is the place of To among the event's targets. An event with several targets is given once for each; rules and
	// counters that do not look at the target run for target 0 only, so that nothing is counted or said twice.
	Target int

	// Signals holds what stands about the actor. A detector that is not listed is unknown, not 0.
	Signals []Standing

	// Labels are the standing labels of the actor. Nil is unknown; an account that is known to have none has an empty list.
	Labels []string

	// Now is the event time at which the rules look, which age_days is relative to. Zero means the event's own time.
	Now time.Time
}

// Standing is the strongest standing strength of one detector, or of a family, about the actor. A standing with Detector set
// also counts for its Family, so a caller that lists every detector need not list the families.
type Standing struct {
	Detector string
	Family   taxonomy.Family
	Strength float64 // −log₁₀ p
	Typology taxonomy.Typology
}

// Value is a number that may be unknown; the zero Value is unknown.
type Value struct {
	N     float64
	Known bool
}

// Known returns a known value.
func Known(n float64) Value { return Value{N: n, Known: true} }

// Side names one of the two accounts of an event.
type Side string

// The sides.
const (
	SideFrom Side = "from"
	SideTo   Side = "to"
)

// Hit is one rule that fired on one event.
type Hit struct {
	Rule    string // the rule's id
	Pack    string
	Version int // of the pack
	Title   string
	Mode    taxonomy.Mode // shadow or enforce; a shadow hit is recorded and has no effect
	Why     string        // filled in
	Subject string        // the account that the rule is about; may be empty when the event names none
	Other   string        // the other side, empty when there is none
	Effects Effects       // its slices and pointers belong to the Set: read only

	rule *running
}

// Effects is what a rule asks for.
type Effects struct {
	Labels   []string
	Priority taxonomy.Priority
	Queue    string
	Typology taxonomy.Typology // empty when the rule names none
	Signal   *SignalEffect     // nil when the rule does not join the fusion
	OpenCase bool
	Friction *Friction // nil when there is none
	Notify   []string
	Verdict  taxonomy.Verdict // empty when the rule has no opinion

	// Degraded is set by Hit.Degraded: the quota was used up, so friction and verdict were dropped and a person looks instead.
	Degraded bool
}

// SignalEffect makes a hit a signal that joins the fusion of its family.
type SignalEffect struct {
	Family   taxonomy.Family
	Strength float64 // −log₁₀ p, at most MaxStrength unless Hard
	Hard     bool    // a fact that stands without statistics
	Reason   string  // why it may be hard
}

// Friction is a reversible action asked of the platform; it ends by itself.
type Friction struct {
	Action string
	For    time.Duration
	On     Side // which account of the event
}

// MaxStrength bounds the strength of a rule's signal: one rule alone never carries a case to a person's desk. A rule with
// hard: true may exceed it and must say why.
const MaxStrength = 1.5

// MaxHardStrength bounds the strength of a hard rule's signal.
const MaxHardStrength = 6

// Frictions lists the reversible actions that rules may ask for.
func Frictions() []string {
	return []string{"slow_new_contacts_to_minors", "hide_from_suggestions", "hold_post", "hold_listing", "safety_notice", "limit_messages"}
}

// Signal returns the hit as a signal about its subject; ok is false when the rule does not join the fusion, or only shadows.
func (h *Hit) Signal(e *event.Event) (s detect.Signal, ok bool) {
	eff := h.Effects.Signal
	if eff == nil || h.Mode != taxonomy.ModeEnforce || h.Subject == "" {
		return detect.Signal{}, false
	}
	s = detect.Signal{
		Detector: h.Rule, Version: h.Version, Family: eff.Family, Typology: h.Effects.Typology, Subject: h.Subject,
		Strength: eff.Strength, Hard: eff.Hard, At: e.Time, From: e.Time.Add(-h.rule.window), Says: h.Why,
	}
	if s.Typology == "" {
		s.Typology = taxonomy.TypologyUnknown
	}
	if h.Other != "" {
		s.Others = []string{h.Other}
	}
	if e.Seq != 0 {
		s.Events = []uint64{e.Seq}
	}
	return s, true
}

// Quota returns the fact that counts an enforced hit against its rule's quota; ok is false when the rule has none. The caller
// folds it like any other fact, one writer per key, in log order, and passes the value to OverQuota.
func (h *Hit) Quota(at time.Time) (f CounterFact, ok bool) {
	q := h.rule.quota
	if q == nil || h.Mode != taxonomy.ModeEnforce {
		return CounterFact{}, false
	}
	return CounterFact{Counter: -1, Group: q.key, At: at.UnixMilli(), Window: q.per.Milliseconds(), Op: OpFeed}, true
}

// OverQuota reports whether the count that folding Quota's fact gave exceeds the rule's quota. An unknown count exceeds it: a
// failed read must not enforce.
func (h *Hit) OverQuota(n Value) bool {
	q := h.rule.quota
	return q != nil && (!n.Known || n.N > float64(q.max))
}

// Degraded returns the hit as it stands when its quota is used up: no friction and no verdict, but a case that a person sees.
func (h Hit) Degraded() Hit {
	h.Effects.Friction, h.Effects.Verdict = nil, ""
	h.Effects.OpenCase, h.Effects.Degraded = true, true
	h.Effects.Priority = max(h.Effects.Priority, taxonomy.P3)
	return h
}
