package report

import (
	"math"
	"slices"
	"time"
)

// State says how much of something a draft has.
type State string

// The states of an item.
const (
	There   State = "there"
	Partly  State = "partly"
	Missing State = "missing"
	// NoneKnown: haris knows of none, which may well be the truth.
	NoneKnown State = "none_known"
)

// Gap says why something is not all there.
type Gap string

// The reasons of a gap.
const (
	GapNeverSent Gap = "never_sent"  // no event of the platform has ever carried it, since the memory of haris began
	GapNoMemory  Gap = "no_memory"   // haris has seen no event since it remembers what the platform sends
	GapNotOfThis Gap = "not_of_this" // the platform sends it, and has not for the accounts and files of this report
	GapNotSaid   Gap = "not_said"    // only a person can say it, and nobody has
	GapLeftOut   Gap = "left_out"    // it is held, and a person has not chosen it
	GapUnread    Gap = "unread"      // it is there and could not be read
	GapSetting   Gap = "setting"     // the configuration has it, and it is empty
)

// Item is one thing an officer looks for in a report.
type Item struct {
	Key    string `json:"key"` // stable word, translated by pages
	State  State  `json:"state"`
	Count  int    `json:"count"`
	Blocks bool   `json:"blocks"` // without it the report cannot be submitted
	Why    string `json:"why"`    // why it matters, in English
	Weight int    `json:"weight"` // its share of the score
	Gap    Gap    `json:"gap,omitempty"`
	Held   int    `json:"held,omitempty"` // of GapLeftOut: how many are held and not chosen
	// Lacks names the fields of events that would fill a gap: "* port".
	Lacks []string `json:"lacks,omitempty"`
}

// Completeness is how much an officer can do with a report.
type Completeness struct {
	// Score is from 0 to 100: the weights of what is there, and half of those of what is partly there, of all that can be expected. Nothing
	// is expected of what may well not exist.
	Score int    `json:"score"`
	Items []Item `json:"items"` // most useful to an officer first
	// Since is when haris began to remember what the platform sends; zero when it knows of no event.
	Since time.Time `json:"since,omitzero"`
}

// measure is one row of the list: how much of it a draft has, whether a report can go without it, what its share of the score is, and
// where it would come from.
type measure struct {
	key      string
	weight   int
	required bool
	look     func(*Draft) (State, int)
	gap      gap
	why      string
}

// gap says where something comes from when it is not there. The first that applies is the reason.
type gap struct {
	left    func(*Draft) int  // how many are held and not chosen
	unread  func(*Draft) bool // it could not be read
	events  []string          // fields of events that carry it: "account.created age_band", "* port"
	setting bool              // the configuration has it
}

// Assess says what an officer would miss, most useful first: whether a child is in danger now, who the child is, where, and when; then who
// is reported and how they can be found; then what happened, and what helps besides. What the platform never sends is told from what it
// has not sent this time. Pure.
func Assess(d Draft, sent Sent) Completeness {
	out := Completeness{Since: sent.Since}
	have, all := 0, 0
	for _, m := range measures() {
		if m.key == "trafficking" && d.Trafficking == nil {
			continue
		}
		i := m.of(&d, &sent)
		out.Items = append(out.Items, i)
		switch i.State {
		case There:
			have, all = have+2*i.Weight, all+2*i.Weight
		case Partly:
			have, all = have+i.Weight, all+2*i.Weight
		case Missing:
			all += 2 * i.Weight
		case NoneKnown: // nothing is expected
		}
	}
	out.Score = int(math.Floor(100 * float64(have) / float64(max(all, 1))))
	return out
}

// of looks at one row.
func (m *measure) of(d *Draft, sent *Sent) Item {
	state, n := m.look(d)
	i := Item{Key: m.key, State: state, Count: n, Blocks: m.required && state == Missing, Why: m.why, Weight: m.weight}
	if state == There {
		return i
	}
	if m.gap.left != nil {
		if i.Held = m.gap.left(d); i.Held > 0 {
			i.Gap = GapLeftOut
			return i
		}
	}
	switch {
	case m.gap.unread != nil && m.gap.unread(d):
		i.Gap = GapUnread
	case m.gap.setting:
		i.Gap = GapSetting
	case len(m.gap.events) > 0:
		i.Gap = GapNeverSent
		if sent.Since.IsZero() {
			i.Gap = GapNoMemory
		}
		if slices.ContainsFunc(m.gap.events, sent.ever) {
			i.Gap = GapNotOfThis
		}
		i.Lacks = m.gap.events
	case state != NoneKnown:
		i.Gap = GapNotSaid
	}
	return i
}

// Blocking returns the items without which the report cannot be submitted.
func Blocking(items []Item) (out []Item) {
	for _, i := range items {
		if i.Blocks {
			out = append(out, i)
		}
	}
	return out
}

// measures is the list in its order. The weights say what an officer can do with each: NCMEC's own list of what makes a report actionable
// puts the child, the place, the time and what leads to a subscriber first.
func measures() []measure {
	profile := []string{"account.created screen_name", "account.updated screen_name", "account.created profile_url", "account.updated profile_url"}
	return []measure{
		{"danger", 8, false, danger, gap{}, "A reason why a child is in danger now puts the report before all others."},
		{"child", 10, false, identified(RoleChild), gap{events: profile}, "A child who can be found can be protected."},
		{"child_age", 6, false, childAge, gap{events: []string{"account.created age_band", "account.updated age_band"}}, "That the victim is a child, and how that is known, makes it the crime it is."},
		{"location", 8, false, location, gap{events: []string{"account.created region", "account.updated region", "session.started country", "session.started region"}}, "A country or region decides which police force gets the report."},
		{"incident_time", 8, true, incidentTime, gap{}, "When it happened decides which records still exist."},
		{"somebody", 4, true, somebody, gap{left: leftAccounts}, "A report that names neither an account nor a child cannot be acted on."},
		{"reported", 10, false, identified(RoleReported), gap{events: profile}, "The account's id and profile address are what a search warrant names."},
		{"sightings", 10, false, sightings, gap{events: []string{"* ip"}}, "An address with its time in UTC leads to a subscriber, and so to a place."},
		{"ports", 3, false, ports, gap{events: []string{"* port"}}, "Where many people share an address, only the port leads to one of them."},
		{"contact", 6, false, contacts, gap{events: []string{"* keys.email", "* keys.phone", "* keys.recovery"}}, "An email address or telephone number leads to a person."},
		{"conversation", 8, false, conversation, gap{left: leftMessages, events: []string{"message.sent text"}}, "The words, with who wrote them and when, show what was meant."},
		{"files", 4, false, files, gap{left: leftFiles}, "The files themselves are what a court will see."},
		{"viewed", 4, false, viewed, gap{}, "Whether a person of the company saw all of a file decides whether an officer needs a warrant to open it."},
		{"metadata", 1, false, metadata, gap{unread: metadataUnread}, "What a picture says of itself can name a place, a time and a camera."},
		{"narrative", 12, true, said(func(d *Draft) string { return d.Narrative }), gap{}, "Who did what to whom, when, and why it is apparent: the first thing that is read."},
		{"incident_type", 4, true, said(func(d *Draft) string { return string(d.IncidentType) }), gap{}, "It decides who gets the report."},
		{"type_reason", 4, true, said(func(d *Draft) string { return d.TypeReason }), gap{}, "Enticement and trafficking are two crimes; the reason lets a reader check the choice."},
		{"trafficking", 8, false, elements, gap{}, "Act and purpose, and the means where there is no child, are what makes it trafficking."},
		{"devices", 3, false, devices, gap{events: []string{"* keys.device"}}, "A device links accounts, and can be seized."},
		{"prior", 2, false, prior, gap{}, "Earlier reports about the account belong together."},
		{"linked", 2, false, linked, gap{left: leftAccounts}, "Other accounts of the same person may be in use against other children."},
		{"account_state", 2, false, accountState, gap{events: []string{"moderation.applied action"}}, "An officer must know whether the person can tell that they were noticed."},
		{"left_out", 4, false, nothingLeft, gap{left: leftAll}, "What is held and left out should be left out on purpose."},
		{"reporter", 2, true, said(func(d *Draft) string { return d.Company.Reporter.Email }), gap{setting: true}, "NCMEC asks for the email address of who reports."},
		{"police_contact", 4, false, policeContact, gap{setting: true}, "An officer with a child in danger needs a number that is answered."},
	}
}
