package taxonomy

// Element is one of the three elements of trafficking in persons, in the words of the UN protocol (Palermo, 2000), article 3. For a child the
// means need not be shown.
type Element string

// The elements.
const (
	Act     Element = "act"
	Means   Element = "means"
	Purpose Element = "purpose"
)

// Elements lists the elements in their order.
func Elements() []Element { return []Element{Act, Means, Purpose} }

// ElementKind is a form of an element.
type ElementKind string

// Kinds lists the forms of an element in the words of the protocol, and of 18 U.S.C. 1591 where they add to it.
func (e Element) Kinds() []ElementKind {
	switch e {
	case Act:
		return []ElementKind{"recruit", "transport", "transfer", "harbour", "receive", "entice", "provide", "obtain", "advertise", "maintain", "patronize", "solicit"}
	case Means:
		return []ElementKind{"threat", "force", "coercion", "fraud", "deception", "abuse_of_vulnerability", "payment"}
	case Purpose:
		return []ElementKind{"commercial_sex_act", "sexual_exploitation", "forced_labour", "other_exploitation"}
	}
	return nil
}
