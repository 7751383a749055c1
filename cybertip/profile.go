package cybertip

// Profile names one version of NCMEC's schema by the month in which it was read. Later profiles only add elements.
type Profile string

// The profiles this package knows.
const (
	// Profile202506 is the schema as documented on 2025-06-11 and served in November 2025.
	Profile202506 Profile = "2025-06"
	// Profile202608 adds the elements that public clients have used since; see [Certainty].
	Profile202608 Profile = "2026-08"
)

// Profiles returns every profile, oldest first.
func Profiles() []Profile { return []Profile{Profile202506, Profile202608} }

// Known reports whether p is one of [Profiles].
func (p Profile) Known() bool { return p == Profile202506 || p == Profile202608 }

// latestProfile is the superset that decoders accept.
const latestProfile = Profile202608

// Certainty says how well an element of the schema is known.
type Certainty string

// Certainties, best first.
const (
	// CertaintyRead means the element was read in NCMEC's schema and checked against it.
	CertaintyRead Certainty = "read"
	// CertaintyHigh means two or more independent public clients agree on the element and its place.
	CertaintyHigh Certainty = "high"
	// CertaintyMedium means one public source names it.
	CertaintyMedium Certainty = "medium"
)

// Marker is an element that says yes by being there.
type Marker struct {
	Name      string    // of the element
	Note      string    // what it says, as far as that is published
	Certainty Certainty // that it exists
}

// ReportMarkers returns the annotations that a report can have in a profile, in the order of the schema; none in an unknown one.
func ReportMarkers(p Profile) (out []Marker) {
	s, err := schemaFor(p)
	if err != nil {
		return nil
	}
	e := s.root(string(KindReport))
	for _, name := range []string{"incidentSummary", "reportAnnotations"} {
		e = e.typ.find(name)
	}
	for _, part := range e.typ.particles {
		for _, m := range part.elems {
			out = append(out, Marker{Name: m.name, Note: m.note, Certainty: m.certainty})
		}
	}
	return out
}

// Kind names a sort of document.
type Kind string

// The document kinds. All but the last are also the names of root elements.
const (
	KindReport             Kind = "report"
	KindFileDetails        Kind = "fileDetails"
	KindReportResponse     Kind = "reportResponse"
	KindReportDoneResponse Kind = "reportDoneResponse"
	// KindBatchedFileDetails is a fileDetails document that belongs to a batched report: same structure, stricter rules.
	KindBatchedFileDetails Kind = "batchedFileDetails"
)

// root returns the name of the root element of a document of this kind.
func (k Kind) root() string {
	if k == KindBatchedFileDetails {
		return string(KindFileDetails)
	}
	return string(k)
}
