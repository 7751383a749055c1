package decide_test

import (
	"slices"
	"testing"
	"time"

	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/taxonomy"
)

func TestUrgent(t *testing.T) {
	const g, tr, sx = taxonomy.TypologyGrooming, taxonomy.TypologyTrafficking, taxonomy.TypologySextortion
	taken, visited := sig("D10", taxonomy.FamilyIdentity, 1.2, tr), sig("D12", taxonomy.FamilyInbound, 2.4, tr)
	silent := taken
	silent.Strength, silent.Unscanned = 0, "no sessions"
	coerced := func(hard bool, urgent float64) detect.Signal {
		s := sig("D8", taxonomy.FamilyStage, 1.5, sx)
		s.Hard, s.Figures = hard, []detect.Figure{{Name: "urgent", Observed: urgent}}
		return s
	}
	late := taken
	late.At = at.Add(-decide.Lifetime)
	teacher := &detect.Profile{ID: "a", Role: "teacher"}
	tests := []struct {
		name    string
		who     *detect.Profile
		signals []detect.Signal
		typ     taxonomy.Typology
		urgent  decide.Urgency
		want    taxonomy.Priority
		forms   []decide.Form
	}{
		{"taken and visited", nil, []detect.Signal{taken, visited}, tr, decide.TakenAndVisited, taxonomy.P0, []decide.Form{decide.Control, decide.Buyers}},
		{"a role changes nothing about it", teacher, []detect.Signal{taken, visited}, tr, decide.TakenAndVisited, taxonomy.P0, []decide.Form{decide.Control, decide.Buyers}},
		{"only visited", nil, []detect.Signal{visited}, tr, "", taxonomy.P3, []decide.Form{decide.Buyers}},
		{"taken could not be told", nil, []detect.Signal{silent, visited}, tr, "", taxonomy.P3, []decide.Form{decide.Buyers}},
		{"taken more than a lifetime ago", nil, []detect.Signal{late, visited}, tr, "", taxonomy.P3, []decide.Form{decide.Buyers}},
		{"as grooming it is nothing", nil, []detect.Signal{taken, visited}, g, "", taxonomy.PriorityNone, nil},
		{"coercion more than once", nil, []detect.Signal{coerced(true, 1)}, sx, decide.Coercion, taxonomy.P0, nil},
		{"coercion once", nil, []detect.Signal{coerced(true, 0)}, sx, "", taxonomy.P1, nil},
		{"no hard fact", nil, []detect.Signal{coerced(false, 1)}, sx, "", taxonomy.P3, nil},
		{"collecting", nil, []detect.Signal{sig("D14", taxonomy.FamilyStage, 2, tr)}, tr, "", taxonomy.P3, []decide.Form{decide.Collecting}},
		{"offering", nil, []detect.Signal{sig("D13", taxonomy.FamilyTemplate, 2, tr)}, tr, "", taxonomy.P3, []decide.Form{decide.Offering}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := decide.Default().Fuse(&decide.Standing{Signals: tt.signals}, tt.typ, tt.who, at.Add(time.Hour))
			if f.Urgent != tt.urgent || f.Priority != tt.want || !slices.Equal(f.Forms, tt.forms) || f.Guarded {
				t.Errorf("%q %v %v guarded %v, want %q %v %v", f.Urgent, f.Priority, f.Forms, f.Guarded, tt.urgent, tt.want, tt.forms)
			}
		})
	}
}
