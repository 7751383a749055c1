package report

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"haris/cybertip"
	"haris/internal/evidence"
)

// Draft is a report as a person sees it before it is sent: what only a person can say, and the facts that haris has gathered,
// of which the person chooses. Nothing that only a person can say is ever filled in for them.
type Draft struct {
	IncidentType cybertip.IncidentType      `json:"incident_type,omitempty"` // empty until a person chooses; required
	TypeReason   string                     `json:"type_reason,omitempty"`   // why it is that type; required
	Narrative    string                     `json:"narrative,omitempty"`     // who did what to whom, when, and why it is apparent; required
	Urgent       string                     `json:"urgent,omitempty"`        // why a child is in danger now; its presence escalates
	Annotations  cybertip.ReportAnnotations `json:"annotations,omitzero"`
	Extra        string                     `json:"extra,omitempty"` // anything else
	Police       Police                     `json:"police,omitzero"`
	// IncidentAt is when it happened and IncidentAtMeans which moment that is. Assemble takes the newest evidence event.
	IncidentAt      time.Time `json:"incident_at,omitzero"`
	IncidentAtMeans string    `json:"incident_at_means,omitempty"`

	Company  Company   `json:"company"` // as configured when the draft was made; the two contacts can be changed
	Parties  []Party   `json:"parties,omitempty"`
	Messages []Message `json:"messages,omitempty"` // oldest first
	Files    []File    `json:"files,omitempty"`    // sealed items of the case
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
	Agency   string `json:"agency,omitempty"`
	Number   string `json:"number,omitempty"`
	Reported *bool  `json:"reported,omitempty"` // the company has reported it to the agency; nil when nobody said
}

// Role is the part of an account in the report.
type Role string

// The roles.
const (
	RoleReported Role = "reported" // NCMEC shows it as the suspect; one a report
	RoleChild    Role = "child"
	RoleLinked   Role = "linked"   // another account of the reported person
	RoleLeftOut  Role = "left_out" // not in this report
)

// Roles lists the roles.
func Roles() []Role { return []Role{RoleReported, RoleChild, RoleLinked, RoleLeftOut} }

// Party is one account with what is known of it. FirstName, LastName, School and Note are a person's; the rest comes from events
// of the platform, and what is not known is empty.
type Party struct {
	Account   string `json:"account"`
	Role      Role   `json:"role"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	School    string `json:"school,omitempty"` // of a child
	Note      string `json:"note,omitempty"`

	ScreenName   string     `json:"screen_name,omitempty"`
	DisplayNames []string   `json:"display_names,omitempty"`
	URLs         []string   `json:"urls,omitempty"`
	Bio          string     `json:"bio,omitempty"`
	AgeBand      string     `json:"age_band,omitempty"` // of the taxonomy; never a number that nobody gave
	AgeFrom      string     `json:"age_from,omitempty"` // declared, estimated, verified
	Country      string     `json:"country,omitempty"`  // ISO 3166-1
	Region       string     `json:"region,omitempty"`   // ISO 3166-2 behind the hyphen
	CreatedAt    time.Time  `json:"created_at,omitzero"`
	Deleted      bool       `json:"deleted,omitempty"`
	Part         string     `json:"part,omitempty"` // the platform's word for the account: teacher, coach
	Emails       []Address  `json:"emails,omitempty"`
	Phones       []Address  `json:"phones,omitempty"`
	Sightings    []Sighting `json:"sightings,omitempty"` // newest first
	MoreSeen     int        `json:"more_seen,omitempty"` // sightings beyond maxSightings
	Devices      []Device   `json:"devices,omitempty"`
	Remarks      []string   `json:"remarks,omitempty"` // what has no field of its own, in English
	Measures     []Measure  `json:"measures,omitempty"`
	Prior        []int64    `json:"prior,omitempty"` // reports filed before, in the same environment
}

// Address is an email address or telephone number.
type Address struct {
	Value    string `json:"value"`
	Recovery bool   `json:"recovery,omitempty"`
}

// Sighting is an address that the account was seen at.
type Sighting struct {
	IP    string             `json:"ip"`
	Port  int                `json:"port,omitempty"`
	At    time.Time          `json:"at"`
	Event cybertip.EventName `json:"event"`
}

// Device is a device that the account was used on, by an identifier that means something outside of the platform.
type Device struct {
	Kind  string             `json:"kind"`
	Value string             `json:"value"`
	At    time.Time          `json:"at"`
	Event cybertip.EventName `json:"event"`
}

// Measure is what the platform has done about the account.
type Measure struct {
	Action string    `json:"action"`
	At     time.Time `json:"at"`
}

// Message is one line of what was said and done that can stand in the report.
type Message struct {
	evidence.Line
	Conversation string `json:"conversation,omitempty"` // empty for what happened outside of one
	Chosen       bool   `json:"chosen,omitempty"`
	Marked       bool   `json:"marked,omitempty"` // a signal of the case rests on it
}

// File is a sealed item of the case that can be uploaded with the report.
type File struct {
	Item      string                 `json:"item"` // id in the manifest
	Name      string                 `json:"name"`
	Kind      evidence.Kind          `json:"kind"`
	MediaType string                 `json:"media_type"`
	Size      int64                  `json:"size"`
	MD5       string                 `json:"md5"`
	SHA256    string                 `json:"sha256"`
	Chosen    bool                   `json:"chosen,omitempty"`
	Relevance cybertip.FileRelevance `json:"relevance,omitempty"`
	Note      string                 `json:"note,omitempty"`
	// Viewed is the record that a person was shown all of it; it comes from the log of exposures alone and cannot be edited.
	Viewed *Viewing `json:"viewed,omitempty"`
	// MetadataViewed is the like record for what the file says of itself (EXIF); nobody has viewed that without the file.
	MetadataViewed *Viewing `json:"metadata_viewed,omitempty"`
}

// Viewing records who was shown the entire contents of a file, and when.
type Viewing struct {
	Who string    `json:"who"`
	At  time.Time `json:"at"`
}

// Views is what the log of exposures knows of one item; nil means that there is no record.
type Views struct {
	Entire   *Viewing // the entire contents were shown
	Metadata *Viewing // what the file says of itself was shown
}

// Edit is everything a person may change in a draft; it replaces what was there. Accounts, messages and files that it does not
// name are left out of the report.
type Edit struct {
	IncidentType    cybertip.IncidentType
	TypeReason      string
	Narrative       string
	Urgent          string
	Annotations     cybertip.ReportAnnotations
	Extra           string
	Police          Police
	IncidentAt      time.Time
	IncidentAtMeans string
	Reporter        Contact
	Contact         Contact
	Parties         map[string]PartyEdit // by account
	Messages        []uint64             // places in the log of the chosen messages
	Files           map[string]FileEdit  // the chosen ones, by item
}

// PartyEdit is what a person may say about an account.
type PartyEdit struct {
	Role                              Role
	FirstName, LastName, School, Note string
}

// FileEdit is what a person may say about a chosen file.
type FileEdit struct {
	Relevance cybertip.FileRelevance
	Note      string
}

// Edited returns the draft after an edit. The facts stay as they are. ErrInvalid when the edit names what the draft does not have
// or a word that is none.
func (d Draft) Edited(e Edit) (Draft, error) {
	if e.IncidentType != "" && !slices.Contains(cybertip.IncidentTypes(), e.IncidentType) {
		return d, fmt.Errorf("%w: incident type %q: expected one of %q", ErrInvalid, e.IncidentType, cybertip.IncidentTypes())
	}
	d.IncidentType, d.TypeReason, d.Narrative, d.Urgent = e.IncidentType, e.TypeReason, e.Narrative, e.Urgent
	d.Annotations, d.Extra, d.Police = e.Annotations, e.Extra, e.Police
	d.IncidentAt, d.IncidentAtMeans = e.IncidentAt.UTC(), e.IncidentAtMeans
	d.Company.Reporter, d.Company.Contact = e.Reporter, e.Contact
	var err error
	if d.Parties, err = editedParties(d.Parties, e.Parties); err != nil {
		return d, err
	}
	if d.Messages, err = editedMessages(d.Messages, e.Messages); err != nil {
		return d, err
	}
	d.Files, err = editedFiles(d.Files, e.Files)
	return d, err
}

func editedParties(parties []Party, edits map[string]PartyEdit) ([]Party, error) {
	parties, edits = slices.Clone(parties), maps.Clone(edits)
	for i := range parties {
		p := &parties[i]
		e, ok := edits[p.Account]
		if !ok {
			e = PartyEdit{Role: RoleLeftOut}
		}
		if !slices.Contains(Roles(), e.Role) {
			return nil, fmt.Errorf("%w: role %q: expected one of %v", ErrInvalid, e.Role, Roles())
		}
		p.Role, p.FirstName, p.LastName, p.School, p.Note = e.Role, e.FirstName, e.LastName, e.School, e.Note
		delete(edits, p.Account)
	}
	if len(edits) > 0 {
		return nil, fmt.Errorf("%w: %d accounts that the draft does not have", ErrInvalid, len(edits))
	}
	return parties, nil
}

func editedMessages(messages []Message, chosen []uint64) ([]Message, error) {
	messages = slices.Clone(messages)
	left := map[uint64]bool{}
	for _, seq := range chosen {
		left[seq] = true
	}
	for i := range messages {
		messages[i].Chosen = left[messages[i].Seq]
	}
	for i := range messages {
		delete(left, messages[i].Seq)
	}
	if len(left) > 0 {
		return nil, fmt.Errorf("%w: %d messages that the draft does not have", ErrInvalid, len(left))
	}
	return messages, nil
}

func editedFiles(files []File, edits map[string]FileEdit) ([]File, error) {
	files, edits = slices.Clone(files), maps.Clone(edits)
	for i := range files {
		f := &files[i]
		e, ok := edits[f.Item]
		switch e.Relevance {
		case "", cybertip.RelevanceReported, cybertip.RelevanceSupplemental:
		default:
			return nil, fmt.Errorf("%w: relevance %q of a file", ErrInvalid, e.Relevance)
		}
		f.Chosen, f.Relevance, f.Note = ok, e.Relevance, e.Note
		delete(edits, f.Item)
	}
	if len(edits) > 0 {
		return nil, fmt.Errorf("%w: %d files that the draft does not have", ErrInvalid, len(edits))
	}
	return files, nil
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
