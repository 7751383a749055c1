package rule

import (
	"math"
	"slices"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"haris/internal/event"
	"haris/internal/taxonomy"
)

// scratch is the working memory of one evaluation: the hand-written activation that CEL reads from, with the values read so
// far and the outcomes of the clauses run so far.
type scratch struct {
	set    *Set
	in     *Input
	values []Value
	vals   []ref.Val
	state  []truth
	frame  *interpreter.ExecutionFrame
	key    []byte
	days   [2]float64 // age of the two accounts, so that handing out a pointer to it allocates nothing
	runs   int        // clauses run, for the test of sharing
}

var _ interpreter.Activation = (*scratch)(nil)

func (s *Set) borrow(in *Input, values []Value) *scratch {
	x := s.pool.Get().(*scratch)
	x.in, x.values = in, values
	return x
}

func (s *Set) give(x *scratch) {
	if x.frame != nil {
		x.frame.Close()
		x.frame = nil
	}
	clear(x.vals)
	clear(x.state)
	x.in, x.values, x.runs = nil, nil, 0
	s.pool.Put(x)
}

func (x *scratch) now() time.Time {
	if x.in.Now.IsZero() {
		return x.in.Event.Time
	}
	return x.in.Now
}

// ResolveName gives CEL the value of a variable.
func (x *scratch) ResolveName(name string) (any, bool) {
	i, ok := x.set.dict.index[name]
	if !ok {
		return nil, false
	}
	return x.value(i), true
}

// Parent is nil: there is one scope.
func (x *scratch) Parent() interpreter.Activation { return nil }

// value returns a variable's value, or CEL's unknown. A value is made once for each event.
func (x *scratch) value(i int) ref.Val {
	v := x.vals[i]
	if v == nil {
		if v = x.box(i); v == nil {
			v = x.set.unknown
		}
		x.vals[i] = v
	}
	return v
}

// raw returns a pointer to a variable's value, or a bool; nil when it is not known.
func (x *scratch) raw(i int) any {
	v := &x.set.dict.vars[i]
	if v.at == nil {
		raw, ok := v.of(x)
		if !ok {
			return nil
		}
		return raw
	}
	if !x.in.Event.Data.Has(v.bit) {
		return nil
	}
	return v.at(&x.in.Event.Data)
}

// textOf reads a variable of kindText. A word that the field can never have, and a text over the bounds that the estimate of
// costs relies on, are unknown.
func (x *scratch) textOf(i int) (s string, known bool) {
	v := &x.set.dict.vars[i]
	switch r := x.raw(i).(type) {
	case *string:
		s = *r
	case *taxonomy.AgeBand:
		s = r.String()
	case *taxonomy.Surface:
		s = r.String()
	case *taxonomy.Relation:
		s = r.String()
	default:
		return "", false
	}
	if v.words != nil {
		return s, slices.Contains(v.words, s)
	}
	limit := sizeShort
	if v.name == "event.text" {
		limit = sizeText
	}
	return s, len(s) <= limit
}

// number reads a variable of kindNumber. What is not a finite number is unknown.
func (x *scratch) number(i int) (f float64, known bool) {
	switch r := x.raw(i).(type) {
	case *float64:
		f = *r
	case *int64:
		f = float64(*r)
	default:
		return 0, false
	}
	return f, !math.IsNaN(f) && !math.IsInf(f, 0)
}

// truth reads a variable of kindBool.
func (x *scratch) truth(i int) truth {
	switch r := x.raw(i).(type) {
	case bool:
		return truthOf(r)
	case *bool:
		return truthOf(*r)
	}
	return unknown
}

// box makes the CEL value of a variable; nil when it is not known.
func (x *scratch) box(i int) ref.Val {
	switch x.set.dict.vars[i].kind {
	case kindText:
		if s, ok := x.textOf(i); ok {
			return types.String(s)
		}
	case kindNumber:
		if f, ok := x.number(i); ok {
			return types.Double(f)
		}
	case kindBool:
		if t := x.truth(i); t != unknown {
			return types.Bool(t == yes)
		}
	case kindTime:
		if t, ok := x.raw(i).(*time.Time); ok && !t.IsZero() {
			return types.Timestamp{Time: *t}
		}
	default:
		return boxMany(x.raw(i))
	}
	return nil
}

// boxMany makes lists and maps; nil for one that is over the bounds that the estimate of costs relies on.
func boxMany(raw any) ref.Val {
	switch r := raw.(type) {
	case *[]string:
		if len(*r) > sizeList || slices.ContainsFunc(*r, func(s string) bool { return len(s) > sizeShort }) {
			return nil
		}
		return types.NewStringList(types.DefaultTypeAdapter, *r)
	case *[]event.Key:
		return boxObjects(len(*r), func(i int) map[string]string {
			k := (*r)[i]
			return object("kind", k.Kind, "hash", k.Hash)
		})
	case *[]event.Media:
		return boxObjects(len(*r), func(i int) map[string]string {
			m := (*r)[i]
			return object("id", m.ID, "kind", m.Kind, "mime", m.Mime, "md5", m.MD5, "sha1", m.SHA1, "sha256", m.SHA256, "pdq", m.PDQ, "name", m.Name, "url", m.URL)
		})
	case *map[string]string:
		for k, v := range *r {
			if len(k) > sizeShort || len(v) > sizeShort {
				return nil
			}
		}
		if len(*r) <= sizeList {
			return types.NewStringStringMap(types.DefaultTypeAdapter, *r)
		}
	case *map[string]float64:
		if len(*r) <= sizeList {
			return types.DefaultTypeAdapter.NativeToValue(*r)
		}
	}
	return nil
}

func boxObjects(n int, at func(int) map[string]string) ref.Val {
	if n > sizeList {
		return nil
	}
	out := make([]map[string]string, n)
	for i := range out {
		out[i] = at(i)
	}
	return types.DefaultTypeAdapter.NativeToValue(out)
}

// object leaves out what was not sent, so that reading it is unknown.
func object(pairs ...string) map[string]string {
	m := make(map[string]string, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		if v := pairs[i+1]; v != "" && len(v) <= sizeShort {
			m[pairs[i]] = v
		}
	}
	return m
}

// strongest is the greatest standing strength that the caller listed; not known when there is none.
func (x *scratch) strongest(match func(*Standing) bool) (any, bool) {
	var best *float64
	for i := range x.in.Signals {
		if st := &x.in.Signals[i]; match(st) && (best == nil || st.Strength > *best) {
			best = &st.Strength
		}
	}
	return best, best != nil
}
