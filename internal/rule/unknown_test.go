package rule

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/common/types"
	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// known3 is a value of the reference evaluator. Nil is unknown.
type known3 any

// term is an expression of the reference evaluator: how it is written, and what it is worth when the inputs are worth something.
type term struct {
	text string
	eval func(world) known3
}

// world is the inputs by name; what is missing is unknown.
type world map[string]known3

func leaf(name string) term { return term{name, func(w world) known3 { return w[name] }} }

func number(n int) term {
	return term{strconv.Itoa(n), func(world) known3 { return float64(n) }}
}

// strict is an operation that is unknown as soon as one operand is.
func strict(text string, a, b term, f func(a, b any) any) term {
	return term{"(" + a.text + " " + text + " " + b.text + ")", func(w world) known3 {
		x, y := a.eval(w), b.eval(w)
		if x == nil || y == nil {
			return nil
		}
		return f(x, y)
	}}
}

// join is a conjunction (deciding false) or a disjunction (deciding true) after Kleene.
func join3(text string, a, b term, deciding bool) term {
	return term{"(" + a.text + " " + text + " " + b.text + ")", func(w world) known3 {
		x, y := a.eval(w), b.eval(w)
		switch {
		case x == deciding || y == deciding:
			return deciding
		case x == nil || y == nil:
			return nil
		}
		return !deciding
	}}
}

func drawNumber(t *rapid.T, depth int) term {
	if depth > 0 && rapid.Bool().Draw(t, "arithmetic") {
		a, b := drawNumber(t, depth-1), drawNumber(t, depth-1)
		switch rapid.IntRange(0, 2).Draw(t, "op") {
		case 0:
			return strict("+", a, b, func(a, b any) any { return a.(float64) + b.(float64) })
		case 1:
			return strict("-", a, b, func(a, b any) any { return a.(float64) - b.(float64) })
		default:
			return strict("*", a, b, func(a, b any) any { return a.(float64) * b.(float64) })
		}
	}
	return leaf(rapid.SampledFrom(numbers()).Draw(t, "number"))
}

func numbers() []string {
	return []string{"event.amount", "from.age_days", "counter.paid", `signal["D1"]`, `family["contact"]`}
}

func drawComparison(t *rapid.T, depth int) term {
	a, b := drawNumber(t, depth), number(rapid.IntRange(0, 3).Draw(t, "literal"))
	if rapid.Bool().Draw(t, "between inputs") {
		b = drawNumber(t, depth)
	}
	switch rapid.SampledFrom([]string{"<", "<=", ">", ">=", "==", "!="}).Draw(t, "comparison") {
	case "<":
		return strict("<", a, b, func(a, b any) any { return a.(float64) < b.(float64) })
	case "<=":
		return strict("<=", a, b, func(a, b any) any { return a.(float64) <= b.(float64) })
	case ">":
		return strict(">", a, b, func(a, b any) any { return a.(float64) > b.(float64) })
	case ">=":
		return strict(">=", a, b, func(a, b any) any { return a.(float64) >= b.(float64) })
	case "==":
		return strict("==", a, b, func(a, b any) any { return a == b })
	default:
		return strict("!=", a, b, func(a, b any) any { return a != b })
	}
}

func drawBool(t *rapid.T, depth int) term {
	kinds := 6
	if depth > 0 {
		kinds = 10
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return leaf(rapid.SampledFrom([]string{"from.minor", "to.adult", "to.verified"}).Draw(t, "bool"))
	case 1:
		word := rapid.SampledFrom([]string{"card", "wallet"}).Draw(t, "word")
		return strict("==", leaf("event.instrument"), term{strconv.Quote(word), func(world) known3 { return word }}, func(a, b any) any { return a == b })
	case 2:
		in := leaf("event.instrument")
		return term{`one_of(event.instrument, "card", "other")`, func(w world) known3 {
			if v := in.eval(w); v != nil {
				return v == "card" || v == "other"
			}
			return nil
		}}
	case 3:
		return term{`("x" in labels)`, func(w world) known3 { return w["labels"] }}
	case 4:
		return term{`labels.exists(l, l == "x")`, func(w world) known3 { return w["labels"] }}
	case 5, 6:
		return drawComparison(t, min(depth, 1))
	case 7:
		a := drawBool(t, depth-1)
		return term{"!" + a.text, func(w world) known3 {
			if v := a.eval(w); v != nil {
				return !v.(bool)
			}
			return nil
		}}
	case 8:
		return join3("&&", drawBool(t, depth-1), drawBool(t, depth-1), false)
	default:
		if rapid.IntRange(0, 2).Draw(t, "choice") == 0 {
			c, a, b := drawBool(t, depth-1), drawBool(t, depth-1), drawBool(t, depth-1)
			return term{"(" + c.text + " ? " + a.text + " : " + b.text + ")", func(w world) known3 {
				switch c.eval(w) {
				case true:
					return a.eval(w)
				case false:
					return b.eval(w)
				}
				return nil
			}}
		}
		return join3("||", drawBool(t, depth-1), drawBool(t, depth-1), true)
	}
}

// drawWorld gives every input a value.
func drawWorld(t *rapid.T) world {
	w := world{}
	for _, n := range numbers() {
		w[n] = float64(rapid.IntRange(0, 3).Draw(t, n))
	}
	for _, n := range []string{"from.minor", "to.adult", "to.verified", "labels"} {
		w[n] = rapid.Bool().Draw(t, n)
	}
	w["event.instrument"] = rapid.SampledFrom([]string{"card", "wallet", "other"}).Draw(t, "instrument")
	return w
}

// input makes the world into what Eval takes.
func (w world) input() (*Input, []Value) {
	e := payment(day(0))
	if v, ok := w["event.amount"].(float64); ok {
		e.Data.Amount = v
		e.Data.Set(event.HasAmount)
	}
	if v, ok := w["event.instrument"].(string); ok {
		e.Data.Instrument = v
		e.Data.Set(event.HasInstrument)
	}
	in := &Input{Event: e, From: &detect.Profile{ID: "a"}, To: &detect.Profile{ID: "b"}}
	if v, ok := w["from.minor"].(bool); ok {
		in.From.Band = map[bool]taxonomy.AgeBand{true: taxonomy.Age13to15, false: taxonomy.Age25up}[v]
	}
	if v, ok := w["to.adult"].(bool); ok {
		in.To.Band = map[bool]taxonomy.AgeBand{true: taxonomy.Age18to24, false: taxonomy.Age16to17}[v]
	}
	if v, ok := w["to.verified"].(bool); ok {
		in.To.Known, in.To.Verified = true, v
	}
	if v, ok := w["from.age_days"].(float64); ok {
		in.From.CreatedAt = e.Time.Add(-time.Duration(v) * 24 * time.Hour)
	}
	if v, ok := w[`signal["D1"]`].(float64); ok {
		in.Signals = append(in.Signals, Standing{Detector: "D1", Strength: v})
	}
	if v, ok := w[`family["contact"]`].(float64); ok {
		in.Signals = append(in.Signals, Standing{Family: taxonomy.FamilyContact, Strength: v})
	}
	if v, ok := w["labels"].(bool); ok {
		in.Labels = []string{}
		if v {
			in.Labels = []string{"x"}
		}
	}
	var values []Value
	if v, ok := w["counter.paid"].(float64); ok {
		values = []Value{Known(v)}
	}
	return in, values
}

// TestUnknownProperty holds the rules to a small three-valued evaluator on random conditions. For every condition c and all
// inputs w, and every w' made from w by forgetting some inputs:
//
//	(1) the rule's outcome on w and on w' is the reference's: yes, no or unknown;
//	(2) an outcome that is known on w' is the same on w. In particular a rule that fires with something unknown fires with
//	    everything known: making an input unknown never turns "does not fire" into "fires".
func TestUnknownProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := make([]term, 12)
		texts := make([]string, len(terms))
		for i := range terms {
			terms[i] = drawBool(t, 4)
			texts[i] = terms[i].text
		}
		s := loadRapid(t, rules("payment.sent", texts...))
		for range 8 {
			full := drawWorld(t)
			part := world{}
			for name, v := range full {
				if rapid.IntRange(0, 2).Draw(t, "keep "+name) > 0 {
					part[name] = v
				}
			}
			whole, some := outcomes(s, full), outcomes(s, part)
			for i, c := range terms {
				if want := asTruth(c.eval(full)); whole[i] != want {
					t.Fatalf("%s is %v with %v, the reference says %v", c.text, whole[i], full, want)
				}
				if want := asTruth(c.eval(part)); some[i] != want {
					t.Fatalf("%s is %v with %v, the reference says %v", c.text, some[i], part, want)
				}
				if some[i] != unknown && some[i] != whole[i] {
					t.Fatalf("%s is %v when inputs are unknown, and %v when they are known", c.text, some[i], whole[i])
				}
			}
			sameAsCEL(t, s, part)
		}
	})
}

func loadRapid(t *rapid.T, src string) *Set {
	set, err := build([]packSpec{mustRead(t, src)}, Options{}, &Problems{})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return set
}

func mustRead(t *rapid.T, src string) packSpec {
	out := &Problems{}
	p, ok := readPack("p.yaml", []byte(src), out)
	if !ok || len(out.List) > 0 {
		t.Fatalf("%v", out)
	}
	return p
}

func asTruth(v known3) truth {
	if v == nil {
		return unknown
	}
	return truthOf(v.(bool))
}

// outcomes decides every rule of a set on a world.
func outcomes(s *Set, w world) []truth {
	in, values := w.input()
	x := s.borrow(in, values)
	defer s.give(x)
	var out []truth
	for _, r := range s.rules {
		out = append(out, x.decide(r.clauses))
	}
	return out
}

// sameAsCEL holds the hand-compiled conditions to what CEL itself answers.
func sameAsCEL(t *rapid.T, s *Set, w world) {
	in, values := w.input()
	x := s.borrow(in, values)
	defer s.give(x)
	for i := range s.clauses {
		p := &s.clauses[i]
		if p.quick == nil {
			continue
		}
		want := unknown
		if v, _, err := p.eval.Eval(x); err == nil && !types.IsUnknown(v) {
			want = truthOf(v == types.True)
		}
		if got := p.quick(x); got != want {
			t.Fatalf("a hand-compiled condition is %v, CEL says %v, with %v", got, want, w)
		}
	}
}

func TestUnknownStaysUnknown(t *testing.T) {
	bare := &Input{Event: payment(day(0)), From: &detect.Profile{ID: "a"}}
	for _, c := range []struct {
		when string
		want truth
	}{
		{`event.amount > 5`, unknown},
		{`!(event.amount > 5)`, unknown},
		{`event.amount < 5`, unknown},
		{`event.amount + 1 != 0`, unknown},
		{`event.currency == ""`, unknown},
		{`event.currency != "EUR"`, unknown},
		{`from.minor`, unknown},
		{`!from.minor`, unknown},
		{`from.adult || from.minor`, unknown},
		{`from.age_band != "u13"`, unknown},
		{`from.age_days >= 0`, unknown},
		{`!from.verified`, unknown},
		{`to.adult`, unknown},
		{`counter.paid == 0`, unknown},
		{`count.paid < 1`, unknown},
		{`signal["D1"] < 3`, unknown},
		{`family["media"] == 0`, unknown},
		{`!("x" in labels)`, unknown},
		{`from.role == "teacher" ? true : true`, unknown},
		{`event.amount > 5 && from.account == "z"`, no},
		{`event.amount > 5 || from.account == "a"`, yes},
		{`1 / (size(from.account) - 1) == 1`, unknown},
		{`event.note.contains("x") || event.time > timestamp("2020-01-01T00:00:00Z")`, yes},
	} {
		t.Run(c.when, func(t *testing.T) {
			if got := fires(load(t, one(c.when)), bare); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestMissingParts(t *testing.T) {
	s := load(t, rules("message.sent", `event.media.exists(m, m.sha256 == "aa")`))
	e := &event.Event{Type: event.MessageSent, ID: "1", Time: day(0)}
	in := &Input{Event: e}
	if got := fires(s, in); got != unknown {
		t.Errorf("without media: %v", got)
	}
	e.Data.Set(event.HasMedia)
	if got := fires(s, in); got != no {
		t.Errorf("with no media: %v", got)
	}
	e.Data.Media = []event.Media{{ID: "m", Kind: "image"}}
	if got := fires(s, in); got != unknown {
		t.Errorf("a picture without the hash: %v", got)
	}
	e.Data.Media = append(e.Data.Media, event.Media{ID: "n", Kind: "image", SHA256: "aa"})
	if got := fires(s, in); got != yes {
		t.Errorf("one picture with the hash: %v", got)
	}
}

// TestTooLargeIsUnknown holds the activation to the bounds that the estimate of costs relies on.
func TestTooLargeIsUnknown(t *testing.T) {
	e := payment(day(0))
	e.Data.Note = strings.Repeat("a", sizeShort+1)
	e.Data.Set(event.HasNote)
	s := load(t, one(`event.note != "b"`))
	if got := fires(s, &Input{Event: e}); got != unknown {
		t.Errorf("an overlong text: %v", got)
	}
	e.Data.Note = e.Data.Note[1:]
	if got := fires(s, &Input{Event: e}); got != yes {
		t.Errorf("the longest text: %v", got)
	}
	long := load(t, one(`labels.all(l, l != "b")`))
	if got := fires(long, &Input{Event: e, Labels: make([]string, sizeList+1)}); got != unknown {
		t.Errorf("an overlong list: %v", got)
	}
}

func TestNoNumberIsUnknown(t *testing.T) {
	s := load(t, one(`counter.paid != 1`))
	in := &Input{Event: payment(day(0))}
	for _, n := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := fires(s, in, Known(n)); got != unknown {
			t.Errorf("%v: %v", n, got)
		}
	}
}

func (t truth) String() string {
	return [...]string{"not run", "yes", "no", "unknown"}[t]
}
