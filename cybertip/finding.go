package cybertip

import (
	"fmt"
	"strconv"
	"strings"
)

// Severity says what a finding means for the document.
type Severity string

// The severities.
const (
	// SeveritySchema: NCMEC's schema rejects the document.
	SeveritySchema Severity = "schema"
	// SeverityRule: the schema accepts the document, a rule of NCMEC's documentation does not.
	SeverityRule Severity = "rule"
	// SeverityAdvice: the document may be sent; something in it is likely to help nobody.
	SeverityAdvice Severity = "advice"
)

// Finding is one thing wrong with, or missing from, a document.
type Finding struct {
	Severity Severity `json:"severity"`
	// Rule is stable: the identifier of the XML Schema constraint as Xerces prints it (cvc-…), the name of a rule of this package (see
	// [Rules]), or one of the Rule… constants for documents that are not XML.
	Rule string `json:"rule"`
	// Line and Column count from 1; a column counts characters. They stand just after the tag in question, as NCMEC's server reports them.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Path leads to the element, for example /report/victim[2]/victimPerson; an attribute ends it as /@name.
	Path string `json:"path"`
	// Element is the name of the element at fault.
	Element string `json:"element"`
	// Message says in plain words what is wrong, Fix what to do.
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
	// Detail is a schema error worded as NCMEC's server words it; empty for rules and advice.
	Detail string `json:"detail,omitempty"`
}

// String returns the finding on one line.
func (f Finding) String() string {
	return fmt.Sprintf("%d:%d %s [%s %s] %s", f.Line, f.Column, f.Path, f.Severity, f.Rule, f.Message)
}

// Blocking returns the findings for which NCMEC would refuse the document: everything but advice.
func Blocking(findings []Finding) []Finding {
	var out []Finding
	for _, f := range findings {
		if f.Severity != SeverityAdvice {
			out = append(out, f)
		}
	}
	return out
}

// maxFindings bounds the answer to a document that is wrong everywhere.
const maxFindings = 500

// collector gathers findings about one tree.
type collector struct {
	tree     *xmlTree
	findings []Finding
}

func (c *collector) full() bool { return len(c.findings) >= maxFindings }

// add completes a finding with its place. The attribute name may be empty.
func (c *collector) add(i int32, off int32, attr string, f Finding) {
	if c.full() {
		return
	}
	f.Line, f.Column = c.tree.position(int(off))
	f.Element = c.tree.nodes[i].name
	f.Path = c.tree.path(i)
	if attr != "" {
		f.Path += "/@" + attr
	}
	c.findings = append(c.findings, f)
}

// path returns where a node stands; an index is written only where a sibling has the same name.
func (t *xmlTree) path(i int32) string {
	var parts []string
	for ; i >= 0; i = t.nodes[i].parent {
		n := &t.nodes[i]
		part := n.name
		if n.parent >= 0 {
			place, total := 0, 0
			for s := t.nodes[n.parent].first; s >= 0; s = t.nodes[s].next {
				if t.nodes[s].name == n.name {
					total++
					if s == i {
						place = total
					}
				}
			}
			if total > 1 {
				part += "[" + strconv.Itoa(place) + "]"
			}
		}
		parts = append(parts, part)
	}
	var b strings.Builder
	for k := len(parts) - 1; k >= 0; k-- {
		b.WriteByte('/')
		b.WriteString(parts[k])
	}
	return b.String()
}
