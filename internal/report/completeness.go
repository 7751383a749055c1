package report

import (
	"slices"

	"haris/cybertip"
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

// Item is one thing an officer looks for in a report.
type Item struct {
	Key    string `json:"key"` // stable word, translated by pages
	State  State  `json:"state"`
	Count  int    `json:"count"`
	Blocks bool   `json:"blocks"` // without it the report cannot be submitted
	Why    string `json:"why"`    // why it matters, in English
}

// measure is one row of the list: how much of it a draft has, and whether a report can go without it.
type measure struct {
	key      string
	required bool
	look     func(*Draft) (State, int)
	why      string
}

// Completeness lists what an officer looks for, most useful first: first whether a child is in danger and who, then where and when
// they can be found, then what happened, then what helps besides.
func Completeness(d Draft) []Item {
	rows := measures()
	out := make([]Item, len(rows))
	for i, m := range rows {
		state, n := m.look(&d)
		out[i] = Item{Key: m.key, State: state, Count: n, Blocks: m.required && state == Missing, Why: m.why}
	}
	return out
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

func measures() []measure {
	return []measure{
		{"danger", false, said(func(d *Draft) string { return d.Urgent }), "A reason why a child is in danger now puts the report before all others."},
		{"somebody", true, somebody, "A report that names neither an account nor a child cannot be acted on."},
		{"reported", false, identified(RoleReported), "The account's id and profile address are what a search warrant names."},
		{"sightings", false, sightings, "An address with its port and time in UTC leads to a subscriber, and so to a place."},
		{"contact", false, contacts, "An email address or telephone number leads to a person."},
		{"files", false, files, "The files themselves are what a court will see."},
		{"viewed", false, viewed, "Whether a person of the company saw all of a file decides whether an officer needs a warrant to open it."},
		{"conversation", false, conversation, "The words, with who wrote them and when, show what was meant."},
		{"child", false, identified(RoleChild), "A child who can be found can be protected."},
		{"child_age", false, childAge, "That the victim is a child, and how that is known, makes it the crime it is."},
		{"narrative", true, said(func(d *Draft) string { return d.Narrative }), "Who did what to whom, when, and why it is apparent: the first thing that is read."},
		{"incident_type", true, said(func(d *Draft) string { return string(d.IncidentType) }), "It decides who gets the report."},
		{"type_reason", true, said(func(d *Draft) string { return d.TypeReason }), "Enticement and trafficking are two crimes; the reason lets a reader check the choice."},
		{"incident_time", true, incidentTime, "When it happened decides which records still exist."},
		{"location", false, location, "A country or region decides which police force gets the report."},
		{"devices", false, devices, "A device links accounts, and can be seized."},
		{"prior", false, prior, "Earlier reports about the account belong together."},
		{"linked", false, linked, "Other accounts of the same person may be in use against other children."},
		{"account_state", false, accountState, "An officer must know whether the person can tell that they were noticed."},
		{"reporter", true, said(func(d *Draft) string { return d.Company.Reporter.Email }), "NCMEC asks for the email address of who reports."},
		{"police_contact", false, policeContact, "An officer with a child in danger needs a number that is answered."},
	}
}

// amount is There for at least one and Missing for none.
func amount(n int) (State, int) {
	if n > 0 {
		return There, n
	}
	return Missing, 0
}

// known is There for at least one and NoneKnown for none.
func known(n int) (State, int) {
	if n > 0 {
		return There, n
	}
	return NoneKnown, 0
}

func said(text func(*Draft) string) func(*Draft) (State, int) {
	return func(d *Draft) (State, int) {
		if text(d) == "" {
			return Missing, 0
		}
		return There, 1
	}
}

func somebody(d *Draft) (State, int) {
	return amount(len(d.with(RoleReported)) + len(d.with(RoleChild)))
}

// identified is There when every account of the role has more than its id.
func identified(r Role) func(*Draft) (State, int) {
	return func(d *Draft) (State, int) {
		list := d.with(r)
		bare := slices.ContainsFunc(list, func(p Party) bool { return p.ScreenName == "" && len(p.URLs) == 0 })
		if len(list) > 0 && bare {
			return Partly, len(list)
		}
		return amount(len(list))
	}
}

func sightings(d *Draft) (State, int) {
	n, ports := 0, 0
	for _, p := range d.with(RoleReported) {
		for _, s := range p.Sightings {
			n++
			if s.Port != 0 {
				ports++
			}
		}
	}
	if n > 0 && ports == 0 {
		return Partly, n
	}
	return amount(n)
}

func contacts(d *Draft) (State, int) {
	n := 0
	for _, p := range d.with(RoleReported) {
		n += len(p.Emails) + len(p.Phones)
	}
	return amount(n)
}

func files(d *Draft) (State, int) { return amount(len(d.chosenFiles())) }

// viewed looks at the files that are reported for themselves; a transcript that haris made is nothing anybody could have viewed
// before.
func viewed(d *Draft) (State, int) {
	of, n := 0, 0
	for _, f := range d.chosenFiles() {
		if f.Relevance == cybertip.RelevanceSupplemental {
			continue
		}
		of++
		if f.Viewed != nil {
			n++
		}
	}
	switch {
	case of == 0:
		return NoneKnown, 0
	case n == of:
		return There, n
	case n > 0:
		return Partly, n
	}
	return Missing, 0
}

// conversation is There with a whole transcript and Partly with an excerpt alone.
func conversation(d *Draft) (State, int) {
	n := len(d.chosenMessages())
	if slices.ContainsFunc(d.chosenFiles(), func(f File) bool { return f.Kind == "transcript" }) {
		return There, n
	}
	if n > 0 {
		return Partly, n
	}
	return Missing, 0
}

func childAge(d *Draft) (State, int) {
	n := 0
	list := d.with(RoleChild)
	for _, p := range list {
		if p.AgeBand != "" {
			n++
		}
	}
	if n > 0 && n < len(list) {
		return Partly, n
	}
	return amount(n)
}

func incidentTime(d *Draft) (State, int) {
	if d.IncidentAt.IsZero() {
		return Missing, 0
	}
	return There, 1
}

func location(d *Draft) (State, int) {
	n := 0
	for _, p := range d.Parties {
		if p.Role != RoleLeftOut && p.Country != "" {
			n++
		}
	}
	return amount(n)
}

func devices(d *Draft) (State, int) {
	n := 0
	for _, p := range d.with(RoleReported) {
		n += len(p.Devices)
	}
	return amount(n)
}

func prior(d *Draft) (State, int) {
	n := 0
	for _, p := range d.Parties {
		if p.Role != RoleLeftOut {
			n += len(p.Prior)
		}
	}
	return known(n)
}

func linked(d *Draft) (State, int) { return known(len(d.with(RoleLinked))) }

func accountState(d *Draft) (State, int) {
	n := 0
	for _, p := range d.with(RoleReported) {
		n += len(p.Measures)
		if p.Deleted {
			n++
		}
	}
	return known(n)
}

func policeContact(d *Draft) (State, int) {
	c := d.Company.Contact
	switch {
	case c.Email != "" && c.Phone != "":
		return There, 1
	case c.Email != "" || c.Phone != "":
		return Partly, 1
	}
	return Missing, 0
}
