package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"haris/internal/remark"
)

// Bounds of what one expression may cost. Sizes of inputs are bounded by the wire format.
const (
	maxExpression = 4096     // characters
	maxNodes      = 400      // nodes of the syntax tree
	maxNesting    = 40       // depth of the syntax tree
	sizeText      = 64 << 10 // longer texts are unknown to rules
	sizeList      = 1000     // longer lists are unknown to rules
)

// DefaultCost is the greatest cost of one expression, in CEL's units (about one step each), estimated when it is loaded and
// enforced again when a loop runs.
const DefaultCost = 100_000

// compiler turns text into checked expressions within one dictionary.
type compiler struct {
	dict *dictionary
	env  *cel.Env
	cost uint64
}

func newCompiler(dict *dictionary, limit uint64) (*compiler, error) {
	opts := []cel.EnvOption{
		cel.CrossTypeNumericComparisons(true), cel.DefaultUTCTimeZone(true), cel.HomogeneousAggregateLiterals(),
		cel.ClearMacros(), cel.Macros(cel.ExistsMacro, cel.AllMacro, cel.ExistsOneMacro, cel.HasMacro),
		cel.ParserRecursionLimit(maxNesting), cel.ParserExpressionSizeLimit(maxExpression), cel.ExpressionNodeLimit(maxNodes),
	}
	for i := range dict.vars {
		opts = append(opts, cel.Variable(dict.vars[i].name, celType(dict.vars[i].kind)))
	}
	for _, f := range ownFunctions() {
		opts = append(opts, f.option)
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		return nil, fmt.Errorf("rule: set up CEL: %w", err)
	}
	return &compiler{dict: dict, env: env, cost: limit}, nil
}

func celType(k kind) *cel.Type {
	switch k {
	case kindNumber:
		return cel.DoubleType
	case kindBool:
		return cel.BoolType
	case kindTime:
		return cel.TimestampType
	case kindTexts:
		return cel.ListType(cel.StringType)
	case kindObjects:
		return cel.ListType(cel.MapType(cel.StringType, cel.StringType))
	case kindTextMap:
		return cel.MapType(cel.StringType, cel.StringType)
	case kindNumberMap:
		return cel.MapType(cel.StringType, cel.DoubleType)
	default:
		return cel.StringType
	}
}

// expression is one checked expression.
type expression struct {
	ast   *ast.AST
	typ   *cel.Type
	reads []int         // indices into the dictionary, ordered
	first map[int]int64 // for each of them, the node that reads it first
	at    func(id int64) pos
}

// compile parses, binds, checks and bounds one expression; ok is false when problems were reported.
func (c *compiler) compile(r *reader, t text, shift int, allowed func(*variable) bool) (x expression, ok bool) {
	before := len(r.out.List)
	if strings.TrimSpace(t.s) == "" {
		r.problem(t.at, say("an expression is expected"), none, nil)
		return x, false
	}
	parsed, iss := c.env.Parse(t.s)
	if iss.Err() != nil {
		c.issues(r, t, shift, iss)
		return x, false
	}
	info := parsed.NativeRep().SourceInfo()
	start := map[int64]pos{} // checking forgets where the parts of dotted names stood
	place := func(id int64) pos { return t.place(r, shift+offset(t.s, info.GetStartLocation(id))) }
	x.at = func(id int64) pos {
		if at, ok := start[id]; ok {
			return at
		}
		return place(id)
	}
	b := binder{
		dict: c.dict, fac: ast.NewExprFactory(), allowed: allowed, begins: func(name, first int64) { start[name] = place(first) },
		report: func(id int64, msg, hint remark.Remark, words []string) { r.problem(x.at(id), msg, hint, words) },
	}
	b.bind(parsed.NativeRep().Expr())
	if len(r.out.List) > before {
		return x, false
	}
	checked, iss := c.env.Check(parsed)
	if iss.Err() != nil {
		c.issues(r, t, shift, iss)
		return x, false
	}
	x.ast, x.typ = checked.NativeRep(), checked.OutputType()
	x.reads, x.first = c.reads(x.ast.Expr())
	est, err := c.env.EstimateCost(checked, sizes{})
	if err != nil {
		r.problem(x.at(x.ast.Expr().ID()), say("the cost of this cannot be bounded: {why}", "why", err), none, nil)
		return x, false
	}
	if est.Max > c.cost {
		r.problem(x.at(x.ast.Expr().ID()), say("this may cost {n} steps", "n", est.Max), say("at most {most} are allowed for one expression", "most", c.cost), nil)
		return x, false
	}
	return x, true
}

// offset turns CEL's line and column into an offset in characters.
func offset(s string, loc common.Location) int {
	off := 0
	lines := strings.Split(s, "\n")
	for i := 0; i < loc.Line()-1 && i < len(lines); i++ {
		off += len([]rune(lines[i])) + 1
	}
	return off + max(loc.Column(), 0)
}

func (c *compiler) issues(r *reader, t text, shift int, iss *cel.Issues) {
	if len(iss.Errors()) == 0 {
		msg, hint := celSays(iss.Err().Error())
		r.problem(t.at, msg, hint, nil)
	}
	for _, e := range iss.Errors() {
		msg, hint := celSays(e.Message)
		r.problem(t.place(r, shift+offset(t.s, e.Location)), msg, hint, nil)
	}
}

// reads lists the variables that an expression reads, and the node that reads each first.
func (c *compiler) reads(e ast.Expr) (out []int, first map[int]int64) {
	first = map[int]int64{}
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.IdentKind {
			return
		}
		if i, ok := c.dict.index[e.AsIdent()]; ok && !slices.Contains(out, i) {
			out, first[i] = append(out, i), e.ID()
		}
	}))
	slices.Sort(out)
	return out, first
}

// clauses splits a condition at its top-level conjunctions.
func clauses(e ast.Expr) []ast.Expr {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.LogicalAnd {
		var out []ast.Expr
		for _, a := range e.AsCall().Args() {
			out = append(out, clauses(a)...)
		}
		return out
	}
	return []ast.Expr{e}
}

var errPlan = errors.New("rule: plan an expression")

// program plans part of a checked expression. An expression without loops does a number of steps bounded by its size and was
// estimated when it was loaded; one with a loop is also metered when it runs.
func (c *compiler) program(x *expression, part ast.Expr) (program, error) {
	opts := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	metered := loops(part)
	if metered {
		opts = append(opts, cel.CostLimit(c.cost))
	}
	sub := ast.NewCheckedAST(ast.NewAST(part, x.ast.SourceInfo()), x.ast.TypeMap(), x.ast.ReferenceMap())
	p, err := c.env.PlanProgram(sub, opts...)
	if err != nil {
		return program{}, fmt.Errorf("%w: %w", errPlan, err)
	}
	return program{eval: p, metered: metered, variable: c.direct(part), quick: c.quick(part)}, nil
}

// direct is the index of the variable that an expression is, or -1 when it is more than a name.
func (c *compiler) direct(e ast.Expr) int {
	if e.Kind() == ast.IdentKind {
		if i, ok := c.dict.index[e.AsIdent()]; ok {
			return i
		}
	}
	return -1
}

func loops(e ast.Expr) bool {
	found := false
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) { found = found || e.Kind() == ast.ComprehensionKind }))
	return found
}

// sizes bounds the sizes of inputs for the estimate of costs; the activation keeps to the same bounds.
type sizes struct{}

// EstimateSize bounds lists by sizeList and texts by sizeText.
func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if n.ComputedSize() != nil {
		return nil
	}
	switch n.Type().Kind() {
	case types.ListKind, types.MapKind:
		return &cost.SizeEstimate{Min: 0, Max: sizeList}
	case types.StringKind:
		if p := n.Path(); len(p) > 0 && p[0] == "event.text" {
			return &cost.SizeEstimate{Min: 0, Max: sizeText}
		}
		return &cost.SizeEstimate{Min: 0, Max: sizeShort}
	}
	return nil
}

// sizeShort bounds every text but event.text; a longer one is unknown to rules.
const sizeShort = 4096

// EstimateCallCost leaves the functions of CEL to CEL and charges ours by the length of what they read.
func (sizes) EstimateCallCost(function, _ string, _ *cost.AstNode, args []cost.AstNode) *cost.CallEstimate {
	if function != "contains_word" || len(args) == 0 {
		return nil
	}
	if p := args[0].Path(); len(p) > 0 && p[0] == "event.text" {
		return &cost.CallEstimate{CostEstimate: cost.CostEstimate{Min: 1, Max: sizeText / 4}}
	}
	return &cost.CallEstimate{CostEstimate: cost.CostEstimate{Min: 1, Max: sizeShort / 4}}
}
