package audit

import (
	"slices"
	"strings"
	"time"
)

// Kind tells the two kinds of acts apart.
type Kind string

// The kinds of acts. Empty is both.
const (
	Read Kind = "reads" // somebody looked at something or took it away, and changed nothing
	Deed Kind = "deeds" // everything else
)

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{Read, Deed} }

// Filter narrows List; empty fields do not narrow.
type Filter struct {
	Who, Act, Object string
	Kind             Kind      // what else than Read and Deed finds nothing
	From, Until      time.Time // At is From or later, and before Until
}

// Shape names the fields that narrow, and none of their values: "who days". Empty when nothing does.
func (f *Filter) Shape() string {
	var out []string
	for _, p := range []struct {
		name string
		set  bool
	}{
		{"who", f.Who != ""}, {"act", f.Act != ""}, {"object", f.Object != ""}, {"kind", f.Kind != ""}, {"days", !f.From.IsZero() || !f.Until.IsZero()},
	} {
		if p.set {
			out = append(out, p.name)
		}
	}
	return strings.Join(out, " ")
}

// KindOf says of which kind an act is.
func KindOf(act string) Kind {
	if _, is := slices.BinarySearch(reads(), act); is {
		return Read
	}
	return Deed
}

// reads are the acts that only look or take away, sorted.
func reads() []string {
	return []string{
		"access.exported", "access.listed", "access.read", "audit.exported", "audit.read", "bank.exported", "bank.seen", "case.viewed", "disclosure.listed", "evidence.certificate_taken", "evidence.exported", "evidence.opened",
		"exposure.begun", "exposure.contents", "exposure.declared", "exposure.ended", "exposure.metadata", "exposure.preview", "exposure.refused", "legal.listed",
		"legal.viewed", "privacy.exported", "report.compared", "report.listed", "report.offered", "report.previewed", "report.printed", "report.viewed", "search.made", "second_look.viewed",
	}
}
