// Package taxonomy holds the fixed words that every part of haris shares: age bands, surfaces, relations, stages, families of
// evidence, typologies, priorities, modes and verdicts. It holds no logic beyond what a word means by itself, and no free words
// (a team's tags live with the team). Anyone may import it.
package taxonomy

// AgeBand is a coarse age; haris never takes a birth date.
type AgeBand uint8

// The age bands of the wire format, in order of age after AgeUnknown.
const (
	AgeUnknown AgeBand = iota
	AgeU13
	Age13to15
	Age16to17
	Age18to24
	Age25up
)

var ageBandNames = [...]string{"unknown", "u13", "13-15", "16-17", "18-24", "25+"}

// AgeBands lists the wire names in order.
func AgeBands() []string { return ageBandNames[:] }

// ParseAgeBand reads a wire name; ok is false for a word that is not one.
func ParseAgeBand(s string) (b AgeBand, ok bool) {
	i := index(ageBandNames[:], s)
	return AgeBand(max(i, 0)), i >= 0
}

// String returns the wire name.
func (b AgeBand) String() string { return ageBandNames[b] }

// Minor reports whether the band is known to lie under 18.
func (b AgeBand) Minor() bool { return b >= AgeU13 && b <= Age16to17 }

// Adult reports whether the band is known to lie at 18 or over.
func (b AgeBand) Adult() bool { return b >= Age18to24 }

// AdultOrUnknown reports whether the account may be an adult: detectors look at pairs from such an account to a minor.
func (b AgeBand) AdultOrUnknown() bool { return b == AgeUnknown || b.Adult() }

// Surface is where on the platform something happened.
type Surface uint8

// The surfaces of the wire format.
const (
	SurfaceUnknown Surface = iota
	SurfaceDM
	SurfaceGroup
	SurfacePublic
	SurfaceLive
	SurfaceCall
	SurfaceListing
	SurfaceComment
	SurfaceGame
)

var surfaceNames = [...]string{"", "dm", "group", "public", "live", "call", "listing", "comment", "game"}

// Surfaces lists the wire names.
func Surfaces() []string { return surfaceNames[1:] }

// ParseSurface reads a wire name; ok is false for a word that is not one.
func ParseSurface(s string) (v Surface, ok bool) {
	i := index(surfaceNames[1:], s)
	return Surface(i + 1), i >= 0
}

// String returns the wire name, empty for SurfaceUnknown.
func (s Surface) String() string { return surfaceNames[s] }

// Private reports whether only the people addressed can see the surface.
func (s Surface) Private() bool { return s == SurfaceUnknown || s == SurfaceDM || s == SurfaceCall }

// Relation is how the sender stood to the recipient when it happened, as the platform knows it.
type Relation uint8

// The relations of the wire format.
const (
	RelationUnknown Relation = iota
	RelationNone
	RelationOneWay
	RelationMutual
	RelationFamily
)

var relationNames = [...]string{"", "none", "one_way", "mutual", "family"}

// Relations lists the wire names.
func Relations() []string { return relationNames[1:] }

// ParseRelation reads a wire name; ok is false for a word that is not one.
func ParseRelation(s string) (v Relation, ok bool) {
	i := index(relationNames[1:], s)
	return Relation(i + 1), i >= 0
}

// String returns the wire name, empty for RelationUnknown.
func (r Relation) String() string { return relationNames[r] }

// Stranger reports whether the two were not known to be connected before.
func (r Relation) Stranger() bool { return r == RelationUnknown || r == RelationNone }

// Family groups detectors whose evidence is not independent; fusion takes the strongest of a family and adds over families.
type Family string

// The families of evidence.
const (
	FamilyContact  Family = "contact"
	FamilyStage    Family = "stage"
	FamilyIdentity Family = "identity"
	FamilyTemplate Family = "template"
	FamilyInbound  Family = "inbound"
	FamilyFeedback Family = "feedback"
	FamilyMedia    Family = "media"
	FamilyExternal Family = "external"
)

// Families lists every family in the order in which pages show them.
func Families() []Family {
	return []Family{FamilyContact, FamilyStage, FamilyIdentity, FamilyTemplate, FamilyInbound, FamilyFeedback, FamilyMedia, FamilyExternal}
}

// Typology is the kind of matter that a case is about. Grooming and trafficking are two things and are never merged.
type Typology string

// The typologies.
const (
	TypologyUnknown       Typology = "unknown"
	TypologyGrooming      Typology = "grooming"
	TypologyTrafficking   Typology = "trafficking"
	TypologySextortion    Typology = "sextortion"
	TypologyAbuseMaterial Typology = "abuse_material"
)

// Typologies lists every typology a case or a rule may name.
func Typologies() []Typology {
	return []Typology{TypologyUnknown, TypologyGrooming, TypologyTrafficking, TypologySextortion, TypologyAbuseMaterial}
}

// Priority says how soon a person must look: P0 minutes, P1 4 h, P2 24 h, P3 watch. The zero value is no priority at all.
type Priority uint8

// The priorities, weakest first so that a greater value is more urgent.
const (
	PriorityNone Priority = iota
	P3
	P2
	P1
	P0
)

var priorityNames = [...]string{"", "P3", "P2", "P1", "P0"}

// ParsePriority reads "P0" to "P3"; ok is false for anything else.
func ParsePriority(s string) (p Priority, ok bool) {
	i := index(priorityNames[1:], s)
	return Priority(i + 1), i >= 0
}

// String returns "P0" to "P3", empty for PriorityNone.
func (p Priority) String() string { return priorityNames[p] }

// MarshalText makes a priority readable in JSON.
func (p Priority) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText is the inverse of MarshalText; the empty text is PriorityNone.
func (p *Priority) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*p = PriorityNone
		return nil
	}
	v, ok := ParsePriority(string(b))
	if !ok {
		return &WordError{Word: string(b), Kind: "priority", Want: priorityNames[1:]}
	}
	*p = v
	return nil
}

// Mode is how far a rule or a detector may act.
type Mode string

// The modes: off does not run, shadow runs and is only recorded, enforce has effects.
const (
	ModeOff     Mode = "off"
	ModeShadow  Mode = "shadow"
	ModeEnforce Mode = "enforce"
)

// Modes lists the modes.
func Modes() []Mode { return []Mode{ModeOff, ModeShadow, ModeEnforce} }

// Verdict is the answer to a platform that waits.
type Verdict string

// The verdicts, weakest first.
const (
	VerdictAllow Verdict = "allow"
	VerdictHold  Verdict = "hold"
	VerdictBlock Verdict = "block"
)

// Verdicts lists the verdicts, weakest first.
func Verdicts() []Verdict { return []Verdict{VerdictAllow, VerdictHold, VerdictBlock} }

// Stages lists the neutral stage names of conversations in order: S1–S9 for grooming, T1–T4 for trafficking.
func Stages() []string {
	return []string{"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "T1", "T2", "T3", "T4"}
}

// WordError says that a word is not of the fixed taxonomy.
type WordError struct {
	Word, Kind string
	Want       []string
}

// Error names the word, its kind and what is allowed.
func (e *WordError) Error() string {
	msg := "unknown " + e.Kind + " " + quote(e.Word) + ": expected one of "
	for i, w := range e.Want {
		if i > 0 {
			msg += ", "
		}
		msg += w
	}
	return msg
}

func quote(s string) string { return `"` + s + `"` }

func index(names []string, s string) int {
	for i, n := range names {
		if n == s {
			return i
		}
	}
	return -1
}
