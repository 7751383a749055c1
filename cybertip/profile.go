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
