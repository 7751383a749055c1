package cybertip

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteSchemaDoc writes a profile's tables and the business rules as Markdown for people.
func WriteSchemaDoc(w io.Writer, profile Profile) error {
	sch, err := schemaFor(profile)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# Documents of the CyberTipline Reporting API, profile %s\n\n", profile)
	fmt.Fprint(out, "Written from the tables of package cybertip by `WriteSchemaDoc`; do not edit. Elements stand in this order unless it says otherwise.\n"+
		"How often: `1` once, `?` at most once, `+` at least once, `*` any number.\n")
	for _, t := range sch.types {
		t.document(out)
	}
	fmt.Fprint(out, "\n## Lists of values\n\n| list | values |\n|---|---|\n")
	for _, s := range sch.enumerations() {
		fmt.Fprintf(out, "| %s | %s |\n", s.name, "`"+strings.Join(s.enum, "` `")+"`")
	}
	fmt.Fprint(out, "\n## Rules beyond the schema\n\n| rule | severity | says |\n|---|---|---|\n")
	for _, r := range Rules() {
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", r.ID, r.Severity, r.Says)
	}
	return out.Flush()
}

func (t *complexType) document(out *bufio.Writer) {
	fmt.Fprintf(out, "\n## %s\n\n", t.name)
	switch t.content {
	case contentSimple:
		fmt.Fprintf(out, "Text: %s%s.\n\n", t.simple.describe(), t.limit.describe())
	case contentEmpty:
		fmt.Fprint(out, "Always empty.\n\n")
	case contentAll:
		fmt.Fprint(out, "In any order.\n\n")
	}
	fmt.Fprint(out, "| name | how often | content | certainty | remark |\n|---|---|---|---|---|\n")
	for _, a := range t.attrs {
		often := "?"
		if a.required {
			often = "1"
		}
		fmt.Fprintf(out, "| `@%s` | %s | %s%s | %s | |\n", a.name, often, a.simple.describe(), a.limit.describe(), CertaintyRead)
	}
	for i := range t.particles {
		p := &t.particles[i]
		for _, e := range p.elems {
			fmt.Fprintf(out, "| `%s` | %s | %s | %s | %s |\n", e.name, p.often(), e.describe(), e.certainty, e.note)
		}
	}
}

func (p *particle) often() string {
	s := map[[2]bool]string{{true, false}: "1", {false, false}: "?", {true, true}: "+", {false, true}: "*"}[[2]bool{p.min > 0, p.max < 0}]
	if len(p.elems) > 1 {
		s += " of these"
	}
	return s
}

func (e *element) describe() string {
	switch {
	case e.typ != nil:
		return "[" + e.typ.name + "](#" + strings.ToLower(e.typ.name) + ")"
	case e.fixedTrue:
		return "true by being there"
	default:
		return e.simple.describe() + e.limit.describe()
	}
}

func (s *simpleType) describe() string {
	if s.name != "" {
		return "one of the list " + s.name
	}
	return s.base.String()
}

func (l limit) describe() string {
	s := ""
	if l.max > 0 {
		s = fmt.Sprintf(" ≤ %d characters", l.max)
	}
	if word := [...]string{
		"", "URL", "email address", "IP address", "in the past", "in the past", "0 to 150", "1 to 65535", "not blank", "+ and 1 to 3 digits",
		"digits", "positive", "-90 to 90", "-180 to 180",
	}[l.check]; word != "" {
		s += ", " + word
	}
	return s
}
