package rule

import (
	"slices"
	"strconv"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// widen writes whole numbers that stand beside a number of ours as floating-point ones, so that "counter.gifts == 3" means
// what it says: all our numbers are floating-point and CEL compares only equal types.
func (b *binder) widen(c ast.CallExpr) {
	switch c.FunctionName() {
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
		operators.Add, operators.Subtract, operators.Multiply, operators.Divide:
		x, y := c.Args()[0], c.Args()[1]
		if b.floating(x) {
			b.float(y)
		} else if b.floating(y) {
			b.float(x)
		}
	case operators.Conditional:
		x, y := c.Args()[1], c.Args()[2]
		if b.floating(x) {
			b.float(y)
		} else if b.floating(y) {
			b.float(x)
		}
	case operators.In:
		if b.floating(c.Args()[0]) && c.Args()[1].Kind() == ast.ListKind {
			for _, x := range c.Args()[1].AsList().Elements() {
				b.float(x)
			}
		}
	}
}

// floating reports whether an expression whose parts are bound is a floating-point number.
func (b *binder) floating(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		_, ok := e.AsLiteral().(types.Double)
		return ok
	case ast.IdentKind:
		v := b.dict.find(e.AsIdent())
		return v != nil && v.kind == kindNumber
	case ast.SelectKind:
		return b.numberMap(e.AsSelect().Operand())
	case ast.CallKind:
		c := e.AsCall()
		switch c.FunctionName() {
		case "days_between", "hour":
			return true
		case operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Negate:
			return slices.ContainsFunc(c.Args(), b.floating)
		case operators.Conditional:
			return b.floating(c.Args()[1])
		case operators.Index:
			return b.numberMap(c.Args()[0])
		}
	}
	return false
}

func (b *binder) numberMap(e ast.Expr) bool {
	if e.Kind() != ast.IdentKind {
		return false
	}
	v := b.dict.find(e.AsIdent())
	return v != nil && v.kind == kindNumberMap
}

// float turns the whole numbers of an arithmetic expression into floating-point ones.
func (b *binder) float(e ast.Expr) {
	switch e.Kind() {
	case ast.LiteralKind:
		if n, ok := e.AsLiteral().(types.Int); ok {
			e.SetKindCase(b.fac.NewLiteral(e.ID(), types.Double(n)))
		}
	case ast.CallKind:
		c := e.AsCall()
		switch c.FunctionName() {
		case operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Negate:
			for _, a := range c.Args() {
				b.float(a)
			}
		}
	}
}

// words checks that a field is compared only with words that it can have, and labels only with labels that exist.
func (b *binder) words(c ast.CallExpr) {
	switch c.FunctionName() {
	case operators.Equals, operators.NotEquals:
		b.wordOf(c.Args()[0], c.Args()[1])
		b.wordOf(c.Args()[1], c.Args()[0])
	case operators.In:
		if c.Args()[1].Kind() == ast.ListKind {
			for _, x := range c.Args()[1].AsList().Elements() {
				b.wordOf(c.Args()[0], x)
			}
		}
		if c.Args()[1].Kind() == ast.IdentKind && c.Args()[1].AsIdent() == "labels" {
			if l, ok := literalText(c.Args()[0]); ok && !slices.Contains(b.dict.labels, l) {
				b.report(c.Args()[0].ID(), say("unknown label {name}", "name", strconv.Quote(l)), didYouMean(l, b.dict.labels), b.dict.labels)
			}
		}
	}
}

func (b *binder) wordOf(field, lit ast.Expr) {
	if field.Kind() != ast.IdentKind {
		return
	}
	v := b.dict.find(field.AsIdent())
	w, ok := literalText(lit)
	if v == nil || !ok || v.words == nil || slices.Contains(v.words, w) {
		return
	}
	hint := didYouMean(w, v.words)
	if w == "unknown" {
		hint = say("an unknown value is not a value: it never makes a rule fire")
	}
	b.report(lit.ID(), say("{name} is never {value}", "name", v.name, "value", strconv.Quote(w)), hint, v.words)
}
