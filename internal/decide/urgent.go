package decide

import (
	"slices"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Urgency is why somebody must look within minutes.
type Urgency string

// The urgencies. A meeting that is about to happen needs text, and has none yet.
const (
	TakenAndVisited Urgency = "taken_and_visited" // a young account has passed into other hands (D10) and strangers turn to it (D12)
	Coercion        Urgency = "coercion"          // money from a young account within an hour of media that went both ways, more than once (D8)
)

// urgency looks for what cannot wait among the signals that take part in one fusion.
func urgency(signals []detect.Signal) Urgency {
	switch {
	case spoke(signals, "D10") && spoke(signals, "D12"):
		return TakenAndVisited
	case slices.ContainsFunc(signals, coerces):
		return Coercion
	}
	return ""
}

func spoke(signals []detect.Signal, name string) bool {
	return slices.ContainsFunc(signals, func(s detect.Signal) bool { return s.Detector == name && s.Strength > 0 && s.Unscanned == "" })
}

func coerces(s detect.Signal) bool {
	u, _ := s.Figure("urgent")
	return s.Detector == "D8" && s.Hard && u.Observed > 0
}

// Form is what of trafficking the evidence speaks of. Recruitment shows as grooming with no text.
type Form string

// The forms.
const (
	Control    Form = "control"    // somebody else is behind young accounts
	Buyers     Form = "buyers"     // unrelated adults come and go
	Collecting Form = "collecting" // money of young accounts goes to one
	Offering   Form = "offering"   // several accounts, or one in several places, are advertised together
)

// forms lists what of trafficking the signals speak of, in this order.
func forms(typ taxonomy.Typology, signals []detect.Signal) (out []Form) {
	if typ != taxonomy.TypologyTrafficking {
		return nil
	}
	for _, f := range []struct {
		form Form
		by   []string
	}{{Control, []string{"D10", "D11"}}, {Buyers, []string{"D12", "D19"}}, {Collecting, []string{"D14"}}, {Offering, []string{"D13"}}} {
		if slices.ContainsFunc(f.by, func(name string) bool { return spoke(signals, name) }) {
			out = append(out, f.form)
		}
	}
	return out
}
