package decide

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"haris/internal/remark"
	"haris/internal/taxonomy"
)

// Rewrite sets the budget (0 takes it away) and the detectors that do not count in full in a file of weights. Everything else stays as it is
// written, comments too, but for those within the two parts. The error is a Fault when the text is no mapping that can be changed line by line.
func Rewrite(text string, budget float64, detectors map[string]Setting) (string, error) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if strings.TrimSpace(text) == "" {
		lines = nil
	}
	keys, err := topKeys(text)
	if err != nil {
		return "", err
	}
	gone := map[int]bool{}
	for i, k := range keys {
		if k.name != "budget" && k.name != "detectors" {
			continue
		}
		end := len(lines)
		if i+1 < len(keys) {
			end = keys[i+1].line - 1
		}
		for end > k.line && plainLine(lines[end-1]) { // what stands above the next key belongs to it
			end--
		}
		for n := k.line - 1; n < end; n++ {
			gone[n] = true
		}
	}
	var out []string
	for n, l := range lines {
		if !gone[n] {
			out = append(out, l)
		}
	}
	if budget > 0 {
		out = append(out, "budget: "+plainNumber(budget))
	}
	if rows := settingRows(detectors); len(rows) > 0 {
		out = append(append(out, "detectors:"), rows...)
	}
	if len(out) == 0 {
		return "", nil
	}
	return strings.Join(out, "\n") + "\n", nil
}

// plainLine reports whether a line is empty or a comment at the margin.
func plainLine(l string) bool { return strings.TrimSpace(l) == "" || strings.HasPrefix(l, "#") }

func plainNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// settingRows writes what is not in full, in the order of the names.
func settingRows(detectors map[string]Setting) (out []string) {
	for _, name := range slices.Sorted(maps.Keys(detectors)) {
		var parts []string
		if s := detectors[name]; s.Mode == taxonomy.ModeShadow {
			parts = append(parts, "mode: shadow")
		}
		if s := detectors[name]; s.Weight != 1 {
			parts = append(parts, "weight: "+plainNumber(s.Weight))
		}
		if len(parts) > 0 {
			out = append(out, "  "+name+": {"+strings.Join(parts, ", ")+"}")
		}
	}
	return out
}

type topKey struct {
	name string
	line int
}

// topKeys lists the keys of the file in order; each stands on a line of its own.
func topKeys(text string) (out []topKey, err error) {
	f, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		return nil, notYAML(err)
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		return nil, nil
	}
	var list []*ast.MappingValueNode
	switch m := f.Docs[0].Body.(type) {
	case *ast.MappingNode:
		if m.IsFlowStyle {
			return nil, &Fault{1, 1, remark.Of("the file is written in braces: write one key a line")}
		}
		list = m.Values
	case *ast.MappingValueNode:
		list = []*ast.MappingValueNode{m}
	case *ast.CommentGroupNode, *ast.NullNode:
	default:
		return nil, &Fault{1, 1, remark.Of("expected keys such as budget, found {found}", "found", m.Type())}
	}
	for _, v := range list {
		out = append(out, topKey{v.Key.GetToken().Value, v.Key.GetToken().Position.Line})
	}
	return out, nil
}
