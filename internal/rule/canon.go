package rule

import (
	"fmt"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
)

// canon writes a checked expression so that two are equal exactly when they mean the same text: same names, functions and
// typed values, whatever the spacing and the spelling of names. Clauses that are equal in this form are run once.
func canon(e ast.Expr) string {
	var b strings.Builder
	writeCanon(&b, e)
	return b.String()
}

func writeCanon(b *strings.Builder, e ast.Expr) {
	switch e.Kind() {
	case ast.LiteralKind:
		v := e.AsLiteral()
		b.WriteString(v.Type().TypeName() + strconv.Quote(fmt.Sprint(v.Value())))
	case ast.IdentKind:
		b.WriteString(e.AsIdent())
	case ast.SelectKind:
		writeCanon(b, e.AsSelect().Operand())
		b.WriteString("." + e.AsSelect().FieldName())
	case ast.ListKind:
		writeAll(b, "[", e.AsList().Elements())
	case ast.CallKind:
		c := e.AsCall()
		b.WriteString(c.FunctionName())
		args := c.Args()
		if c.IsMemberFunction() {
			args = append([]ast.Expr{c.Target()}, args...)
			b.WriteByte('.')
		}
		writeAll(b, "(", args)
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		b.WriteString("loop " + c.IterVar() + " " + c.AccuVar())
		writeAll(b, "{", []ast.Expr{c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()})
	}
}

func writeAll(b *strings.Builder, open string, es []ast.Expr) {
	b.WriteString(open)
	for _, e := range es {
		writeCanon(b, e)
		b.WriteByte(';')
	}
	b.WriteByte(')')
}
