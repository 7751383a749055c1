package console

import (
	"slices"

	"haris/cybertip"
)

// annotation is a remark about a report: its word in forms and in the catalogue, its element in the schema, and where it stands.
type annotation struct {
	word, element string
	at            func(*cybertip.ReportAnnotations) *bool
}

func annotations() []annotation {
	type a = cybertip.ReportAnnotations
	return []annotation{
		{"sextortion", "sextortion", func(x *a) *bool { return &x.Sextortion }},
		{"solicitation", "csamSolicitation", func(x *a) *bool { return &x.CSAMSolicitation }},
		{"minors", "minorToMinorInteraction", func(x *a) *bool { return &x.MinorToMinorInteraction }},
		{"sadistic", "sadisticOnlineExploitation", func(x *a) *bool { return &x.SadisticOnlineExploitation }},
		{"spam", "spam", func(x *a) *bool { return &x.Spam }},
		{"informational", "informational", func(x *a) *bool { return &x.Informational }},
		{"aggravating", "potentialAggravatingFactors", func(x *a) *bool { return &x.PotentialAggravatingFactors }},
		{"instrumental", "instrumentalUse", func(x *a) *bool { return &x.InstrumentalUse }},
	}
}

// offeredAnnotation is a remark that a page offers, with how sure it is that the authority's schema has it.
type offeredAnnotation struct {
	annotation
	on        bool
	certainty cybertip.Certainty
	// foreign says that the profile in use lacks it: it stands there only because somebody chose it, and can be taken out.
	foreign bool
}

// offeredAnnotations are those of the profile in use, and what is chosen already.
func offeredAnnotations(p cybertip.Profile, chosen cybertip.ReportAnnotations) (out []offeredAnnotation) {
	has := cybertip.ReportMarkers(p)
	for _, a := range annotations() {
		o := offeredAnnotation{annotation: a, on: *a.at(&chosen), foreign: true}
		if i := slices.IndexFunc(has, func(m cybertip.Marker) bool { return m.Name == a.element }); i >= 0 {
			o.certainty, o.foreign = has[i].Certainty, false
		}
		if !o.foreign || o.on {
			out = append(out, o)
		}
	}
	return out
}

// readAnnotations reads the remarks that the page has offered.
func readAnnotations(r *request, p cybertip.Profile, was cybertip.ReportAnnotations) cybertip.ReportAnnotations {
	for _, o := range offeredAnnotations(p, was) {
		*o.at(&was) = slices.Contains(r.PostForm["annotation"], o.word)
	}
	return was
}
