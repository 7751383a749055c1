package rule

import (
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"haris/internal/remark"
)

// binder resolves the names of one parsed expression against the vocabulary, in place, and collects what is wrong with them.
// It does before type-checking what CEL would report less clearly: unknown names with the nearest known one, words that a
// field can never have, functions and loops that are not offered.
type binder struct {
	dict    *dictionary
	fac     ast.ExprFactory
	allowed func(v *variable) bool // which variables this expression may read
	loops   int
	local   []localName
	begins  func(name, first int64) // told of each dotted name and the node at which it starts, where problems with it are shown
	report  func(id int64, msg, hint remark.Remark, allowed []string)
}

// localName is the variable of a loop.
type localName struct {
	name   string
	fields []string // of the objects it runs over; nil when they are not objects
}

// dictionary is every name of an installation, with an index.
type dictionary struct {
	vars   []variable
	index  map[string]int
	labels []string
}

func (d *dictionary) find(name string) *variable {
	if i, ok := d.index[name]; ok {
		return &d.vars[i]
	}
	return nil
}

// under lists the names below a root, without it.
func (d *dictionary) under(root string) []string {
	var out []string
	for i := range d.vars {
		if rest, ok := strings.CutPrefix(d.vars[i].name, root+"."); ok {
			out = append(out, rest)
		}
	}
	return out
}

func roots() []string {
	return []string{"event", "from", "to", "signal", "family", "labels", "counter"}
}

func (b *binder) bind(e ast.Expr) {
	switch e.Kind() {
	case ast.IdentKind:
		b.ident(e)
	case ast.SelectKind:
		b.selection(e)
	case ast.CallKind:
		b.call(e)
	case ast.ListKind:
		for _, x := range e.AsList().Elements() {
			b.bind(x)
		}
		if n := len(e.AsList().Elements()); n > 64 {
			b.report(e.ID(), say("a list of {n} values", "n", n), say("at most 64 fit in a condition"), nil)
		}
	case ast.ComprehensionKind:
		b.loop(e.AsComprehension(), e.ID())
	case ast.LiteralKind:
	default:
		b.report(e.ID(), say("maps and objects cannot be written in a condition"), none, nil)
	}
}

func (b *binder) isLocal(name string) *localName {
	for i := range b.local {
		if b.local[i].name == name {
			return &b.local[i]
		}
	}
	return nil
}

func (b *binder) ident(e ast.Expr) {
	name := e.AsIdent()
	if b.isLocal(name) != nil {
		return
	}
	if v := b.dict.find(name); v != nil {
		b.readable(e, v)
		return
	}
	if slices.Contains(roots(), name) || name == "count" {
		b.report(e.ID(), say("{name} alone is not a value", "name", name), say("name one of its fields: {field}", "field", name+".…"), b.dict.under(name))
		return
	}
	b.report(e.ID(), say("unknown name {name}", "name", strconv.Quote(name)), didYouMean(name, roots()), roots())
}

func (b *binder) readable(e ast.Expr, v *variable) {
	if !b.allowed(v) {
		b.report(e.ID(), say("{name} cannot be read here", "name", v.name), say("a counter sees only the event and the two accounts"), []string{"event.…", "from.…", "to.…"})
	}
}

// selection resolves a dotted name. The longest known name wins; what is left must be a key of a map.
func (b *binder) selection(e ast.Expr) {
	if e.AsSelect().IsTestOnly() {
		b.report(e.ID(), say("has() is not offered"), say("what is not known stays unknown and never makes a rule fire"), nil)
		return
	}
	path, root := chain(e)
	if root == "" {
		b.bind(e.AsSelect().Operand())
		return
	}
	b.begins(e.ID(), innermost(e).ID())
	if l := b.isLocal(root); l != nil {
		if l.fields != nil && !slices.Contains(l.fields, path[1]) {
			b.report(e.ID(), say("{what} has no field {field}", "what", root, "field", strconv.Quote(path[1])), didYouMean(path[1], l.fields), l.fields)
		}
		return
	}
	name := canonical(strings.Join(path, "."))
	if v := b.dict.find(name); v != nil {
		b.readable(e, v)
		e.SetKindCase(b.fac.NewIdent(e.ID(), name))
		return
	}
	if v := b.dict.find(canonical(strings.Join(path[:len(path)-1], "."))); v != nil && (v.kind == kindTextMap || v.kind == kindNumberMap) {
		b.bind(e.AsSelect().Operand())
		return
	}
	b.unknownPath(e, path)
}

func (b *binder) unknownPath(e ast.Expr, path []string) {
	root := canonical(path[0] + ".x")
	root = root[:len(root)-2]
	if !slices.Contains(roots(), root) {
		b.report(e.ID(), say("unknown name {name}", "name", strconv.Quote(path[0])), didYouMean(path[0], roots()), roots())
		return
	}
	rest := strings.Join(path[1:], ".")
	known := b.dict.under(root)
	b.report(e.ID(), say("{what} has no field {field}", "what", root, "field", strconv.Quote(rest)), didYouMean(rest, known), known)
}

// canonical turns the second spellings of a name into the first.
func canonical(name string) string {
	if rest, ok := strings.CutPrefix(name, "count."); ok {
		return "counter." + rest
	}
	if rest, ok := strings.CutPrefix(name, "event.price."); ok {
		return "event." + rest
	}
	return name
}

// chain returns the parts of a dotted name and its root, or no root when the innermost operand is not a name.
func chain(e ast.Expr) (path []string, root string) {
	for e.Kind() == ast.SelectKind {
		path = append(path, e.AsSelect().FieldName())
		e = e.AsSelect().Operand()
	}
	if e.Kind() != ast.IdentKind {
		return nil, ""
	}
	root = e.AsIdent()
	path = append(path, root)
	slices.Reverse(path)
	return path, root
}

func innermost(e ast.Expr) ast.Expr {
	for e.Kind() == ast.SelectKind {
		e = e.AsSelect().Operand()
	}
	return e
}

func (b *binder) call(e ast.Expr) {
	c := e.AsCall()
	if !isOperator(c.FunctionName()) && !known(c.FunctionName()) {
		names := functionNames()
		b.report(e.ID(), say("unknown function {name}", "name", strconv.Quote(c.FunctionName())), didYouMean(c.FunctionName(), names), names)
		return
	}
	if c.FunctionName() == operators.Index && b.indexed(e) {
		return
	}
	if c.IsMemberFunction() {
		b.bind(c.Target())
	}
	for _, a := range c.Args() {
		b.bind(a)
	}
	b.widen(c)
	b.words(c)
}

// indexed turns signal["D1"] and family["contact"] into names.
func (b *binder) indexed(e ast.Expr) bool {
	args := e.AsCall().Args()
	if args[0].Kind() != ast.IdentKind || (args[0].AsIdent() != "signal" && args[0].AsIdent() != "family") || b.isLocal(args[0].AsIdent()) != nil {
		return false
	}
	root := args[0].AsIdent()
	b.begins(e.ID(), args[0].ID())
	known := b.dict.under(root)
	key, ok := literalText(args[1])
	if !ok {
		b.report(e.ID(), say("{list} takes a name in quotes", "list", root+"[…]"), none, known)
		return true
	}
	v := b.dict.find(root + "." + key)
	if v == nil {
		b.report(args[1].ID(), unknownIn(root, key), didYouMean(key, known), known)
		return true
	}
	b.readable(e, v)
	e.SetKindCase(b.fac.NewIdent(e.ID(), v.name))
	return true
}

// unknownIn is what is said of a name that stands in signal[…] or family[…].
func unknownIn(root, name string) remark.Remark {
	if root == "signal" {
		return say("unknown detector {name}", "name", strconv.Quote(name))
	}
	return say("unknown family {name}", "name", strconv.Quote(name))
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

func (b *binder) loop(c ast.ComprehensionExpr, id int64) {
	b.bind(c.IterRange())
	if b.loops > 0 {
		b.report(id, say("a loop inside a loop"), say("loops do not nest: the cost of a rule must stay bounded"), nil)
		return
	}
	b.loops++
	l := localName{name: c.IterVar()}
	if c.IterRange().Kind() == ast.IdentKind {
		if v := b.dict.find(c.IterRange().AsIdent()); v != nil {
			l.fields = v.fields
		}
	}
	if slices.Contains(roots(), l.name) {
		b.report(id, say("a loop cannot call its variable {name}", "name", l.name), say("that is a name of its own: choose another"), nil)
		return
	}
	outer := len(b.local)
	b.local = append(b.local, l, localName{name: c.AccuVar()})
	for _, x := range []ast.Expr{c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
		b.bind(x)
	}
	b.local = b.local[:outer]
	b.loops--
}

func isOperator(f string) bool {
	switch f {
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional, operators.Equals, operators.NotEquals,
		operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.Add, operators.Subtract,
		operators.Multiply, operators.Divide, operators.Negate, operators.In, operators.Index, operators.NotStrictlyFalse:
		return true
	}
	return false
}

func known(name string) bool { return slices.Contains(functionNames(), name) }

func functionNames() []string {
	var out []string
	for _, f := range Functions() {
		out = append(out, f.Name)
	}
	return out
}
