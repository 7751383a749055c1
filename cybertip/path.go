package cybertip

// SchemaPath is one element or attribute of a profile's schema by its way from the root: "/report/victim/victimPerson/phone@type".
type SchemaPath struct {
	Path      string
	Since     Profile // empty when every profile has it
	Certainty Certainty
	Note      string
}

// SchemaPaths lists every element and attribute that a document of a kind can have, in the order of the schema. No element of the
// schema contains itself, so the list is finite.
func SchemaPaths(profile Profile, kind Kind) ([]SchemaPath, error) {
	sch, err := schemaFor(profile)
	if err != nil {
		return nil, err
	}
	var out []SchemaPath
	if root := sch.root(kind.root()); root != nil {
		root.paths("/"+root.name, "", &out)
	}
	return out, nil
}

// paths adds an element and what can stand in it. since is the profile that brought what it stands in.
func (e *element) paths(path string, since Profile, out *[]SchemaPath) {
	since = max(since, e.since)
	*out = append(*out, SchemaPath{Path: path, Since: since, Certainty: e.certainty, Note: e.note})
	if e.typ == nil {
		return
	}
	for _, a := range e.typ.attrs {
		*out = append(*out, SchemaPath{Path: path + "@" + a.name, Since: since, Certainty: CertaintyRead})
	}
	for i := range e.typ.particles {
		for _, child := range e.typ.particles[i].elems {
			child.paths(path+"/"+child.name, since, out)
		}
	}
}
