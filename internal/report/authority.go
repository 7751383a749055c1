package report

import (
	"fmt"
	"strings"
	"time"

	"filippo.io/age"

	"haris/cybertip"
	"haris/internal/evidence"
	"haris/internal/report/neutral"
)

// Authority is who takes reports. Each reads the same draft in a form of its own, under the same guards: a person has confirmed the case,
// nothing that is required is missing, and a second person has approved where the policy asks for one. NCMEC gets it by its API, which
// Submit and Filer do; any Other gets it from a person's hand, which Courier does.
type Authority interface {
	// Name is how pages, paper and the log of disclosures call it.
	Name() string
	// Write writes what the authority reads of a report, and says what it would find wrong; what cannot be written is a finding too.
	Write(r *Report, c Completeness, now time.Time) (Documents, []cybertip.Finding)
}

const ncmecName = "NCMEC CyberTipline"

// NCMEC is the CyberTipline, in a version of its schema.
type NCMEC struct{ Profile cybertip.Profile }

// Other is an authority that takes no report by an API: a hotline, a national police force.
type Other struct {
	Title string // its name
	// Recipient is the age public key to which everything for it is encrypted; empty for none.
	Recipient string
	Contents  Contents
}

var _, _ Authority = NCMEC{}, Other{}

// Name implements Authority.
func (n NCMEC) Name() string { return ncmecName }

// Write implements Authority.
func (n NCMEC) Write(r *Report, _ Completeness, now time.Time) (Documents, []cybertip.Finding) {
	return Check(r.Draft, n.Profile, now)
}

// Name implements Authority.
func (o Other) Name() string { return o.Title }

// Write implements Authority. The same report gives the same bytes.
func (o Other) Write(r *Report, c Completeness, _ time.Time) (Documents, []cybertip.Finding) {
	f := former{r: r, d: &r.Draft, contents: o.Contents, complete: c}
	form := f.report()
	b, err := neutral.Encode(&form)
	if err != nil {
		return Documents{}, []cybertip.Finding{{Severity: cybertip.SeveritySchema, Rule: "cannot-be-written", Path: "/", Message: err.Error()}}
	}
	return Documents{JSON: b}, nil
}

// ParseOther reads an authority as the configuration has it: a name, or a name and an age public key in angle brackets.
func ParseOther(s string) (o Other, ok bool) {
	name, key, keyed := strings.Cut(s, "<")
	o.Title = strings.TrimSpace(name)
	if keyed {
		if key, ok = strings.CutSuffix(strings.TrimSpace(key), ">"); !ok {
			return Other{}, false
		}
		if _, err := age.ParseX25519Recipient(key); err != nil {
			return Other{}, false
		}
		o.Recipient = key
	}
	return o, o.Title != "" && len(o.Title) <= 200 && !strings.ContainsAny(o.Title, "<>\n\r\t,")
}

// Contents says which contents may go to other authorities. Whatever it says, the report names every file with its digests.
type Contents string

// The policies. The law of the United States lets a provider give pictures of abuse to NCMEC and to law enforcement under legal process
// only, so that nothing but transcripts is the default.
const (
	ContentsNone        Contents = "none"
	ContentsTranscripts Contents = "transcripts"
	ContentsAll         Contents = "all"
)

// AllContents lists the policies.
func AllContents() []Contents { return []Contents{ContentsNone, ContentsTranscripts, ContentsAll} }

func (c Contents) allow(k evidence.Kind) bool {
	return c == ContentsAll || c == ContentsTranscripts && k == evidence.KindTranscript
}

// why says why contents are not in a package.
func (c Contents) why() string {
	if c == ContentsTranscripts {
		return "the service hands over the contents of transcripts only"
	}
	return "the service hands over no contents of files"
}

// other finds an authority by its name.
func other(list []Other, name string) (Other, error) {
	var names []string
	for _, o := range list {
		if strings.EqualFold(o.Title, strings.TrimSpace(name)) {
			return o, nil
		}
		names = append(names, o.Title)
	}
	if len(names) == 0 {
		return Other{}, fmt.Errorf("%w: the configuration names no authority: add it to handover.authorities", ErrAuthority)
	}
	return Other{}, fmt.Errorf("%w: %q: the configuration names %s", ErrAuthority, name, strings.Join(names, ", "))
}
