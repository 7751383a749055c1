package report

import (
	"slices"

	"haris/cybertip"
	"haris/internal/evidence"
)

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

// share is There for all, Partly for some, Missing for none, and NoneKnown where there is nothing to have it.
func share(n, of int) (State, int) {
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

func said(text func(*Draft) string) func(*Draft) (State, int) {
	return func(d *Draft) (State, int) {
		if text(d) == "" {
			return Missing, 0
		}
		return There, 1
	}
}

// danger is There once a person has said whether a child is in danger now: why, or that nothing shows it.
func danger(d *Draft) (State, int) {
	if d.Urgent != "" || d.NoDanger {
		return There, 1
	}
	return Missing, 0
}

// leftAccounts counts the accounts of the case that are not in the report.
func leftAccounts(d *Draft) int { return len(d.with(RoleLeftOut)) + d.MoreParties }

// leftMessages counts the messages that a signal rests on and that nobody chose.
func leftMessages(d *Draft) (n int) {
	for i := range d.Messages {
		if d.Messages[i].Marked && !d.Messages[i].Chosen {
			n++
		}
	}
	return n
}

// leftFiles counts the sealed files that nobody chose. Of the two forms of a transcript one is enough, and a transcript that another one
// contains is not missed.
func leftFiles(d *Draft) (n int) {
	transcript := slices.ContainsFunc(d.chosenFiles(), func(f File) bool { return f.Kind == evidence.KindTranscript })
	for i := range d.Files {
		f := &d.Files[i]
		if !f.Chosen && (f.Kind != evidence.KindTranscript || !transcript) {
			n++
		}
	}
	return n
}

func leftAll(d *Draft) int { return leftAccounts(d) + leftMessages(d) + leftFiles(d) }

func nothingLeft(d *Draft) (State, int) {
	if leftAll(d) > 0 {
		return Partly, 0
	}
	return There, 0
}

// elements is There with act and purpose; the means is not needed for a child.
func elements(d *Draft) (State, int) {
	t, n := d.Trafficking, 0
	needed := []*Element{&t.Act, &t.Purpose}
	if len(d.with(RoleChild)) == 0 {
		needed = append(needed, &t.Means)
	}
	for _, e := range needed {
		if len(e.Kinds) > 0 {
			n++
		}
	}
	switch n {
	case 0:
		return Missing, 0
	case len(needed):
		return There, n
	}
	return Partly, n
}

// metadata looks at the chosen pictures that can say something of themselves.
func metadata(d *Draft) (State, int) {
	of, n := 0, 0
	for _, f := range d.chosenFiles() {
		if f.Metadata != nil {
			of++
			if f.Metadata.Unread == "" {
				n++
			}
		}
	}
	return share(n, of)
}

func metadataUnread(d *Draft) bool {
	return slices.ContainsFunc(d.chosenFiles(), func(f File) bool { return f.Metadata != nil && f.Metadata.Unread != "" })
}

// ports is about the sightings that there are.
func ports(d *Draft) (State, int) {
	of, n := 0, 0
	for _, p := range d.with(RoleReported) {
		for _, s := range p.Sightings {
			of++
			if s.Port != 0 {
				n++
			}
		}
	}
	return share(n, of)
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
	n := 0
	for _, p := range d.with(RoleReported) {
		n += len(p.Sightings)
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

func files(d *Draft) (State, int) {
	if len(d.Files) == 0 {
		return NoneKnown, 0 // nothing is sealed for the case
	}
	return amount(len(d.chosenFiles()))
}

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
	return share(n, of)
}

// conversation is There with a whole transcript and Partly with an excerpt alone.
func conversation(d *Draft) (State, int) {
	n := len(d.chosenMessages())
	if slices.ContainsFunc(d.chosenFiles(), func(f File) bool { return f.Kind == evidence.KindTranscript }) {
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
		if p.Role != RoleLeftOut && (p.Country != "" || len(p.Places) > 0) {
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
