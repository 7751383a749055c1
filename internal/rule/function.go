package rule

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/parser"
)

// Function describes one function that conditions may call.
type Function struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Doc       string `json:"doc"`
	Example   string `json:"example"`

	option cel.EnvOption // nil for what CEL itself brings
}

// Functions lists every function that conditions may call, for documents and "haris rule list". What is not listed is refused.
func Functions() []Function {
	return append(ownFunctions(), []Function{
		{Name: "size", Signature: "size(list|map|text) → number", Doc: "how many elements or characters", Example: "size(event.media) >= 3"},
		{Name: "contains", Signature: "text.contains(text) → bool", Doc: "whether the text holds the other, exactly", Example: `event.place.contains("hotel")`},
		{Name: "startsWith", Signature: "text.startsWith(text) → bool", Doc: "whether the text starts with the other", Example: `event.region.startsWith("US-")`},
		{Name: "endsWith", Signature: "text.endsWith(text) → bool", Doc: "whether the text ends with the other", Example: `event.source.endsWith("/chat")`},
		{Name: "duration", Signature: "duration(text) → duration", Doc: "a length of time, for sums with times", Example: `event.time - event.created_at < duration("24h")`},
		{Name: "timestamp", Signature: "timestamp(text) → time", Doc: "a point in time", Example: `event.time > timestamp("2026-01-01T00:00:00Z")`},
		{Name: "exists", Signature: "list.exists(x, condition) → bool", Doc: "whether the condition holds for one element; loops do not nest", Example: `event.media.exists(m, m.kind == "image")`},
		{Name: "all", Signature: "list.all(x, condition) → bool", Doc: "whether the condition holds for every element", Example: `event.media.all(m, m.kind == "image")`},
		{Name: "exists_one", Signature: "list.exists_one(x, condition) → bool", Doc: "whether the condition holds for exactly one element", Example: `event.media.exists_one(m, m.kind == "video")`},
	}...)
}

func ownFunctions() []Function {
	str, tim, dbl := cel.StringType, cel.TimestampType, cel.DoubleType
	return []Function{
		{
			Name: "age_days", Signature: "age_days(time) → number", Doc: "days from a point in time to the event", Example: "age_days(event.created_at) < 7",
			option: cel.Macros(cel.GlobalMacro("age_days", 1, expandAgeDays)),
		},
		{
			Name: "one_of", Signature: "one_of(value, choice, …) → bool", Doc: "whether the value is one of the choices", Example: `one_of(event.reason, "grooming", "sextortion")`,
			option: cel.Macros(cel.GlobalVarArgMacro("one_of", expandOneOf)),
		},
		{
			Name: "days_between", Signature: "days_between(time, time) → number", Doc: "days from the first to the second, negative when it is earlier", Example: "days_between(event.created_at, event.time) < 1",
			option: cel.Function("days_between", cel.Overload("days_between_time_time", []*cel.Type{tim, tim}, dbl, cel.BinaryBinding(daysBetween))),
		},
		{
			Name: "hour", Signature: "hour(time) → number", Doc: "the hour in UTC, 0 to 23", Example: "hour(event.time) < 5",
			option: cel.Function("hour", cel.Overload("hour_time", []*cel.Type{tim}, dbl, cel.UnaryBinding(hour))),
		},
		{
			Name: "is_weekend", Signature: "is_weekend(time) → bool", Doc: "whether it is Saturday or Sunday in UTC", Example: "is_weekend(event.time)",
			option: cel.Function("is_weekend", cel.Overload("is_weekend_time", []*cel.Type{tim}, cel.BoolType, cel.UnaryBinding(isWeekend))),
		},
		{
			Name: "contains_word", Signature: "contains_word(text, word) → bool", Doc: "whether the text holds the whole word, whatever its case", Example: `contains_word(event.place, "station")`,
			option: cel.Function("contains_word", cel.Overload("contains_word_text_text", []*cel.Type{str, str}, cel.BoolType, cel.BinaryBinding(containsWordVal))),
		},
		{
			Name: "pair", Signature: "pair(account, account) → text", Doc: "one name for two accounts, whichever comes first: the group of what two people do together", Example: "pair(from.account, to.account)",
			option: cel.Function("pair", cel.Overload("pair_text_text", []*cel.Type{str, str}, str, cel.BinaryBinding(pairVal))),
		},
	}
}

// expandAgeDays writes age_days(x) as days_between(x, event.time): the functions themselves have no clock.
func expandAgeDays(h parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	return h.NewCall("days_between", args[0], h.NewSelect(h.NewIdent("event"), "time")), nil
}

// expandOneOf writes one_of(x, a, b) as x in [a, b].
func expandOneOf(h parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	if len(args) < 2 {
		return nil, h.NewError(0, "one_of needs a value and at least one choice")
	}
	return h.NewCall("@in", args[0], h.NewList(args[1:]...)), nil
}

func daysBetween(a, b ref.Val) ref.Val {
	return types.Double(b.(types.Timestamp).Sub(a.(types.Timestamp).Time).Hours() / 24)
}

func hour(t ref.Val) ref.Val { return types.Double(t.(types.Timestamp).UTC().Hour()) }

func isWeekend(t ref.Val) ref.Val {
	d := t.(types.Timestamp).UTC().Weekday()
	return types.Bool(d == time.Saturday || d == time.Sunday)
}

func containsWordVal(text, word ref.Val) ref.Val {
	return types.Bool(containsWord(string(text.(types.String)), string(word.(types.String))))
}

// containsWord looks for a whole word; what is neither letter, mark nor digit parts words.
func containsWord(text, word string) bool {
	for text != "" {
		start := strings.IndexFunc(text, inWord)
		if start < 0 {
			return false
		}
		text = text[start:]
		end := strings.IndexFunc(text, func(r rune) bool { return !inWord(r) })
		if end < 0 {
			end = len(text)
		}
		if strings.EqualFold(text[:end], word) {
			return true
		}
		text = text[end:]
	}
	return false
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// pairVal joins two accounts in order, with the length of the first in front so that no two
// pairs share a name.
func pairVal(a, b ref.Val) ref.Val {
	x, y := string(a.(types.String)), string(b.(types.String))
	if y < x {
		x, y = y, x
	}
	return types.String(strconv.Itoa(len(x)) + ":" + x + "\x00" + y)
}
