package rule

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// quick is a condition compiled by hand. Most conditions of rules compare one variable with a literal, and for these going
// through CEL costs ten times as much and an allocation each. What quick does not know goes through CEL; a property test holds
// the two to the same answers.
type quick func(x *scratch) truth

// quick returns a hand-compiled form of a boolean expression, or nil when it holds anything that only CEL knows.
func (c *compiler) quick(e ast.Expr) quick {
	switch e.Kind() {
	case ast.IdentKind:
		if i, v := c.variable(e); v != nil && v.kind == kindBool {
			return func(x *scratch) truth { return x.truth(i) }
		}
	case ast.CallKind:
		call := e.AsCall()
		switch args := call.Args(); call.FunctionName() {
		case operators.LogicalAnd:
			return c.quickJoin(args, no)
		case operators.LogicalOr:
			return c.quickJoin(args, yes)
		case operators.LogicalNot:
			if q := c.quick(args[0]); q != nil {
				return func(x *scratch) truth { return opposite(q(x)) }
			}
		case operators.In:
			return c.quickIn(args[0], args[1])
		case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
			return c.quickCompare(call.FunctionName(), args[0], args[1])
		}
	}
	return nil
}

func (c *compiler) variable(e ast.Expr) (int, *variable) {
	if i := c.direct(e); i >= 0 {
		return i, &c.dict.vars[i]
	}
	return -1, nil
}

// quickJoin joins two conditions of which one that has the deciding outcome decides.
func (c *compiler) quickJoin(args []ast.Expr, deciding truth) quick {
	var parts []quick
	for _, a := range args {
		q := c.quick(a)
		if q == nil {
			return nil
		}
		parts = append(parts, q)
	}
	return func(x *scratch) truth {
		out := opposite(deciding)
		for _, q := range parts {
			switch q(x) {
			case deciding:
				return deciding
			case unknown:
				out = unknown
			}
		}
		return out
	}
}

func opposite(t truth) truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return t
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// quickIn is membership of a text variable in a list of literals.
func (c *compiler) quickIn(item, list ast.Expr) quick {
	i, v := c.variable(item)
	if v == nil || v.kind != kindText || list.Kind() != ast.ListKind {
		return nil
	}
	var choices []string
	for _, e := range list.AsList().Elements() {
		s, ok := literalText(e)
		if !ok {
			return nil
		}
		choices = append(choices, s)
	}
	return func(x *scratch) truth {
		s, ok := x.textOf(i)
		if !ok {
			return unknown
		}
		return truthOf(slices.Contains(choices, s))
	}
}

// quickCompare compares a variable with a literal.
func (c *compiler) quickCompare(op string, left, right ast.Expr) quick {
	i, v := c.variable(left)
	if v == nil || right.Kind() != ast.LiteralKind {
		return nil
	}
	switch want := right.AsLiteral().(type) {
	case types.Double:
		if v.kind == kindNumber {
			return compareNumber(op, i, float64(want))
		}
	case types.String:
		if v.kind == kindText {
			return compareText(op, i, string(want))
		}
	}
	return nil
}

func compareNumber(op string, i int, want float64) quick {
	var ok func(f float64) bool
	switch op {
	case operators.Equals:
		ok = func(f float64) bool { return f == want }
	case operators.NotEquals:
		ok = func(f float64) bool { return f != want }
	case operators.Less:
		ok = func(f float64) bool { return f < want }
	case operators.LessEquals:
		ok = func(f float64) bool { return f <= want }
	case operators.Greater:
		ok = func(f float64) bool { return f > want }
	default:
		ok = func(f float64) bool { return f >= want }
	}
	return func(x *scratch) truth {
		f, known := x.number(i)
		if !known {
			return unknown
		}
		return truthOf(ok(f))
	}
}

func compareText(op string, i int, want string) quick {
	if op != operators.Equals && op != operators.NotEquals {
		return nil
	}
	return func(x *scratch) truth {
		s, known := x.textOf(i)
		if !known {
			return unknown
		}
		return truthOf((s == want) == (op == operators.Equals))
	}
}
