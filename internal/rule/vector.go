package rule

import "github.com/goccy/go-yaml/ast"

type vectorSpec struct{ name string }

func (r *reader) vector(n ast.Node) vectorSpec { return vectorSpec{} }
