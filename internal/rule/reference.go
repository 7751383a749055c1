package rule

import (
	"slices"
	"strings"

	"haris/internal/event"
)

// Name describes one name that conditions may use, for references.
type Name struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`             // text, number, bool, time, list, objects, map
	Values  []string `json:"values,omitempty"` // the only ones it can have
	On      []string `json:"on,omitempty"`     // types of event that can have it; empty: all
	Fields  []string `json:"fields,omitempty"` // of the objects of a list
	Private bool     `json:"private,omitempty"`
}

// Names lists every name that conditions may use, as the checker knows them: event.*, from.*, to.*, labels, family.*, signal.*, and the counters
// of s, which may be nil.
func Names(s *Set) []Name {
	vars := vocabulary(Options{}.detectors())
	if s != nil {
		vars = s.dict.vars
	}
	out := make([]Name, 0, len(vars))
	for i := range vars {
		v := &vars[i]
		w := Name{Name: v.name, Type: typeName(v.kind), Values: v.words, Fields: v.fields, Private: v.private}
		if v.at != nil {
			w.On = typesWith(strings.TrimPrefix(v.name, "event."))
		}
		if v.name == "event.type" {
			w.Values = nil // the list of event types, which a rule names in "on"
		}
		out = append(out, w)
	}
	return out
}

func typeName(k kind) string {
	switch k {
	case kindNumber:
		return "number"
	case kindBool:
		return "bool"
	case kindTime:
		return "time"
	case kindTexts:
		return "list"
	case kindObjects:
		return "objects"
	case kindTextMap, kindNumberMap:
		return "map"
	}
	return "text"
}

// Part is a part of a pack with the keys that may stand in it.
type Part struct {
	Name string   `json:"name"`
	Keys []string `json:"keys"`
}

// Parts lists the parts of a pack, as the reader knows them.
func Parts() []Part {
	return []Part{
		{"pack", packKeys()},
		{"counter", counterKeys()},
		{"cancel", cancelKeys()},
		{"rule", ruleKeys()},
		{"effects", effectKeys()},
		{"friction", frictionKeys()},
		{"quota", quotaKeys()},
		{"test", testKeys()},
		{"given", givenKeys()},
	}
}

// EventTypes lists the types of event with the fields that each can have.
func EventTypes() []Part {
	var out []Part
	for _, t := range event.Types() {
		out = append(out, Part{string(t), slices.Clone(fieldsOf(t))})
	}
	return out
}

func packKeys() []string { return words("name version description counters rules") }

func counterKeys() []string { return words("name on when count distinct over group cancel") }

func cancelKeys() []string { return words("on when group distinct") }

func ruleKeys() []string { return words("id title mode on when why in about effects quota tests") }

func frictionKeys() []string { return words("action minutes on") }

func quotaKeys() []string { return words("max per then") }

func testKeys() []string { return words("name given fires why effects") }

func givenKeys() []string { return words("accounts events signals families labels counters") }
