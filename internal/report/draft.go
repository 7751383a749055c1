package report

import (
	"time"

	"haris/cybertip"
	"haris/internal/evidence"
	"haris/internal/taxonomy"
)

// Draft is a report as a person sees it before it is sent: what only a person can say, and the facts that haris has gathered,
// of which the person chooses. Nothing that only a person can say is ever filled in for them.
type Draft struct {
	IncidentType cybertip.IncidentType `json:"incident_type,omitempty"` // empty until a person chooses; required
	TypeReason   string                `json:"type_reason,omitempty"`   // why it is that type; required
	Narrative    string                `json:"narrative,omitempty"`     // who did what to whom, when, and why it is apparent; required
	Urgent       string                `json:"urgent,omitempty"`        // why a child is in danger now; its presence escalates
	// NoDanger is a person's word that nothing shows a child in danger now. It stands in no document.
	NoDanger    bool                       `json:"no_danger,omitempty"`
	Annotations cybertip.ReportAnnotations `json:"annotations,omitzero"`
	Extra       string                     `json:"extra,omitempty"` // anything else
	Police      Police                     `json:"police,omitzero"`
	// IncidentAt is when it happened and IncidentAtMeans which moment that is. Assemble takes the newest evidence event.
	IncidentAt      time.Time `json:"incident_at,omitzero"`
	IncidentAtMeans string    `json:"incident_at_means,omitempty"`

	// EarlierReports are numbers of reports about the matter that were filed elsewhere, as the person typed them.
	EarlierReports []int64 `json:"earlier_reports,omitempty"`
	// ThirdPartyPages says that another company hosts the pages that were published; nil when nobody said.
	ThirdPartyPages *bool `json:"third_party_pages,omitempty"`
	// Trafficking is what a person finds about trafficking. It is there when the case is about trafficking or the person says that
	// the report is; a report about anything else has none.
	Trafficking *Trafficking `json:"trafficking,omitempty"`

	// Typology is what the case was found to be when the draft was made. It fills in nothing.
	Typology taxonomy.Typology `json:"typology,omitempty"`
	Company  Company           `json:"company"` // as configured when the draft was made; the two contacts can be changed
	Parties  []Party           `json:"parties,omitempty"`
	Messages []Message         `json:"messages,omitempty"` // oldest first
	Files    []File            `json:"files,omitempty"`    // sealed items of the case
	Traces   []Trace           `json:"traces,omitempty"`   // what can bear on trafficking; it stands in no other report
	Left     []Left            `json:"left,omitempty"`     // what is held and neither in the draft nor in a sealed transcript
	// MoreParties, MoreMessages and MoreTraces count what the case has beyond the bounds of a draft.
	MoreParties  int `json:"more_parties,omitempty"`
	MoreMessages int `json:"more_messages,omitempty"`
	MoreTraces   int `json:"more_traces,omitempty"`
}

// Left is what of a conversation was too much to gather. The report says so.
type Left struct {
	Conversation string    `json:"conversation,omitempty"` // empty for whole conversations beyond the bound
	Count        int       `json:"count"`                  // events of the conversation, or conversations
	First        time.Time `json:"first,omitzero"`
	Last         time.Time `json:"last,omitzero"`
}

// Company is the service that reports.
type Company struct {
	Platform string  `json:"platform,omitempty"` // full name of the application, at most 256 characters
	Service  string  `json:"service,omitempty"`  // the company's service that accounts belong to, at most 100 characters
	Reporter Contact `json:"reporter,omitzero"`  // who reports; an email address is required
	Contact  Contact `json:"contact,omitzero"`   // whom law enforcement should call
	Template string  `json:"template,omitempty"` // standing text: address, how to serve process, retention
	Terms    string  `json:"terms,omitempty"`
	LegalURL string  `json:"legal_url,omitempty"`
	// Classifies says that the company has signed the agreement on industry classification; without it none is written.
	Classifies bool `json:"classifies,omitempty"`
}

// Contact is a person of the company.
type Contact struct {
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Email     string `json:"email,omitempty"`
	Phone     string `json:"phone,omitempty"`
}

// Police says which agency knows of the matter already.
type Police struct {
	Agency   string  `json:"agency,omitempty"`
	Number   string  `json:"number,omitempty"`
	Reported *bool   `json:"reported,omitempty"` // the company has reported it to the agency; nil when nobody said
	Officer  Contact `json:"officer,omitzero"`
	// ServedDomestic and ServedForeign say that the company was served legal process, from where is Country; nil when nobody said.
	ServedDomestic *bool  `json:"served_domestic,omitempty"`
	ServedForeign  *bool  `json:"served_foreign,omitempty"`
	Country        string `json:"country,omitempty"` // ISO 3166-1
}

// Message is one line of what was said and done that can stand in the report.
type Message struct {
	evidence.Line
	Conversation string `json:"conversation,omitempty"` // empty for what happened outside of one
	Chosen       bool   `json:"chosen,omitempty"`
	Marked       bool   `json:"marked,omitempty"` // a signal of the case rests on it
}

// with returns the parties that have the role.
func (d *Draft) with(r Role) (out []Party) {
	for _, p := range d.Parties {
		if p.Role == r {
			out = append(out, p)
		}
	}
	return out
}

// chosenMessages returns the messages that stand in the report.
func (d *Draft) chosenMessages() (out []Message) {
	for _, m := range d.Messages {
		if m.Chosen {
			out = append(out, m)
		}
	}
	return out
}

// chosenFiles returns the files that go with the report.
func (d *Draft) chosenFiles() (out []File) {
	for _, f := range d.Files {
		if f.Chosen {
			out = append(out, f)
		}
	}
	return out
}
