package console

import (
	"slices"
	"strconv"
	"strings"

	"haris/cybertip"
	"haris/internal/report"
	"haris/internal/taxonomy"
)

// anchor is where on the page of a draft an item of the list of completeness is filled in.
func anchor(key string) string {
	switch key {
	case "narrative":
		return "narrative"
	case "conversation":
		return "excerpt"
	case "files", "viewed", "metadata":
		return "draft-files"
	case "trafficking":
		return "trafficking"
	case "reporter", "police_contact":
		return "company"
	case "danger", "incident_time", "incident_type", "type_reason":
		return "type"
	}
	return "people"
}

// association names an association in the catalogue.
func association(t cybertip.AssociationType) string {
	return strings.ToLower(strings.ReplaceAll(string(t), "/", "_"))
}

// numbers joins report numbers for a field.
func numbers(list []int64) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(out, ", ")
}

// fileAnnotation is a remark about a file with its word in forms and in the catalogue.
type fileAnnotation struct {
	word string
	at   func(*cybertip.FileAnnotations) *bool
}

func fileAnnotations() []fileAnnotation {
	type a = cybertip.FileAnnotations
	return []fileAnnotation{
		{"drawing", func(x *a) *bool { return &x.AnimeDrawingVirtualHentai }},
		{"meme", func(x *a) *bool { return &x.PotentialMeme }},
		{"viral", func(x *a) *bool { return &x.Viral }},
		{"self", func(x *a) *bool { return &x.PossibleSelfProduction }},
		{"harm", func(x *a) *bool { return &x.PhysicalHarm }},
		{"violence", func(x *a) *bool { return &x.ViolenceGore }},
		{"bestiality", func(x *a) *bool { return &x.Bestiality }},
		{"live", func(x *a) *bool { return &x.LiveStreaming }},
		{"infant", func(x *a) *bool { return &x.Infant }},
		{"generated", func(x *a) *bool { return &x.GenerativeAI }},
	}
}

// readYesNo reads a choice that may be left open.
func readYesNo(r *request, field string) *bool {
	s := text(r, field)
	if s == "" {
		return nil
	}
	yes := s == "yes"
	return &yes
}

// readBelongs reads what a person says of an account besides its part. What the form did not ask of it stays as it is.
func readBelongs(r *request, d *report.Draft, n string, k *report.PartyEdit) {
	if t := cybertip.AssociationType(text(r, "association."+n)); slices.Contains(report.Associations(), t) {
		k.Association = t
	}
	if _, asked := r.PostForm["of."+n]; asked {
		k.Of = ""
		if of := text(r, "of."+n); slices.ContainsFunc(d.Parties, func(p report.Party) bool { return p.Account == of }) {
			k.Of = of
		}
	}
	if _, asked := r.PostForm["vehicle."+n]; asked {
		k.Vehicle = text(r, "vehicle."+n)
	}
	k.Compromised = readYesNo(r, "compromised."+n)
	if _, asked := r.PostForm["third."+n]; asked {
		k.ThirdParty = readYesNo(r, "third."+n)
	}
}

// readTrafficking reads the elements, the parts and the traces that stand.
func readTrafficking(r *request, d *report.Draft, e *report.Edit, bad mistakes) {
	if text(r, "trafficking") == "" || e.Trafficking == nil {
		return
	}
	kinds := func(name string, all []taxonomy.ElementKind, old report.Element) report.Element {
		old.Kinds, old.Note = nil, text(r, name+"_note")
		for _, k := range all {
			if slices.Contains(r.PostForm[name], string(k)) {
				old.Kinds = append(old.Kinds, k)
			}
		}
		old.Events = readGrounds(r, d, name, bad)
		return old
	}
	t := e.Trafficking
	t.Act, t.Means, t.Purpose = kinds("act", taxonomy.Act.Kinds(), t.Act), kinds("means", taxonomy.Means.Kinds(), t.Means), kinds("purpose", taxonomy.Purpose.Kinds(), t.Purpose)
	t.Parts = map[string][]report.Part{}
	for i := range d.Parties {
		for _, part := range report.Parts() {
			if slices.Contains(r.PostForm["part."+strconv.Itoa(i)], string(part)) {
				t.Parts[d.Parties[i].Account] = append(t.Parts[d.Parties[i].Account], part)
			}
		}
	}
	e.Traces = nil
	for i := range d.Traces {
		if slices.Contains(r.PostForm["trace"], d.Traces[i].ID) {
			e.Traces = append(e.Traces, d.Traces[i].ID)
		}
	}
	e.ThirdPartyPages = readYesNo(r, "third_party_pages")
}

// readEarlier reads numbers of earlier reports with anything between them.
func readEarlier(s string) (out []int64, ok bool) {
	for _, w := range listed(s) {
		n, err := strconv.ParseInt(w, 10, 64)
		if err != nil || n <= 0 {
			return nil, false
		}
		out = append(out, n)
	}
	return out, len(out) <= 50
}

// readFileWords reads what a person says of a file, where the form asked.
func readFileWords(r *request, item string, f *report.FileEdit) {
	for _, a := range fileAnnotations() {
		*a.at(&f.Annotations) = slices.Contains(r.PostForm["file_annotation."+item], a.word)
	}
	if _, asked := r.PostForm["classification."+item]; asked {
		f.Classification = cybertip.IndustryClassification(text(r, "classification."+item))
	}
}

// remarked reports whether a remark about the whole report is chosen.
func remarked(p *reportView) bool {
	return slices.ContainsFunc(offeredAnnotations(p.Profile, p.Report.Draft.Annotations), func(o offeredAnnotation) bool { return o.on })
}

// toldOf reports whether a person has said anything of an account besides its part.
func toldOf(a *report.Party) bool {
	return a.FirstName != "" || a.LastName != "" || a.School != "" || a.Note != "" || a.Association != "" || a.Of != "" || a.Vehicle != "" || a.Compromised != nil || a.ThirdParty != nil
}
