package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// earlierWords stand above the numbers of earlier reports.
const earlierWords = "Numbers of earlier reports about the matter, as the reviewer gives them:"

// additional is the text of the report: the narrative first.
func additional(d *Draft) string {
	var parts []string
	add := func(title, text string) {
		if text != "" {
			parts = append(parts, title+"\n"+text)
		}
	}
	add("What happened, in the words of the reviewer:", d.Narrative)
	add("Why it is reported as this type of incident:", d.TypeReason)
	if d.Trafficking != nil {
		add("Trafficking: the elements, as the reviewer finds them:", d.elements())
		add("Trafficking: who does what, as the reviewer finds it:", d.parts())
		for _, k := range TraceKinds() {
			add("Trafficking: "+traceTitle(k), d.traces(k))
		}
	}
	add("Further information:", d.Extra)
	add(earlierWords, numbers(d.EarlierReports))
	add("Other accounts that belong to the matter:", d.loose())
	add("What is held and does not stand in this report:", d.beyond())
	return strings.Join(parts, "\n\n")
}

func numbers[T int64 | uint64](list []T) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = fmt.Sprint(n)
	}
	return strings.Join(out, ", ")
}

// loose names the linked accounts that have nobody in the report to belong to.
func (d *Draft) loose() string {
	if len(d.with(RoleReported)) > 0 {
		return ""
	}
	say := &says{}
	for _, p := range d.with(RoleLinked) {
		if d.roleOf(p.Of) != RoleChild {
			say.add("%s (%s) %s", p.Account, p.Association, p.Note)
		}
	}
	return say.String()
}

// elements says act, means and purpose with what they rest on. For a child the means is not needed, and the text says so.
func (d *Draft) elements() string {
	t, say := d.Trafficking, &says{}
	for _, e := range []struct {
		name string
		*Element
	}{{"Act", &t.Act}, {"Means", &t.Means}, {"Purpose", &t.Purpose}} {
		if len(e.Kinds) == 0 && e.Note == "" && len(e.Events) == 0 {
			continue
		}
		words := make([]string, len(e.Kinds))
		for i, k := range e.Kinds {
			words[i] = strings.ReplaceAll(string(k), "_", " ")
		}
		text := e.name + ": " + cmp.Or(strings.Join(words, ", "), "no form of it is named")
		if e.Note != "" {
			text += ". " + e.Note
		}
		if len(e.Events) > 0 {
			text += " (rests on the entries of the platform's log " + numbers(e.Events) + ")"
		}
		say.text(text)
	}
	if len(d.with(RoleChild)) > 0 {
		say.text("A child is reported as the victim: for a child the means need not be shown.")
	}
	return say.String()
}

// parts says who controls, pays, profits, advertises and is advertised, in the order of the draft.
func (d *Draft) parts() string {
	say := &says{}
	for _, part := range Parts() {
		var who []string
		for i := range d.Parties {
			p := &d.Parties[i]
			if p.Role != RoleLeftOut && slices.Contains(d.Trafficking.Parts[p.Account], part) {
				who = append(who, p.Account)
			}
		}
		if len(who) > 0 {
			say.add("%s: %s", partWords(part), strings.Join(who, ", "))
		}
	}
	return say.String()
}

func partWords(p Part) string {
	switch p {
	case PartControls:
		return "Who controls the child, or the account that is used for it"
	case PartPays:
		return "Who pays (buyers)"
	case PartProfits:
		return "Who receives what is paid"
	case PartAdvertises:
		return "Who publishes the offer"
	}
	return "Who is advertised"
}

func traceTitle(k TraceKind) string {
	switch k {
	case TraceAdvertisement:
		return "advertisements:"
	case TracePrice:
		return "prices:"
	case TracePlace:
		return "places:"
	case TracePayment:
		return "payments (without personal data of the instrument):"
	case TraceContact:
		return "telephone numbers, addresses and handles that were published with an offer:"
	case TraceShared:
		return "what several accounts share:"
	case TraceCredential:
		return "passwords and ways of recovery that were changed:"
	}
	return "who shared with whom where they are (the platform sends no coordinates):"
}

// traces says what the reviewer lets stand of one kind. A trace that names an account which is left out says nothing.
func (d *Draft) traces(k TraceKind) string {
	say := &says{}
	for i := range d.Traces {
		t := &d.Traces[i]
		out := slices.ContainsFunc(append([]string{t.Account, t.Other}, t.With...), func(id string) bool { return d.roleOf(id) == RoleLeftOut })
		if !t.Stands || t.Kind != k || out {
			continue
		}
		who := t.Account
		if t.Other != "" {
			who += " to " + t.Other
		}
		if len(t.With) > 0 {
			who += " and " + strings.Join(t.With, ", ")
		}
		text := who + ": " + t.Value
		if t.URL != "" {
			text += ", " + t.URL
		}
		text += ", " + t.First.Format(time.RFC3339)
		if t.Last.After(t.First) {
			text += " to " + t.Last.Format(time.RFC3339)
		}
		say.add("%s (events: %d; entries of the platform's log %s)", text, t.Count, numbers(t.Events))
	}
	return say.String()
}

// roleOf is the role of an account; empty for one that is no party of the draft.
func (d *Draft) roleOf(account string) Role {
	for i := range d.Parties {
		if d.Parties[i].Account == account {
			return d.Parties[i].Role
		}
	}
	return ""
}

// beyond says what the company holds beyond the bounds, so that an officer can ask for it.
func (d *Draft) beyond() string {
	say := &says{}
	for _, l := range d.Left {
		if l.Conversation == "" {
			say.add("%d more conversations of the reported account with people of the matter.", l.Count)
			continue
		}
		say.add("%d earlier entries of the conversation %s, from %s to %s.", l.Count, l.Conversation, l.First.UTC().Format(time.RFC3339), l.Last.UTC().Format(time.RFC3339))
	}
	if d.MoreParties > 0 {
		say.add("%d more accounts of the matter.", d.MoreParties)
	}
	if d.MoreTraces > 0 && d.Trafficking != nil {
		say.add("%d more traces of the kinds above.", d.MoreTraces)
	}
	return say.String()
}

// remarks says of an account what has no element of its own. The age is a band that the platform gave and never a number. grouped says
// that the newest group stands in an element.
func (w *writer) remarks(p *Party, grouped bool) string {
	say := &says{}
	say.text(p.Note)
	if fit(p.Account, maxIdentifier) == "" {
		say.add("Identifier of the account: %s", p.Account)
	}
	p.sayAge(say)
	if p.Part != "" {
		say.add("Role of the account according to the platform: %s.", p.Part)
	}
	p.sayPlaces(say, grouped)
	if !p.CreatedAt.IsZero() {
		say.add("Account created %s.", p.CreatedAt.UTC().Format(time.RFC3339))
	}
	if p.Deleted {
		say.text("The account has been deleted.")
	}
	for i := range p.Measures {
		say.text(p.Measures[i].words())
	}
	p.sayMeans(say)
	for _, m := range p.More {
		say.add("%d more %s are on record and not listed.", m.Count, m.Of)
	}
	if p.MoreSeen > 0 {
		say.add("%d further sightings of network addresses are on record and not listed.", p.MoreSeen)
	}
	for _, r := range p.Remarks {
		say.text(r)
	}
	return say.String()
}

func (p *Party) sayAge(say *says) {
	if p.AgeBand != "" {
		source := cmp.Or(p.AgeFrom, "source not stated")
		if source == "unknown" {
			source = "source not stated"
		}
		say.add("Age according to the platform: %s (%s).", ageWords(p.AgeBand), source)
	}
	if len(p.Ages) > 1 {
		for _, a := range p.Ages {
			say.add("Age said on %s: %s (%s).", a.At.Format(time.RFC3339), ageWords(a.Band), cmp.Or(a.From, "source not stated"))
		}
	}
	if p.contradicts() {
		say.text("The age that was declared and one that was estimated or verified contradict each other.")
	}
}

func (p *Party) sayPlaces(say *says, grouped bool) {
	place := func(country, region string) string { return strings.Trim(country+"-"+region, "-") }
	if p.Country != "" && (len(p.Places) > 0 || p.Region != "" && p.Country != "US" || p.Role == RoleLinked) {
		say.add("Place of the account according to the platform: %s.", place(p.Country, p.Region))
	}
	for _, l := range p.Places {
		say.add("A session came from %s on %s, by the platform's estimate.", place(l.Country, l.Region), l.At.Format(time.RFC3339))
	}
	for i, g := range p.Groups {
		if i > 0 || !grouped || group(p) == "" {
			say.add("Seen in the group %s.", g)
		}
	}
}

// sayMeans says each network, user agent and way of signing in once, with the newest time and address of it.
func (p *Party) sayMeans(say *says) {
	var told []string
	more := 0
	for _, s := range p.Sightings {
		switch {
		case s.Means == "" || slices.Contains(told, s.Means):
		case len(told) == maxValues:
			more++
		default:
			told = append(told, s.Means)
			say.add("At %s from %s: %s.", s.At.Format(time.RFC3339), s.IP, s.Means)
		}
	}
	if more > 0 {
		say.add("%d further sightings with other networks, user agents or ways of signing in.", more)
	}
}

// words says a measure in the platform's own words.
func (m *Measure) words() string {
	s := fmt.Sprintf("The platform applied %q on %s", m.Action, m.At.Format(time.RFC3339))
	for _, f := range [...][2]string{{"for the reason", m.Reason}, {"to the content", m.Content}} { // who did it for the platform is named nowhere
		if f[1] != "" {
			s += ", " + f[0] + " " + f[1]
		}
	}
	return s + "."
}

// ageWords says an age band as people read it.
func ageWords(band string) string {
	if band == "u13" {
		return "under 13"
	}
	return band
}
