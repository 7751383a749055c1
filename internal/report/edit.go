package report

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"haris/cybertip"
)

// Edit is everything a person may change in a draft; it replaces what was there. Accounts, messages and files that it does not
// name are left out of the report.
type Edit struct {
	IncidentType    cybertip.IncidentType
	TypeReason      string
	Narrative       string
	Urgent          string
	NoDanger        bool
	Annotations     cybertip.ReportAnnotations
	Extra           string
	Police          Police
	IncidentAt      time.Time
	IncidentAtMeans string
	EarlierReports  []int64 // at most maxEarlier
	ThirdPartyPages *bool
	Trafficking     *Trafficking // nil: the report is not about trafficking
	Reporter        Contact
	Contact         Contact
	Parties         map[string]PartyEdit // by account
	Messages        []uint64             // places in the log of the chosen messages
	Files           map[string]FileEdit  // the chosen ones, by item
	Traces          []string             // ids of those that stand
}

// PartyEdit is what a person may say about an account.
type PartyEdit struct {
	Role                              Role
	FirstName, LastName, School, Note string
	Vehicle                           string
	Association                       cybertip.AssociationType // of a linked account; empty means Linked
	Of                                string
	Compromised, ThirdParty           *bool
}

// FileEdit is what a person may say about a chosen file.
type FileEdit struct {
	Relevance      cybertip.FileRelevance
	Note           string
	Annotations    cybertip.FileAnnotations
	Classification cybertip.IndustryClassification
}

// Edited returns the draft after an edit. The facts stay as they are. ErrInvalid when the edit names what the draft does not have
// or a word that is none.
func (d Draft) Edited(e Edit) (Draft, error) {
	if e.IncidentType != "" && !slices.Contains(cybertip.IncidentTypes(), e.IncidentType) {
		return d, fmt.Errorf("%w: incident type %q: expected one of %q", ErrInvalid, e.IncidentType, cybertip.IncidentTypes())
	}
	d.IncidentType, d.TypeReason, d.Narrative, d.Urgent = e.IncidentType, e.TypeReason, e.Narrative, e.Urgent
	d.Annotations, d.Extra, d.Police, d.NoDanger = e.Annotations, e.Extra, e.Police, e.NoDanger
	if d.NoDanger && d.Urgent != "" {
		return d, fmt.Errorf("%w: a reason why a child is in danger now, and the word that nothing shows it: expected one of them", ErrInvalid)
	}
	d.IncidentAt, d.IncidentAtMeans = e.IncidentAt.UTC(), e.IncidentAtMeans
	d.Company.Reporter, d.Company.Contact = e.Reporter, e.Contact
	var err error
	if d.Parties, err = editedParties(d.Parties, e.Parties); err != nil {
		return d, err
	}
	if d.Messages, err = editedMessages(d.Messages, e.Messages); err != nil {
		return d, err
	}
	if d.Files, err = editedFiles(d.Files, e.Files); err != nil {
		return d, err
	}
	if d.Traces, err = editedTraces(d.Traces, e.Traces); err != nil {
		return d, err
	}
	if d.Trafficking, err = d.editedTrafficking(e); err != nil {
		return d, err
	}
	d.ThirdPartyPages = e.ThirdPartyPages
	d.EarlierReports, err = editedEarlier(e.EarlierReports)
	return d, err
}

// Edit returns the edit that changes nothing, for a page or a command to go on from.
func (d *Draft) Edit() Edit {
	e := Edit{
		IncidentType: d.IncidentType, TypeReason: d.TypeReason, Narrative: d.Narrative, Urgent: d.Urgent, Annotations: d.Annotations,
		NoDanger: d.NoDanger, Extra: d.Extra, Police: d.Police, IncidentAt: d.IncidentAt, IncidentAtMeans: d.IncidentAtMeans,
		EarlierReports: slices.Clone(d.EarlierReports), ThirdPartyPages: d.ThirdPartyPages, Trafficking: d.Trafficking.clone(),
		Reporter: d.Company.Reporter, Contact: d.Company.Contact, Parties: map[string]PartyEdit{}, Files: map[string]FileEdit{},
	}
	for i := range d.Parties {
		e.Parties[d.Parties[i].Account] = d.Parties[i].edit()
	}
	for i := range d.Messages {
		if d.Messages[i].Chosen {
			e.Messages = append(e.Messages, d.Messages[i].Seq)
		}
	}
	for i := range d.Files {
		if d.Files[i].Chosen {
			e.Files[d.Files[i].Item] = d.Files[i].edit()
		}
	}
	for i := range d.Traces {
		if d.Traces[i].Stands {
			e.Traces = append(e.Traces, d.Traces[i].ID)
		}
	}
	return e
}

func (p *Party) edit() PartyEdit {
	return PartyEdit{
		Role: p.Role, FirstName: p.FirstName, LastName: p.LastName, School: p.School, Note: p.Note, Vehicle: p.Vehicle,
		Association: p.Association, Of: p.Of, Compromised: p.Compromised, ThirdParty: p.ThirdParty,
	}
}

func (f *File) edit() FileEdit {
	return FileEdit{Relevance: f.Relevance, Note: f.Note, Annotations: f.Annotations, Classification: f.Classification}
}

// maxEarlier bounds the numbers of reports that a person types.
const maxEarlier = 50

func editedEarlier(list []int64) ([]int64, error) {
	var out []int64
	for _, n := range list {
		if n <= 0 {
			return nil, fmt.Errorf("%w: number %d of an earlier report: expected a number above 0", ErrInvalid, n)
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if len(out) > maxEarlier {
		return nil, fmt.Errorf("%w: %d earlier reports: expected at most %d", ErrInvalid, len(out), maxEarlier)
	}
	return out, nil
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
		if err := e.check(p.Account, parties); err != nil {
			return nil, err
		}
		p.Role, p.FirstName, p.LastName, p.School, p.Note, p.Vehicle = e.Role, e.FirstName, e.LastName, e.School, e.Note, e.Vehicle
		p.Association, p.Of, p.Compromised, p.ThirdParty = e.Association, e.Of, e.Compromised, e.ThirdParty
		if p.Role == RoleLinked && p.Association == "" {
			p.Association = cybertip.AssociationLinked
		}
		delete(edits, p.Account)
	}
	if len(edits) > 0 {
		return nil, fmt.Errorf("%w: %d accounts that the draft does not have", ErrInvalid, len(edits))
	}
	return parties, nil
}

// Associations lists the ways in which an account can belong to another.
func Associations() []cybertip.AssociationType {
	return []cybertip.AssociationType{
		cybertip.AssociationLinked, cybertip.AssociationBusiness, cybertip.AssociationCreator, cybertip.AssociationParent,
		cybertip.AssociationBilling, cybertip.AssociationOther,
	}
}

// check refuses an association of none, and an account that belongs to one that the draft does not have or to itself.
func (e *PartyEdit) check(account string, parties []Party) error {
	if e.Association != "" && !slices.Contains(Associations(), e.Association) {
		return fmt.Errorf("%w: association %q: expected one of %q", ErrInvalid, e.Association, Associations())
	}
	if e.Of != "" && (e.Of == account || !slices.ContainsFunc(parties, func(p Party) bool { return p.Account == e.Of })) {
		return fmt.Errorf("%w: account that a linked account belongs to: expected another account of the draft", ErrInvalid)
	}
	return nil
}

func editedMessages(messages []Message, chosen []uint64) ([]Message, error) {
	messages = slices.Clone(messages)
	if n := choose(messages, chosen, func(m *Message) (uint64, *bool) { return m.Seq, &m.Chosen }); n > 0 {
		return nil, fmt.Errorf("%w: %d messages that the draft does not have", ErrInvalid, n)
	}
	return messages, nil
}

// choose marks what is in want and nothing else, and returns how many keys of want the list does not have. at gives the key of an
// element and where its mark is.
func choose[T any, K comparable](list []T, want []K, at func(*T) (K, *bool)) (unknown int) {
	left := map[K]bool{}
	for _, k := range want {
		left[k] = true
	}
	found := map[K]bool{}
	for i := range list {
		key, mark := at(&list[i])
		*mark = left[key]
		found[key] = true
	}
	for k := range left {
		if !found[k] {
			unknown++
		}
	}
	return unknown
}

func editedFiles(files []File, edits map[string]FileEdit) ([]File, error) {
	files, edits = slices.Clone(files), maps.Clone(edits)
	for i := range files {
		f := &files[i]
		e, ok := edits[f.Item]
		if !ok {
			f.Chosen = false // what was said of it stays, for when it is chosen again
			continue
		}
		switch e.Relevance {
		case "", cybertip.RelevanceReported, cybertip.RelevanceSupplemental:
		default:
			return nil, fmt.Errorf("%w: relevance %q of a file", ErrInvalid, e.Relevance)
		}
		switch e.Classification {
		case "", cybertip.ClassificationA1, cybertip.ClassificationA2, cybertip.ClassificationB1, cybertip.ClassificationB2:
		default:
			return nil, fmt.Errorf("%w: classification %q of a file: expected A1, A2, B1 or B2", ErrInvalid, e.Classification)
		}
		f.Chosen, f.Relevance, f.Note, f.Annotations, f.Classification = true, e.Relevance, e.Note, e.Annotations, e.Classification
		delete(edits, f.Item)
	}
	if len(edits) > 0 {
		return nil, fmt.Errorf("%w: %d files that the draft does not have", ErrInvalid, len(edits))
	}
	return files, nil
}
